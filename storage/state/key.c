#include "storage/state/key.h"

#include <math.h>

#include "storage/base/hash.h"

static uint32_t phys_words(PhysType phys)
{
    return phys == PHYS_I128 || phys == PHYS_STR ? 2 : 1;
}

Status key_shape(const Type *const *type, uint32_t columns, KeyShape *out)
{
    *out = (KeyShape){.columns = columns};
    if (columns > KEY_MAX_COLUMNS)
        return ST_LIMIT;
    for (uint32_t i = 0; i < columns; i++) {
        PhysType phys = type_phys((TypeId)type[i]->id);
        assert(phys != PHYS_NESTED);
        out->phys[i] = (uint8_t)phys;
        out->word[i] = (uint16_t)out->words;
        out->words += phys_words(phys);
        out->strings += phys == PHYS_STR;
    }
    return ST_OK;
}

Status key_shape_number(KeyShape *shape)
{
    if (shape->columns == KEY_MAX_COLUMNS)
        return ST_LIMIT;
    shape->phys[shape->columns] = PHYS_I64;
    shape->word[shape->columns++] = (uint16_t)shape->words++;
    return ST_OK;
}

static uint64_t double_word(double value)
{
    if (value == 0)
        value = 0; /* also -0.0 */
    if (isnan(value))
        value = NAN;
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

/* Writes one column of all keys. `nulls` is NULL only when no cell is. */
static void encode_column(const KeyShape *shape, uint32_t k, const Column *column,
                          const Batch *batch, uint64_t *words, uint64_t *nulls)
{
    uint32_t stride = shape->words;
    uint64_t *to = words + shape->word[k];
    for (uint32_t i = 0; i < batch->selected; i++, to += stride) {
        uint32_t row = batch_row(batch, i), at = column_index(column, row);
        if (column_is_null(column, row)) {
            nulls[i] |= UINT64_C(1) << k;
            to[0] = 0;
            if (phys_words((PhysType)shape->phys[k]) == 2)
                to[1] = 0;
            continue;
        }
        switch ((PhysType)shape->phys[k]) {
        case PHYS_BOOL: to[0] = column->data.b[at] != 0; break;
        case PHYS_I64: to[0] = (uint64_t)column->data.i64[at]; break;
        case PHYS_F64: to[0] = double_word(column->data.f64[at]); break;
        case PHYS_I128: memcpy(to, &column->data.i128[at], 16); break;
        case PHYS_STR: memcpy(to, &column->data.str[at], 16); break;
        case PHYS_NESTED: break;
        }
    }
}

/* Integers without NULLs are nearly every key there is. */
static void encode_integers(const Column *column, const Batch *batch, uint64_t *to, uint32_t stride)
{
    const int64_t *from = column->data.i64;
    if (batch->sel == NULL)
        for (uint32_t i = 0; i < batch->selected; i++)
            to[(size_t)i * stride] = (uint64_t)from[i];
    else
        for (uint32_t i = 0; i < batch->selected; i++)
            to[(size_t)i * stride] = (uint64_t)from[batch->sel[i]];
}

static inline uint64_t mix(uint64_t hash, uint64_t word)
{
    return hash_u64(hash ^ word, UINT64_C(0x9e3779b97f4a7c15));
}

static inline uint64_t hash_words(const KeyShape *shape, const uint64_t *words, uint64_t seed)
{
    uint64_t hash = seed;
    for (uint32_t i = 0; i < shape->words; i++)
        hash = mix(hash, words[i]);
    return hash;
}

/* Keys with strings: long ones are hashed by their bytes, found through `heap` or, without one, by
 * the pointer. */
static uint64_t hash_strings(const KeyShape *shape, const uint64_t *words, const Heap *heap,
                             uint64_t seed)
{
    uint64_t hash = seed;
    for (uint32_t k = 0; k < shape->columns; k++) {
        const uint64_t *at = words + shape->word[k];
        hash = mix(hash, at[0]);
        if (shape->phys[k] == PHYS_I128)
            hash = mix(hash, at[1]);
        if (shape->phys[k] != PHYS_STR)
            continue;
        Str str;
        memcpy(&str, at, sizeof str);
        if (str.size <= STR_INLINE) {
            hash = mix(hash, at[1]);
        } else {
            if (heap != NULL)
                str = heap_load_str(heap, &str);
            hash = mix(hash, hash_bytes(str.far.ptr, str.size, seed));
        }
    }
    return hash;
}

uint64_t key_hash(const KeyShape *shape, const uint64_t *words, uint64_t nulls, const Heap *heap,
                  uint64_t seed)
{
    uint64_t hash = shape->strings == 0 ? hash_words(shape, words, seed)
                                        : hash_strings(shape, words, heap, seed);
    return nulls == 0 ? hash : mix(hash, nulls);
}

static bool may_have_nulls(const KeyShape *shape, const Batch *batch, const uint32_t *column)
{
    for (uint32_t k = 0; k < shape->columns; k++) {
        if (batch->column[column[k]].valid != NULL)
            return true;
    }
    return false;
}

Status key_encode(const KeyShape *shape, const Batch *batch, const uint32_t *column, uint64_t seed,
                  Arena *scratch, KeyBatch *out)
{
    out->count = batch->selected;
    out->nulls = NULL;
    out->words = arena_alloc(scratch, ((size_t)out->count * shape->words + 1) * sizeof *out->words);
    out->hash = arena_alloc(scratch, (out->count + 1u) * sizeof *out->hash);
    if (out->words == NULL || out->hash == NULL)
        return ST_NOMEM;
    if (may_have_nulls(shape, batch, column))
        TRY_NEW_ARRAY(out->nulls, scratch, out->count);
    for (uint32_t k = 0; k < shape->columns; k++) {
        const Column *from = &batch->column[column[k]];
        if (shape->phys[k] == PHYS_I64 && from->valid == NULL && !from->constant)
            encode_integers(from, batch, out->words + shape->word[k], shape->words);
        else
            encode_column(shape, k, from, batch, out->words, out->nulls);
    }
    if (shape->strings == 0) {
        for (uint32_t i = 0; i < out->count; i++)
            out->hash[i] = hash_words(shape, out->words + (size_t)i * shape->words, seed);
        for (uint32_t i = 0; i < out->count && out->nulls != NULL; i++)
            out->hash[i] = out->nulls[i] == 0 ? out->hash[i] : mix(out->hash[i], out->nulls[i]);
        return ST_OK;
    }
    for (uint32_t i = 0; i < out->count; i++)
        out->hash[i] = key_hash(shape, out->words + (size_t)i * shape->words,
                                out->nulls == NULL ? 0 : out->nulls[i], NULL, seed);
    return ST_OK;
}

void key_decode(const KeyShape *shape, const uint64_t *words, uint64_t nulls, const Heap *heap,
                Column *const *column, uint32_t row)
{
    for (uint32_t k = 0; k < shape->columns; k++) {
        const uint64_t *at = words + shape->word[k];
        Column *to = column[k];
        bool null = (nulls >> k) & 1;
        if (to->valid != NULL)
            bit_put(to->valid, row, !null);
        switch ((PhysType)shape->phys[k]) {
        case PHYS_BOOL: to->data.b[row] = at[0] != 0; break;
        case PHYS_I64: to->data.i64[row] = (int64_t)at[0]; break;
        case PHYS_F64: memcpy(&to->data.f64[row], at, 8); break;
        case PHYS_I128: memcpy(&to->data.i128[row], at, 16); break;
        case PHYS_STR: {
            Str str;
            memcpy(&str, at, sizeof str);
            to->data.str[row] = heap_load_str(heap, &str);
            break;
        }
        case PHYS_NESTED: break;
        }
    }
}
