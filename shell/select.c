/* Bare SELECTs, EXPLAIN, and SELECTs that SQLite answers itself. */
#include <ctype.h>

#include "grammar/parse.h"
#include "shell/fold.h"
#include "shell/foreground.h"
#include "shell/session_private.h"

/* --- printing rows of a query --- */

typedef struct SelectRun {
    const Execution *execution;
    const Plan *plan;
    const Schema *schema;
    OutputCell *cell;
    StrBuf *text;      /* one a column */
    Fold *fold;        /* NULL: rows are shown as they come */
    bool kept_current; /* the fold is shown on the way */
} SelectRun;

/* The values of 'sql-client.execution.result-mode', in the order of the settings' row. */
typedef enum ResultMode { RESULT_TABLEAU, RESULT_CHANGELOG, RESULT_TABLE } ResultMode;

static CellKind cell_kind(const Type *type)
{
    if (type_is_numeric(type))
        return CELL_NUMBER;
    if (type->id == TYPE_BOOLEAN)
        return CELL_BOOL;
    if (type_is_binary(type))
        return CELL_BYTES;
    return type_is_nested(type) ? CELL_JSON : CELL_TEXT;
}

static void fill_cell(SelectRun *run, uint32_t c, const Batch *batch, uint32_t row)
{
    const Type *type = &run->schema->field[c].type;
    if (column_is_null(&batch->column[c], row)) {
        run->cell[c] = (OutputCell){.kind = CELL_NULL};
        return;
    }
    StrBuf *text = &run->text[c];
    strbuf_clear(text);
    cell_print(type, &batch->column[c], row, text);
    size_t size = text->size;
    if (type_is_nested(type))
        cell_print_json(type, &batch->column[c], row, text);
    Text all = strbuf_as_text(text);
    run->cell[c] = (OutputCell){.kind = cell_kind(type),
                                .text = {all.ptr, (uint32_t)size},
                                .json = {all.ptr + size, all.size - (uint32_t)size}};
}

static Status collect_rows(void *context, const PlanNode *sink, const Batch *batch)
{
    (void)sink;
    SelectRun *run = context;
    Output *output = run->execution->output;
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        for (uint32_t c = 0; c < run->schema->count; c++) {
            fill_cell(run, c, batch, row);
            TRY(strbuf_status(&run->text[c]));
        }
        RowKind kind = batch_kind(batch, row);
        if (run->fold != NULL)
            TRY(fold_add(run->fold, kind, run->cell));
        else
            TRY(output->row(output, kind, run->cell));
    }
    return ST_OK;
}

static Status tell_progress(const SelectRun *run, const Job *job, Foreground *foreground)
{
    if (!foreground_is_due(foreground))
        return ST_OK;
    foreground_add(foreground, run->plan, job);
    foreground->progress.table = run->kept_current ? run->fold : NULL;
    return foreground_tell(foreground);
}

static void tell_notice(const Execution *execution, Job *job)
{
    char notice[NOTICE_SIZE];
    if (job_take_notice(job, notice))
        execution_note(execution, "the query %s", notice);
}

static Status run_to_end(const SelectRun *run, Job *job, Foreground *foreground)
{
    const Execution *execution = run->execution;
    JobProgress progress = JOB_BUSY;
    for (;;) {
        if (atomic_load(&execution->session->cancelled))
            return ST_CANCELLED;
        TRY(job_step(job, &progress, execution->diag));
        if (progress == JOB_ENDED)
            return ST_OK;
        tell_notice(execution, job);
        TRY(tell_progress(run, job, foreground));
        if (progress == JOB_WAITS) {
            if (run->fold == NULL)
                TRY(execution->output->flush(execution->output));
            session_nap(execution->session);
        }
    }
}

static Status begin_output(const Execution *execution, const Schema *schema, OutputShape shape)
{
    OutputColumn *column;
    TRY_NEW_ARRAY(column, execution->arena, schema->count);
    for (uint32_t i = 0; i < schema->count; i++) {
        const Field *field = &schema->field[i];
        StrBuf type;
        strbuf_init(&type, NULL);
        type_print_bare(&field->type, &type);
        column[i].name = field->name;
        column[i].right_align = type_is_numeric(&field->type);
        Status status = arena_text(execution->arena, strbuf_as_text(&type), &column[i].type);
        strbuf_close(&type);
        TRY(status);
    }
    return execution->output->begin(execution->output, shape, column, schema->count);
}

/* What has been folded so far is shown after a cancelled statement too, as other rows are. */
static Status show_rows(SelectRun *run, Job *job)
{
    const Execution *execution = run->execution;
    Output *output = execution->output;
    Foreground foreground;
    foreground_open(&foreground, output, execution->session->config.clock);
    Status status = foreground_end(&foreground, run_to_end(run, job, &foreground));
    if (status != ST_OK && status != ST_CANCELLED)
        return status;
    if (run->fold != NULL)
        TRY(fold_print(run->fold, output));
    TRY(output->end(output));
    return status;
}

static Status open_run(const Execution *execution, const Plan *plan, SelectRun *run)
{
    const Schema *schema = &plan->sink[0]->schema;
    *run = (SelectRun){.execution = execution, .plan = plan, .schema = schema};
    TRY_NEW_ARRAY(run->cell, execution->arena, schema->count);
    TRY_NEW_ARRAY(run->text, execution->arena, schema->count);
    for (uint32_t i = 0; i < schema->count; i++)
        strbuf_init(&run->text[i], NULL);
    return ST_OK;
}

static void close_run(SelectRun *run)
{
    for (uint32_t i = 0; i < run->schema->count; i++)
        strbuf_close(&run->text[i]);
    fold_close(run->fold);
}

/* Are rows kept, and shown as a table at the end? Else they are shown as they come. */
static Status open_fold(SelectRun *run, OutputShape *shape)
{
    const Execution *execution = run->execution;
    OptionList settings = settings_list(&execution->session->settings);
    ResultMode mode =
        (ResultMode)option_enum(&settings_scope, settings, "sql-client.execution.result-mode");
    bool updates = run->plan->sink[0]->changelog != CHANGELOG_APPEND,
         bounded = plan_is_bounded(run->plan);
    if (mode == RESULT_TABLEAU && execution->output->wants_table)
        mode = RESULT_TABLE;
    *shape = mode == RESULT_TABLE || (bounded && mode != RESULT_CHANGELOG) ? OUTPUT_RESULT
                                                                           : OUTPUT_CHANGELOG;
    if (*shape == OUTPUT_CHANGELOG || (mode == RESULT_TABLEAU && !updates))
        return ST_OK;
    FoldOptions options = {.columns = run->schema->count};
    run->kept_current = options.keep_places = mode == RESULT_TABLE;
    if (run->kept_current) {
        int64_t most =
            option_int(&settings_scope, settings, "sql-client.execution.max-table-result.rows");
        options.most = most > 0 ? (uint64_t)most : 0;
    }
    return fold_open(&options, &run->fold);
}

static void tell_rejected(const Execution *execution, const Job *job)
{
    uint64_t rejected = job_counts(job).rejected;
    const Diag *first = job_first_rejection(job);
    execution->session->rejected += rejected;
    if (rejected > 0 && first->set) /* else it is the error that ended the query */
        execution_note(execution, "%llu %s rejected; the first: %s: %s",
                       (unsigned long long)rejected, rejected == 1 ? "row was" : "rows were",
                       error_def(first->code)->name, first->message);
}

static Status start_run(SelectRun *run, Job *job)
{
    OutputShape shape;
    TRY(open_fold(run, &shape));
    TRY(job_start(job, run->execution->diag));
    return begin_output(run->execution, run->schema, shape);
}

static Status run_plan(const Execution *execution, const Plan *plan, Span span)
{
    Session *session = execution->session;
    SelectRun run;
    Job *job;
    TRY(open_run(execution, plan, &run));
    SinkTarget target = {.collect = collect_rows, .context = &run};
    JobEnv env = session_job_env(session);
    env.stop = &session->cancelled;
    TRY(session_select_open(&env, execution->arena, plan, settings_list(&session->settings),
                            &target, &job, execution->diag));
    Status status = start_run(&run, job);
    if (status != ST_OK && execution->diag->query > 0) /* it has this one */
        execution->diag->span = span;
    if (status == ST_OK) {
        /* The statement runs beside the jobs: it touches neither the catalog nor the database. */
        pthread_mutex_unlock(&session->lock);
        status = show_rows(&run, job);
        pthread_mutex_lock(&session->lock);
    }
    tell_rejected(execution, job);
    job_close(job);
    close_run(&run);
    return status;
}

Status run_select(const Execution *execution, const Query *query, Span span)
{
    PlanRequest request = execution_request(execution);
    QueryDraft draft;
    Plan *plan;
    TRY(plan_select(&request, query, span, &draft));
    TRY(plan_queries(&request, &draft, 1, &plan));
    plan_set_shard(plan, execution->session->config.shard);
    return run_plan(execution, plan, span);
}

/* --- EXPLAIN --- */

static Status add_draft(const Execution *execution, const Statement *statement,
                        QueryDraft **queries, uint32_t *count)
{
    PlanRequest request = execution_request(execution);
    QueryDraft *draft = &(*queries)[*count];
    (*count)++;
    if (statement->kind == STATEMENT_QUERY)
        return plan_select(&request, statement->as.query, statement->span, draft);
    if (statement->kind == STATEMENT_INSERT)
        return plan_insert(&request, statement->as.insert, statement->span, draft);
    if (statement->kind == STATEMENT_CREATE_MATERIALIZED_VIEW ||
        statement->kind == STATEMENT_CREATE_MATERIALIZED_TABLE)
        return plan_materialized(&request, statement, draft);
    return diag_error(execution->diag, E2123, statement->span,
                      "EXPLAIN is for queries, INSERT and CREATE MATERIALIZED VIEW");
}

Status run_explain(const Execution *execution, const Explain *explain, Span span)
{
    if (explain->mode == EXPLAIN_WHY)
        return run_explain_why(execution, explain, span);
    if (explain->mode == EXPLAIN_ANALYZE)
        return diag_error(execution->diag, E2001, span, "EXPLAIN ANALYZE is not supported yet");
    PlanRequest request = execution_request(execution);
    const Statement *statement = explain->statement;
    bool set = statement->kind == STATEMENT_STATEMENT_SET;
    uint32_t room = set ? statement->as.set->inserts.count : 1, count = 0;
    QueryDraft *queries;
    TRY_NEW_ARRAY(queries, execution->arena, room);
    for (const Statement *s = set ? statement->as.set->inserts.first : statement; s != NULL;
         s = set ? s->next : NULL)
        TRY(add_draft(execution, s, &queries, &count));
    Plan *plan;
    TRY(plan_queries(&request, queries, count, &plan));
    plan_set_shard(plan, execution->session->config.shard);
    StrBuf text;
    strbuf_init(&text, NULL);
    plan_explain(queries, count, plan, &text);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = show_text(execution, "plan", strbuf_as_text(&text));
    strbuf_close(&text);
    return status;
}

/* --- SELECT answered by SQLite --- */

static bool has_word(Text text, const char *word)
{
    uint32_t size = (uint32_t)strlen(word);
    for (uint32_t i = 0; i + size <= text.size; i++) {
        if (strncasecmp(text.ptr + i, word, size) == 0 &&
            (i == 0 || !isalnum((unsigned char)text.ptr[i - 1])) &&
            (i + size == text.size || !isalnum((unsigned char)text.ptr[i + size])))
            return true;
    }
    return false;
}

static bool starts_query(Text text)
{
    static const char *const words[] = {"SELECT", "WITH", "VALUES"};
    while (text.size > 0 && (isspace((unsigned char)text.ptr[0]) || text.ptr[0] == '('))
        text = (Text){text.ptr + 1, text.size - 1};
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t size = (uint32_t)strlen(words[i]);
        if (text.size > size && strncasecmp(text.ptr, words[i], size) == 0 &&
            !isalnum((unsigned char)text.ptr[size]))
            return true;
    }
    return false;
}

static CellKind db_cell_kind(DbType type)
{
    switch (type) {
    case DB_NULL: return CELL_NULL;
    case DB_INTEGER:
    case DB_REAL: return CELL_NUMBER;
    case DB_TEXT: return CELL_TEXT;
    case DB_BYTES: return CELL_BYTES;
    }
    return CELL_NULL;
}

/* The first row, if there is one, has been asked for: it tells what the columns hold. */
static Status begin_sqlite_rows(const Execution *execution, const DbStatement *statement,
                                uint32_t count, bool row)
{
    OutputColumn *column;
    TRY_NEW_ARRAY(column, execution->arena, count);
    for (uint32_t i = 0; i < count; i++) {
        TRY(arena_text(execution->arena, text_of(db_column_name(statement, (int)i)),
                       &column[i].name));
        DbType type = row ? db_column_type(statement, (int)i) : DB_TEXT;
        column[i].right_align = type == DB_INTEGER || type == DB_REAL;
    }
    return execution->output->begin(execution->output, OUTPUT_RESULT, column, count);
}

static Status print_sqlite_row(const Execution *execution, const DbStatement *statement,
                               OutputCell *cell, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        cell[i] = (OutputCell){.kind = db_cell_kind(db_column_type(statement, (int)i)),
                               .text = db_column_text(statement, (int)i)};
    return execution->output->row(execution->output, ROW_INSERT, cell);
}

static Status print_sqlite_rows(const Execution *execution, DbStatement *statement)
{
    Output *output = execution->output;
    uint32_t count = (uint32_t)db_column_count(statement);
    Status status = ST_OK;
    OutputCell *cell;
    bool row;
    TRY_NEW_ARRAY(cell, execution->arena, count);
    TRY(db_step(statement, &row, execution->diag));
    TRY(begin_sqlite_rows(execution, statement, count, row));
    while (status == ST_OK && row) {
        TRY(print_sqlite_row(execution, statement, cell, count));
        status = atomic_load(&execution->session->cancelled)
                     ? ST_CANCELLED
                     : db_step(statement, &row, execution->diag);
    }
    if (status == ST_OK || status == ST_CANCELLED)
        TRY(output->end(output));
    return status;
}

typedef struct TablesNamed {
    Text cte[16]; /* the first ones; a name beyond them counts as a table's */
    uint32_t ctes;
    bool any;
} TablesNamed;

static bool note_ctes(void *context, const Query *query)
{
    TablesNamed *named = context;
    for (const Cte *cte = query->ctes.first; cte != NULL && named->ctes < 16; cte = cte->next)
        named->cte[named->ctes++] = cte->name.text;
    return true;
}

static bool note_table(void *context, const TableRef *ref)
{
    TablesNamed *named = context;
    if (ref->kind != TABLE_REF_NAME)
        return true;
    bool is_cte = false;
    for (uint32_t i = 0; i < named->ctes; i++)
        is_cte = is_cte || text_equal(named->cte[i], ref->as.name.name.last->text);
    named->any = named->any || !is_cte;
    return true;
}

/* A query of ours that reads no table at all is computed here, by our rules. What only SQLite can
 * read is SQLite's. */
static Status names_tables(const Execution *execution, Text text, bool *out)
{
    Source source = {execution->source->name, text};
    Script script;
    Diag ignored;
    diag_reset(&ignored);
    *out = true;
    Status status = parse_script(&source, execution->arena, &script, &ignored);
    if (status != ST_OK)
        return status == ST_NOMEM ? status : ST_OK;
    TablesNamed named = {.ctes = 0};
    AstVisitor visitor = {.query = note_ctes, .table = note_table, .context = &named};
    for (const Statement *s = script.statements.first; s != NULL; s = s->next)
        ast_walk_statement(&visitor, s);
    *out = named.any;
    return ST_OK;
}

Status run_sqlite_select(const Execution *execution, Text text, bool *answered)
{
    bool reads;
    *answered = false;
    if (!starts_query(text) || !has_word(text, "FROM"))
        return ST_OK;
    TRY(names_tables(execution, text, &reads));
    if (!reads)
        return ST_OK;
    DbStatement *statement;
    Diag ignored;
    diag_reset(&ignored);
    if (db_prepare(execution->session->db, text, &statement, &ignored) != ST_OK)
        return ST_OK;
    Status status = ST_OK;
    if (db_is_read_only(statement)) {
        *answered = true;
        atomic_store(&execution->session->asking, true);
        status = print_sqlite_rows(execution, statement);
        atomic_store(&execution->session->asking, false);
    }
    db_statement_close(statement);
    return status;
}
