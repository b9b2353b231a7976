/* Unsigned integers of 256 bits, as far as DECIMAL needs them: products of two 128-bit numbers and
 * their division by one. Not a general big number. */
#ifndef WEIR_STORAGE_DATA_WIDE_H
#define WEIR_STORAGE_DATA_WIDE_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 UInt128;

typedef struct Wide {
    UInt128 high, low;
} Wide;

static inline Wide wide_of(UInt128 value)
{
    return (Wide){0, value};
}

int wide_compare(Wide a, Wide b);   /* <0, 0, >0 */
Wide wide_add(Wide a, Wide b);      /* the sum must fit */
Wide wide_subtract(Wide a, Wide b); /* a >= b */
Wide wide_multiply(UInt128 a, UInt128 b);
/* value *= factor; false when that does not fit 256 bits. */
bool wide_scale(Wide *value, UInt128 factor);
/* Quotient, rounded down; divisor != 0. */
Wide wide_divide(Wide value, UInt128 divisor, UInt128 *remainder);

#endif
