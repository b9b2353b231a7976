/* UNNEST: a collection as a table. Beside a table it sees that table's columns, and is an operator
 * over it: the collection is computed as one more column, the last, which Unnest then replaces by
 * what its elements are made of. */
#include <assert.h>

#include "planner/bind/bind_private.h"

bool is_unnest_join(const TableRef *ref)
{
    return ref->kind == TABLE_REF_JOIN && ref->as.join.right->kind == TABLE_REF_UNNEST;
}

/* --- columns --- */

typedef VEC(Field) Fields;

static Status add_field(Binder *binder, Fields *fields, Text name, Type type, bool outer)
{
    Field field = {.name = name, .type = type_with_null(type, type.nullable || outer)};
    TRY_PUSH(fields, binder->arena, field);
    return ST_OK;
}

/* What an element is made of, named as in Flink. */
static Status add_element(Binder *binder, const Type *type, bool outer, Fields *fields)
{
    const Type *element = &type->child[0].type;
    if (type->id == TYPE_MAP) {
        TRY(add_field(binder, fields, TEXT("KEY"), *element, outer));
        return add_field(binder, fields, TEXT("VALUE"), type->child[1].type, outer);
    }
    if (element->id != TYPE_ROW)
        return add_field(binder, fields, TEXT("EXPR$0"), *element, outer);
    for (uint32_t i = 0; i < element->children; i++)
        TRY(add_field(binder, fields, element->child[i].name, element->child[i].type,
                      outer || element->nullable));
    return ST_OK;
}

/* UNNEST(a) AS x: the one column takes the alias's name, when it is given none. */
static Status rename_fields(Binder *binder, const TableRef *ref, Field *field, uint32_t count)
{
    const NameList *names = &ref->columns;
    if (names->count == 0 && ref->has_alias && count - ref->as.unnest.ordinality == 1)
        field[0].name = ref->alias.text;
    return bind_column_names(binder, names, "the alias", "UNNEST gives", field, count);
}

/* --- the node --- */

static Status bind_collection(Binder *binder, const TableRef *ref, const Scope *scope, Scalar **out)
{
    const ExprList *args = &ref->as.unnest.args;
    BindContext context = {.binder = binder, .scope = scope, .place = "UNNEST"};
    if (args->count != 1)
        return bind_unsupported(binder, ref->span, "UNNEST of several collections");
    TRY(bind_expr(&context, args->first, out));
    const Type *type = &(*out)->type;
    if (type_is_nested(type) && type->id != TYPE_ROW)
        return ST_OK;
    Status status =
        diag_error(binder->diag, E2107, args->first->span,
                   "UNNEST takes an ARRAY, MAP or MULTISET, not %s", bind_type_name(binder, type));
    if (type_is_character(type))
        diag_hint(binder->diag, "SPLIT(text, ',') makes an ARRAY of the parts of a text");
    else if (type->id == TYPE_ROW)
        diag_hint(binder->diag, "the fields of a ROW are read as they are: r.f, or r.* for all");
    else
        diag_hint(binder->diag,
                  "it gives a row for each element of a column that is declared as "
                  "ARRAY<%s>",
                  bind_type_name(binder, type));
    return status;
}

/* The input's columns and, behind them, the collection. */
static Status add_collection(Binder *binder, Logical *input, Scalar *collection, Logical **out)
{
    Schema schema = {.count = input->schema.count + 1};
    Scalar **project;
    TRY_NEW_ARRAY(project, binder->arena, schema.count);
    TRY_NEW_ARRAY(schema.field, binder->arena, schema.count);
    for (uint32_t i = 0; i < input->schema.count; i++) {
        schema.field[i] = input->schema.field[i];
        TRY(scalar_column(binder->arena, i, schema.field[i].type, &project[i]));
    }
    project[input->schema.count] = collection;
    schema.field[input->schema.count] =
        (Field){.name = TEXT("collection"), .type = collection->type};
    return logical_project(binder->arena, input, project, schema, out);
}

Status bind_unnest_over(Binder *binder, const TableRef *ref, Logical *input, const Scope *scope,
                        bool outer, Logical **out)
{
    Scalar *collection;
    Fields fields = {0};
    TRY(bind_collection(binder, ref, scope, &collection));
    for (uint32_t i = 0; i < input->schema.count; i++)
        TRY_PUSH(&fields, binder->arena, input->schema.field[i]);
    TRY(add_element(binder, &collection->type, outer, &fields));
    if (ref->as.unnest.ordinality)
        TRY(add_field(binder, &fields, TEXT("ORDINALITY"),
                      type_with_null(type_make(TYPE_INT), false), outer));
    uint32_t first = input->schema.count;
    TRY(rename_fields(binder, ref, fields.item + first, fields.count - first));
    TRY(add_collection(binder, input, collection, &input));
    TRY(logical_make(binder->arena, LOGICAL_UNNEST, (Schema){fields.count, fields.item}, &input, 1,
                     out));
    (*out)->as.unnest = (PlanUnnest){.outer = outer, .ordinality = ref->as.unnest.ordinality};
    (*out)->span = ref->span;
    return ST_OK;
}

Status bind_unnest_alone(Binder *binder, const TableRef *ref, Logical **out)
{
    Logical *one;
    Scope none = {0};
    TableRef unnamed = *ref; /* the alias is its caller's business */
    unnamed.columns = (NameList){0};
    TRY(logical_make(binder->arena, LOGICAL_VALUES, (Schema){0}, NULL, 0, &one));
    one->as.values.rows = 1;
    return bind_unnest_over(binder, &unnamed, one, &none, false, out);
}

/* --- beside a table --- */

Status bind_check_beside(Binder *binder, const TableRef *ref, const char *what)
{
    switch (ref->as.join.kind) {
    case JOIN_SYNTAX_INNER:
    case JOIN_SYNTAX_CROSS:
    case JOIN_SYNTAX_COMMA:
    case JOIN_SYNTAX_LEFT: break;
    case JOIN_SYNTAX_RIGHT:
    case JOIN_SYNTAX_FULL:
    case JOIN_SYNTAX_SEMI:
    case JOIN_SYNTAX_ANTI:
        return diag_error(binder->diag, E2002, ref->as.join.right->span,
                          "%s stands behind CROSS, INNER and LEFT JOIN alone", what);
    }
    if (!ref->as.join.natural && ref->as.join.using.count == 0)
        return ST_OK;
    return diag_error(binder->diag, E2001, ref->as.join.right->span,
                      "%s with NATURAL or USING is not supported yet", what);
}

Status bind_add_beside(Binder *binder, const TableRef *ref, const Schema *schema, uint32_t first,
                       Scope *scope)
{
    Schema added = {schema->count - first, schema->field + first};
    return scope_add_schema(binder, scope, ref->has_alias ? ref->alias.text : TEXT_NONE, &added,
                            first);
}

Status bind_unnest_join(Binder *binder, const TableRef *ref, Scope *scope, Logical **out)
{
    const TableRef *unnest = ref->as.join.right;
    bool outer = ref->as.join.kind == JOIN_SYNTAX_LEFT;
    Logical *left;
    Scalar *on = NULL;
    TRY(bind_check_beside(binder, ref, "UNNEST"));
    TRY(bind_table_ref(binder, ref->as.join.left, scope, &left));
    TRY(bind_unnest_over(binder, unnest, left, scope, outer, out));
    TRY(bind_add_beside(binder, unnest, &(*out)->schema, left->schema.count, scope));
    if (ref->as.join.on == NULL)
        return ST_OK;
    BindContext context = {.binder = binder, .scope = scope, .place = "ON"};
    TRY(bind_condition(&context, ref->as.join.on, &on));
    TRY(bind_check_watermarks(binder, &on, 1, *out));
    if (!outer)
        return logical_filter(binder->arena, *out, on, out);
    if (!scalar_is_true(on)) /* elements that do not meet it are as if they were not there */
        (*out)->as.unnest.condition = on;
    return ST_OK;
}
