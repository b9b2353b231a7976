/* Batch: some rows on their way between operators. A header over shared, read-only columns: copy it
 * freely, narrow its selection, replace its column list; never write through it.
 *
 * Time: `watermark` is what held on the edge just before each row. After the batch the watermark is
 * what the sender says next with op_watermark. */
#ifndef WEIR_STORAGE_DATA_BATCH_H
#define WEIR_STORAGE_DATA_BATCH_H

#include <stdint.h>

#include "storage/base/clock.h"
#include "storage/base/diag.h"
#include "storage/base/text.h"
#include "storage/data/column.h"

typedef enum RowKind {
    ROW_INSERT,        /* +I */
    ROW_UPDATE_BEFORE, /* -U */
    ROW_UPDATE_AFTER,  /* +U */
    ROW_DELETE,        /* -D */
} RowKind;

static inline bool row_kind_adds(RowKind kind)
{
    return kind == ROW_INSERT || kind == ROW_UPDATE_AFTER;
}
const char *row_kind_name(RowKind kind); /* "+I" ... */

/* A cell that could not be decoded. */
typedef struct BadCell {
    uint16_t row, column; /* column: index in the batch as the scan emits it */
    ErrorCode code;
    const char *reason; /* "not a number"; static or as long-lived as the batch */
    Text part;          /* of a nested value: ".a[2]"; empty: all of it; as long-lived */
} BadCell;

/* Where the rows came from; carried up to the first operator that gathers rows. */
typedef struct Origin {
    uint32_t source;         /* number of the scan in its job */
    uint64_t first;          /* record r is row first + r of all that its merge has taken */
    const uint32_t *split;   /* per record: index into the scan's list of splits */
    const uint64_t *offset;  /* per record: of its first byte in its split */
    const uint64_t *line;    /* per record: from 1; 0 where the source has no lines */
    const Text *raw;         /* per record: its bytes, alive as long as the batch */
    const uint16_t *record;  /* per row: its record; NULL: row r is record r. Where several rows are
                                of one record, they stand side by side */
    const uint16_t *reading; /* per row: which of the query's readings of the source it is of; rows
                                of one record and several readings are not the same; NULL: one */
    const BadCell *bad;      /* in order of rows */
    uint32_t bad_count;
} Origin;

typedef struct Batch {
    uint16_t rows;           /* stored */
    uint16_t selected;       /* alive: `rows` when sel is NULL */
    const uint16_t *sel;     /* alive row numbers, ascending; NULL: all */
    const uint8_t *kind;     /* RowKind per row; NULL: all inserts */
    Micros watermark_before; /* of each row, where `watermark` is NULL */
    const Micros *watermark; /* per row */
    const Origin *origin;    /* NULL above an operator that gathers rows */
    uint16_t columns;
    const Column *column;
} Batch;

static inline uint32_t batch_row(const Batch *batch, uint32_t i)
{
    return batch->sel == NULL ? i : batch->sel[i];
}

static inline Micros batch_watermark(const Batch *batch, uint32_t row)
{
    return batch->watermark == NULL ? batch->watermark_before : batch->watermark[row];
}

static inline RowKind batch_kind(const Batch *batch, uint32_t row)
{
    return batch->kind == NULL ? ROW_INSERT : (RowKind)batch->kind[row];
}

static inline uint32_t origin_record(const Origin *origin, uint32_t row)
{
    return origin->record == NULL ? row : origin->record[row];
}

#endif
