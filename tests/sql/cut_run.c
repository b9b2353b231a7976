#include "tests/sql/cut_run.h"

#include "grammar/parse.h"

enum {
    FIRST_COMMITS = 3,  /* the catalog's tables, the statement's own transaction, one epoch */
    RESUMED_SCRIPT = 2, /* that the job runs again, one epoch */
    RESUMED_JOBS = 1,
    PATIENCE = 8, /* a job that starts from its beginning gets as far as before, and further */
    MOST_CUTS = 20000,
};

static void arm(CaseRun *run, uint64_t commits)
{
    disk_arm(run->disk, &(DiskFault){.kind = FAULT_CRASH,
                                     .at = 1,
                                     .sticky = true,
                                     .after_commits = commits + run->attempts / PATIENCE,
                                     .seed = run->cuts});
}

/* The disk has stopped: another process finds it. false: nothing was cut off. */
static bool was_cut(CaseRun *run)
{
    if (!disk_has_crashed(run->disk))
        return false;
    run->cuts++;
    run->attempts++;
    if (!case_run_reopen(run))
        return false;
    if (run->attempts < MOST_CUTS)
        return true;
    strbuf_string(&run->trouble, "it never comes to its end\n");
    return false;
}

/* Of what is not the disk's stop. A job may fail because of its data. */
static void note_failure(CaseRun *run, Status status, const Diag *diag, bool script)
{
    if (status == ST_OK || disk_has_crashed(run->disk))
        return;
    if (script || status == ST_STATE || !diag->set)
        strbuf_printf(&run->trouble, "it cannot go on: %s\n", diag->set ? diag->message : "");
}

static void run_script(CaseRun *run, const Source *source)
{
    Diag diag;
    uint64_t commits = FIRST_COMMITS;
    do {
        diag_reset(&diag);
        transcript_clear(&run->transcript);
        arm(run, commits);
        Status status = session_run_script(run->session, source, &run->transcript.output, &diag);
        note_failure(run, status, &diag, true);
        commits = RESUMED_SCRIPT;
    } while (was_cut(run));
}

static void run_jobs(CaseRun *run)
{
    Diag diag;
    do {
        diag_reset(&diag);
        arm(run, RESUMED_JOBS);
        Status status = session_run_jobs(run->session, &run->transcript.output, &diag);
        note_failure(run, status, &diag, false);
    } while (was_cut(run));
}

static bool is_setting(Text statement)
{
    uint32_t at = 0;
    while (at < statement.size && (statement.ptr[at] == ' ' || statement.ptr[at] == '\n'))
        at++;
    Text rest = {statement.ptr + at, statement.size - at};
    return rest.size > 5 &&
           (strncasecmp(rest.ptr, "SET ", 4) == 0 || strncasecmp(rest.ptr, "RESET", 5) == 0);
}

/* One statement, the text before it blanked out. */
static void run_statement(CaseRun *run, const Source *source)
{
    Diag diag;
    bool setting = is_setting(source->text);
    diag_reset(&diag);
    if (!setting)
        arm(run, FIRST_COMMITS);
    Status status = session_execute(run->session, source, &run->transcript.output, &diag);
    if (setting && status == ST_OK) { /* what a process that begins has to be told again */
        strbuf_text(&run->settings, source->text);
        strbuf_string(&run->settings, ";\n");
    }
    if (was_cut(run))
        run_jobs(run);
}

static void run_each(CaseRun *run, const Source *source)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    for (uint32_t at = 0; at < source->text.size;) {
        Text rest = {source->text.ptr + at, source->text.size - at};
        uint32_t size = parse_statement_end(rest), whole = size > 0 ? size : rest.size;
        strbuf_clear(&text);
        for (uint32_t i = 0; i < at; i++)
            strbuf_char(&text, source->text.ptr[i] == '\n' ? '\n' : ' ');
        strbuf_put(&text, rest.ptr, size > 0 ? size - 1 : rest.size);
        Source part = {source->name, strbuf_as_text(&text)};
        run->attempts = 0;
        run_statement(run, &part);
        at += whole;
    }
    strbuf_close(&text);
}

void cut_run_block(CaseRun *run, const Block *block, const Source *source)
{
    run->attempts = 0;
    if (block->kind == BLOCK_SCRIPT)
        run_script(run, source);
    else
        run_each(run, source);
    disk_disarm(run->disk);
}
