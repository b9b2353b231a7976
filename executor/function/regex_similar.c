/* SIMILAR TO as Flink reads it: the pattern becomes a Java regular expression in which `%` and `_`
 * are rewritten, escaped characters, `$` and `\` are made literal, and everything else, `.` and `^`
 * among it, keeps the meaning that it has in Java. */
#include "executor/function/regex_pattern.h"

#include "storage/base/utf8.h"

#define SIMILAR_SPECIALS "[]()|^-+*_%?{}"
#define JAVA_SPECIALS    "[]()|^-+*?{}$\\."

typedef struct ClassName {
    const char *sql, *java;
} ClassName;

static const ClassName class_names[] = {
    {"[:ALPHA:]", "\\p{Alpha}"}, {"[:alpha:]", "\\p{Alpha}"}, {"[:UPPER:]", "\\p{Upper}"},
    {"[:upper:]", "\\p{Upper}"}, {"[:LOWER:]", "\\p{Lower}"}, {"[:lower:]", "\\p{Lower}"},
    {"[:DIGIT:]", "\\d"},        {"[:digit:]", "\\d"},        {"[:SPACE:]", " "},
    {"[:space:]", " "},          {"[:WHITESPACE:]", "\\s"},   {"[:whitespace:]", "\\s"},
    {"[:ALNUM:]", "\\p{Alnum}"}, {"[:alnum:]", "\\p{Alnum}"},
};

typedef struct Similar {
    Text pattern;
    uint32_t at;
    uint32_t escape;
    StrBuf *out;
    RegexError *error;
} Similar;

/* The next code point; its bytes are in *bytes. */
static uint32_t next(Similar *similar, Text *bytes)
{
    uint32_t length;
    const char *p = similar->pattern.ptr + similar->at;
    uint32_t code_point = utf8_decode(p, similar->pattern.size - similar->at, &length);
    similar->at += length;
    *bytes = (Text){p, length};
    return code_point;
}

static bool is_one_of(Text bytes, const char *set)
{
    return bytes.size == 1 && bytes.ptr[0] != '\0' && strchr(set, bytes.ptr[0]) != NULL;
}

/* What stands behind the escape, as a literal. */
static void put_escaped(Similar *similar)
{
    Text bytes = TEXT("");
    uint32_t code_point = similar->at < similar->pattern.size ? next(similar, &bytes) : 0;
    if (bytes.size == 0 || (code_point != similar->escape && !is_one_of(bytes, SIMILAR_SPECIALS))) {
        regex_fault(similar->error, REGEX_INVALID,
                    "the escape is not followed by a special character");
        return;
    }
    if (is_one_of(bytes, JAVA_SPECIALS))
        strbuf_char(similar->out, '\\');
    strbuf_text(similar->out, bytes);
}

static bool put_class_name(Similar *similar)
{
    Text rest = {similar->pattern.ptr + similar->at, similar->pattern.size - similar->at};
    for (size_t i = 0; i < sizeof class_names / sizeof *class_names; i++) {
        Text name = text_of(class_names[i].sql);
        if (text_starts_with(rest, name)) {
            strbuf_string(similar->out, class_names[i].java);
            similar->at += name.size;
            return true;
        }
    }
    return false;
}

/* From behind the opening bracket to behind the closing one. */
static void put_class(Similar *similar)
{
    strbuf_char(similar->out, '[');
    while (similar->at < similar->pattern.size && similar->error->fault == REGEX_VALID) {
        Text bytes;
        if (put_class_name(similar))
            continue;
        uint32_t code_point = next(similar, &bytes);
        if (code_point == ']') {
            strbuf_char(similar->out, ']');
            return;
        }
        if (similar->escape != 0 && code_point == similar->escape)
            put_escaped(similar);
        else if (code_point != '-' && code_point != '^' && is_one_of(bytes, SIMILAR_SPECIALS))
            regex_fault(similar->error, REGEX_INVALID, "unescaped \"%c\" between brackets",
                        bytes.ptr[0]);
        else
            strbuf_text(similar->out, bytes);
    }
    regex_fault(similar->error, REGEX_INVALID, "missing ]");
}

void regex_translate_similar(Text pattern, uint32_t escape, StrBuf *out, RegexError *error)
{
    Similar similar = {.pattern = pattern, .escape = escape, .out = out, .error = error};
    while (similar.at < pattern.size && error->fault == REGEX_VALID) {
        Text bytes;
        uint32_t code_point = next(&similar, &bytes);
        if (escape != 0 && code_point == escape)
            put_escaped(&similar);
        else if (code_point == '_')
            strbuf_char(out, '.');
        else if (code_point == '%')
            strbuf_string(out, "(?s:.*)");
        else if (code_point == '[')
            put_class(&similar);
        else if (code_point == ']')
            regex_fault(error, REGEX_INVALID, "unexpected ]");
        else if (code_point == '\\' || code_point == '$')
            strbuf_printf(out, "\\%c", (char)code_point);
        else
            strbuf_text(out, bytes);
    }
}
