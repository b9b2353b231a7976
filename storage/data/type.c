/* The table of types, and what follows from one type alone. How two types meet: type_rules.c. */
#include "storage/data/type.h"

#include <assert.h>

static const TypeDef type_table[TYPE_IDS] = {
    [TYPE_NULL] = {"NULL", PHYS_BOOL, PARAMETER_NONE, 0, 0, 0,
                   "The type of a bare NULL; it becomes what its place demands."},
    [TYPE_BOOLEAN] = {"BOOLEAN", PHYS_BOOL, PARAMETER_NONE, 0, 0, 0,
                      "TRUE, FALSE or unknown (NULL)."},
    [TYPE_TINYINT] = {"TINYINT", PHYS_I64, PARAMETER_NONE, 0, 0, 0,
                      "Whole numbers from -128 to 127."},
    [TYPE_SMALLINT] = {"SMALLINT", PHYS_I64, PARAMETER_NONE, 0, 0, 0,
                       "Whole numbers from -32768 to 32767."},
    [TYPE_INT] = {"INT", PHYS_I64, PARAMETER_NONE, 0, 0, 0,
                  "Whole numbers from -2147483648 to 2147483647."},
    [TYPE_BIGINT] = {"BIGINT", PHYS_I64, PARAMETER_NONE, 0, 0, 0,
                     "Whole numbers from -9223372036854775808 to 9223372036854775807."},
    [TYPE_FLOAT] = {"FLOAT", PHYS_F64, PARAMETER_NONE, 0, 0, 0,
                    "Binary floating point of 32 bits, about 7 digits (IEEE 754)."},
    [TYPE_DOUBLE] = {"DOUBLE", PHYS_F64, PARAMETER_NONE, 0, 0, 0,
                     "Binary floating point of 64 bits, about 16 digits (IEEE 754)."},
    [TYPE_DECIMAL] = {"DECIMAL", PHYS_I128, PARAMETER_DIGITS, 1, DECIMAL_MAX_PRECISION, 10,
                      "Exact numbers with `precision` digits, `scale` of them behind the point."},
    [TYPE_CHAR] = {"CHAR", PHYS_STR, PARAMETER_LENGTH, 1, LENGTH_MAX, 1,
                   "Text of exactly n code points; a cast pads it with blanks."},
    [TYPE_VARCHAR] = {"VARCHAR", PHYS_STR, PARAMETER_LENGTH, 1, LENGTH_MAX, LENGTH_MAX,
                      "Text of at most n code points; STRING is the longest one."},
    [TYPE_BINARY] = {"BINARY", PHYS_STR, PARAMETER_LENGTH, 1, LENGTH_MAX, 1,
                     "Exactly n bytes; a cast pads them with zeros."},
    [TYPE_VARBINARY] = {"VARBINARY", PHYS_STR, PARAMETER_LENGTH, 1, LENGTH_MAX, LENGTH_MAX,
                        "At most n bytes; BYTES is the longest one."},
    [TYPE_DATE] = {"DATE", PHYS_I64, PARAMETER_NONE, 0, 0, 0,
                   "A day of the Gregorian calendar, 0001-01-01 to 9999-12-31."},
    [TYPE_TIME] = {"TIME", PHYS_I64, PARAMETER_FRACTION, 0, TIME_MAX_PRECISION, 0,
                   "A time of day without a zone."},
    [TYPE_TIMESTAMP] = {"TIMESTAMP", PHYS_I64, PARAMETER_FRACTION, 0, TIME_MAX_PRECISION, 6,
                        "A day and a time of day without a zone."},
    [TYPE_TIMESTAMP_LTZ] = {"TIMESTAMP_LTZ", PHYS_I64, PARAMETER_FRACTION, 0, TIME_MAX_PRECISION, 6,
                            "An instant, shown and computed with in the session's time zone."},
    [TYPE_INTERVAL_MONTH] = {"INTERVAL MONTH", PHYS_I64, PARAMETER_NONE, 0, 0, 0,
                             "A span of years and months."},
    [TYPE_INTERVAL_DAY] = {"INTERVAL SECOND", PHYS_I64, PARAMETER_NONE, 0, 0, 0,
                           "A span of days, hours, minutes and seconds."},
    [TYPE_ROW] = {"ROW", PHYS_NESTED, PARAMETER_NONE, 0, 0, 0, "Named fields of any type."},
    [TYPE_ARRAY] = {"ARRAY", PHYS_NESTED, PARAMETER_NONE, 0, 0, 0,
                    "Elements of one type, counted from 1."},
    [TYPE_MAP] = {"MAP", PHYS_NESTED, PARAMETER_NONE, 0, 0, 0,
                  "Keys of one type, each with a value."},
    [TYPE_MULTISET] = {"MULTISET", PHYS_NESTED, PARAMETER_NONE, 0, 0, 0,
                       "Elements of one type without order, each any number of times."},
};

const TypeDef *type_def(TypeId id)
{
    assert((unsigned)id < TYPE_IDS);
    return &type_table[id];
}

Type type_decimal(uint32_t precision, uint32_t scale)
{
    assert(precision >= 1 && precision <= DECIMAL_MAX_PRECISION && scale <= precision);
    return (Type){
        .id = TYPE_DECIMAL, .nullable = true, .precision = precision, .scale = (uint8_t)scale};
}

Type type_string(void)
{
    return type_sized(TYPE_VARCHAR, LENGTH_MAX);
}

Type type_sized(TypeId id, uint32_t length_or_precision)
{
    TypeParameter parameter = type_def(id)->parameter;
    assert(parameter == PARAMETER_LENGTH || parameter == PARAMETER_FRACTION);
    assert(length_or_precision <= type_def(id)->max); /* an empty literal is a CHAR(0) */
    return (Type){.id = (uint8_t)id, .nullable = true, .precision = length_or_precision};
}

Status type_nested(Arena *arena, TypeId id, const TypeField *child, uint32_t children, Type *out)
{
    *out = (Type){.id = (uint8_t)id, .nullable = true, .children = children};
    assert(type_is_nested(out));
    out->child = arena_copy(arena, child, children * sizeof *child);
    return out->child == NULL ? ST_NOMEM : ST_OK;
}

Status type_array(Arena *arena, Type element, Type *out)
{
    const TypeField child = {.type = element};
    return type_nested(arena, TYPE_ARRAY, &child, 1, out);
}

Status type_map(Arena *arena, Type key, Type value, Type *out)
{
    const TypeField child[2] = {{.type = key}, {.type = value}};
    return type_nested(arena, TYPE_MAP, child, 2, out);
}

Status type_multiset(Arena *arena, Type element, Type *out)
{
    const TypeField child[2] = {{.type = element},
                                {.type = type_with_null(type_make(TYPE_INT), false)}};
    return type_nested(arena, TYPE_MULTISET, child, 2, out);
}

uint32_t type_depth(const Type *type)
{
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < type->children; i++) {
        uint32_t depth = type_depth(&type->child[i].type);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

uint32_t type_parts(const Type *type)
{
    uint32_t parts = 1;
    for (uint32_t i = 0; i < type->children; i++)
        parts += type_parts(&type->child[i].type);
    return parts;
}

PhysType type_phys(TypeId id)
{
    return type_def(id)->phys;
}

uint32_t phys_size(PhysType phys)
{
    static const uint32_t sizes[] = {
        [PHYS_BOOL] = 1,  [PHYS_I64] = 8,  [PHYS_F64] = 8,
        [PHYS_I128] = 16, [PHYS_STR] = 16, [PHYS_NESTED] = 0,
    };
    return sizes[phys];
}

int64_t type_integer_min(TypeId id)
{
    static const int64_t least[] = {INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN};
    assert(id >= TYPE_TINYINT && id <= TYPE_BIGINT);
    return least[id - TYPE_TINYINT];
}

int64_t type_integer_max(TypeId id)
{
    static const int64_t most[] = {INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX};
    assert(id >= TYPE_TINYINT && id <= TYPE_BIGINT);
    return most[id - TYPE_TINYINT];
}

/* --- equality --- */

static bool children_equal(const Type *a, const Type *b)
{
    if (a->children != b->children)
        return false;
    for (uint32_t i = 0; i < a->children; i++) {
        if (!text_equal(a->child[i].name, b->child[i].name) ||
            !type_equal(&a->child[i].type, &b->child[i].type))
            return false;
    }
    return true;
}

bool type_equal_but_null(const Type *a, const Type *b)
{
    if (a->id != b->id)
        return false;
    switch (type_def((TypeId)a->id)->parameter) {
    case PARAMETER_NONE: return children_equal(a, b);
    case PARAMETER_LENGTH:
    case PARAMETER_FRACTION: return a->precision == b->precision;
    case PARAMETER_DIGITS: return a->precision == b->precision && a->scale == b->scale;
    }
    return false;
}

bool type_equal(const Type *a, const Type *b)
{
    return a->nullable == b->nullable && type_equal_but_null(a, b);
}

/* --- printing --- */

static void print_quoted(Text name, StrBuf *out)
{
    strbuf_char(out, '`');
    for (uint32_t i = 0; i < name.size; i++) {
        if (name.ptr[i] == '`')
            strbuf_char(out, '`');
        strbuf_char(out, name.ptr[i]);
    }
    strbuf_char(out, '`');
}

typedef void PrintType(const Type *type, StrBuf *out);

static void print_children(const Type *type, PrintType *print, StrBuf *out)
{
    strbuf_char(out, '<');
    uint32_t shown = type->id == TYPE_MULTISET ? 1 : type->children;
    for (uint32_t i = 0; i < shown; i++) {
        if (i > 0)
            strbuf_string(out, ", ");
        if (type->id == TYPE_ROW) {
            print_quoted(type->child[i].name, out);
            strbuf_char(out, ' ');
        }
        print(&type->child[i].type, out);
    }
    strbuf_char(out, '>');
}

static void print_parameters(const Type *type, PrintType *print, StrBuf *out)
{
    switch (type_def((TypeId)type->id)->parameter) {
    case PARAMETER_NONE: break;
    case PARAMETER_LENGTH:
    case PARAMETER_FRACTION: strbuf_printf(out, "(%u)", type->precision); break;
    case PARAMETER_DIGITS: strbuf_printf(out, "(%u, %u)", type->precision, type->scale); break;
    }
    if (type->id == TYPE_INTERVAL_DAY)
        strbuf_string(out, "(3)");
    if (type_is_nested(type))
        print_children(type, print, out);
}

void type_print_bare(const Type *type, StrBuf *out)
{
    if (type->id == TYPE_VARCHAR && type->precision == LENGTH_MAX) {
        strbuf_string(out, "STRING");
    } else if (type->id == TYPE_VARBINARY && type->precision == LENGTH_MAX) {
        strbuf_string(out, "BYTES");
    } else {
        strbuf_string(out, type_def((TypeId)type->id)->name);
        print_parameters(type, type_print, out);
    }
}

void type_print(const Type *type, StrBuf *out)
{
    type_print_bare(type, out);
    if (!type->nullable)
        strbuf_string(out, " NOT NULL");
}

void type_print_whole(const Type *type, StrBuf *out)
{
    bool instant = type->id == TYPE_TIMESTAMP_LTZ;
    strbuf_string(out, instant ? "TIMESTAMP" : type_def((TypeId)type->id)->name);
    print_parameters(type, type_print_whole, out);
    if (instant)
        strbuf_string(out, " WITH LOCAL TIME ZONE");
    if (!type->nullable)
        strbuf_string(out, " NOT NULL");
}
