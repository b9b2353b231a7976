/* The list of families, binding (finding the overload that takes the arguments), and what kernels
 * call. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "executor/function/function.h"
#include "executor/function/pattern.h"
#include "storage/base/vec.h"

const FunctionFamily function_families[] = {
    {"Arithmetic", arithmetic_functions},
    {"Comparison", compare_functions},
    {"Logic", logic_functions},
    {"Conditional", conditional_functions},
    {"Conversion", cast_functions},
    {"Numeric", math_functions},
    {"Text", string_functions},
    {"Regular expressions", regex_functions},
    {"Date and time", temporal_functions},
    {"Hashes and encodings", hash_functions},
    {"JSON", json_functions},
    {"Rows, arrays and maps", nested_functions},
    {"Functions of arrays", array_functions},
    {"Functions of maps", map_functions},
    {"Time attributes and windows", window_functions},
    {"Grouping sets", grouping_functions},
};
const uint32_t function_family_count = sizeof function_families / sizeof *function_families;

/* --- names --- */

static const ScalarDef *function_find(Text name)
{
    for (uint32_t i = 0; i < function_family_count; i++) {
        for (const ScalarDef *def = function_families[i].def; def->name != NULL; def++) {
            if (text_equal_nocase(name, text_of(def->name)))
                return def;
        }
    }
    return NULL;
}

static bool same_name(const ScalarDef *a, const ScalarDef *b)
{
    return b->name != NULL && strcmp(a->name, b->name) == 0;
}

bool function_exists(Text name)
{
    const ScalarDef *def = function_find(name);
    return def != NULL && (def->flags & (FN_OPERATOR | FN_INTERNAL)) == 0;
}

/* --- errors --- */

static Status report_unknown(Text name, Arena *arena, Span span, Diag *diag)
{
    VEC(Text) names = {0};
    for (uint32_t i = 0; i < function_family_count; i++) {
        for (const ScalarDef *def = function_families[i].def; def->name != NULL; def++) {
            if ((def->flags & (FN_OPERATOR | FN_INTERNAL)) == 0)
                TRY_PUSH(&names, arena, text_of(def->name));
        }
    }
    Status status = diag_error(diag, E2106, span, "function \"%.*s\" not found", TEXT_ARG(name));
    diag_suggest(diag, name, names.item, names.count);
    return status;
}

/* "(INT, STRING)" */
static void print_types(const Type *arg, uint32_t args, StrBuf *out)
{
    strbuf_char(out, '(');
    for (uint32_t i = 0; i < args; i++) {
        strbuf_string(out, i > 0 ? ", " : "");
        type_print_bare(&arg[i], out);
    }
    strbuf_char(out, ')');
}

static Status report_misfit(const ScalarDef *first, const FunctionCall *call, Span span, Diag *diag)
{
    StrBuf types, forms;
    strbuf_init(&types, NULL);
    strbuf_init(&forms, NULL);
    print_types(call->arg, call->args, &types);
    bool any = false;
    for (const ScalarDef *def = first; same_name(first, def); def++) {
        if (def->signature == NULL)
            continue;
        strbuf_string(&forms, any ? " | " : "");
        strbuf_string(&forms, def->signature);
        any = true;
    }
    const char *kind = (first->flags & FN_OPERATOR) != 0 ? "operator" : "function";
    const char *name =
        first->name[0] == '$' && first->signature != NULL ? first->signature : first->name;
    Status status = diag_error(diag, E2107, span, "%s \"%s\" does not take %s", kind, name,
                               strbuf_cstr(&types));
    if (any)
        diag_hint(diag, "%s", strbuf_cstr(&forms));
    strbuf_close(&types);
    strbuf_close(&forms);
    return status;
}

/* --- binding --- */

static bool result_is_nullable(const ScalarDef *def, const FunctionCall *call)
{
    bool nullable = (def->flags & FN_MAY_NULL) != 0;
    for (uint32_t i = 0; i < call->args; i++)
        nullable = nullable || call->arg[i].nullable;
    return nullable;
}

static Status bind_overload(const ScalarDef *def, FunctionCall *call, const Type *target,
                            Arena *arena, Span span, Diag *diag)
{
    memcpy(call->arg, target, call->args * sizeof *target);
    call->def = def;
    call->kernel = def->kernel;
    call->data = NULL;
    call->result = def->result(call->arg, call->args);
    if ((def->flags & FN_OWN_NULLS) == 0)
        call->result.nullable = result_is_nullable(def, call);
    if (def->prepare == NULL)
        return ST_OK;
    Status status = def->prepare(call, arena, diag);
    if (status != ST_OK && diag != NULL && diag->set && diag->span.start == diag->span.end)
        diag->span = span;
    return status;
}

Status function_bind(Text name, FunctionCall *call, Arena *arena, Span span, Diag *diag)
{
    assert(call->args == 0 || call->arg != NULL);
    const ScalarDef *first = function_find(name);
    if (first == NULL || first->result == NULL) /* casts are bound by cast_bind */
        return report_unknown(name, arena, span, diag);
    if (call->args > FUNCTION_MAX_ARGS)
        return diag_error(diag, E2107, span, "\"%s\" takes at most %d arguments", first->name,
                          FUNCTION_MAX_ARGS);
    Type *target, *best;
    TRY_NEW_ARRAY(target, arena, call->args);
    TRY_NEW_ARRAY(best, arena, call->args);
    const ScalarDef *chosen = NULL;
    for (const ScalarDef *def = first; same_name(first, def); def++) {
        Fit fit = pattern_fit(arena, def->args, call->arg, call->args, target);
        if (fit == FIT_NONE || (fit == FIT_CAST && chosen != NULL))
            continue;
        chosen = def;
        memcpy(best, target, call->args * sizeof *best);
        if (fit == FIT_EXACT)
            break;
    }
    if (chosen == NULL)
        return report_misfit(first, call, span, diag);
    return bind_overload(chosen, call, best, arena, span, diag);
}

/* --- what kernels call --- */

enum { MESSAGE_BYTES = 256 };

/* Values from the data are quoted in messages, so a long one is cut, between code points. */
static Status print_message(Arena *arena, const char *format, va_list args, Text *out)
{
    char message[MESSAGE_BYTES];
    int written = vsnprintf(message, sizeof message, format, args);
    size_t size = written < 0 ? 0 : (size_t)written;
    if (size >= sizeof message) {
        size = sizeof message - sizeof "...";
        while (size > 0 && ((unsigned char)message[size] & 0xC0) == 0x80)
            size--;
        memcpy(message + size, "...", sizeof "...");
        size += sizeof "..." - 1;
    }
    return arena_text(arena, (Text){message, (uint32_t)size}, out);
}

void kernel_fail(KernelCall *call, uint32_t row, ErrorCode code, const char *format, ...)
{
    RowErrors *errors = call->errors;
    assert(errors != NULL && row < BATCH_ROWS);
    if (bit_get(errors->failed, row))
        return;
    Text message;
    va_list args;
    va_start(args, format);
    Status status = print_message(call->scratch, format, args, &message);
    va_end(args);
    bit_set(errors->failed, row);
    errors->item[errors->count++] =
        (RowError){.row = (uint16_t)row,
                   .code = code,
                   .message = status == ST_OK ? message.ptr : error_def(code)->title,
                   .column = -1};
}

Status kernel_put_str(KernelCall *call, uint32_t row, const char *bytes, uint32_t size)
{
    Str str = str_view(bytes, size);
    return str_copy(call->scratch, &str, &call->out->data.str[row]);
}
