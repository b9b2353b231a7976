/* Renderers: how rows become text. One row of the mode table is one mode of `.mode` and --mode. A
 * renderer only appends to a StrBuf: where the text goes, when it is flushed and whether a pager
 * shows it is display.c's business. It knows nothing of row kinds either: in a changelog the kind
 * comes as the first column, "op".
 *
 * Life of a Renderer: render_open once for each result, render_begin, render_row for each row,
 * render_end, render_close. Columns and cells are borrowed for the call. */
#ifndef WEIR_SHELL_RENDER_H
#define WEIR_SHELL_RENDER_H

#include "shell/output.h"
#include "storage/base/arena.h"
#include "storage/base/strbuf.h"
#include "storage/base/vec.h"

typedef enum HeaderChoice { HEADERS_AUTO, HEADERS_OFF, HEADERS_ON } HeaderChoice;

typedef struct RenderOptions {
    const char *null_text;    /* in the modes that have no NULL of their own; NULL: the mode's */
    const char *separator;    /* between the values of `list` */
    const char *insert_table; /* of `insert` */
    HeaderChoice headers;     /* HEADERS_AUTO: as the mode's row says */
    uint32_t width;           /* screen columns that tables keep to; 0: no bound */
    uint64_t max_rows;        /* that tables show; 0: all */
    bool terminal;            /* the text goes to a terminal */
} RenderOptions;

typedef struct HeldCell {
    Text text;      /* as it will be shown, escapes done */
    uint32_t width; /* screen columns */
} HeldCell;

typedef struct RenderMode RenderMode;
typedef struct Renderer {
    const RenderMode *mode;
    RenderOptions options;
    StrBuf *out;
    Arena arena; /* columns and held rows */
    const OutputColumn *column;
    uint32_t columns;
    bool headers;
    uint64_t row_count;    /* given so far */
    uint64_t hidden_count; /* of them, not shown because of max_rows */
    uint32_t *width;       /* screen columns of each column, of the modes that align */
    VEC(HeldCell *) held;  /* rows, of the modes that need all of them to align */
    StrBuf scratch;
} Renderer;

struct RenderMode {
    const char *name;
    const char *alias;     /* what other shells call it; may be NULL */
    const char *help;      /* one line, for .help mode and the reference page */
    const char *null_text; /* how NULL is shown unless .nullvalue says otherwise */
    bool headers;          /* shows column names unless .headers says otherwise */
    bool holds;            /* needs the whole result, so endless ones are shown as tableau */
    Status (*begin)(Renderer *renderer); /* may be NULL */
    Status (*row)(Renderer *renderer, const OutputCell *cell);
    Status (*end)(Renderer *renderer); /* may be NULL */
};

uint32_t render_mode_count(void);
const RenderMode *render_mode(uint32_t index);
/* By name or alias, letter case ignored; NULL when there is none. */
const RenderMode *render_mode_find(Text name);
/* The same, for a name that a user gave. */
CHECKED Status render_mode_get(Text name, Span span, const RenderMode **out, Diag *diag);
/* The table as Markdown, for the reference page. */
void render_mode_print_reference(StrBuf *out);

void render_open(Renderer *renderer, const RenderMode *mode, const RenderOptions *options,
                 StrBuf *out);
CHECKED Status render_begin(Renderer *renderer, const OutputColumn *column, uint32_t count);
CHECKED Status render_row(Renderer *renderer, const OutputCell *cell);
CHECKED Status render_end(Renderer *renderer);
void render_close(Renderer *renderer);

/* For the modes: what NULL looks like. */
Text render_null_text(const Renderer *renderer);

/* The steps of each mode. */
Status render_table_begin(Renderer *renderer);
Status render_table_row(Renderer *renderer, const OutputCell *cell);
Status render_box_end(Renderer *renderer);
Status render_ascii_end(Renderer *renderer);
Status render_column_end(Renderer *renderer);
Status render_markdown_begin(Renderer *renderer);
Status render_markdown_end(Renderer *renderer);
Status render_tableau_begin(Renderer *renderer);
Status render_tableau_row(Renderer *renderer, const OutputCell *cell);
Status render_tableau_end(Renderer *renderer);
Status render_csv_begin(Renderer *renderer);
Status render_csv_row(Renderer *renderer, const OutputCell *cell);
Status render_tsv_begin(Renderer *renderer);
Status render_tsv_row(Renderer *renderer, const OutputCell *cell);
Status render_json_begin(Renderer *renderer);
Status render_json_row(Renderer *renderer, const OutputCell *cell);
Status render_json_end(Renderer *renderer);
Status render_jsonl_row(Renderer *renderer, const OutputCell *cell);
Status render_line_row(Renderer *renderer, const OutputCell *cell);
Status render_list_begin(Renderer *renderer);
Status render_list_row(Renderer *renderer, const OutputCell *cell);
Status render_quote_begin(Renderer *renderer);
Status render_quote_row(Renderer *renderer, const OutputCell *cell);
Status render_insert_row(Renderer *renderer, const OutputCell *cell);

#endif
