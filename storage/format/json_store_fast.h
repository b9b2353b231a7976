/* What the two ways along a shape (json_walk_fast.c, json_index_fast.c) do alike. */
#ifndef WEIR_STORAGE_FORMAT_JSON_STORE_FAST_H
#define WEIR_STORAGE_FORMAT_JSON_STORE_FAST_H

#include "storage/base/limits.h"
#include "storage/format/json.h"
#include "storage/format/scan_fast.h"

/* Of the last digit that a time of that precision keeps. */
static inline Micros json_time_unit(uint32_t precision)
{
    static const Micros unit[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    return unit[precision];
}

/* ":SS.mmm" behind the minute of the timestamp before: all that changes in most of them. */
static inline bool json_millis_tail(const char *p, Micros *out)
{
    const uint64_t marks = UINT64_C(0x2E00003A) ^ UINT64_C(0x30000030), zero = UINT64_C(0x30) << 56;
    uint64_t word = ((scan_load64(p) ^ marks) & ~(UINT64_C(0xFF) << 56)) | zero, digits;
    /* A colon and a point have become zeros; so does the byte behind. */
    if ((word & UINT64_C(0xFF0000FF)) != UINT64_C(0x30000030) || p[1] > '5' ||
        !scan_padded_digits(word, 8, &digits))
        return false;
    uint32_t value = scan_padded_value(digits), second = value / 100000; /* 0SS0mmm0 */
    *out = second * MICROS_PER_SECOND + (value - second * 100000) * INT64_C(100);
    return true;
}

/* A plain text at [p, close) for a timestamp column; false when it is none. */
static inline bool json_store_timestamp(JsonDecoder *decoder, const ShapeField *field,
                                        const char *p, const char *close, BatchBuilder *out)
{
    enum { SECOND_TEXT = 19, MILLIS_TEXT = 23, MINUTE_TEXT = 16 }; /* "yyyy-MM-dd HH:mm:ss.SSS" */
    JsonColumn *column = &decoder->column[field->column];
    const TimestampMemo *memo = &column->memo;
    Micros value;
    if (close - p == MILLIS_TEXT && memo->set && column->type.id == TYPE_TIMESTAMP &&
        memcmp(p, memo->minute, MINUTE_TEXT) == 0 && json_millis_tail(p + MINUTE_TEXT, &value))
        value += memo->base;
    else if (!timestamp_parse_memo(&column->memo, p, (uint32_t)(close - p), decoder->time_syntax,
                                   column->type.id == TYPE_TIMESTAMP_LTZ, &value))
        return false;
    if (close - p > SECOND_TEXT + 1 + column->type.precision) /* more digits than the type has */
        value -= micros_floor_mod(value, json_time_unit(column->type.precision));
    out->column[field->column].data.i64[out->rows] = value;
    return true;
}

CHECKED static inline Status json_put_missing(JsonDecoder *decoder, BatchBuilder *out)
{
    static const JsonToken missing = {.kind = JSON_MISSING};
    for (uint32_t i = 0; i < decoder->shape.missing; i++)
        TRY(json_cell_put(decoder, decoder->shape.missing_column[i], &missing, out));
    return ST_OK;
}

/* Ends the row that was walked from p to `after`, or undoes it when it was not. */
static inline const char *json_end_row(JsonDecoder *decoder, const char *p, const char *after,
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

#endif
