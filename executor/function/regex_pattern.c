#include "executor/function/regex_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <assert.h>
#include <pcre2.h>
#include <stdarg.h>
#include <stdio.h>

#include "storage/base/limits.h"

enum {
    MATCH_HEAP_KIB = 32 << 10, /* for backtracking on one value */
    FIRST_GROUPS = 10,
};

struct Regex {
    pcre2_code *code;
    uint32_t groups;
};

struct RegexMatcher {
    Arena *arena;
    pcre2_general_context *general;
    pcre2_match_context *context;
    pcre2_match_data *data;
    uint32_t groups; /* room in `data`, group 0 not counted */
};

/* --- memory: all in an arena, so nothing is freed singly --- */

static void *arena_malloc(PCRE2_SIZE size, void *arena)
{
    return arena_alloc(arena, size);
}

static void arena_free(void *block, void *arena)
{
    (void)block, (void)arena;
}

/* --- compiling --- */

void regex_fault(RegexError *error, RegexFault fault, const char *format, ...)
{
    if (error->fault != REGEX_VALID)
        return;
    error->fault = fault;
    va_list args;
    va_start(args, format);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
}

/* What Java accepts and PCRE2 does not. */
static RegexFault fault_of(int code)
{
    switch (code) {
    case PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH:
    case PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED:
    case PCRE2_ERROR_LOOKBEHIND_TOO_LONG:
    case PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY:
    case PCRE2_ERROR_PATTERN_TOO_LARGE:
    case PCRE2_ERROR_QUANTIFIER_TOO_BIG:
    case PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP:
    case PCRE2_ERROR_SUBPATTERN_NAME_TOO_LONG: return REGEX_UNSUPPORTED;
    default: return REGEX_INVALID;
    }
}

static Status compile_code(Text pattern, Arena *arena, Regex *regex, RegexError *error)
{
    pcre2_general_context *general = pcre2_general_context_create(arena_malloc, arena_free, arena);
    pcre2_compile_context *context = general == NULL ? NULL : pcre2_compile_context_create(general);
    if (context == NULL)
        return ST_NOMEM;
    pcre2_set_newline(context, PCRE2_NEWLINE_ANY);
    int code = 0;
    PCRE2_SIZE offset = 0;
    regex->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.size,
                                PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C, &code,
                                &offset, context);
    if (regex->code != NULL) {
        pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &regex->groups);
        return ST_OK;
    }
    if (code == PCRE2_ERROR_HEAP_FAILED)
        return ST_NOMEM;
    PCRE2_UCHAR message[sizeof error->message];
    pcre2_get_error_message(code, message, sizeof message);
    regex_fault(error, fault_of(code), "%s", (const char *)message);
    return ST_OK;
}

Status regex_compile(Text pattern, Arena *arena, const Regex **out, RegexError *error)
{
    Regex *regex;
    StrBuf translated;
    *out = NULL;
    TRY_NEW(regex, arena);
    strbuf_init(&translated, arena->meter);
    regex_translate_java(pattern, &translated, error);
    Status status = strbuf_status(&translated);
    if (status == ST_OK && error->fault == REGEX_VALID)
        status = compile_code((Text){strbuf_cstr(&translated), (uint32_t)translated.size}, arena,
                              regex, error);
    if (status == ST_OK && error->fault == REGEX_VALID)
        *out = regex;
    strbuf_close(&translated);
    return status;
}

uint32_t regex_groups(const Regex *regex)
{
    return regex->groups;
}

/* --- matching --- */

static Status make_data(RegexMatcher *matcher, uint32_t groups)
{
    matcher->groups = groups;
    matcher->data = pcre2_match_data_create(groups + 1, matcher->general);
    return matcher->data == NULL ? ST_NOMEM : ST_OK;
}

Status regex_matcher_make(Arena *arena, RegexMatcher **out)
{
    RegexMatcher *matcher;
    TRY_NEW(matcher, arena);
    matcher->arena = arena;
    matcher->general = pcre2_general_context_create(arena_malloc, arena_free, arena);
    if (matcher->general == NULL)
        return ST_NOMEM;
    matcher->context = pcre2_match_context_create(matcher->general);
    if (matcher->context == NULL)
        return ST_NOMEM;
    pcre2_set_match_limit(matcher->context, LIMIT_REGEX_STEPS);
    pcre2_set_heap_limit(matcher->context, MATCH_HEAP_KIB);
    *out = matcher;
    return make_data(matcher, FIRST_GROUPS);
}

static Status run(RegexMatcher *matcher, const Regex *regex, Text text, uint32_t start,
                  uint32_t options, RegexOutcome *out)
{
    assert(start <= text.size);
    if (regex->groups > matcher->groups)
        TRY(make_data(matcher, regex->groups));
    int result = pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.size, start,
                             options | PCRE2_NO_UTF_CHECK, matcher->data, matcher->context);
    assert(result != PCRE2_ERROR_BADDATA && result != PCRE2_ERROR_BADMAGIC &&
           result != PCRE2_ERROR_NULL);
    *out = result >= 0                     ? REGEX_MATCH
           : result == PCRE2_ERROR_NOMATCH ? REGEX_NO_MATCH
                                           : REGEX_BUDGET;
    return result == PCRE2_ERROR_NOMEMORY ? ST_NOMEM : ST_OK;
}

Status regex_search(RegexMatcher *matcher, const Regex *regex, Text text, uint32_t start,
                    RegexOutcome *out)
{
    return run(matcher, regex, text, start, 0, out);
}

Status regex_match_all(RegexMatcher *matcher, const Regex *regex, Text text, RegexOutcome *out)
{
    return run(matcher, regex, text, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, out);
}

bool regex_group(const RegexMatcher *matcher, uint32_t group, uint32_t *start, uint32_t *end)
{
    assert(group <= matcher->groups);
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(matcher->data);
    if (offsets[2 * group] == PCRE2_UNSET)
        return false;
    *start = (uint32_t)offsets[2 * group];
    *end = (uint32_t)offsets[2 * group + 1];
    return true;
}
