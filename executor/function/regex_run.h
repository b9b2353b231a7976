/* A kernel's run over regular expressions: the pattern of each row, compiled when it is first
 * needed and kept for the next rows, and its matches. For the regex*.c files of this folder only.
 */
#ifndef WEIR_EXECUTOR_FUNCTION_REGEX_RUN_H
#define WEIR_EXECUTOR_FUNCTION_REGEX_RUN_H

#include "executor/function/function.h"
#include "executor/function/regex_pattern.h"

enum { CACHED_PATTERNS = 4 };

/* A Java regular expression, or a pattern of SIMILAR TO with its escape. */
typedef struct RegexSource {
    Text text, escape;
    bool similar;
} RegexSource;
CHECKED Status regex_source_compile(const RegexSource *source, Arena *arena, const Regex **out,
                                    RegexError *error);

/* The same while binding: one that cannot be taken is refused. */
CHECKED Status regex_compile_known(const RegexSource *source, Arena *arena, Diag *diag,
                                   const Regex **out);

typedef struct CachedPattern {
    Text source, escape;
    const Regex *regex; /* NULL: see `error` */
    RegexError error;
    bool used;
} CachedPattern;

typedef struct RegexRun {
    KernelCall *call;
    RegexMatcher *matcher;
    CachedPattern cache[CACHED_PATTERNS];
    uint32_t next; /* to be replaced */
} RegexRun;
CHECKED Status regex_run_open(RegexRun *run, KernelCall *call);

/* The pattern that a row has; NULL in *out when it is wrong, and a fault from `fatal` on rejects
 * the row. */
CHECKED Status regex_run_compile(RegexRun *run, uint32_t row, const RegexSource *source,
                                 RegexFault fatal, const Regex **out);
/* The Java regular expression that argument `arg` has in the row, if it is not `constant`. One that
 * Java would take and that cannot be matched here rejects the row. */
CHECKED Status regex_run_pattern(RegexRun *run, uint32_t row, uint32_t arg, const Regex *constant,
                                 const Regex **out);
/* The first match at or after the byte `start`. Not found, either, when the row was rejected. */
CHECKED Status regex_run_search(RegexRun *run, uint32_t row, const Regex *regex, Text text,
                                uint32_t start, bool *found);
/* Where to look for the match after the one at [start, end): an empty match is not found twice.
 * Beyond the text: nowhere. */
uint32_t regex_after_match(Text text, uint32_t start, uint32_t end);
/* More steps than LIMIT_REGEX_STEPS. */
void regex_fail_budget(KernelCall *call, uint32_t row);

#endif
