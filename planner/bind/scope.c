/* Scopes: which columns a name can mean.
 *
 * A name `a.b.c` is tried as table and column first (`a.b`, with `c` a field of it), then as a
 * column `a` with fields. The rest is about saying what was probably meant. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "planner/bind/bind_private.h"
#include "storage/base/suggest.h"

Status bind_warning(Binder *binder, ErrorCode code, Span span, const char *format, ...)
{
    Diag *warning;
    char message[sizeof warning->message];
    va_list args;
    va_start(args, format);
    int written = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    TRY_NEW(warning, binder->arena);
    (void)diag_error(warning, code, span, "%s", written < 0 ? error_def(code)->title : message);
    warning->source = binder->diag == NULL ? NULL : binder->diag->source;
    TRY_PUSH(&binder->warnings, binder->arena, warning);
    return ST_OK;
}

Status scope_add(Binder *binder, Scope *scope, Text table, Text name, Type type, TimeAttribute time,
                 uint32_t index)
{
    ScopeColumn column = {.table = table, .name = name, .type = type, .time = time, .index = index};
    TRY_PUSH(&scope->column, binder->arena, column);
    return ST_OK;
}

Status scope_add_schema(Binder *binder, Scope *scope, Text table, const Schema *schema,
                        uint32_t first)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        const Field *field = &schema->field[i];
        TRY(scope_add(binder, scope, table, field->name, field->type, field->time, first + i));
    }
    return ST_OK;
}

/* --- finding --- */

/* The columns that a (qualified) name fits. */
typedef struct Matches {
    const ScopeColumn *first;
    uint32_t count;
    bool merged; /* all of them stand for one column */
} Matches;

static Matches match_level(const Scope *scope, const Name *table, const Name *name, bool outer)
{
    Matches matches = {.merged = true};
    for (uint32_t i = 0; i < scope->column.count; i++) {
        const ScopeColumn *column = &scope->column.item[i];
        if (column->outer != outer || !text_equal(column->name, name->text))
            continue;
        if (table != NULL && !text_equal(column->table, table->text))
            continue;
        if (matches.first == NULL)
            matches.first = column;
        matches.count++;
        matches.merged = matches.merged && column->merged && table == NULL;
    }
    return matches;
}

/* `outer`: or one around it has. */
static bool scope_has_table(const Scope *scope, Text table, bool outer)
{
    for (uint32_t i = 0; i < scope->column.count; i++) {
        const ScopeColumn *column = &scope->column.item[i];
        if ((outer || !column->outer) && text_equal(column->table, table))
            return true;
    }
    return false;
}

/* A table hides one of the same name around it. */
static Matches scope_match(const Scope *scope, const Name *table, const Name *name)
{
    Matches matches = match_level(scope, table, name, false);
    bool hidden = table != NULL && scope_has_table(scope, table->text, false);
    return matches.count > 0 || hidden ? matches : match_level(scope, table, name, true);
}

/* --- errors --- */

enum { NAMES_SHOWN = 8 };

void hint_names(Diag *diag, const char *what, const Text *names, uint32_t count)
{
    StrBuf list;
    strbuf_init(&list, NULL);
    for (uint32_t i = 0; i < count && i < NAMES_SHOWN; i++)
        strbuf_printf(&list, "%s%.*s", i > 0 ? ", " : "", TEXT_ARG(names[i]));
    if (count > NAMES_SHOWN)
        strbuf_printf(&list, " and %u more", count - NAMES_SHOWN);
    if (count > 0 && strbuf_status(&list) == ST_OK)
        diag_hint(diag, "%s %s", what, strbuf_cstr(&list));
    strbuf_close(&list);
}

/* A window gives its columns behind those of its table, which may have such already. */
static void hint_window_column(Diag *diag, Text name)
{
    if (!text_is(name, "window_start") && !text_is(name, "window_end") &&
        !text_is(name, "window_time"))
        return;
    diag_hint(diag,
              "a window adds one to those of its table: leave the other out there, or rename it, "
              "as in SELECT %.*s AS inner_%.*s",
              TEXT_ARG(name), TEXT_ARG(name));
}

static Status report_ambiguous(Binder *binder, const Scope *scope, const Name *name, Span span)
{
    Status status =
        diag_error(binder->diag, E2105, span, "column \"%.*s\" is ambiguous", TEXT_ARG(name->text));
    const ScopeColumn *seen = NULL;
    for (uint32_t i = 0; i < scope->column.count; i++) {
        const ScopeColumn *column = &scope->column.item[i];
        if (!text_equal(column->name, name->text) || column->table.size == 0)
            continue;
        if (seen != NULL && !text_equal(seen->table, column->table)) {
            diag_hint(binder->diag, "write \"%.*s.%.*s\" or \"%.*s.%.*s\"", TEXT_ARG(seen->table),
                      TEXT_ARG(name->text), TEXT_ARG(column->table), TEXT_ARG(name->text));
            return status;
        }
        seen = column;
    }
    hint_window_column(binder->diag, name->text);
    diag_hint(binder->diag, "two columns have that name: give one of them another, with AS");
    return status;
}

/* The column whose name differs in letter case only, or NULL. */
static const ScopeColumn *other_case(const Scope *scope, const Name *table, const Name *name)
{
    for (uint32_t i = 0; i < scope->column.count; i++) {
        const ScopeColumn *column = &scope->column.item[i];
        if (text_equal_nocase(column->name, name->text) &&
            (table == NULL || text_equal(column->table, table->text)))
            return column;
    }
    return NULL;
}

/* The nearest column name of `table`, or of all tables when that is NULL. */
static Status suggest_column(Binder *binder, const Scope *scope, const Name *table,
                             const Name *name)
{
    const ScopeColumn *same = other_case(scope, table, name);
    if (same != NULL) {
        diag_hint(binder->diag, "did you mean \"%.*s\"? Names match case-sensitively",
                  TEXT_ARG(same->name));
        return ST_OK;
    }
    Text *names;
    uint32_t count = 0;
    TRY_NEW_ARRAY(names, binder->arena, scope->column.count);
    for (uint32_t i = 0; i < scope->column.count; i++) {
        const ScopeColumn *column = &scope->column.item[i];
        if (table == NULL || text_equal(column->table, table->text))
            names[count++] = column->name;
    }
    diag_suggest(binder->diag, name->text, names, count);
    hint_names(binder->diag, count == 1 ? "there is" : "there are", names, count);
    return ST_OK;
}

/* The path to a field of that name inside of the type, behind what `path` has already. Recursion is
 * as deep as the type is nested. */
static bool find_field(const Type *type, Text name, StrBuf *path)
{
    size_t size = path->size;
    for (uint32_t i = 0; type->id == TYPE_ROW && i < type->children; i++) {
        strbuf_printf(path, ".%.*s", TEXT_ARG(type->child[i].name));
        if (text_equal(type->child[i].name, name) || find_field(&type->child[i].type, name, path))
            return true;
        path->size = size;
    }
    return false;
}

/* Flink finds the fields of ROWs by their names alone. */
static void hint_field(Diag *diag, const Scope *scope, const Name *table, const Name *name)
{
    StrBuf path;
    strbuf_init(&path, NULL);
    for (uint32_t i = 0; i < scope->column.count; i++) {
        const ScopeColumn *column = &scope->column.item[i];
        if (table != NULL && !text_equal(column->table, table->text))
            continue;
        path.size = 0;
        strbuf_text(&path, column->name);
        if (find_field(&column->type, name->text, &path) && strbuf_status(&path) == ST_OK)
            diag_hint(diag, "a field is named with its column: %s", strbuf_cstr(&path));
    }
    strbuf_close(&path);
}

/* Names of the tables in the scope, each once. */
static Status list_tables(Binder *binder, const Scope *scope, Text **out, uint32_t *count)
{
    TRY_NEW_ARRAY(*out, binder->arena, scope->column.count);
    *count = 0;
    for (uint32_t i = 0; i < scope->column.count; i++) {
        Text table = scope->column.item[i].table;
        bool known = table.size == 0;
        for (uint32_t k = 0; k < *count && !known; k++)
            known = text_equal((*out)[k], table);
        if (!known)
            (*out)[(*count)++] = table;
    }
    return ST_OK;
}

Status hint_tables(Binder *binder, const Scope *scope, Text wrong)
{
    Text *tables;
    uint32_t count;
    TRY(list_tables(binder, scope, &tables, &count));
    diag_suggest(binder->diag, wrong, tables, count);
    hint_names(binder->diag, count == 1 ? "the table is called" : "the tables are called", tables,
               count);
    if (count == 0 && scope->column.count > 0)
        diag_hint(binder->diag,
                  "a subquery's columns have no table before them unless it has an alias");
    return ST_OK;
}

static Status report_unknown_table(Binder *binder, const Scope *scope, const Name *table,
                                   const Name *name)
{
    Status status = diag_error(binder->diag, E2104, table->span,
                               "column \"%.*s.%.*s\" not found: no table \"%.*s\" here",
                               TEXT_ARG(table->text), TEXT_ARG(name->text), TEXT_ARG(table->text));
    hint_field(binder->diag, scope, NULL, table);
    TRY(hint_tables(binder, scope, table->text));
    return status;
}

/* The table is right, the column is not: another table may have it. */
static Status report_unknown_of_table(Binder *binder, const Scope *scope, const Name *table,
                                      const Name *name, Span span)
{
    Status status = diag_error(binder->diag, E2104, span, "column \"%.*s\" not found in \"%.*s\"",
                               TEXT_ARG(name->text), TEXT_ARG(table->text));
    Matches elsewhere = scope_match(scope, NULL, name);
    if (elsewhere.count > 0 && elsewhere.first->table.size > 0)
        diag_hint(binder->diag, "table \"%.*s\" has one", TEXT_ARG(elsewhere.first->table));
    hint_field(binder->diag, scope, table, name);
    TRY(suggest_column(binder, scope, table, name));
    return status;
}

static Status report_unknown(Binder *binder, const Scope *scope, const Name *name, Span span)
{
    Status status =
        diag_error(binder->diag, E2104, span, "column \"%.*s\" not found", TEXT_ARG(name->text));
    if (function_exists(name->text))
        diag_hint(binder->diag, "did you mean \"%.*s()\"?", TEXT_ARG(name->text));
    hint_foreign_function(binder->diag, name->text);
    if (scope->column.count == 0)
        diag_hint(binder->diag, "no table stands here whose columns could be named");
    if (text_starts_with(name->text, TEXT("window_")))
        diag_hint(binder->diag, "window_start, window_end and window_time are columns of "
                                "TABLE(TUMBLE(TABLE t, DESCRIPTOR(time), size))");
    bind_hint_window(binder, name, scope->from);
    hint_field(binder->diag, scope, NULL, name);
    TRY(suggest_column(binder, scope, NULL, name));
    return status;
}

/* The first part that counts: a table's name may have its catalog and database before it, of which
 * there is one each. */
static const Name *skip_database(const NameList *name, uint32_t *skipped)
{
    const Name *first = name->first;
    *skipped = 0;
    if (name->count > 3 && text_equal(first->text, TEXT("default_catalog"))) {
        first = first->next;
        *skipped = 1;
    }
    if (name->count > 2 + *skipped && text_equal(first->text, TEXT("default_database"))) {
        *skipped += 1;
        return first->next;
    }
    *skipped = 0;
    return name->first;
}

Status scope_find(Binder *binder, const Scope *scope, const NameList *name, Span span,
                  const ScopeColumn **out, uint32_t *parts_used)
{
    assert(name->count > 0);
    uint32_t skipped;
    const Name *first = skip_database(name, &skipped), *second = first->next;
    *out = NULL;
    *parts_used = 0;
    if (second != NULL) {
        Matches qualified = scope_match(scope, first, second);
        if (qualified.count > 1)
            return report_ambiguous(binder, scope, second, span);
        if (qualified.count == 1) {
            *out = qualified.first;
            *parts_used = skipped + 2;
            return ST_OK;
        }
        if (scope_has_table(scope, first->text, true))
            return report_unknown_of_table(binder, scope, first, second, span);
    }
    Matches plain = scope_match(scope, NULL, first);
    if (plain.count > 1 && !plain.merged)
        return report_ambiguous(binder, scope, first, span);
    if (plain.count == 0 || skipped > 0)
        return second != NULL ? report_unknown_table(binder, scope, first, second)
                              : report_unknown(binder, scope, first, span);
    *out = plain.first;
    *parts_used = 1;
    return ST_OK;
}
