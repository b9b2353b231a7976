#include "storage/sqlite/reserved.h"

#include <string.h>

typedef struct FoundObject {
    bool exists, is_table;
    char type[8]; /* table, view, index */
} FoundObject;

static Status find_object(Db *db, Text name, FoundObject *found, Diag *diag)
{
    DbStatement *query;
    *found = (FoundObject){0};
    TRY(db_prepare(db,
                   TEXT("SELECT type FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE"
                        " AND type <> 'trigger'"),
                   &query, diag));
    Status status = db_bind_text(query, 1, name);
    if (status == ST_OK)
        status = db_step(query, &found->exists, diag);
    if (status == ST_OK && found->exists) {
        Text type = db_column_text(query, 0);
        found->is_table = text_is(type, "table");
        if (type.size < sizeof found->type)
            memcpy(found->type, type.ptr, type.size);
    }
    db_statement_close(query);
    return status;
}

static Status refuse(const Db *db, Text name, const FoundObject *found, Diag *diag)
{
    Status status = diag_error(
        diag, E4013, SPAN_NONE, "\"%.*s\" has %s %s \"%.*s\" that Weir has not made",
        TEXT_ARG(db_name(db)), found->type[0] == 'i' ? "an" : "a", found->type, TEXT_ARG(name));
    diag_hint(diag, "Weir keeps its own things under names that begin with _weir_; rename what is "
                    "there, or use another file");
    return status;
}

Status reserved_find(Db *db, Text table, Text query, bool *exists, Diag *diag)
{
    FoundObject found;
    DbStatement *probe;
    TRY(find_object(db, table, &found, diag));
    *exists = found.exists;
    if (!found.exists)
        return ST_OK;
    if (!found.is_table)
        return refuse(db, table, &found, diag);
    Diag why;
    diag_reset(&why);
    Status status = db_prepare(db, query, &probe, &why);
    if (status != ST_OK && db_statement_fault(db))
        return refuse(db, table, &found, diag);
    if (status != ST_OK) {
        if (diag != NULL)
            *diag = why;
        return status;
    }
    db_statement_close(probe);
    return ST_OK;
}

Status reserved_check_free(Db *db, const char *definitions, Diag *diag)
{
    static const char *const begin[] = {"CREATE TABLE ", "CREATE INDEX "};
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++) {
        const char *at = definitions;
        while ((at = strstr(at, begin[i])) != NULL) {
            FoundObject found;
            at += strlen(begin[i]);
            Text name = {at, (uint32_t)strcspn(at, " (")};
            TRY(find_object(db, name, &found, diag));
            if (found.exists)
                return refuse(db, name, &found, diag);
        }
    }
    return ST_OK;
}
