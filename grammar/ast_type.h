/* The AST of names, time units and types.
 *
 * For all of the AST: it says what was written; nothing is resolved, nothing folded. Nodes live in
 * the statement's arena and are read-only once parsed. Lists are chains through `next`, with a
 * count. A Text points into the arena or into the source; quotes and escapes are already removed.
 * Every node knows its Span, and its depth (1 for a leaf), which the parser keeps within
 * LIMIT_EXPR_DEPTH, so that recursion over a tree is safe. */
#ifndef WEIR_GRAMMAR_AST_TYPE_H
#define WEIR_GRAMMAR_AST_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/base/diag.h"
#include "storage/base/text.h"

typedef struct Expr Expr;
typedef struct TypeName TypeName;

/* --- names --- */

typedef struct Name {
    Text text; /* as it is to be compared: without back-ticks, letter case kept */
    Span span;
    bool quoted;
    struct Name *next; /* in a list; else NULL */
} Name;

typedef struct NameList { /* columns in a list, or the parts of a qualified name */
    Name *first, *last;
    uint32_t count;
} NameList;

typedef struct ExprList {
    Expr *first, *last;
    uint32_t count;
} ExprList;

/* --- time units and interval qualifiers --- */

typedef enum UnitName {
    UNIT_NAME_NONE,
#define X(name, plural) UNIT_NAME_##name,
#include "grammar/units.def"
#undef X
} UnitName;
const char *unit_name_word(UnitName unit); /* "DAY" */

/* DAY(3) TO SECOND(6) */
typedef struct IntervalQualifier {
    UnitName from, to; /* `to` is UNIT_NAME_NONE in a single-unit qualifier */
    int32_t precision,
        fraction; /* -1: not written. `fraction` belongs to the SECOND of either end */
    Span span;
} IntervalQualifier;

/* --- types --- */

typedef enum TypeNameKind {
    TYPE_NAME_PLAIN,    /* INT, DECIMAL(9, 2), TIMESTAMP(3) WITH LOCAL TIME ZONE, RAW('a', 'b'), any
                           other name */
    TYPE_NAME_ARRAY,    /* ARRAY<INT>, INT ARRAY */
    TYPE_NAME_MULTISET, /* MULTISET<INT>, INT MULTISET */
    TYPE_NAME_MAP,      /* MAP<STRING, INT> */
    TYPE_NAME_ROW,      /* ROW<a INT 'comment', b STRING>, ROW(a INT, b STRING) */
    TYPE_NAME_INTERVAL, /* INTERVAL DAY(3) TO SECOND(6) */
} TypeNameKind;

typedef enum TypeNullability { TYPE_NULL_UNSAID, TYPE_NULLABLE, TYPE_NOT_NULL } TypeNullability;

typedef enum TypeZone {
    TYPE_ZONE_UNSAID,
    TYPE_ZONE_WITHOUT, /* WITHOUT TIME ZONE */
    TYPE_ZONE_WITH,    /* WITH TIME ZONE */
    TYPE_ZONE_LOCAL,   /* WITH LOCAL TIME ZONE */
} TypeZone;

typedef struct RowField {
    Name name;
    TypeName *type;
    bool has_comment;
    Text comment;
    struct RowField *next;
} RowField;

typedef struct RowFieldList {
    RowField *first, *last;
    uint32_t count;
} RowFieldList;

struct TypeName {
    TypeNameKind kind;
    TypeNullability nullability;
    Span span;
    uint16_t depth;
    union {
        struct {
            NameList name; /* DOUBLE PRECISION comes as DOUBLE, CHARACTER VARYING as VARCHAR, as
                              written else */
            ExprList args; /* in parentheses; literals */
            TypeZone zone;
        } plain;
        TypeName *element; /* ARRAY, MULTISET */
        struct {
            TypeName *key, *value;
        } map;
        RowFieldList row;
        IntervalQualifier interval;
    } as;
};

#endif
