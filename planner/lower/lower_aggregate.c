/* Aggregates. One that is grouped by both ends of a window becomes a WindowAggregate: where a
 * window function stands below, with nothing but filters and projections in between, it takes the
 * function in, so that a row is aggregated once however many windows hold it; where the rows are
 * results of windows already, it goes by the columns that say so. Everything else is a
 * GroupAggregate. */
#include "planner/lower/lower.h"

#include <assert.h>
#include <string.h>

/* --- recognising the window --- */

/* The window that the aggregate is of, and how its columns are known among the chain's. */
typedef struct WindowUse {
    const ChainWindow *function; /* that it takes in; NULL: the rows have their windows */
    WindowShape spec;
    Scalar *start, *end; /* of such rows */
} WindowUse;

static bool window_column(const Chain *input, const WindowUse *use, uint32_t i, WindowColumn *out)
{
    if (use->function != NULL) {
        uint32_t width = input->base->schema.count;
        const Scalar *scalar = input->project[i];
        *out = (WindowColumn)(scalar->as.column - width);
        return scalar->kind == SCALAR_COLUMN && scalar->as.column >= width;
    }
    switch (input->schema.field[i].time) {
    case TIME_WINDOW_START: *out = WINDOW_START; return true;
    case TIME_WINDOW_END: *out = WINDOW_END; return true;
    case TIME_ROWTIME: *out = WINDOW_TIME; return true;
    case TIME_PROCTIME:
    case TIME_NONE: return false;
    }
    return false;
}

static bool in_every_set(const LogicalAggregate *aggregate, uint32_t key)
{
    bool in = true;
    for (uint32_t i = 0; i < aggregate->sets && in; i++)
        in = (aggregate->set[i].has >> key & 1) != 0;
    return in;
}

/* The key is the window's column: what only some grouping sets have is a key as any other. */
static bool window_key(const Chain *input, const WindowUse *use, const LogicalAggregate *aggregate,
                       uint32_t i, WindowColumn *out)
{
    return window_column(input, use, i, out) && in_every_set(aggregate, i);
}

/* Both of its ends are among the keys. */
static bool groups_by_window(const Chain *input, const LogicalAggregate *aggregate, WindowUse *use)
{
    use->start = use->end = NULL;
    for (uint32_t i = 0; i < aggregate->keys; i++) {
        WindowColumn column;
        if (!window_key(input, use, aggregate, i, &column))
            continue;
        if (column == WINDOW_START)
            use->start = input->project[i];
        if (column == WINDOW_END)
            use->end = input->project[i];
    }
    return use->start != NULL && use->end != NULL;
}

/* The sessions are those of the groups: the keys beside the window's columns are its partition. */
static bool is_partition(const Chain *input, const LogicalAggregate *aggregate)
{
    const ChainWindow *window = input->window;
    const WindowUse use = {.function = window};
    uint32_t found = 0, keys = aggregate->keys;
    for (uint32_t i = 0; i < keys; i++) {
        WindowColumn column;
        bool is_key = window_column(input, &use, i, &column);
        if (!in_every_set(aggregate, i))
            return false;
        for (uint32_t k = 0; k < window->keys && !is_key; k++)
            is_key = scalar_equal(input->project[i], window->key[k]);
        if (!is_key)
            return false;
    }
    for (uint32_t k = 0; k < window->keys; k++) {
        bool is_there = false;
        for (uint32_t i = 0; i < keys && !is_there; i++)
            is_there = scalar_equal(input->project[i], window->key[k]);
        found += is_there;
    }
    return found == window->keys;
}

/* A row of TUMBLE has one window, so whatever else reads the window can be computed for the row. Of
 * the others that is so only for what is the same in all rows of a group. */
static bool can_take_in(const Chain *input, const LogicalAggregate *aggregate)
{
    const WindowUse use = {.function = input->window};
    WindowColumn column;
    if (chain_window_is_of_row(input->window))
        return true;
    if (input->window->spec.kind == WINDOW_SESSION && !is_partition(input, aggregate))
        return false;
    for (uint32_t i = 0; i < input->schema.count; i++) {
        bool is_key = i < aggregate->keys && in_every_set(aggregate, i);
        if (!is_key && window_column(input, &use, i, &column))
            return false;
    }
    return !chain_computes_with_window(input);
}

/* Windows of the rows that the node gives are those of a time zone. A window is made somewhere
 * below it; the depth of plans is bounded. */
static bool is_local(const PlanNode *node)
{
    if (node->kind == PLAN_WINDOW_AGGREGATE || node->kind == PLAN_SESSION_AGGREGATE ||
        node->kind == PLAN_UPDATING_WINDOW_AGGREGATE ||
        node->kind == PLAN_UPDATING_SESSION_AGGREGATE)
        return node->as.window_aggregate.window.local_zone;
    if (node->kind == PLAN_WINDOW)
        return node->as.window.window.local_zone;
    for (uint32_t i = 0;
         node->kind == PLAN_CALC && node->as.calc.project != NULL && i < node->schema.count; i++) {
        const Scalar *s = node->as.calc.project[i];
        if (s->kind == SCALAR_CALL && text_is(text_of(s->as.call.def->name), "$TUMBLE_START"))
            return s->arg[0]->type.id == TYPE_TIMESTAMP_LTZ;
    }
    return node->inputs > 0 && is_local(node->input[0]);
}

static Status find_window(Lowering *lowering, Chain *input, const LogicalAggregate *aggregate,
                          WindowUse *use, bool *found)
{
    *use = (WindowUse){.function = input->window};
    if (input->window != NULL) {
        use->spec = input->window->spec;
        *found = groups_by_window(input, aggregate, use) && can_take_in(input, aggregate);
        if (*found)
            return ST_OK;
        use->function = NULL;
        TRY(chain_settle(lowering, input));
    }
    *found = input->base->watermarked && changes_with_windows(input->base) &&
             groups_by_window(input, aggregate, use);
    use->spec = (WindowShape){.kind = WINDOW_ATTACHED, .local_zone = is_local(input->base)};
    return ST_OK;
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

/* The first columns of the input, and behind its columns the number of the grouping set. */
static Status physical_keys(Lowering *lowering, const PlanNode *input, uint32_t count,
                            PlanAggregate *out)
{
    uint32_t *key;
    TRY_NEW_ARRAY(key, lowering->arena, count + 1);
    for (uint32_t i = 0; i < count; i++)
        key[i] = i;
    if (input->kind == PLAN_EXPAND)
        key[count++] = input->schema.count - 1;
    out->key = key;
    out->keys = count;
    return ST_OK;
}

/* Each row once for each grouping set, if there are several. `place`: where the input has a key of
 * the aggregate; beyond `keys` it has it not among the first columns (NULL: each in its place). */
static Status expand(Lowering *lowering, const Logical *logical, uint32_t keys,
                     const uint32_t *place, PlanNode **node)
{
    const LogicalAggregate *aggregate = &logical->as.aggregate;
    PlanNode *input = *node;
    PlanGroupingSet *set;
    Schema schema = {.count = input->schema.count + 1};
    if (aggregate->sets == 0)
        return ST_OK;
    TRY_NEW_ARRAY(set, lowering->arena, aggregate->sets);
    TRY_NEW_ARRAY(schema.field, lowering->arena, schema.count);
    memcpy(schema.field, input->schema.field, input->schema.count * sizeof(Field));
    schema.field[schema.count - 1] = logical->schema.field[aggregate->keys];
    for (uint32_t i = 0; i < aggregate->sets; i++)
        set[i].number = aggregate->set[i].number;
    for (uint32_t k = 0; k < aggregate->keys; k++) {
        uint32_t at = place == NULL ? k : place[k];
        if (at >= keys)
            continue;
        schema.field[at].type = logical->schema.field[k].type;
        for (uint32_t i = 0; i < aggregate->sets; i++)
            set[i].lacks |= (~aggregate->set[i].has >> k & 1) << at;
    }
    TRY(lowering_add(lowering, PLAN_EXPAND, schema, &input, 1, node));
    (*node)->as.expand = (PlanExpand){keys, set, aggregate->sets};
    infer_changelog(*node);
    return ST_OK;
}

static Status lower_group(Lowering *lowering, const Logical *logical, const Chain *input,
                          Chain *out)
{
    const LogicalAggregate *aggregate = &logical->as.aggregate;
    PlanAggregate made = {.call = aggregate->call, .calls = aggregate->calls};
    PlanNode *below, *node;
    TRY(chain_finish(lowering, input, &below));
    TRY(refuse_unready(lowering, logical, below));
    TRY(expand(lowering, logical, aggregate->keys, NULL, &below));
    TRY(physical_keys(lowering, below, aggregate->keys, &made));
    TRY(lowering_add(lowering, PLAN_GROUP_AGGREGATE, logical->schema, &below, 1, &node));
    node->as.group_aggregate = made;
    if (aggregate->has_ttl)
        node->ttl = aggregate->ttl;
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}

/* How the columns of the logical aggregate are laid out in the physical one. */
typedef struct WindowLayout {
    VEC(Scalar *) project; /* the physical aggregate's input */
    VEC(Field) field;
    VEC(WindowColumn) column;
    uint32_t *place; /* per logical key: key number, or UINT32_MAX - window column number */
    uint32_t keys;   /* physical ones */
    uint32_t calls;  /* where the aggregates begin: behind the keys and the grouping set's number */
} WindowLayout;

static Status add_input(Lowering *lowering, WindowLayout *out, Scalar *scalar, Field field)
{
    TRY_PUSH(&out->project, lowering->arena, scalar);
    TRY_PUSH(&out->field, lowering->arena, field);
    return ST_OK;
}

static Field time_field(const Chain *input, const Scalar *time, const char *name)
{
    Field field = {.name = text_of(name), .type = time->type, .time = TIME_ROWTIME};
    if (time->kind == SCALAR_COLUMN && time->as.column < input->base->schema.count)
        field.name = input->base->schema.field[time->as.column].name;
    return field;
}

static Status lay_out(Lowering *lowering, const Chain *input, const LogicalAggregate *aggregate,
                      const WindowUse *use, WindowLayout *out)
{
    uint32_t keys = aggregate->keys;
    TRY_NEW_ARRAY(out->place, lowering->arena, keys);
    for (uint32_t i = 0; i < keys; i++) {
        WindowColumn column;
        if (window_key(input, use, aggregate, i, &column)) {
            out->place[i] = UINT32_MAX - out->column.count;
            TRY_PUSH(&out->column, lowering->arena, column);
        } else {
            out->place[i] = out->keys++;
            TRY(add_input(lowering, out, input->project[i], input->schema.field[i]));
        }
    }
    out->calls = out->keys + (aggregate->sets > 0);
    for (uint32_t i = keys; i < input->schema.count; i++)
        TRY(add_input(lowering, out, input->project[i], input->schema.field[i]));
    if (use->function != NULL)
        return add_input(lowering, out, use->function->time,
                         time_field(input, use->function->time,
                                    use->function->by_clock ? "$proctime" : "$rowtime"));
    TRY(add_input(lowering, out, use->start, time_field(input, use->start, "$start")));
    return add_input(lowering, out, use->end, time_field(input, use->end, "$end"));
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

/* Where the physical aggregate has a column of the logical one. */
static uint32_t physical_place(const LogicalAggregate *aggregate, const WindowLayout *layout,
                               uint32_t column)
{
    uint32_t keys = aggregate->keys;
    if (column >= keys)
        return layout->keys + column - keys;
    bool window = layout->place[column] > UINT32_MAX / 2;
    return window ? layout->calls + aggregate->calls + (UINT32_MAX - layout->place[column])
                  : layout->place[column];
}

static Status window_output(Lowering *lowering, const Logical *logical, const WindowLayout *layout,
                            Schema *out)
{
    const LogicalAggregate *aggregate = &logical->as.aggregate;
    *out = (Schema){.count = layout->calls + aggregate->calls + layout->column.count};
    TRY_NEW_ARRAY(out->field, lowering->arena, out->count);
    for (uint32_t i = 0; i < logical->schema.count; i++)
        out->field[physical_place(aggregate, layout, i)] = logical->schema.field[i];
    return ST_OK;
}

/* The logical columns, in their order, over the physical ones. */
static Status restore_order(Lowering *lowering, const Logical *logical, const WindowLayout *layout,
                            PlanNode *node, Chain *out)
{
    *out = (Chain){.base = node, .schema = logical->schema};
    TRY_NEW_ARRAY(out->project, lowering->arena, logical->schema.count);
    for (uint32_t i = 0; i < logical->schema.count; i++) {
        uint32_t at = physical_place(&logical->as.aggregate, layout, i);
        TRY(scalar_column(lowering->arena, at, node->schema.field[at].type, &out->project[i]));
    }
    return ST_OK;
}

static PlanKind choose_kind(const Lowering *lowering, const WindowUse *use)
{
    const EmitStrategy *emit = &lowering->settings->emit;
    bool session = use->spec.kind == WINDOW_SESSION;
    if (emit->early || emit->late)
        return session ? PLAN_UPDATING_SESSION_AGGREGATE : PLAN_UPDATING_WINDOW_AGGREGATE;
    return session ? PLAN_SESSION_AGGREGATE : PLAN_WINDOW_AGGREGATE;
}

static Status lower_windowed(Lowering *lowering, const Logical *logical, const Chain *input,
                             const WindowUse *use, Chain *out)
{
    const LogicalAggregate *aggregate = &logical->as.aggregate;
    WindowLayout layout = {0};
    PlanAggregate made = {.calls = aggregate->calls};
    PlanAggregateCall *call;
    PlanNode *below, *node;
    Schema schema;
    TRY(lay_out(lowering, input, aggregate, use, &layout));
    TRY(move_calls(lowering, aggregate, aggregate->keys - layout.keys, &call));
    Chain narrowed = *input;
    narrowed.project = layout.project.item;
    narrowed.schema = (Schema){layout.field.count, layout.field.item};
    bool by_clock = use->function != NULL && use->function->by_clock;
    if (use->function == NULL || !chain_window_is_of_row(use->function))
        narrowed.window = NULL;
    TRY(chain_finish(lowering, &narrowed, &below));
    if (by_clock)
        TRY(lowering_add_clock(lowering, below, layout.field.count - 1, &below));
    TRY(refuse_unready(lowering, logical, below));
    TRY(window_output(lowering, logical, &layout, &schema));
    TRY(expand(lowering, logical, layout.keys, layout.place, &below));
    TRY(physical_keys(lowering, below, layout.keys, &made));
    made.call = call;
    TRY(lowering_add(lowering, choose_kind(lowering, use), schema, &below, 1, &node));
    node->as.window_aggregate = (PlanWindowAggregate){
        .aggregate = made,
        .window = use->spec,
        .rowtime = layout.field.count - (use->function == NULL ? 2 : 1),
        .until = use->function == NULL ? layout.field.count - 1 : 0,
        .column = layout.column.item,
        .columns = layout.column.count,
        .emit = lowering->settings->emit,
    };
    infer_changelog(node);
    return restore_order(lowering, logical, &layout, node, out);
}

Status lower_aggregate(Lowering *lowering, const Logical *logical, Chain *out)
{
    Chain input;
    TRY(lower_node(lowering, logical->input[0], &input));
    return lower_aggregate_over(lowering, logical, &input, out);
}

Status lower_aggregate_over(Lowering *lowering, const Logical *logical, const Chain *over,
                            Chain *out)
{
    Chain input = *over;
    WindowUse use;
    bool windowed;
    TRY(find_window(lowering, &input, &logical->as.aggregate, &use, &windowed));
    return windowed ? lower_windowed(lowering, logical, &input, &use, out)
                    : lower_group(lowering, logical, &input, out);
}
