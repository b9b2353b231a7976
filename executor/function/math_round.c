/* Rounding. Halves go away from zero; a negative number of digits rounds before the point.
 *
 * A DOUBLE is rounded as the decimal number that it prints as, as Flink does through BigDecimal, so
 * that ROUND(2.675, 2) is 2.68 although the double is a little less. That way is slow, and rarely
 * needed: scaled by the power of ten, a value that is not close to a tie rounds the same either
 * way, and one that is the quotient of a short integer by the power has no digits to lose. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "executor/function/math_kernels.h"
#include "storage/data/decimal.h"
#include "storage/data/number.h"

static int64_t digits_of_row(const KernelCall *call, uint32_t row)
{
    return call->args > 1 ? arg_i64(call, 1, row) : 0;
}

/* --- integers --- */

/* The multiple of 10^places next to the value. */
static Int128 round_to_multiple(int64_t value, uint32_t places, bool truncate)
{
    if (places > DECIMAL_MAX_PRECISION)
        return 0;
    Int128 unit = decimal_power10(places), rest = value % unit;
    Int128 whole = value - rest;
    if (!truncate && (rest < 0 ? -rest : rest) * 2 >= unit)
        whole += rest < 0 ? -unit : unit;
    return whole;
}

static Status round_integers(KernelCall *call, bool truncate)
{
    TypeId id = (TypeId)call->result->id;
    int64_t least = type_integer_min(id), most = type_integer_max(id);
    for (EACH_ROW(call, i, row)) {
        int64_t value = arg_i64(call, 0, row), digits = digits_of_row(call, row);
        Int128 rounded = value;
        if (digits < 0)
            rounded = round_to_multiple(value,
                                        digits < -DECIMAL_MAX_PRECISION ? DECIMAL_MAX_PRECISION + 1
                                                                        : (uint32_t)-digits,
                                        truncate);
        if (rounded < least || rounded > most)
            kernel_fail(call, row, E5004, "%" PRId64 " rounded is out of the range of %s", value,
                        type_def(id)->name);
        else
            call->out->data.i64[row] = (int64_t)rounded;
    }
    return ST_OK;
}

Status round_i64(KernelCall *call)
{
    return round_integers(call, false);
}

Status truncate_i64(KernelCall *call)
{
    return round_integers(call, true);
}

/* --- DECIMAL --- */

/* To `digits` behind the point, kept with the old scale; digits < 0 rounds before the point. */
static bool round_unscaled(Int128 value, uint32_t scale, int64_t digits, bool truncate, Int128 *out)
{
    *out = value;
    if (digits >= (int64_t)scale)
        return true;
    uint32_t cut =
        digits < -DECIMAL_MAX_PRECISION ? UINT32_MAX : (uint32_t)((int64_t)scale - digits);
    *out = 0;
    if (cut > DECIMAL_MAX_PRECISION)
        return true;
    Int128 unit = decimal_power10(cut), rest = value % unit;
    *out = value - rest;
    if (!truncate && (rest < 0 ? -rest : rest) >= unit - (rest < 0 ? -rest : rest))
        return !__builtin_add_overflow(*out, rest < 0 ? -unit : unit, out);
    return true;
}

static Status round_decimals(KernelCall *call, bool truncate)
{
    uint32_t scale = call->arg_type[0].scale;
    const Type *result = call->result;
    for (EACH_ROW(call, i, row)) {
        Int128 rounded;
        if (!round_unscaled(arg_i128(call, 0, row), scale, digits_of_row(call, row), truncate,
                            &rounded) ||
            !decimal_rescale(rounded, scale, result->precision, result->scale,
                             &call->out->data.i128[row]))
            kernel_null(call, row);
    }
    return ST_OK;
}

Status round_decimal(KernelCall *call)
{
    return round_decimals(call, false);
}

Status truncate_decimal(KernelCall *call)
{
    return round_decimals(call, true);
}

/* Rounding up can need one digit more than the value has before the point (Flink's
 * LogicalTypeMerging.findRoundDecimalType). */
static Type rounded_type(const Type *type, int64_t digits)
{
    uint32_t scale = digits < 0 ? 0 : (uint32_t)digits;
    uint32_t precision = 1 + type->precision - type->scale + scale;
    return type_decimal(precision < DECIMAL_MAX_PRECISION ? precision : DECIMAL_MAX_PRECISION,
                        scale);
}

/* Without a constant number of digits the type stays, and a value that has grown too long is NULL.
 */
Status prepare_round_decimal(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    const Type *type = &call->arg[0];
    const Value *constant = call->args > 1 && call->constant != NULL ? call->constant[1] : NULL;
    if (call->args > 1 && (constant == NULL || constant->null))
        return ST_OK;
    int64_t digits = constant == NULL ? 0 : constant->as.i64;
    if (digits < (int64_t)type->scale)
        call->result = rounded_type(type, digits);
    bool can_grow =
        digits < (int64_t)type->scale && type->precision - type->scale == DECIMAL_MAX_PRECISION;
    bool nullable = call->arg[0].nullable || (call->args > 1 && call->arg[1].nullable);
    call->result.nullable = nullable || can_grow;
    return ST_OK;
}

Type rule_whole_decimal(const Type *arg, uint32_t args)
{
    (void)args;
    return type_decimal(arg[0].precision, 0);
}

/* `direction` is 1 for up, -1 for down. One digit more always fits: a value that has a fraction has
 * fewer digits before the point than its type. */
static Status round_toward(KernelCall *call, int direction)
{
    Int128 unit = decimal_power10(call->arg_type[0].scale);
    for (EACH_ROW(call, i, row)) {
        Int128 value = arg_i128(call, 0, row), whole = value / unit, rest = value % unit;
        if (rest != 0 && (rest > 0) == (direction > 0))
            whole += direction;
        call->out->data.i128[row] = whole;
    }
    return ST_OK;
}

Status ceil_decimal(KernelCall *call)
{
    return round_toward(call, 1);
}

Status floor_decimal(KernelCall *call)
{
    return round_toward(call, -1);
}

/* --- FLOAT and DOUBLE --- */

Status ceil_f64(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.f64[row] = ceil(arg_f64(call, 0, row));
    return ST_OK;
}

Status floor_f64(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.f64[row] = floor(arg_f64(call, 0, row));
    return ST_OK;
}

enum {
    EXACT_POWERS = 22,        /* 10^22 is the largest power of ten that a double holds exactly */
    DOUBLE_MAX_EXPONENT = 400 /* beyond all exponents and digits of a double */
};

/* Rounds the digits that the value prints with. */
static double round_printed(double value, int64_t digits, bool truncate)
{
    char text[NUMBER_TEXT_BYTES], rounded[NUMBER_TEXT_BYTES + 32];
    NumberText number;
    bool scanned = number_scan((Text){text, double_format(value, text)}, &number);
    assert(scanned);
    int64_t kept = number.point + digits; /* digits of the text that stay */
    if (!scanned || kept >= (int64_t)number.digits)
        return value;
    if (kept < 0)
        return 0;
    bool up = !truncate && number_digit(&number, (uint64_t)kept) >= 5;
    uint64_t whole = 0; /* at most 17 digits */
    for (uint64_t i = 0; i < (uint64_t)kept; i++)
        whole = whole * 10 + number_digit(&number, i);
    int size = snprintf(rounded, sizeof rounded, "%s%" PRIu64 "e%" PRId64,
                        number.negative ? "-" : "", whole + up, -digits);
    double result = 0;
    bool parsed = double_parse((Text){rounded, (uint32_t)size}, &result);
    assert(parsed);
    (void)parsed;
    return result;
}

/* The quick way, where it is surely the same; false where it may not be. `digits` from 0 to 22. */
static bool round_quickly(double value, uint32_t digits, bool truncate, double *out)
{
    static const double power[EXACT_POWERS + 1] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    };
    double magnitude = fabs(value), scaled = magnitude * power[digits];
    if (!(scaled < 1e15))
        return false;
    *out = value;
    if (nearbyint(scaled) / power[digits] == magnitude)
        return true; /* at most 15 digits: they are what the value prints as */
    double whole = floor(scaled), fraction = scaled - whole;
    double error = scaled * 1e-15 + 1e-12; /* of the product, and of the text against the value */
    double nearest_doubt = truncate ? fmin(fraction, 1 - fraction) : fabs(fraction - 0.5);
    if (nearest_doubt <= error)
        return false;
    double rounded = truncate ? whole : whole + (fraction > 0.5);
    *out = copysign(rounded / power[digits], value);
    return true;
}

/* A decimal number has no negative zero: adding zero makes it a positive one. */
static double round_double(double value, int64_t digits, bool truncate)
{
    double quick;
    if (value - value != 0 || digits > DOUBLE_MAX_EXPONENT)
        return value; /* NaN and infinities have no digits */
    if (digits < -DOUBLE_MAX_EXPONENT)
        return 0;
    if (digits >= 0 && digits <= EXACT_POWERS &&
        round_quickly(value, (uint32_t)digits, truncate, &quick))
        return quick + 0.0;
    return round_printed(value, digits, truncate) + 0.0;
}

static Status round_doubles(KernelCall *call, bool truncate)
{
    bool single = call->result->id == TYPE_FLOAT;
    for (EACH_ROW(call, i, row)) {
        double rounded = round_double(arg_f64(call, 0, row), digits_of_row(call, row), truncate);
        call->out->data.f64[row] = single ? (double)(float)rounded : rounded;
    }
    return ST_OK;
}

Status round_f64(KernelCall *call)
{
    return round_doubles(call, false);
}

Status truncate_f64(KernelCall *call)
{
    return round_doubles(call, true);
}
