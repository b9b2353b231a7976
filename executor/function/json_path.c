/* Path text into steps. What Flink's engine takes by accident (text behind a bracket, a step of a
 * slice that it ignores) is refused, so that no path means less than it says. */
#include "executor/function/json_path.h"

#include "storage/base/limits.h"
#include "storage/base/utf8.h"
#include "storage/base/vec.h"

typedef JsonPathReader Reader;

typedef VEC(JsonStep) StepList;

Status json_path_broken(Reader *reader, ErrorCode code, uint32_t at, const char *reason)
{
    *reader->fault = (JsonPathFault){code, at, reason};
    return error_def(code)->status;
}

static Status broken(Reader *reader, const char *reason)
{
    return json_path_broken(reader, E2107, reader->at, reason);
}

char json_path_peek(const Reader *reader)
{
    return reader->at < reader->end ? reader->text.ptr[reader->at] : '\0';
}

void json_path_skip_space(Reader *reader)
{
    while (json_path_peek(reader) == ' ')
        reader->at++;
}

static Status push_step(Reader *reader, StepList *steps, JsonStep step)
{
    if (steps->count == LIMIT_JSON_PATH_STEPS)
        return broken(reader, "a path has at most 64 steps");
    TRY_PUSH(steps, reader->arena, step);
    return ST_OK;
}

static Status push_key(Reader *reader, StepList *steps, Text key)
{
    Text *copy = arena_copy(reader->arena, &key, sizeof key);
    if (copy == NULL)
        return ST_NOMEM;
    return push_step(reader, steps, (JsonStep){.kind = JSON_STEP_KEY, .count = 1, .key = copy});
}

/* --- .key --- */

static bool ends_operand(char c)
{
    return c == '\0' || strchr(" )=<>!&|~,", c) != NULL;
}

static Status read_key(Reader *reader, StepList *steps)
{
    uint32_t start = reader->at;
    for (; reader->at < reader->end; reader->at++) {
        char c = json_path_peek(reader);
        if (c == '.' || c == '[' || (reader->inside && ends_operand(c)))
            break;
        if (c == ' ')
            return broken(reader, "a key with a blank stands in brackets: ['my key']");
        if (c == '(')
            return json_path_broken(reader, E2001, start,
                                    "functions in a JSON path are not supported yet");
    }
    if (reader->at == start)
        return broken(reader, "a key is missing");
    return push_key(reader, steps, (Text){reader->text.ptr + start, reader->at - start});
}

/* Behind the point or points; a bracket is left to the caller. */
static Status read_after_dot(Reader *reader, StepList *steps)
{
    switch (json_path_peek(reader)) {
    case '\0': return broken(reader, "the path ends with a point");
    case '.': return broken(reader, "a key is missing between two points");
    case '[': return ST_OK;
    case '*': reader->at++; return push_step(reader, steps, (JsonStep){.kind = JSON_STEP_ALL});
    default: return read_key(reader, steps);
    }
}

static Status read_dot(Reader *reader, StepList *steps)
{
    reader->at++;
    if (json_path_peek(reader) == '.') {
        reader->at++;
        TRY(push_step(reader, steps, (JsonStep){.kind = JSON_STEP_DEEP}));
    }
    return read_after_dot(reader, steps);
}

/* --- ['key', "key"] --- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four digits at the reader's place, which it passes; -1 when they are none. */
static int32_t read_hex4(Reader *reader)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        int digit = hex_digit(json_path_peek(reader));
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static bool take_char(Reader *reader, char c)
{
    bool found = json_path_peek(reader) == c;
    reader->at += found;
    return found;
}

static Status read_unicode(Reader *reader, char **out)
{
    uint32_t start = reader->at - 2;
    int32_t code = read_hex4(reader);
    if (code >= 0xD800 && code <= 0xDBFF && take_char(reader, '\\')) {
        int32_t low = take_char(reader, 'u') ? read_hex4(reader) : -1;
        bool pair = low >= 0xDC00 && low <= 0xDFFF;
        code = pair ? 0x10000 + ((code - 0xD800) << 10) + low - 0xDC00 : -1;
    }
    if (code < 0 || (code >= 0xD800 && code <= 0xDFFF))
        return json_path_broken(reader, E2107, start, "\\u needs four digits of a character");
    *out += utf8_encode((uint32_t)code, *out);
    return ST_OK;
}

Status json_path_quoted(Reader *reader, Text *out)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    uint32_t start = reader->at;
    char quote = json_path_peek(reader);
    char *copy = arena_alloc(reader->arena, reader->end - start), *to = copy;
    if (copy == NULL)
        return ST_NOMEM;
    for (reader->at++; json_path_peek(reader) != quote;) {
        if (reader->at + 1 >= reader->end)
            return json_path_broken(reader, E2107, start, "a quote is not closed");
        char c = reader->text.ptr[reader->at++];
        if (c != '\\') {
            *to++ = c;
            continue;
        }
        c = reader->text.ptr[reader->at++];
        const char *letter = strchr(letters, c);
        if (c == 'u')
            TRY(read_unicode(reader, &to));
        else
            *to++ = letter == NULL || c == '\0' ? c : meant[letter - letters];
    }
    reader->at++;
    *out = (Text){copy, (uint32_t)(to - copy)};
    return ST_OK;
}

static Status close_bracket(Reader *reader)
{
    json_path_skip_space(reader);
    if (json_path_peek(reader) != ']')
        return broken(reader, "expected ']'");
    reader->at++;
    return ST_OK;
}

/* The kind is settled when it is known whether this is the last step. */
static Status read_keys(Reader *reader, StepList *steps)
{
    VEC(Text) keys = {0};
    for (;;) {
        Text key;
        json_path_skip_space(reader);
        char c = json_path_peek(reader);
        if (c != '\'' && c != '"')
            return broken(reader, "expected a key in quotes");
        TRY(json_path_quoted(reader, &key));
        TRY_PUSH(&keys, reader->arena, key);
        json_path_skip_space(reader);
        if (json_path_peek(reader) != ',')
            break;
        reader->at++;
    }
    TRY(close_bracket(reader));
    JsonStepKind kind = keys.count == 1 ? JSON_STEP_KEY : JSON_STEP_KEYS;
    return push_step(reader, steps,
                     (JsonStep){.kind = kind, .count = keys.count, .key = keys.item});
}

/* --- [0], [0, 2], [1:3] --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static Status read_index(Reader *reader, int32_t *out)
{
    uint32_t start = reader->at;
    bool negative = json_path_peek(reader) == '-';
    int64_t value = 0;
    reader->at += negative;
    if (!is_digit(json_path_peek(reader)))
        return broken(reader, "expected an index");
    for (; is_digit(json_path_peek(reader)); reader->at++) {
        value = value * 10 + (json_path_peek(reader) - '0');
        if (value > INT32_MAX)
            return json_path_broken(reader, E2107, start, "the index is too large");
    }
    *out = (int32_t)(negative ? -value : value);
    return ST_OK;
}

static Status refuse_slice(Reader *reader, uint32_t start, const JsonStep *step,
                           const int32_t *index)
{
    if (!step->has_start && !step->has_end)
        return json_path_broken(reader, E2107, start, "a slice has a start or an end");
    if (json_path_peek(reader) == ':')
        return json_path_broken(reader, E2002, reader->at,
                                "a slice has no step; Flink reads it and ignores it");
    if (step->has_start && step->has_end && (index[0] < 0) != (index[1] < 0))
        return json_path_broken(reader, E2002, start,
                                "a slice counts both of its ends from the same end of the array; "
                                "Flink's answer here is wrong");
    return ST_OK;
}

static Status read_slice(Reader *reader, StepList *steps, uint32_t start, int32_t *index)
{
    JsonStep step = {.kind = JSON_STEP_SLICE, .has_start = reader->at > start, .index = index};
    reader->at++;
    char c = json_path_peek(reader);
    step.has_end = is_digit(c) || c == '-';
    if (step.has_end)
        TRY(read_index(reader, &index[1]));
    TRY(refuse_slice(reader, start, &step, index));
    TRY(close_bracket(reader));
    return push_step(reader, steps, step);
}

static Status read_indexes(Reader *reader, StepList *steps)
{
    VEC(int32_t) list = {0};
    int32_t index = 0;
    uint32_t start = reader->at;
    if (json_path_peek(reader) != ':')
        TRY(read_index(reader, &index));
    TRY_PUSH(&list, reader->arena, index);
    if (json_path_peek(reader) == ':') {
        TRY_PUSH(&list, reader->arena, 0);
        return read_slice(reader, steps, start, list.item);
    }
    for (json_path_skip_space(reader); json_path_peek(reader) == ',';
         json_path_skip_space(reader)) {
        reader->at++;
        json_path_skip_space(reader);
        TRY(read_index(reader, &index));
        TRY_PUSH(&list, reader->arena, index);
    }
    TRY(close_bracket(reader));
    JsonStepKind kind = list.count == 1 ? JSON_STEP_INDEX : JSON_STEP_INDEXES;
    return push_step(reader, steps,
                     (JsonStep){.kind = kind, .count = list.count, .index = list.item});
}

/* --- [?(...)] --- */

static Status read_filter(Reader *reader, StepList *steps)
{
    JsonStep step = {.kind = JSON_STEP_FILTER};
    if (reader->inside)
        return json_path_broken(reader, E2001, reader->at,
                                "a filter in a filter is not supported yet");
    reader->at++;
    json_path_skip_space(reader);
    if (json_path_peek(reader) != '(')
        return broken(reader, "expected '(' behind '?'");
    reader->at++;
    TRY(json_filter_compile(reader, &step.filter));
    TRY(close_bracket(reader));
    return push_step(reader, steps, step);
}

static Status read_bracket(Reader *reader, StepList *steps)
{
    reader->at++;
    json_path_skip_space(reader);
    char c = json_path_peek(reader);
    if (c == '\'' || c == '"')
        return read_keys(reader, steps);
    if (is_digit(c) || c == '-' || c == ':')
        return read_indexes(reader, steps);
    if (c == '?')
        return read_filter(reader, steps);
    if (c != '*')
        return broken(reader, "expected a key in quotes, an index, '*' or '?('");
    reader->at++;
    TRY(close_bracket(reader));
    return push_step(reader, steps, (JsonStep){.kind = JSON_STEP_ALL});
}

/* --- the whole --- */

static bool is_definite(const JsonStep *step)
{
    return step->kind == JSON_STEP_KEY || step->kind == JSON_STEP_PICK ||
           step->kind == JSON_STEP_INDEX;
}

static void settle(StepList *steps)
{
    bool certain = true;
    for (uint32_t i = 0; i < steps->count; i++) {
        JsonStep *step = &steps->item[i];
        if (step->kind == JSON_STEP_KEYS && i + 1 == steps->count)
            step->kind = JSON_STEP_PICK;
        step->certain = certain;
        step->deep = i > 0 && steps->item[i - 1].kind == JSON_STEP_DEEP;
        certain = certain && is_definite(step);
    }
}

Status json_path_steps(Reader *reader, const JsonStep **out, uint32_t *count)
{
    StepList steps = {0};
    while (reader->at < reader->end) {
        char c = json_path_peek(reader);
        if (reader->inside && ends_operand(c))
            break;
        if (c == '[')
            TRY(read_bracket(reader, &steps));
        else if (c == '.')
            TRY(read_dot(reader, &steps));
        else if (steps.count == 0 && reader->bare)
            TRY(read_after_dot(reader, &steps));
        else
            return broken(reader, "expected '.' or '['");
    }
    settle(&steps);
    *out = steps.item;
    *count = steps.count;
    return ST_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes a mode in front of the path, which is a word with blanks and something else behind it. */
static bool read_mode(Reader *reader, const char *mode)
{
    Text text = reader->text;
    uint32_t at = 0, size = (uint32_t)strlen(mode);
    while (at < text.size && is_blank(text.ptr[at]))
        at++;
    if (text.size - at <= size || !is_blank(text.ptr[at + size]) ||
        !text_equal_nocase((Text){text.ptr + at, size}, text_of(mode)))
        return false;
    for (at += size; at < text.size && is_blank(text.ptr[at]);)
        at++;
    if (at == text.size)
        return false;
    reader->at = at;
    return true;
}

Status json_path_compile(Text text, Arena *arena, JsonPath **out, JsonPathFault *fault)
{
    Reader reader = {.text = text, .end = text.size, .arena = arena, .fault = fault};
    JsonPath *path;
    TRY_NEW(path, arena);
    path->lax = read_mode(&reader, "lax");
    if (!path->lax)
        read_mode(&reader, "strict");
    while (reader.end > reader.at && is_blank(text.ptr[reader.end - 1]))
        reader.end--;
    char first = json_path_peek(&reader);
    if (first == '\0' || first == ' ' || first == '.')
        return broken(&reader, "a path begins with '$', a key or '['");
    if (first == '$' || first == '@')
        reader.at++;
    else
        reader.bare = first != '[';
    TRY(json_path_steps(&reader, &path->step, &path->steps));
    const JsonStep *last = path->steps == 0 ? NULL : &path->step[path->steps - 1];
    path->definite = last == NULL || (last->certain && is_definite(last));
    *out = path;
    return ST_OK;
}

Status json_path_report(Text text, const JsonPathFault *fault, Span span, Diag *diag)
{
    return diag_error(diag, fault->code, span, "JSON path '%.*s', character %zu: %s",
                      TEXT_ARG(text), utf8_count(text.ptr, fault->at) + 1, fault->reason);
}
