/* Scalar: a typed expression of a plan. The binder makes it, rules rewrite it, expr/ compiles it.
 * Immutable once made; subtrees may be shared. Columns are indices into the one batch that the
 * expression is evaluated on. */
#ifndef WEIR_EXECUTOR_PLAN_SCALAR_H
#define WEIR_EXECUTOR_PLAN_SCALAR_H

#include "executor/function/function.h"
#include "storage/base/arena.h"
#include "storage/base/diag.h"
#include "storage/base/strbuf.h"
#include "storage/data/schema.h"
#include "storage/data/value.h"

typedef enum ScalarKind {
    SCALAR_COLUMN,
    SCALAR_CONSTANT,
    SCALAR_CALL, /* a kernel: functions, operators, casts */
    SCALAR_AND,  /* these four decide which rows their later arguments see */
    SCALAR_OR,
    SCALAR_CASE, /* condition, value, condition, value, ..., else */
    SCALAR_COALESCE,
} ScalarKind;

typedef struct Scalar Scalar;
struct Scalar {
    ScalarKind kind;
    Type type;
    Span span; /* where it stood in the statement; may be empty */
    /* Of the tree below, kept by the makers: */
    uint16_t depth; /* from 1; bounded by LIMIT_EXPR_DEPTH */
    uint32_t size;  /* nodes, a shared one as often as it is used; bounded by LIMIT_EXPR_SIZE */
    uint32_t flags; /* FN_FALLIBLE, FN_VOLATILE, FN_CLOCK, FN_WATERMARK of any call */
    uint64_t hash;  /* equal for equal scalars; differs from run to run */
    uint32_t args;
    Scalar *const *arg;
    union {
        uint32_t column;
        Value constant;
        struct {
            const ScalarDef *def;
            Kernel *kernel;
            const void *data;
            const void *site; /* FN_VOLATILE: tells the calls of a text apart; copies keep it */
        } call;
    } as;
};

CHECKED Status scalar_column(Arena *arena, uint32_t column, Type type, Scalar **out);
CHECKED Status scalar_constant(Arena *arena, const Value *value,
                               Scalar **out); /* copies long text */
CHECKED Status scalar_call(Arena *arena, const FunctionCall *call, Scalar *const *arg,
                           Scalar **out);
/* AND, OR, CASE, COALESCE with the type given. E1005 when the tree gets too deep. */
CHECKED Status scalar_branch(Arena *arena, ScalarKind kind, Type type, Scalar *const *arg,
                             uint32_t args, Scalar **out);
/* `arg` bound to the function of that name (operators and internals too), with casts put in where
 * it wants other types. */
CHECKED Status scalar_apply(Arena *arena, const char *name, Scalar *const *arg, uint32_t args,
                            Span span, Scalar **out, Diag *diag);
/* A cast where the types differ in value or form; else the argument itself. */
CHECKED Status scalar_cast(Arena *arena, Scalar *arg, Type to, bool try_cast, Span span,
                           Scalar **out, Diag *diag);

bool scalar_equal(const Scalar *a, const Scalar *b);
bool scalar_is_constant(const Scalar *s); /* SCALAR_CONSTANT */
bool scalar_is_true(const Scalar *s);
bool scalar_is_deterministic(const Scalar *s); /* no FN_VOLATILE, no FN_CLOCK below */
/* Nor does it depend on the time zone of the job. */
bool scalar_is_fixed(const Scalar *s);
bool scalar_can_fail(const Scalar *s); /* FN_FALLIBLE below */
/* Sets used[column] for each column read. */
void scalar_mark_columns(const Scalar *s, bool *used);
/* A copy with each column c replaced by with[c] (which must not be NULL for a column in use). */
CHECKED Status scalar_replace_columns(Arena *arena, const Scalar *s, Scalar *const *with,
                                      Scalar **out);
/* A copy in which other scalars stand for some: `find` sets *out where one does, and is asked from
 * the top down. */
typedef Status ScalarFind(void *context, const Scalar *s, Scalar **out);
CHECKED Status scalar_replace(Arena *arena, const Scalar *s, ScalarFind *find, void *context,
                              Scalar **out);
/* A copy with each column c >= from replaced by column to[c - from]. */
CHECKED Status scalar_renumber_columns(Arena *arena, const Scalar *s, uint32_t from,
                                       const uint32_t *to, Scalar **out);
/* Constant subtrees computed; one that fails stays as it is. */
CHECKED Status scalar_fold(Arena *arena, Scalar *s, Scalar **out);

/* With the schema's names, or $0, $1 when NULL. */
void scalar_print(const Scalar *s, const Schema *schema, StrBuf *out);

#endif
