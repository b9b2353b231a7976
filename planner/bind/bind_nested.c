/* ROW, ARRAY and MAP in expressions: constructors, fields and elements. */
#include <assert.h>

#include "planner/bind/bind_private.h"
#include "storage/base/limits.h"

Status bind_check_nested(Binder *binder, const Type *type, Span span)
{
    if (type_depth(type) > LIMIT_TYPE_DEPTH)
        return diag_error(binder->diag, E1005, span, "the type is nested more than %d deep",
                          LIMIT_TYPE_DEPTH);
    if (type_parts(type) > LIMIT_TYPE_PARTS)
        return diag_error(binder->diag, E1005, span, "the type has more than %d parts",
                          LIMIT_TYPE_PARTS);
    return ST_OK;
}

Status bind_constructor(BindContext *context, const Expr *expr, const char *name, Scalar **out)
{
    Binder *binder = context->binder;
    const ExprList *items = &expr->as.items.items;
    Scalar **item;
    if (items->count == 0) {
        Status status =
            diag_error(binder->diag, E2107, expr->span, "a constructor without values has no type");
        diag_hint(binder->diag, "CAST(NULL AS type) is a NULL of it");
        return status;
    }
    TRY_NEW_ARRAY(item, binder->arena, items->count);
    uint32_t i = 0;
    for (const Expr *value = items->first; value != NULL; value = value->next)
        TRY(bind_value(context, value, &item[i++]));
    return bind_apply(binder, name, name + 1, item, items->count, expr->span, out);
}

/* --- fields --- */

static Status report_no_field(Binder *binder, const Type *row, const Name *name)
{
    Status status = diag_error(binder->diag, E2104, name->span, "%s has no field \"%.*s\"",
                               bind_type_name(binder, row), TEXT_ARG(name->text));
    Text *names;
    TRY_NEW_ARRAY(names, binder->arena, row->children);
    for (uint32_t i = 0; i < row->children; i++)
        names[i] = row->child[i].name;
    diag_suggest(binder->diag, name->text, names, row->children);
    return status;
}

static Status report_no_row(Binder *binder, const Type *type, const Name *name)
{
    Status status =
        diag_error(binder->diag, E2104, name->span, "a value of type %s has no field \"%.*s\"",
                   bind_type_name(binder, type), TEXT_ARG(name->text));
    if (type->id == TYPE_MAP)
        diag_hint(binder->diag, "m['k'] reads the value of a key of a MAP");
    return status;
}

Status bind_field(Binder *binder, Scalar *row, const Name *name, Span span, Scalar **out)
{
    if (row->type.id != TYPE_ROW)
        return report_no_row(binder, &row->type, name);
    uint32_t index = 0;
    while (index < row->type.children && !text_equal(row->type.child[index].name, name->text))
        index++;
    if (index == row->type.children)
        return report_no_field(binder, &row->type, name);
    Value number = {.type = type_make(TYPE_INT), .as.i64 = index};
    Scalar *arg[2] = {row, NULL};
    TRY(scalar_constant(binder->arena, &number, &arg[1]));
    return bind_apply(binder, "$FIELD", "a field", arg, 2, span, out);
}

Status bind_field_expr(BindContext *context, const Expr *expr, Scalar **out)
{
    Scalar *row;
    TRY(bind_value(context, expr->as.field.base, &row));
    return bind_field(context->binder, row, &expr->as.field.name, expr->span, out);
}

/* --- elements --- */

/* r['f'] and r[1]: the constant says which field. */
static Status bind_field_by_key(Binder *binder, const Expr *expr, Scalar *row, const Scalar *key,
                                Scalar **out)
{
    const Expr *index = expr->as.element.index;
    const Value *value = scalar_is_constant(key) ? &key->as.constant : NULL;
    if (value == NULL || value->null ||
        (!type_is_integer(&key->type) && !type_is_character(&key->type))) {
        Status status = diag_error(binder->diag, E2107, index->span,
                                   "which field of a ROW is read is said by a constant");
        diag_hint(binder->diag, "r.f, r['f'] or, counted from 1, r[1]");
        return status;
    }
    Name name = {.text = str_text(&value->as.str), .span = index->span};
    if (type_is_integer(&key->type)) {
        if (value->as.i64 < 1 || value->as.i64 > row->type.children)
            return diag_error(binder->diag, E2104, index->span, "%s has no field %lld",
                              bind_type_name(binder, &row->type), (long long)value->as.i64);
        name.text = row->type.child[value->as.i64 - 1].name;
    }
    return bind_field(binder, row, &name, expr->span, out);
}

Status bind_element(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    Scalar *arg[2];
    TRY(bind_value(context, expr->as.element.base, &arg[0]));
    TRY(bind_value(context, expr->as.element.index, &arg[1]));
    TypeId id = (TypeId)arg[0]->type.id;
    if (id == TYPE_ROW)
        return bind_field_by_key(binder, expr, arg[0], arg[1], out);
    if (id != TYPE_ARRAY && id != TYPE_MAP)
        return diag_error(binder->diag, E2107, expr->span, "a value of type %s has no elements",
                          bind_type_name(binder, &arg[0]->type));
    return bind_apply(binder, "$ITEM", "[]", arg, 2, expr->span, out);
}
