#include "shell/guess_type.h"

#include "grammar/ast.h"
#include "storage/base/limits.h"
#include "storage/data/number.h"
#include "storage/data/timestamp.h"

enum {
    SEEN_BOOLEAN = 1 << 0,
    SEEN_WHOLE = 1 << 1,
    SEEN_LONG = 1 << 2, /* whole, and no BIGINT */
    SEEN_REAL = 1 << 3,
    SEEN_DATE = 1 << 4,
    SEEN_SQL = 1 << 5,
    SEEN_SQL_Z = 1 << 6,
    SEEN_ISO = 1 << 7,
    SEEN_ISO_Z = 1 << 8,
    SEEN_TEXT = 1 << 9,
    SEEN_OBJECT = 1 << 10,
    SEEN_ARRAY = 1 << 11,
};

enum {
    FIELDS_MAX = 200, /* of one object; with more, its names are rather keys than columns */
    DEPTH_MAX = 8,    /* what is deeper is a STRING */
    DECIMAL_DIGITS = 38,
    MILLI_DIGITS = 3,
    MICRO_DIGITS = 6,
};

/* --- texts --- */

static void see_whole(GuessType *type, Text text)
{
    uint32_t sign = text.ptr[0] == '-', digits = text.size - sign;
    int64_t value = 0;
    bool fits = true;
    for (uint32_t i = sign; i < text.size && fits; i++) {
        int digit = text.ptr[i] - '0';
        fits = !__builtin_mul_overflow(value, 10, &value) &&
               !__builtin_add_overflow(value, sign ? -digit : digit, &value);
    }
    type->digits = digits > type->digits ? digits : type->digits;
    type->least = fits && (!(type->seen & SEEN_WHOLE) || value < type->least) ? value : type->least;
    type->most = fits && (!(type->seen & SEEN_WHOLE) || value > type->most) ? value : type->most;
    type->seen |= fits ? SEEN_WHOLE : SEEN_LONG;
}

static void see_number(GuessType *type, Text text)
{
    bool whole = true;
    for (uint32_t i = 0; i < text.size; i++)
        whole = whole && text.ptr[i] != '.' && (text.ptr[i] | 0x20) != 'e';
    if (whole)
        see_whole(type, text);
    else
        type->seen |= SEEN_REAL;
}

static void see_fraction(GuessType *type, Text text)
{
    const char *dot = memchr(text.ptr, '.', text.size);
    uint32_t digits = 0;
    for (const char *p = dot + 1; dot != NULL && p < text.ptr + text.size && *p >= '0' && *p <= '9';
         p++)
        digits++;
    type->fraction = digits > type->fraction ? digits : type->fraction;
}

static void see_words(GuessType *type, Text text)
{
    static const struct {
        TimeSyntax syntax;
        bool zone_z;
        unsigned seen;
    } times[] = {{TIME_SYNTAX_SQL, false, SEEN_SQL},
                 {TIME_SYNTAX_SQL, true, SEEN_SQL_Z},
                 {TIME_SYNTAX_ISO, false, SEEN_ISO},
                 {TIME_SYNTAX_ISO, true, SEEN_ISO_Z}};
    int64_t days;
    Micros time;
    if (text.size == 0) {
        type->seen |= SEEN_TEXT;
        return;
    }
    if (date_parse(text, TIME_SYNTAX_SQL, &days)) {
        type->seen |= SEEN_DATE;
        return;
    }
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (timestamp_parse(text, times[i].syntax, times[i].zone_z, &time)) {
            type->seen |= times[i].seen;
            see_fraction(type, text);
            return;
        }
    }
    type->seen |= SEEN_TEXT;
}

void guess_see_text(GuessType *type, Text text)
{
    JsonFault fault;
    if (text.size == 0) {
        type->empty++;
        return;
    }
    bool digit = text.ptr[0] == '-' || (text.ptr[0] >= '0' && text.ptr[0] <= '9');
    const char *end = text.ptr + text.size;
    type->values++;
    if (text_is(text, "true") || text_is(text, "false"))
        type->seen |= SEEN_BOOLEAN;
    else if (digit && json_scan_number(text.ptr, end, &fault) == end) /* 007 is none, but a name */
        see_number(type, text);
    else
        see_words(type, text);
}

/* --- JSON --- */

static Status see_value(GuessType *type, Arena *arena, GuessBudget *budget, const JsonToken *value,
                        uint32_t depth);

static Status read_name(Arena *arena, const JsonToken *key, Text *out)
{
    *out = (Text){key->ptr, key->size};
    if (!key->escaped)
        return ST_OK;
    char *text = arena_alloc(arena, key->size);
    if (text == NULL)
        return ST_NOMEM;
    *out = (Text){text, json_unescape(key->ptr, key->size, text)};
    return ST_OK;
}

/* *out: NULL where it cannot be a column. *at: where the field before was found, as those of most
 * records come in the same order. */
static Status find_field(GuessType *type, Arena *arena, GuessBudget *budget, Text name,
                         uint32_t *at, GuessType **out)
{
    GuessField field = {.type = NULL};
    *out = NULL;
    for (uint32_t i = 0; i < type->field.count; i++) {
        uint32_t place = (*at + i) % type->field.count;
        if (text_equal(type->field.item[place].name, name)) {
            *at = place + 1;
            *out = type->field.item[place].type;
            return ST_OK;
        }
    }
    if (name.size == 0 || name.size > LIMIT_NAME_BYTES || memchr(name.ptr, '\0', name.size) != NULL)
        return ST_OK;
    type->crowded = type->crowded || type->field.count == FIELDS_MAX || budget->fields == 0;
    if (type->crowded)
        return ST_OK;
    budget->fields--;
    TRY(arena_text(arena, name, &field.name));
    TRY_NEW(field.type, arena);
    TRY_PUSH(&type->field, arena, field);
    *at = type->field.count;
    *out = field.type;
    return ST_OK;
}

static Status see_object(GuessType *type, Arena *arena, GuessBudget *budget, const JsonToken *value,
                         uint32_t depth)
{
    JsonCursor cursor = json_cursor_open(value);
    JsonToken key, member;
    uint32_t at = 0;
    while (json_cursor_next(&cursor, &key, &member)) {
        Text name;
        GuessType *field;
        TRY(read_name(arena, &key, &name));
        TRY(find_field(type, arena, budget, name, &at, &field));
        if (field != NULL)
            TRY(see_value(field, arena, budget, &member, depth + 1));
    }
    return ST_OK;
}

static Status see_array(GuessType *type, Arena *arena, GuessBudget *budget, const JsonToken *value,
                        uint32_t depth)
{
    JsonCursor cursor = json_cursor_open(value);
    JsonToken key, element;
    if (type->element == NULL)
        TRY_NEW(type->element, arena);
    while (json_cursor_next(&cursor, &key, &element))
        TRY(see_value(type->element, arena, budget, &element, depth + 1));
    return ST_OK;
}

static Status see_value(GuessType *type, Arena *arena, GuessBudget *budget, const JsonToken *value,
                        uint32_t depth)
{
    type->values += value->kind != JSON_NULL && value->kind != JSON_MISSING;
    switch (value->kind) {
    case JSON_MISSING:
    case JSON_NULL: return ST_OK;
    case JSON_TRUE:
    case JSON_FALSE: type->seen |= SEEN_BOOLEAN; return ST_OK;
    case JSON_NUMBER: see_number(type, (Text){value->ptr, value->size}); return ST_OK;
    case JSON_STRING: see_words(type, (Text){value->ptr, value->size}); return ST_OK;
    case JSON_OBJECT:
        type->seen |= depth < DEPTH_MAX ? SEEN_OBJECT : SEEN_TEXT;
        return depth < DEPTH_MAX ? see_object(type, arena, budget, value, depth) : ST_OK;
    case JSON_ARRAY:
        type->seen |= depth < DEPTH_MAX ? SEEN_ARRAY : SEEN_TEXT;
        return depth < DEPTH_MAX ? see_array(type, arena, budget, value, depth) : ST_OK;
    }
    return ST_OK;
}

Status guess_see_json(GuessType *type, Arena *arena, GuessBudget *budget, const JsonToken *value)
{
    return see_value(type, arena, budget, value, 0);
}

/* --- the type --- */

GuessKind guess_kind(const GuessType *type, bool iso)
{
    unsigned seen = type->seen;
    if (seen == SEEN_BOOLEAN)
        return GUESS_BOOLEAN;
    if (seen == SEEN_WHOLE)
        return GUESS_BIGINT;
    if ((seen & SEEN_LONG) && !(seen & ~(unsigned)(SEEN_WHOLE | SEEN_LONG)))
        return type->digits <= DECIMAL_DIGITS ? GUESS_DECIMAL : GUESS_STRING;
    if ((seen & SEEN_REAL) && !(seen & ~(unsigned)(SEEN_WHOLE | SEEN_LONG | SEEN_REAL)))
        return GUESS_DOUBLE;
    if (seen == SEEN_DATE)
        return GUESS_DATE;
    if (seen == (iso ? SEEN_ISO : SEEN_SQL))
        return GUESS_TIMESTAMP;
    if (seen == (iso ? SEEN_ISO_Z : SEEN_SQL_Z))
        return GUESS_TIMESTAMP_LTZ;
    if (seen == SEEN_OBJECT && !type->crowded && type->field.count > 0)
        return GUESS_ROW;
    return seen == SEEN_ARRAY ? GUESS_ARRAY : GUESS_STRING;
}

void guess_count_times(const GuessType *type, uint32_t *sql, uint32_t *iso)
{
    *sql += type->seen == SEEN_SQL || type->seen == SEEN_SQL_Z;
    *iso += type->seen == SEEN_ISO || type->seen == SEEN_ISO_Z;
    for (uint32_t i = 0; i < type->field.count; i++)
        guess_count_times(type->field.item[i].type, sql, iso);
    if (type->element != NULL)
        guess_count_times(type->element, sql, iso);
}

static void print_row(const GuessType *type, bool iso, StrBuf *out)
{
    strbuf_string(out, "ROW<");
    for (uint32_t i = 0; i < type->field.count; i++) {
        strbuf_string(out, i == 0 ? "" : ", ");
        ast_print_name(type->field.item[i].name, out);
        strbuf_char(out, ' ');
        guess_print_type(type->field.item[i].type, iso, false, out);
    }
    strbuf_char(out, '>');
}

void guess_print_type(const GuessType *type, bool iso, bool rowtime, StrBuf *out)
{
    int digits = rowtime || type->fraction <= MILLI_DIGITS ? MILLI_DIGITS : MICRO_DIGITS;
    switch (guess_kind(type, iso)) {
    case GUESS_STRING: strbuf_string(out, "STRING"); break;
    case GUESS_BOOLEAN: strbuf_string(out, "BOOLEAN"); break;
    case GUESS_BIGINT: strbuf_string(out, "BIGINT"); break;
    case GUESS_DECIMAL: strbuf_string(out, "DECIMAL(38, 0)"); break;
    case GUESS_DOUBLE: strbuf_string(out, "DOUBLE"); break;
    case GUESS_DATE: strbuf_string(out, "DATE"); break;
    case GUESS_TIMESTAMP: strbuf_printf(out, "TIMESTAMP(%d)", digits); break;
    case GUESS_TIMESTAMP_LTZ: strbuf_printf(out, "TIMESTAMP_LTZ(%d)", digits); break;
    case GUESS_ROW: print_row(type, iso, out); break;
    case GUESS_ARRAY:
        strbuf_string(out, "ARRAY<");
        guess_print_type(type->element, iso, false, out);
        strbuf_char(out, '>');
        break;
    }
}
