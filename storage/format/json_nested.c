/* JSON into nested cells. The token's bytes were scanned with their record and are sound, so
 * nothing here can meet broken JSON; what it can meet is a value that does not fit its type.
 *
 * As in Flink, json.ignore-parse-errors makes the innermost part NULL that cannot be taken, and
 * json.fail-on-missing-field holds for the fields of ROWs. */
#include <assert.h>
#include <stdio.h>

#include "storage/data/cell_set.h"
#include "storage/format/json.h"

/* What all levels of one cell share. */
typedef struct Cell {
    const JsonDecoder *decoder;
    Arena *arena;
    const char *reason; /* of CELL_BAD */
    Text part;          /* which part is bad, from the value on that is being taken */
} Cell;

static CellResult put_value(Cell *cell, const JsonToken *token, const Type *type, JsonToken *room,
                            Column *to, uint32_t row);

static CellResult bad(Cell *cell, const char *reason)
{
    cell->reason = reason;
    return CELL_BAD;
}

static CellResult put_null(Cell *cell, const Type *type, Column *to, uint32_t row)
{
    if (!type->nullable)
        return bad(cell, "NULL for a NOT NULL part");
    bit_clear(to->valid, row);
    return CELL_OK;
}

/* A part that could not be taken: says where, or makes it NULL. */
static CellResult spoil(Cell *cell, CellResult result, const Type *type, Column *to, uint32_t row)
{
    if (result == CELL_NULL || (result == CELL_BAD && cell->decoder->ignore_errors))
        return put_null(cell, type, to, row);
    return result;
}

/* A value that is bad is bad within what holds it: `before` is how one comes to it from there. */
static CellResult put_before(Cell *cell, CellResult result, const char *open, Text name,
                             const char *close)
{
    enum { NAME_SHOWN = 100 };
    if (result != CELL_BAD)
        return result;
    bool cut = name.size > NAME_SHOWN;
    name.size = cut ? NAME_SHOWN : name.size;
    while (cut && (name.ptr[name.size] & 0xC0) == 0x80) /* between code points */
        name.size--;
    if (arena_printf(cell->arena, &cell->part, "%s%.*s%s%s%.*s", open, TEXT_ARG(name),
                     cut ? "..." : "", close, TEXT_ARG(cell->part)) != ST_OK)
        return CELL_NOMEM;
    return CELL_BAD;
}

static CellResult in_element(Cell *cell, CellResult result, uint32_t number)
{
    char digits[16];
    int size = snprintf(digits, sizeof digits, "%u", number);
    return put_before(cell, result, "[", (Text){digits, (uint32_t)size}, "]");
}

/* --- what stands in objects and arrays --- */

/* The next value at *p, which is behind an opening bracket or a value; false at the closing one. */
static bool next_value(const char **p, const char *end, JsonToken *key, JsonToken *value)
{
    JsonFault fault;
    const char *at = json_skip_space(*p, end);
    if (*at == ',')
        at = json_skip_space(at + 1, end);
    if (*at == '}' || *at == ']')
        return false;
    if (key != NULL) {
        at = json_skip_space(json_scan_string(at, end, key, &fault), end);
        assert(*at == ':');
        at = json_skip_space(at + 1, end);
    }
    *p = json_scan_value(at, end, 1, value, &fault);
    assert(*p != NULL);
    return true;
}

static CellResult key_text(Arena *arena, const JsonToken *key, Text *out)
{
    *out = (Text){key->ptr, key->size};
    if (!key->escaped)
        return CELL_OK;
    char *copy = arena_alloc(arena, (size_t)key->size + 1);
    if (copy == NULL)
        return CELL_NOMEM;
    *out = (Text){copy, json_unescape(key->ptr, key->size, copy)};
    return CELL_OK;
}

/* --- ROW --- */

/* Fields often come in the order of the type, so the one after the last found is tried first. */
static uint32_t find_field(const Type *type, Text name, uint32_t expected)
{
    if (expected < type->children && text_equal(type->child[expected].name, name))
        return expected;
    uint32_t index = 0;
    while (index < type->children && !text_equal(type->child[index].name, name))
        index++;
    return index;
}

static CellResult put_field(Cell *cell, const JsonToken *token, const TypeField *field,
                            JsonToken *room, Column *to, uint32_t row)
{
    CellResult result;
    if (token->kind != JSON_MISSING)
        result = put_value(cell, token, &field->type, room, to, row);
    else if (cell->decoder->fail_on_missing)
        result = bad(cell, "the field is missing");
    else
        result = put_null(cell, &field->type, to, row);
    return put_before(cell, result, ".", field->name, "");
}

CellResult json_find_fields(const JsonToken *object, const Type *row, Arena *arena, JsonToken *out)
{
    const char *p = object->ptr + 1, *end = object->ptr + object->size;
    JsonToken key, value;
    uint32_t expected = 0;
    for (uint32_t i = 0; i < row->children; i++)
        out[i].kind = JSON_MISSING;
    while (next_value(&p, end, &key, &value)) {
        Text name;
        if (key_text(arena, &key, &name) != CELL_OK)
            return CELL_NOMEM;
        uint32_t index = find_field(row, name, expected);
        if (index == row->children)
            continue;
        out[index] = value; /* the last one of a name counts */
        expected = index + 1;
    }
    return CELL_OK;
}

static CellResult put_row(Cell *cell, const JsonToken *token, const Type *type, JsonToken *room,
                          Nested *to, uint32_t row)
{
    if (token->kind != JSON_OBJECT)
        return bad(cell, "not an object");
    if (json_find_fields(token, type, cell->arena, room) != CELL_OK)
        return CELL_NOMEM;
    for (uint32_t i = 0; i < type->children; i++) {
        if (type->child[i].type.unread) {
            bit_clear(to->child[i].valid, row);
            continue;
        }
        CellResult result =
            put_field(cell, &room[i], &type->child[i], room + type->children, &to->child[i], row);
        if (result != CELL_OK)
            return result;
    }
    return CELL_OK;
}

/* --- ARRAY --- */

static CellResult put_array(Cell *cell, const JsonToken *token, const Type *type, JsonToken *room,
                            Nested *to, uint32_t row)
{
    if (token->kind != JSON_ARRAY)
        return bad(cell, "not an array");
    const char *p = token->ptr + 1, *end = token->ptr + token->size;
    JsonToken value;
    uint32_t start = to->used, count = 0;
    for (; next_value(&p, end, NULL, &value); count++) {
        uint32_t at;
        if (nested_add_elements(cell->arena, to, row, 1, &at) != ST_OK)
            return CELL_NOMEM;
        CellResult result = put_value(cell, &value, &type->child[0].type, room, to->child, at);
        if (result != CELL_OK)
            return in_element(cell, result, count + 1);
    }
    to->list[row] = (Elements){start, count};
    return CELL_OK;
}

/* --- MAP, MULTISET --- */

/* The entry of the key: a new one, or the one that is there, as the last value of a key counts. */
static CellResult find_entry(Cell *cell, Text key, CellSet *keys, Nested *to, uint32_t row,
                             uint32_t *at)
{
    Str str = str_of_text(key);
    const Column sought = {.phys = PHYS_STR, .constant = true, .data.str = &str};
    *at = cell_set_find(keys, &sought, 0);
    if (*at != CELL_NONE)
        return CELL_OK;
    if (nested_add_elements(cell->arena, to, row, 1, at) != ST_OK)
        return CELL_NOMEM;
    to->child[0].data.str[*at] = str;
    return cell_set_add(keys, *at) == ST_OK ? CELL_OK : CELL_NOMEM;
}

static CellResult put_map(Cell *cell, const JsonToken *token, const Type *type, JsonToken *room,
                          Nested *to, uint32_t row)
{
    if (token->kind != JSON_OBJECT)
        return bad(cell, "not an object");
    const char *p = token->ptr + 1, *end = token->ptr + token->size;
    JsonToken key, value;
    uint32_t start = to->used, at;
    CellSet keys;
    cell_set_init(&keys, cell->arena, &to->child[0]);
    while (next_value(&p, end, &key, &value)) {
        Text name;
        if (key_text(cell->arena, &key, &name) != CELL_OK ||
            find_entry(cell, name, &keys, to, row, &at) != CELL_OK)
            return CELL_NOMEM;
        CellResult result = put_value(cell, &value, &type->child[1].type, room, &to->child[1], at);
        if (result != CELL_OK)
            return put_before(cell, result, "['", name, "']");
    }
    to->list[row] = (Elements){start, to->used - start};
    return CELL_OK;
}

/* --- any value --- */

/* Recursion is as deep as the type is nested. `room` has a token for each part of the type. */
static CellResult put_value(Cell *cell, const JsonToken *token, const Type *type, JsonToken *room,
                            Column *to, uint32_t row)
{
    CellResult result;
    TimestampMemo memo = {0};
    if (token->kind == JSON_NULL)
        return put_null(cell, type, to, row);
    bit_set(to->valid, row); /* what the row held before may have been NULL */
    if (type->id == TYPE_ROW)
        result = put_row(cell, token, type, room, to->data.nested, row);
    else if (type->id == TYPE_ARRAY)
        result = put_array(cell, token, type, room, to->data.nested, row);
    else if (type_is_nested(type))
        result = put_map(cell, token, type, room, to->data.nested, row);
    else
        result =
            json_scalar_put(cell->decoder, token, type, &memo, to, row, cell->arena, &cell->reason);
    return result == CELL_OK ? CELL_OK : spoil(cell, result, type, to, row);
}

CellResult json_nested_put(const JsonDecoder *decoder, const JsonToken *token, const Type *type,
                           JsonToken *room, Column *to, uint32_t row, Arena *arena, Text *part,
                           const char **reason)
{
    Cell cell = {.decoder = decoder, .arena = arena};
    CellResult result = put_value(&cell, token, type, room, to, row);
    *part = cell.part;
    *reason = cell.reason;
    return result;
}
