/* Keys of state containers: the key columns of a row as a fixed number of 64-bit words, equal when
 * SQL grouping takes the rows for equal (NULL equals NULL, -0.0 equals 0.0, NaN equals NaN).
 * Integers, times, BOOLEAN and DOUBLE take one word, DECIMAL two, strings two (a Str; a long one is
 * followed by its pointer, or by a HeapRef inside a container), nested values two: the string of
 * their key form (row_codec.h). A NULL's words are 0, and which
 * columns are NULL is told beside the words, by a bit each: few keys have one, so containers keep
 * those bits only where there are any. */
#ifndef WEIR_STORAGE_STATE_KEY_H
#define WEIR_STORAGE_STATE_KEY_H

#include "storage/base/arena.h"
#include "storage/base/limits.h"
#include "storage/data/batch.h"
#include "storage/state/heap.h"

enum { KEY_MAX_COLUMNS = LIMIT_KEY_COLUMNS };

typedef struct KeyShape {
    uint32_t columns;
    uint32_t words;   /* of one key */
    uint32_t strings; /* number of columns that are kept as strings */
    uint8_t phys[KEY_MAX_COLUMNS];
    uint16_t word[KEY_MAX_COLUMNS];      /* where each column begins */
    const Type *nested[KEY_MAX_COLUMNS]; /* of a nested column; else NULL */
} KeyShape;

/* Some rows' keys. */
typedef struct KeyBatch {
    uint32_t count;
    uint64_t *words; /* count * shape.words */
    uint64_t *nulls; /* a word of bits a key; NULL when no key has a NULL */
    uint64_t *hash;
} KeyBatch;

/* ST_LIMIT for more than KEY_MAX_COLUMNS columns. Types that are nested are kept by pointer. */
CHECKED Status key_shape(const Type *const *type, uint32_t columns, KeyShape *out);
/* Behind the columns one more, a number, which no batch has. */
CHECKED Status key_shape_number(KeyShape *shape);
/* Keys of the selected rows: key i is that of the i-th selected row. Strings are borrowed, those of
 * nested values lie in `scratch`. */
CHECKED Status key_encode(const KeyShape *shape, const Batch *batch, const uint32_t *column,
                          uint64_t seed, Arena *scratch, KeyBatch *out);
/* The keys [from, to) of the batch. */
static inline KeyBatch key_batch_part(const KeyShape *shape, const KeyBatch *keys, uint32_t from,
                                      uint32_t to)
{
    return (KeyBatch){to - from, keys->words + (size_t)from * shape->words,
                      keys->nulls == NULL ? NULL : keys->nulls + from, keys->hash + from};
}
/* One stored key into cells of `row`; long strings stay in the heap, elements are made in `arena`.
 * The columns have bitmaps. */
CHECKED Status key_decode(const KeyShape *shape, const uint64_t *words, uint64_t nulls,
                          const Heap *heap, Column *const *column, uint32_t row, Arena *arena);
uint64_t key_hash(const KeyShape *shape, const uint64_t *words, uint64_t nulls, const Heap *heap,
                  uint64_t seed);

#endif
