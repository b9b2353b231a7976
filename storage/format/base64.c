#include "storage/format/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(Text text, char *out, uint32_t *size)
{
    const char *p = text.ptr, *end = p + text.size;
    char *to = out;
    bool padded = false;
    for (;;) {
        while (p < end && (unsigned char)*p <= ' ')
            p++;
        if (p == end)
            break;
        if (padded || end - p < 4)
            return false;
        int pads = p[3] != '=' ? 0 : p[2] != '=' ? 1 : 2;
        uint32_t group = 0;
        for (int i = 0; i < 4; i++) {
            int value = i >= 4 - pads ? 0 : digit_value(p[i]);
            if (value < 0)
                return false;
            group = group << 6 | (uint32_t)value;
        }
        for (int i = 0; i < 3 - pads; i++)
            *to++ = (char)(group >> (16 - 8 * i));
        padded = pads > 0;
        p += 4;
    }
    *size = (uint32_t)(to - out);
    return true;
}

void base64_encode(Text bytes, StrBuf *out)
{
    for (uint32_t i = 0; i < bytes.size; i += 3) {
        uint32_t left = bytes.size - i, group = 0;
        for (uint32_t j = 0; j < 3; j++)
            group = group << 8 | (j < left ? (unsigned char)bytes.ptr[i + j] : 0);
        char text[4];
        for (uint32_t j = 0; j < 4; j++)
            text[j] = j <= left ? alphabet[group >> (18 - 6 * j) & 63] : '=';
        strbuf_put(out, text, sizeof text);
    }
}
