/* Scalar functions and operators: one row in one table says everything about one overload, and SHOW
 * FUNCTIONS, completion, the binder and the reference page read the same row.
 *
 * A function is a Kernel: it fills a column for many rows at once. The expression program (expr/)
 * prepares the call: which rows, which arguments, the output's room and its validity.
 *
 * Validity. Unless FN_OWN_NULLS is set, a NULL argument makes a NULL result: the output's validity
 * is the AND of the arguments', and a kernel without FN_TOTAL is called only for rows whose
 * arguments are all valid. A kernel with FN_TOTAL cannot fail and may be called for rows that are
 * NULL or not selected (their cells are initialised memory), so that its loop needs no branch. With
 * FN_MAY_NULL it may call kernel_null for a row. With FN_OWN_NULLS it reads the validity itself.
 *
 * Errors. A row whose value cannot be computed is reported by kernel_fail and goes to the query's
 * 'on-error' policy; the kernel goes on with the next row. The returned Status is for failed
 * allocations alone. */
#ifndef WEIR_EXECUTOR_FUNCTION_FUNCTION_H
#define WEIR_EXECUTOR_FUNCTION_FUNCTION_H

#include "storage/base/arena.h"
#include "storage/base/clock.h"
#include "storage/base/diag.h"
#include "storage/data/batch.h"
#include "storage/data/type.h"
#include "storage/data/value.h"

enum { FUNCTION_MAX_ARGS = 255 };

typedef enum FunctionFlags {
    FN_TOTAL = 1 << 0,      /* cannot fail and may run on NULL and unselected rows */
    FN_OWN_NULLS = 1 << 1,  /* treats NULL arguments itself */
    FN_MAY_NULL = 1 << 2,   /* can give NULL for arguments that are not */
    FN_FALLIBLE = 1 << 3,   /* can reject a row: never moved before a filter that guards it */
    FN_VOLATILE = 1 << 4,   /* RAND, UUID: each call of the text is another value; not folded */
    FN_CLOCK = 1 << 5,      /* reads EvalContext.now: not folded */
    FN_OPERATOR = 1 << 6,   /* has syntax of its own; the name is the operator */
    FN_INTERNAL = 1 << 7,   /* made by the planner; users cannot call it */
    FN_EXTENSION = 1 << 8,  /* Flink does not have it */
    FN_WATERMARK = 1 << 10, /* reads the watermark before the row: only where rows have one */
    FN_ZONE = 1 << 9,       /* reads EvalContext.zone, with no TIMESTAMP_LTZ argument: not folded */
} FunctionFlags;

typedef struct TimeZone TimeZone;

/* What a job fixes for all expressions. */
typedef struct EvalContext {
    const TimeZone *zone;  /* 'table.local-time-zone'; NULL: UTC */
    Micros now;            /* the round's reading of the clock */
    uint64_t random_state; /* advanced by RAND and UUID; seeded by the job */
} EvalContext;

typedef struct RowError {
    uint16_t row;
    ErrorCode code;
    const char *message; /* in the call's scratch */
    int32_t column;      /* of the input, whose bad cell it is; -1: an expression's error */
    Text part;           /* of that cell; BadCell.part */
} RowError;

typedef struct RowErrors {
    RowError *item; /* room for BATCH_ROWS; at most one a row, the first */
    uint32_t count;
    uint64_t failed[BATCH_ROWS / 64];
} RowErrors;

typedef struct KernelCall {
    const uint16_t *sel; /* rows to compute; NULL: 0 .. count - 1 */
    uint32_t count;
    const Column *const *arg;
    uint32_t args;
    Column *out;      /* data has room for all rows of the batch */
    uint32_t rows;    /* of the batch: room in `out` */
    const void *data; /* what `prepare` made; else NULL */
    const Type *arg_type;
    const Type *result;
    Arena *scratch; /* bytes of long strings; lives as long as the batch */
    EvalContext *context;
    RowErrors *errors;
    const Batch *in;  /* FN_WATERMARK: what the rows are of; NULL outside of a program */
    uint64_t *random; /* FN_VOLATILE: the call's own state; NULL outside of a program */
} KernelCall;
#define RANDOM_STARTED (UINT64_C(1) << 63) /* a random state that is no mere start any more */

typedef Status Kernel(KernelCall *call);

/* for (EACH_ROW(call, i, row)) ... */
#define EACH_ROW(call, i, row)                                                                     \
    uint32_t i = 0, row;                                                                           \
    i < (call)->count && (row = (call)->sel == NULL ? i : (call)->sel[i], true);                   \
    i++

/* Reports the row; its result does not matter. The message is copied. */
void kernel_fail(KernelCall *call, uint32_t row, ErrorCode code, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Makes the row's result NULL (FN_MAY_NULL or FN_OWN_NULLS; the bitmap is there). */
static inline void kernel_null(KernelCall *call, uint32_t row)
{
    bit_clear(call->out->valid, row);
}

static inline int64_t arg_i64(const KernelCall *call, uint32_t arg, uint32_t row)
{
    const Column *c = call->arg[arg];
    return c->data.i64[column_index(c, row)];
}
static inline double arg_f64(const KernelCall *call, uint32_t arg, uint32_t row)
{
    const Column *c = call->arg[arg];
    return c->data.f64[column_index(c, row)];
}
static inline Int128 arg_i128(const KernelCall *call, uint32_t arg, uint32_t row)
{
    const Column *c = call->arg[arg];
    return c->data.i128[column_index(c, row)];
}
static inline bool arg_bool(const KernelCall *call, uint32_t arg, uint32_t row)
{
    const Column *c = call->arg[arg];
    return c->data.b[column_index(c, row)] != 0;
}
static inline const Str *arg_str(const KernelCall *call, uint32_t arg, uint32_t row)
{
    const Column *c = call->arg[arg];
    return &c->data.str[column_index(c, row)];
}
static inline bool arg_null(const KernelCall *call, uint32_t arg, uint32_t row)
{
    return column_is_null(call->arg[arg], row);
}
/* Sets a string result, copying the bytes into the scratch arena when they are long. */
CHECKED Status kernel_put_str(KernelCall *call, uint32_t row, const char *bytes, uint32_t size);

/* --- binding --- */

/* One use of a function, as the binder sees it. */
typedef struct FunctionCall {
    const struct ScalarDef *def;
    uint32_t args;
    Type *arg;                    /* in: the arguments' types; out: what they must be cast to */
    const Value *const *constant; /* per argument: its value when it is a constant, else NULL */
    Type result;
    Kernel *kernel;
    const void *data; /* made by `prepare` from constant arguments: a pattern, a format */
} FunctionCall;

/* Result type from argument types (already coerced). Nullability need not be set, unless
 * FN_OWN_NULLS: the framework makes a result NULLable if an argument is or FN_MAY_NULL is set. */
typedef Type ResultRule(const Type *arg, uint32_t args);
/* Looks at constant arguments once, at bind time: compiles a pattern, checks a range. May choose
 * another kernel. Leaves an error in `diag` (with SPAN_NONE; the binder adds the position). */
typedef Status Prepare(FunctionCall *call, Arena *arena, Diag *diag);

typedef struct ScalarDef {
    const char *name; /* upper case, or the operator: "+", "IS NULL", "CAST" */
    const char *args; /* pattern, see below; NULL: bound elsewhere (CAST) */
    ResultRule *result;
    Kernel *kernel;
    uint32_t flags;
    Prepare *prepare;      /* may be NULL */
    const char *signature; /* "SUBSTRING(string FROM start [FOR length])"; NULL: as one above */
    const char *doc;       /* one sentence; NULL: as the overload above */
} ScalarDef;

/* Patterns, one letter an argument, blanks ignored; [x] optional, x* any number at the end (also
 * none), x+ at least one. All arguments that the same lower-case digit follows (A1 A1) take their
 * common type.
 *   S character string     X binary string       B BOOLEAN          I any integer
 *   E exact number         N any number          D DECIMAL (integers are cast to it)
 *   F number cast to DOUBLE                      d DATE             t TIME
 *   R FLOAT or DOUBLE; an integer or DECIMAL fits with a cast that `prepare` chooses
 *   T TIMESTAMP            L TIMESTAMP_LTZ       Y year-month interval   y day-time interval
 *   A any type             O ordered type (comparable)
 *   a ARRAY                m MAP                 C ROW, ARRAY, MAP or MULTISET
 * A NULL literal fits every letter but the last three. Overloads of a name stand together in their
 * table; the first one that fits without an implicit cast wins, else the first that fits with one.
 */

/* Finds the overload. Not found: E2106 with a suggestion; no overload fits: E2107 listing the
 * forms. On success `call->arg`, result, kernel and data are set. */
CHECKED Status function_bind(Text name, FunctionCall *call, Arena *arena, Span span, Diag *diag);
bool function_exists(Text name);

/* CAST and TRY_CAST: E2121 when the dialect has no such cast. A cast to the same type binds to an
 * identity kernel. */
CHECKED Status cast_bind(const Type *from, const Type *to, bool try_cast, FunctionCall *call,
                         Arena *arena, Span span, Diag *diag);
bool cast_is_identity(const Type *from, const Type *to); /* it changes no value */

typedef struct FunctionFamily { /* ends with a row whose name is NULL; registry.c lists them */
    const char *title;          /* heading of the reference page */
    const ScalarDef *def;
} FunctionFamily;
extern const FunctionFamily function_families[];
extern const uint32_t function_family_count;

extern const ScalarDef arithmetic_functions[], compare_functions[], logic_functions[],
    conditional_functions[], cast_functions[], math_functions[], string_functions[],
    regex_functions[], temporal_functions[], hash_functions[], json_functions[], nested_functions[],
    array_functions[], map_functions[], window_functions[], grouping_functions[];

#endif
