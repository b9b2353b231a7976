#include "executor/function/aggregate.h"

#include "storage/base/vec.h"

const AggregateDef *const aggregate_families[] = {sum_aggregates, extreme_aggregates};
const uint32_t aggregate_family_count = sizeof aggregate_families / sizeof aggregate_families[0];

bool aggregate_exists(Text name)
{
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        for (const AggregateDef *def = aggregate_families[f]; def->name != NULL; def++) {
            if (text_equal_nocase(name, text_of(def->name)))
                return true;
        }
    }
    return false;
}

/* The letters of function.h, for the one argument of an aggregate; W is a type whose cells are a
 * word. */
static bool letter_fits(char letter, const Type *type)
{
    switch (letter) {
    case 'A': return true;
    case 'O': return !type_is_nested(type);
    case 'I': return type_is_integer(type);
    case 'W':
        return !type_is_nested(type) && phys_size(type_phys((TypeId)type->id)) <= sizeof(uint64_t);
    case 'D': return type->id == TYPE_DECIMAL;
    case 'F': return type_is_approx(type);
    default: return false;
    }
}

static bool fits(const AggregateDef *def, const Type *arg, uint32_t args)
{
    if (strlen(def->args) != args)
        return false;
    for (uint32_t i = 0; i < args; i++) {
        if (!letter_fits(def->args[i], &arg[i]))
            return false;
    }
    return true;
}

static Status report_misfit(const AggregateDef *def, const Type *arg, uint32_t args, Span span,
                            Diag *diag)
{
    StrBuf types;
    strbuf_init(&types, NULL);
    for (uint32_t i = 0; i < args; i++) {
        if (i > 0)
            strbuf_string(&types, ", ");
        type_print_bare(&arg[i], &types);
    }
    Status status =
        diag_error(diag, E2107, span, "%s does not take (%s)", def->name, strbuf_cstr(&types));
    diag_hint(diag, "%s", def->signature);
    strbuf_close(&types);
    return status;
}

Status aggregate_bind(Text name, Type *arg, uint32_t args, Arena *arena, Span span,
                      const AggregateDef **out, Type *result, Diag *diag)
{
    (void)arena;
    const AggregateDef *named = NULL;
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        for (const AggregateDef *def = aggregate_families[f]; def->name != NULL; def++) {
            if (!text_equal_nocase(name, text_of(def->name)))
                continue;
            named = named == NULL ? def : named;
            if (!fits(def, arg, args))
                continue;
            *out = def;
            *result = def->result(arg, args);
            return ST_OK;
        }
    }
    if (named != NULL)
        return report_misfit(named, arg, args, span, diag);
    return diag_error(diag, E2106, span, "there is no aggregate function \"%.*s\"", TEXT_ARG(name));
}
