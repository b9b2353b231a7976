#include "shell/shell.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "grammar/parse.h"
#include "shell/cli.h"
#include "shell/commands.h"
#include "shell/line_reader.h"
#include "shell/signals.h"
#include "shell/user_files.h"
#include "storage/base/limits.h"
#include "storage/base/secret.h"

/* --- life --- */

static void tell_reader(Shell *shell)
{
    char message[640];
    const char *why = session_why_reader(shell->session);
    if (why == NULL)
        return;
    snprintf(message, sizeof message, "%s; it can only be read here", why);
    error_view_note(&shell->errors, text_of(message));
}

/* One core is for the jobs, and more than a few have nothing to read. */
static uint32_t reader_threads(void)
{
    enum { MOST = 4 };
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores <= 2 ? 1 : cores > MOST ? MOST : (uint32_t)cores - 1;
}

Status shell_open(Shell *shell, const ShellConfig *config)
{
    Diag diag = {0};
    *shell = (Shell){.interactive = config->interactive,
                     .bail = !config->interactive,
                     .db_path = config->db_path};
    error_view_init(&shell->errors, STDERR_FILENO, config->color, config->json);
    display_open(&shell->display, &shell->errors, config->interactive, config->json);
    shell->display.settings.mode = config->mode;
    strbuf_init(&shell->last_statement, NULL);
    snprintf(shell->prompt, sizeof shell->prompt, "weir> ");
    SessionConfig session = {.db_path = config->db_path,
                             .allow_reader = !config->owner,
                             .own_late = !config->owner && !config->interactive,
                             .own_thread = !config->owner,
                             .continue_jobs = !config->owner && config->interactive,
                             .shard = config->shard,
                             .readers = reader_threads(),
                             .wait_for_bounded = !config->interactive};
    Status status = session_open(&session, &shell->session, &diag);
    if (status != ST_OK)
        return shell_report(shell, status, &diag, 0);
    tell_reader(shell);
    return ST_OK;
}

void shell_close(Shell *shell)
{
    if (shell->session != NULL)
        session_close(shell->session);
    display_close(&shell->display);
    strbuf_close(&shell->last_statement);
}

/* --- running and reporting --- */

Status shell_report(Shell *shell, Status status, Diag *diag, uint32_t line_base)
{
    assert(status != ST_OK);
    Writer *writer = &shell->display.writer;
    if (writer->status != ST_OK && !diag->set)
        status = writer_diag(writer, text_of(shell->display.target), diag);
    error_view_complete(status, diag);
    bool ends = !shell->interactive || shell->session == NULL || writer_is_broken_pipe(writer);
    if (ends && shell->exit_code == 0) /* what went wrong at the prompt has been seen there */
        shell->exit_code = cli_exit_code(status, diag);
    shell->last_error = diag->code;
    shell->error_set = true;
    if (writer_is_broken_pipe(writer)) {
        shell->quit = true; /* whoever read us has gone: nobody is left to tell */
        return status;
    }
    if (status == ST_CANCELLED && signals_interrupted())
        error_view_note(&shell->errors, TEXT("cancelled"));
    if (status != ST_CANCELLED)
        error_view_show(&shell->errors, SEVERITY_ERROR, status, diag, line_base);
    return status;
}

void shell_show_events(Shell *shell)
{
    const char *event;
    while ((event = session_next_event(shell->session)) != NULL)
        error_view_note(&shell->errors, text_of(event));
}

Status shell_execute(Shell *shell, const Source *source, uint32_t line_base)
{
    Diag diag = {0};
    display_start_statement(&shell->display, line_base);
    signals_watch(shell->session);
    Status status = session_execute(shell->session, source, &shell->display.output, &diag);
    signals_watch(NULL);
    if (status != ST_OK)
        status = shell_report(shell, status, &diag, line_base);
    display_end_statement(&shell->display);
    if (!shell->interactive)
        shell_show_events(shell); /* at a prompt they come before the next line */
    return status;
}

/* --- lines to statements --- */

void shell_input_open(ShellInput *input, Text name)
{
    *input = (ShellInput){.name = name};
    strbuf_init(&input->statement, NULL);
}

void shell_input_close(ShellInput *input)
{
    strbuf_close(&input->statement);
}

void shell_input_clear(ShellInput *input)
{
    strbuf_clear(&input->statement);
}

static Text trim(Text text)
{
    while (text.size > 0 && strchr(" \t\r\n\f\v", text.ptr[0]) != NULL && text.ptr[0] != '\0')
        text = (Text){text.ptr + 1, text.size - 1};
    while (text.size > 0 && strchr(" \t\r\n\f\v", text.ptr[text.size - 1]) != NULL &&
           text.ptr[text.size - 1] != '\0')
        text.size--;
    return text;
}

static void echo(Shell *shell, Text statement)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    secret_print(statement, NULL, &text);
    error_view_note(&shell->errors, strbuf_as_text(&text));
    strbuf_close(&text);
}

static Status run_input(Shell *shell, ShellInput *input)
{
    Source source = {input->name, strbuf_as_text(&input->statement)};
    if (shell->echo)
        echo(shell, trim(source.text));
    strbuf_clear(&shell->last_statement);
    strbuf_text(&shell->last_statement, source.text);
    Status status = shell_execute(shell, &source, input->first_line);
    strbuf_clear(&input->statement);
    return status;
}

/* A statement that ends in \G instead of a semicolon is shown one value a line, as in MySQL. */
static bool take_vertical_end(StrBuf *statement)
{
    Text text = trim(strbuf_as_text(statement));
    if (text.size < 2 || memcmp(text.ptr + text.size - 2, "\\G", 2) != 0)
        return false;
    char *end = statement->ptr + (text.ptr - statement->ptr) + text.size - 2;
    memcpy(end, "; ", 2);
    if (parse_open(strbuf_as_text(statement)) == PARSE_COMPLETE)
        return true;
    memcpy(end, "\\G", 2);
    return false;
}

static bool ends_statement(Text line)
{
    return line.size > 0 && (memchr(line.ptr, ';', line.size) != NULL ||
                             (line.size > 1 && memmem(line.ptr, line.size, "\\G", 2) != NULL));
}

static bool is_blank_so_far(const ShellInput *input)
{
    return input->statement.size == 0 ||
           parse_open(strbuf_as_text(&input->statement)) == PARSE_OPEN_NOTHING;
}

static Status run_command(Shell *shell, ShellInput *input, Text line)
{
    Source source = {input->name, line};
    Diag diag = {0};
    strbuf_clear(&input->statement);
    Status status = command_run(shell, &source, &diag);
    return status == ST_OK || !diag.set ? status
                                        : shell_report(shell, status, &diag, input->line_count - 1);
}

/* Most lines of a long statement have no semicolon: those need not be looked at again. */
Status shell_take_line(Shell *shell, ShellInput *input, Text line)
{
    Diag diag = {0};
    input->line_count++;
    if (trim(line).size > 0 && trim(line).ptr[0] == '.' && is_blank_so_far(input))
        return run_command(shell, input, trim(line));
    if (input->statement.size == 0)
        input->first_line = input->line_count - 1;
    strbuf_text(&input->statement, line);
    strbuf_char(&input->statement, '\n');
    if (input->statement.failed || input->statement.size > LIMIT_SCRIPT_BYTES) {
        Status status = input->statement.failed ? ST_NOMEM
                                                : diag_error(&diag, E1005, SPAN_NONE,
                                                             "the statement is larger than %d MiB",
                                                             LIMIT_SCRIPT_BYTES >> 20);
        shell_input_clear(input);
        return shell_report(shell, status, &diag, 0);
    }
    if (!ends_statement(line))
        return ST_OK;
    if (take_vertical_end(&input->statement))
        shell->display.once = render_mode_find(TEXT("line"));
    else if (parse_open(strbuf_as_text(&input->statement)) != PARSE_COMPLETE)
        return ST_OK;
    return run_input(shell, input);
}

Status shell_take_end(Shell *shell, ShellInput *input)
{
    if (is_blank_so_far(input)) {
        shell_input_clear(input);
        return ST_OK;
    }
    return run_input(shell, input);
}

/* --- whole inputs --- */

static bool must_stop(const Shell *shell, Status status)
{
    return shell->quit || signals_stop_requested() || status == ST_CANCELLED ||
           (status != ST_OK && shell->bail);
}

static Status read_failure(Shell *shell, Text name, LineResult result)
{
    Diag diag = {0};
    Status status;
    if (result == LINE_TOO_LONG)
        status = diag_error(&diag, E1005, SPAN_NONE, "a line of \"%.*s\" is larger than %d MiB",
                            TEXT_ARG(name), LIMIT_SCRIPT_BYTES >> 20);
    else
        status = diag_error(&diag, E3002, SPAN_NONE, "cannot read \"%.*s\": %s", TEXT_ARG(name),
                            strerror(errno));
    return shell_report(shell, status, &diag, 0);
}

/* The status of the first error that ended the input. */
static Status read_lines(Shell *shell, LineReader *reader, Text name)
{
    ShellInput input;
    Text line;
    Status status = ST_OK;
    shell_input_open(&input, name);
    for (;;) {
        LineResult result = line_reader_next(reader, &line);
        if (result == LINE_NOTHING) {
            status = signals_interrupted() ? ST_CANCELLED : ST_OK;
        } else if (result == LINE_READ) {
            status = shell_take_line(shell, &input, line);
        } else {
            status = result == LINE_END ? shell_take_end(shell, &input)
                                        : read_failure(shell, name, result);
            break;
        }
        if (must_stop(shell, status))
            break;
    }
    shell_input_close(&input);
    return status;
}

Status shell_read_fd(Shell *shell, int fd, Text name)
{
    LineReader reader;
    line_reader_open(&reader, fd);
    Status status = read_lines(shell, &reader, name);
    line_reader_close(&reader);
    return status;
}

Status shell_read_text(Shell *shell, Text text, Text name)
{
    LineReader reader;
    line_reader_open_text(&reader, text);
    Status status = read_lines(shell, &reader, name);
    line_reader_close(&reader);
    return status;
}

/* Inside a file the first error ends it, whatever .bail says of the terminal. */
static Status read_file(Shell *shell, Arena *arena, Text path)
{
    Source source;
    Diag diag = {0};
    Status status = user_file_read(arena, path, shell->session, &source, &diag);
    if (status != ST_OK)
        return shell_report(shell, status, &diag, 0);
    bool bail = shell->bail;
    shell->bail = bail || shell->interactive;
    shell->read_depth++;
    status = shell_read_text(shell, source.text, source.name);
    shell->read_depth--;
    shell->bail = bail;
    return status;
}

Status shell_read_file(Shell *shell, Text path)
{
    Arena arena;
    Diag diag = {0};
    if (shell->read_depth >= SHELL_READ_DEPTH)
        return shell_report(shell,
                            diag_error(&diag, E1005, SPAN_NONE,
                                       "scripts read each other more than %d deep",
                                       SHELL_READ_DEPTH),
                            &diag, 0);
    arena_init(&arena, NULL);
    Status status = read_file(shell, &arena, path);
    arena_close(&arena);
    return status;
}
