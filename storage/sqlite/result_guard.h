/* ResultGuard: notices that somebody changed a result table's definition behind our back. Users may
 * add indexes, views and tables of their own; a changed table, a missing index of ours or a trigger
 * on the table is E4006, with the way out. */
#ifndef WEIR_STORAGE_SQLITE_RESULT_GUARD_H
#define WEIR_STORAGE_SQLITE_RESULT_GUARD_H

#include "storage/sqlite/result_table.h"

typedef struct ResultGuard {
    Db *db;
    const ResultSpec *spec;
    DbStatement *cookie; /* reads the number that SQLite raises with each change of a definition */
    int64_t seen;
    bool checked;
} ResultGuard;

CHECKED Status result_guard_open(ResultGuard *guard, Db *db, const ResultSpec *spec, Diag *diag);
void result_guard_close(ResultGuard *guard);
/* Cheap while no definition in the file has changed since the last call. */
CHECKED Status result_guard_check(ResultGuard *guard, Meter *meter, Diag *diag);

#endif
