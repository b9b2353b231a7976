/* Functions that repeat a text up to a length. Lengths count code points. */
#include <assert.h>

#include "executor/function/kernel_text.h"
#include "executor/function/string_kernels.h"
#include "storage/base/utf8.h"

/* --- REPEAT --- */

static inline bool repeat_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    Text text = arg_text(call, 0, row);
    int64_t count = arg_i64(call, 1, row);
    if (text.size == 0 || count <= 0)
        return true;
    uint64_t size;
    if (__builtin_mul_overflow((uint64_t)count, (uint64_t)text.size, &size))
        size = UINT64_MAX;
    if (!text_fits(call, row, size))
        return false;
    for (int64_t i = 0; i < count; i++)
        strbuf_text(buf, text);
    return true;
}

Status string_repeat(KernelCall *call)
{
    return text_build(call, repeat_row);
}

/* --- LPAD, RPAD --- */

/* The pad's characters over and over, `characters` of them. */
static void put_padding(StrBuf *buf, Text pad, size_t characters)
{
    size_t in_pad = utf8_count(pad.ptr, pad.size);
    for (; characters >= in_pad; characters -= in_pad)
        strbuf_text(buf, pad);
    strbuf_put(buf, pad.ptr, utf8_offset(pad.ptr, pad.size, characters));
}

/* A text that is too long is cut at its end. A negative length or an empty pad gives NULL. */
static inline bool pad_row(KernelCall *call, uint32_t row, StrBuf *buf, bool left)
{
    Text text = arg_text(call, 0, row), pad = arg_text(call, 2, row);
    int64_t length = arg_i64(call, 1, row);
    if (length < 0 || pad.size == 0) {
        kernel_null(call, row);
        return false;
    }
    size_t characters = utf8_count(text.ptr, text.size);
    if ((uint64_t)length <= characters) {
        strbuf_put(buf, text.ptr, utf8_offset(text.ptr, text.size, (size_t)length));
        return true;
    }
    if (!text_fits(call, row, (uint64_t)length))
        return false;
    size_t missing = (size_t)length - characters;
    if (left)
        put_padding(buf, pad, missing);
    strbuf_text(buf, text);
    if (!left)
        put_padding(buf, pad, missing);
    return true;
}

static inline bool lpad_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    return pad_row(call, row, buf, true);
}

static inline bool rpad_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    return pad_row(call, row, buf, false);
}

Status string_lpad(KernelCall *call)
{
    return text_build(call, lpad_row);
}

Status string_rpad(KernelCall *call)
{
    return text_build(call, rpad_row);
}

/* With a constant length and pad, as they mostly are, it is known that the result is not NULL. */
Status string_pad_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    assert(call->args == 3);
    int64_t length;
    Text pad;
    if (constant_i64(call, 1, &length) && constant_text(call, 2, &pad) && length >= 0 &&
        pad.size > 0)
        call->result.nullable = call->arg[0].nullable;
    return ST_OK;
}
