/* Casts that nobody wrote: branches and rows that must have one type, and places that want a given
 * one. What passes without a CAST is said in storage/data/type_rules.c. */
#include <assert.h>

#include "planner/bind/bind_private.h"

const char *bind_type_name(Binder *binder, const Type *type)
{
    StrBuf buf;
    Text copy;
    strbuf_init(&buf, NULL);
    type_print_bare(type, &buf);
    Status status = arena_text(binder->arena, strbuf_as_text(&buf), &copy);
    strbuf_close(&buf);
    return status == ST_OK ? copy.ptr : type_def((TypeId)type->id)->name;
}

static Status report_mixed(Binder *binder, const Type *common, const Scalar *item, const char *what,
                           Span span)
{
    Status status = diag_error(binder->diag, E2108, item->span.end > 0 ? item->span : span,
                               "%s mixes %s and %s, which have no common type", what,
                               bind_type_name(binder, common), bind_type_name(binder, &item->type));
    diag_hint(binder->diag, "CAST one to the type of the other");
    return status;
}

static Status report_untyped(Binder *binder, const char *what, Span span)
{
    Status status = diag_error(binder->diag, E2124, span, "%s has no value but NULL", what);
    diag_hint(binder->diag, "CAST(NULL AS type) gives it a type");
    return status;
}

Status coerce_common(Binder *binder, Scalar **item, uint32_t count, const char *what, Span span,
                     Type *common)
{
    assert(count > 0);
    *common = item[0]->type;
    for (uint32_t i = 1; i < count; i++) {
        Type wider;
        if (!type_common(binder->arena, common, &item[i]->type, &wider))
            return report_mixed(binder, common, item[i], what, span);
        *common = wider;
    }
    if (common->id == TYPE_NULL)
        return report_untyped(binder, what, span);
    for (uint32_t i = 0; i < count; i++) {
        Type type = type_with_null(*common, item[i]->type.nullable);
        TRY(bind_cast(binder, item[i], type, false, item[i]->span, &item[i]));
    }
    return ST_OK;
}

Status coerce_to(Binder *binder, Scalar *from, const Type *to, const char *what, Span span,
                 Scalar **out)
{
    if (type_implicit(&from->type, to))
        return bind_cast(binder, from, type_with_null(*to, from->type.nullable), false, span, out);
    const char *wanted = bind_type_name(binder, to);
    Status status = diag_error(binder->diag, E2108, span, "%s wants %s, not %s", what, wanted,
                               bind_type_name(binder, &from->type));
    diag_hint(binder->diag, "CAST(... AS %s) converts it", wanted);
    return status;
}
