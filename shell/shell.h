/* Shell: one open session with what a terminal or a script needs around it. Lines go in, from the
 * prompt, a pipe, a file or the command line; a line that begins with a dot is a command for the
 * terminal (commands.h), the others gather until they hold a whole statement, which the session
 * runs. Errors are shown here, and the first one decides the exit code of a script. */
#ifndef WEIR_SHELL_SHELL_H
#define WEIR_SHELL_SHELL_H

#include "shell/display.h"
#include "shell/error_view.h"
#include "shell/session.h"

enum { SHELL_PROMPT_BYTES = 64, SHELL_READ_DEPTH = 16 };

typedef struct ShellConfig {
    Text db_path;     /* empty: in memory */
    bool interactive; /* somebody types at a terminal */
    bool owner;       /* to read only, while another process owns the file, is not enough */
    Shard shard;
    bool json;
    ColorChoice color;
    const RenderMode *mode; /* NULL: automatic */
} ShellConfig;

typedef struct Shell {
    Session *session;
    Text db_path;
    ErrorView errors;
    Display display;
    bool interactive;
    bool echo; /* statements are shown before they run */
    bool bail; /* the first error ends the input */
    bool quit;
    int exit_code;       /* of the first error; 0: none */
    uint32_t read_depth; /* .read inside .read */
    bool error_set;
    ErrorCode last_error;  /* for .error */
    StrBuf last_statement; /* for .edit */
    char prompt[SHELL_PROMPT_BYTES];
    char prompt_more[SHELL_PROMPT_BYTES]; /* empty: shows what is open */
} Shell;

/* What is being put together from the lines of one file or of the terminal. */
typedef struct ShellInput {
    Text name;           /* as errors show it: "<stdin>", "job.sql" */
    StrBuf statement;    /* lines since the last whole statement */
    uint32_t first_line; /* lines before `statement` in the input */
    uint32_t line_count; /* taken so far */
} ShellInput;

CHECKED Status shell_open(Shell *shell, const ShellConfig *config);
void shell_close(Shell *shell);

void shell_input_open(ShellInput *input, Text name);
void shell_input_close(ShellInput *input);
/* Forgets a half-typed statement. */
void shell_input_clear(ShellInput *input);
/* Takes one line; runs what it completes. An error has been shown when it comes back. */
CHECKED Status shell_take_line(Shell *shell, ShellInput *input, Text line);
/* The input's end: what is left is a statement without its semicolon. */
CHECKED Status shell_take_end(Shell *shell, ShellInput *input);

/* Whole inputs, to their end, to .quit, or with `bail` to the first error. */
CHECKED Status shell_read_fd(Shell *shell, int fd, Text name);
CHECKED Status shell_read_text(Shell *shell, Text text, Text name);
CHECKED Status shell_read_file(Shell *shell, Text path);

/* Runs statements and shows what they say; an error has been shown when it comes back. */
CHECKED Status shell_execute(Shell *shell, const Source *source, uint32_t line_base);
/* Shows an error and remembers it for the exit code; gives the status back. */
Status shell_report(Shell *shell, Status status, Diag *diag, uint32_t line_base);
/* Shows what happened in the background. */
void shell_show_events(Shell *shell);

#endif
