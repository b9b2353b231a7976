#include "storage/data/options.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "storage/base/secret.h"
#include "storage/base/suggest.h"

enum { NUMBER_TEXT_MAX = 64, CANDIDATES_MAX = 256 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static Text trim(Text text)
{
    while (text.size > 0 && is_space(text.ptr[0]))
        text = (Text){text.ptr + 1, text.size - 1};
    while (text.size > 0 && is_space(text.ptr[text.size - 1]))
        text.size--;
    return text;
}

static bool is_pattern(const char *name)
{
    size_t size = strlen(name);
    return strchr(name, '#') != NULL || (size > 2 && strcmp(name + size - 2, ".*") == 0);
}

/* "fields.#.kind" allows "fields.<any>.kind", "properties.*" allows "properties.<any>". */
static bool pattern_allows(const char *name, Text key)
{
    const char *mark = strchr(name, '#');
    if (mark == NULL)
        mark = name + strlen(name) - 1; /* the star */
    Text head = {name, (uint32_t)(mark - name)};
    Text tail = text_of(mark + 1);
    return key.size > head.size + tail.size && text_starts_with(key, head) &&
           (tail.size == 0 || memcmp(key.ptr + key.size - tail.size, tail.ptr, tail.size) == 0);
}

const OptionDef *option_find_def(const OptionScope *scope, Text key)
{
    const OptionDef *found = NULL;
    for (uint32_t t = 0; t < scope->tables; t++) {
        for (const OptionDef *def = scope->table[t]; def->name != NULL; def++) {
            if (text_is(key, def->name))
                return def;
            if (found == NULL && is_pattern(def->name) && pattern_allows(def->name, key))
                found = def;
        }
    }
    return found;
}

const OptionEntry *option_find(OptionList list, const char *name)
{
    for (uint32_t i = 0; i < list.count; i++) {
        if (text_is(list.item[i].key, name))
            return &list.item[i];
    }
    return NULL;
}

/* --- single values --- */

/* A decimal integer with an optional sign and nothing after it. */
static bool parse_int(Text text, int64_t *out)
{
    bool negative = text.size > 0 && text.ptr[0] == '-';
    uint32_t i = negative || (text.size > 0 && text.ptr[0] == '+');
    int64_t value = 0;
    if (i == text.size)
        return false;
    for (; i < text.size; i++) {
        int digit = text.ptr[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!negative && __builtin_sub_overflow(0, value, &value))
        return false;
    *out = value;
    return true;
}

static bool parse_double(Text text, double *out)
{
    char copy[NUMBER_TEXT_MAX];
    if (text.size == 0 || text.size >= sizeof copy)
        return false;
    for (uint32_t i = 0; i < text.size; i++) { /* no hexadecimal, "inf" or "nan" */
        if (strchr("0123456789+-.eE", text.ptr[i]) == NULL)
            return false;
    }
    memcpy(copy, text.ptr, text.size);
    copy[text.size] = '\0';
    char *end;
    *out = strtod(copy, &end);
    return *end == '\0';
}

static bool parse_bool(Text text, bool *out)
{
    *out = text_equal_nocase(text, TEXT("true"));
    return *out || text_equal_nocase(text, TEXT("false"));
}

typedef struct Unit {
    const char *names; /* separated by blanks; Flink's labels */
    int64_t size;
} Unit;

static const Unit duration_units[] = {
    {"d day days", MICROS_PER_DAY},
    {"h hour hours", MICROS_PER_HOUR},
    {"m min minute minutes", MICROS_PER_MINUTE},
    {"s sec secs second seconds", MICROS_PER_SECOND},
    {"ms milli millis millisecond milliseconds", MICROS_PER_MILLI},
    {"us micro micros microsecond microseconds", 1},
};

static const Unit size_units[] = {
    {"b byte bytes", 1},
    {"k kb kib kibibytes", INT64_C(1) << 10},
    {"m mb mib mebibytes", INT64_C(1) << 20},
    {"g gb gib gibibytes", INT64_C(1) << 30},
    {"t tb tib tebibytes", INT64_C(1) << 40},
};

/* The unit with that label; `bare` when there is no label. 0: no such unit. */
static int64_t unit_find(const Unit *units, size_t count, Text label, int64_t bare)
{
    if (label.size == 0)
        return bare;
    for (size_t u = 0; u < count; u++) {
        for (const char *name = units[u].names; *name != '\0';) {
            size_t size = strcspn(name, " ");
            if (text_equal_nocase(label, (Text){name, (uint32_t)size}))
                return units[u].size;
            name += size + (name[size] == ' ');
        }
    }
    return 0;
}

/* The next digits and the label behind them, blanks between and around skipped. */
static bool take_amount(Text *rest, int64_t *number, Text *label)
{
    Text text = trim(*rest);
    uint32_t digits = 0, end;
    while (digits < text.size && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    if (!parse_int((Text){text.ptr, digits}, number))
        return false;
    uint32_t start = digits;
    while (start < text.size && is_space(text.ptr[start]))
        start++;
    for (end = start; end < text.size; end++) {
        char lower = (char)(text.ptr[end] | 0x20);
        if (lower < 'a' || lower > 'z')
            break;
    }
    *label = (Text){text.ptr + start, end - start};
    *rest = trim((Text){text.ptr + end, text.size - end});
    return true;
}

static bool parse_amounts(Text text, const Unit *units, size_t count, int64_t bare, int64_t *out)
{
    int64_t total = 0;
    Text rest = trim(text);
    do {
        int64_t number;
        Text label;
        if (!take_amount(&rest, &number, &label))
            return false;
        int64_t unit = unit_find(units, count, label, bare);
        if (unit == 0 || __builtin_mul_overflow(number, unit, &number) ||
            __builtin_add_overflow(total, number, &total))
            return false;
    } while (rest.size > 0);
    *out = total;
    return true;
}

/* The next part of an ISO-8601 duration, "12H" or "1.5S"; `next`: the letters that may follow. */
static bool take_iso_part(Text *rest, const char **next, int64_t *sum)
{
    static const struct {
        char letter;
        int64_t size;
    } parts[] = {{'D', MICROS_PER_DAY},
                 {'H', MICROS_PER_HOUR},
                 {'M', MICROS_PER_MINUTE},
                 {'S', MICROS_PER_SECOND}};
    uint32_t digits = 0, end;
    int64_t number, fraction = 0;
    while (digits < rest->size && rest->ptr[digits] >= '0' && rest->ptr[digits] <= '9')
        digits++;
    if (!parse_int((Text){rest->ptr, digits}, &number))
        return false;
    end = digits;
    if (end < rest->size && rest->ptr[end] == '.') {
        int64_t unit = MICROS_PER_SECOND;
        for (end++; end < rest->size && rest->ptr[end] >= '0' && rest->ptr[end] <= '9'; end++)
            fraction += (rest->ptr[end] - '0') * (unit /= 10);
    }
    if (end == rest->size)
        return false;
    char letter = (char)(rest->ptr[end] & ~0x20);
    const char *place = strchr(*next, letter);
    if (place == NULL || letter == '\0' || (end > digits && letter != 'S'))
        return false;
    *next = place + 1;
    *rest = (Text){rest->ptr + end + 1, rest->size - end - 1};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].letter == letter && __builtin_mul_overflow(number, parts[i].size, &number))
            return false;
    }
    return !__builtin_add_overflow(*sum, number, sum) &&
           !__builtin_add_overflow(*sum, fraction, sum);
}

/* As java.time.Duration reads it, "P1DT12H30M1.5S", without signs. */
static bool parse_iso_duration(Text text, Micros *out)
{
    const char *next = "D";
    int64_t sum = 0;
    if (text.size < 3 || (text.ptr[0] & ~0x20) != 'P')
        return false;
    Text rest = {text.ptr + 1, text.size - 1};
    if ((rest.ptr[0] & ~0x20) != 'T' && !take_iso_part(&rest, &next, &sum))
        return false;
    if (rest.size > 0) {
        next = "HMS";
        if ((rest.ptr[0] & ~0x20) != 'T' || rest.size == 1)
            return false;
        for (rest = (Text){rest.ptr + 1, rest.size - 1}; rest.size > 0;) {
            if (!take_iso_part(&rest, &next, &sum))
                return false;
        }
    }
    *out = sum;
    return true;
}

bool option_parse_duration(Text text, Micros *out)
{
    size_t units = sizeof duration_units / sizeof duration_units[0];
    if (parse_iso_duration(trim(text), out))
        return true;
    return parse_amounts(text, duration_units, units, MICROS_PER_MILLI, out);
}

bool option_parse_size(Text text, int64_t *out)
{
    return parse_amounts(text, size_units, sizeof size_units / sizeof size_units[0], 1, out);
}

/* One ASCII character, or a backslash and the letter or octal digits of a control character. */
static bool parse_char(Text text, char *out)
{
    static const char letters[] = "tnrbf\\'\"", meant[] = "\t\n\r\b\f\\'\"";
    if (text.size == 1) {
        *out = text.ptr[0];
        return *out > 0;
    }
    if (text.size < 2 || text.ptr[0] != '\\')
        return false;
    const char *found = text.size == 2 ? strchr(letters, text.ptr[1]) : NULL;
    if (found != NULL && *found != '\0') {
        *out = meant[found - letters];
        return true;
    }
    bool hex = text.ptr[1] == 'u'; /* \u0001, as Java writes it */
    unsigned value = 0;
    if (text.size > (hex ? 6u : 4u) || (hex && text.size != 6))
        return false;
    for (uint32_t i = hex ? 2 : 1; i < text.size; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = text.ptr[i] == '\0' ? NULL : strchr(digits, text.ptr[i] | 0x20);
        if (digit == NULL || digit - digits >= (hex ? 16 : 8))
            return false;
        value = value * (hex ? 16u : 8u) + (unsigned)(digit - digits);
    }
    *out = (char)value;
    return value > 0 && value < 128;
}

static bool parse_enum(const char *values, Text text, uint32_t *out)
{
    uint32_t index = 0;
    for (const char *value = values; *value != '\0'; index++) {
        size_t size = strcspn(value, "|");
        if (text_equal_nocase(text, (Text){value, (uint32_t)size})) {
            *out = index;
            return true;
        }
        value += size + (value[size] == '|');
    }
    return false;
}

/* --- checking --- */

static bool value_fits(const OptionDef *def, Text value, const char **expected)
{
    union {
        bool b;
        int64_t i64;
        double f64;
        char c;
        uint32_t index;
    } ignored;
    switch (def->kind) {
    case OPTION_TEXT: return true;
    case OPTION_CHAR: *expected = "one ASCII character"; return parse_char(value, &ignored.c);
    case OPTION_BOOL: *expected = "true or false"; return parse_bool(trim(value), &ignored.b);
    case OPTION_INT: *expected = "an integer"; return parse_int(trim(value), &ignored.i64);
    case OPTION_DOUBLE: *expected = "a number"; return parse_double(trim(value), &ignored.f64);
    case OPTION_DURATION:
        *expected = "a duration such as '5s' or '10 min'";
        return option_parse_duration(value, &ignored.i64);
    case OPTION_SIZE:
        *expected = "a size such as '64kb' or '128MB'";
        return option_parse_size(value, &ignored.i64);
    case OPTION_ENUM:
        *expected = def->values;
        return parse_enum(def->values, trim(value), &ignored.index);
    }
    assert(false && "every kind is listed");
    return false;
}

Status option_check_value(const OptionDef *def, const OptionEntry *pair, Diag *diag)
{
    const char *expected = NULL;
    if (def->flags & OPTION_UNSUPPORTED) {
        diag_error(diag, E2001, pair->key_span, "option \"%.*s\" is not supported yet",
                   TEXT_ARG(pair->key));
        diag_hint(diag, "%s", def->doc);
        return ST_SEMANTIC;
    }
    if (value_fits(def, pair->value, &expected))
        return ST_OK;
    bool choice = def->kind == OPTION_ENUM;
    bool hidden = (def->flags & OPTION_SECRET) != 0 || secret_is_key(pair->key);
    return diag_error(diag, E2114, pair->value_span, "option \"%.*s\" expects %s%s, not \"%.*s\"",
                      TEXT_ARG(pair->key), choice ? "one of " : "", expected,
                      hidden ? 4 : (int)pair->value.size, hidden ? "****" : pair->value.ptr);
}

static Status unknown_option(const OptionScope *scope, const OptionEntry *pair, Diag *diag)
{
    Text candidates[CANDIDATES_MAX];
    uint32_t count = 0;
    for (uint32_t t = 0; t < scope->tables; t++) {
        for (const OptionDef *def = scope->table[t]; def->name != NULL; def++) {
            if (count < CANDIDATES_MAX && !is_pattern(def->name))
                candidates[count++] = text_of(def->name);
        }
    }
    diag_error(diag, E2112, pair->key_span, "%s has no option \"%.*s\"", scope->what,
               TEXT_ARG(pair->key));
    diag_suggest(diag, pair->key, candidates, count);
    return ST_SEMANTIC;
}

/* What was given may be that option, misspelt in a way that a pattern lets pass. */
static Status missing_option(const OptionScope *scope, OptionList list, const OptionDef *missing,
                             Span owner, Diag *diag)
{
    Text candidates[CANDIDATES_MAX];
    const OptionEntry *entry[CANDIDATES_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < list.count && count < CANDIDATES_MAX; i++) {
        const OptionDef *def = option_find_def(scope, list.item[i].key);
        if (def == NULL || !is_pattern(def->name))
            continue;
        candidates[count] = list.item[i].key;
        entry[count++] = &list.item[i];
    }
    int32_t near = suggest_find(text_of(missing->name), candidates, count);
    diag_error(diag, E2113, near < 0 ? owner : entry[near]->key_span, "%s needs the option \"%s\"",
               scope->what, missing->name);
    if (near >= 0)
        diag_hint(diag, "did you mean \"%s\"?", missing->name);
    return ST_SEMANTIC;
}

static Status check_required(const OptionScope *scope, OptionList list, Span owner, Diag *diag)
{
    for (uint32_t t = 0; t < scope->tables; t++) {
        for (const OptionDef *def = scope->table[t]; def->name != NULL; def++) {
            if ((def->flags & OPTION_REQUIRED) && option_find(list, def->name) == NULL)
                return missing_option(scope, list, def, owner, diag);
        }
    }
    return ST_OK;
}

Status options_check(const OptionScope *scope, OptionList list, Span owner, Diag *diag)
{
    for (uint32_t i = 0; i < list.count; i++) {
        const OptionEntry *pair = &list.item[i];
        const OptionDef *def = option_find_def(scope, pair->key);
        if (def == NULL)
            return unknown_option(scope, pair, diag);
        for (uint32_t j = 0; j < i; j++) {
            if (text_equal(list.item[j].key, pair->key))
                return diag_error(diag, E2111, pair->key_span, "option \"%.*s\" is given twice",
                                  TEXT_ARG(pair->key));
        }
        TRY(option_check_value(def, pair, diag));
    }
    return check_required(scope, list, owner, diag);
}

/* --- reading --- */

Text option_text(const OptionScope *scope, OptionList list, const char *name)
{
    const OptionEntry *pair = option_find(list, name);
    if (pair != NULL)
        return pair->value;
    const OptionDef *def = option_find_def(scope, text_of(name));
    assert(def != NULL); /* asked for by code that declares the option */
    return def->default_value == NULL ? TEXT_NONE : text_of(def->default_value);
}

bool option_given(OptionList list, const char *name)
{
    return option_find(list, name) != NULL;
}

bool option_bool(const OptionScope *scope, OptionList list, const char *name)
{
    bool value = false;
    parse_bool(trim(option_text(scope, list, name)), &value);
    return value;
}

int64_t option_int(const OptionScope *scope, OptionList list, const char *name)
{
    int64_t value = 0;
    parse_int(trim(option_text(scope, list, name)), &value);
    return value;
}

double option_double(const OptionScope *scope, OptionList list, const char *name)
{
    double value = 0;
    parse_double(trim(option_text(scope, list, name)), &value);
    return value;
}

Micros option_duration(const OptionScope *scope, OptionList list, const char *name)
{
    Micros value = 0;
    option_parse_duration(option_text(scope, list, name), &value);
    return value;
}

int64_t option_size(const OptionScope *scope, OptionList list, const char *name)
{
    int64_t value = 0;
    option_parse_size(option_text(scope, list, name), &value);
    return value;
}

char option_char(const OptionScope *scope, OptionList list, const char *name)
{
    char value = '\0';
    parse_char(option_text(scope, list, name), &value);
    return value;
}

uint32_t option_enum(const OptionScope *scope, OptionList list, const char *name)
{
    const OptionDef *def = option_find_def(scope, text_of(name));
    assert(def != NULL && def->kind == OPTION_ENUM);
    uint32_t index = 0;
    parse_enum(def->values, trim(option_text(scope, list, name)), &index);
    return index;
}
