/* Casts to text and between texts and bytes. A result longer than its type is cut, a shorter one is
 * padded by CHAR with blanks and by BINARY with zeros; a text's length counts code points. */
#include <string.h>

#include "executor/function/cast.h"
#include "executor/function/kernel_text.h"
#include "storage/base/utf8.h"
#include "storage/data/timestamp.h"

/* --- fitting into a length --- */

/* Blanks behind the text, so that it has as many code points as its CHAR type says. */
static Status pad_text(KernelCall *call, uint32_t row, Text text, uint32_t blanks)
{
    if (!text_fits(call, row, (uint64_t)text.size + blanks))
        return ST_OK;
    char *padded = arena_alloc(call->scratch, (size_t)text.size + blanks);
    if (padded == NULL)
        return ST_NOMEM;
    memcpy(padded, text.ptr, text.size);
    memset(padded + text.size, ' ', blanks);
    put_borrowed(call, row, (Text){padded, text.size + blanks});
    return ST_OK;
}

/* Makes the text, which lives as long as the batch, the row's result. */
static Status put_fitted(KernelCall *call, uint32_t row, Text text)
{
    uint32_t length = call->result->precision;
    bool fixed = call->result->id == TYPE_CHAR;
    if (text.size <= length && !fixed) { /* a code point has at least one byte */
        put_borrowed(call, row, text);
        return ST_OK;
    }
    size_t end = utf8_offset(text.ptr, text.size, length);
    if (end < text.size || !fixed) {
        put_borrowed(call, row, text_slice(text, 0, end));
        return ST_OK;
    }
    size_t count = utf8_count(text.ptr, text.size);
    if (count == length) {
        put_borrowed(call, row, text);
        return ST_OK;
    }
    return pad_text(call, row, text, length - (uint32_t)count);
}

/* The same for a text in a buffer, which is copied first. */
static Status put_fitted_copy(KernelCall *call, uint32_t row, const StrBuf *buf)
{
    TRY(text_store(call, row, buf));
    const Str *stored = &call->out->data.str[row];
    if (bit_get(call->errors->failed, row) ||
        (call->result->id == TYPE_VARCHAR && stored->size <= call->result->precision))
        return ST_OK;
    Str copy = *stored; /* a short one has its bytes in the cell that is written */
    return put_fitted(call, row, str_text(&copy));
}

/* --- from other types --- */

typedef void PrintCell(const KernelCall *call, uint32_t row, StrBuf *buf);

static inline Status print_rows(KernelCall *call, PrintCell *print)
{
    StrBuf buf;
    Status status = ST_OK;
    strbuf_init(&buf, call->scratch->meter);
    for (EACH_ROW(call, i, row)) {
        strbuf_clear(&buf);
        print(call, row, &buf);
        status = put_fitted_copy(call, row, &buf);
        if (status != ST_OK)
            break;
    }
    strbuf_close(&buf);
    return status;
}

/* Instants in the session's time zone. */
static void print_cell(const KernelCall *call, uint32_t row, StrBuf *buf)
{
    cell_print_local(&call->arg_type[0], call->arg[0], row, call->context->zone, buf);
}

Status cast_any_to_text(KernelCall *call)
{
    return print_rows(call, print_cell);
}

Status cast_text_to_text(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        TRY(put_fitted(call, row, arg_text(call, 0, row)));
    return ST_OK;
}

static void print_bytes(const KernelCall *call, uint32_t row, StrBuf *buf)
{
    Text bytes = arg_text(call, 0, row);
    text_put_repaired(buf, bytes.ptr, bytes.size);
}

/* Bytes that are no UTF-8 become U+FFFD, as in Flink. */
Status cast_bytes_to_text(KernelCall *call)
{
    return print_rows(call, print_bytes);
}

/* --- to bytes --- */

static Status pad_bytes(KernelCall *call, uint32_t row, Text bytes)
{
    uint32_t size = call->result->precision;
    if (!text_fits(call, row, size))
        return ST_OK;
    char *padded = arena_alloc_zeroed(call->scratch, size);
    if (padded == NULL)
        return ST_NOMEM;
    memcpy(padded, bytes.ptr, bytes.size);
    put_borrowed(call, row, (Text){padded, size});
    return ST_OK;
}

Status cast_bytes_to_bytes(KernelCall *call)
{
    uint32_t size = call->result->precision;
    for (EACH_ROW(call, i, row)) {
        Text bytes = arg_text(call, 0, row);
        if (bytes.size < size && call->result->id == TYPE_BINARY)
            TRY(pad_bytes(call, row, bytes));
        else
            put_borrowed(call, row, text_slice(bytes, 0, bytes.size < size ? bytes.size : size));
    }
    return ST_OK;
}

Status cast_text_to_bytes(KernelCall *call)
{
    return cast_bytes_to_bytes(call);
}
