#include "storage/connector/kafka_keys.h"

Status kafka_keys_open(KafkaKeys *self, const ScanSpec *scan, Arena *arena, Meter *meter)
{
    const RecordKey *key = &scan->table->record_key;
    DecodeSpec *spec;
    Schema columns = {scan->wanted_key_count, NULL};
    *self = (KafkaKeys){
        .meter = meter,
        .count = scan->wanted_key_count,
        .first = scan->wanted_count + scan->paths + scan->wanted_metadata_count,
    };
    if (self->count == 0)
        return ST_OK;
    TRY_NEW_ARRAY(columns.field, arena, self->count);
    for (uint32_t i = 0; i < self->count; i++)
        columns.field[i] = key->schema.field[scan->wanted_key[i]];
    TRY_NEW(spec, arena);
    *spec = (DecodeSpec){.schema = &key->schema,
                         .wanted = scan->wanted_key,
                         .wanted_count = scan->wanted_key_count,
                         .messages = true,
                         .scope = &key->scope,
                         .options = key->options};
    TRY(builder_open_small(&self->row, meter, &columns, 1));
    self->open = true;
    return key->format->open_decoder(arena, meter, spec, &self->decoder);
}

void kafka_keys_close(KafkaKeys *self)
{
    if (self->decoder != NULL && self->decoder->close != NULL)
        self->decoder->close(self->decoder);
    self->decoder = NULL;
    if (self->open)
        builder_close(&self->row);
    self->open = false;
}

/* Into the one row; none comes of a key that is no record of its format. The bytes are copied: a
 * decoder may look behind them. */
static Status decode_key(KafkaKeys *self, const rd_kafka_message_t *message)
{
    builder_reset(&self->row);
    if (message->key == NULL)
        return ST_OK;
    Block *block = block_make(self->meter, message->key_len);
    if (block == NULL)
        return ST_NOMEM;
    memcpy(block->bytes, message->key, message->key_len);
    DecodeInput input = {.bytes = block->bytes,
                         .size = message->key_len,
                         .block = block,
                         .at_start = true,
                         .at_end = true,
                         .whole = true};
    size_t consumed;
    Status status = self->decoder->decode(self->decoder, &input, &self->row, &consumed);
    block_release(block);
    return status;
}

static Status spoil(ErrorCode code, const char *reason, uint32_t column, uint32_t row,
                    BatchBuilder *out)
{
    Text kept;
    TRY(arena_printf(&out->arena, &kept, "in the key: %s", reason));
    return builder_set_bad(out, column, row, code, kept.ptr);
}

static Status fill_row(const KafkaKeys *self, uint32_t row, BatchBuilder *out)
{
    const BatchBuilder *key = &self->row;
    for (uint32_t i = 0; i < self->count; i++) {
        uint32_t column = self->first + i;
        if (key->rows == 1)
            TRY(column_keep_cell(&out->arena, &out->column[column], row, &key->column[i], 0));
        else if (key->rejected_count > 0)
            TRY(spoil(key->rejected[0].code, key->rejected[0].reason, column, row, out));
        else
            builder_set_null(out, column, row);
    }
    for (uint32_t b = 0; key->rows == 1 && b < key->bad_count; b++)
        TRY(spoil(key->bad[b].code, key->bad[b].reason, self->first + key->bad[b].column, row,
                  out));
    return ST_OK;
}

/* Whoever reads bad cells expects them in the order of rows. */
static void sort_bad(BatchBuilder *out, uint32_t from)
{
    for (uint32_t i = from; i < out->bad_count; i++) {
        BadCell moved = out->bad[i];
        uint32_t at = i;
        for (; at > 0 && out->bad[at - 1].row > moved.row; at--)
            out->bad[at] = out->bad[at - 1];
        out->bad[at] = moved;
    }
}

Status kafka_keys_fill(KafkaKeys *self, rd_kafka_message_t *const *message, const uint16_t *number,
                       BatchBuilder *out)
{
    uint32_t bad = out->bad_count;
    if (self->decoder == NULL)
        return ST_OK;
    for (uint32_t row = 0; row < out->rows; row++) {
        if (row == 0 || number[row] != number[row - 1])
            TRY(decode_key(self, message[number[row]]));
        TRY(fill_row(self, row, out));
    }
    sort_bad(out, bad);
    return ST_OK;
}
