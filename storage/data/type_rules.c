/* How two types meet: the common type of branches and operands, and which values pass without a
 * CAST. Both follow Flink (LogicalTypeCasts and the planner's least restrictive type). */
#include "storage/data/decimal.h"

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Integer digits are kept before fraction digits. */
static Type common_decimal(const Type *a, const Type *b)
{
    Type x = decimal_of_exact(a), y = decimal_of_exact(b);
    uint32_t whole = larger(x.precision - x.scale, y.precision - y.scale);
    uint32_t scale = larger(x.scale, y.scale);
    if (scale > DECIMAL_MAX_PRECISION - whole)
        scale = DECIMAL_MAX_PRECISION - whole;
    return type_decimal(whole + scale, scale);
}

static Type common_numeric(const Type *a, const Type *b)
{
    if (a->id == TYPE_DOUBLE || b->id == TYPE_DOUBLE)
        return type_make(TYPE_DOUBLE);
    if (a->id == TYPE_FLOAT || b->id == TYPE_FLOAT) {
        bool with_decimal = a->id == TYPE_DECIMAL || b->id == TYPE_DECIMAL;
        return type_make(with_decimal ? TYPE_DOUBLE : TYPE_FLOAT);
    }
    if (a->id == TYPE_DECIMAL || b->id == TYPE_DECIMAL)
        return common_decimal(a, b);
    return type_make((TypeId)larger(a->id, b->id));
}

/* Two lengths of a fixed type make the varying one. */
static Type common_length(const Type *a, const Type *b, TypeId fixed, TypeId varying)
{
    bool same = a->id == fixed && b->id == fixed && a->precision == b->precision;
    return type_sized(same ? fixed : varying, larger(a->precision, b->precision));
}

static Type common_timestamp(const Type *a, const Type *b)
{
    bool instant = a->id == TYPE_TIMESTAMP_LTZ || b->id == TYPE_TIMESTAMP_LTZ;
    return type_sized(instant ? TYPE_TIMESTAMP_LTZ : TYPE_TIMESTAMP,
                      larger(a->precision, b->precision));
}

static bool common_nested(Arena *arena, const Type *a, const Type *b, Type *out)
{
    if (arena == NULL || a->id != b->id || a->children != b->children)
        return false;
    TypeField *child = arena_copy(arena, a->child, a->children * sizeof *child);
    if (child == NULL)
        return false;
    for (uint32_t i = 0; i < a->children; i++) {
        if (!type_common(arena, &a->child[i].type, &b->child[i].type, &child[i].type))
            return false;
    }
    *out = *a;
    out->child = child;
    return true;
}

static bool common_without_null(Arena *arena, const Type *a, const Type *b, Type *out)
{
    if (a->id == TYPE_NULL || b->id == TYPE_NULL)
        *out = a->id == TYPE_NULL ? *b : *a;
    else if (type_is_numeric(a) && type_is_numeric(b))
        *out = common_numeric(a, b);
    else if (type_is_character(a) && type_is_character(b))
        *out = common_length(a, b, TYPE_CHAR, TYPE_VARCHAR);
    else if (type_is_binary(a) && type_is_binary(b))
        *out = common_length(a, b, TYPE_BINARY, TYPE_VARBINARY);
    else if (type_is_timestamp(a) && type_is_timestamp(b))
        *out = common_timestamp(a, b);
    else if (a->id == TYPE_TIME && b->id == TYPE_TIME)
        *out = type_sized(TYPE_TIME, larger(a->precision, b->precision));
    else if (type_equal_but_null(a, b))
        *out = *a;
    else
        return type_is_nested(a) && common_nested(arena, a, b, out);
    return true;
}

/* Recursion is as deep as the types are nested. */
bool type_common(Arena *arena, const Type *a, const Type *b, Type *out)
{
    if (!common_without_null(arena, a, b, out))
        return false;
    out->nullable = a->nullable || b->nullable || a->id == TYPE_NULL || b->id == TYPE_NULL;
    return true;
}

/* --- implicit casts --- */

#define FROM(id) (UINT32_C(1) << (id))
#define FROM_INTEGERS                                                                              \
    (FROM(TYPE_TINYINT) | FROM(TYPE_SMALLINT) | FROM(TYPE_INT) | FROM(TYPE_BIGINT))
#define FROM_NUMBERS    (FROM_INTEGERS | FROM(TYPE_FLOAT) | FROM(TYPE_DOUBLE) | FROM(TYPE_DECIMAL))
#define FROM_TIMESTAMPS (FROM(TYPE_TIMESTAMP) | FROM(TYPE_TIMESTAMP_LTZ))

/* Per target, the sources that need no CAST. */
static const uint32_t implicit_sources[TYPE_IDS] = {
    [TYPE_BOOLEAN] = FROM(TYPE_BOOLEAN),
    [TYPE_TINYINT] = FROM(TYPE_TINYINT),
    [TYPE_SMALLINT] = FROM(TYPE_TINYINT) | FROM(TYPE_SMALLINT),
    [TYPE_INT] = FROM(TYPE_TINYINT) | FROM(TYPE_SMALLINT) | FROM(TYPE_INT),
    [TYPE_BIGINT] = FROM_INTEGERS,
    [TYPE_FLOAT] = FROM_INTEGERS | FROM(TYPE_FLOAT) | FROM(TYPE_DECIMAL),
    [TYPE_DOUBLE] = FROM_NUMBERS,
    [TYPE_DECIMAL] = FROM_NUMBERS,
    [TYPE_CHAR] = FROM(TYPE_CHAR),
    [TYPE_VARCHAR] = FROM(TYPE_CHAR) | FROM(TYPE_VARCHAR),
    [TYPE_BINARY] = FROM(TYPE_BINARY),
    [TYPE_VARBINARY] = FROM(TYPE_BINARY) | FROM(TYPE_VARBINARY),
    [TYPE_DATE] = FROM(TYPE_DATE) | FROM(TYPE_TIMESTAMP),
    [TYPE_TIME] = FROM(TYPE_TIME) | FROM(TYPE_TIMESTAMP),
    [TYPE_TIMESTAMP] = FROM_TIMESTAMPS,
    [TYPE_TIMESTAMP_LTZ] = FROM_TIMESTAMPS,
    [TYPE_INTERVAL_MONTH] = FROM(TYPE_INTERVAL_MONTH),
    [TYPE_INTERVAL_DAY] = FROM(TYPE_INTERVAL_DAY),
    [TYPE_ROW] = FROM(TYPE_ROW),
    [TYPE_ARRAY] = FROM(TYPE_ARRAY),
    [TYPE_MAP] = FROM(TYPE_MAP),
    [TYPE_MULTISET] = FROM(TYPE_MULTISET),
};

bool type_implicit(const Type *from, const Type *to)
{
    if (from->id == TYPE_NULL)
        return true;
    if ((implicit_sources[to->id] & FROM(from->id)) == 0 || from->children != to->children)
        return false;
    for (uint32_t i = 0; i < from->children; i++) {
        if (!type_implicit(&from->child[i].type, &to->child[i].type))
            return false;
    }
    return true;
}
