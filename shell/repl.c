#include "shell/repl.h"

#include <stdio.h>
#include <unistd.h>

#include "grammar/parse.h"
#include "shell/complete.h"
#include "shell/line_edit.h"
#include "shell/signals.h"
#include "shell/user_files.h"

typedef struct Repl {
    Shell *shell;
    LineEdit *edit;
    ShellInput input;
    StrBuf entry; /* lines since the last whole statement, for the history */
    CompleteSource names;
} Repl;

/* What stands in the continuation prompt, as psql shows it. */
static const char *open_mark(ParseOpen open)
{
    switch (open) {
    case PARSE_OPEN_NOTHING:
    case PARSE_COMPLETE:
    case PARSE_OPEN_STATEMENT: return "-";
    case PARSE_OPEN_SET: return ";";
    case PARSE_OPEN_PAREN: return "(";
    case PARSE_OPEN_STRING: return "'";
    case PARSE_OPEN_NAME: return "`";
    case PARSE_OPEN_COMMENT: return "*";
    }
    return "-";
}

static bool is_continued(const Repl *repl)
{
    return repl->input.statement.size > 0;
}

static void make_prompt(const Repl *repl, char *out, size_t size)
{
    const Shell *shell = repl->shell;
    if (!is_continued(repl))
        snprintf(out, size, "%s", shell->prompt);
    else if (shell->prompt_more[0] != '\0')
        snprintf(out, size, "%s", shell->prompt_more);
    else
        snprintf(out, size, "   %s> ",
                 open_mark(parse_open(strbuf_as_text(&repl->input.statement))));
}

static const char *next_notice(void *context)
{
    return session_next_event(((Repl *)context)->shell->session);
}

/* The lines before this one belong to the statement as well. */
static Status find_completions(void *context, Text before, Text after, Arena *arena,
                               Completion *out)
{
    Repl *repl = context;
    Text earlier = strbuf_as_text(&repl->input.statement);
    Text whole;
    TRY(arena_printf(arena, &whole, "%.*s%.*s", TEXT_ARG(earlier), TEXT_ARG(before)));
    TRY(complete_statement(&repl->names, whole, after, arena, out));
    out->start = out->start > earlier.size ? out->start - earlier.size : 0;
    return ST_OK;
}

/* A comment alone is no statement to be continued. */
static void drop_blank_statement(Repl *repl)
{
    if (is_continued(repl) &&
        parse_open(strbuf_as_text(&repl->input.statement)) == PARSE_OPEN_NOTHING)
        shell_input_clear(&repl->input);
}

static void remember(Repl *repl, Text line)
{
    if (repl->entry.size > 0)
        strbuf_char(&repl->entry, '\n');
    strbuf_text(&repl->entry, line);
}

static void keep_entry(Repl *repl)
{
    if (is_continued(repl))
        return;
    ed_history(repl->edit, strbuf_as_text(&repl->entry));
    strbuf_clear(&repl->entry);
}

static void take_text(Repl *repl, Text text)
{
    remember(repl, text);
    while (!repl->shell->quit) {
        const char *end = memchr(text.ptr, '\n', text.size);
        uint32_t size = end == NULL ? text.size : (uint32_t)(end - text.ptr);
        Status status = shell_take_line(repl->shell, &repl->input, (Text){text.ptr, size});
        drop_blank_statement(repl);
        if (end == NULL)
            break;
        /* What was pasted behind a mistake was meant to run after its success. */
        if (status != ST_OK) {
            shell_input_clear(&repl->input);
            break;
        }
        text = (Text){end + 1, text.size - size - 1};
    }
    keep_entry(repl);
}

static void drop_half_typed(Repl *repl)
{
    shell_input_clear(&repl->input);
    strbuf_clear(&repl->entry);
}

static Status read_lines(Repl *repl)
{
    StrBuf line;
    char prompt[SHELL_PROMPT_BYTES];
    Status status = ST_OK;
    strbuf_init(&line, NULL);
    while (!repl->shell->quit && !signals_stop_requested()) {
        shell_show_events(repl->shell);
        make_prompt(repl, prompt, sizeof prompt);
        strbuf_clear(&line);
        EdResult result = ed_read(repl->edit, prompt, &line);
        if (result == ED_LINE) {
            take_text(repl, strbuf_as_text(&line));
        } else if (result == ED_INTERRUPTED) {
            drop_half_typed(repl);
        } else {
            status = result == ED_FAILED ? ST_IO : ST_OK;
            break;
        }
    }
    strbuf_close(&line);
    return status;
}

static void greet(const Shell *shell)
{
    StrBuf out;
    strbuf_init(&out, NULL);
    strbuf_printf(&out, "weir %s, %.*s (.help for help)", WEIR_VERSION,
                  TEXT_ARG(shell->db_path.size > 0 ? shell->db_path : TEXT("database in memory")));
    error_view_note(&shell->errors, strbuf_as_text(&out));
    strbuf_close(&out);
}

/* Prompts are no data, so they go with the errors; where those are sent elsewhere, to the screen.
 */
static Status open_editor(Repl *repl)
{
    Arena arena;
    Text path;
    arena_init(&arena, NULL);
    Status status = user_history_path(&arena, &path);
    bool errors_elsewhere = !isatty(STDERR_FILENO) && isatty(STDOUT_FILENO);
    int screen = errors_elsewhere ? STDOUT_FILENO : STDERR_FILENO;
    if (status == ST_OK)
        status = ed_open(&repl->edit, STDIN_FILENO, screen, path.size > 0 ? path.ptr : NULL);
    arena_close(&arena);
    return status;
}

Status repl_run(Shell *shell)
{
    Repl repl = {.shell = shell, .names = complete_session_source(shell->session)};
    TRY(open_editor(&repl));
    shell_input_open(&repl.input, TEXT("<shell>"));
    strbuf_init(&repl.entry, NULL);
    ed_complete(repl.edit, find_completions, &repl);
    ed_notify(repl.edit, next_notice, &repl);
    greet(shell);
    Status status = read_lines(&repl);
    shell_input_close(&repl.input);
    strbuf_close(&repl.entry);
    ed_close(repl.edit);
    return status;
}
