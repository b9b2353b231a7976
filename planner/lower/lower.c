#include "planner/lower/lower.h"

#include <assert.h>

Status lowering_add(Lowering *lowering, PlanKind kind, Schema schema, PlanNode *const *input,
                    uint32_t inputs, PlanNode **out)
{
    PlanNode *node;
    TRY_NEW(node, lowering->arena);
    node->kind = kind;
    node->id = lowering->node.count;
    node->query = lowering->query;
    node->schema = schema;
    node->inputs = inputs;
    node->ttl = plan_kind_forgets(kind) ? lowering->settings->state_ttl : 0;
    TRY_NEW_ARRAY(node->key_memory, lowering->arena, schema.count);
    if (inputs > 0) {
        node->input = arena_copy(lowering->arena, input, inputs * sizeof *input);
        if (node->input == NULL)
            return ST_NOMEM;
    }
    TRY_PUSH(&lowering->node, lowering->arena, node);
    *out = node;
    return ST_OK;
}

Status lower_input(Lowering *lowering, const Logical *logical, PlanNode **out)
{
    Chain chain;
    TRY(lower_node(lowering, logical->input[0], &chain));
    return chain_finish(lowering, &chain, out);
}

static Status lower_values(Lowering *lowering, const Logical *logical, Chain *out)
{
    PlanNode *node;
    TRY(lowering_add(lowering, PLAN_VALUES, logical->schema, NULL, 0, &node));
    node->as.values = logical->as.values;
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}

static Status lower_unnest(Lowering *lowering, const Logical *logical, Chain *out)
{
    PlanNode *input, *node;
    TRY(lower_input(lowering, logical, &input));
    TRY(lowering_add(lowering, PLAN_UNNEST, logical->schema, &input, 1, &node));
    node->as.unnest = logical->as.unnest;
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}

/* Depth is bounded by logical_make. */
Status lower_node(Lowering *lowering, const Logical *logical, Chain *out)
{
    switch (logical->kind) {
    case LOGICAL_SCAN: return lower_scan(lowering, logical, out);
    case LOGICAL_VALUES: return lower_values(lowering, logical, out);
    case LOGICAL_FILTER:
        TRY(lower_node(lowering, logical->input[0], out));
        return chain_filter(lowering, out, logical->as.filter.condition,
                            logical->as.filter.conditions);
    case LOGICAL_PROJECT:
        TRY(lower_node(lowering, logical->input[0], out));
        if (logical->whole)
            TRY(chain_settle(lowering, out));
        return chain_project(lowering, out, logical->as.project, &logical->schema);
    case LOGICAL_UNION_ALL: return lower_union(lowering, logical, out);
    case LOGICAL_SET_OPERATION: return lower_set_operation(lowering, logical, out);
    case LOGICAL_WINDOW:
        TRY(lower_node(lowering, logical->input[0], out));
        return chain_window(lowering, out, &logical->as.window, &logical->schema, logical->span);
    case LOGICAL_AGGREGATE: return lower_aggregate(lowering, logical, out);
    case LOGICAL_OVER: return lower_over(lowering, logical, out);
    case LOGICAL_RANK: return lower_rank(lowering, logical, out);
    case LOGICAL_SORT: return lower_sort(lowering, logical, out);
    case LOGICAL_UNNEST: return lower_unnest(lowering, logical, out);
    case LOGICAL_LIMIT: return lower_limit(lowering, logical, out);
    }
    assert(false);
    return ST_SEMANTIC;
}

/* --- sinks --- */

/* A key that comes as new although the table has it takes the place of what it has. */
static Status result_spec(Lowering *lowering, const QueryDraft *query, const PlanNode *input,
                          ResultSpec *out)
{
    if (query->table != NULL) {
        *out = table_result_spec(query->table);
        out->recurs = input->recurs;
        out->append_only = out->key_count == 0 && input->changelog == CHANGELOG_APPEND;
        return ST_OK;
    }
    *out = (ResultSpec){.name = query->name,
                        .schema = input->schema,
                        .append_only = input->changelog == CHANGELOG_APPEND,
                        .recurs = input->recurs,
                        .single = input->key.known && input->key.count == 0};
    out->append_only = out->append_only && !(input->key.known && input->recurs);
    if (input->key.known && input->key.count > 0) {
        out->key =
            arena_copy(lowering->arena, input->key.column, input->key.count * sizeof *out->key);
        out->key_count = input->key.count;
        return out->key == NULL ? ST_NOMEM : ST_OK;
    }
    return ST_OK;
}

static Status declared_not_null(Lowering *lowering, const Schema *declared, const PlanNode *input,
                                const bool **out)
{
    bool *not_null, any = false;
    TRY_NEW_ARRAY(not_null, lowering->arena, input->schema.count);
    for (uint32_t i = 0; i < declared->count; i++) {
        not_null[i] = !declared->field[i].type.nullable && input->schema.field[i].type.nullable;
        any = any || not_null[i];
    }
    *out = any ? not_null : NULL;
    return ST_OK;
}

static bool has_map(const Type *type)
{
    bool map = type->id == TYPE_MAP;
    for (uint32_t i = 0; i < type->children && !map; i++)
        map = has_map(&type->child[i].type);
    return map;
}

/* Where the format has no form for a key that is NULL. */
static Status required_keys(Lowering *lowering, const TableSpec *table, uint32_t columns,
                            const bool **out)
{
    const FormatClass *format = table->format;
    bool *keys, any = false;
    if (format == NULL || format->refuses_null_keys == NULL ||
        !format->refuses_null_keys(&table->scope, table->format_options))
        return ST_OK;
    TRY_NEW_ARRAY(keys, lowering->arena, columns);
    for (uint32_t i = 0; i < table->schema.count; i++) {
        keys[i] = has_map(&table->schema.field[i].type);
        any = any || keys[i];
    }
    *out = any ? keys : NULL;
    return ST_OK;
}

/* Of the metadata columns, which stand behind the others. */
static Status refused_times(Lowering *lowering, const TableSpec *table, uint32_t columns,
                            RefuseTime *const **out)
{
    RefuseTime **refuse;
    bool any = false;
    TRY_NEW_ARRAY(refuse, lowering->arena, columns);
    for (uint32_t i = 0; i < table->written_metadata_count; i++) {
        Text key = table->metadata_key[table->written_metadata[i]];
        const ConnectorMetadata *metadata = table->connector->metadata;
        while (!text_is(key, metadata->key))
            metadata++;
        refuse[table->schema.count + i] = metadata->refuse;
        any = any || metadata->refuse != NULL;
    }
    *out = any ? refuse : NULL;
    return ST_OK;
}

/* Rows that the query tells apart are apart in the table, too. */
static bool key_is_within(const PlanKey *key, const TableDef *table)
{
    for (uint32_t i = 0; key->known && i < key->count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < table->key_count; k++)
            found = found || table->key[k] == key->column[i];
        if (!found)
            return false;
    }
    return key->known;
}

/* Of rows that are only inserted the last one of a key stays, whatever tells them apart. */
static bool wants_materialize(const QueryDraft *query, const PlanNode *input)
{
    if (query->table == NULL || query->table->key_count == 0)
        return false;
    switch (query->settings.upsert_materialize) {
    case UPSERT_MATERIALIZE_NONE: return false;
    case UPSERT_MATERIALIZE_FORCE: return true;
    case UPSERT_MATERIALIZE_AUTO: break;
    }
    return input->changelog != CHANGELOG_APPEND && !key_is_within(&input->key, query->table);
}

static Status add_materialize(Lowering *lowering, const QueryDraft *query, PlanNode **node)
{
    PlanNode *input = *node;
    if (!wants_materialize(query, input))
        return ST_OK;
    TRY(lowering_add(lowering, PLAN_UPSERT_MATERIALIZE, input->schema, &input, 1, node));
    PlanUpsertMaterialize *plan = &(*node)->as.upsert_materialize;
    *plan = (PlanUpsertMaterialize){.key = query->table->key, .keys = query->table->key_count};
    if (input->key.known) {
        plan->apart = input->key.column;
        plan->aparts = input->key.count;
    }
    infer_changelog(*node);
    return ST_OK;
}

static bool takes_updates(const QueryDraft *query)
{
    return query->kind != SINK_CONNECTOR || query->table->spec.connector->accepts_updates;
}

static Status refuse_updates(const QueryDraft *query, Diag *diag)
{
    Status status =
        diag_error(diag, E2128, query->span,
                   "\"%.*s\" takes only inserts (connector \"%s\"), and the query updates its rows",
                   TEXT_ARG(query->name), query->table->spec.connector->name);
    diag_hint(diag, "a materialized view takes updates, and a table of the connector sqlite or "
                    "upsert-kafka; a window aggregate only inserts");
    return status;
}

static Status make_sink(Lowering *lowering, const QueryDraft *query, PlanNode *input,
                        PlanNode **out)
{
    if (input->changelog != CHANGELOG_APPEND && !takes_updates(query))
        return refuse_updates(query, lowering->diag);
    if (takes_updates(query))
        TRY(add_materialize(lowering, query, &input));
    TRY(lowering_add(lowering, PLAN_SINK, input->schema, &input, 1, out));
    PlanSink *sink = &(*out)->as.sink;
    sink->kind = query->kind;
    sink->name = query->name;
    sink->on_error = query->on_error;
    if (query->table != NULL)
        TRY(declared_not_null(lowering, &query->table->spec.schema, input, &sink->not_null));
    if (query->kind == SINK_RESULT)
        TRY(result_spec(lowering, query, input, &sink->result));
    if (query->kind == SINK_CONNECTOR) {
        sink->table = &query->table->spec;
        TRY(required_keys(lowering, sink->table, input->schema.count, &sink->map_keys));
        TRY(refused_times(lowering, sink->table, input->schema.count, &sink->refuse_time));
    }
    infer_changelog(*out);
    relax_changelog(*out);
    return ST_OK;
}

Status lower_queries(Arena *arena, const QueryDraft *query, uint32_t queries, Plan **out,
                     Diag *diag)
{
    Lowering lowering = {.arena = arena, .diag = diag};
    VEC(PlanNode *) sinks = {0};
    Logical **logical;
    TRY_NEW_ARRAY(logical, arena, queries);
    for (uint32_t i = 0; i < queries; i++) {
        TRY(prune_aggregates(arena, query[i].logical, &logical[i]));
        TRY(scan_drafts_collect(&lowering, logical[i]));
    }
    TRY(scan_drafts_make(&lowering));
    for (uint32_t i = 0; i < queries; i++) {
        Chain chain;
        PlanNode *input, *sink;
        lowering.query = i;
        lowering.settings = &query[i].settings;
        TRY(lower_node(&lowering, logical[i], &chain));
        TRY(chain_finish(&lowering, &chain, &input));
        TRY(make_sink(&lowering, &query[i], input, &sink));
        TRY_PUSH(&sinks, arena, sink);
    }
    Plan *plan;
    TRY_NEW(plan, arena);
    *plan = (Plan){lowering.node.item, lowering.node.count, sinks.item, sinks.count};
    TRY(push_fields(arena, plan));
    TRY(push_predicates(arena, plan));
    TRY(check_program_sizes(plan, query, diag));
    *out = plan;
    return ST_OK;
}
