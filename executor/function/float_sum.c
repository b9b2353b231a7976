/* Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates"
 * (1997): terms become parts that do not overlap, whose sum is rounded once. */
#include "executor/function/float_sum.h"

/* The parts, least first, rounded to the nearest double, ties to even. */
static double round_parts(const double *part, uint32_t parts)
{
    if (parts == 0)
        return 0;
    double high = part[--parts], rest = 0;
    while (parts > 0 && rest == 0)
        rest = float_add_exact(&high, part[--parts]);
    /* Half a unit is rounded to even, but what is left may say on which side the half lies. */
    if (parts > 0 && ((rest < 0 && part[parts - 1] < 0) || (rest > 0 && part[parts - 1] > 0))) {
        double twice = rest * 2, rounded = high + twice;
        if (twice == rounded - high)
            high = rounded;
    }
    return high;
}

double float_sum_terms(double *terms, uint32_t count)
{
    uint32_t parts = 0;
    for (uint32_t i = 0; i < count; i++) {
        double value = terms[i];
        uint32_t kept = 0;
        for (uint32_t p = 0; p < parts; p++) {
            double rest = float_add_exact(&value, terms[p]);
            if (rest != 0)
                terms[kept++] = rest;
        }
        terms[kept++] = value;
        parts = kept;
    }
    return round_parts(terms, parts);
}

bool float_odd_total(const FloatOdd *odd, double *total)
{
    bool plus = odd->plus_infinities > 0, minus = odd->minus_infinities > 0;
    *total = odd->nans > 0 || (plus && minus) ? (double)NAN : plus ? INFINITY : -INFINITY;
    return odd->nans > 0 || plus || minus;
}

double float_sum_total(const FloatSum *s, const FloatOdd *odd)
{
    double total;
    if (float_odd_total(odd, &total))
        return total;
    if (!isfinite(s->part[0]))
        return s->part[0]; /* the other parts mean nothing once the sum overflowed */
    double part[3];
    memcpy(part, s->part, sizeof part);
    return float_sum_terms(part, 3);
}
