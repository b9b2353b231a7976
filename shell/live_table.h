/* Live table: a result that is kept current, drawn on the terminal again and again in the same
 * place, below what was there before. When the statement ends the picture is wiped, and the result
 * is printed like any other, so that it stays.
 *
 * The picture has as many of the last rows as fit the screen, and a line about the rest. */
#ifndef WEIR_SHELL_LIVE_TABLE_H
#define WEIR_SHELL_LIVE_TABLE_H

#include "shell/fold.h"
#include "shell/render.h"
#include "shell/writer.h"
#include "storage/base/clock.h"

enum { LIVE_REPAINT_MS = 250 };

typedef struct LiveScreen {
    uint32_t rows, columns;
} LiveScreen;

typedef struct LiveTable {
    Writer writer;
    uint32_t lines;    /* of the picture; the cursor is below them. 0: there is none */
    LiveScreen screen; /* when it was drawn */
    Micros painted;
    uint64_t changes, rows_read, rejected; /* that it shows */
} LiveTable;

void live_table_open(LiveTable *live, int fd);
void live_table_close(LiveTable *live);

/* Draws the table, if something has changed since it was drawn last and that is a while ago. */
CHECKED Status live_table_update(LiveTable *live, const Renderer *like,
                                 const OutputProgress *progress, LiveScreen screen, Micros now);
CHECKED Status live_table_wipe(LiveTable *live, LiveScreen screen);

/* The lines of the picture, at most `screen.rows - 1`, none longer than the screen is wide. */
CHECKED Status live_table_print(const Renderer *like, const OutputProgress *progress,
                                LiveScreen screen, StrBuf *out);

#endif
