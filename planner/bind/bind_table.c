/* CREATE TABLE: columns, time attribute, key, options. */
#include "planner/bind/bind_table.h"

#include <assert.h>

#include "storage/base/limits.h"

typedef struct TableDraft {
    Binder *binder;
    const CreateTable *create;
    TableDef *def;
    VEC(Field) field;
    VEC(TableColumn) column;
    VEC(Field) physical;
    VEC(Text) metadata;
    VEC(uint32_t) key;
} TableDraft;

/* --- options --- */

Status bind_options(Binder *binder, const OptionPairList *pairs, OptionList *out)
{
    OptionEntry *entry;
    TRY_NEW_ARRAY(entry, binder->arena, pairs->count);
    uint32_t i = 0;
    for (const OptionPair *pair = pairs->first; pair != NULL; pair = pair->next)
        entry[i++] = (OptionEntry){pair->key, pair->value, pair->key_span, pair->value_span};
    *out = (OptionList){entry, pairs->count};
    return ST_OK;
}

static const OptionEntry *find_entry(OptionList list, const char *key)
{
    for (uint32_t i = 0; i < list.count; i++) {
        if (text_is(list.item[i].key, key))
            return &list.item[i];
    }
    return NULL;
}

static Status unknown_class(Binder *binder, const OptionEntry *entry, const char *what, const Text *names, uint32_t count)
{
    Status status = diag_error(binder->diag, E2115, entry->value_span, "there is no %s \"%.*s\"", what, TEXT_ARG(entry->value));
    diag_suggest(binder->diag, entry->value, names, count);
    StrBuf known;
    strbuf_init(&known, NULL);
    for (uint32_t i = 0; i < count; i++)
        strbuf_printf(&known, "%s%.*s", i > 0 ? ", " : "", TEXT_ARG(names[i]));
    diag_hint(binder->diag, "known are %s", strbuf_cstr(&known));
    strbuf_close(&known);
    return status;
}

static Status find_connector(Binder *binder, OptionList options, Span span, const ConnectorClass **out)
{
    const OptionEntry *entry = find_entry(options, "connector");
    if (entry == NULL) {
        Status status = diag_error(binder->diag, E2113, span, "the table has no option 'connector'");
        diag_hint(binder->diag, "add WITH ('connector' = 'filesystem', 'path' = '...', 'format' = 'json')");
        return status;
    }
    *out = connector_find(entry->value);
    if (*out != NULL)
        return ST_OK;
    static const char *const later[] = {"kafka", "upsert-kafka", "nexmark", "http", "jdbc", "postgres", "redis"};
    for (uint32_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (text_is(entry->value, later[i]))
            return diag_error(binder->diag, E2001, entry->value_span, "the connector \"%s\" is not supported yet", later[i]);
    }
    Text *names;
    TRY_NEW_ARRAY(names, binder->arena, connector_count);
    for (uint32_t i = 0; i < connector_count; i++)
        names[i] = text_of(connector_classes[i]->name);
    return unknown_class(binder, entry, "connector", names, connector_count);
}

static Status find_format(Binder *binder, OptionList options, Span span, const ConnectorClass *connector, const FormatClass **out)
{
    const OptionEntry *entry = find_entry(options, "format");
    *out = NULL;
    if (entry == NULL) {
        if (!connector->needs_format)
            return ST_OK;
        Status status = diag_error(binder->diag, E2113, span, "connector \"%s\" needs the option 'format'", connector->name);
        diag_hint(binder->diag, "one of json, csv, raw");
        return status;
    }
    *out = format_find(entry->value);
    if (*out != NULL)
        return ST_OK;
    static const char *const later[] = {"debezium-json", "canal-json", "maxwell-json", "avro", "avro-confluent",
                                        "protobuf", "parquet", "orc", "ogg-json"};
    for (uint32_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (text_is(entry->value, later[i]))
            return diag_error(binder->diag, E2001, entry->value_span, "the format \"%s\" is not supported yet", later[i]);
    }
    Text *names;
    TRY_NEW_ARRAY(names, binder->arena, format_count);
    for (uint32_t i = 0; i < format_count; i++)
        names[i] = text_of(format_classes[i]->name);
    return unknown_class(binder, entry, "format", names, format_count);
}

static Status bind_with(TableDraft *draft)
{
    Binder *binder = draft->binder;
    TableSpec *spec = &draft->def->spec;
    Span span = draft->create->name.last->span;
    TRY(bind_options(binder, &draft->create->options, &spec->options));
    TRY(find_connector(binder, spec->options, span, &spec->connector));
    TRY(find_format(binder, spec->options, span, spec->connector, &spec->format));
    spec->name = draft->def->name;
    Text what;
    TRY(arena_printf(binder->arena, &what, "connector \"%s\"", spec->connector->name));
    spec->scope.what = what.ptr;
    spec->scope.table[spec->scope.tables++] = spec->connector->options;
    if (spec->format != NULL)
        spec->scope.table[spec->scope.tables++] = spec->format->options;
    spec->scope.table[spec->scope.tables++] = table_options;
    TRY(options_check(&spec->scope, spec->options, span, binder->diag));
    draft->def->is_sink_table = spec->connector == &sqlite_connector;
    return ST_OK;
}

/* --- columns --- */

static Status check_name(const TableDraft *draft, const Name *name)
{
    Binder *binder = draft->binder;
    if (name->text.size > LIMIT_NAME_BYTES)
        return diag_error(binder->diag, E1005, name->span, "a name has at most %d bytes", LIMIT_NAME_BYTES);
    for (uint32_t i = 0; i < draft->field.count; i++) {
        if (text_equal(draft->field.item[i].name, name->text))
            return diag_error(binder->diag, E2111, name->span, "column \"%.*s\" is declared twice", TEXT_ARG(name->text));
    }
    if (draft->field.count >= LIMIT_COLUMNS)
        return diag_error(binder->diag, E1005, name->span, "a table has at most %d columns", LIMIT_COLUMNS);
    return ST_OK;
}

static Status find_metadata(TableDraft *draft, const ColumnDef *column, uint32_t *out)
{
    Binder *binder = draft->binder;
    const ConnectorClass *connector = draft->def->spec.connector;
    Text key = column->has_metadata_key ? column->metadata_key : column->name.last->text;
    uint32_t known = 0;
    for (const char *const *name = connector->metadata; name != NULL && *name != NULL; name++, known++) {
        if (text_is(key, *name)) {
            *out = draft->metadata.count;
            TRY_PUSH(&draft->metadata, binder->arena, text_of(*name));
            return ST_OK;
        }
    }
    Text *names;
    TRY_NEW_ARRAY(names, binder->arena, known);
    for (uint32_t i = 0; i < known; i++)
        names[i] = text_of(connector->metadata[i]);
    Status status = diag_error(binder->diag, E2134, column->span, "connector \"%s\" has no metadata \"%.*s\"",
                               connector->name, TEXT_ARG(key));
    diag_suggest(binder->diag, key, names, known);
    return status;
}

static Status add_plain_column(TableDraft *draft, const ColumnDef *def)
{
    Binder *binder = draft->binder;
    Field field = {.name = def->name.last->text};
    TableColumn column = {.comment = def->comment.text};
    TRY(bind_type(binder, def->type, &field.type));
    if (type_is_nested(&field.type))
        return diag_error(binder->diag, E2001, def->type->span, "a column of a nested type is not supported yet");
    if (def->kind == COLUMN_DEF_METADATA) {
        column.kind = TABLE_COLUMN_METADATA;
        column.is_virtual = def->is_virtual;
        TRY(find_metadata(draft, def, &column.index));
    } else {
        column.kind = TABLE_COLUMN_PHYSICAL;
        column.index = draft->physical.count;
        TRY_PUSH(&draft->physical, binder->arena, field);
    }
    TRY_PUSH(&draft->field, binder->arena, field);
    TRY_PUSH(&draft->column, binder->arena, column);
    return ST_OK;
}

/* Over the declared columns that are not computed, wherever they stand. */
static Status bind_computed(TableDraft *draft, const ColumnDef *def, Scalar **out)
{
    Binder *binder = draft->binder;
    Scope scope = {0};
    for (uint32_t i = 0; i < draft->field.count; i++) {
        const Field *field = &draft->field.item[i];
        if (draft->column.item[i].kind != TABLE_COLUMN_COMPUTED)
            TRY(scope_add(binder, &scope, draft->def->name, field->name, field->type, TIME_NONE, i));
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
    for (const ColumnDef *def = draft->create->elements.columns.first; def != NULL; def = def->next) {
        TRY(check_name(draft, def->name.last));
        if (def->kind == COLUMN_DEF_BARE)
            return diag_error(binder->diag, E2119, def->span, "column \"%.*s\" has no type", TEXT_ARG(def->name.last->text));
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
    for (const ColumnDef *def = draft->create->elements.columns.first; def != NULL; def = def->next, at++) {
        if (def->kind != COLUMN_DEF_COMPUTED)
            continue;
        Scalar *scalar;
        TRY(bind_computed(draft, def, &scalar));
        draft->column.item[at].computed = scalar;
        draft->field.item[at].type = scalar->type;
        if (is_proctime(scalar))
            draft->field.item[at].time = TIME_PROCTIME;
    }
    if (draft->field.count == 0)
        return diag_error(binder->diag, E2119, draft->create->name.last->span, "a table needs columns");
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
    Status status = diag_error(draft->binder->diag, E2104, name->span, "column \"%.*s\" not found in \"%.*s\"",
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
                               "the watermark column \"%.*s\" is %s; it must be TIMESTAMP(p) or TIMESTAMP_LTZ(p) with p from 0 to 3",
                               TEXT_ARG(field->name), strbuf_cstr(&type));
    strbuf_close(&type);
    if (type_is_timestamp(&field->type))
        diag_hint(draft->binder->diag, "declare it as TIMESTAMP(3)");
    else
        diag_hint(draft->binder->diag, "add a computed column: ts AS TO_TIMESTAMP(...), and declare WATERMARK FOR ts");
    return status;
}

static Status bind_watermark(TableDraft *draft)
{
    Binder *binder = draft->binder;
    TableDef *def = draft->def;
    const WatermarkDef *mark = draft->create->elements.watermarks.first;
    def->rowtime = -1;
    if (mark == NULL)
        return ST_OK;
    if (mark->next != NULL)
        return diag_error(binder->diag, E2118, mark->next->span, "a table has one watermark");
    if (mark->column.count != 1)
        return bind_unsupported(binder, mark->span, "a watermark on a nested field");
    def->rowtime = find_column(draft, mark->column.first->text);
    if (def->rowtime < 0)
        return column_not_found(draft, mark->column.first);
    Field *field = &draft->field.item[def->rowtime];
    TRY(check_rowtime(draft, mark, field));
    Scope scope = {0};
    Schema schema = {draft->field.count, draft->field.item};
    TRY(scope_add_schema(binder, &scope, def->name, &schema, 0));
    BindContext context = {.binder = binder, .scope = &scope, .place = "WATERMARK"};
    TRY(bind_expr(&context, mark->expr, &def->watermark));
    if (!type_is_timestamp(&def->watermark->type))
        return diag_error(binder->diag, E2118, mark->expr->span, "a watermark is a TIMESTAMP: the column itself, or it minus an INTERVAL");
    field->time = TIME_ROWTIME;
    return ST_OK;
}

/* --- the key --- */

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
            return diag_error(binder->diag, E2111, name->span, "column \"%.*s\" is twice in the key", TEXT_ARG(name->text));
    }
    draft->field.item[column].type.nullable = false; /* a key column is NOT NULL, said or not */
    draft->physical.item[draft->column.item[column].index].type.nullable = false;
    TRY_PUSH(&draft->key, binder->arena, (uint32_t)column);
    return ST_OK;
}

static Status check_key(TableDraft *draft, const KeyConstraint *key)
{
    Binder *binder = draft->binder;
    if (key->unique)
        return diag_error(binder->diag, E2122, key->span, "UNIQUE is not supported; PRIMARY KEY ... NOT ENFORCED is");
    if (draft->key.count > 0)
        return diag_error(binder->diag, E2122, key->span, "a table has one primary key");
    if (key->enforcement == KEY_NOT_ENFORCED)
        return ST_OK;
    Status status = diag_error(binder->diag, E2122, key->span, "a primary key is NOT ENFORCED: the data is not checked against it");
    diag_hint(binder->diag, "write PRIMARY KEY (...) NOT ENFORCED");
    return status;
}

static Status bind_keys(TableDraft *draft)
{
    for (const ColumnDef *def = draft->create->elements.columns.first; def != NULL; def = def->next) {
        if (def->key == NULL)
            continue;
        TRY(check_key(draft, def->key));
        TRY(add_key_column(draft, def->name.last));
    }
    for (const KeyConstraint *key = draft->create->elements.keys.first; key != NULL; key = key->next) {
        TRY(check_key(draft, key));
        for (const Name *name = key->columns.first; name != NULL; name = name->next)
            TRY(add_key_column(draft, name));
    }
    return ST_OK;
}

/* --- the whole --- */

static Status refuse_later(Binder *binder, const CreateTable *create)
{
    if (create->like != NULL)
        return bind_unsupported(binder, create->like->table.first->span, "CREATE TABLE ... LIKE");
    if (create->query != NULL)
        return bind_unsupported(binder, create->query->span, "CREATE TABLE ... AS");
    if (create->partitioned_by.count > 0)
        return bind_unsupported(binder, create->partitioned_by.first->span, "PARTITIONED BY");
    if (create->distribution != NULL)
        return bind_unsupported(binder, create->distribution->span, "DISTRIBUTED BY");
    return ST_OK;
}

Status bind_create_table(Binder *binder, const CreateTable *create, TableDef **out)
{
    TableDraft draft = {.binder = binder, .create = create};
    TRY(refuse_later(binder, create));
    TRY_NEW(draft.def, binder->arena);
    TableDef *def = draft.def;
    def->name = create->name.last->text;
    def->kind = OBJECT_TABLE;
    def->temporary = create->temporary;
    TRY(bind_with(&draft));
    TRY(add_columns(&draft));
    TRY(bind_keys(&draft));
    TRY(bind_watermark(&draft));
    def->schema = (Schema){draft.field.count, draft.field.item};
    def->column = draft.column.item;
    def->key = draft.key.item;
    def->key_count = draft.key.count;
    def->spec.schema = (Schema){draft.physical.count, draft.physical.item};
    def->spec.metadata_key = draft.metadata.item;
    def->spec.metadata_count = draft.metadata.count;
    Span span = create->name.last->span;
    if (def->spec.format != NULL && def->spec.format->check != NULL)
        TRY(def->spec.format->check(&def->spec.schema, &def->spec.scope, def->spec.options, span, binder->diag));
    if (def->spec.connector->check != NULL)
        TRY(def->spec.connector->check(&def->spec, span, binder->diag));
    *out = def;
    return ST_OK;
}
