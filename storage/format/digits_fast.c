/* The arithmetic is that of scan_padded_digits and scan_padded_value (scan_fast.h), after Langdale
 * and Lemire, "Parsing Gigabytes of JSON per Second" (VLDB Journal 2019), section 3.1.4: digits are
 * joined to pairs, pairs to fours, fours to the value. */
#include "storage/format/digits_fast.h"

#include <stddef.h>
#include <string.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Eight words; the compiler makes the target's instructions of the operators. A
 * comparison gives all bits or none. */
typedef uint64_t Words __attribute__((vector_size(64)));
typedef uint32_t Lanes32 __attribute__((vector_size(64)));
typedef uint16_t Lanes16 __attribute__((vector_size(64)));
enum { WORDS = 8 };

#define LOAD(type, from)                                                                           \
    ({                                                                                             \
        type loaded;                                                                               \
        memcpy(&loaded, (from), sizeof loaded);                                                    \
        loaded;                                                                                    \
    })
#define STORE(to, vector) memcpy((to), &(vector), sizeof(vector))
#define EVERY(word)       ((Words){0} + (uint64_t)(word))

/* Not 0 where some byte is no digit. */
ALWAYS_INLINE void mark_others(const Words *text, Words *bad)
{
    Words high = *text & UINT64_C(0xF0F0F0F0F0F0F0F0);
    Words carry = ((*text + UINT64_C(0x0606060606060606)) & UINT64_C(0xF0F0F0F0F0F0F0F0)) >> 4;
    *bad |= (high | carry) ^ UINT64_C(0x3333333333333333);
}

/* Eight digits as two numbers of four, the first one in the lower half. Within a lane, multiplying
 * by (weight, 1) adds the lower part, weighed, to the upper one, and the shift drops the lower one.
 */
ALWAYS_INLINE void join_fours(Words *text)
{
    Lanes16 digits = (Lanes16)(*text & UINT64_C(0x0F0F0F0F0F0F0F0F));
    Lanes32 pairs = (Lanes32)(digits * (10 << 8 | 1) >> 8);
    *text = (Words)(pairs * (100 << 16 | 1) >> 16);
}

/* Two numbers of four as one, each by its weight. */
ALWAYS_INLINE void weigh(Words *fours, uint64_t first, uint64_t second)
{
    Words both = (Words)((Lanes32)*fours * (Lanes32)EVERY(second << 32 | first));
    *fours = (both & UINT32_MAX) + (both >> 32);
}

/* The words of the integers at [i, i + 8) as eight digits each, zeros in front. */
ALWAYS_INLINE void align_digits(const DigitsRun *run, uint32_t i, Words *text, Words *minus,
                                Words *bad)
{
    Words word = LOAD(Words, &run->word[i]);
    Words size = LOAD(Words, &run->size[i]);
    *minus = (Words)((word & 0xFF) == '-');
    Words digits = size + *minus; /* one less */
    *bad = (Words)(digits - 1 > *minus + 7);
    word >>= *minus & 8;
    *bad |= (Words)((word & 0xFF) == '0') & (digits ^ 1);
    Words shift = (64 - 8 * digits) & 56;
    Words half = 32 - (shift >> 1);
    *text = word << shift | EVERY(0x3030303030303030) >> half >> half;
    mark_others(text, bad);
}

ALWAYS_INLINE void convert_integers(DigitsRun *run)
{
    for (uint32_t i = 0; i < DIGITS_RUN; i += WORDS) {
        Words text, minus, bad;
        align_digits(run, i, &text, &minus, &bad);
        join_fours(&text);
        weigh(&text, 10000, 1);
        text = (text ^ minus) - minus;
        STORE(&run->value[i], text);
        STORE(&run->bad[i], bad);
    }
}

ALWAYS_INLINE void check_integers(DigitsRun *run)
{
    for (uint32_t i = 0; i < DIGITS_RUN; i += WORDS) {
        Words text, minus, bad;
        align_digits(run, i, &text, &minus, &bad);
        STORE(&run->bad[i], bad);
    }
}

ALWAYS_INLINE void convert_seconds(DigitsRun *run, uint64_t minute_first, uint64_t minute_second)
{
    /* A colon and a point become zeros, so that ":SS.mmm" and any byte is "0SS0mmm0". */
    const uint64_t marks = UINT64_C(0x2E00003A) ^ UINT64_C(0x30000030), text_size = 23;
    for (uint32_t i = 0; i < DIGITS_RUN; i += WORDS) {
        Words size = LOAD(Words, &run->size[i]);
        Words text = (LOAD(Words, &run->word[i]) ^ marks) & UINT64_C(0x00FFFFFFFFFFFFFF);
        text |= EVERY(0x3000000000000000);
        Words bad = (LOAD(Words, &run->minute[0][i]) ^ minute_first) |
                    (LOAD(Words, &run->minute[1][i]) ^ minute_second) | (size ^ text_size);
        bad |= (text & 0xFF0000FF) ^ 0x30000030;
        bad |= (Words)((text & 0xFF00) > 0x3500); /* second 60 and later */
        mark_others(&text, &bad);
        join_fours(&text); /* 0SS0 and mmm0 */
        weigh(&text, 100000, 100);
        STORE(&run->value[i], text);
        STORE(&run->bad[i], bad);
    }
}

#define DIGITS_LOOPS(name, target)                                                                 \
    target static void integers_##name(DigitsRun *run)                                             \
    {                                                                                              \
        convert_integers(run);                                                                     \
    }                                                                                              \
    target static void check_##name(DigitsRun *run)                                                \
    {                                                                                              \
        check_integers(run);                                                                       \
    }                                                                                              \
    target static void seconds_##name(DigitsRun *run, uint64_t first, uint64_t second)             \
    {                                                                                              \
        convert_seconds(run, first, second);                                                       \
    }                                                                                              \
    static const DigitsLoops loops_##name = {integers_##name, check_##name, seconds_##name};

DIGITS_LOOPS(plain, )

#if defined(__x86_64__)

DIGITS_LOOPS(avx2, __attribute__((target("avx2"))))
DIGITS_LOOPS(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))))

const DigitsLoops *digits_loops_numbered(uint32_t number)
{
    if (number == 2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return &loops_avx512;
    if (number == 1 && __builtin_cpu_supports("avx2"))
        return &loops_avx2;
    return number == 0 ? &loops_plain : NULL;
}

#else

const DigitsLoops *digits_loops_numbered(uint32_t number)
{
    return number == 0 ? &loops_plain : NULL;
}

#endif

const DigitsLoops *digits_loops(void)
{
    for (uint32_t number = 2; number > 0; number--) {
        const DigitsLoops *loops = digits_loops_numbered(number);
        if (loops != NULL)
            return loops;
    }
    return digits_loops_numbered(0);
}
