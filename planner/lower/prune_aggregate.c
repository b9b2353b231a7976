/* Aggregates that nobody reads are not computed: a query over a grouped one may use some of its
 * columns alone. That saves their state, spares a row that only their arguments would reject, and a
 * group whose other aggregates stay as they are sends nothing. Of the rows that a Top-N or an OVER
 * keeps, the columns that nobody reads go likewise, and the rank, whose changes then are none; and
 * so do nested columns that a projection only passes on.
 *
 * The columns above keep their numbers: a projection over the smaller node gives NULL in place of
 * what is gone. */
#include "planner/lower/lower.h"

#include <assert.h>
#include <string.h>

/* The column of an aggregate's first call. */
static uint32_t first_call(const Logical *node)
{
    return node->schema.count - node->as.aggregate.calls;
}

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
        for (uint32_t a = 0; keep[i] && a < call->arguments; a++) {
            if (call->argument[a].column >= 0)
                used[call->argument[a].column] = true;
        }
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
    LogicalAggregate made = *aggregate;
    Logical *input;
    uint32_t *place, first = first_call(node);
    PlanAggregateCall *call;
    Schema schema = {.count = first};
    made.calls = 0;
    TRY_NEW_ARRAY(place, arena, node->input[0]->schema.count);
    TRY_NEW_ARRAY(call, arena, aggregate->calls);
    TRY_NEW_ARRAY(schema.field, arena, node->schema.count);
    TRY(narrow_input(arena, node, keep, place, &input));
    memcpy(schema.field, node->schema.field, first * sizeof(Field));
    for (uint32_t i = 0; i < aggregate->calls; i++) {
        if (!keep[i])
            continue;
        PlanAggregateCall *to = &call[made.calls++];
        *to = aggregate->call[i];
        for (uint32_t a = 0; a < to->arguments; a++) {
            if (to->argument[a].column >= 0)
                to->argument[a].column = (int32_t)place[to->argument[a].column];
        }
        to->filter = to->filter < 0 ? -1 : (int32_t)place[to->filter];
        schema.field[schema.count++] = node->schema.field[first + i];
    }
    made.call = call;
    TRY(logical_make(arena, LOGICAL_AGGREGATE, schema, &input, 1, out));
    (*out)->as.aggregate = made;
    (*out)->span = node->span;
    return ST_OK;
}

/* The columns of `node` over those of the narrower one, which has those in `keep`. */
static Status restore_columns(Arena *arena, const Logical *node, const bool *keep, Logical *narrow,
                              Logical **out)
{
    uint32_t at = 0;
    Schema schema = node->schema;
    Scalar **project;
    TRY_NEW_ARRAY(project, arena, schema.count);
    schema.field = arena_copy(arena, schema.field, schema.count * sizeof(Field));
    if (schema.field == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < schema.count; i++) {
        Field *field = &schema.field[i];
        if (keep[i]) {
            TRY(scalar_column(arena, at++, field->type, &project[i]));
            continue;
        }
        field->type = type_with_null(field->type, true);
        Value null = {.type = field->type, .null = true};
        TRY(scalar_constant(arena, &null, &project[i]));
    }
    return logical_project(arena, narrow, project, schema, out);
}

/* The columns to keep: all keys, and the calls that are read. Without keys one must stay: it makes
 * the group's one row. false: all are. */
static bool choose_calls(const Logical *node, bool *needed, bool *keep)
{
    uint32_t kept = 0, first = first_call(node);
    memset(keep, true, first * sizeof *keep);
    for (uint32_t i = first; i < node->schema.count; i++) {
        keep[i] = needed[i];
        kept += keep[i];
    }
    if (kept == 0 && first == 0 && node->schema.count > 0) {
        keep[0] = true;
        kept = 1;
    }
    return kept < node->as.aggregate.calls;
}

/* --- Top-N --- */

/* The columns to keep: of the input what is read here or above, the rank if it is read above.
 * false: all are. */
static bool choose_columns(const Logical *node, bool *needed, bool *keep)
{
    uint32_t kept = 0;
    logical_mark_input(node, 0, needed, keep);
    if (node->as.rank.with_rank)
        keep[node->schema.count - 1] = needed[node->schema.count - 1];
    for (uint32_t i = 0; i < node->schema.count; i++)
        kept += keep[i];
    return kept < node->schema.count;
}

static Status project_kept(Arena *arena, Logical *input, const bool *keep, uint32_t *place,
                           Logical **out)
{
    Scalar **project;
    Schema schema = {0};
    TRY_NEW_ARRAY(project, arena, input->schema.count);
    TRY_NEW_ARRAY(schema.field, arena, input->schema.count);
    for (uint32_t i = 0; i < input->schema.count; i++) {
        if (!keep[i])
            continue;
        place[i] = schema.count;
        TRY(scalar_column(arena, i, input->schema.field[i].type, &project[schema.count]));
        schema.field[schema.count++] = input->schema.field[i];
    }
    *out = input;
    return schema.count == input->schema.count
               ? ST_OK
               : logical_project(arena, input, project, schema, out);
}

/* A partition and an order over columns that have gone elsewhere. */
static Status move_window(Arena *arena, const uint32_t *partition, uint32_t partitions,
                          const PlanOrder *order, uint32_t orders, const uint32_t *place,
                          uint32_t **to_partition, PlanOrder **to_order)
{
    TRY_NEW_ARRAY(*to_partition, arena, partitions);
    TRY_NEW_ARRAY(*to_order, arena, orders);
    for (uint32_t i = 0; i < partitions; i++)
        (*to_partition)[i] = place[partition[i]];
    for (uint32_t i = 0; i < orders; i++) {
        (*to_order)[i] = order[i];
        (*to_order)[i].column = place[order[i].column];
    }
    return ST_OK;
}

static Status narrow_rank(Arena *arena, const Logical *node, const bool *keep, Logical **out)
{
    PlanRank rank = node->as.rank;
    uint32_t *place, *partition, width = node->input[0]->schema.count;
    PlanOrder *order;
    Logical *input;
    TRY_NEW_ARRAY(place, arena, width);
    TRY(project_kept(arena, node->input[0], keep, place, &input));
    TRY(move_window(arena, rank.partition, rank.partitions, rank.order, rank.orders, place,
                    &partition, &order));
    rank.partition = partition;
    rank.order = order;
    rank.with_rank = rank.with_rank && keep[width];
    Schema schema = {.count = input->schema.count};
    TRY_NEW_ARRAY(schema.field, arena, schema.count + 1);
    memcpy(schema.field, input->schema.field, schema.count * sizeof(Field));
    if (rank.with_rank)
        schema.field[schema.count++] = node->schema.field[width];
    TRY(logical_make(arena, LOGICAL_RANK, schema, &input, 1, out));
    (*out)->as.rank = rank;
    (*out)->span = node->span;
    return ST_OK;
}

/* --- nested columns --- */

/* One that nobody reads is not passed on: its parts alone may be read beside it, and then it need
 * not be decoded whole. */
static Status drop_unread(Arena *arena, Logical *node, const bool *needed, Logical **out)
{
    Scalar **project;
    bool any = false;
    *out = node;
    TRY_NEW_ARRAY(project, arena, node->schema.count);
    for (uint32_t i = 0; i < node->schema.count; i++) {
        project[i] = node->as.project[i];
        if (needed[i] || !type_is_nested(&project[i]->type) || scalar_is_constant(project[i]))
            continue;
        Value null = {.type = project[i]->type, .null = true};
        TRY(scalar_constant(arena, &null, &project[i]));
        any = true;
    }
    if (!any)
        return ST_OK;
    TRY_NEW(*out, arena);
    **out = *node;
    (*out)->as.project = project;
    return ST_OK;
}

/* --- OVER --- */

/* The columns to keep: of the input what is read here or above, and the calls that are read above;
 * one stays in any case. false: all are. */
static bool choose_over(const Logical *node, const bool *needed, bool *keep)
{
    uint32_t width = node->input[0]->schema.count, calls = node->as.over.calls, kept = 0;
    bool *read = keep + width;
    memcpy(read, needed + width, calls * sizeof *read);
    for (uint32_t i = 0; i < calls; i++)
        kept += read[i];
    read[0] = read[0] || kept == 0;
    memset(keep, false, width * sizeof *keep);
    logical_mark_over(&node->as.over, read, keep);
    kept = 0;
    for (uint32_t i = 0; i < width; i++)
        keep[i] = keep[i] || needed[i];
    for (uint32_t i = 0; i < node->schema.count; i++)
        kept += keep[i];
    return kept < node->schema.count;
}

static void move_call(LogicalOverCall *call, const uint32_t *place)
{
    for (uint32_t a = 0; a < call->aggregate.arguments; a++) {
        PlanArgument *argument = &call->aggregate.argument[a];
        argument->column = argument->column < 0 ? -1 : (int32_t)place[argument->column];
    }
    if (call->function == OVER_AGGREGATE && call->aggregate.filter >= 0)
        call->aggregate.filter = (int32_t)place[call->aggregate.filter];
    if (call->function != OVER_CELL)
        return;
    call->column = place[call->column];
    call->otherwise = call->otherwise < 0 ? -1 : (int32_t)place[call->otherwise];
}

static Status narrow_over(Arena *arena, const Logical *node, const bool *keep, Logical **out)
{
    LogicalOver over = node->as.over;
    uint32_t *place, *partition, width = node->input[0]->schema.count;
    PlanOrder *order;
    LogicalOverCall *call;
    Logical *input;
    TRY_NEW_ARRAY(place, arena, width);
    TRY_NEW_ARRAY(call, arena, over.calls);
    TRY(project_kept(arena, node->input[0], keep, place, &input));
    TRY(move_window(arena, over.partition, over.partitions, over.order, over.orders, place,
                    &partition, &order));
    Schema schema = {.count = input->schema.count};
    TRY_NEW_ARRAY(schema.field, arena, schema.count + over.calls);
    memcpy(schema.field, input->schema.field, schema.count * sizeof(Field));
    uint32_t calls = 0;
    for (uint32_t i = 0; i < over.calls; i++) {
        if (!keep[width + i])
            continue;
        call[calls] = over.call[i];
        move_call(&call[calls++], place);
        schema.field[schema.count++] = node->schema.field[width + i];
    }
    over.partition = partition;
    over.order = order;
    over.call = call;
    over.calls = calls;
    TRY(logical_make(arena, LOGICAL_OVER, schema, &input, 1, out));
    (*out)->as.over = over;
    (*out)->span = node->span;
    return ST_OK;
}

/* --- the tree --- */

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

/* All of the node is needed. */
static Status prune_whole(Arena *arena, Logical *node, Logical **out)
{
    bool *all;
    TRY_NEW_ARRAY(all, arena, node->schema.count);
    memset(all, true, node->schema.count * sizeof *all);
    return prune_inputs(arena, node, all, out);
}

/* `needed`: the columns of the node's output that somebody above reads. Depth is bounded by
 * logical_make. */
static Status prune(Arena *arena, Logical *node, bool *needed, Logical **out)
{
    bool *keep;
    Logical *narrow;
    if (node->kind == LOGICAL_PROJECT && !node->whole)
        TRY(drop_unread(arena, node, needed, &node));
    bool aggregate = node->kind == LOGICAL_AGGREGATE && node->input[0]->kind == LOGICAL_PROJECT;
    TRY_NEW_ARRAY(keep, arena, node->schema.count);
    if (!(aggregate && choose_calls(node, needed, keep)) &&
        !(node->kind == LOGICAL_RANK && choose_columns(node, needed, keep)) &&
        !(node->kind == LOGICAL_OVER && choose_over(node, needed, keep)))
        return prune_inputs(arena, node, needed, out);
    TRY(aggregate ? narrow_aggregate(arena, node, keep + first_call(node), &narrow)
        : node->kind == LOGICAL_RANK ? narrow_rank(arena, node, keep, &narrow)
                                     : narrow_over(arena, node, keep, &narrow));
    TRY(prune_whole(arena, narrow, &narrow));
    return restore_columns(arena, node, keep, narrow, out);
}

Status prune_aggregates(Arena *arena, Logical *logical, Logical **out)
{
    bool *all;
    TRY_NEW_ARRAY(all, arena, logical->schema.count);
    memset(all, true, logical->schema.count * sizeof *all);
    return prune(arena, logical, all, out);
}
