/* NamePattern: a regular expression of Java that the whole name of a file or topic must match, as
 * Flink's options have them. The system's matcher does the matching; what it writes otherwise is
 * translated, and what it has not is refused. Names are bytes to it: of those that are not ASCII, .
 * and a negated class take one at a time. */
#ifndef WEIR_STORAGE_CONNECTOR_NAME_PATTERN_H
#define WEIR_STORAGE_CONNECTOR_NAME_PATTERN_H

#include <regex.h>

#include "storage/base/diag.h"
#include "storage/data/options.h"

typedef struct NamePattern {
    regex_t regex;
} NamePattern;

/* E2001: what is not supported; E2114: it is no expression. `span`: to point at. */
CHECKED Status name_pattern_open(NamePattern *pattern, const OptionEntry *option, Span span,
                                 Diag *diag);
bool name_pattern_matches(const NamePattern *pattern, const char *name);
void name_pattern_close(NamePattern *pattern);

/* Whether it could be opened. */
CHECKED Status name_pattern_check(const OptionEntry *option, Diag *diag);

#endif
