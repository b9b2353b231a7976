#include "storage/state/key.h"

#include <math.h>

#include "storage/base/hash.h"
#include "storage/data/nested.h"
#include "storage/data/row_codec.h"

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
        if (phys == PHYS_NESTED) {
            out->nested[i] = type[i];
            phys = PHYS_STR;
        }
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

/* Key forms of one nested column's cells, one behind the other in `bytes`; the NULLs' are empty. */
static void print_keys(const Type *type, const Column *column, const Batch *batch, StrBuf *bytes,
                       size_t *end)
{
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        if (!column_is_null(column, row))
            rowkey_append(bytes, type, column, row);
        end[i] = bytes->size;
    }
}

/* A column of their strings, in the arena; row i is the i-th selected one's. */
static Status make_keys(const Type *type, const Column *column, const Batch *batch, Arena *arena,
                        Str **out)
{
    StrBuf bytes;
    size_t *end;
    Text all = TEXT_NONE;
    TRY_NEW_ARRAY(end, arena, batch->selected);
    TRY_NEW_ARRAY(*out, arena, batch->selected);
    strbuf_init(&bytes, arena->meter);
    print_keys(type, column, batch, &bytes, end);
    Status status = strbuf_status(&bytes);
    if (status == ST_OK && bytes.size > UINT32_MAX)
        status = ST_NOMEM;
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&bytes), &all);
    strbuf_close(&bytes);
    for (uint32_t i = 0; status == ST_OK && i < batch->selected; i++) {
        size_t start = i == 0 ? 0 : end[i - 1];
        (*out)[i] = str_view(all.ptr + start, (uint32_t)(end[i] - start));
    }
    return status;
}

static Status encode_nested(const KeyShape *shape, uint32_t k, const Column *column,
                            const Batch *batch, Arena *arena, KeyBatch *out)
{
    Str *str;
    TRY(make_keys(shape->nested[k], column, batch, arena, &str));
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint64_t *to = out->words + (size_t)i * shape->words + shape->word[k];
        if (column_is_null(column, batch_row(batch, i))) {
            out->nulls[i] |= UINT64_C(1) << k;
            to[0] = to[1] = 0;
        } else {
            memcpy(to, &str[i], sizeof str[i]);
        }
    }
    return ST_OK;
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
        if (shape->nested[k] != NULL)
            TRY(encode_nested(shape, k, from, batch, scratch, out));
        else if (shape->phys[k] == PHYS_I64 && from->valid == NULL && !from->constant)
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

/* A nested value's key form, in which a NULL is a byte; here NULLs are told beside. */
static Status decode_nested(const Type *type, const Str *key, Column *column, uint32_t row,
                            Arena *arena)
{
    Str copy; /* text in it outlives the heap's call */
    TRY(str_copy(arena, key, &copy));
    const Str *kept = arena_copy(arena, &copy, sizeof copy);
    if (kept == NULL)
        return ST_NOMEM;
    const char *at = str_bytes(kept);
    return rowkey_read(type, &at, at + kept->size, column, row, arena);
}

Status key_decode(const KeyShape *shape, const uint64_t *words, uint64_t nulls, const Heap *heap,
                  Column *const *column, uint32_t row, Arena *arena)
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
            str = heap_load_str(heap, &str);
            if (shape->nested[k] == NULL)
                to->data.str[row] = str;
            else if (!null)
                TRY(decode_nested(shape->nested[k], &str, to, row, arena));
            break;
        }
        case PHYS_NESTED: break;
        }
    }
    return ST_OK;
}
