/* UNION ALL, INTERSECT and EXCEPT. Where both inputs of the latter give rows of windows, each of
 * which comes once, a window's rows can be compared when the window is complete: how often each of
 * them is on either side is counted by a WindowAggregate over both, whose state goes with the
 * window, and a SetRows makes rows of the counts. Else a SetOperation keeps every row. */
#include "planner/lower/lower.h"

#include <string.h>

static Status lower_chains(Lowering *lowering, const Logical *logical, Chain *out)
{
    for (uint32_t i = 0; i < logical->inputs; i++)
        TRY(lower_node(lowering, logical->input[i], &out[i]));
    return ST_OK;
}

/* A node over the inputs, each as a node of its own. */
static Status add_over(Lowering *lowering, PlanKind kind, Schema schema, const Chain *input,
                       uint32_t inputs, PlanNode **out)
{
    PlanNode **node;
    TRY_NEW_ARRAY(node, lowering->arena, inputs);
    for (uint32_t i = 0; i < inputs; i++)
        TRY(chain_finish(lowering, &input[i], &node[i]));
    return lowering_add(lowering, kind, schema, node, inputs, out);
}

Status lower_union(Lowering *lowering, const Logical *logical, Chain *out)
{
    Chain *input;
    PlanNode *node;
    TRY_NEW_ARRAY(input, lowering->arena, logical->inputs);
    TRY(lower_chains(lowering, logical, input));
    TRY(add_over(lowering, PLAN_UNION_ALL, logical->schema, input, logical->inputs, &node));
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}

/* --- of windows --- */

enum { SIDES = 2 };

static bool comes_with_windows(const Chain *input)
{
    bool clocked = input->window != NULL && input->window->by_clock;
    return (input->base->watermarked || clocked) && changes_with_windows(input->base);
}

static bool is_of_windows(const Logical *logical, const Chain *input)
{
    bool start = false, end = false;
    for (uint32_t i = 0; i < logical->schema.count; i++) {
        start = start || logical->schema.field[i].time == TIME_WINDOW_START;
        end = end || logical->schema.field[i].time == TIME_WINDOW_END;
    }
    return start && end && comes_with_windows(&input[0]) && comes_with_windows(&input[1]);
}

/* Behind the schema's columns one for each side. */
static Status with_sides(Lowering *lowering, const Schema *schema, TypeId type, Schema *out)
{
    static const char *const names[SIDES] = {"$first", "$second"};
    *out = (Schema){.count = schema->count + SIDES};
    TRY_NEW_ARRAY(out->field, lowering->arena, out->count);
    memcpy(out->field, schema->field, schema->count * sizeof *schema->field);
    for (uint32_t i = 0; i < SIDES; i++)
        out->field[schema->count + i] = (Field){.name = text_of(names[i]),
                                                .type = type_with_null(type_make(type), false),
                                                .internal = true};
    return ST_OK;
}

/* The rows say which side they are of. */
static Status mark_side(Lowering *lowering, uint32_t side, const Schema *schema, Chain *input)
{
    Scalar **project;
    uint32_t width = schema->count - SIDES;
    TRY_NEW_ARRAY(project, lowering->arena, schema->count);
    for (uint32_t i = 0; i < width; i++)
        TRY(scalar_column(lowering->arena, i, input->schema.field[i].type, &project[i]));
    for (uint32_t i = 0; i < SIDES; i++) {
        Value is_it = {.type = schema->field[width + i].type, .as.b = i == side};
        TRY(scalar_constant(lowering->arena, &is_it, &project[width + i]));
    }
    return chain_project(lowering, input, project, schema);
}

/* GROUP BY all columns, with COUNT(*) FILTER for either side. */
static Status count_sides(Lowering *lowering, const Logical *set, const Chain *both, Chain *out)
{
    uint32_t width = set->schema.count;
    AggregateCall count = {0};
    PlanAggregateCall *call;
    Logical *group;
    TRY_NEW(group, lowering->arena);
    TRY_NEW_ARRAY(call, lowering->arena, SIDES);
    TRY(aggregate_bind(TEXT("COUNT"), &count, lowering->arena, set->span, lowering->diag));
    *group = (Logical){.kind = LOGICAL_AGGREGATE, .span = set->span};
    TRY(with_sides(lowering, &set->schema, TYPE_BIGINT, &group->schema));
    for (uint32_t i = 0; i < SIDES; i++)
        call[i] = (PlanAggregateCall){.def = count.def,
                                      .result = count.result,
                                      .data = count.data,
                                      .filter = (int32_t)(width + i)};
    group->as.aggregate = (LogicalAggregate){.keys = width, .call = call, .calls = SIDES};
    return lower_aggregate_over(lowering, group, both, out);
}

static Status lower_window_set(Lowering *lowering, const Logical *logical, Chain *input, Chain *out)
{
    Schema schema;
    PlanNode *both, *counts, *node;
    Chain chain;
    TRY(with_sides(lowering, &logical->schema, TYPE_BOOLEAN, &schema));
    for (uint32_t i = 0; i < SIDES; i++)
        TRY(mark_side(lowering, i, &schema, &input[i]));
    TRY(add_over(lowering, PLAN_UNION_ALL, schema, input, SIDES, &both));
    infer_changelog(both);
    TRY(chain_over(lowering, both, &both->schema, &chain));
    TRY(count_sides(lowering, logical, &chain, &chain));
    TRY(chain_finish(lowering, &chain, &counts));
    TRY(lowering_add(lowering, PLAN_SET_ROWS, logical->schema, &counts, 1, &node));
    node->as.set_operation = logical->as.set_operation;
    infer_changelog(node);
    if (both->input[0]->key.known) /* they are some of the first side's rows */
        node->key = both->input[0]->key;
    return chain_over(lowering, node, &node->schema, out);
}

Status lower_set_operation(Lowering *lowering, const Logical *logical, Chain *out)
{
    Chain input[SIDES];
    PlanNode *node;
    TRY(lower_chains(lowering, logical, input));
    if (is_of_windows(logical, input))
        return lower_window_set(lowering, logical, input, out);
    TRY(add_over(lowering, PLAN_SET_OPERATION, logical->schema, input, SIDES, &node));
    node->as.set_operation = logical->as.set_operation;
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}
