/* Searches over runs of bytes that decoders do for every field, a vector at a time where the
 * machine has vectors. They may read up to SCAN_OVERREAD bytes past `end`, which Block's padding
 * allows; they never look at what those bytes hold. */
#ifndef WEIR_STORAGE_FORMAT_SCAN_FAST_H
#define WEIR_STORAGE_FORMAT_SCAN_FAST_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "storage/data/builder.h"

/* A large local array that is written before it is read: clearing it first would cost more than the
 * work it is for. */
#define SCRATCH __attribute__((uninitialized))

enum { SCAN_OVERREAD = 15 };
_Static_assert((int)SCAN_OVERREAD < (int)BLOCK_PADDING, "blocks allow the overread");

static inline uint64_t scan_load64(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* The first byte of [p, end) that is a quote, a backslash, a control character or not ASCII. */
static inline const char *scan_string_special(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    for (; p < end; p += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i odd = _mm_cmplt_epi8(bytes, space); /* signed: bytes from 0x80 on are negative */
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, quote));
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, backslash));
        unsigned mask = (unsigned)_mm_movemask_epi8(odd);
        if (mask != 0) {
            p += __builtin_ctz(mask);
            return p < end ? p : end;
        }
    }
    return end;
#else
    while (p < end && *p != '"' && *p != '\\' && (signed char)*p >= ' ')
        p++;
    return p;
#endif
}

/* Four bytes to look for, each as a vector. */
enum { SCAN_VECTOR = 16 };
typedef struct ScanNeedles {
    _Alignas(SCAN_VECTOR) char vector[4][SCAN_VECTOR];
} ScanNeedles;

static inline ScanNeedles scan_needles(char a, char b, char c, char d)
{
    ScanNeedles needles;
    memset(needles.vector[0], a, SCAN_VECTOR);
    memset(needles.vector[1], b, SCAN_VECTOR);
    memset(needles.vector[2], c, SCAN_VECTOR);
    memset(needles.vector[3], d, SCAN_VECTOR);
    return needles;
}

/* A bit for each of the next 16 bytes that is one of the four. */
static inline uint32_t scan_matches(const ScanNeedles *needles, const char *p)
{
#ifdef __SSE2__
    const __m128i *vector = (const __m128i *)(const void *)needles->vector;
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i ab = _mm_or_si128(_mm_cmpeq_epi8(bytes, vector[0]), _mm_cmpeq_epi8(bytes, vector[1]));
    __m128i cd = _mm_or_si128(_mm_cmpeq_epi8(bytes, vector[2]), _mm_cmpeq_epi8(bytes, vector[3]));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(ab, cd));
#else
    uint32_t found = 0;
    for (uint32_t i = 0; i < SCAN_VECTOR; i++) {
        bool match = p[i] == needles->vector[0][0] || p[i] == needles->vector[1][0] ||
                     p[i] == needles->vector[2][0] || p[i] == needles->vector[3][0];
        found |= (uint32_t)match << i;
    }
    return found;
#endif
}

/* Goes from one of the four bytes to the next; a vector is compared once, however many it holds. */
typedef struct ScanWalk {
    const ScanNeedles *needles;
    const char *vector, *end;
    uint32_t found; /* in the vector, and not yet given */
} ScanWalk;

static inline void scan_walk_seek(ScanWalk *walk, const char *p)
{
    walk->vector = p;
    walk->found = p < walk->end ? scan_matches(walk->needles, p) : 0;
}

/* The next place, or the end. */
static inline const char *scan_walk_next(ScanWalk *walk)
{
    while (walk->found == 0) {
        walk->vector += SCAN_VECTOR;
        if (walk->vector >= walk->end)
            return walk->end;
        walk->found = scan_matches(walk->needles, walk->vector);
    }
    const char *p = walk->vector + __builtin_ctz(walk->found);
    walk->found &= walk->found - 1;
    return p < walk->end ? p : walk->end;
}

/* The first byte of [p, end) that is one of the four. */
static inline const char *scan_first(const ScanNeedles *needles, const char *p, const char *end)
{
    for (; p < end; p += SCAN_VECTOR) {
        uint32_t found = scan_matches(needles, p);
        if (found != 0) {
            p += __builtin_ctz(found);
            return p < end ? p : end;
        }
    }
    return end;
}

/* A bit for each of the next 16 bytes that is not the pattern's. */
static inline uint32_t scan_differs16(const char *p, const char *pattern)
{
#ifdef __SSE2__
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)pattern);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b)) ^ 0xFFFFu;
#else
    uint32_t differs = 0;
    for (uint32_t i = 0; i < 16; i++)
        differs |= (uint32_t)(p[i] != pattern[i]) << i;
    return differs;
#endif
}

/* p starts with the pattern's first `size` (1 to 16) bytes; 16 of both may be read. */
static inline bool scan_equal16(const char *p, const char *pattern, uint32_t size)
{
    return (scan_differs16(p, pattern) & ((1u << size) - 1)) == 0;
}

/* How many of the next 8 bytes are digits, from the front. The word is little-endian text.
 * After Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (VLDB Journal 2019), section
 * 3.1.4. */
static inline uint32_t scan_digits8(uint64_t word)
{
    uint64_t odd = ((word + UINT64_C(0x4646464646464646)) | (word - UINT64_C(0x3030303030303030))) &
                   UINT64_C(0x8080808080808080);
    return odd == 0 ? 8 : (uint32_t)__builtin_ctzll(odd) / 8;
}

/* Whether the first `count` (1 to 8) bytes are digits; *padded is their text with zeros in front, 8
 * digits in all. */
static inline bool scan_padded_digits(uint64_t word, uint32_t count, uint64_t *padded)
{
    uint64_t zeros = UINT64_C(0x3030303030303030) >> (4 * count) >> (4 * count);
    word = word << (64 - 8 * count) | zeros;
    *padded = word;
    return ((word & UINT64_C(0xF0F0F0F0F0F0F0F0)) |
            (((word + UINT64_C(0x0606060606060606)) & UINT64_C(0xF0F0F0F0F0F0F0F0)) >> 4)) ==
           UINT64_C(0x3333333333333333);
}

/* The value of 8 digits. */
static inline uint32_t scan_padded_value(uint64_t word)
{
    word &= UINT64_C(0x0F0F0F0F0F0F0F0F);
    word = word * 2561 >> 8;
    word = (word & UINT64_C(0x00FF00FF00FF00FF)) * 6553601 >> 16;
    word = (word & UINT64_C(0x0000FFFF0000FFFF)) * UINT64_C(42949672960001) >> 32;
    return (uint32_t)word;
}

/* The value of the first `count` (1 to 8) digits of the word. */
static inline uint32_t scan_value8(uint64_t word, uint32_t count)
{
    return scan_padded_value(word << (64 - 8 * count)); /* a zero byte counts as the digit 0 */
}

/* str_view where 12 bytes may be read whatever the size is: masks instead of a copy loop. */
static inline Str scan_str(const char *p, uint32_t size)
{
    if (size > STR_INLINE)
        return str_view(p, size);
    uint64_t low, high = 0;
    memcpy(&low, p, 8);
    memcpy(&high, p + 8, 4);
    if (size < 8) {
        low &= (UINT64_C(1) << (8 * size)) - 1;
        high = 0;
    } else {
        high &= (UINT64_C(1) << (8 * (size - 8))) - 1;
    }
    Str str = {.inlined.size = size};
    memcpy(str.inlined.bytes, &low, 8);
    memcpy(str.inlined.bytes + 8, &high, 4);
    return str;
}

#endif
