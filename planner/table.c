#include "planner/table.h"

#include <stdlib.h>

#include "grammar/parse.h"
#include "planner/bind/bind_table.h"
#include "storage/base/vec.h"

void table_set_init(TableLookup *set, Arena *arena, Catalog *catalog)
{
    *set = (TableLookup){.arena = arena, .catalog = catalog};
    map_init(&set->defs, arena);
    map_init(&set->spoilt, arena);
}

Status table_set_put(TableLookup *set, TableDef *def)
{
    if (map_find(&set->spoilt, def->name) != NULL)
        TRY(map_put(&set->spoilt, def->name, NULL));
    return map_put(&set->defs, def->name, def);
}

Status table_set_spoil(TableLookup *set, Text name)
{
    return map_put(&set->spoilt, name, set);
}

void table_set_remove(TableLookup *set, Text name)
{
    if (map_find(&set->defs, name) != NULL)
        IGNORE(map_put(&set->defs, name, NULL)); /* replacing needs no memory */
}

/* A stored view: its query is parsed here and bound where it is used. */
static Status view_def(TableLookup *set, const Statement *statement, TableDef **out)
{
    TableDef *def;
    TRY_NEW(def, set->arena);
    def->statement = statement;
    if (statement->kind == STATEMENT_CREATE_VIEW) {
        const CreateView *create = statement->as.create_view;
        def->kind = OBJECT_VIEW;
        def->name = create->name.last->text;
        def->temporary = create->temporary;
        def->query = create->query;
        for (const ViewColumn *column = create->columns.first; column != NULL;
             column = column->next) {
            Name *name;
            TRY_NEW(name, set->arena);
            *name = column->name;
            name->next = NULL;
            if (def->columns.first == NULL)
                def->columns.first = name;
            else
                def->columns.last->next = name;
            def->columns.last = name;
            def->columns.count++;
        }
    } else {
        def->kind = OBJECT_MATERIALIZED_VIEW;
        def->name = statement->as.create_materialized->name.last->text;
        def->query = statement->as.create_materialized->query;
    }
    *out = def;
    return ST_OK;
}

Status table_def_make(TableLookup *set, const Statement *statement, TableDef **out, Diag *diag)
{
    if (statement->kind != STATEMENT_CREATE_TABLE)
        return view_def(set, statement, out);
    Binder binder = {.arena = set->arena, .diag = diag, .tables = set};
    return bind_create_table(&binder, statement, out);
}

/* What the catalog stores is the canonical text of a statement that was bound once. */
static Status load(TableLookup *set, const CatalogObject *object, TableDef **out, Diag *diag)
{
    Source *source;
    Script script;
    TRY_NEW(source, set->arena);
    source->name = object->name;
    TRY(arena_text(set->arena, object->sql, &source->text));
    TRY(parse_script(source, set->arena, &script, diag));
    if (script.statements.count != 1)
        return diag_error(diag, E4006, SPAN_NONE, "the stored definition of \"%.*s\" is damaged",
                          TEXT_ARG(object->name));
    TRY(table_def_make(set, script.statements.first, out, diag));
    (*out)->source = source;
    return table_set_put(set, *out);
}

Status table_set_find(TableLookup *set, Text name, const TableDef **out, Diag *diag)
{
    TableDef *def = map_find(&set->defs, name);
    *out = def;
    if (map_find(&set->spoilt, name) != NULL) {
        set->met_spoilt = true;
        return diag_error(diag, E2101, SPAN_NONE, "what makes \"%.*s\" is wrong", TEXT_ARG(name));
    }
    if (def != NULL || set->catalog == NULL)
        return ST_OK;
    const CatalogObject *object = catalog_find(set->catalog, name);
    if (object == NULL)
        return ST_OK;
    TRY(load(set, object, &def, diag));
    *out = def;
    return ST_OK;
}

Status table_check_place(const NameList *name, Diag *diag)
{
    static const char *const place[] = {"default_catalog", "default_database"};
    static const char *const what[] = {"catalog", "database"};
    if (name->count > 3)
        return diag_error(diag, E2101, name->first->span,
                          "a table's name has at most a catalog and a database before it");
    uint32_t at = 3 - name->count; /* the place that the first part names */
    for (const Name *part = name->first; part != name->last; part = part->next, at++) {
        if (!text_is(part->text, place[at]))
            return diag_error(diag, E2101, part->span, "there is no %s \"%.*s\", only \"%s\"",
                              what[at], TEXT_ARG(part->text), place[at]);
    }
    return ST_OK;
}

ResultSpec table_result_spec(const TableDef *table)
{
    const TableSpec *spec = &table->spec;
    return (ResultSpec){.name = table->name,
                        .schema = spec->schema,
                        .key = spec->key,
                        .key_count = spec->key_count};
}

static int compare_names(const void *a, const void *b)
{
    const Text *left = a, *right = b;
    uint32_t shorter = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->ptr, right->ptr, shorter);
    return order != 0 ? order : (left->size > right->size) - (left->size < right->size);
}

Status table_not_found(TableLookup *set, Text name, Span span, Diag *diag)
{
    VEC(Text) names = {0};
    for (uint32_t i = 0; i < set->defs.count; i++) {
        if (set->defs.item[i].value != NULL)
            TRY_PUSH(&names, set->arena, set->defs.item[i].key);
    }
    for (uint32_t i = 0; set->catalog != NULL && i < catalog_object_count(set->catalog); i++) {
        if (map_find(&set->defs, catalog_object(set->catalog, i)->name) == NULL)
            TRY_PUSH(&names, set->arena, catalog_object(set->catalog, i)->name);
    }
    if (names.count > 0) /* the order of the catalog is not that of the set */
        qsort(names.item, names.count, sizeof *names.item, compare_names);
    Status status = diag_error(diag, E2101, span, "table \"%.*s\" not found", TEXT_ARG(name));
    diag_suggest(diag, name, names.item, names.count);
    hint_names(diag, names.count == 1 ? "there is" : "there are", names.item, names.count);
    if (names.count == 0)
        diag_hint(diag, "there is none yet; CREATE TABLE declares one");
    return status;
}
