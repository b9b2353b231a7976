/* The shape of a result table as SQL text: its definition and the statements that change it.
 * Parameter n + 1 of a statement is column n. Only result_table.c and its tests need it. */
#ifndef WEIR_STORAGE_SQLITE_RESULT_SHAPE_H
#define WEIR_STORAGE_SQLITE_RESULT_SHAPE_H

#include "storage/sqlite/result_table.h"

/* How a row gets into the table. */
typedef enum ResultPut {
    PUT_INSERT,    /* append-only, no key: INSERT of every row */
    PUT_UPSERT,    /* a key that cannot be NULL: INSERT ... ON CONFLICT (key) DO UPDATE */
    PUT_BY_UPDATE, /* a key that can be NULL, for which SQLite never finds a conflict: UPDATE ...
                      WHERE key IS ..., and if there was no such row, INSERT */
    PUT_BAG,       /* no key, updating: INSERT, and DELETE of one of the rows that are equal */
} ResultPut;

ResultPut result_put(const ResultSpec *spec);
bool result_is_key(const ResultSpec *spec, uint32_t column);
/* The name by which a rowid can be used: one that no column has; NULL when all three are taken. */
const char *result_rowid_name(const ResultSpec *spec);

/* Without a semicolon; exactly what SQLite keeps in sqlite_schema. */
void result_print_table(const ResultSpec *spec, StrBuf *out);
void result_print_index_name(const ResultSpec *spec, StrBuf *out); /* nothing: no index needed */
void result_print_index(const ResultSpec *spec, StrBuf *out);

void result_print_insert_feed(const ResultSpec *spec, StrBuf *out); /* all rows of the feed */
void result_print_insert_row(const ResultSpec *spec, StrBuf *out);  /* of PUT_BY_UPDATE */
void result_print_update(const ResultSpec *spec, StrBuf *out);      /* of PUT_BY_UPDATE */
void result_print_erase(const ResultSpec *spec, StrBuf *out);       /* not for PUT_INSERT */

#endif
