/* `class flag name="value" ...;`, values in quotes of either kind, with backslashes, or bare. */
#include "storage/connector/kafka_jaas.h"

typedef struct Line {
    Text rest;
    const OptionEntry *entry;
    Arena *arena;
    Diag *diag;
} Line;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip(Line *line, uint32_t count)
{
    line->rest = (Text){line->rest.ptr + count, line->rest.size - count};
}

static void skip_blanks(Line *line)
{
    while (line->rest.size > 0 && is_blank(line->rest.ptr[0]))
        skip(line, 1);
}

static Status malformed(const Line *line)
{
    diag_error(line->diag, E2114, line->entry->value_span,
               "option \"%.*s\" is no line that Java's client could read",
               TEXT_ARG(line->entry->key));
    diag_hint(line->diag, "org.apache.kafka.common.security.plain.PlainLoginModule required "
                          "username=\"...\" password=\"...\";");
    return ST_SEMANTIC;
}

/* Up to a blank, = or ; */
static Text take_word(Line *line)
{
    Text word = {line->rest.ptr, 0};
    skip_blanks(line);
    word.ptr = line->rest.ptr;
    while (word.size < line->rest.size && !is_blank(word.ptr[word.size]) &&
           word.ptr[word.size] != '=' && word.ptr[word.size] != ';')
        word.size++;
    skip(line, word.size);
    return word;
}

static Status take_value(Line *line, Text *out)
{
    skip_blanks(line);
    char quote = line->rest.size > 0 ? line->rest.ptr[0] : '\0';
    if (quote != '"' && quote != '\'') {
        *out = take_word(line);
        return out->size > 0 ? ST_OK : malformed(line);
    }
    char *text = arena_alloc(line->arena, line->rest.size);
    uint32_t size = 0, at = 1;
    if (text == NULL)
        return ST_NOMEM;
    for (; at < line->rest.size && line->rest.ptr[at] != quote; at++) {
        if (line->rest.ptr[at] == '\\' && at + 1 < line->rest.size)
            at++;
        text[size++] = line->rest.ptr[at];
    }
    if (at >= line->rest.size)
        return malformed(line);
    skip(line, at + 1);
    *out = (Text){text, size};
    return ST_OK;
}

static bool has_ending(Text text, Text ending)
{
    return text.size >= ending.size &&
           text_equal((Text){text.ptr + text.size - ending.size, ending.size}, ending);
}

static Status take_module(Line *line, bool *scram)
{
    Text module = take_word(line);
    *scram = has_ending(module, TEXT("ScramLoginModule"));
    if (*scram || has_ending(module, TEXT("PlainLoginModule")))
        return ST_OK;
    if (!has_ending(module, TEXT("LoginModule")))
        return malformed(line);
    diag_error(line->diag, E2002, line->entry->value_span,
               "of Java's login modules only PlainLoginModule and ScramLoginModule are known");
    diag_hint(line->diag, "for Kerberos give 'properties.sasl.kerberos.keytab' and "
                          "'properties.sasl.kerberos.principal' instead");
    return ST_SEMANTIC;
}

Status jaas_parse(const OptionEntry *entry, Arena *arena, Jaas *out, Diag *diag)
{
    Line line = {entry->value, entry, arena, diag};
    *out = (Jaas){0};
    TRY(take_module(&line, &out->scram));
    if (!text_equal_nocase(take_word(&line), TEXT("required")))
        return malformed(&line);
    for (;;) {
        Text name = take_word(&line), value;
        skip_blanks(&line);
        if (name.size == 0)
            break;
        if (line.rest.size == 0 || line.rest.ptr[0] != '=')
            return malformed(&line);
        skip(&line, 1);
        TRY(take_value(&line, &value));
        if (text_is(name, "username"))
            out->username = value;
        else if (text_is(name, "password"))
            out->password = value;
        else
            return diag_error(diag, E2002, entry->value_span,
                              "option \"%.*s\" says more than username and password",
                              TEXT_ARG(entry->key));
    }
    bool ends = line.rest.size > 0 && line.rest.ptr[0] == ';';
    if (ends)
        skip(&line, 1);
    skip_blanks(&line);
    if (!ends || line.rest.size > 0 || out->username.ptr == NULL || out->password.ptr == NULL)
        return malformed(&line);
    return ST_OK;
}
