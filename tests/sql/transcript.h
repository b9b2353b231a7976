/* Transcript: an Output that writes what a statement gives as lines of text that can be compared:
 * a row a line, cells parted by ` | `, NULL bare, and a text quoted when it could be taken for
 * something else. */
#ifndef WEIR_TESTS_SQL_TRANSCRIPT_H
#define WEIR_TESTS_SQL_TRANSCRIPT_H

#include "shell/output.h"
#include "storage/base/strbuf.h"

typedef struct Transcript {
    Output output; /* first: the session is given its address */
    StrBuf text;
    const Source *source; /* of the statements, for the places of warnings */
    bool kinds;           /* a row always begins with +I, -U, +U or -D */
    bool typed;           /* a result begins with its columns' names and types */
    bool notes;           /* what the session remarks is kept */
    bool bare;            /* of the result under way: a plan, lines as they are */
    bool changes;         /* of the result under way: it is a changelog */
    uint32_t columns, results, rows;
} Transcript;

void transcript_open(Transcript *transcript);
void transcript_close(Transcript *transcript);
void transcript_clear(Transcript *transcript);
/* The lines in bytewise order, below the heading. */
CHECKED Status transcript_sort(Transcript *transcript);
/* Every `from` becomes `to`. */
CHECKED Status transcript_replace(Transcript *transcript, Text from, const char *to);

#endif
