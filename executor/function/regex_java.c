/* Rewrites a Java regular expression for PCRE2. Most of the two syntaxes is the same; what is not:
 *
 * - Character classes nest and intersect in Java: [a-c[x]], [a-z&&[^aeiou]]. A union of classes
 * becomes an alternation, an intersection a look-ahead, the negation of either a negative
 * look-ahead before any character: [^a&&[^b]] is (?:(?!(?:(?=[a])[^b]))[\s\S]). Plain classes stay
 * classes.
 * - Names of properties differ, \uXXXX is a code unit, \0 starts an octal number, a back reference
 *   takes only as many digits as there are groups before it.
 * - What PCRE2 has beyond Java (verbs, recursion, conditions, callouts, other escapes) is refused,
 * so that a pattern never means more here than on Flink.
 *
 * java.util.regex.Pattern's documentation is the source for the syntax. */
#include "executor/function/regex_pattern.h"

#include "executor/function/kernel_text.h"
#include "storage/base/utf8.h"

enum { CLASS_MAX_DEPTH = 16, NO_CHARACTER = 0xFFFFFFFF };

typedef struct Translator {
    Text pattern;
    uint32_t at;
    uint32_t groups; /* capturing ones opened so far */
    StrBuf *out;
    RegexError *error;
} Translator;

static void refuse(Translator *t, const char *reason)
{
    regex_fault(t->error, REGEX_INVALID, "%s at %u", reason, t->at);
}

static void lacks(Translator *t, const char *what)
{
    regex_fault(t->error, REGEX_UNSUPPORTED, "%s is not supported", what);
}

static bool ended(const Translator *t)
{
    return t->at >= t->pattern.size || t->error->fault != REGEX_VALID;
}

/* The byte `ahead` of the current one; 0 behind the end. */
static char peek(const Translator *t, uint32_t ahead)
{
    uint32_t at = t->at + ahead;
    return at < t->pattern.size ? t->pattern.ptr[at] : '\0';
}

static bool accept(Translator *t, const char *text)
{
    size_t size = strlen(text);
    if (t->pattern.size - t->at < size || memcmp(t->pattern.ptr + t->at, text, size) != 0)
        return false;
    t->at += (uint32_t)size;
    return true;
}

static uint32_t next_code_point(Translator *t)
{
    uint32_t length;
    uint32_t code_point = utf8_decode(t->pattern.ptr + t->at, t->pattern.size - t->at, &length);
    t->at += length;
    return code_point;
}

static bool is_letter(char c)
{
    c |= 0x20;
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A character that stands for itself, in a class and outside. */
static void put_literal(StrBuf *out, uint32_t code_point)
{
    bool plain = code_point >= 0x80 || is_letter((char)code_point) || is_digit((char)code_point);
    if (code_point < ' ' || code_point == 0x7F) {
        strbuf_printf(out, "\\x{%x}", code_point);
        return;
    }
    if (!plain)
        strbuf_char(out, '\\');
    text_put_code_point(out, code_point);
}

/* --- numbers behind a backslash --- */

static uint32_t read_hex(Translator *t, uint32_t digits)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < digits; i++) {
        int digit = hex_value(peek(t, 0));
        if (digit < 0) {
            refuse(t, "hexadecimal digit expected");
            return 0;
        }
        value = value << 4 | (uint32_t)digit;
        t->at++;
    }
    return value;
}

/* \uXXXX, two of which can be a surrogate pair. */
static uint32_t read_unit(Translator *t)
{
    uint32_t high = read_hex(t, 4);
    if (high < 0xD800 || high > 0xDFFF)
        return high;
    uint32_t low = high < 0xDC00 && accept(t, "\\u") ? read_hex(t, 4) : 0;
    if (low >= 0xDC00 && low <= 0xDFFF)
        return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    lacks(t, "half a surrogate pair");
    return 0;
}

static uint32_t read_braced_hex(Translator *t)
{
    uint32_t value = 0, digits = 0;
    while (hex_value(peek(t, 0)) >= 0 && digits++ < 6)
        value = value << 4 | (uint32_t)hex_value(t->pattern.ptr[t->at++]);
    char bytes[4];
    if (digits == 0 || !accept(t, "}") || utf8_encode(value, bytes) == 0)
        refuse(t, "invalid code point");
    return value;
}

/* \0 and one to three octal digits, up to \0377. */
static uint32_t read_octal(Translator *t)
{
    uint32_t value = 0, digits = 0;
    while (digits < 3 && peek(t, 0) >= '0' && peek(t, 0) <= '7' &&
           value * 8 + (uint32_t)(peek(t, 0) - '0') <= 0377) {
        value = value * 8 + (uint32_t)(peek(t, 0) - '0');
        t->at++;
        digits++;
    }
    if (digits == 0)
        refuse(t, "octal digit expected");
    return value;
}

/* The character that an escape stands for, which may be any that is no letter or digit;
 * NO_CHARACTER, with nothing read, when it stands for something else. The backslash has been read.
 */
static uint32_t escaped_character(Translator *t)
{
    static const char names[] = "tnrfae", values[] = "\t\n\r\f\a\x1B";
    char c = peek(t, 0);
    if (t->at >= t->pattern.size) {
        refuse(t, "\\ at the end");
        return 0;
    }
    if (!is_letter(c) && !is_digit(c))
        return next_code_point(t);
    const char *name = strchr(names, c);
    if (name == NULL && strchr("xu0c", c) == NULL)
        return NO_CHARACTER;
    t->at++;
    if (name != NULL)
        return (uint32_t)values[name - names];
    if (c == 'x')
        return accept(t, "{") ? read_braced_hex(t) : read_hex(t, 2);
    if (c == 'u')
        return read_unit(t);
    if (c == '0')
        return read_octal(t);
    if (t->at >= t->pattern.size) {
        refuse(t, "character expected");
        return 0;
    }
    return next_code_point(t) ^ 64;
}

/* --- \p{...} --- */

/* Items of a class; "" where there is no negation without another class. */
typedef struct Property {
    const char *java, *items, *negated;
} Property;

static const Property properties[] = {
    {"Lower", "[:lower:]", "[:^lower:]"},
    {"Upper", "[:upper:]", "[:^upper:]"},
    {"ASCII", "\\x{0}-\\x{7f}", "\\x{80}-\\x{10ffff}"},
    {"Alpha", "[:alpha:]", "[:^alpha:]"},
    {"Digit", "[:digit:]", "[:^digit:]"},
    {"Alnum", "[:alnum:]", "[:^alnum:]"},
    {"Punct", "[:punct:]", "[:^punct:]"},
    {"Graph", "[:graph:]", "[:^graph:]"},
    {"Print", "[:print:]", "[:^print:]"},
    {"Blank", "[:blank:]", "[:^blank:]"},
    {"Cntrl", "[:cntrl:]", "[:^cntrl:]"},
    {"XDigit", "[:xdigit:]", "[:^xdigit:]"},
    {"Space", "[:space:]", "[:^space:]"},
    {"javaLowerCase", "\\p{Ll}", "\\P{Ll}"},
    {"javaUpperCase", "\\p{Lu}", "\\P{Lu}"},
    {"javaTitleCase", "\\p{Lt}", "\\P{Lt}"},
    {"javaLetter", "\\p{L}", "\\P{L}"},
    {"javaAlphabetic", "\\p{L}", "\\P{L}"},
    {"javaDigit", "\\p{Nd}", "\\P{Nd}"},
    {"javaWhitespace", "\\s", "\\S"},
    {"javaSpaceChar", "\\p{Z}", "\\P{Z}"},
    {"IsAlphabetic", "\\p{L}", "\\P{L}"},
    {"IsLetter", "\\p{L}", "\\P{L}"},
    {"IsDigit", "\\p{Nd}", "\\P{Nd}"},
    {"IsUppercase", "\\p{Lu}", "\\P{Lu}"},
    {"IsLowercase", "\\p{Ll}", "\\P{Ll}"},
    {"IsTitlecase", "\\p{Lt}", "\\P{Lt}"},
    {"IsPunctuation", "\\p{P}", "\\P{P}"},
    {"IsControl", "\\p{Cc}", "\\P{Cc}"},
    {"IsWhite_Space", "\\p{Xps}", "\\P{Xps}"},
    {"IsIdeographic", "\\p{Han}", "\\P{Han}"},
};

static void put_property_name(Translator *t, Text name, bool negated, StrBuf *items)
{
    static const char *const prefixes[] = {"script=", "sc=", "general_category=", "gc=", "Is"};
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        if (text_is(name, properties[i].java)) {
            strbuf_string(items, negated ? properties[i].negated : properties[i].items);
            return;
        }
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        Text prefix = text_of(prefixes[i]);
        if (text_starts_with(name, prefix)) {
            name = text_slice(name, prefix.size, name.size);
            break;
        }
    }
    for (uint32_t i = 0; i < name.size; i++) {
        if (!is_letter(name.ptr[i]) && name.ptr[i] != '_') {
            lacks(t, "this property");
            return;
        }
    }
    strbuf_printf(items, "\\%c{%.*s}", negated ? 'P' : 'p', TEXT_ARG(name));
}

/* Behind \p or \P: a letter or a name in braces. */
static void put_property(Translator *t, bool negated, StrBuf *items)
{
    Text name = {t->pattern.ptr + t->at, 1};
    if (accept(t, "{")) {
        uint32_t start = t->at;
        while (t->at < t->pattern.size && t->pattern.ptr[t->at] != '}')
            t->at++;
        name = text_slice(t->pattern, start, t->at);
        if (!accept(t, "}") || name.size == 0)
            refuse(t, "name of a property expected");
    } else if (is_letter(peek(t, 0))) {
        t->at++;
    } else {
        refuse(t, "name of a property expected");
        return;
    }
    if (accept(&(Translator){.pattern = name}, "In") ||
        accept(&(Translator){.pattern = name}, "blk=") ||
        accept(&(Translator){.pattern = name}, "block="))
        lacks(t, "a Unicode block");
    else
        put_property_name(t, name, negated, items);
}

/* --- classes --- */

/* One side of an intersection: items of a plain class, and nested classes as alternatives. */
typedef struct Operand {
    StrBuf items, nested;
} Operand;

static void operand_open(Operand *operand, Meter *meter)
{
    strbuf_init(&operand->items, meter);
    strbuf_init(&operand->nested, meter);
}

static void operand_close(Operand *operand)
{
    strbuf_close(&operand->items);
    strbuf_close(&operand->nested);
}

/* As something that matches one character. */
static void operand_print(const Operand *operand, StrBuf *out)
{
    if (operand->nested.size == 0) {
        strbuf_printf(out, "[%s]", strbuf_cstr(&operand->items));
        return;
    }
    strbuf_string(out, "(?:");
    if (operand->items.size > 0)
        strbuf_printf(out, "[%s]|", strbuf_cstr(&operand->items));
    strbuf_printf(out, "%s)", strbuf_cstr(&operand->nested));
}

/* A character of a class or one end of a range; NO_CHARACTER after something else was put there. */
static uint32_t class_character(Translator *t, StrBuf *items)
{
    if (!accept(t, "\\"))
        return next_code_point(t);
    uint32_t code_point = escaped_character(t);
    if (code_point != NO_CHARACTER)
        return code_point;
    char c = t->pattern.ptr[t->at++];
    if (c == 'p' || c == 'P')
        put_property(t, c == 'P', items);
    else if (strchr("dDsSwWhHvV", c) != NULL)
        strbuf_printf(items, "\\%c", c);
    else
        refuse(t, "unknown escape between brackets");
    return NO_CHARACTER;
}

static void put_class_item(Translator *t, StrBuf *items)
{
    if (accept(t, "\\Q")) {
        while (!ended(t) && !accept(t, "\\E"))
            put_literal(items, next_code_point(t));
        return;
    }
    uint32_t from = class_character(t, items);
    if (from == NO_CHARACTER)
        return;
    put_literal(items, from);
    char after = peek(t, 1);
    bool range = peek(t, 0) == '-' && after != ']' && after != '[' && after != '\0' &&
                 !(after == '&' && peek(t, 2) == '&');
    if (!range)
        return;
    t->at++;
    uint32_t to = class_character(t, items);
    if (to == NO_CHARACTER || to < from) {
        refuse(t, "invalid range");
        return;
    }
    strbuf_char(items, '-');
    put_literal(items, to);
}

static void put_class(Translator *t, StrBuf *out, uint32_t depth);

/* Reads one side of an intersection, up to && or the closing bracket. */
static void read_operand(Translator *t, Operand *operand, bool first, uint32_t depth)
{
    for (; !ended(t); first = false) {
        if (peek(t, 0) == '&' && peek(t, 1) == '&')
            return;
        if (peek(t, 0) == ']' && !first)
            return;
        if (peek(t, 0) != '[') {
            put_class_item(t, &operand->items);
            continue;
        }
        t->at++;
        if (operand->nested.size > 0)
            strbuf_char(&operand->nested, '|');
        put_class(t, &operand->nested, depth + 1);
    }
}

/* The whole of a class that is more than items: look-aheads for all operands but the last. */
static void put_intersection(Translator *t, const Operand *first, bool negated, StrBuf *out,
                             uint32_t depth)
{
    Operand operand;
    StrBuf last;
    strbuf_init(&last, out->meter);
    operand_print(first, &last);
    strbuf_string(out, negated ? "(?:(?!" : "(?:");
    while (!ended(t) && accept(t, "&&")) {
        operand_open(&operand, out->meter);
        read_operand(t, &operand, false, depth);
        if (operand.items.size + operand.nested.size > 0) {
            strbuf_printf(out, "(?=%s)", strbuf_cstr(&last));
            strbuf_clear(&last);
            operand_print(&operand, &last);
        }
        operand_close(&operand);
    }
    strbuf_text(out, strbuf_as_text(&last));
    strbuf_string(out, negated ? ")[\\s\\S])" : ")");
    if (last.failed)
        out->failed = true;
    strbuf_close(&last);
}

/* From behind the opening bracket to behind the closing one. Nesting is bounded. */
static void put_class(Translator *t, StrBuf *out, uint32_t depth)
{
    if (depth > CLASS_MAX_DEPTH) {
        lacks(t, "nesting of brackets so deep");
        return;
    }
    bool negated = accept(t, "^");
    Operand operand;
    operand_open(&operand, out->meter);
    read_operand(t, &operand, true, depth);
    bool plain = operand.nested.size == 0 && peek(t, 0) != '&';
    if (plain)
        strbuf_printf(out, "[%s%s]", negated ? "^" : "", strbuf_cstr(&operand.items));
    else
        put_intersection(t, &operand, negated, out, depth);
    if (operand.items.failed || operand.nested.failed)
        out->failed = true;
    operand_close(&operand);
    if (!accept(t, "]"))
        refuse(t, "missing ]");
}

/* --- escapes outside classes --- */

/* Digits are taken as long as there is a group of that number. */
static void put_back_reference(Translator *t)
{
    uint32_t number = (uint32_t)(t->pattern.ptr[t->at++] - '0');
    while (is_digit(peek(t, 0))) {
        uint32_t longer = number * 10 + (uint32_t)(peek(t, 0) - '0');
        if (longer > t->groups)
            break;
        number = longer;
        t->at++;
    }
    strbuf_printf(t->out, "\\g{%u}", number);
}

/* `<name>` behind \k or (?; the closing bracket included. */
static void put_group_name(Translator *t)
{
    strbuf_char(t->out, '<');
    if (!is_letter(peek(t, 0)))
        refuse(t, "name of a group expected");
    while (is_letter(peek(t, 0)) || is_digit(peek(t, 0)))
        strbuf_char(t->out, t->pattern.ptr[t->at++]);
    if (!accept(t, ">"))
        refuse(t, "> expected");
    strbuf_char(t->out, '>');
}

static void put_escape(Translator *t)
{
    if (accept(t, "Q")) {
        while (!ended(t) && !accept(t, "\\E"))
            put_literal(t->out, next_code_point(t));
        return;
    }
    uint32_t code_point = escaped_character(t);
    if (code_point != NO_CHARACTER) {
        put_literal(t->out, code_point);
        return;
    }
    char c = peek(t, 0);
    if (is_digit(c)) {
        put_back_reference(t);
        return;
    }
    t->at++;
    if (c == 'p' || c == 'P') {
        strbuf_char(t->out, '[');
        put_property(t, c == 'P', t->out);
        strbuf_char(t->out, ']');
    } else if (c == 'k' && accept(t, "<")) {
        strbuf_string(t->out, "\\k");
        put_group_name(t);
    } else if (c == 'b' && peek(t, 0) == '{' && peek(t, 1) == 'g') {
        lacks(t, "\\b{g}");
    } else if (strchr("dDsSwWhHvVRXbBAGZz", c) != NULL) {
        strbuf_printf(t->out, "\\%c", c);
    } else if (c == 'N') {
        lacks(t, "\\N{name}");
    } else {
        refuse(t, "unknown escape");
    }
}

/* --- groups and quantifiers --- */

/* `(?i)`, `(?i-s:`; u is how letter case is ignored here anyway. */
static void put_flags(Translator *t)
{
    StrBuf *out = t->out;
    strbuf_string(out, "(?");
    for (; !ended(t); t->at++) {
        char c = peek(t, 0);
        if (c == ')' || c == ':') {
            strbuf_char(out, c);
            t->at++;
            return;
        }
        if (c != '\0' && strchr("imsx-", c) != NULL)
            strbuf_char(out, c);
        else if (c == 'd' || c == 'U')
            lacks(t, "the flag d or U");
        else if (c != 'u')
            refuse(t, "unknown group or flag");
    }
    refuse(t, "missing )");
}

/* Behind the opening parenthesis. */
static void put_group(Translator *t)
{
    static const char *const plain[] = {"?:", "?=", "?!", "?>", "?<=", "?<!"};
    if (peek(t, 0) == '*') {
        refuse(t, "nothing to repeat");
        return;
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (accept(t, plain[i])) {
            strbuf_printf(t->out, "(%s", plain[i]);
            return;
        }
    }
    if (accept(t, "?<")) {
        strbuf_string(t->out, "(?");
        put_group_name(t);
        t->groups++;
    } else if (accept(t, "?")) {
        put_flags(t);
    } else {
        strbuf_char(t->out, '(');
        t->groups++;
    }
}

/* `{n}`, `{n,}`, `{n,m}`: nothing else may follow an opening brace. */
static void put_repetition(Translator *t)
{
    uint32_t start = t->at - 1;
    bool digits = is_digit(peek(t, 0));
    while (is_digit(peek(t, 0)))
        t->at++;
    if (accept(t, ",")) {
        while (is_digit(peek(t, 0)))
            t->at++;
    }
    if (!digits || !accept(t, "}"))
        refuse(t, "invalid repetition");
    else
        strbuf_text(t->out, text_slice(t->pattern, start, t->at));
}

void regex_translate_java(Text pattern, StrBuf *out, RegexError *error)
{
    Translator t = {.pattern = pattern, .out = out, .error = error};
    while (!ended(&t)) {
        uint32_t c = next_code_point(&t);
        if (c == '\\')
            put_escape(&t);
        else if (c == '[')
            put_class(&t, out, 0);
        else if (c == '(')
            put_group(&t);
        else if (c == '{')
            put_repetition(&t);
        else if (c == ']' || c == '}')
            put_literal(out, c);
        else
            text_put_code_point(out, c);
    }
}
