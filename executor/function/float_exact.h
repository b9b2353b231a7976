/* FloatExact: a sum of doubles that is never rounded, as one whole number in units of the least
 * double (2^-1074), wide enough for 2^63 of the greatest. So it hangs on nothing but which values
 * are in it: what was added and taken back in between leaves no trace. For sums over rows that
 * leave again; where rows only come, FloatSum is as good for all but the strangest values, and
 * smaller. After Neal, "Fast Exact Summation Using Small and Large Superaccumulators" (2015). */
#ifndef WEIR_EXECUTOR_FUNCTION_FLOAT_EXACT_H
#define WEIR_EXECUTOR_FUNCTION_FLOAT_EXACT_H

#include <stdbool.h>
#include <stdint.h>

enum { FLOAT_EXACT_WORDS = 34 };

typedef struct FloatExact {
    uint64_t word[FLOAT_EXACT_WORDS]; /* two's complement, lowest first */
} FloatExact;

/* The value is finite. */
void float_exact_move(FloatExact *sum, double value, bool subtract);
void float_exact_merge(FloatExact *into, const FloatExact *from, bool subtract);
/* Rounded once, to the nearest double, ties to even. */
double float_exact_total(const FloatExact *sum);

#endif
