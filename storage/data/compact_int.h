/* Integers in as many bytes as they need, in an order that memcmp keeps: one head byte that holds
 * sign and number of bytes, then the significant bytes, highest first. A head is at least 0x6F, so
 * smaller bytes in its place can mean something else (NULL). The idea is that of the key encodings
 * of FoundationDB's tuple layer and SQLite 4. */
#ifndef WEIR_STORAGE_DATA_COMPACT_INT_H
#define WEIR_STORAGE_DATA_COMPACT_INT_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "storage/data/column.h"

enum {
    COMPACT_POSITIVE = 0x80, /* plus the number of bytes */
    COMPACT_NEGATIVE = 0x7F, /* minus the number of bytes */
    COMPACT_MAX_BYTES = 17,  /* with the head, of an Int128 */
    COMPACT_ROOM = 24,       /* what a writer may touch */
};

/* Bytes that are not just copies of the sign. */
static inline uint32_t compact_width(int64_t value)
{
    uint64_t magnitude = (uint64_t)(value < 0 ? ~value : value);
    return magnitude == 0 ? 0 : (71 - (uint32_t)__builtin_clzll(magnitude)) / 8;
}

static inline unsigned char compact_head(bool negative, uint32_t width)
{
    return (unsigned char)(negative ? COMPACT_NEGATIVE - (int)width
                                    : COMPACT_POSITIVE + (int)width);
}

/* Returns the place behind the value; up to COMPACT_ROOM bytes from `at` are overwritten. */
static inline char *compact_put_i64(char *at, int64_t value)
{
    uint32_t width = compact_width(value);
    *at++ = (char)compact_head(value < 0, width);
    uint64_t bytes = width == 0 ? 0 : htobe64((uint64_t)value << (64 - 8 * width));
    memcpy(at, &bytes, sizeof bytes);
    return at + width;
}

static inline char *compact_put_i128(char *at, Int128 value)
{
    int64_t high = (int64_t)(value >> 64);
    int64_t low = (int64_t)value;
    if (high == (low < 0 ? -1 : 0))
        return compact_put_i64(at, low);
    uint32_t width = compact_width(high);
    *at++ = (char)compact_head(high < 0, width + 8);
    uint64_t bytes = width == 0 ? 0 : htobe64((uint64_t)high << (64 - 8 * width));
    memcpy(at, &bytes, sizeof bytes);
    bytes = htobe64((uint64_t)low);
    memcpy(at + width, &bytes, sizeof bytes);
    return at + width + 8;
}

/* Each returns the place behind the value, NULL when the bytes are none or end too early. */
static inline const char *compact_get_i128(const char *at, const char *end, Int128 *out)
{
    if (at == end)
        return NULL;
    int head = (unsigned char)*at++;
    bool negative = head <= COMPACT_NEGATIVE;
    int width = negative ? COMPACT_NEGATIVE - head : head - COMPACT_POSITIVE;
    if (width > 16 || width > end - at)
        return NULL;
    unsigned __int128 bits = negative ? ~(unsigned __int128)0 : 0;
    for (int i = 0; i < width; i++)
        bits = bits << 8 | (unsigned char)at[i];
    *out = (Int128)bits;
    return at + width;
}

static inline const char *compact_get_i64(const char *at, const char *end, int64_t *out)
{
    if (at == end)
        return NULL;
    int head = (unsigned char)*at++;
    bool negative = head <= COMPACT_NEGATIVE;
    int width = negative ? COMPACT_NEGATIVE - head : head - COMPACT_POSITIVE;
    if (width > 8 || width > end - at)
        return NULL;
    uint64_t bits = negative ? ~UINT64_C(0) : 0;
    for (int i = 0; i < width; i++)
        bits = bits << 8 | (unsigned char)at[i];
    *out = (int64_t)bits;
    return at + width;
}

#endif
