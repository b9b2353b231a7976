/* FloatSum: a sum of doubles in three parts, so that it is exact as long as the first digit of the
 * greatest value and the last of the least are no more than some 130 binary digits apart: then it
 * depends on neither the order of the values nor on what was added and taken back in between.
 * Beyond that the last part is rounded, in the order of arrival. After Klein, "A Generalized
 * Kahan-Babuska-Summation-Algorithm" (Computing 76, 2006), with the exact addition of Knuth, "The
 * Art of Computer Programming" 4.2.2.
 *
 * A sum beyond the range of DOUBLE stays infinite until its group is empty. */
#ifndef WEIR_EXECUTOR_FUNCTION_FLOAT_SUM_H
#define WEIR_EXECUTOR_FUNCTION_FLOAT_SUM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct FloatSum {
    double part[3]; /* of the finite values; the sum is that of the parts */
} FloatSum;

/* Values that are no numbers to add. */
typedef struct FloatOdd {
    int32_t nans, plus_infinities, minus_infinities, unused;
} FloatOdd;

/* a + b is *a + the result, exactly. */
static inline double float_add_exact(double *a, double b)
{
    double sum = *a + b, b_part = sum - *a;
    double rest = (*a - (sum - b_part)) + (b - b_part);
    *a = sum;
    return rest;
}

static inline void float_sum_add(FloatSum *s, double value)
{
    double rest = float_add_exact(&s->part[0], value);
    s->part[2] += float_add_exact(&s->part[1], rest);
}

/* False: it is not finite and was counted in `odd`. */
static inline int float_is_odd(FloatOdd *odd, double value, int32_t step)
{
    if (isfinite(value))
        return 0;
    if (isnan(value))
        odd->nans += step;
    else if (value > 0)
        odd->plus_infinities += step;
    else
        odd->minus_infinities += step;
    return 1;
}

/* `times`: 1 or -1. */
static inline void float_odd_merge(FloatOdd *into, const FloatOdd *from, int32_t times)
{
    into->nans += times * from->nans;
    into->plus_infinities += times * from->plus_infinities;
    into->minus_infinities += times * from->minus_infinities;
}

/* True: the sum is *total, whatever the finite values are. */
bool float_odd_total(const FloatOdd *odd, double *total);

static inline void float_sum_merge(FloatSum *into, const FloatSum *from)
{
    int parts =
        isfinite(from->part[0]) ? 3 : 1; /* the others mean nothing beside an infinite one */
    for (int i = 0; i < parts; i++)
        float_sum_add(into, from->part[i]);
}

/* The sum of the terms, rounded once. Of an empty list 0. `terms` is changed. */
double float_sum_terms(double *terms, uint32_t count);
/* Rounded once. */
double float_sum_total(const FloatSum *s, const FloatOdd *odd);

#endif
