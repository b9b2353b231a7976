/* Op: a running operator. What flows on an edge is an ordered sequence of rows and watermarks; an
 * operator takes batches with the watermark that held before each row, and watermarks between them.
 *
 * The runtime does once what every operator needs: it merges watermarks over ports, lowers those of
 * a batch to what the other ports allow, resets scratch memory, counts rows. An operator file holds
 * its own semantics only. State lives in containers of storage/state and is reached by handles for
 * the time of one call. */
#ifndef WEIR_EXECUTOR_OP_OP_H
#define WEIR_EXECUTOR_OP_OP_H

#include <stdatomic.h>

#include "executor/expr/program.h"
#include "executor/plan/plan.h"
#include "storage/base/clock.h"
#include "storage/data/batch.h"
#include "storage/state/state_walk.h"

typedef struct Op Op;
typedef struct OpEnv OpEnv;
typedef struct Meeting Meeting;

/* What an operator keeps, for whoever looks; INT64_MIN: it keeps none by its nature. */
typedef struct OpMeasure {
    int64_t groups, windows;
    Micros waiting; /* the first row that waits for later rows, not for a time; MICROS_MAX: none */
    Micros fires;   /* when results go out by the clock, before they are due; MICROS_MAX: none do */
} OpMeasure;

typedef struct OpClass {
    size_t size;                        /* of the concrete struct, whose first member is the Op */
    Status (*open)(Op *op, Diag *diag); /* NULL: nothing to open */
    Status (*push)(Op *op, uint32_t port, const Batch *in); /* borrows `in` for the call */
    Status (*watermark)(Op *op, Micros time);               /* already the lowest; NULL: forward */
    Status (*finish)(Op *op); /* all inputs have ended; NULL: nothing */
    /* The watermark at which something is done next; MICROS_MAX: nothing waits for it. NULL: it
     * never does. */
    Micros (*watermark_due)(const Op *op);
    /* Likewise for the clock, and what is due by it at `now`: when its reading (EvalContext.now)
     * has moved on, before the rows that come then. It never goes back. */
    Micros (*clock_due)(const Op *op);
    Status (*clock)(Op *op, Micros now);
    /* Names all that it remembers from one call to the next; NULL: nothing. Loading, it is open and
     * has taken nothing. */
    Status (*state)(Op *op, StateWalk *walk);
    void (*measure)(const Op *op, OpMeasure *out); /* NULL: nothing to tell */
    void (*close)(Op *op);                         /* cannot fail; NULL: nothing to close */
} OpClass;

typedef struct OpEdge {
    Op *op;
    uint32_t port;
} OpEdge;

struct Op {
    const OpClass *class;
    const PlanNode *plan;
    OpEnv *env;
    Meter meter;   /* state and buffers of this operator */
    Arena scratch; /* reset before each push and watermark */
    OpEdge *out;
    uint32_t outs;
    uint32_t ports;
    Micros *port_watermark;
    bool *port_ended;
    Micros watermark; /* of the input: the lowest over the ports */
    Micros before;    /* what held until the rows or the watermark that are being taken now */
    Micros sent_watermark;
    bool satisfied;   /* wants no more rows */
    Meeting *meeting; /* its ports bring rows of one scan (meeting.h); NULL: they do not */
    uint64_t rows_in, rows_out;
    const Batch *taking; /* by push, the selected rows of which rows_in counts already; or NULL */
    uint64_t late;       /* rows */
};

/* What the job gives its operators. */
struct OpEnv {
    Meter *meter;
    EvalContext eval;
    uint64_t seed; /* of hashes */
    bool digests;  /* scans keep one, for a restart to compare with */
    Clock *clock;
    const atomic_bool *stop;   /* somebody asks the job to stop; NULL: nobody can */
    Micros stop_seen;          /* on the monotonic clock, since the step began; 0: not yet */
    Diag *diag;                /* the job's */
    struct RejectPath *reject; /* run/reject.h */
};

/* A class for each kind of node (ops.c). */
const OpClass *op_class(PlanKind kind);

CHECKED Status op_make(Arena *arena, const PlanNode *plan, OpEnv *env, Op **out, Diag *diag);
void op_close(Op *op);

enum { STOP_PATIENCE_MS = 1000 };
/* A request to stop waits for the end of a step, which is a matter of milliseconds. But a row can
 * make millions of windows: ST_CANCELLED when the step goes on for longer than that. What it did is
 * to be forgotten then, as if the process had been killed. */
CHECKED Status op_heed_stop(OpEnv *env);

/* To the operators above. */
CHECKED Status op_emit(Op *op, const Batch *out);
CHECKED Status op_emit_watermark(Op *op, Micros time);
/* From below, by the runtime. */
CHECKED Status op_push(Op *op, uint32_t port, const Batch *in);
CHECKED Status op_advance(Op *op, uint32_t port, Micros time);
CHECKED Status op_end(Op *op, uint32_t port);
/* What is due by the clock, when op_clock_due has come. */
CHECKED Status op_clock(Op *op, Micros now);
Micros op_clock_due(const Op *op);
/* It does anything by the clock; an operator that can forget does if it has a TTL. */
bool op_goes_by_clock(const Op *op);
/* The first watermark later than `after` at which it, or an operator above it, does something;
 * MICROS_MAX: none. */
Micros op_watermark_due(const Op *op, Micros after);
/* Saves or loads all that it remembers. */
CHECKED Status op_state(Op *op, StateWalk *walk);
/* Neither it nor anything above it wants more rows. */
bool op_is_satisfied(const Op *op);

/* --- helps for operators --- */

/* The first stored row at or after `from` whose watermark has reached `due`; batch->rows if none.
 */
uint32_t batch_find_due(const Batch *batch, uint32_t from, Micros due);
/* Empty columns for `rows` rows of the schema in the operator's scratch, all with bitmaps. */
CHECKED Status op_make_columns(Op *op, const Schema *schema, uint32_t rows, Column **out);
/* Stored rows of the batch, each as often as it is listed, as a batch of the operator's output in
 * its scratch: their kinds, watermarks and first `columns` columns. The others are the operator's
 * to fill in, at *rest. */
CHECKED Status op_repeat_rows(Op *op, const Batch *in, const uint32_t *row, uint32_t count,
                              uint32_t columns, Batch *out, Column **rest);

#endif
