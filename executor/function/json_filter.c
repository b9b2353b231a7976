/* The filters of JSON paths: `?(@.price > 10 && !(@.sold == true))` into tests in postfix order,
 * and running them. Operators wait on a stack of their own until those that bind closer are written
 * (the shunting yard), so there is no recursion.
 *
 * Comparing is Flink's: numbers by value however they are written; a number on the left meets a
 * text that is a number, a text on the left meets a number's text; what is missing equals nothing,
 * not even what is missing too. Objects and arrays equal nothing: Flink fails at them. */
#include <assert.h>

#include "executor/function/json_find.h"
#include "storage/base/vec.h"

typedef JsonPathReader Reader;

/* --- compiling --- */

typedef struct Pending {
    JsonTest test; /* NOT, AND, OR */
    bool bracket;  /* an open one; `test` does not matter */
    uint32_t at;
} Pending;

typedef struct FilterBuilder {
    Reader *reader;
    JsonFilter *filter;
    Pending pending[JSON_FILTER_OPS];
    uint32_t depth;
} FilterBuilder;

static Status broken(Reader *reader, const char *reason)
{
    return json_path_broken(reader, E2107, reader->at, reason);
}

static Status add_op(FilterBuilder *b, JsonFilterOp op)
{
    if (b->filter->ops == JSON_FILTER_OPS)
        return broken(b->reader, "a filter has at most 64 tests");
    b->filter->op[b->filter->ops++] = op;
    return ST_OK;
}

static Status hold(FilterBuilder *b, Pending pending)
{
    if (b->depth == JSON_FILTER_OPS)
        return broken(b->reader, "a filter is nested too deeply");
    pending.at = b->reader->at;
    b->pending[b->depth++] = pending;
    return ST_OK;
}

/* Writes the waiting operators that bind at least as close as `test`. */
static Status release(FilterBuilder *b, JsonTest test)
{
    while (b->depth > 0 && !b->pending[b->depth - 1].bracket &&
           b->pending[b->depth - 1].test <= test)
        TRY(add_op(b, (JsonFilterOp){.test = b->pending[--b->depth].test}));
    return ST_OK;
}

static bool take(Reader *reader, const char *word)
{
    Text rest = {reader->text.ptr + reader->at, reader->end - reader->at};
    if (!text_starts_with(rest, text_of(word)))
        return false;
    reader->at += (uint32_t)strlen(word);
    return true;
}

static Status read_operand_path(Reader *reader, JsonOperand *out)
{
    uint32_t start = reader->at;
    out->kind = json_path_peek(reader) == '@' ? JSON_OPERAND_HERE : JSON_OPERAND_ROOT;
    reader->at++;
    reader->inside = true;
    Status status = json_path_steps(reader, &out->step, &out->steps);
    reader->inside = false;
    TRY(status);
    for (uint32_t i = 0; i < out->steps; i++) {
        if (out->step[i].kind != JSON_STEP_KEY && out->step[i].kind != JSON_STEP_INDEX)
            return json_path_broken(reader, E2001, start,
                                    "in a filter, paths to several values are not supported yet");
    }
    return ST_OK;
}

static Status read_literal(Reader *reader, JsonOperand *out)
{
    const char *p = reader->text.ptr + reader->at, *end = reader->text.ptr + reader->end;
    char c = json_path_peek(reader);
    JsonFault fault;
    out->kind = JSON_OPERAND_LITERAL;
    if (c == '\'' || c == '"') {
        Text text;
        TRY(json_path_quoted(reader, &text));
        out->literal = (JsonToken){JSON_STRING, false, text.size, text.ptr};
        return ST_OK;
    }
    if (c == '/' || c == '[' || c == '{')
        return json_path_broken(reader, E2001, reader->at,
                                "patterns, lists and objects in a filter are not supported yet");
    const char *after = c == '\0' ? NULL : json_scan_value(p, end, 0, &out->literal, &fault);
    if (after == NULL)
        return broken(reader, "expected '@', '$', a number, a text in quotes, true, false or null");
    reader->at += (uint32_t)(after - p);
    return ST_OK;
}

static Status read_operand(Reader *reader, JsonOperand *out)
{
    json_path_skip_space(reader);
    char c = json_path_peek(reader);
    return c == '@' || c == '$' ? read_operand_path(reader, out) : read_literal(reader, out);
}

typedef struct ComparisonName {
    const char *name;
    JsonTest test;
} ComparisonName;

/* The longer ones first. */
static const ComparisonName comparisons[] = {
    {"===", JSON_TEST_SAME}, {"!==", JSON_TEST_NOT_SAME}, {"==", JSON_TEST_EQ},
    {"!=", JSON_TEST_NE},    {"<=", JSON_TEST_LE},        {">=", JSON_TEST_GE},
    {"<", JSON_TEST_LT},     {">", JSON_TEST_GT},
};

static bool take_comparison(Reader *reader, JsonTest *out)
{
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
        if (take(reader, comparisons[i].name)) {
            *out = comparisons[i].test;
            return true;
        }
    }
    return false;
}

/* What Flink's engine has beside the comparisons. */
static Status refuse_operator(Reader *reader)
{
    static const char *const words[] = {"=~",     "in ",     "nin ",  "subsetof ",
                                        "anyof ", "noneof ", "size ", "contains ",
                                        "empty ", "all ",    "type ", "matches "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        uint32_t at = reader->at;
        if (take(reader, words[i]))
            return json_path_broken(reader, E2001, at,
                                    "this operator of filters is not supported yet");
    }
    return broken(reader, "expected a comparison, '&&', '||' or ')'");
}

/* `@.a == 1`, or `@.a` alone. */
static Status read_test(FilterBuilder *b)
{
    Reader *reader = b->reader;
    JsonFilterOp op = {.test = JSON_TEST_EXISTS};
    uint32_t start = reader->at;
    TRY(read_operand(reader, &op.left));
    json_path_skip_space(reader);
    if (take_comparison(reader, &op.test)) {
        if (b->depth > 0 && !b->pending[b->depth - 1].bracket &&
            b->pending[b->depth - 1].test == JSON_TEST_NOT)
            return json_path_broken(reader, E2107, b->pending[b->depth - 1].at,
                                    "'!' before a comparison needs brackets: !(@.a == 1)");
        TRY(read_operand(reader, &op.right));
    } else if (op.left.kind == JSON_OPERAND_LITERAL) {
        return json_path_broken(reader, E2107, start, "a value alone is no test");
    }
    return add_op(b, op);
}

/* Everything that can stand before a test. */
static Status read_prefixes(FilterBuilder *b)
{
    Reader *reader = b->reader;
    for (;;) {
        json_path_skip_space(reader);
        char c = json_path_peek(reader);
        if (c != '!' && c != '(')
            return ST_OK;
        TRY(hold(b, (Pending){.test = JSON_TEST_NOT, .bracket = c == '('}));
        reader->at++;
    }
}

/* Behind a test: what closes, up to the next test or, with *done, the filter's own bracket. */
static Status read_suffixes(FilterBuilder *b, bool *done)
{
    Reader *reader = b->reader;
    for (;;) {
        json_path_skip_space(reader);
        if (take(reader, "&&")) {
            TRY(release(b, JSON_TEST_AND));
            return hold(b, (Pending){.test = JSON_TEST_AND});
        }
        if (take(reader, "||")) {
            TRY(release(b, JSON_TEST_OR));
            return hold(b, (Pending){.test = JSON_TEST_OR});
        }
        if (!take(reader, ")"))
            return refuse_operator(reader);
        TRY(release(b, JSON_TEST_OR));
        *done = b->depth == 0;
        if (*done)
            return ST_OK;
        b->depth--; /* the bracket */
    }
}

Status json_filter_compile(Reader *reader, const JsonFilter **out)
{
    FilterBuilder b = {.reader = reader};
    bool done = false;
    TRY_NEW(b.filter, reader->arena);
    while (!done) {
        TRY(read_prefixes(&b));
        TRY(read_test(&b));
        TRY(read_suffixes(&b, &done));
    }
    *out = b.filter;
    return ST_OK;
}

/* --- running --- */

/* Goes the operand's steps down from *at; JSON_MISSING when there is no such place. */
static Status follow(const JsonOperand *operand, Arena *scratch, JsonToken *at)
{
    bool found = true;
    for (uint32_t i = 0; i < operand->steps && found; i++)
        TRY(json_descend(&operand->step[i], at, scratch, &found));
    if (!found)
        at->kind = JSON_MISSING;
    return ST_OK;
}

/* Literals count among what is the same for all. */
static Status resolve(const JsonOperand *operand, const JsonToken *root, Arena *scratch,
                      JsonToken *out)
{
    *out = operand->kind == JSON_OPERAND_ROOT ? *root : operand->literal;
    return operand->kind == JSON_OPERAND_ROOT ? follow(operand, scratch, out) : ST_OK;
}

Status json_filter_resolve(const JsonFilter *filter, const JsonToken *root, Arena *scratch,
                           JsonFilterRoots **out)
{
    TRY_NEW(*out, scratch);
    for (uint32_t i = 0; i < filter->ops; i++) {
        TRY(resolve(&filter->op[i].left, root, scratch, &(*out)->op[i].token[0]));
        TRY(resolve(&filter->op[i].right, root, scratch, &(*out)->op[i].token[1]));
    }
    return ST_OK;
}

static Status operand_value(const JsonOperand *operand, const JsonToken *here,
                            const JsonToken *resolved, Arena *scratch, JsonToken *out)
{
    *out = operand->kind == JSON_OPERAND_HERE ? *here : *resolved;
    return operand->kind == JSON_OPERAND_HERE ? follow(operand, scratch, out) : ST_OK;
}

/* A text that is a number and nothing else. */
static bool is_number(Text text)
{
    JsonFault fault;
    const char *end = text.ptr + text.size;
    return json_scan_number(text.ptr, end, &fault) == end;
}

/* 0 equal, less than 0, more than 0; 2 for what has no order. */
enum { UNORDERED = 2 };

static int order_of(const JsonToken *left, const JsonToken *right, Text left_text, Text right_text)
{
    if (left->kind != right->kind)
        return UNORDERED;
    if (left->kind == JSON_NUMBER)
        return json_compare_numbers(left_text, right_text);
    return left->kind == JSON_STRING ? json_compare_keys(left_text, right_text) : UNORDERED;
}

static bool equal(const JsonToken *left, const JsonToken *right, Text left_text, Text right_text)
{
    if (left->kind == JSON_NUMBER && right->kind == JSON_STRING)
        return is_number(right_text) && json_compare_numbers(left_text, right_text) == 0;
    if (left->kind == JSON_STRING && right->kind == JSON_NUMBER)
        return text_equal(left_text, right_text);
    if (left->kind == JSON_NUMBER || left->kind == JSON_STRING)
        return order_of(left, right, left_text, right_text) == 0;
    return left->kind == right->kind && left->kind != JSON_OBJECT && left->kind != JSON_ARRAY;
}

static Status compare(const JsonFilterOp *op, const JsonToken *here, const JsonToken *resolved,
                      Arena *scratch, bool *out)
{
    JsonToken left, right;
    Text left_text = {0}, right_text = {0};
    TRY(operand_value(&op->left, here, &resolved[0], scratch, &left));
    if (op->test == JSON_TEST_EXISTS) {
        *out = left.kind != JSON_MISSING;
        return ST_OK;
    }
    TRY(operand_value(&op->right, here, &resolved[1], scratch, &right));
    bool both = left.kind != JSON_MISSING && right.kind != JSON_MISSING;
    if (both) {
        TRY(json_token_text(&left, scratch, &left_text));
        TRY(json_token_text(&right, scratch, &right_text));
    }
    bool same_kind = both && left.kind == right.kind;
    bool is_equal = both && equal(&left, &right, left_text, right_text);
    int order = both ? order_of(&left, &right, left_text, right_text) : UNORDERED;
    switch (op->test) {
    case JSON_TEST_EQ: *out = is_equal; break;
    case JSON_TEST_NE: *out = !is_equal; break;
    case JSON_TEST_SAME: *out = is_equal && same_kind; break;
    case JSON_TEST_NOT_SAME: *out = !is_equal || !same_kind; break;
    case JSON_TEST_LT: *out = order < 0; break;
    case JSON_TEST_LE: *out = order <= 0; break;
    case JSON_TEST_GT: *out = order == 1; break;
    case JSON_TEST_GE: *out = order == 0 || order == 1; break;
    case JSON_TEST_EXISTS:
    case JSON_TEST_NOT:
    case JSON_TEST_AND:
    case JSON_TEST_OR: break;
    }
    return ST_OK;
}

Status json_filter_accepts(const JsonFilter *filter, const JsonToken *here,
                           const JsonFilterRoots *roots, Arena *scratch, bool *out)
{
    bool stack[JSON_FILTER_OPS];
    uint32_t depth = 0;
    for (uint32_t i = 0; i < filter->ops; i++) {
        const JsonFilterOp *op = &filter->op[i];
        if (op->test < JSON_TEST_NOT) {
            TRY(compare(op, here, roots->op[i].token, scratch, &stack[depth++]));
            continue;
        }
        if (op->test == JSON_TEST_NOT) {
            stack[depth - 1] = !stack[depth - 1];
            continue;
        }
        depth--;
        stack[depth - 1] = op->test == JSON_TEST_AND ? stack[depth - 1] && stack[depth]
                                                     : stack[depth - 1] || stack[depth];
    }
    assert(depth == 1);
    *out = stack[0];
    return ST_OK;
}
