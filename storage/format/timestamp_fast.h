/* A timestamp of a record, with its usual form first: 23 bytes in the minute of the one before. */
#ifndef WEIR_STORAGE_FORMAT_TIMESTAMP_FAST_H
#define WEIR_STORAGE_FORMAT_TIMESTAMP_FAST_H

#include "storage/data/timestamp.h"
#include "storage/data/type.h"
#include "storage/format/scan_fast.h"

/* Digits beyond the type's precision are cut. */
static inline Micros timestamp_cut(Micros value, uint32_t precision)
{
    static const Micros unit[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    return value - micros_floor_mod(value, unit[precision]);
}

enum {
    TIMESTAMP_MINUTE_TEXT = 16, /* "yyyy-MM-dd HH:mm" */
    TIMESTAMP_SECOND_TEXT = 19,
    TIMESTAMP_MILLIS_TEXT = 23,
};

/* ":SS.mmm" behind the minute. Eight bytes are read. */
static inline bool timestamp_millis_tail(const char *p, Micros *out)
{
    const uint64_t marks = UINT64_C(0x2E00003A) ^ UINT64_C(0x30000030), last = UINT64_C(0xFF) << 56;
    uint64_t word = ((scan_load64(p) ^ marks) & ~last) | UINT64_C(0x30) << 56, digits;
    /* A colon and a point have become zeros, and the byte behind is one. */
    if ((word & UINT64_C(0xFF0000FF)) != UINT64_C(0x30000030) || p[1] > '5' ||
        !scan_padded_digits(word, 8, &digits))
        return false;
    uint32_t value = scan_padded_value(digits), second = value / 100000; /* 0SS0mmm0 */
    *out = second * MICROS_PER_SECOND + (value - second * 100000) * INT64_C(100);
    return true;
}

/* Up to a byte behind the text may be read. The memo belongs to one column. */
static inline bool timestamp_take(TimestampMemo *memo, const char *p, uint32_t size,
                                  const Type *type, TimeSyntax syntax, Micros *out)
{
    Micros value;
    if (size == TIMESTAMP_MILLIS_TEXT && memo->set && type->id == TYPE_TIMESTAMP &&
        memcmp(p, memo->minute, TIMESTAMP_MINUTE_TEXT) == 0 &&
        timestamp_millis_tail(p + TIMESTAMP_MINUTE_TEXT, &value))
        value += memo->base;
    else if (!timestamp_parse_memo(memo, p, size, syntax, type->id == TYPE_TIMESTAMP_LTZ, &value))
        return false;
    *out = size > TIMESTAMP_SECOND_TEXT + 1 + type->precision
               ? timestamp_cut(value, type->precision)
               : value;
    return true;
}

#endif
