/* From value to value: the bytes between two are predicted and compared in place; what is left to
 * do per field is to convert its value or to find its end. For records that json_run_fast.c cannot
 * take: nested values, escapes, text that is not ASCII.
 *
 * Every search is bounded by `end`, behind a newline; the bytes compared hold no newline but at the
 * record's end, and a value found to hold one is refused. So a record never runs into the next. */
#include <assert.h>

#include "storage/base/limits.h"
#include "storage/base/utf8.h"
#include "storage/format/json.h"
#include "storage/format/scan_fast.h"
#include "storage/format/timestamp_fast.h"

static inline bool literal_matches(const ShapeField *field, const char *p)
{
    uint32_t size = field->size, done = 0;
    for (; size - done > 16; done += 16) {
        if (!scan_equal16(p + done, field->literal + done, 16))
            return false;
    }
    return scan_equal16(p + done, field->literal + done, size - done);
}

/* Any value at p, within its line and with valid text. */
static __attribute__((noinline)) const char *scan_any(const char *p, const char *end,
                                                      JsonToken *token)
{
    JsonFault ignored;
    const char *line_end = memchr(p, '\n', (size_t)(end - p));
    assert(line_end != NULL);
    const char *after = json_scan_value(p, line_end, 1, token, &ignored);
    if (after == NULL || (*p != '"' && *p != '{' && *p != '['))
        return after;
    return utf8_is_valid(p, (size_t)(after - p)) ? after : NULL;
}

/* p is behind an opening quote. The closing one, when only plain ASCII lies between. */
static inline const char *plain_string_end(const char *p, const char *end)
{
    p = scan_string_special(p, end);
    return p < end && *p == '"' ? p : NULL;
}

static inline const char *skip_value(const char *p, const char *end)
{
    JsonToken ignored;
    if (*p == '"') {
        const char *close = plain_string_end(p + 1, end);
        return close != NULL ? close + 1 : scan_any(p, end, &ignored);
    }
    const char *digits = p + (*p == '-');
    uint32_t count = scan_digits8(scan_load64(digits));
    char after = digits[count];
    if (count == 0 || count == 8 || *digits == '0' || after == '.' || (after | 0x20) == 'e')
        return scan_any(p, end, &ignored);
    return digits + count;
}

/* Up to 15 digits with an optional sign and nothing of a fraction behind them; NULL for others. */
static inline const char *read_integer(const char *p, int64_t *out)
{
    static const int64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    bool negative = *p == '-';
    p += negative;
    uint64_t word = scan_load64(p);
    uint32_t count = scan_digits8(word);
    if (count == 0 || (*p == '0' && count > 1))
        return NULL;
    int64_t value = scan_value8(word, count);
    p += count;
    if (count == 8) {
        word = scan_load64(p);
        count = scan_digits8(word);
        if (count == 8)
            return NULL;
        if (count > 0)
            value = value * power[count] + scan_value8(word, count);
        p += count;
    }
    if (*p == '.' || (*p | 0x20) == 'e')
        return NULL;
    *out = negative ? -value : value;
    return p;
}

/* A wanted value that is not of its column's usual form: null, a number with a fraction, a text
 * with escapes, a bad one. */
static __attribute__((noinline)) const char *put_any(JsonDecoder *decoder, const ShapeField *field,
                                                     const char *p, const char *end,
                                                     BatchBuilder *out, Status *status)
{
    JsonToken token;
    const char *after = scan_any(p, end, &token);
    if (after != NULL)
        *status = json_cell_put(decoder, field->column, &token, out);
    return *status == ST_OK ? after : NULL;
}

static inline const char *put_integer(JsonDecoder *decoder, const ShapeField *field, const char *p,
                                      const char *end, BatchBuilder *out, Status *status)
{
    int64_t value;
    const char *after = read_integer(p, &value);
    if (after == NULL || value < field->min || value > field->max)
        return put_any(decoder, field, p, end, out, status);
    out->column[field->column].data.i64[out->rows] = value;
    return after;
}

/* A plain text at [p, close) for a timestamp column; false when it is none. */
static inline bool store_timestamp(JsonDecoder *decoder, const ShapeField *field, const char *p,
                                   const char *close, BatchBuilder *out)
{
    JsonColumn *column = &decoder->column[field->column];
    Micros value;
    uint32_t size = (uint32_t)(close - p);
    if (!timestamp_take(&column->memo, p, size, &column->type, decoder->time_syntax, &value))
        return false;
    out->column[field->column].data.i64[out->rows] = value;
    return true;
}

static inline const char *put_timestamp(JsonDecoder *decoder, const ShapeField *field,
                                        const char *p, const char *end, BatchBuilder *out,
                                        Status *status)
{
    const char *close = *p == '"' ? plain_string_end(p + 1, end) : NULL;
    if (close == NULL || !store_timestamp(decoder, field, p + 1, close, out))
        return put_any(decoder, field, p, end, out, status);
    return close + 1;
}

static inline const char *put_string(JsonDecoder *decoder, const ShapeField *field, const char *p,
                                     const char *end, BatchBuilder *out, Status *status)
{
    const char *close = *p == '"' ? plain_string_end(p + 1, end) : NULL;
    if (close == NULL || close - p > LIMIT_RECORD_BYTES)
        return put_any(decoder, field, p, end, out, status);
    out->column[field->column].data.str[out->rows] = scan_str(p + 1, (uint32_t)(close - p - 1));
    return close + 1;
}

static const char *walk_fields(JsonDecoder *decoder, const char *p, const char *end, bool *filtered,
                               BatchBuilder *out, Status *status)
{
    const JsonShape *shape = &decoder->shape;
    for (uint32_t i = 0; i < shape->fields; i++) {
        const ShapeField *field = &shape->field[i];
        if (!literal_matches(field, p))
            return NULL;
        p += field->size;
        ShapeAction action = *filtered && field->droppable ? SHAPE_SKIP : field->action;
        switch (action) {
        case SHAPE_SKIP: p = skip_value(p, end); break;
        case SHAPE_I64: p = put_integer(decoder, field, p, end, out, status); break;
        case SHAPE_TIMESTAMP: p = put_timestamp(decoder, field, p, end, out, status); break;
        case SHAPE_STRING: p = put_string(decoder, field, p, end, out, status); break;
        case SHAPE_OTHER: p = put_any(decoder, field, p, end, out, status); break;
        }
        if (p == NULL)
            return NULL;
        if (i + 1 == shape->tested_at)
            *filtered = json_row_fails_tests(decoder, out);
    }
    const ShapeField *last = &shape->field[shape->fields];
    return literal_matches(last, p) ? p + last->size : NULL;
}

/* Ends the row that was walked from p to `after`, or undoes it when it was not. */
static inline const char *end_row(JsonDecoder *decoder, const char *p, const char *after,
                                  uint64_t offset, bool filtered, BatchBuilder *out)
{
    if (after == NULL || after - p > LIMIT_RECORD_BYTES) {
        builder_undo_row(out);
        return NULL;
    }
    bit_put(out->filtered, out->rows, filtered);
    out->filtered_count += filtered; /* without a branch: half of the rows may go either way */
    builder_end_row(out, offset, decoder->base.line, (Text){p, (uint32_t)(after - p - 1)});
    return after;
}

const char *json_walk(JsonDecoder *decoder, const char *p, const char *end, uint64_t offset,
                      BatchBuilder *out, Status *status)
{
    assert(p < end && end[-1] == '\n' && !builder_full(out));
    const char *after = NULL;
    bool filtered = false;
    *status = json_put_missing(decoder, out);
    if (*status == ST_OK) {
        if (decoder->shape.tested_at == 0 &&
            decoder->tests > 0) /* all that the predicate reads is missing */
            filtered = json_row_fails_tests(decoder, out);
        after = walk_fields(decoder, p, end, &filtered, out, status);
    }
    return end_row(decoder, p, after, offset, filtered, out);
}
