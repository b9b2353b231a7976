/* weir check: all mistakes of a script, the first one of each statement. The text is parsed twice:
 * first for its statements, as a DROP looks ahead; then, as the parser comes to each statement that
 * it cannot read, those before it are bound, so that mistakes are told in their order. */
#include "grammar/parse.h"
#include "shell/session_private.h"

typedef struct Check {
    const Execution *execution;
    Script script;         /* the statements that could be parsed */
    const Statement *next; /* to be bound */
    bool unparsed;         /* there are others */
    Submission submission;
    MistakeReport *report;
    void *context;
    Status first;   /* mistake's */
    Status stopped; /* by what is no mistake */
} Check;

static void tell(Check *check, const Diag *mistake)
{
    Diag placed = *mistake;
    placed.source = check->execution->source;
    if (check->first == ST_OK)
        check->first = error_def(mistake->code)->status;
    check->report(check->context, &placed);
}

/* --- statements that could be parsed --- */

/* The plan of the queries that the statement has added; of the job as a whole it is made when
 * nothing is wrong with any. */
static Status plan_added(const Check *check, uint32_t before)
{
    PlanRequest request = execution_request(check->execution);
    uint32_t added = check->submission.query.count - before;
    Plan *plan;
    return added == 0 ? ST_OK
                      : plan_queries(&request, check->submission.query.item + before, added, &plan);
}

/* Whether the error is of the statement itself. */
static bool is_mistake(const Check *check, const Statement *statement)
{
    if (check->execution->tables->met_spoilt)
        return false;
    /* What an unreadable statement would have made again may well be dropped. */
    return statement->kind != STATEMENT_DROP || !check->unparsed;
}

static Status bind_one(Check *check, const Statement *statement)
{
    const Execution *execution = check->execution;
    uint32_t before = check->submission.query.count;
    diag_reset(execution->diag);
    execution->tables->met_spoilt = false;
    Status status = script_bind_statement(execution, &check->submission, &check->script, statement);
    if (status == ST_OK)
        status = plan_added(check, before);
    if (status == ST_OK || status == ST_NOMEM || status == ST_CANCELLED)
        return status;
    if (is_mistake(check, statement))
        tell(check, execution->diag);
    diag_reset(execution->diag);
    const Name *created = script_created_name(statement);
    return created == NULL ? ST_OK : table_set_spoil(execution->tables, created->text);
}

/* Each INSERT of a statement set is a statement. */
static Status bind_each(Check *check, const Statement *statement)
{
    if (statement->kind != STATEMENT_STATEMENT_SET)
        return bind_one(check, statement);
    for (const Statement *s = statement->as.set->inserts.first; s != NULL; s = s->next)
        TRY(bind_one(check, s));
    return ST_OK;
}

static void bind_until(Check *check, uint32_t end)
{
    while (check->stopped == ST_OK && check->next != NULL && check->next->span.start < end) {
        check->stopped = bind_each(check, check->next);
        check->next = check->next->next;
    }
}

/* --- those that could not --- */

static void note_unparsed(void *context, Span statement, const Diag *diag)
{
    (void)statement, (void)diag;
    ((Check *)context)->unparsed = true;
}

static void take_unparsed(void *context, Span statement, const Diag *diag)
{
    Check *check = context;
    const Execution *execution = check->execution;
    Text text = execution->source->text, name = TEXT_NONE;
    bind_until(check, statement.start);
    if (check->stopped != ST_OK)
        return;
    tell(check, diag);
    text = (Text){text.ptr + statement.start, statement.end - statement.start};
    check->stopped = parse_created_name(text, execution->arena, &name);
    if (check->stopped == ST_OK && name.size > 0)
        check->stopped = table_set_spoil(execution->tables, name);
}

/* --- all --- */

static Status check_text(Check *check)
{
    const Execution *execution = check->execution;
    Script again;
    Plan *plan;
    Status status = parse_script_report(execution->source, execution->arena, note_unparsed, check,
                                        &check->script);
    if (status == ST_NOMEM)
        return status;
    check->next = check->script.statements.first;
    status = parse_script_report(execution->source, execution->arena, take_unparsed, check, &again);
    if (status == ST_NOMEM)
        return status;
    bind_until(check, UINT32_MAX);
    TRY(check->stopped);
    if (check->first != ST_OK)
        return check->first;
    return submission_plan(execution, &check->submission, &plan);
}

Status session_check_script(Session *session, const Source *script, Output *output,
                            MistakeReport *report, void *context, Diag *diag)
{
    Arena arena;
    TableLookup tables;
    Settings before;
    TRY(session_enter(session, PATIENT));
    arena_init(&arena, NULL);
    table_set_init(&tables, &arena, session->catalog);
    Execution execution = {session, output, diag, script, &arena, &tables, false};
    Check check = {.execution = &execution, .report = report, .context = context};
    submission_open(&check.submission, true);
    Status status = script_save_settings(session, &before);
    if (status == ST_OK) {
        status = check_text(&check);
        script_restore_settings(session, &before);
    }
    submission_close(&check.submission);
    session_leave(session);
    if (status != ST_OK && diag->set)
        diag->source = script;
    arena_close(&arena);
    return status;
}
