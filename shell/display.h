/* Display: the Output of the shell and of batch commands. It chooses the mode for a result, puts
 * the row kind of a changelog into a first column "op", and sends what the renderer makes to
 * standard output, a file or a pager. Messages and the "3 rows" line go to standard error: standard
 * output is data only.
 *
 * Unless .mode or --mode says otherwise, on a terminal a finite result is a box and a changelog a
 * tableau; elsewhere both are csv, with --json jsonl.
 *
 * While something takes long, the terminal shows how far it has come (progress_line.h), or the
 * result itself as it stands (live_table.h). */
#ifndef WEIR_SHELL_DISPLAY_H
#define WEIR_SHELL_DISPLAY_H

#include "shell/error_view.h"
#include "shell/live_table.h"
#include "shell/output.h"
#include "shell/progress_line.h"
#include "shell/render.h"
#include "shell/writer.h"
#include "storage/base/clock.h"

enum { DISPLAY_MAX_ROWS = 1000, DISPLAY_TEXT_BYTES = 256 };

typedef struct DisplaySettings {
    const RenderMode *mode; /* NULL: chosen for each result */
    HeaderChoice headers;
    bool null_text_set;
    char null_text[DISPLAY_TEXT_BYTES];
    char separator[DISPLAY_TEXT_BYTES];
    char insert_table[DISPLAY_TEXT_BYTES];
    uint64_t max_rows; /* that a table shows on a terminal; 0: all */
    uint32_t width;    /* screen columns; 0: as many as the terminal has */
    bool timer;        /* rows and time after each result */
    bool pager;
} DisplaySettings;

typedef struct Display {
    Output output; /* first: the session is given its address */
    DisplaySettings settings;
    const ErrorView *errors;
    bool json;
    bool interactive;
    bool terminal;          /* standard output is one */
    bool redraws;           /* and it can be drawn on again */
    const RenderMode *once; /* of the next statement; NULL: settings.mode */
    uint32_t line_base;     /* lines before the statement in its file, for warnings */

    Writer writer;
    int file; /* of .output and .once; -1: standard output */
    bool file_once;
    char target[DISPLAY_TEXT_BYTES]; /* what an error calls the place of output */

    Clock clock;
    Micros started;
    OutputShape shape;
    bool rendering; /* between begin and end */
    Renderer renderer;
    OutputCell *cell; /* of one changelog row: op and the values */
    uint32_t columns;

    ProgressLine progress_line;
    LiveTable live;
} Display;

void display_open(Display *display, const ErrorView *errors, bool interactive, bool json);
void display_close(Display *display);

/* Around each statement: the clock of its first result, the end of .once and of a mode for once. */
void display_start_statement(Display *display, uint32_t line_base);
void display_end_statement(Display *display);

/* Sends what follows to the file instead of standard output, for the next statement or until
 * further notice; an empty path ends that. */
CHECKED Status display_redirect(Display *display, const char *path, bool once, Diag *diag);

/* Data that is no result: .help, .print, .schema. */
CHECKED Status display_put(Display *display, Text text);

#endif
