/* Keys of state containers: the key columns of a row as a fixed number of 64-bit words, equal when
 * SQL grouping takes the rows for equal (NULL equals NULL, -0.0 equals 0.0, NaN equals NaN).
 * Integers, times, BOOLEAN and DOUBLE take one word, DECIMAL two, strings two (a Str; a long one is
 * followed by its pointer, or by a HeapRef inside a container); a last word holds the NULL bits when
 * a key column can be NULL. */
#ifndef WEIR_STORAGE_STATE_KEY_H
#define WEIR_STORAGE_STATE_KEY_H

#include "storage/base/arena.h"
#include "storage/data/batch.h"
#include "storage/state/heap.h"

enum { KEY_MAX_COLUMNS = 64 };

typedef struct KeyShape {
    uint32_t columns;
    uint32_t words;       /* of one key */
    bool has_nulls;       /* the last word holds NULL bits */
    uint32_t strings;     /* number of string columns */
    uint8_t phys[KEY_MAX_COLUMNS];
    uint16_t word[KEY_MAX_COLUMNS]; /* where each column begins */
} KeyShape;

/* Some rows' keys. */
typedef struct KeyBatch {
    uint32_t count;
    uint64_t *words;      /* count * shape.words */
    uint64_t *hash;
} KeyBatch;

/* ST_LIMIT for more than KEY_MAX_COLUMNS columns. */
CHECKED Status key_shape(const Type *const *type, uint32_t columns, KeyShape *out);
/* Keys of the selected rows: key i is that of the i-th selected row. Strings are borrowed. */
CHECKED Status key_encode(const KeyShape *shape, const Batch *batch, const uint32_t *column, uint64_t seed, Arena *scratch, KeyBatch *out);
/* One stored key into cells of `row`; long strings stay in the heap. The columns have bitmaps. */
void key_decode(const KeyShape *shape, const uint64_t *words, const Heap *heap, Column *const *column, uint32_t row);
uint64_t key_hash(const KeyShape *shape, const uint64_t *words, const Heap *heap, uint64_t seed);

#endif
