#include "executor/op/rank_ages.h"

#include <assert.h>
#include <stddef.h>

typedef struct RowAge {
    uint64_t group;
    Str key; /* of its place in the group, as the heap stores it */
    ExpiryLink link;
} RowAge;

Status rank_ages_open(RankAges *ages, Micros ttl, uint64_t seed, Meter *meter)
{
    TRY(key_shape(NULL, 0, &ages->shape));
    TRY(key_shape_number(&ages->shape));
    keyed_map_open(&ages->rows, &ages->shape, sizeof(RowAge), seed, meter);
    expiry_open(&ages->expiry, &ages->rows, offsetof(RowAge, link), ttl);
    return ST_OK;
}

void rank_ages_close(RankAges *ages)
{
    if (ages->rows.meter != NULL)
        keyed_map_close(&ages->rows);
}

Status rank_ages_walk(RankAges *ages, StateWalk *walk)
{
    TRY(state_walk_keyed_map(walk, &ages->rows));
    return expiry_walk(&ages->expiry, walk);
}

static uint64_t hash_of(const RankAges *ages, uint64_t number)
{
    return key_hash(&ages->shape, &number, 0, &ages->rows.heap, ages->rows.seed);
}

Status rank_ages_add(RankAges *ages, uint64_t group, const OrderedRow *row, Micros now)
{
    uint64_t number = row->number, hash = hash_of(ages, number);
    const KeyBatch one = {.count = 1, .words = &number, .hash = &hash};
    uint32_t entry;
    Str key = str_of_text(row->key), stored;
    TRY(heap_store_str(&ages->rows.heap, &key, &stored));
    Status status = keyed_map_upsert(&ages->rows, &one, &entry, NULL);
    if (status != ST_OK) {
        heap_free_str(&ages->rows.heap, &stored);
        return status;
    }
    RowAge *age = keyed_map_value_write(&ages->rows, entry);
    age->group = group;
    age->key = stored;
    expiry_mark(&ages->expiry, entry, now);
    return ST_OK;
}

void rank_ages_remove(RankAges *ages, uint64_t number)
{
    int64_t entry = keyed_map_find(&ages->rows, &number, 0, hash_of(ages, number));
    assert(entry >= 0);
    const RowAge *age = keyed_map_value(&ages->rows, (uint32_t)entry);
    heap_free_str(&ages->rows.heap, &age->key);
    expiry_forget(&ages->expiry, (uint32_t)entry);
    keyed_map_remove(&ages->rows, (uint32_t)entry);
}

bool rank_ages_find(const RankAges *ages, Micros now, uint64_t *group, OrderedRow *row)
{
    uint32_t entry;
    if (!expiry_find(&ages->expiry, now, &entry))
        return false;
    const RowAge *age = keyed_map_value(&ages->rows, entry);
    Str far = heap_load_str(&ages->rows.heap, &age->key);
    *group = age->group;
    *row = (OrderedRow){.key = str_text(age->key.size > STR_INLINE ? &far : &age->key),
                        .number = *keyed_map_key(&ages->rows, entry)};
    return true;
}
