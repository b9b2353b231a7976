/* A scalar's text into a cell: what json, csv and raw have in common. Follows Java's parsers, which
 * Flink uses: blanks around numbers and booleans are no part of them, around times they are. */
#ifndef WEIR_STORAGE_FORMAT_TEXT_CELL_H
#define WEIR_STORAGE_FORMAT_TEXT_CELL_H

#include "storage/data/builder.h"
#include "storage/data/timestamp.h"

typedef struct TextSyntax {
    TimeSyntax time;
    bool in_block;      /* bytes behind the text may be read, as in a Block */
    bool cut_fraction;  /* 1.9 for an INT or BIGINT is 1, and not bad */
    bool short_dates;   /* 2020-2-3 is a date, 10:11 a time */
    bool bare_decimals; /* no blanks around a DECIMAL */
} TextSyntax;

typedef enum CellResult {
    CELL_OK,
    CELL_NULL, /* a DECIMAL that does not fit */
    CELL_BAD,  /* *reason says why; static */
    CELL_NOMEM,
} CellResult;

/* Writes row `row` of `to`; character types borrow the text, what must be made is made in the
 * arena. The memo belongs to the column. */
CellResult text_cell_take(Text text, const Type *type, const TextSyntax *syntax,
                          TimestampMemo *memo, Column *to, uint32_t row, Arena *arena,
                          const char **reason);

#endif
