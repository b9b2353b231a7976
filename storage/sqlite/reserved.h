/* Reserved: names that begin with _weir_ are Weir's, but SQLite gives them to everybody. What
 * somebody else has made under one is refused with E4013, and left as it is. */
#ifndef WEIR_STORAGE_SQLITE_RESERVED_H
#define WEIR_STORAGE_SQLITE_RESERVED_H

#include "storage/sqlite/db.h"

/* Whether the table is there; E4013 when it has not the columns that the query reads, or is none.
 */
CHECKED Status reserved_find(Db *db, Text table, Text query, bool *exists, Diag *diag);
/* Before the definitions are run: E4013 when one of their tables or indexes is there. */
CHECKED Status reserved_check_free(Db *db, const char *definitions, Diag *diag);

#endif
