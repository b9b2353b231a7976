#include "storage/data/cell_set.h"

#include <math.h>

#include "storage/base/hash.h"

/* --- hashes --- */

static uint64_t hash_double(double value, uint64_t seed)
{
    uint64_t bits;
    if (isnan(value))
        value = (double)NAN; /* one NaN for all */
    if (value == 0)
        value = 0; /* no -0.0 */
    memcpy(&bits, &value, sizeof bits);
    return hash_u64(bits, seed);
}

/* Recursion is as deep as the type is nested. Entries of a MAP count in any order. */
static uint64_t hash_nested(const Nested *nested, uint32_t at, uint64_t seed)
{
    Elements cell = nested->list == NULL ? (Elements){at, 1} : nested->list[at];
    bool map = nested->list != NULL && nested->children == 2;
    uint64_t hash = hash_u64(cell.count, seed), sum = 0;
    for (uint32_t i = 0; i < cell.count; i++) {
        uint64_t entry = map ? seed : hash;
        for (uint32_t c = 0; c < nested->children; c++)
            entry = hash_u64(cell_hash(&nested->child[c], cell.start + i, seed), entry);
        sum += entry;
        hash = map ? hash : entry;
    }
    return map ? hash_u64(sum, hash) : hash;
}

uint64_t cell_hash(const Column *column, uint32_t row, uint64_t seed)
{
    uint32_t at = column_index(column, row);
    if (column_is_null(column, row))
        return seed;
    switch (column->phys) {
    case PHYS_BOOL: return hash_u64(column->data.b[at], seed);
    case PHYS_I64: return hash_u64((uint64_t)column->data.i64[at], seed);
    case PHYS_F64: return hash_double(column->data.f64[at], seed);
    case PHYS_I128: return hash_bytes(&column->data.i128[at], sizeof(Int128), seed);
    case PHYS_STR:
        return hash_bytes(str_bytes(&column->data.str[at]), column->data.str[at].size, seed);
    case PHYS_NESTED: return hash_nested(column->data.nested, at, seed);
    }
    return 0;
}

/* --- the set --- */

static void place(CellSet *set, uint32_t index)
{
    uint32_t slot = (uint32_t)cell_hash(set->column, index, set->seed) & (set->slots - 1);
    while (set->slot[slot] != 0)
        slot = (slot + 1) & (set->slots - 1);
    set->slot[slot] = index + 1;
}

/* Twice the slots and more, so that half of them are free at least. */
static Status grow(CellSet *set)
{
    uint32_t *old = set->slot, slots = set->slots;
    set->slots = slots == 0 ? 4 * CELL_SET_FEW : 4 * slots;
    TRY_NEW_ARRAY(set->slot, set->arena, set->slots);
    for (uint32_t i = 0; i < (slots == 0 ? CELL_SET_FEW : slots); i++) {
        if (slots == 0)
            place(set, set->few[i]);
        else if (old[i] != 0)
            place(set, old[i] - 1);
    }
    return ST_OK;
}

uint32_t cell_set_find(const CellSet *set, const Column *column, uint32_t row)
{
    if (set->slots == 0) {
        for (uint32_t i = 0; i < set->count; i++) {
            if (cells_same(set->column, set->few[i], column, row))
                return set->few[i];
        }
        return CELL_NONE;
    }
    uint32_t slot = (uint32_t)cell_hash(column, row, set->seed) & (set->slots - 1);
    for (; set->slot[slot] != 0; slot = (slot + 1) & (set->slots - 1)) {
        if (cells_same(set->column, set->slot[slot] - 1, column, row))
            return set->slot[slot] - 1;
    }
    return CELL_NONE;
}

Status cell_set_add(CellSet *set, uint32_t index)
{
    if (set->slots == 0 && set->count < CELL_SET_FEW) {
        set->few[set->count++] = index;
        return ST_OK;
    }
    if (2 * (set->count + 1) > set->slots)
        TRY(grow(set));
    place(set, index);
    set->count++;
    return ST_OK;
}
