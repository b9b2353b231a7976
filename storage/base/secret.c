#include "storage/base/secret.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool secret_is_key(Text key)
{
    static const char *const ending[] = {
        "password",           "passphrase",   "secret",  "token",   "jaas.config",
        "oauthbearer.config", "keystore.key", "ssl.key", "key.pem", "user-info",
    };
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        Text tail = text_of(ending[i]);
        if (key.size >= tail.size &&
            text_equal_nocase((Text){key.ptr + key.size - tail.size, tail.size}, tail))
            return true;
    }
    return false;
}

/* Blanks and comments. */
static uint32_t skip_gap(Text sql, uint32_t at)
{
    while (at < sql.size) {
        Text rest = {sql.ptr + at, sql.size - at};
        const char *end = NULL;
        if (is_blank(sql.ptr[at])) {
            at++;
            continue;
        }
        if (text_starts_with(rest, TEXT("--")))
            end = memchr(rest.ptr, '\n', rest.size);
        else if (text_starts_with(rest, TEXT("/*")))
            end = memmem(rest.ptr + 2, rest.size - 2, "*/", 2);
        if (end == NULL)
            break;
        at = (uint32_t)(end - sql.ptr) + (*end == '\n' ? 1 : 2);
    }
    return at;
}

/* Behind the quote that closes what begins at `at`; the end of the text where none does. */
static uint32_t skip_quoted(Text sql, uint32_t at, bool backslash)
{
    char quote = sql.ptr[at++];
    for (; at < sql.size; at++) {
        if (backslash && sql.ptr[at] == '\\')
            at++;
        else if (sql.ptr[at] == quote && at + 1 < sql.size && sql.ptr[at + 1] == quote)
            at++;
        else if (sql.ptr[at] == quote)
            return at + 1;
    }
    return sql.size;
}

/* The value behind the name's closing quote. Without = it is one only when it is quoted. */
static bool find_value(Text sql, uint32_t at, Span *out)
{
    at = skip_gap(sql, at);
    bool equals = at < sql.size && sql.ptr[at] == '=';
    if (equals)
        at = skip_gap(sql, at + 1);
    uint32_t end = at;
    while (end < sql.size && !is_blank(sql.ptr[end]) && strchr("'\",();", sql.ptr[end]) == NULL)
        end++;
    bool quoted = end < sql.size && (sql.ptr[end] == '\'' || sql.ptr[end] == '"');
    if (quoted && end - at <= 2) /* E'...', U&'...' */
        end = skip_quoted(sql, end, end > at && (sql.ptr[at] | 0x20) == 'e');
    else if (!equals)
        return false;
    *out = (Span){at, end};
    return end > at;
}

bool secret_find(Text sql, uint32_t from, Span *out)
{
    for (uint32_t at = from; at < sql.size; at++) {
        uint32_t start = at;
        if (sql.ptr[at] != '\'' && sql.ptr[at] != '"')
            continue;
        while (start > from && is_name_char(sql.ptr[start - 1]))
            start--;
        if (start < at && secret_is_key((Text){sql.ptr + start, at - start}) &&
            find_value(sql, at + 1, out))
            return true;
    }
    return false;
}

enum { SHOWN_SIZE = sizeof SECRET_SHOWN - 1 };

/* Where a place of the text is in what is printed; inside of a value, where that begins or ends. */
static uint32_t shown_place(Text sql, uint32_t place, bool is_end)
{
    Span value;
    int64_t shift = 0;
    for (uint32_t from = 0; secret_find(sql, from, &value) && value.start < place;
         from = value.end) {
        if (place < value.end)
            return (uint32_t)(value.start + shift) + (is_end ? SHOWN_SIZE : 0);
        shift += (int64_t)SHOWN_SIZE - (value.end - value.start);
    }
    return (uint32_t)(place + shift);
}

void secret_print(Text sql, Span *span, StrBuf *out)
{
    Span value;
    uint32_t from = 0;
    while (secret_find(sql, from, &value)) {
        strbuf_text(out, (Text){sql.ptr + from, value.start - from});
        strbuf_string(out, SECRET_SHOWN);
        from = value.end;
    }
    strbuf_text(out, (Text){sql.ptr + from, sql.size - from});
    if (span != NULL)
        *span = (Span){shown_place(sql, span->start, false), shown_place(sql, span->end, true)};
}

Status secret_text(Arena *arena, Text sql, Text *out)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    secret_print(sql, NULL, &text);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&text), out);
    strbuf_close(&text);
    return status;
}
