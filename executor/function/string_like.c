/* LIKE and ILIKE.
 *
 * A pattern is cut at its `%` into segments. The first one must stand at the start of the text and
 * the last one at its end, unless a `%` is there; each of the others is taken where it is first
 * found, which is never worse than a later place. So there is no backtracking: matching takes time
 * linear in the text for segments without `_` (memmem), and text times segment at the very most.
 * Within a segment `_` is stored as the byte 0xFF, which no UTF-8 text contains. */
#include <assert.h>

#include "executor/function/kernel_text.h"
#include "executor/function/string_kernels.h"
#include "storage/base/utf8.h"
#include "storage/base/vec.h"

#define ANY_CHARACTER ((char)0xFF)
enum { NO_ESCAPE = -1 };

typedef struct Segment {
    Text text;
    uint32_t characters; /* `_` and code points */
    bool has_any;        /* contains `_` */
} Segment;

/* The shapes that most patterns have are matched without looking at segments. */
typedef enum LikeShape {
    LIKE_EQUALS,   /* abc */
    LIKE_STARTS,   /* abc% */
    LIKE_ENDS,     /* %abc */
    LIKE_CONTAINS, /* %abc% */
    LIKE_GENERAL,
} LikeShape;

typedef struct LikePattern {
    LikeShape shape;
    Text literal;         /* of all shapes but LIKE_GENERAL */
    VEC(Segment) segment; /* between the `%`s, empty ones included */
} LikePattern;

/* --- compiling --- */

typedef struct LikeSource {
    Text pattern;
    int32_t escape; /* code point or NO_ESCAPE */
} LikeSource;

/* The next item of the pattern: ANY_CHARACTER, '%' or a literal run, as bytes for a segment. */
typedef struct LikeItem {
    bool percent;
    char bytes[4];
    uint32_t size;
} LikeItem;

/* Reads one item and moves on; false when the escape is followed by nothing that it can escape. */
static bool like_next(const LikeSource *source, uint32_t *at, LikeItem *item)
{
    Text pattern = source->pattern;
    uint32_t length;
    uint32_t code_point = utf8_decode(pattern.ptr + *at, pattern.size - *at, &length);
    bool escaped = source->escape != NO_ESCAPE && code_point == (uint32_t)source->escape;
    if (escaped) {
        *at += length;
        if (*at == pattern.size)
            return false;
        code_point = utf8_decode(pattern.ptr + *at, pattern.size - *at, &length);
        if (code_point != '%' && code_point != '_' && code_point != (uint32_t)source->escape)
            return false;
    }
    *item = (LikeItem){.percent = code_point == '%' && !escaped, .size = length};
    memcpy(item->bytes, pattern.ptr + *at, length);
    if (code_point == '_' && !escaped)
        item->bytes[0] = ANY_CHARACTER;
    *at += length;
    return true;
}

static void set_shape(LikePattern *pattern)
{
    const Segment *segment = pattern->segment.item;
    uint32_t count = pattern->segment.count;
    pattern->shape = LIKE_GENERAL;
    for (uint32_t i = 0; i < count; i++) {
        if (segment[i].has_any)
            return;
    }
    if (count == 1)
        pattern->shape = LIKE_EQUALS, pattern->literal = segment[0].text;
    else if (count == 2 && segment[1].text.size == 0)
        pattern->shape = LIKE_STARTS, pattern->literal = segment[0].text;
    else if (count == 2 && segment[0].text.size == 0)
        pattern->shape = LIKE_ENDS, pattern->literal = segment[1].text;
    else if (count == 3 && segment[0].text.size == 0 && segment[2].text.size == 0)
        pattern->shape = LIKE_CONTAINS, pattern->literal = segment[1].text;
}

/* *valid is false after an escape that escapes nothing. */
static Status like_compile(const LikeSource *source, Arena *arena, LikePattern *out, bool *valid)
{
    *out = (LikePattern){0};
    char *bytes = arena_alloc(arena, source->pattern.size + 1u);
    if (bytes == NULL)
        return ST_NOMEM;
    Segment segment = {.text = {bytes, 0}};
    *valid = true;
    for (uint32_t at = 0; at < source->pattern.size;) {
        LikeItem item;
        if (!like_next(source, &at, &item)) {
            *valid = false;
            return ST_OK;
        }
        if (item.percent) {
            TRY_PUSH(&out->segment, arena, segment);
            segment = (Segment){.text = {bytes, 0}};
            continue;
        }
        memcpy(bytes, item.bytes, item.size);
        bytes += item.size;
        segment.text.size += item.size;
        segment.characters++;
        segment.has_any = segment.has_any || item.bytes[0] == ANY_CHARACTER;
    }
    TRY_PUSH(&out->segment, arena, segment);
    set_shape(out);
    return ST_OK;
}

/* --- matching --- */

/* Bytes of the text that the segment covers at its start, or -1. */
static int64_t segment_match(const Segment *segment, Text text)
{
    if (!segment->has_any)
        return text_starts_with(text, segment->text) ? (int64_t)segment->text.size : -1;
    uint32_t at = 0, length;
    for (uint32_t i = 0; i < segment->text.size; i++) {
        char c = segment->text.ptr[i];
        if (at == text.size)
            return -1;
        if (c == ANY_CHARACTER) {
            utf8_decode(text.ptr + at, text.size - at, &length);
            at += length;
        } else if (text.ptr[at++] != c) {
            return -1;
        }
    }
    return at;
}

/* Moves the start of the text behind the first place where the segment stands. */
static bool segment_find(const Segment *segment, Text *text)
{
    if (!segment->has_any) {
        const char *found = memmem(text->ptr, text->size, segment->text.ptr, segment->text.size);
        if (found == NULL)
            return false;
        *text = text_slice(*text, (size_t)(found - text->ptr) + segment->text.size, text->size);
        return true;
    }
    for (;;) {
        int64_t size = segment_match(segment, *text);
        if (size >= 0) {
            *text = text_slice(*text, (size_t)size, text->size);
            return true;
        }
        if (text->size == 0)
            return false;
        uint32_t length;
        utf8_decode(text->ptr, text->size, &length);
        *text = text_slice(*text, length, text->size);
    }
}

/* Whether the segment covers the end of the text. */
static bool segment_ends(const Segment *segment, Text text)
{
    size_t at = text.size;
    for (uint32_t i = 0; i < segment->characters; i++) {
        if (at == 0)
            return false;
        do
            at--;
        while (at > 0 && !starts_character(text.ptr[at]));
    }
    return segment_match(segment, text_slice(text, at, text.size)) == (int64_t)(text.size - at);
}

static bool like_general(const LikePattern *pattern, Text text)
{
    const Segment *segment = pattern->segment.item;
    uint32_t count = pattern->segment.count;
    int64_t size = segment_match(&segment[0], text);
    if (size < 0)
        return false;
    text = text_slice(text, (size_t)size, text.size);
    if (count == 1)
        return text.size == 0;
    for (uint32_t i = 1; i + 1 < count; i++) {
        if (!segment_find(&segment[i], &text))
            return false;
    }
    return segment_ends(&segment[count - 1], text);
}

static inline bool like_matches(const LikePattern *pattern, Text text)
{
    switch (pattern->shape) {
    case LIKE_EQUALS: return text_equal(text, pattern->literal);
    case LIKE_STARTS: return text_starts_with(text, pattern->literal);
    case LIKE_ENDS: return text_ends_with(text, pattern->literal);
    case LIKE_CONTAINS:
        return memmem(text.ptr, text.size, pattern->literal.ptr, pattern->literal.size) != NULL;
    case LIKE_GENERAL: return like_general(pattern, text);
    }
    return false;
}

/* --- the calls --- */

/* False when the escape is neither empty nor one character. */
static bool read_escape(Text escape, int32_t *out)
{
    *out = NO_ESCAPE;
    if (escape.size == 0)
        return true;
    uint32_t length;
    *out = (int32_t)utf8_decode(escape.ptr, escape.size, &length);
    return length == escape.size;
}

/* The pattern of a row, compiled anew only where it differs from the row before. */
typedef struct LikeCache {
    LikePattern pattern;
    Text source, escape;
    bool set, valid;
} LikeCache;

static Status cache_pattern(KernelCall *call, uint32_t row, bool fold, LikeCache *cache)
{
    Text source = arg_text(call, 1, row),
         escape = call->args == 3 ? arg_text(call, 2, row) : TEXT("");
    if (cache->set && text_equal(source, cache->source) && text_equal(escape, cache->escape))
        return ST_OK;
    *cache = (LikeCache){.source = source, .escape = escape, .set = true};
    LikeSource read = {.pattern = source};
    if (!read_escape(escape, &read.escape))
        return ST_OK;
    StrBuf folded;
    strbuf_init(&folded, call->scratch->meter);
    if (fold) {
        string_put_lower(&folded, source);
        read.pattern = strbuf_as_text(&folded);
    }
    Status status = strbuf_status(&folded);
    if (status == ST_OK)
        status = like_compile(&read, call->scratch, &cache->pattern, &cache->valid);
    strbuf_close(&folded);
    return status;
}

/* The row's pattern; NULL in *out after the row was rejected. */
static Status row_pattern(KernelCall *call, uint32_t row, bool fold, LikeCache *cache,
                          const LikePattern **out)
{
    *out = call->data;
    if (*out != NULL)
        return ST_OK;
    TRY(cache_pattern(call, row, fold, cache));
    if (cache->valid)
        *out = &cache->pattern;
    else
        kernel_fail(call, row, E5007, "invalid escape in the LIKE pattern \"%.*s\"",
                    TEXT_ARG(cache->source));
    return ST_OK;
}

Status string_like(KernelCall *call)
{
    LikeCache cache = {0};
    for (EACH_ROW(call, i, row)) {
        const LikePattern *pattern;
        TRY(row_pattern(call, row, false, &cache, &pattern));
        if (pattern != NULL)
            call->out->data.b[row] = like_matches(pattern, arg_text(call, 0, row));
    }
    return ST_OK;
}

/* Both sides in lower case. */
Status string_ilike(KernelCall *call)
{
    LikeCache cache = {0};
    StrBuf folded;
    Status status = ST_OK;
    strbuf_init(&folded, call->scratch->meter);
    for (EACH_ROW(call, i, row)) {
        const LikePattern *pattern;
        strbuf_clear(&folded);
        string_put_lower(&folded, arg_text(call, 0, row));
        status = strbuf_status(&folded);
        if (status == ST_OK)
            status = row_pattern(call, row, true, &cache, &pattern);
        if (status != ST_OK)
            break;
        if (pattern != NULL)
            call->out->data.b[row] = like_matches(pattern, strbuf_as_text(&folded));
    }
    strbuf_close(&folded);
    return status;
}

/* A constant pattern, with a constant escape or none, is compiled once. */
static Status prepare(FunctionCall *call, Arena *arena, Diag *diag, Text source, Text escape)
{
    LikePattern *pattern;
    LikeSource read = {.pattern = source};
    bool valid = false;
    TRY_NEW(pattern, arena);
    if (!read_escape(escape, &read.escape))
        return diag_error(diag, E2107, SPAN_NONE, "the ESCAPE \"%.*s\" is not one character",
                          TEXT_ARG(escape));
    TRY(like_compile(&read, arena, pattern, &valid));
    if (!valid)
        return diag_error(
            diag, E2107, SPAN_NONE,
            "the pattern \"%.*s\" has an escape that is not followed by %%, _ or itself",
            TEXT_ARG(source));
    call->data = pattern;
    return ST_OK;
}

Status string_like_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    Text source, escape = TEXT("");
    if (!constant_text(call, 1, &source) || (call->args == 3 && !constant_text(call, 2, &escape)))
        return ST_OK;
    return prepare(call, arena, diag, source, escape);
}

Status string_ilike_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    Text source, escape = TEXT("");
    if (!constant_text(call, 1, &source) || (call->args == 3 && !constant_text(call, 2, &escape)))
        return ST_OK;
    StrBuf folded;
    strbuf_init(&folded, arena->meter);
    string_put_lower(&folded, source);
    Status status = strbuf_status(&folded);
    if (status == ST_OK)
        status = prepare(call, arena, diag, strbuf_as_text(&folded), escape);
    strbuf_close(&folded);
    return status;
}
