/* Diag: what went wrong with a statement, where, and what to do about it.
 *
 * One error has one code (errors.def), one cause, at most one hint. The Diag is passed down by
 * whoever starts a statement; it is never global and never allocates, so an error can be reported
 * when memory is short. Texts that do not fit are cut and end in "...". The first error wins: a
 * second diag_error on a filled Diag does nothing.
 *
 * Messages: lower case, cause first, names in double quotes, no blame, no full stop. */
#ifndef WEIR_STORAGE_BASE_DIAG_H
#define WEIR_STORAGE_BASE_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/base/status.h"
#include "storage/base/strbuf.h"
#include "storage/base/text.h"
#include "storage/base/trouble.h"

/* A run of bytes of the script; line and column are counted when an error is shown. */
typedef struct Span {
    uint32_t start, end;
} Span;
#define SPAN_NONE ((Span){0, 0})

/* Two spans as one, from the earlier start to the later end; SPAN_NONE is neutral. */
Span span_join(Span a, Span b);

/* Where a script came from. Borrowed by everything that keeps a Span of it. */
typedef struct Source {
    Text name; /* "job.sql", "<stdin>", "<shell>" */
    Text text;
} Source;

typedef enum ErrorCode {
#define X(code, status, title, doc) code,
#include "storage/base/errors.def"
#undef X
    ERROR_CODES
} ErrorCode;

typedef struct ErrorDef {
    const char *name; /* "E2104" */
    Status status;
    const char *title; /* a few words, for the list of codes */
    const char *doc;   /* the paragraph that `weir explain E2104` prints */
} ErrorDef;
const ErrorDef *error_def(ErrorCode code);
/* By name, letter case ignored; false when there is no such code. */
bool error_find(Text name, ErrorCode *out);

typedef struct Diag {
    bool set;
    ErrorCode code;
    Trouble trouble; /* what it has met passes by itself */
    Span span;
    const Source *source; /* NULL until the session knows it */
    uint32_t query;       /* of a job: the number of the query that it is about; 0: not of one */
    char message[512];
    char hint[256]; /* empty: none. Never an empty suggestion. */
} Diag;

void diag_reset(Diag *diag);
/* Fills the Diag (unless it is set already, or NULL) and returns the code's Status. */
Status diag_error(Diag *diag, ErrorCode code, Span span, const char *format, ...) PRINTF_LIKE(4, 5);
/* The same of something that passes by itself; it has no place in a script. */
Status diag_held_up(Diag *diag, ErrorCode code, Trouble trouble, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Adds the hint to an error just made. */
void diag_hint(Diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);
/* Adds `did you mean "x"?` when a candidate is near enough (suggest.h); else nothing. */
void diag_suggest(Diag *diag, Text wrong, const Text *candidates, uint32_t count);

/* line and column from 1; the column counts code points, as editors do. */
typedef struct LineColumn {
    uint32_t line, column;
} LineColumn;
LineColumn source_locate(const Source *source, uint32_t offset);

/* The whole error as the user sees it: position, code, message, source line, caret, hint. */
void diag_print(const Diag *diag, StrBuf *out);

#endif
