/* ORDER BY with LIMIT: the rows whose places are within the limit, kept current. */
#include "planner/rewrite/rewrite.h"

Status rewrite_limit_of_sort(Rewrite *rewrite, Logical *node, Logical **out)
{
    *out = node;
    if (node->kind != LOGICAL_LIMIT || node->input[0]->kind != LOGICAL_SORT ||
        node->as.limit.count == 0)
        return ST_OK;
    const PlanLimit *limit = &node->as.limit;
    Logical *sort = node->input[0];
    PlanRank rank = {.function = RANK_ROW_NUMBER,
                     .order = sort->as.sort.order,
                     .orders = sort->as.sort.orders,
                     .from = limit->offset + 1,
                     .to = limit->count > UINT64_MAX - limit->offset
                               ? UINT64_MAX
                               : limit->offset + limit->count};
    TRY(logical_make(rewrite->arena, LOGICAL_RANK, sort->schema, sort->input, 1, out));
    (*out)->as.rank = rank;
    (*out)->span = node->span;
    return ST_OK;
}
