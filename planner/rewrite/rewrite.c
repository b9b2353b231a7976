#include "planner/rewrite/rewrite.h"

static RewriteRule *const rules[] = {rewrite_top_n, rewrite_limit_of_sort};

static Status rewrite_inputs(Rewrite *rewrite, Logical *node, Logical **out);

/* Depth is bounded by logical_make. */
static Status rewrite_node(Rewrite *rewrite, Logical *node, Logical **out)
{
    TRY(rewrite_inputs(rewrite, node, out));
    for (uint32_t i = 0; i < sizeof rules / sizeof *rules; i++)
        TRY(rules[i](rewrite, *out, out));
    return ST_OK;
}

static Status rewrite_inputs(Rewrite *rewrite, Logical *node, Logical **out)
{
    Logical **input;
    bool changed = false;
    TRY_NEW_ARRAY(input, rewrite->arena, node->inputs);
    for (uint32_t i = 0; i < node->inputs; i++) {
        TRY(rewrite_node(rewrite, node->input[i], &input[i]));
        changed = changed || input[i] != node->input[i];
    }
    *out = node;
    return changed ? logical_with_inputs(rewrite->arena, node, input, out) : ST_OK;
}

Status rewrite_query(Arena *arena, Logical *logical, Logical **out, Diag *diag)
{
    Rewrite rewrite = {arena, diag};
    return rewrite_node(&rewrite, logical, out);
}
