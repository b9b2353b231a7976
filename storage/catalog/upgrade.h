/* Upgrade: brings the _weir_ tables of an older format up to date. */
#ifndef WEIR_STORAGE_CATALOG_UPGRADE_H
#define WEIR_STORAGE_CATALOG_UPGRADE_H

#include "storage/sqlite/db.h"

/* From an older format to CATALOG_FORMAT, in a transaction of its own. E4011 when the file cannot
 * be written. What jobs of format 1 that had not ended kept to go on goes: they begin again from
 * the beginning. */
CHECKED Status catalog_upgrade(Db *db, int64_t format, Diag *diag);

#endif
