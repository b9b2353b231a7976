/* Functions that put a text together from parts of others. */
#include <assert.h>

#include "executor/function/kernel_text.h"
#include "executor/function/string_kernels.h"
#include "storage/base/utf8.h"

/* --- || and CONCAT --- */

/* Room for a string of the row's: inside the cell when it is short, else in the scratch. What is
 * written there is complete once string_set is called. */
static char *string_room(KernelCall *call, char *inlined, uint32_t size)
{
    return size <= STR_INLINE ? inlined : arena_alloc(call->scratch, size);
}

Status string_concat(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        uint64_t size = 0;
        for (uint32_t a = 0; a < call->args; a++)
            size += arg_str(call, a, row)->size;
        if (!text_fits(call, row, size))
            continue;
        char inlined[STR_INLINE];
        char *room = string_room(call, inlined, (uint32_t)size), *end = room;
        if (room == NULL)
            return ST_NOMEM;
        for (uint32_t a = 0; a < call->args; a++) {
            const Str *str = arg_str(call, a, row);
            memcpy(end, str_bytes(str), str->size);
            end += str->size;
        }
        put_borrowed(call, row, (Text){room, (uint32_t)size});
    }
    return ST_OK;
}

/* A NULL separator gives NULL; NULLs among the rest are left out. */
static inline bool concat_ws_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    if (arg_null(call, 0, row)) {
        kernel_null(call, row);
        return false;
    }
    bool any = false;
    for (uint32_t a = 1; a < call->args; a++) {
        if (arg_null(call, a, row))
            continue;
        if (any)
            strbuf_text(buf, arg_text(call, 0, row));
        strbuf_text(buf, arg_text(call, a, row));
        any = true;
    }
    return true;
}

Status string_concat_ws(KernelCall *call)
{
    return text_build(call, concat_ws_row);
}

/* --- REPLACE --- */

/* An empty search text stands before each character and at the end, as in Java. */
static void replace_nothing(Text text, Text with, StrBuf *buf)
{
    uint32_t length;
    strbuf_text(buf, with);
    for (uint32_t i = 0; i < text.size; i += length) {
        utf8_decode(text.ptr + i, text.size - i, &length);
        strbuf_put(buf, text.ptr + i, length);
        strbuf_text(buf, with);
    }
}

static void replace_all(Text text, Text what, Text with, StrBuf *buf)
{
    const char *at = text.ptr, *end = text.ptr + text.size, *found;
    while ((found = memmem(at, (size_t)(end - at), what.ptr, what.size)) != NULL) {
        strbuf_put(buf, at, (size_t)(found - at));
        strbuf_text(buf, with);
        at = found + what.size;
    }
    strbuf_put(buf, at, (size_t)(end - at));
}

static inline bool replace_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    Text text = arg_text(call, 0, row), what = arg_text(call, 1, row),
         with = arg_text(call, 2, row);
    uint64_t occurrences = what.size == 0 ? (uint64_t)text.size + 1 : text.size / what.size;
    if (occurrences * with.size > STRING_MAX_BYTES &&
        !text_fits(call, row, occurrences * with.size))
        return false;
    if (what.size == 0)
        replace_nothing(text, with, buf);
    else
        replace_all(text, what, with, buf);
    return true;
}

Status string_replace(KernelCall *call)
{
    return text_build(call, replace_row);
}

/* --- TRANSLATE --- */

/* Index of the code point in the text, or -1. */
static int64_t character_index(Text text, const char *character, uint32_t size)
{
    const char *found = memmem(text.ptr, text.size, character, size);
    return found == NULL ? -1 : (int64_t)utf8_count(text.ptr, (size_t)(found - text.ptr));
}

static void put_character(StrBuf *buf, Text text, size_t index)
{
    size_t at = utf8_offset(text.ptr, text.size, index);
    uint32_t length;
    if (at == text.size)
        return;
    utf8_decode(text.ptr + at, text.size - at, &length);
    strbuf_put(buf, text.ptr + at, length);
}

/* A character of `from` becomes the one at its place in `to`, or nothing when that is shorter. NULL
 * counts as the empty text in both, as in Flink. */
static inline bool translate_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    if (arg_null(call, 0, row)) {
        kernel_null(call, row);
        return false;
    }
    Text text = arg_text(call, 0, row);
    Text from = arg_null(call, 1, row) ? TEXT("") : arg_text(call, 1, row);
    Text to = arg_null(call, 2, row) ? TEXT("") : arg_text(call, 2, row);
    uint32_t length;
    for (uint32_t i = 0; i < text.size; i += length) {
        utf8_decode(text.ptr + i, text.size - i, &length);
        int64_t index = character_index(from, text.ptr + i, length);
        if (index < 0)
            strbuf_put(buf, text.ptr + i, length);
        else
            put_character(buf, to, (size_t)index);
    }
    return true;
}

Status string_translate(KernelCall *call)
{
    return text_build(call, translate_row);
}

/* --- OVERLAY --- */

/* Flink's reading of it: a start outside the text leaves it as it is, and what follows the replaced
 * part is kept only when that part is not empty and ends within the text. */
static inline bool overlay_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    Text text = arg_text(call, 0, row), with = arg_text(call, 1, row);
    int64_t characters = (int64_t)utf8_count(text.ptr, text.size);
    int64_t start = arg_i64(call, 2, row);
    int64_t length =
        call->args == 4 ? arg_i64(call, 3, row) : (int64_t)utf8_count(with.ptr, with.size);
    if (start <= 0 || start > characters) {
        strbuf_text(buf, text);
        return true;
    }
    strbuf_put(buf, text.ptr, utf8_offset(text.ptr, text.size, (size_t)(start - 1)));
    strbuf_text(buf, with);
    if (length > 0 && length <= characters - start) {
        size_t rest = utf8_offset(text.ptr, text.size, (size_t)(start - 1 + length));
        strbuf_put(buf, text.ptr + rest, text.size - rest);
    }
    return true;
}

Status string_overlay(KernelCall *call)
{
    return text_build(call, overlay_row);
}

/* --- CHR --- */

/* The character of the low eight bits (ISO 8859-1); of a negative number the empty text. */
Status string_chr(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t code = arg_i64(call, 0, row);
        char bytes[4];
        uint32_t size = code < 0 ? 0 : utf8_encode((uint32_t)(code & 0xFF), bytes);
        put_borrowed(call, row, (Text){bytes, size});
    }
    return ST_OK;
}
