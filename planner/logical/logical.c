#include "planner/logical/logical.h"

#include <assert.h>
#include <string.h>

#include "storage/base/limits.h"

Status logical_make(Arena *arena, LogicalKind kind, Schema schema, Logical *const *input,
                    uint32_t inputs, Logical **out)
{
    Logical *node;
    TRY_NEW(node, arena);
    node->kind = kind;
    node->schema = schema;
    node->inputs = inputs;
    node->depth = 1;
    if (inputs > 0) {
        node->input = arena_copy(arena, input, inputs * sizeof(Logical *));
        if (node->input == NULL)
            return ST_NOMEM;
    }
    for (uint32_t i = 0; i < inputs; i++) {
        if (input[i]->depth >= node->depth)
            node->depth = (uint16_t)(input[i]->depth + 1);
    }
    if (node->depth > LIMIT_PLAN_DEPTH)
        return ST_LIMIT;
    *out = node;
    return ST_OK;
}

Status logical_filter(Arena *arena, Logical *input, Scalar *condition, Logical **out)
{
    if (scalar_is_true(condition)) {
        *out = input;
        return ST_OK;
    }
    TRY(logical_make(arena, LOGICAL_FILTER, input->schema, &input, 1, out));
    Scalar **conditions;
    bool several = condition->kind == SCALAR_AND;
    uint32_t count = several ? condition->args : 1;
    TRY_NEW_ARRAY(conditions, arena, count);
    for (uint32_t i = 0; i < count; i++)
        conditions[i] = several ? condition->arg[i] : condition;
    (*out)->as.filter.condition = conditions;
    (*out)->as.filter.conditions = count;
    return ST_OK;
}

Status logical_project(Arena *arena, Logical *input, Scalar *const *project, Schema schema,
                       Logical **out)
{
    TRY(logical_make(arena, LOGICAL_PROJECT, schema, &input, 1, out));
    (*out)->as.project = project;
    return ST_OK;
}

bool logical_over_needs_clock(const LogicalOver *over, const Schema *input)
{
    if (over->orders != 1 || over->order[0].descending ||
        input->field[over->order[0].column].time != TIME_PROCTIME)
        return false;
    for (uint32_t c = 0; c < over->calls; c++) {
        const LogicalOverCall *call = &over->call[c];
        bool framed = call->function == OVER_AGGREGATE || call->function == OVER_CELL;
        bool distance = !call->frame.rows && !call->frame.from_first;
        if (framed && (distance || call->frame.end > 0 || call->frame.to_last))
            return true;
    }
    return false;
}

static bool never_holds(const Scalar *condition)
{
    return condition->kind == SCALAR_CONSTANT && !scalar_is_true(condition);
}

/* Depth is bounded by logical_make. */
bool logical_is_empty(const Logical *logical)
{
    switch (logical->kind) {
    case LOGICAL_SCAN: return false;
    case LOGICAL_VALUES: return logical->as.values.rows == 0;
    case LOGICAL_FILTER:
        for (uint32_t i = 0; i < logical->as.filter.conditions; i++) {
            if (never_holds(logical->as.filter.condition[i]))
                return true;
        }
        return logical_is_empty(logical->input[0]);
    case LOGICAL_LIMIT: return logical->as.limit.count == 0 || logical_is_empty(logical->input[0]);
    case LOGICAL_AGGREGATE:
        return logical->as.aggregate.keys > 0 && logical_is_empty(logical->input[0]);
    case LOGICAL_PROJECT:
    case LOGICAL_OVER:
    case LOGICAL_RANK:
    case LOGICAL_SORT:
    case LOGICAL_UNNEST:
    case LOGICAL_WINDOW: return logical_is_empty(logical->input[0]);
    case LOGICAL_SET_OPERATION:
        return logical_is_empty(logical->input[0]) ||
               (logical->as.set_operation.kind == SET_INTERSECT &&
                logical_is_empty(logical->input[1]));
    case LOGICAL_UNION_ALL:
        for (uint32_t i = 0; i < logical->inputs; i++) {
            if (!logical_is_empty(logical->input[i]))
                return false;
        }
        return true;
    }
    assert(false);
    return false;
}

static void mark_order(const PlanOrder *order, uint32_t orders, bool *below)
{
    for (uint32_t i = 0; i < orders; i++)
        below[order[i].column] = true;
}

static void mark_partition(const uint32_t *column, uint32_t columns, bool *below)
{
    for (uint32_t i = 0; i < columns; i++)
        below[column[i]] = true;
}

static void mark_call(const LogicalOverCall *call, bool *below)
{
    if (call->function == OVER_CELL) {
        below[call->column] = true;
        if (call->otherwise >= 0)
            below[call->otherwise] = true;
    }
    for (uint32_t i = 0; i < call->aggregate.arguments; i++) {
        if (call->aggregate.argument[i].column >= 0)
            below[call->aggregate.argument[i].column] = true;
    }
    if (call->function == OVER_AGGREGATE && call->aggregate.filter >= 0)
        below[call->aggregate.filter] = true;
}

void logical_mark_over(const LogicalOver *over, const bool *needed, bool *below)
{
    mark_partition(over->partition, over->partitions, below);
    mark_order(over->order, over->orders, below);
    for (uint32_t i = 0; i < over->calls; i++) {
        if (needed[i])
            mark_call(&over->call[i], below);
    }
}

void logical_mark_input(const Logical *logical, uint32_t in, bool *needed, bool *below)
{
    uint32_t width = logical->input[in]->schema.count;
    if (logical->whole) {
        memset(below, true, width * sizeof *below);
        return;
    }
    switch (logical->kind) {
    case LOGICAL_PROJECT:
        for (uint32_t i = 0; i < logical->schema.count; i++) {
            if (needed[i])
                scalar_mark_columns(logical->as.project[i], below);
        }
        break;
    case LOGICAL_FILTER:
        memcpy(below, needed, width * sizeof *below);
        for (uint32_t i = 0; i < logical->as.filter.conditions; i++)
            scalar_mark_columns(logical->as.filter.condition[i], below);
        break;
    case LOGICAL_WINDOW:
        memcpy(below, needed, width * sizeof *below);
        below[logical->as.window.rowtime] = true;
        for (uint32_t i = 0; i < logical->as.window.keys; i++)
            below[logical->as.window.key[i]] = true;
        break;
    case LOGICAL_OVER:
        memcpy(below, needed, width * sizeof *below);
        logical_mark_over(&logical->as.over, needed + width, below);
        break;
    case LOGICAL_RANK:
        memcpy(below, needed, width * sizeof *below);
        mark_partition(logical->as.rank.partition, logical->as.rank.partitions, below);
        mark_order(logical->as.rank.order, logical->as.rank.orders, below);
        break;
    case LOGICAL_SORT:
        memcpy(below, needed, width * sizeof *below);
        mark_order(logical->as.sort.order, logical->as.sort.orders, below);
        break;
    case LOGICAL_UNNEST:
        if (logical->as.unnest.condition != NULL)
            scalar_mark_columns(logical->as.unnest.condition, needed);
        memcpy(below, needed, (width - 1) * sizeof *below);
        below[width - 1] = true;
        break;
    case LOGICAL_UNION_ALL:
    case LOGICAL_LIMIT: memcpy(below, needed, width * sizeof *below); break;
    case LOGICAL_SET_OPERATION: /* rows are compared whole */
    case LOGICAL_AGGREGATE:     /* its input has been projected to what it needs */
        memset(below, true, width * sizeof *below);
        break;
    case LOGICAL_SCAN:
    case LOGICAL_VALUES: break;
    }
}

Status logical_with_inputs(Arena *arena, const Logical *logical, Logical *const *input,
                           Logical **out)
{
    TRY(logical_make(arena, logical->kind, logical->schema, input, logical->inputs, out));
    (*out)->span = logical->span;
    (*out)->whole = logical->whole;
    (*out)->as = logical->as;
    return ST_OK;
}

/* Depth is bounded by logical_make. */
void logical_set_span(Logical *logical, Span span)
{
    logical->span = span;
    for (uint32_t i = 0; i < logical->inputs; i++)
        logical_set_span(logical->input[i], span);
}
