#include "executor/op/timed.h"

/* Rows from number *next on that lie before the stored row `cut`, while nothing new is waited for.
 */
static Status take_rows(Timed *timed, Op *op, const Batch *in, uint32_t cut, uint32_t *next)
{
    Micros due = timed->next_due;
    while (*next < in->selected && batch_row(in, *next) < cut && timed->next_due == due) {
        TRY(timed->take(op, in, *next));
        ++*next;
    }
    return ST_OK;
}

Status timed_push(Timed *timed, Op *op, const Batch *in)
{
    uint32_t stored = 0, next = 0; /* rows before `stored` are behind us */
    for (;;) {
        uint32_t cut = batch_find_due(in, stored, timed->next_due);
        if (cut == stored && cut < in->rows) {
            Micros before = stored == 0 ? op->before : batch_watermark(in, stored - 1);
            TRY(timed->fire(op, batch_watermark(in, cut), before));
        } else if (next < in->selected && batch_row(in, next) < cut) {
            stored = batch_row(in, next);
            TRY(take_rows(timed, op, in, cut, &next));
        } else if (cut < in->rows) {
            stored = cut;
        } else {
            return ST_OK;
        }
    }
}

Status timed_watermark(Timed *timed, Op *op, Micros time)
{
    if (time >= timed->next_due)
        TRY(timed->fire(op, time, op->before));
    return op_emit_watermark(op, time);
}
