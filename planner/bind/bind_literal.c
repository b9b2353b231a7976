/* Literals and their types, as Flink gives them: an integer is an INT or, where it is larger, a
 * BIGINT; a number with a point is a DECIMAL with the digits as written; one with an exponent is a
 * DOUBLE; a text is a CHAR of its length. INTERVAL literals: bind_interval.c. */
#include <assert.h>
#include <math.h>

#include "planner/bind/bind_private.h"
#include "storage/base/utf8.h"
#include "storage/data/decimal.h"
#include "storage/data/number.h"
#include "storage/data/timestamp.h"

static Status make_constant(Binder *binder, const Value *value, Span span, Scalar **out)
{
    TRY(scalar_constant(binder->arena, value, out));
    (*out)->span = span;
    return ST_OK;
}

static Value value_of(Type type)
{
    return (Value){.type = type_with_null(type, false)};
}

Status bind_null(Binder *binder, Type type, Span span, Scalar **out)
{
    Value value = {.type = type_with_null(type, true), .null = true};
    return make_constant(binder, &value, span, out);
}

Status bind_truth_value(Binder *binder, bool truth, Span span, Scalar **out)
{
    Value value = value_of(type_make(TYPE_BOOLEAN));
    value.as.b = truth;
    return make_constant(binder, &value, span, out);
}

/* --- numbers --- */

static Status report_range(Binder *binder, const Literal *literal, Span span, const char *type)
{
    return diag_error(binder->diag, E2127, span, "%.*s is out of the range of %s",
                      TEXT_ARG(literal->text), type);
}

/* Digits, of which "1." has a point behind them. */
static Status bind_integer(Binder *binder, const Literal *literal, bool negative, Span span,
                           Scalar **out)
{
    int64_t number = 0;
    for (uint32_t i = 0; i < literal->text.size && literal->text.ptr[i] != '.'; i++) {
        int64_t digit = literal->text.ptr[i] - '0';
        if (__builtin_mul_overflow(number, INT64_C(10), &number) ||
            __builtin_add_overflow(number, negative ? -digit : digit, &number)) {
            Status status = report_range(binder, literal, span, "BIGINT");
            diag_hint(binder->diag, "CAST('...' AS DECIMAL(38, 0)) makes larger numbers");
            return status;
        }
    }
    bool small = number >= INT32_MIN && number <= INT32_MAX;
    Value value = value_of(type_make(small ? TYPE_INT : TYPE_BIGINT));
    value.as.i64 = number;
    return make_constant(binder, &value, span, out);
}

/* Zeros in front count as digits, so that 007.5 is a DECIMAL(4, 1), as in Flink. */
static Status bind_decimal(Binder *binder, const Literal *literal, bool negative, Span span,
                           Scalar **out)
{
    const char *point = memchr(literal->text.ptr, '.', literal->text.size);
    assert(point != NULL);
    uint32_t digits = literal->text.size - 1,
             scale = (uint32_t)(literal->text.ptr + digits - point);
    if (scale == 0)
        return bind_integer(binder, literal, negative, span, out);
    bool overflow = false;
    if (digits > DECIMAL_MAX_PRECISION)
        return diag_error(binder->diag, E2127, span, "a DECIMAL has at most %d digits, not %u",
                          DECIMAL_MAX_PRECISION, digits);
    Value value = value_of(type_decimal(digits, scale));
    if (!decimal_parse(literal->text, digits, scale, &value.as.i128, &overflow))
        return diag_error(binder->diag, E1006, span, "\"%.*s\" is no number",
                          TEXT_ARG(literal->text));
    if (negative)
        value.as.i128 = -value.as.i128;
    return make_constant(binder, &value, span, out);
}

static Status bind_double(Binder *binder, const Literal *literal, bool negative, Span span,
                          Scalar **out)
{
    Value value = value_of(type_make(TYPE_DOUBLE));
    if (!double_parse(literal->text, &value.as.f64))
        return diag_error(binder->diag, E1006, span, "\"%.*s\" is no number",
                          TEXT_ARG(literal->text));
    if (isinf(value.as.f64))
        return report_range(binder, literal, span, "DOUBLE");
    if (negative)
        value.as.f64 = -value.as.f64;
    return make_constant(binder, &value, span, out);
}

Status bind_negative_number(Binder *binder, const Literal *literal, Span span, Scalar **out)
{
    if (literal->kind == LITERAL_INTEGER)
        return bind_integer(binder, literal, true, span, out);
    if (literal->kind == LITERAL_DECIMAL)
        return bind_decimal(binder, literal, true, span, out);
    assert(literal->kind == LITERAL_DOUBLE);
    return bind_double(binder, literal, true, span, out);
}

/* --- text and bytes --- */

static Status bind_text(Binder *binder, const Literal *literal, Span span, Scalar **out)
{
    size_t length = utf8_count(literal->text.ptr, literal->text.size);
    Value value = value_of(type_sized(TYPE_CHAR, (uint32_t)length));
    value.as.str = str_of_text(literal->text);
    return make_constant(binder, &value, span, out);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static Status bind_binary(Binder *binder, const Literal *literal, Span span, Scalar **out)
{
    uint32_t size = literal->text.size / 2;
    char *bytes = arena_alloc(binder->arena, size + 1);
    if (bytes == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < size; i++) {
        int high = hex_digit(literal->text.ptr[i * 2]),
            low = hex_digit(literal->text.ptr[i * 2 + 1]);
        if (high < 0 || low < 0)
            return diag_error(binder->diag, E1006, span, "X'...' takes hexadecimal digits");
        bytes[i] = (char)(high * 16 + low);
    }
    Value value = value_of(type_sized(TYPE_BINARY, size));
    value.as.str = str_view(bytes, size);
    return make_constant(binder, &value, span, out);
}

/* --- DATE '...' and its kin --- */

typedef struct TypedLiteral {
    const char *name;
    TypeId id;
    const char *format; /* for the hint */
} TypedLiteral;

static const TypedLiteral typed_literals[] = {
    {"DATE", TYPE_DATE, "DATE 'yyyy-MM-dd'"},
    {"TIME", TYPE_TIME, "TIME 'HH:mm:ss.f'"},
    {"TIMESTAMP", TYPE_TIMESTAMP, "TIMESTAMP 'yyyy-MM-dd HH:mm:ss.f'"},
    {"TIMESTAMP_LTZ", TYPE_TIMESTAMP_LTZ, "TIMESTAMP_LTZ 'yyyy-MM-dd HH:mm:ss.f'"},
};

static uint32_t count_char(Text text, char c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < text.size; i++)
        count += text.ptr[i] == c;
    return count;
}

/* A cast takes '2020' for a date and '10:00' for a time; literals have all their parts. */
static bool read_typed(TypeId id, Text text, int64_t *out)
{
    if (id == TYPE_DATE)
        return count_char(text, '-') == 2 && count_char(text, ' ') == 0 &&
               date_parse(text, TIME_SYNTAX_CAST, out);
    if (id == TYPE_TIME)
        return count_char(text, ':') == 2 && count_char(text, ' ') == 0 &&
               time_parse(text, TIME_SYNTAX_CAST, out);
    return timestamp_parse(text, TIME_SYNTAX_CAST, false, out);
}

static uint32_t fraction_digits(Text text)
{
    const char *point = memchr(text.ptr, '.', text.size);
    return point == NULL ? 0 : (uint32_t)(text.ptr + text.size - point - 1);
}

static Status bind_typed(Binder *binder, const Literal *literal, Span span, Scalar **out)
{
    const TypedLiteral *form = NULL;
    for (uint32_t i = 0; i < sizeof typed_literals / sizeof *typed_literals; i++) {
        if (text_is(literal->of.type_name, typed_literals[i].name))
            form = &typed_literals[i];
    }
    if (form == NULL)
        return diag_error(binder->diag, E1006, span, "there are no literals of type %.*s",
                          TEXT_ARG(literal->of.type_name));
    uint32_t fraction = form->id == TYPE_DATE ? 0 : fraction_digits(literal->text);
    Value value = value_of(type_make(form->id == TYPE_TIMESTAMP_LTZ ? TYPE_TIMESTAMP : form->id));
    if (literal->text.size == 0 || !read_typed(form->id, literal->text, &value.as.i64)) {
        Status status = diag_error(binder->diag, E1006, span, "'%.*s' is no %s",
                                   TEXT_ARG(literal->text), form->name);
        diag_hint(binder->diag, "write %s", form->format);
        return status;
    }
    if (fraction > TIME_MAX_PRECISION)
        return diag_error(binder->diag, E2127, span,
                          "a %s has at most %d digits behind the second, not %u", form->name,
                          TIME_MAX_PRECISION, fraction);
    value.type.precision = fraction;
    TRY(make_constant(binder, &value, span, out));
    if (form->id != TYPE_TIMESTAMP_LTZ)
        return ST_OK;
    /* Which instant it is depends on the time zone of the session that runs it. */
    Type instant = type_with_null(type_sized(TYPE_TIMESTAMP_LTZ, fraction), false);
    return bind_cast(binder, *out, instant, false, span, out);
}

Status bind_literal(Binder *binder, const Expr *expr, Scalar **out)
{
    assert(expr->kind == EXPR_LITERAL);
    const Literal *literal = &expr->as.literal;
    switch (literal->kind) {
    case LITERAL_NULL: return bind_null(binder, type_make(TYPE_NULL), expr->span, out);
    case LITERAL_TRUE: return bind_truth_value(binder, true, expr->span, out);
    case LITERAL_FALSE: return bind_truth_value(binder, false, expr->span, out);
    case LITERAL_UNKNOWN: return bind_null(binder, type_make(TYPE_BOOLEAN), expr->span, out);
    case LITERAL_INTEGER: return bind_integer(binder, literal, false, expr->span, out);
    case LITERAL_DECIMAL: return bind_decimal(binder, literal, false, expr->span, out);
    case LITERAL_DOUBLE: return bind_double(binder, literal, false, expr->span, out);
    case LITERAL_STRING: return bind_text(binder, literal, expr->span, out);
    case LITERAL_BINARY: return bind_binary(binder, literal, expr->span, out);
    case LITERAL_TYPED: return bind_typed(binder, literal, expr->span, out);
    case LITERAL_INTERVAL: {
        Value value;
        TRY(bind_interval_literal(binder, literal, expr->span, &value));
        return make_constant(binder, &value, expr->span, out);
    }
    }
    return ST_OK;
}
