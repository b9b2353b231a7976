/* Options: the WITH (...) of a table and the SET keys, read against a table that says of each its
 * type, default and meaning; the reference pages and completion print the same rows. */
#ifndef WEIR_STORAGE_DATA_OPTIONS_H
#define WEIR_STORAGE_DATA_OPTIONS_H

#include "storage/base/arena.h"
#include "storage/base/clock.h"
#include "storage/base/diag.h"
#include "storage/base/text.h"

typedef enum OptionKind {
    OPTION_TEXT,
    OPTION_CHAR, /* one character; `\t` and the like are read as escapes */
    OPTION_BOOL, /* true, false */
    OPTION_INT,
    OPTION_DOUBLE,
    OPTION_DURATION, /* "5s", "10 min", "1 h 30 m", "PT1H"; a bare number is milliseconds */
    OPTION_SIZE,     /* "128MB", "64 kb"; a bare number is bytes */
    OPTION_ENUM,     /* one of `values`, separated by '|'; letter case is free */
} OptionKind;

typedef enum OptionFlags {
    OPTION_REQUIRED = 1 << 0,
    OPTION_RESULT = 1 << 1,      /* another value can change results: part of a job's identity */
    OPTION_SECRET = 1 << 2,      /* printed as **** */
    OPTION_EXTENSION = 1 << 3,   /* Flink does not have it */
    OPTION_UNSUPPORTED = 1 << 4, /* Flink has it and Weir does not yet: E2001, never ignored */
    OPTION_IGNORED = 1 << 5,     /* accepted for Flink's sake, no effect here; the doc says why */
} OptionFlags;

typedef struct OptionDef {
    const char *name; /* a name ending in ".*" or holding "#" for a field matches any such key;
                         a row of the exact name wins over such a pattern */
    OptionKind kind;
    const char *default_value; /* as written; NULL: none */
    const char *values;        /* of OPTION_ENUM */
    uint32_t flags;
    const char *doc;
} OptionDef; /* tables end with a row whose name is NULL */

/* One pair as the user wrote it. */
typedef struct OptionEntry {
    Text key, value;
    Span key_span, value_span;
} OptionEntry;

typedef struct OptionList {
    const OptionEntry *item;
    uint32_t count;
} OptionList;

/* Tables that together say what is allowed (connector, format, common). */
typedef struct OptionScope {
    const OptionDef *table[6];
    uint32_t tables;
    const char *what; /* for messages: "connector \"filesystem\"" */
} OptionScope;

/* Every key known (E2112 with a suggestion), none twice (E2111), every value of its kind (E2114),
 * the required ones there (E2113; `owner` is the span to point at). */
CHECKED Status options_check(const OptionScope *scope, OptionList list, Span owner, Diag *diag);

/* Read after options_check; an absent option gives its default. */
Text option_text(const OptionScope *scope, OptionList list, const char *name); /* empty when none */
bool option_given(OptionList list, const char *name);
bool option_bool(const OptionScope *scope, OptionList list, const char *name);
int64_t option_int(const OptionScope *scope, OptionList list, const char *name);
double option_double(const OptionScope *scope, OptionList list, const char *name);
Micros option_duration(const OptionScope *scope, OptionList list, const char *name);
int64_t option_size(const OptionScope *scope, OptionList list, const char *name);
char option_char(const OptionScope *scope, OptionList list, const char *name); /* '\0' when none */
/* Index of the value among `values`. */
uint32_t option_enum(const OptionScope *scope, OptionList list, const char *name);

/* A value against its row alone, as options_check does it; for SET. */
CHECKED Status option_check_value(const OptionDef *def, const OptionEntry *pair, Diag *diag);
/* The row that allows the key; NULL when none does. */
const OptionDef *option_find_def(const OptionScope *scope, Text key);
/* The pair as written, to point at its span; NULL when absent. */
const OptionEntry *option_find(OptionList list, const char *name);

/* Single values, for SET and tests. */
bool option_parse_duration(Text text, Micros *out);
bool option_parse_size(Text text, int64_t *out);

#endif
