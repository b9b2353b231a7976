#include "storage/sqlite/result_shape.h"

#include <assert.h>

#include "storage/sqlite/feed.h"

ResultPut result_put(const ResultSpec *spec)
{
    if (spec->key_count == 0)
        return spec->append_only ? PUT_INSERT : spec->single ? PUT_SINGLE : PUT_BAG;
    for (uint32_t i = 0; i < spec->key_count; i++) {
        if (spec->schema.field[spec->key[i]].type.nullable)
            return PUT_MIXED;
    }
    return PUT_UPSERT;
}

bool result_is_key(const ResultSpec *spec, uint32_t column)
{
    for (uint32_t i = 0; i < spec->key_count; i++) {
        if (spec->key[i] == column)
            return true;
    }
    return false;
}

const char *result_rowid_name(const ResultSpec *spec)
{
    static const char *const name[] = {"rowid", "_rowid_", "oid"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        bool taken = false;
        for (uint32_t c = 0; c < spec->schema.count; c++)
            taken = taken || text_equal_nocase(spec->schema.field[c].name, text_of(name[i]));
        if (!taken)
            return name[i];
    }
    return NULL;
}

/* --- definition --- */

static void print_column_name(const ResultSpec *spec, uint32_t column, StrBuf *out)
{
    db_quote_name(out, spec->schema.field[column].name);
}

static void print_key_names(const ResultSpec *spec, StrBuf *out)
{
    for (uint32_t i = 0; i < spec->key_count; i++) {
        strbuf_string(out, i == 0 ? "" : ", ");
        print_column_name(spec, spec->key[i], out);
    }
}

/* A single integer key is SQLite's own row number: the fastest table there is. */
static bool is_rowid_key(const ResultSpec *spec)
{
    return spec->key_count == 1 &&
           text_is(text_of(result_column_type(&spec->schema.field[spec->key[0]].type)), "INTEGER");
}

/* NOT NULL stands on key columns only: a DOUBLE that is NOT NULL can still be NaN, which is stored
 * as NULL. */
void result_print_table(const ResultSpec *spec, StrBuf *out)
{
    bool primary = result_put(spec) == PUT_UPSERT, rowid_key = primary && is_rowid_key(spec);
    strbuf_string(out, "CREATE TABLE ");
    db_quote_name(out, spec->name);
    strbuf_string(out, " (\n");
    for (uint32_t i = 0; i < spec->schema.count; i++) {
        strbuf_string(out, i == 0 ? "    " : ",\n    ");
        print_column_name(spec, i, out);
        strbuf_printf(out, " %s", result_column_type(&spec->schema.field[i].type));
        if (primary && result_is_key(spec, i))
            strbuf_string(out, rowid_key ? " PRIMARY KEY" : " NOT NULL");
    }
    if (primary && !rowid_key) {
        strbuf_string(out, ",\n    PRIMARY KEY (");
        print_key_names(spec, out);
        strbuf_string(out, ")\n) WITHOUT ROWID");
    } else {
        strbuf_string(out, "\n)");
    }
}

void result_print_index_name(const ResultSpec *spec, StrBuf *out)
{
    ResultPut put = result_put(spec);
    if (put != PUT_MIXED && put != PUT_BAG)
        return;
    strbuf_string(out, put == PUT_BAG ? "_weir_content_" : "_weir_key_");
    strbuf_text(out, spec->name);
}

void result_print_index(const ResultSpec *spec, StrBuf *out)
{
    StrBuf name;
    strbuf_init(&name, out->meter);
    result_print_index_name(spec, &name);
    if (name.size > 0) {
        strbuf_string(out, spec->key_count > 0 ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
        db_quote_name(out, strbuf_as_text(&name));
        strbuf_string(out, " ON ");
        db_quote_name(out, spec->name);
        strbuf_string(out, " (");
        if (spec->key_count > 0)
            print_key_names(spec, out);
        for (uint32_t i = 0; spec->key_count == 0 && i < spec->schema.count; i++) {
            strbuf_string(out, i == 0 ? "" : ", ");
            print_column_name(spec, i, out);
        }
        strbuf_char(out, ')');
    }
    out->failed = out->failed || name.failed;
    strbuf_close(&name);
}

void result_table_ddl(const ResultSpec *spec, StrBuf *out)
{
    result_print_table(spec, out);
    strbuf_string(out, ";\n");
    size_t before = out->size;
    result_print_index(spec, out);
    if (out->size > before)
        strbuf_string(out, ";\n");
}

/* --- changes --- */

/* "a" IS ?1 AND "b" IS ?2: of the columns that are, or are not, part of the key. */
static void print_pairs(const ResultSpec *spec, bool of_key, const char *equals,
                        const char *between, StrBuf *out)
{
    const char *before = "";
    for (uint32_t i = 0; i < spec->schema.count; i++) {
        if (result_is_key(spec, i) != of_key)
            continue;
        strbuf_string(out, before);
        print_column_name(spec, i, out);
        strbuf_printf(out, "%s?%u", equals, i + 1);
        before = between;
    }
}

static bool has_other_columns(const ResultSpec *spec)
{
    return spec->schema.count > spec->key_count;
}

/* A statement that fails in the middle leaves what it did: the whole transaction is given up then,
 * and SQLite need not keep what it would take to undo the statement alone. */
static void print_insert_into(const ResultSpec *spec, StrBuf *out)
{
    strbuf_string(out, "INSERT OR FAIL INTO ");
    db_quote_name(out, spec->name);
    strbuf_string(out, " (");
    for (uint32_t i = 0; i < spec->schema.count; i++) {
        strbuf_string(out, i == 0 ? "" : ", ");
        print_column_name(spec, i, out);
    }
    strbuf_string(out, ") ");
}

void result_print_insert_feed(const ResultSpec *spec, StrBuf *out)
{
    print_insert_into(spec, out);
    strbuf_string(out, "SELECT * FROM ");
    feed_print_name(spec->name, out);
    if (spec->key_count == 0)
        return;
    strbuf_string(out, " WHERE true ON CONFLICT ("); /* without WHERE the ON would be a join's */
    print_key_names(spec, out);
    strbuf_string(out, has_other_columns(spec) ? ") DO UPDATE SET " : ") DO NOTHING");
    const char *before = "";
    for (uint32_t i = 0; i < spec->schema.count; i++) {
        if (result_is_key(spec, i))
            continue;
        strbuf_string(out, before);
        print_column_name(spec, i, out);
        strbuf_string(out, " = excluded.");
        print_column_name(spec, i, out);
        before = ", ";
    }
}

void result_print_insert_row(const ResultSpec *spec, StrBuf *out)
{
    print_insert_into(spec, out);
    strbuf_string(out, "VALUES (");
    for (uint32_t i = 0; i < spec->schema.count; i++)
        strbuf_printf(out, i == 0 ? "?%u" : ", ?%u", i + 1);
    strbuf_char(out, ')');
}

void result_print_update(const ResultSpec *spec, StrBuf *out)
{
    strbuf_string(out, "UPDATE ");
    db_quote_name(out, spec->name);
    strbuf_string(out, " SET ");
    print_pairs(spec, !has_other_columns(spec), " = ", ", ", out);
    strbuf_string(out, " WHERE ");
    print_pairs(spec, true, " IS ", " AND ", out);
}

void result_print_erase(const ResultSpec *spec, StrBuf *out)
{
    strbuf_string(out, "DELETE FROM ");
    db_quote_name(out, spec->name);
    if (result_put(spec) == PUT_SINGLE)
        return;
    strbuf_string(out, " WHERE ");
    if (spec->key_count > 0) {
        print_pairs(spec, true, " IS ", " AND ", out);
        return;
    }
    const char *rowid = result_rowid_name(spec);
    assert(rowid != NULL);
    strbuf_printf(out, "%s = (SELECT %s FROM ", rowid, rowid);
    db_quote_name(out, spec->name);
    strbuf_string(out, " WHERE ");
    print_pairs(spec, false, " IS ", " AND ", out);
    strbuf_string(out, " LIMIT 1)");
}
