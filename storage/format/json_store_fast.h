/* What the two ways along a shape (json_walk_fast.c, json_index_fast.c) do alike. */
#ifndef WEIR_STORAGE_FORMAT_JSON_STORE_FAST_H
#define WEIR_STORAGE_FORMAT_JSON_STORE_FAST_H

#include "storage/base/limits.h"
#include "storage/format/json.h"
#include "storage/format/scan_fast.h"
#include "storage/format/timestamp_fast.h"

/* A plain text at [p, close) for a timestamp column; false when it is none. */
static inline bool json_store_timestamp(JsonDecoder *decoder, const ShapeField *field,
                                        const char *p, const char *close, BatchBuilder *out)
{
    JsonColumn *column = &decoder->column[field->column];
    Micros value;
    uint32_t size = (uint32_t)(close - p);
    if (!timestamp_take(&column->memo, p, size, &column->type, decoder->time_syntax, &value))
        return false;
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
