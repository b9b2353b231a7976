/* EXPLAIN WHY: what a job waits for, told of one job, of those that keep a view, or of all. */
#include "shell/session_private.h"
#include "shell/why.h"

typedef VEC(const CatalogJob *) JobList;

/* --- which jobs --- */

static bool is_number(Text text)
{
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    }
    return text.size > 0 && text.size <= 18;
}

static Status find_by_number(const Execution *execution, Text number, Span span, JobList *out)
{
    int64_t id = 0;
    for (uint32_t i = 0; is_number(number) && i < number.size; i++)
        id = id * 10 + (number.ptr[i] - '0');
    const CatalogJob *job = catalog_find_job(execution->session->catalog, id);
    if (job == NULL) {
        Status status =
            diag_error(execution->diag, E2133, span, "there is no job \"%.*s\"", TEXT_ARG(number));
        diag_hint(execution->diag, "SHOW JOBS lists them");
        return status;
    }
    TRY_PUSH(out, execution->arena, job);
    return ST_OK;
}

/* Takes in what the query has: numbers of jobs. */
static Status add_jobs(const Execution *execution, DbStatement *query, JobList *out)
{
    bool row;
    TRY(db_step(query, &row, execution->diag));
    while (row) {
        const CatalogJob *job =
            catalog_find_job(execution->session->catalog, db_column_i64(query, 0));
        if (job != NULL)
            TRY_PUSH(out, execution->arena, job);
        TRY(db_step(query, &row, execution->diag));
    }
    return ST_OK;
}

/* Those that write into the view or table. */
static Status find_by_name(const Execution *execution, const NameList *name, JobList *out)
{
    DbStatement *query;
    const Name *last = name->last;
    TRY(table_check_place(name, execution->diag));
    if (catalog_find(execution->session->catalog, last->text) == NULL)
        return table_not_found(execution->tables, last->text, last->span, execution->diag);
    if (catalog_job_count(execution->session->catalog) > 0) {
        TRY(db_prepare(execution->session->db,
                       TEXT("SELECT job FROM _weir_objects WHERE name = ?1 AND job IS NOT NULL"
                            " UNION SELECT job FROM _weir_counts WHERE view = ?1 ORDER BY job"),
                       &query, execution->diag));
        Status status = db_bind_text(query, 1, last->text);
        if (status == ST_OK)
            status = add_jobs(execution, query, out);
        db_statement_close(query);
        TRY(status);
    }
    if (out->count > 0)
        return ST_OK;
    Status status = diag_error(execution->diag, E2133, last->span, "no job writes into \"%.*s\"",
                               TEXT_ARG(last->text));
    diag_hint(execution->diag, "SHOW JOBS lists what the jobs write");
    return status;
}

static Status find_all(const Execution *execution, JobList *out)
{
    const Catalog *catalog = execution->session->catalog;
    for (uint32_t i = 0; i < catalog_job_count(catalog); i++)
        TRY_PUSH(out, execution->arena, catalog_job(catalog, i));
    return ST_OK;
}

static Status find_jobs(const Execution *execution, const Explain *explain, Span span, JobList *out)
{
    if (explain->statement != NULL) {
        Status status = diag_error(execution->diag, E2123, explain->statement->span,
                                   "EXPLAIN WHY is about a job that is there");
        diag_hint(execution->diag, "name it by a view that it keeps or by its number, as in "
                                   "EXPLAIN WHY v, EXPLAIN WHY 1; EXPLAIN WHY alone takes all");
        return status;
    }
    if (explain->is_job)
        return find_by_number(execution, explain->job, span, out);
    return explain->name.count > 0 ? find_by_name(execution, &explain->name, out)
                                   : find_all(execution, out);
}

/* --- telling --- */

static Status learn(const Execution *execution, const CatalogJob *job, Why *why)
{
    const Session *session = execution->session;
    bool owned = session->reader && db_owner_pid(session->db_path) != 0;
    const SessionJob *running = session_running_job(session, job->id);
    *why = (Why){.job = job->id,
                 .replaying = running != NULL && job_is_recovering(running->job),
                 .now = session->config.clock->wall(session->config.clock)};
    TRY(session_true_reason(session, job, owned, execution->arena, &why->state, &why->reason));
    TRY(why_read(session->db, execution->arena, why, execution->diag));
    return why_judge(why, execution->arena);
}

static Status tell_people(const Execution *execution, const JobList *jobs)
{
    StrBuf text;
    Status status = ST_OK;
    strbuf_init(&text, NULL);
    for (uint32_t i = 0; status == ST_OK && i < jobs->count; i++) {
        Why why;
        strbuf_string(&text, i == 0 ? "" : "\n");
        status = learn(execution, jobs->item[i], &why);
        if (status == ST_OK)
            why_print(&why, &text);
    }
    if (jobs->count == 0)
        strbuf_string(&text, "there is no job\n");
    if (status == ST_OK)
        status = strbuf_status(&text);
    if (status == ST_OK)
        status = show_text(execution, "why", strbuf_as_text(&text));
    strbuf_close(&text);
    return status;
}

static OutputCell cell_of(CellKind kind, Text text)
{
    return (OutputCell){.kind = text.size == 0 ? CELL_NULL : kind,
                        .text = text,
                        .json = kind == CELL_JSON ? text : TEXT_NONE};
}

typedef void PutPart(const Why *why, StrBuf *out);

static void put_job(const Why *why, StrBuf *out)
{
    strbuf_i64(out, why->job);
}

static void put_since(const Why *why, StrBuf *out)
{
    if (why->cause_since != 0)
        why_put_time(why->cause_since, true, out);
}

static Status put(const Execution *execution, const Why *why, PutPart *part, Text *out)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    part(why, &text);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(execution->arena, strbuf_as_text(&text), out);
    strbuf_close(&text);
    return status;
}

static Status tell_program(const Execution *execution, const JobList *jobs)
{
    enum { FIELDS = 10 };
    static const struct {
        const char *name, *type;
    } field[FIELDS] = {{"job", "BIGINT"},    {"name", "STRING"},  {"state", "STRING"},
                       {"cause", "STRING"},  {"says", "STRING"},  {"hint", "STRING"},
                       {"since", "STRING"},  {"waits", "STRING"}, {"input", "STRING"},
                       {"records", "STRING"}};
    OutputColumn column[FIELDS] = {0};
    for (uint32_t i = 0; i < FIELDS; i++)
        column[i] = (OutputColumn){.name = text_of(field[i].name), .type = text_of(field[i].type)};
    TRY(execution->output->begin(execution->output, OUTPUT_RESULT, column, FIELDS));
    for (uint32_t i = 0; i < jobs->count; i++) {
        Why why;
        Text number, since, waits, tables, counts;
        TRY(learn(execution, jobs->item[i], &why));
        TRY(put(execution, &why, put_job, &number));
        TRY(put(execution, &why, put_since, &since));
        TRY(put(execution, &why, why_print_waits, &waits));
        TRY(put(execution, &why, why_print_tables, &tables));
        TRY(put(execution, &why, why_print_counts, &counts));
        const OutputCell cell[FIELDS] = {cell_of(CELL_NUMBER, number),
                                         cell_of(CELL_TEXT, why.name),
                                         cell_of(CELL_TEXT, text_of(job_state_name(why.state))),
                                         cell_of(CELL_TEXT, text_of(why_cause_code(why.cause))),
                                         cell_of(CELL_TEXT, why.says),
                                         cell_of(CELL_TEXT, why.hint),
                                         cell_of(CELL_TEXT, since),
                                         cell_of(CELL_JSON, waits),
                                         cell_of(CELL_JSON, tables),
                                         cell_of(CELL_JSON, counts)};
        TRY(execution->output->row(execution->output, ROW_INSERT, cell));
    }
    return show_end(execution);
}

Status run_explain_why(const Execution *execution, const Explain *explain, Span span)
{
    JobList jobs = {0};
    TRY(find_jobs(execution, explain, span, &jobs));
    return execution->output->wants_fields ? tell_program(execution, &jobs)
                                           : tell_people(execution, &jobs);
}
