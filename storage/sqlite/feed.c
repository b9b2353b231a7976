#include "storage/sqlite/feed.h"

#include <assert.h>

#include "storage/sqlite/db_private.h"

struct Feed {
    Db *db;
    FeedSource source;
    Text name; /* the table's, with NUL */
    bool runs;
    bool row; /* the source stands on one */
    int64_t row_number;
    Arena arena;
};

/* SQLite disconnects it when it pleases, which may be after its feed was closed. */
typedef struct FeedTable {
    sqlite3_vtab base;
    Feed *feed;
    Meter *meter; /* of the Db */
} FeedTable;

static Feed *feed_of(sqlite3_vtab_cursor *cursor)
{
    return ((FeedTable *)cursor->pVtab)->feed;
}

static int result_of(Status status)
{
    assert(status == ST_OK || status == ST_NOMEM);
    return status == ST_OK ? SQLITE_OK : SQLITE_NOMEM;
}

/* --- what SQLite calls --- */

static int feed_connect(sqlite3 *handle, void *context, int argc, const char *const *argv,
                        sqlite3_vtab **out, char **message)
{
    (void)argc, (void)argv, (void)message;
    Feed *feed = context;
    StrBuf sql;
    strbuf_init(&sql, feed->db->meter);
    strbuf_string(&sql, "CREATE TABLE feed (");
    for (uint32_t i = 0; i < feed->source.columns; i++)
        strbuf_printf(&sql, i == 0 ? "c%u" : ", c%u", i);
    strbuf_char(&sql, ')');
    int result = sql.failed ? SQLITE_NOMEM : sqlite3_declare_vtab(handle, strbuf_cstr(&sql));
    strbuf_close(&sql);
    if (result != SQLITE_OK)
        return result;
    sqlite3_vtab_config(handle,
                        SQLITE_VTAB_DIRECTONLY); /* no view or trigger of a file may use it */
    FeedTable *table = mem_alloc_zeroed(feed->db->meter, sizeof *table);
    if (table == NULL)
        return SQLITE_NOMEM;
    table->feed = feed;
    table->meter = feed->db->meter;
    *out = &table->base;
    return SQLITE_OK;
}

static int feed_disconnect(sqlite3_vtab *base)
{
    FeedTable *table = (FeedTable *)base;
    mem_free(table->meter, table, sizeof *table);
    return SQLITE_OK;
}

static int feed_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    (void)base;
    info->estimatedCost = 1e6; /* there is one way to read it */
    return SQLITE_OK;
}

static int feed_open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    Feed *feed = ((FeedTable *)base)->feed;
    *out = mem_alloc_zeroed(feed->db->meter, sizeof **out);
    return *out == NULL ? SQLITE_NOMEM : SQLITE_OK;
}

static int feed_close_cursor(sqlite3_vtab_cursor *cursor)
{
    mem_free(feed_of(cursor)->db->meter, cursor, sizeof *cursor);
    return SQLITE_OK;
}

static int feed_next(sqlite3_vtab_cursor *cursor)
{
    Feed *feed = feed_of(cursor);
    feed->row_number++;
    return result_of(feed->source.next(feed->source.context, &feed->row));
}

static int feed_filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int argc,
                       sqlite3_value **argv)
{
    (void)number, (void)text, (void)argc, (void)argv;
    Feed *feed = feed_of(cursor);
    feed->row = false;
    feed->row_number = 0;
    return feed->runs ? feed_next(cursor) : SQLITE_OK;
}

static int feed_eof(sqlite3_vtab_cursor *cursor)
{
    return !feed_of(cursor)->row;
}

static int feed_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
    *out = feed_of(cursor)->row_number;
    return SQLITE_OK;
}

static int feed_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
    Feed *feed = feed_of(cursor);
    DbValue value;
    Status status = feed->source.value(feed->source.context, (uint32_t)column, &value);
    if (status != ST_OK)
        return result_of(status);
    switch (value.type) {
    case DB_NULL: sqlite3_result_null(context); break;
    case DB_INTEGER: sqlite3_result_int64(context, value.as.i64); break;
    case DB_REAL: sqlite3_result_double(context, value.as.f64); break;
    case DB_TEXT:
        sqlite3_result_text64(context, db_never_null(value.as.text), value.as.text.size,
                              SQLITE_STATIC, SQLITE_UTF8);
        break;
    case DB_BYTES:
        sqlite3_result_blob64(context, db_never_null(value.as.text), value.as.text.size,
                              SQLITE_STATIC);
        break;
    }
    return SQLITE_OK;
}

/* Without xCreate it exists by its name alone, in no schema. */
static const sqlite3_module feed_module = {
    .iVersion = 2,
    .xConnect = feed_connect,
    .xDisconnect = feed_disconnect,
    .xBestIndex = feed_best_index,
    .xOpen = feed_open_cursor,
    .xClose = feed_close_cursor,
    .xFilter = feed_filter,
    .xNext = feed_next,
    .xEof = feed_eof,
    .xColumn = feed_column,
    .xRowid = feed_rowid,
};

/* --- what its owner calls --- */

static const char prefix[] = "_weir_feed_";

void feed_print_name(Text name, StrBuf *out)
{
    StrBuf whole;
    strbuf_init(&whole, out->meter);
    strbuf_string(&whole, prefix);
    strbuf_text(&whole, name);
    db_quote_name(out, strbuf_as_text(&whole));
    out->failed = out->failed || whole.failed;
    strbuf_close(&whole);
}

Status feed_open(Db *db, Text name, const FeedSource *source, Feed **out, Diag *diag)
{
    Feed *feed = mem_alloc_zeroed(db->meter, sizeof *feed);
    if (feed == NULL)
        return ST_NOMEM;
    feed->db = db;
    feed->source = *source;
    arena_init(&feed->arena, db->meter);
    Status status = arena_printf(&feed->arena, &feed->name, "%s%.*s", prefix, TEXT_ARG(name));
    int result = SQLITE_OK;
    if (status == ST_OK)
        result = sqlite3_create_module_v2(db->handle, feed->name.ptr, &feed_module, feed, NULL);
    if (result != SQLITE_OK)
        status = db_fail(db, result, "use", diag);
    if (status != ST_OK) {
        arena_close(&feed->arena);
        mem_free(db->meter, feed, sizeof *feed);
        return status;
    }
    *out = feed;
    return ST_OK;
}

void feed_close(Feed *feed)
{
    if (feed == NULL)
        return;
    sqlite3_create_module_v2(feed->db->handle, feed->name.ptr, NULL, NULL, NULL);
    arena_close(&feed->arena);
    mem_free(feed->db->meter, feed, sizeof *feed);
}

Status feed_run(Feed *feed, DbStatement *statement, Diag *diag)
{
    bool row;
    assert(!feed->runs);
    feed->runs = true;
    Status status = db_step(statement, &row, diag);
    feed->runs = false;
    db_statement_reset(statement);
    return status;
}
