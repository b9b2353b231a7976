/* Names, literals and interval qualifiers out of tokens. */
#include <assert.h>
#include <stdio.h>

#include "grammar/ast_make_expr.h"
#include "storage/base/suggest.h"

/* --- names --- */

Name *ast_name(Builder *b, Token token)
{
    assert(token.text.size > 0);
    Name *name = NEW(b, Name);
    *name = (Name){token.value, token.span, token.text.ptr[0] == '`', NULL};
    return name;
}

Name ast_name_copy(const Name *name)
{
    return name == NULL ? (Name){0} : (Name){name->text, name->span, name->quoted, NULL};
}

/* --- literals --- */

static Expr *make_literal(Builder *b, LiteralKind kind, Span start, Text text)
{
    Expr *expr = NEW(b, Expr);
    expr->kind = EXPR_LITERAL;
    expr->span = ast_builder_span(b, start);
    expr->depth = 1;
    expr->as.literal = (Literal){.kind = kind, .text = text};
    return expr;
}

Expr *ast_literal(Builder *b, LiteralKind kind, Token token)
{
    switch (kind) {
    case LITERAL_NULL:
    case LITERAL_TRUE:
    case LITERAL_FALSE:
    case LITERAL_UNKNOWN: return make_literal(b, kind, token.span, TEXT_NONE);
    case LITERAL_INTEGER:
    case LITERAL_DECIMAL:
    case LITERAL_DOUBLE: return make_literal(b, kind, token.span, token.text);
    case LITERAL_STRING:
    case LITERAL_BINARY: return make_literal(b, kind, token.span, token.value);
    case LITERAL_TYPED:
    case LITERAL_INTERVAL: break;
    }
    assert(false && "these have constructors of their own");
    return NULL;
}

Expr *ast_typed_literal(Builder *b, Token name, Token string)
{
    static const Text types[] = {{"DATE", 4}, {"TIME", 4}, {"TIMESTAMP", 9}, {"TIMESTAMP_LTZ", 13}};
    enum { TYPES = sizeof(types) / sizeof(types[0]) };
    Expr *expr = make_literal(b, LITERAL_TYPED, name.span, string.value);
    for (uint32_t i = 0; i < TYPES; i++) {
        if (text_equal_nocase(name.text, types[i])) {
            expr->as.literal.of.type_name = types[i];
            return expr;
        }
    }
    int32_t near = suggest_find(name.text, types, TYPES);
    char hint[64] = "is there a comma or an operator missing?";
    if (near >= 0)
        snprintf(hint, sizeof hint, "did you mean %s?", types[near].ptr);
    ast_builder_error(b, E1001, string.span, hint, "a text cannot follow the name %.*s",
                      TEXT_ARG(name.text));
    return expr;
}

/* TIMESTAMP WITH LOCAL TIME ZONE '...': what TIMESTAMP_LTZ '...' is. */
Expr *ast_local_timestamp(Builder *b, Token name, Token string)
{
    if (!text_equal_nocase(name.text, TEXT("TIMESTAMP")))
        ast_builder_error(b, E1001, name.span, "", "only TIMESTAMP has a local time zone");
    Expr *expr = make_literal(b, LITERAL_TYPED, name.span, string.value);
    expr->as.literal.of.type_name = TEXT("TIMESTAMP_LTZ");
    return expr;
}

int32_t ast_integer(Builder *b, Token token, int32_t largest)
{
    int64_t value = 0;
    for (uint32_t i = 0; i < token.text.size && value <= largest; i++)
        value = value * 10 + (token.text.ptr[i] - '0');
    if (value <= largest)
        return (int32_t)value;
    ast_builder_error(b, E1006, token.span, "", "the number is above %d", largest);
    return largest;
}

/* --- intervals --- */

typedef struct UnitRow {
    Text name, plural;
} UnitRow;

static const UnitRow unit_rows[] = {
#define X(name, plural) {{#name, sizeof(#name) - 1}, {plural, sizeof(plural) - 1}},
#include "grammar/units.def"
#undef X
};

/* SQL_TSI_DAY is what ODBC calls DAY. */
static UnitName unit_named(Text word)
{
    static const Text odbc = {"SQL_TSI_", 8};
    if (word.size > odbc.size && text_equal_nocase((Text){word.ptr, odbc.size}, odbc))
        word = (Text){word.ptr + odbc.size, word.size - odbc.size};
    for (uint32_t i = 0; i < sizeof(unit_rows) / sizeof(unit_rows[0]); i++) {
        if (text_equal_nocase(word, unit_rows[i].name) ||
            text_equal_nocase(word, unit_rows[i].plural))
            return (UnitName)(i + 1);
    }
    assert(false && "every word with the token UNIT or UNIT_PART is in units.def");
    return UNIT_NAME_NONE;
}

const char *unit_name_word(UnitName unit)
{
    assert(unit != UNIT_NAME_NONE);
    return unit_rows[unit - 1].name.ptr;
}

Expr *ast_unit(Builder *b, Token unit)
{
    Expr *expr = NEW(b, Expr);
    expr->kind = EXPR_UNIT;
    expr->span = unit.span;
    expr->depth = 1;
    expr->as.unit = unit_named(unit.text);
    return expr;
}

enum {
    LARGEST_PRECISION = 1000
}; /* to be told apart from a malformed one; the binder has the limits */

IntervalQualifier *ast_interval_field(Builder *b, Token unit, const Token *precision,
                                      const Token *fraction)
{
    IntervalQualifier *field = NEW(b, IntervalQualifier);
    field->from = unit_named(unit.text);
    field->precision = precision == NULL ? -1 : ast_integer(b, *precision, LARGEST_PRECISION);
    field->fraction = fraction == NULL ? -1 : ast_integer(b, *fraction, LARGEST_PRECISION);
    field->span = ast_builder_span(b, unit.span);
    if (fraction != NULL && field->from != UNIT_NAME_SECOND)
        ast_builder_error(b, E1001, fraction->span, "", "only SECOND has a second precision");
    return field;
}

IntervalQualifier *ast_interval_to(Builder *b, IntervalQualifier *from, IntervalQualifier *to)
{
    if (from->fraction >= 0 || to->fraction >= 0)
        ast_builder_error(b, E1001, from->span, "", "in a range of units each has one precision");
    if (to->precision >= 0 && to->from != UNIT_NAME_SECOND)
        ast_builder_error(b, E1001, to->span, "", "after TO only SECOND has a precision");
    from->to = to->from;
    from->fraction = to->precision;
    from->span = span_join(from->span, to->span);
    return from;
}

Expr *ast_interval(Builder *b, Token start, bool negative, Token string,
                   IntervalQualifier *qualifier)
{
    Expr *expr = make_literal(b, LITERAL_INTERVAL, start.span, string.value);
    expr->as.literal.of.interval.negative = negative;
    expr->as.literal.of.interval.qualifier = qualifier;
    return expr;
}

/* INTERVAL 5 SECOND is 5 * INTERVAL '1' SECOND. */
Expr *ast_interval_times(Builder *b, Token start, Expr *factor, IntervalQualifier *field)
{
    Token one = {.value = TEXT("1")};
    Expr *expr = ast_binary(b, BINARY_MULTIPLY, factor, ast_interval(b, start, false, one, field));
    expr->span = ast_builder_span(b, start.span);
    return expr;
}
