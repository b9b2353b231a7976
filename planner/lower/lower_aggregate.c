/* Aggregates. One that is grouped by both ends of a window which a window function just below
 * computes becomes a WindowAggregate: the window is found again in the keys' expressions, however
 * many filters and projections lie between. Everything else is a GroupAggregate. */
#include "planner/lower/lower.h"

#include <assert.h>

/* --- window functions without aggregate: three computed columns --- */

static Status window_call(Lowering *lowering, const char *name, Scalar *time,
                          const LogicalWindow *window, Span span, Scalar **out)
{
    Type interval = type_with_null(type_make(TYPE_INTERVAL_DAY), false);
    Value size = {.type = interval, .as.i64 = window->size},
          offset = {.type = interval, .as.i64 = window->offset};
    Scalar *arg[3] = {time};
    TRY(scalar_constant(lowering->arena, &size, &arg[1]));
    TRY(scalar_constant(lowering->arena, &offset, &arg[2]));
    return scalar_apply(lowering->arena, name, arg, 3, span, out, lowering->diag);
}

Status lower_window(Lowering *lowering, const Logical *logical, Chain *out)
{
    static const char *const names[] = {"$TUMBLE_START", "$TUMBLE_END", "$TUMBLE_TIME"};
    const LogicalWindow *window = &logical->as.window;
    uint32_t width = logical->input[0]->schema.count;
    Scalar **project;
    TRY(lower_node(lowering, logical->input[0], out));
    TRY_NEW_ARRAY(project, lowering->arena, width + 3);
    for (uint32_t i = 0; i < width; i++)
        TRY(scalar_column(lowering->arena, i, out->schema.field[i].type, &project[i]));
    for (uint32_t i = 0; i < 3; i++)
        TRY(window_call(lowering, names[i], project[window->rowtime], window, logical->span,
                        &project[width + i]));
    return chain_project(lowering, out, project, &logical->schema);
}

/* --- recognising the window --- */

static bool is_call(const Scalar *s, const char *name)
{
    return s->kind == SCALAR_CALL && strcmp(s->as.call.def->name, name) == 0;
}

static bool same_window(const Scalar *a, const Scalar *b)
{
    for (uint32_t i = 0; i < 3; i++) {
        if (!scalar_equal(a->arg[i], b->arg[i]))
            return false;
    }
    return true;
}

static bool window_column(const Scalar *s, WindowColumn *out)
{
    static const char *const names[] = {[WINDOW_START] = "$TUMBLE_START",
                                        [WINDOW_END] = "$TUMBLE_END",
                                        [WINDOW_TIME] = "$TUMBLE_TIME"};
    for (uint32_t i = 0; i < 3; i++) {
        if (is_call(s, names[i])) {
            *out = (WindowColumn)i;
            return true;
        }
    }
    return false;
}

/* The call that computes window_start, when window_end of the same window is a key too. */
static const Scalar *find_window(const Chain *input, uint32_t keys)
{
    for (uint32_t i = 0; i < keys; i++) {
        if (!is_call(input->project[i], "$TUMBLE_START"))
            continue;
        for (uint32_t j = 0; j < keys; j++) {
            if (is_call(input->project[j], "$TUMBLE_END") &&
                same_window(input->project[i], input->project[j]))
                return input->project[i];
        }
    }
    return NULL;
}

/* --- the nodes --- */

static Status refuse_unready(Lowering *lowering, const Logical *logical, const PlanNode *input)
{
    if (input->changelog == CHANGELOG_APPEND)
        return ST_OK;
    for (uint32_t i = 0; i < logical->as.aggregate.calls; i++) {
        const AggregateDef *def = logical->as.aggregate.call[i].def;
        if (aggregate_over(def, true) == NULL)
            return diag_error(lowering->diag, E2001, logical->span,
                              "%s over rows that can be updated or deleted is not supported yet",
                              def->name);
    }
    return ST_OK;
}

static Status iota(Lowering *lowering, uint32_t count, uint32_t **out)
{
    TRY_NEW_ARRAY(*out, lowering->arena, count);
    for (uint32_t i = 0; i < count; i++)
        (*out)[i] = i;
    return ST_OK;
}

static Status lower_group(Lowering *lowering, const Logical *logical, const Chain *input,
                          Chain *out)
{
    const LogicalAggregate *aggregate = &logical->as.aggregate;
    PlanNode *below, *node;
    uint32_t *key;
    TRY(chain_finish(lowering, input, &below));
    TRY(refuse_unready(lowering, logical, below));
    TRY(iota(lowering, aggregate->keys, &key));
    TRY(lowering_add(lowering, PLAN_GROUP_AGGREGATE, logical->schema, &below, 1, &node));
    node->as.group_aggregate =
        (PlanAggregate){key, aggregate->keys, aggregate->call, aggregate->calls};
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}

/* How the columns of the logical aggregate are laid out in the physical one. */
typedef struct WindowLayout {
    VEC(Scalar *) project; /* the physical aggregate's input */
    VEC(Field) field;
    VEC(WindowColumn) column;
    uint32_t *place; /* per logical key: key number, or keys + calls + window column number */
    uint32_t keys;   /* physical ones */
} WindowLayout;

static Status lay_out(Lowering *lowering, const Chain *input, uint32_t keys, const Scalar *window,
                      WindowLayout *out)
{
    TRY_NEW_ARRAY(out->place, lowering->arena, keys);
    for (uint32_t i = 0; i < keys; i++) {
        WindowColumn column;
        if (window_column(input->project[i], &column) && same_window(input->project[i], window)) {
            out->place[i] = UINT32_MAX - out->column.count;
            TRY_PUSH(&out->column, lowering->arena, column);
        } else {
            out->place[i] = out->keys++;
            TRY_PUSH(&out->project, lowering->arena, input->project[i]);
            TRY_PUSH(&out->field, lowering->arena, input->schema.field[i]);
        }
    }
    for (uint32_t i = keys; i < input->schema.count; i++) {
        TRY_PUSH(&out->project, lowering->arena, input->project[i]);
        TRY_PUSH(&out->field, lowering->arena, input->schema.field[i]);
    }
    Field rowtime = {.name = TEXT("$rowtime"), .type = window->arg[0]->type, .time = TIME_ROWTIME};
    if (window->arg[0]->kind == SCALAR_COLUMN)
        rowtime.name = input->base->schema.field[window->arg[0]->as.column].name;
    TRY_PUSH(&out->project, lowering->arena, window->arg[0]);
    TRY_PUSH(&out->field, lowering->arena, rowtime);
    return ST_OK;
}

/* Arguments and filters stand behind the keys, of which there are fewer now. */
static Status move_calls(Lowering *lowering, const LogicalAggregate *aggregate, uint32_t fewer,
                         PlanAggregateCall **out)
{
    PlanAggregateCall *call;
    TRY_NEW_ARRAY(call, lowering->arena, aggregate->calls);
    for (uint32_t i = 0; i < aggregate->calls; i++) {
        call[i] = aggregate->call[i];
        for (uint32_t a = 0; a < call[i].arguments; a++)
            call[i].argument[a].column -= call[i].argument[a].column < 0 ? 0 : (int32_t)fewer;
        call[i].filter -= call[i].filter < 0 ? 0 : (int32_t)fewer;
    }
    *out = call;
    return ST_OK;
}

static Status window_output(Lowering *lowering, const Logical *logical, const WindowLayout *layout,
                            Schema *out)
{
    const LogicalAggregate *aggregate = &logical->as.aggregate;
    *out = (Schema){.count = layout->keys + aggregate->calls + layout->column.count};
    TRY_NEW_ARRAY(out->field, lowering->arena, out->count);
    for (uint32_t i = 0; i < aggregate->keys; i++) {
        bool window = layout->place[i] > UINT32_MAX / 2;
        uint32_t at = window ? layout->keys + aggregate->calls + (UINT32_MAX - layout->place[i])
                             : layout->place[i];
        out->field[at] = logical->schema.field[i];
    }
    for (uint32_t i = 0; i < aggregate->calls; i++)
        out->field[layout->keys + i] = logical->schema.field[aggregate->keys + i];
    return ST_OK;
}

/* The logical columns, in their order, over the physical ones. */
static Status restore_order(Lowering *lowering, const Logical *logical, const WindowLayout *layout,
                            PlanNode *node, Chain *out)
{
    const LogicalAggregate *aggregate = &logical->as.aggregate;
    *out = (Chain){.base = node, .schema = logical->schema};
    TRY_NEW_ARRAY(out->project, lowering->arena, logical->schema.count);
    for (uint32_t i = 0; i < logical->schema.count; i++) {
        uint32_t at = layout->keys + i - aggregate->keys;
        if (i < aggregate->keys)
            at = layout->place[i] > UINT32_MAX / 2
                     ? layout->keys + aggregate->calls + (UINT32_MAX - layout->place[i])
                     : layout->place[i];
        TRY(scalar_column(lowering->arena, at, node->schema.field[at].type, &out->project[i]));
    }
    return ST_OK;
}

static Status lower_windowed(Lowering *lowering, const Logical *logical, const Chain *input,
                             const Scalar *window, Chain *out)
{
    const LogicalAggregate *aggregate = &logical->as.aggregate;
    WindowLayout layout = {0};
    PlanAggregateCall *call;
    PlanNode *below, *node;
    Schema schema;
    uint32_t *key;
    TRY(lay_out(lowering, input, aggregate->keys, window, &layout));
    TRY(move_calls(lowering, aggregate, aggregate->keys - layout.keys, &call));
    Chain narrowed = *input;
    narrowed.project = layout.project.item;
    narrowed.schema = (Schema){layout.field.count, layout.field.item};
    TRY(chain_finish(lowering, &narrowed, &below));
    TRY(refuse_unready(lowering, logical, below));
    TRY(window_output(lowering, logical, &layout, &schema));
    TRY(iota(lowering, layout.keys, &key));
    TRY(lowering_add(lowering, PLAN_WINDOW_AGGREGATE, schema, &below, 1, &node));
    node->as.window_aggregate = (PlanWindowAggregate){
        .aggregate = {key, layout.keys, call, aggregate->calls},
        .rowtime = layout.field.count - 1,
        .size = window->arg[1]->as.constant.as.i64,
        .offset = window->arg[2]->as.constant.as.i64,
        .local_zone = window->arg[0]->type.id == TYPE_TIMESTAMP_LTZ,
        .column = layout.column.item,
        .columns = layout.column.count,
    };
    infer_changelog(node);
    return restore_order(lowering, logical, &layout, node, out);
}

Status lower_aggregate(Lowering *lowering, const Logical *logical, Chain *out)
{
    Chain input;
    TRY(lower_node(lowering, logical->input[0], &input));
    const Scalar *window = find_window(&input, logical->as.aggregate.keys);
    if (window == NULL)
        return lower_group(lowering, logical, &input, out);
    return lower_windowed(lowering, logical, &input, window, out);
}
