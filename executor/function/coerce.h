/* Which values can be compared, and as what. The binder asks before it makes a comparison, puts the
 * casts in, and binds the operator with both sides of one type.
 *
 * The rules are Flink's, as it answered: numbers meet in their common type; a number and a text are
 * refused by = and <>, while < > BETWEEN and IN read the text as a number; a DATE, TIME or
 * TIMESTAMP and a text compare as times, where = and <> give NULL for a text that is none and the
 * others reject the row; a BOOLEAN and a text are equal as texts and ordered as BOOLEANs; an IN
 * list takes the type of the left side when that is a text. A TIMESTAMP and a DATE, or two kinds of
 * INTERVAL, do not compare. */
#ifndef WEIR_EXECUTOR_FUNCTION_COERCE_H
#define WEIR_EXECUTOR_FUNCTION_COERCE_H

#include "storage/base/diag.h"
#include "storage/data/type.h"

typedef enum CompareKind {
    COMPARE_EQUALITY, /* = <> IS [NOT] DISTINCT FROM, NULLIF, CASE x WHEN, join keys */
    COMPARE_ORDER,    /* < <= > >= BETWEEN */
    COMPARE_IN,       /* one element of an IN list, on the right */
} CompareKind;

typedef struct CompareCoercion {
    Type left, right; /* what each side must be cast to: the same type but for nullability */
    bool try_left, try_right; /* that cast is a TRY_CAST */
} CompareCoercion;

/* E2107 when the types do not compare. `name` is the operator for the message. */
CHECKED Status compare_coerce(Arena *arena, CompareKind kind, const char *name, const Type *left,
                              const Type *right, CompareCoercion *out, Span span, Diag *diag);

#endif
