/* Gather: rows of many splits of one scan, copied into one batch in the order in which the merge
 * takes them. Strings stay where they are: it is flushed before any split's rows are replaced. */
#ifndef WEIR_EXECUTOR_RUN_GATHER_H
#define WEIR_EXECUTOR_RUN_GATHER_H

#include "executor/op/source.h"

typedef struct Gather Gather;

CHECKED Status gather_open(Arena *arena, Meter *meter, uint32_t batch_rows, Gather **out);
void gather_close(Gather *gather);
/* Stored rows [from, to) of the split, before which the merge has taken `taken`; flushes first what
 * is of another scan or what leaves no room. */
CHECKED Status gather_add(Gather *gather, Op *scan, const SplitRows *rows, uint32_t from,
                          uint32_t to, uint64_t taken);
CHECKED Status gather_flush(Gather *gather);

#endif
