/* Types as they are written. Which parameters a type takes, and their ranges, is in the table of
 * types (storage/data/type.c); here is only how they can be spelt. */
#include <assert.h>

#include "planner/bind/bind_private.h"
#include "storage/base/suggest.h"

typedef struct TypeSpelling {
    const char *name;
    TypeId id;
    uint32_t otherwise; /* the parameter when none is written; 0: that of the table of types */
    bool fixed;         /* none can be written */
} TypeSpelling;

static const TypeSpelling spellings[] = {
    {"BOOLEAN", TYPE_BOOLEAN, 0, true},
    {"TINYINT", TYPE_TINYINT, 0, true},
    {"SMALLINT", TYPE_SMALLINT, 0, true},
    {"INT", TYPE_INT, 0, true},
    {"INTEGER", TYPE_INT, 0, true},
    {"BIGINT", TYPE_BIGINT, 0, true},
    {"FLOAT", TYPE_FLOAT, 0, true},
    {"DOUBLE", TYPE_DOUBLE, 0, true},
    {"DECIMAL", TYPE_DECIMAL, 0, false},
    {"DEC", TYPE_DECIMAL, 0, false},
    {"NUMERIC", TYPE_DECIMAL, 0, false},
    {"CHAR", TYPE_CHAR, 0, false},
    {"CHARACTER", TYPE_CHAR, 0, false},
    {"VARCHAR", TYPE_VARCHAR, LENGTH_MAX, false},
    {"STRING", TYPE_VARCHAR, LENGTH_MAX, true},
    {"BINARY", TYPE_BINARY, 0, false},
    {"VARBINARY", TYPE_VARBINARY, LENGTH_MAX, false},
    {"BYTES", TYPE_VARBINARY, LENGTH_MAX, true},
    {"DATE", TYPE_DATE, 0, true},
    {"TIME", TYPE_TIME, 0, false},
    {"TIMESTAMP", TYPE_TIMESTAMP, 0, false},
    {"TIMESTAMP_LTZ", TYPE_TIMESTAMP_LTZ, 0, false},
};
enum { SPELLINGS = sizeof spellings / sizeof *spellings };

/* Types of Flink that have no values here yet. */
static const char *const later_types[] = {"RAW", "VARIANT", "BITMAP", "DESCRIPTOR"};

static const TypeSpelling *spelling_find(Text name)
{
    for (uint32_t i = 0; i < SPELLINGS; i++) {
        if (text_equal_nocase(name, text_of(spellings[i].name)))
            return &spellings[i];
    }
    return NULL;
}

static Status report_unknown_type(Binder *binder, Text name, Span span)
{
    for (uint32_t i = 0; i < sizeof later_types / sizeof *later_types; i++) {
        if (text_equal_nocase(name, text_of(later_types[i])))
            return diag_error(binder->diag, E2001, span, "the type %s is not supported yet",
                              later_types[i]);
    }
    Status status =
        diag_error(binder->diag, E2119, span, "type \"%.*s\" does not exist", TEXT_ARG(name));
    hint_foreign_type(binder->diag, name);
    Text names[SPELLINGS];
    for (uint32_t i = 0; i < SPELLINGS; i++)
        names[i] = text_of(spellings[i].name);
    diag_suggest(binder->diag, name, names, SPELLINGS);
    return status;
}

/* --- parameters --- */

/* A whole number; saturates, so that the range check refuses what is too large. */
static Status parameter_value(Binder *binder, const Expr *arg, uint32_t *out)
{
    if (arg->kind != EXPR_LITERAL || arg->as.literal.kind != LITERAL_INTEGER)
        return diag_error(binder->diag, E2119, arg->span, "a type's parameter is a whole number");
    Text digits = arg->as.literal.text;
    uint64_t value = 0;
    for (uint32_t i = 0; i < digits.size && value <= UINT32_MAX; i++)
        value = value * 10 + (uint64_t)(digits.ptr[i] - '0');
    *out = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
    return ST_OK;
}

static Status check_range(Binder *binder, const TypeDef *def, uint32_t value, Span span)
{
    if (value >= def->min && value <= def->max)
        return ST_OK;
    Status status = diag_error(binder->diag, E2119, span, "the %s of %s is from %u to %u",
                               def->parameter == PARAMETER_LENGTH ? "length" : "precision",
                               def->name, def->min, def->max);
    if (def->parameter == PARAMETER_FRACTION && value > def->max)
        diag_hint(binder->diag, "times are kept in microseconds");
    return status;
}

static Status bind_parameters(Binder *binder, const TypeName *name, const TypeSpelling *spelling,
                              Type *type)
{
    const TypeDef *def = type_def(spelling->id);
    const ExprList *args = &name->as.plain.args;
    uint32_t most = spelling->fixed ? 0 : def->parameter == PARAMETER_DIGITS ? 2 : 1;
    type->precision = spelling->otherwise != 0 ? spelling->otherwise : def->otherwise;
    if (args->count > most) {
        static const char *const counts[] = {"no parameter", "one parameter", "two parameters"};
        Status status = diag_error(binder->diag, E2119, args->last->span, "%s takes %s",
                                   spelling->name, counts[most]);
        if (spelling->id == TYPE_VARCHAR)
            diag_hint(binder->diag, "VARCHAR(n) has a length");
        if (spelling->id == TYPE_FLOAT || spelling->id == TYPE_DOUBLE)
            diag_hint(binder->diag, "DECIMAL(precision, scale) has digits");
        if (most == 0)
            diag_hint(binder->diag, "write %s alone", spelling->name);
        return status;
    }
    if (args->count == 0)
        return ST_OK;
    TRY(parameter_value(binder, args->first, &type->precision));
    TRY(check_range(binder, def, type->precision, args->first->span));
    if (args->count == 1)
        return ST_OK;
    uint32_t scale = 0;
    TRY(parameter_value(binder, args->last, &scale));
    if (scale > type->precision)
        return diag_error(binder->diag, E2119, args->last->span,
                          "the scale of %s(%u, ...) is from 0 to %u", spelling->name,
                          type->precision, type->precision);
    type->scale = (uint8_t)scale;
    return ST_OK;
}

/* --- kinds of types --- */

/* WITH LOCAL TIME ZONE makes a TIMESTAMP a TIMESTAMP_LTZ; no other type has a zone. */
static Status apply_zone(Binder *binder, const TypeName *name, const TypeSpelling **spelling)
{
    TypeId id = (*spelling)->id;
    switch (name->as.plain.zone) {
    case TYPE_ZONE_UNSAID: return ST_OK;
    case TYPE_ZONE_WITHOUT:
        if (id == TYPE_TIMESTAMP || id == TYPE_TIME)
            return ST_OK;
        break;
    case TYPE_ZONE_LOCAL:
        if (id != TYPE_TIMESTAMP)
            break;
        *spelling = spelling_find(TEXT("TIMESTAMP_LTZ"));
        return ST_OK;
    case TYPE_ZONE_WITH: {
        Status status = diag_error(binder->diag, E2119, name->span,
                                   "values do not carry a time zone of their own");
        diag_hint(binder->diag, "an instant is a TIMESTAMP_LTZ");
        return status;
    }
    }
    return diag_error(binder->diag, E2119, name->span, "%s takes no time zone", (*spelling)->name);
}

static Status bind_plain(Binder *binder, const TypeName *name, Type *out)
{
    const NameList *parts = &name->as.plain.name;
    const TypeSpelling *spelling = parts->count == 1 ? spelling_find(parts->first->text) : NULL;
    if (spelling == NULL)
        return report_unknown_type(binder, parts->last->text, name->span);
    TRY(apply_zone(binder, name, &spelling));
    *out = type_make(spelling->id);
    return bind_parameters(binder, name, spelling, out);
}

static Status bind_element_type(Binder *binder, const TypeName *name, Type *out)
{
    Type element;
    TRY(bind_type(binder, name->as.element, &element));
    return type_array(binder->arena, element, out);
}

static Status bind_multiset_type(Binder *binder, const TypeName *name, Type *out)
{
    Type element;
    TRY(bind_type(binder, name->as.element, &element));
    return type_multiset(binder->arena, element, out);
}

static Status bind_map_type(Binder *binder, const TypeName *name, Type *out)
{
    Type key, value;
    TRY(bind_type(binder, name->as.map.key, &key));
    TRY(bind_type(binder, name->as.map.value, &value));
    return type_map(binder->arena, key, value, out);
}

static Status bind_row_type(Binder *binder, const TypeName *name, Type *out)
{
    const RowFieldList *fields = &name->as.row;
    TypeField *child;
    uint32_t count = 0;
    TRY_NEW_ARRAY(child, binder->arena, fields->count);
    for (const RowField *field = fields->first; field != NULL; field = field->next) {
        for (uint32_t i = 0; i < count; i++) {
            if (text_equal(child[i].name, field->name.text))
                return diag_error(binder->diag, E2111, field->name.span,
                                  "the field \"%.*s\" is declared twice",
                                  TEXT_ARG(field->name.text));
        }
        child[count].name = field->name.text;
        TRY(bind_type(binder, field->type, &child[count++].type));
    }
    if (count == 0)
        return diag_error(binder->diag, E2119, name->span, "a ROW has at least one field");
    return type_nested(binder->arena, TYPE_ROW, child, count, out);
}

/* Recursion is bounded by the depth of the AST. */
static Status bind_type_kind(Binder *binder, const TypeName *name, Type *out)
{
    TypeId id;
    switch (name->kind) {
    case TYPE_NAME_PLAIN: return bind_plain(binder, name, out);
    case TYPE_NAME_ARRAY: return bind_element_type(binder, name, out);
    case TYPE_NAME_MULTISET: return bind_multiset_type(binder, name, out);
    case TYPE_NAME_MAP: return bind_map_type(binder, name, out);
    case TYPE_NAME_ROW: return bind_row_type(binder, name, out);
    case TYPE_NAME_INTERVAL:
        TRY(bind_qualifier(binder, &name->as.interval, &id));
        *out = type_make(id);
        return ST_OK;
    }
    return ST_OK;
}

bool is_type_name(Text name)
{
    return spelling_find(name) != NULL;
}

Status bind_type(Binder *binder, const TypeName *name, Type *out)
{
    TRY(bind_type_kind(binder, name, out));
    out->nullable = name->nullability != TYPE_NOT_NULL;
    return type_is_nested(out) ? bind_check_nested(binder, out, name->span) : ST_OK;
}
