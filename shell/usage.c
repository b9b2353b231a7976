#include "shell/usage.h"

#include <stdio.h>

#include "grammar/parse.h"

const char *object_drop_words(ObjectKind kind)
{
    switch (kind) {
    case OBJECT_TABLE: return "TABLE";
    case OBJECT_VIEW: return "VIEW";
    case OBJECT_MATERIALIZED_VIEW: return "MATERIALIZED VIEW";
    }
    return "TABLE";
}

/* --- queries --- */

/* Called with each name that a query has for a table or view. */
typedef struct NameVisit {
    void (*name)(void *context, Text name);
    void *context;
} NameVisit;

static bool visit_table(void *context, const TableRef *ref)
{
    const NameVisit *visit = context;
    if (ref->kind == TABLE_REF_NAME)
        visit->name(visit->context, ref->as.name.name.last->text);
    return true;
}

static bool visit_argument(void *context, const Expr *expr)
{
    const NameVisit *visit = context;
    if (expr->kind == EXPR_TABLE_ARG && expr->as.table.name.count > 0)
        visit->name(visit->context, expr->as.table.name.last->text);
    return true;
}

static void visit_names(const Query *query, const NameVisit *visit)
{
    const AstVisitor visitor = {
        .table = visit_table, .expr = visit_argument, .context = (void *)(uintptr_t)visit};
    ast_walk_query(&visitor, query);
}

typedef struct Search {
    Text name;
    bool found;
} Search;

static void compare_name(void *context, Text name)
{
    Search *search = context;
    search->found = search->found || text_equal(name, search->name);
}

bool query_names(const Query *query, Text name)
{
    Search search = {.name = name};
    const NameVisit visit = {compare_name, &search};
    visit_names(query, &visit);
    return search.found;
}

/* All names that have been met, each once. */
typedef struct Names {
    Arena *arena;
    VEC(Text) name;
    Status status;
} Names;

static Status push_name(Names *names, Text name)
{
    TRY_PUSH(&names->name, names->arena, name);
    return ST_OK;
}

static void collect_name(void *context, Text name)
{
    Names *names = context;
    for (uint32_t i = 0; i < names->name.count; i++) {
        if (text_equal(names->name.item[i], name))
            return;
    }
    if (names->status == ST_OK)
        names->status = push_name(names, name);
}

Status query_depends_on(const Execution *execution, const Query *query, Text name, bool *depends)
{
    Names names = {.arena = execution->arena};
    const NameVisit visit = {collect_name, &names};
    *depends = false;
    visit_names(query, &visit);
    for (uint32_t i = 0; !*depends && i < names.name.count; i++) {
        const TableDef *def;
        *depends = text_equal(names.name.item[i], name);
        TRY(table_set_find(execution->tables, names.name.item[i], &def, execution->diag));
        if (def != NULL && def->query != NULL)
            visit_names(def->query, &visit);
    }
    return names.status;
}

/* --- refusals --- */

/* The statement that takes it away, which can be typed as it stands. */
static void hint_drop(const Execution *execution, const CatalogObject *object)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    ast_print_name(object->name, &text);
    diag_hint(execution->diag, "DROP %s %s first", object_drop_words(object->kind),
              strbuf_cstr(&text));
    strbuf_close(&text);
}

Status usage_refuse_view(const Execution *execution, const CatalogObject *view, const Name *name)
{
    char job[40] = "";
    if (view->job != 0)
        snprintf(job, sizeof job, " of job %lld", (long long)view->job);
    Status status =
        diag_error(execution->diag, E2131, name->span, "%s \"%.*s\"%s reads \"%.*s\"",
                   object_kind_name(view->kind), TEXT_ARG(view->name), job, TEXT_ARG(name->text));
    hint_drop(execution, view);
    return status;
}

static Status refuse_job(const Execution *execution, const CatalogJob *job, const Name *name,
                         const char *does)
{
    Status status = diag_error(execution->diag, E2131, name->span, "job %lld %s \"%.*s\"",
                               (long long)job->id, does, TEXT_ARG(name->text));
    diag_hint(execution->diag, "STOP JOB '%lld' first", (long long)job->id);
    return status;
}

/* The query that a statement of a job runs, where that is to be looked at. */
static const Query *query_of(const CatalogJob *job, const Statement *s)
{
    if (s->kind == STATEMENT_INSERT)
        return s->as.insert->query;
    if (job->replaces == 0)
        return NULL;
    if (s->kind == STATEMENT_CREATE_VIEW)
        return s->as.create_view->query;
    return statement_makes_view(s) ? s->as.create_materialized->query : NULL;
}

/* Somebody has changed its text, and it is none any more: nothing is built on it. */
static Status parse_job(const Execution *execution, const CatalogJob *job, Script *out)
{
    Source *source;
    Diag ignored = {0};
    TRY_NEW(source, execution->arena);
    *source = (Source){TEXT("<job>"), job->sql};
    Status status = parse_script(source, execution->arena, out, &ignored);
    if (status != ST_OK)
        *out = (Script){0};
    return status == ST_NOMEM ? status : ST_OK;
}

static bool fills(const Statement *s, Text name)
{
    return s->kind == STATEMENT_INSERT && text_equal(s->as.insert->table.last->text, name);
}

Status usage_job_fills(const Execution *execution, const CatalogJob *job, Text name, bool *does)
{
    Script script;
    *does = false;
    TRY(parse_job(execution, job, &script));
    for (const Statement *s = script.statements.first; s != NULL; s = s->next)
        *does = *does || fills(s, name);
    return ST_OK;
}

Status usage_check_job(const Execution *execution, const CatalogJob *job, const Name *name)
{
    Script script;
    TRY(parse_job(execution, job, &script));
    for (const Statement *s = script.statements.first; s != NULL; s = s->next) {
        const Query *query = query_of(job, s);
        if (fills(s, name->text))
            return refuse_job(execution, job, name, "writes into");
        bool reads = false;
        if (query != NULL)
            TRY(query_depends_on(execution, query, name->text, &reads));
        if (reads)
            return refuse_job(execution, job, name, "reads");
    }
    return ST_OK;
}
