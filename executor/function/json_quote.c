/* JSON_QUOTE and JSON_UNQUOTE: a text and the JSON string that stands for it. */
#include "executor/function/json_kernels.h"
#include "executor/function/kernel_text.h"
#include "storage/base/utf8.h"
#include "storage/format/json_scan.h"

static void put_unicode(uint32_t code, StrBuf *buf)
{
    if (code > 0xFFFF) {
        strbuf_printf(buf, "\\u%04x", 0xD800 + ((code - 0x10000) >> 10));
        code = 0xDC00 + ((code - 0x10000) & 0x3FF);
    }
    strbuf_printf(buf, "\\u%04x", code);
}

static inline bool quote_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    static const char special[] = "\"\\/\b\f\n\r\t", letters[] = "\"\\/bfnrt";
    Text text = arg_text(call, 0, row);
    strbuf_char(buf, '"');
    for (uint32_t i = 0, length = 1; i < text.size; i += length) {
        char c = text.ptr[i];
        const char *found = c == '\0' ? NULL : strchr(special, c);
        length = 1;
        if (found != NULL) {
            strbuf_char(buf, '\\');
            strbuf_char(buf, letters[found - special]);
        } else if ((unsigned char)c >= 0x20 && (unsigned char)c < 0x80) {
            strbuf_char(buf, c);
        } else {
            put_unicode(utf8_decode(text.ptr + i, text.size - i, &length), buf);
        }
    }
    strbuf_char(buf, '"');
    return true;
}

Status json_quote(KernelCall *call)
{
    return text_build(call, quote_row);
}

/* The length of the escape at p, 0 when it is none: quotes inside are let through, and json_scan
 * looks at one escape as at a string of its own. */
static uint32_t escape_length(const char *p, const char *end)
{
    char string[] = "\"????????????\"";
    static const uint32_t lengths[] = {2, 6, 12};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        JsonToken token;
        JsonFault fault;
        uint32_t length = lengths[i];
        if ((size_t)(end - p) < length)
            return 0;
        memcpy(string + 1, p, length);
        string[length + 1] = '"';
        const char *close = string + length + 2;
        if (json_scan_string(string, close, &token, &fault) == close && token.size == length)
            return length;
    }
    return 0;
}

/* The escapes between the quotes are all sound. */
static bool is_quoted(Text text)
{
    if (text.size < 2 || text.ptr[0] != '"' || text.ptr[text.size - 1] != '"')
        return false;
    const char *p = text.ptr + 1, *end = text.ptr + text.size - 1;
    while (p < end) {
        uint32_t length = *p == '\\' ? escape_length(p, end) : 1;
        if (length == 0)
            return false;
        p += length;
    }
    return true;
}

Status json_unquote(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        if (is_quoted(text)) {
            char *copy = arena_alloc(call->scratch, text.size);
            if (copy == NULL)
                return ST_NOMEM;
            text = (Text){copy, json_unescape(text.ptr + 1, text.size - 2, copy)};
        }
        put_borrowed(call, row, text);
    }
    return ST_OK;
}
