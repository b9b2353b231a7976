/* Planner: statements -> plans. The phases, each of whose results can be printed: bind (names,
 * types, time attributes), logical plan, lowering (shared scans, merged filters and projections,
 * windows recognised, changelog forms, pushed-down comparisons), check. planner.c reads as the list
 * of them. */
#ifndef WEIR_PLANNER_PLANNER_H
#define WEIR_PLANNER_PLANNER_H

#include "grammar/ast.h"
#include "planner/lower/lower.h"
#include "planner/table.h"

/* Called for each warning that binding gives. */
typedef void PlanWarning(void *context, const Diag *warning);

typedef struct PlanRequest {
    TableLookup *tables;
    QuerySettings settings;
    Arena *arena; /* of the statement: logical plans, and the plan unless it is to be a job */
    PlanWarning *warning; /* may be NULL */
    void *context;
    Diag *diag;
    PlanRun *run; /* for subqueries over constants; NULL: those that need it are refused */
} PlanRequest;

/* One query and where its rows go; several of them become one plan. */
CHECKED Status plan_select(const PlanRequest *request, const Query *query, Span span,
                           QueryDraft *out);
CHECKED Status plan_insert(const PlanRequest *request, const Insert *insert, Span span,
                           QueryDraft *out);
CHECKED Status plan_materialized(const PlanRequest *request, const Statement *statement,
                                 QueryDraft *out);

/* The physical plan of a job, in an arena with the job's life (what it refers to, tables and
 * constants, lies in the request's and the tables' arenas, which must live as long). */
CHECKED Status plan_queries(const PlanRequest *request, const QueryDraft *query, uint32_t queries,
                            Plan **out);

/* EXPLAIN: logical and physical plans, changelog forms, state kept. */
void plan_explain(const QueryDraft *query, uint32_t queries, const Plan *plan, StrBuf *out);

#endif
