#include "shell/object_name.h"

ObjectName object_name(const Statement *s)
{
    if (s->kind == STATEMENT_CREATE_TABLE) {
        const CreateTable *create = s->as.create_table;
        return (ObjectName){create->name.last, &create->name, create->or_replace,
                            create->if_not_exists, OBJECT_TABLE};
    }
    if (s->kind == STATEMENT_CREATE_VIEW) {
        const CreateView *create = s->as.create_view;
        return (ObjectName){create->name.last, &create->name, create->or_replace,
                            create->if_not_exists, OBJECT_VIEW};
    }
    const CreateMaterialized *create = s->as.create_materialized;
    return (ObjectName){create->name.last, &create->name, create->or_replace || create->or_alter,
                        create->if_not_exists, OBJECT_MATERIALIZED_VIEW};
}

Status object_name_check_reserved(const Execution *execution, const ObjectName *object)
{
    const Name *name = object->name;
    if ((name->text.size >= 6 && strncasecmp(name->text.ptr, "_weir_", 6) == 0) ||
        (name->text.size >= 7 && strncasecmp(name->text.ptr, "sqlite_", 7) == 0))
        return diag_error(execution->diag, E2130, name->span,
                          "names that begin with _weir_ or sqlite_ are reserved");
    if (name->text.size == 0 || memchr(name->text.ptr, '\0', name->text.size) != NULL)
        return diag_error(execution->diag, E2130, name->span,
                          "a name is not empty and holds no zero byte");
    return ST_OK;
}

/* --- as SQLite sees them --- */

/* What an object of ours adds to its name for the views that belong to it: the first two of a
 * table, all of a materialized view. A view leaves nothing in SQLite, but its name is taken too,
 * since SQLite answers queries over the tables that it knows. */
static const char *const name_suffixes[] = {"", "$errors", "$late"};

static uint32_t suffix_count(ObjectKind kind)
{
    return kind == OBJECT_VIEW ? 1 : kind == OBJECT_TABLE ? 2 : 3;
}

/* SQLite tells names apart by letters, not by their case. */
static bool takes_name(const ObjectName *object, Text name)
{
    Text own = object->name->text;
    for (uint32_t i = 0; i < suffix_count(object->kind); i++) {
        Text suffix = text_of(name_suffixes[i]);
        bool fits = name.size == own.size + suffix.size &&
                    text_equal_nocase(own, (Text){name.ptr, own.size}) &&
                    text_equal_nocase(suffix, (Text){name.ptr + own.size, suffix.size});
        if (fits)
            return true;
    }
    return false;
}

static Status check_names_differ(const Execution *execution, const ObjectName *object, Text other,
                                 ObjectKind kind)
{
    Text name = object->name->text;
    Name other_name = {.text = other};
    ObjectName named = {.name = &other_name, .kind = kind};
    if (text_equal(name, other))
        return ST_OK;
    Status status = ST_OK;
    if (text_equal_nocase(name, other))
        status = diag_error(execution->diag, E2129, object->name->span,
                            "\"%.*s\" and \"%.*s\" are the same to SQLite", TEXT_ARG(name),
                            TEXT_ARG(other));
    else if (takes_name(&named, name) || takes_name(object, other))
        status = diag_error(execution->diag, E2129, object->name->span,
                            "\"%.*s\" and \"%.*s\" cannot both be: the shorter one has a view of "
                            "the longer one's name",
                            TEXT_ARG(name), TEXT_ARG(other));
    if (status != ST_OK)
        diag_hint(execution->diag, "give one of them another name");
    return status;
}

/* From what the script has declared before, and from what is stored. */
static Status check_other_names(const Execution *execution, const Submission *submission,
                                const ObjectName *object, bool *declared)
{
    const Catalog *catalog = execution->session->catalog;
    for (uint32_t i = 0; i < submission->object.count; i++) {
        ObjectName other = object_name(submission->object.item[i]);
        TRY(check_names_differ(execution, object, other.name->text, other.kind));
        if (!text_equal(object->name->text, other.name->text))
            continue;
        if (!object->if_not_exists)
            return diag_error(execution->diag, E2102, object->name->span,
                              "\"%.*s\" is declared twice", TEXT_ARG(object->name->text));
        *declared = true;
    }
    for (uint32_t i = 0; i < catalog_object_count(catalog); i++) {
        const CatalogObject *other = catalog_object(catalog, i);
        TRY(check_names_differ(execution, object, other->name, other->kind));
    }
    return ST_OK;
}

/* The database is the user's as well, who may have made tables and views of any name. */
static Status check_foreign_names(const Execution *execution, const ObjectName *object)
{
    Text own = object->name->text;
    for (uint32_t i = 0; i < suffix_count(object->kind); i++) {
        Text name;
        bool foreign;
        TRY(arena_printf(execution->arena, &name, "%.*s%s", TEXT_ARG(own), name_suffixes[i]));
        TRY(catalog_foreign_table_exists(execution->session->catalog, name, &foreign,
                                         execution->diag));
        if (!foreign)
            continue;
        Status status = diag_error(execution->diag, E2102, object->name->span,
                                   "the database has a table or view \"%.*s\" that is not Weir's",
                                   TEXT_ARG(name));
        diag_hint(execution->diag,
                  "give this one another name, or take the other away with sqlite3");
        return status;
    }
    return ST_OK;
}

Status object_name_check_free(const Execution *execution, const Submission *submission,
                              const ObjectName *object, bool *declared)
{
    *declared = false;
    TRY(check_other_names(execution, submission, object, declared));
    return check_foreign_names(execution, object);
}
