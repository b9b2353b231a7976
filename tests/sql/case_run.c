#include "tests/sql/case_run.h"

#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include "tests/sql/cut_run.h"
#include "tests/sql/round_trip.h"

/* Every case begins at this time, which stands still: 2026-01-02 03:04:05.678. */
static const Micros case_time = INT64_C(1767323045678000);

/* --- open, close --- */

/* The session's thread looks at it as well. */
static Micros case_wall(Clock *clock)
{
    return __atomic_load_n(&clock->virtual_now, __ATOMIC_RELAXED);
}

static Micros case_monotonic(Clock *clock)
{
    CaseRun *run = (CaseRun *)(void *)((char *)clock - offsetof(CaseRun, clock));
    Micros step = __atomic_load_n(&run->clock_step, __ATOMIC_RELAXED);
    return __atomic_add_fetch(&clock->virtual_now, step, __ATOMIC_RELAXED);
}

/* Of a run that is cut off: the time of day stands still, and each step of a job is an epoch. */
static Micros stopped_wall(Clock *clock)
{
    (void)clock;
    return case_time;
}

static Micros running_monotonic(Clock *clock)
{
    return clock->virtual_now += 300 * MICROS_PER_MILLI;
}

static bool open_session(CaseRun *run)
{
    SessionConfig config = {
        .db_path = strbuf_as_text(&run->db_path),
        .base_path = text_of(run->workspace.path),
        .own_thread = !run->variant->cut,
        .wait_for_bounded = run->variant->cut,
        .clock = &run->clock,
        .batch_rows = run->variant->batch_rows,
    };
    Diag diag;
    diag_reset(&diag);
    if (session_open(&config, &run->session, &diag) == ST_OK)
        return true;
    run->session = NULL;
    strbuf_printf(&run->trouble, "the session cannot be opened: %s\n", diag.message);
    return false;
}

bool case_run_open(CaseRun *run, const Variant *variant)
{
    *run = (CaseRun){.variant = variant, .clock = {case_wall, case_monotonic, case_time}};
    if (variant->cut) {
        run->clock = (Clock){stopped_wall, running_monotonic, case_time, NULL};
        run->disk = disk_open();
        fault_vfs_use(run->disk);
    }
    strbuf_init(&run->settings, NULL);
    strbuf_init(&run->db_path, NULL);
    strbuf_init(&run->trouble, NULL);
    transcript_open(&run->transcript);
    if (!workspace_open(&run->workspace)) {
        run->workspace.path[0] = '\0';
        strbuf_string(&run->trouble, "no temporary directory could be made\n");
        return false;
    }
    if (variant->in_file || variant->cut)
        strbuf_printf(&run->db_path, "%s/case.db", run->workspace.path);
    return open_session(run);
}

void case_run_close(CaseRun *run)
{
    session_close(run->session);
    if (run->workspace.path[0] != '\0')
        workspace_close(&run->workspace);
    transcript_close(&run->transcript);
    strbuf_close(&run->trouble);
    strbuf_close(&run->settings);
    strbuf_close(&run->db_path);
    if (run->disk != NULL)
        fault_vfs_use(NULL);
    disk_close(run->disk);
}

/* --- helps --- */

/* Runs the statements for themselves; what they print goes to `out`. */
static Status ask(CaseRun *run, const char *sql, Transcript *out, Diag *diag)
{
    Source source = {TEXT("<test>"), text_of(sql)};
    diag_reset(diag);
    Status status = session_execute(run->session, &source, &out->output, diag);
    diag->source = NULL; /* it would outlive our stack */
    return status;
}

bool case_run_reopen(CaseRun *run)
{
    Transcript unread;
    Diag diag;
    session_close(run->session);
    if (run->disk != NULL)
        disk_settle(run->disk, LOSS_NONE, 0);
    if (!open_session(run))
        return false;
    transcript_open(&unread);
    Status status =
        run->settings.size == 0 ? ST_OK : ask(run, strbuf_cstr(&run->settings), &unread, &diag);
    transcript_close(&unread);
    return status == ST_OK;
}

static bool jobs_run(CaseRun *run)
{
    Transcript states;
    Diag diag;
    transcript_open(&states);
    Status status = ask(run, "SHOW JOBS", &states, &diag);
    Text text = strbuf_as_text(&states.text);
    bool found = status == ST_OK && (memmem(text.ptr, text.size, " | RUNNING | ", 13) != NULL ||
                                     memmem(text.ptr, text.size, " | CREATED | ", 13) != NULL);
    transcript_close(&states);
    return found;
}

enum { PATIENCE_MS = 20000 };

static void wait_for_jobs(CaseRun *run)
{
    struct timespec nap = {.tv_nsec = 1000 * 1000};
    int waited_ms = 0;
    while (waited_ms < PATIENCE_MS && jobs_run(run)) {
        nanosleep(&nap, NULL);
        waited_ms++;
    }
    if (waited_ms >= PATIENCE_MS)
        strbuf_string(&run->trouble, "a job has not ended in time\n");
    for (const char *event = session_next_event(run->session); event != NULL;
         event = session_next_event(run->session))
        strbuf_printf(&run->transcript.text, "event: %s\n", event);
}

static const char counts_sql[] =
    "SELECT view, source, read, used, filtered, late, rejected, skipped FROM _weir_counts";

/* The law of conservation: each record read is used, filtered, late, rejected or skipped. */
static void check_counts(CaseRun *run)
{
    Transcript wrong;
    Diag diag;
    transcript_open(&wrong);
    StrBuf sql;
    strbuf_init(&sql, NULL);
    strbuf_printf(&sql, "%s WHERE read <> used + filtered + late + rejected + skipped", counts_sql);
    /* A case without any job has no such table. */
    if (ask(run, strbuf_cstr(&sql), &wrong, &diag) == ST_OK && wrong.rows > 0)
        strbuf_printf(&run->trouble,
                      "the counts do not add up (view, source, read, used, filtered, late, "
                      "rejected, skipped):\n%s",
                      strbuf_cstr(&wrong.text));
    strbuf_close(&sql);
    transcript_close(&wrong);
}

/* --- blocks --- */

static void print_error(CaseRun *run, const Diag *diag)
{
    diag_print(diag, &run->transcript.text);
}

static void check_error(CaseRun *run, const Block *block, const Source *source, const Diag *diag)
{
    if (!diag->set) {
        strbuf_string(&run->trouble, "it failed without saying why\n");
        return;
    }
    char position[32] = "";
    if (diag->span.end > 0 && diag->source != NULL) {
        LineColumn at = source_locate(source, diag->span.start);
        snprintf(position, sizeof position, "%u:%u", at.line, at.column);
    }
    const char *code = error_def(diag->code)->name;
    if (!text_is(block->code, code) || !text_is(block->position, position))
        strbuf_printf(&run->trouble, "the error is %s %s, not %.*s %.*s\n", code, position,
                      TEXT_ARG(block->code), TEXT_ARG(block->position));
}

static void run_sql(CaseRun *run, const Block *block, const Source *source)
{
    Diag diag;
    Output *output = &run->transcript.output;
    diag_reset(&diag);
    run->transcript.source = source;
    bool cut = run->variant->cut && !block->fails;
    if (cut && (block->kind == BLOCK_STATEMENT || block->kind == BLOCK_SCRIPT)) {
        cut_run_block(run, block, source);
        return;
    }
    Status status = block->kind == BLOCK_SCRIPT
                        ? session_run_script(run->session, source, output, &diag)
                        : session_execute(run->session, source, output, &diag);
    wait_for_jobs(run);
    if (status != ST_OK)
        print_error(run, &diag);
    if (status != ST_OK && block->fails)
        check_error(run, block, source, &diag);
    else if (status != ST_OK)
        strbuf_string(&run->trouble, "the statement fails\n");
    else if (block->fails)
        strbuf_string(&run->trouble, "the statement does not fail\n");
    if (block->kind == BLOCK_STATEMENT && run->transcript.rows > 0)
        strbuf_string(&run->trouble, "a statement that gives rows is a query\n");
    if (block->sorted && transcript_sort(&run->transcript) != ST_OK)
        strbuf_string(&run->trouble, "out of memory\n");
}

static void run_statements(CaseRun *run, const Block *block)
{
    Source source = {TEXT("<sql>"), block->body};
    Diag ignored;
    Transcript *out = &run->transcript;
    round_trip_check(&source, &run->trouble);
    out->typed = block->typed;
    out->kinds = block->kind == BLOCK_CHANGELOG;
    out->notes = block->kind == BLOCK_QUERY || block->kind == BLOCK_CHANGELOG;
    bool notes = out->notes;
    out->notes = false;
    if (out->kinds)
        IGNORE(ask(run, "SET 'sql-client.execution.result-mode' = 'changelog'", out, &ignored));
    out->notes = notes;
    run_sql(run, block, &source);
    out->notes = false;
    if (out->kinds)
        IGNORE(ask(run, "RESET 'sql-client.execution.result-mode'", out, &ignored));
}

static void run_expect(CaseRun *run, const Block *block)
{
    StrBuf sql;
    Diag diag;
    strbuf_init(&sql, NULL);
    if (block->kind == BLOCK_TABLE)
        strbuf_printf(&sql, "SELECT * FROM \"%.*s\"", TEXT_ARG(block->name));
    if (block->kind == BLOCK_LATE)
        strbuf_printf(&sql, "SELECT operator, rowtime, watermark, line, row FROM \"%.*s$late\"",
                      TEXT_ARG(block->name));
    if (block->kind == BLOCK_ERRORS)
        strbuf_printf(&sql,
                      "SELECT source, line, code, field, message, raw FROM \"%.*s$errors\" ORDER "
                      "BY source, split, offset, field",
                      TEXT_ARG(block->name));
    if (block->kind == BLOCK_COUNTS)
        strbuf_printf(&sql, "%s ORDER BY job, view, source", counts_sql);
    if (block->order.size > 0)
        strbuf_printf(&sql, " ORDER BY %.*s", TEXT_ARG(block->order));
    Status status = ask(run, strbuf_cstr(&sql), &run->transcript, &diag);
    if (status == ST_OK && block->sorted)
        status = transcript_sort(&run->transcript);
    if (status != ST_OK)
        strbuf_printf(&run->trouble, "%s: %s\n", strbuf_cstr(&sql), diag.message);
    strbuf_close(&sql);
}

static void write_input(CaseRun *run, const Block *block)
{
    StrBuf content;
    strbuf_init(&content, NULL);
    if (!test_file_content(block, &content))
        strbuf_string(&run->trouble, "the file's text has a bad escape\n");
    else if (!workspace_write(&run->workspace, block->name, strbuf_as_text(&content)))
        strbuf_string(&run->trouble, "the file cannot be written\n");
    strbuf_close(&content);
}

void case_run_block(CaseRun *run, const Block *block)
{
    transcript_clear(&run->transcript);
    strbuf_clear(&run->trouble);
    switch (block->kind) {
    case BLOCK_FILE: write_input(run, block); return;
    case BLOCK_STATEMENT:
    case BLOCK_SCRIPT:
    case BLOCK_QUERY:
    case BLOCK_CHANGELOG:
        run_statements(run, block);
        check_counts(run);
        break;
    case BLOCK_TABLE:
    case BLOCK_LATE:
    case BLOCK_ERRORS:
    case BLOCK_COUNTS: run_expect(run, block); break;
    case BLOCK_CLOCK:
        __atomic_store_n(&run->clock_step, block->runs ? 100 * MICROS_PER_MILLI : 0,
                         __ATOMIC_RELAXED);
        return;
    }
    if (transcript_replace(&run->transcript, text_of(run->workspace.path), "{dir}") != ST_OK)
        strbuf_string(&run->trouble, "out of memory\n");
}
