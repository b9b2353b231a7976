/* Aggregates that nobody reads are not computed: a query over a grouped one may use some of its
 * columns alone. That saves their state, spares a row that only their arguments would reject, and a
 * group whose other aggregates stay as they are sends nothing.
 *
 * The columns above keep their numbers: a projection over the smaller aggregate gives NULL in place
 * of what is gone. */
#include "planner/lower/lower.h"

#include <assert.h>
#include <string.h>

/* The aggregate's input, projected to its keys and what the calls in `keep` read. `place` tells
 * where a column has gone. */
static Status narrow_input(Arena *arena, const Logical *node, const bool *keep, uint32_t *place,
                           Logical **out)
{
    const LogicalAggregate *aggregate = &node->as.aggregate;
    const Logical *input = node->input[0];
    bool *used;
    Scalar **project;
    Schema schema = {0};
    TRY_NEW_ARRAY(used, arena, input->schema.count);
    TRY_NEW_ARRAY(project, arena, input->schema.count);
    TRY_NEW_ARRAY(schema.field, arena, input->schema.count);
    memset(used, true, aggregate->keys * sizeof *used);
    for (uint32_t i = 0; i < aggregate->calls; i++) {
        const PlanAggregateCall *call = &aggregate->call[i];
        if (keep[i] && call->argument >= 0)
            used[call->argument] = true;
        if (keep[i] && call->filter >= 0)
            used[call->filter] = true;
    }
    for (uint32_t i = 0; i < input->schema.count; i++) {
        if (!used[i])
            continue;
        place[i] = schema.count;
        project[schema.count] = input->as.project[i];
        schema.field[schema.count++] = input->schema.field[i];
    }
    return logical_project(arena, input->input[0], project, schema, out);
}

static Status narrow_aggregate(Arena *arena, const Logical *node, const bool *keep, Logical **out)
{
    const LogicalAggregate *aggregate = &node->as.aggregate;
    LogicalAggregate made = {.keys = aggregate->keys};
    Logical *input;
    uint32_t *place;
    PlanAggregateCall *call;
    Schema schema = {.count = aggregate->keys};
    TRY_NEW_ARRAY(place, arena, node->input[0]->schema.count);
    TRY_NEW_ARRAY(call, arena, aggregate->calls);
    TRY_NEW_ARRAY(schema.field, arena, node->schema.count);
    TRY(narrow_input(arena, node, keep, place, &input));
    memcpy(schema.field, node->schema.field, aggregate->keys * sizeof(Field));
    for (uint32_t i = 0; i < aggregate->calls; i++) {
        if (!keep[i])
            continue;
        PlanAggregateCall *to = &call[made.calls++];
        *to = aggregate->call[i];
        to->argument = to->argument < 0 ? -1 : (int32_t)place[to->argument];
        to->filter = to->filter < 0 ? -1 : (int32_t)place[to->filter];
        schema.field[schema.count++] = node->schema.field[aggregate->keys + i];
    }
    made.call = call;
    TRY(logical_make(arena, LOGICAL_AGGREGATE, schema, &input, 1, out));
    (*out)->as.aggregate = made;
    (*out)->span = node->span;
    return ST_OK;
}

/* The columns of `node` over those of the narrower aggregate. */
static Status restore_columns(Arena *arena, const Logical *node, const bool *keep, Logical *narrow,
                              Logical **out)
{
    uint32_t keys = node->as.aggregate.keys, at = keys;
    Schema schema = node->schema;
    Scalar **project;
    TRY_NEW_ARRAY(project, arena, schema.count);
    schema.field = arena_copy(arena, schema.field, schema.count * sizeof(Field));
    if (schema.field == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < schema.count; i++) {
        Field *field = &schema.field[i];
        if (i < keys || keep[i - keys]) {
            TRY(scalar_column(arena, i < keys ? i : at++, field->type, &project[i]));
            continue;
        }
        field->type = type_with_null(field->type, true);
        Value null = {.type = field->type, .null = true};
        TRY(scalar_constant(arena, &null, &project[i]));
    }
    return logical_project(arena, narrow, project, schema, out);
}

/* Which calls are read. Without keys one must stay: it makes the group's one row. false: all are.
 */
static bool choose_calls(const LogicalAggregate *aggregate, const bool *needed, bool *keep)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < aggregate->calls; i++) {
        keep[i] = needed[aggregate->keys + i];
        kept += keep[i];
    }
    if (kept == 0 && aggregate->keys == 0 && aggregate->calls > 0) {
        keep[0] = true;
        kept = 1;
    }
    return kept < aggregate->calls;
}

static Status prune(Arena *arena, Logical *node, bool *needed, Logical **out);

static Status prune_inputs(Arena *arena, Logical *node, bool *needed, Logical **out)
{
    Logical **input;
    bool changed = false;
    TRY_NEW_ARRAY(input, arena, node->inputs);
    for (uint32_t i = 0; i < node->inputs; i++) {
        bool *below;
        TRY_NEW_ARRAY(below, arena, node->input[i]->schema.count);
        logical_mark_input(node, i, needed, below);
        TRY(prune(arena, node->input[i], below, &input[i]));
        changed = changed || input[i] != node->input[i];
    }
    *out = node;
    if (!changed)
        return ST_OK;
    TRY_NEW(*out, arena);
    **out = *node;
    (*out)->input = input;
    return ST_OK;
}

/* `needed`: the columns of the node's output that somebody above reads. Depth is bounded by
 * logical_make. */
static Status prune(Arena *arena, Logical *node, bool *needed, Logical **out)
{
    bool *keep;
    Logical *narrow;
    if (node->kind != LOGICAL_AGGREGATE || node->input[0]->kind != LOGICAL_PROJECT)
        return prune_inputs(arena, node, needed, out);
    TRY_NEW_ARRAY(keep, arena, node->as.aggregate.calls);
    if (!choose_calls(&node->as.aggregate, needed, keep))
        return prune_inputs(arena, node, needed, out);
    TRY(narrow_aggregate(arena, node, keep, &narrow));
    TRY(prune_inputs(arena, narrow, needed, &narrow));
    return restore_columns(arena, node, keep, narrow, out);
}

Status prune_aggregates(Arena *arena, Logical *logical, Logical **out)
{
    bool *all;
    TRY_NEW_ARRAY(all, arena, logical->schema.count);
    memset(all, true, logical->schema.count * sizeof *all);
    return prune(arena, logical, all, out);
}
