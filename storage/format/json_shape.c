/* The usual way through a record. Programs write the fields of their records in one order with the
 * same blanks, so the bytes between two values (`,"price":`) are predicted from the record before
 * and compared in place; what is left to do per field is to convert its value or to find its end.
 * Speculation on the positions of fields follows Li, Katsipoulakis, Chandramouli, Goldstein and
 * Kossmann, "Mison" (VLDB 2017).
 *
 * Nothing is judged here: whatever is not as expected, an error included, undoes the row and leaves
 * the record to json_record.c. So both ways must take the same records and give the same cells.
 *
 * Every search is bounded by `end`, behind a newline; the bytes compared never hold a newline but
 * at the record's end, and a value found to contain one is refused. So a record never runs into
 * the next. */
#include "storage/format/json.h"

#include <assert.h>

#include "storage/base/limits.h"
#include "storage/base/utf8.h"
#include "storage/format/scan_fast.h"

Status json_shape_open(JsonDecoder *decoder, Arena *arena)
{
    TRY_NEW_ARRAY(decoder->shape.field, arena, SHAPE_FIELDS + 1);
    TRY_NEW_ARRAY(decoder->shape.missing_column, arena, decoder->columns);
    return ST_OK;
}

/* --- learning --- */

static void plan_column(const JsonDecoder *decoder, uint32_t index, ShapeField *field)
{
    static const Micros unit[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    const JsonColumn *column = &decoder->column[index];
    const Type *type = &column->type;
    field->column = index;
    field->droppable = !column->always && !column->tested;
    field->action = SHAPE_OTHER;
    if (type_is_character(type))
        field->action = SHAPE_STRING;
    if (type_is_timestamp(type)) {
        field->action = SHAPE_TIMESTAMP;
        field->unit = unit[type->precision];
    }
    if (type_is_integer(type)) {
        field->action = SHAPE_I64;
        field->min = type_integer_min((TypeId)type->id);
        field->max = type_integer_max((TypeId)type->id);
    }
}

/* The bytes from one value to the next; false when they are too many to be worth it. */
static bool set_literal(ShapeField *field, const char *from, const char *to)
{
    size_t size = (size_t)(to - from);
    if (size > SHAPE_LITERAL_MAX)
        return false;
    memcpy(field->literal, from, size);
    field->size = (uint32_t)size;
    return true;
}

void json_shape_learn(JsonDecoder *decoder, const JsonRecord *record)
{
    JsonShape *shape = &decoder->shape;
    const JsonTrace *trace = &decoder->trace;
    shape->ready = false;
    shape->missing = shape->tested_at = 0;
    shape->fields = trace->fields;
    if (!trace->usable || trace->fields == 0)
        return;
    const char *at = record->start;
    for (uint32_t i = 0; i < trace->fields; i++) {
        ShapeField *field = &shape->field[i];
        field->action = SHAPE_SKIP;
        if (!set_literal(field, at, trace->field[i].value))
            return;
        at = trace->field[i].value_end;
        if (trace->field[i].column < 0)
            continue;
        plan_column(decoder, (uint32_t)trace->field[i].column, field);
        if (decoder->column[field->column].tested)
            shape->tested_at = i + 1;
    }
    ShapeField *last = &shape->field[trace->fields];
    if (!set_literal(last, at, record->end) || last->size == SHAPE_LITERAL_MAX)
        return;
    last->literal[last->size++] = '\n';
    for (uint32_t c = 0; c < decoder->columns; c++) {
        if (decoder->token[c].kind == JSON_MISSING)
            shape->missing_column[shape->missing++] = c;
    }
    shape->ready = true;
}

/* --- walking --- */

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
static __attribute__((noinline)) const char *scan_any(const char *p, const char *end, JsonToken *token)
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

/* Up to 15 digits with an optional sign and nothing of a fraction behind them. */
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

/* A wanted value that is not of its column's usual form: null, a number with a fraction, a text with
 * escapes, a bad one. */
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

static inline const char *put_timestamp(JsonDecoder *decoder, const ShapeField *field, const char *p,
                                        const char *end, BatchBuilder *out, Status *status)
{
    JsonColumn *column = &decoder->column[field->column];
    const char *close = *p == '"' ? plain_string_end(p + 1, end) : NULL;
    Micros value;
    if (close == NULL ||
        !timestamp_parse_memo(&column->memo, p + 1, (uint32_t)(close - p - 1), decoder->time_syntax,
                              column->type.id == TYPE_TIMESTAMP_LTZ, &value))
        return put_any(decoder, field, p, end, out, status);
    if (field->unit > 1)
        value -= micros_floor_mod(value, field->unit);
    out->column[field->column].data.i64[out->rows] = value;
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

/* The values of one record; NULL when it is not of the shape. */
static const char *walk(JsonDecoder *decoder, const char *p, const char *end, BatchBuilder *out,
                        Status *status)
{
    const JsonShape *shape = &decoder->shape;
    bool filtered = false;
    for (uint32_t i = 0; i < shape->fields; i++) {
        const ShapeField *field = &shape->field[i];
        if (!literal_matches(field, p))
            return NULL;
        p += field->size;
        ShapeAction action = filtered && field->droppable ? SHAPE_SKIP : field->action;
        switch (action) {
        case SHAPE_SKIP:
            p = skip_value(p, end);
            break;
        case SHAPE_I64:
            p = put_integer(decoder, field, p, end, out, status);
            break;
        case SHAPE_TIMESTAMP:
            p = put_timestamp(decoder, field, p, end, out, status);
            break;
        case SHAPE_STRING:
            p = put_string(decoder, field, p, end, out, status);
            break;
        case SHAPE_OTHER:
            p = put_any(decoder, field, p, end, out, status);
            break;
        }
        if (p == NULL)
            return NULL;
        if (i + 1 == shape->tested_at)
            filtered = json_row_fails_tests(decoder, out);
    }
    const ShapeField *last = &shape->field[shape->fields];
    if (!literal_matches(last, p))
        return NULL;
    if (shape->tested_at == 0)
        filtered = json_row_fails_tests(decoder, out); /* all that it reads is missing */
    if (filtered)
        builder_set_filtered(out, out->rows);
    return p + last->size;
}

static Status put_missing(JsonDecoder *decoder, BatchBuilder *out)
{
    static const JsonToken missing = {.kind = JSON_MISSING};
    for (uint32_t i = 0; i < decoder->shape.missing; i++)
        TRY(json_cell_put(decoder, decoder->shape.missing_column[i], &missing, out));
    return ST_OK;
}

const char *json_shape_decode(JsonDecoder *decoder, const char *p, const char *end, uint64_t offset,
                              BatchBuilder *out, Status *status)
{
    assert(p < end && end[-1] == '\n' && !builder_full(out));
    *status = put_missing(decoder, out);
    const char *after = *status == ST_OK ? walk(decoder, p, end, out, status) : NULL;
    if (after == NULL || after - p > LIMIT_RECORD_BYTES) {
        builder_undo_row(out);
        return NULL;
    }
    builder_end_row(out, offset, decoder->base.line, (Text){p, (uint32_t)(after - p - 1)});
    return after;
}
