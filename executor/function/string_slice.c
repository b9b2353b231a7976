/* Functions whose result is a part of an argument and borrows its bytes. Positions count code
 * points from 1. */
#include <assert.h>

#include "executor/function/kernel_text.h"
#include "executor/function/string_kernels.h"
#include "storage/base/utf8.h"

/* --- SUBSTRING, LEFT, RIGHT --- */

/* The code points [start, start + count) of the text; start and count are not negative. */
static Text slice_characters(Text text, int64_t start, int64_t count)
{
    size_t from = utf8_offset(text.ptr, text.size, (size_t)start);
    size_t size = utf8_offset(text.ptr + from, text.size - from, (size_t)count);
    return text_slice(text, from, from + size);
}

/* Position 0 counts as 1; a negative one counts from the end, and gives nothing when it lies before
 * the first character. */
static Text substring(Text text, int64_t position, int64_t length)
{
    int64_t start = position > 0 ? position - 1 : 0;
    if (position < 0) {
        int64_t characters = (int64_t)utf8_count(text.ptr, text.size);
        if (position < -characters)
            return TEXT_NONE;
        start = characters + position;
    }
    return slice_characters(text, start, length);
}

Status string_substring(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t length = call->args == 3 ? arg_i64(call, 2, row) : INT64_MAX;
        if (length < 0)
            kernel_null(call, row);
        else
            put_borrowed(call, row,
                         substring(arg_text(call, 0, row), arg_i64(call, 1, row), length));
    }
    return ST_OK;
}

Status string_left(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t length = arg_i64(call, 1, row);
        put_borrowed(call, row,
                     slice_characters(arg_text(call, 0, row), 0, length < 0 ? 0 : length));
    }
    return ST_OK;
}

Status string_right(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        int64_t length = arg_i64(call, 1, row);
        int64_t characters = (int64_t)utf8_count(text.ptr, text.size);
        if (length < 0)
            length = 0;
        int64_t start = length < characters ? characters - length : 0;
        put_borrowed(call, row, slice_characters(text, start, length));
    }
    return ST_OK;
}

/* --- SPLIT_INDEX --- */

/* As Java's Character.isWhitespace has it: blanks that a line may be broken at. */
static bool is_white(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A && c != 0x2007) || c == 0x2028 || c == 0x2029 ||
           c == 0x205F || c == 0x3000;
}

/* NULL: there is none. *size: that it has. */
static const char *find_white(const char *start, const char *end, uint32_t *size)
{
    while (start < end && !is_white(utf8_decode(start, (size_t)(end - start), size)))
        start += *size;
    return start < end ? start : NULL;
}

/* The part with that index between the separators; false when there are fewer. An empty text has no
 * parts; where the separator is empty, each blank separates. */
static bool split_part(Text text, Text separator, int64_t index, Text *part)
{
    if (index < 0 || text.size == 0)
        return false;
    const char *start = text.ptr, *end = text.ptr + text.size;
    for (;; index--) {
        uint32_t size = separator.size;
        const char *next = size == 0 ? find_white(start, end, &size)
                                     : memmem(start, (size_t)(end - start), separator.ptr, size);
        if (index == 0) {
            *part = (Text){start, (uint32_t)((next == NULL ? end : next) - start)};
            return true;
        }
        if (next == NULL)
            return false;
        start = next + size;
    }
}

static void put_part(KernelCall *call, uint32_t row, Text separator)
{
    Text part;
    if (split_part(arg_text(call, 0, row), separator, arg_i64(call, 2, row), &part))
        put_borrowed(call, row, part);
    else
        kernel_null(call, row);
}

Status string_split_index(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        put_part(call, row, arg_text(call, 1, row));
    return ST_OK;
}

/* The separator as a code point, 1 to 255; others give NULL. */
Status string_split_index_char(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t code_point = arg_i64(call, 1, row);
        char separator[4];
        if (code_point < 1 || code_point > 255)
            kernel_null(call, row);
        else
            put_part(call, row, (Text){separator, utf8_encode((uint32_t)code_point, separator)});
    }
    return ST_OK;
}

/* --- TRIM --- */

/* Whether the code point at `at` is one of the set's. */
static bool set_holds(Text set, const char *at, uint32_t length)
{
    if (length == 1)
        return memchr(set.ptr, *at, set.size) != NULL;
    return memmem(set.ptr, set.size, at, length) != NULL;
}

static uint32_t length_before(const char *start, const char *end)
{
    const char *at = end - 1;
    while (at > start && !starts_character(*at))
        at--;
    return (uint32_t)(end - at);
}

static Text trim(Text text, Text set, bool leading, bool trailing)
{
    const char *start = text.ptr, *end = text.ptr + text.size;
    uint32_t length;
    if (set.size == 0)
        return text;
    while (leading && start < end) {
        utf8_decode(start, (size_t)(end - start), &length);
        if (!set_holds(set, start, length))
            break;
        start += length;
    }
    while (trailing && start < end) {
        length = length_before(start, end);
        if (!set_holds(set, end - length, length))
            break;
        end -= length;
    }
    return (Text){start, (uint32_t)(end - start)};
}

static inline Status trim_rows(KernelCall *call, bool leading, bool trailing)
{
    for (EACH_ROW(call, i, row)) {
        Text set = call->args == 2 ? arg_text(call, 1, row) : TEXT(" ");
        put_borrowed(call, row, trim(arg_text(call, 0, row), set, leading, trailing));
    }
    return ST_OK;
}

Status string_trim_both(KernelCall *call)
{
    return trim_rows(call, true, true);
}

Status string_trim_leading(KernelCall *call)
{
    return trim_rows(call, true, false);
}

Status string_trim_trailing(KernelCall *call)
{
    return trim_rows(call, false, true);
}

/* --- ELT --- */

Status string_elt(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t index = arg_null(call, 0, row) ? 0 : arg_i64(call, 0, row);
        if (index < 1 || index >= call->args || arg_null(call, (uint32_t)index, row))
            kernel_null(call, row);
        else
            call->out->data.str[row] = *arg_str(call, (uint32_t)index, row);
    }
    return ST_OK;
}

Status string_elt_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    int64_t index;
    if (constant_i64(call, 0, &index) && index < 0)
        return diag_error(diag, E2107, SPAN_NONE,
                          "ELT's index starts at 1, and this one is negative");
    return ST_OK;
}
