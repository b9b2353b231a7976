/* Varint: a number in as few bytes as it needs, seven bits in each, the lowest first; all but the
 * last one have the highest bit set. */
#ifndef WEIR_STORAGE_BASE_VARINT_H
#define WEIR_STORAGE_BASE_VARINT_H

#include "storage/base/strbuf.h"

static inline void varint_put(StrBuf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        strbuf_char(out, (char)(0x80 | (value & 0x7F)));
    strbuf_char(out, (char)value);
}

/* From the front of `in`, which becomes the rest. False: there is none, or it is too large. */
static inline bool varint_take(Text *in, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; shift < 64 && in->size > 0; shift += 7) {
        uint64_t byte = (unsigned char)*in->ptr++;
        in->size--;
        if (shift == 63 && byte > 1)
            return false;
        *out |= (byte & 0x7F) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* Numbers below 0 among those above it: 0, -1, 1, -2, ... */
static inline uint64_t varint_fold(int64_t value)
{
    return ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static inline int64_t varint_unfold(uint64_t folded)
{
    return (int64_t)((folded >> 1) ^ (folded & 1 ? UINT64_MAX : 0));
}

#endif
