/* Plan: what a job runs, as a graph of nodes from sources to sinks. It belongs to the machine that
 * runs it, as an instruction set does; the planner targets it. Read-only once made; run state is a
 * parallel tree (op/). All of it lies in one arena with the job's life.
 *
 * A node's id is stable: the n-th node in order of definition, kept with the job. */
#ifndef WEIR_EXECUTOR_PLAN_PLAN_H
#define WEIR_EXECUTOR_PLAN_PLAN_H

#include "executor/plan/plan_parts.h"

typedef enum PlanKind {
#define X(kind, title, doc) PLAN_##kind,
#include "executor/plan/plan.def"
#undef X
} PlanKind;
const char *plan_kind_title(PlanKind kind); /* as EXPLAIN shows it */
/* Keeps state by the clock alone, which a TTL bounds; what waits for the watermark goes with it. */
bool plan_kind_forgets(PlanKind kind);

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
    Micros ttl;  /* state that nothing has written for so long is forgotten; 0: it is not */
    bool recurs; /* what its key tells apart can come once more as new: something was forgotten */
    uint32_t inputs;
    PlanNode *const *input;
    union {
        PlanScan scan;
        PlanValues values;
        PlanCalc calc;
        PlanSetOperation set_operation;
        PlanExpand expand;
        PlanAggregate group_aggregate;
        PlanWindow window;
        PlanWindowAggregate window_aggregate;
        PlanProcessingTime processing_time;
        PlanRank rank;
        PlanDeduplicate deduplicate;
        PlanNormalize normalize;
        PlanWindowRank window_rank;
        PlanOver over;
        PlanTimeSort time_sort;
        PlanUnnest unnest;
        PlanLimit limit;
        PlanUpsertMaterialize upsert_materialize;
        PlanSink sink;
    } as;
};

typedef struct Plan {
    PlanNode *const *node; /* inputs before their consumers */
    uint32_t nodes;
    PlanNode *const *sink;
    uint32_t sinks;
} Plan;

/* The rows that a plan gives in the end. */
typedef struct PlanRows {
    Value *const *row; /* each as wide as the sink's schema */
    uint32_t rows;
} PlanRows;
/* Runs a plan that reads no source (run/constants.h); the rows lie in the arena. */
typedef Status PlanRun(const Plan *plan, Arena *arena, PlanRows *out, Diag *diag);

/* Every source ends by itself. */
bool plan_is_bounded(const Plan *plan);
/* Of each source whose splits can be divided among processes only the shard's are to be read. */
void plan_set_shard(Plan *plan, Shard shard);
/* There is such a source. */
bool plan_shares_splits(const Plan *plan);

/* "order=[a DESC, b]" */
void plan_print_order(const Schema *input, const PlanOrder *order, uint32_t orders, StrBuf *out);
/* "SUM(DISTINCT v) FILTER f", with the names of the input's columns. */
void plan_print_aggregate_call(const PlanAggregateCall *call, const Schema *input, StrBuf *out);
/* All that its functions look at lies at bounded distances before the row, or is the row. */
bool plan_over_looks_back(const PlanOver *over);
/* And these are distances in time: what lies further back is forgotten as time goes on. */
bool plan_over_forgets_by_time(const PlanOver *over);
/* ", ttl=[1 h]", or of 0, "none" */
void plan_print_ttl(Micros ttl, StrBuf *out);
/* "SUM(v) ROWS BETWEEN 2 PRECEDING AND CURRENT ROW", "LAG(v, 2)", "RANK()". `order`:
 * the type of the column that orders the rows; NULL: none does. */
void plan_print_over_call(const PlanOverCall *call, const PlanFrame *frame,
                          const PlanAggregateCall *aggregate, const Type *order,
                          const Schema *input, StrBuf *out);
/* Nodes as an indented tree, the sink first. `detail`: keys, changelog kinds and state kept. */
void plan_print(const Plan *plan, StrBuf *out);
/* One node as its line there begins: "Calc(select=[a])". */
void plan_print_node(const PlanNode *node, StrBuf *out);
/* Checks what every plan must satisfy; a breach is a bug of the planner: says what in `out` and
 * returns false. Run on every plan in debug builds and in all tests. */
bool plan_check(const Plan *plan, StrBuf *out);

#endif
