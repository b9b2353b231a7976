/* Both sides are canonical text, so statements are the same where their texts are. Of those that
 * are not, two make a pair that are about the same thing: a view, what is inserted into, a setting.
 */
#include "shell/difference.h"

#include <inttypes.h>

#include "shell/object_name.h"
#include "storage/base/secret.h"

typedef struct Part {
    StatementKind kind;
    Text about; /* the name or key */
    Text sql;
    bool told; /* or the same on the other side */
} Part;

typedef struct Parts {
    VEC(Part) part;
} Parts;

/* --- telling --- */

static void tell(const Execution *execution, StrBuf *text)
{
    Text note = strbuf_as_text(text);
    if (strbuf_status(text) == ST_OK && execution->output->note != NULL)
        execution->output->note(execution->output, note);
    strbuf_close(text);
}

/* job = 0: the database, of what no job keeps. */
static void tell_pair(const Execution *execution, int64_t job, Text stored, Text here)
{
    StrBuf text;
    Span secret;
    strbuf_init(&text, NULL);
    if (job == 0)
        strbuf_string(&text, "the database has: ");
    else
        strbuf_printf(&text, "job %" PRId64 " has: ", job);
    secret_print(stored, NULL, &text);
    strbuf_string(&text, "; the script: ");
    secret_print(here, NULL, &text);
    if (secret_find(stored, 0, &secret) || secret_find(here, 0, &secret))
        strbuf_string(&text, "; what is shown as " SECRET_SHOWN " may differ, too");
    tell(execution, &text);
}

/* job = 0: the script. */
static void tell_alone(const Execution *execution, int64_t job, Text sql)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    if (job == 0)
        strbuf_string(&text, "only the script has: ");
    else
        strbuf_printf(&text, "only job %" PRId64 " has: ", job);
    secret_print(sql, NULL, &text);
    tell(execution, &text);
}

/* --- the two sides --- */

static Text about(const Statement *s)
{
    if (s->kind == STATEMENT_INSERT)
        return s->as.insert->table.last->text;
    if (s->kind == STATEMENT_SET)
        return s->as.setting->key;
    return script_created_name(s) == NULL ? TEXT_NONE : script_created_name(s)->text;
}

/* Of a job's text; lives as long as the arena. */
static Status take_parts(const Execution *execution, Text sql, Parts *out)
{
    Source *source;
    Script script;
    Diag ignored = {0};
    TRY_NEW(source, execution->arena);
    source->name = TEXT("<job>");
    TRY(arena_text(execution->arena, sql, &source->text));
    Status status = parse_script(source, execution->arena, &script, &ignored);
    if (status != ST_OK) /* somebody has changed it: all of it is another thing */
        return status == ST_NOMEM ? status : ST_OK;
    for (const Statement *s = script.statements.first; s != NULL; s = s->next) {
        Part part = {s->kind, about(s),
                     (Text){source->text.ptr + s->span.start, s->span.end - s->span.start}, false};
        TRY_PUSH(&out->part, execution->arena, part);
    }
    return ST_OK;
}

/* The first of `parts` that is not told yet and is the same, or is about the same. */
static Part *find(Parts *parts, const Part *like, bool same)
{
    for (uint32_t i = 0; i < parts->part.count; i++) {
        Part *part = &parts->part.item[i];
        bool fits = same ? text_equal(part->sql, like->sql)
                         : part->kind == like->kind && text_equal(part->about, like->about);
        if (!part->told && fits)
            return part;
    }
    return NULL;
}

static void match(Parts *stored, Parts *here)
{
    for (uint32_t i = 0; i < stored->part.count; i++) {
        Part *other = find(here, &stored->part.item[i], true);
        if (other != NULL)
            other->told = stored->part.item[i].told = true;
    }
}

/* *told: there was something. */
static void tell_stored(const Execution *execution, int64_t job, Parts *stored, Parts *here,
                        bool *told)
{
    for (uint32_t i = 0; i < stored->part.count; i++) {
        Part *part = &stored->part.item[i], *other = NULL;
        if (part->told)
            continue;
        other = find(here, part, false);
        if (other == NULL)
            tell_alone(execution, job, part->sql);
        else
            tell_pair(execution, job, part->sql, other->sql);
        if (other != NULL)
            other->told = true;
        *told = part->told = true;
    }
}

/* --- all --- */

/* Tables and views; what a job keeps is told with its job. */
static Status tell_objects(const Execution *execution, const Submission *submission, bool *told)
{
    const Catalog *catalog = execution->session->catalog;
    for (uint32_t i = 0; i < submission->differing.count; i++) {
        const Statement *s = submission->differing.item[i];
        Text sql;
        if (statement_makes_view(s))
            continue;
        TRY(statement_definition(execution, s, &sql));
        tell_pair(execution, 0, catalog_find(catalog, object_name(s).name->text)->sql, sql);
        *told = true;
    }
    return ST_OK;
}

/* The job that keeps the query's view; 0: none. */
static int64_t job_of(const Execution *execution, const QueryDraft *query)
{
    const CatalogObject *view = catalog_find(execution->session->catalog, query->name);
    bool makes = query->kind == SINK_RESULT && query->table == NULL;
    return makes && view != NULL ? view->job : 0;
}

/* Of the query's own job, unless an earlier query had the same. */
static Status tell_job(const Execution *execution, const Submission *submission, uint32_t at,
                       Parts *here, bool *told)
{
    int64_t id = job_of(execution, &submission->query.item[at]);
    const CatalogJob *job = catalog_find_job(execution->session->catalog, id);
    Parts stored = {0};
    for (uint32_t i = 0; i < at; i++) {
        if (job_of(execution, &submission->query.item[i]) == id)
            return ST_OK;
    }
    if (job == NULL)
        return ST_OK;
    TRY(take_parts(execution, job->sql, &stored));
    match(&stored, here);
    tell_stored(execution, id, &stored, here, told);
    return ST_OK;
}

Status difference_tell(const Execution *execution, const Submission *submission)
{
    Parts here = {0};
    bool told = false;
    TRY(tell_objects(execution, submission, &told));
    TRY(take_parts(execution, strbuf_as_text(&submission->sql), &here));
    for (uint32_t i = 0; i < submission->query.count; i++)
        TRY(tell_job(execution, submission, i, &here, &told));
    for (uint32_t i = 0; i < here.part.count; i++) {
        if (!here.part.item[i].told)
            tell_alone(execution, 0, here.part.item[i].sql);
        told = told || !here.part.item[i].told;
    }
    if (!told)
        execution_note(execution, "the statements are the same, in another order");
    return ST_OK;
}
