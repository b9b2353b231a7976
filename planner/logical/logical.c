#include "planner/logical/logical.h"

#include <assert.h>

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

Status logical_project(Arena *arena, Logical *input, Scalar *const *project, Schema schema, Logical **out)
{
    TRY(logical_make(arena, LOGICAL_PROJECT, schema, &input, 1, out));
    (*out)->as.project = project;
    return ST_OK;
}
