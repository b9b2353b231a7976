/* What every plan must satisfy, so that operators need not ask. */
#include "executor/plan/plan.h"
#include "storage/base/limits.h"

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

static void check_window(Check *check, const PlanNode *node, const WindowShape *window,
                         uint32_t rowtime)
{
    const Schema *input = &node->input[0]->schema;
    if (rowtime >= input->count || !type_is_timestamp(&input->field[rowtime].type))
        breach(check, node, "the rowtime is no timestamp");
    if (window->kind != WINDOW_ATTACHED &&
        (window->size <= 0 || (window->step <= 0 && window->kind != WINDOW_SESSION)))
        breach(check, node, "the window has no size");
}

static void check_calls(Check *check, const PlanNode *node, const PlanAggregateCall *call,
                        uint32_t calls)
{
    const PlanNode *input = node->input[0];
    int32_t width = (int32_t)input->schema.count;
    for (uint32_t i = 0; i < calls; i++) {
        for (uint32_t a = 0; a < call[i].arguments; a++) {
            const PlanArgument *argument = &call[i].argument[a];
            if (argument->column >= width || (argument->column < 0) != (argument->constant != NULL))
                breach(check, node, "an aggregate reads a column that is not there");
        }
        if (call[i].orders > 0 &&
            (call[i].orders >= call[i].arguments || (call[i].def->flags & AGG_ORDERED) == 0))
            breach(check, node, "an aggregate is given an order that it does not take");
        if (call[i].filter >= width)
            breach(check, node, "a FILTER reads a column that is not there");
        else if (call[i].filter >= 0 && input->schema.field[call[i].filter].type.id != TYPE_BOOLEAN)
            breach(check, node, "a FILTER is no BOOLEAN");
        if (aggregate_over(call[i].def, input->changelog != CHANGELOG_APPEND) == NULL)
            breach(check, node, "an aggregate cannot take rows back");
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
    check_calls(check, node, aggregate->call, aggregate->calls);
    if (input->changelog == CHANGELOG_UPSERT)
        breach(check, node, "an aggregate needs the rows before an update");
}

/* Its inputs have its columns. */
static void check_inputs_alike(Check *check, const PlanNode *node)
{
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
}

static void check_set_operation(Check *check, const PlanNode *node)
{
    if (node->inputs != 2)
        breach(check, node, "there are not two inputs");
    for (uint32_t in = 0; in < node->inputs; in++) {
        if (node->input[in]->changelog == CHANGELOG_UPSERT)
            breach(check, node, "it needs the rows before an update");
    }
    check_inputs_alike(check, node);
}

static void check_set_rows(Check *check, const PlanNode *node)
{
    const Schema *input = &node->input[0]->schema;
    uint32_t width = node->schema.count;
    if (input->count != width + 2 || input->field[width].type.id != TYPE_BIGINT ||
        input->field[width + 1].type.id != TYPE_BIGINT)
        breach(check, node, "there are not two counts behind its columns");
    if (node->input[0]->changelog == CHANGELOG_UPSERT)
        breach(check, node, "it needs the rows before an update");
}

static void check_columns(Check *check, const PlanNode *node, const uint32_t *column,
                          uint32_t columns)
{
    for (uint32_t i = 0; i < columns; i++) {
        if (column[i] >= node->input[0]->schema.count)
            breach(check, node, "a partition column is not there");
    }
}

static void check_order(Check *check, const PlanNode *node, const PlanOrder *order, uint32_t orders)
{
    for (uint32_t i = 0; i < orders; i++) {
        if (order[i].column >= node->input[0]->schema.count)
            breach(check, node, "an order column is not there");
    }
}

static void check_rank(Check *check, const PlanNode *node, const PlanRank *rank)
{
    if (node->schema.count != node->input[0]->schema.count + rank->with_rank)
        breach(check, node, "the output is not the input's columns and the rank");
    check_columns(check, node, rank->partition, rank->partitions);
    check_order(check, node, rank->order, rank->orders);
    if (rank->from < 1 || rank->from > rank->to)
        breach(check, node, "no row can have such a rank");
    if (node->input[0]->changelog == CHANGELOG_UPSERT)
        breach(check, node, "a rank needs the rows before an update");
}

/* What is released by the watermark. */
static void check_timed(Check *check, const PlanNode *node, uint32_t time)
{
    const PlanNode *input = node->input[0];
    if (time >= input->schema.count || !type_is_timestamp(&input->schema.field[time].type))
        breach(check, node, "the time is no timestamp");
    if (!input->watermarked)
        breach(check, node, "the input has no watermark");
    if (input->changelog != CHANGELOG_APPEND)
        breach(check, node, "the input is updated");
}

static void check_frame(Check *check, const PlanNode *node, const PlanFrame *frame)
{
    const PlanOver *over = &node->as.over;
    if (!frame->from_first && !frame->to_last && frame->start > frame->end)
        breach(check, node, "a frame ends before it begins");
    if (frame->first > over->aggregates || frame->calls > over->aggregates - frame->first)
        breach(check, node, "a frame's aggregates are not there");
    for (uint32_t i = 0; i < frame->calls && frame->first + i < over->aggregates; i++) {
        const PlanAggregateCall *call = &over->aggregate[frame->first + i];
        if (call->slides == frame->from_first)
            breach(check, node, "an aggregate slides otherwise than its frame");
        if (call->slides && aggregate_sliding(call->def) == NULL)
            breach(check, node, "an aggregate cannot take rows back");
    }
}

static void check_over(Check *check, const PlanNode *node)
{
    const PlanOver *over = &node->as.over;
    uint32_t width = node->input[0]->schema.count;
    if (node->schema.count != width + over->calls)
        breach(check, node, "the output is not the input's columns and the calls");
    check_columns(check, node, over->partition, over->partitions);
    check_order(check, node, over->order, over->orders);
    check_calls(check, node, over->aggregate, over->aggregates);
    for (uint32_t f = 0; f < over->frames; f++)
        check_frame(check, node, &over->frame[f]);
    for (uint32_t c = 0; c < over->calls; c++) {
        const PlanOverCall *call = &over->call[c];
        if (call->function == OVER_CELL &&
            (call->column >= width || call->otherwise >= (int32_t)width ||
             over->frame[call->frame].calls > 0))
            breach(check, node, "a call reads a column that is not there");
    }
    if (node->input[0]->changelog == CHANGELOG_UPSERT)
        breach(check, node, "the calls need the rows before an update");
}

/* In the order of time: of events, or in which they arrive. */
static void check_over_time(Check *check, const PlanNode *node)
{
    const PlanOver *over = &node->as.over;
    check_over(check, node);
    if (over->orders != 1 || over->order[0].descending)
        breach(check, node, "the order is not ascending time alone");
    else if (!over->by_arrival)
        check_timed(check, node, over->order[0].column);
    if (node->input[0]->changelog != CHANGELOG_APPEND)
        breach(check, node, "the input is updated");
}

static void check_normalize(Check *check, const PlanNode *node)
{
    uint32_t deletion = node->as.normalize.deletion;
    check_inputs_alike(check, node);
    if (deletion >= node->schema.count || node->schema.field[deletion].type.id != TYPE_BOOLEAN)
        breach(check, node, "no column says what is deleted");
    if (node->input[0]->changelog != CHANGELOG_APPEND || node->as.normalize.keys == 0)
        breach(check, node, "the input is no keyed stream");
    check_columns(check, node, node->as.normalize.key, node->as.normalize.keys);
}

static void check_upsert_materialize(Check *check, const PlanNode *node)
{
    const PlanUpsertMaterialize *plan = &node->as.upsert_materialize;
    check_inputs_alike(check, node);
    check_columns(check, node, plan->key, plan->keys);
    check_columns(check, node, plan->apart, plan->aparts);
    if (node->input[0]->changelog == CHANGELOG_UPSERT)
        breach(check, node, "it needs the rows before an update");
}

static void check_deduplicate(Check *check, const PlanNode *node)
{
    const PlanDeduplicate *plan = &node->as.deduplicate;
    check_columns(check, node, plan->partition, plan->partitions);
    if (plan->rowtime >= 0 && !plan->last)
        check_timed(check, node, (uint32_t)plan->rowtime);
    if (node->input[0]->changelog != CHANGELOG_APPEND)
        breach(check, node, "the input is updated");
}

static void check_expand(Check *check, const PlanNode *node, const PlanExpand *expand)
{
    uint32_t width = node->input[0]->schema.count;
    if (expand->keys > width || expand->keys > LIMIT_GROUPING_KEYS)
        breach(check, node, "the keys are not columns of the input");
    if (node->schema.count != width + 1 || node->schema.field[width].type.id != TYPE_BIGINT)
        breach(check, node, "the number of the set is not behind the input's columns");
    if (expand->sets == 0 || expand->sets > LIMIT_GROUPING_SETS)
        breach(check, node, "there are too many sets or none");
    for (uint32_t s = 0; s < expand->sets; s++) {
        for (uint32_t k = 0; k < expand->keys; k++) {
            if ((expand->set[s].lacks >> k & 1) != 0 && !node->schema.field[k].type.nullable)
                breach(check, node, "a key that a set lacks cannot be NULL");
        }
    }
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
        if (node->schema.count != scan_columns(&scan->spec) + scan->computed_count)
            breach(check, node, "the columns are not the decoded and computed ones");
        if ((scan->rowtime >= 0) != (scan->watermark != NULL) ||
            scan->rowtime >= (int32_t)node->schema.count)
            breach(check, node, "rowtime and watermark do not fit");
        return;
    }
    case PLAN_VALUES: return;
    case PLAN_CALC: check_calc(check, node); return;
    case PLAN_UNION_ALL: check_inputs_alike(check, node); return;
    case PLAN_SET_OPERATION: check_set_operation(check, node); return;
    case PLAN_SET_ROWS: check_set_rows(check, node); return;
    case PLAN_EXPAND: check_expand(check, node, &node->as.expand); return;
    case PLAN_GROUP_AGGREGATE: check_aggregate(check, node, &node->as.group_aggregate, 0); return;
    case PLAN_SESSION_AGGREGATE:
    case PLAN_UPDATING_WINDOW_AGGREGATE:
    case PLAN_UPDATING_SESSION_AGGREGATE:
    case PLAN_WINDOW_AGGREGATE: {
        const PlanWindowAggregate *window = &node->as.window_aggregate;
        check_aggregate(check, node, &window->aggregate, window->columns);
        if (!node->input[0]->watermarked)
            breach(check, node, "the input has no watermark");
        check_window(check, node, &window->window, window->rowtime);
        if (window->until >= node->input[0]->schema.count)
            breach(check, node, "the window's end is not there");
        return;
    }
    case PLAN_WINDOW:
        check_window(check, node, &node->as.window.window, node->as.window.rowtime);
        if (node->schema.count != node->input[0]->schema.count + 3)
            breach(check, node, "the window's columns are not behind the input's");
        return;
    case PLAN_PROCESSING_TIME: {
        uint32_t column = node->as.processing_time.column;
        check_inputs_alike(check, node);
        if (column >= node->schema.count ||
            node->schema.field[column].type.id != TYPE_TIMESTAMP_LTZ)
            breach(check, node, "the time is no instant");
        return;
    }
    case PLAN_RANK: check_rank(check, node, &node->as.rank); return;
    case PLAN_DEDUPLICATE: check_deduplicate(check, node); return;
    case PLAN_NORMALIZE: check_normalize(check, node); return;
    case PLAN_UPSERT_MATERIALIZE: check_upsert_materialize(check, node); return;
    case PLAN_WINDOW_RANK:
        check_rank(check, node, &node->as.window_rank.rank);
        check_timed(check, node, node->as.window_rank.window_end);
        return;
    case PLAN_OVER_AGGREGATE: check_over_time(check, node); return;
    case PLAN_OVER_UPDATES: check_over(check, node); return;
    case PLAN_TIME_SORT: {
        const PlanTimeSort *sort = &node->as.time_sort;
        check_order(check, node, sort->order, sort->orders);
        if (sort->orders == 0 || sort->order[0].descending)
            breach(check, node, "the sort does not begin with ascending time");
        else
            check_timed(check, node, sort->order[0].column);
        return;
    }
    case PLAN_UNNEST: {
        const Schema *input = &node->input[0]->schema;
        const Type *last = &input->field[input->count - 1].type;
        bool row =
            type_is_nested(last) && last->id != TYPE_MAP && last->child[0].type.id == TYPE_ROW;
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
        if (node->changelog == CHANGELOG_UPSERT && node->as.sink.result.key_count == 0 &&
            !node->as.sink.result.single)
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
