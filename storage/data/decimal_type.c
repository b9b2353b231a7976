/* Result types of DECIMAL arithmetic. They are part of the dialect: a different scale is a
 * different value. When more than 38 digits would be needed, integer digits are kept and fraction
 * digits cut, but never below six (or below the scale, where that is smaller). */
#include <assert.h>

#include "storage/data/decimal.h"

enum { LEAST_SCALE = 6 };

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

Type decimal_of_exact(const Type *type)
{
    static const uint32_t digits[] = {3, 5, 10, 19};
    assert(type_is_exact(type));
    if (type->id == TYPE_DECIMAL)
        return *type;
    Type decimal = type_decimal(digits[type->id - TYPE_TINYINT], 0);
    return type_with_null(decimal, type->nullable);
}

static Type make_type(uint32_t whole, uint32_t scale, bool nullable)
{
    uint32_t precision = whole + scale;
    if (precision > DECIMAL_MAX_PRECISION) {
        uint32_t room = DECIMAL_MAX_PRECISION - smaller(whole, DECIMAL_MAX_PRECISION);
        scale = larger(room, smaller(scale, LEAST_SCALE));
        precision = DECIMAL_MAX_PRECISION;
    }
    return type_with_null(type_decimal(larger(precision, 1), scale), nullable);
}

static uint32_t whole_digits(const Type *decimal)
{
    return decimal->precision - decimal->scale;
}

Type decimal_add_type(const Type *a, const Type *b)
{
    Type x = decimal_of_exact(a), y = decimal_of_exact(b);
    uint32_t whole = larger(whole_digits(&x), whole_digits(&y)) + 1;
    return make_type(whole, larger(x.scale, y.scale), x.nullable || y.nullable);
}

Type decimal_multiply_type(const Type *a, const Type *b)
{
    Type x = decimal_of_exact(a), y = decimal_of_exact(b);
    uint32_t whole = whole_digits(&x) + whole_digits(&y) + 1;
    return make_type(whole, (uint32_t)x.scale + y.scale, x.nullable || y.nullable);
}

Type decimal_divide_type(const Type *a, const Type *b)
{
    Type x = decimal_of_exact(a), y = decimal_of_exact(b);
    uint32_t scale = larger(LEAST_SCALE, x.scale + y.precision + 1);
    return make_type(whole_digits(&x) + y.scale, scale, x.nullable || y.nullable);
}

Type decimal_modulo_type(const Type *a, const Type *b)
{
    Type x = decimal_of_exact(a), y = decimal_of_exact(b);
    uint32_t whole = smaller(whole_digits(&x), whole_digits(&y));
    return make_type(whole, larger(x.scale, y.scale), x.nullable || y.nullable);
}

Type decimal_sum_type(const Type *type)
{
    assert(type->id == TYPE_DECIMAL);
    return type_with_null(type_decimal(DECIMAL_MAX_PRECISION, type->scale), type->nullable);
}

Type decimal_average_type(const Type *type)
{
    assert(type->id == TYPE_DECIMAL);
    uint32_t scale = larger(type->scale, LEAST_SCALE);
    return type_with_null(type_decimal(DECIMAL_MAX_PRECISION, scale), type->nullable);
}
