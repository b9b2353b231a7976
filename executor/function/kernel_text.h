/* How kernels read text arguments and store text results. For the .c files of this folder only.
 *
 * A result that is part of an argument borrows the argument's bytes, which live as long as the
 * batch; everything else is built in a buffer of the call and copied into its scratch. */
#ifndef WEIR_EXECUTOR_FUNCTION_KERNEL_TEXT_H
#define WEIR_EXECUTOR_FUNCTION_KERNEL_TEXT_H

#include "executor/function/function.h"
#include "storage/base/limits.h"
#include "storage/base/strbuf.h"

/* A value that a function makes is bounded like a record that is read. */
enum { STRING_MAX_BYTES = LIMIT_RECORD_BYTES };

static inline Text arg_text(const KernelCall *call, uint32_t arg, uint32_t row)
{
    return str_text(arg_str(call, arg, row));
}

/* The bytes belong to an argument, a constant or the call's scratch. */
static inline void put_borrowed(KernelCall *call, uint32_t row, Text text)
{
    call->out->data.str[row] = str_view(text.ptr, text.size);
}

static inline Text text_slice(Text text, size_t start, size_t end)
{
    return (Text){text.ptr + start, (uint32_t)(end - start)};
}

static inline bool text_ends_with(Text text, Text end)
{
    return text.size >= end.size &&
           text_equal(text_slice(text, text.size - end.size, text.size), end);
}

/* The value of a hexadecimal digit, or -1. */
static inline int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether a byte begins a code point. */
static inline bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

/* Rejects the row when a result of that size would be too long. */
bool text_fits(KernelCall *call, uint32_t row, uint64_t size_bytes);

/* Leaves the row's result in the empty `buf`, or returns false after kernel_null or kernel_fail. */
typedef bool BuildText(KernelCall *call, uint32_t row, StrBuf *buf);
/* Copies a built result into the scratch; rejects one that is too long. */
CHECKED Status text_store(KernelCall *call, uint32_t row, const StrBuf *buf);

/* The loop around a BuildText; inlined, so that `build` is a plain call. */
static inline Status text_build(KernelCall *call, BuildText *build)
{
    StrBuf buf;
    Status status = ST_OK;
    strbuf_init(&buf, call->scratch->meter);
    for (EACH_ROW(call, i, row)) {
        strbuf_clear(&buf);
        if (build(call, row, &buf))
            status = text_store(call, row, &buf);
        if (status != ST_OK)
            break;
    }
    strbuf_close(&buf);
    return status;
}

/* Bytes from outside as a text: what is no UTF-8 becomes U+FFFD, one for each maximal part of a
 * code point, as Java's decoder does it. */
void text_put_repaired(StrBuf *buf, const char *bytes, size_t size);
void text_put_code_point(StrBuf *buf, uint32_t code_point);

/* The value of a constant argument that is not NULL; false when it is no such. The bytes may stand
 * in the Value itself. */
bool constant_text(const FunctionCall *call, uint32_t arg, Text *out);
bool constant_i64(const FunctionCall *call, uint32_t arg, int64_t *out);

#endif
