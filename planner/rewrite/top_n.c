/* A numbering of rows (ROW_NUMBER, RANK, DENSE_RANK) whose number a filter above bounds is a Top-N:
 *
 *   Filter(rn <= 3 AND ...)        Filter(...)
 *     Project / Filter ...    ->     Project / Filter ...
 *       Over(ROW_NUMBER() AS rn)       Rank(to=3, rank=rn)
 *
 * Between the two may stand whatever passes the number on and drops rows singly. The bounds leave
 * the filter, the rest of it stays. When one number alone is asked for, it is no column of the Rank
 * but a constant. */
#include "planner/rewrite/rewrite.h"

#include <assert.h>
#include <string.h>

/* --- bounds --- */

typedef struct Bounds {
    int64_t from, to;
    bool has_to;
    Span span; /* of the upper one */
} Bounds;

/* The comparison with its sides the other way round. */
static const char *swapped(const char *name)
{
    static const char *const pairs[][2] = {
        {"=", "="}, {"<", ">"}, {"<=", ">="}, {">", "<"}, {">=", "<="}};
    for (uint32_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (strcmp(pairs[i][0], name) == 0)
            return pairs[i][1];
    }
    return "";
}

/* column <name> value, for a whole number */
static bool narrow(Bounds *bounds, const char *name, int64_t value, Span span)
{
    bool lower = strcmp(name, ">") == 0 || strcmp(name, ">=") == 0 || strcmp(name, "=") == 0;
    bool upper = strcmp(name, "<") == 0 || strcmp(name, "<=") == 0 || strcmp(name, "=") == 0;
    if ((strcmp(name, ">") == 0 && value == INT64_MAX) ||
        (strcmp(name, "<") == 0 && value == INT64_MIN))
        return false;
    int64_t least = strcmp(name, ">") == 0 ? value + 1 : value;
    int64_t most = strcmp(name, "<") == 0 ? value - 1 : value;
    if (lower && least > bounds->from)
        bounds->from = least;
    if (upper && (!bounds->has_to || most < bounds->to)) {
        bounds->to = most;
        bounds->span = span;
    }
    bounds->has_to = bounds->has_to || upper;
    return lower || upper;
}

/* Takes the condition in when it compares the column with a whole number. */
static bool take_bound(const Scalar *condition, uint32_t column, Bounds *bounds)
{
    if (condition->kind != SCALAR_CALL || condition->args != 2)
        return false;
    bool left = condition->arg[0]->kind == SCALAR_COLUMN;
    const Scalar *side = condition->arg[!left], *value = condition->arg[left];
    if (side->kind != SCALAR_COLUMN || side->as.column != column || !scalar_is_constant(value) ||
        value->as.constant.null || !type_is_integer(&value->type))
        return false;
    const char *name = condition->as.call.def->name;
    return narrow(bounds, left ? name : swapped(name), value->as.constant.as.i64, condition->span);
}

/* --- the numbering below --- */

static bool is_rank(OverFunction function)
{
    return function == OVER_ROW_NUMBER || function == OVER_RANK || function == OVER_DENSE_RANK;
}

static RankFunction rank_function(OverFunction function)
{
    return function == OVER_RANK         ? RANK_RANK
           : function == OVER_DENSE_RANK ? RANK_DENSE_RANK
                                         : RANK_ROW_NUMBER;
}

/* The Over below whose number is the column of the node's output; NULL: there is none, or it
 * computes more than that number. */
static const Logical *find_over(const Logical *node, uint32_t column)
{
    for (;;) {
        switch (node->kind) {
        case LOGICAL_OVER:
            return node->as.over.calls == 1 && column == node->input[0]->schema.count &&
                           is_rank(node->as.over.call[0].function)
                       ? node
                       : NULL;
        case LOGICAL_PROJECT:
            if (node->as.project[column]->kind != SCALAR_COLUMN)
                return NULL;
            column = node->as.project[column]->as.column;
            break;
        case LOGICAL_FILTER: break;
        case LOGICAL_SCAN:
        case LOGICAL_VALUES:
        case LOGICAL_UNION_ALL:
        case LOGICAL_SET_OPERATION:
        case LOGICAL_WINDOW:
        case LOGICAL_AGGREGATE:
        case LOGICAL_UNNEST:
        case LOGICAL_RANK:
        case LOGICAL_SORT:
        case LOGICAL_LIMIT: return NULL;
        }
        node = node->input[0];
    }
}

/* The number as a constant behind the input's columns. */
static Status add_constant(Rewrite *rewrite, Logical *rank, const Schema *schema, int64_t number,
                           Logical **out)
{
    uint32_t width = schema->count - 1;
    Scalar **project;
    Value value = {.type = schema->field[width].type, .as.i64 = number};
    TRY_NEW_ARRAY(project, rewrite->arena, schema->count);
    for (uint32_t i = 0; i < width; i++)
        TRY(scalar_column(rewrite->arena, i, schema->field[i].type, &project[i]));
    TRY(scalar_constant(rewrite->arena, &value, &project[width]));
    return logical_project(rewrite->arena, rank, project, *schema, out);
}

static Status make_rank(Rewrite *rewrite, const Logical *node, const Bounds *bounds, Logical **out)
{
    const LogicalOver *over = &node->as.over;
    bool one = bounds->from == bounds->to;
    PlanRank rank = {.function = rank_function(over->call[0].function),
                     .partition = over->partition,
                     .partitions = over->partitions,
                     .order = over->order,
                     .orders = over->orders,
                     .from = (uint64_t)bounds->from,
                     .to = (uint64_t)bounds->to,
                     .with_rank = !one};
    Schema schema = one ? node->input[0]->schema : node->schema;
    TRY(logical_make(rewrite->arena, LOGICAL_RANK, schema, node->input, 1, out));
    (*out)->as.rank = rank;
    (*out)->span = node->span;
    return one ? add_constant(rewrite, *out, &node->schema, bounds->to, out) : ST_OK;
}

/* The chain from `node` down to the Over, with a Rank in the Over's place. */
static Status replace_over(Rewrite *rewrite, const Logical *node, const Logical *over,
                           const Bounds *bounds, Logical **out)
{
    Logical *below;
    if (node == over)
        return make_rank(rewrite, node, bounds, out);
    TRY(replace_over(rewrite, node->input[0], over, bounds, &below));
    return logical_with_inputs(rewrite->arena, node, &below, out);
}

/* --- the filter --- */

/* What is left of the filter, above `input`. */
static Status keep_rest(Rewrite *rewrite, const Logical *filter, const bool *taken, Logical *input,
                        Logical **out)
{
    Scalar **condition;
    uint32_t conditions = 0;
    TRY_NEW_ARRAY(condition, rewrite->arena, filter->as.filter.conditions);
    for (uint32_t i = 0; i < filter->as.filter.conditions; i++) {
        if (!taken[i])
            condition[conditions++] = filter->as.filter.condition[i];
    }
    *out = input;
    if (conditions == 0)
        return ST_OK;
    TRY(logical_with_inputs(rewrite->arena, filter, &input, out));
    (*out)->as.filter.condition = condition;
    (*out)->as.filter.conditions = conditions;
    return ST_OK;
}

static Status bound_over(Rewrite *rewrite, Logical *filter, uint32_t column, const Logical *over,
                         Logical **out)
{
    Bounds bounds = {.from = 1};
    bool *taken;
    Logical *below;
    TRY_NEW_ARRAY(taken, rewrite->arena, filter->as.filter.conditions);
    for (uint32_t i = 0; i < filter->as.filter.conditions; i++)
        taken[i] = take_bound(filter->as.filter.condition[i], column, &bounds);
    if (!bounds.has_to)
        return ST_OK;
    if (bounds.to < 1) {
        Status status = diag_error(rewrite->diag, E2127, bounds.span,
                                   "no row has such a rank: the first one is 1");
        return status;
    }
    if (bounds.to < bounds.from) { /* no row is left, which the filter says as well */
        bounds.from = 1;
        memset(taken, false, filter->as.filter.conditions * sizeof *taken);
    }
    TRY(replace_over(rewrite, filter->input[0], over, &bounds, &below));
    return keep_rest(rewrite, filter, taken, below, out);
}

Status rewrite_top_n(Rewrite *rewrite, Logical *node, Logical **out)
{
    *out = node;
    if (node->kind != LOGICAL_FILTER)
        return ST_OK;
    for (uint32_t column = 0; column < node->schema.count; column++) {
        const Logical *over = find_over(node->input[0], column);
        if (over == NULL)
            continue;
        TRY(bound_over(rewrite, node, column, over, out));
        if (*out != node)
            return ST_OK;
    }
    return ST_OK;
}
