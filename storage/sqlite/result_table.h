/* ResultTable: a materialized view as a table that any SQLite client reads. Takes batches of
 * changes, keeps the net change of the running epoch in memory, and writes it inside the epoch's
 * transaction.
 *
 * Shape. One table in the code maps each SQL type to its SQLite column type, never by the SQL
 * type's own name. A key whose columns are all NOT NULL is the PRIMARY KEY (INTEGER PRIMARY KEY or
 * WITHOUT ROWID where that is faster). A key that can be NULL is a unique index; for SQLite no NULL
 * equals another, so where one is in the key an update by IS comes first, then an insert. A key
 * without columns needs no index: the table's one row goes, whatever it is, when there is another
 * one or none. Without a key: append-only needs nothing; an updating one has an index over its
 * content and deletes one equal row. What is stored for a key column is injective. */
#ifndef WEIR_STORAGE_SQLITE_RESULT_TABLE_H
#define WEIR_STORAGE_SQLITE_RESULT_TABLE_H

#include "storage/data/batch.h"
#include "storage/data/schema.h"
#include "storage/sqlite/db.h"

typedef struct ResultSpec {
    Text name;
    Schema schema;
    const uint32_t *key; /* columns; NULL: no key */
    uint32_t key_count;
    bool append_only;   /* all rows are inserts */
    bool recurs;        /* a key can be inserted that the table has already, and is replaced */
    bool single;        /* without columns in its key: there is at most one row */
    uint64_t hash_seed; /* the database's (catalog_hash_seed); changes no result */
} ResultSpec;

/* "INTEGER", "TEXT" ...: the column type in SQLite. */
const char *result_column_type(const Type *type);
/* CREATE TABLE and, where needed, CREATE INDEX statements, each ended by ";\n". */
void result_table_ddl(const ResultSpec *spec, StrBuf *out);

typedef struct ResultTable ResultTable;
/* The table exists already, as result_table_ddl made it, without triggers; else E4006. `spec` is
 * borrowed for the table's life. */
CHECKED Status result_table_open(Db *db, const ResultSpec *spec, Meter *meter, ResultTable **out,
                                 Diag *diag);
void result_table_close(ResultTable *table);
/* Takes in the selected rows; copies what it keeps. No database access. */
CHECKED Status result_table_write(ResultTable *table, const Batch *batch, Diag *diag);
uint64_t result_table_pending_bytes(const ResultTable *table);
/* Keys that have changed, or, where there is no key, rows. */
uint32_t result_table_pending_count(const ResultTable *table);
/* Writes the net change; inside a transaction. First goes what is deleted, then come rows in the
 * order in which their keys first changed, those with a NULL in the key last. What is pending stays
 * until result_table_discard: a transaction that comes to nothing is written again. E4006 when
 * somebody has changed the table's definition meanwhile. */
CHECKED Status result_table_flush(ResultTable *table, Diag *diag);
/* Of what is pending: the same changes in the same order give the same digest. */
uint64_t result_table_digest(const ResultTable *table);
/* Forgets what is pending: it is committed, or is not wanted. */
void result_table_discard(ResultTable *table);
/* Deletes all stored rows; inside a transaction. What is pending stays. */
CHECKED Status result_table_clear(ResultTable *table, Diag *diag);

/* One cell as it is stored in a result table (also used by other writers). What it points to stands
 * in the column, in `buffer`, or, for nested types, in `arena`. */
CHECKED Status result_cell_value(const Type *type, const Column *column, uint32_t row,
                                 char buffer[64], Arena *arena, DbValue *out);

#endif
