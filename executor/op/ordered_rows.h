/* OrderedRows: rows of many groups, those of each group in the order of some columns, equal ones in
 * the order of their numbers. What Top-N and sorting operators remember.
 *
 * A row is one string of a sorted container: the order columns in a form that memcmp orders
 * (rowkey_append, turned over where the order descends), the number, the row itself. So every order
 * is one comparison of bytes, and a row and its place cannot come apart. */
#ifndef WEIR_EXECUTOR_OP_ORDERED_ROWS_H
#define WEIR_EXECUTOR_OP_ORDERED_ROWS_H

#include "executor/plan/plan.h"
#include "storage/data/row_codec.h"
#include "storage/state/sorted_map.h"
#include "storage/state/state_walk.h"

typedef struct OrderedRows {
    const Schema *schema;
    const PlanOrder *order;
    uint32_t orders;
    RowLayout layout;
    SortedMap map;
    StrBuf entry; /* being made; the last key asked for stands in its beginning */
    Arena arena;  /* of the layout */
} OrderedRows;

/* A row where it is stored; good until the next change of the container. */
typedef struct OrderedRow {
    Text key;
    Text row; /* row_decode */
    uint64_t number;
    SortedCursor cursor;
} OrderedRow;

CHECKED Status ordered_rows_open(OrderedRows *rows, const Schema *schema, const PlanOrder *order,
                                 uint32_t orders, Meter *meter);
void ordered_rows_close(OrderedRows *rows);
CHECKED Status ordered_rows_walk(OrderedRows *rows, StateWalk *walk);

/* The key of a row of the batch; good until the next one is asked for. */
CHECKED Status ordered_rows_key(OrderedRows *rows, const Batch *batch, uint32_t row, Text *out);
/* The first eight bytes of a key as a number: keys whose numbers differ are in their order. */
uint64_t ordered_key_head(Text key);
/* Adds the row whose key was asked for last. Numbers of equal keys differ. out: where it stands;
 * may be NULL. */
CHECKED Status ordered_rows_add(OrderedRows *rows, uint64_t group, uint64_t number,
                                const Batch *batch, uint32_t row, OrderedRow *out);
/* Takes out a row that was found since the last change. */
void ordered_rows_remove(OrderedRows *rows, OrderedRow *row);

/* The rows of the group in order; false when there is none (more). */
bool ordered_rows_begin(const OrderedRows *rows, uint64_t group, OrderedRow *out);
bool ordered_rows_next(const OrderedRows *rows, OrderedRow *row);
/* The last one of the group; it cannot be stepped on from. */
bool ordered_rows_last(const OrderedRows *rows, uint64_t group, OrderedRow *out);
/* The first row with the same cells as that of the batch. */
CHECKED Status ordered_rows_find(OrderedRows *rows, uint64_t group, const Batch *batch,
                                 uint32_t row, bool *found, OrderedRow *out);
/* The row of that key and number. */
CHECKED Status ordered_rows_at(OrderedRows *rows, uint64_t group, Text key, uint64_t number,
                               bool *found, OrderedRow *out);
void ordered_rows_clear(OrderedRows *rows, uint64_t group);

#endif
