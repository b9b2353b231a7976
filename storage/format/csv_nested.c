/* ARRAY and ROW in csv: the parts stand in one field, with a delimiter of their own between them
 * that nothing can take the meaning from. Parts are flat. As in Flink an empty field is an empty
 * ARRAY and a ROW that is NULL, the literal for NULL holds for parts alone, a ROW may have parts
 * behind its last field, and csv.ignore-parse-errors makes NULL what is missing or cannot be taken.
 */
#include "storage/data/nested.h"
#include "storage/format/csv.h"

/* What the parts of one field share. */
typedef struct Cell {
    const CsvSyntax *syntax;
    const TextSyntax *text;
    bool ignore_errors;
    Arena *arena;
    const char **reason;
} Cell;

static CellResult bad(const Cell *cell, const char *reason)
{
    *cell->reason = reason;
    return CELL_BAD;
}

static CellResult put_null(const Cell *cell, const Type *type, Column *to, uint32_t row)
{
    if (!type->nullable)
        return bad(cell, "NULL for a NOT NULL part");
    bit_clear(to->valid, row);
    return CELL_OK;
}

static CellResult put_part(const Cell *cell, Text text, const Type *type, Column *to, uint32_t row)
{
    TimestampMemo memo = {0};
    const CsvSyntax *syntax = cell->syntax;
    bit_set(to->valid, row); /* what the row held before may have been NULL */
    if (syntax->has_null && text_equal(text, syntax->null_literal))
        return put_null(cell, type, to, row);
    CellResult result =
        text_cell_take(text, type, cell->text, &memo, to, row, cell->arena, cell->reason);
    if (result == CELL_NULL || (result == CELL_BAD && cell->ignore_errors))
        return put_null(cell, type, to, row);
    return result;
}

/* The next part of *rest; false behind the last one. */
static bool next_part(const CsvSyntax *syntax, Text *rest, Text *part)
{
    if (rest->ptr == NULL)
        return false;
    const char *end = memchr(rest->ptr, syntax->element_delimiter, rest->size);
    *part = *rest;
    if (end == NULL) {
        rest->ptr = NULL;
        return true;
    }
    part->size = (uint32_t)(end - rest->ptr);
    *rest = (Text){end + 1, rest->size - part->size - 1};
    return true;
}

static CellResult name_part(const Cell *cell, CellResult result, const TypeField *field,
                            uint32_t number, Text *out)
{
    if (result != CELL_BAD)
        return result;
    Status status = field != NULL ? arena_printf(cell->arena, out, ".%.*s", TEXT_ARG(field->name))
                                  : arena_printf(cell->arena, out, "[%u]", number);
    return status == ST_OK ? CELL_BAD : CELL_NOMEM;
}

static CellResult put_array(const Cell *cell, Text text, const Type *type, Nested *to, uint32_t row,
                            Text *bad_part)
{
    Text part;
    uint32_t start = to->used, count = 0, at;
    if (text.size == 0)
        text.ptr = NULL;
    for (; next_part(cell->syntax, &text, &part); count++) {
        if (nested_add_elements(cell->arena, to, row, 1, &at) != ST_OK)
            return CELL_NOMEM;
        CellResult result = put_part(cell, part, &type->child[0].type, to->child, at);
        if (result != CELL_OK)
            return name_part(cell, result, NULL, count + 1, bad_part);
    }
    to->list[row] = (Elements){start, count};
    return CELL_OK;
}

static CellResult put_row(const Cell *cell, Text text, const Type *type, Nested *to, uint32_t row,
                          Text *bad_part)
{
    Text part;
    if (text.size == 0)
        return CELL_NULL;
    for (uint32_t i = 0; i < type->children; i++) {
        const TypeField *field = &type->child[i];
        CellResult result;
        if (next_part(cell->syntax, &text, &part))
            result = put_part(cell, part, &field->type, &to->child[i], row);
        else if (cell->ignore_errors)
            result = put_null(cell, &field->type, &to->child[i], row);
        else
            return bad(cell, "fewer parts than the ROW has fields");
        if (result != CELL_OK)
            return name_part(cell, result, field, 0, bad_part);
    }
    return CELL_OK;
}

CellResult csv_nested_take(const CsvSyntax *syntax, bool ignore_errors, Text text, const Type *type,
                           const TextSyntax *text_syntax, Column *to, uint32_t row, Arena *arena,
                           Text *bad_part, const char **reason)
{
    Cell cell = {syntax, text_syntax, ignore_errors, arena, reason};
    *bad_part = TEXT_NONE;
    bit_set(to->valid, row);
    return type->id == TYPE_ROW ? put_row(&cell, text, type, to->data.nested, row, bad_part)
                                : put_array(&cell, text, type, to->data.nested, row, bad_part);
}
