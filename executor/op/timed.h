/* A batch taken in the order of time, for operators that wait for the watermark: rows up to the one
 * in front of which the watermark makes something due, then what is due, then the rest. So what
 * comes out does not depend on how the input was cut into batches. */
#ifndef WEIR_EXECUTOR_OP_TIMED_H
#define WEIR_EXECUTOR_OP_TIMED_H

#include "executor/op/op.h"

typedef struct Timed {
    Micros next_due; /* the first time that is waited for; MICROS_MAX: none */
    /* The i-th selected row; may bring next_due forward, to later than the row's watermark. */
    Status (*take)(Op *op, const Batch *in, uint32_t i);
    /* All that is due at `time`; next_due is later then. `before`: the watermark until then. */
    Status (*fire)(Op *op, Micros time, Micros before);
} Timed;

CHECKED Status timed_push(Timed *timed, Op *op, const Batch *in);
CHECKED Status timed_watermark(Timed *timed, Op *op, Micros time);

#endif
