/* Lowering: logical plans -> one physical plan. Several queries become one plan whose scans they
 * share (draft.c); chains of filters and projections become one Calc (chain.c); the rest is node by
 * node (lower.c, lower_scan.c, lower_aggregate.c). What the sinks accept decides the changelog
 * forms (changelog.c); comparisons move into the scans last (push_predicate.c). */
#ifndef WEIR_PLANNER_LOWER_LOWER_H
#define WEIR_PLANNER_LOWER_LOWER_H

#include "planner/logical/logical.h"
#include "storage/base/vec.h"

/* A query and where its rows go. */
typedef struct QueryDraft {
    Text name; /* of the view or table; "SELECT" */
    Span span;
    PlanSinkKind kind;
    Logical *logical;
    const TableDef *table; /* of an INSERT; NULL else */
    OnError on_error;
} QueryDraft;

typedef struct ScanDraft {
    const TableDef *table;
    bool *used;      /* per declared column */
    PlanNode *node;  /* made when all queries are known */
    int32_t *column; /* per declared column: of the scan's output; -1: not there */
} ScanDraft;

typedef struct Lowering {
    Arena *arena;
    Diag *diag;
    VEC(ScanDraft) scan;
    VEC(PlanNode *) node;
    uint32_t query; /* being lowered */
} Lowering;

/* A node and what filters and projections above it have asked for so far. */
typedef struct Chain {
    PlanNode *base;
    VEC(Scalar *) condition; /* over the base's columns */
    Scalar **project;        /* one for each column of `schema`, over the base's columns */
    Schema schema;           /* what the chain gives */
} Chain;

/* --- chain.c --- */
CHECKED Status chain_over(Lowering *lowering, PlanNode *base, const Schema *schema, Chain *out);
CHECKED Status chain_filter(Lowering *lowering, Chain *chain, Scalar *const *condition,
                            uint32_t conditions);
/* What the chain has so far is computed whole, whatever is read of it. */
CHECKED Status chain_settle(Lowering *lowering, Chain *chain);
CHECKED Status chain_project(Lowering *lowering, Chain *chain, Scalar *const *project,
                             const Schema *schema);
/* The chain as a node: a Calc, or the base where that is the same. */
CHECKED Status chain_finish(Lowering *lowering, const Chain *chain, PlanNode **out);

/* --- nodes --- */
CHECKED Status lower_node(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_scan(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_window(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_aggregate(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_over(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_rank(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_sort(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_limit(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lowering_add(Lowering *lowering, PlanKind kind, Schema schema,
                            PlanNode *const *input, uint32_t inputs, PlanNode **out);

/* Notes which columns of which tables a query needs. */
CHECKED Status scan_drafts_collect(Lowering *lowering, const Logical *logical);
CHECKED Status scan_drafts_make(Lowering *lowering);

/* --- the door --- */
/* The plan lies in the arena, which lives as long as the job. */
CHECKED Status lower_queries(Arena *arena, const QueryDraft *query, uint32_t queries, Plan **out,
                             Diag *diag);

/* --- prune_aggregate.c --- */
CHECKED Status prune_aggregates(Arena *arena, Logical *logical, Logical **out);

/* --- changelog.c --- */
/* How a node's output changes, from its inputs; sets changelog and key. */
void infer_changelog(PlanNode *node);
/* Upsert instead of retract where nobody above needs the rows before. */
void relax_changelog(PlanNode *sink);

/* --- program_size.c --- */
/* E1005 where an operator would have to compute more than a program holds. */
CHECKED Status check_program_sizes(const Plan *plan, const QueryDraft *query, Diag *diag);

/* --- push_predicate.c --- */
CHECKED Status push_predicates(Arena *arena, Plan *plan);

#endif
