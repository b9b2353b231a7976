#include "tests/sim/inspect.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Lines that are to be sorted. */
typedef struct Lines {
    char **line;
    size_t count, capacity;
} Lines;

static void lines_add(Lines *lines, char *line)
{
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity == 0 ? 64 : lines->capacity * 2;
        lines->line = realloc(lines->line, lines->capacity * sizeof *lines->line);
        if (lines->line == NULL)
            abort();
    }
    lines->line[lines->count++] = line;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* As SQL literals, so that NULL, 7 and '7' differ. */
static char *row_text(sqlite3 *db, sqlite3_stmt *row)
{
    sqlite3_str *text = sqlite3_str_new(db);
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        sqlite3_str_appendall(text, i == 0 ? "  " : "|");
        const char *value = (const char *)sqlite3_column_text(row, i);
        if (sqlite3_column_type(row, i) == SQLITE_TEXT ||
            sqlite3_column_type(row, i) == SQLITE_BLOB)
            sqlite3_str_appendf(text, "%Q", value);
        else
            sqlite3_str_appendall(text, value == NULL ? "NULL" : value);
    }
    return sqlite3_str_finish(text);
}

static int put_rows(sqlite3 *db, const char *sql, StrBuf *out)
{
    sqlite3_stmt *row = NULL;
    Lines lines = {0};
    int result = sqlite3_prepare_v2(db, sql, -1, &row, NULL);
    while (result == SQLITE_OK || result == SQLITE_ROW) {
        result = sqlite3_step(row);
        if (result == SQLITE_ROW)
            lines_add(&lines, row_text(db, row));
    }
    sqlite3_finalize(row);
    if (lines.count > 0)
        qsort(lines.line, lines.count, sizeof *lines.line, compare);
    for (size_t i = 0; i < lines.count; i++) {
        strbuf_printf(out, "%s\n", lines.line[i]);
        sqlite3_free(lines.line[i]);
    }
    free(lines.line);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

/* Times are those of the run; a job's state, its epochs and what is told of its operators say how
 * it went, not what came of it. The numbers of files say which was found first, as the world has
 * it.
 */
static const char tables_sql[] =
    "SELECT name, CASE name WHEN '_weir_jobs' THEN 'SELECT id, sql FROM _weir_jobs'"
    " WHEN '_weir_rejected' THEN (SELECT 'SELECT ' || group_concat(name) || ' FROM _weir_rejected'"
    " FROM pragma_table_info('_weir_rejected') WHERE name <> 'file')"
    " WHEN '_weir_late' THEN (SELECT 'SELECT ' || group_concat(name) || ' FROM _weir_late'"
    " FROM pragma_table_info('_weir_late') WHERE name <> 'file')"
    " ELSE 'SELECT * FROM \"' || name || '\"' END"
    " FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND name NOT IN ('_weir_meta', '_weir_checkpoints', '_weir_state', '_weir_journal',"
    " '_weir_sinks', '_weir_written', '_weir_epochs', '_weir_operators', '_weir_sources')"
    " ORDER BY name";

static int put_tables(sqlite3 *db, Text nothing, StrBuf *out)
{
    (void)nothing;
    sqlite3_stmt *table = NULL;
    int result = sqlite3_prepare_v2(db, tables_sql, -1, &table, NULL);
    while (result == SQLITE_OK && (result = sqlite3_step(table)) == SQLITE_ROW) {
        strbuf_printf(out, "%s\n", sqlite3_column_text(table, 0));
        result = put_rows(db, (const char *)sqlite3_column_text(table, 1), out);
    }
    sqlite3_finalize(table);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

static int put_integrity(sqlite3 *db, Text nothing, StrBuf *out)
{
    (void)nothing;
    return put_rows(db, "PRAGMA integrity_check", out);
}

static int put_answers(sqlite3 *db, Text queries, StrBuf *out)
{
    int result = SQLITE_OK;
    while (result == SQLITE_OK && queries.size > 0) {
        uint32_t size = (uint32_t)strlen(queries.ptr);
        strbuf_printf(out, "%s\n", queries.ptr);
        result = put_rows(db, queries.ptr, out);
        size += size < queries.size; /* the last one's zero byte need not be part of the text */
        queries = (Text){queries.ptr + size, queries.size - size};
    }
    return result;
}

static void look(const Disk *disk, const char *path,
                 int (*act)(sqlite3 *db, Text queries, StrBuf *out), Text queries, StrBuf *out)
{
    Disk *copy = disk_copy(disk);
    sqlite3 *db = NULL;
    strbuf_clear(out);
    fault_vfs_use(copy);
    int result = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (result == SQLITE_OK)
        result = act(db, queries, out);
    if (result != SQLITE_OK)
        strbuf_printf(out, "error: %s\n", sqlite3_errmsg(db));
    sqlite3_close(db);
    fault_vfs_use(NULL);
    disk_close(copy);
}

void inspect_tables(const Disk *disk, const char *path, StrBuf *out)
{
    look(disk, path, put_tables, TEXT_NONE, out);
}

void inspect_answers(const Disk *disk, const char *path, Text queries, StrBuf *out)
{
    look(disk, path, put_answers, queries, out);
}

bool inspect_integrity(const Disk *disk, const char *path, StrBuf *out)
{
    look(disk, path, put_integrity, TEXT_NONE, out);
    return text_is(strbuf_as_text(out), "  'ok'\n");
}
