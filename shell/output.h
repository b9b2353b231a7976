/* Output: where a statement's rows and messages go. The session calls it; renderers (render_*.c)
 * and tests implement it. Cells come as text with their kind, so that a renderer knows what to
 * quote and align; rendering is for people and pipes, bulk data goes through sinks. */
#ifndef WEIR_SHELL_OUTPUT_H
#define WEIR_SHELL_OUTPUT_H

#include "storage/base/diag.h"
#include "storage/base/text.h"
#include "storage/data/batch.h"

typedef enum CellKind {
    CELL_NULL,
    CELL_NUMBER, /* digits as JSON would take them, or NaN, Infinity */
    CELL_TEXT,
    CELL_BOOL,  /* TRUE or FALSE */
    CELL_BYTES, /* raw bytes */
    CELL_JSON,  /* a nested value: for people `text`, for programs `json` */
} CellKind;

typedef struct OutputCell {
    CellKind kind;
    Text text;
    Text json; /* CELL_JSON; else empty */
} OutputCell;

/* What a program reads of a cell that is a text to it. */
static inline Text output_cell_data(const OutputCell *cell)
{
    return cell->kind == CELL_JSON ? cell->json : cell->text;
}

typedef struct OutputColumn {
    Text name;
    Text type;        /* "BIGINT", as DESCRIBE shows it; may be empty */
    bool right_align; /* numbers */
    bool is_long;     /* text of many lines; modes that align columns show its beginning */
} OutputColumn;

typedef enum OutputShape {
    OUTPUT_RESULT,    /* a finite table: only inserts */
    OUTPUT_TEXT,      /* the lines of a text for people, as rows of one column */
    OUTPUT_CHANGELOG, /* changes as they come, with their kinds; may never end */
} OutputShape;

/* How far what runs in the foreground has come. */
typedef struct OutputProgress {
    uint64_t rows;                /* read so far, rejected ones included */
    uint64_t rejected;            /* of them, each time by a table or by a view */
    const Diag *first_rejection;  /* NULL: not known */
    bool recovering;              /* what was read before it was cut off is read once more */
    uint64_t bytes, bytes_in_all; /* read, of input whose size is known; in_all = 0: it is not */
    uint64_t rows_before, bytes_before; /* of them, read by runs before this one */
    bool bounded;                       /* it ends by itself */
    uint8_t streams;          /* bit 1 << fd: a standard stream that a table of the job uses */
    const struct Fold *table; /* the rows of the result as they stand; NULL: they are not kept */
} OutputProgress;

typedef struct Output Output;
struct Output {
    Status (*begin)(Output *output, OutputShape shape, const OutputColumn *column, uint32_t count);
    Status (*row)(Output *output, RowKind kind, const OutputCell *cell);
    /* Called between batches of an endless result: what came so far should reach the reader. */
    Status (*flush)(Output *output);
    Status (*end)(Output *output); /* also after a cancelled statement; not after a failed write */
    /* "table created"; a running job's trouble; never data. */
    void (*note)(Output *output, Text message);
    void (*warning)(Output *output, const Diag *diag);
    /* Called often while something runs in the foreground, whether or not rows have come, and with
     * NULL when that is over, before its held rows. May be NULL: nobody wants to know. */
    Status (*progress)(Output *output, const OutputProgress *progress);
    /* The result of a SELECT that goes on is wanted as a table that is kept current and shown again
     * and again (progress), not as its changes; set by whoever shows it. */
    bool wants_table;
    /* Results go to a program, as JSON: what is said to people in lines comes in fields. Likewise.
     */
    bool wants_fields;
};

#endif
