/* GuessType: what was seen of the values of one column, and the SQL type that takes all of them. A
 * value of any kind has a text, so that STRING takes whatever nothing else does. */
#ifndef WEIR_SHELL_GUESS_TYPE_H
#define WEIR_SHELL_GUESS_TYPE_H

#include "storage/base/arena.h"
#include "storage/base/strbuf.h"
#include "storage/base/vec.h"
#include "storage/format/json_scan.h"

typedef enum GuessKind {
    GUESS_STRING,
    GUESS_BOOLEAN,
    GUESS_BIGINT,
    GUESS_DECIMAL, /* whole numbers that are no BIGINT */
    GUESS_DOUBLE,
    GUESS_DATE,
    GUESS_TIMESTAMP,
    GUESS_TIMESTAMP_LTZ,
    GUESS_ROW,
    GUESS_ARRAY,
} GuessKind;

typedef struct GuessType GuessType;

typedef struct GuessField {
    Text name;
    GuessType *type;
} GuessField;

/* Zeroed: nothing was seen. */
struct GuessType {
    unsigned seen;       /* kinds of texts and values; guess_type.c */
    uint32_t values;     /* that were no NULL */
    uint32_t empty;      /* texts of no characters, where these may be NULL */
    uint32_t digits;     /* of the longest whole number */
    uint32_t fraction;   /* digits of the finest time */
    int64_t least, most; /* of the whole numbers */
    VEC(GuessField) field;
    bool crowded; /* it has more fields than are told apart */
    GuessType *element;
};

/* How many more fields are told apart, of all levels together. */
typedef struct GuessBudget {
    uint32_t fields;
} GuessBudget;

/* A value of JSON, or a member of it that is there. */
CHECKED Status guess_see_json(GuessType *type, Arena *arena, GuessBudget *budget,
                              const JsonToken *value);
/* A field of csv. */
void guess_see_text(GuessType *type, Text text);

/* `iso`: times are written as ISO-8601 has them, else as SQL has; those of the other kind are
 * STRINGs. */
GuessKind guess_kind(const GuessType *type, bool iso);
/* How many columns or parts have times in the one way and in no other. */
void guess_count_times(const GuessType *type, uint32_t *sql, uint32_t *iso);
/* `rowtime`: it is the column of a watermark, for which milliseconds are the finest. */
void guess_print_type(const GuessType *type, bool iso, bool rowtime, StrBuf *out);

#endif
