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

static void print_duration(Micros value, StrBuf *out)
{
    static const struct {
        Micros unit;
        const char *name;
    } units[] = {{MICROS_PER_DAY, "d"},    {MICROS_PER_HOUR, "h"},   {MICROS_PER_MINUTE, "min"},
                 {MICROS_PER_SECOND, "s"}, {MICROS_PER_MILLI, "ms"}, {1, "us"}};
    for (uint32_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (value % units[i].unit == 0) {
            strbuf_printf(out, "%lld %s", (long long)(value / units[i].unit), units[i].name);
            return;
        }
    }
}

/* --- what a node does --- */

static void print_scan(const PlanNode *node, StrBuf *out)
{
    const PlanScan *scan = &node->as.scan;
    const Schema *table = &scan->spec.table->schema;
    strbuf_printf(out, "table=%.*s, columns=[", TEXT_ARG(scan->spec.table->name));
    for (uint32_t i = 0; i < node->schema.count; i++)
        strbuf_printf(out, "%s%.*s", i > 0 ? ", " : "", TEXT_ARG(node->schema.field[i].name));
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
    else if (connector->spools != NULL && connector->spools(scan->spec.table))
        strbuf_string(out, ", spooled");
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

static void print_aggregate(const PlanNode *node, const PlanAggregate *aggregate, StrBuf *out)
{
    const Schema *input = &node->input[0]->schema;
    strbuf_string(out, "group=[");
    print_list(input, aggregate->key, aggregate->keys, out);
    strbuf_string(out, "], select=[");
    for (uint32_t i = 0; i < aggregate->calls; i++) {
        const PlanAggregateCall *call = &aggregate->call[i];
        strbuf_printf(out, "%s%s(%s", i > 0 ? ", " : "", call->def->name,
                      call->distinct ? "DISTINCT " : "");
        if (call->argument < 0)
            strbuf_char(out, '*');
        else
            strbuf_text(out, input->field[call->argument].name);
        strbuf_char(out, ')');
        if (call->filter >= 0)
            strbuf_printf(out, " FILTER %.*s", TEXT_ARG(input->field[call->filter].name));
    }
    strbuf_char(out, ']');
}

static void print_window(const PlanNode *node, StrBuf *out)
{
    const PlanWindowAggregate *window = &node->as.window_aggregate;
    strbuf_printf(out, "window=[TUMBLE(%.*s, ",
                  TEXT_ARG(node->input[0]->schema.field[window->rowtime].name));
    print_duration(window->size, out);
    if (window->offset != 0) {
        strbuf_string(out, ", offset ");
        print_duration(window->offset, out);
    }
    strbuf_string(out, ")], ");
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
    case PLAN_GROUP_AGGREGATE: print_aggregate(node, &node->as.group_aggregate, out); return;
    case PLAN_WINDOW_AGGREGATE: print_window(node, out); return;
    case PLAN_UNNEST: print_unnest(node, out); return;
    case PLAN_LIMIT:
        strbuf_printf(out, "offset=%llu", (unsigned long long)node->as.limit.offset);
        if (node->as.limit.count != UINT64_MAX)
            strbuf_printf(out, ", count=%llu", (unsigned long long)node->as.limit.count);
        return;
    case PLAN_SINK: print_sink(node, out); return;
    }
}

void plan_print_node(const PlanNode *node, StrBuf *out)
{
    strbuf_printf(out, "%s(", plan_kind_title(node->kind));
    print_what(node, out);
    strbuf_char(out, ')');
}

/* --- what it keeps --- */

static const char *state_kept(const PlanNode *node)
{
    if (node->kind == PLAN_GROUP_AGGREGATE)
        return node->as.group_aggregate.keys == 0 ? "one group" : "every group, for ever";
    if (node->kind == PLAN_WINDOW_AGGREGATE)
        return "groups of open windows";
    return NULL;
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
        strbuf_printf(out, " state=[%s]", state);
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
