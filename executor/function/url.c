/* URLs and addresses: percent encoding (the HTML form encoding), the parts of a URL, IPv4
 * addresses.
 *
 * A URL is taken apart as java.net.URL does it, which Flink uses: only protocols that it knows,
 * nothing decoded, nothing normalised. */
#include "executor/function/kernel_text.h"
#include "executor/function/string_kernels.h"

/* --- URL_ENCODE, URL_DECODE --- */

static bool is_unreserved(char c)
{
    bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return letter || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '*' || c == '_';
}

static inline bool encode_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    static const char digits[] = "0123456789ABCDEF";
    Text text = arg_text(call, 0, row);
    for (uint32_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        char escape[] = {'%', digits[c >> 4], digits[c & 15]};
        if (is_unreserved((char)c))
            strbuf_char(buf, (char)c);
        else if (c == ' ')
            strbuf_char(buf, '+');
        else
            strbuf_put(buf, escape, sizeof escape);
    }
    return true;
}

Status url_encode(KernelCall *call)
{
    return text_build(call, encode_row);
}

/* Writes at most text.size bytes; returns their number, or -1 when a % is not followed by two
 * digits. */
static int64_t percent_decode(Text text, char *out)
{
    char *end = out;
    for (uint32_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < text.size ? hex_value(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.size ? hex_value(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return -1;
            c = (char)(high << 4 | low);
            i += 2;
        }
        *end++ = c;
    }
    return end - out;
}

/* The bytes are decoded behind the result's place in the buffer, then repaired into it. */
Status url_decode(KernelCall *call)
{
    StrBuf decoded, repaired;
    Status status = ST_OK;
    strbuf_init(&decoded, call->scratch->meter);
    strbuf_init(&repaired, call->scratch->meter);
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        strbuf_clear(&decoded);
        strbuf_clear(&repaired);
        char *room = strbuf_room(&decoded, text.size);
        int64_t size = room == NULL ? 0 : percent_decode(text, room);
        if (size < 0) {
            kernel_null(call, row);
            continue;
        }
        text_put_repaired(&repaired, room, (size_t)size);
        status = strbuf_status(&decoded);
        if (status == ST_OK)
            status = text_store(call, row, &repaired);
        if (status != ST_OK)
            break;
    }
    strbuf_close(&decoded);
    strbuf_close(&repaired);
    return status;
}

/* --- PARSE_URL --- */

/* A part that is absent has a NULL pointer, which is not the same as an empty one. */
typedef struct Url {
    Text protocol, authority, user, host, path, query, ref;
    Text file; /* path and query */
} Url;

static const char *find_char(Text text, char c)
{
    return text.size == 0 ? NULL : memchr(text.ptr, c, text.size);
}

/* Cuts the text at the first `c`, which goes to neither part. */
static bool cut_at(Text *text, char c, Text *rest)
{
    const char *found = find_char(*text, c);
    if (found == NULL)
        return false;
    size_t at = (size_t)(found - text->ptr);
    *rest = text_slice(*text, at + 1, text->size);
    text->size = (uint32_t)at;
    return true;
}

static bool read_protocol(Text *text, Url *url)
{
    static const char *const known[] = {"http", "https", "ftp", "file", "jar", "mailto"};
    Text rest = TEXT(""), name = *text;
    if (!cut_at(&name, ':', &rest))
        return false;
    if (text_equal_nocase(name, TEXT("url"))) {
        name = rest;
        if (!cut_at(&name, ':', &rest))
            return false;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (text_equal_nocase(name, text_of(known[i]))) {
            url->protocol = text_of(known[i]);
            *text = rest;
            return true;
        }
    }
    return false;
}

/* What follows the colon must be nothing or a number. */
static bool is_port(Text text)
{
    uint32_t at =
        text.size > 0 && (text.ptr[0] == '+' || (text.ptr[0] == '-' && text_is(text, "-1")));
    if (at == 1 && text.size == 1)
        return false;
    for (; at < text.size; at++) {
        if (text.ptr[at] < '0' || text.ptr[at] > '9')
            return false;
    }
    return text.size <= sizeof "4294967295" - 1;
}

static bool read_authority(Text authority, Url *url)
{
    Text host = authority, rest;
    url->authority = authority;
    if (cut_at(&host, '@', &rest)) {
        if (find_char(rest, '@') != NULL)
            return true;
        url->user = host;
        host = rest;
    }
    url->host = host;
    if (host.size > 0 && host.ptr[0] == '[') {
        const char *close = find_char(host, ']');
        if (close == NULL)
            return false;
        size_t end = (size_t)(close - host.ptr) + 1;
        url->host.size = (uint32_t)end;
        if (end == host.size)
            return true;
        return host.ptr[end] == ':' && is_port(text_slice(host, end + 1, host.size));
    }
    return !cut_at(&url->host, ':', &rest) || is_port(rest);
}

static Text strip(Text text)
{
    while (text.size > 0 && (unsigned char)text.ptr[0] <= ' ')
        text = text_slice(text, 1, text.size);
    while (text.size > 0 && (unsigned char)text.ptr[text.size - 1] <= ' ')
        text.size--;
    return text;
}

static bool url_split(Text text, Url *url)
{
    *url = (Url){.host = TEXT("")};
    text = strip(text);
    if (!read_protocol(&text, url))
        return false;
    cut_at(&text, '#', &url->ref);
    url->file = text;
    cut_at(&text, '?', &url->query);
    if (text_starts_with(text, TEXT("//"))) {
        Text authority = text_slice(text, 2, text.size);
        const char *slash = find_char(authority, '/');
        if (slash != NULL)
            authority.size = (uint32_t)(slash - authority.ptr);
        if (!read_authority(authority, url))
            return false;
        text = text_slice(text, 2 + authority.size, text.size);
        url->file = text_slice(url->file, 2 + authority.size, url->file.size);
    }
    url->path = text;
    return true;
}

typedef struct UrlPart {
    const char *name;
    size_t offset; /* of the Text in a Url */
} UrlPart;

static const UrlPart url_parts[] = {
    {"HOST", offsetof(Url, host)},           {"PATH", offsetof(Url, path)},
    {"QUERY", offsetof(Url, query)},         {"REF", offsetof(Url, ref)},
    {"PROTOCOL", offsetof(Url, protocol)},   {"FILE", offsetof(Url, file)},
    {"AUTHORITY", offsetof(Url, authority)}, {"USERINFO", offsetof(Url, user)},
};

static const UrlPart *find_part(Text name)
{
    for (size_t i = 0; i < sizeof url_parts / sizeof *url_parts; i++) {
        if (text_is(name, url_parts[i].name))
            return &url_parts[i];
    }
    return NULL;
}

/* The value of the first `key=value` of the query; absent when there is none. */
static Text query_value(Text query, Text key)
{
    while (query.ptr != NULL) {
        Text pair = query, value = {0};
        query = (Text){0};
        cut_at(&pair, '&', &query);
        if (cut_at(&pair, '=', &value) && text_equal(pair, key))
            return value;
    }
    return (Text){0};
}

Status url_parse(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        const UrlPart *part = call->data != NULL ? call->data : find_part(arg_text(call, 1, row));
        Text found = {0};
        Url url;
        if (part != NULL && url_split(arg_text(call, 0, row), &url))
            memcpy(&found, (const char *)&url + part->offset, sizeof found);
        if (call->args == 3)
            found = part != NULL && part->offset == offsetof(Url, query)
                        ? query_value(found, arg_text(call, 2, row))
                        : (Text){0};
        if (found.ptr == NULL)
            kernel_null(call, row);
        else
            put_borrowed(call, row, found);
    }
    return ST_OK;
}

Status url_parse_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    Text name;
    if (!constant_text(call, 1, &name))
        return ST_OK;
    call->data = find_part(name);
    if (call->data != NULL)
        return ST_OK;
    Text names[sizeof url_parts / sizeof *url_parts];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        names[i] = text_of(url_parts[i].name);
    Status status =
        diag_error(diag, E2107, SPAN_NONE, "PARSE_URL: a URL has no part \"%.*s\"", TEXT_ARG(name));
    diag_suggest(diag, name, names, sizeof names / sizeof *names);
    return status;
}

/* --- INET_ATON, INET_NTOA --- */

enum { ADDRESS_BYTES = 4 };

/* One to four decimal numbers; the last one fills the bytes that are left, as in inet_aton. */
static bool read_address(Text text, int64_t *out)
{
    int64_t address = 0, number = 0;
    uint32_t parts = 0, digits = 0;
    for (uint32_t i = 0; i <= text.size; i++) {
        char c = i < text.size ? text.ptr[i] : '\0';
        if (c >= '0' && c <= '9' && i < text.size) {
            number = number * 10 + (c - '0');
            digits++;
            if (number > UINT32_MAX)
                return false;
            continue;
        }
        if (digits == 0 || ++parts > ADDRESS_BYTES || (i < text.size && c != '.'))
            return false;
        bool last = i == text.size;
        uint32_t bits = last ? 8 * (ADDRESS_BYTES - parts + 1) : 8;
        if (number >> bits != 0)
            return false;
        address = address << bits | number;
        number = 0;
        digits = 0;
    }
    *out = address;
    return true;
}

Status inet_from_text(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        if (!read_address(arg_text(call, 0, row), &call->out->data.i64[row]))
            kernel_null(call, row);
    }
    return ST_OK;
}

static inline bool inet_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    int64_t address = arg_i64(call, 0, row);
    if (address < 0 || address > UINT32_MAX) {
        kernel_null(call, row);
        return false;
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
        strbuf_i64(buf, address >> shift & 0xFF);
        strbuf_string(buf, shift > 0 ? "." : "");
    }
    return true;
}

Status inet_to_text(KernelCall *call)
{
    return text_build(call, inet_row);
}
