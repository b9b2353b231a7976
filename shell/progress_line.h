/* Progress line: one line on standard error that says how far a statement or a script has come,
 * once that takes more than two seconds. It is drawn over itself and wiped before anything else is
 * written to the terminal, so nothing of it stays. Where standard error is no terminal there is
 * none. */
#ifndef WEIR_SHELL_PROGRESS_LINE_H
#define WEIR_SHELL_PROGRESS_LINE_H

#include <stdbool.h>

#include "shell/output.h"
#include "storage/base/clock.h"
#include "storage/base/strbuf.h"

enum { PROGRESS_WAIT_MS = 2000, PROGRESS_REPAINT_MS = 250 };

typedef struct ProgressMark {
    Micros at;
    uint64_t rows;
} ProgressMark;

typedef struct ProgressLine {
    int fd;
    bool enabled;
    bool shown;
    Micros started, painted;
    ProgressMark from, next; /* the rate is that since `from`, which moves on in steps */
} ProgressLine;

void progress_line_open(ProgressLine *line, int fd, bool enabled);
/* What is timed begins now. */
void progress_line_start(ProgressLine *line, Micros now);
/* Draws the line, if it is time. */
void progress_line_update(ProgressLine *line, const OutputProgress *progress, Micros now);
void progress_line_wipe(ProgressLine *line);

/* Its text. */
void progress_line_print(const OutputProgress *progress, Micros elapsed, uint64_t per_second,
                         StrBuf *out);

#endif
