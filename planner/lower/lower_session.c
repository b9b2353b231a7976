/* SESSION without an aggregate: the rows of each session, with its window. A session is known when
 * the watermark has passed it, and until then its rows are kept; so it is lowered to what there is:
 * a session aggregate that collects rows, ARRAY_AGG(ROW(...)), and an Unnest of what it gives. */
#include "planner/lower/lower.h"

/* A Calc over the input: some of its columns, and one more. */
typedef struct Shape {
    VEC(Scalar *) project;
    VEC(Field) field;
} Shape;

static Status add_column(Lowering *lowering, Shape *shape, const Schema *input, uint32_t column)
{
    Scalar *scalar;
    TRY(scalar_column(lowering->arena, column, input->field[column].type, &scalar));
    TRY_PUSH(&shape->project, lowering->arena, scalar);
    TRY_PUSH(&shape->field, lowering->arena, input->field[column]);
    return ST_OK;
}

static Status make_calc(Lowering *lowering, const Shape *shape, PlanNode *input, PlanNode **out)
{
    const Schema schema = {shape->field.count, shape->field.item};
    TRY(lowering_add(lowering, PLAN_CALC, schema, &input, 1, out));
    (*out)->as.calc = (PlanCalc){.project = shape->project.item};
    infer_changelog(*out);
    return ST_OK;
}

/* A late row is shown with its columns' names. */
static Status name_fields(Lowering *lowering, const Schema *input, Scalar *row)
{
    uint32_t count = row->type.children;
    TypeField *field = arena_copy(lowering->arena, row->type.child, count * sizeof *field);
    if (field == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < count; i++)
        field[i].name = input->field[i].name;
    row->type.child = field;
    return ST_OK;
}

/* The keys, the row, its time. */
static Status pack_rows(Lowering *lowering, const SessionRows *rows, PlanNode **node)
{
    const Schema *input = &(*node)->schema;
    Shape shape = {0};
    Scalar **cell, *row;
    for (uint32_t k = 0; k < rows->keys; k++)
        TRY(add_column(lowering, &shape, input, rows->key[k]));
    TRY_NEW_ARRAY(cell, lowering->arena, rows->columns);
    for (uint32_t i = 0; i < rows->columns; i++)
        TRY(scalar_column(lowering->arena, i, input->field[i].type, &cell[i]));
    TRY(scalar_apply(lowering->arena, "$ROW", cell, rows->columns, rows->span, &row,
                     lowering->diag));
    TRY(name_fields(lowering, input, row));
    TRY_PUSH(&shape.project, lowering->arena, row);
    TRY_PUSH(&shape.field, lowering->arena, ((Field){.name = TEXT("$row"), .type = row->type}));
    TRY(add_column(lowering, &shape, input, rows->rowtime));
    return make_calc(lowering, &shape, *node, node);
}

/* The keys, the rows, the window's columns. */
static Status collect_rows(Lowering *lowering, const SessionRows *rows, PlanNode **node)
{
    static const WindowColumn columns[] = {WINDOW_START, WINDOW_END, WINDOW_TIME};
    const Schema *input = &(*node)->schema;
    PlanAggregateCall *call;
    uint32_t *key, keys = rows->keys;
    Schema schema = {.count = keys + 1 + SESSION_COLUMNS};
    TRY_NEW(call, lowering->arena);
    TRY_NEW_ARRAY(key, lowering->arena, keys);
    TRY_NEW_ARRAY(schema.field, lowering->arena, schema.count);
    AggregateCall bound = {.args = 1, .arg = &input->field[keys].type};
    const Value *none[1] = {NULL};
    bound.constant = none;
    TRY(aggregate_bind(TEXT("ARRAY_AGG"), &bound, lowering->arena, rows->span, lowering->diag));
    *call = (PlanAggregateCall){.def = bound.def,
                                .result = bound.result,
                                .data = bound.data,
                                .argument = {{.column = (int32_t)keys}},
                                .arguments = 1,
                                .filter = -1};
    for (uint32_t k = 0; k < keys; k++) {
        key[k] = k;
        schema.field[k] = input->field[k];
    }
    schema.field[keys] = (Field){.name = TEXT("$rows"), .type = bound.result};
    for (uint32_t i = 0; i < SESSION_COLUMNS; i++)
        schema.field[keys + 1 + i] = rows->window_field[i];
    TRY(lowering_add(lowering, PLAN_SESSION_AGGREGATE, schema, node, 1, node));
    (*node)->as.window_aggregate = (PlanWindowAggregate){.aggregate = {key, keys, call, 1},
                                                         .window = rows->window,
                                                         .rowtime = keys + 1,
                                                         .column = columns,
                                                         .columns = SESSION_COLUMNS};
    infer_changelog(*node);
    return ST_OK;
}

/* The window's columns, then those of the rows. */
static Status unpack_rows(Lowering *lowering, const SessionRows *rows, const Schema *unpacked,
                          PlanNode **node)
{
    Shape shape = {0};
    Schema schema = {.count = SESSION_COLUMNS + rows->columns};
    const Schema *input = &(*node)->schema;
    for (uint32_t i = 0; i < SESSION_COLUMNS; i++)
        TRY(add_column(lowering, &shape, input, rows->keys + 1 + i));
    TRY(add_column(lowering, &shape, input, rows->keys));
    TRY(make_calc(lowering, &shape, *node, node));
    TRY_NEW_ARRAY(schema.field, lowering->arena, schema.count);
    for (uint32_t i = 0; i < SESSION_COLUMNS; i++)
        schema.field[i] = (*node)->schema.field[i];
    for (uint32_t i = 0; i < rows->columns; i++)
        schema.field[SESSION_COLUMNS + i] = unpacked->field[i];
    TRY(lowering_add(lowering, PLAN_UNNEST, schema, node, 1, node));
    infer_changelog(*node);
    return ST_OK;
}

Status lower_session_rows(Lowering *lowering, const SessionRows *rows, PlanNode **node)
{
    const Schema unpacked = (*node)->schema;
    TRY(pack_rows(lowering, rows, node));
    TRY(collect_rows(lowering, rows, node));
    return unpack_rows(lowering, rows, &unpacked, node);
}
