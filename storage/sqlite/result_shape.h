/* The shape of a result table as SQL text: its definition and the statements that change it.
 * Parameter n + 1 of a statement is column n. Only result_table.c and its tests need it. */
#ifndef WEIR_STORAGE_SQLITE_RESULT_SHAPE_H
#define WEIR_STORAGE_SQLITE_RESULT_SHAPE_H

#include "storage/sqlite/result_table.h"

/* How a row gets into the table. */
typedef enum ResultPut {
    PUT_INSERT, /* append-only, no key: INSERT */
    PUT_UPSERT, /* a key that cannot be NULL, the PRIMARY KEY: INSERT ... ON CONFLICT DO UPDATE */
    PUT_MIXED,  /* a key that can be NULL, a unique index: the same where no part of a row's key is
                   NULL; SQLite finds no conflict on NULL, so else UPDATE ... WHERE key IS ..., and
                   if there was no such row, INSERT */
    PUT_SINGLE, /* a key without columns: DELETE of all there is, INSERT */
    PUT_BAG,    /* no key, updating: INSERT, and DELETE of one of the rows that are equal */
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
void result_print_insert_row(const ResultSpec *spec, StrBuf *out);  /* of PUT_MIXED */
void result_print_update(const ResultSpec *spec, StrBuf *out);      /* of PUT_MIXED */
void result_print_erase(const ResultSpec *spec, StrBuf *out);       /* not for PUT_INSERT */

#endif
