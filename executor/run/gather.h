/* Gather: rows of many splits of one scan, copied into one batch in the order in which the merge
 * takes them. Runs of rows are only noted as they come, and copied all at once, column by column,
 * when the batch is sent on: where splits take turns row by row, that is what makes it cheap.
 *
 * Nothing is copied until then, so it is flushed before any split's rows are replaced. */
#ifndef WEIR_EXECUTOR_RUN_GATHER_H
#define WEIR_EXECUTOR_RUN_GATHER_H

#include "executor/op/source.h"

typedef struct Gather Gather;

CHECKED Status gather_open(Arena *arena, Meter *meter, uint32_t batch_rows, Gather **out);
void gather_close(Gather *gather);
/* Rows that still fit into the batch. */
uint32_t gather_room(const Gather *gather);
/* Stored rows [from, to) of the split, before which the merge has taken `taken`; no more than there
 * is room for, and of the scan that is gathered. */
CHECKED Status gather_add(Gather *gather, Op *scan, SplitRows *rows, uint32_t from, uint32_t to,
                          uint64_t taken);
/* Sends on what there is. */
CHECKED Status gather_flush(Gather *gather);

#endif
