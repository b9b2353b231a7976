#include "executor/op/ordered_rows.h"

#include <assert.h>
#include <endian.h>

/* What follows the key in an entry: the number, highest byte first; then the row; then how long the
 * key is. */
enum { NUMBER_BYTES = 8, TAIL_BYTES = 4 };

Status ordered_rows_open(OrderedRows *rows, const Schema *schema, const PlanOrder *order,
                         uint32_t orders, Meter *meter)
{
    *rows = (OrderedRows){.schema = schema, .order = order, .orders = orders};
    arena_init(&rows->arena, meter);
    strbuf_init(&rows->entry, meter);
    sorted_map_open(&rows->map, PHYS_STR, meter);
    return row_layout_make(&rows->arena, schema, NULL, 0, &rows->layout);
}

void ordered_rows_close(OrderedRows *rows)
{
    if (rows->schema == NULL)
        return;
    sorted_map_close(&rows->map);
    strbuf_close(&rows->entry);
    arena_close(&rows->arena);
}

Status ordered_rows_walk(OrderedRows *rows, StateWalk *walk)
{
    return state_walk_sorted_map(walk, &rows->map);
}

/* --- keys --- */

Status ordered_rows_key(OrderedRows *rows, const Batch *batch, uint32_t row, Text *out)
{
    strbuf_clear(&rows->entry);
    for (uint32_t i = 0; i < rows->orders; i++) {
        const PlanOrder *order = &rows->order[i];
        rowkey_append_order(&rows->entry, &rows->schema->field[order->column].type,
                            &batch->column[order->column], row, order->descending,
                            order->nulls_last);
    }
    *out = strbuf_as_text(&rows->entry);
    return strbuf_status(&rows->entry);
}

uint64_t ordered_key_head(Text key)
{
    uint64_t head = 0;
    memcpy(&head, key.ptr, key.size < sizeof head ? key.size : sizeof head);
    return be64toh(head);
}

/* --- entries --- */

static void make_value(Text entry, uint64_t value[2])
{
    Str str = str_of_text(entry);
    memcpy(value, &str, sizeof str);
}

static void append_row(OrderedRows *rows, uint64_t number, const Batch *batch, uint32_t row)
{
    StrBuf *entry = &rows->entry;
    uint32_t key_size = (uint32_t)entry->size;
    uint64_t bytes = htobe64(number);
    strbuf_put(entry, &bytes, sizeof bytes);
    row_encode(&rows->layout, batch->column, row, entry);
    strbuf_put(entry, &key_size, sizeof key_size);
}

void ordered_rows_remove(OrderedRows *rows, OrderedRow *row)
{
    sorted_map_remove(&rows->map, &row->cursor);
}

/* --- reading --- */

static void read_entry(const OrderedRows *rows, const uint64_t *value, OrderedRow *out)
{
    Str str;
    uint32_t key_size;
    uint64_t number;
    memcpy(&str, value, sizeof str);
    str = heap_load_str(&rows->map.heap, &str);
    assert(str.size > STR_INLINE);
    const char *bytes = str.far.ptr;
    memcpy(&key_size, bytes + str.size - TAIL_BYTES, sizeof key_size);
    assert((uint64_t)key_size + NUMBER_BYTES + TAIL_BYTES <= str.size);
    memcpy(&number, bytes + key_size, sizeof number);
    out->key = (Text){bytes, key_size};
    out->number = be64toh(number);
    out->row =
        (Text){bytes + key_size + NUMBER_BYTES, str.size - key_size - NUMBER_BYTES - TAIL_BYTES};
}

/* The first entry not before the bytes. */
static bool seek(const OrderedRows *rows, uint64_t group, Text bytes, OrderedRow *out)
{
    uint64_t value[2];
    make_value(bytes, value);
    if (!sorted_map_seek(&rows->map, group, value, &out->cursor))
        return false;
    read_entry(rows, out->cursor.value, out);
    return true;
}

Status ordered_rows_add(OrderedRows *rows, uint64_t group, uint64_t number, const Batch *batch,
                        uint32_t row, OrderedRow *out)
{
    append_row(rows, number, batch, row);
    TRY(strbuf_status(&rows->entry));
    if (rows->entry.size > UINT32_MAX)
        return ST_NOMEM;
    uint64_t value[2];
    SortedCursor at;
    make_value(strbuf_as_text(&rows->entry), value);
    TRY(sorted_map_add(&rows->map, group, value, &at));
    if (out == NULL)
        return ST_OK;
    out->cursor = at;
    read_entry(rows, at.value, out);
    return ST_OK;
}

bool ordered_rows_begin(const OrderedRows *rows, uint64_t group, OrderedRow *out)
{
    if (!sorted_map_begin(&rows->map, group, &out->cursor))
        return false;
    read_entry(rows, out->cursor.value, out);
    return true;
}

bool ordered_rows_next(const OrderedRows *rows, OrderedRow *row)
{
    if (!sorted_map_next(&rows->map, &row->cursor))
        return false;
    read_entry(rows, row->cursor.value, row);
    return true;
}

bool ordered_rows_last(const OrderedRows *rows, uint64_t group, OrderedRow *out)
{
    if (!sorted_map_end(&rows->map, group, &out->cursor))
        return false;
    read_entry(rows, out->cursor.value, out);
    return true;
}

Status ordered_rows_find(OrderedRows *rows, uint64_t group, const Batch *batch, uint32_t row,
                         bool *found, OrderedRow *out)
{
    Text key;
    *found = false;
    TRY(ordered_rows_key(rows, batch, row, &key));
    uint32_t key_size = key.size;
    append_row(rows, 0, batch, row);
    TRY(strbuf_status(&rows->entry));
    key = (Text){rows->entry.ptr, key_size};
    Text cells = {key.ptr + key_size + NUMBER_BYTES,
                  (uint32_t)rows->entry.size - key_size - NUMBER_BYTES - TAIL_BYTES};
    bool more = seek(rows, group, key, out);
    while (more && text_equal(out->key, key) && !*found) {
        *found = text_equal(out->row, cells);
        more = *found || ordered_rows_next(rows, out);
    }
    return ST_OK;
}

/* The entries of equal keys stand in the order of their numbers. */
Status ordered_rows_at(OrderedRows *rows, uint64_t group, Text key, uint64_t number, bool *found,
                       OrderedRow *out)
{
    uint64_t bytes = htobe64(number);
    strbuf_clear(&rows->entry);
    strbuf_text(&rows->entry, key);
    strbuf_put(&rows->entry, &bytes, sizeof bytes);
    TRY(strbuf_status(&rows->entry));
    *found = seek(rows, group, strbuf_as_text(&rows->entry), out) && out->number == number &&
             text_equal(out->key, key);
    return ST_OK;
}

void ordered_rows_clear(OrderedRows *rows, uint64_t group)
{
    sorted_map_clear(&rows->map, group);
}
