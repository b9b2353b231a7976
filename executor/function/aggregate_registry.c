#include "executor/function/aggregate.h"

#include <assert.h>

#include "storage/base/vec.h"

const AggregateDef *const aggregate_families[] = {
    count_aggregates,      sum_aggregates,         extreme_aggregates, variance_aggregates,
    pick_aggregates,       logic_aggregates,       list_aggregates,    json_aggregates,
    percentile_aggregates, approximate_aggregates, collect_aggregates,
};
const uint32_t aggregate_family_count = sizeof aggregate_families / sizeof aggregate_families[0];

bool aggregate_exists(Text name)
{
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        for (const AggregateDef *def = aggregate_families[f]; def->name != NULL; def++) {
            if (text_equal_nocase(name, text_of(def->name)) && (def->flags & AGG_INTERNAL) == 0)
                return true;
        }
    }
    return false;
}

/* Patterns, a letter an argument; none is cast. `=` behind a letter: the argument is a constant,
 * which `prepare` looks at, and no column. */
static bool letter_fits(char letter, const Type *type)
{
    switch (letter) {
    case 'A': return true;
    case 'O': return !type_is_nested(type);
    case 'W': /* whose cells are a word */
        return !type_is_nested(type) && phys_size(type_phys((TypeId)type->id)) <= sizeof(uint64_t);
    case 'B': return type->id == TYPE_BOOLEAN;
    case 'I': return type_is_integer(type);
    case 'D': return type->id == TYPE_DECIMAL;
    case 'F': return type_is_approx(type);
    case 'N': return type_is_numeric(type);
    case 'L': return type->id == TYPE_ARRAY && type_is_numeric(&type->child[0].type);
    case 'S': return type_is_character(type);
    default: assert(false && "a letter of the patterns"); return false;
    }
}

static bool fits(const AggregateDef *def, const AggregateCall *call)
{
    const char *letter = def->args;
    for (uint32_t i = 0; i < call->args; i++) {
        if (*letter == '\0' || !letter_fits(*letter, &call->arg[i]))
            return false;
        letter++;
        if (*letter == '=') {
            if (call->constant[i] == NULL)
                return false;
            letter++;
        }
    }
    return *letter == '\0';
}

bool aggregate_wants_constant(const AggregateDef *def, uint32_t arg)
{
    const char *letter = def->args;
    for (uint32_t i = 0; *letter != '\0'; letter++) {
        if (*letter == '=')
            continue;
        if (i++ == arg)
            return letter[1] == '=';
    }
    return false;
}

static Status report_misfit(const AggregateDef *def, const AggregateCall *call, Span span,
                            Diag *diag)
{
    StrBuf types;
    strbuf_init(&types, NULL);
    for (uint32_t i = 0; i < call->args; i++) {
        if (i > 0)
            strbuf_string(&types, ", ");
        type_print_bare(&call->arg[i], &types);
    }
    Status status =
        diag_error(diag, E2107, span, "%s does not take (%s)", def->name, strbuf_cstr(&types));
    diag_hint(diag, "%s", def->signature);
    strbuf_close(&types);
    return status;
}

static Status bind_row(const AggregateDef *def, AggregateCall *call, Arena *arena, Span span,
                       Diag *diag)
{
    call->def = def;
    call->data = NULL;
    call->result = def->result(call->arg, call->args);
    if (def->prepare == NULL)
        return ST_OK;
    Status status = def->prepare(call, arena, diag);
    if (status != ST_OK && diag != NULL && diag->set && diag->span.start == diag->span.end)
        diag->span = span;
    return status;
}

Status aggregate_bind(Text name, AggregateCall *call, Arena *arena, Span span, Diag *diag)
{
    const AggregateDef *named = NULL;
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        for (const AggregateDef *def = aggregate_families[f]; def->name != NULL; def++) {
            if (!text_equal_nocase(name, text_of(def->name)))
                continue;
            named = named == NULL ? def : named;
            if (fits(def, call))
                return bind_row(def, call, arena, span, diag);
        }
    }
    if (named != NULL)
        return report_misfit(named, call, span, diag);
    return diag_error(diag, E2106, span, "there is no aggregate function \"%.*s\"", TEXT_ARG(name));
}
