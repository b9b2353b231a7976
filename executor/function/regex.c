/* Functions on regular expressions. A constant pattern is compiled when the call is bound, and
 * refused there if it is wrong; other patterns are compiled as rows need them, the last few being
 * kept. A wrong one among those gives what Flink gives: NULL, or FALSE of REGEXP. */
#include "executor/function/regex_run.h"

#include "executor/function/kernel_text.h"
#include "executor/function/rules.h"
#include "storage/base/utf8.h"

static Status prepare(FunctionCall *call, Arena *arena, Diag *diag, bool similar)
{
    RegexSource source = {.escape = TEXT(""), .similar = similar};
    if (!constant_text(call, 1, &source.text))
        return ST_OK;
    if (similar && call->args == 3 && !constant_text(call, 2, &source.escape))
        return ST_OK;
    const Regex *regex;
    TRY(regex_compile_known(&source, arena, diag, &regex));
    call->data = regex;
    return ST_OK;
}

static Status regex_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    return prepare(call, arena, diag, false);
}

/* With a constant pattern, which is right then, nothing but a NULL argument makes the result NULL.
 */
static Status replace_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    TRY(regex_prepare(call, arena, diag));
    if (call->data != NULL)
        call->result.nullable =
            call->arg[0].nullable || call->arg[1].nullable || call->arg[2].nullable;
    return ST_OK;
}

static Status similar_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    return prepare(call, arena, diag, true);
}

/* --- REGEXP, SIMILAR TO --- */

/* An empty pattern matches nothing, as in Flink. */
static Status regex_matches(KernelCall *call)
{
    RegexRun run;
    TRY(regex_run_open(&run, call));
    for (EACH_ROW(call, i, row)) {
        const Regex *regex;
        bool found = false;
        TRY(regex_run_pattern(&run, row, 1, call->data, &regex));
        if (regex != NULL && arg_str(call, 1, row)->size > 0)
            TRY(regex_run_search(&run, row, regex, arg_text(call, 0, row), 0, &found));
        call->out->data.b[row] = found;
    }
    return ST_OK;
}

/* Whatever is wrong with the row's pattern rejects the row. */
static Status similar_pattern(RegexRun *run, uint32_t row, const Regex **out)
{
    KernelCall *call = run->call;
    *out = call->data;
    if (*out != NULL)
        return ST_OK;
    RegexSource source = {arg_text(call, 1, row), TEXT(""), true};
    if (call->args == 3)
        source.escape = arg_text(call, 2, row);
    return regex_run_compile(run, row, &source, REGEX_INVALID, out);
}

static Status regex_similar(KernelCall *call)
{
    RegexRun run;
    TRY(regex_run_open(&run, call));
    for (EACH_ROW(call, i, row)) {
        const Regex *regex;
        RegexOutcome outcome = REGEX_NO_MATCH;
        TRY(similar_pattern(&run, row, &regex));
        if (regex != NULL)
            TRY(regex_match_all(run.matcher, regex, arg_text(call, 0, row), &outcome));
        call->out->data.b[row] = outcome == REGEX_MATCH;
        if (outcome == REGEX_BUDGET)
            regex_fail_budget(call, row);
    }
    return ST_OK;
}

/* --- functions of the first match --- */

/* Group `group` of the row's first match; false when there is none. */
static Status first_group(RegexRun *run, uint32_t row, int64_t group, Text *out, bool *found)
{
    const Regex *regex;
    uint32_t start, end;
    *found = false;
    TRY(regex_run_pattern(run, row, 1, run->call->data, &regex));
    if (regex == NULL || group < 0 || group > regex_groups(regex))
        return ST_OK;
    TRY(regex_run_search(run, row, regex, arg_text(run->call, 0, row), 0, found));
    *found = *found && regex_group(run->matcher, (uint32_t)group, &start, &end);
    if (*found)
        *out = text_slice(arg_text(run->call, 0, row), start, end);
    return ST_OK;
}

/* REGEXP_EXTRACT (text, pattern [, group]) and REGEXP_SUBSTR (text, pattern). */
static Status regex_extract(KernelCall *call)
{
    RegexRun run;
    TRY(regex_run_open(&run, call));
    for (EACH_ROW(call, i, row)) {
        Text part = TEXT_NONE;
        bool found;
        TRY(first_group(&run, row, call->args == 3 ? arg_i64(call, 2, row) : 0, &part, &found));
        if (found)
            put_borrowed(call, row, part);
        else
            kernel_null(call, row);
    }
    return ST_OK;
}

/* The position of the first match in characters, from 1; 0 when there is none. */
static Status regex_instr(KernelCall *call)
{
    RegexRun run;
    TRY(regex_run_open(&run, call));
    for (EACH_ROW(call, i, row)) {
        const Regex *regex;
        uint32_t start, end;
        bool found = false;
        Text text = arg_text(call, 0, row);
        TRY(regex_run_pattern(&run, row, 1, call->data, &regex));
        if (regex == NULL)
            kernel_null(call, row);
        else
            TRY(regex_run_search(&run, row, regex, arg_text(call, 0, row), 0, &found));
        found = found && regex_group(run.matcher, 0, &start, &end);
        call->out->data.i64[row] = found ? (int64_t)utf8_count(text.ptr, start) + 1 : 0;
    }
    return ST_OK;
}

/* --- functions of all matches --- */

static Status count_matches(RegexRun *run, uint32_t row, const Regex *regex, int64_t *count)
{
    Text text = arg_text(run->call, 0, row);
    uint32_t start, end;
    *count = 0;
    for (uint32_t at = 0; at <= text.size; at = regex_after_match(text, start, end)) {
        bool found;
        TRY(regex_run_search(run, row, regex, text, at, &found));
        if (!found || !regex_group(run->matcher, 0, &start, &end))
            break;
        ++*count;
    }
    return ST_OK;
}

static Status regex_count(KernelCall *call)
{
    RegexRun run;
    TRY(regex_run_open(&run, call));
    for (EACH_ROW(call, i, row)) {
        const Regex *regex;
        TRY(regex_run_pattern(&run, row, 1, call->data, &regex));
        if (regex == NULL)
            kernel_null(call, row);
        else
            TRY(count_matches(&run, row, regex, &call->out->data.i64[row]));
    }
    return ST_OK;
}

static Status replace_matches(RegexRun *run, uint32_t row, const Regex *regex, StrBuf *buf)
{
    Text text = arg_text(run->call, 0, row), with = arg_text(run->call, 2, row);
    uint32_t start, end, copied = 0;
    for (uint32_t at = 0; at <= text.size && buf->size <= STRING_MAX_BYTES;
         at = regex_after_match(text, start, end)) {
        bool found;
        TRY(regex_run_search(run, row, regex, text, at, &found));
        if (!found || !regex_group(run->matcher, 0, &start, &end))
            break;
        strbuf_put(buf, text.ptr + copied, start - copied);
        strbuf_text(buf, with);
        copied = end;
    }
    strbuf_put(buf, text.ptr + copied, text.size - copied);
    return text_store(run->call, row, buf);
}

/* The replacement is taken as it stands: `$1` means nothing in it, as in Flink. */
static Status regex_replace(KernelCall *call)
{
    RegexRun run;
    StrBuf buf;
    TRY(regex_run_open(&run, call));
    strbuf_init(&buf, call->scratch->meter);
    Status status = ST_OK;
    for (EACH_ROW(call, i, row)) {
        const Regex *regex;
        strbuf_clear(&buf);
        status = regex_run_pattern(&run, row, 1, call->data, &regex);
        if (status == ST_OK && regex == NULL)
            kernel_null(call, row);
        else if (status == ST_OK)
            status = replace_matches(&run, row, regex, &buf);
        if (status != ST_OK)
            break;
    }
    strbuf_close(&buf);
    return status;
}

/* --- the table --- */

const ScalarDef regex_functions[] = {
    {"REGEXP", "SS", rule_boolean, regex_matches, FN_FALLIBLE, regex_prepare,
     "REGEXP(text, pattern)", "Whether some part of the text matches the Java regular expression."},
    {"RLIKE", "SS", rule_boolean, regex_matches, FN_FALLIBLE | FN_EXTENSION, regex_prepare,
     "RLIKE(text, pattern)", "The same as REGEXP."},
    {"SIMILAR TO", "SS[S]", rule_boolean, regex_similar, FN_OPERATOR | FN_FALLIBLE, similar_prepare,
     "text [NOT] SIMILAR TO pattern [ESCAPE character]",
     "Whether the whole text matches SQL's regular expression: % and _ as in LIKE, | * + ? {n,m} ( "
     ") [ ]."},
    {"REGEXP_EXTRACT", "SS[I]", rule_string, regex_extract, FN_MAY_NULL | FN_FALLIBLE,
     regex_prepare, "REGEXP_EXTRACT(text, pattern [, group])",
     "A group of the first match, 0 being the whole; NULL when there is none."},
    {"REGEXP_SUBSTR", "SS", rule_string, regex_extract, FN_MAY_NULL | FN_FALLIBLE, regex_prepare,
     "REGEXP_SUBSTR(text, pattern)", "The first match; NULL when there is none."},
    {"REGEXP_INSTR", "SS", rule_int, regex_instr, FN_MAY_NULL | FN_FALLIBLE, regex_prepare,
     "REGEXP_INSTR(text, pattern)", "The position (from 1) of the first match, or 0."},
    {"REGEXP_COUNT", "SS", rule_int, regex_count, FN_MAY_NULL | FN_FALLIBLE, regex_prepare,
     "REGEXP_COUNT(text, pattern)", "The number of matches."},
    {"REGEXP_REPLACE", "SSS", rule_string, regex_replace, FN_MAY_NULL | FN_FALLIBLE,
     replace_prepare, "REGEXP_REPLACE(text, pattern, replacement)",
     "The text with each match replaced; the replacement is taken literally."},
    {.name = NULL},
};
