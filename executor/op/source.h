/* The operators without input, as the job's loop drives them. */
#ifndef WEIR_EXECUTOR_OP_SOURCE_H
#define WEIR_EXECUTOR_OP_SOURCE_H

#include "executor/op/split_rows.h"

/* Values: emits its next batch of rows; *done when that was the last. */
CHECKED Status values_step(Op *op, bool *done);

/* Scan: to the operators above, rows in order, also where they meet again. */
CHECKED Status scan_emit(Op *scan, const Batch *batch);
/* Emits the stored rows [from, to) of the split as one batch. `taken`: rows taken before them. */
CHECKED Status scan_emit_range(Op *scan, const SplitRows *rows, uint32_t from, uint32_t to,
                               uint64_t taken);

#endif
