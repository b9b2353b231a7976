#include "storage/connector/datagen.h"

#include <assert.h>
#include <stdio.h>

#include "storage/base/hash.h"
#include "storage/data/cell_set.h"
#include "storage/data/decimal.h"
#include "storage/data/nested.h"
#include "storage/data/timestamp.h"

/* The index-th random word of a cell. */
static uint64_t random_word(const DatagenField *field, uint64_t row, uint64_t index)
{
    return hash_u64(row + 1, hash_u64(index + 1, field->seed));
}

/* In [0, 1). */
static double random_unit(const DatagenField *field, uint64_t row, uint64_t index)
{
    return (double)(random_word(field, row, index) >> 11) * 0x1p-53;
}

/* In [0, below); by multiplication, whose bias is below 2^-64 times the range. */
static uint64_t random_below(const DatagenField *field, uint64_t row, uint64_t index,
                             uint64_t below)
{
    __extension__ typedef unsigned __int128 Wide;
    return (uint64_t)((Wide)random_word(field, row, index) * below >> 64);
}

static int64_t random_between(const DatagenField *field, uint64_t row, int64_t min, int64_t max)
{
    uint64_t range = (uint64_t)max - (uint64_t)min + 1; /* 0: all 64 bits */
    uint64_t above = range == 0 ? random_word(field, row, 0) : random_below(field, row, 0, range);
    return (int64_t)((uint64_t)min + above);
}

static Status put_text(const DatagenField *field, uint64_t row, Arena *arena, Str *cell)
{
    static const char digits[] = "0123456789abcdef";
    bool binary = type_is_binary(&field->type);
    uint32_t length = field->length, done = 0;
    if (field->vary_length && length > 1)
        length = 1 + (uint32_t)random_below(field, row, 0, length);
    char *text = arena_alloc(arena, (size_t)length + 1);
    if (text == NULL)
        return ST_NOMEM;
    for (uint64_t index = 1; done < length; index++) {
        uint64_t word = random_word(field, row, index);
        for (uint32_t i = 0; i < (binary ? 8 : 16) && done < length; i++, word >>= binary ? 8 : 4)
            text[done++] = binary ? (char)word : digits[word & 15];
    }
    *cell = str_view(text, length);
    return ST_OK;
}

static Status put_sequence(const DatagenField *field, uint64_t row, BatchBuilder *out,
                           uint32_t column)
{
    Column *cells = &out->column[column];
    int64_t value = field->start + (int64_t)row;
    char text[24];
    switch (cells->phys) {
    case PHYS_I64: cells->data.i64[out->rows] = value; return ST_OK;
    case PHYS_F64: cells->data.f64[out->rows] = (double)value; return ST_OK;
    case PHYS_I128:
        if (!decimal_rescale(value, 0, field->type.precision, field->type.scale,
                             &cells->data.i128[out->rows]))
            builder_set_null(out, column, out->rows);
        return ST_OK;
    case PHYS_STR: {
        int size = snprintf(text, sizeof text, "%lld", (long long)value);
        Str view = str_view(text, (uint32_t)size);
        return str_copy(&out->arena, &view, &cells->data.str[out->rows]);
    }
    case PHYS_BOOL:
    case PHYS_NESTED: break;
    }
    assert(false && "datagen_check refuses other types");
    return ST_OK;
}

/* Where the values go: cells of a column, and what is behind them. */
typedef struct Target {
    Column *cells;
    Arena *arena;
    uint32_t at;
} Target;

static Status put_any(const DatagenField *field, uint64_t row, Micros now, Target to);

static Status put_row(const DatagenField *field, uint64_t row, Micros now, Target to)
{
    Column *child = to.cells->data.nested->child;
    for (uint32_t i = 0; i < field->parts; i++)
        TRY(put_any(&field->part[i], row, now, (Target){&child[i], to.arena, to.at}));
    return ST_OK;
}

/* Elements have numbers of their own, which take the place of the row's. */
static uint64_t element_number(const DatagenField *field, uint64_t row, uint32_t element)
{
    return hash_u64(element + 1, hash_u64(row + 1, field->seed));
}

static Status put_array(const DatagenField *field, uint64_t row, Micros now, Target to)
{
    Nested *nested = to.cells->data.nested;
    uint32_t first;
    TRY(nested_add_elements(to.arena, nested, to.at, field->length, &first));
    for (uint32_t i = 0; i < field->length; i++)
        TRY(put_any(field->part, element_number(field, row, i), now,
                    (Target){nested->child, to.arena, first + i}));
    return ST_OK;
}

/* Of equal keys the first is kept: a MAP may so have fewer entries than are wanted. A MULTISET
 * counts them. */
static Status put_entries(const DatagenField *field, uint64_t row, Micros now, Target to)
{
    Nested *nested = to.cells->data.nested;
    bool counts = field->type.id == TYPE_MULTISET;
    CellSet keys;
    uint32_t first, used = 0;
    TRY(nested_add_elements(to.arena, nested, to.at, field->length, &first));
    cell_set_init(&keys, to.arena, &nested->child[0]);
    for (uint32_t i = 0; i < field->length; i++) {
        uint64_t number = element_number(field, row, i);
        uint32_t at = first + used;
        TRY(put_any(&field->part[0], number, now, (Target){&nested->child[0], to.arena, at}));
        uint32_t seen = cell_set_find(&keys, &nested->child[0], at);
        if (seen != CELL_NONE && counts)
            nested->child[1].data.i64[seen]++;
        if (seen != CELL_NONE)
            continue;
        TRY(cell_set_add(&keys, at));
        used++;
        if (counts)
            nested->child[1].data.i64[at] = 1;
        else
            TRY(put_any(&field->part[1], number, now, (Target){&nested->child[1], to.arena, at}));
    }
    nested->list[to.at].count = used;
    return ST_OK;
}

static Status put_random(const DatagenField *field, uint64_t row, Micros now, Target to)
{
    Column *cells = to.cells;
    uint32_t at = to.at;
    double share;
    switch ((TypeId)field->type.id) {
    case TYPE_BOOLEAN: cells->data.b[at] = random_word(field, row, 0) & 1; return ST_OK;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
        cells->data.i64[at] = random_between(field, row, field->min, field->max);
        return ST_OK;
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
        share = random_unit(field, row, 0);
        share = field->low * (1 - share) + field->high * share;
        cells->data.f64[at] = field->type.id == TYPE_FLOAT ? (double)(float)share : share;
        return ST_OK;
    case TYPE_DECIMAL:
        cells->data.i128[at] = random_between(field, row, field->min, field->max);
        return ST_OK;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_BINARY:
    case TYPE_VARBINARY: return put_text(field, row, to.arena, &cells->data.str[at]);
    case TYPE_DATE: cells->data.i64[at] = micros_floor_div(now, MICROS_PER_DAY); return ST_OK;
    case TYPE_TIME:
        cells->data.i64[at] =
            micros_floor_mod(now, MICROS_PER_DAY) / MICROS_PER_MILLI * MICROS_PER_MILLI;
        return ST_OK;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        if (field->max_past > 0)
            now -= (Micros)random_below(field, row, 0, (uint64_t)field->max_past);
        cells->data.i64[at] = micros_floor_div(now, MICROS_PER_MILLI) * MICROS_PER_MILLI;
        return ST_OK;
    case TYPE_ROW: return put_row(field, row, now, to);
    case TYPE_ARRAY: return put_array(field, row, now, to);
    case TYPE_MAP:
    case TYPE_MULTISET: return put_entries(field, row, now, to);
    case TYPE_NULL:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_DAY: break;
    }
    assert(false && "datagen_check refuses other types");
    return ST_OK;
}

/* Recursion is as deep as the type is nested. */
static Status put_any(const DatagenField *field, uint64_t row, Micros now, Target to)
{
    static const uint64_t null_word = UINT64_MAX - 1; /* an index that no value uses */
    bool null = field->null_rate > 0 && random_unit(field, row, null_word) < field->null_rate;
    bit_put(to.cells->valid, to.at, !null); /* what was there before may have been NULL */
    return null ? ST_OK : put_random(field, row, now, to);
}

Status datagen_put(const DatagenField *field, uint64_t row_number, Micros now, BatchBuilder *out,
                   uint32_t column)
{
    if (field->sequence)
        return put_sequence(field, row_number, out, column);
    return put_any(field, row_number, now, (Target){&out->column[column], &out->arena, out->rows});
}

void datagen_seed(DatagenField *field, uint64_t seed)
{
    field->seed = seed;
    for (uint32_t i = 0; i < field->parts; i++)
        datagen_seed(&field->part[i], hash_u64(i + 1, seed));
}
