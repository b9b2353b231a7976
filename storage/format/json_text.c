#include "storage/format/json_scan.h"

#include <assert.h>

#include "storage/base/utf8.h"

static uint32_t hex4(const char *p)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t c = (unsigned char)p[i];
        value = value * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

/* One \u escape or pair of them, checked when it was scanned; no more bytes than it took. */
static const char *unescape_unicode(const char *p, char **out)
{
    uint32_t code = hex4(p + 2);
    p += 6;
    if (code >= 0xD800 && code <= 0xDBFF) {
        code = 0x10000 + ((code - 0xD800) << 10) + (hex4(p + 2) - 0xDC00);
        p += 6;
    }
    *out += utf8_encode(code, *out);
    return p;
}

uint32_t json_unescape(const char *p, uint32_t size, char *out)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *end = p + size;
    char *to = out;
    while (p < end) {
        if (*p != '\\') {
            *to++ = *p++;
            continue;
        }
        assert(end - p >= 2);
        if (p[1] == 'u') {
            p = unescape_unicode(p, &to);
            continue;
        }
        const char *letter = strchr(letters, p[1]);
        *to++ = letter == NULL ? p[1] : meant[letter - letters];
        p += 2;
    }
    return (uint32_t)(to - out);
}

/* A character of a string as JSON needs it written: as itself, or as its shortest escape. */
static char *put_escaped(char *to, char c)
{
    static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt",
                      hex[] = "0123456789ABCDEF";
    const char *found = c == '\0' ? NULL : strchr(special, c);
    if (found != NULL) {
        *to++ = '\\';
        *to++ = letters[found - special];
    } else if ((unsigned char)c < 0x20) {
        memcpy(to, "\\u00", 4);
        to[4] = hex[(unsigned char)c >> 4];
        to[5] = hex[c & 15];
        to += 6;
    } else {
        *to++ = c;
    }
    return to;
}

/* A string with its quotes, starting at p. Texts that mean the same come out the same. */
static const char *compact_string(const char *p, char **out)
{
    char *to = *out;
    *to++ = *p++;
    while (*p != '"') {
        char text[4];
        if (*p != '\\') {
            to = put_escaped(to, *p++);
            continue;
        }
        uint32_t taken = p[1] != 'u' ? 2 : hex4(p + 2) >= 0xD800 && hex4(p + 2) <= 0xDBFF ? 12 : 6;
        uint32_t size = json_unescape(p, taken, text);
        for (uint32_t i = 0; i < size; i++)
            to = put_escaped(to, text[i]);
        p += taken;
    }
    *to++ = *p++;
    *out = to;
    return p;
}

size_t json_compact_bound(const char *p, uint32_t size)
{
    size_t bound = size;
    for (uint32_t i = 0; i < size; i++) {
        if ((unsigned char)p[i] < 0x20)
            bound += 5; /* it becomes \u0001 */
    }
    return bound;
}

uint32_t json_compact(const char *p, uint32_t size, char *out)
{
    const char *end = p + size;
    char *to = out;
    while (p < end) {
        if (*p == '"')
            p = compact_string(p, &to);
        else if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')
            p++;
        else
            *to++ = *p++;
    }
    return (uint32_t)(to - out);
}

void json_print_text(Text text, StrBuf *out)
{
    char escape[8];
    strbuf_char(out, '"');
    uint32_t start = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        strbuf_put(out, text.ptr + start, i - start);
        start = i + 1;
        strbuf_put(out, escape, (size_t)(put_escaped(escape, (char)c) - escape));
    }
    if (start < text.size)
        strbuf_put(out, text.ptr + start, text.size - start);
    strbuf_char(out, '"');
}
