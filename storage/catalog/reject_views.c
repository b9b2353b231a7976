/* The views through which one sees what is in no result. They use nothing that the stock sqlite3
 * program lacks. */
#include <assert.h>

#include "storage/catalog/reject_log.h"

/* What a job that builds views anew has met is seen with those views. */
#define NOT_YET " WHERE job NOT IN (SELECT id FROM _weir_jobs WHERE replaces IS NOT NULL) AND "

#define IN_ORDER " ORDER BY rowid"

typedef struct RejectView {
    const char *suffix;  /* of the view's name */
    const char *columns; /* with the comments that `.schema` shows */
    const char *from;    /* up to the name of the table or view */
} RejectView;

static const RejectView errors_view = {
    "$errors",
    "    source,    -- the table that was read\n"
    "    split,     -- the file\n"
    "    offset,    -- where the record begins in it, in bytes\n"
    "    line,      -- from 1\n"
    "    code,      -- of the error\n"
    "    field,     -- the column; NULL: the whole record\n"
    "    message,\n"
    "    raw,       -- the record, its first 64 KiB; a BLOB when it is no text\n"
    "    raw_bytes  -- its full length\n",
    "FROM _weir_rejected" NOT_YET "owner = ",
};

static const RejectView late_view = {
    "$late",
    "    operator,  -- the part of the query that came too late for it\n"
    "    rowtime,\n"
    "    watermark, -- had passed what the row belongs to\n"
    "    row,       -- as JSON\n"
    "    source,    -- the table that was read\n"
    "    split,     -- the file\n"
    "    offset,    -- where the record begins in it, in bytes\n"
    "    line,      -- from 1\n"
    "    raw        -- the record\n",
    "FROM _weir_late" NOT_YET "view = ",
};

static void print_view_name(const RejectView *view, Text name, StrBuf *out)
{
    strbuf_text(out, name);
    strbuf_string(out, view->suffix);
}

static void print_view(const RejectView *view, Text view_name, Text name, StrBuf *out)
{
    strbuf_string(out, "CREATE VIEW ");
    db_quote_name(out, view_name);
    strbuf_printf(out, " AS SELECT\n%s%s", view->columns, view->from);
    db_quote_text(out, name);
    strbuf_string(out, IN_ORDER);
}

typedef enum Found { FOUND_NOTHING, FOUND_OURS, FOUND_OTHER } Found;

static Status find_view(Db *db, Text view_name, Text sql, Found *found, Diag *diag)
{
    DbStatement *query;
    bool row = false;
    TRY(db_prepare(db, TEXT("SELECT sql FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE"), &query,
                   diag));
    Status status = db_bind_text(query, 1, view_name);
    if (status == ST_OK)
        status = db_step(query, &row, diag);
    if (status == ST_OK && !row)
        *found = FOUND_NOTHING;
    else if (status == ST_OK)
        *found = text_equal(db_column_text(query, 0), sql) ? FOUND_OURS : FOUND_OTHER;
    db_statement_close(query);
    return status;
}

static Status make_view(Db *db, Text view_name, Text sql, Diag *diag)
{
    Found found;
    TRY(find_view(db, view_name, sql, &found, diag));
    if (found == FOUND_OTHER)
        return diag_error(diag, E2102, SPAN_NONE,
                          "the database has a table or view \"%.*s\" already", TEXT_ARG(view_name));
    return found == FOUND_OURS ? ST_OK : db_run(db, sql, NULL, 0, diag);
}

static Status drop_view(Db *db, Text view_name, Text sql, Diag *diag)
{
    Found found;
    TRY(find_view(db, view_name, sql, &found, diag));
    if (found != FOUND_OURS)
        return ST_OK;
    StrBuf drop;
    strbuf_init(&drop, NULL);
    strbuf_string(&drop, "DROP VIEW ");
    db_quote_name(&drop, view_name);
    Status status = strbuf_status(&drop);
    if (status == ST_OK)
        status = db_run(db, strbuf_as_text(&drop), NULL, 0, diag);
    strbuf_close(&drop);
    return status;
}

typedef Status ViewAction(Db *db, Text view_name, Text sql, Diag *diag);

static Status with_view(Db *db, const RejectView *view, Text name, ViewAction *act, Diag *diag)
{
    assert(db_in_transaction(db));
    StrBuf view_name, sql;
    strbuf_init(&view_name, NULL);
    strbuf_init(&sql, NULL);
    print_view_name(view, name, &view_name);
    print_view(view, strbuf_as_text(&view_name), name, &sql);
    Status status = view_name.failed ? ST_NOMEM : strbuf_status(&sql);
    if (status == ST_OK)
        status = act(db, strbuf_as_text(&view_name), strbuf_as_text(&sql), diag);
    strbuf_close(&sql);
    strbuf_close(&view_name);
    return status;
}

Status reject_log_make_errors_view(Db *db, Text name, Diag *diag)
{
    return with_view(db, &errors_view, name, make_view, diag);
}

Status reject_log_make_late_view(Db *db, Text view, Diag *diag)
{
    return with_view(db, &late_view, view, make_view, diag);
}

Status reject_log_drop_views(Db *db, Text name, Diag *diag)
{
    TRY(with_view(db, &errors_view, name, drop_view, diag));
    return with_view(db, &late_view, name, drop_view, diag);
}

/* --- of an older format --- */

static Status make_view_anew(Db *db, const DbStatement *view, Diag *diag)
{
    StrBuf drop;
    strbuf_init(&drop, NULL);
    strbuf_string(&drop, "DROP VIEW ");
    db_quote_name(&drop, db_column_text(view, 0));
    Status status = strbuf_status(&drop);
    if (status == ST_OK)
        status = db_run(db, strbuf_as_text(&drop), NULL, 0, diag);
    strbuf_close(&drop);
    return status == ST_OK ? db_run(db, db_column_text(view, 1), NULL, 0, diag) : status;
}

Status reject_log_upgrade_views(Db *db, Diag *diag)
{
    DbStatement *views;
    bool row;
    TRY(db_exec(db,
                "CREATE TEMP TABLE weir_old_views AS SELECT name,"
                " replace(replace(substr(sql, 1, length(sql) - length(' ORDER BY id')),"
                " 'FROM _weir_rejected WHERE owner = ', 'FROM _weir_rejected" NOT_YET "owner = '),"
                " 'FROM _weir_late WHERE view = ', 'FROM _weir_late" NOT_YET "view = ')"
                " || '" IN_ORDER "' AS sql"
                " FROM main.sqlite_schema WHERE type = 'view' AND sql LIKE '% ORDER BY id' AND"
                " (name LIKE '%$errors' AND sql LIKE '%FROM _weir_rejected WHERE %owner = %'"
                " OR name LIKE '%$late' AND sql LIKE '%FROM _weir_late WHERE %view = %')",
                diag));
    TRY(db_prepare(db, TEXT("SELECT name, sql FROM temp.weir_old_views"), &views, diag));
    Status status = db_step(views, &row, diag);
    while (status == ST_OK && row) {
        status = make_view_anew(db, views, diag);
        if (status == ST_OK)
            status = db_step(views, &row, diag);
    }
    db_statement_close(views);
    TRY(status);
    return db_exec(db, "DROP TABLE temp.weir_old_views", diag);
}
