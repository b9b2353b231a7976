/* SHOW, DESCRIBE, SET, RESET: what the engine knows, as small tables. */
#include <assert.h>

#include "executor/function/aggregate.h"
#include "shell/session_private.h"
#include "storage/base/secret.h"
#include "storage/base/utf8.h"

/* --- small tables of text --- */

Status show_begin(const Execution *execution, const char *const *name, uint32_t count)
{
    OutputColumn column[8] = {0};
    assert(count <= 8);
    for (uint32_t i = 0; i < count; i++)
        column[i] = (OutputColumn){.name = text_of(name[i]), .type = TEXT("STRING")};
    return execution->output->begin(execution->output, OUTPUT_RESULT, column, count);
}

Status show_row(const Execution *execution, const Text *text, uint32_t count)
{
    OutputCell cell[8];
    for (uint32_t i = 0; i < count; i++)
        cell[i] = text[i].ptr == NULL ? (OutputCell){.kind = CELL_NULL}
                                      : (OutputCell){.kind = CELL_TEXT, .text = text[i]};
    return execution->output->row(execution->output, ROW_INSERT, cell);
}

Status show_end(const Execution *execution)
{
    return execution->output->end(execution->output);
}

Status show_text(const Execution *execution, const char *column, Text text)
{
    const OutputColumn only = {.name = text_of(column), .type = TEXT("STRING")};
    TRY(execution->output->begin(execution->output, OUTPUT_TEXT, &only, 1));
    while (text.size > 0) { /* a row a line, so that every mode can show it */
        const char *newline = memchr(text.ptr, '\n', text.size);
        Text line = {text.ptr, newline == NULL ? text.size : (uint32_t)(newline - text.ptr)};
        TRY(show_row(execution, &line, 1));
        uint32_t used = line.size + (newline != NULL);
        text = (Text){text.ptr + used, text.size - used};
    }
    return show_end(execution);
}

/* One character of a pattern: % or _, or `text`, which stands for itself. Behind a backslash the
 * former do, too. */
typedef struct PatternPart {
    bool many, any;
    Text text;
    uint32_t size; /* with its backslash; 0: the pattern is at its end */
} PatternPart;

static Text first_character(Text text)
{
    uint32_t size;
    utf8_decode(text.ptr, text.size, &size);
    return (Text){text.ptr, size};
}

static PatternPart part_at(Text pattern, uint32_t at)
{
    const char *part = pattern.ptr + at;
    uint32_t left = pattern.size - at;
    if (left == 0)
        return (PatternPart){0};
    if (left >= 2 && part[0] == '\\' && memchr("%_\\", part[1], 3) != NULL)
        return (PatternPart){.text = {part + 1, 1}, .size = 2};
    Text character = first_character((Text){part, left});
    return (PatternPart){
        .many = *part == '%', .any = *part == '_', .text = character, .size = character.size};
}

/* LIKE of SHOW. Names are short; the pattern is tried from each place in turn. */
static bool like(Text text, Text pattern, bool nocase)
{
    uint32_t t = 0, p = 0, star_p = UINT32_MAX, star_t = 0;
    while (t < text.size) {
        Text letter = first_character((Text){text.ptr + t, text.size - t});
        PatternPart part = part_at(pattern, p);
        if (part.many) {
            star_p = p++;
            star_t = t;
        } else if (part.size > 0 && (part.any || text_equal(letter, part.text) ||
                                     (nocase && text_equal_nocase(letter, part.text)))) {
            t += letter.size;
            p += part.size;
        } else if (star_p != UINT32_MAX) {
            p = star_p + 1;
            t = star_t += first_character((Text){text.ptr + star_t, text.size - star_t}).size;
        } else {
            return false;
        }
    }
    while (p < pattern.size && pattern.ptr[p] == '%')
        p++;
    return p == pattern.size;
}

static bool passes(const Show *show, Text name)
{
    return show->filter == SHOW_FILTER_NONE ||
           like(name, show->pattern, show->filter == SHOW_FILTER_ILIKE) != show->negated;
}

/* --- SHOW --- */

static Status show_objects(const Execution *execution, const Show *show, const char *heading,
                           bool tables, bool views, bool materialized)
{
    const Catalog *catalog = execution->session->catalog;
    TRY(show_begin(execution, &heading, 1));
    for (uint32_t i = 0; i < catalog_object_count(catalog); i++) {
        const CatalogObject *object = catalog_object(catalog, i);
        bool wanted = object->kind == OBJECT_TABLE  ? tables
                      : object->kind == OBJECT_VIEW ? views
                                                    : materialized;
        if (wanted && passes(show, object->name))
            TRY(show_row(execution, &object->name, 1));
    }
    return show_end(execution);
}

/* EXTRACT, TRIM and the like have a syntax of their own, and a name only there. */
static Text function_name(const ScalarDef *def)
{
    Text name = text_of((def->flags & FN_INTERNAL) != 0 ? def->signature : def->name);
    const char *bracket = memchr(name.ptr, '(', name.size);
    return bracket == NULL ? name : (Text){name.ptr, (uint32_t)(bracket - name.ptr)};
}

static Status show_functions(const Execution *execution, const Show *show)
{
    static const char *const heading[] = {"function name", "signature", "description"};
    TRY(show_begin(execution, heading, 3));
    for (uint32_t f = 0; f < function_family_count; f++) {
        const ScalarDef *last = NULL;
        for (const ScalarDef *def = function_families[f].def; def->name != NULL; def++) {
            bool again = last != NULL && strcmp(last->name, def->name) == 0;
            last = def;
            bool hidden = (def->flags & FN_OPERATOR) != 0 ||
                          ((def->flags & FN_INTERNAL) != 0 && def->signature == NULL);
            if (again || hidden || !passes(show, function_name(def)))
                continue;
            Text cells[3] = {function_name(def),
                             text_of(def->signature == NULL ? "" : def->signature),
                             text_of(def->doc == NULL ? "" : def->doc)};
            TRY(show_row(execution, cells, 3));
        }
    }
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        for (const AggregateDef *def = aggregate_families[f]; def->name != NULL; def++) {
            if (def->signature == NULL || !passes(show, text_of(def->name)))
                continue;
            Text cells[3] = {text_of(def->name), text_of(def->signature), text_of(def->doc)};
            TRY(show_row(execution, cells, 3));
        }
    }
    return show_end(execution);
}

static Status find_object(const Execution *execution, const NameList *name, Span span,
                          const CatalogObject **out)
{
    TRY(table_check_place(name, execution->diag));
    *out = catalog_find(execution->session->catalog, name->last->text);
    if (*out == NULL)
        return table_not_found(execution->tables, name->last->text, span, execution->diag);
    return ST_OK;
}

static Status show_create(const Execution *execution, const Show *show, ObjectKind kind)
{
    Span span = show->name.last->span;
    const CatalogObject *object;
    TRY(find_object(execution, &show->name, span, &object));
    if (object->kind != kind)
        return diag_error(execution->diag, E2123, span, "\"%.*s\" is a %s", TEXT_ARG(object->name),
                          object_kind_name(object->kind));
    Text sql;
    TRY(secret_text(execution->arena, object->sql, &sql));
    return show_text(execution, "result", sql);
}

/* The columns of a table or view; a view's query is bound for them. */
static Status columns_of(const Execution *execution, const NameList *name, const TableDef **def,
                         Schema *out)
{
    Span span = name->last->span;
    TRY(table_check_place(name, execution->diag));
    TRY(table_set_find(execution->tables, name->last->text, def, execution->diag));
    if (*def == NULL)
        return table_not_found(execution->tables, name->last->text, span, execution->diag);
    *out = (*def)->schema;
    if ((*def)->kind == OBJECT_TABLE)
        return ST_OK;
    PlanRequest request = execution_request(execution);
    QueryDraft draft;
    TRY(plan_select(&request, (*def)->query, span, &draft));
    *out = draft.logical->schema;
    uint32_t i = 0;
    for (const Name *column = (*def)->columns.first; column != NULL; column = column->next)
        out->field[i++].name = column->text; /* the view gives its own names */
    return ST_OK;
}

static Status type_text(Arena *arena, const Field *field, Text *out)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    type_print_bare(&field->type, &text);
    if (field->time == TIME_ROWTIME)
        strbuf_string(&text, " *ROWTIME*");
    if (field->time == TIME_PROCTIME)
        strbuf_string(&text, " *PROCTIME*");
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&text), out);
    strbuf_close(&text);
    return status;
}

static Status scalar_text(Arena *arena, const char *prefix, const Scalar *scalar,
                          const Schema *schema, Text *out)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    strbuf_string(&text, prefix);
    scalar_print(scalar, schema, &text);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&text), out);
    strbuf_close(&text);
    return status;
}

/* PRI(a, b), as at each of the key's columns. */
static Status key_text(Arena *arena, const TableDef *def, const Schema *schema, Text *out)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    for (uint32_t k = 0; k < def->key_count; k++)
        strbuf_printf(&text, "%s%.*s", k == 0 ? "PRI(" : ", ",
                      TEXT_ARG(schema->field[def->key[k]].name));
    strbuf_string(&text, ")");
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&text), out);
    strbuf_close(&text);
    return status;
}

/* `filter`: which columns; NULL: all. */
static Status describe_columns(const Execution *execution, const NameList *name, const Show *filter)
{
    static const char *const heading[] = {"name", "type", "null", "key", "extras", "watermark"};
    const TableDef *def;
    Schema schema;
    TRY(columns_of(execution, name, &def, &schema));
    TRY(show_begin(execution, heading, 6));
    for (uint32_t i = 0; i < schema.count; i++) {
        const Field *field = &schema.field[i];
        if (filter != NULL && !passes(filter, field->name))
            continue;
        Text cells[6] = {field->name, {0}, text_of(field->type.nullable ? "TRUE" : "FALSE"),
                         {0},         {0}, {0}};
        TRY(type_text(execution->arena, field, &cells[1]));
        for (uint32_t k = 0; k < def->key_count; k++) {
            if (def->key[k] == i)
                TRY(key_text(execution->arena, def, &schema, &cells[3]));
        }
        if (def->kind == OBJECT_TABLE && def->column[i].kind == TABLE_COLUMN_COMPUTED)
            TRY(scalar_text(execution->arena, "AS ", def->column[i].computed, &schema, &cells[4]));
        if (def->kind == OBJECT_TABLE && def->column[i].kind == TABLE_COLUMN_METADATA)
            TRY(arena_printf(execution->arena, &cells[4], "METADATA FROM '%.*s'%s",
                             TEXT_ARG(def->spec.metadata_key[def->column[i].index]),
                             def->column[i].is_virtual ? " VIRTUAL" : ""));
        if (def->kind == OBJECT_TABLE && def->rowtime == (int32_t)i)
            TRY(scalar_text(execution->arena, "", def->watermark, &schema, &cells[5]));
        TRY(show_row(execution, cells, 6));
    }
    return show_end(execution);
}

static Status one_value(const Execution *execution, const Show *show, const char *heading,
                        const char *value)
{
    Text cell = text_of(value);
    TRY(show_begin(execution, &heading, 1));
    if (passes(show, cell))
        TRY(show_row(execution, &cell, 1));
    return show_end(execution);
}

Status run_show(const Execution *execution, const Show *show, Span span)
{
    switch (show->kind) {
    case SHOW_TABLES: return show_objects(execution, show, "table name", true, true, true);
    case SHOW_VIEWS: return show_objects(execution, show, "view name", false, true, false);
    case SHOW_MATERIALIZED_VIEWS:
        return show_objects(execution, show, "view name", false, false, true);
    case SHOW_MATERIALIZED_TABLES:
        return show_objects(execution, show, "table name", false, false, true);
    case SHOW_FUNCTIONS: return show_functions(execution, show);
    case SHOW_JOBS: return run_show_jobs(execution);
    case SHOW_COLUMNS: return describe_columns(execution, &show->name, show);
    case SHOW_CREATE_TABLE: return show_create(execution, show, OBJECT_TABLE);
    case SHOW_CREATE_VIEW: return show_create(execution, show, OBJECT_VIEW);
    case SHOW_CREATE_MATERIALIZED_VIEW:
    case SHOW_CREATE_MATERIALIZED_TABLE:
        return show_create(execution, show, OBJECT_MATERIALIZED_VIEW);
    case SHOW_CATALOGS: return one_value(execution, show, "catalog name", "default_catalog");
    case SHOW_CURRENT_CATALOG:
        return one_value(execution, show, "current catalog name", "default_catalog");
    case SHOW_DATABASES: return one_value(execution, show, "database name", "default_database");
    case SHOW_CURRENT_DATABASE:
        return one_value(execution, show, "current database name", "default_database");
    case SHOW_MODULES:
    case SHOW_FULL_MODULES: return one_value(execution, show, "module name", "core");
    case SHOW_USER_FUNCTIONS:
    case SHOW_PROCEDURES:
    case SHOW_JARS: {
        static const char *const heading = "name";
        TRY(show_begin(execution, &heading, 1));
        return show_end(execution);
    }
    case SHOW_PARTITIONS:
    case SHOW_CREATE_CATALOG:
    case SHOW_CREATE_DATABASE: break;
    }
    return diag_error(execution->diag, E2001, span, "this SHOW statement is not supported yet");
}

Status run_describe(const Execution *execution, const Describe *describe, Span span)
{
    if (describe->kind == DESCRIBE_TABLE)
        return describe_columns(execution, &describe->name, NULL);
    return diag_error(execution->diag, E2001, span, "this DESCRIBE statement is not supported yet");
}

/* --- SET, RESET --- */

Status run_use(const Execution *execution, const Use *use, Span span)
{
    bool catalog = use->kind == USE_CATALOG;
    if (use->kind == USE_MODULES)
        return diag_error(execution->diag, E2001, span, "modules are not supported");
    bool known = use->name.count > 0 &&
                 text_is(use->name.last->text, catalog ? "default_catalog" : "default_database");
    if (known && use->name.count == 2)
        known = !catalog && text_is(use->name.first->text, "default_catalog");
    if (known && use->name.count <= 2)
        return ST_OK;
    Status status = diag_error(
        execution->diag, E2001, span, "there is one %s, %s, and others cannot be made yet",
        catalog ? "catalog" : "database", catalog ? "default_catalog" : "default_database");
    return status;
}

/* Settings of a Flink cluster, of its planner and its client, which a script may carry along: there
 * is nothing here that they would be for, and no result hangs on them. */
static bool is_of_a_cluster(Text key)
{
    static const char *const family[] = {
        "sql-client.display.",
        "table.builtin-",
        "table.display.",
        "table.exec.async-",
        "table.exec.deduplicate.",
        "table.exec.disabled-operators",
        "table.exec.interval-join.",
        "table.exec.legacy-transformation-uids",
        "table.exec.local-hash-agg.",
        "table.exec.operator-fusion-codegen.",
        "table.exec.rank.",
        "table.exec.resource.",
        "table.exec.shuffle-mode",
        "table.exec.simplify-operator-name-enabled",
        "table.exec.sink.keyed-shuffle",
        "table.exec.sort.",
        "table.exec.spill-compression.",
        "table.exec.uid.",
        "table.exec.unbounded-over.",
        "table.exec.window-agg.",
        "table.generated-code.",
        "table.plan.",
        "table.resources.",
        "table.rtas-ctas.",
        "execution.",
        "state.",
        "restart-strategy",
        "pipeline.",
        "table.optimizer.",
        "rest.",
        "taskmanager.",
        "jobmanager.",
        "parallelism.",
        "metrics.",
        "high-availability",
        "web.",
        "yarn.",
        "kubernetes.",
        "security.",
    };
    for (size_t i = 0; i < sizeof family / sizeof family[0]; i++) {
        if (text_starts_with(key, text_of(family[i])))
            return true;
    }
    return false;
}

bool setting_is_of_a_cluster(const Setting *setting)
{
    return setting->has_key && option_find_def(&settings_scope, setting->key) == NULL &&
           is_of_a_cluster(setting->key);
}

static Status warn_of_no_effect(const Execution *execution, const Setting *setting)
{
    Diag warning = {0};
    diag_error(&warning, E2112, setting->key_span,
               "\"%.*s\" is a setting of Flink's that has no effect here", TEXT_ARG(setting->key));
    PlanRequest request = execution_request(execution);
    request.warning(request.context, &warning);
    return ST_OK;
}

Status run_set(const Execution *execution, const Setting *setting)
{
    if (setting_is_of_a_cluster(setting))
        return warn_of_no_effect(execution, setting);
    Session *session = execution->session;
    if (setting->has_key) {
        OptionEntry entry = {setting->key, setting->value, setting->key_span, setting->value_span};
        if (text_is(entry.key, "table.local-time-zone")) {
            const TimeZone *zone;
            TRY(session_time_zone((OptionList){&entry, 1}, execution->arena, &zone,
                                  execution->diag));
        }
        return settings_set(&session->settings, &entry, execution->diag);
    }
    static const char *const heading[] = {"key", "value"};
    OptionList list = settings_list(&session->settings);
    TRY(show_begin(execution, heading, 2));
    for (uint32_t i = 0; i < list.count; i++) {
        Text cells[2] = {list.item[i].key, list.item[i].value};
        TRY(show_row(execution, cells, 2));
    }
    return show_end(execution);
}

Status run_reset(const Execution *execution, const Setting *setting)
{
    Text key = setting->has_key ? setting->key : TEXT_NONE;
    if (setting->has_key && !text_starts_with(key, TEXT("var.")) &&
        option_find_def(&settings_scope, key) == NULL)
        return diag_error(execution->diag, E2112, setting->key_span, "there is no setting \"%.*s\"",
                          TEXT_ARG(key));
    settings_reset(&execution->session->settings, key);
    return ST_OK;
}
