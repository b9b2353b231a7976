/* Which kinds of rows flow on each edge, and by which columns rows are told apart.
 *
 * Upward (infer_changelog): sources insert; a GROUP BY and a Top-N update, an EXCEPT deletes; the
 * rest passes on what it gets. Downward (relax_changelog): a result table with a key replaces rows
 * by it and needs no row before an update. Where only such a sink and plain projections stand above
 * a GROUP BY whose key is the table's, the GROUP BY may give the net effect of a batch, one row a
 * group, and a Top-N or a deduplication leaves out the rows before. An OVER in any order gives the
 * net effect of a batch to any result table. A projection that can fail is
 * not plain: the row that took the place of a good one must then be taken back. */
#include "planner/lower/lower.h"

#include <assert.h>

/* The OVER in any order whose rows the node takes, with nothing but projections and filters
 * between: NULL: it takes others. One change there can be one of each row here, so these are taken
 * together. */
static PlanNode *over_below(const PlanNode *node)
{
    PlanNode *input = node->input[0];
    while (input->kind == PLAN_CALC)
        input = input->input[0];
    return input->kind == PLAN_OVER_UPDATES ? input : NULL;
}

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

/* What comes on the second side of an EXCEPT takes rows back. The rows are some of the first
 * input's; without ALL each is there once. */
static void infer_set_operation(PlanNode *node)
{
    const PlanSetOperation *set = &node->as.set_operation;
    if (set->kind == SET_EXCEPT)
        node->changelog = CHANGELOG_RETRACT;
    node->key = node->input[0]->key;
    if (node->key.known || set->all)
        return;
    for (uint32_t i = 0; i < node->schema.count; i++)
        node->key_memory[i] = i;
    node->key = (PlanKey){true, node->key_memory, node->schema.count};
}

/* Where each partition has one row, or its rows are numbered, that tells rows apart; else what
 * tells those of the input apart. */
static PlanKey rank_key(const PlanNode *node, const PlanRank *rank)
{
    uint32_t count = rank->partitions;
    bool one = rank->from == rank->to;
    if (rank->function != RANK_ROW_NUMBER || (!one && !rank->with_rank))
        return node->input[0]->key;
    for (uint32_t i = 0; i < rank->partitions; i++)
        node->key_memory[i] = rank->partition[i];
    if (!one)
        node->key_memory[count++] = node->input[0]->schema.count;
    return (PlanKey){true, node->key_memory, count};
}

static bool any_recurs(const PlanNode *node)
{
    bool any = node->ttl > 0;
    for (uint32_t i = 0; i < node->inputs; i++)
        any = any || node->input[i]->recurs;
    return any;
}

/* The keys, and the window's columns behind the aggregates. Of several grouping sets the last key
 * is the set's number, which the others may tell already. */
static PlanKey group_key(const PlanNode *node, const PlanAggregate *aggregate,
                         uint32_t window_columns)
{
    const PlanNode *input = node->input[0];
    uint32_t count = 0, keys = aggregate->keys;
    if (input->kind == PLAN_EXPAND &&
        plan_expand_shows_sets(&input->as.expand, &input->input[0]->schema))
        keys--;
    for (uint32_t i = 0; i < keys; i++)
        node->key_memory[count++] = i;
    for (uint32_t i = 0; i < window_columns; i++)
        node->key_memory[count++] = aggregate->keys + aggregate->calls + i;
    return (PlanKey){true, node->key_memory, count};
}

void infer_changelog(PlanNode *node)
{
    node->changelog = worst_input(node);
    node->recurs = any_recurs(node);
    if (node->inputs > 0) {
        node->watermarked = true;
        for (uint32_t i = 0; i < node->inputs; i++)
            node->watermarked = node->watermarked && node->input[i]->watermarked;
    }
    switch (node->kind) {
    case PLAN_CALC: node->key = passed_key(node, &node->input[0]->key, node->key_memory); return;
    case PLAN_GROUP_AGGREGATE:
        node->key = group_key(node, &node->as.group_aggregate, 0);
        /* With a TTL a group says that it is still there. */
        if (node->as.group_aggregate.calls > 0 || node->ttl > 0)
            node->changelog = CHANGELOG_RETRACT;
        return;
    case PLAN_SESSION_AGGREGATE:
    case PLAN_UPDATING_WINDOW_AGGREGATE:
    case PLAN_UPDATING_SESSION_AGGREGATE:
    case PLAN_WINDOW_AGGREGATE: {
        const PlanWindowAggregate *window = &node->as.window_aggregate;
        node->key = group_key(node, &window->aggregate, window->columns);
        node->recurs = false; /* a window comes once */
        node->changelog = node->kind == PLAN_UPDATING_WINDOW_AGGREGATE ||
                                  node->kind == PLAN_UPDATING_SESSION_AGGREGATE
                              ? CHANGELOG_RETRACT
                              : CHANGELOG_APPEND;
        return;
    }
    case PLAN_SET_OPERATION: infer_set_operation(node); return;
    case PLAN_SET_ROWS:
        if (!node->as.set_operation.all)
            node->key = node->input[0]->key;
        return;
    case PLAN_RANK:
        node->key = rank_key(node, &node->as.rank);
        node->changelog = CHANGELOG_RETRACT;
        return;
    case PLAN_WINDOW_RANK: node->key = rank_key(node, &node->as.window_rank.rank); return;
    case PLAN_DEDUPLICATE:
        node->key =
            (PlanKey){true, node->as.deduplicate.partition, node->as.deduplicate.partitions};
        if (node->as.deduplicate.last)
            node->changelog = CHANGELOG_RETRACT;
        return;
    case PLAN_NORMALIZE:
        node->key = (PlanKey){true, node->as.normalize.key, node->as.normalize.keys};
        node->changelog = CHANGELOG_RETRACT;
        return;
    case PLAN_UPSERT_MATERIALIZE:
        node->key =
            (PlanKey){true, node->as.upsert_materialize.key, node->as.upsert_materialize.keys};
        node->recurs = node->ttl > 0;
        node->changelog = CHANGELOG_RETRACT;
        return;
    case PLAN_OVER_UPDATES:
        node->key = node->input[0]->key;
        node->changelog = CHANGELOG_RETRACT;
        node->as.over.net = over_below(node) != NULL;
        return;
    case PLAN_OVER_AGGREGATE:
        node->key = node->input[0]->key;
        node->recurs = node->input[0]->recurs; /* a row comes once, whatever is forgotten */
        return;
    case PLAN_TIME_SORT: node->key = node->input[0]->key; return;
    case PLAN_PROCESSING_TIME:
        node->key = node->input[0]->key;
        node->watermarked = true;
        return;
    case PLAN_SINK: node->key = node->input[0]->key; return;
    case PLAN_EXPAND:
    case PLAN_WINDOW:
    case PLAN_SCAN:
    case PLAN_VALUES:
    case PLAN_UNION_ALL:
    case PLAN_UNNEST:
    case PLAN_LIMIT: return;
    }
}

/* The depth of plans is bounded. */
bool changes_with_windows(const PlanNode *node)
{
    bool changes = true;
    if (node->changelog == CHANGELOG_APPEND || node->kind == PLAN_UPDATING_WINDOW_AGGREGATE ||
        node->kind == PLAN_UPDATING_SESSION_AGGREGATE || node->kind == PLAN_WINDOW)
        return true;
    bool passes = node->kind == PLAN_CALC || node->kind == PLAN_EXPAND ||
                  node->kind == PLAN_UNION_ALL || node->kind == PLAN_UNNEST ||
                  node->kind == PLAN_SET_ROWS;
    for (uint32_t i = 0; i < node->inputs && passes && changes; i++)
        changes = changes_with_windows(node->input[i]);
    return passes && changes;
}

static bool cannot_fail(const PlanNode *calc)
{
    for (uint32_t i = 0; i < calc->as.calc.conditions; i++) {
        if (scalar_can_fail(calc->as.calc.condition[i]))
            return false;
    }
    for (uint32_t i = 0; i < calc->schema.count; i++) {
        if (scalar_can_fail(calc->as.calc.project[i]))
            return false;
    }
    return true;
}

static bool is_plain(const PlanNode *calc)
{
    return calc->as.calc.conditions == 0 && cannot_fail(calc);
}

/* In which order equal rows came does not matter to it. */
static bool forgets_arrival(const PlanOver *over)
{
    bool forgets = true;
    for (uint32_t i = 0; i < over->calls && forgets; i++) {
        const PlanOverCall *call = &over->call[i];
        switch (call->function) {
        case OVER_AGGREGATE:
            forgets = !over->frame[call->frame].rows &&
                      (over->aggregate[call->aggregate].def->flags & AGG_ARRIVAL) == 0;
            break;
        case OVER_CELL:
        case OVER_ROW_NUMBER:
        case OVER_NTILE: forgets = false; break;
        case OVER_RANK:
        case OVER_DENSE_RANK:
        case OVER_PERCENT_RANK:
        case OVER_CUME_DIST: break;
        }
    }
    return forgets;
}

/* A result table sees what an epoch comes to, and has no order. Nor has what an OVER sees that does
 * not go by the order in which rows came. */
static void settle_over(const PlanNode *sink)
{
    PlanNode *node = sink->input[0];
    while (node->kind == PLAN_CALC && cannot_fail(node))
        node = node->input[0];
    if (node->kind != PLAN_OVER_UPDATES || sink->as.sink.not_null != NULL)
        return;
    node->as.over.net = true;
    while (forgets_arrival(&node->as.over) && over_below(node) != NULL) {
        node = over_below(node);
        node->as.over.net = true;
    }
}

/* Makes the rows that its key tells apart, and can leave out those before an update. */
static bool can_upsert(const PlanNode *node)
{
    return node->kind == PLAN_GROUP_AGGREGATE || node->kind == PLAN_RANK ||
           node->kind == PLAN_DEDUPLICATE || node->kind == PLAN_NORMALIZE ||
           node->kind == PLAN_UPDATING_WINDOW_AGGREGATE || node->kind == PLAN_OVER_UPDATES ||
           node->kind == PLAN_UPSERT_MATERIALIZE;
}

static bool same_columns(const PlanKey *key, const ResultSpec *result)
{
    if (!key->known || key->count != result->key_count || (key->count == 0 && !result->single))
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
    if (sink->as.sink.kind != SINK_RESULT)
        return;
    settle_over(sink);
    if (node->changelog != CHANGELOG_RETRACT || !same_columns(&node->key, &sink->as.sink.result) ||
        sink->as.sink.not_null != NULL)
        return;
    while (node->kind == PLAN_CALC && is_plain(node))
        node = node->input[0];
    if (!can_upsert(node))
        return;
    for (PlanNode *at = sink; at != node; at = at->input[0])
        at->changelog = CHANGELOG_UPSERT;
    node->changelog = CHANGELOG_UPSERT;
}
