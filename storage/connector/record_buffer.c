#include "storage/connector/record_buffer.h"

#include <assert.h>

#include "storage/base/limits.h"

enum { BLOCK_MIN = 4 << 10, BLOCK_USUAL = 128 << 10, ROOM_MIN = 4 << 10 };

static Status open_decoder(RecordBuffer *buffer, const ScanSpec *scan)
{
    const TableSpec *table = scan->table;
    DecodeSpec *spec;
    TRY_NEW(spec, &buffer->arena);
    *spec = (DecodeSpec){
        .schema = &table->schema,
        .wanted = scan->wanted,
        .wanted_count = scan->wanted_count,
        .path = scan->path,
        .paths = scan->paths,
        .predicate = scan->predicate,
        .always = scan->always,
        .scope = &table->scope,
        .options = table->options,
        .messages = false,
    };
    return table->format->open_decoder(&buffer->arena, buffer->meter, spec, &buffer->decoder);
}

Status record_buffer_open(RecordBuffer *buffer, const ScanSpec *scan, SourceEnv *env,
                          const SplitPosition *start, uint64_t begun)
{
    *buffer = (RecordBuffer){.meter = env->meter, .offset = start->offset, .begun = begun};
    arena_init(&buffer->arena, env->meter);
    Status status = open_decoder(buffer, scan);
    if (status != ST_OK) {
        record_buffer_close(buffer);
        return status;
    }
    buffer->decoder->line = start->line == 0 ? 1 : start->line;
    buffer->decoder->inside = start->inside;
    return ST_OK;
}

static void drop_block(RecordBuffer *buffer)
{
    block_release(buffer->block);
    buffer->block = NULL;
    buffer->from = buffer->to = 0;
}

void record_buffer_close(RecordBuffer *buffer)
{
    drop_block(buffer);
    if (buffer->decoder != NULL && buffer->decoder->close != NULL)
        buffer->decoder->close(buffer->decoder);
    buffer->decoder = NULL;
    arena_close(&buffer->arena);
}

/* Moves the undecoded bytes to the front of a block that has room behind them. */
static Status make_room(RecordBuffer *buffer, size_t hint)
{
    size_t left = record_buffer_left(buffer);
    size_t capacity = hint < BLOCK_MIN ? BLOCK_MIN : hint > BLOCK_USUAL ? BLOCK_USUAL : hint;
    if (capacity < left * 2) /* a record larger than a block: grow by doubling */
        capacity = left * 2;
    if (capacity > (size_t)LIMIT_RECORD_BYTES + BLOCK_USUAL)
        capacity = (size_t)LIMIT_RECORD_BYTES + BLOCK_USUAL;
    Block *old = buffer->block;
    bool own = old != NULL && __atomic_load_n(&old->references, __ATOMIC_ACQUIRE) == 1;
    if (own && old->capacity >= capacity && old->capacity - left >= ROOM_MIN) {
        memmove(old->bytes, old->bytes + buffer->from, left);
    } else {
        assert(capacity > left); /* decoders drop a record beyond the limit */
        Block *block = block_make(buffer->meter, capacity);
        if (block == NULL)
            return ST_NOMEM;
        if (left > 0)
            memcpy(block->bytes, old->bytes + buffer->from, left);
        block_release(old);
        buffer->block = block;
    }
    buffer->from = 0;
    buffer->to = left;
    return ST_OK;
}

Status record_buffer_room(RecordBuffer *buffer, size_t hint, char **room, size_t *size)
{
    size_t wanted = hint < ROOM_MIN ? ROOM_MIN : hint > BLOCK_USUAL ? BLOCK_USUAL : hint;
    if (buffer->block == NULL || buffer->block->capacity - buffer->to < wanted / 2)
        TRY(make_room(buffer, hint));
    *room = buffer->block->bytes + buffer->to;
    *size = buffer->block->capacity - buffer->to;
    return ST_OK;
}

Status record_buffer_put(RecordBuffer *buffer, Text bytes, size_t *count)
{
    char *room;
    size_t size;
    TRY(record_buffer_room(buffer, bytes.size, &room, &size));
    *count = bytes.size < size ? bytes.size : size;
    memcpy(room, bytes.ptr, *count);
    record_buffer_filled(buffer, *count);
    return ST_OK;
}

Status record_buffer_decode(RecordBuffer *buffer, BatchBuilder *out, bool at_end)
{
    if (buffer->block == NULL)
        return ST_OK;
    DecodeInput input = {
        .bytes = buffer->block->bytes + buffer->from,
        .size = record_buffer_left(buffer),
        .block = buffer->block,
        .offset = buffer->offset,
        .at_start = buffer->offset == buffer->begun,
        .at_end = at_end,
    };
    size_t consumed = 0;
    TRY(buffer->decoder->decode(buffer->decoder, &input, out, &consumed));
    assert(consumed <= input.size);
    buffer->from += consumed;
    buffer->offset += consumed;
    return ST_OK;
}

void record_buffer_rest(RecordBuffer *buffer)
{
    if (record_buffer_left(buffer) == 0)
        drop_block(buffer);
}
