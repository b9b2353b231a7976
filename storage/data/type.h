/* Type: a logical SQL type, by value; and the physical type that holds its values in a column.
 * Names, precisions, lengths and nullability follow Flink. Nested types point to their children,
 * which live in the arena of whoever made the type. */
#ifndef WEIR_STORAGE_DATA_TYPE_H
#define WEIR_STORAGE_DATA_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/base/arena.h"
#include "storage/base/strbuf.h"
#include "storage/base/text.h"

typedef enum TypeId {
    TYPE_NULL, /* of a bare NULL, before coercion */
    TYPE_BOOLEAN,
    TYPE_TINYINT,
    TYPE_SMALLINT,
    TYPE_INT,
    TYPE_BIGINT,
    TYPE_FLOAT,
    TYPE_DOUBLE,
    TYPE_DECIMAL,
    TYPE_CHAR,
    TYPE_VARCHAR,
    TYPE_BINARY,
    TYPE_VARBINARY,
    TYPE_DATE,           /* days since the epoch */
    TYPE_TIME,           /* microseconds of the day */
    TYPE_TIMESTAMP,      /* microseconds since the epoch, no zone */
    TYPE_TIMESTAMP_LTZ,  /* microseconds since the epoch, an instant */
    TYPE_INTERVAL_MONTH, /* months */
    TYPE_INTERVAL_DAY,   /* microseconds */
    TYPE_ROW,
    TYPE_ARRAY,
    TYPE_MAP,
    TYPE_MULTISET,
} TypeId;
enum { TYPE_IDS = TYPE_MULTISET + 1 };

typedef enum PhysType {
    PHYS_BOOL, /* one byte, 0 or 1 */
    PHYS_I64,
    PHYS_F64,
    PHYS_I128, /* DECIMAL: the unscaled value */
    PHYS_STR,
    PHYS_NESTED,
} PhysType;

enum {
    LENGTH_MAX = 2147483647, /* VARCHAR(2147483647) is STRING, VARBINARY likewise BYTES */
    DECIMAL_MAX_PRECISION = 38,
    TIME_MAX_PRECISION = 6,
};

typedef struct TypeField TypeField;

typedef struct Type {
    uint8_t id; /* TypeId */
    bool nullable;
    bool unread;        /* a field that a decoder leaves NULL, as nobody reads it (FieldPath) */
    uint8_t scale;      /* DECIMAL */
    uint32_t precision; /* DECIMAL: digits; TIME, TIMESTAMP: digits of the second's fraction;
                           CHAR, VARCHAR, BINARY, VARBINARY: length */
    uint32_t children;  /* ROW: fields; ARRAY: 1; MAP: 2; MULTISET: 2, element and count */
    const TypeField *child;
} Type;

struct TypeField {
    Text name; /* of a ROW's field; else empty */
    Type type;
};

/* Makers; all NULLable. */
static inline Type type_make(TypeId id)
{
    return (Type){.id = (uint8_t)id, .nullable = true};
}
Type type_decimal(uint32_t precision, uint32_t scale);
Type type_string(void);
Type type_sized(TypeId id, uint32_t length_or_precision);
static inline Type type_with_null(Type type, bool nullable)
{
    type.nullable = nullable;
    return type;
}

/* Nested types, NULLable; the children are copied into the arena. A MULTISET's are its element and
 * how often it is there. */
CHECKED Status type_nested(Arena *arena, TypeId id, const TypeField *child, uint32_t children,
                           Type *out);
CHECKED Status type_array(Arena *arena, Type element, Type *out);
CHECKED Status type_map(Arena *arena, Type key, Type value, Type *out);
/* How often each element is there, is its second part. */
CHECKED Status type_multiset(Arena *arena, Type element, Type *out);
uint32_t type_depth(const Type *type); /* 1 of a flat one */
uint32_t type_parts(const Type *type); /* itself and all below */

/* What the number in parentheses behind a type's name says. */
typedef enum TypeParameter {
    PARAMETER_NONE,
    PARAMETER_LENGTH,   /* code points, or bytes of a binary type */
    PARAMETER_DIGITS,   /* DECIMAL(precision, scale) */
    PARAMETER_FRACTION, /* digits of the second's fraction */
} TypeParameter;

/* One row a TypeId: DDL, DESCRIBE and the reference page of types read it. */
typedef struct TypeDef {
    const char *name; /* as in DDL, without parameters */
    PhysType phys;
    TypeParameter parameter;
    uint32_t min, max, otherwise; /* the parameter's range and what it is when left out */
    const char *doc;
} TypeDef;
const TypeDef *type_def(TypeId id);

PhysType type_phys(TypeId id);
/* Bytes of one cell; 0 for a nested one, whose memory is its children's. */
uint32_t phys_size(PhysType phys);

bool type_equal(const Type *a, const Type *b);          /* nullability counts */
bool type_equal_but_null(const Type *a, const Type *b); /* at the top level it does not */

static inline bool type_is_integer(const Type *t)
{
    return t->id >= TYPE_TINYINT && t->id <= TYPE_BIGINT;
}
static inline bool type_is_exact(const Type *t)
{
    return type_is_integer(t) || t->id == TYPE_DECIMAL;
}
static inline bool type_is_approx(const Type *t)
{
    return t->id == TYPE_FLOAT || t->id == TYPE_DOUBLE;
}
static inline bool type_is_numeric(const Type *t)
{
    return t->id >= TYPE_TINYINT && t->id <= TYPE_DECIMAL;
}
static inline bool type_is_character(const Type *t)
{
    return t->id == TYPE_CHAR || t->id == TYPE_VARCHAR;
}
static inline bool type_is_binary(const Type *t)
{
    return t->id == TYPE_BINARY || t->id == TYPE_VARBINARY;
}
static inline bool type_is_timestamp(const Type *t)
{
    return t->id == TYPE_TIMESTAMP || t->id == TYPE_TIMESTAMP_LTZ;
}
static inline bool type_is_interval(const Type *t)
{
    return t->id == TYPE_INTERVAL_MONTH || t->id == TYPE_INTERVAL_DAY;
}
static inline bool type_is_nested(const Type *t)
{
    return t->id >= TYPE_ROW;
}

/* Range of an integer type. */
int64_t type_integer_min(TypeId id);
int64_t type_integer_max(TypeId id);

/* The type in which both can be held, as Flink's CASE, COALESCE, UNION and comparisons find it
 * (integers widen; DECIMALs keep integer digits, then scale; an integer with FLOAT is FLOAT, other
 * mixtures with FLOAT or DOUBLE are DOUBLE; CHARs of different length: VARCHAR; NULL takes the
 * other). False when there is none, or no memory. Nested types meet part by part, in a type that is
 * made in the arena and has the first one's names; without an arena only when they are equal. */
bool type_common(Arena *arena, const Type *a, const Type *b, Type *out);
/* A value of `from` may stand where `to` is wanted without a CAST (Flink's implicit casts, among
 * them narrower DECIMALs and lengths, and TIMESTAMP to DATE). Nullability does not count. */
bool type_implicit(const Type *from, const Type *to);

/* As in DDL: "DECIMAL(10, 2) NOT NULL", "STRING", "TIMESTAMP(3)", "ROW<`a` INT, `b` STRING>". */
void type_print(const Type *type, StrBuf *out);
/* Without NOT NULL. */
void type_print_bare(const Type *type, StrBuf *out);
/* Without the short names: "VARCHAR(2147483647)", "TIMESTAMP(3) WITH LOCAL TIME ZONE". */
void type_print_whole(const Type *type, StrBuf *out);

#endif
