/* The dot-commands that ask the engine, read and write files or start other programs. */
#include "shell/command_actions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shell/capture.h"
#include "shell/process.h"
#include "shell/user_files.h"

/* --- asking the engine --- */

static Status run_sql(Shell *shell, Text sql)
{
    Source source = {TEXT("<shell>"), sql};
    return shell_execute(shell, &source, 0);
}

/* Runs the statement, which has no semicolon yet, and closes its buffer. */
static Status run_built(Shell *shell, StrBuf *sql)
{
    strbuf_char(sql, ';');
    Status status = strbuf_status(sql);
    if (status == ST_OK)
        status = run_sql(shell, strbuf_as_text(sql));
    strbuf_close(sql);
    return status;
}

static void put_quoted(StrBuf *out, const char *text, char quote)
{
    strbuf_char(out, quote);
    for (; *text != '\0'; text++) {
        if (*text == quote)
            strbuf_char(out, quote);
        strbuf_char(out, *text);
    }
    strbuf_char(out, quote);
}

Status command_jobs(Shell *shell, const CommandCall *call, Diag *diag)
{
    (void)call;
    (void)diag;
    return run_sql(shell, TEXT("SHOW JOBS;"));
}

Status command_why(Shell *shell, const CommandCall *call, Diag *diag)
{
    StrBuf sql;
    (void)diag;
    strbuf_init(&sql, NULL);
    strbuf_string(&sql, "EXPLAIN WHY");
    if (call->words > 0) {
        const char *word = call->word[0];
        bool number = word[0] != '\0' && word[strspn(word, "0123456789")] == '\0';
        strbuf_char(&sql, ' ');
        put_quoted(&sql, word, number ? '\'' : '`');
    }
    return run_built(shell, &sql);
}

Status command_tables(Shell *shell, const CommandCall *call, Diag *diag)
{
    StrBuf sql;
    (void)diag;
    strbuf_init(&sql, NULL);
    strbuf_string(&sql, "SHOW TABLES");
    if (call->words > 0) {
        strbuf_string(&sql, " LIKE ");
        put_quoted(&sql, call->word[0], '\'');
    }
    return run_built(shell, &sql);
}

/* The text comes a line a row. */
static void put_statement(const Capture *capture, StrBuf *out)
{
    for (uint32_t i = 0; i < capture->rows.count; i++) {
        if (i > 0)
            strbuf_char(out, '\n');
        strbuf_text(out, capture->rows.item[i][0].text);
    }
    bool ended = out->size > 0 && out->ptr[out->size - 1] == ';';
    strbuf_string(out, ended ? "\n" : ";\n");
}

static Status show_create_kind(Shell *shell, const char *kind, const char *name, StrBuf *out,
                               Diag *diag)
{
    Capture capture;
    StrBuf sql;
    strbuf_init(&sql, NULL);
    strbuf_printf(&sql, "SHOW CREATE %s ", kind);
    put_quoted(&sql, name, '`');
    strbuf_char(&sql, ';');
    capture_open(&capture);
    Status status = strbuf_status(&sql);
    if (status == ST_OK)
        status = capture_run(&capture, shell->session, strbuf_as_text(&sql), diag);
    if (status == ST_OK)
        put_statement(&capture, out);
    capture_close(&capture);
    strbuf_close(&sql);
    return status;
}

/* The CREATE statement of one object, of whichever kind it is. */
static Status show_create(Shell *shell, const char *name, StrBuf *out, Diag *diag)
{
    static const char *const kinds[] = {"TABLE", "VIEW", "MATERIALIZED VIEW"};
    Status status = ST_OK;
    for (uint32_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        diag_reset(diag);
        status = show_create_kind(shell, kinds[i], name, out, diag);
        if (status == ST_OK || diag->code != E2123) /* another kind of object: ask for that */
            break;
    }
    return status;
}

static Status show_create_all(Shell *shell, StrBuf *out, Diag *diag)
{
    Capture names;
    capture_open(&names);
    Status status = capture_run(&names, shell->session, TEXT("SHOW TABLES;"), diag);
    for (uint32_t i = 0; status == ST_OK && i < names.rows.count; i++)
        status = show_create(shell, names.rows.item[i][0].text.ptr, out, diag);
    capture_close(&names);
    return status;
}

Status command_schema(Shell *shell, const CommandCall *call, Diag *diag)
{
    StrBuf out;
    strbuf_init(&out, NULL);
    Status status = call->words > 0 ? show_create(shell, call->word[0], &out, diag)
                                    : show_create_all(shell, &out, diag);
    if (status != ST_OK)
        diag->span =
            call->words > 0 ? call->rest_span : SPAN_NONE; /* not the statement of our making */
    else
        status = display_put(&shell->display, strbuf_as_text(&out));
    strbuf_close(&out);
    return status;
}

Status command_error(Shell *shell, const CommandCall *call, Diag *diag)
{
    if (call->words == 0 && !shell->error_set)
        return diag_error(diag, E0003, SPAN_NONE, "there was no error yet");
    StrBuf out;
    strbuf_init(&out, NULL);
    Text code =
        call->words > 0 ? text_of(call->word[0]) : text_of(error_def(shell->last_error)->name);
    Status status = error_view_explain(code, call->rest_span, &out, diag);
    if (status == ST_OK)
        status = display_put(&shell->display, strbuf_as_text(&out));
    strbuf_close(&out);
    return status;
}

/* --- files --- */

static Status redirect(Shell *shell, const char *path, bool once, Diag *diag)
{
    Arena arena;
    Text expanded;
    arena_init(&arena, NULL);
    Status status = user_path_expand(&arena, text_of(path), &expanded);
    if (status == ST_OK && session_owns_file(shell->session, expanded.ptr))
        status =
            diag_error(diag, E3003, SPAN_NONE, "\"%s\" is a file of the database itself", path);
    if (status == ST_OK)
        status = display_redirect(&shell->display, expanded.ptr, once, diag);
    arena_close(&arena);
    return status;
}

Status command_once(Shell *shell, const CommandCall *call, Diag *diag)
{
    return redirect(shell, call->word[0], true, diag);
}

Status command_output(Shell *shell, const CommandCall *call, Diag *diag)
{
    bool standard = call->words == 0 || strcmp(call->word[0], "stdout") == 0;
    return redirect(shell, standard ? "" : call->word[0], false, diag);
}

Status command_read(Shell *shell, const CommandCall *call, Diag *diag)
{
    (void)diag;
    return shell_read_file(shell, text_of(call->word[0]));
}

Status command_print(Shell *shell, const CommandCall *call, Diag *diag)
{
    (void)diag;
    TRY(display_put(&shell->display, call->rest));
    return display_put(&shell->display, TEXT("\n"));
}

Status command_quit(Shell *shell, const CommandCall *call, Diag *diag)
{
    if (call->words > 0) {
        char *end;
        long code = strtol(call->word[0], &end, 10);
        if (end == call->word[0] || *end != '\0' || code < 0 || code > 255)
            return diag_error(diag, E0003, call->rest_span,
                              "an exit code is a number from 0 to 255");
        shell->exit_code = (int)code;
    }
    shell->quit = true;
    return ST_OK;
}

/* --- other programs --- */

Status command_shell(Shell *shell, const CommandCall *call, Diag *diag)
{
    int code;
    char message[64];
    TRY(process_run(call->rest.ptr, NULL, &code, diag));
    if (code != 0) {
        snprintf(message, sizeof message, "the command ended with exit code %d", code);
        error_view_note(&shell->errors, text_of(message));
    }
    return ST_OK;
}

static Status write_file(const char *path, Text text, int fd, Diag *diag)
{
    bool written = write(fd, text.ptr, text.size) == (ssize_t)text.size;
    if (written)
        return ST_OK;
    return diag_error(diag, E3003, SPAN_NONE, "cannot write \"%s\": %s", path, strerror(errno));
}

static Status edit_file(Shell *shell, const char *path, int fd, Diag *diag)
{
    const char *editor = getenv("VISUAL");
    StrBuf command;
    int code = 0;
    if (editor == NULL || editor[0] == '\0')
        editor = getenv("EDITOR");
    TRY(write_file(path, strbuf_as_text(&shell->last_statement), fd, diag));
    strbuf_init(&command, NULL);
    strbuf_printf(&command, "%s \"$1\"", editor == NULL || editor[0] == '\0' ? "vi" : editor);
    Status status = strbuf_status(&command);
    if (status == ST_OK)
        status = process_run(strbuf_cstr(&command), path, &code, diag);
    strbuf_close(&command);
    if (status == ST_OK && code != 0)
        return diag_error(diag, E3002, SPAN_NONE, "the editor ended with exit code %d", code);
    return status;
}

Status command_edit(Shell *shell, const CommandCall *call, Diag *diag)
{
    const char *directory = getenv("TMPDIR");
    char path[512];
    (void)call;
    if (!shell->interactive)
        return diag_error(diag, E0003, SPAN_NONE, "there is no terminal to edit at");
    int size =
        snprintf(path, sizeof path, "%s/weir-XXXXXX.sql", directory == NULL ? "/tmp" : directory);
    int fd = size < (int)sizeof path ? mkostemps(path, 4, O_CLOEXEC) : -1;
    if (fd < 0)
        return diag_error(diag, E3003, SPAN_NONE, "cannot make a file to edit: %s",
                          strerror(errno));
    Status status = edit_file(shell, path, fd, diag);
    close(fd);
    if (status == ST_OK)
        status = shell_read_file(shell, text_of(path));
    unlink(path);
    return status;
}
