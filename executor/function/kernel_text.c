#include "executor/function/kernel_text.h"

#include "storage/base/utf8.h"

enum { REPLACEMENT = 0xFFFD };

bool text_fits(KernelCall *call, uint32_t row, uint64_t size_bytes)
{
    if (size_bytes <= STRING_MAX_BYTES)
        return true;
    kernel_fail(call, row, E5007, "the result would be longer than %d bytes", STRING_MAX_BYTES);
    return false;
}

Status text_store(KernelCall *call, uint32_t row, const StrBuf *buf)
{
    TRY(strbuf_status(buf));
    if (!text_fits(call, row, buf->size))
        return ST_OK;
    Text text = strbuf_as_text(buf);
    return kernel_put_str(call, row, text.ptr, text.size);
}

void text_put_code_point(StrBuf *buf, uint32_t code_point)
{
    char bytes[4];
    strbuf_put(buf, bytes, utf8_encode(code_point, bytes));
}

/* Length of the longest start of a code point at p, at least 1; *whole when it is a whole one. The
 * bounds of the second byte are those of table 3-7 of the Unicode Standard. */
static size_t sequence_length(const unsigned char *p, size_t left, bool *whole)
{
    size_t expected = p[0] < 0x80   ? 1
                      : p[0] < 0xC2 ? 0
                      : p[0] < 0xE0 ? 2
                      : p[0] < 0xF0 ? 3
                      : p[0] < 0xF5 ? 4
                                    : 0;
    unsigned char low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    size_t length = 1;
    while (length < expected && length < left && p[length] >= low && p[length] <= high) {
        low = 0x80;
        high = 0xBF;
        length++;
    }
    *whole = length == expected;
    return length;
}

void text_put_repaired(StrBuf *buf, const char *bytes, size_t size)
{
    if (utf8_is_valid(bytes, size)) {
        strbuf_put(buf, bytes, size);
        return;
    }
    for (size_t at = 0; at < size;) {
        bool whole;
        size_t length = sequence_length((const unsigned char *)bytes + at, size - at, &whole);
        if (whole)
            strbuf_put(buf, bytes + at, length);
        else
            text_put_code_point(buf, REPLACEMENT);
        at += length;
    }
}

static const Value *constant_value(const FunctionCall *call, uint32_t arg)
{
    const Value *value = call->constant == NULL || arg >= call->args ? NULL : call->constant[arg];
    return value == NULL || value->null ? NULL : value;
}

bool constant_text(const FunctionCall *call, uint32_t arg, Text *out)
{
    const Value *value = constant_value(call, arg);
    if (value == NULL)
        return false;
    *out = str_text(&value->as.str);
    return true;
}

bool constant_i64(const FunctionCall *call, uint32_t arg, int64_t *out)
{
    const Value *value = constant_value(call, arg);
    if (value == NULL)
        return false;
    *out = value->as.i64;
    return true;
}
