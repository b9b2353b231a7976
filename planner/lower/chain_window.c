/* Window functions in a chain of filters and projections. An aggregate that is grouped by both ends
 * of the window takes it in (lower_aggregate.c); until then it is only noted. What no aggregate
 * takes becomes expressions over the row's time, for TUMBLE, of which a row has one window, and
 * else a Window node that repeats the row. */
#include "planner/lower/lower.h"

enum { WINDOW_COLUMNS = 3 };

Status chain_window(Lowering *lowering, Chain *chain, const LogicalWindow *window,
                    const Schema *schema, Span span)
{
    ChainWindow *made;
    Scalar **key, **project;
    uint32_t width = chain->schema.count;
    TRY(chain_settle_window(lowering, chain));
    TRY_NEW(made, lowering->arena);
    TRY_NEW_ARRAY(key, lowering->arena, window->keys);
    TRY_NEW_ARRAY(project, lowering->arena, width + WINDOW_COLUMNS);
    for (uint32_t i = 0; i < window->keys; i++)
        key[i] = chain->project[window->key[i]];
    for (uint32_t i = 0; i < width; i++)
        project[i] = chain->project[i];
    for (uint32_t i = 0; i < WINDOW_COLUMNS; i++)
        TRY(scalar_column(lowering->arena, chain->base->schema.count + i,
                          schema->field[width + i].type, &project[width + i]));
    *made = (ChainWindow){.spec = window->window,
                          .time = chain->project[window->rowtime],
                          .key = key,
                          .keys = window->keys,
                          .by_clock = window->by_clock,
                          .conditions = chain->condition.count,
                          .span = span};
    chain->window = made;
    chain->project = project;
    chain->schema = *schema;
    return ST_OK;
}

/* --- what reads the window --- */

static bool reads_window(const Chain *chain, const Scalar *scalar)
{
    if (scalar->kind == SCALAR_COLUMN)
        return scalar->as.column >= chain->base->schema.count;
    bool any = false;
    for (uint32_t i = 0; i < scalar->args && !any; i++)
        any = reads_window(chain, scalar->arg[i]);
    return any;
}

bool chain_computes_with_window(const Chain *chain)
{
    bool any = false;
    for (uint32_t i = 0; i < chain->condition.count; i++)
        any = any || reads_window(chain, chain->condition.item[i]);
    for (uint32_t i = 0; i < chain->schema.count; i++)
        any = any ||
              (chain->project[i]->kind != SCALAR_COLUMN && reads_window(chain, chain->project[i]));
    return any;
}

/* --- TUMBLE of event time: expressions --- */

bool chain_window_is_of_row(const ChainWindow *window)
{
    return window->spec.kind == WINDOW_TUMBLE && !window->by_clock;
}

static Status window_call(Lowering *lowering, const ChainWindow *window, const char *name,
                          Scalar **out)
{
    Type interval = type_with_null(type_make(TYPE_INTERVAL_DAY), false);
    Value size = {.type = interval, .as.i64 = window->spec.size},
          offset = {.type = interval, .as.i64 = window->spec.offset};
    Scalar *arg[3] = {window->time};
    TRY(scalar_constant(lowering->arena, &size, &arg[1]));
    TRY(scalar_constant(lowering->arena, &offset, &arg[2]));
    return scalar_apply(lowering->arena, name, arg, 3, window->span, out, lowering->diag);
}

/* The base's columns as they are, then what stands for the window's. */
static Status put_in(Lowering *lowering, Chain *chain, Scalar *const *with)
{
    Scalar **project, **condition;
    TRY_NEW_ARRAY(condition, lowering->arena, chain->condition.count);
    TRY_NEW_ARRAY(project, lowering->arena, chain->schema.count);
    for (uint32_t i = 0; i < chain->condition.count; i++)
        TRY(scalar_replace_columns(lowering->arena, chain->condition.item[i], with, &condition[i]));
    for (uint32_t i = 0; i < chain->schema.count; i++)
        TRY(scalar_replace_columns(lowering->arena, chain->project[i], with, &project[i]));
    chain->project = project;
    chain->condition.item = condition;
    chain->condition.capacity = chain->condition.count;
    return ST_OK;
}

static Status settle_tumble(Lowering *lowering, Chain *chain)
{
    static const char *const names[] = {"$TUMBLE_START", "$TUMBLE_END", "$TUMBLE_TIME"};
    uint32_t width = chain->base->schema.count;
    Scalar **with;
    TRY_NEW_ARRAY(with, lowering->arena, width + WINDOW_COLUMNS);
    for (uint32_t i = 0; i < width; i++)
        TRY(scalar_column(lowering->arena, i, chain->base->schema.field[i].type, &with[i]));
    for (uint32_t i = 0; i < WINDOW_COLUMNS; i++)
        TRY(window_call(lowering, chain->window, names[i], &with[width + i]));
    chain->window = NULL;
    return put_in(lowering, chain, with);
}

/* --- the others: a node --- */

/* What the chain reads of the base, and the window's time, as the input of the Window node. The
 * conditions up to the first one that reads the window are met below it. */
typedef struct Below {
    Chain chain;
    Scalar **with; /* the chain's columns over the Window node's */
    uint32_t rowtime;
    uint32_t conditions; /* that are met below */
} Below;

static void add_column(Below *below, Scalar *scalar, Field field)
{
    uint32_t at = below->chain.schema.count++;
    below->chain.project[at] = scalar;
    below->chain.schema.field[at] = field;
}

/* Which session a row is in hangs on all the others: those that are not wanted above count, too. */
static bool is_met_below(const Chain *chain, uint32_t condition)
{
    return chain->window->spec.kind == WINDOW_SESSION
               ? condition < chain->window->conditions
               : !reads_window(chain, chain->condition.item[condition]);
}

static Status lay_out_below(Lowering *lowering, const Chain *chain, Below *below)
{
    const Schema *base = &chain->base->schema;
    const ChainWindow *window = chain->window;
    uint32_t width = base->count;
    bool *used;
    TRY_NEW_ARRAY(used, lowering->arena, width + WINDOW_COLUMNS);
    below->chain = (Chain){.base = chain->base};
    TRY_NEW_ARRAY(below->chain.project, lowering->arena, width + 1 + window->keys);
    TRY_NEW_ARRAY(below->chain.schema.field, lowering->arena, width + 1 + window->keys);
    TRY_NEW_ARRAY(below->with, lowering->arena, width + WINDOW_COLUMNS);
    while (below->conditions < chain->condition.count && is_met_below(chain, below->conditions))
        TRY_PUSH(&below->chain.condition, lowering->arena,
                 chain->condition.item[below->conditions++]);
    for (uint32_t i = below->conditions; i < chain->condition.count; i++)
        scalar_mark_columns(chain->condition.item[i], used);
    for (uint32_t i = 0; i < chain->schema.count; i++)
        scalar_mark_columns(chain->project[i], used);
    if (window->time->kind == SCALAR_COLUMN)
        used[window->time->as.column] = true;
    for (uint32_t i = 0; i < width; i++) {
        Scalar *column;
        if (!used[i])
            continue;
        TRY(scalar_column(lowering->arena, i, base->field[i].type, &column));
        TRY(scalar_column(lowering->arena, below->chain.schema.count, base->field[i].type,
                          &below->with[i]));
        add_column(below, column, base->field[i]);
    }
    below->rowtime = below->chain.schema.count;
    if (window->time->kind == SCALAR_COLUMN) {
        below->rowtime = below->with[window->time->as.column]->as.column;
        return ST_OK;
    }
    Text name = window->by_clock ? TEXT("$proctime") : TEXT("$rowtime");
    add_column(below, window->time, (Field){.name = name, .type = window->time->type});
    return ST_OK;
}

Status lowering_add_clock(Lowering *lowering, PlanNode *input, uint32_t column, PlanNode **out)
{
    TRY(lowering_add(lowering, PLAN_PROCESSING_TIME, input->schema, &input, 1, out));
    (*out)->as.processing_time.column = column;
    infer_changelog(*out);
    return ST_OK;
}

static Field window_field(const ChainWindow *window, uint32_t i)
{
    static const char *const names[] = {"window_start", "window_end", "window_time"};
    TypeId id = i == 2 ? (TypeId)window->time->type.id : TYPE_TIMESTAMP;
    return (Field){.name = text_of(names[i]), .type = type_with_null(type_sized(id, 3), false)};
}

/* The columns of the node: those of the input from number `from` on, the window's from `window` on.
 */
static Status place_columns(Lowering *lowering, const ChainWindow *window, Below *below,
                            uint32_t width, uint32_t from, uint32_t at)
{
    for (uint32_t i = 0; i < width; i++) {
        const Scalar *inner = below->with[i];
        if (inner != NULL)
            TRY(scalar_column(lowering->arena, from + inner->as.column, inner->type,
                              &below->with[i]));
    }
    for (uint32_t i = 0; i < WINDOW_COLUMNS; i++)
        TRY(scalar_column(lowering->arena, at + i, window_field(window, i).type,
                          &below->with[width + i]));
    return ST_OK;
}

static Status add_window_node(Lowering *lowering, const ChainWindow *window, const Below *below,
                              PlanNode **node)
{
    uint32_t inner = (*node)->schema.count;
    Schema schema = {.count = inner + WINDOW_COLUMNS};
    TRY_NEW_ARRAY(schema.field, lowering->arena, schema.count);
    for (uint32_t i = 0; i < inner; i++)
        schema.field[i] = (*node)->schema.field[i];
    for (uint32_t i = 0; i < WINDOW_COLUMNS; i++)
        schema.field[inner + i] = window_field(window, i);
    TRY(lowering_add(lowering, PLAN_WINDOW, schema, node, 1, node));
    (*node)->as.window = (PlanWindow){.window = window->spec, .rowtime = below->rowtime};
    infer_changelog(*node);
    return ST_OK;
}

/* The partition is computed below, behind the columns that are wanted above. */
static Status add_sessions(Lowering *lowering, const ChainWindow *window, uint32_t columns,
                           const Below *below, PlanNode **node)
{
    SessionRows rows = {.window = window->spec,
                        .columns = columns,
                        .keys = window->keys,
                        .rowtime = below->rowtime,
                        .span = window->span};
    uint32_t *key;
    TRY_NEW_ARRAY(key, lowering->arena, window->keys);
    for (uint32_t i = 0; i < window->keys; i++)
        key[i] = columns + i;
    rows.key = key;
    for (uint32_t i = 0; i < SESSION_COLUMNS; i++)
        rows.window_field[i] = window_field(window, i);
    return lower_session_rows(lowering, &rows, node);
}

static Status settle_node(Lowering *lowering, Chain *chain)
{
    const ChainWindow *window = chain->window;
    bool session = window->spec.kind == WINDOW_SESSION;
    uint32_t width = chain->base->schema.count;
    Below below = {0};
    PlanNode *node;
    TRY(lay_out_below(lowering, chain, &below));
    uint32_t columns = below.chain.schema.count;
    for (uint32_t i = 0; session && i < window->keys; i++)
        add_column(&below, window->key[i],
                   (Field){.name = TEXT("$partition"), .type = window->key[i]->type});
    TRY(chain_finish(lowering, &below.chain, &node));
    if (window->by_clock)
        TRY(lowering_add_clock(lowering, node, below.rowtime, &node));
    TRY(session ? add_sessions(lowering, window, columns, &below, &node)
                : add_window_node(lowering, window, &below, &node));
    TRY(place_columns(lowering, window, &below, width, session ? SESSION_COLUMNS : 0,
                      session ? 0 : columns));
    chain->condition.item += below.conditions;
    chain->condition.count -= below.conditions;
    TRY(put_in(lowering, chain, below.with));
    chain->base = node;
    chain->window = NULL;
    return ST_OK;
}

Status chain_settle_window(Lowering *lowering, Chain *chain)
{
    if (chain->window == NULL)
        return ST_OK;
    return chain_window_is_of_row(chain->window) ? settle_tumble(lowering, chain)
                                                 : settle_node(lowering, chain);
}
