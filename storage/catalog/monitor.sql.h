/* The tables that tell what a job does and what it waits for (monitor.h): a part of schema.sql.h.
 */
#ifndef WEIR_STORAGE_CATALOG_MONITOR_SQL_H
#define WEIR_STORAGE_CATALOG_MONITOR_SQL_H

static const char catalog_monitor_sql[] =
    "CREATE TABLE _weir_operators ( -- what the parts of a job's plan have done\n"
    "    job INTEGER NOT NULL,\n"
    "    operator INTEGER NOT NULL,    -- its number in the plan, inputs first\n"
    "    view TEXT,                    -- whose rows it makes; NULL: those of several\n"
    "    title TEXT NOT NULL,          -- as EXPLAIN shows it\n"
    "    rows_in INTEGER NOT NULL,     -- of a Scan: records read\n"
    "    rows_out INTEGER NOT NULL,\n"
    "    late INTEGER NOT NULL,        -- rows, see _weir_late\n"
    "    watermark TEXT,               -- of its input; NULL: none yet, or the input has ended\n"
    "    due TEXT,                     -- the watermark at which it gives out what it keeps next;\n"
    "                                  -- NULL: nothing in it waits for one\n"
    "    by_clock INTEGER,             -- that watermark is the clock's\n"
    "    waiting TEXT,                 -- the time of the first row that waits for later rows of "
    "its\n"
    "                                  -- partition; NULL: none does\n"
    "    memory_bytes INTEGER NOT NULL, -- state and buffers\n"
    "    groups INTEGER,               -- that it keeps; NULL: it keeps none by its nature\n"
    "    windows INTEGER,              -- that are open; likewise\n"
    "    PRIMARY KEY (job, operator)\n"
    ") WITHOUT ROWID;\n"

    "CREATE TABLE _weir_epochs ( -- each job's last 10,000 commits that had something new\n"
    "    job INTEGER NOT NULL,\n"
    "    slot INTEGER NOT NULL,         -- epoch modulo 10,000\n"
    "    epoch INTEGER NOT NULL,\n"
    "    time TEXT NOT NULL,\n"
    "    records INTEGER NOT NULL,      -- read, each once\n"
    "    rows_changed INTEGER NOT NULL, -- in views and tables of this database\n"
    "    bytes INTEGER NOT NULL,        -- of changes, as they were held until the commit\n"
    "    milliseconds REAL NOT NULL,    -- to write it, without the COMMIT itself\n"
    "    PRIMARY KEY (job, slot)\n"
    ") WITHOUT ROWID;\n";

static const char catalog_sources_sql[] =
    "CREATE TABLE _weir_sources ( -- how far the input of a job was read\n"
    "    job INTEGER NOT NULL,\n"
    "    operator INTEGER NOT NULL,    -- the Scan, see _weir_operators\n"
    "    file INTEGER NOT NULL,        -- of the table, from 1, as they were found\n"
    "    source TEXT NOT NULL,         -- the table\n"
    "    split TEXT NOT NULL,          -- the file; empty where the table has just one part\n"
    "    unit TEXT NOT NULL,           -- of position, end and lag: bytes, rows\n"
    "    position INTEGER,             -- of what was taken last\n"
    "    end INTEGER,                  -- NULL: not known\n"
    "    lag INTEGER,                  -- end - position\n"
    "    watermark TEXT,               -- behind what was taken; NULL: none yet\n"
    "    moved TEXT,                   -- when that went on last, by the clock; NULL: not known\n"
    "    holds INTEGER,                -- 0, 1: the watermark of the table waits for it;\n"
    "                                  -- NULL: the table has none\n"
    "    idle INTEGER NOT NULL,        -- 0, 1: nobody waits for it\n"
    "    idle_timeout INTEGER,         -- milliseconds of silence that make it so; NULL: none do\n"
    "    idle_advance INTEGER,         -- after which the watermark goes on with the clock\n"
    "    ended INTEGER NOT NULL,       -- 0, 1\n"
    "    last_arrival TEXT,            -- of followed input\n"
    "    device INTEGER, inode INTEGER, -- what the file is known by; NULL: it is none\n"
    "    born INTEGER,                 -- in nanoseconds; NULL: its file system does not say\n"
    "    head_size INTEGER, head_hash INTEGER, -- so many bytes at its beginning give this\n"
    "    begun INTEGER,                -- of rows that come by the clock: when, in microseconds\n"
    "    PRIMARY KEY (job, operator, file)\n"
    ") WITHOUT ROWID;\n";

#endif
