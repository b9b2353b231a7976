/* Meetings: operators all of whose inputs are rows of one scan, as they are or as Calcs have made
 * them. What is above must see such rows in the order in which they were read, those of one row by
 * the ports, however the input was cut into batches. So such an operator takes nothing when a port
 * brings a batch: the scan lets all ports bring theirs, and then the operator takes the rows
 * together, as one batch in that order.
 *
 * A scan that a query reads in places which do not meet so gives out its rows one at a time. */
#ifndef WEIR_EXECUTOR_OP_MEETING_H
#define WEIR_EXECUTOR_OP_MEETING_H

#include "executor/op/op.h"

/* The port of a batch that several have brought together; meeting_port tells a row's own. */
enum { PORT_OF_EACH = -1 };

/* Finds them among wired operators, one for each node, and tells the scans. */
CHECKED Status meetings_find(Arena *arena, const Plan *plan, Op *const *op);
/* Keeps the batch, which the sender leaves alone until the operator has taken it. */
void meeting_bring(Op *op, uint32_t port, const Batch *in);
/* Takes what the ports have brought. */
CHECKED Status meeting_hold(Op *op);

static inline uint32_t meeting_port(const Op *op, uint32_t port, const Batch *in, uint32_t row)
{
    return port != (uint32_t)PORT_OF_EACH ? port : in->origin->reading[row] % op->ports;
}

#endif
