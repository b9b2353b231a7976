/* Tables are made anew under their names and filled from copies, never renamed: SQLite would change
 * the users' own views along with the name, and the comments of new columns would be lost. */
#include "storage/catalog/upgrade.h"

#include "storage/catalog/catalog.h"
#include "storage/catalog/reject_log.h"
#include "storage/catalog/schema.sql.h"

/* Format 1 had _weir_jobs without a name, restarts, last_commit and replaces, up to format 6 it had
 * no shard. */
static const char save_jobs_sql[] =
    "CREATE TEMP TABLE weir_old_jobs AS SELECT * FROM main._weir_jobs;\n"
    "CREATE TEMP TABLE weir_old_ids AS SELECT seq FROM main.sqlite_sequence"
    " WHERE name = '_weir_jobs';\n"
    "DROP TABLE main._weir_jobs;\n";

/* The checkpoints of format 1, where it has such, were of another layout, which is not read any
 * more. */
static const char forget_recovery_sql[] = "DROP TABLE IF EXISTS main._weir_checkpoints;\n"
                                          "DROP TABLE IF EXISTS main._weir_state;\n"
                                          "DROP TABLE IF EXISTS main._weir_journal;\n"
                                          "DROP TABLE IF EXISTS main._weir_sinks;\n";

static const char fill_jobs_1_sql[] =
    "INSERT INTO main._weir_jobs (id, name, sql, plan, state, reason, created, updated)"
    " SELECT id, (SELECT group_concat(name, ', ') FROM (SELECT name FROM main._weir_objects"
    " WHERE job = weir_old_jobs.id ORDER BY name)), sql, plan, state, reason, created, updated"
    " FROM temp.weir_old_jobs ORDER BY id;\n";

static const char fill_jobs_2_sql[] =
    "INSERT INTO main._weir_jobs (id, name, sql, plan, state, reason, created, updated, restarts,"
    " last_commit, replaces) SELECT id, name, sql, plan, state, reason, created, updated, restarts,"
    " last_commit, replaces FROM temp.weir_old_jobs ORDER BY id;\n";

static const char restore_ids_sql[] =
    "DELETE FROM main.sqlite_sequence WHERE name = '_weir_jobs';\n"
    "INSERT INTO main.sqlite_sequence (name, seq) SELECT '_weir_jobs', seq FROM "
    "temp.weir_old_ids;\n"
    "DROP TABLE temp.weir_old_jobs;\n"
    "DROP TABLE temp.weir_old_ids;\n";

/* Up to format 2 the numbers of rejected and late rows were a column, and those from 2^48 on were
 * of epochs that came to nothing. */
static const char save_rejected_sql[] =
    "CREATE TEMP TABLE weir_old_rejected AS SELECT * FROM main._weir_rejected;\n"
    "CREATE TEMP TABLE weir_old_late AS SELECT * FROM main._weir_late;\n"
    "CREATE TEMP TABLE weir_old_gone AS SELECT * FROM main._weir_rejected_gone;\n"
    "DROP TABLE main._weir_rejected;\n"
    "DROP TABLE main._weir_late;\n"
    "DROP TABLE main._weir_rejected_gone;\n";

static const char fill_rejected_sql[] =
    "INSERT INTO main._weir_rejected (rowid, job, undone, owner, source, split, file, offset, line,"
    " code, field, message, kept_bytes, raw_bytes, raw) SELECT id, job, id >= 1 << 48, owner,"
    " source, split, 0, offset, line, code, field, message, kept_bytes, raw_bytes, raw"
    " FROM temp.weir_old_rejected;\n"
    "INSERT INTO main._weir_late (rowid, job, undone, view, operator, rowtime, watermark, source,"
    " split, file, offset, line, kept_bytes, row, raw) SELECT id, job, id >= 1 << 48, view,"
    " operator, rowtime, watermark, source, split, 0, offset, line, kept_bytes, row, raw"
    " FROM temp.weir_old_late;\n"
    "INSERT INTO main._weir_rejected_gone (job, kind, owner, split, file, rows, first_offset,"
    " last_offset) SELECT job, kind, owner, split, 0, rows, first_offset, last_offset"
    " FROM temp.weir_old_gone;\n"
    "DROP TABLE temp.weir_old_rejected;\n"
    "DROP TABLE temp.weir_old_late;\n"
    "DROP TABLE temp.weir_old_gone;\n";

/* Nor what a file is known by, up to format 2; what is waited for, up to format 3. In format 4 and
 * 5 only the operators were told in another way: whose watermark it is, up to 4; what goes out by
 * the clock, up to 5. */
static const char save_sources_sql[] =
    "CREATE TEMP TABLE weir_old_sources AS SELECT * FROM main._weir_sources;\n"
    "DROP TABLE main._weir_sources;\n";

static const char fill_sources_2_sql[] =
    "INSERT INTO main._weir_sources (job, operator, file, source, split, unit, position, end, lag,"
    " watermark, holds, idle, ended, last_arrival) SELECT job, operator,"
    " row_number() OVER (PARTITION BY job, operator ORDER BY split), source, split, unit,"
    " position, end, lag, watermark, NULL, idle, ended, last_arrival FROM temp.weir_old_sources;\n"
    "DROP TABLE temp.weir_old_sources;\n";

static const char fill_sources_3_sql[] =
    "INSERT INTO main._weir_sources (job, operator, file, source, split, unit, position, end, lag,"
    " watermark, holds, idle, ended, last_arrival, device, inode, born, head_size, head_hash,"
    " begun) SELECT job, operator, file, source, split, unit, position, end, lag, watermark,"
    " NULL, idle, ended, last_arrival, device, inode, born, head_size, head_hash, begun"
    " FROM temp.weir_old_sources;\n"
    "DROP TABLE temp.weir_old_sources;\n";

static const char save_monitor_sql[] =
    "CREATE TEMP TABLE weir_old_operators AS SELECT * FROM main._weir_operators;\n"
    "CREATE TEMP TABLE weir_old_epochs AS SELECT * FROM main._weir_epochs;\n"
    "DROP TABLE main._weir_operators;\n"
    "DROP TABLE main._weir_epochs;\n";

static const char fill_monitor_sql[] =
    "INSERT INTO main._weir_operators (job, operator, view, title, rows_in, rows_out, late,"
    " watermark, memory_bytes, groups, windows) SELECT job, operator, view, title, rows_in,"
    " rows_out, late, watermark, memory_bytes, groups, windows FROM temp.weir_old_operators;\n"
    "INSERT INTO main._weir_epochs (job, slot, epoch, time, records, rows_changed, bytes,"
    " milliseconds) SELECT job, slot, epoch, time, records, rows_changed, bytes, milliseconds"
    " FROM temp.weir_old_epochs;\n"
    "DROP TABLE temp.weir_old_operators;\n"
    "DROP TABLE temp.weir_old_epochs;\n";

static Status upgrade_sources(Db *db, int64_t format, Diag *diag)
{
    TRY(db_exec(db, save_sources_sql, diag));
    TRY(db_exec(db, catalog_sources_sql, diag));
    return db_exec(db, format < 3 ? fill_sources_2_sql : fill_sources_3_sql, diag);
}

static Status upgrade_seen(Db *db, int64_t format, Diag *diag)
{
    if (format < 4)
        TRY(upgrade_sources(db, format, diag));
    if (format >= 6)
        return ST_OK;
    TRY(db_exec(db, save_monitor_sql, diag));
    TRY(db_exec(db, catalog_monitor_sql, diag));
    return db_exec(db, fill_monitor_sql, diag);
}

static Status upgrade_rejected(Db *db, Diag *diag)
{
    TRY(db_exec(db, save_rejected_sql, diag));
    TRY(db_exec(db, catalog_rejected_sql, diag));
    TRY(db_exec(db, fill_rejected_sql, diag));
    return reject_log_upgrade_views(db, diag);
}

static Status upgrade_jobs(Db *db, int64_t format, Diag *diag)
{
    TRY(db_exec(db, save_jobs_sql, diag));
    TRY(db_exec(db, catalog_jobs_sql, diag));
    TRY(db_exec(db, format < 2 ? fill_jobs_1_sql : fill_jobs_2_sql, diag));
    return db_exec(db, restore_ids_sql, diag);
}

static Status make_missing(Db *db, Diag *diag)
{
    TRY(db_exec(db, forget_recovery_sql, diag));
    TRY(db_exec(db, catalog_recovery_sql, diag));
    TRY(db_exec(db, catalog_monitor_sql, diag));
    return db_exec(db, catalog_sources_sql, diag);
}

static Status upgrade(Db *db, int64_t format, Diag *diag)
{
    const DbValue meta[] = {db_value_i64(CATALOG_FORMAT), db_value_text(TEXT(WEIR_VERSION))};
    TRY(upgrade_jobs(db, format, diag));
    TRY(format < 2 ? make_missing(db, diag) : upgrade_seen(db, format, diag));
    if (format < 3)
        TRY(upgrade_rejected(db, diag));
    TRY(db_run(db, TEXT("UPDATE _weir_meta SET value = ?1 WHERE name = 'format'"), meta, 1, diag));
    return db_run(db, TEXT("UPDATE _weir_meta SET value = ?1 WHERE name = 'engine'"), meta + 1, 1,
                  diag);
}

static Status refuse_reader(const Db *db, Diag *diag)
{
    Status status = diag_error(
        diag, E4011, SPAN_NONE,
        "\"%.*s\" was written by an older version of Weir and cannot be brought up to date here",
        TEXT_ARG(db_name(db)));
    diag_hint(diag, "open it once where nobody else owns it and it can be written");
    return status;
}

Status catalog_upgrade(Db *db, int64_t format, Diag *diag)
{
    if (db_is_reader(db))
        return refuse_reader(db, diag);
    TRY(db_begin(db, diag));
    Status status = upgrade(db, format, diag);
    if (status == ST_OK)
        return db_commit(db, diag);
    db_rollback(db);
    return status;
}
