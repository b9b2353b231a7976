/* A plan as an indented tree for each sink; a scan that several queries share is printed with each
 * and says so. */
#include "executor/plan/plan.h"

static void print_list(const Schema *schema, const uint32_t *column, uint32_t count, StrBuf *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            strbuf_string(out, ", ");
        strbuf_text(out, schema->field[column[i]].name);
    }
}

/* --- what a node does --- */

static bool is_read_whole(const Type *type)
{
    bool whole = true;
    for (uint32_t i = 0; i < type->children && whole; i++)
        whole = !type->child[i].type.unread && is_read_whole(&type->child[i].type);
    return whole;
}

/* "[a, b[c]]": the fields that are read of the ROWs in an ARRAY, where that is not all of them.
 * Recursion is as deep as the type is nested. */
static void print_read_fields(const Type *type, StrBuf *out)
{
    bool any = false;
    if (is_read_whole(type))
        return;
    while (type->id == TYPE_ARRAY)
        type = &type->child[0].type;
    strbuf_char(out, '[');
    for (uint32_t i = 0; i < type->children; i++) {
        const TypeField *field = &type->child[i];
        if (field->type.unread)
            continue;
        strbuf_printf(out, "%s%.*s", any ? ", " : "", TEXT_ARG(field->name));
        print_read_fields(&field->type, out);
        any = true;
    }
    strbuf_char(out, ']');
}

static void print_scan(const PlanNode *node, StrBuf *out)
{
    const PlanScan *scan = &node->as.scan;
    const Schema *table = &scan->spec.table->schema;
    strbuf_printf(out, "table=%.*s, columns=[", TEXT_ARG(scan->spec.table->name));
    for (uint32_t i = 0; i < node->schema.count; i++) {
        const Field *field = &node->schema.field[i];
        strbuf_printf(out, "%s%.*s", i > 0 ? ", " : "", TEXT_ARG(field->name));
        print_read_fields(&field->type, out);
    }
    strbuf_char(out, ']');
    for (uint32_t i = 0; i < scan->spec.predicate.count; i++) {
        const Comparison *c = &scan->spec.predicate.item[i];
        uint64_t valid;
        Column value = value_column(&c->value, &valid);
        strbuf_printf(out, "%s%.*s %s ", i == 0 ? ", pushed=[" : " AND ",
                      TEXT_ARG(table->field[c->column].name), predicate_op_name(c->op));
        cell_print(&c->value.type, &value, 0, out);
    }
    if (scan->spec.predicate.count > 0)
        strbuf_char(out, ']');
    if (scan->watermark != NULL) {
        strbuf_string(out, ", watermark=[");
        scalar_print(scan->watermark, &node->schema, out);
        strbuf_char(out, ']');
    }
    strbuf_string(out, scan->bounded ? ", bounded" : ", unbounded");
    const ConnectorClass *connector = scan->spec.table->connector;
    if (connector->replayable == NULL || !connector->replayable(scan->spec.table))
        strbuf_string(out, ", cannot be read again");
    else if (connector->read_once != NULL && connector->read_once(scan->spec.table))
        strbuf_string(out, ", spooled");
    if (shard_is_part(scan->shard))
        strbuf_printf(out, ", shard %u/%u", scan->shard.number, scan->shard.count);
}

static void print_calc(const PlanNode *node, StrBuf *out)
{
    const PlanCalc *calc = &node->as.calc;
    const Schema *input = &node->input[0]->schema;
    strbuf_string(out, "select=[");
    for (uint32_t i = 0; i < node->schema.count; i++) {
        const Scalar *s = calc->project[i];
        Text name = node->schema.field[i].name;
        strbuf_string(out, i > 0 ? ", " : "");
        scalar_print(s, input, out);
        if (s->kind != SCALAR_COLUMN || !text_equal(input->field[s->as.column].name, name))
            strbuf_printf(out, " AS %.*s", TEXT_ARG(name));
    }
    strbuf_char(out, ']');
    for (uint32_t i = 0; i < calc->conditions; i++) {
        strbuf_string(out, i == 0 ? ", where=[" : " AND ");
        scalar_print(calc->condition[i], input, out);
    }
    if (calc->conditions > 0)
        strbuf_char(out, ']');
}

static void print_order_words(bool descending, bool nulls_last, StrBuf *out)
{
    strbuf_string(out, descending ? " DESC" : "");
    /* NULL is lowest where nothing is said. */
    if (nulls_last != descending)
        strbuf_string(out, nulls_last ? " NULLS LAST" : " NULLS FIRST");
}

void plan_print_aggregate_call(const PlanAggregateCall *call, const Schema *input, StrBuf *out)
{
    strbuf_printf(out, "%s(%s", call->def->name, call->distinct ? "DISTINCT " : "");
    if (call->arguments == 0)
        strbuf_char(out, '*');
    uint32_t values = call->arguments - call->orders;
    for (uint32_t a = 0; a < call->arguments; a++) {
        const PlanArgument *argument = &call->argument[a];
        strbuf_string(out, a == 0 ? "" : a == values ? " ORDER BY " : ", ");
        if (argument->constant != NULL)
            scalar_print(argument->constant, input, out);
        else
            strbuf_text(out, input->field[argument->column].name);
        if (a >= values)
            print_order_words(call->order[a - values].descending,
                              call->order[a - values].nulls_last, out);
    }
    strbuf_char(out, ')');
    if (call->filter >= 0)
        strbuf_printf(out, " FILTER %.*s", TEXT_ARG(input->field[call->filter].name));
}

static void print_aggregate(const PlanNode *node, const PlanAggregate *aggregate, StrBuf *out)
{
    const Schema *input = &node->input[0]->schema;
    strbuf_string(out, "group=[");
    print_list(input, aggregate->key, aggregate->keys, out);
    strbuf_string(out, "], select=[");
    for (uint32_t i = 0; i < aggregate->calls; i++) {
        strbuf_string(out, i > 0 ? ", " : "");
        plan_print_aggregate_call(&aggregate->call[i], input, out);
    }
    strbuf_char(out, ']');
}

/* "sets=[(a, b) 0, (a) 1, () 3]", each with its number */
static void print_expand(const PlanNode *node, const PlanExpand *expand, StrBuf *out)
{
    strbuf_string(out, "sets=[");
    for (uint32_t s = 0; s < expand->sets; s++) {
        const char *separator = "";
        strbuf_string(out, s > 0 ? ", (" : "(");
        for (uint32_t k = 0; k < expand->keys; k++) {
            if ((expand->set[s].lacks >> k & 1) != 0)
                continue;
            strbuf_printf(out, "%s%.*s", separator, TEXT_ARG(node->schema.field[k].name));
            separator = ", ";
        }
        strbuf_printf(out, ") %lld", (long long)expand->set[s].number);
    }
    strbuf_char(out, ']');
}

static void print_window(const PlanNode *node, StrBuf *out)
{
    const PlanWindowAggregate *window = &node->as.window_aggregate;
    strbuf_string(out, "window=[");
    window_print(&window->window, node->input[0]->schema.field[window->rowtime].name, out);
    strbuf_string(out, "], ");
    print_aggregate(node, &window->aggregate, out);
}

static void print_unnest(const PlanNode *node, StrBuf *out)
{
    const Schema *input = &node->input[0]->schema;
    uint32_t kept = input->count - 1;
    strbuf_printf(out, "%s%.*s as [", node->as.unnest.outer ? "left, " : "",
                  TEXT_ARG(input->field[kept].name));
    for (uint32_t i = kept; i < node->schema.count; i++)
        strbuf_printf(out, "%s%.*s", i > kept ? ", " : "", TEXT_ARG(node->schema.field[i].name));
    strbuf_printf(out, "]%s", node->as.unnest.ordinality ? ", with ordinality" : "");
    if (node->as.unnest.condition != NULL) {
        strbuf_string(out, ", on=[");
        scalar_print(node->as.unnest.condition, &node->schema, out);
        strbuf_char(out, ']');
    }
}

void plan_print_order(const Schema *input, const PlanOrder *order, uint32_t orders, StrBuf *out)
{
    strbuf_string(out, "order=[");
    for (uint32_t i = 0; i < orders; i++) {
        if (i > 0)
            strbuf_string(out, ", ");
        strbuf_text(out, input->field[order[i].column].name);
        print_order_words(order[i].descending, order[i].nulls_last, out);
    }
    strbuf_char(out, ']');
}

static void print_partition(const Schema *input, const uint32_t *column, uint32_t columns,
                            StrBuf *out)
{
    if (columns == 0)
        return;
    strbuf_string(out, "partition=[");
    print_list(input, column, columns, out);
    strbuf_string(out, "], ");
}

static void print_rank(const PlanNode *node, const PlanRank *rank, StrBuf *out)
{
    const Schema *input = &node->input[0]->schema;
    strbuf_printf(out, "%s, ", rank_function_name(rank->function));
    print_partition(input, rank->partition, rank->partitions, out);
    plan_print_order(input, rank->order, rank->orders, out);
    strbuf_printf(out, ", from=%llu", (unsigned long long)rank->from);
    if (rank->to != UINT64_MAX)
        strbuf_printf(out, ", to=%llu", (unsigned long long)rank->to);
    if (rank->with_rank)
        strbuf_printf(out, ", rank=%.*s", TEXT_ARG(node->schema.field[input->count].name));
}

static void print_deduplicate(const PlanNode *node, StrBuf *out)
{
    const PlanDeduplicate *plan = &node->as.deduplicate;
    const Schema *input = &node->input[0]->schema;
    print_partition(input, plan->partition, plan->partitions, out);
    strbuf_printf(out, "keep=%s, by=", plan->last ? "last" : "first");
    strbuf_text(out, plan->rowtime < 0 ? TEXT("arrival") : input->field[plan->rowtime].name);
}

static void print_upsert_materialize(const PlanNode *node, StrBuf *out)
{
    const PlanUpsertMaterialize *plan = &node->as.upsert_materialize;
    strbuf_string(out, "key=[");
    print_list(&node->schema, plan->key, plan->keys, out);
    strbuf_char(out, ']');
    if (plan->apart == NULL)
        return;
    strbuf_string(out, ", upsertKey=[");
    print_list(&node->schema, plan->apart, plan->aparts, out);
    strbuf_char(out, ']');
}

static void print_delay(const char *what, Micros delay, StrBuf *out)
{
    strbuf_string(out, what);
    if (delay == 0)
        strbuf_string(out, "at once");
    else
        duration_print(delay, out);
}

static void print_emit(const EmitStrategy *emit, StrBuf *out)
{
    strbuf_string(out, ", emit=[");
    if (emit->early)
        print_delay("early ", emit->early_delay, out);
    if (emit->early && emit->late)
        strbuf_string(out, ", ");
    if (emit->late)
        print_delay("late ", emit->late_delay, out);
    if (emit->lateness > 0) {
        strbuf_string(out, ", lateness ");
        duration_print(emit->lateness, out);
    }
    strbuf_char(out, ']');
}

static void print_over(const PlanNode *node, StrBuf *out)
{
    const PlanOver *over = &node->as.over;
    const Schema *input = &node->input[0]->schema;
    print_partition(input, over->partition, over->partitions, out);
    plan_print_order(input, over->order, over->orders, out);
    const Type *type = over->orders > 0 ? &input->field[over->order[0].column].type : NULL;
    strbuf_string(out, ", select=[");
    for (uint32_t i = 0; i < over->calls; i++) {
        const PlanOverCall *call = &over->call[i];
        strbuf_string(out, i > 0 ? ", " : "");
        plan_print_over_call(call, &over->frame[call->frame], &over->aggregate[call->aggregate],
                             type, input, out);
    }
    strbuf_char(out, ']');
}

static void print_sink(const PlanNode *node, StrBuf *out)
{
    const PlanSink *sink = &node->as.sink;
    strbuf_text(out, sink->name);
    if (sink->kind == SINK_CONNECTOR)
        strbuf_printf(out, ", connector=%s", sink->table->connector->name);
    if (sink->kind != SINK_RESULT || sink->result.key_count == 0)
        return;
    strbuf_string(out, ", key=[");
    print_list(&node->schema, sink->result.key, sink->result.key_count, out);
    strbuf_char(out, ']');
}

static void print_what(const PlanNode *node, StrBuf *out)
{
    switch (node->kind) {
    case PLAN_SCAN: print_scan(node, out); return;
    case PLAN_VALUES: strbuf_printf(out, "rows=%u", node->as.values.rows); return;
    case PLAN_CALC: print_calc(node, out); return;
    case PLAN_UNION_ALL: return;
    case PLAN_SET_ROWS:
    case PLAN_SET_OPERATION: strbuf_string(out, plan_set_name(&node->as.set_operation)); return;
    case PLAN_EXPAND: print_expand(node, &node->as.expand, out); return;
    case PLAN_GROUP_AGGREGATE: print_aggregate(node, &node->as.group_aggregate, out); return;
    case PLAN_SESSION_AGGREGATE:
    case PLAN_WINDOW_AGGREGATE: print_window(node, out); return;
    case PLAN_UPDATING_WINDOW_AGGREGATE:
    case PLAN_UPDATING_SESSION_AGGREGATE:
        print_window(node, out);
        print_emit(&node->as.window_aggregate.emit, out);
        return;
    case PLAN_WINDOW:
        window_print(&node->as.window.window,
                     node->input[0]->schema.field[node->as.window.rowtime].name, out);
        return;
    case PLAN_PROCESSING_TIME:
        strbuf_text(out, node->input[0]->schema.field[node->as.processing_time.column].name);
        return;
    case PLAN_RANK: print_rank(node, &node->as.rank, out); return;
    case PLAN_DEDUPLICATE: print_deduplicate(node, out); return;
    case PLAN_NORMALIZE:
        strbuf_string(out, "key=[");
        print_list(&node->schema, node->as.normalize.key, node->as.normalize.keys, out);
        strbuf_char(out, ']');
        return;
    case PLAN_UPSERT_MATERIALIZE: print_upsert_materialize(node, out); return;
    case PLAN_WINDOW_RANK: print_rank(node, &node->as.window_rank.rank, out); return;
    case PLAN_OVER_UPDATES:
    case PLAN_OVER_AGGREGATE: print_over(node, out); return;
    case PLAN_TIME_SORT:
        plan_print_order(&node->input[0]->schema, node->as.time_sort.order,
                         node->as.time_sort.orders, out);
        return;
    case PLAN_UNNEST: print_unnest(node, out); return;
    case PLAN_LIMIT:
        strbuf_printf(out, "offset=%llu", (unsigned long long)node->as.limit.offset);
        if (node->as.limit.count != UINT64_MAX)
            strbuf_printf(out, ", count=%llu", (unsigned long long)node->as.limit.count);
        return;
    case PLAN_SINK: print_sink(node, out); return;
    }
}

void plan_print_ttl(Micros ttl, StrBuf *out)
{
    strbuf_string(out, ", ttl=[");
    if (ttl > 0)
        duration_print(ttl, out);
    else
        strbuf_string(out, "none");
    strbuf_char(out, ']');
}

void plan_print_node(const PlanNode *node, StrBuf *out)
{
    strbuf_printf(out, "%s(", plan_kind_title(node->kind));
    print_what(node, out);
    if (node->ttl > 0)
        plan_print_ttl(node->ttl, out);
    strbuf_char(out, ')');
}

/* --- what it keeps --- */

/* Rows that are waited for go without saying. */
static const char *over_kept(const PlanOver *over)
{
    bool rows = false, time = false;
    for (uint32_t f = 0; f < over->frames; f++) {
        const PlanFrame *frame = &over->frame[f];
        if (frame->to_last)
            return "every row, until the input ends";
        rows = rows || (!frame->from_first && frame->rows);
        time = time || (!frame->from_first && !frame->rows);
    }
    return rows   ? "the last rows of every partition, for ever"
           : time ? "the rows within the frames' reach in time"
                  : "every partition's values, for ever";
}

static const char *state_kept(const PlanNode *node)
{
    if (node->kind == PLAN_GROUP_AGGREGATE)
        return node->as.group_aggregate.keys == 0 ? "one group" : "every group, for ever";
    if (node->kind == PLAN_WINDOW_AGGREGATE)
        return "groups of open windows";
    if (node->kind == PLAN_SESSION_AGGREGATE)
        return "groups of open sessions";
    if (node->kind == PLAN_UPDATING_WINDOW_AGGREGATE)
        return "groups of windows, until rows are too late for them";
    if (node->kind == PLAN_UPDATING_SESSION_AGGREGATE)
        return "groups of sessions, until rows are too late for them";
    if (node->kind == PLAN_SET_OPERATION)
        return "every row of both inputs, for ever";
    if (node->kind == PLAN_RANK &&
        (node->input[0]->changelog != CHANGELOG_APPEND || node->as.rank.to == UINT64_MAX))
        return "every row, for ever";
    if (node->kind == PLAN_RANK)
        return "the first rows of every partition, for ever";
    if (node->kind == PLAN_DEDUPLICATE)
        return "every key, for ever";
    if (node->kind == PLAN_NORMALIZE)
        return node->changelog == CHANGELOG_UPSERT ? "every key, until it is deleted"
                                                   : "the row of every key, until it is deleted";
    if (node->kind == PLAN_UPSERT_MATERIALIZE)
        return "every row, for ever";
    if (node->kind == PLAN_WINDOW_RANK)
        return "the first rows of open windows";
    if (node->kind == PLAN_OVER_UPDATES)
        return "every row, for ever";
    if (node->kind == PLAN_OVER_AGGREGATE)
        return over_kept(&node->as.over);
    if (node->kind == PLAN_TIME_SORT)
        return "rows that the watermark has not passed";
    return NULL;
}

/* Of what would be kept for ever, how long that is. */
static void print_state(const PlanNode *node, const char *state, StrBuf *out)
{
    const char *end = strstr(state, ", for ever");
    end = end == NULL ? strstr(state, ", until the input ends") : end;
    strbuf_string(out, " state=[");
    if (node->ttl > 0 && end != NULL) {
        strbuf_put(out, state, (size_t)(end - state));
        strbuf_string(out, ", until its ttl");
    } else {
        strbuf_string(out, state);
        if (node->ttl > 0 && strstr(state, ", until it is deleted") != NULL)
            strbuf_string(out, " or its ttl is over");
    }
    strbuf_char(out, ']');
}

static uint32_t consumers(const Plan *plan, const PlanNode *node)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->nodes; i++) {
        for (uint32_t in = 0; in < plan->node[i]->inputs; in++)
            count += plan->node[i]->input[in] == node;
    }
    return count;
}

/* The planner bounds the depth of plans by LIMIT_PLAN_DEPTH. */
static void print_tree(const Plan *plan, const PlanNode *node, uint32_t indent, StrBuf *out)
{
    strbuf_repeat(out, ' ', (size_t)indent * 2);
    plan_print_node(node, out);
    strbuf_printf(out, " changelog=%s", changelog_name(node->changelog));
    const char *state = state_kept(node);
    if (state != NULL)
        print_state(node, state, out);
    if (node->kind == PLAN_SCAN && consumers(plan, node) > 1)
        strbuf_string(out, " shared");
    strbuf_char(out, '\n');
    for (uint32_t i = 0; i < node->inputs; i++)
        print_tree(plan, node->input[i], indent + 1, out);
}

void plan_print(const Plan *plan, StrBuf *out)
{
    for (uint32_t i = 0; i < plan->sinks; i++)
        print_tree(plan, plan->sink[i], 0, out);
}
