/* Dot-commands: what only the terminal knows. One row of the table is one command; .help,
 * completion and the reference page read the same row. A dot-command never changes a job: .tables,
 * .schema and .jobs ask the engine with SHOW statements. */
#ifndef WEIR_SHELL_COMMANDS_H
#define WEIR_SHELL_COMMANDS_H

#include "shell/shell.h"

/* What the arguments are, for completion. */
typedef enum ArgumentKind {
    ARGUMENT_NONE,
    ARGUMENT_ON_OFF,
    ARGUMENT_AUTO_ON_OFF,
    ARGUMENT_MODE,
    ARGUMENT_FILE,
    ARGUMENT_TABLE,
    ARGUMENT_COMMAND,
    ARGUMENT_OTHER,
} ArgumentKind;

enum { COMMAND_WORDS = 8 };

typedef struct Command Command;
typedef struct CommandCall {
    const Command *command;
    const char *word[COMMAND_WORDS]; /* the arguments, quotes taken off */
    uint32_t words;
    Text rest;      /* everything behind the command's name, as typed */
    Span rest_span; /* in the line */
} CommandCall;

/* An error that comes back with an empty Diag has been shown already. */
typedef Status CommandRun(Shell *shell, const CommandCall *call, Diag *diag);

struct Command {
    const char *name;      /* without the dot */
    const char *arguments; /* as help shows them */
    const char *help;      /* one line */
    ArgumentKind kind;
    uint32_t least,
        most; /* number of arguments; most = COMMAND_WORDS: the rest of the line as it is */
    CommandRun *run;
};

uint32_t command_count(void);
const Command *command_get(uint32_t index); /* in alphabetical order */

/* Runs the line, which begins with a dot. */
CHECKED Status command_run(Shell *shell, const Source *line, Diag *diag);

/* The table as text, and one command in full. */
void command_print_help(StrBuf *out);
void command_print_one(const Command *command, StrBuf *out);
/* The table as Markdown, for the reference page. */
void command_print_reference(StrBuf *out);

#endif
