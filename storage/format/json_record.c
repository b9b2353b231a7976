#include "storage/format/json.h"

#include <assert.h>

#include "storage/base/limits.h"
#include "storage/base/utf8.h"
#include "storage/format/scan_fast.h"

Status json_record_reject(const JsonDecoder *decoder, const JsonRecord *record, ErrorCode code,
                          const char *reason, BatchBuilder *out)
{
    RejectedRecord rejected = {
        .skipped = decoder->ignore_errors,
        .code = code,
        .reason = reason,
        .offset = record->offset,
        .line = record->line,
        .raw = {record->start, (uint32_t)(record->end - record->start)},
    };
    return builder_reject(out, &rejected);
}

static Status reject_broken(const JsonDecoder *decoder, const JsonRecord *record,
                            const JsonFault *fault, BatchBuilder *out)
{
    Text reason;
    TRY(arena_printf(&out->arena, &reason, "%s at byte %zu", fault->reason,
                     (size_t)(fault->at - record->start) + 1));
    return json_record_reject(decoder, record, E5001, reason.ptr, out);
}

/* The wanted column of that name, or NULL. Columns often come in the order of the schema, so the
 * one after the last found is tried first. */
static JsonColumn *find_column(const JsonDecoder *decoder, Text key, uint32_t expected)
{
    if (expected < decoder->columns && text_equal(decoder->column[expected].name, key))
        return &decoder->column[expected];
    return decoder->columns == 0 ? NULL : map_find(&decoder->by_name, key);
}

static Status find_key(const JsonDecoder *decoder, const JsonToken *key, uint32_t expected,
                       Arena *arena, JsonColumn **found)
{
    Text name = {key->ptr, key->size};
    if (key->escaped) {
        char *copy = arena_alloc(arena, (size_t)key->size + 1);
        if (copy == NULL)
            return ST_NOMEM;
        name = (Text){copy, json_unescape(key->ptr, key->size, copy)};
    }
    *found = find_column(decoder, name, expected);
    return ST_OK;
}

/* A member of an object: `"key": value`. */
typedef struct Member {
    JsonToken key, value;
    const char *start, *end; /* of the value */
} Member;

static void trace_member(const JsonDecoder *decoder, JsonTrace *trace, const Member *member,
                         int32_t column)
{
    bool again = column >= 0 && decoder->token[column].kind != JSON_MISSING;
    if (member->key.escaped || again || trace->fields == SHAPE_FIELDS)
        trace->usable = false;
    if (!trace->usable)
        return;
    trace->field[trace->fields].value = member->start;
    trace->field[trace->fields].value_end = member->end;
    trace->field[trace->fields].column = column;
    trace->fields++;
}

/* The member at p, blanks skipped; false when it is broken. */
static bool scan_member(const char *p, const char *end, uint32_t depth, Member *out,
                        JsonFault *fault)
{
    p = json_skip_space(p, end);
    if (p == end || *p != '"') {
        *fault = (JsonFault){"expected a key in double quotes", p};
        return false;
    }
    p = json_scan_string(p, end, &out->key, fault);
    if (p == NULL)
        return false;
    p = json_skip_space(p, end);
    if (p == end || *p != ':') {
        *fault = (JsonFault){"expected ':' after a key", p};
        return false;
    }
    out->start = json_skip_space(p + 1, end);
    out->end = json_scan_value(out->start, end, depth, &out->value, fault);
    return out->end != NULL;
}

/* p is at an object's opening brace. Leaves the last value of each wanted field in decoder->token;
 * *after is NULL and *fault set when the object is broken. */
static Status walk_object(JsonDecoder *decoder, const char *p, const char *end, uint32_t depth,
                          JsonTrace *trace, Arena *arena, const char **after, JsonFault *fault)
{
    uint32_t expected = 0;
    trace->fields = 0;
    trace->usable = true;
    for (uint32_t c = 0; c < decoder->columns; c++)
        decoder->token[c].kind = JSON_MISSING;
    *after = NULL;
    p = json_skip_space(p + 1, end);
    bool empty = p < end && *p == '}';
    while (!empty) {
        Member member;
        JsonColumn *column;
        if (!scan_member(p, end, depth, &member, fault))
            return ST_OK;
        TRY(find_key(decoder, &member.key, expected, arena, &column));
        int32_t index = column == NULL ? -1 : (int32_t)(column - decoder->column);
        trace_member(decoder, trace, &member, index);
        if (index >= 0) {
            decoder->token[index] = member.value;
            expected = (uint32_t)index + 1;
        }
        p = json_skip_space(member.end, end);
        if (p == end || (*p != ',' && *p != '}')) {
            *fault = (JsonFault){p == end ? "the object is not closed" : "expected ',' or '}'", p};
            return ST_OK;
        }
        if (*p == '}')
            break;
        p++;
    }
    *after = p + 1;
    return ST_OK;
}

/* The tokens of the object just walked, as the builder's next row. */
static Status put_row(JsonDecoder *decoder, const JsonRecord *record, BatchBuilder *out)
{
    for (uint32_t c = 0; c < decoder->columns && decoder->tests > 0; c++) {
        if (decoder->column[c].tested)
            TRY(json_cell_put(decoder, c, &decoder->token[c], out));
    }
    bool filtered = json_row_fails_tests(decoder, out);
    for (uint32_t c = 0; c < decoder->columns; c++) {
        const JsonColumn *column = &decoder->column[c];
        if (!column->tested && (!filtered || column->always))
            TRY(json_cell_put(decoder, c, &decoder->token[c], out));
    }
    if (filtered)
        builder_set_filtered(out, out->rows);
    builder_end_row(out, record->offset, record->line,
                    (Text){record->start, (uint32_t)(record->end - record->start)});
    return ST_OK;
}

static Status decode_object(JsonDecoder *decoder, const JsonRecord *record, const char *p,
                            BatchBuilder *out)
{
    SCRATCH JsonTrace trace;
    const char *after;
    JsonFault fault;
    TRY(walk_object(decoder, p, record->end, 1, &trace, &out->arena, &after, &fault));
    if (after == NULL)
        return reject_broken(decoder, record, &fault, out);
    const char *rest = json_skip_space(after, record->end);
    if (rest != record->end) {
        fault = (JsonFault){"text after the object", rest};
        return reject_broken(decoder, record, &fault, out);
    }
    TRY(put_row(decoder, record, out));
    if (decoder->shape.pause == 0)
        return json_shape_learn(decoder, &trace, record);
    decoder->shape.pause--;
    return ST_OK;
}

static uint64_t count_elements(const char *p, const char *end)
{
    uint64_t count = 0;
    JsonToken ignored;
    JsonFault fault;
    p = json_skip_space(p + 1, end);
    while (*p != ']') {
        count++;
        p = json_skip_space(json_scan_value(p, end, 1, &ignored, &fault), end);
        if (*p == ',')
            p = json_skip_space(p + 1, end);
    }
    return count;
}

/* One element of an array that was scanned as a whole before. */
static Status decode_element(JsonDecoder *decoder, const JsonRecord *line, const char *p,
                             const JsonToken *element, const char *element_end, BatchBuilder *out)
{
    JsonRecord record = {p, element_end, line->offset, line->line};
    SCRATCH JsonTrace ignored;
    const char *after;
    JsonFault fault;
    if (element->kind != JSON_OBJECT)
        return json_record_reject(decoder, &record, E5001, "an array element is not an object",
                                  out);
    TRY(walk_object(decoder, p, element_end, 2, &ignored, &out->arena, &after, &fault));
    assert(after == element_end);
    return put_row(decoder, &record, out);
}

/* The elements from p on, which are sound. Where the builder is full, the next one is remembered.
 */
static Status decode_elements(JsonDecoder *decoder, const JsonRecord *record, const char *p,
                              BatchBuilder *out, bool *whole)
{
    const char *end = record->end;
    while (*p != ']') {
        JsonToken element;
        JsonFault fault;
        if (builder_full(out)) {
            decoder->array_at = (size_t)(p - record->start);
            *whole = false;
            return ST_OK;
        }
        const char *element_end = json_scan_value(p, end, 1, &element, &fault);
        assert(element_end != NULL);
        TRY(decode_element(decoder, record, p, &element, element_end, out));
        p = json_skip_space(element_end, end);
        if (*p == ',')
            p = json_skip_space(p + 1, end);
    }
    decoder->array_at = 0;
    return ST_OK;
}

/* An array's elements are rows. One that fits into a whole batch waits for one, so that it is never
 * cut. */
static Status decode_array(JsonDecoder *decoder, const JsonRecord *record, const char *p,
                           BatchBuilder *out, bool *whole)
{
    JsonToken array;
    JsonFault fault;
    const char *end = record->end, *after = json_scan_value(p, end, 0, &array, &fault);
    if (after == NULL)
        return reject_broken(decoder, record, &fault, out);
    if (json_skip_space(after, end) != end) {
        fault = (JsonFault){"text after the array", json_skip_space(after, end)};
        return reject_broken(decoder, record, &fault, out);
    }
    uint64_t count = count_elements(p, end);
    if (count <= out->capacity && count > (uint64_t)out->capacity - out->rows) {
        *whole = false;
        return ST_OK;
    }
    return decode_elements(decoder, record, json_skip_space(p + 1, end), out, whole);
}

Status json_record_decode(JsonDecoder *decoder, const JsonRecord *record, BatchBuilder *out,
                          bool *whole)
{
    const char *p = record->start, *end = record->end;
    size_t size = (size_t)(end - p);
    *whole = true;
    if (decoder->array_at > 0)
        return decode_elements(decoder, record, p + decoder->array_at, out, whole);
    if (size == 0 || (size == 1 && *p == '\r'))
        return ST_OK;
    if (size > LIMIT_RECORD_BYTES)
        return json_record_reject(decoder, record, E5008, "longer than 16 MiB", out);
    if (!utf8_is_ascii(p, size) && !utf8_is_valid(p, size))
        return json_record_reject(decoder, record, E5009, "invalid UTF-8", out);
    p = json_skip_space(p, end);
    if (p < end && *p == '{')
        return decode_object(decoder, record, p, out);
    if (p < end && *p == '[')
        return decode_array(decoder, record, p, out, whole);
    JsonFault fault = {p == end ? "a blank line" : "neither an object nor an array", p};
    return reject_broken(decoder, record, &fault, out);
}
