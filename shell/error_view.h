/* Error view: errors, warnings and notes as they reach standard error, for people (position, source
 * line, caret, hint, in colour on a terminal) or, with --json, as one JSON object a line:
 *
 *   {"error":{"code":"E2104","message":"...","file":"job.sql","line":12,"column":21,"hint":"..."}}
 *   {"warning":{...}}    {"note":"..."} */
#ifndef WEIR_SHELL_ERROR_VIEW_H
#define WEIR_SHELL_ERROR_VIEW_H

#include <stdbool.h>

#include "shell/color.h"
#include "storage/base/diag.h"

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING } Severity;

typedef struct ErrorView {
    int fd;
    bool json;
    bool color;
    bool terminal; /* control characters are escaped */
} ErrorView;

void error_view_init(ErrorView *view, int fd, ColorChoice color, bool json);

/* Prints what happened; a Diag that nobody filled is described by the status. `line_base` lines
 * precede the source's first one in its file. */
void error_view_show(const ErrorView *view, Severity severity, Status status, const Diag *diag,
                     uint32_t line_base);
void error_view_note(const ErrorView *view, Text message);

/* The same text without writing it, for tests. */
void error_view_print(const ErrorView *view, Severity severity, Status status, const Diag *diag,
                      uint32_t line_base, StrBuf *out);

/* The paragraph of one code, for `weir explain` and .error. */
CHECKED Status error_view_explain(Text code, Span span, StrBuf *out, Diag *diag);
/* All codes with their titles. */
void error_view_list(StrBuf *out);

/* Fills an empty Diag with what the status alone says. */
void error_view_complete(Status status, Diag *diag);

#endif
