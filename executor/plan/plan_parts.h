/* What the nodes of a plan say, one struct for each kind that says anything. Columns are those of
 * the node's input, unless it is told otherwise. */
#ifndef WEIR_EXECUTOR_PLAN_PLAN_PARTS_H
#define WEIR_EXECUTOR_PLAN_PLAN_PARTS_H

#include "executor/function/aggregate.h"
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

typedef enum PlanSetKind { SET_INTERSECT, SET_EXCEPT } PlanSetKind;

/* Rows are compared whole, NULLs being equal. */
typedef struct PlanSetOperation {
    PlanSetKind kind;
    bool all; /* a row counts as often as it is there: else once */
} PlanSetOperation;
/* How often a row is in the result that is there `first` and `second` times on the two sides. */
int64_t plan_set_rows(const PlanSetOperation *set, int64_t first, int64_t second);
const char *plan_set_name(const PlanSetOperation *set); /* "INTERSECT ALL" */

typedef struct PlanArgument {
    int32_t column;         /* of the input; -1: a constant */
    const Scalar *constant; /* the aggregate has looked at it when it was bound; NULL: a column */
} PlanArgument;

typedef struct PlanAggregateCall {
    const AggregateDef *def;
    Type result;
    PlanArgument argument[AGGREGATE_MAX_ARGS];
    uint32_t arguments; /* none: COUNT(*) */
    const void *data;   /* what its `prepare` made of the constants */
    int32_t filter;     /* BOOLEAN input column; -1: none */
    bool distinct;      /* takes each value (of all columns together) once */
    bool slides;        /* rows leave its frame again, though the input only inserts */
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
    WindowShape window;
    uint32_t rowtime;           /* input column; WINDOW_ATTACHED: of the window's start */
    uint32_t until;             /* WINDOW_ATTACHED: input column of its end */
    const WindowColumn *column; /* what the output has after the aggregates */
    uint32_t columns;
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

/* One column of an ORDER BY. */
typedef struct PlanOrder {
    uint32_t column; /* of the input */
    bool descending, nulls_last;
} PlanOrder;

typedef enum RankFunction { RANK_ROW_NUMBER, RANK_RANK, RANK_DENSE_RANK } RankFunction;
const char *rank_function_name(RankFunction function); /* "ROW_NUMBER" ... */

/* Functions over the rows around each row in an order, of its partition. Output: the input's
 * columns, then the calls'. */
typedef struct PlanOver {
    const uint32_t *partition; /* input columns */
    uint32_t partitions;
    const PlanOrder *order; /* OverAggregate: time alone, ascending */
    uint32_t orders;
    bool by_arrival; /* OverAggregate: the time says no more than in which order rows come */
    bool in_order;   /* OverAggregate: no row goes out before one that has an earlier place */
    const PlanFrame *frame;
    uint32_t frames;
    const PlanAggregateCall *aggregate; /* those of one frame together */
    uint32_t aggregates;
    const PlanOverCall *call;
    uint32_t calls;
} PlanOver;

/* The rows of each partition whose rank is in [from, to]. Output: the input's columns, then the
 * rank if it is wanted. */
typedef struct PlanRank {
    RankFunction function;
    const uint32_t *partition; /* input columns */
    uint32_t partitions;
    const PlanOrder *order;
    uint32_t orders;
    uint64_t from, to; /* from 1; to UINT64_MAX: all */
    bool with_rank;
    bool newest_first; /* of equal rows; else as they came */
} PlanRank;

/* Of an append-only input. The first row by event time is given out when the watermark passes it,
 * all else at once. */
typedef struct PlanDeduplicate {
    const uint32_t *partition; /* input columns */
    uint32_t partitions;
    int32_t rowtime; /* input column; -1: by arrival */
    bool last;       /* the last row instead of the first */
} PlanDeduplicate;

typedef struct PlanWindowRank {
    PlanRank rank;       /* its partition has both ends of the window */
    uint32_t window_end; /* input column */
    bool local_zone;     /* the window's ends are times of the session's time zone */
} PlanWindowRank;

typedef struct PlanTimeSort {
    const PlanOrder *order; /* the first one: event time, ascending */
    uint32_t orders;
} PlanTimeSort;

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

#endif
