/* The 'sqlite' connector: a table of the database file itself, with the declared schema, as the
 * sink of an INSERT. It has no sink face of its own: the job writes it as it writes a materialized
 * view (storage/sqlite/result_table.h), in the epoch's transaction. */
#include "storage/connector/connector.h"

static const OptionDef sqlite_options[] = {
    {"path", OPTION_TEXT, NULL, NULL, OPTION_RESULT | OPTION_UNSUPPORTED,
     "another database file; without it the table is in this one"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

const ConnectorClass sqlite_connector = {
    .name = "sqlite",
    .doc = "a table of this database file, written by INSERT",
    .options = sqlite_options,
    .accepts_updates = true,
};
