/* Functions that measure a text or look for another text in it. Positions count code points from 1;
 * 0: not found. */
#include "executor/function/kernel_text.h"
#include "executor/function/string_kernels.h"
#include "storage/base/utf8.h"

Status string_char_length(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        const Str *str = arg_str(call, 0, row);
        call->out->data.i64[row] = (int64_t)utf8_count(str_bytes(str), str->size);
    }
    return ST_OK;
}

/* The first byte as a signed number, so that letters beyond ASCII are negative, as in Flink. */
Status string_ascii(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        const Str *str = arg_str(call, 0, row);
        call->out->data.i64[row] = str->size == 0 ? 0 : (signed char)str_bytes(str)[0];
    }
    return ST_OK;
}

/* Position of the `nth` occurrence at or after byte `from`. Occurrences may overlap. */
static int64_t position_of(Text needle, Text text, size_t from, int64_t nth)
{
    const char *start = text.ptr + from, *end = text.ptr + text.size;
    for (;; nth--) {
        const char *found = memmem(start, (size_t)(end - start), needle.ptr, needle.size);
        if (found == NULL)
            return 0;
        if (nth == 1)
            return (int64_t)utf8_count(text.ptr, (size_t)(found - text.ptr)) + 1;
        if (found == end)
            return 0;
        uint32_t length;
        utf8_decode(found, (size_t)(end - found), &length);
        start = found + length;
    }
}

/* POSITION and LOCATE (needle, text [, start]); a start before the text is its first character, and
 * an empty needle is there, wherever the start is. */
Status string_position(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text needle = arg_text(call, 0, row), text = arg_text(call, 1, row);
        int64_t start = call->args == 3 ? arg_i64(call, 2, row) : 1;
        size_t from = start <= 1 || needle.size == 0
                          ? 0
                          : utf8_offset(text.ptr, text.size, (size_t)(start - 1));
        call->out->data.i64[row] = position_of(needle, text, from, 1);
    }
    return ST_OK;
}

Status string_instr(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] =
            position_of(arg_text(call, 1, row), arg_text(call, 0, row), 0, 1);
    return ST_OK;
}

/* The position of the `nth` last occurrence that starts at or before the code point with index
 * `last`. */
static int64_t position_before(Text needle, Text text, size_t last, int64_t nth)
{
    size_t at = utf8_offset(text.ptr, text.size, last);
    for (;; at--) {
        bool starts = at == text.size || starts_character(text.ptr[at]);
        if (starts && text_starts_with(text_slice(text, at, text.size), needle) && --nth == 0)
            return (int64_t)utf8_count(text.ptr, at) + 1;
        if (at == 0)
            return 0;
    }
}

/* INSTR (text, needle, start, nth): a negative start counts from the end and searches backwards. */
Status string_instr_nth(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row), needle = arg_text(call, 1, row);
        int64_t start = arg_i64(call, 2, row), nth = call->args == 4 ? arg_i64(call, 3, row) : 1;
        int64_t characters = (int64_t)utf8_count(text.ptr, text.size), position = 0;
        if (nth <= 0) {
            kernel_fail(call, row, E5007, "INSTR: occurrence %lld is not positive", (long long)nth);
            continue;
        }
        if (start > 0 && start <= characters)
            position =
                position_of(needle, text, utf8_offset(text.ptr, text.size, (size_t)start - 1), nth);
        else if (start < 0 && start >= -characters)
            position = position_before(needle, text, (size_t)(characters + start), nth);
        call->out->data.i64[row] = position;
    }
    return ST_OK;
}

Status string_starts_with(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = text_starts_with(arg_text(call, 0, row), arg_text(call, 1, row));
    return ST_OK;
}

Status string_ends_with(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = text_ends_with(arg_text(call, 0, row), arg_text(call, 1, row));
    return ST_OK;
}
