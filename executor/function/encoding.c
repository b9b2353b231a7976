/* Text as bytes and back: Base64 (RFC 4648), hexadecimal digits and character sets. What cannot be
 * decoded becomes U+FFFD, so that a text is always valid UTF-8. */
#include <assert.h>

#include "executor/function/hash_kernels.h"
#include "executor/function/kernel_text.h"
#include "storage/base/utf8.h"

/* --- Base64 --- */

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static inline bool to_base64_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    Text text = arg_text(call, 0, row);
    for (uint32_t i = 0; i < text.size; i += 3) {
        uint32_t left = text.size - i, group = 0;
        for (uint32_t b = 0; b < 3; b++)
            group = group << 8 | (b < left ? (unsigned char)text.ptr[i + b] : 0);
        char out[4];
        for (uint32_t d = 0; d < 4; d++)
            out[d] = d <= left ? base64_digits[group >> (18 - 6 * d) & 63] : '=';
        strbuf_put(buf, out, sizeof out);
    }
    return true;
}

Status encoding_to_base64(KernelCall *call)
{
    return text_build(call, to_base64_row);
}

static int base64_value(char c)
{
    const char *found = c == '\0' ? NULL : strchr(base64_digits, c);
    return found == NULL ? -1 : (int)(found - base64_digits);
}

/* Padding may be left out, but not be wrong. False when the text is not Base64. */
static bool base64_decode(Text text, StrBuf *out)
{
    uint32_t digits = text.size;
    while (digits > 0 && text.size - digits < 2 && text.ptr[digits - 1] == '=')
        digits--;
    if (digits % 4 == 1 || (digits < text.size && text.size % 4 != 0))
        return false;
    uint32_t group = 0;
    for (uint32_t i = 0; i < digits; i++) {
        int value = base64_value(text.ptr[i]);
        if (value < 0)
            return false;
        group = group << 6 | (uint32_t)value;
        if (i % 4 == 1)
            strbuf_char(out, (char)(group >> 4 & 0xFF));
        else if (i % 4 == 2)
            strbuf_char(out, (char)(group >> 2 & 0xFF));
        else if (i % 4 == 3)
            strbuf_char(out, (char)(group & 0xFF));
    }
    return true;
}

Status encoding_from_base64(KernelCall *call)
{
    StrBuf bytes, repaired;
    Status status = ST_OK;
    strbuf_init(&bytes, call->scratch->meter);
    strbuf_init(&repaired, call->scratch->meter);
    for (EACH_ROW(call, i, row)) {
        strbuf_clear(&bytes);
        strbuf_clear(&repaired);
        if (!base64_decode(arg_text(call, 0, row), &bytes)) {
            kernel_fail(call, row, E5007, "\"%.*s\" is not Base64",
                        TEXT_ARG(arg_text(call, 0, row)));
            continue;
        }
        text_put_repaired(&repaired, strbuf_cstr(&bytes), bytes.size);
        status = strbuf_status(&bytes);
        if (status == ST_OK)
            status = text_store(call, row, &repaired);
        if (status != ST_OK)
            break;
    }
    strbuf_close(&bytes);
    strbuf_close(&repaired);
    return status;
}

/* --- UNHEX --- */

/* A digit too many, at the start, is a byte of zero, whatever it is: '616' is 00 16. */
static inline bool unhex_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    Text text = arg_text(call, 0, row);
    unsigned int byte = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        int value = hex_value(text.ptr[i]);
        if (value < 0) {
            kernel_null(call, row);
            return false;
        }
        bool extra = i == 0 && text.size % 2 == 1;
        byte = byte << 4 | (extra ? 0 : (unsigned int)value);
        if ((text.size - i) % 2 == 1)
            strbuf_char(buf, (char)(byte & 0xFF));
    }
    return true;
}

Status encoding_unhex(KernelCall *call)
{
    return text_build(call, unhex_row);
}

/* --- character sets --- */

typedef enum CharsetKind {
    CHARSET_ASCII,
    CHARSET_LATIN1,
    CHARSET_UTF8,
    CHARSET_UTF16_BE,
    CHARSET_UTF16_LE,
    CHARSET_UTF16, /* big-endian with a byte order mark; reading obeys the mark */
} CharsetKind;

typedef struct Charset {
    const char *name;
    CharsetKind kind;
} Charset;

static const Charset charsets[] = {
    {"US-ASCII", CHARSET_ASCII},    {"ISO-8859-1", CHARSET_LATIN1}, {"UTF-8", CHARSET_UTF8},
    {"UTF-16BE", CHARSET_UTF16_BE}, {"UTF-16LE", CHARSET_UTF16_LE}, {"UTF-16", CHARSET_UTF16},
    {"ASCII", CHARSET_ASCII},       {"ISO8859_1", CHARSET_LATIN1},  {"LATIN1", CHARSET_LATIN1},
    {"UTF8", CHARSET_UTF8},         {"UTF_16", CHARSET_UTF16},      {"UTF16", CHARSET_UTF16},
};
enum { CHARSETS = sizeof charsets / sizeof *charsets, CHARSETS_SUGGESTED = 6 };

static const Charset *charset_find(Text name)
{
    for (uint32_t i = 0; i < CHARSETS; i++) {
        if (text_equal_nocase(name, text_of(charsets[i].name)))
            return &charsets[i];
    }
    return NULL;
}

Status encoding_charset_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    Text name, known[CHARSETS_SUGGESTED];
    if (!constant_text(call, 1, &name))
        return ST_OK;
    call->data = charset_find(name);
    if (call->data != NULL)
        return ST_OK;
    for (uint32_t i = 0; i < CHARSETS_SUGGESTED; i++)
        known[i] = text_of(charsets[i].name);
    Status status =
        diag_error(diag, E2107, SPAN_NONE, "unknown character set \"%.*s\"", TEXT_ARG(name));
    diag_suggest(diag, name, known, CHARSETS_SUGGESTED);
    return status;
}

/* The row's character set; NULL after the row was rejected. */
static const Charset *row_charset(KernelCall *call, uint32_t row)
{
    if (call->data != NULL)
        return call->data;
    Text name = arg_text(call, 1, row);
    const Charset *charset = charset_find(name);
    if (charset == NULL)
        kernel_fail(call, row, E5007, "unknown character set \"%.*s\"", TEXT_ARG(name));
    return charset;
}

/* --- ENCODE --- */

static void put_unit(StrBuf *buf, uint32_t unit, bool little)
{
    char high = (char)(unit >> 8 & 0xFF), low = (char)(unit & 0xFF);
    char bytes[] = {little ? low : high, little ? high : low};
    strbuf_put(buf, bytes, sizeof bytes);
}

static void put_utf16(StrBuf *buf, uint32_t code_point, bool little)
{
    if (code_point < 0x10000) {
        put_unit(buf, code_point, little);
        return;
    }
    put_unit(buf, 0xD800 + ((code_point - 0x10000) >> 10), little);
    put_unit(buf, 0xDC00 + ((code_point - 0x10000) & 0x3FF), little);
}

static void encode_code_point(StrBuf *buf, CharsetKind kind, uint32_t code_point)
{
    switch (kind) {
    case CHARSET_ASCII: strbuf_char(buf, code_point < 0x80 ? (char)code_point : '?'); break;
    case CHARSET_LATIN1: strbuf_char(buf, code_point < 0x100 ? (char)code_point : '?'); break;
    case CHARSET_UTF8: text_put_code_point(buf, code_point); break;
    case CHARSET_UTF16_BE:
    case CHARSET_UTF16: put_utf16(buf, code_point, false); break;
    case CHARSET_UTF16_LE: put_utf16(buf, code_point, true); break;
    }
}

static inline bool encode_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    const Charset *charset = row_charset(call, row);
    Text text = arg_text(call, 0, row);
    if (charset == NULL)
        return false;
    if (charset->kind == CHARSET_UTF16 && text.size > 0)
        put_unit(buf, 0xFEFF, false);
    uint32_t length;
    for (uint32_t i = 0; i < text.size; i += length)
        encode_code_point(buf, charset->kind, utf8_decode(text.ptr + i, text.size - i, &length));
    return true;
}

Status encoding_encode(KernelCall *call)
{
    return text_build(call, encode_row);
}

/* --- DECODE --- */

enum { REPLACEMENT = 0xFFFD };

static uint32_t unit_at(Text bytes, uint32_t at, bool little)
{
    uint32_t first = (unsigned char)bytes.ptr[at], second = (unsigned char)bytes.ptr[at + 1];
    return little ? second << 8 | first : first << 8 | second;
}

/* A high surrogate takes the unit behind it along, whatever that is, as Java's decoder does. */
static void decode_utf16(StrBuf *buf, Text bytes, bool little)
{
    uint32_t at = 0;
    while (at + 2 <= bytes.size) {
        uint32_t unit = unit_at(bytes, at, little);
        at += 2;
        if (unit < 0xD800 || unit > 0xDFFF) {
            text_put_code_point(buf, unit);
            continue;
        }
        uint32_t low = 0;
        if (unit < 0xDC00 && at + 2 <= bytes.size) {
            low = unit_at(bytes, at, little);
            at += 2;
        }
        bool pair = low >= 0xDC00 && low <= 0xDFFF;
        text_put_code_point(buf, pair ? 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
                                      : REPLACEMENT);
    }
    if (at < bytes.size)
        text_put_code_point(buf, REPLACEMENT);
}

static void decode_marked_utf16(StrBuf *buf, Text bytes)
{
    bool little = false;
    if (bytes.size >= 2) {
        uint32_t mark = unit_at(bytes, 0, false);
        little = mark == 0xFFFE;
        if (little || mark == 0xFEFF)
            bytes = text_slice(bytes, 2, bytes.size);
    }
    decode_utf16(buf, bytes, little);
}

static void decode_bytes(StrBuf *buf, CharsetKind kind, Text bytes)
{
    switch (kind) {
    case CHARSET_ASCII:
    case CHARSET_LATIN1:
        for (uint32_t i = 0; i < bytes.size; i++) {
            uint32_t byte = (unsigned char)bytes.ptr[i];
            text_put_code_point(buf, kind == CHARSET_ASCII && byte >= 0x80 ? REPLACEMENT : byte);
        }
        break;
    case CHARSET_UTF8: text_put_repaired(buf, bytes.ptr, bytes.size); break;
    case CHARSET_UTF16_BE: decode_utf16(buf, bytes, false); break;
    case CHARSET_UTF16_LE: decode_utf16(buf, bytes, true); break;
    case CHARSET_UTF16: decode_marked_utf16(buf, bytes); break;
    }
}

static inline bool decode_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    const Charset *charset = row_charset(call, row);
    if (charset != NULL)
        decode_bytes(buf, charset->kind, arg_text(call, 0, row));
    return charset != NULL;
}

Status encoding_decode(KernelCall *call)
{
    return text_build(call, decode_row);
}
