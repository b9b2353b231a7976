#include "shell/json_text.h"

#include <utf8proc.h>

static void put_code_point(StrBuf *out, int32_t code_point, const char *bytes, uint32_t size)
{
    switch (code_point) {
    case '"': strbuf_string(out, "\\\""); return;
    case '\\': strbuf_string(out, "\\\\"); return;
    case '\n': strbuf_string(out, "\\n"); return;
    case '\t': strbuf_string(out, "\\t"); return;
    case '\r': strbuf_string(out, "\\r"); return;
    default: break;
    }
    if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0))
        strbuf_printf(out, "\\u%04x", (unsigned)code_point);
    else
        strbuf_put(out, bytes, size);
}

void json_put_string(StrBuf *out, Text text)
{
    strbuf_char(out, '"');
    for (uint32_t at = 0; at < text.size;) {
        utf8proc_int32_t code_point;
        utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at,
                                                 (utf8proc_ssize_t)(text.size - at), &code_point);
        if (size <= 0) {
            strbuf_string(out, "\xEF\xBF\xBD");
            at++;
            continue;
        }
        put_code_point(out, code_point, text.ptr + at, (uint32_t)size);
        at += (uint32_t)size;
    }
    strbuf_char(out, '"');
}

void json_put_bytes(StrBuf *out, Text bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *)bytes.ptr;
    strbuf_char(out, '"');
    for (uint32_t i = 0; i < bytes.size; i += 3) {
        uint32_t left = bytes.size - i;
        uint32_t group = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                         (left > 2 ? in[i + 2] : 0);
        strbuf_char(out, digits[group >> 18]);
        strbuf_char(out, digits[group >> 12 & 63]);
        strbuf_char(out, left > 1 ? digits[group >> 6 & 63] : '=');
        strbuf_char(out, left > 2 ? digits[group & 63] : '=');
    }
    strbuf_char(out, '"');
}
