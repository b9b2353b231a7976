/* Arithmetic works on magnitudes, with the sign apart, so that rounding away from zero at the half
 * is the same on both sides. Magnitudes stay below 10^38 (2^127 at most), two of them multiplied
 * below 2^254. Common cases that fit 128 bits are taken first. */
#include "storage/data/decimal.h"

#include <assert.h>
#include <math.h>

#include "storage/data/number.h"
#include "storage/data/wide.h"

#define TEN9 ((UInt128)1000000000)
#define NINE_POWERS(unit)                                                                          \
    (unit), (unit)*10, (unit)*100, (unit)*1000, (unit)*10000, (unit)*100000, (unit)*1000000,       \
        (unit)*10000000, (unit)*100000000

static const UInt128 power10[DECIMAL_MAX_PRECISION + 1] = {
    NINE_POWERS((UInt128)1),       NINE_POWERS(TEN9),      NINE_POWERS(TEN9 *TEN9),
    NINE_POWERS(TEN9 *TEN9 *TEN9), TEN9 *TEN9 *TEN9 *TEN9, TEN9 *TEN9 *TEN9 *TEN9 * 10,
    TEN9 *TEN9 *TEN9 *TEN9 * 100,
};

static UInt128 magnitude_of(Int128 value)
{
    return value < 0 ? 0 - (UInt128)value : (UInt128)value;
}

static Int128 with_sign(UInt128 magnitude, bool negative)
{
    return negative ? (Int128)(0 - magnitude) : (Int128)magnitude;
}

Int128 decimal_power10(uint32_t exponent)
{
    assert(exponent <= DECIMAL_MAX_PRECISION);
    return (Int128)power10[exponent];
}

bool decimal_fits(Int128 value, uint32_t precision)
{
    assert(precision <= DECIMAL_MAX_PRECISION);
    return magnitude_of(value) < power10[precision];
}

/* --- rounding --- */

/* value / divisor, at the half away from zero. */
static Wide divide_half_up(Wide value, UInt128 divisor)
{
    UInt128 rest;
    Wide quotient = wide_divide(value, divisor, &rest);
    return rest >= divisor - rest ? wide_add(quotient, wide_of(1)) : quotient;
}

/* Cuts digits off. The first one decides the rounding, so those behind it may go beforehand. */
static Wide cut_digits(Wide value, uint32_t digits)
{
    UInt128 rest;
    while (digits > DECIMAL_MAX_PRECISION) {
        uint32_t first = digits - DECIMAL_MAX_PRECISION;
        if (first > DECIMAL_MAX_PRECISION)
            first = DECIMAL_MAX_PRECISION;
        value = wide_divide(value, power10[first], &rest);
        digits -= first;
    }
    return divide_half_up(value, power10[digits]);
}

static bool add_digits(Wide *value, uint32_t digits)
{
    for (; digits > DECIMAL_MAX_PRECISION; digits -= DECIMAL_MAX_PRECISION) {
        if (!wide_scale(value, power10[DECIMAL_MAX_PRECISION]))
            return false;
    }
    return wide_scale(value, power10[digits]);
}

static bool finish(Wide magnitude, bool negative, uint32_t precision, Int128 *out)
{
    assert(precision <= DECIMAL_MAX_PRECISION);
    if (magnitude.high != 0 || magnitude.low >= power10[precision])
        return false;
    *out = with_sign(magnitude.low, negative);
    return true;
}

/* A magnitude of one scale to the result's scale and precision. */
static bool round_to(Wide magnitude, bool negative, uint32_t from_scale, uint32_t precision,
                     uint32_t scale, Int128 *out)
{
    if (from_scale > scale)
        magnitude = cut_digits(magnitude, from_scale - scale);
    else if (from_scale < scale && !add_digits(&magnitude, scale - from_scale))
        return false;
    return finish(magnitude, negative, precision, out);
}

bool decimal_rescale(Int128 value, uint32_t from_scale, uint32_t precision, uint32_t scale,
                     Int128 *out)
{
    if (from_scale == scale) {
        *out = value;
        return decimal_fits(value, precision);
    }
    return round_to(wide_of(magnitude_of(value)), value < 0, from_scale, precision, scale, out);
}

Int128 decimal_truncate(Int128 value, uint32_t from_scale, uint32_t scale)
{
    assert(scale <= from_scale);
    return value / decimal_power10(from_scale - scale);
}

/* --- arithmetic --- */

typedef struct Signed {
    Wide magnitude;
    bool negative;
} Signed;

/* At a scale that is not smaller than its own; 10^38 times 2^127 fits. */
static Signed widen(Int128 value, uint32_t scale, uint32_t wanted)
{
    assert(wanted >= scale && wanted - scale <= DECIMAL_MAX_PRECISION);
    return (Signed){wide_multiply(magnitude_of(value), power10[wanted - scale]), value < 0};
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static Signed add_signed(Signed a, Signed b)
{
    if (a.negative == b.negative)
        return (Signed){wide_add(a.magnitude, b.magnitude), a.negative};
    if (wide_compare(a.magnitude, b.magnitude) >= 0)
        return (Signed){wide_subtract(a.magnitude, b.magnitude), a.negative};
    return (Signed){wide_subtract(b.magnitude, a.magnitude), b.negative};
}

bool decimal_add(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                 uint32_t scale, Int128 *out)
{
    if (a_scale == scale && b_scale == scale)
        return !__builtin_add_overflow(a, b, out) && decimal_fits(*out, precision);
    uint32_t common = larger(a_scale, b_scale);
    Signed sum = add_signed(widen(a, a_scale, common), widen(b, b_scale, common));
    return round_to(sum.magnitude, sum.negative, common, precision, scale, out);
}

bool decimal_subtract(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                      uint32_t scale, Int128 *out)
{
    if (a_scale == scale && b_scale == scale)
        return !__builtin_sub_overflow(a, b, out) && decimal_fits(*out, precision);
    uint32_t common = larger(a_scale, b_scale);
    Signed minus = widen(b, b_scale, common);
    minus.negative = !minus.negative;
    Signed sum = add_signed(widen(a, a_scale, common), minus);
    return round_to(sum.magnitude, sum.negative, common, precision, scale, out);
}

bool decimal_multiply(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                      uint32_t scale, Int128 *out)
{
    Wide product = wide_multiply(magnitude_of(a), magnitude_of(b));
    return round_to(product, (a < 0) != (b < 0), a_scale + b_scale, precision, scale, out);
}

bool decimal_divide(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                    uint32_t scale, Int128 *out)
{
    assert(b != 0);
    bool negative = (a < 0) != (b < 0);
    Wide dividend = wide_of(magnitude_of(a));
    UInt128 divisor = magnitude_of(b);
    uint32_t wanted = scale + b_scale;
    if (wanted >= a_scale) {
        /* A dividend beyond 256 bits makes a quotient beyond 38 digits. */
        if (a != 0 && !add_digits(&dividend, wanted - a_scale))
            return false;
        return finish(divide_half_up(dividend, divisor), negative, precision, out);
    }
    Wide larger_divisor = wide_multiply(divisor, power10[a_scale - wanted]);
    if (larger_divisor.high != 0) { /* more than twice the dividend: less than a half */
        *out = 0;
        return true;
    }
    return finish(divide_half_up(dividend, larger_divisor.low), negative, precision, out);
}

bool decimal_modulo(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                    uint32_t scale, Int128 *out)
{
    assert(b != 0);
    uint32_t common = larger(a_scale, b_scale);
    Wide dividend = widen(a, a_scale, common).magnitude;
    Wide divisor = widen(b, b_scale, common).magnitude;
    UInt128 rest;
    if (divisor.high == 0)
        wide_divide(dividend, divisor.low, &rest);
    else /* then only b was scaled, and a is less than it */
        rest = dividend.low;
    return round_to(wide_of(rest), a < 0, common, precision, scale, out);
}

int decimal_compare(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale)
{
    if (a_scale == b_scale || (a < 0) != (b < 0))
        return (a > b) - (a < b);
    uint32_t common = larger(a_scale, b_scale);
    int order =
        wide_compare(widen(a, a_scale, common).magnitude, widen(b, b_scale, common).magnitude);
    return a < 0 ? -order : order;
}

/* --- texts --- */

bool decimal_parse(Text text, uint32_t precision, uint32_t scale, Int128 *out, bool *overflow)
{
    *overflow = false;
    NumberText number;
    if (!number_scan(text, &number))
        return false;
    if (number.digits == 0) {
        *out = 0;
        return true;
    }
    /* The unscaled result is made of the digits before the point and `scale` behind it. */
    int64_t keep = number.point + (int64_t)scale;
    UInt128 magnitude = 0;
    if (keep <= DECIMAL_MAX_PRECISION) {
        for (int64_t i = 0; i < keep; i++)
            magnitude = magnitude * 10 + number_digit(&number, (uint64_t)i);
        if (keep >= 0 && number_digit(&number, (uint64_t)keep) >= 5)
            magnitude++;
    }
    *overflow = keep > DECIMAL_MAX_PRECISION ||
                !finish(wide_of(magnitude), number.negative, precision, out);
    return !*overflow;
}

uint32_t decimal_format(Int128 value, uint32_t scale, char *out)
{
    assert(scale <= DECIMAL_MAX_PRECISION);
    char digits[40];
    uint32_t count = 0;
    UInt128 rest = magnitude_of(value);
    while (rest > UINT64_MAX) { /* backwards; eighteen digits at a time */
        uint64_t part = (uint64_t)(rest % power10[18]);
        rest /= power10[18];
        for (uint32_t i = 0; i < 18; i++, part /= 10)
            digits[count++] = (char)('0' + part % 10);
    }
    for (uint64_t part = (uint64_t)rest; part != 0; part /= 10)
        digits[count++] = (char)('0' + part % 10);
    while (count <= scale) /* one digit before the point */
        digits[count++] = '0';
    char *p = out;
    if (value < 0)
        *p++ = '-';
    while (count > 0) {
        if (count == scale)
            *p++ = '.';
        *p++ = digits[--count];
    }
    return (uint32_t)(p - out);
}

void decimal_print(Int128 value, uint32_t scale, StrBuf *out)
{
    char text[DECIMAL_TEXT_BYTES];
    strbuf_put(out, text, decimal_format(value, scale, text));
}

/* --- to and from other numbers --- */

double decimal_to_double(Int128 value, uint32_t scale)
{
    char text[DECIMAL_TEXT_BYTES];
    double result = 0;
    bool parsed = double_parse((Text){text, decimal_format(value, scale, text)}, &result);
    assert(parsed);
    (void)parsed;
    return result;
}

/* Through the shortest text, as Java's BigDecimal.valueOf: 0.1 is 0.1 and not the binary fraction
 * that stands for it. */
bool decimal_from_double(double value, uint32_t precision, uint32_t scale, Int128 *out)
{
    if (!isfinite(value))
        return false;
    char text[NUMBER_TEXT_BYTES];
    bool overflow;
    return decimal_parse((Text){text, double_format(value, text)}, precision, scale, out,
                         &overflow);
}

bool decimal_to_i64(Int128 value, uint32_t scale, int64_t *out)
{
    Int128 whole = decimal_truncate(value, scale, 0);
    *out = (int64_t)whole;
    return whole >= INT64_MIN && whole <= INT64_MAX;
}
