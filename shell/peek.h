/* weir peek: the last records of a topic or file, and the CREATE TABLE that they look like. */
#ifndef WEIR_SHELL_PEEK_H
#define WEIR_SHELL_PEEK_H

#include "shell/cli.h"
#include "shell/guess_schema.h"
#include "storage/data/options.h"

enum { PEEK_SAMPLE_BYTES = 1 << 20 };

/* A record as it is shown. */
typedef struct PeekRow {
    int32_t partition;
    int64_t offset;
    Text time; /* empty: there is none */
    SampleRecord record;
} PeekRow;

/* What was looked at. */
typedef struct PeekSource {
    bool messages; /* a topic: with partitions, times and keys */
    Text name;     /* of the topic or file, for a table's name */
    VEC(OptionEntry) option;
    PeekRow *row; /* the sample; the last ones are those that are shown */
    uint32_t count;
    bool hides_secrets; /* `option` has stars for passwords */
} PeekSource;

/* Of the address in `cli`: the text for standard output, and the note that goes with it. */
CHECKED Status peek_print(const Cli *cli, StrBuf *out, StrBuf *note, Diag *diag);

/* peek_file.c: fills the source from a file. */
CHECKED Status peek_file(PeekSource *source, Text path, Arena *arena, Diag *diag);

/* peek_show.c: rows, then the table; `count` of the rows. */
CHECKED Status peek_show(const PeekSource *source, const Cli *cli, Arena *arena, StrBuf *out,
                         StrBuf *note);

#endif
