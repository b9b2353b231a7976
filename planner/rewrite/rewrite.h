/* Rewriting: rules that turn a logical plan into one that says the same and can be run, or run
 * better. Rules see one node and what stands under it. */
#ifndef WEIR_PLANNER_REWRITE_REWRITE_H
#define WEIR_PLANNER_REWRITE_REWRITE_H

#include "planner/logical/logical.h"

typedef struct Rewrite {
    Arena *arena;
    Diag *diag;
} Rewrite;

/* *out is `node` itself where the rule does not apply. */
typedef Status RewriteRule(Rewrite *rewrite, Logical *node, Logical **out);
RewriteRule rewrite_top_n, rewrite_limit_of_sort;

CHECKED Status rewrite_query(Arena *arena, Logical *logical, Logical **out, Diag *diag);

#endif
