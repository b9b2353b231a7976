/* The pattern language of ScalarDef.args (function.h) against the types of a call. */
#ifndef WEIR_EXECUTOR_FUNCTION_PATTERN_H
#define WEIR_EXECUTOR_FUNCTION_PATTERN_H

#include "storage/data/type.h"

typedef enum Fit {
    FIT_NONE,
    FIT_CAST, /* with an implicit cast */
    FIT_EXACT,
} Fit;

/* `target` gets what each argument must become; it has room for `args` types. What
 * types have in common may be a new type, made in the arena. */
Fit pattern_fit(Arena *arena, const char *pattern, const Type *arg, uint32_t args, Type *target);

#endif
