#include "storage/data/builder.h"

#include <assert.h>

#include "storage/data/nested.h"

enum { ROW_WORDS = BATCH_ROWS / 64, FIRST_BAD = 64, FIRST_REJECTED = 16 };
_Static_assert(BATCH_ROWS % 64 == 0, "bitmaps are whole words");

Block *block_make(Meter *meter, size_t capacity)
{
    if (capacity > SIZE_MAX / 2)
        return NULL;
    Block *block = mem_alloc(meter, sizeof *block + capacity + BLOCK_PADDING);
    if (block == NULL)
        return NULL;
    *block = (Block){.references = 1, .meter = meter, .capacity = capacity};
    memset(block->bytes + capacity, 0, BLOCK_PADDING);
    return block;
}

void block_retain(Block *block)
{
    __atomic_add_fetch(&block->references, 1, __ATOMIC_RELAXED);
}

void block_release(Block *block)
{
    if (block == NULL)
        return;
    uint32_t left = __atomic_sub_fetch(&block->references, 1, __ATOMIC_ACQ_REL);
    assert(left != UINT32_MAX);
    if (left == 0)
        mem_free(block->meter, block, sizeof *block + block->capacity + BLOCK_PADDING);
}

static size_t column_bytes(const BatchBuilder *builder, const Column *column)
{
    return (size_t)builder->capacity * phys_size(column->phys);
}

Status builder_make_nested(BatchBuilder *builder, const Type *type, Column *out)
{
    if (builder->shapes == NULL) {
        builder->shapes = mem_alloc(builder->meter, sizeof *builder->shapes);
        if (builder->shapes == NULL)
            return ST_NOMEM;
        arena_init(builder->shapes, builder->meter);
    }
    return column_make_typed(builder->shapes, type, builder->capacity, out);
}

static Status open_columns(BatchBuilder *builder, const Schema *schema)
{
    size_t count = schema->count + (schema->count == 0); /* a query can want no column at all */
    builder->column = mem_alloc_zeroed(builder->meter, count * sizeof *builder->column);
    if (builder->column == NULL)
        return ST_NOMEM;
    builder->columns = schema->count;
    builder->valid_memory = mem_alloc_zeroed(builder->meter, count * ROW_WORDS * sizeof(uint64_t));
    builder->bad_memory = mem_alloc_zeroed(builder->meter, count * ROW_WORDS * sizeof(uint64_t));
    if (builder->valid_memory == NULL || builder->bad_memory == NULL)
        return ST_NOMEM;
    for (uint32_t c = 0; c < schema->count; c++) {
        Column *column = &builder->column[c];
        const Type *type = &schema->field[c].type;
        column->phys = type_phys((TypeId)type->id);
        if (column->phys == PHYS_NESTED) {
            TRY(builder_make_nested(builder, type, column));
            column->valid = builder->valid_memory + (size_t)c * ROW_WORDS;
            continue;
        }
        column->valid = builder->valid_memory + (size_t)c * ROW_WORDS;
        column->data.any = mem_alloc_zeroed(builder->meter, column_bytes(builder, column));
        if (column->data.any == NULL)
            return ST_NOMEM;
    }
    memset(builder->valid_memory, 0xFF, count * ROW_WORDS * sizeof(uint64_t));
    return ST_OK;
}

Status builder_open(BatchBuilder *builder, Meter *meter, const Schema *schema)
{
    return builder_open_small(builder, meter, schema, BATCH_ROWS);
}

Status builder_open_small(BatchBuilder *builder, Meter *meter, const Schema *schema,
                          uint16_t capacity)
{
    assert(capacity > 0 && capacity <= BATCH_ROWS);
    *builder = (BatchBuilder){.meter = meter, .capacity = capacity};
    arena_init(&builder->arena, meter);
    Status status = open_columns(builder, schema);
    if (status == ST_OK) {
        builder->offset = mem_alloc(meter, capacity * sizeof *builder->offset);
        builder->line = mem_alloc(meter, capacity * sizeof *builder->line);
        builder->raw = mem_alloc(meter, capacity * sizeof *builder->raw);
        builder->filtered = mem_alloc_zeroed(meter, ROW_WORDS * sizeof(uint64_t));
        if (builder->offset == NULL || builder->line == NULL || builder->raw == NULL ||
            builder->filtered == NULL)
            status = ST_NOMEM;
    }
    if (status != ST_OK)
        builder_close(builder);
    return status;
}

static void release_blocks(BatchBuilder *builder)
{
    for (uint32_t i = 0; i < builder->blocks; i++)
        block_release(builder->block[i]);
    builder->blocks = 0;
}

void builder_close(BatchBuilder *builder)
{
    Meter *meter = builder->meter;
    size_t count = builder->columns + (builder->columns == 0);
    release_blocks(builder);
    for (uint32_t c = 0; c < builder->columns; c++) {
        Column *column = &builder->column[c];
        if (column->phys != PHYS_NESTED)
            mem_free(meter, column->data.any, column_bytes(builder, column));
    }
    mem_free(meter, builder->column, count * sizeof *builder->column);
    mem_free(meter, builder->valid_memory, count * ROW_WORDS * sizeof(uint64_t));
    mem_free(meter, builder->bad_memory, count * ROW_WORDS * sizeof(uint64_t));
    mem_free(meter, builder->offset, builder->capacity * sizeof *builder->offset);
    mem_free(meter, builder->line, builder->capacity * sizeof *builder->line);
    mem_free(meter, builder->raw, builder->capacity * sizeof *builder->raw);
    mem_free(meter, builder->filtered, ROW_WORDS * sizeof(uint64_t));
    mem_free(meter, builder->bad, builder->bad_capacity * sizeof *builder->bad);
    mem_free(meter, builder->rejected, builder->rejected_capacity * sizeof *builder->rejected);
    arena_close(&builder->arena);
    if (builder->shapes != NULL)
        arena_close(builder->shapes);
    mem_free(meter, builder->shapes, sizeof *builder->shapes);
    *builder = (BatchBuilder){.meter = meter};
}

void builder_reset(BatchBuilder *builder)
{
    release_blocks(builder);
    arena_reset(&builder->arena);
    /* One row more than were finished: the last one may have been begun. */
    size_t used = builder->rows < builder->capacity ? builder->rows + 1u : builder->capacity;
    for (uint32_t c = 0; c < builder->columns; c++) {
        Column *column = &builder->column[c];
        if (column->phys == PHYS_NESTED)
            column_drop_elements(column, (uint32_t)used);
        else
            memset(column->data.any, 0, used * phys_size(column->phys));
        column->bad = NULL;
    }
    size_t bitmap_bytes = (size_t)builder->columns * ROW_WORDS * sizeof(uint64_t);
    memset(builder->valid_memory, 0xFF, bitmap_bytes);
    if (builder->bad_count > 0)
        memset(builder->bad_memory, 0, bitmap_bytes);
    if (builder->filtered_count > 0)
        memset(builder->filtered, 0, ROW_WORDS * sizeof(uint64_t));
    builder->rows = 0;
    builder->bad_count = builder->rejected_count = builder->filtered_count = 0;
}

Status builder_hold(BatchBuilder *builder, Block *block)
{
    for (uint32_t i = builder->blocks; i > 0; i--) {
        if (builder->block[i - 1] == block)
            return ST_OK;
    }
    if (builder->blocks == BUILDER_BLOCKS)
        return ST_LIMIT;
    block_retain(block);
    builder->block[builder->blocks++] = block;
    return ST_OK;
}

static void clear_cell(Column *column, uint32_t row)
{
    uint32_t size = phys_size(column->phys);
    if (size > 0) /* what is under a nested one is written before it is read */
        memset((char *)column->data.any + (size_t)row * size, 0, size);
    bit_set(column->valid, row);
}

void builder_undo_row(BatchBuilder *builder)
{
    uint32_t row = builder->rows;
    assert(row < builder->capacity);
    for (uint32_t c = 0; c < builder->columns; c++)
        clear_cell(&builder->column[c], row);
    while (builder->bad_count > 0 && builder->bad[builder->bad_count - 1].row == row) {
        uint32_t column = builder->bad[--builder->bad_count].column;
        bit_clear(builder->bad_memory + (size_t)column * ROW_WORDS, row);
    }
    if (bit_get(builder->filtered, row)) {
        bit_clear(builder->filtered, row);
        builder->filtered_count--;
    }
}

bool builder_has_null(const BatchBuilder *builder, uint32_t column)
{
    const uint64_t *valid = builder->column[column].valid;
    uint32_t full = builder->rows / 64, rest = builder->rows % 64;
    for (uint32_t i = 0; i < full; i++) {
        if (valid[i] != UINT64_MAX)
            return true;
    }
    uint64_t mask = (UINT64_C(1) << rest) - 1;
    return rest != 0 && (valid[full] & mask) != mask;
}

/* Doubles an array whose rows are all in use. */
static Status grow(Meter *meter, void **item, uint32_t *capacity, uint32_t first, size_t item_size)
{
    uint32_t larger = *capacity == 0 ? first : *capacity * 2;
    void *grown = mem_realloc(meter, *item, *capacity * item_size, larger * item_size);
    if (grown == NULL)
        return ST_NOMEM;
    *item = grown;
    *capacity = larger;
    return ST_OK;
}

Status builder_set_bad(BatchBuilder *builder, uint32_t column, uint32_t row, ErrorCode code,
                       const char *reason)
{
    return builder_set_bad_part(builder, column, row, code, TEXT_NONE, reason);
}

Status builder_set_bad_part(BatchBuilder *builder, uint32_t column, uint32_t row, ErrorCode code,
                            Text part, const char *reason)
{
    assert(column < builder->columns && row < builder->capacity);
    Column *cells = &builder->column[column];
    clear_cell(cells, row);
    bit_clear(cells->valid, row);
    uint64_t *bad = builder->bad_memory + (size_t)column * ROW_WORDS;
    if (bit_get(bad, row))
        return ST_OK;
    if (builder->bad_count == builder->bad_capacity) {
        void *item = builder->bad;
        TRY(grow(builder->meter, &item, &builder->bad_capacity, FIRST_BAD, sizeof *builder->bad));
        builder->bad = item;
    }
    cells->bad = bad;
    bit_set(bad, row);
    builder->bad[builder->bad_count++] = (BadCell){.row = (uint16_t)row,
                                                   .column = (uint16_t)column,
                                                   .code = code,
                                                   .reason = reason,
                                                   .part = part};
    return ST_OK;
}

Status builder_reject(BatchBuilder *builder, const RejectedRecord *record)
{
    if (builder->rejected_count == builder->rejected_capacity) {
        void *item = builder->rejected;
        TRY(grow(builder->meter, &item, &builder->rejected_capacity, FIRST_REJECTED,
                 sizeof *builder->rejected));
        builder->rejected = item;
    }
    RejectedRecord *row = &builder->rejected[builder->rejected_count++];
    *row = *record;
    row->before_row = builder->rows;
    return ST_OK;
}
