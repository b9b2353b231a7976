/* ResultSwap: a result table that is built anew beside the one of its name, and then takes its
 * place. Until then it has a name that no user can give. */
#ifndef WEIR_STORAGE_SQLITE_RESULT_SWAP_H
#define WEIR_STORAGE_SQLITE_RESULT_SWAP_H

#include "storage/sqlite/result_table.h"

/* The name of a table while it is built: for the ResultSpec that it is made and written by. */
void result_build_name(Text name, StrBuf *out);

/* All in a transaction. Makes the empty table to build in; one that an earlier attempt has left
 * goes. */
CHECKED Status result_build_make(Db *db, const ResultSpec *spec, Diag *diag);
CHECKED Status result_build_drop(Db *db, Text name, Diag *diag);
/* The table that was built becomes spec->name; the one that had the name goes, if there is one. The
 * users' own indexes on that are made again, but for those that the new columns do not allow. A
 * ResultTable over the build name is to be closed or not to be used again. */
CHECKED Status result_build_swap(Db *db, const ResultSpec *spec, Diag *diag);

#endif
