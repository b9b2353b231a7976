#include "shell/cell_text.h"

#include <assert.h>
#include <utf8proc.h>

/* One code point of text that may be invalid: its length in bytes, and -1 for a byte that is no
 * part of valid UTF-8. */
static uint32_t next_code_point(Text text, uint32_t at, int32_t *code_point)
{
    assert(at < text.size);
    utf8proc_int32_t found;
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at,
                                             (utf8proc_ssize_t)(text.size - at), &found);
    *code_point = size > 0 ? found : -1;
    return size > 0 ? (uint32_t)size : 1;
}

/* Characters that turn the direction of what follows: a value must not rearrange its neighbours. */
static bool is_reordering(int32_t code_point)
{
    return (code_point >= 0x202A && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

static bool is_control(int32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
}

static void put_escape(StrBuf *out, Text bytes, int32_t code_point)
{
    if (code_point == '\n' || code_point == '\t' || code_point == '\r')
        strbuf_string(out, code_point == '\n' ? "\\n" : code_point == '\t' ? "\\t" : "\\r");
    else if (is_reordering(code_point))
        strbuf_printf(out, "\\u%04x", (unsigned)code_point);
    else if (code_point >= 0)
        strbuf_printf(out, "\\x%02x", (unsigned)code_point);
    else
        strbuf_printf(out, "\\x%02x", (unsigned)(unsigned char)bytes.ptr[0]);
}

void text_put_escaped(StrBuf *out, Text text, EscapeSet set)
{
    if (set == ESCAPE_NOTHING) {
        strbuf_text(out, text);
        return;
    }
    uint32_t clean = 0; /* start of what is not yet appended */
    for (uint32_t at = 0; at < text.size;) {
        int32_t code_point;
        uint32_t size = next_code_point(text, at, &code_point);
        bool layout = code_point == '\n' || code_point == '\t';
        bool shown = layout
                         ? set == ESCAPE_TERMINAL
                         : code_point >= 0 && !is_control(code_point) && !is_reordering(code_point);
        if (!shown) {
            strbuf_put(out, text.ptr + clean, at - clean);
            put_escape(out, (Text){text.ptr + at, size}, code_point);
            clean = at + size;
        }
        at += size;
    }
    if (clean < text.size)
        strbuf_put(out, text.ptr + clean, text.size - clean);
}

static uint32_t code_point_width(int32_t code_point)
{
    int width = code_point < 0 ? 1 : utf8proc_charwidth(code_point);
    return width > 0 ? (uint32_t)width : 0;
}

uint32_t text_width(Text text)
{
    uint32_t width = 0;
    for (uint32_t at = 0; at < text.size;) {
        int32_t code_point;
        at += next_code_point(text, at, &code_point);
        width += code_point_width(code_point);
    }
    return width;
}

/* How many bytes from there on are white space, or are not. */
static uint32_t white_span(Text text, uint32_t at, bool white)
{
    uint32_t end = at;
    while (end < text.size && (memchr(" \t\r\n\f\v", text.ptr[end], 6) != NULL) == white)
        end++;
    return end - at;
}

uint32_t text_put_cut(StrBuf *out, Text text, uint32_t width)
{
    uint32_t used = 0, room_at = 0, room_used = 0; /* room: where "…" would still fit */
    for (uint32_t at = 0; at < text.size;) {
        int32_t code_point;
        uint32_t next = at + next_code_point(text, at, &code_point);
        used += code_point_width(code_point);
        if (used > width) {
            strbuf_put(out, text.ptr, room_at);
            if (width == 0)
                return 0;
            strbuf_string(out, "…");
            return room_used + 1;
        }
        if (used < width) {
            room_at = next;
            room_used = used;
        }
        at = next;
    }
    strbuf_text(out, text);
    return used;
}

void text_put_folded(StrBuf *out, Text text, uint32_t width)
{
    StrBuf folded, shown;
    strbuf_init(&folded, NULL);
    strbuf_init(&shown, NULL);
    for (uint32_t at = 0; at < text.size;) {
        uint32_t gap = white_span(text, at, true);
        uint32_t word = white_span(text, at + gap, false);
        if (folded.size > 0 && word > 0)
            strbuf_char(&folded, ' ');
        strbuf_put(&folded, text.ptr + at + gap, word);
        at += gap + word;
    }
    text_put_escaped(&shown, strbuf_as_text(&folded), ESCAPE_LAYOUT);
    text_put_cut(out, strbuf_as_text(&shown), width);
    out->failed = out->failed || folded.failed || shown.failed;
    strbuf_close(&shown);
    strbuf_close(&folded);
}

void bytes_put_hex(StrBuf *out, Text bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (uint32_t i = 0; i < bytes.size; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        strbuf_char(out, digits[byte >> 4]);
        strbuf_char(out, digits[byte & 15]);
    }
}

void cell_put(StrBuf *out, const OutputCell *cell, Text null_text, EscapeSet set)
{
    switch (cell->kind) {
    case CELL_NULL: text_put_escaped(out, null_text, set); return;
    case CELL_BYTES:
        strbuf_string(out, "x'");
        bytes_put_hex(out, cell->text);
        strbuf_char(out, '\'');
        return;
    case CELL_NUMBER:
    case CELL_BOOL: strbuf_text(out, cell->text); return;
    case CELL_TEXT:
    case CELL_JSON: text_put_escaped(out, cell->text, set); return;
    }
}
