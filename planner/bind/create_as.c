/* CREATE TABLE ... AS query: the table has the query's columns, and an INSERT fills it. A list of
 * names orders them; columns that are declared with a type join them, in front, or give a column of
 * the query another type. The rules are Flink's. */
#include <assert.h>

#include "grammar/parse.h"
#include "planner/bind/bind_private.h"
#include "planner/bind/bind_table.h"
#include "planner/bind/query.h"

typedef struct As {
    Binder *binder;
    const CreateTable *own;
    Schema query; /* what the query gives */
    CreateTable *out;
} As;

/* The type as it would be written. */
static Status write_type(Binder *binder, const Type *type, Span span, TypeName **out)
{
    Source *source;
    const Expr *cast;
    StrBuf text;
    TRY_NEW(source, binder->arena);
    strbuf_init(&text, NULL);
    strbuf_string(&text, "CAST(NULL AS ");
    type_print(type, &text);
    strbuf_char(&text, ')');
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(binder->arena, strbuf_as_text(&text), &source->text);
    strbuf_close(&text);
    TRY(status);
    TRY(parse_expression(source, binder->arena, &cast, binder->diag));
    assert(cast->kind == EXPR_CAST);
    TRY_NEW(*out, binder->arena);
    **out = *cast->as.cast.type;
    (*out)->span = span;
    return ST_OK;
}

static Status add_query_column(As *as, const Field *field)
{
    Span span = as->own->query->span;
    ColumnDef *column;
    TRY_NEW(column, as->binder->arena);
    column->kind = COLUMN_DEF_PHYSICAL;
    column->span = span;
    TRY(copy_name(as->binder, field->name, span, &column->name));
    TRY(write_type(as->binder, &field->type, span, &column->type));
    DECLARE(&as->out->elements.columns, column);
    return ST_OK;
}

/* --- a list of names --- */

static Status column_not_given(const As *as, const Name *name)
{
    Text *names;
    TRY_NEW_ARRAY(names, as->binder->arena, as->query.count);
    for (uint32_t i = 0; i < as->query.count; i++)
        names[i] = as->query.field[i].name;
    Status status = diag_error(as->binder->diag, E2104, name->span,
                               "the query gives no column \"%.*s\"", TEXT_ARG(name->text));
    diag_suggest(as->binder->diag, name->text, names, as->query.count);
    diag_hint(as->binder->diag,
              "a list of names orders the query's columns; SELECT ... AS %.*s gives one that name",
              TEXT_ARG(name->text));
    return status;
}

static Status add_listed(As *as)
{
    Diag *diag = as->binder->diag;
    const ColumnDefList *list = &as->own->elements.columns;
    if (list->count != as->query.count) {
        Status status = diag_error(diag, E2120, span_join(list->first->span, list->last->span),
                                   "the list names %u columns and the query gives %u", list->count,
                                   as->query.count);
        diag_hint(diag, "a list of names orders the query's columns: it holds each of them once");
        return status;
    }
    for (const ColumnDef *column = list->first; column != NULL; column = column->next) {
        const Name *name = column->name.last;
        int32_t found = schema_find(&as->query, name->text);
        if (found < 0)
            return column_not_given(as, name);
        if (find_column_def(&as->out->elements.columns, name->text) != NULL)
            return diag_error(diag, E2111, name->span, "column \"%.*s\" is named twice",
                              TEXT_ARG(name->text));
        TRY(add_query_column(as, &as->query.field[found]));
    }
    return ST_OK;
}

/* --- columns with a type --- */

/* Also for columns of the query: NULLs of it may not meet a NOT NULL. */
static Status check_retyped(const As *as, const ColumnDef *own, const Field *field)
{
    Binder *binder = as->binder;
    Type type;
    if (own->kind == COLUMN_DEF_COMPUTED)
        return diag_error(binder->diag, E2111, own->name.last->span,
                          "the query gives a column \"%.*s\": a computed one needs another name",
                          TEXT_ARG(field->name));
    TRY(bind_type(binder, own->type, &type));
    const char *given = bind_type_name(binder, &field->type);
    if (!type_implicit(&field->type, &type)) {
        const char *wanted = bind_type_name(binder, &type);
        Status status =
            diag_error(binder->diag, E2108, own->type->span,
                       "column \"%.*s\" is %s in the query, which does not become %s by itself",
                       TEXT_ARG(field->name), given, wanted);
        diag_hint(binder->diag, "let the query give CAST(... AS %s) AS %.*s", wanted,
                  TEXT_ARG(field->name));
        return status;
    }
    if (type.nullable || !field->type.nullable)
        return ST_OK;
    Status status = diag_error(binder->diag, E2108, own->type->span,
                               "column \"%.*s\" can be NULL in the query", TEXT_ARG(field->name));
    diag_hint(binder->diag, "leave NOT NULL out, or let the query give COALESCE(...)");
    return status;
}

static Status check_added(const As *as, const ColumnDef *own)
{
    if (own->kind != COLUMN_DEF_PHYSICAL || own->type->nullability != TYPE_NOT_NULL)
        return ST_OK;
    Status status = diag_error(as->binder->diag, E2120, own->span,
                               "column \"%.*s\" is NOT NULL, and the query does not give it",
                               TEXT_ARG(own->name.last->text));
    diag_hint(as->binder->diag, "SELECT ... AS %.*s gives it", TEXT_ARG(own->name.last->text));
    return status;
}

/* Those that the query does not give first, then the query's, some with another type. */
static Status add_declared(As *as)
{
    const ColumnDefList *list = &as->own->elements.columns;
    ColumnDef *copy;
    for (const ColumnDef *own = list->first; own != NULL; own = own->next) {
        if (own->kind == COLUMN_DEF_BARE)
            return column_without_type(as->binder, own);
        if (find_column_def(list, own->name.last->text) != own)
            return column_declared_twice(as->binder, own->name.last);
        int32_t found = schema_find(&as->query, own->name.last->text);
        if (found >= 0) {
            TRY(check_retyped(as, own, &as->query.field[found]));
            continue;
        }
        TRY(check_added(as, own));
        TRY(copy_column(as->binder, own, &copy));
        DECLARE(&as->out->elements.columns, copy);
    }
    for (uint32_t i = 0; i < as->query.count; i++) {
        const ColumnDef *own = find_column_def(list, as->query.field[i].name);
        if (own == NULL) {
            TRY(add_query_column(as, &as->query.field[i]));
            continue;
        }
        TRY(copy_column(as->binder, own, &copy));
        DECLARE(&as->out->elements.columns, copy);
    }
    return ST_OK;
}

/* --- the whole --- */

static bool is_name_list(const ColumnDefList *list)
{
    const ColumnDef *column = list->first;
    while (column != NULL && column->kind == COLUMN_DEF_BARE)
        column = column->next;
    return list->count > 0 && column == NULL;
}

/* Of the query's columns by name, or by place where the statement declares none: the table may be
 * one that exists (IF NOT EXISTS) and calls them otherwise. */
static Status make_insert(const As *as, Insert **out)
{
    Insert *insert;
    TRY_NEW(insert, as->binder->arena);
    insert->table = as->own->name;
    insert->query = as->own->query;
    for (uint32_t i = 0; as->own->elements.columns.count > 0 && i < as->query.count; i++)
        TRY(copy_name(as->binder, as->query.field[i].name, as->own->query->span, &insert->columns));
    *out = insert;
    return ST_OK;
}

Status create_as(Binder *binder, const CreateTable *own, Declaration *out)
{
    As as = {.binder = binder, .own = own};
    Logical *logical;
    TRY(bind_query(binder, own->query, &logical));
    as.query = logical->schema;
    TRY_NEW(as.out, binder->arena);
    *as.out = *own;
    as.out->query = NULL;
    as.out->has_elements = true;
    as.out->elements.columns = (ColumnDefList){0};
    TRY(is_name_list(&own->elements.columns) ? add_listed(&as) : add_declared(&as));
    *out = (Declaration){as.out, own->query->span, "the query", NULL};
    return make_insert(&as, &out->fill);
}
