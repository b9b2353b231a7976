/* Between write and flush a changed key is one pending entry: its key in key form and the other
 * columns in row form (storage/data/row_codec.h). What cannot be folded by a key waits as whole rows:
 * of an append-only table one entry a row, of a bag one entry for all equal rows and their number. */
#include "storage/sqlite/result_table.h"

#include <assert.h>
#include <math.h>

#include "storage/data/row_codec.h"
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
    char (*text)[64];   /* per column: what is bound as text and not kept elsewhere */
    StrBuf bytes;       /* a key or row on its way into `pending` */
    Pending pending;
    ResultGuard guard;
    DbStatement *insert, *update, *erase; /* NULL where `put` has no use for it */
};

/* --- opening --- */

static Status check_spec(const ResultSpec *spec, Diag *diag)
{
    for (uint32_t i = 0; i < spec->key_count; i++) {
        const Field *field = &spec->schema.field[spec->key[i]];
        if (!rowkey_takes(&field->type))
            return diag_error(diag, E2122, SPAN_NONE, "\"%.*s\" of \"%.*s\" is a nested value and cannot be part of a key",
                              TEXT_ARG(field->name), TEXT_ARG(spec->name));
    }
    if (result_put(spec) == PUT_BAG && result_rowid_name(spec) == NULL)
        return diag_error(diag, E2130, SPAN_NONE, "\"%.*s\" has no key and cannot have columns rowid, _rowid_ and oid all at once",
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
        TRY(column_make(&table->arena, type_phys(schema->field[i].type.id), 1, &table->cell[i]));
        TRY(column_need_valid(&table->arena, &table->cell[i], 1));
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

static Status open_parts(ResultTable *table, Diag *diag)
{
    TRY(check_spec(table->spec, diag));
    TRY(make_layouts(table));
    TRY(make_cells(table));
    TRY(result_guard_open(&table->guard, table->db, table->spec, diag));
    TRY(result_guard_check(&table->guard, table->meter, diag));
    TRY(prepare(table, result_print_insert, &table->insert, diag));
    if (table->put == PUT_BY_UPDATE)
        TRY(prepare(table, result_print_update, &table->update, diag));
    if (!table->spec->append_only)
        TRY(prepare(table, result_print_erase, &table->erase, diag));
    return ST_OK;
}

Status result_table_open(Db *db, const ResultSpec *spec, Meter *meter, ResultTable **out, Diag *diag)
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
    db_statement_close(table->update);
    db_statement_close(table->erase);
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
        entry->fresh = kind == ROW_INSERT;
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

static Status read_back_row(ResultTable *table, Text row)
{
    arena_reset(&table->scratch);
    Status status = row_decode(&table->row, row, table->cell, 0, &table->scratch);
    assert(status != ST_STATE); /* we wrote the bytes */
    return status;
}

static Status read_back_key(ResultTable *table, Text key)
{
    Status status = rowkey_decode(&table->key, key, table->cell, 0, &table->scratch);
    assert(status != ST_STATE);
    return status;
}

/* NaN is a key of its own and cannot share NULL with NULL; a REAL column also takes a text. */
static Status bind_column(ResultTable *table, DbStatement *s, uint32_t column)
{
    const Type *type = &table->spec->schema.field[column].type;
    const Column *cell = &table->cell[column];
    int index = (int)column + 1;
    if (table->is_key[column] && cell->phys == PHYS_F64 && !column_is_null(cell, 0) &&
        isnan(cell->data.f64[0]))
        return db_bind_text(s, index, TEXT("NaN"));
    return result_bind_cell(s, index, type, cell, 0, table->text[column]);
}

/* Runs the statement with the cells read back, `times` times. */
static Status run(ResultTable *table, DbStatement *s, bool key_only, int32_t times, Diag *diag)
{
    for (uint32_t i = 0; i < table->spec->schema.count; i++) {
        if (!key_only || table->is_key[i])
            TRY(bind_column(table, s, i));
    }
    Status status = ST_OK;
    for (int32_t i = 0; i < times && status == ST_OK; i++) {
        bool row;
        status = db_step(s, &row, diag);
        db_statement_reset(s);
    }
    return status;
}

static Status put_row(ResultTable *table, int32_t times, Diag *diag)
{
    if (table->put == PUT_BY_UPDATE) {
        TRY(run(table, table->update, false, 1, diag));
        if (db_changes(table->db) > 0)
            return ST_OK;
    }
    return run(table, table->insert, false, times, diag);
}

static Status flush_entry(ResultTable *table, const PendingEntry *entry, Diag *diag)
{
    if (table->spec->append_only) {
        TRY(read_back_row(table, pending_row(entry)));
        return put_row(table, 1, diag);
    }
    if (table->put == PUT_BAG) {
        TRY(read_back_row(table, pending_key(entry)));
        return entry->net >= 0 ? put_row(table, entry->net, diag)
                               : run(table, table->erase, false, -entry->net, diag);
    }
    if (entry->net == 0 && entry->fresh)
        return ST_OK;
    if (entry->net == 0) {
        arena_reset(&table->scratch);
        TRY(read_back_key(table, pending_key(entry)));
        return run(table, table->erase, true, 1, diag);
    }
    TRY(read_back_row(table, pending_row(entry)));
    TRY(read_back_key(table, pending_key(entry)));
    return put_row(table, 1, diag);
}

Status result_table_flush(ResultTable *table, Diag *diag)
{
    assert(db_in_transaction(table->db));
    TRY(result_guard_check(&table->guard, table->meter, diag));
    for (uint32_t i = 0; i < table->pending.count; i++)
        TRY(flush_entry(table, &table->pending.entry[i], diag));
    pending_reset(&table->pending);
    return ST_OK;
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
