/* Plan: what a job runs, as a graph of nodes from sources to sinks. It belongs to the machine that
 * runs it, as an instruction set does; the planner targets it. Read-only once made; run state is a
 * parallel tree (op/). All of it lies in one arena with the job's life.
 *
 * A node's id is stable: the n-th node in order of definition, kept with the job. */
#ifndef WEIR_EXECUTOR_PLAN_PLAN_H
#define WEIR_EXECUTOR_PLAN_PLAN_H

#include "executor/function/aggregate.h"
#include "executor/plan/scalar.h"
#include "storage/connector/connector.h"
#include "storage/data/schema.h"
#include "storage/sqlite/result_table.h"

typedef enum PlanKind {
#define X(kind, title, doc) PLAN_##kind,
#include "executor/plan/plan.def"
#undef X
} PlanKind;
const char *plan_kind_title(PlanKind kind); /* as EXPLAIN shows it */

/* What kinds of rows an edge carries. */
typedef enum ChangelogMode {
    CHANGELOG_APPEND,  /* +I only */
    CHANGELOG_UPSERT,  /* +I, +U, -D by the key; no -U */
    CHANGELOG_RETRACT, /* +I, -U, +U, -D */
} ChangelogMode;
const char *changelog_name(ChangelogMode mode); /* "append" ... */

/* Columns that tell rows apart; count 0 with `known`: there is at most one row. */
typedef struct PlanKey {
    bool known;
    const uint32_t *column;
    uint32_t count;
} PlanKey;

typedef enum OnError { ON_ERROR_REJECT, ON_ERROR_FAIL, ON_ERROR_SKIP } OnError;

typedef struct PlanScan {
    ScanSpec spec;
    Scalar *const *computed; /* columns after the wanted ones, for rowtime and watermark */
    uint32_t computed_count;
    int32_t rowtime;   /* column of the node's schema; -1: none */
    Scalar *watermark; /* over the node's columns; NULL: none */
    OnError on_error;
    double max_rejected_ratio; /* of at least 10,000 records; 1: never too many */
    Micros max_future_skew;    /* 0: off */
    Micros idle_timeout;       /* 0: off */
    Micros monitor_interval;   /* unbounded: how often to look for new splits; 0: never */
    bool bounded;
} PlanScan;

typedef struct PlanValues {
    Scalar *const *cell; /* rows * columns constants */
    uint32_t rows;
} PlanValues;

typedef struct PlanCalc {
    Scalar *const *condition; /* a conjunction; evaluated first */
    uint32_t conditions;
    Scalar *const *project; /* NULL: the input's columns; else schema.count of them */
} PlanCalc;

typedef struct PlanAggregateCall {
    const AggregateDef *def;
    Type result;
    int32_t argument; /* input column; -1: COUNT(*) */
    int32_t filter;   /* BOOLEAN input column; -1: none */
    bool distinct;
} PlanAggregateCall;

/* Groups by input columns. Output: the keys, then the aggregates, then (window aggregate)
 * window_start and window_end as asked for. */
typedef struct PlanAggregate {
    const uint32_t *key;
    uint32_t keys;
    const PlanAggregateCall *call;
    uint32_t calls;
} PlanAggregate;

typedef enum WindowColumn { WINDOW_START, WINDOW_END, WINDOW_TIME } WindowColumn;

typedef struct PlanWindowAggregate {
    PlanAggregate aggregate;
    uint32_t rowtime;           /* input column */
    Micros size, offset;        /* TUMBLE */
    bool local_zone;            /* TIMESTAMP_LTZ: windows align to the session's time zone */
    const WindowColumn *column; /* what the output has after the aggregates */
    uint32_t columns;
} PlanWindowAggregate;

/* The last column of the input is an ARRAY, MAP or MULTISET. Output: the input's other columns,
 * what an element is made of (the fields of a ROW, a MAP's key and value, else the element itself),
 * the element's number. */
typedef struct PlanUnnest {
    bool outer;        /* a row without elements gives one, with NULLs for the element */
    bool ordinality;   /* the number is wanted */
    Scalar *condition; /* outer: over the output, which elements count; NULL: all */
} PlanUnnest;

typedef struct PlanLimit {
    uint64_t offset, count; /* count UINT64_MAX: all */
} PlanLimit;

typedef enum PlanSinkKind {
    SINK_RESULT, /* a materialized view or sqlite table: a ResultTable */
    SINK_CONNECTOR,
    SINK_COLLECT, /* a bare SELECT: rows go to whoever runs the job */
} PlanSinkKind;

typedef struct PlanSink {
    PlanSinkKind kind;
    Text name;              /* of the view or table */
    ResultSpec result;      /* SINK_RESULT */
    const TableSpec *table; /* SINK_CONNECTOR */
    const bool *not_null;   /* per column: a NULL is E5010; NULL: none */
    OnError on_error;
} PlanSink;

typedef struct PlanNode PlanNode;
struct PlanNode {
    PlanKind kind;
    uint32_t id;
    uint32_t query; /* index of the sink whose rows this makes; a shared scan: UINT32_MAX */
    Schema schema;  /* of the output */
    ChangelogMode changelog;
    PlanKey key;
    uint32_t *key_memory; /* room for a key of the node's own: schema.count entries */
    bool watermarked;     /* the edge above carries watermarks */
    uint32_t inputs;
    PlanNode *const *input;
    union {
        PlanScan scan;
        PlanValues values;
        PlanCalc calc;
        PlanAggregate group_aggregate;
        PlanWindowAggregate window_aggregate;
        PlanUnnest unnest;
        PlanLimit limit;
        PlanSink sink;
    } as;
};

typedef struct Plan {
    PlanNode *const *node; /* inputs before their consumers */
    uint32_t nodes;
    PlanNode *const *sink;
    uint32_t sinks;
} Plan;

/* Every source ends by itself. */
bool plan_is_bounded(const Plan *plan);

/* Nodes as an indented tree, the sink first. `detail`: keys, changelog kinds and state kept. */
void plan_print(const Plan *plan, StrBuf *out);
/* One node as its line there begins: "Calc(select=[a])". */
void plan_print_node(const PlanNode *node, StrBuf *out);
/* Checks what every plan must satisfy; a breach is a bug of the planner: says what in `out` and
 * returns false. Run on every plan in debug builds and in all tests. */
bool plan_check(const Plan *plan, StrBuf *out);

#endif
