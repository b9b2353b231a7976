/* Schoolbook arithmetic in limbs of 64 bits. Division estimates each quotient limb from the leading
 * limbs of a normalised divisor (Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D); the
 * estimate is never too small and at most two too large. */
#include "storage/data/wide.h"

#include <assert.h>

static uint64_t low_limb(UInt128 value)
{
    return (uint64_t)value;
}

static uint64_t high_limb(UInt128 value)
{
    return (uint64_t)(value >> 64);
}

int wide_compare(Wide a, Wide b)
{
    if (a.high != b.high)
        return a.high > b.high ? 1 : -1;
    return (a.low > b.low) - (a.low < b.low);
}

Wide wide_add(Wide a, Wide b)
{
    UInt128 low = a.low + b.low;
    UInt128 high = a.high + b.high + (low < a.low);
    assert(high >= a.high);
    return (Wide){high, low};
}

Wide wide_subtract(Wide a, Wide b)
{
    assert(wide_compare(a, b) >= 0);
    return (Wide){a.high - b.high - (a.low < b.low), a.low - b.low};
}

Wide wide_multiply(UInt128 a, UInt128 b)
{
    UInt128 low = (UInt128)low_limb(a) * low_limb(b);
    UInt128 cross = (UInt128)high_limb(a) * low_limb(b);
    UInt128 other = (UInt128)low_limb(a) * high_limb(b);
    UInt128 high = (UInt128)high_limb(a) * high_limb(b);
    UInt128 middle = (UInt128)high_limb(low) + low_limb(cross) + low_limb(other);
    high += (UInt128)high_limb(cross) + high_limb(other) + high_limb(middle);
    return (Wide){high, middle << 64 | low_limb(low)};
}

bool wide_scale(Wide *value, UInt128 factor)
{
    Wide high = wide_multiply(value->high, factor);
    Wide product = wide_multiply(value->low, factor);
    product.high += high.low;
    if (high.high != 0 || product.high < high.low)
        return false;
    *value = product;
    return true;
}

/* One step of the long division: rest * 2^64 + limb by a divisor whose top bit is set; rest <
 * divisor. */
static uint64_t divide_limb(UInt128 *rest, uint64_t limb, UInt128 divisor)
{
    Wide value = {high_limb(*rest), *rest << 64 | limb};
    uint64_t top = high_limb(divisor);
    uint64_t quotient = high_limb(*rest) >= top ? UINT64_MAX : low_limb(*rest / top);
    Wide product = wide_multiply(divisor, quotient);
    while (wide_compare(product, value) > 0) {
        quotient--;
        product = wide_subtract(product, wide_of(divisor));
    }
    *rest = wide_subtract(value, product).low;
    return quotient;
}

static uint32_t leading_zeros(UInt128 value)
{
    assert(value != 0);
    if (high_limb(value) != 0)
        return (uint32_t)__builtin_clzll(high_limb(value));
    return 64 + (uint32_t)__builtin_clzll(low_limb(value));
}

Wide wide_divide(Wide value, UInt128 divisor, UInt128 *remainder)
{
    assert(divisor != 0);
    if (value.high == 0 && high_limb(value.low) == 0 && high_limb(divisor) == 0) {
        *remainder = low_limb(value.low) % low_limb(divisor);
        return wide_of(low_limb(value.low) / low_limb(divisor));
    }
    if (value.high == 0) {
        *remainder = value.low % divisor;
        return wide_of(value.low / divisor);
    }
    /* Both sides are shifted alike, so that the divisor's top bit is set; what leaves the value at
     * the top is the first rest. */
    uint32_t shift = leading_zeros(divisor);
    UInt128 rest = shift == 0 ? 0 : value.high >> (128 - shift);
    UInt128 high = shift == 0 ? value.high : value.high << shift | value.low >> (128 - shift);
    UInt128 low = value.low << shift;
    divisor <<= shift;
    UInt128 first = (UInt128)divide_limb(&rest, high_limb(high), divisor) << 64;
    first |= divide_limb(&rest, low_limb(high), divisor);
    UInt128 second = (UInt128)divide_limb(&rest, high_limb(low), divisor) << 64;
    second |= divide_limb(&rest, low_limb(low), divisor);
    *remainder = rest >> shift;
    return (Wide){first, second};
}
