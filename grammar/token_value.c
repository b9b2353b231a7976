#include "grammar/token_value.h"

#include <assert.h>
#include <string.h>

#include "grammar/sql.h"
#include "storage/base/limits.h"
#include "storage/base/utf8.h"

/* --- plain quotes: two in a row stand for one --- */

static Status unquote(Token *token, Arena *arena)
{
    assert(token->text.size >= 2);
    char quote = token->text.ptr[0];
    Text inner = {token->text.ptr + 1, token->text.size - 2};
    token->value = inner;
    if (inner.size == 0 || memchr(inner.ptr, quote, inner.size) == NULL)
        return ST_OK;
    char *copy = arena_alloc(arena, inner.size);
    if (copy == NULL)
        return ST_NOMEM;
    uint32_t size = 0;
    for (uint32_t i = 0; i < inner.size; i++) {
        copy[size++] = inner.ptr[i];
        if (inner.ptr[i] == quote)
            i++;
    }
    token->value = (Text){copy, size};
    return ST_OK;
}

static Status set_name(Token *token, Arena *arena, Diag *diag)
{
    token->value = token->text;
    if (token->text.ptr[0] == '`')
        TRY(unquote(token, arena));
    if (token->value.size == 0)
        return diag_error(diag, E1001, token->span, "a name cannot be empty");
    if (token->value.size > LIMIT_NAME_BYTES)
        return diag_error(diag, E1005, token->span, "the name is longer than %d bytes",
                          LIMIT_NAME_BYTES);
    return ST_OK;
}

/* --- escapes --- */

static int32_t digit_value(char c, int32_t base)
{
    int32_t digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : base;
    return digit < base ? digit : -1;
}

/* The code point that `count` digits make; -1 when one of them is no digit. */
static int64_t read_digits(const char *from, const char *end, uint32_t count, int32_t base)
{
    if (end - from < (ptrdiff_t)count)
        return -1;
    int64_t value = 0;
    for (uint32_t i = 0; i < count; i++) {
        int32_t digit = digit_value(from[i], base);
        if (digit < 0)
            return -1;
        value = value * base + digit;
    }
    return value;
}

typedef struct Escape {
    uint32_t size;      /* in the source, without the escape character */
    int64_t code_point; /* -1: malformed */
} Escape;

/* Behind a backslash in E'...', as PostgreSQL and Flink read it. */
static Escape read_c_escape(const char *from, const char *end)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    const char *letter = *from == '\0' ? NULL : strchr(letters, *from);
    if (letter != NULL)
        return (Escape){1, meanings[letter - letters]};
    if (*from == 'x')
        return (Escape){3, read_digits(from + 1, end, 2, 16)};
    if (*from == 'u')
        return (Escape){5, read_digits(from + 1, end, 4, 16)};
    if (*from == 'U')
        return (Escape){9, read_digits(from + 1, end, 8, 16)};
    if (*from >= '0' && *from <= '7')
        return (Escape){3, read_digits(from, end, 3, 8)};
    uint32_t size;
    uint32_t itself = utf8_decode(from, (size_t)(end - from), &size);
    return (Escape){size, itself};
}

/* Behind the escape character in U&'...': four digits, or + and six. */
static Escape read_unicode_escape(const char *from, const char *end, char escape)
{
    if (*from == escape)
        return (Escape){1, escape};
    if (*from == '+')
        return (Escape){7, read_digits(from + 1, end, 6, 16)};
    return (Escape){4, read_digits(from, end, 4, 16)};
}

/* The characters behind a prefix (E' or U&') of that size. An escape never makes more bytes than it
 * has itself, so the copy is no longer than the source; utf8_encode may want four bytes of room. */
static Status unescape(Token *token, uint32_t prefix, char escape, Arena *arena, Diag *diag)
{
    const char *from = token->text.ptr + prefix, *end = token->text.ptr + token->text.size - 1;
    char *copy = arena_alloc(arena, (size_t)(end - from) + 4);
    if (copy == NULL)
        return ST_NOMEM;
    uint32_t size = 0;
    while (from < end) {
        if (*from == '\'')
            from++; /* the first of two */
        if (*from != escape || from + 1 == end) {
            copy[size++] = *from++;
            continue;
        }
        Escape got = token->code == TK_ESTRING ? read_c_escape(from + 1, end)
                                               : read_unicode_escape(from + 1, end, escape);
        uint32_t bytes =
            got.code_point > 0 ? utf8_encode((uint32_t)got.code_point, copy + size) : 0;
        if (bytes == 0) {
            uint32_t at = token->span.start + (uint32_t)(from - token->text.ptr);
            return diag_error(diag, E1006, (Span){at, at + 1},
                              "the escape stands for no character");
        }
        size += bytes;
        from += 1 + got.size;
    }
    token->value = (Text){copy, size};
    return ST_OK;
}

static Status set_unicode_string(Token *token, const Token *following, Arena *arena, Diag *diag)
{
    char escape = '\\';
    if (following[0].code == TK_UESCAPE && following[1].code == TK_STRING) {
        Text text = following[1].text;
        escape = text.ptr[1];
        bool fits = text.size == 3 && (unsigned char)escape < 128 &&
                    strchr("0123456789abcdefABCDEF+'\" \t\n\r", escape) == NULL;
        if (!fits)
            return diag_error(diag, E1006, following[1].span,
                              "UESCAPE takes one sign that is no digit, quote, plus or space");
    }
    return unescape(token, 3, escape, arena, diag);
}

/* --- X'...' --- */

static Status set_binary(Token *token, Diag *diag)
{
    token->value = (Text){token->text.ptr + 2, token->text.size - 3};
    for (uint32_t i = 0; i < token->value.size; i++) {
        uint32_t at = token->span.start + 2 + i;
        if (digit_value(token->value.ptr[i], 16) < 0)
            return diag_error(diag, E1006, (Span){at, at + 1},
                              "X'...' takes the digits 0 to 9 and A to F");
    }
    if (token->value.size % 2 == 0)
        return ST_OK;
    Status status = diag_error(diag, E1006, token->span, "X'...' has an odd number of digits");
    diag_hint(diag, "two digits make one byte");
    return status;
}

Status token_set_value(Token *token, const Token *following, Arena *arena, Diag *diag)
{
    token->value = token->text;
    switch (token->code) {
    case TK_ID: return set_name(token, arena, diag);
    case TK_STRING: return unquote(token, arena);
    case TK_ESTRING: return unescape(token, 2, '\\', arena, diag);
    case TK_USTRING: return set_unicode_string(token, following, arena, diag);
    case TK_BINARY: return set_binary(token, diag);
    default: return ST_OK;
    }
}
