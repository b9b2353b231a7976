/* What every plan must satisfy, so that operators need not ask. */
#include "executor/plan/plan.h"

typedef struct Check {
    const Plan *plan;
    StrBuf *out;
    bool sound;
} Check;

static void breach(Check *check, const PlanNode *node, const char *what)
{
    strbuf_printf(check->out, "node %u (%s): %s\n", node->id, plan_kind_title(node->kind), what);
    check->sound = false;
}

/* All columns of the scalar are there and of the type that it says. */
static void check_scalar(Check *check, const PlanNode *node, const Scalar *s, const Schema *input)
{
    if (s->kind == SCALAR_COLUMN &&
        (s->as.column >= input->count ||
         !type_equal_but_null(&s->type, &input->field[s->as.column].type)))
        breach(check, node, "an expression reads a column that is not there or of another type");
    if (s->kind == SCALAR_CALL && s->as.call.kernel == NULL)
        breach(check, node, "a call has no kernel");
    for (uint32_t i = 0; i < s->args; i++)
        check_scalar(check, node, s->arg[i], input);
}

static void check_calc(Check *check, const PlanNode *node)
{
    const PlanCalc *calc = &node->as.calc;
    const Schema *input = &node->input[0]->schema;
    for (uint32_t i = 0; i < calc->conditions; i++) {
        check_scalar(check, node, calc->condition[i], input);
        if (calc->condition[i]->type.id != TYPE_BOOLEAN)
            breach(check, node, "a condition is no BOOLEAN");
    }
    for (uint32_t i = 0; i < node->schema.count; i++) {
        check_scalar(check, node, calc->project[i], input);
        if (!type_equal_but_null(&calc->project[i]->type, &node->schema.field[i].type))
            breach(check, node, "a column has another type than its expression");
    }
}

static void check_aggregate(Check *check, const PlanNode *node, const PlanAggregate *aggregate,
                            uint32_t extra)
{
    const PlanNode *input = node->input[0];
    if (node->schema.count != aggregate->keys + aggregate->calls + extra)
        breach(check, node, "the output is not keys, aggregates and window columns");
    for (uint32_t i = 0; i < aggregate->keys; i++) {
        if (aggregate->key[i] >= input->schema.count)
            breach(check, node, "a key column is not there");
    }
    for (uint32_t i = 0; i < aggregate->calls; i++) {
        const PlanAggregateCall *call = &aggregate->call[i];
        int32_t width = (int32_t)input->schema.count;
        if (call->argument >= width || call->filter >= width)
            breach(check, node, "an aggregate reads a column that is not there");
        else if (call->filter >= 0 && input->schema.field[call->filter].type.id != TYPE_BOOLEAN)
            breach(check, node, "a FILTER is no BOOLEAN");
        if (input->changelog != CHANGELOG_APPEND && !aggregate_can_retract(call->def))
            breach(check, node, "an aggregate cannot take rows back");
    }
    if (input->changelog == CHANGELOG_UPSERT)
        breach(check, node, "an aggregate needs the rows before an update");
}

static void check_node(Check *check, const PlanNode *node, uint32_t index)
{
    if (node->id != index)
        breach(check, node, "the id is not the place in the plan");
    for (uint32_t i = 0; i < node->inputs; i++) {
        if (node->input[i]->id >= index || check->plan->node[node->input[i]->id] != node->input[i])
            breach(check, node, "an input does not stand before it");
    }
    switch (node->kind) {
    case PLAN_SCAN: {
        const PlanScan *scan = &node->as.scan;
        uint32_t decoded = scan->spec.wanted_count + scan->spec.wanted_metadata_count;
        if (node->schema.count != decoded + scan->computed_count)
            breach(check, node, "the columns are not the decoded and computed ones");
        if ((scan->rowtime >= 0) != (scan->watermark != NULL) ||
            scan->rowtime >= (int32_t)node->schema.count)
            breach(check, node, "rowtime and watermark do not fit");
        return;
    }
    case PLAN_VALUES: return;
    case PLAN_CALC: check_calc(check, node); return;
    case PLAN_UNION_ALL:
        for (uint32_t in = 0; in < node->inputs; in++) {
            if (node->input[in]->schema.count != node->schema.count) {
                breach(check, node, "an input has another number of columns");
                continue;
            }
            for (uint32_t c = 0; c < node->schema.count; c++) {
                if (!type_equal_but_null(&node->input[in]->schema.field[c].type,
                                         &node->schema.field[c].type))
                    breach(check, node, "an input has a column of another type");
            }
        }
        return;
    case PLAN_GROUP_AGGREGATE: check_aggregate(check, node, &node->as.group_aggregate, 0); return;
    case PLAN_WINDOW_AGGREGATE: {
        const PlanWindowAggregate *window = &node->as.window_aggregate;
        check_aggregate(check, node, &window->aggregate, window->columns);
        if (window->rowtime >= node->input[0]->schema.count ||
            !type_is_timestamp(&node->input[0]->schema.field[window->rowtime].type))
            breach(check, node, "the rowtime is no timestamp");
        if (!node->input[0]->watermarked)
            breach(check, node, "the input has no watermark");
        if (window->size <= 0)
            breach(check, node, "the window has no size");
        return;
    }
    case PLAN_UNNEST: {
        const Schema *input = &node->input[0]->schema;
        const Type *last = &input->field[input->count - 1].type;
        bool row = last->id == TYPE_ARRAY && last->child[0].type.id == TYPE_ROW;
        uint32_t parts = row ? last->child[0].type.children : last->id == TYPE_MAP ? 2 : 1;
        if (!type_is_nested(last) || last->id == TYPE_ROW)
            breach(check, node, "the last column has no elements");
        else if (node->schema.count != input->count - 1 + parts + node->as.unnest.ordinality)
            breach(check, node, "the columns are not the input's and the element's");
        if (node->as.unnest.condition != NULL) {
            check_scalar(check, node, node->as.unnest.condition, &node->schema);
            if (!node->as.unnest.outer)
                breach(check, node, "a condition that a filter above would do");
        }
        return;
    }
    case PLAN_LIMIT:
        if (node->input[0]->changelog != CHANGELOG_APPEND)
            breach(check, node, "the input is updated");
        return;
    case PLAN_SINK:
        if (node->inputs != 1 || node->schema.count != node->input[0]->schema.count)
            breach(check, node, "the sink's columns are not its input's");
        if (node->changelog == CHANGELOG_UPSERT && node->as.sink.result.key_count == 0)
            breach(check, node, "an upsert stream goes into a table without a key");
        return;
    }
}

bool plan_check(const Plan *plan, StrBuf *out)
{
    Check check = {plan, out, true};
    for (uint32_t i = 0; i < plan->nodes; i++)
        check_node(&check, plan->node[i], i);
    return check.sound;
}
