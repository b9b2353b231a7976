#include "planner/logical/logical.h"

static void print_names(const Schema *schema, uint32_t from, uint32_t count, StrBuf *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            strbuf_string(out, ", ");
        strbuf_text(out, schema->field[from + i].name);
    }
}

static void print_scalars(Scalar *const *scalar, uint32_t count, const Schema *schema,
                          const char *separator, StrBuf *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            strbuf_string(out, separator);
        scalar_print(scalar[i], schema, out);
    }
}

static void print_project(const Logical *node, StrBuf *out)
{
    const Schema *input = &node->input[0]->schema;
    for (uint32_t i = 0; i < node->schema.count; i++) {
        const Scalar *s = node->as.project[i];
        if (i > 0)
            strbuf_string(out, ", ");
        scalar_print(s, input, out);
        Text name = node->schema.field[i].name;
        if (s->kind != SCALAR_COLUMN || !text_equal(input->field[s->as.column].name, name))
            strbuf_printf(out, " AS %.*s", TEXT_ARG(name));
    }
}

static void print_calls(const Logical *node, const LogicalAggregate *aggregate, StrBuf *out)
{
    for (uint32_t i = 0; i < aggregate->calls; i++) {
        strbuf_string(out, i > 0 ? ", " : "");
        plan_print_aggregate_call(&aggregate->call[i], &node->input[0]->schema, out);
    }
}

/* "(a, b), (a), ()" */
static void print_sets(const Logical *node, const LogicalAggregate *aggregate, StrBuf *out)
{
    for (uint32_t i = 0; i < aggregate->sets; i++) {
        const char *separator = "";
        strbuf_string(out, i > 0 ? ", (" : "(");
        for (uint32_t k = 0; k < aggregate->keys; k++) {
            if ((aggregate->set[i].has >> k & 1) == 0)
                continue;
            strbuf_printf(out, "%s%.*s", separator, TEXT_ARG(node->input[0]->schema.field[k].name));
            separator = ", ";
        }
        strbuf_char(out, ')');
    }
}

static void print_aggregate(const Logical *node, const LogicalAggregate *aggregate, StrBuf *out)
{
    strbuf_string(out, "group=[");
    print_names(&node->input[0]->schema, 0, aggregate->keys, out);
    if (aggregate->sets > 0) {
        strbuf_string(out, "], sets=[");
        print_sets(node, aggregate, out);
    }
    strbuf_string(out, "], select=[");
    print_calls(node, aggregate, out);
    strbuf_char(out, ']');
    if (aggregate->has_ttl)
        plan_print_ttl(aggregate->ttl, out);
}

static void print_window(const Logical *node, const LogicalWindow *window, StrBuf *out)
{
    const Schema *input = &node->input[0]->schema;
    window_print(&window->window, input->field[window->rowtime].name, out);
    for (uint32_t i = 0; i < window->keys; i++)
        strbuf_printf(out, "%s%.*s", i == 0 ? ", partition=[" : ", ",
                      TEXT_ARG(input->field[window->key[i]].name));
    if (window->keys > 0)
        strbuf_char(out, ']');
}

static void print_partition(const Schema *input, const uint32_t *column, uint32_t columns,
                            StrBuf *out)
{
    strbuf_string(out, "partition=[");
    for (uint32_t i = 0; i < columns; i++) {
        if (i > 0)
            strbuf_string(out, ", ");
        strbuf_text(out, input->field[column[i]].name);
    }
    strbuf_string(out, "], ");
}

static void print_over_call(const LogicalOver *over, const Schema *input, uint32_t i, StrBuf *out)
{
    const LogicalOverCall *call = &over->call[i];
    const Type *order = over->orders > 0 ? &input->field[over->order[0].column].type : NULL;
    const PlanOverCall shape = {.function = call->function,
                                .column = call->column,
                                .otherwise = call->otherwise,
                                .parts = call->parts};
    strbuf_string(out, i > 0 ? ", " : "");
    plan_print_over_call(&shape, &call->frame, &call->aggregate, order, input, out);
}

static void print_over(const Logical *node, StrBuf *out)
{
    const Schema *input = &node->input[0]->schema;
    const LogicalOver *over = &node->as.over;
    print_partition(input, over->partition, over->partitions, out);
    plan_print_order(input, over->order, over->orders, out);
    strbuf_string(out, ", select=[");
    for (uint32_t i = 0; i < over->calls; i++)
        print_over_call(over, input, i, out);
    strbuf_char(out, ']');
}

static void print_rank(const Logical *node, StrBuf *out)
{
    const Schema *input = &node->input[0]->schema;
    const PlanRank *rank = &node->as.rank;
    strbuf_printf(out, "%s, ", rank_function_name(rank->function));
    print_partition(input, rank->partition, rank->partitions, out);
    plan_print_order(input, rank->order, rank->orders, out);
    strbuf_printf(out, ", from=%llu", (unsigned long long)rank->from);
    if (rank->to != UINT64_MAX)
        strbuf_printf(out, ", to=%llu", (unsigned long long)rank->to);
    if (rank->with_rank)
        strbuf_printf(out, ", rank=%.*s", TEXT_ARG(node->schema.field[input->count].name));
}

static void print_node(const Logical *node, StrBuf *out)
{
    switch (node->kind) {
    case LOGICAL_SCAN:
        strbuf_printf(out, "Scan(table=%.*s)", TEXT_ARG(node->as.scan.table->name));
        return;
    case LOGICAL_VALUES: strbuf_printf(out, "Values(rows=%u)", node->as.values.rows); return;
    case LOGICAL_FILTER:
        strbuf_string(out, "Filter(");
        print_scalars(node->as.filter.condition, node->as.filter.conditions, &node->schema, " AND ",
                      out);
        strbuf_char(out, ')');
        return;
    case LOGICAL_PROJECT:
        strbuf_string(out, "Project(");
        print_project(node, out);
        strbuf_char(out, ')');
        return;
    case LOGICAL_UNION_ALL: strbuf_string(out, "UnionAll"); return;
    case LOGICAL_SET_OPERATION:
        strbuf_printf(out, "SetOperation(%s)", plan_set_name(&node->as.set_operation));
        return;
    case LOGICAL_WINDOW:
        strbuf_string(out, "Window(");
        print_window(node, &node->as.window, out);
        strbuf_char(out, ')');
        return;
    case LOGICAL_AGGREGATE:
        strbuf_string(out, "Aggregate(");
        print_aggregate(node, &node->as.aggregate, out);
        strbuf_char(out, ')');
        return;
    case LOGICAL_UNNEST:
        strbuf_printf(out, "Unnest(%s", node->as.unnest.outer ? "left, " : "");
        print_names(&node->schema, node->input[0]->schema.count - 1,
                    node->schema.count - node->input[0]->schema.count + 1, out);
        if (node->as.unnest.condition != NULL) {
            strbuf_string(out, ", on=");
            scalar_print(node->as.unnest.condition, &node->schema, out);
        }
        strbuf_char(out, ')');
        return;
    case LOGICAL_OVER:
        strbuf_string(out, "Over(");
        print_over(node, out);
        strbuf_char(out, ')');
        return;
    case LOGICAL_RANK:
        strbuf_string(out, "Rank(");
        print_rank(node, out);
        strbuf_char(out, ')');
        return;
    case LOGICAL_SORT:
        strbuf_string(out, "Sort(");
        plan_print_order(&node->input[0]->schema, node->as.sort.order, node->as.sort.orders, out);
        strbuf_char(out, ')');
        return;
    case LOGICAL_LIMIT:
        strbuf_printf(out, "Limit(offset=%llu", (unsigned long long)node->as.limit.offset);
        if (node->as.limit.count != UINT64_MAX)
            strbuf_printf(out, ", count=%llu", (unsigned long long)node->as.limit.count);
        strbuf_char(out, ')');
        return;
    }
}

/* Depth is bounded by logical_make. */
static void print_tree(const Logical *node, uint32_t indent, StrBuf *out)
{
    strbuf_repeat(out, ' ', (size_t)indent * 2);
    print_node(node, out);
    strbuf_char(out, '\n');
    for (uint32_t i = 0; i < node->inputs; i++)
        print_tree(node->input[i], indent + 1, out);
}

void logical_print(const Logical *logical, StrBuf *out)
{
    print_tree(logical, 0, out);
}
