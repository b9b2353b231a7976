#include "shell/commands.h"

#include <assert.h>

#include "shell/command_actions.h"
#include "storage/base/suggest.h"
#include "storage/base/vec.h"

static const Command command_table[] = {
    {"bail", "on|off", "stop at the first error (on, unless somebody types)", ARGUMENT_ON_OFF, 1, 1,
     command_bail},
    {"echo", "on|off", "show each statement before it runs", ARGUMENT_ON_OFF, 1, 1, command_echo},
    {"edit", "", "edit the last statement in $VISUAL or $EDITOR, then run it", ARGUMENT_NONE, 0, 0,
     command_edit},
    {"error", "[CODE]", "explain an error code, or the last error", ARGUMENT_OTHER, 0, 1,
     command_error},
    {"exit", "[CODE]", "leave, with that exit code", ARGUMENT_OTHER, 0, 1, command_quit},
    {"headers", "auto|on|off", "show column names (auto: as the mode does)", ARGUMENT_AUTO_ON_OFF,
     1, 1, command_headers},
    {"help", "[COMMAND]", "list the commands, or explain one", ARGUMENT_COMMAND, 0, 1,
     command_help},
    {"jobs", "", "list the jobs (SHOW JOBS)", ARGUMENT_NONE, 0, 0, command_jobs},
    {"maxrows", "N", "rows that a table shows on a terminal; 0: all", ARGUMENT_OTHER, 1, 1,
     command_maxrows},
    {"mode", "[MODE [TABLE]]", "choose how results are shown; auto: by kind and place",
     ARGUMENT_MODE, 0, 2, command_mode},
    {"nullvalue", "TEXT", "show NULL as TEXT, in the modes that have no NULL of their own",
     ARGUMENT_OTHER, 1, 1, command_nullvalue},
    {"once", "FILE", "send the next result to FILE", ARGUMENT_FILE, 1, 1, command_once},
    {"output", "[FILE]", "send results to FILE, or to standard output again", ARGUMENT_FILE, 0, 1,
     command_output},
    {"pager", "on|off", "show what is longer than the screen in $WEIR_PAGER or $PAGER",
     ARGUMENT_ON_OFF, 1, 1, command_pager},
    {"print", "TEXT...", "print TEXT", ARGUMENT_OTHER, 0, COMMAND_WORDS, command_print},
    {"prompt", "MAIN [CONTINUE]", "change the prompts", ARGUMENT_OTHER, 1, 2, command_prompt},
    {"quit", "", "leave; jobs stop at an epoch's end and go on when the database is opened again",
     ARGUMENT_NONE, 0, 0, command_quit},
    {"read", "FILE", "run the statements and commands of FILE", ARGUMENT_FILE, 1, 1, command_read},
    {"schema", "[NAME]", "print the CREATE statements of all tables and views, or of one",
     ARGUMENT_TABLE, 0, 1, command_schema},
    {"separator", "TEXT", "what stands between the values of mode list", ARGUMENT_OTHER, 1, 1,
     command_separator},
    {"shell", "COMMAND...", "run COMMAND in the system's shell", ARGUMENT_FILE, 1, COMMAND_WORDS,
     command_shell},
    {"show", "", "show these settings", ARGUMENT_NONE, 0, 0, command_show},
    {"tables", "[PATTERN]", "list tables and views (SHOW TABLES), those LIKE the pattern",
     ARGUMENT_TABLE, 0, 1, command_tables},
    {"timer", "on|off", "show the rows and time of each result (on, if somebody types)",
     ARGUMENT_ON_OFF, 1, 1, command_timer},
    {"why", "[JOB]",
     "say what a job waits for, by its number or a view of it; all jobs (EXPLAIN WHY)",
     ARGUMENT_TABLE, 0, 1, command_why},
    {"width", "N", "screen columns that tables keep to; 0: as many as there are", ARGUMENT_OTHER, 1,
     1, command_width},
};
enum { COMMANDS = sizeof command_table / sizeof *command_table };

uint32_t command_count(void)
{
    return COMMANDS;
}

const Command *command_get(uint32_t index)
{
    assert(index < COMMANDS);
    return &command_table[index];
}

/* --- finding --- */

static Status unknown_command(Text name, Span span, Diag *diag)
{
    Text names[COMMANDS];
    for (uint32_t i = 0; i < COMMANDS; i++)
        names[i] = text_of(command_table[i].name);
    Status status = diag_error(diag, E0003, span, "there is no command \".%.*s\"", TEXT_ARG(name));
    int32_t near = suggest_find(name, names, COMMANDS);
    if (near >= 0)
        diag_hint(diag, "did you mean \".%s\"?", command_table[near].name);
    else
        diag_hint(diag, ".help lists them");
    return status;
}

/* By name, or by a beginning that only one command has. */
static Status find_command(Text name, Span span, const Command **out, Diag *diag)
{
    const Command *found = NULL;
    for (uint32_t i = 0; i < COMMANDS; i++) {
        const Command *command = &command_table[i];
        Text full = text_of(command->name);
        if (text_equal_nocase(full, name)) {
            *out = command;
            return ST_OK;
        }
        if (name.size > 0 && name.size < full.size &&
            strncasecmp(full.ptr, name.ptr, name.size) == 0) {
            if (found != NULL)
                return diag_error(diag, E0003, span, "\".%.*s\" can be \".%s\" or \".%s\"",
                                  TEXT_ARG(name), found->name, command->name);
            found = command;
        }
    }
    if (found == NULL)
        return unknown_command(name, span, diag);
    *out = found;
    return ST_OK;
}

/* --- arguments --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static char unescape(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

/* One argument: a bare word, '...' as it is, or "..." with \n, \t, \" and the like. */
static Status next_word(Arena *arena, const Source *line, uint32_t *at, const char **out,
                        Diag *diag)
{
    Text text = line->text;
    uint32_t start = *at, i = start, size = 0;
    char quote = text.ptr[i] == '\'' || text.ptr[i] == '"' ? text.ptr[i++] : '\0';
    char *word = arena_alloc(arena, text.size - i + 1);
    if (word == NULL)
        return ST_NOMEM;
    for (; i < text.size; i++) {
        char c = text.ptr[i];
        if (quote == '\0' ? is_space(c) : c == quote)
            break;
        if (quote == '"' && c == '\\' && i + 1 < text.size)
            c = unescape(text.ptr[++i]);
        word[size++] = c;
    }
    if (quote != '\0' && i == text.size)
        return diag_error(diag, E1002, (Span){start, text.size}, "the quote is not closed");
    word[size] = '\0';
    *at = i + (quote != '\0');
    *out = word;
    return ST_OK;
}

static Status too_many(const Command *command, Span span, Diag *diag)
{
    Status status =
        diag_error(diag, E0003, span, "\".%s\" has more arguments than it takes", command->name);
    diag_hint(diag, "usage: .%s%s%s", command->name, command->arguments[0] != '\0' ? " " : "",
              command->arguments);
    return status;
}

static Status split_arguments(Arena *arena, const Source *line, CommandCall *call, Diag *diag)
{
    const Command *command = call->command;
    uint32_t at = call->rest_span.start;
    for (;;) {
        while (at < line->text.size && is_space(line->text.ptr[at]))
            at++;
        if (at == line->text.size)
            break;
        if (call->words == command->most)
            return too_many(command, (Span){at, line->text.size}, diag);
        TRY(next_word(arena, line, &at, &call->word[call->words], diag));
        call->words++;
    }
    if (call->words >= command->least)
        return ST_OK;
    Status status = diag_error(diag, E0003, (Span){0, call->rest_span.start}, "\".%s\" needs %s",
                               command->name, command->arguments);
    diag_hint(diag, "usage: .%s %s", command->name, command->arguments);
    return status;
}

/* Commands that take the rest of the line do not have it cut into words. */
static Status take_arguments(Arena *arena, const Source *line, CommandCall *call, Diag *diag)
{
    Text text = line->text;
    uint32_t at = call->rest_span.start;
    while (at < text.size && is_space(text.ptr[at]))
        at++;
    call->rest_span = (Span){at, text.size};
    TRY(arena_text(arena, (Text){text.ptr + at, text.size - at}, &call->rest));
    if (call->command->most < COMMAND_WORDS)
        return split_arguments(arena, line, call, diag);
    if (call->rest.size > 0 || call->command->least == 0)
        return ST_OK;
    return diag_error(diag, E0003, (Span){0, text.size}, "\".%s\" needs %s", call->command->name,
                      call->command->arguments);
}

static Status run_in(Arena *arena, Shell *shell, const Source *line, Diag *diag)
{
    Text text = line->text;
    uint32_t end = 1;
    assert(text.size > 0 && text.ptr[0] == '.');
    while (end < text.size && !is_space(text.ptr[end]) && text.ptr[end] != ';')
        end++;
    bool habit = end + 1 == text.size && text.ptr[end] == ';'; /* ".quit;" is meant well */
    Source taken = {line->name, {text.ptr, habit ? end : text.size}};
    CommandCall call = {.rest_span = {end, taken.text.size}};
    TRY(find_command((Text){text.ptr + 1, end - 1}, (Span){0, end}, &call.command, diag));
    TRY(take_arguments(arena, &taken, &call, diag));
    return call.command->run(shell, &call, diag);
}

Status command_run(Shell *shell, const Source *line, Diag *diag)
{
    Arena arena;
    Source trimmed = *line;
    arena_init(&arena, NULL);
    while (trimmed.text.size > 1 && is_space(trimmed.text.ptr[trimmed.text.size - 1]))
        trimmed.text.size--;
    Status status = run_in(&arena, shell, &trimmed, diag);
    if (diag->set && diag->source == NULL)
        diag->source = line;
    arena_close(&arena);
    return status;
}

/* --- help --- */

static uint32_t usage_width(const Command *command)
{
    return (uint32_t)(strlen(command->name) + strlen(command->arguments) + 2);
}

void command_print_help(StrBuf *out)
{
    enum { COLUMN = 26 };
    for (uint32_t i = 0; i < COMMANDS; i++) {
        const Command *command = &command_table[i];
        uint32_t width = usage_width(command);
        strbuf_printf(out, ".%s %s", command->name, command->arguments);
        strbuf_repeat(out, ' ', width < COLUMN ? COLUMN - width : 1);
        strbuf_printf(out, "%s\n", command->help);
    }
    strbuf_string(out, "Everything else is SQL and ends with a semicolon, or with \\G to be shown "
                       "one value a line.\n");
}

static void print_modes(StrBuf *out)
{
    for (uint32_t i = 0; i < render_mode_count(); i++) {
        const RenderMode *mode = render_mode(i);
        strbuf_printf(out, "  %-10s %s\n", mode->name, mode->help);
    }
}

void command_print_one(const Command *command, StrBuf *out)
{
    strbuf_printf(out, ".%s %s\n  %s\n", command->name, command->arguments, command->help);
    if (command->kind == ARGUMENT_MODE)
        print_modes(out);
}

void command_print_reference(StrBuf *out)
{
    strbuf_string(out, "| command | what it does |\n|---|---|\n");
    for (uint32_t i = 0; i < COMMANDS; i++) {
        const Command *command = &command_table[i];
        strbuf_printf(out, "| `.%s%s", command->name, command->arguments[0] != '\0' ? " " : "");
        for (const char *c = command->arguments; *c != '\0'; c++) /* a bar would end the cell */
            strbuf_string(out, *c == '|' ? "\\|" : (char[]){*c, '\0'});
        strbuf_printf(out, "` | %s |\n", command->help);
    }
}

Status command_help(Shell *shell, const CommandCall *call, Diag *diag)
{
    StrBuf out;
    Status status = ST_OK;
    strbuf_init(&out, NULL);
    if (call->words == 0) {
        command_print_help(&out);
    } else {
        const Command *command;
        const char *name = call->word[0];
        status = find_command(text_of(name[0] == '.' ? name + 1 : name), call->rest_span, &command,
                              diag);
        if (status == ST_OK)
            command_print_one(command, &out);
    }
    if (status == ST_OK)
        status = display_put(&shell->display, strbuf_as_text(&out));
    strbuf_close(&out);
    return status;
}
