#include "storage/catalog/monitor.h"

#include <assert.h>

#include "storage/data/timestamp.h"

typedef enum MonitorStatement {
    PUT_OPERATOR,
    PUT_SOURCE,
    PUT_EPOCH,
    PUT_LAST_COMMIT,
    STATEMENTS,
} MonitorStatement;

static const char *const statement_sql[STATEMENTS] = {
    [PUT_OPERATOR] = ("INSERT OR REPLACE INTO _weir_operators (job, operator, view, title, rows_in,"
                      " rows_out, late, watermark, memory_bytes, groups, windows, due,"
                      " by_clock, waiting, fires)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"),
    [PUT_SOURCE] = ("INSERT OR REPLACE INTO _weir_sources (job, operator, source, split, unit,"
                    " position, end, lag, watermark, idle, ended, last_arrival, file, device,"
                    " inode, born, head_size, head_hash, begun, moved, holds, idle_timeout,"
                    " idle_advance)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7 - ?6, ?8, ?9, ?10, ?11, ?12, ?13,"
                    " ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)"),
    [PUT_EPOCH] = ("INSERT OR REPLACE INTO _weir_epochs (job, slot, epoch, time, records,"
                   " rows_changed, bytes, milliseconds) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
    [PUT_LAST_COMMIT] = "UPDATE _weir_jobs SET last_commit = ?2 WHERE id = ?1",
};

struct Monitor {
    Db *db;
    int64_t job;
    Meter *meter;
    DbStatement *statement[STATEMENTS]; /* NULL: not used yet */
};

Status monitor_open(Db *db, int64_t job, Meter *meter, Monitor **out)
{
    Monitor *monitor = mem_alloc_zeroed(meter, sizeof *monitor);
    if (monitor == NULL)
        return ST_NOMEM;
    monitor->db = db;
    monitor->job = job;
    monitor->meter = meter;
    *out = monitor;
    return ST_OK;
}

void monitor_close(Monitor *monitor)
{
    if (monitor == NULL)
        return;
    for (uint32_t i = 0; i < STATEMENTS; i++) {
        if (monitor->statement[i] != NULL)
            db_statement_close(monitor->statement[i]);
    }
    mem_free(monitor->meter, monitor, sizeof *monitor);
}

static Status run(Monitor *monitor, MonitorStatement which, const DbValue *value, uint32_t count,
                  Diag *diag)
{
    DbStatement **statement = &monitor->statement[which];
    bool row;
    assert(db_in_transaction(monitor->db));
    if (*statement == NULL)
        TRY(db_prepare(monitor->db, text_of(statement_sql[which]), statement, diag));
    Status status = db_bind_values(*statement, value, count);
    if (status == ST_OK)
        status = db_step(*statement, &row, diag);
    db_statement_reset(*statement);
    return status;
}

/* Times are texts in UTC, for people and for SQLite's date functions. */
static DbValue time_value(Micros time, char buffer[40])
{
    uint32_t size = timestamp_format(time, 3, buffer);
    buffer[size++] = 'Z';
    return db_value_text((Text){buffer, size});
}

/* Watermarks are of the time in the data, which need not be UTC's, and have no Z. */
static DbValue watermark_value(Micros time, char buffer[40])
{
    if (time == MICROS_MIN || time == MICROS_MAX)
        return db_value_null();
    return db_value_text((Text){buffer, timestamp_format(time, 3, buffer)});
}

static DbValue number_value(int64_t number)
{
    return number == MONITOR_NONE ? db_value_null() : db_value_i64(number);
}

Status monitor_clear(Monitor *monitor, bool epochs, Diag *diag)
{
    const DbValue job = db_value_i64(monitor->job);
    Db *db = monitor->db;
    assert(db_in_transaction(db));
    TRY(db_run(db, TEXT("DELETE FROM _weir_operators WHERE job = ?1"), &job, 1, diag));
    TRY(db_run(db, TEXT("DELETE FROM _weir_sources WHERE job = ?1"), &job, 1, diag));
    return epochs ? db_run(db, TEXT("DELETE FROM _weir_epochs WHERE job = ?1"), &job, 1, diag)
                  : ST_OK;
}

Status monitor_put_operator(Monitor *monitor, const MonitorOperator *row, Diag *diag)
{
    char watermark[40], due[40], waiting[40], fires[40];
    const DbValue value[] = {
        db_value_i64(monitor->job),
        db_value_i64(row->number),
        db_value_optional(row->view),
        db_value_text(row->title),
        db_value_i64((int64_t)row->rows_in),
        db_value_i64((int64_t)row->rows_out),
        db_value_i64((int64_t)row->late),
        watermark_value(row->watermark, watermark),
        db_value_i64(row->memory_bytes),
        number_value(row->groups),
        number_value(row->windows),
        watermark_value(row->due, due),
        db_value_i64(row->by_clock),
        watermark_value(row->waiting, waiting),
        row->fires == MICROS_MAX ? db_value_null() : time_value(row->fires, fires),
    };
    return run(monitor, PUT_OPERATOR, value, sizeof value / sizeof *value, diag);
}

static DbValue known_time(Micros time, char buffer[40])
{
    return time == 0 ? db_value_null() : time_value(time, buffer);
}

static DbValue known_value(bool known, uint64_t number)
{
    return known ? db_value_i64((int64_t)number) : db_value_null();
}

static DbValue milliseconds_value(Micros span)
{
    return known_value(span != 0, (uint64_t)(span / MICROS_PER_MILLI));
}

Status monitor_put_source(Monitor *monitor, const MonitorSource *row, Diag *diag)
{
    char watermark[40], arrival[40], moved[40];
    bool file = row->inode != 0;
    const DbValue value[] = {
        db_value_i64(monitor->job),
        db_value_i64(row->number),
        db_value_text(row->source),
        db_value_text(row->split),
        db_value_text(row->unit),
        number_value(row->position),
        number_value(row->end),
        watermark_value(row->watermark, watermark),
        db_value_i64(row->idle),
        db_value_i64(row->ended),
        known_time(row->last_arrival, arrival),
        db_value_i64(row->file),
        known_value(file, row->device),
        known_value(file, row->inode),
        known_value(row->born != 0, row->born),
        known_value(file, row->head_size),
        known_value(file, row->head_hash),
        known_value(row->begun != 0, (uint64_t)row->begun),
        known_time(row->moved, moved),
        row->timed ? db_value_i64(row->holds) : db_value_null(),
        milliseconds_value(row->idle_timeout),
        milliseconds_value(row->idle_advance),
    };
    return run(monitor, PUT_SOURCE, value, sizeof value / sizeof *value, diag);
}

Status monitor_put_epoch(Monitor *monitor, const MonitorEpoch *row, Diag *diag)
{
    char time[40];
    const DbValue value[] = {
        db_value_i64(monitor->job),          db_value_i64((int64_t)(row->epoch % MONITOR_EPOCHS)),
        db_value_i64((int64_t)row->epoch),   time_value(row->time, time),
        db_value_i64((int64_t)row->records), db_value_i64((int64_t)row->rows_changed),
        db_value_i64((int64_t)row->bytes),   db_value_f64(row->milliseconds),
    };
    return run(monitor, PUT_EPOCH, value, sizeof value / sizeof *value, diag);
}

Status monitor_put_last_commit(Monitor *monitor, Micros time, Diag *diag)
{
    char text[40];
    const DbValue value[] = {db_value_i64(monitor->job), time_value(time, text)};
    return run(monitor, PUT_LAST_COMMIT, value, sizeof value / sizeof *value, diag);
}
