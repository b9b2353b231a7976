#include "shell/invocation.h"

#include <assert.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "shell/capture.h"
#include "shell/doc.h"
#include "shell/peek.h"
#include "shell/repl.h"
#include "shell/shell.h"
#include "shell/signals.h"
#include "shell/user_files.h"

/* A stop that was asked for is no failure: SIGTERM ends with 0, SIGINT with 130. */
static int final_code(const Shell *shell)
{
    if (signals_exit_by_interrupt())
        return cli_exit_code(ST_CANCELLED, NULL);
    if (signals_stop_requested() && shell->exit_code == cli_exit_code(ST_CANCELLED, NULL))
        return 0;
    return shell->exit_code;
}

static ShellConfig shell_config(const Cli *cli, bool interactive)
{
    return (ShellConfig){.db_path = cli->db,
                         .interactive = interactive,
                         .json = cli->json,
                         .color = cli->color,
                         .mode = cli->mode};
}

/* --- weir [DB] --- */

/* The user's own init.sql is for typing: a script must not depend on who runs it. */
static Status run_init(Shell *shell, const Cli *cli)
{
    Arena arena;
    Text path = cli->init;
    Status status = ST_OK;
    arena_init(&arena, NULL);
    if (path.size == 0 && shell->interactive && !cli->no_init) {
        status = user_init_path(&arena, &path);
        if (status == ST_OK && path.size > 0 && access(path.ptr, R_OK) != 0)
            path = TEXT_NONE;
    }
    if (status == ST_OK && path.size > 0)
        status = shell_read_file(shell, path);
    arena_close(&arena);
    return status;
}

static Status run_inputs(Shell *shell, const Cli *cli)
{
    for (uint32_t i = 0; i < cli->inputs.count && !shell->quit; i++) {
        const CliInput *input = &cli->inputs.item[i];
        if (!input->is_file)
            TRY(shell_read_text(shell, input->text, TEXT("<command>")));
        else if (text_is(input->text, "-"))
            TRY(shell_read_fd(shell, STDIN_FILENO, TEXT("<stdin>")));
        else
            TRY(shell_read_file(shell, input->text));
    }
    return ST_OK;
}

static uint32_t count_running_jobs(Shell *shell)
{
    Capture jobs;
    Diag ignored = {0};
    uint32_t count = 0;
    capture_open(&jobs);
    Status status = capture_run(&jobs, shell->session, TEXT("SHOW JOBS;"), &ignored);
    int32_t column = status == ST_OK ? capture_column(&jobs, "state") : -1;
    for (uint32_t i = 0; column >= 0 && i < jobs.rows.count; i++) {
        Text state = jobs.rows.item[i][column].text;
        count += text_is(state, "RUNNING") || text_is(state, "CREATED") ||
                 text_is(state, "SUSPENDED") || text_is(state, "WAITING");
    }
    capture_close(&jobs);
    return count;
}

/* A script that starts a job and ends before it does would otherwise leave half a result in
 * silence. */
static void tell_unfinished_jobs(Shell *shell, uint32_t count)
{
    StrBuf note;
    strbuf_init(&note, NULL);
    strbuf_printf(&note, "%u %s not ended", count, count == 1 ? "job has" : "jobs have");
    if (shell->db_path.size > 0)
        strbuf_printf(&note, "; weir run --db %.*s goes on with %s", TEXT_ARG(shell->db_path),
                      count == 1 ? "it" : "them");
    error_view_note(&shell->errors, strbuf_as_text(&note));
    strbuf_close(&note);
}

static Status run_script_input(Shell *shell, const Cli *cli)
{
    uint32_t before = count_running_jobs(shell);
    Status status = cli->inputs.count > 0 ? run_inputs(shell, cli)
                                          : shell_read_fd(shell, STDIN_FILENO, TEXT("<stdin>"));
    uint32_t left = writer_is_broken_pipe(&shell->display.writer) ? 0 : count_running_jobs(shell);
    if (left > before)
        tell_unfinished_jobs(shell, left);
    return status;
}

static Status run_shell(Shell *shell, const Cli *cli)
{
    Status status = run_init(shell, cli);
    if (shell->quit || (status != ST_OK && !shell->interactive))
        return status;
    return shell->interactive ? repl_run(shell) : run_script_input(shell, cli);
}

/* The line editor asks the locale how characters are encoded. For us they are UTF-8 always, and
 * only the character type is set: numbers and messages stay as they are. Before any thread starts.
 */
static void use_utf8(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static int shell_main(const Cli *cli)
{
    Shell shell;
    bool interactive = cli->inputs.count == 0 && isatty(STDIN_FILENO);
    ShellConfig config = shell_config(cli, interactive);
    signals_install(interactive ? SIGNALS_SHELL : SIGNALS_BATCH);
    if (interactive)
        use_utf8();
    Status status = shell_open(&shell, &config);
    if (status == ST_OK)
        status = run_shell(&shell, cli);
    if (status != ST_OK && shell.exit_code == 0)
        shell.exit_code = cli_exit_code(status, NULL);
    shell_close(&shell);
    return final_code(&shell);
}

/* --- weir run --- */

/* The Diag points into the script, which therefore lives until it has been shown. */
static Status run_script(Shell *shell, Arena *arena, const Cli *cli)
{
    Source script;
    Diag diag = {0};
    Output *output = &shell->display.output;
    Status status = ST_OK;
    if (cli->argument.size > 0)
        status = user_file_read(arena, cli->argument, shell->session, &script, &diag);
    if (status != ST_OK)
        return shell_report(shell, status, &diag, 0);
    display_start_statement(&shell->display, 0);
    signals_watch(shell->session);
    status = cli->argument.size > 0 ? session_run_script(shell->session, &script, output, &diag)
                                    : session_run_jobs(shell->session, output, &diag);
    signals_watch(NULL);
    if (status != ST_OK)
        shell_report(shell, status, &diag, 0);
    display_end_statement(&shell->display);
    shell_show_events(shell);
    return status;
}

static Status check_rejected(Shell *shell, const Cli *cli)
{
    uint64_t rejected = session_rejected_count(shell->session);
    Diag diag = {0};
    if (!cli->max_rejected_set || rejected <= cli->max_rejected)
        return ST_OK;
    Status status =
        diag_error(&diag, E5012, SPAN_NONE, "%llu %s rejected; --max-rejected allows %llu",
                   (unsigned long long)rejected, rejected == 1 ? "row was" : "rows were",
                   (unsigned long long)cli->max_rejected);
    return shell_report(shell, status, &diag, 0);
}

/* What nobody else would tell: the rows that are in no view or table. */
static void tell_rejected(Shell *shell, const Cli *cli)
{
    uint64_t rejected = session_untold_rejected_count(shell->session);
    char text[160];
    if (rejected == 0)
        return;
    int size = snprintf(text, sizeof text, "%llu %s rejected; %s", (unsigned long long)rejected,
                        rejected == 1 ? "row was" : "rows were",
                        cli->db.size > 0 ? "SELECT * FROM _weir_rejected shows them"
                                         : "with --db FILE they are kept");
    shell->display.output.note(&shell->display.output, (Text){text, (uint32_t)size});
}

static int run_main(const Cli *cli)
{
    Shell shell;
    Arena arena;
    ShellConfig config = shell_config(cli, false);
    config.owner = true;
    config.shard = cli->shard;
    signals_install(SIGNALS_BATCH);
    arena_init(&arena, NULL);
    Status status = shell_open(&shell, &config);
    if (status == ST_OK && cli->init.size > 0)
        status = shell_read_file(&shell, cli->init);
    if (status == ST_OK)
        status = run_script(&shell, &arena, cli);
    if (status == ST_OK || status == ST_CANCELLED)
        tell_rejected(&shell, cli);
    if (status == ST_OK)
        status = check_rejected(&shell, cli);
    shell_close(&shell);
    arena_close(&arena);
    return final_code(&shell);
}

/* --- weir check --- */

static void show_mistake(void *shell, const Diag *mistake)
{
    Diag shown = *mistake;
    IGNORE(shell_report(shell, error_def(mistake->code)->status, &shown, 0));
}

static Status check_script(Shell *shell, Arena *arena, const Cli *cli)
{
    Source script;
    Diag diag = {0};
    Status status = user_file_read(arena, cli->argument, shell->session, &script, &diag);
    if (status == ST_OK) {
        signals_watch(shell->session);
        status = session_check_script(shell->session, &script, &shell->display.output, show_mistake,
                                      shell, &diag);
        signals_watch(NULL);
        if (status != ST_OK && !diag.set && shell->error_set)
            return status; /* it was told */
    }
    return status == ST_OK ? ST_OK : shell_report(shell, status, &diag, 0);
}

static int check_main(const Cli *cli)
{
    Shell shell;
    Arena arena;
    ShellConfig config = shell_config(cli, false);
    if (config.db_path.size > 0 && access(config.db_path.ptr, F_OK) != 0)
        config.db_path = TEXT_NONE; /* to check is not to create */
    signals_install(SIGNALS_BATCH);
    arena_init(&arena, NULL);
    Status status = shell_open(&shell, &config);
    if (status == ST_OK)
        status = check_script(&shell, &arena, cli);
    if (status == ST_OK)
        error_view_note(&shell.errors, TEXT("no mistakes found"));
    shell_close(&shell);
    arena_close(&arena);
    return final_code(&shell);
}

/* --- what only prints --- */

static int print(const StrBuf *text)
{
    Writer writer;
    Diag diag = {0};
    ErrorView errors;
    writer_open(&writer, STDOUT_FILENO);
    strbuf_text(&writer.buf, strbuf_as_text(text));
    Status status = writer_flush(&writer);
    if (status != ST_OK && !writer_is_broken_pipe(&writer)) {
        error_view_init(&errors, STDERR_FILENO, COLOR_AUTO, false);
        writer_diag(&writer, TEXT("<stdout>"), &diag);
        error_view_show(&errors, SEVERITY_ERROR, status, &diag, 0);
    }
    writer_close(&writer);
    return cli_exit_code(status, &diag);
}

static int explain_main(const Cli *cli, StrBuf *out)
{
    Diag diag = {0};
    if (cli->argument.size == 0) {
        error_view_list(out);
        return print(out);
    }
    Status status = error_view_explain(cli->argument, SPAN_NONE, out, &diag);
    return status == ST_OK ? print(out) : invocation_refuse(status, &diag, cli);
}

static int doc_main(const Cli *cli, StrBuf *out)
{
    Diag diag = {0};
    Status status =
        cli->all.size > 0 ? doc_write_all(cli->all, &diag) : doc_print(cli->argument, out, &diag);
    return status == ST_OK ? print(out) : invocation_refuse(status, &diag, cli);
}

static int peek_main(const Cli *cli, StrBuf *out)
{
    Diag diag = {0};
    ErrorView errors;
    StrBuf note;
    strbuf_init(&note, NULL);
    Status status = peek_print(cli, out, &note, &diag);
    error_view_init(&errors, STDERR_FILENO, cli->color, cli->json);
    int code = status == ST_OK ? print(out) : 0;
    if (status == ST_OK && code == 0)
        error_view_note(&errors, strbuf_as_text(&note));
    else if (status != ST_OK && (status != ST_CANCELLED || !signals_stop_requested()))
        code = invocation_refuse(status, &diag, cli);
    strbuf_close(&note);
    return code;
}

static int print_main(const Cli *cli)
{
    StrBuf out;
    int code = 0;
    strbuf_init(&out, NULL);
    signals_install(SIGNALS_BATCH);
    if (cli->action == CLI_EXPLAIN) {
        code = explain_main(cli, &out);
    } else if (cli->action == CLI_PEEK) {
        code = peek_main(cli, &out);
    } else if (cli->action == CLI_DOC) {
        code = doc_main(cli, &out);
    } else {
        if (cli->action == CLI_HELP)
            cli_print_help(&out);
        else if (cli->action == CLI_VERSION)
            cli_print_version(&out);
        else
            cli_print_reference(&out);
        code = print(&out);
    }
    strbuf_close(&out);
    return code;
}

/* --- all --- */

int invocation_refuse(Status status, const Diag *diag, const Cli *cli)
{
    ErrorView errors;
    assert(status != ST_OK);
    error_view_init(&errors, STDERR_FILENO, cli->color, cli->json);
    error_view_show(&errors, SEVERITY_ERROR, status, diag, 0);
    return cli_exit_code(status, diag);
}

int invocation_run(const Cli *cli)
{
    switch (cli->action) {
    case CLI_SHELL: return shell_main(cli);
    case CLI_RUN: return run_main(cli);
    case CLI_CHECK: return check_main(cli);
    case CLI_PEEK:
    case CLI_EXPLAIN:
    case CLI_DOC:
    case CLI_HELP:
    case CLI_VERSION:
    case CLI_REFERENCE: return print_main(cli);
    }
    assert(false);
    return 1;
}
