/* The positions of a chunk's special bytes are listed in the manner of the first stage of Langdale
 * and Lemire, "Parsing Gigabytes of JSON per Second" (VLDB Journal 2019): compare 64 bytes at a
 * time, make a bitmap, list its bits. Which instructions do it is chosen when a decoder opens. */
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "storage/format/json.h"

static inline bool is_special(char c)
{
    return c == '"' || c == '\\' || (signed char)c < ' ';
}

static void index_plain(const char *p, size_t size, JsonIndex *index)
{
    uint32_t count = 0;
    for (size_t i = 0; i < size; i++) {
        index->at[count] = (uint16_t)i;
        count += is_special(p[i]);
    }
    index->count = count;
}

#if defined(__x86_64__)

_Static_assert((int)INDEX_STRIDE <= (int)BLOCK_PADDING, "the last stride may be read whole");

/* Bits of the stride that begins `left` bytes before the end. */
static inline uint64_t stride_mask(size_t left)
{
    return left >= INDEX_STRIDE ? UINT64_MAX : (UINT64_C(1) << left) - 1;
}

/* Lists the set bits. Eight at a time whether they are there or not: what is too much is written
 * over by the next call, and the branches are few and predictable. */
__attribute__((target("bmi,popcnt"))) static inline uint32_t list_bits(uint64_t bits, uint16_t base,
                                                                       uint16_t *out)
{
    uint32_t count = (uint32_t)_mm_popcnt_u64(bits);
    for (uint32_t done = 0; done < count; done += 8) {
#pragma GCC unroll 8
        for (uint32_t i = 0; i < 8; i++) {
            out[done + i] = (uint16_t)(base + _tzcnt_u64(bits));
            bits = _blsr_u64(bits);
        }
    }
    return count;
}

__attribute__((target("avx2,bmi,popcnt"))) static inline uint32_t special32(const char *p)
{
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i odd = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), bytes);
    odd = _mm256_or_si256(odd, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')));
    odd = _mm256_or_si256(odd, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
    return (uint32_t)_mm256_movemask_epi8(odd);
}

__attribute__((target("avx2,bmi,popcnt"))) static void index_avx2(const char *p, size_t size,
                                                                  JsonIndex *index)
{
    uint32_t count = 0;
    for (size_t at = 0; at < size; at += INDEX_STRIDE) {
        uint64_t bits = special32(p + at) | (uint64_t)special32(p + at + 32) << 32;
        count += list_bits(bits & stride_mask(size - at), (uint16_t)at, index->at + count);
    }
    index->count = count;
}

/* Compresses the numbers 0 to 63 by the bitmap instead of listing bits one by one. */
__attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,popcnt"))) static void
index_avx512(const char *p, size_t size, JsonIndex *index)
{
    static const uint8_t numbers[INDEX_STRIDE] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const __m512i iota = _mm512_loadu_si512(numbers), space = _mm512_set1_epi8(' ');
    const __m512i quote = _mm512_set1_epi8('"'), backslash = _mm512_set1_epi8('\\');
    uint32_t count = 0;
    for (size_t at = 0; at < size; at += INDEX_STRIDE) {
        __m512i bytes = _mm512_loadu_si512(p + at);
        uint64_t bits = _mm512_cmplt_epi8_mask(bytes, space) |
                        _mm512_cmpeq_epi8_mask(bytes, quote) |
                        _mm512_cmpeq_epi8_mask(bytes, backslash);
        bits &= stride_mask(size - at);
        __m512i found = _mm512_maskz_compress_epi8(bits, iota), base = _mm512_set1_epi16((short)at);
        __m512i low = _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(found)), base);
        _mm512_storeu_si512(index->at + count, low);
        uint32_t more = (uint32_t)_mm_popcnt_u64(bits);
        if (more > INDEX_STRIDE / 2) {
            __m512i high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(found, 1));
            _mm512_storeu_si512(index->at + count + INDEX_STRIDE / 2, _mm512_add_epi16(high, base));
        }
        count += more;
    }
    index->count = count;
}

JsonIndexer *json_indexer(void)
{
    if (__builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bw"))
        return index_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        return index_avx2;
    return index_plain;
}

#else

JsonIndexer *json_indexer(void)
{
    return index_plain;
}

#endif

JsonIndexer *json_indexer_numbered(uint32_t number)
{
#if defined(__x86_64__)
    if (number == 1 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        return index_avx2;
    if (number == 2 && json_indexer() == index_avx512)
        return index_avx512;
#endif
    return number == 0 ? index_plain : NULL;
}
