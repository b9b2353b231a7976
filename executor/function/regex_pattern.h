/* Regular expressions in Java's syntax, matched by PCRE2. For the regex_*.c files of this folder
 * only.
 *
 * A pattern is rewritten where the two syntaxes differ (regex_java.c) and compiled into an arena.
 * The interpreter of PCRE2 is used and not its JIT compiler: machine code would need an owner that
 * frees it, and what exceeds the step budget must not depend on the machine.
 *
 * Differences that remain: without (?u) Java ignores letter case for ASCII alone, PCRE2 for all
 * letters; and Java's `.` matches vertical tab and form feed, which count as ends of line here. */
#ifndef WEIR_EXECUTOR_FUNCTION_REGEX_PATTERN_H
#define WEIR_EXECUTOR_FUNCTION_REGEX_PATTERN_H

#include "storage/base/arena.h"
#include "storage/base/strbuf.h"
#include "storage/base/text.h"

typedef struct Regex Regex;

typedef enum RegexFault {
    REGEX_VALID,
    REGEX_INVALID,     /* Java refuses it, too */
    REGEX_UNSUPPORTED, /* Java takes it */
} RegexFault;

typedef struct RegexError {
    RegexFault fault;
    char message[120];
} RegexError;

/* *out is NULL when `error` says why. Returns only ST_OK and ST_NOMEM. */
CHECKED Status regex_compile(Text pattern, Arena *arena, const Regex **out, RegexError *error);
uint32_t regex_groups(const Regex *regex);

/* Rewriting; each leaves the error in `error` and appends to `out`. */
void regex_translate_java(Text pattern, StrBuf *out, RegexError *error);
/* SQL's SIMILAR TO pattern as a Java regular expression, as Flink makes it; `escape` is a code
 * point, or 0 for none. */
void regex_translate_similar(Text pattern, uint32_t escape, StrBuf *out, RegexError *error);
/* Notes the error unless there is one. */
void regex_fault(RegexError *error, RegexFault fault, const char *format, ...) PRINTF_LIKE(3, 4);

/* --- matching --- */

typedef struct RegexMatcher RegexMatcher;

typedef enum RegexOutcome {
    REGEX_NO_MATCH,
    REGEX_MATCH,
    REGEX_BUDGET, /* more than LIMIT_REGEX_STEPS */
} RegexOutcome;

/* Room for the matches of many patterns and texts, in the arena. */
CHECKED Status regex_matcher_make(Arena *arena, RegexMatcher **out);
/* The first match at or after the byte `start`. */
CHECKED Status regex_search(RegexMatcher *matcher, const Regex *regex, Text text, uint32_t start,
                            RegexOutcome *out);
/* Whether the pattern covers the whole text. */
CHECKED Status regex_match_all(RegexMatcher *matcher, const Regex *regex, Text text,
                               RegexOutcome *out);
/* Bytes of the last match (group 0) or of a group of it; false when the group took no part. */
bool regex_group(const RegexMatcher *matcher, uint32_t group, uint32_t *start, uint32_t *end);

#endif
