#include "executor/function/value_list.h"

#include <stdlib.h>

#include "executor/function/kernel_text.h"
#include "storage/base/hash.h"
#include "storage/data/nested.h"
#include "storage/data/row_codec.h"

/* A place in the list: the row's arrival above, where its bytes are below, so that the list is in
 * the order of arrival. A place in the index: the hash of its key above, its arrival below. */
static Int128 pair_of(uint64_t high, uint64_t low)
{
    return (Int128)high * ((Int128)1 << 64) + low; /* high < 2^63 */
}

static uint64_t pair_high(const uint64_t *pair)
{
    return pair[1];
}

static Status adjust(SortedMap *map, uint64_t group, Int128 pair, int64_t change)
{
    uint64_t words[2];
    memcpy(words, &pair, sizeof words);
    return sorted_map_adjust(map, group, words, change);
}

static bool seek(const SortedMap *map, uint64_t group, Int128 pair, SortedCursor *at)
{
    uint64_t words[2];
    memcpy(words, &pair, sizeof words);
    return sorted_map_seek(map, group, words, at);
}

/* --- bytes of rows --- */

/* In the list's heap: the number of bytes, then the row as row_encode writes it. */
typedef struct Coder {
    RowLayout layout, key; /* all columns, and those by which rows are found */
    Type type[AGGREGATE_MAX_COLUMNS];
    uint32_t column[AGGREGATE_MAX_COLUMNS];
    Column cell[AGGREGATE_MAX_COLUMNS];
    StrBuf row, found_by;
} Coder;

static void coder_open(Coder *coder, const AggregateEnv *env, const Column *const *arg,
                       const ListForm *form)
{
    *coder = (Coder){0};
    for (uint32_t i = 0; i < env->arguments; i++) {
        coder->type[i] = type_with_null(*env->argument[i], true);
        coder->column[i] = i;
        if (arg != NULL)
            coder->cell[i] = *arg[i];
    }
    coder->layout = coder->key = (RowLayout){env->arguments, coder->type, coder->column};
    if (form->key >= 0)
        coder->key = (RowLayout){1, coder->type + form->key, coder->column + form->key};
    strbuf_init(&coder->row, NULL);
    strbuf_init(&coder->found_by, NULL);
}

static void coder_close(Coder *coder)
{
    strbuf_close(&coder->row);
    strbuf_close(&coder->found_by);
}

/* The row's bytes, in front of them room for their number. */
static Status encode(Coder *coder, uint32_t row, Text *out)
{
    strbuf_clear(&coder->row);
    strbuf_put(&coder->row, &(uint32_t){0}, sizeof(uint32_t));
    row_encode(&coder->layout, coder->cell, row, &coder->row);
    TRY(strbuf_status(&coder->row));
    *out = strbuf_as_text(&coder->row);
    uint32_t size = out->size - (uint32_t)sizeof size;
    memcpy((char *)(uintptr_t)out->ptr, &size, sizeof size);
    return ST_OK;
}

static Status hash_key(const AggregateEnv *env, Coder *coder, const Column *cell, uint32_t row,
                       uint64_t *out)
{
    strbuf_clear(&coder->found_by);
    row_encode(&coder->key, cell, row, &coder->found_by);
    TRY(strbuf_status(&coder->found_by));
    Text bytes = strbuf_as_text(&coder->found_by);
    *out = hash_bytes(bytes.ptr, bytes.size, env->seed) >> 1;
    return ST_OK;
}

static Text stored_bytes(const SortedMap *list, const uint64_t *value)
{
    const char *bytes = heap_get(&list->heap, value[0]);
    uint32_t size;
    memcpy(&size, bytes, sizeof size);
    return (Text){bytes, size + (uint32_t)sizeof size};
}

static Text row_bytes(Text stored)
{
    return (Text){stored.ptr + sizeof(uint32_t), stored.size - (uint32_t)sizeof(uint32_t)};
}

static Status read_cells(const AggregateEnv *env, const RowLayout *layout, Text stored,
                         Column *column)
{
    for (uint32_t i = 0; i < layout->count; i++)
        column_drop_elements(&column[layout->column[i]], 1);
    return row_decode(layout, row_bytes(stored), column, 0, env->scratch);
}

/* --- adding and removing --- */

static Status insert(const AggregateEnv *env, uint32_t entry, uint64_t arrival, Text bytes,
                     uint64_t hash)
{
    HeapRef ref;
    TRY(heap_put(&env->list->heap, bytes.ptr, bytes.size, &ref));
    Status status = adjust(env->list, entry, pair_of(arrival, ref), 1);
    if (status != ST_OK) {
        heap_free(&env->list->heap, ref, bytes.size);
        return status;
    }
    if ((env->flags & AGG_INDEXED) == 0)
        return ST_OK;
    return adjust(env->index, entry, pair_of(hash, arrival), 1);
}

static Status take_out(const AggregateEnv *env, uint32_t entry, const uint64_t *value,
                       uint64_t hash)
{
    uint64_t held[2] = {value[0], value[1]};
    Text bytes = stored_bytes(env->list, held);
    TRY(sorted_map_adjust(env->list, entry, held, -1));
    heap_free(&env->list->heap, held[0], bytes.size);
    return adjust(env->index, entry, pair_of(hash, pair_high(held)), -1);
}

/* The oldest row in the list whose bytes are those, or whose key is that of the coder's cells at
 * `row` when bytes is empty; NULL: there is none. */
static Status find(const AggregateEnv *env, Coder *coder, uint32_t entry, uint64_t hash, Text bytes,
                   const uint64_t **out)
{
    SortedCursor at, in_list;
    *out = NULL;
    for (bool more = seek(env->index, entry, pair_of(hash, 0), &at);
         more && pair_high(at.value) == hash; more = sorted_map_next(env->index, &at)) {
        bool there = seek(env->list, entry, pair_of(at.value[0], 0), &in_list);
        if (!there || pair_high(in_list.value) != at.value[0])
            return ST_STATE; /* the two containers do not fit: the file is damaged */
        Text stored = stored_bytes(env->list, in_list.value);
        if (bytes.size > 0 && !text_equal(bytes, stored))
            continue;
        if (bytes.size == 0) {
            ListRow row;
            StrBuf key = coder->found_by;
            bool same;
            TRY(list_row_make(env, &row));
            TRY(read_cells(env, &coder->layout, stored, row.column));
            strbuf_init(&coder->found_by, NULL);
            row_encode(&coder->key, row.column, 0, &coder->found_by);
            same = text_equal(strbuf_as_text(&key), strbuf_as_text(&coder->found_by));
            Status status = strbuf_status(&coder->found_by);
            strbuf_close(&coder->found_by);
            coder->found_by = key;
            TRY(status);
            if (!same)
                continue;
        }
        *out = in_list.value;
        return ST_OK;
    }
    return ST_OK;
}

static bool is_passed_over(const AggregateEnv *env, const Column *const *arg, uint32_t row,
                           const ListForm *form)
{
    for (uint32_t i = 0; i < env->arguments; i++) {
        if ((form->required >> i & 1) != 0 && column_is_null(arg[i], row))
            return true;
    }
    return false;
}

static Status add_row(const AggregateEnv *env, Coder *coder, uint32_t entry, uint64_t arrival,
                      uint32_t row, const ListForm *form)
{
    Text bytes;
    uint64_t hash = 0;
    if ((env->flags & AGG_INDEXED) != 0)
        TRY(hash_key(env, coder, coder->cell, row, &hash));
    if (form->replaces) {
        const uint64_t *held;
        TRY(find(env, coder, entry, hash, (Text){0}, &held));
        if (held != NULL && pair_high(held) > arrival)
            return ST_OK;
        if (held != NULL)
            TRY(take_out(env, entry, held, hash));
    }
    TRY(encode(coder, row, &bytes));
    return insert(env, entry, arrival, bytes, hash);
}

/* *removed: the row was there. */
static Status remove_row(const AggregateEnv *env, Coder *coder, uint32_t entry, uint32_t row,
                         bool *removed)
{
    const uint64_t *held;
    uint64_t hash;
    Text bytes;
    TRY(hash_key(env, coder, coder->cell, row, &hash));
    TRY(encode(coder, row, &bytes));
    TRY(find(env, coder, entry, hash, bytes, &held));
    *removed = held != NULL;
    return held == NULL ? ST_OK : take_out(env, entry, held, hash);
}

/* --- how long the text is --- */

uint64_t list_text_size(const AggregateEnv *env, const ListForm *form, const void *state)
{
    ListTextSize size = *(const ListTextSize *)state;
    uint32_t between = form->between_size(env);
    return size < between ? 0 : size - between;
}

bool list_is_too_long(const AggregateEnv *env, const ListForm *form, const void *state)
{
    return list_text_size(env, form, state) > STRING_MAX_BYTES;
}

static bool is_given_up(const AggregateEnv *env, const ListForm *form, const void *state)
{
    return form->text_size != NULL && (env->flags & AGG_INDEXED) == 0 &&
           list_is_too_long(env, form, state);
}

static ListTextSize size_of_row(const AggregateEnv *env, const Coder *coder, uint32_t row,
                                const ListForm *form)
{
    return form->text_size(env, &coder->cell[0], row) + form->between_size(env);
}

/* As add_row, of a list whose length is kept in `state` if its form says so. */
static Status take_row(const AggregateEnv *env, Coder *coder, uint32_t entry, void *state,
                       uint64_t arrival, uint32_t row, const ListForm *form)
{
    if (is_given_up(env, form, state))
        return ST_OK;
    TRY(add_row(env, coder, entry, arrival, row, form));
    if (form->text_size == NULL)
        return ST_OK;
    *(ListTextSize *)state += size_of_row(env, coder, row, form);
    if (is_given_up(env, form, state))
        list_drop(env, state, entry);
    return ST_OK;
}

static Status give_row_back(const AggregateEnv *env, Coder *coder, uint32_t entry, void *state,
                            uint32_t row, const ListForm *form)
{
    bool removed;
    TRY(remove_row(env, coder, entry, row, &removed));
    if (removed && form->text_size != NULL)
        *(ListTextSize *)state -= size_of_row(env, coder, row, form);
    return ST_OK;
}

/* --- rows of a batch --- */

Status list_add(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg,
                const ListForm *form)
{
    Coder coder;
    Status status = ST_OK;
    coder_open(&coder, env, arg, form);
    for (uint32_t i = 0; status == ST_OK && i < rows->count; i++) {
        if (!is_passed_over(env, arg, rows->row[i], form))
            status = take_row(env, &coder, rows->entry[i], aggregate_state(rows, i),
                              aggregate_arrival(rows, i), rows->row[i], form);
    }
    coder_close(&coder);
    return status;
}

Status list_retract(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg,
                    const ListForm *form)
{
    Coder coder;
    Status status = ST_OK;
    coder_open(&coder, env, arg, form);
    for (uint32_t i = 0; status == ST_OK && i < rows->count; i++) {
        if (!is_passed_over(env, arg, rows->row[i], form))
            status = give_row_back(env, &coder, rows->entry[i], aggregate_state(rows, i),
                                   rows->row[i], form);
    }
    coder_close(&coder);
    return status;
}

/* --- merging, forgetting --- */

static Status merge_group(const AggregateEnv *env, uint32_t entry, void *state,
                          const AggregateEnv *from_env, uint32_t from_entry, Coder *coder,
                          const ListForm *form)
{
    const SortedMap *from = from_env->list;
    SortedCursor at;
    ListRow row;
    TRY(list_row_make(env, &row));
    for (bool more = sorted_map_begin(from, from_entry, &at); more;
         more = sorted_map_next(from, &at)) {
        uint64_t value[2] = {at.value[0], at.value[1]};
        TRY(read_cells(env, &coder->layout, stored_bytes(from, value), row.column));
        memcpy(coder->cell, row.column, sizeof coder->cell);
        TRY(take_row(env, coder, entry, state, pair_high(value), 0, form));
        if (from == env->list && !sorted_map_seek(from, from_entry, value, &at))
            return ST_STATE; /* the row may stand elsewhere now, but it is there */
    }
    return ST_OK;
}

Status list_merge(const AggregateEnv *env, const AggregateRows *into, const AggregateEnv *from_env,
                  const AggregateRows *from, const ListForm *form)
{
    Coder coder;
    Status status = ST_OK;
    coder_open(&coder, env, NULL, form);
    for (uint32_t i = 0; status == ST_OK && i < into->count; i++) {
        void *state = aggregate_state(into, i);
        const void *from_state = aggregate_state(from, i);
        if (is_given_up(from_env, form, from_state)) {
            list_drop(env, state, into->entry[i]);
            *(ListTextSize *)state = *(const ListTextSize *)from_state;
            continue;
        }
        status = merge_group(env, into->entry[i], state, from_env, from->entry[i], &coder, form);
    }
    coder_close(&coder);
    return status;
}

void list_drop(const AggregateEnv *env, void *state, uint32_t entry)
{
    (void)state;
    SortedCursor at;
    for (bool more = sorted_map_begin(env->list, entry, &at); more;
         more = sorted_map_next(env->list, &at))
        heap_free(&env->list->heap, at.value[0], stored_bytes(env->list, at.value).size);
    sorted_map_clear(env->list, entry);
    if ((env->flags & AGG_INDEXED) != 0)
        sorted_map_clear(env->index, entry);
}

/* --- reading --- */

Status list_row_make(const AggregateEnv *env, ListRow *row)
{
    *row = (ListRow){0};
    for (uint32_t i = 0; i < env->arguments; i++)
        TRY(column_make_typed(env->scratch, env->argument[i], 1, &row->column[i]));
    return ST_OK;
}

Status list_read(const AggregateEnv *env, ListRow *row)
{
    Type type[AGGREGATE_MAX_COLUMNS];
    uint32_t column[AGGREGATE_MAX_COLUMNS];
    for (uint32_t i = 0; i < env->arguments; i++) {
        type[i] = type_with_null(*env->argument[i], true);
        column[i] = i;
    }
    RowLayout layout = {env->arguments, type, column};
    return read_cells(env, &layout, stored_bytes(env->list, row->at.value), row->column);
}

Status list_read_into(const AggregateEnv *env, ListRow *row, Column *out, uint32_t at)
{
    Type type = type_with_null(*env->argument[0], true);
    RowLayout layout = {1, &type, (uint32_t[]){0}};
    if (env->arguments > 1) {
        TRY(list_read(env, row));
        return column_copy_cell(env->scratch, out, at, &row->column[0], 0);
    }
    return row_decode(&layout, row_bytes(stored_bytes(env->list, row->at.value)), out, at,
                      env->scratch);
}

/* --- ORDER BY --- */

/* A row to be sorted: its keys as bytes, then its place among those that have the same. */
typedef struct SortRow {
    const char *key;
    uint32_t size, place;
    uint64_t value[2];
} SortRow;

static int compare_sort_rows(const void *a, const void *b)
{
    const SortRow *x = a, *y = b;
    int order = memcmp(x->key, y->key, x->size < y->size ? x->size : y->size);
    if (order == 0)
        order = (x->size > y->size) - (x->size < y->size);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static Status append_keys(const AggregateEnv *env, ListRow *row, StrBuf *keys, SortRow *out)
{
    size_t from = keys->size;
    TRY(list_read(env, row));
    for (uint32_t i = 0; i < env->orders; i++) {
        uint32_t column = env->order_column[i];
        rowkey_append_order(keys, env->argument[column], &row->column[column], 0,
                            env->order[i].descending, env->order[i].nulls_last);
    }
    TRY(strbuf_status(keys));
    if (keys->size - from > UINT32_MAX)
        return ST_NOMEM;
    out->size = (uint32_t)(keys->size - from);
    memcpy(out->value, row->at.value, sizeof out->value);
    return ST_OK;
}

static Status sort_rows(const AggregateEnv *env, uint32_t entry, ListRow *row, StrBuf *keys)
{
    ListOrder order = {0};
    SortRow *sort;
    uint32_t place = 0;
    for (bool more = list_first(env, entry, row); more; more = list_next(env, row))
        order.count++;
    TRY_NEW_ARRAY(sort, env->scratch, order.count + 1);
    TRY_NEW_ARRAY(order.value, env->scratch, order.count + 1);
    for (bool more = list_first(env, entry, row); more; more = list_next(env, row)) {
        sort[place].place = place;
        TRY(append_keys(env, row, keys, &sort[place++]));
    }
    const char *key = keys->ptr;
    for (uint32_t i = 0; i < order.count; key += sort[i++].size)
        sort[i].key = key;
    qsort(sort, order.count, sizeof *sort, compare_sort_rows);
    for (uint32_t i = 0; i < order.count; i++)
        memcpy(order.value[i], sort[i].value, sizeof sort[i].value);
    row->order = order;
    return ST_OK;
}

Status list_order(const AggregateEnv *env, uint32_t entry, ListRow *row)
{
    StrBuf keys;
    row->order = (ListOrder){0};
    if (env->orders == 0)
        return ST_OK;
    strbuf_init(&keys, NULL);
    Status status = sort_rows(env, entry, row, &keys);
    strbuf_close(&keys);
    return status;
}

/* --- going through a group --- */

bool list_first(const AggregateEnv *env, uint32_t entry, ListRow *row)
{
    row->order.next = 0;
    return row->order.value != NULL ? list_next(env, row)
                                    : sorted_map_begin(env->list, entry, &row->at);
}

bool list_next(const AggregateEnv *env, ListRow *row)
{
    ListOrder *order = &row->order;
    if (order->value == NULL)
        return sorted_map_next(env->list, &row->at);
    if (order->next == order->count)
        return false;
    row->at.value = order->value[order->next++];
    return true;
}

bool list_last(const AggregateEnv *env, uint32_t entry, ListRow *row)
{
    row->at.value = sorted_map_last(env->list, entry);
    return row->at.value != NULL;
}

Status list_find(const AggregateEnv *env, uint32_t entry, const Column *key, const ListForm *form,
                 ListRow *row, bool *found)
{
    Coder coder;
    uint64_t hash;
    coder_open(&coder, env, NULL, form);
    coder.cell[form->key] = *key;
    Status status = hash_key(env, &coder, coder.cell, 0, &hash);
    if (status == ST_OK)
        status = find(env, &coder, entry, hash, (Text){0}, &row->at.value);
    coder_close(&coder);
    *found = status == ST_OK && row->at.value != NULL;
    return status;
}
