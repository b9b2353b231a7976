/* The tables that Weir keeps, in format CATALOG_FORMAT. SQLite stores a definition with its
 * comments, so `.schema _weir_*` in sqlite3 explains them. Times are texts in UTC. */
#ifndef WEIR_STORAGE_CATALOG_SCHEMA_SQL_H
#define WEIR_STORAGE_CATALOG_SCHEMA_SQL_H

#include "storage/catalog/monitor.sql.h"

static const char catalog_objects_sql[] =
    "CREATE TABLE _weir_meta ( -- about this file\n"
    "    name TEXT PRIMARY KEY, -- format, engine, uuid, hash_seed\n"
    "    value\n"
    ") WITHOUT ROWID;\n"

    "CREATE TABLE _weir_objects ( -- what CREATE statements have declared\n"
    "    name TEXT PRIMARY KEY,\n"
    "    kind TEXT NOT NULL, -- table, view, materialized view\n"
    "    sql TEXT NOT NULL,  -- the statement\n"
    "    job INTEGER         -- the job that keeps a materialized view\n"
    ") WITHOUT ROWID;\n"

    "CREATE TABLE _weir_columns ( -- the columns of the materialized views as SQL declares them\n"
    "    view TEXT NOT NULL,\n"
    "    position INTEGER NOT NULL, -- from 1\n"
    "    name TEXT NOT NULL,\n"
    "    type TEXT NOT NULL,        -- in SQL\n"
    "    nullable INTEGER NOT NULL, -- 0, 1\n"
    "    stored_as TEXT NOT NULL,   -- the column type in SQLite\n"
    "    PRIMARY KEY (view, position)\n"
    ") WITHOUT ROWID;\n";

static const char catalog_jobs_sql[] =
    "CREATE TABLE _weir_jobs ( -- what runs, or ran\n"
    "    id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "    name TEXT,             -- the views and tables that it fills, with commas between\n"
    "    sql TEXT NOT NULL,     -- its statements\n"
    "    plan TEXT NOT NULL,    -- EXPLAIN of what it runs\n"
    "    state TEXT NOT NULL,   -- CREATED, RUNNING; WAITING: for others or for room on the disk;\n"
    "                           -- SUSPENDED: the process that ran it has ended; PAUSED, STOPPED,\n"
    "                           -- FINISHED, FAILED\n"
    "    reason TEXT,           -- why it does not run\n"
    "    created TEXT NOT NULL,\n"
    "    updated TEXT NOT NULL, -- when the state last changed\n"
    "    restarts INTEGER NOT NULL DEFAULT 0, -- how often it went on, or began again\n"
    "    last_commit TEXT,      -- of the job; behind by a second at most\n"
    "    replaces INTEGER,      -- the job whose views it builds anew; NULL: none, or it has\n"
    "    shard TEXT             -- of the partitions of its topics, as 2/3; NULL: it reads all\n"
    ");\n";

static const char catalog_counts_sql[] =
    "CREATE TABLE _weir_counts ( -- read = used + filtered + late + rejected + skipped\n"
    "    job INTEGER NOT NULL,\n"
    "    view TEXT NOT NULL,\n"
    "    source TEXT NOT NULL,       -- the table that is read\n"
    "    read INTEGER NOT NULL,      -- records\n"
    "    used INTEGER NOT NULL,      -- in a result\n"
    "    filtered INTEGER NOT NULL,  -- left out by the query\n"
    "    late INTEGER NOT NULL,      -- see _weir_late\n"
    "    rejected INTEGER NOT NULL,  -- see _weir_rejected\n"
    "    skipped INTEGER NOT NULL,   -- dropped because the table's options say so\n"
    "    PRIMARY KEY (job, view, source)\n"
    ") WITHOUT ROWID;\n";

static const char catalog_recovery_sql[] =
    "CREATE TABLE _weir_checkpoints ( -- the state of a job that a restart begins with\n"
    "    job INTEGER PRIMARY KEY,\n"
    "    version INTEGER NOT NULL,  -- rows of _weir_state up to it belong to it\n"
    "    epoch INTEGER NOT NULL,    -- the last one that is in it\n"
    "    last_set INTEGER NOT NULL, -- the highest pageset\n"
    "    format INTEGER NOT NULL, engine TEXT NOT NULL, -- the layout of it all; Weir's version\n"
    "    checksum INTEGER NOT NULL);\n" /* of the row */

    "CREATE TABLE _weir_state ( -- pages of operators' state, whole or the slices that changed\n"
    "    job INTEGER NOT NULL,\n"
    "    pageset INTEGER NOT NULL,  -- 0: the structure of the whole\n"
    "    page INTEGER NOT NULL,\n"
    "    version INTEGER NOT NULL,  -- of the checkpoint that wrote it\n"
    "    bytes BLOB NOT NULL,\n"
    "    UNIQUE (job, pageset, page, version)\n"
    ");\n"

    "CREATE TABLE _weir_journal ( -- what each epoch behind the checkpoint took in\n"
    "    job INTEGER NOT NULL,\n"
    "    epoch INTEGER NOT NULL,\n"
    "    body BLOB NOT NULL,\n"
    "    digest INTEGER NOT NULL,   -- of what it gave: a restart must give the same\n"
    "    checksum INTEGER NOT NULL, -- of this row\n"
    "    PRIMARY KEY (job, epoch)\n"
    ") WITHOUT ROWID;\n"

    "CREATE TABLE _weir_sinks ( -- what sinks outside of this file need to go on\n"
    "    job INTEGER NOT NULL,\n"
    "    sink INTEGER NOT NULL, -- which of the job's\n"
    "    bytes BLOB NOT NULL,   -- as the connector describes it\n"
    "    PRIMARY KEY (job, sink)\n"
    ") WITHOUT ROWID;\n";

static const char catalog_rejected_sql[] =
    "CREATE TABLE _weir_rejected ( -- records and rows that could not be decoded or evaluated\n"
    "    job INTEGER NOT NULL,\n"
    "    undone INTEGER NOT NULL, -- 1: of an epoch that the job's failure undid\n"
    "    owner TEXT NOT NULL,    -- the table or view that could not use it\n"
    "    source TEXT,            -- the table it was read from\n"
    "    split TEXT,             -- the file\n"
    "    file INTEGER NOT NULL,  -- which of the table, see _weir_sources; 0: not known\n"
    "    offset INTEGER,         -- of the record's first byte\n"
    "    line INTEGER,           -- from 1\n"
    "    code TEXT NOT NULL,     -- as weir explain CODE knows it\n"
    "    field TEXT,             -- the column; NULL: the whole record\n"
    "    message TEXT NOT NULL,\n"
    "    kept_bytes INTEGER NOT NULL, -- what this row counts towards the limit\n"
    "    raw_bytes INTEGER NOT NULL,  -- the full length of raw; of a record beyond the limit, "
    "what is kept\n"
    "    raw                     -- the record, its first 64 KiB: TEXT, or BLOB if it is none\n"
    ");\n"
    "CREATE INDEX _weir_rejected_owner ON _weir_rejected (owner);\n"
    "CREATE INDEX _weir_rejected_job ON _weir_rejected (job);\n"

    "CREATE TABLE _weir_late ( -- rows that came when the watermark had passed their place\n"
    "    job INTEGER NOT NULL,\n"
    "    undone INTEGER NOT NULL, -- likewise\n"
    "    view TEXT NOT NULL,\n"
    "    operator TEXT NOT NULL,\n"
    "    rowtime TEXT,\n"
    "    watermark TEXT,         -- the one that was too far\n"
    "    source TEXT,\n"
    "    split TEXT,\n"
    "    file INTEGER NOT NULL,  -- likewise\n"
    "    offset INTEGER,\n"
    "    line INTEGER,\n"
    "    kept_bytes INTEGER NOT NULL,\n"
    "    row TEXT,               -- what the operator was given, as JSON\n"
    "    raw                     -- the record, if it was at hand\n"
    ");\n"
    "CREATE INDEX _weir_late_view ON _weir_late (view);\n"
    "CREATE INDEX _weir_late_job ON _weir_late (job);\n"

    "CREATE TABLE _weir_rejected_gone ( -- what the limit on kept rows has removed\n"
    "    job INTEGER NOT NULL,\n"
    "    kind TEXT NOT NULL,     -- rejected, late\n"
    "    owner TEXT NOT NULL,    -- table or view\n"
    "    split TEXT NOT NULL,    -- empty: not known\n"
    "    file INTEGER NOT NULL,  -- as the rows had it\n"
    "    rows INTEGER NOT NULL,\n"
    "    first_offset INTEGER,\n"
    "    last_offset INTEGER,\n"
    "    PRIMARY KEY (job, kind, owner, split, file)\n"
    ") WITHOUT ROWID;\n";

static const char *const catalog_schema_sql[] = {
    catalog_objects_sql,  catalog_jobs_sql,    catalog_counts_sql, catalog_recovery_sql,
    catalog_rejected_sql, catalog_monitor_sql, catalog_sources_sql};

#endif
