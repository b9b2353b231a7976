#include "storage/data/number.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --- scanning --- */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static Text trim(Text text)
{
    while (text.size > 0 && is_blank(text.ptr[0])) {
        text.ptr++;
        text.size--;
    }
    while (text.size > 0 && is_blank(text.ptr[text.size - 1]))
        text.size--;
    return text;
}

/* The digits behind an `e`; far beyond what any type holds they count as 10^9. */
static bool scan_exponent(const char *p, const char *end, int64_t *out)
{
    enum { ENOUGH = 1000000000 };
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end)
        return false;
    int64_t exponent = 0;
    for (; p < end; p++) {
        if (!is_digit(*p))
            return false;
        if (exponent < ENOUGH)
            exponent = exponent * 10 + (*p - '0');
    }
    *out = negative ? -exponent : exponent;
    return true;
}

bool number_scan(Text text, NumberText *out)
{
    text = trim(text);
    const char *p = text.ptr, *end = text.ptr + text.size;
    *out = (NumberText){.plain = true, .negative = p < end && *p == '-'};
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const char *dot = NULL;
    uint32_t seen = 0, zeros = 0; /* digits; those among them before the first that is not zero */
    uint32_t whole = 0;           /* digits before the point */
    for (; p < end && (is_digit(*p) || (*p == '.' && dot == NULL)); p++) {
        if (*p == '.') {
            dot = p;
            whole = seen;
            continue;
        }
        if (out->first == NULL && *p == '0')
            zeros++;
        else if (out->first == NULL)
            out->first = p;
        seen++;
    }
    if (seen == 0)
        return false;
    if (dot == NULL)
        whole = seen;
    out->digits = seen - zeros;
    out->dot = whole > zeros ? whole - zeros : 0;
    /* A point before d1 is not among the digits that are read from d1 on. */
    if (out->dot == 0)
        out->dot = UINT32_MAX;
    out->point = (int64_t)whole - (int64_t)zeros;
    out->plain = dot == NULL && p == end;
    if (p == end)
        return true;
    int64_t exponent;
    if ((*p != 'e' && *p != 'E') || !scan_exponent(p + 1, end, &exponent))
        return false;
    out->point += exponent;
    return true;
}

static double power10(uint32_t exponent)
{
    static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    assert(exponent < sizeof exact / sizeof *exact);
    return exact[exponent];
}

/* Digits and exponent both exact as DOUBLE: one operation rounds once (Clinger 1990, "How to Read
 * Floating Point Numbers Accurately"). */
static bool parse_exactly(const NumberText *number, double *out)
{
    enum { MOST_DIGITS = 15, LARGEST_EXPONENT = 22 };
    int64_t exponent = number->point - number->digits;
    if (number->digits > MOST_DIGITS || exponent < -LARGEST_EXPONENT || exponent > LARGEST_EXPONENT)
        return false;
    int64_t digits = 0;
    for (uint32_t i = 0; i < number->digits; i++)
        digits = digits * 10 + number_digit(number, i);
    if (exponent < 0)
        *out = (double)digits / power10((uint32_t)-exponent);
    else
        *out = (double)digits * power10((uint32_t)exponent);
    return true;
}

/* By strtod, on text without a point, since what a point looks like hangs on the locale. Digits
 * that can no longer decide a tie are replaced by one that stands for "and a little more". */
static double parse_slowly(const NumberText *number)
{
    enum { DECISIVE = 770 };
    char copy[DECISIVE + 32];
    if (number->point > 400)
        return INFINITY;
    if (number->point < -400)
        return 0;
    uint32_t digits = number->digits;
    while (digits > 0 && number_digit(number, digits - 1) == 0)
        digits--;
    uint32_t used = digits < DECISIVE ? digits : DECISIVE;
    for (uint32_t i = 0; i < used; i++)
        copy[i] = (char)('0' + number_digit(number, i));
    int64_t exponent = number->point - used;
    uint32_t size = used;
    if (used < digits) {
        copy[size++] = '1';
        exponent--;
    }
    snprintf(copy + size, sizeof copy - size, "e%lld", (long long)exponent);
    return strtod(copy, NULL);
}

static bool parse_special(Text text, double *out)
{
    text = trim(text);
    bool negative = text.size > 0 && text.ptr[0] == '-';
    if (text.size > 0 && (negative || text.ptr[0] == '+')) {
        text.ptr++;
        text.size--;
    }
    if (text_is(text, "NaN"))
        *out = NAN;
    else if (text_is(text, "Infinity"))
        *out = negative ? -INFINITY : INFINITY;
    else
        return false;
    return true;
}

bool double_parse(Text text, double *out)
{
    NumberText number;
    if (!number_scan(text, &number))
        return parse_special(text, out);
    double value = 0;
    if (number.digits > 0 && !parse_exactly(&number, &value))
        value = parse_slowly(&number);
    *out = number.negative ? -value : value;
    return true;
}

/* --- writing --- */

/* digits d1 d2 ... and the value 0.d1 d2 ... * 10^point, in Java's form. */
static uint32_t lay_out(const char *digits, int32_t count, int32_t point, bool negative, char *out)
{
    char *p = out;
    if (negative)
        *p++ = '-';
    bool scientific = point < -2 || point > 7;
    int32_t whole = scientific ? 1 : point;
    if (whole <= 0) {
        *p++ = '0';
        *p++ = '.';
        for (int32_t i = whole; i < 0; i++)
            *p++ = '0';
    }
    for (int32_t i = 0; i < count || i <= whole; i++) {
        if (i == whole && whole > 0)
            *p++ = '.';
        *p++ = i < count ? digits[i] : '0';
    }
    if (scientific)
        p += snprintf(p, 8, "E%d", point - 1);
    return (uint32_t)(p - out);
}

static uint32_t format_special(double value, char *out)
{
    const char *text = isnan(value) ? "NaN" : value == 0 ? "0.0" : "Infinity";
    uint32_t size = 0;
    if (signbit(value) && !isnan(value))
        out[size++] = '-';
    while (*text != '\0')
        out[size++] = *text++;
    return size;
}

/* The value is 0.d1 d2 ... * 10^point. */
typedef struct Digits {
    char digit[24];
    int32_t count, point;
} Digits;

static uint32_t lay_out_digits(const Digits *digits, bool negative, char *out)
{
    int32_t count = digits->count;
    while (count > 1 && digits->digit[count - 1] == '0')
        count--;
    return lay_out(digits->digit, count, digits->point, negative, out);
}

/* What printf puts for the point hangs on the locale and is skipped. */
static void print_digits(double value, int precision, Digits *out)
{
    char text[64];
    snprintf(text, sizeof text, "%.*e", precision - 1, value);
    out->count = 0;
    const char *p = text;
    for (; *p != 'e'; p++) {
        if (is_digit(*p))
            out->digit[out->count++] = *p;
    }
    out->point = (int32_t)strtol(p + 1, NULL, 10) + 1;
}

static bool reads_back(const Digits *digits, double magnitude, bool single)
{
    char text[48];
    snprintf(text, sizeof text, "%.*se%d", (int)digits->count, digits->digit,
             digits->point - digits->count);
    return single ? (double)strtof(text, NULL) == magnitude : strtod(text, NULL) == magnitude;
}

/* The next larger number of as many digits. */
static bool round_up(Digits *digits)
{
    for (int32_t i = digits->count; i-- > 0;) {
        if (digits->digit[i] < '9') {
            digits->digit[i]++;
            return true;
        }
        digits->digit[i] = '0';
    }
    return false;
}

/* The fewest digits that read back. Any 15 (FLOAT: 6) digits read back and are written again as
 * they were, so the search begins there; subnormal values have fewer. 17 (9) are always enough.
 * Below a power of two values lie twice as close as above it, so there the nearest text may read
 * back as the neighbour below while the next larger one is right. */
static void find_digits(double magnitude, bool single, Digits *out)
{
    bool subnormal = magnitude < (single ? 0x1p-126 : 0x1p-1022);
    int exponent, least = subnormal ? 2 : single ? 6 : 15, most = single ? 9 : 17;
    bool power_of_two = frexp(magnitude, &exponent) == 0.5;
    for (int precision = least; precision <= most; precision++) {
        print_digits(magnitude, precision, out);
        if (reads_back(out, magnitude, single))
            return;
        Digits larger = *out;
        if (power_of_two && round_up(&larger) && reads_back(&larger, magnitude, single)) {
            *out = larger;
            return;
        }
    }
}

static void write_whole(uint64_t value, Digits *out)
{
    char backwards[24];
    int32_t count = 0;
    for (; value != 0; value /= 10)
        backwards[count++] = (char)('0' + value % 10);
    for (out->count = 0; count > 0;)
        out->digit[out->count++] = backwards[--count];
}

/* Few digits behind the point, as most data has: n / 10^k with both exact rounds once, so if it is
 * the value, its digits read back; with at most 15 digits no shorter or nearer text exists. */
static uint32_t format_short(double magnitude, bool negative, char *out)
{
    for (uint32_t k = 0; k <= 17; k++) {
        double scaled = nearbyint(magnitude * power10(k));
        if (scaled >= 1e15)
            break;
        if (scaled / power10(k) != magnitude)
            continue;
        Digits digits = {.count = 0};
        write_whole((uint64_t)scaled, &digits);
        digits.point = digits.count - (int32_t)k;
        return lay_out_digits(&digits, negative, out);
    }
    return 0;
}

uint32_t double_format(double value, char *out)
{
    if (value == 0 || !isfinite(value))
        return format_special(value, out);
    double magnitude = fabs(value);
    bool negative = value < 0;
    if (magnitude >= 1e-3 && magnitude < 1e7) {
        uint32_t size = format_short(magnitude, negative, out);
        if (size > 0)
            return size;
    }
    Digits digits;
    find_digits(magnitude, false, &digits);
    return lay_out_digits(&digits, negative, out);
}

uint32_t float_format(float value, char *out)
{
    if (value == 0 || !isfinite(value))
        return format_special((double)value, out);
    Digits digits;
    find_digits(fabs((double)value), true, &digits);
    return lay_out_digits(&digits, value < 0, out);
}
