#include "executor/function/float_exact.h"

#include <math.h>
#include <string.h>

enum { DIGITS = 53, LEAST_EXPONENT = -1074 }; /* of a double: binary digits, place of the last */

/* Adds two words from number `at` on, and what that carries further up. */
static void add_words(uint64_t *word, uint32_t at, uint64_t low, uint64_t high)
{
    unsigned __int128 sum = (unsigned __int128)word[at] + low;
    word[at] = (uint64_t)sum;
    sum = (sum >> 64) + word[at + 1] + high;
    word[at + 1] = (uint64_t)sum;
    for (at += 2; sum >> 64 != 0 && at < FLOAT_EXACT_WORDS; at++) {
        sum = (unsigned __int128)word[at] + 1;
        word[at] = (uint64_t)sum;
    }
}

static void subtract_words(uint64_t *word, uint32_t at, uint64_t low, uint64_t high)
{
    bool borrow = word[at] < low;
    word[at] -= low;
    uint64_t before = word[at + 1];
    word[at + 1] = before - high - borrow;
    borrow = before < high || (before == high && borrow);
    for (at += 2; borrow && at < FLOAT_EXACT_WORDS; at++)
        borrow = word[at]-- == 0;
}

void float_exact_move(FloatExact *sum, double value, bool subtract)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t exponent = (uint32_t)(bits >> 52) & 0x7FF;
    uint64_t digits = bits & ((UINT64_C(1) << 52) - 1);
    if (exponent > 0) /* a normal number has a first digit that is not written */
        digits |= UINT64_C(1) << 52;
    uint32_t place = exponent > 0 ? exponent - 1 : 0, at = place / 64, shift = place % 64;
    uint64_t low = digits << shift, high = shift == 0 ? 0 : digits >> (64 - shift);
    if ((bits >> 63 != 0) == subtract)
        add_words(sum->word, at, low, high);
    else
        subtract_words(sum->word, at, low, high);
}

void float_exact_merge(FloatExact *into, const FloatExact *from, bool subtract)
{
    /* a - b is a + ~b + 1 */
    unsigned __int128 sum = subtract;
    for (uint32_t w = 0; w < FLOAT_EXACT_WORDS; w++) {
        sum += into->word[w];
        sum += subtract ? ~from->word[w] : from->word[w];
        into->word[w] = (uint64_t)sum;
        sum >>= 64;
    }
}

/* The highest digit that is 1; -1: there is none. */
static int32_t highest_digit(const uint64_t *word)
{
    for (int32_t w = FLOAT_EXACT_WORDS - 1; w >= 0; w--) {
        if (word[w] != 0)
            return w * 64 + 63 - __builtin_clzll(word[w]);
    }
    return -1;
}

/* `count` digits, at most 64, from number `from` on. */
static uint64_t digits_from(const uint64_t *word, uint32_t from, uint32_t count)
{
    uint32_t w = from / 64, shift = from % 64;
    uint64_t digits = word[w] >> shift;
    if (shift > 0 && w + 1 < FLOAT_EXACT_WORDS)
        digits |= word[w + 1] << (64 - shift);
    return count == 64 ? digits : digits & ((UINT64_C(1) << count) - 1);
}

static bool any_digit_below(const uint64_t *word, uint32_t end)
{
    for (uint32_t w = 0; w < end / 64; w++) {
        if (word[w] != 0)
            return true;
    }
    return end % 64 != 0 && (word[end / 64] & ((UINT64_C(1) << end % 64) - 1)) != 0;
}

/* Of a number that is not negative. */
static double round_words(const uint64_t *word)
{
    int32_t highest = highest_digit(word);
    if (highest < DIGITS)
        return ldexp((double)word[0], LEAST_EXPONENT);
    uint32_t last = (uint32_t)highest - DIGITS + 1; /* the digit that stays the last one */
    uint64_t digits = digits_from(word, last, DIGITS);
    bool half = digits_from(word, last - 1, 1) != 0;
    if (half && ((digits & 1) != 0 || any_digit_below(word, last - 1)))
        digits++;
    return ldexp((double)digits, (int)last + LEAST_EXPONENT);
}

double float_exact_total(const FloatExact *sum)
{
    FloatExact negated = {0};
    if (sum->word[FLOAT_EXACT_WORDS - 1] >> 63 == 0)
        return round_words(sum->word);
    float_exact_merge(&negated, sum, true);
    return -round_words(negated.word);
}
