/* Aggregate functions: one row in one table says everything about one overload.
 *
 * An aggregate's state is plain bytes of fixed size inside a group's entry of a KeyedMap, so that
 * the container saves and restores it. What grows is outside of it: in the heap of that container,
 * or in containers that are kept for the call (AGG_SORTED, AGG_LISTED). The loops run over many
 * rows at once (AggregateRows).
 *
 * Nothing here may depend on how the input was cut into batches. What depends on the order of rows
 * goes by the number under which a row arrived (aggregate_arrival): so states can be merged that
 * were filled in turns, as the slices of windows are. */
#ifndef WEIR_EXECUTOR_FUNCTION_AGGREGATE_H
#define WEIR_EXECUTOR_FUNCTION_AGGREGATE_H

#include "executor/function/function.h"

typedef struct AggregateDef AggregateDef;

enum {
    AGGREGATE_MAX_ARGS = 3,
    AGGREGATE_MAX_ORDERS = 4,
    AGGREGATE_MAX_COLUMNS = AGGREGATE_MAX_ARGS + AGGREGATE_MAX_ORDERS,
};

/* How one key of f(x ORDER BY key) orders. */
typedef struct AggregateOrder {
    bool descending, nulls_last;
} AggregateOrder;

/* What an aggregate may use beside its state: the same for all calls of one container. */
typedef struct AggregateEnv {
    struct Heap *heap;              /* of the container that holds the states */
    struct SortedMap *ordered;      /* AGG_SORTED; else NULL */
    struct SortedMap *list, *index; /* AGG_LISTED, AGG_INDEXED: value_list.h; else NULL */
    uint64_t seed;                  /* of hashes; a restart has the same */
    Arena *scratch;
    const Type *argument[AGGREGATE_MAX_COLUMNS]; /* types of the columns, keys among them */
    uint32_t arguments;
    const AggregateOrder *order; /* AGG_ORDERED */
    uint32_t order_column[AGGREGATE_MAX_ORDERS], orders;
    uint32_t flags; /* of the AggregateDef in use */
    const Type *result;
    const void *data; /* what `prepare` made */
} AggregateEnv;

/* Which rows: row[i] is the batch row whose group's state lies `offset` bytes into group[i]. */
typedef struct AggregateRows {
    uint32_t count;
    const uint16_t *row; /* batch row numbers */
    char *const *group;
    const uint32_t *entry; /* number of the group, by which a container of the call knows it */
    uint32_t offset;
    uint64_t arrival; /* the number under which batch row 0 arrived, or would have */
} AggregateRows;

/* One use of an aggregate, as the binder sees it. */
typedef struct AggregateCall {
    const AggregateDef *def;
    uint32_t args;
    const Type *arg;
    const Value *const *constant; /* per argument: its value when it is a constant, else NULL; of an
                                     ARRAY of constants those of its elements in a row */
    const uint32_t *constants;    /* per argument: how many values `constant` has */
    Type result;
    const void *data; /* made by `prepare` */
} AggregateCall;

struct AggregateDef {
    const char *name;
    const char *args; /* letters, see aggregate_registry.c; "" for COUNT(*) */
    ResultRule *result;
    uint32_t state_size;
    uint32_t flags;
    /* Looks at constant arguments, at bind time; as in function.h. May be NULL. */
    Status (*prepare)(AggregateCall *call, Arena *arena, Diag *diag);
    /* arg: the columns among the arguments. NULL arguments are skipped by the aggregate itself. */
    Status (*add)(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg);
    /* Takes rows back. NULL: it cannot. */
    Status (*retract)(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg);
    /* Takes what the states `from` hold into the states `into`, one into each, as if the rows of
     * both had come to one; `from` stays as it is, and may lie in other containers. */
    Status (*merge)(const AggregateEnv *env, const AggregateRows *into,
                    const AggregateEnv *from_env, const AggregateRows *from);
    /* Takes it out again: what is left is exactly the rest. NULL: that cannot be done. */
    Status (*unmerge)(const AggregateEnv *env, const AggregateRows *into,
                      const AggregateEnv *from_env, const AggregateRows *from);
    /* Writes the values of the groups' states to out[0 .. count - 1], whose bitmap is there.
     * Sets overflow[i] (never NULL) where the value does not fit its type and is shown as NULL. */
    Status (*emit)(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                   bool *overflow);
    /* Gives back what the state of group `entry` holds outside of itself. NULL: nothing. */
    void (*drop)(const AggregateEnv *env, void *state, uint32_t entry);
    /* How it is done over rows that can be taken back, where that takes other means: a row of its
     * own, in no family. NULL: as here, if `retract` is there. */
    const AggregateDef *retracting;
    /* Likewise over rows that leave in the order in which they came; no groups are merged there.
     * NULL: as over rows that can be taken back. */
    const AggregateDef *sliding;
    const char *signature;
    const char *doc;
};

enum {
    AGG_SORTED = 1 << 0,         /* a SortedMap is kept for it, of the values of its first column */
    AGG_SORTED_SECOND = 1 << 1,  /* of its second column */
    AGG_LISTED = 1 << 2,         /* a list of its rows is kept for it (value_list.h) */
    AGG_INDEXED = 1 << 3,        /* in which rows are found by their values */
    AGG_DISTINCT = 1 << 4,       /* takes each value once, whether DISTINCT is said or not */
    AGG_DISTINCT_ALIKE = 1 << 5, /* DISTINCT changes nothing: the least of distinct values is the
                                    least of all */
    AGG_TAKES_NULLS = 1 << 6,    /* a NULL is a value to it, also a distinct one */
    AGG_ARRIVAL = 1 << 7,        /* goes by the numbers under which rows arrived */
    AGG_LONG = 1 << 8,           /* what it gives out grows with its group */
    AGG_ORDERED = 1 << 9,        /* takes ORDER BY */
    AGG_INTERNAL = 1 << 10,      /* the binder makes it of clauses; users cannot call it */
    AGG_EXTENSION = 1 << 11,     /* Flink does not have it */
    AGG_NEVER_NULL = 1 << 12,    /* over one row or more, of arguments without NULLs: it always fits
                                    its type */
};

/* How it is done over a frame that rows leave. */
static inline const AggregateDef *aggregate_sliding(const AggregateDef *def)
{
    return def->sliding != NULL      ? def->sliding
           : def->retracting != NULL ? def->retracting
           : def->retract != NULL    ? def
                                     : NULL;
}

/* How the aggregate is done over input that inserts alone, or also takes back; NULL: it cannot. */
static inline const AggregateDef *aggregate_over(const AggregateDef *def, bool retracts)
{
    if (!retracts)
        return def;
    if (def->retracting != NULL)
        return def->retracting;
    return def->retract != NULL ? def : NULL;
}

/* E2106, E2107 as function_bind does. In: arg, args, constant; out: the rest. */
CHECKED Status aggregate_bind(Text name, AggregateCall *call, Arena *arena, Span span, Diag *diag);
bool aggregate_exists(Text name);
/* The argument is a constant that `prepare` looks at, and no column. */
bool aggregate_wants_constant(const AggregateDef *def, uint32_t arg);
/* Families, each ending with a row whose name is NULL. */
extern const AggregateDef *const aggregate_families[];
extern const uint32_t aggregate_family_count;
extern const AggregateDef count_aggregates[], sum_aggregates[], extreme_aggregates[],
    variance_aggregates[], pick_aggregates[], logic_aggregates[], list_aggregates[],
    json_aggregates[], percentile_aggregates[], approximate_aggregates[], collect_aggregates[];

static inline char *aggregate_state(const AggregateRows *rows, uint32_t i)
{
    return rows->group[i] + rows->offset;
}

/* The number under which the row arrived; later rows have greater ones, none has 0. */
static inline uint64_t aggregate_arrival(const AggregateRows *rows, uint32_t i)
{
    return rows->arrival + rows->row[i];
}

#endif
