#include "storage/format/json_scan.h"

#include <assert.h>

#include "storage/base/limits.h"
#include "storage/format/scan_fast.h"

static const char *broken(JsonFault *fault, const char *at, const char *reason)
{
    *fault = (JsonFault){reason, at};
    return NULL;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The value of four hexadecimal digits at p, or -1. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t value = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(p[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* p is at a backslash. Surrogates must come in pairs: what they stand for alone is no character. */
static const char *scan_escape(const char *p, const char *end, JsonFault *fault)
{
    if (end - p < 2)
        return broken(fault, p, "a string is not closed");
    if (p[1] != 'u') {
        bool known = p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL;
        return known ? p + 2 : broken(fault, p, "unknown escape in a string");
    }
    int32_t high = hex4(p + 2, end);
    if (high < 0)
        return broken(fault, p, "\\u needs four hexadecimal digits");
    if (high < 0xD800 || high > 0xDFFF)
        return p + 6;
    int32_t low = end - p >= 12 && p[6] == '\\' && p[7] == 'u' ? hex4(p + 8, end) : -1;
    if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
        return broken(fault, p, "half of a surrogate pair");
    return p + 12;
}

/* scan_string_special for texts that are in no Block: reads nothing past `end`. */
static inline const char *find_special(const char *p, const char *end)
{
    while (end - p > SCAN_OVERREAD) {
        const char *found = scan_string_special(p, p + SCAN_OVERREAD + 1);
        if (found < p + SCAN_OVERREAD + 1)
            return found;
        p = found;
    }
    while (p < end && *p != '"' && *p != '\\' && (signed char)*p >= ' ')
        p++;
    return p;
}

const char *json_scan_string(const char *p, const char *end, JsonToken *token, JsonFault *fault)
{
    assert(p < end && *p == '"');
    const char *start = ++p;
    bool escaped = false;
    for (;;) {
        p = find_special(p, end);
        if (p == end)
            return broken(fault, start - 1, "a string is not closed");
        if (*p == '"')
            break;
        if (*p == '\\') {
            escaped = true;
            p = scan_escape(p, end, fault);
            if (p == NULL)
                return NULL;
        } else {
            p++; /* not ASCII, or a raw control character */
        }
    }
    *token = (JsonToken){JSON_STRING, escaped, (uint32_t)(p - start), start};
    return p + 1;
}

static inline bool is_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

const char *json_scan_number(const char *p, const char *end, JsonFault *fault)
{
    const char *start = p;
    p += p < end && *p == '-';
    if (!is_digit(p, end))
        return broken(fault, start, "not a value");
    if (*p == '0' && is_digit(p + 1, end))
        return broken(fault, start, "a number begins with a zero");
    while (is_digit(p, end))
        p++;
    if (p < end && *p == '.') {
        if (!is_digit(++p, end))
            return broken(fault, p, "a digit must follow the decimal point");
        while (is_digit(p, end))
            p++;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        if (!is_digit(p, end))
            return broken(fault, p, "a digit must follow the exponent's sign");
        while (is_digit(p, end))
            p++;
    }
    return p;
}

static const char *scan_word(const char *p, const char *end, Text word, JsonKind kind,
                             JsonToken *token, JsonFault *fault)
{
    if ((size_t)(end - p) < word.size || memcmp(p, word.ptr, word.size) != 0)
        return broken(fault, p, "not a value");
    *token = (JsonToken){kind, false, word.size, p};
    return p + word.size;
}

static const char *scan_scalar(const char *p, const char *end, JsonToken *token, JsonFault *fault)
{
    switch (*p) {
    case '"': return json_scan_string(p, end, token, fault);
    case 't': return scan_word(p, end, TEXT("true"), JSON_TRUE, token, fault);
    case 'f': return scan_word(p, end, TEXT("false"), JSON_FALSE, token, fault);
    case 'n': return scan_word(p, end, TEXT("null"), JSON_NULL, token, fault);
    default: break;
    }
    const char *after = json_scan_number(p, end, fault);
    if (after != NULL)
        *token = (JsonToken){JSON_NUMBER, false, (uint32_t)(after - p), p};
    return after;
}

/* Behind `{` or a comma inside an object: a key and its colon. */
static const char *scan_key(const char *p, const char *end, JsonFault *fault)
{
    JsonToken key;
    p = json_skip_space(p, end);
    if (p == end || *p != '"')
        return broken(fault, p, "expected a key in double quotes");
    p = json_scan_string(p, end, &key, fault);
    if (p == NULL)
        return NULL;
    p = json_skip_space(p, end);
    if (p == end || *p != ':')
        return broken(fault, p, "expected ':' after a key");
    return p + 1;
}

/* What is open, as a stack of bits: 1 for an object, 0 for an array. Recursion would let a record
 * decide how deep our stack goes. */
typedef struct Nest {
    uint64_t objects;
    uint32_t open, depth; /* depth: open here plus what is open around the value */
} Nest;
_Static_assert(LIMIT_JSON_DEPTH <= 64, "one bit a level");

/* p is behind a value or an opening bracket's empty content: closes what ends here and stands in
 * front of the next value, or behind the whole when nothing is open any more. */
static const char *scan_after_value(const char *p, const char *end, Nest *nest, JsonFault *fault)
{
    while (nest->open > 0) {
        bool object = nest->objects & 1;
        p = json_skip_space(p, end);
        if (p == end)
            return broken(fault, p, object ? "an object is not closed" : "an array is not closed");
        if (*p == ',')
            return object ? scan_key(p + 1, end, fault) : p + 1;
        if (*p != (object ? '}' : ']'))
            return broken(fault, p, object ? "expected ',' or '}'" : "expected ',' or ']'");
        p++;
        nest->objects >>= 1;
        nest->open--;
        nest->depth--;
    }
    return p;
}

/* p is at a bracket: opens it and stands in front of its first value, or behind it when empty. */
static const char *scan_open(const char *p, const char *end, Nest *nest, bool *empty,
                             JsonFault *fault)
{
    bool object = *p == '{';
    if (nest->depth == LIMIT_JSON_DEPTH)
        return broken(fault, p, "nested too deeply");
    p = json_skip_space(p + 1, end);
    *empty = p < end && *p == (object ? '}' : ']');
    if (*empty)
        return p + 1;
    nest->objects = nest->objects << 1 | object;
    nest->open++;
    nest->depth++;
    return object ? scan_key(p, end, fault) : p;
}

static const char *scan_nested(const char *p, const char *end, uint32_t depth, JsonFault *fault)
{
    Nest nest = {.depth = depth};
    do {
        p = json_skip_space(p, end);
        if (p == end)
            return broken(fault, p, "a value is missing");
        if (*p == '{' || *p == '[') {
            bool empty = false;
            p = scan_open(p, end, &nest, &empty, fault);
            if (p == NULL)
                return NULL;
            if (!empty)
                continue;
        } else {
            JsonToken ignored;
            p = scan_scalar(p, end, &ignored, fault);
            if (p == NULL)
                return NULL;
        }
        p = scan_after_value(p, end, &nest, fault);
        if (p == NULL)
            return NULL;
    } while (nest.open > 0);
    return p;
}

const char *json_scan_value(const char *p, const char *end, uint32_t depth, JsonToken *token,
                            JsonFault *fault)
{
    if (p == end)
        return broken(fault, p, "a value is missing");
    if (*p != '{' && *p != '[')
        return scan_scalar(p, end, token, fault);
    const char *after = scan_nested(p, end, depth, fault);
    if (after != NULL)
        *token = (JsonToken){*p == '{' ? JSON_OBJECT : JSON_ARRAY, false, (uint32_t)(after - p), p};
    return after;
}

/* Control characters stand between tokens as blanks; in a string they must be escaped. */
static const char *find_raw_control(const char *p, const char *end)
{
    unsigned char least = 0xFF;
    for (const char *c = p; c < end; c++)
        least = (unsigned char)*c < least ? (unsigned char)*c : least;
    if (least >= 0x20)
        return NULL;
    for (bool inside = false; p < end; p++) {
        if (*p == '"')
            inside = !inside;
        else if (inside && *p == '\\')
            p++;
        else if (inside && (unsigned char)*p < 0x20)
            return p;
    }
    return NULL;
}

bool json_scan_document(Text text, JsonToken *token, JsonFault *fault)
{
    const char *end = text.ptr + text.size, *p = json_skip_space(text.ptr, end);
    const char *after = json_scan_value(p, end, 0, token, fault);
    if (after == NULL)
        return false;
    const char *rest = json_skip_space(after, end);
    if (rest != end)
        return broken(fault, rest, "text after the value") != NULL;
    const char *control = find_raw_control(p, end);
    return control == NULL || broken(fault, control, "a control character in a string") != NULL;
}
