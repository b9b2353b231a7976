/* CREATE TABLE: columns, time attribute, key. */
#include "planner/bind/bind_table.h"

#include <assert.h>

#include "planner/bind/bind_private.h"
#include "planner/bind/query.h"
#include "storage/base/limits.h"

typedef struct TableDraft {
    Binder *binder;
    const CreateTable *create;
    Declaration declaration;
    TableDef *def;
    VEC(Field) field;
    VEC(TableColumn) column;
    VEC(Field) physical;
    VEC(Text) metadata;
    VEC(uint32_t) key;
} TableDraft;

/* --- parts of declarations --- */

Status copy_name(Binder *binder, Text text, Span span, NameList *list)
{
    Name *copy;
    TRY_NEW(copy, binder->arena);
    copy->text = text;
    copy->span = span;
    DECLARE(list, copy);
    return ST_OK;
}

Status copy_column(Binder *binder, const ColumnDef *from, ColumnDef **out)
{
    TRY_NEW(*out, binder->arena);
    **out = *from;
    (*out)->next = NULL;
    return ST_OK;
}

const ColumnDef *find_column_def(const ColumnDefList *list, Text name)
{
    const ColumnDef *column = list->first;
    while (column != NULL && !text_equal(column->name.last->text, name))
        column = column->next;
    return column;
}

Status column_without_type(Binder *binder, const ColumnDef *column)
{
    Status status = diag_error(binder->diag, E2119, column->span, "column \"%.*s\" has no type",
                               TEXT_ARG(column->name.last->text));
    diag_hint(binder->diag, "a list of names alone stands before AS query, whose columns it "
                            "orders; else each has a type");
    return status;
}

Status column_declared_twice(Binder *binder, const Name *name)
{
    return diag_error(binder->diag, E2111, name->span, "column \"%.*s\" is declared twice",
                      TEXT_ARG(name->text));
}

static bool is_brought(const TableDraft *draft, Span span)
{
    Span brought = draft->declaration.brought;
    return brought.end > 0 && span.start == brought.start && span.end == brought.end;
}

/* What is wrong with a part that LIKE brings in is shown at the LIKE: its expressions have their
 * places in another text. */
static Status show_brought(const TableDraft *draft, Span part, const char *feature, Status status)
{
    Diag *diag = draft->binder->diag;
    if (status == ST_OK || draft->declaration.fill != NULL || !is_brought(draft, part))
        return status;
    diag->span = part;
    diag->hint[0] = '\0'; /* it would mend the base table */
    diag_hint(diag, "it comes from %s; LIKE ... (EXCLUDING %s) leaves it out",
              draft->declaration.origin, feature);
    return status;
}

/* --- columns --- */

static Status check_name(const TableDraft *draft, const Name *name)
{
    Binder *binder = draft->binder;
    if (name->text.size > LIMIT_NAME_BYTES)
        return diag_error(binder->diag, E1005, name->span, "a name has at most %d bytes",
                          LIMIT_NAME_BYTES);
    for (uint32_t i = 0; i < draft->field.count; i++) {
        if (text_equal(draft->field.item[i].name, name->text))
            return column_declared_twice(binder, name);
    }
    if (draft->field.count >= LIMIT_COLUMNS)
        return diag_error(binder->diag, E1005, name->span, "a table has at most %d columns",
                          LIMIT_COLUMNS);
    return ST_OK;
}

static Status metadata_type(Arena *arena, const ConnectorMetadata *metadata, Type *out)
{
    switch (metadata->type) {
    case METADATA_TEXT: *out = type_string(); break;
    case METADATA_INT:
    case METADATA_NULLABLE_INT: *out = type_make(TYPE_INT); break;
    case METADATA_BIGINT: *out = type_make(TYPE_BIGINT); break;
    case METADATA_INSTANT: *out = type_sized(TYPE_TIMESTAMP_LTZ, 3); break;
    case METADATA_NULLABLE_BYTES: *out = type_sized(TYPE_VARBINARY, LENGTH_MAX); break;
    case METADATA_HEADERS:
        TRY(type_map(arena, type_string(), type_sized(TYPE_VARBINARY, LENGTH_MAX), out));
        break;
    }
    bool nullable =
        metadata->type == METADATA_NULLABLE_INT || metadata->type == METADATA_NULLABLE_BYTES;
    *out = type_with_null(*out, nullable);
    return ST_OK;
}

/* What it gives becomes a value of the declared type as a CAST makes it. */
static Status check_metadata_type(const TableDraft *draft, const ColumnDef *column,
                                  const Type *native, Type declared)
{
    Scalar *value, *ignored;
    Binder *binder = draft->binder;
    TRY(scalar_column(binder->arena, 0, *native, &value));
    Status status = bind_cast(binder, value, declared, false, column->span, &ignored);
    if (status != ST_OK && status != ST_NOMEM)
        diag_hint(binder->diag, "the connector gives it as %s", bind_type_name(binder, native));
    return status;
}

static Status find_metadata(TableDraft *draft, const ColumnDef *column, TableColumn *out)
{
    Binder *binder = draft->binder;
    const ConnectorClass *connector = draft->def->spec.connector;
    Text key = column->has_metadata_key ? column->metadata_key : column->name.last->text;
    uint32_t known = 0;
    for (const ConnectorMetadata *metadata = connector->metadata;
         metadata != NULL && metadata->key != NULL; metadata++, known++) {
        if (text_is(key, metadata->key)) {
            out->index = draft->metadata.count;
            out->is_writable = metadata->writable;
            TRY(metadata_type(binder->arena, metadata, &out->native));
            TRY_PUSH(&draft->metadata, binder->arena, text_of(metadata->key));
            return ST_OK;
        }
    }
    Text *names;
    TRY_NEW_ARRAY(names, binder->arena, known);
    for (uint32_t i = 0; i < known; i++)
        names[i] = text_of(connector->metadata[i].key);
    Status status =
        diag_error(binder->diag, E2134, column->span, "connector \"%s\" has no metadata \"%.*s\"",
                   connector->name, TEXT_ARG(key));
    diag_suggest(binder->diag, key, names, known);
    return status;
}

/* INT a, for a INT: the type is where the name should be. */
static Status bind_column_type(Binder *binder, const ColumnDef *def, Type *out)
{
    Status status = bind_type(binder, def->type, out);
    if (status == ST_OK || !is_type_name(def->name.last->text) ||
        def->type->kind != TYPE_NAME_PLAIN)
        return status;
    binder->diag->hint[0] = '\0';
    diag_hint(binder->diag, "the name stands before the type: %.*s %.*s",
              TEXT_ARG(def->type->as.plain.name.last->text), TEXT_ARG(def->name.last->text));
    return status;
}

static Status add_plain_column(TableDraft *draft, const ColumnDef *def)
{
    Binder *binder = draft->binder;
    Field field = {.name = def->name.last->text};
    TableColumn column = {.comment = def->comment.text};
    TRY(bind_column_type(binder, def, &field.type));
    if (def->kind == COLUMN_DEF_METADATA) {
        column.kind = TABLE_COLUMN_METADATA;
        column.is_virtual = def->is_virtual;
        TRY(show_brought(draft, def->span, "METADATA", find_metadata(draft, def, &column)));
        TRY(check_metadata_type(draft, def, &column.native, field.type));
    } else {
        column.kind = TABLE_COLUMN_PHYSICAL;
        column.index = draft->physical.count;
        TRY_PUSH(&draft->physical, binder->arena, field);
    }
    TRY_PUSH(&draft->field, binder->arena, field);
    TRY_PUSH(&draft->column, binder->arena, column);
    return ST_OK;
}

typedef struct ComputedSearch {
    const TableDraft *draft;
    const Expr *found;
} ComputedSearch;

static bool find_computed(void *context, const Expr *expr)
{
    ComputedSearch *search = context;
    if (search->found != NULL || expr->kind != EXPR_COLUMN)
        return true;
    const ColumnDef *column =
        find_column_def(&search->draft->create->elements.columns, expr->as.column.last->text);
    if (column != NULL && column->kind == COLUMN_DEF_COMPUTED)
        search->found = expr;
    return true;
}

/* One computed column does not see another, as in Flink. */
static Status refuse_computed(const TableDraft *draft, const ColumnDef *def)
{
    ComputedSearch search = {.draft = draft};
    AstVisitor visitor = {.expr = find_computed, .context = &search};
    ast_walk_expr(&visitor, def->expr);
    if (search.found == NULL)
        return ST_OK;
    const Name *name = search.found->as.column.last;
    Status status = diag_error(draft->binder->diag, E2134, search.found->span,
                               "\"%.*s\" is a computed column: another one cannot use it",
                               TEXT_ARG(name->text));
    diag_hint(draft->binder->diag, "write its expression again, or compute it in a view");
    return status;
}

/* Over the declared columns that are not computed, wherever they stand. */
static Status bind_computed(TableDraft *draft, const ColumnDef *def, Scalar **out)
{
    Binder *binder = draft->binder;
    Scope scope = {.declares = true};
    TRY(refuse_computed(draft, def));
    for (uint32_t i = 0; i < draft->field.count; i++) {
        const Field *field = &draft->field.item[i];
        if (draft->column.item[i].kind != TABLE_COLUMN_COMPUTED)
            TRY(scope_add(binder, &scope, draft->def->name, field->name, field->type, TIME_NONE,
                          i));
    }
    BindContext context = {.binder = binder, .scope = &scope, .place = "a computed column"};
    return bind_expr(&context, def->expr, out);
}

static bool is_proctime(const Scalar *scalar)
{
    return scalar->kind == SCALAR_CALL && strcmp(scalar->as.call.def->name, "PROCTIME") == 0;
}

/* Declared columns in order; computed ones get their expression when all others are known. */
static Status add_columns(TableDraft *draft)
{
    Binder *binder = draft->binder;
    for (const ColumnDef *def = draft->create->elements.columns.first; def != NULL;
         def = def->next) {
        TRY(check_name(draft, def->name.last));
        if (def->kind == COLUMN_DEF_BARE)
            return column_without_type(binder, def);
        if (def->kind != COLUMN_DEF_COMPUTED) {
            TRY(add_plain_column(draft, def));
            continue;
        }
        Field field = {.name = def->name.last->text};
        TableColumn column = {.kind = TABLE_COLUMN_COMPUTED, .comment = def->comment.text};
        TRY_PUSH(&draft->field, binder->arena, field);
        TRY_PUSH(&draft->column, binder->arena, column);
    }
    uint32_t at = 0;
    for (const ColumnDef *def = draft->create->elements.columns.first; def != NULL;
         def = def->next, at++) {
        if (def->kind != COLUMN_DEF_COMPUTED)
            continue;
        Scalar *scalar;
        TRY(show_brought(draft, def->span, "GENERATED", bind_computed(draft, def, &scalar)));
        draft->column.item[at].computed = scalar;
        draft->field.item[at].type = scalar->type;
        if (is_proctime(scalar))
            draft->field.item[at].time = TIME_PROCTIME;
    }
    if (draft->field.count == 0)
        return diag_error(binder->diag, E2119, draft->create->name.last->span,
                          "a table needs columns");
    return ST_OK;
}

/* The physical columns become those of a SQLite table, which does not tell names apart by letter
 * case. */
static Status check_sqlite_names(const TableDraft *draft)
{
    const ColumnDefList *list = &draft->create->elements.columns;
    for (const ColumnDef *def = list->first; def != NULL; def = def->next) {
        const Name *name = def->name.last;
        if (def->kind != COLUMN_DEF_PHYSICAL)
            continue;
        if (memchr(name->text.ptr, '\0', name->text.size) != NULL)
            return diag_error(draft->binder->diag, E2130, name->span,
                              "a column name holds a zero byte");
        for (const ColumnDef *other = list->first; other != def; other = other->next) {
            if (other->kind == COLUMN_DEF_PHYSICAL &&
                text_equal_nocase(other->name.last->text, name->text))
                return diag_error(
                    draft->binder->diag, E2129, name->span,
                    "columns \"%.*s\" and \"%.*s\" are the same to SQLite: give one another name",
                    TEXT_ARG(other->name.last->text), TEXT_ARG(name->text));
        }
    }
    return ST_OK;
}

static int32_t find_column(const TableDraft *draft, Text name)
{
    Schema schema = {draft->field.count, draft->field.item};
    return schema_find(&schema, name);
}

static Status column_not_found(const TableDraft *draft, const Name *name)
{
    Text *names;
    TRY_NEW_ARRAY(names, draft->binder->arena, draft->field.count);
    for (uint32_t i = 0; i < draft->field.count; i++)
        names[i] = draft->field.item[i].name;
    Status status =
        diag_error(draft->binder->diag, E2104, name->span, "column \"%.*s\" not found in \"%.*s\"",
                   TEXT_ARG(name->text), TEXT_ARG(draft->def->name));
    diag_suggest(draft->binder->diag, name->text, names, draft->field.count);
    return status;
}

/* --- time --- */

static Status check_rowtime(const TableDraft *draft, const WatermarkDef *mark, const Field *field)
{
    if (type_is_timestamp(&field->type) && field->type.precision <= 3)
        return ST_OK;
    StrBuf type;
    strbuf_init(&type, NULL);
    type_print_bare(&field->type, &type);
    Status status = diag_error(draft->binder->diag, E2118, mark->column.first->span,
                               "the watermark column \"%.*s\" is %s; it must be TIMESTAMP(p) or "
                               "TIMESTAMP_LTZ(p) with p from 0 to 3",
                               TEXT_ARG(field->name), strbuf_cstr(&type));
    strbuf_close(&type);
    if (type_is_timestamp(&field->type))
        diag_hint(draft->binder->diag, "declare it as TIMESTAMP(3)");
    else
        diag_hint(draft->binder->diag,
                  "add a computed column: ts AS TO_TIMESTAMP(...), and declare WATERMARK FOR ts");
    return status;
}

/* The expression gives times of the column's kind, no finer than watermarks are. */
static Status check_mark(const TableDraft *draft, const WatermarkDef *mark, const Field *field)
{
    const Type *type = &draft->def->watermark->type;
    Diag *diag = draft->binder->diag;
    if (type->id == field->type.id && type->precision <= 3)
        return ST_OK;
    StrBuf names;
    strbuf_init(&names, NULL);
    type_print_bare(type, &names);
    strbuf_string(&names, ", and the column ");
    type_print_bare(&field->type, &names);
    Status status = diag_error(diag, E2118, mark->expr->span, "the watermark of \"%.*s\" is %s",
                               TEXT_ARG(field->name), strbuf_cstr(&names));
    strbuf_close(&names);
    if (type->id == field->type.id)
        diag_hint(diag, "a watermark is of whole milliseconds: CAST(... AS %s(3))",
                  type->id == TYPE_TIMESTAMP ? "TIMESTAMP" : "TIMESTAMP_LTZ");
    else
        diag_hint(diag, "a watermark is of its column's kind: the column itself, it minus an "
                        "INTERVAL, or what is CAST to that type");
    return status;
}

static Status bind_mark(TableDraft *draft, const WatermarkDef *mark)
{
    Binder *binder = draft->binder;
    TableDef *def = draft->def;
    if (mark->column.count != 1)
        return bind_unsupported(binder, mark->span, "a watermark on a nested field");
    def->rowtime = find_column(draft, mark->column.first->text);
    if (def->rowtime < 0)
        return column_not_found(draft, mark->column.first);
    Field *field = &draft->field.item[def->rowtime];
    TRY(check_rowtime(draft, mark, field));
    Scope scope = {.declares = true};
    Schema schema = {draft->field.count, draft->field.item};
    TRY(scope_add_schema(binder, &scope, def->name, &schema, 0));
    BindContext context = {.binder = binder, .scope = &scope, .place = "WATERMARK"};
    TRY(bind_expr(&context, mark->expr, &def->watermark));
    TRY(check_mark(draft, mark, field));
    field->time = TIME_ROWTIME;
    return ST_OK;
}

static Status bind_watermark(TableDraft *draft)
{
    const WatermarkDef *mark = draft->create->elements.watermarks.first;
    draft->def->rowtime = -1;
    if (mark == NULL)
        return ST_OK;
    if (mark->next != NULL) {
        Status status =
            diag_error(draft->binder->diag, E2118, mark->next->span, "a table has one watermark");
        diag_hint(draft->binder->diag,
                  "keep that of the column that windows go by; another table can read the same "
                  "input with the other one: CREATE TABLE u (WATERMARK FOR ...) LIKE t (EXCLUDING "
                  "WATERMARKS)");
        return status;
    }
    return show_brought(draft, mark->span, "WATERMARKS", bind_mark(draft, mark));
}

/* --- the key --- */

/* The statement's own columns become NOT NULL by being in the key; others are as they are. */
static Status check_key_column(const TableDraft *draft, const Name *name, const Type *type)
{
    const ColumnDef *column = find_column_def(&draft->create->elements.columns, name->text);
    if (!type->nullable || !is_brought(draft, column->span))
        return ST_OK;
    Status status = diag_error(draft->binder->diag, E2122, name->span,
                               "the key column \"%.*s\" can be NULL in %s", TEXT_ARG(name->text),
                               draft->declaration.origin);
    if (draft->declaration.fill != NULL)
        diag_hint(draft->binder->diag, "let the query give COALESCE(...), which is never NULL");
    else
        diag_hint(draft->binder->diag, "declare it NOT NULL there");
    return status;
}

static Status add_key_column(TableDraft *draft, const Name *name)
{
    Binder *binder = draft->binder;
    int32_t column = find_column(draft, name->text);
    if (column < 0)
        return column_not_found(draft, name);
    if (draft->column.item[column].kind != TABLE_COLUMN_PHYSICAL)
        return diag_error(binder->diag, E2122, name->span, "a key column is a physical column");
    for (uint32_t i = 0; i < draft->key.count; i++) {
        if (draft->key.item[i] == (uint32_t)column)
            return diag_error(binder->diag, E2111, name->span,
                              "column \"%.*s\" is twice in the key", TEXT_ARG(name->text));
    }
    TRY(check_key_column(draft, name, &draft->field.item[column].type));
    draft->field.item[column].type.nullable = false; /* a key column is NOT NULL, said or not */
    draft->physical.item[draft->column.item[column].index].type.nullable = false;
    TRY_PUSH(&draft->key, binder->arena, (uint32_t)column);
    return ST_OK;
}

static Status check_key(TableDraft *draft, const KeyConstraint *key)
{
    Binder *binder = draft->binder;
    if (key->unique)
        return diag_error(binder->diag, E2122, key->span,
                          "UNIQUE is not supported; PRIMARY KEY ... NOT ENFORCED is");
    if (draft->key.count > 0)
        return diag_error(binder->diag, E2122, key->span, "a table has one primary key");
    if (key->enforcement == KEY_NOT_ENFORCED)
        return ST_OK;
    Status status = diag_error(binder->diag, E2122, key->span,
                               "a primary key is NOT ENFORCED: the data is not checked against it");
    diag_hint(binder->diag, "write PRIMARY KEY (...) NOT ENFORCED");
    return status;
}

static Status bind_keys(TableDraft *draft)
{
    for (const ColumnDef *def = draft->create->elements.columns.first; def != NULL;
         def = def->next) {
        if (def->key == NULL)
            continue;
        TRY(check_key(draft, def->key));
        TRY(add_key_column(draft, def->name.last));
    }
    for (const KeyConstraint *key = draft->create->elements.keys.first; key != NULL;
         key = key->next) {
        TRY(check_key(draft, key));
        for (const Name *name = key->columns.first; name != NULL; name = name->next)
            TRY(add_key_column(draft, name));
    }
    return ST_OK;
}

/* --- the whole --- */

static Status refuse_later(Binder *binder, const CreateTable *create)
{
    if (create->partitioned_by.count > 0)
        return bind_unsupported(binder, create->partitioned_by.first->span, "PARTITIONED BY");
    if (create->distribution != NULL)
        return bind_unsupported(binder, create->distribution->span, "DISTRIBUTED BY");
    return ST_OK;
}

/* LIKE and AS written out. */
static Status make_declaration(Binder *binder, const CreateTable *own, Declaration *out)
{
    *out = (Declaration){.create = own};
    if (own->like != NULL)
        return create_like(binder, own, out);
    return own->query != NULL ? create_as(binder, own, out) : ST_OK;
}

/* The key as connectors see it. */
static Status make_physical_key(TableDraft *draft)
{
    TableSpec *spec = &draft->def->spec;
    uint32_t *key;
    TRY_NEW_ARRAY(key, draft->binder->arena, draft->key.count);
    for (uint32_t i = 0; i < draft->key.count; i++)
        key[i] = draft->column.item[draft->key.item[i]].index;
    spec->key = draft->key.count == 0 ? NULL : key;
    spec->key_count = draft->key.count;
    return ST_OK;
}

static Status list_written_metadata(TableDraft *draft)
{
    uint32_t *written, count = 0;
    TRY_NEW_ARRAY(written, draft->binder->arena, draft->metadata.count);
    for (uint32_t i = 0; i < draft->column.count; i++) {
        const TableColumn *column = &draft->column.item[i];
        if (column->kind == TABLE_COLUMN_METADATA && !column->is_virtual && column->is_writable)
            written[count++] = column->index;
    }
    draft->def->spec.written_metadata = written;
    draft->def->spec.written_metadata_count = count;
    return ST_OK;
}

/* Which columns are where in a record, and whether their formats can carry them. */
static Status bind_fields(Binder *binder, TableSpec *spec, Span span)
{
    const ConnectorClass *connector = spec->connector;
    spec->value = spec->schema;
    spec->format_options = spec->options;
    if (connector->bind_fields != NULL)
        TRY(connector->bind_fields(spec, binder->arena, span, binder->diag));
    if (spec->format == NULL || spec->format->check == NULL)
        return ST_OK;
    return spec->format->check(&spec->value, connector->messages, &spec->scope,
                               spec->format_options, span, binder->diag);
}

static Status bind_draft(TableDraft *draft)
{
    Binder *binder = draft->binder;
    TableDef *def = draft->def;
    Status status = bind_with(binder, draft->create, def);
    TRY(show_brought(draft, binder->diag->span, "OPTIONS", status));
    TRY(add_columns(draft));
    if (def->spec.connector == &sqlite_connector)
        TRY(check_sqlite_names(draft));
    TRY(bind_keys(draft));
    TRY(bind_watermark(draft));
    def->schema = (Schema){draft->field.count, draft->field.item};
    def->column = draft->column.item;
    def->key = draft->key.item;
    def->key_count = draft->key.count;
    def->spec.schema = (Schema){draft->physical.count, draft->physical.item};
    TRY(make_physical_key(draft));
    def->spec.metadata_key = draft->metadata.item;
    def->spec.metadata_count = draft->metadata.count;
    TRY(list_written_metadata(draft));
    Span span = draft->create->name.last->span;
    TRY(bind_fields(binder, &def->spec, span));
    if (def->spec.connector->check != NULL)
        TRY(def->spec.connector->check(&def->spec, span, binder->diag));
    return ST_OK;
}

/* The statement as it is kept. */
static Status write_out(const TableDraft *draft, const Statement *statement, const Statement **out)
{
    Statement *written;
    CreateTable *create;
    *out = statement;
    if (draft->create == statement->as.create_table)
        return ST_OK;
    TRY_NEW(written, draft->binder->arena);
    TRY_NEW(create, draft->binder->arena);
    *create = *draft->create;
    *written = *statement;
    written->as.create_table = create;
    written->next = NULL;
    *out = written;
    return ST_OK;
}

Status bind_create_table(Binder *binder, const Statement *statement, TableDef **out)
{
    TableDraft draft = {.binder = binder};
    const CreateTable *own = statement->as.create_table;
    TRY(refuse_later(binder, own));
    TRY(make_declaration(binder, own, &draft.declaration));
    draft.create = draft.declaration.create;
    TRY_NEW(draft.def, binder->arena);
    draft.def->name = own->name.last->text;
    draft.def->kind = OBJECT_TABLE;
    draft.def->temporary = own->temporary;
    draft.def->fill = draft.declaration.fill;
    TRY(bind_draft(&draft));
    TRY(write_out(&draft, statement, &draft.def->statement));
    *out = draft.def;
    return ST_OK;
}
