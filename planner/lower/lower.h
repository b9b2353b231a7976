/* Lowering: logical plans -> one physical plan. Several queries become one plan whose scans they
 * share (draft.c); chains of filters and projections become one Calc (chain.c); the rest is node by
 * node (lower.c, lower_scan.c, lower_aggregate.c). What the sinks accept decides the changelog
 * forms (changelog.c); comparisons move into the scans last (push_predicate.c). */
#ifndef WEIR_PLANNER_LOWER_LOWER_H
#define WEIR_PLANNER_LOWER_LOWER_H

#include "planner/logical/logical.h"
#include "storage/base/vec.h"

/* Whether a table's key is kept by UpsertMaterialize: where the query's rows may share one, where
 * there is a key, never. */
typedef enum UpsertMaterialize {
    UPSERT_MATERIALIZE_AUTO,
    UPSERT_MATERIALIZE_FORCE,
    UPSERT_MATERIALIZE_NONE,
} UpsertMaterialize;

/* What of SET matters to a plan. */
typedef struct QuerySettings {
    EmitStrategy emit; /* of its windows */
    Micros state_ttl;  /* of what no hint says otherwise; 0: state is kept for ever */
    UpsertMaterialize upsert_materialize;
    bool fits_lengths; /* texts and bytes that INSERT writes, to those of the columns */
} QuerySettings;

/* A query and where its rows go. */
typedef struct QueryDraft {
    Text name; /* of the view or table; "SELECT" */
    Span span;
    PlanSinkKind kind;
    Logical *logical;
    const TableDef *table; /* of an INSERT; NULL else */
    OnError on_error;
    QuerySettings settings;
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
    uint32_t query;                /* being lowered */
    const QuerySettings *settings; /* its own */
} Lowering;

/* A window function that is not computed yet: an aggregate may take it in. */
typedef struct ChainWindow {
    WindowShape spec;
    Scalar *time;       /* over the base's columns, as are the keys */
    Scalar *const *key; /* SESSION: PARTITION BY */
    uint32_t keys;
    bool by_clock;       /* of processing time */
    uint32_t conditions; /* of the chain, that its rows meet */
    Span span;
} ChainWindow;

/* A node and what a window function and then filters and projections above it have asked for so
 * far. The window's start, end and time count as columns behind the base's own. */
typedef struct Chain {
    PlanNode *base;
    const ChainWindow *window; /* NULL: none */
    VEC(Scalar *) condition;   /* over the base's and the window's columns */
    Scalar **project;          /* one for each column of `schema`, likewise */
    Schema schema;             /* what the chain gives */
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

/* --- chain_window.c --- */
/* The chain gets the window as its own. */
CHECKED Status chain_window(Lowering *lowering, Chain *chain, const LogicalWindow *window,
                            const Schema *schema, Span span);
/* Whether anything but columns that are the window's, as they are, is computed of them. */
bool chain_computes_with_window(const Chain *chain);
/* The window's columns can be computed from its row alone. */
bool chain_window_is_of_row(const ChainWindow *window);
/* The rows, at the time of the clock: that becomes their column of so much. */
CHECKED Status lowering_add_clock(Lowering *lowering, PlanNode *input, uint32_t column,
                                  PlanNode **out);
/* The window's columns become those of nodes and expressions: the chain has no window any more. */
CHECKED Status chain_settle_window(Lowering *lowering, Chain *chain);

/* --- lower_session.c --- */
enum { SESSION_COLUMNS = 3 }; /* window_start, window_end, window_time */
typedef struct SessionRows {
    WindowShape window;
    uint32_t columns;    /* the first so many of the input are the rows */
    const uint32_t *key; /* columns of the input whose sessions are apart */
    uint32_t keys;
    uint32_t rowtime;
    Field window_field[SESSION_COLUMNS];
    Span span;
} SessionRows;
/* Over *node the rows of each session: the window's columns, then theirs. */
CHECKED Status lower_session_rows(Lowering *lowering, const SessionRows *rows, PlanNode **node);

/* --- nodes --- */
CHECKED Status lower_node(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_scan(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_union(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_set_operation(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_aggregate(Lowering *lowering, const Logical *logical, Chain *out);
/* Over an input of its own. */
CHECKED Status lower_aggregate_over(Lowering *lowering, const Logical *logical, const Chain *input,
                                    Chain *out);
CHECKED Status lower_over(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_rank(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_sort(Lowering *lowering, const Logical *logical, Chain *out);
CHECKED Status lower_limit(Lowering *lowering, const Logical *logical, Chain *out);
/* The logical node's only input. */
CHECKED Status lower_input(Lowering *lowering, const Logical *logical, PlanNode **out);
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
/* Whether rows with a window's columns are all there when it is over: those that are changed later
 * must come from windows that are corrected themselves. Of others (the best row of a key, say)
 * nothing can be computed by windows. */
bool changes_with_windows(const PlanNode *node);

/* --- program_size.c --- */
/* E1005 where an operator would have to compute more than a program holds. */
CHECKED Status check_program_sizes(const Plan *plan, const QueryDraft *query, Diag *diag);

/* --- read_elements.c --- */
/* Per node, by its id: those whose input it is. */
typedef VEC(const PlanNode *) PlanNodes;
typedef struct PlanReaders {
    PlanNodes *of;
} PlanReaders;
CHECKED Status find_readers(Arena *arena, const Plan *plan, PlanReaders *out);
/* What is read of the elements of an ARRAY of ROWs, `leaf`, which is a column of the Calc's input
 * or a field of one, by the Calc and all above it: marks fields that nobody reads in *type.
 * *partly: there are such. Of other types, or where there is no Calc, none are marked. */
CHECKED Status read_elements(const PlanReaders *readers, const PlanNode *calc, const Scalar *leaf,
                             Arena *arena, Type *type, bool *partly);

/* --- push_fields.c, push_predicate.c --- */
CHECKED Status push_fields(Arena *arena, Plan *plan);
CHECKED Status push_predicates(Arena *arena, Plan *plan);

#endif
