/* Rejected and late rows share one numbering, their rowids, so that the limit takes the oldest of
 * both and the newest stay, whatever they are. It says nothing beyond the order, and is no column:
 * of live input it hangs on what arrived first. */
#include "storage/catalog/reject_log.h"

#include <assert.h>
#include <stdlib.h>

#include "storage/base/limits.h"
#include "storage/base/utf8.h"
#include "storage/base/vec.h"
#include "storage/data/timestamp.h"

enum { ROW_OVERHEAD_BYTES = 64 }; /* what a kept row costs beyond its texts, roughly */

/* A row that waits for the epoch's end. */
typedef struct PendingReject {
    RejectPlace place;
    uint32_t added; /* how many had been added before it */
    bool is_late;
    uint32_t raw_bytes; /* before it was cut */
    union {
        RejectedRow rejected;
        LateRow late;
    } as;
} PendingReject;

struct RejectLog {
    Db *db;
    int64_t job;
    Meter *meter;
    Arena arena; /* of the pending rows; emptied by each flush */
    VEC(PendingReject) pending;
    int64_t limit_bytes;
    int64_t kept_bytes;      /* of the job's rows in the file */
    int64_t committed_bytes; /* likewise, as of the last commit */
    DbStatement *put_rejected, *put_late, *put_count, *last_id, *oldest, *put_gone;
};

/* --- opening --- */

static Status read_kept_bytes(RejectLog *log, Diag *diag)
{
    DbStatement *query;
    bool row;
    TRY(db_prepare(log->db,
                   TEXT("SELECT total(kept_bytes) FROM ("
                        " SELECT kept_bytes FROM _weir_rejected WHERE job = ?1 UNION ALL"
                        " SELECT kept_bytes FROM _weir_late WHERE job = ?1)"),
                   &query, diag));
    Status status = db_bind_i64(query, 1, log->job);
    if (status == ST_OK)
        status = db_step(query, &row, diag);
    if (status == ST_OK)
        log->kept_bytes = log->committed_bytes = db_column_i64(query, 0);
    db_statement_close(query);
    return status;
}

static Status prepare_statements(RejectLog *log, Diag *diag)
{
    const struct {
        DbStatement **statement;
        Text sql;
    } all[] = {
        {&log->put_rejected,
         TEXT("INSERT INTO _weir_rejected (rowid, job, undone, owner, source, split, file,"
              " offset, line, code, field, message, kept_bytes, raw_bytes, raw)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)")},
        {&log->put_late,
         TEXT("INSERT INTO _weir_late (rowid, job, undone, view, operator, rowtime, watermark,"
              " source, split, file, offset, line, kept_bytes, row, raw)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)")},
        {&log->put_count, TEXT("INSERT OR REPLACE INTO _weir_counts"
                               " (job, view, source, read, used, filtered, late, rejected, skipped)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")},
        {&log->last_id, TEXT("SELECT max(ifnull((SELECT max(rowid) FROM _weir_rejected), 0),"
                             " ifnull((SELECT max(rowid) FROM _weir_late), 0))")},
        {&log->oldest, TEXT("SELECT rowid AS id, kept_bytes, 'rejected' AS kind, owner, split,"
                            " file, offset FROM _weir_rejected WHERE job = ?1 UNION ALL"
                            " SELECT rowid, kept_bytes, 'late', view, split, file, offset"
                            " FROM _weir_late WHERE job = ?1 ORDER BY id")},
        {&log->put_gone,
         TEXT("INSERT INTO _weir_rejected_gone VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6)"
              " ON CONFLICT DO UPDATE SET rows = rows + 1,"
              " first_offset = min(ifnull(first_offset, ?6), ifnull(?6, first_offset)),"
              " last_offset = max(ifnull(last_offset, ?6), ifnull(?6, last_offset))")},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        TRY(db_prepare(log->db, all[i].sql, all[i].statement, diag));
    return read_kept_bytes(log, diag);
}

Status reject_log_open(Db *db, int64_t job, Meter *meter, RejectLog **out, Diag *diag)
{
    RejectLog *log = mem_alloc_zeroed(meter, sizeof *log);
    if (log == NULL)
        return ST_NOMEM;
    log->db = db;
    log->job = job;
    log->meter = meter;
    log->limit_bytes = LIMIT_REJECTED_BYTES;
    arena_init(&log->arena, meter);
    Status status = prepare_statements(log, diag);
    if (status != ST_OK) {
        reject_log_close(log);
        return status;
    }
    *out = log;
    return ST_OK;
}

void reject_log_close(RejectLog *log)
{
    if (log == NULL)
        return;
    db_statement_close(log->put_rejected);
    db_statement_close(log->put_late);
    db_statement_close(log->put_count);
    db_statement_close(log->last_id);
    db_statement_close(log->oldest);
    db_statement_close(log->put_gone);
    arena_close(&log->arena);
    mem_free(log->meter, log, sizeof *log);
}

void reject_log_set_limit(RejectLog *log, int64_t bytes)
{
    assert(bytes >= 0);
    log->limit_bytes = bytes;
}

/* --- taking in rows --- */

/* At most LIMIT_RAW_KEPT_BYTES, and no code point cut in two; no bytes stay no bytes. */
static Status copy_raw(Arena *arena, Text raw, Text *out)
{
    *out = TEXT_NONE;
    if (raw.ptr == NULL)
        return ST_OK;
    if (raw.size > LIMIT_RAW_KEPT_BYTES) {
        uint32_t size = LIMIT_RAW_KEPT_BYTES;
        for (int i = 0; i < 3 && ((unsigned char)raw.ptr[size] & 0xC0) == 0x80; i++)
            size--;
        raw.size = size;
    }
    return arena_text(arena, raw, out);
}

static Status copy_texts(Arena *arena, Text *const *text, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        Text from = *text[i];
        TRY(arena_text(arena, from, text[i]));
    }
    return ST_OK;
}

Status reject_log_add(RejectLog *log, const RejectedRow *row)
{
    PendingReject pending = {.place = row->place,
                             .added = log->pending.count,
                             .raw_bytes = row->raw.size,
                             .as.rejected = *row};
    RejectedRow *copy = &pending.as.rejected;
    Text *const text[] = {&copy->owner, &copy->source, &copy->split, &copy->field, &copy->message};
    TRY(copy_texts(&log->arena, text, 5));
    TRY(copy_raw(&log->arena, row->raw, &copy->raw));
    TRY_PUSH(&log->pending, &log->arena, pending);
    return ST_OK;
}

Status reject_log_add_late(RejectLog *log, const LateRow *row)
{
    PendingReject pending = {.place = row->place,
                             .added = log->pending.count,
                             .is_late = true,
                             .raw_bytes = row->raw.size,
                             .as.late = *row};
    LateRow *copy = &pending.as.late;
    Text *const text[] = {&copy->view, &copy->operator_name, &copy->source, &copy->split};
    TRY(copy_texts(&log->arena, text, 4));
    TRY(copy_raw(&log->arena, row->row, &copy->row));
    TRY(copy_raw(&log->arena, row->raw, &copy->raw));
    TRY_PUSH(&log->pending, &log->arena, pending);
    return ST_OK;
}

uint64_t reject_log_pending_bytes(const RejectLog *log)
{
    return log->pending.count == 0 ? 0 : arena_used_bytes(&log->arena);
}

/* --- writing --- */

static Status bind_optional(DbStatement *s, int index, Text text)
{
    return text.size == 0 ? db_bind_null(s, index) : db_bind_text(s, index, text);
}

static Status bind_number(DbStatement *s, int index, int64_t number, int64_t unknown)
{
    return number == unknown ? db_bind_null(s, index) : db_bind_i64(s, index, number);
}

/* As text where every SQLite client can show it as one: valid UTF-8 without NUL. */
static Status bind_raw(DbStatement *s, int index, Text raw)
{
    if (raw.ptr == NULL)
        return db_bind_null(s, index);
    bool is_text = memchr(raw.ptr, '\0', raw.size) == NULL && utf8_is_valid(raw.ptr, raw.size);
    return is_text ? db_bind_text(s, index, raw) : db_bind_bytes(s, index, raw);
}

static Status bind_time(DbStatement *s, int index, Micros time, char buffer[40])
{
    if (time == MICROS_MIN || time == MICROS_MAX)
        return db_bind_null(s, index);
    return db_bind_text(s, index, (Text){buffer, timestamp_format(time, 3, buffer)});
}

static Status step_once(DbStatement *s, Diag *diag)
{
    bool row;
    Status status = db_step(s, &row, diag);
    db_statement_reset(s);
    return status;
}

static Status write_rejected(RejectLog *log, const PendingReject *pending, int64_t id, bool undone,
                             Diag *diag)
{
    const RejectedRow *row = &pending->as.rejected;
    DbStatement *s = log->put_rejected;
    int64_t bytes =
        ROW_OVERHEAD_BYTES + (int64_t)row->raw.size + row->split.size + row->message.size;
    TRY(db_bind_i64(s, 1, id));
    TRY(db_bind_i64(s, 2, log->job));
    TRY(db_bind_i64(s, 3, undone));
    TRY(db_bind_text(s, 4, row->owner));
    TRY(bind_optional(s, 5, row->source));
    TRY(bind_optional(s, 6, row->split));
    TRY(db_bind_i64(s, 7, row->file));
    TRY(bind_number(s, 8, row->offset, -1));
    TRY(bind_number(s, 9, row->line, 0));
    TRY(db_bind_text(s, 10, text_of(error_def(row->code)->name)));
    TRY(bind_optional(s, 11, row->field));
    TRY(db_bind_text(s, 12, row->message));
    TRY(db_bind_i64(s, 13, bytes));
    TRY(db_bind_i64(s, 14, pending->raw_bytes));
    TRY(bind_raw(s, 15, row->raw));
    TRY(step_once(s, diag));
    log->kept_bytes += bytes;
    return ST_OK;
}

static Status write_late(RejectLog *log, const PendingReject *pending, int64_t id, bool undone,
                         Diag *diag)
{
    const LateRow *row = &pending->as.late;
    DbStatement *s = log->put_late;
    char rowtime[40], watermark[40];
    int64_t bytes = ROW_OVERHEAD_BYTES + (int64_t)row->raw.size + row->row.size + row->split.size;
    TRY(db_bind_i64(s, 1, id));
    TRY(db_bind_i64(s, 2, log->job));
    TRY(db_bind_i64(s, 3, undone));
    TRY(db_bind_text(s, 4, row->view));
    TRY(db_bind_text(s, 5, row->operator_name));
    TRY(bind_time(s, 6, row->rowtime, rowtime));
    TRY(bind_time(s, 7, row->watermark, watermark));
    TRY(bind_optional(s, 8, row->source));
    TRY(bind_optional(s, 9, row->split));
    TRY(db_bind_i64(s, 10, row->file));
    TRY(bind_number(s, 11, row->offset, -1));
    TRY(bind_number(s, 12, row->line, 0));
    TRY(db_bind_i64(s, 13, bytes));
    TRY(bind_raw(s, 14, row->row));
    TRY(bind_raw(s, 15, row->raw));
    TRY(step_once(s, diag));
    log->kept_bytes += bytes;
    return ST_OK;
}

static Status find_last_id(RejectLog *log, int64_t *id, Diag *diag)
{
    bool row;
    Status status = db_step(log->last_id, &row, diag);
    *id = status == ST_OK ? db_column_i64(log->last_id, 0) : 0;
    db_statement_reset(log->last_id); /* also of a step that failed: it is used again */
    return status;
}

static int compare_pending(const void *a, const void *b)
{
    const PendingReject *left = a, *right = b;
    if (left->place.number != right->place.number)
        return left->place.number < right->place.number ? -1 : 1;
    if (left->place.operator_id != right->place.operator_id)
        return left->place.operator_id < right->place.operator_id ? -1 : 1;
    return (left->added > right->added) - (left->added < right->added);
}

/* In order of their places: how the rows were cut into batches decides in which order operators
 * have added theirs. */
static Status write_rows(RejectLog *log, bool undone, Diag *diag)
{
    int64_t id;
    if (log->pending.count == 0)
        return ST_OK;
    qsort(log->pending.item, log->pending.count, sizeof *log->pending.item, compare_pending);
    TRY(find_last_id(log, &id, diag));
    for (uint32_t i = 0; i < log->pending.count; i++) {
        const PendingReject *pending = &log->pending.item[i];
        id++;
        TRY(pending->is_late ? write_late(log, pending, id, undone, diag)
                             : write_rejected(log, pending, id, undone, diag));
    }
    return ST_OK;
}

static Status write_counts(RejectLog *log, const ScanCounts *counts, uint32_t count, Diag *diag)
{
    for (uint32_t i = 0; i < count; i++) {
        const ScanCounts *c = &counts[i];
        const DbValue row[] = {
            db_value_i64(log->job),
            db_value_text(c->view),
            db_value_text(c->source),
            db_value_i64((int64_t)c->read),
            db_value_i64((int64_t)c->used),
            db_value_i64((int64_t)c->filtered),
            db_value_i64((int64_t)c->late),
            db_value_i64((int64_t)c->rejected),
            db_value_i64((int64_t)c->skipped),
        };
        TRY(db_bind_values(log->put_count, row, 9));
        TRY(step_once(log->put_count, diag));
    }
    return ST_OK;
}

/* --- the limit --- */

/* The row that `oldest` stands on is counted as gone. */
static Status count_gone(RejectLog *log, Diag *diag)
{
    const DbStatement *row = log->oldest;
    DbStatement *s = log->put_gone;
    TRY(db_bind_i64(s, 1, log->job));
    TRY(db_bind_text(s, 2, db_column_text(row, 2)));
    TRY(db_bind_text(s, 3, db_column_text(row, 3)));
    TRY(db_bind_text(s, 4, db_column_text(row, 4)));
    TRY(db_bind_i64(s, 5, db_column_i64(row, 5)));
    TRY(db_column_type(row, 6) == DB_NULL ? db_bind_null(s, 6)
                                          : db_bind_i64(s, 6, db_column_i64(row, 6)));
    return step_once(s, diag);
}

/* *last: the number of the newest row that has to go, 0: none has. */
static Status find_gone(RejectLog *log, int64_t *last, Diag *diag)
{
    bool row;
    *last = 0;
    TRY(db_bind_i64(log->oldest, 1, log->job));
    while (log->kept_bytes > log->limit_bytes) {
        TRY(db_step(log->oldest, &row, diag));
        if (!row)
            break;
        TRY(count_gone(log, diag));
        *last = db_column_i64(log->oldest, 0);
        log->kept_bytes -= db_column_i64(log->oldest, 1);
    }
    return ST_OK;
}

static Status remove_oldest(RejectLog *log, Diag *diag)
{
    if (log->kept_bytes <= log->limit_bytes)
        return ST_OK;
    int64_t last;
    Status status = find_gone(log, &last, diag);
    db_statement_reset(log->oldest);
    TRY(status);
    const DbValue gone[] = {db_value_i64(log->job), db_value_i64(last)};
    TRY(db_run(log->db, TEXT("DELETE FROM _weir_rejected WHERE job = ?1 AND rowid <= ?2"), gone, 2,
               diag));
    return db_run(log->db, TEXT("DELETE FROM _weir_late WHERE job = ?1 AND rowid <= ?2"), gone, 2,
                  diag);
}

Status reject_log_flush(RejectLog *log, const ScanCounts *counts, uint32_t count, Diag *diag)
{
    assert(db_in_transaction(log->db));
    TRY(write_rows(log, false, diag));
    TRY(remove_oldest(log, diag));
    return write_counts(log, counts, count, diag);
}

void reject_log_committed(RejectLog *log)
{
    log->committed_bytes = log->kept_bytes;
    reject_log_discard(log);
}

void reject_log_rolled_back(RejectLog *log)
{
    log->kept_bytes = log->committed_bytes;
}

Status reject_log_flush_failed(RejectLog *log, Diag *diag)
{
    assert(db_in_transaction(log->db));
    TRY(write_rows(log, true, diag));
    TRY(remove_oldest(log, diag));
    reject_log_discard(log);
    return ST_OK;
}

Status reject_log_forget_failed(RejectLog *log, Diag *diag)
{
    assert(db_in_transaction(log->db));
    const DbValue job[] = {db_value_i64(log->job)};
    TRY(db_run(log->db, TEXT("DELETE FROM _weir_rejected WHERE job = ?1 AND undone"), job, 1,
               diag));
    TRY(db_run(log->db, TEXT("DELETE FROM _weir_late WHERE job = ?1 AND undone"), job, 1, diag));
    return read_kept_bytes(log, diag);
}

void reject_log_discard(RejectLog *log)
{
    arena_reset(&log->arena);
    log->pending.item = NULL;
    log->pending.count = log->pending.capacity = 0;
}

Status reject_log_clear(RejectLog *log, Diag *diag)
{
    assert(db_in_transaction(log->db));
    const DbValue job[] = {db_value_i64(log->job)};
    TRY(db_run(log->db, TEXT("DELETE FROM _weir_rejected WHERE job = ?1"), job, 1, diag));
    TRY(db_run(log->db, TEXT("DELETE FROM _weir_late WHERE job = ?1"), job, 1, diag));
    TRY(db_run(log->db, TEXT("DELETE FROM _weir_rejected_gone WHERE job = ?1"), job, 1, diag));
    TRY(db_run(log->db, TEXT("DELETE FROM _weir_counts WHERE job = ?1"), job, 1, diag));
    log->kept_bytes = 0;
    return ST_OK;
}
