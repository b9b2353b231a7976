/* Functions of regular expressions that give ARRAYs and MAPs. */
#include "executor/function/kernel_text.h"
#include "executor/function/nested_kernels.h"
#include "executor/function/regex_run.h"

/* --- REGEXP_EXTRACT_ALL --- */

static Status compile_constant(const FunctionCall *call, uint32_t arg, Arena *arena, Diag *diag,
                               const Regex **out)
{
    RegexSource source = {.escape = TEXT("")};
    return constant_text(call, arg, &source.text) ? regex_compile_known(&source, arena, diag, out)
                                                  : ST_OK;
}

Status prepare_extract_all(FunctionCall *call, Arena *arena, Diag *diag)
{
    const Regex *regex = NULL;
    TRY(compile_constant(call, 1, arena, diag, &regex));
    call->data = regex;
    return prepare_split(call, arena, diag);
}

static Status extract_row(RegexRun *run, uint32_t row, const Regex *regex, uint32_t group)
{
    KernelCall *call = run->call;
    Nested *out = call->out->data.nested;
    Text text = arg_text(call, 0, row);
    uint32_t list = out->used, start, end, at;
    for (uint32_t from = 0; from <= text.size; from = regex_after_match(text, start, end)) {
        bool found;
        TRY(regex_run_search(run, row, regex, text, from, &found));
        if (!found)
            break;
        TRY(nested_add_elements(call->scratch, out, row, 1, &at));
        if (regex_group(run->matcher, group, &start, &end))
            out->child->data.str[at] = str_of_text(text_slice(text, start, end));
        else
            bit_clear(out->child->valid, at);
        if (!regex_group(run->matcher, 0, &start, &end))
            break;
    }
    out->list[row] = (Elements){list, out->used - list};
    return ST_OK;
}

Status regex_extract_all(KernelCall *call)
{
    RegexRun run;
    TRY(kernel_open_nested(call));
    TRY(regex_run_open(&run, call));
    for (EACH_ROW(call, i, row)) {
        const Regex *regex;
        int64_t group = call->args == 3 ? arg_i64(call, 2, row) : 1;
        TRY(regex_run_pattern(&run, row, 1, call->data, &regex));
        if (regex == NULL || group < 0 || group > regex_groups(regex))
            kernel_null(call, row);
        else
            TRY(extract_row(&run, row, regex, (uint32_t)group));
    }
    return ST_OK;
}

/* --- STR_TO_MAP --- */

/* The delimiters; NULL where one is no constant. */
typedef struct MapDelimiters {
    const Regex *entries, *value;
} MapDelimiters;

Status prepare_text_to_map(FunctionCall *call, Arena *arena, Diag *diag)
{
    MapDelimiters *delimiters;
    RegexError error;
    bool nullable = call->result.nullable;
    TRY_NEW(delimiters, arena);
    call->data = delimiters;
    TRY(type_map(arena, type_string(), type_string(), &call->result));
    call->result.nullable = nullable;
    if (call->args == 3) {
        TRY(compile_constant(call, 1, arena, diag, &delimiters->entries));
        return compile_constant(call, 2, arena, diag, &delimiters->value);
    }
    TRY(regex_compile(TEXT(","), arena, &delimiters->entries, &error));
    return regex_compile(TEXT("="), arena, &delimiters->value, &error);
}

/* The next match at or after *from that separates something: an empty one in front of the text does
 * not. *from is moved behind it. */
static Status find_delimiter(RegexRun *run, uint32_t row, const Regex *regex, Text text,
                             uint32_t *from, uint32_t *start, uint32_t *end, bool *found)
{
    do {
        *found = false;
        if (*from > text.size)
            return ST_OK;
        TRY(regex_run_search(run, row, regex, text, *from, found));
        if (!*found || !regex_group(run->matcher, 0, start, end))
            return ST_OK;
        *from = regex_after_match(text, *start, *end);
    } while (*end == 0);
    return ST_OK;
}

/* The key stands before the first delimiter, the value behind it; without one it is NULL. */
static Status put_entry(MapMaker *map, RegexRun *run, const Regex *regex, Text entry)
{
    Str key, value = str_view("", 0);
    uint32_t from = 0, start, end;
    uint64_t valid;
    bool found;
    TRY(find_delimiter(run, map->row, regex, entry, &from, &start, &end, &found));
    if (found)
        value = str_of_text(text_slice(entry, end, entry.size));
    key = str_of_text(text_slice(entry, 0, found ? start : entry.size));
    valid = found;
    const Column keys = {.phys = PHYS_STR, .constant = true, .data.str = &key};
    const Column values = {.phys = PHYS_STR, .constant = true, .valid = &valid, .data.str = &value};
    return map_maker_put(map, &keys, 0, &values, 0);
}

/* Entries, as Java's String.split finds them: empty ones at the end are left out. */
static Status put_entries(MapMaker *map, RegexRun *run, const Regex *between, const Regex *within)
{
    Text text = arg_text(run->call, 0, map->row);
    uint32_t part = 0, from = 0, start = 0, end = 0;
    bool found = text.size > 0, empty = false;
    while (found) {
        TRY(find_delimiter(run, map->row, between, text, &from, &start, &end, &found));
        Text entry = text_slice(text, part, found ? start : text.size);
        part = end;
        if (entry.size > 0 && empty) /* it was not the end */
            TRY(put_entry(map, run, within, TEXT("")));
        if (entry.size > 0)
            TRY(put_entry(map, run, within, entry));
        empty = entry.size == 0;
    }
    return ST_OK;
}

Status text_to_map(KernelCall *call)
{
    RegexRun run;
    const MapDelimiters *delimiters = call->data;
    TRY(kernel_open_nested(call));
    TRY(regex_run_open(&run, call));
    for (EACH_ROW(call, i, row)) {
        const Regex *entries, *value;
        MapMaker map;
        TRY(regex_run_pattern(&run, row, 1, delimiters->entries, &entries));
        TRY(regex_run_pattern(&run, row, 2, delimiters->value, &value));
        map_maker_begin(&map, call, row);
        if (entries != NULL && value != NULL)
            TRY(put_entries(&map, &run, entries, value));
        else
            kernel_fail(call, row, E5007, "a delimiter is no regular expression");
    }
    return ST_OK;
}
