/* Rows and keys as bytes: what state containers, pending changes and the database keep of a row.
 * Neither form has padding or depends on the host's layout, and both read the other's nothing: who
 * keeps them knows which form and which types they were written with.
 *
 * Row form: a byte with ROW_FORMAT and a flag, a bitmap of NULLs if there are any, then the cells:
 * integers and DECIMALs in as many bytes as they need, DOUBLE in 8, text after its length.
 *
 * Key form: cell after cell, each delimiting itself, so that the keys of one list of types are
 * equal as bytes exactly when SQL groups the values together: NULL with NULL, NaN with NaN, -0.0
 * with 0.0. memcmp orders keys as SQL orders the values, NULL first and NaN last. A key can be read
 * back (as 0.0 where -0.0 went in), so nobody needs to keep the values beside it.
 *
 * Readers check every length against what is there: damaged bytes give ST_STATE, never a crash. */
#ifndef WEIR_STORAGE_DATA_ROW_CODEC_H
#define WEIR_STORAGE_DATA_ROW_CODEC_H

#include "storage/base/arena.h"
#include "storage/base/strbuf.h"
#include "storage/data/column.h"
#include "storage/data/schema.h"

enum { ROW_FORMAT = 1 }; /* of both forms; a change that old bytes cannot be read with raises it */

/* Which columns of a batch take part, in which order. */
typedef struct RowLayout {
    uint32_t count;
    Type *type;
    uint32_t *column; /* index among the batch's columns */
} RowLayout;

/* `column` NULL: all of the schema's columns in order (`count` is then ignored). */
CHECKED Status row_layout_make(Arena *arena, const Schema *schema, const uint32_t *column,
                               uint32_t count, RowLayout *out);

/* Appends the row's cells. */
void row_encode(const RowLayout *layout, const Column *column, uint32_t row, StrBuf *out);
/* Reads them into row `to` of the layout's columns; columns that can be NULL have their bitmaps,
 * and nested ones are column_make_typed's. Text borrows from `bytes`; elements are added in
 * `arena`. All of `bytes` must be used up. */
CHECKED Status row_decode(const RowLayout *layout, Text bytes, Column *column, uint32_t to,
                          Arena *arena);

void rowkey_append(StrBuf *out, const Type *type, const Column *column, uint32_t row);
/* Reads one cell and moves *at behind it; nested columns as with row_decode. Text borrows from the
 * key unless it holds the bytes 0 or 1, which are kept escaped: then it is copied into `arena`. */
CHECKED Status rowkey_read(const Type *type, const char **at, const char *end, Column *column,
                           uint32_t to, Arena *arena);

/* The cell so that memcmp brings cells into the order of an ORDER BY, NULLs where they are wanted.
 */
void rowkey_append_order(StrBuf *out, const Type *type, const Column *column, uint32_t row,
                         bool descending, bool nulls_last);

void rowkey_encode(const RowLayout *layout, const Column *column, uint32_t row, StrBuf *out);
CHECKED Status rowkey_decode(const RowLayout *layout, Text bytes, Column *column, uint32_t to,
                             Arena *arena);

#endif
