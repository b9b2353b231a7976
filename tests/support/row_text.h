/* Batches from text, for tests: one line a row, a row kind and its cells:
 *     "+I 1|abc|NULL\n-D 2||12.50"
 * An empty cell is an empty text. Times as `2020-02-29 13:45:56.789`, binary and text as they are,
 * DOUBLE as strtod reads it (nan, inf, -0.0). A batch lives in the arena and borrows the text. */
#ifndef WEIR_TESTS_SUPPORT_ROW_TEXT_H
#define WEIR_TESTS_SUPPORT_ROW_TEXT_H

#include <assert.h>
#include <stdlib.h>

#include "storage/data/batch.h"
#include "storage/data/decimal.h"
#include "storage/data/nested.h"
#include "storage/data/schema.h"
#include "storage/data/timestamp.h"

static inline void row_text_put_time(const Type *type, Text cell, int64_t *out)
{
    bool good;
    if (type->id == TYPE_DATE)
        good = date_parse(cell, TIME_SYNTAX_SQL, out);
    else if (type->id == TYPE_TIME)
        good = time_parse(cell, TIME_SYNTAX_SQL, out);
    else
        good = timestamp_parse(cell, TIME_SYNTAX_SQL, false, out);
    assert(good);
}

/* One cell that is not NULL. */
static inline void row_text_put_cell(const Type *type, Text cell, Column *column, uint32_t row)
{
    char number[64];
    size_t size = cell.size < sizeof number ? cell.size : sizeof number - 1;
    memcpy(number, cell.ptr, size);
    number[size] = '\0';
    bool overflow;
    switch (column->phys) {
    case PHYS_BOOL: column->data.b[row] = text_is(cell, "true"); break;
    case PHYS_I64:
        if (type->id >= TYPE_DATE && type->id <= TYPE_TIMESTAMP_LTZ)
            row_text_put_time(type, cell, &column->data.i64[row]);
        else
            column->data.i64[row] = strtoll(number, NULL, 10);
        break;
    case PHYS_F64: column->data.f64[row] = strtod(number, NULL); break;
    case PHYS_I128:
        if (!decimal_parse(cell, type->precision, type->scale, &column->data.i128[row], &overflow))
            assert(false);
        break;
    case PHYS_STR: column->data.str[row] = str_view(cell.ptr, cell.size); break;
    case PHYS_NESTED: assert(false); break;
    }
}

static inline RowKind row_text_kind(const char *line)
{
    for (RowKind kind = ROW_INSERT; kind <= ROW_DELETE; kind++) {
        if (strncmp(line, row_kind_name(kind), 2) == 0)
            return kind;
    }
    assert(false);
    return ROW_INSERT;
}

/* Columns with validity bitmaps and room for BATCH_ROWS rows. */
static inline Column *row_text_columns(Arena *arena, const Schema *schema)
{
    Column *column = arena_alloc_zeroed(arena, schema->count * sizeof *column);
    assert(column != NULL);
    for (uint32_t i = 0; i < schema->count; i++) {
        Status made = column_make_typed(arena, &schema->field[i].type, BATCH_ROWS, &column[i]);
        assert(made == ST_OK);
    }
    return column;
}

static inline Batch row_text_batch(Arena *arena, const Schema *schema, const char *text)
{
    Column *column = row_text_columns(arena, schema);
    uint8_t *kind = arena_alloc(arena, BATCH_ROWS);
    assert(kind != NULL);
    uint16_t rows = 0;
    for (const char *line = text; *line != '\0'; rows++) {
        assert(rows < BATCH_ROWS);
        kind[rows] = (uint8_t)row_text_kind(line);
        const char *end = strchrnul(line, '\n'), *at = line + 3;
        for (uint32_t i = 0; i < schema->count; i++) {
            const char *stop = at;
            while (stop < end && *stop != '|')
                stop++;
            Text cell = {at, (uint32_t)(stop - at)};
            if (text_is(cell, "NULL"))
                bit_clear(column[i].valid, rows);
            else
                row_text_put_cell(&schema->field[i].type, cell, &column[i], rows);
            at = stop + 1;
        }
        assert(at == end + 1); /* as many cells as columns */
        line = *end == '\0' ? end : end + 1;
    }
    return (Batch){.rows = rows,
                   .selected = rows,
                   .kind = kind,
                   .columns = (uint16_t)schema->count,
                   .column = column,
                   .watermark_before = MICROS_MIN};
}

#endif
