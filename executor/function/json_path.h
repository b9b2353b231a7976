/* Paths into JSON texts, as JSON_VALUE, JSON_QUERY and JSON_EXISTS take them: the language of
 * Flink's path engine, as far as its answers make sense. A path is compiled once into steps, which
 * json_find.c takes through a text.
 *
 *   [lax | strict] $.key ['key', 'other'] [0] [-1] [0, 2] [1:3] .* [*] ..key [?(@.a > 1 && !($.b))]
 *
 * Without a mode it is strict; `$.` may be left out. Nothing here knows SQL; faults have the place
 * in the path, which the binder turns into one in the statement. */
#ifndef WEIR_EXECUTOR_FUNCTION_JSON_PATH_H
#define WEIR_EXECUTOR_FUNCTION_JSON_PATH_H

#include "storage/base/arena.h"
#include "storage/base/diag.h"
#include "storage/format/json_scan.h"

typedef struct JsonFilter JsonFilter;

typedef enum JsonStepKind {
    JSON_STEP_KEY,   /* .a, ['a'] */
    JSON_STEP_KEYS,  /* ['a', 'b']: each of them */
    JSON_STEP_PICK,  /* the same at the path's end: one object with these members */
    JSON_STEP_INDEX, /* [0]; from the end: [-1] */
    JSON_STEP_INDEXES,
    JSON_STEP_SLICE, /* [1:3], [-2:], [:3]: index[0] up to before index[1] */
    JSON_STEP_ALL,   /* .*, [*] */
    JSON_STEP_DEEP,  /* ..: the value and all objects and arrays below */
    JSON_STEP_FILTER,
} JsonStepKind;

typedef struct JsonStep {
    JsonStepKind kind;
    bool certain; /* no step before can give several values: what does not fit is an error */
    bool deep;    /* the step before is a JSON_STEP_DEEP */
    bool has_start, has_end; /* of a slice */
    uint32_t count;          /* of keys or indexes */
    const Text *key;
    const int32_t *index;
    const JsonFilter *filter;
} JsonStep;

typedef struct JsonPath {
    bool lax;
    bool definite; /* it can give one value at most; else what it gives is a list */
    const JsonStep *step;
    uint32_t steps;
} JsonPath;

/* --- filters: tests in postfix order --- */

typedef enum JsonTest {
    JSON_TEST_EQ,
    JSON_TEST_NE,
    JSON_TEST_LT,
    JSON_TEST_LE,
    JSON_TEST_GT,
    JSON_TEST_GE,
    JSON_TEST_SAME,     /* ===: equal and of one kind */
    JSON_TEST_NOT_SAME, /* !== */
    JSON_TEST_EXISTS,   /* of the left operand */
    JSON_TEST_NOT,      /* these three: of the results before */
    JSON_TEST_AND,
    JSON_TEST_OR,
} JsonTest;

typedef enum JsonOperandKind {
    JSON_OPERAND_LITERAL,
    JSON_OPERAND_HERE, /* @ */
    JSON_OPERAND_ROOT, /* $ */
} JsonOperandKind;

typedef struct JsonOperand {
    JsonOperandKind kind;
    JsonToken literal; /* a string without escapes */
    const JsonStep *step;
    uint32_t steps; /* JSON_STEP_KEY and JSON_STEP_INDEX alone */
} JsonOperand;

typedef struct JsonFilterOp {
    JsonTest test;
    JsonOperand left, right;
} JsonFilterOp;

enum { JSON_FILTER_OPS = 64 };

struct JsonFilter {
    JsonFilterOp op[JSON_FILTER_OPS];
    uint32_t ops;
};

/* --- compiling --- */

typedef struct JsonPathFault {
    ErrorCode code; /* E2107: no path; E2001, E2002: one that Flink takes and we do not */
    uint32_t at;    /* byte of the path */
    const char *reason;
} JsonPathFault;

/* ST_SEMANTIC with *fault set when the text is no path. The text is borrowed. */
CHECKED Status json_path_compile(Text text, Arena *arena, JsonPath **out, JsonPathFault *fault);
Status json_path_report(Text text, const JsonPathFault *fault, Span span, Diag *diag);

/* --- what json_path.c and json_filter.c share --- */

typedef struct JsonPathReader {
    Text text;
    uint32_t at, end;
    bool inside; /* a filter, where an operand's path ends at a blank, an operator or a bracket */
    bool bare;   /* the path begins with a key: `$.` is left out */
    Arena *arena;
    JsonPathFault *fault;
} JsonPathReader;

/* Returns the code's status. */
Status json_path_broken(JsonPathReader *reader, ErrorCode code, uint32_t at, const char *reason);
/* Steps up to the end of the path or operand. */
CHECKED Status json_path_steps(JsonPathReader *reader, const JsonStep **out, uint32_t *count);
/* A quoted text at the reader's place, escapes resolved. */
CHECKED Status json_path_quoted(JsonPathReader *reader, Text *out);
char json_path_peek(const JsonPathReader *reader); /* NUL at the end */
void json_path_skip_space(JsonPathReader *reader);
/* From behind `?(` to behind its `)`. */
CHECKED Status json_filter_compile(JsonPathReader *reader, const JsonFilter **out);

#endif
