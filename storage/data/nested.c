#include "storage/data/nested.h"

#include <assert.h>

enum { FIRST_ELEMENTS = 64 };

Status column_make_header(Arena *arena, const Type *type, uint32_t rows, Column *out)
{
    assert(type_is_nested(type));
    TRY(column_make(arena, PHYS_NESTED, rows, out));
    Nested *nested = out->data.nested;
    nested->children = type->children;
    TRY_NEW_ARRAY(nested->child, arena, type->children);
    if (type->id != TYPE_ROW)
        TRY_NEW_ARRAY(nested->list, arena, rows);
    return ST_OK;
}

/* Recursion is as deep as the type is nested. */
Status column_make_typed(Arena *arena, const Type *type, uint32_t rows, Column *out)
{
    if (!type_is_nested(type)) {
        TRY(column_make(arena, type_phys((TypeId)type->id), rows, out));
        return column_need_valid(arena, out, rows);
    }
    TRY(column_make_header(arena, type, rows, out));
    TRY(column_need_valid(arena, out, rows));
    uint32_t cells = type->id == TYPE_ROW ? rows : 0;
    for (uint32_t i = 0; i < type->children; i++)
        TRY(column_make_typed(arena, &type->child[i].type, cells, &out->data.nested->child[i]));
    return ST_OK;
}

/* --- growing --- */

static Status grow_array(Arena *arena, void **item, size_t item_size, uint32_t used, uint32_t room)
{
    char *larger = arena_alloc_zeroed(arena, item_size * room);
    if (larger == NULL)
        return ST_NOMEM;
    if (used > 0)
        memcpy(larger, *item, item_size * used);
    *item = larger;
    return ST_OK;
}

static Status grow_column(Arena *arena, Column *column, uint32_t used, uint32_t room)
{
    uint64_t *valid;
    TRY_NEW_ARRAY(valid, arena, bits_words(room));
    bits_fill(valid, room, true);
    for (uint32_t w = 0; w < used / 64; w++)
        valid[w] = column->valid[w];
    for (uint32_t i = used & ~UINT32_C(63); i < used; i++)
        bit_put(valid, i, bit_get(column->valid, i));
    column->valid = valid;
    if (column->phys != PHYS_NESTED)
        return grow_array(arena, &column->data.any, phys_size(column->phys), used, room);
    Nested *nested = column->data.nested;
    if (nested->list != NULL) {
        void *list = nested->list;
        TRY(grow_array(arena, &list, sizeof *nested->list, used, room));
        nested->list = list;
        return ST_OK;
    }
    for (uint32_t i = 0; i < nested->children; i++)
        TRY(grow_column(arena, &nested->child[i], used, room));
    return ST_OK;
}

Status nested_add_elements(Arena *arena, Nested *nested, uint32_t row, uint32_t count,
                           uint32_t *first)
{
    assert(nested->list != NULL);
    if (count > NESTED_MAX_ELEMENTS - nested->used)
        return ST_NOMEM;
    uint32_t wanted = nested->used + count;
    if (wanted > nested->room) {
        uint32_t room = nested->room < FIRST_ELEMENTS ? FIRST_ELEMENTS : nested->room * 2;
        if (room < wanted)
            room = wanted;
        for (uint32_t i = 0; i < nested->children; i++)
            TRY(grow_column(arena, &nested->child[i], nested->used, room));
        nested->room = room;
    }
    *first = nested->used;
    nested->list[row] = (Elements){nested->used, count};
    nested->used = wanted;
    return ST_OK;
}

/* --- gathering --- */

#define GATHER(member)                                                                             \
    for (uint32_t i = 0; i < count; i++) {                                                         \
        if (row[i] != CELL_NONE)                                                                   \
            out->data.member[i] = from->data.member[row[i] & mask];                                \
    }

/* The cells tell which elements are theirs, so the elements are shared; a ROW's fields lie in
 * cells of their own and are gathered each. Recursion is as deep as the type is nested. */
static Status gather_nested(Arena *arena, const Column *from, const uint32_t *row, uint32_t count,
                            Nested *out)
{
    const Nested *nested = from->data.nested;
    uint32_t mask = from->constant ? 0 : UINT32_MAX;
    out->children = nested->children;
    out->child = nested->child;
    if (nested->list != NULL) {
        TRY_NEW_ARRAY(out->list, arena, count);
        for (uint32_t i = 0; i < count; i++) {
            if (row[i] != CELL_NONE)
                out->list[i] = nested->list[row[i] & mask];
        }
        return ST_OK;
    }
    if (from->constant) { /* one row, whatever the fields' own columns are */
        uint32_t *first;
        TRY_NEW_ARRAY(first, arena, count);
        for (uint32_t i = 0; i < count; i++)
            first[i] = row[i] == CELL_NONE ? CELL_NONE : 0;
        row = first;
    }
    TRY_NEW_ARRAY(out->child, arena, nested->children);
    for (uint32_t i = 0; i < nested->children; i++)
        TRY(column_gather(arena, &nested->child[i], row, count, &out->child[i]));
    return ST_OK;
}

Status column_gather(Arena *arena, const Column *from, const uint32_t *row, uint32_t count,
                     Column *out)
{
    uint32_t mask = from->constant ? 0 : UINT32_MAX;
    TRY(column_make(arena, from->phys, count, out));
    TRY(column_need_valid(arena, out, count));
    for (uint32_t i = 0; i < count; i++) {
        if (row[i] == CELL_NONE || column_is_null(from, row[i]))
            bit_clear(out->valid, i);
    }
    switch (from->phys) {
    case PHYS_BOOL: GATHER(b); break;
    case PHYS_I64: GATHER(i64); break;
    case PHYS_F64: GATHER(f64); break;
    case PHYS_I128: GATHER(i128); break;
    case PHYS_STR: GATHER(str); break;
    case PHYS_NESTED: return gather_nested(arena, from, row, count, out->data.nested);
    }
    return ST_OK;
}

void column_drop_elements(Column *column, uint32_t rows)
{
    if (column->phys != PHYS_NESTED)
        return;
    Nested *nested = column->data.nested;
    nested->used = nested->room = 0;
    if (nested->list != NULL) {
        memset(nested->list, 0, rows * sizeof *nested->list);
        rows = 0;
    }
    for (uint32_t i = 0; i < nested->children; i++)
        column_drop_elements(&nested->child[i], rows);
}

/* --- equality --- */

static bool doubles_same(double a, double b)
{
    return a == b || (a != a && b != b);
}

bool cells_same(const Column *a, uint32_t a_row, const Column *b, uint32_t b_row)
{
    bool a_null = column_is_null(a, a_row), b_null = column_is_null(b, b_row);
    if (a_null || b_null)
        return a_null == b_null;
    uint32_t x = column_index(a, a_row), y = column_index(b, b_row);
    assert(a->phys == b->phys);
    switch (a->phys) {
    case PHYS_BOOL: return a->data.b[x] == b->data.b[y];
    case PHYS_I64: return a->data.i64[x] == b->data.i64[y];
    case PHYS_F64: return doubles_same(a->data.f64[x], b->data.f64[y]);
    case PHYS_I128: return a->data.i128[x] == b->data.i128[y];
    case PHYS_STR: return str_equal(&a->data.str[x], &b->data.str[y]);
    case PHYS_NESTED: return nested_equal(a, x, b, y);
    }
    return false;
}

/* Keys are all different, so each entry of one is sought in the other; maps are short. */
static bool maps_equal(const Nested *a, Elements x, const Nested *b, Elements y)
{
    for (uint32_t i = 0; i < x.count; i++) {
        uint32_t j = 0;
        while (j < y.count && !cells_same(&a->child[0], x.start + i, &b->child[0], y.start + j))
            j++;
        if (j == y.count || !cells_same(&a->child[1], x.start + i, &b->child[1], y.start + j))
            return false;
    }
    return true;
}

/* Recursion is as deep as the type is nested. */
bool nested_equal(const Column *a, uint32_t a_row, const Column *b, uint32_t b_row)
{
    uint32_t x = column_index(a, a_row), y = column_index(b, b_row);
    const Nested *left = a->data.nested, *right = b->data.nested;
    assert(left->children == right->children && (left->list == NULL) == (right->list == NULL));
    uint32_t count = 1;
    if (left->list != NULL) {
        count = left->list[x].count;
        if (right->list[y].count != count)
            return false;
        if (left->children == 2)
            return maps_equal(left, left->list[x], right, right->list[y]);
        x = left->list[x].start;
        y = right->list[y].start;
    }
    for (uint32_t c = 0; c < left->children; c++) {
        for (uint32_t i = 0; i < count; i++) {
            if (!cells_same(&left->child[c], x + i, &right->child[c], y + i))
                return false;
        }
    }
    return true;
}

/* --- keys that are NULL --- */

/* Recursion is as deep as the type is nested. */
bool cell_has_null_key(const Type *type, const Column *column, uint32_t row)
{
    if (!type_is_nested(type) || column_is_null(column, row))
        return false;
    const Nested *nested = column->data.nested;
    uint32_t at = column_index(column, row);
    Elements cell = nested->list == NULL ? (Elements){at, 1} : nested->list[at];
    for (uint32_t c = 0; c < nested->children; c++) {
        for (uint32_t i = 0; i < cell.count; i++) {
            bool key = type->id == TYPE_MAP && c == 0;
            if (key && column_is_null(&nested->child[c], cell.start + i))
                return true;
            if (cell_has_null_key(&type->child[c].type, &nested->child[c], cell.start + i))
                return true;
        }
    }
    return false;
}
