/* Texts into ARRAYs and back. */
#include "executor/function/kernel_text.h"
#include "executor/function/nested_kernels.h"
#include "storage/base/utf8.h"

/* --- ARRAY_JOIN --- */

Status prepare_join(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    const Type *element = &call->arg[0].child[0].type;
    if (type_is_character(element))
        return ST_OK;
    Status status =
        diag_error(diag, E2107, SPAN_NONE, "ARRAY_JOIN takes an ARRAY of texts, not of others");
    diag_hint(diag, "CAST the array AS ARRAY<STRING>");
    return status;
}

static bool join_elements(KernelCall *call, uint32_t row, StrBuf *buf)
{
    const Column *elements = arg_child(call, 0, 0);
    Elements array = arg_elements(call, 0, row);
    bool first = true;
    for (uint32_t at = array.start; at < array.start + array.count; at++) {
        bool null = column_is_null(elements, at);
        if ((null && call->args < 3) || buf->size > STRING_MAX_BYTES)
            continue;
        if (!first)
            strbuf_text(buf, arg_text(call, 1, row));
        first = false;
        strbuf_text(buf, null ? arg_text(call, 2, row)
                              : str_text(&elements->data.str[column_index(elements, at)]));
    }
    return true;
}

Status array_join(KernelCall *call)
{
    return text_build(call, join_elements);
}

/* --- SPLIT --- */

Status prepare_split(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    bool nullable = call->result.nullable;
    TRY(type_array(arena, type_string(), &call->result));
    call->result.nullable = nullable;
    return ST_OK;
}

static Status add_text(KernelCall *call, uint32_t row, Text text)
{
    Nested *out = call->out->data.nested;
    Elements array = out->list[row];
    uint32_t at;
    TRY(nested_add_elements(call->scratch, out, row, 1, &at));
    out->list[row] = (Elements){array.count == 0 ? at : array.start, array.count + 1};
    out->child->data.str[at] = str_of_text(text);
    return ST_OK;
}

/* The end of the part that begins at `start`. */
static uint32_t part_end(Text text, uint32_t start, Text separator)
{
    uint32_t length;
    if (separator.size == 0) {
        utf8_decode(text.ptr + start, text.size - start, &length);
        return start + length;
    }
    const char *found = memmem(text.ptr + start, text.size - start, separator.ptr, separator.size);
    return found == NULL ? text.size : (uint32_t)(found - text.ptr);
}

/* An empty text has no parts; one that ends with the separator has an empty last one. */
Status text_split(KernelCall *call)
{
    TRY(kernel_open_nested(call));
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row), separator = arg_text(call, 1, row);
        if (text.size == 0)
            continue;
        uint32_t start = 0, end;
        do {
            end = part_end(text, start, separator);
            TRY(add_text(call, row, text_slice(text, start, end)));
            start = end + separator.size;
        } while (end < text.size);
    }
    return ST_OK;
}
