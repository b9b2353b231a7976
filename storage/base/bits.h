/* Bitmaps over 64-bit words, one bit a row. */
#ifndef WEIR_STORAGE_BASE_BITS_H
#define WEIR_STORAGE_BASE_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t bits_words(uint32_t count)
{
    return (count + 63) / 64;
}

static inline bool bit_get(const uint64_t *bits, uint32_t index)
{
    return (bits[index / 64] >> (index % 64)) & 1;
}

/* The `count` (at most 64) bits from `index` on, the first of them lowest; those above may be any.
 */
static inline uint64_t bits_get64(const uint64_t *bits, uint32_t index, uint32_t count)
{
    uint32_t word = index / 64, shift = index % 64;
    uint64_t low = bits[word] >> shift;
    return shift + count <= 64 ? low : low | bits[word + 1] << (64 - shift);
}

static inline void bit_set(uint64_t *bits, uint32_t index)
{
    bits[index / 64] |= UINT64_C(1) << (index % 64);
}

static inline void bit_clear(uint64_t *bits, uint32_t index)
{
    bits[index / 64] &= ~(UINT64_C(1) << (index % 64));
}

static inline void bit_put(uint64_t *bits, uint32_t index, bool value)
{
    uint64_t mask = UINT64_C(1) << (index % 64);
    bits[index / 64] = (bits[index / 64] & ~mask) | (value ? mask : 0);
}

static inline void bits_fill(uint64_t *bits, uint32_t count, bool value)
{
    memset(bits, value ? 0xFF : 0, bits_words(count) * sizeof *bits);
}

#endif
