/* Numbers and their texts: the scan of a numeric text that DECIMAL and DOUBLE share, and DOUBLE and
 * FLOAT as Java writes them: the fewest digits that read back as the same value, at least one on
 * either side of the point, with an exponent below 10^-3 and from 10^7 on ("7.0", "1.0E20"). */
#ifndef WEIR_STORAGE_DATA_NUMBER_H
#define WEIR_STORAGE_DATA_NUMBER_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "storage/base/text.h"

/* A text taken apart: the value is 0.d1 d2 d3 ... * 10^point, d1 is not zero. */
typedef struct NumberText {
    bool negative;
    bool plain;        /* it has neither point nor exponent */
    const char *first; /* d1 */
    uint32_t dot;      /* how many of the digits stand before the point */
    uint32_t digits;   /* 0: the value is zero */
    int64_t point;
} NumberText;

/* A total order: -0.0 before 0.0 and NaN last, as java.lang.Double.compare has it. */
static inline int double_order(double a, double b)
{
    if (a < b || a > b)
        return a < b ? -1 : 1;
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (signbit(b) != 0) - (signbit(a) != 0);
}

/* Optional sign, digits with an optional point, optional exponent; blanks around it. False when the
 * text is anything else. */
bool number_scan(Text text, NumberText *out);

/* d(index + 1), 0 behind the last one. */
static inline uint32_t number_digit(const NumberText *number, uint64_t index)
{
    if (index >= number->digits)
        return 0;
    return (uint32_t)(number->first[index + (index >= number->dot)] - '0');
}

/* As number_scan, and NaN and [+-]Infinity. Correctly rounded; too large is infinite. */
bool double_parse(Text text, double *out);

enum { NUMBER_TEXT_BYTES = 32 };
/* Both return the number of bytes, less than NUMBER_TEXT_BYTES, without a NUL. */
uint32_t double_format(double value, char *out);
uint32_t float_format(float value, char *out);

#endif
