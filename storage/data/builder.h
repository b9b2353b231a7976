/* BatchBuilder: where a source puts decoded rows, at most `capacity` at a time, and what it could
 * not decode. Owns its columns; strings point into the blocks that it holds on to or into its
 * arena. The builder, and with it every batch made of it, is valid until it is reset or closed. */
#ifndef WEIR_STORAGE_DATA_BUILDER_H
#define WEIR_STORAGE_DATA_BUILDER_H

#include "storage/base/arena.h"
#include "storage/base/mem.h"
#include "storage/data/batch.h"
#include "storage/data/schema.h"

/* Decoders read whole vectors and may look this far past the bytes they were given. */
enum { BLOCK_PADDING = 64 };

/* Bytes read from outside, shared by the builders whose strings point into it. */
typedef struct Block {
    uint32_t references; /* changed by atomic builtins: readers and operators share blocks */
    Meter *meter;
    size_t size, capacity;
    char bytes[]; /* `capacity` of them, then BLOCK_PADDING readable ones */
} Block;
CHECKED Block *block_make(Meter *meter, size_t capacity); /* one reference; NULL: no memory */
void block_retain(Block *block);
void block_release(Block *block);

/* A record that is no row at all: broken, too long, without its rowtime. */
typedef struct RejectedRecord {
    uint16_t before_row; /* it stood before this row of the builder */
    bool skipped;        /* an ignore-parse-errors option says that it is only counted */
    ErrorCode code;
    Text field;         /* empty: the whole record */
    const char *reason; /* as long-lived as the builder */
    uint64_t offset, line;
    Text raw;
} RejectedRecord;

enum { BUILDER_BLOCKS = 4 };

typedef struct BatchBuilder {
    Arena arena; /* strings and elements of the batch */
    Meter *meter;
    uint32_t columns;
    uint16_t capacity; /* rows; BATCH_ROWS, or fewer where very many splits are open at once */
    uint16_t rows;
    Column *column; /* room for `capacity` cells each, with validity and bad bitmaps */
    uint64_t *offset, *line;
    Text *raw;
    BadCell *bad;
    uint32_t bad_count, bad_capacity;
    RejectedRecord *rejected;
    uint32_t rejected_count, rejected_capacity;
    uint64_t *filtered; /* bit per row: the predicate does not hold; other cells may be unset */
    uint32_t filtered_count;
    Block *block[BUILDER_BLOCKS];
    uint32_t blocks;
    /* private */
    uint64_t *valid_memory, *bad_memory;
    Arena *shapes; /* nested columns but for their elements; NULL: there are none */
} BatchBuilder;

CHECKED Status builder_open(BatchBuilder *builder, Meter *meter, const Schema *schema);
CHECKED Status builder_open_small(BatchBuilder *builder, Meter *meter, const Schema *schema,
                                  uint16_t capacity);
/* A nested column beside the builder's own, for as long as it is open. */
CHECKED Status builder_make_nested(BatchBuilder *builder, const Type *type, Column *out);
void builder_close(BatchBuilder *builder);
/* Empties it; gives blocks back. All cells count as valid and zero. */
void builder_reset(BatchBuilder *builder);
/* Once a block, however often asked. */
CHECKED Status builder_hold(BatchBuilder *builder, Block *block);

static inline bool builder_full(const BatchBuilder *builder)
{
    return builder->rows == builder->capacity;
}
/* Where the record of the row under construction began, its line and its bytes; counts the row. */
static inline void builder_end_row(BatchBuilder *builder, uint64_t offset, uint64_t line, Text raw)
{
    builder->offset[builder->rows] = offset;
    builder->line[builder->rows] = line;
    builder->raw[builder->rows] = raw;
    builder->rows++;
}
/* Forgets the cells of the row under construction, bad ones included: its record is no row. */
void builder_undo_row(BatchBuilder *builder);
static inline void builder_set_filtered(BatchBuilder *builder, uint32_t row)
{
    bit_set(builder->filtered, row);
    builder->filtered_count++;
}
/* Whether a cell of the finished rows is NULL; when none is, a batch can drop the bitmap. */
bool builder_has_null(const BatchBuilder *builder, uint32_t column);

static inline void builder_set_null(BatchBuilder *builder, uint32_t column, uint32_t row)
{
    bit_clear(builder->column[column].valid, row);
}
/* The cell reads as NULL and rejects the row for queries that read it. */
CHECKED Status builder_set_bad(BatchBuilder *builder, uint32_t column, uint32_t row, ErrorCode code,
                               const char *reason);
/* The same for the sake of one part of a nested value: BadCell.part. */
CHECKED Status builder_set_bad_part(BatchBuilder *builder, uint32_t column, uint32_t row,
                                    ErrorCode code, Text part, const char *reason);
CHECKED Status builder_reject(BatchBuilder *builder, const RejectedRecord *record);

#endif
