/* Logical: a query as relational algebra, between binding and the physical plan. The binder makes a
 * tree of these, rules (rewrite/) turn it into a better one, lower/ makes the physical plan of it.
 * Nodes are immutable once their parents are made; rules build new ones. Scalars of a node refer to
 * the columns of its input (for a join: of the inputs in sequence). */
#ifndef WEIR_PLANNER_LOGICAL_LOGICAL_H
#define WEIR_PLANNER_LOGICAL_LOGICAL_H

#include "executor/plan/plan.h"
#include "planner/table.h"
#include "storage/base/vec.h"

typedef enum LogicalKind {
    LOGICAL_SCAN,
    LOGICAL_VALUES,
    LOGICAL_FILTER,
    LOGICAL_PROJECT,
    LOGICAL_UNION_ALL,
    LOGICAL_SET_OPERATION, /* INTERSECT, EXCEPT */
    LOGICAL_WINDOW,        /* a window TVF: appends window_start, window_end, window_time */
    LOGICAL_AGGREGATE,
    LOGICAL_OVER, /* functions over a window of rows: appends a column for each call */
    LOGICAL_RANK, /* the rows of each partition that come first in an order */
    LOGICAL_SORT,
    LOGICAL_UNNEST, /* of the input's last column, which goes */
    LOGICAL_LIMIT,
} LogicalKind;

typedef struct Logical Logical;

typedef struct LogicalWindow {
    WindowShape window;
    uint32_t rowtime;    /* column of the input */
    const uint32_t *key; /* SESSION: likewise, those whose sessions are apart */
    uint32_t keys;
    bool by_clock; /* the time is that at which a row is processed */
} LogicalWindow;

/* The keys that a row is grouped by, the others being NULL. */
typedef struct LogicalGroupingSet {
    uint64_t has; /* bit k: key k */
    int64_t number;
} LogicalGroupingSet;

/* Output: the keys, where there are several sets the set's number, the calls. */
typedef struct LogicalAggregate {
    uint32_t keys; /* the first columns of the input are the keys */
    const LogicalGroupingSet *set;
    uint32_t sets; /* 0: one, of all keys */
    const PlanAggregateCall *call;
    uint32_t calls;
    bool has_ttl; /* of its own, by a STATE_TTL hint; 0: its groups are kept for ever */
    Micros ttl;
} LogicalAggregate;

typedef struct LogicalOverCall {
    OverFunction function;
    const char *name;
    PlanFrame frame;             /* aggregates and cells */
    PlanAggregateCall aggregate; /* OVER_AGGREGATE */
    uint32_t column;             /* OVER_CELL: of the input */
    int32_t otherwise;           /* OVER_CELL: where there is no such row; -1: NULL */
    uint64_t parts;              /* OVER_NTILE */
    Type type;
    Span span;
} LogicalOverCall;

typedef struct LogicalOver {
    const uint32_t *partition; /* columns of the input */
    uint32_t partitions;
    const PlanOrder *order;
    uint32_t orders;
    const LogicalOverCall *call;
    uint32_t calls;
    bool in_order; /* its rows go out in the order in which they came */
} LogicalOver;

typedef struct LogicalSort {
    const PlanOrder *order;
    uint32_t orders;
} LogicalSort;

struct Logical {
    LogicalKind kind;
    Span span;
    uint16_t depth;
    bool whole; /* all columns of its input are wanted, read or not: a row that one of them refuses
                   is no row */
    Schema schema;
    Text view; /* the whole of it stands for that view; empty: for none */
    uint32_t inputs;
    Logical *const *input;
    union {
        struct {
            const TableDef *table;
            OptionList hints; /* OPTIONS hint */
        } scan;
        PlanValues values;
        struct {
            Scalar *const *condition; /* a conjunction */
            uint32_t conditions;
        } filter;
        Scalar *const *project; /* schema.count of them */
        PlanSetOperation set_operation;
        LogicalWindow window;
        LogicalAggregate aggregate;
        LogicalOver over;
        PlanRank rank;
        LogicalSort sort;
        PlanUnnest unnest;
        PlanLimit limit;
    } as;
};

/* E1005 when the tree gets deeper than LIMIT_PLAN_DEPTH. */
CHECKED Status logical_make(Arena *arena, LogicalKind kind, Schema schema, Logical *const *input,
                            uint32_t inputs, Logical **out);
CHECKED Status logical_filter(Arena *arena, Logical *input, Scalar *condition, Logical **out);
/* names, types and time attributes of the columns come from `field`. */
CHECKED Status logical_project(Arena *arena, Logical *input, Scalar *const *project, Schema schema,
                               Logical **out);

/* In the order of processing time, and rows are given out when the clock has moved on. */
bool logical_over_needs_clock(const LogicalOver *over, const Schema *input);

/* Can be seen to give no row, whatever the tables hold: a condition is FALSE or NULL, or LIMIT 0.
 */
bool logical_is_empty(const Logical *logical);

/* The rows of a query that reads no table, as scalars without columns that give the same whenever
 * they are computed. *known is false when there are none such, or telling takes too much. */
typedef struct LogicalRows {
    VEC(Scalar *const *) row; /* as wide as the schema */
} LogicalRows;
/* It reads no table, and gives the same whenever and wherever it is computed. */
bool logical_is_constant(const Logical *logical);
CHECKED Status logical_rows(Arena *arena, const Logical *logical, LogicalRows *out, bool *known);

/* Of the columns of input number `in`, sets those that the node reads when the columns `needed` of
 * its own are read. What it reads of these itself is added to them. */
void logical_mark_input(const Logical *logical, uint32_t in, bool *needed, bool *below);

/* Of the input's columns, those that the window and the calls that are needed read. */
void logical_mark_over(const LogicalOver *over, const bool *needed, bool *below);

/* The node over other inputs. */
CHECKED Status logical_with_inputs(Arena *arena, const Logical *logical, Logical *const *input,
                                   Logical **out);
/* Points errors about the tree at a name in whose place it stands. */
void logical_set_span(Logical *logical, Span span);

/* As an indented tree. */
void logical_print(const Logical *logical, StrBuf *out);

#endif
