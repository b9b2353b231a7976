#include "storage/connector/kafka_ends.h"

#include <string.h>

void kafka_ends_open(KafkaEnds *self, Meter *meter)
{
    *self = (KafkaEnds){.meter = meter};
}

void kafka_ends_close(KafkaEnds *self)
{
    mem_free(self->meter, self->offset, self->count * sizeof *self->offset);
    self->offset = NULL;
    self->count = 0;
}

void kafka_ends_clear(KafkaEnds *self)
{
    if (self->count > 0)
        memset(self->offset, 0, self->count * sizeof *self->offset);
}

static Status make_room(KafkaEnds *self, uint32_t count)
{
    if (count <= self->count)
        return ST_OK;
    int64_t *moved =
        mem_realloc(self->meter, self->offset, self->count * sizeof *moved, count * sizeof *moved);
    if (moved == NULL)
        return ST_NOMEM;
    memset(moved + self->count, 0, (count - self->count) * sizeof *moved);
    self->offset = moved;
    self->count = count;
    return ST_OK;
}

Status kafka_ends_raise(KafkaEnds *self, uint32_t partition, int64_t offset)
{
    TRY(make_room(self, partition + 1));
    if (self->offset[partition] < offset)
        self->offset[partition] = offset;
    return ST_OK;
}

Status kafka_ends_raise_all(KafkaEnds *self, const KafkaEnds *other)
{
    for (uint32_t i = 0; i < other->count; i++)
        TRY(kafka_ends_raise(self, i, other->offset[i]));
    return ST_OK;
}

uint32_t kafka_ends_find_gone(const KafkaEnds *self, const KafkaEnds *now)
{
    for (uint32_t i = 0; i < self->count; i++) {
        if (kafka_ends_get(now, i) < self->offset[i])
            return i;
    }
    return UINT32_MAX;
}

uint32_t kafka_ends_find_grown(const KafkaEnds *self, const KafkaEnds *now)
{
    for (uint32_t i = 0; i < now->count; i++) {
        if (now->offset[i] - 1 > kafka_ends_get(self, i))
            return i;
    }
    return UINT32_MAX;
}

void kafka_ends_save(const KafkaEnds *self, StrBuf *out)
{
    if (self->count > 0)
        strbuf_put(out, self->offset, self->count * sizeof *self->offset);
}

Status kafka_ends_load(KafkaEnds *self, Text bytes)
{
    if (bytes.size % sizeof *self->offset != 0)
        return ST_STATE;
    TRY(make_room(self, bytes.size / (uint32_t)sizeof *self->offset));
    if (bytes.size > 0)
        memcpy(self->offset, bytes.ptr, bytes.size);
    return ST_OK;
}
