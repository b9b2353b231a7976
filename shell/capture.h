/* Capture: an Output that keeps a result instead of showing it, for the shell's own questions to
 * the engine (the names for .schema, the columns for completion, the jobs still running). */
#ifndef WEIR_SHELL_CAPTURE_H
#define WEIR_SHELL_CAPTURE_H

#include "shell/output.h"
#include "shell/session.h"
#include "storage/base/vec.h"

typedef struct Capture {
    Output output; /* first: the session is given its address */
    Arena arena;
    uint32_t columns;
    const OutputColumn *column;
    VEC(const OutputCell *) rows; /* texts in the arena, with a NUL behind them */
} Capture;

void capture_open(Capture *capture);
void capture_close(Capture *capture);

/* Runs one statement and keeps its rows. */
CHECKED Status capture_run(Capture *capture, Session *session, Text sql, Diag *diag);

/* Index of the column of that name, letter case ignored; -1: none. */
int32_t capture_column(const Capture *capture, const char *name);

#endif
