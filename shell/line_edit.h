/* Line editor: one line from the terminal, with history, completion and notices. Six functions hide
 * libedit; where the input is no terminal, or one without cursor movement, the same functions read
 * plain lines.
 *
 * Pasted text (between the marks of bracketed paste) is put into the line as it is, newlines and
 * tabs included, and runs when Enter is pressed. */
#ifndef WEIR_SHELL_LINE_EDIT_H
#define WEIR_SHELL_LINE_EDIT_H

#include "shell/complete.h"
#include "storage/base/strbuf.h"

typedef struct LineEdit LineEdit;

typedef enum EdResult {
    ED_LINE,
    ED_END,         /* Ctrl-D on an empty line, or the input's end */
    ED_INTERRUPTED, /* Ctrl-C: what was typed is dropped */
    ED_FAILED,
} EdResult;

typedef Status EdComplete(void *context, Text before, Text after, Arena *arena, Completion *out);
/* The next notice to show above the line being typed; NULL: none. */
typedef const char *EdNotify(void *context);

/* Borrows the descriptors. `history_path` may be NULL: nothing is kept. */
CHECKED Status ed_open(LineEdit **out, int in_fd, int out_fd, const char *history_path);
/* One line, or several when they were pasted or recalled, without the last newline. */
EdResult ed_read(LineEdit *ed, const char *prompt, StrBuf *line);
void ed_complete(LineEdit *ed, EdComplete *complete, void *context);
void ed_notify(LineEdit *ed, EdNotify *next, void *context);
/* Adds a whole statement, unless it is private. */
void ed_history(LineEdit *ed, Text entry);
void ed_close(LineEdit *ed);

#endif
