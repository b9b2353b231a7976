/* The two ways to write an expression differ most in classes: Java's may hold others, \d among
 * them, and what two have in common (&&), and a backslash escapes there. So a class is worked out
 * as the set of its characters, and written anew from that.
 *
 * Where the whole name must match, a reluctant repetition matches what a greedy one does; a
 * possessive one does not. */
#include "storage/connector/name_pattern.h"

#include <stdio.h>
#include <string.h>

enum { MOST_NESTED = 32 };

typedef struct ByteSet {
    bool has[256];
} ByteSet;

typedef struct Translation {
    Text in;
    uint32_t at;
    StrBuf *out;
    uint32_t nested;
    const char *missing; /* what is not supported; NULL: nothing */
    bool broken;         /* it is no expression */
} Translation;

static char peek(const Translation *t, uint32_t ahead)
{
    return t->at + ahead < t->in.size ? t->in.ptr[t->at + ahead] : '\0';
}

static bool is_over(const Translation *t)
{
    return t->at >= t->in.size || t->missing != NULL || t->broken;
}

/* --- sets --- */

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(int c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* \d, \w, \s and what they leave out. */
static bool add_named(ByteSet *set, char name)
{
    bool (*const test)(int) = name == 'd' || name == 'D'   ? is_digit
                              : name == 'w' || name == 'W' ? is_word
                              : name == 's' || name == 'S' ? is_space
                                                           : NULL;
    bool inside = name >= 'a';
    for (int c = 0; c < 256 && test != NULL; c++)
        set->has[c] = set->has[c] || test(c) == inside;
    return test != NULL;
}

/* In brackets some characters mean something else unless they stand first or last. */
static void print_members(const ByteSet *set, bool inside, StrBuf *out)
{
    for (int c = 1; c < 256; c++) {
        if (set->has[c] == inside && strchr("][^-", c) == NULL)
            strbuf_char(out, (char)c);
    }
    for (const char *c = "[^-"; *c != '\0'; c++) {
        if (set->has[(unsigned char)*c] == inside)
            strbuf_char(out, *c);
    }
}

/* One of few is written as those, one of many as all but the others. */
static void print_set(Translation *t, const ByteSet *set)
{
    bool inside = !set->has[0xFF];
    StrBuf members;
    strbuf_init(&members, t->out->meter);
    if (set->has[']'] == inside)
        strbuf_char(&members, ']');
    print_members(set, inside, &members);
    const char *text = strbuf_cstr(&members);
    if (members.failed)
        t->out->failed = true;
    else if (members.size == 0 && inside)
        t->missing = "a class without characters";
    else if (members.size == 0)
        strbuf_char(t->out, '.');
    else if (inside && text[0] == '^') /* alone, or with - */
        strbuf_string(t->out, members.size == 1 ? "\\^" : "[-^]");
    else
        strbuf_printf(t->out, "[%s%s]", inside ? "" : "^", text);
    strbuf_close(&members);
}

/* --- classes --- */

static bool is_punctuation(char c)
{
    return c != '\0' && strchr(".[]{}()*+?^$|\\/-_&~!@#%=,:;<>\"'` ", c) != NULL;
}

/* A character of a class that may begin a range; false: it was something else, and is dealt with.
 */
static bool take_member(Translation *t, ByteSet *set, unsigned char *out)
{
    char c = t->in.ptr[t->at++];
    *out = (unsigned char)c;
    if ((unsigned char)c >= 0x80)
        t->missing = "characters beyond ASCII in a class";
    if (c != '\\')
        return t->missing == NULL;
    char name = peek(t, 0);
    t->at++;
    *out = (unsigned char)name;
    if (is_punctuation(name))
        return true;
    if (!add_named(set, name))
        t->missing = "this escape in a class";
    return false;
}

static void take_range(Translation *t, ByteSet *set)
{
    unsigned char first, last;
    if (!take_member(t, set, &first))
        return;
    last = first;
    if (peek(t, 0) == '-' && peek(t, 1) != ']' && peek(t, 1) != '[' && peek(t, 1) != '\0') {
        t->at++;
        if (!take_member(t, set, &last))
            t->broken = t->missing == NULL;
        t->broken = t->broken || last < first;
    }
    for (int c = first; c <= last; c++)
        set->has[c] = true;
}

/* Behind its bracket; a class in a class is one more of its members. */
static void take_class(Translation *t, ByteSet *out)
{
    ByteSet part = {0};
    bool negated = peek(t, 0) == '^', narrowed = false, empty = true;
    memset(out->has, true, sizeof out->has);
    t->at += negated;
    if (++t->nested > MOST_NESTED)
        t->missing = "so many classes in each other";
    while (!is_over(t) && (peek(t, 0) != ']' || empty)) {
        char c = peek(t, 0);
        if (c == ']') { /* Java takes the first one for a character in some places */
            t->missing = "] as the first character of a class";
        } else if (c == '[') {
            ByteSet inner;
            t->at++;
            take_class(t, &inner);
            for (int i = 0; i < 256; i++)
                part.has[i] = part.has[i] || inner.has[i];
        } else if (c == '&' && peek(t, 1) == '&') {
            t->at += 2;
            for (int i = 0; i < 256; i++)
                out->has[i] = out->has[i] && part.has[i];
            part = (ByteSet){0};
            narrowed = true;
        } else {
            take_range(t, &part);
        }
        empty = false;
    }
    t->broken = t->broken || (t->at >= t->in.size && t->missing == NULL);
    t->at++;
    t->nested--;
    for (int i = 0; i < 256; i++)
        out->has[i] = (narrowed ? out->has[i] && part.has[i] : part.has[i]) != negated;
}

/* --- the rest --- */

static void take_escape(Translation *t)
{
    char name = peek(t, 1);
    ByteSet set = {0};
    t->at += 2;
    if (add_named(&set, name))
        print_set(t, &set);
    else if (name == 'b' || name == 'B')
        strbuf_printf(t->out, "\\%c", name);
    else if (name != '\0' && strchr(".[]{}()*+?^$|\\", name) != NULL)
        strbuf_printf(t->out, "\\%c", name);
    else if (is_punctuation(name)) /* which POSIX would take for something else with a \ */
        strbuf_char(t->out, name);
    else
        t->missing = "this escape";
}

static void take_group(Translation *t)
{
    strbuf_char(t->out, '(');
    t->at++;
    if (peek(t, 0) != '?')
        return;
    if (peek(t, 1) == ':')
        t->at += 2;
    else
        t->missing = peek(t, 1) == '=' || peek(t, 1) == '!' || peek(t, 1) == '<'
                         ? "a group that looks ahead or back, or has a name"
                         : "flags";
}

static void take_repetition(Translation *t)
{
    strbuf_char(t->out, t->in.ptr[t->at++]);
    if (peek(t, 0) == '+')
        t->missing = "a possessive repetition";
    t->at += peek(t, 0) == '?';
}

static void translate(Translation *t)
{
    strbuf_string(t->out, "^(");
    while (!is_over(t)) {
        char c = t->in.ptr[t->at];
        if (c == '[') {
            ByteSet set;
            t->at++;
            take_class(t, &set);
            if (!t->broken && t->missing == NULL)
                print_set(t, &set);
        } else if (c == '\\') {
            take_escape(t);
        } else if (c == '(') {
            take_group(t);
        } else if (strchr("*+?}", c) != NULL) {
            take_repetition(t);
        } else {
            strbuf_char(t->out, c);
            t->at++;
        }
    }
    strbuf_string(t->out, ")$");
}

static Status compile(NamePattern *self, const Translation *t, const OptionEntry *option, Span span,
                      Diag *diag)
{
    char why[128] = "a class is not closed, or has a range that goes back";
    TRY(strbuf_status(t->out));
    if (t->missing != NULL)
        return diag_error(diag, E2001, span,
                          "\"%.*s\": of regular expressions %s is not supported here",
                          TEXT_ARG(option->key), t->missing);
    int error = t->broken || option->value.size == 0
                    ? REG_BADPAT
                    : regcomp(&self->regex, strbuf_cstr(t->out), REG_EXTENDED | REG_NOSUB);
    if (error == 0)
        return ST_OK;
    if (option->value.size == 0)
        snprintf(why, sizeof why, "it is empty");
    else if (!t->broken)
        regerror(error, &self->regex, why, sizeof why);
    return diag_error(diag, E2114, span, "\"%.*s\" is no regular expression: %s",
                      TEXT_ARG(option->key), why);
}

Status name_pattern_open(NamePattern *self, const OptionEntry *option, Span span, Diag *diag)
{
    StrBuf posix;
    strbuf_init(&posix, NULL);
    Translation t = {.in = option->value, .out = &posix};
    if (memchr(option->value.ptr == NULL ? "" : option->value.ptr, '\0', option->value.size) !=
        NULL)
        t.broken = true;
    translate(&t);
    Status status = compile(self, &t, option, span, diag);
    strbuf_close(&posix);
    return status;
}

bool name_pattern_matches(const NamePattern *self, const char *name)
{
    return regexec(&self->regex, name, 0, NULL, 0) == 0;
}

void name_pattern_close(NamePattern *self)
{
    regfree(&self->regex);
}

Status name_pattern_check(const OptionEntry *option, Diag *diag)
{
    NamePattern pattern;
    TRY(name_pattern_open(&pattern, option, option->value_span, diag));
    name_pattern_close(&pattern);
    return ST_OK;
}
