/* The tables of the database that tell what a job does. */
#include "shell/why.h"
#include "storage/data/timestamp.h"

/* Times are texts; those by the clock end in Z. */
static Micros time_of(const DbStatement *row, int column, Micros none)
{
    Micros time;
    Text text = db_column_text(row, column);
    if (db_column_type(row, column) != DB_TEXT || text.size == 0)
        return none;
    text.size -= text.ptr[text.size - 1] == 'Z';
    return timestamp_parse(text, TIME_SYNTAX_SQL, false, &time) ? time : none;
}

static int64_t number_of(const DbStatement *row, int column)
{
    return db_column_type(row, column) == DB_NULL ? INT64_MIN : db_column_i64(row, column);
}

typedef Status TakeRow(Why *why, const DbStatement *row, Arena *arena);

/* Each row of the query, whose only parameter is the job's number. */
static Status each_row(Db *db, Arena *arena, Why *why, const char *sql, TakeRow *take, Diag *diag)
{
    DbStatement *query;
    bool row;
    TRY(db_prepare(db, text_of(sql), &query, diag));
    Status status = db_bind_i64(query, 1, why->job);
    if (status == ST_OK)
        status = db_step(query, &row, diag);
    while (status == ST_OK && row) {
        status = take(why, query, arena);
        if (status == ST_OK)
            status = db_step(query, &row, diag);
    }
    db_statement_close(query);
    return status;
}

static Status take_job(Why *why, const DbStatement *row, Arena *arena)
{
    why->since = time_of(row, 1, 0);
    return arena_text(arena, db_column_text(row, 0), &why->name);
}

static Status take_source(Why *why, const DbStatement *row, Arena *arena)
{
    int64_t scan = db_column_i64(row, 0);
    WhyTable *table = why->table.count == 0 ? NULL : &why->table.item[why->table.count - 1];
    if (table == NULL || table->scan != scan) {
        WhyTable fresh = {.scan = scan, .watermark = MICROS_MAX};
        TRY(arena_text(arena, db_column_text(row, 1), &fresh.name));
        TRY(arena_text(arena, db_column_text(row, 3), &fresh.unit));
        fresh.timed = db_column_type(row, 7) != DB_NULL;
        TRY_PUSH(&why->table, arena, fresh);
        table = &why->table.item[why->table.count - 1];
    }
    WhySplit split = {.lag = number_of(row, 4),
                      .watermark = time_of(row, 5, MICROS_MIN),
                      .moved = time_of(row, 6, 0),
                      .holds = db_column_i64(row, 7) != 0,
                      .idle = db_column_i64(row, 8) != 0,
                      .ended = db_column_i64(row, 10) != 0,
                      .last_arrival = time_of(row, 11, 0)};
    if (db_column_type(row, 9) == DB_INTEGER)
        split.idle_timeout = db_column_i64(row, 9) * MICROS_PER_MILLI;
    if (db_column_type(row, 12) == DB_INTEGER)
        split.idle_advance = db_column_i64(row, 12) * MICROS_PER_MILLI;
    TRY(arena_text(arena, db_column_text(row, 2), &split.name));
    if (!split.idle && !split.ended && split.watermark < table->watermark)
        table->watermark = split.watermark;
    TRY_PUSH(&table->split, arena, split);
    return ST_OK;
}

static Status take_count(Why *why, const DbStatement *row, Arena *arena)
{
    WhyCount count = {.read = db_column_i64(row, 2),
                      .used = db_column_i64(row, 3),
                      .filtered = db_column_i64(row, 4),
                      .late = db_column_i64(row, 5),
                      .rejected = db_column_i64(row, 6),
                      .skipped = db_column_i64(row, 7)};
    TRY(arena_text(arena, db_column_text(row, 0), &count.view));
    TRY(arena_text(arena, db_column_text(row, 1), &count.source));
    TRY_PUSH(&why->count, arena, count);
    return ST_OK;
}

/* With the first source of the view: these rows may be of several. */
static Status take_late(Why *why, const DbStatement *row, Arena *arena)
{
    WhyCount *first = NULL;
    int64_t above = db_column_i64(row, 1);
    (void)arena;
    for (uint32_t i = why->count.count; i-- > 0;) {
        WhyCount *count = &why->count.item[i];
        if (!text_equal(count->view, db_column_text(row, 0)))
            continue;
        above -= count->late;
        first = count;
    }
    if (first != NULL && above > 0)
        first->late_above = above;
    return ST_OK;
}

static bool reads(const Why *why, Text view, Text table)
{
    for (uint32_t i = 0; i < why->count.count; i++) {
        const WhyCount *count = &why->count.item[i];
        if (text_equal(count->source, table) && (view.size == 0 || text_equal(count->view, view)))
            return true;
    }
    return false;
}

/* Whose watermark is the lowest of what the view reads. */
static const WhyTable *lowest_table(const Why *why, Text view)
{
    const WhyTable *lowest = NULL;
    for (uint32_t i = 0; i < why->table.count; i++) {
        const WhyTable *table = &why->table.item[i];
        if (table->timed && reads(why, view, table->name) &&
            (lowest == NULL || table->watermark < lowest->watermark))
            lowest = table;
    }
    return lowest;
}

/* What the last column of the query says; 0: for a time. */
enum { WAITS_FOR_ROWS = 1, WAITS_TO_FIRE = 2 };

static Status take_wait(Why *why, const DbStatement *row, Arena *arena)
{
    WhyWait wait = {.watermark = time_of(row, 2, MICROS_MIN),
                    .due = time_of(row, 3, MICROS_MAX),
                    .groups = number_of(row, 4),
                    .windows = number_of(row, 5),
                    .by_clock = db_column_i64(row, 6) != 0,
                    .for_rows = db_column_i64(row, 7) == WAITS_FOR_ROWS,
                    .fires = db_column_i64(row, 7) == WAITS_TO_FIRE};
    TRY(arena_text(arena, db_column_text(row, 0), &wait.view));
    TRY(arena_text(arena, db_column_text(row, 1), &wait.title));
    wait.table = wait.by_clock || wait.for_rows || wait.fires ? NULL : lowest_table(why, wait.view);
    TRY_PUSH(&why->wait, arena, wait);
    return ST_OK;
}

static Status take_rejection(Why *why, const DbStatement *row, Arena *arena)
{
    return arena_text(arena, db_column_text(row, 0), &why->rejection);
}

static const struct {
    const char *sql;
    TakeRow *take;
} part[] = {
    {"SELECT name, updated FROM _weir_jobs WHERE id = ?1", take_job},
    {"SELECT operator, source, split, unit, lag, watermark, moved, holds, idle, idle_timeout,"
     " ended, last_arrival, idle_advance FROM _weir_sources WHERE job = ?1 ORDER BY operator, file",
     take_source},
    {"SELECT view, source, read, used, filtered, late, rejected, skipped FROM _weir_counts"
     " WHERE job = ?1 ORDER BY view, source",
     take_count},
    {"SELECT view, sum(late) FROM _weir_operators WHERE job = ?1 AND late > 0 AND view IS NOT NULL"
     " GROUP BY view",
     take_late},
    {"SELECT view, title, watermark, due, groups, windows, by_clock, 0 FROM _weir_operators"
     " WHERE job = ?1 AND due IS NOT NULL ORDER BY due, operator",
     take_wait},
    {"SELECT view, title, watermark, waiting, groups, windows, by_clock, 1 FROM _weir_operators"
     " WHERE job = ?1 AND waiting IS NOT NULL ORDER BY waiting, operator",
     take_wait},
    {"SELECT view, title, watermark, fires, groups, windows, by_clock, 2 FROM _weir_operators"
     " WHERE job = ?1 AND fires IS NOT NULL ORDER BY fires, operator",
     take_wait},
    {"SELECT CASE WHEN coalesce(split, '') <> '' THEN split ELSE coalesce(source, owner) END"
     " || coalesce(':' || nullif(line, 0), '') || ': ' || code || coalesce(' ' || field, '')"
     " || ': ' || message FROM _weir_rejected WHERE job = ?1 AND undone = 0"
     " ORDER BY rowid DESC LIMIT 1",
     take_rejection},
};

Status why_read(Db *db, Arena *arena, Why *why, Diag *diag)
{
    TRY(db_exec(db, "BEGIN", diag)); /* all of one moment */
    Status status = ST_OK;
    for (uint32_t i = 0; status == ST_OK && i < sizeof part / sizeof *part; i++)
        status = each_row(db, arena, why, part[i].sql, part[i].take, diag);
    db_rollback(db);
    return status;
}
