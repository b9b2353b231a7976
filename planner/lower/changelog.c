/* Which kinds of rows flow on each edge, and by which columns rows are told apart.
 *
 * Upward (infer_changelog): sources insert; a GROUP BY updates; the rest passes on what it gets.
 * Downward (relax_changelog): a result table with a key replaces rows by it and needs no row before
 * an update. Where only such a sink and plain projections stand above a GROUP BY whose key is the
 * table's, the GROUP BY may give the net effect of a batch, one row a group. A projection that can
 * fail is not plain: the row that took the place of a good one must then be taken back. */
#include "planner/lower/lower.h"

#include <assert.h>

static ChangelogMode worst_input(const PlanNode *node)
{
    for (uint32_t i = 0; i < node->inputs; i++) {
        if (node->input[i]->changelog != CHANGELOG_APPEND)
            return CHANGELOG_RETRACT;
    }
    return CHANGELOG_APPEND;
}

/* Whether the key's columns are all passed on, and where. The new columns replace those of `key`,
 * in an array as long-lived as the plan: that of the node itself. */
static PlanKey passed_key(const PlanNode *node, const PlanKey *key, uint32_t *place)
{
    PlanKey none = {0};
    if (!key->known)
        return none;
    for (uint32_t k = 0; k < key->count; k++) {
        uint32_t i = 0;
        while (i < node->schema.count && !(node->as.calc.project[i]->kind == SCALAR_COLUMN &&
                                           node->as.calc.project[i]->as.column == key->column[k]))
            i++;
        if (i == node->schema.count)
            return none;
        place[k] = i;
    }
    return (PlanKey){true, place, key->count};
}

void infer_changelog(PlanNode *node)
{
    node->changelog = worst_input(node);
    if (node->inputs > 0) {
        node->watermarked = true;
        for (uint32_t i = 0; i < node->inputs; i++)
            node->watermarked = node->watermarked && node->input[i]->watermarked;
    }
    switch (node->kind) {
    case PLAN_CALC: node->key = passed_key(node, &node->input[0]->key, node->key_memory); return;
    case PLAN_GROUP_AGGREGATE:
        node->key = (PlanKey){true, node->as.group_aggregate.key, node->as.group_aggregate.keys};
        if (node->as.group_aggregate.calls > 0)
            node->changelog = CHANGELOG_RETRACT;
        return;
    case PLAN_WINDOW_AGGREGATE: {
        const PlanWindowAggregate *window = &node->as.window_aggregate;
        uint32_t count = 0;
        for (uint32_t i = 0; i < window->aggregate.keys; i++)
            node->key_memory[count++] = i;
        for (uint32_t i = 0; i < window->columns; i++)
            node->key_memory[count++] = window->aggregate.keys + window->aggregate.calls + i;
        node->key = (PlanKey){true, node->key_memory, count};
        node->changelog = CHANGELOG_APPEND;
        return;
    }
    case PLAN_SINK: node->key = node->input[0]->key; return;
    case PLAN_SCAN:
    case PLAN_VALUES:
    case PLAN_UNION_ALL:
    case PLAN_UNNEST:
    case PLAN_LIMIT: return;
    }
}

static bool is_plain(const PlanNode *calc)
{
    if (calc->as.calc.conditions > 0)
        return false;
    for (uint32_t i = 0; i < calc->schema.count; i++) {
        if (scalar_can_fail(calc->as.calc.project[i]))
            return false;
    }
    return true;
}

static bool same_columns(const PlanKey *key, const ResultSpec *result)
{
    if (!key->known || key->count == 0 || key->count != result->key_count)
        return false;
    for (uint32_t i = 0; i < key->count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < result->key_count; j++)
            found = found || key->column[i] == result->key[j];
        if (!found)
            return false;
    }
    return true;
}

void relax_changelog(PlanNode *sink)
{
    assert(sink->kind == PLAN_SINK);
    PlanNode *node = sink->input[0];
    if (sink->as.sink.kind != SINK_RESULT || node->changelog != CHANGELOG_RETRACT ||
        !same_columns(&node->key, &sink->as.sink.result) || sink->as.sink.not_null != NULL)
        return;
    while (node->kind == PLAN_CALC && is_plain(node))
        node = node->input[0];
    if (node->kind != PLAN_GROUP_AGGREGATE)
        return;
    for (node = sink; node->kind != PLAN_GROUP_AGGREGATE; node = node->input[0])
        node->changelog = CHANGELOG_UPSERT;
    node->changelog = CHANGELOG_UPSERT;
}
