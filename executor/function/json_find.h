/* Running a path over a JSON text, and the small questions about values that this takes. Values
 * are tokens of the text; what has to be built (a text without its escapes, a list of values) lies
 * in the scratch arena that is passed. */
#ifndef WEIR_EXECUTOR_FUNCTION_JSON_FIND_H
#define WEIR_EXECUTOR_FUNCTION_JSON_FIND_H

#include "executor/function/json_path.h"

typedef enum JsonOutcome {
    JSON_FOUND,
    JSON_EMPTY, /* of a lax path: nothing there, or null, or no JSON */
    JSON_WRONG, /* no JSON, a strict path that does not fit: `reason` */
} JsonOutcome;

typedef struct JsonFind {
    JsonOutcome outcome;
    const char *reason;
    bool lax, list;        /* the path is lax; it is not definite */
    const JsonToken *item; /* the one, or those of the list */
    uint32_t items;
    const JsonStep *pick; /* not NULL: of the objects these members alone */
} JsonFind;

CHECKED Status json_find(const JsonPath *path, Text document, Arena *scratch, JsonFind *out);

/* --- what it is made of --- */

/* Goes a JSON_STEP_KEY or JSON_STEP_INDEX down; *found is false when there is no such place. */
CHECKED Status json_descend(const JsonStep *step, JsonToken *at, Arena *scratch, bool *found);
/* What the paths from the root lead to is the same for all values that a filter is asked about. */
typedef struct JsonFilterRoots {
    struct {
        JsonToken token[2]; /* of the left and the right operand; JSON_MISSING: there is none */
    } op[JSON_FILTER_OPS];
} JsonFilterRoots;
CHECKED Status json_filter_resolve(const JsonFilter *filter, const JsonToken *root, Arena *scratch,
                                   JsonFilterRoots **out);
CHECKED Status json_filter_accepts(const JsonFilter *filter, const JsonToken *here,
                                   const JsonFilterRoots *roots, Arena *scratch, bool *out);
/* What a scalar says, escapes resolved; any other value as it is written. */
CHECKED Status json_token_text(const JsonToken *token, Arena *scratch, Text *out);
/* Exact, whatever their size: -1, 0, 1. Both are JSON numbers. */
int json_compare_numbers(Text a, Text b);
/* The order of Java's texts, which is that of UTF-16: -1, 0, 1. */
int json_compare_keys(Text a, Text b);

/* --- json_members.c --- */

typedef struct JsonMember {
    Text key; /* escapes resolved */
    JsonToken value;
} JsonMember;

/* The places of the keys in the order of the keys, of equal ones as they stand. */
CHECKED Status json_sort_keys(const Text *key, uint32_t count, Arena *scratch, uint32_t **sorted);

typedef enum JsonMemberOrder { JSON_AS_WRITTEN, JSON_BY_KEY } JsonMemberOrder;

/* Each key once, with its last value, in the place of its first. */
CHECKED Status json_members(const JsonToken *object, JsonMemberOrder order, Arena *scratch,
                            JsonMember **out, uint32_t *count);
/* The value as compact JSON, the members of each object in the order of their keys, each character
 * of a text in its shortest form, numbers as they stand. `pick` as in JsonFind. */
CHECKED Status json_print_value(const JsonToken *value, const JsonStep *pick, Arena *scratch,
                                StrBuf *out);

#endif
