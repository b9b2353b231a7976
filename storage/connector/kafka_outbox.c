#include "storage/connector/kafka_outbox.h"

#include <string.h>

#include "storage/base/hash.h"

enum { FIRST_RECORDS = 256 };

void kafka_outbox_open(KafkaOutbox *self, Meter *meter)
{
    *self = (KafkaOutbox){.meter = meter};
    strbuf_init(&self->bytes, meter);
}

void kafka_outbox_close(KafkaOutbox *self)
{
    strbuf_close(&self->bytes);
    mem_free(self->meter, self->record, self->capacity * sizeof *self->record);
    mem_free(self->meter, self->slot, self->slots * sizeof *self->slot);
    self->record = NULL;
    self->slot = NULL;
    self->count = self->capacity = self->slots = 0;
}

/* What a large epoch has needed is not kept for the small ones after it. */
void kafka_outbox_clear(KafkaOutbox *self)
{
    enum { KEPT_BYTES = 4 << 20 };
    if (kafka_outbox_bytes(self) > KEPT_BYTES) {
        Meter *meter = self->meter;
        kafka_outbox_close(self);
        kafka_outbox_open(self, meter);
        return;
    }
    strbuf_clear(&self->bytes);
    self->count = 0;
    if (self->slot != NULL)
        memset(self->slot, 0, self->slots * sizeof *self->slot);
}

uint64_t kafka_outbox_bytes(const KafkaOutbox *self)
{
    return self->bytes.size + self->count * sizeof *self->record;
}

static Status make_room(KafkaOutbox *self)
{
    if (self->count < self->capacity)
        return ST_OK;
    uint32_t capacity = self->capacity == 0 ? FIRST_RECORDS : self->capacity * 2;
    KafkaRecord *moved =
        mem_realloc(self->meter, self->record, self->capacity * sizeof *self->record,
                    capacity * sizeof *self->record);
    if (moved == NULL)
        return ST_NOMEM;
    self->record = moved;
    self->capacity = capacity;
    return ST_OK;
}

/* --- by key --- */

static uint64_t hash_key(const KafkaOutbox *self, const KafkaRecord *record)
{
    return hash_bytes(kafka_record_key(self, record), record->key_size, 0);
}

static bool same_key(const KafkaOutbox *self, const KafkaRecord *a, const KafkaRecord *b)
{
    return a->key_size == b->key_size &&
           memcmp(kafka_record_key(self, a), kafka_record_key(self, b), a->key_size) == 0;
}

/* The slot of the key: empty, or with the last record of it. */
static uint32_t *find_slot(KafkaOutbox *self, const KafkaRecord *record)
{
    uint32_t mask = self->slots - 1, at = (uint32_t)hash_key(self, record) & mask;
    while (self->slot[at] != 0 && !same_key(self, &self->record[self->slot[at] - 1], record))
        at = (at + 1) & mask;
    return &self->slot[at];
}

static Status grow_slots(KafkaOutbox *self)
{
    uint32_t slots = self->slots == 0 ? 2 * FIRST_RECORDS : self->slots * 2;
    if (self->slots > 0 && self->count < self->slots / 2)
        return ST_OK;
    uint32_t *slot = mem_alloc_zeroed(self->meter, slots * sizeof *slot);
    if (slot == NULL)
        return ST_NOMEM;
    mem_free(self->meter, self->slot, self->slots * sizeof *self->slot);
    self->slot = slot;
    self->slots = slots;
    for (uint32_t i = 0; i < self->count; i++) {
        if (!self->record[i].replaced)
            *find_slot(self, &self->record[i]) = i + 1;
    }
    return ST_OK;
}

Status kafka_outbox_add(KafkaOutbox *self, const KafkaRecord *record, bool net)
{
    TRY(strbuf_status(&self->bytes));
    TRY(make_room(self));
    if (net) {
        TRY(grow_slots(self));
        uint32_t *slot = find_slot(self, record);
        if (*slot != 0)
            self->record[*slot - 1].replaced = true;
        *slot = self->count + 1;
    }
    self->record[self->count++] = *record;
    return ST_OK;
}
