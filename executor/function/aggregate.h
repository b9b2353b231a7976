/* Aggregate functions: one row in one table says everything about one overload.
 *
 * An aggregate's state is plain bytes of fixed size inside a group's entry of a KeyedMap, so that
 * the container saves and restores it. The loops run over many rows at once (AggregateRows). Values
 * that grow without bound (DISTINCT, MIN and MAX under retraction) are kept by the operator in
 * containers of their own. */
#ifndef WEIR_EXECUTOR_FUNCTION_AGGREGATE_H
#define WEIR_EXECUTOR_FUNCTION_AGGREGATE_H

#include "executor/function/function.h"

typedef struct AggregateDef AggregateDef;

/* What an aggregate may use beside its state. */
typedef struct AggregateEnv {
    struct Heap *heap; /* long strings of MIN and MAX: of the container that holds the states */
    Arena *scratch;
    const Type *argument; /* type of the argument; NULL for COUNT(*) */
    const Type *result;
} AggregateEnv;

/* Which rows: row[i] is the batch row whose group's state lies `offset` bytes into group[i]. */
typedef struct AggregateRows {
    uint32_t count;
    const uint16_t *row; /* batch row numbers */
    char *const *group;
    uint32_t offset;
} AggregateRows;

struct AggregateDef {
    const char *name;
    const char *args; /* pattern as in function.h; "" for COUNT(*) */
    ResultRule *result;
    uint32_t state_size;
    uint32_t flags;
    /* NULL arguments are skipped by the aggregate itself. */
    Status (*add)(const AggregateEnv *env, const AggregateRows *rows, const Column *arg);
    /* Takes rows back. NULL: the operator keeps the values in a sorted container instead. */
    Status (*retract)(const AggregateEnv *env, const AggregateRows *rows, const Column *arg);
    /* Writes the values of the groups' states to out[0 .. count - 1], whose bitmap is there.
     * Sets overflow[i] (never NULL) where the value does not fit its type and is shown as NULL. */
    Status (*emit)(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                   bool *overflow);
    /* Gives back what the state holds outside of itself. NULL: nothing. */
    void (*drop)(const AggregateEnv *env, void *state);
    const char *signature;
    const char *doc;
};

/* MIN, MAX: over rows that can be taken back the value is the first (or last) of a sorted container
 * that the operator keeps; otherwise the state is enough. */
enum { AGG_ORDERED_FIRST = 1 << 0, AGG_ORDERED_LAST = 1 << 1 };

/* The aggregate can follow input whose rows are updated and deleted. */
static inline bool aggregate_can_retract(const AggregateDef *def)
{
    return def->retract != NULL || (def->flags & (AGG_ORDERED_FIRST | AGG_ORDERED_LAST)) != 0;
}

/* E2106, E2107 as function_bind does; `args` in and out as there. */
CHECKED Status aggregate_bind(Text name, Type *arg, uint32_t args, Arena *arena, Span span,
                              const AggregateDef **out, Type *result, Diag *diag);
bool aggregate_exists(Text name);
/* Families, each ending with a row whose name is NULL. */
extern const AggregateDef *const aggregate_families[];
extern const uint32_t aggregate_family_count;
extern const AggregateDef sum_aggregates[], extreme_aggregates[];

static inline char *aggregate_state(const AggregateRows *rows, uint32_t i)
{
    return rows->group[i] + rows->offset;
}

#endif
