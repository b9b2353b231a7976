/* Between write and flush a changed key is one pending entry: its key in key form and the other
 * columns in row form (storage/data/row_codec.h). What cannot be folded by a key waits as whole
 * rows: of an append-only table one entry a row, of a bag one entry for all equal rows and their
 * number, which is forgotten when as many came as went. */
#include "storage/sqlite/result_table.h"

#include <assert.h>
#include <math.h>

#include "storage/base/crash_point.h"
#include "storage/base/hash.h"
#include "storage/data/nested.h"
#include "storage/data/row_codec.h"
#include "storage/sqlite/feed.h"
#include "storage/sqlite/pending.h"
#include "storage/sqlite/result_guard.h"
#include "storage/sqlite/result_shape.h"

struct ResultTable {
    Db *db;
    const ResultSpec *spec;
    Meter *meter;
    Arena arena;   /* as long as the table */
    Arena scratch; /* one row of a flush */
    ResultPut put;
    RowLayout key, row; /* of a pending entry; no key columns where it has no key */
    bool *is_key;       /* per column: of the table's key */
    Column *cell;       /* one row, read back for the flush */
    bool any_nested;    /* of the columns: their elements go with each row */
    char (*text)[64];   /* per column: what is bound as text and not kept elsewhere */
    StrBuf bytes;       /* a key or row on its way into `pending` */
    Pending pending;
    uint32_t next;   /* of the flush: the entry whose turn it is */
    int32_t repeats; /* how often the row read back comes once more */
    bool null_keys;  /* it is the turn of those with a NULL in their key */
    ResultGuard guard;
    Feed *feed;
    DbStatement *insert;              /* reads the feed */
    DbStatement *insert_row, *update; /* for keys with a NULL; of PUT_MIXED */
    DbStatement *erase;               /* NULL when append-only */
};

/* --- opening --- */

static Status check_spec(const ResultSpec *spec, Diag *diag)
{
    if (result_put(spec) == PUT_BAG && result_rowid_name(spec) == NULL)
        return diag_error(
            diag, E2130, SPAN_NONE,
            "\"%.*s\" has no key and cannot have columns rowid, _rowid_ and oid all at once",
            TEXT_ARG(spec->name));
    return ST_OK;
}

/* The columns that are, or are not, in an entry's key. */
static Status make_layouts(ResultTable *table)
{
    const ResultSpec *spec = table->spec;
    bool keyed = !spec->append_only && spec->key_count > 0;
    uint32_t *other, others = 0;
    TRY_NEW_ARRAY(other, &table->arena, spec->schema.count);
    TRY_NEW_ARRAY(table->is_key, &table->arena, spec->schema.count);
    for (uint32_t i = 0; i < spec->schema.count; i++) {
        table->is_key[i] = result_is_key(spec, i);
        if (!keyed || !table->is_key[i])
            other[others++] = i;
    }
    TRY(row_layout_make(&table->arena, &spec->schema, other, others, &table->row));
    return row_layout_make(&table->arena, &spec->schema, keyed ? spec->key : other,
                           keyed ? spec->key_count : 0, &table->key);
}

static Status make_cells(ResultTable *table)
{
    const Schema *schema = &table->spec->schema;
    TRY_NEW_ARRAY(table->cell, &table->arena, schema->count);
    TRY_NEW_ARRAY(table->text, &table->arena, schema->count);
    for (uint32_t i = 0; i < schema->count; i++) {
        TRY(column_make_typed(&table->arena, &schema->field[i].type, 1, &table->cell[i]));
        table->any_nested = table->any_nested || type_is_nested(&schema->field[i].type);
    }
    return ST_OK;
}

typedef void PrintStatement(const ResultSpec *spec, StrBuf *out);

static Status prepare(ResultTable *table, PrintStatement *print, DbStatement **out, Diag *diag)
{
    strbuf_clear(&table->bytes);
    print(table->spec, &table->bytes);
    TRY(strbuf_status(&table->bytes));
    return db_prepare(table->db, strbuf_as_text(&table->bytes), out, diag);
}

static Status next_row(void *context, bool *row);
static Status cell_value(void *context, uint32_t column, DbValue *out);

static Status open_writers(ResultTable *table, Diag *diag)
{
    if (table->put == PUT_MIXED) {
        TRY(prepare(table, result_print_update, &table->update, diag));
        TRY(prepare(table, result_print_insert_row, &table->insert_row, diag));
    }
    const FeedSource source = {table->spec->schema.count, table, next_row, cell_value};
    TRY(feed_open(table->db, table->spec->name, &source, &table->feed, diag));
    return prepare(table, result_print_insert_feed, &table->insert, diag);
}

static Status open_parts(ResultTable *table, Diag *diag)
{
    TRY(check_spec(table->spec, diag));
    TRY(make_layouts(table));
    TRY(make_cells(table));
    TRY(result_guard_open(&table->guard, table->db, table->spec, diag));
    TRY(result_guard_check(&table->guard, table->meter, diag));
    TRY(open_writers(table, diag));
    if (!table->spec->append_only)
        TRY(prepare(table, result_print_erase, &table->erase, diag));
    return ST_OK;
}

Status result_table_open(Db *db, const ResultSpec *spec, Meter *meter, ResultTable **out,
                         Diag *diag)
{
    assert(spec->schema.count > 0);
    ResultTable *table = mem_alloc_zeroed(meter, sizeof *table);
    if (table == NULL)
        return ST_NOMEM;
    table->db = db;
    table->spec = spec;
    table->meter = meter;
    table->put = result_put(spec);
    arena_init(&table->arena, meter);
    arena_init(&table->scratch, meter);
    strbuf_init(&table->bytes, meter);
    pending_init(&table->pending, meter, spec->hash_seed);
    Status status = open_parts(table, diag);
    if (status != ST_OK) {
        result_table_close(table);
        return status;
    }
    *out = table;
    return ST_OK;
}

void result_table_close(ResultTable *table)
{
    if (table == NULL)
        return;
    db_statement_close(table->insert);
    db_statement_close(table->insert_row);
    db_statement_close(table->update);
    db_statement_close(table->erase);
    feed_close(table->feed);
    result_guard_close(&table->guard);
    pending_close(&table->pending);
    strbuf_close(&table->bytes);
    arena_close(&table->scratch);
    arena_close(&table->arena);
    mem_free(table->meter, table, sizeof *table);
}

/* --- taking in changes --- */

static Status encode_row(ResultTable *table, const Batch *batch, uint32_t row)
{
    strbuf_clear(&table->bytes);
    row_encode(&table->row, batch->column, row, &table->bytes);
    return strbuf_status(&table->bytes);
}

static Status write_plain(ResultTable *table, const Batch *batch, uint32_t row)
{
    TRY(encode_row(table, batch, row));
    return pending_append(&table->pending, strbuf_as_text(&table->bytes));
}

/* The last change of a key wins. A key that this epoch both made and took away leaves no trace. */
static Status write_keyed(ResultTable *table, const Batch *batch, uint32_t row)
{
    RowKind kind = batch_kind(batch, row);
    PendingEntry *entry;
    bool made;
    strbuf_clear(&table->bytes);
    rowkey_encode(&table->key, batch->column, row, &table->bytes);
    TRY(strbuf_status(&table->bytes));
    TRY(pending_find(&table->pending, strbuf_as_text(&table->bytes), &entry, &made));
    if (made)
        entry->fresh = kind == ROW_INSERT && !table->spec->recurs;
    entry->net = row_kind_adds(kind);
    if (!row_kind_adds(kind))
        return ST_OK;
    TRY(encode_row(table, batch, row));
    return pending_set_row(&table->pending, entry, strbuf_as_text(&table->bytes));
}

static Status write_bag(ResultTable *table, const Batch *batch, uint32_t row)
{
    PendingEntry *entry;
    bool made;
    TRY(encode_row(table, batch, row));
    TRY(pending_find(&table->pending, strbuf_as_text(&table->bytes), &entry, &made));
    entry->net += row_kind_adds(batch_kind(batch, row)) ? 1 : -1;
    if (entry->net == 0)
        pending_forget(&table->pending, entry);
    return ST_OK;
}

Status result_table_write(ResultTable *table, const Batch *batch, Diag *diag)
{
    (void)diag;
    assert(batch->columns == table->spec->schema.count);
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        if (table->spec->append_only) {
            assert(row_kind_adds(batch_kind(batch, row)));
            TRY(write_plain(table, batch, row));
        } else if (table->put == PUT_BAG) {
            TRY(write_bag(table, batch, row));
        } else {
            TRY(write_keyed(table, batch, row));
        }
    }
    return ST_OK;
}

uint64_t result_table_pending_bytes(const ResultTable *table)
{
    return pending_bytes(&table->pending);
}

/* --- flushing --- */

/* How many rows like the entry's the table is to have more. */
static int32_t rows_to_put(const ResultTable *table, const PendingEntry *entry)
{
    return table->spec->append_only ? 1 : entry->net;
}

/* How many it is to have less. A key made in this epoch is not there to be deleted. Where there can
 * be one row alone, it goes before another one comes. */
static int32_t rows_to_erase(const ResultTable *table, const PendingEntry *entry)
{
    if (table->spec->append_only)
        return 0;
    if (table->put == PUT_BAG)
        return -entry->net;
    return entry->net == 0 ? !entry->fresh : table->put == PUT_SINGLE;
}

static Status read_back(ResultTable *table, const PendingEntry *entry, bool key_only)
{
    arena_reset(&table->scratch);
    for (uint32_t i = 0; table->any_nested && i < table->spec->schema.count; i++)
        column_drop_elements(&table->cell[i], 1);
    Text row = table->put == PUT_BAG && !table->spec->append_only
                   ? pending_key(&table->pending, entry)
                   : pending_row(&table->pending, entry);
    Status status = ST_OK;
    if (table->key.count > 0)
        status = rowkey_decode(&table->key, pending_key(&table->pending, entry), table->cell, 0,
                               &table->scratch);
    if (status == ST_OK && !key_only)
        status = row_decode(&table->row, row, table->cell, 0, &table->scratch);
    assert(status != ST_STATE); /* we wrote the bytes */
    return status;
}

/* A cell read back, as it is stored. NaN is a key of its own and cannot share NULL with NULL; a
 * REAL column also takes a text. */
static Status cell_value(void *context, uint32_t column, DbValue *out)
{
    ResultTable *table = context;
    const Column *cell = &table->cell[column];
    if (table->is_key[column] && cell->phys == PHYS_F64 && !column_is_null(cell, 0) &&
        isnan(cell->data.f64[0])) {
        *out = db_value_text(TEXT("NaN"));
        return ST_OK;
    }
    return result_cell_value(&table->spec->schema.field[column].type, cell, 0, table->text[column],
                             &table->scratch, out);
}

static bool has_null_key(const ResultTable *table)
{
    const ResultSpec *spec = table->spec;
    for (uint32_t i = 0; i < spec->key_count; i++) {
        if (column_is_null(&table->cell[spec->key[i]], 0))
            return true;
    }
    return false;
}

/* The rows to put, one after the other. */
static Status next_row(void *context, bool *row)
{
    ResultTable *table = context;
    *row = true;
    if (table->repeats > 0) {
        table->repeats--;
        return ST_OK;
    }
    while (table->next < table->pending.count) {
        const PendingEntry *entry = &table->pending.entry[table->next++];
        int32_t rows = rows_to_put(table, entry);
        if (rows <= 0)
            continue;
        TRY(read_back(table, entry, false));
        if (table->put == PUT_MIXED && has_null_key(table) != table->null_keys)
            continue;
        table->repeats = rows - 1;
        return ST_OK;
    }
    *row = false;
    return ST_OK;
}

/* Runs the statement with the cells read back. */
static Status run(ResultTable *table, DbStatement *s, bool key_only, Diag *diag)
{
    for (uint32_t i = 0; i < table->spec->schema.count; i++) {
        if (key_only && !table->is_key[i])
            continue;
        DbValue value;
        TRY(cell_value(table, i, &value));
        TRY(db_bind_value(s, (int)i + 1, &value));
    }
    bool row;
    Status status = db_step(s, &row, diag);
    db_statement_reset(s);
    return status;
}

static Status erase_rows(ResultTable *table, Diag *diag)
{
    for (uint32_t i = 0; i < table->pending.count; i++) {
        const PendingEntry *entry = &table->pending.entry[i];
        int32_t rows = rows_to_erase(table, entry);
        if (rows <= 0)
            continue;
        TRY(read_back(table, entry, table->put != PUT_BAG));
        for (; rows > 0; rows--)
            TRY(run(table, table->erase, table->put != PUT_BAG, diag));
    }
    return ST_OK;
}

static Status put_null_keys(ResultTable *table, Diag *diag)
{
    bool row;
    TRY(next_row(table, &row));
    while (row) {
        TRY(run(table, table->update, false, diag));
        if (db_changes(table->db) == 0)
            TRY(run(table, table->insert_row, false, diag));
        TRY(next_row(table, &row));
    }
    return ST_OK;
}

static Status put_rows(ResultTable *table, bool null_keys, Diag *diag)
{
    table->next = 0;
    table->repeats = 0;
    table->null_keys = null_keys;
    return null_keys ? put_null_keys(table, diag) : feed_run(table->feed, table->insert, diag);
}

uint32_t result_table_pending_count(const ResultTable *table)
{
    return table->pending.count - table->pending.forgotten;
}

Status result_table_flush(ResultTable *table, Diag *diag)
{
    assert(db_in_transaction(table->db));
    TRY(result_guard_check(&table->guard, table->meter, diag));
    if (table->pending.count == 0)
        return ST_OK;
    if (!table->spec->append_only)
        TRY(erase_rows(table, diag));
    TRY(put_rows(table, false, diag));
    if (DEFECT(CHANGE_TWICE))
        TRY(put_rows(table, false, diag));
    return table->put == PUT_MIXED ? put_rows(table, true, diag) : ST_OK;
}

/* Of what the table will hold alone: how the rows were cut into batches decides which changes an
 * operator gives on the way there, and so in which order keys are met first. */
uint64_t result_table_digest(const ResultTable *table)
{
    uint64_t digest = 0;
    for (uint32_t i = 0; i < table->pending.count; i++) {
        const PendingEntry *entry = &table->pending.entry[i];
        int32_t put = rows_to_put(table, entry), erase = rows_to_erase(table, entry);
        if (put <= 0 && erase <= 0)
            continue;
        size_t size = entry->key_size + (put > 0 ? (size_t)entry->row_size : 0);
        uint64_t kind = (uint64_t)(uint32_t)(put > 0 ? put : -erase) << 32 | entry->key_size;
        uint64_t hash = hash_bytes(pending_key(&table->pending, entry).ptr, size, kind);
        digest = table->spec->append_only ? hash_u64(hash, digest) : digest + hash;
    }
    return digest;
}

void result_table_discard(ResultTable *table)
{
    pending_reset(&table->pending);
}

Status result_table_clear(ResultTable *table, Diag *diag)
{
    assert(db_in_transaction(table->db));
    StrBuf sql;
    strbuf_init(&sql, table->meter);
    strbuf_string(&sql, "DELETE FROM ");
    db_quote_name(&sql, table->spec->name);
    Status status = strbuf_status(&sql);
    if (status == ST_OK)
        status = db_exec(table->db, strbuf_cstr(&sql), diag);
    strbuf_close(&sql);
    return status;
}
