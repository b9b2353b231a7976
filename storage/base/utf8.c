/* Eight bytes at a time where the text is ASCII, which most data is; one code point at a time where
 * it is not. A word is loaded with memcpy, so alignment does not matter; only the positions of bits
 * within each byte are used, so byte order does not matter either. */
#include "storage/base/utf8.h"

#include <assert.h>
#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)
#define LOW_BITS  UINT64_C(0x0101010101010101)

enum { WORD = 8 };

static uint64_t load_word(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, WORD);
    return word;
}

/* Bytes of the form 10xxxxxx, which go on with a code point. */
static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

static size_t count_starts(uint64_t word)
{
    uint64_t continuations = (word >> 7) & (~word >> 6) & LOW_BITS;
    return WORD - (size_t)__builtin_popcountll(continuations);
}

bool utf8_is_ascii(const char *bytes, size_t size)
{
    uint64_t seen = 0;
    size_t i = 0;
    for (; i + WORD <= size; i += WORD)
        seen |= load_word(bytes + i);
    for (; i < size; i++)
        seen |= (unsigned char)bytes[i];
    return (seen & HIGH_BITS) == 0;
}

/* Length of the well-formed sequence of two to four bytes at p, or 0. The bounds of the second byte
 * are table 3-7 of the Unicode Standard: they exclude overlong forms and surrogates. */
static size_t multibyte_length(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80, high = 0xBF;
    size_t length;
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        length = 2;
    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        length = 3;
        low = p[0] == 0xE0 ? 0xA0 : 0x80;
        high = p[0] == 0xED ? 0x9F : 0xBF;
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        length = 4;
        low = p[0] == 0xF0 ? 0x90 : 0x80;
        high = p[0] == 0xF4 ? 0x8F : 0xBF;
    } else {
        return 0;
    }
    if (left < length || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++) {
        if (!is_continuation(p[i]))
            return 0;
    }
    return length;
}

bool utf8_is_valid(const char *bytes, size_t size)
{
    size_t i = 0;
    while (i < size) {
        if (i + WORD <= size && (load_word(bytes + i) & HIGH_BITS) == 0) {
            i += WORD;
        } else if ((unsigned char)bytes[i] < 0x80) {
            i++;
        } else {
            size_t length = multibyte_length((const unsigned char *)bytes + i, size - i);
            if (length == 0)
                return false;
            i += length;
        }
    }
    return true;
}

size_t utf8_count(const char *bytes, size_t size)
{
    size_t count = 0, i = 0;
    for (; i + WORD <= size; i += WORD)
        count += count_starts(load_word(bytes + i));
    for (; i < size; i++)
        count += !is_continuation((unsigned char)bytes[i]);
    return count;
}

size_t utf8_offset(const char *bytes, size_t size, size_t index)
{
    size_t i = 0;
    while (i + WORD <= size) {
        size_t starts = count_starts(load_word(bytes + i));
        if (starts > index)
            break;
        index -= starts;
        i += WORD;
    }
    for (; i < size; i++) {
        if (is_continuation((unsigned char)bytes[i]))
            continue;
        if (index == 0)
            return i;
        index--;
    }
    return size;
}

uint32_t utf8_decode(const char *bytes, size_t size, uint32_t *length)
{
    const unsigned char *p = (const unsigned char *)bytes;
    assert(size > 0);
    if (p[0] < 0x80) {
        *length = 1;
        return p[0];
    }
    uint32_t n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    assert(p[0] >= 0xC2 && size >= n);
    uint32_t code_point = p[0] & (0x7Fu >> n);
    for (uint32_t i = 1; i < n; i++)
        code_point = code_point << 6 | (p[i] & 0x3Fu);
    *length = n;
    return code_point;
}

uint32_t utf8_encode(uint32_t code_point, char *out)
{
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        return 0;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    uint32_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (uint32_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    out[0] = (char)(lead[length] | code_point);
    return length;
}
