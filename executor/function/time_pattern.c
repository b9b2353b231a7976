#include "executor/function/time_pattern.h"

#include <assert.h>
#include <stdio.h>

#include "executor/function/kernel_text.h"
#include "storage/base/vec.h"
#include "storage/data/timestamp.h"

const char *const month_names[12] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
const char *const weekday_names[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};

/* --- letters --- */

/* What the number of letters says. */
typedef enum LetterKind {
    KIND_YEAR,        /* 2: without the century; 4 or more, in java.time: a sign if it is longer */
    KIND_NUMBER,      /* java.time: 1 or 2; else a width */
    KIND_ONE,         /* java.time: 1 only */
    KIND_NUMBER_NAME, /* 1, 2: a number; 3: a short name; 4: the full one; 5: one letter */
    KIND_NAME,        /* up to 3: short; 4: full; 5: one letter */
    KIND_DAY_OF_YEAR, /* java.time: up to 3 */
    KIND_DIGITS,      /* up to 9 digits of a fraction */
    KIND_LONG,        /* a width up to 19 */
    KIND_ZONE,
} LetterKind;

typedef struct Letter {
    char letter;
    PatternField field;
    LetterKind kind;
    uint8_t most; /* digits that java.time reads for one letter; 0: any number */
} Letter;

static const Letter java_time_letters[] = {
    {'G', FIELD_ERA, KIND_NAME, 0},
    {'u', FIELD_YEAR, KIND_YEAR, 0},
    {'y', FIELD_YEAR, KIND_YEAR, 0},
    {'Y', FIELD_WEEK_YEAR, KIND_YEAR, 0},
    {'Q', FIELD_QUARTER, KIND_NUMBER_NAME, 0},
    {'q', FIELD_QUARTER, KIND_NUMBER_NAME, 0},
    {'M', FIELD_MONTH, KIND_NUMBER_NAME, 0},
    {'L', FIELD_MONTH, KIND_NUMBER_NAME, 0},
    {'w', FIELD_WEEK_OF_YEAR, KIND_NUMBER, 2},
    {'W', FIELD_WEEK_OF_MONTH, KIND_ONE, 2},
    {'d', FIELD_DAY, KIND_NUMBER, 0},
    {'D', FIELD_DAY_OF_YEAR, KIND_DAY_OF_YEAR, 0},
    {'F', FIELD_DAY_IN_MONTH_WEEK, KIND_ONE, 0},
    {'E', FIELD_WEEKDAY, KIND_NAME, 0},
    {'e', FIELD_WEEKDAY, KIND_NUMBER_NAME, 1},
    {'c', FIELD_WEEKDAY, KIND_NUMBER_NAME, 1},
    {'a', FIELD_AM_PM, KIND_ONE, 0},
    {'H', FIELD_HOUR, KIND_NUMBER, 0},
    {'k', FIELD_HOUR_24, KIND_NUMBER, 0},
    {'K', FIELD_HOUR_11, KIND_NUMBER, 0},
    {'h', FIELD_HOUR_12, KIND_NUMBER, 0},
    {'m', FIELD_MINUTE, KIND_NUMBER, 0},
    {'s', FIELD_SECOND, KIND_NUMBER, 0},
    {'S', FIELD_FRACTION, KIND_DIGITS, 0},
    {'n', FIELD_NANO, KIND_LONG, 0},
    {'A', FIELD_MILLI_OF_DAY, KIND_LONG, 0},
    {'N', FIELD_NANO_OF_DAY, KIND_LONG, 0},
    {'X', FIELD_OFFSET, KIND_ZONE, 0},
    {'x', FIELD_OFFSET, KIND_ZONE, 0},
    {'Z', FIELD_OFFSET, KIND_ZONE, 0},
    {'O', FIELD_ZONE, KIND_ZONE, 0},
    {'V', FIELD_ZONE, KIND_ZONE, 0},
    {'z', FIELD_ZONE, KIND_ZONE, 0},
    {0},
};

static const Letter simple_letters[] = {
    {'G', FIELD_ERA, KIND_NAME, 0},
    {'y', FIELD_YEAR, KIND_YEAR, 0},
    {'Y', FIELD_WEEK_YEAR, KIND_YEAR, 0},
    {'M', FIELD_MONTH, KIND_NUMBER_NAME, 0},
    {'L', FIELD_MONTH, KIND_NUMBER_NAME, 0},
    {'w', FIELD_WEEK_OF_YEAR, KIND_NUMBER, 0},
    {'W', FIELD_WEEK_OF_MONTH, KIND_NUMBER, 0},
    {'d', FIELD_DAY, KIND_NUMBER, 0},
    {'D', FIELD_DAY_OF_YEAR, KIND_NUMBER, 0},
    {'F', FIELD_WEEK_IN_MONTH, KIND_NUMBER, 0},
    {'E', FIELD_WEEKDAY, KIND_NAME, 0},
    {'u', FIELD_WEEKDAY_ISO, KIND_NUMBER, 0},
    {'a', FIELD_AM_PM, KIND_NAME, 0},
    {'H', FIELD_HOUR, KIND_NUMBER, 0},
    {'k', FIELD_HOUR_24, KIND_NUMBER, 0},
    {'K', FIELD_HOUR_11, KIND_NUMBER, 0},
    {'h', FIELD_HOUR_12, KIND_NUMBER, 0},
    {'m', FIELD_MINUTE, KIND_NUMBER, 0},
    {'s', FIELD_SECOND, KIND_NUMBER, 0},
    {'S', FIELD_MILLI, KIND_NUMBER, 0},
    {'X', FIELD_OFFSET, KIND_ZONE, 0},
    {'Z', FIELD_OFFSET, KIND_ZONE, 0},
    {'z', FIELD_ZONE, KIND_ZONE, 0},
    {0},
};

enum {
    WIDTH_MAX = 19,   /* digits of the largest number that is printed */
    FRACTION_MAX = 9, /* digits of a second's fraction */
    OPTIONAL_DEPTH = 8,
};

typedef struct Compiler {
    Text text;
    uint32_t at;
    PatternStyle style;
    Arena *arena;
    VEC(PatternItem) items;
    uint32_t open[OPTIONAL_DEPTH]; /* optional sections that have not ended */
    uint32_t depth;
    uint32_t precision;
    char *message;
} Compiler;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool failed(const Compiler *c)
{
    return c->message[0] != '\0';
}

static void refuse(Compiler *c, const char *reason, char letter)
{
    if (!failed(c))
        snprintf(c->message, PATTERN_MESSAGE_BYTES, reason, letter);
}

static const Letter *find_letter(const Compiler *c, char letter)
{
    const Letter *list = c->style == PATTERN_JAVA_TIME ? java_time_letters : simple_letters;
    for (; list->letter != 0; list++) {
        if (list->letter == letter)
            return list;
    }
    return NULL;
}

/* --- one run of a letter --- */

static PatternForm name_form(const Compiler *c, PatternField field, uint32_t count)
{
    if (c->style == PATTERN_SIMPLE)
        return count >= 4 && field != FIELD_ERA && field != FIELD_AM_PM ? FORM_FULL : FORM_SHORT;
    return count == 4 ? FORM_FULL : count == 5 ? FORM_NARROW : FORM_SHORT;
}

static void set_year(Compiler *c, uint32_t count, PatternItem *item)
{
    item->two_digit = count == 2;
    item->width = (uint8_t)count;
    item->most = count == 2 && c->style == PATTERN_JAVA_TIME ? 2 : WIDTH_MAX;
    item->sign = c->style == PATTERN_JAVA_TIME && count >= 4;
}

/* java.time: of one letter the digits have a bound at most, two letters are exactly two digits. */
static void set_number(Compiler *c, const Letter *letter, uint32_t count, PatternItem *item)
{
    item->most = c->style == PATTERN_SIMPLE || letter->most == 0 ? WIDTH_MAX : letter->most;
    if (c->style == PATTERN_JAVA_TIME && count == 2)
        item->most = 2;
    if (c->style == PATTERN_JAVA_TIME && count > 2)
        refuse(c, "too many letters %c", item->letter);
}

static void set_item(Compiler *c, const Letter *letter, uint32_t count, PatternItem *item)
{
    bool java_time = c->style == PATTERN_JAVA_TIME;
    *item =
        (PatternItem){.field = letter->field, .letter = letter->letter, .width = (uint8_t)count};
    switch (letter->kind) {
    case KIND_YEAR: set_year(c, count, item); break;
    case KIND_ONE:
        item->most = letter->most == 0 ? WIDTH_MAX : letter->most;
        if (count > 1)
            refuse(c, "too many letters %c", letter->letter);
        item->form = letter->field == FIELD_AM_PM ? FORM_SHORT : FORM_NUMBER;
        break;
    case KIND_NUMBER: set_number(c, letter, count, item); break;
    case KIND_NUMBER_NAME:
        if (count <= 2)
            set_number(c, letter, count, item);
        else
            item->form = name_form(c, letter->field, count);
        if (letter->letter == 'c' && count == 2)
            refuse(c, "the letter %c cannot stand twice", letter->letter);
        break;
    case KIND_NAME: item->form = name_form(c, letter->field, count); break;
    case KIND_DAY_OF_YEAR:
        item->most = count == 1 ? WIDTH_MAX : 3;
        if (count > 3)
            refuse(c, "too many letters %c", letter->letter);
        break;
    case KIND_DIGITS:
        item->most = (uint8_t)count;
        if (count > FRACTION_MAX)
            refuse(c, "too many letters %c", letter->letter);
        c->precision = count > c->precision ? count : c->precision;
        break;
    case KIND_LONG: item->most = WIDTH_MAX; break;
    case KIND_ZONE:
        if (count > (java_time ? 5u : letter->letter == 'X' ? 3u : WIDTH_MAX))
            refuse(c, "too many letters %c", letter->letter);
        break;
    }
    if (item->form != FORM_NUMBER && java_time && count > 5)
        refuse(c, "too many letters %c", letter->letter);
}

static Status add_letters(Compiler *c)
{
    char letter = c->text.ptr[c->at];
    uint32_t count = 0;
    while (c->at < c->text.size && c->text.ptr[c->at] == letter)
        c->at++, count++;
    const Letter *known = find_letter(c, letter);
    if (known == NULL) {
        refuse(c, "unknown letter %c", letter);
        return ST_OK;
    }
    if (count > WIDTH_MAX) {
        refuse(c, "too many letters %c", letter);
        return ST_OK;
    }
    PatternItem item;
    set_item(c, known, count, &item);
    TRY_PUSH(&c->items, c->arena, item);
    return ST_OK;
}

/* --- literals and sections --- */

static Status add_literal(Compiler *c, Text literal)
{
    PatternItem item = {.field = FIELD_LITERAL};
    TRY(arena_text(c->arena, literal, &item.literal));
    TRY_PUSH(&c->items, c->arena, item);
    return ST_OK;
}

/* 'text', in which '' is a quote; '' alone is a quote, too. */
static Status add_quoted(Compiler *c)
{
    StrBuf text;
    strbuf_init(&text, c->arena->meter);
    bool closed = false;
    uint32_t start = ++c->at;
    while (c->at < c->text.size && !closed) {
        char byte = c->text.ptr[c->at++];
        bool doubled = byte == '\'' && c->at < c->text.size && c->text.ptr[c->at] == '\'';
        closed = byte == '\'' && !doubled;
        c->at += doubled;
        if (!closed)
            strbuf_char(&text, byte);
    }
    if (closed && c->at == start + 1)
        strbuf_char(&text, '\'');
    if (!closed)
        refuse(c, "a quote %c is not closed", '\'');
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = add_literal(c, (Text){strbuf_cstr(&text), (uint32_t)text.size});
    strbuf_close(&text);
    return status;
}

static Status open_section(Compiler *c)
{
    if (c->depth == OPTIONAL_DEPTH) {
        refuse(c, "too many sections %c", '[');
        return ST_OK;
    }
    c->open[c->depth++] = c->items.count;
    TRY_PUSH(&c->items, c->arena, ((PatternItem){.field = FIELD_OPTIONAL}));
    return ST_OK;
}

static Status close_section(Compiler *c)
{
    if (c->depth == 0) {
        refuse(c, "%c without [", ']');
        return ST_OK;
    }
    c->items.item[c->open[--c->depth]].end = c->items.count;
    TRY_PUSH(&c->items, c->arena, ((PatternItem){.field = FIELD_OPTIONAL_END}));
    return ST_OK;
}

/* Brackets and what java.time keeps for later. */
static bool is_reserved(const Compiler *c, char byte)
{
    return c->style == PATTERN_JAVA_TIME && byte != '\0' && strchr("[]{}#", byte) != NULL;
}

static Status add_next(Compiler *c)
{
    char byte = c->text.ptr[c->at];
    if (is_letter(byte))
        return add_letters(c);
    if (byte == '\'')
        return add_quoted(c);
    if (is_reserved(c, byte)) {
        c->at++;
        if (byte == '[')
            return open_section(c);
        if (byte == ']')
            return close_section(c);
        refuse(c, "%c is reserved", byte);
        return ST_OK;
    }
    uint32_t start = c->at;
    do
        byte = ++c->at < c->text.size ? c->text.ptr[c->at] : '\'';
    while (!is_letter(byte) && byte != '\'' && !is_reserved(c, byte));
    return add_literal(c, text_slice(c->text, start, c->at));
}

/* --- numbers that stand together --- */

static bool is_number(const PatternItem *item)
{
    return item->form == FORM_NUMBER && item->field > FIELD_ERA && item->field != FIELD_AM_PM &&
           item->field < FIELD_ZONE;
}

/* java.time: a number of open width leaves room for those of fixed width that follow it directly.
 */
static void reserve_digits(Compiler *c)
{
    PatternItem *open = NULL;
    for (uint32_t i = 0; i < c->items.count; i++) {
        PatternItem *item = &c->items.item[i];
        if (!is_number(item))
            open = NULL;
        else if (item->width != item->most)
            open = item;
        else if (open != NULL)
            open->reserved = (uint8_t)(open->reserved + item->width);
    }
}

/* SimpleDateFormat: a number takes all digits unless another number follows it directly. */
static void bind_widths(Compiler *c)
{
    for (uint32_t i = 0; i + 1 < c->items.count; i++) {
        PatternItem *item = &c->items.item[i];
        if (is_number(item) && is_number(item + 1))
            item->most = item->width;
    }
}

Status time_pattern_compile(Text text, PatternStyle style, Arena *arena, const TimePattern **out,
                            char *message)
{
    Compiler c = {.text = text, .style = style, .arena = arena, .message = message};
    TimePattern *pattern;
    *out = NULL;
    message[0] = '\0';
    while (c.at < text.size && !failed(&c))
        TRY(add_next(&c));
    while (c.depth > 0 && !failed(&c))
        TRY(close_section(&c));
    if (failed(&c))
        return ST_OK;
    if (style == PATTERN_JAVA_TIME)
        reserve_digits(&c);
    else
        bind_widths(&c);
    TRY_NEW(pattern, arena);
    *pattern = (TimePattern){
        .style = style,
        .item = c.items.item,
        .count = c.items.count,
        .precision = c.precision,
    };
    *out = pattern;
    return ST_OK;
}

/* --- calendar --- */

int64_t local_weekday(int64_t days)
{
    return micros_floor_mod(days + 4, 7) + 1;
}

int64_t local_week_start(int32_t year)
{
    int64_t first = days_from_civil(year, 1, 1);
    return first - (local_weekday(first) - 1);
}

LocalWeek local_week(int64_t days)
{
    int32_t year = civil_from_days(days).year;
    if (days >= local_week_start(year + 1))
        return (LocalWeek){year + 1, 1};
    return (LocalWeek){year, (int32_t)((days - local_week_start(year)) / 7) + 1};
}
