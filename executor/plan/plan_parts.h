/* What the nodes of a plan say, one struct for each kind that says anything. Columns are those of
 * the node's input, unless it is told otherwise. */
#ifndef WEIR_EXECUTOR_PLAN_PLAN_PARTS_H
#define WEIR_EXECUTOR_PLAN_PLAN_PARTS_H

#include "executor/function/aggregate.h"
#include "executor/plan/plan_order.h"
#include "executor/plan/plan_over.h"
#include "executor/plan/scalar.h"
#include "executor/plan/window.h"
#include "storage/connector/connector.h"
#include "storage/data/schema.h"
#include "storage/sqlite/result_table.h"

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
    Micros idle_advance;       /* likewise: the watermark of a silent split goes on by the clock */
    Micros monitor_interval;   /* unbounded: how often to look for new splits; 0: never */
    Shard shard;               /* of a connector that shares its splits */
    bool bounded;
} PlanScan;

/* Records that say of a key what its row is or, where the BOOLEAN column `deletion` is true, that
 * there is none. The output has all columns. */
typedef struct PlanNormalize {
    const uint32_t *key;
    uint32_t keys;
    uint32_t deletion;
} PlanNormalize;

typedef struct PlanValues {
    Scalar *const *cell; /* rows * columns constants */
    uint32_t rows;
} PlanValues;

typedef struct PlanCalc {
    Scalar *const *condition; /* a conjunction; evaluated first */
    uint32_t conditions;
    Scalar *const *project; /* NULL: the input's columns; else schema.count of them */
} PlanCalc;

typedef enum PlanSetKind { SET_INTERSECT, SET_EXCEPT } PlanSetKind;

/* Rows are compared whole, NULLs being equal. SetRows: the last two columns of the input say how
 * often a row is on either side; the output has the others. */
typedef struct PlanSetOperation {
    PlanSetKind kind;
    bool all; /* a row counts as often as it is there: else once */
} PlanSetOperation;
/* How often a row is in the result that is there `first` and `second` times on the two sides. */
int64_t plan_set_rows(const PlanSetOperation *set, int64_t first, int64_t second);
const char *plan_set_name(const PlanSetOperation *set); /* "INTERSECT ALL" */

typedef struct PlanGroupingSet {
    uint64_t lacks; /* bit k: key k is NULL in it */
    int64_t number;
} PlanGroupingSet;

/* Each row once for each set, with NULL in the keys that the set lacks. Output: the input's
 * columns, then the set's number. */
typedef struct PlanExpand {
    uint32_t keys; /* the first columns of the input */
    const PlanGroupingSet *set;
    uint32_t sets;
} PlanExpand;
/* The rows of any two sets can be told apart by the keys alone: the one lacks a key that the other
 * has and that is never NULL. */
bool plan_expand_shows_sets(const PlanExpand *expand, const Schema *input);

typedef struct PlanArgument {
    int32_t column;         /* of the input; -1: a constant */
    const Scalar *constant; /* the aggregate has looked at it when it was bound; NULL: a column */
} PlanArgument;

typedef struct PlanAggregateCall {
    const AggregateDef *def;
    Type result;
    PlanArgument argument[AGGREGATE_MAX_COLUMNS];
    uint32_t arguments; /* none: COUNT(*) */
    AggregateOrder order[AGGREGATE_MAX_ORDERS];
    uint32_t orders;  /* the last ones of the arguments are the keys of an ORDER BY */
    const void *data; /* what its `prepare` made of the constants */
    int32_t filter;   /* BOOLEAN input column; -1: none */
    bool distinct;    /* takes each value (of all columns together) once */
    bool slides;      /* rows leave its frame again, though the input only inserts */
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

/* When the results of a window go out beside the moment at which the watermark passes it. A delay
 * counts from the first change that has not gone out, by the clock; 0: at once. */
typedef struct EmitStrategy {
    bool early; /* before it, as the window fills */
    bool late;  /* behind it, where `lateness` lets rows in */
    Micros early_delay, late_delay;
    Micros lateness; /* behind its end */
} EmitStrategy;

typedef struct PlanWindowAggregate {
    PlanAggregate aggregate;
    WindowShape window;
    uint32_t rowtime;           /* input column; WINDOW_ATTACHED: of the window's start */
    uint32_t until;             /* WINDOW_ATTACHED: input column of its end */
    const WindowColumn *column; /* what the output has after the aggregates */
    uint32_t columns;
    EmitStrategy emit; /* UPDATING_WINDOW_AGGREGATE, UPDATING_SESSION_AGGREGATE */
} PlanWindowAggregate;

/* Each row once for each of its windows, with the window's start, end and time behind its columns.
 */
typedef struct PlanWindow {
    WindowShape window;
    uint32_t rowtime; /* input column */
} PlanWindow;

typedef struct PlanProcessingTime {
    uint32_t column; /* of the input: becomes the time at which the row is processed */
} PlanProcessingTime;

/* Functions over the rows around each row in an order, of its partition. Output: the input's
 * columns, then the calls'. */
typedef struct PlanOver {
    const uint32_t *partition; /* input columns */
    uint32_t partitions;
    const PlanOrder *order; /* OverAggregate: time alone, ascending */
    uint32_t orders;
    bool by_arrival; /* OverAggregate: the time says no more than in which order rows come */
    bool in_order;   /* OverAggregate: no row goes out before one that has an earlier place */
    bool net;        /* UpdatingOver: what a batch comes to goes out, not each change of it */
    const PlanFrame *frame;
    uint32_t frames;
    const PlanAggregateCall *aggregate; /* those of one frame together */
    uint32_t aggregates;
    const PlanOverCall *call;
    uint32_t calls;
} PlanOver;

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

/* The table's key; and what tells the query's rows `apart` (NULL: nothing does but all columns). */
typedef struct PlanUpsertMaterialize {
    const uint32_t *key;
    uint32_t keys;
    const uint32_t *apart;
    uint32_t aparts;
} PlanUpsertMaterialize;

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
    const bool *map_keys;   /* per column: a NULL among the keys of a MAP is E5010; NULL: none */
    RefuseTime *const *refuse_time; /* per column: times that are E5015, or NULL; NULL: none are */
    OnError on_error;
} PlanSink;

#endif
