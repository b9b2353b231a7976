/* ProcessingTime: from here on time is that of the clock. The rows of an epoch all come at its one
 * reading, and the watermark is the last millisecond before it, so none of them is late; it goes on
 * by the clock also when no rows come. What stands above (windows) is the same as for event time.
 *
 * It asks for the clock only when an operator above waits for a time: a quiet job has no epochs. */
#include "executor/op/ops.h"

/* The reading, in whole milliseconds as times of a row are. */
static Micros reading(const Op *op)
{
    Micros now = op->env->eval.now;
    return now - micros_floor_mod(now, MICROS_PER_MILLI);
}

static Status processing_time_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    Micros now = reading(op);
    Column *column;
    TRY_NEW_ARRAY(column, &op->scratch, in->columns);
    for (uint32_t i = 0; i < in->columns; i++)
        column[i] = in->column[i];
    Column *time = &column[op->plan->as.processing_time.column];
    TRY(column_make(&op->scratch, PHYS_I64, 1, time));
    time->constant = true;
    time->data.i64[0] = now;
    Batch out = *in;
    out.column = column;
    out.watermark = NULL;
    out.watermark_before = now - MICROS_PER_MILLI;
    return op_emit(op, &out);
}

/* That of the input tells nothing here, but that it has ended. */
static Status processing_time_watermark(Op *op, Micros time)
{
    return time == MICROS_MAX ? op_emit_watermark(op, time) : ST_OK;
}

static Micros processing_time_clock_due(const Op *op)
{
    Micros due = op_watermark_due(op, op->sent_watermark);
    return due == MICROS_MAX ? due : due + MICROS_PER_MILLI;
}

static Status processing_time_clock(Op *op, Micros now)
{
    (void)now;
    return op_emit_watermark(op, reading(op) - MICROS_PER_MILLI);
}

const OpClass processing_time_class = {.size = sizeof(Op),
                                       .push = processing_time_push,
                                       .watermark = processing_time_watermark,
                                       .clock_due = processing_time_clock_due,
                                       .clock = processing_time_clock};
