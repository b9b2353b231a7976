/* Column: the values of one column of a batch. A header over memory that the batch's owner keeps
 * alive; once a column has left its maker it is read-only and may be shared between batches. */
#ifndef WEIR_STORAGE_DATA_COLUMN_H
#define WEIR_STORAGE_DATA_COLUMN_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/base/arena.h"
#include "storage/base/bits.h"
#include "storage/base/status.h"
#include "storage/base/str.h"
#include "storage/data/type.h"

enum { BATCH_ROWS = 1024 };

__extension__ typedef __int128 Int128;

typedef struct Column Column;

/* The elements of one ARRAY, MULTISET or MAP: a run of its column's children. */
typedef struct Elements {
    uint32_t start, count;
} Elements;

/* ROW: child[i] is field i, row by row. ARRAY, MULTISET: child[0] holds elements, and list[r] says
 * which are row r's. MAP: child[0] keys, child[1] values, alike. How they are made and why they are
 * so: nested.h. */
typedef struct Nested {
    Elements *list; /* a row each; NULL for ROW */
    uint32_t children;
    Column *child;
    uint32_t used, room; /* elements in the children; for the maker of a list column alone */
} Nested;

struct Column {
    PhysType phys;
    bool constant;       /* the value at index 0 stands for all rows */
    uint64_t *valid;     /* bit per row, set: not NULL; NULL pointer: no NULLs */
    const uint64_t *bad; /* bit per row, set: the cell could not be decoded (it reads as NULL);
                            NULL pointer: none. Who reads a bad cell rejects the row. */
    union {
        void *any;
        uint8_t *b;
        int64_t *i64;
        double *f64;
        Int128 *i128;
        Str *str;
        Nested *nested;
    } data;
};

static inline uint32_t column_index(const Column *column, uint32_t row)
{
    return column->constant ? 0 : row;
}

static inline bool column_is_null(const Column *column, uint32_t row)
{
    return column->valid != NULL && !bit_get(column->valid, column_index(column, row));
}

static inline bool column_is_bad(const Column *column, uint32_t row)
{
    return column->bad != NULL && bit_get(column->bad, column_index(column, row));
}

/* Room for `rows` cells in the arena, zeroed, no validity bitmap yet. Of a nested column it makes
 * the empty Nested alone; column_make_typed (nested.h) makes all of it. */
CHECKED Status column_make(Arena *arena, PhysType phys, uint32_t rows, Column *out);
/* The validity bitmap of a column under construction, made with all bits set if it has none. */
CHECKED Status column_need_valid(Arena *arena, Column *column, uint32_t rows);

/* Copies one cell; `to` has its validity bitmap if `from` may be NULL. Strings are borrowed. Only a
 * cell with elements takes memory of the arena, and only it can fail. */
CHECKED Status column_copy_cell(Arena *arena, Column *to, uint32_t to_row, const Column *from,
                                uint32_t from_row);
/* The same, with the bytes of long strings copied into the arena. */
CHECKED Status column_keep_cell(Arena *arena, Column *to, uint32_t to_row, const Column *from,
                                uint32_t from_row);

#endif
