#include "executor/function/coerce.h"

static bool is_time(const Type *type)
{
    return type->id >= TYPE_DATE && type->id <= TYPE_TIMESTAMP_LTZ;
}

/* The type as which a text and another type compare, if at all. */
static bool common_with_text(CompareKind kind, const Type *text, const Type *other,
                             bool text_is_left, Type *common)
{
    if (!type_is_numeric(other) && !is_time(other) && other->id != TYPE_BOOLEAN)
        return false;
    bool equality = kind == COMPARE_EQUALITY;
    if (equality && type_is_numeric(other))
        return false;
    bool as_text = (equality && other->id == TYPE_BOOLEAN) || (kind == COMPARE_IN && text_is_left);
    *common = as_text ? type_string() : *other;
    if (as_text && text->precision == LENGTH_MAX)
        *common = *text;
    return true;
}

static bool find_common(Arena *arena, CompareKind kind, const Type *left, const Type *right,
                        Type *common)
{
    bool left_text = type_is_character(left), right_text = type_is_character(right);
    if (left_text && !right_text && right->id != TYPE_NULL)
        return common_with_text(kind, left, right, true, common);
    if (right_text && !left_text && left->id != TYPE_NULL)
        return common_with_text(kind, right, left, false, common);
    return type_common(arena, left, right, common);
}

/* A text that becomes a time for an equality is NULL when it is none. */
static bool needs_try(CompareKind kind, const Type *from, const Type *common)
{
    return kind == COMPARE_EQUALITY && type_is_character(from) && is_time(common);
}

Status compare_coerce(Arena *arena, CompareKind kind, const char *name, const Type *left,
                      const Type *right, CompareCoercion *out, Span span, Diag *diag)
{
    Type common;
    if (!find_common(arena, kind, left, right, &common)) {
        StrBuf types;
        strbuf_init(&types, NULL);
        type_print_bare(left, &types);
        strbuf_string(&types, " and ");
        type_print_bare(right, &types);
        Status status =
            diag_error(diag, E2107, span, "\"%s\" does not compare %s", name, strbuf_cstr(&types));
        strbuf_close(&types);
        diag_hint(diag, "CAST one side to the type of the other");
        return status;
    }
    out->try_left = needs_try(kind, left, &common);
    out->try_right = needs_try(kind, right, &common);
    out->left = type_with_null(common, left->nullable || out->try_left);
    out->right = type_with_null(common, right->nullable || out->try_right);
    return ST_OK;
}
