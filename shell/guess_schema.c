#include "shell/guess_schema.h"

#include <string.h>

#include "shell/guess_type.h"
#include "storage/base/utf8.h"
#include "storage/data/batch.h"
#include "storage/format/csv.h"

enum {
    FIELDS_BUDGET = 1000, /* columns and their parts, of one table */
    CSV_FIELDS = 500,
    ODD_SHARE = 10, /* one in so many records may be broken: a topic is rarely spotless */
};

typedef struct Guessing {
    Arena *arena;
    const SampleRecord *record;
    uint32_t count;
    Guess *guess;
    GuessType value, key; /* their fields are the columns */
    uint32_t value_rows;
} Guessing;

static bool take_text(const SampleRecord *record, bool key, Text *out)
{
    *out = key ? record->key : record->value;
    return key ? record->has_key : record->has_value;
}

static bool is_utf8(Text text)
{
    return text.size == 0 || utf8_is_valid(text.ptr, text.size);
}

/* --- json --- */

/* An object, or (in a value) an array of objects, which is as many rows. */
static bool scan_objects(Text text, bool key, JsonToken *token)
{
    JsonFault fault;
    if (text.size == 0 || !is_utf8(text) || !json_scan_document(text, token, &fault))
        return false;
    if (token->kind != JSON_ARRAY || key)
        return token->kind == JSON_OBJECT;
    JsonCursor cursor = json_cursor_open(token);
    JsonToken name, element;
    uint32_t count = 0;
    for (; json_cursor_next(&cursor, &name, &element); count++) {
        if (element.kind != JSON_OBJECT)
            return false;
    }
    return count > 0;
}

static Status see_objects(Guessing *self, GuessType *type, GuessBudget *budget,
                          const JsonToken *token, uint32_t *rows)
{
    JsonToken name, element;
    if (token->kind == JSON_OBJECT) {
        ++*rows;
        return guess_see_json(type, self->arena, budget, token);
    }
    JsonCursor cursor = json_cursor_open(token);
    for (; json_cursor_next(&cursor, &name, &element); ++*rows)
        TRY(guess_see_json(type, self->arena, budget, &element));
    return ST_OK;
}

/* *fits: the part is json. */
static Status try_json(Guessing *self, bool key, GuessPart *part, GuessType *type, uint32_t *rows,
                       bool *fits)
{
    GuessBudget budget = {FIELDS_BUDGET};
    JsonToken token;
    Text text;
    *part = (GuessPart){.format = GUESS_JSON};
    for (uint32_t i = 0; i < self->count; i++) {
        if (!take_text(&self->record[i], key, &text))
            continue;
        part->seen++;
        if (scan_objects(text, key, &token))
            TRY(see_objects(self, type, &budget, &token, rows));
        else
            part->odd++;
    }
    uint32_t allowed = key ? 0 : part->seen / ODD_SHARE;
    *fits = part->seen > 0 && part->odd <= allowed && type->field.count > 0;
    part->names_left_out = type->crowded;
    return ST_OK;
}

/* --- csv --- */

static CsvSyntax csv_syntax(char delimiter)
{
    return (CsvSyntax){.delimiter = delimiter,
                       .quote = '"',
                       .element_delimiter = ';',
                       .plain_end = scan_needles(delimiter, '\n', '\r', delimiter),
                       .quoted_end = scan_needles('"', '"', '"', '"'),
                       .line_end = scan_needles('\n', '\r', '\n', '\r')};
}

/* Splits a record; the text has room behind it that may be read. 0: it is no record. */
static uint32_t split(const CsvSyntax *syntax, Text text, CsvField *field)
{
    CsvRecord record;
    const char *end = text.ptr + text.size;
    if (text.size == 0 ||
        csv_scan_record(syntax, text.ptr, end, true, field, CSV_FIELDS, &record) != CSV_RECORD ||
        record.next != end)
        return 0;
    return record.count <= CSV_FIELDS ? record.count : 0;
}

/* How many fields each record has by this delimiter; 0: not all the same. */
static uint32_t count_fields(const Text *text, uint32_t count, char delimiter, CsvField *field)
{
    CsvSyntax syntax = csv_syntax(delimiter);
    uint32_t fields = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t found = split(&syntax, text[i], field);
        if (found == 0 || (i > 0 && found != fields))
            return 0;
        fields = found;
    }
    return fields;
}

/* Copies of the values with bytes behind them that may be read, as scanning does. */
static Status copy_values(Guessing *self, Text **out, uint32_t *count)
{
    Text text;
    *count = 0;
    TRY_NEW_ARRAY(*out, self->arena, self->count);
    for (uint32_t i = 0; i < self->count; i++) {
        if (!take_text(&self->record[i], false, &text))
            continue;
        char *copy = arena_alloc_zeroed(self->arena, (size_t)text.size + BLOCK_PADDING);
        if (copy == NULL)
            return ST_NOMEM;
        if (text.size > 0)
            memcpy(copy, text.ptr, text.size);
        (*out)[(*count)++] = (Text){copy, text.size};
    }
    return ST_OK;
}

static Status make_csv_columns(Guessing *self, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        GuessField field = {0};
        TRY(arena_printf(self->arena, &field.name, "f%u", i));
        TRY_NEW(field.type, self->arena);
        TRY_PUSH(&self->value.field, self->arena, field);
    }
    return ST_OK;
}

static Status see_csv(Guessing *self, GuessPart *part, const Text *text, uint32_t count,
                      CsvField *field)
{
    CsvSyntax syntax = csv_syntax(part->delimiter);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t fields = split(&syntax, text[i], field);
        self->value_rows++;
        for (uint32_t f = 0; f < fields; f++) {
            char *plain = arena_alloc(self->arena, (size_t)field[f].size + 1);
            if (plain == NULL)
                return ST_NOMEM;
            Text value = {plain, csv_unescape(&syntax, &field[f], plain)};
            guess_see_text(self->value.field.item[f].type, value);
        }
    }
    for (uint32_t i = 0; i < self->value.field.count; i++) {
        const GuessType *type = self->value.field.item[i].type;
        part->empty_is_null =
            part->empty_is_null || (type->empty > 0 && guess_kind(type, false) != GUESS_STRING);
    }
    return ST_OK;
}

static Status try_csv(Guessing *self, GuessPart *part, bool *fits)
{
    static const char delimiters[] = {',', ';', '\t', '|'};
    Text *text;
    CsvField *field;
    uint32_t count, most = 1;
    *part = (GuessPart){.format = GUESS_CSV};
    TRY(copy_values(self, &text, &count));
    TRY_NEW_ARRAY(field, self->arena, CSV_FIELDS);
    for (uint32_t i = 0; i < count; i++) {
        if (!is_utf8(text[i]))
            return ST_OK;
    }
    for (size_t d = 0; d < sizeof delimiters; d++) {
        uint32_t fields = count_fields(text, count, delimiters[d], field);
        if (fields > most) {
            most = fields;
            part->delimiter = delimiters[d];
        }
    }
    *fits = most > 2 || (most == 2 && count > 1); /* a comma alone is also in a sentence */
    if (!*fits)
        return ST_OK;
    part->seen = count;
    TRY(make_csv_columns(self, most));
    return see_csv(self, part, text, count, field);
}

/* --- raw --- */

static Status make_raw(Guessing *self, bool key, GuessPart *part)
{
    bool text = true;
    Text value;
    *part = (GuessPart){.format = GUESS_RAW, .count = 1};
    for (uint32_t i = 0; i < self->count; i++) {
        if (take_text(&self->record[i], key, &value)) {
            part->seen++;
            text = text && is_utf8(value);
        }
    }
    TRY_NEW_ARRAY(part->column, self->arena, 1);
    part->column[0] =
        (GuessColumn){key ? TEXT("key") : TEXT("value"), text ? TEXT("STRING") : TEXT("BYTES")};
    if (key && part->seen == 0)
        *part = (GuessPart){.format = GUESS_NO_FORMAT};
    return ST_OK;
}

/* --- names --- */

static bool has_column(const GuessPart *part, Text name)
{
    for (uint32_t i = 0; i < part->count; i++) {
        if (text_equal_nocase(part->column[i].name, name))
            return true;
    }
    return false;
}

/* A name that no column has. */
static Status make_name(Guessing *self, Text wanted, Text *out)
{
    *out = wanted;
    for (uint32_t i = 2;
         has_column(&self->guess->value, *out) || has_column(&self->guess->key, *out); i++)
        TRY(arena_printf(self->arena, out, "%.*s_%u", TEXT_ARG(wanted), i));
    return ST_OK;
}

/* Whether a column of the value has the name of one of the key behind the prefix. */
static bool names_meet(const GuessPart *value, const GuessPart *key, Text prefix)
{
    for (uint32_t i = 0; i < value->count; i++) {
        Text name = value->column[i].name;
        if (name.size < prefix.size || !text_equal_nocase((Text){name.ptr, prefix.size}, prefix))
            continue;
        if (has_column(key, (Text){name.ptr + prefix.size, name.size - prefix.size}))
            return true;
    }
    return false;
}

/* Those of the key that the value has, too, get a prefix; as the raw format knows no names, its
 * column just gets another one. */
static Status part_names(Guessing *self)
{
    GuessPart *key = &self->guess->key;
    Text prefix = TEXT("");
    while (names_meet(&self->guess->value, key, prefix))
        TRY(arena_printf(self->arena, &prefix, "%.*s%s", TEXT_ARG(prefix),
                         prefix.size == 0 && key->format == GUESS_JSON ? "key_" : "record_"));
    for (uint32_t i = 0; i < key->count; i++)
        TRY(arena_printf(self->arena, &key->column[i].name, "%.*s%.*s", TEXT_ARG(prefix),
                         TEXT_ARG(key->column[i].name)));
    if (key->format == GUESS_JSON)
        self->guess->key_prefix = prefix;
    return ST_OK;
}

/* --- the time of events --- */

/* Words for it, the likeliest last; a name that holds one counts, too, but less. */
static uint32_t likeness(Text name)
{
    static const char *const word[] = {
        "date",      "created", "updated",   "datetime",   "_at",      "time",           "ts",
        "timestamp", "rowtime", "eventtime", "event_time", "event_ts", "event_timestamp"};
    enum { WORDS = sizeof word / sizeof *word };
    for (uint32_t i = WORDS; i-- > 0;) {
        if (text_equal_nocase(name, text_of(word[i])))
            return WORDS + i + 2;
    }
    for (uint32_t i = WORDS; i-- > 0;) {
        Text part = text_of(word[i]);
        for (uint32_t at = 0; at + part.size <= name.size; at++) {
            bool short_word = part.size == 2; /* "ts" is in "parts": only behind a mark */
            bool there = strncasecmp(name.ptr + at, part.ptr, part.size) == 0 &&
                         (!short_word || (at > 0 && name.ptr[at - 1] == '_'));
            if (there)
                return i + 2;
        }
    }
    bool camel = name.size > 2 && (memcmp(name.ptr + name.size - 2, "At", 2) == 0 ||
                                   memcmp(name.ptr + name.size - 2, "Ts", 2) == 0);
    return camel ? 2 : 1;
}

/* Whole numbers that are instants between 2001 and 2100. */
static bool are_instants(const GuessType *type, int64_t unit)
{
    const int64_t first = 978307200, last = 4102444800;
    return type->least >= first * unit && type->most < last * unit;
}

/* 0: it is no time, or not in all records, and a row without its time is rejected. *digits: of a
 * number, as guess.time_digits; -1: it is a TIMESTAMP. */
static uint32_t weigh_time(const GuessField *field, uint32_t rows, bool iso, int *digits)
{
    GuessKind kind = guess_kind(field->type, iso);
    uint32_t like = likeness(field->name);
    *digits = -1;
    if (field->type->values < rows || rows == 0)
        return 0;
    if (kind == GUESS_TIMESTAMP || kind == GUESS_TIMESTAMP_LTZ)
        return like * 2 + 1;
    if (kind != GUESS_BIGINT)
        return 0;
    *digits = 3;
    if (are_instants(field->type, 1000))
        return like * 2;
    *digits = 0; /* so few digits are many a number */
    return like > 1 && are_instants(field->type, 1) ? like * 2 : 0;
}

static const GuessField *find_time(const Guessing *self, int *digits)
{
    const GuessField *best = NULL;
    uint32_t most = 0;
    for (uint32_t i = 0; i < self->value.field.count; i++) {
        const GuessField *field = &self->value.field.item[i];
        int of_field;
        uint32_t weight = weigh_time(field, self->value_rows, self->guess->value.iso, &of_field);
        if (weight > most) {
            best = field;
            most = weight;
            *digits = of_field;
        }
    }
    return best;
}

/* --- columns --- */

static Status make_columns(Guessing *self, GuessPart *part, const GuessType *type,
                           const GuessField *rowtime)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    part->count = type->field.count;
    part->column = arena_alloc_zeroed(self->arena, part->count * sizeof *part->column);
    Status status = part->column == NULL ? ST_NOMEM : ST_OK;
    for (uint32_t i = 0; i < part->count && status == ST_OK; i++) {
        const GuessField *field = &type->field.item[i];
        part->column[i].name = field->name;
        strbuf_clear(&text);
        guess_print_type(field->type, part->iso, field == rowtime, &text);
        status = strbuf_status(&text);
        if (status == ST_OK)
            status = arena_text(self->arena, strbuf_as_text(&text), &part->column[i].type);
    }
    strbuf_close(&text);
    return status;
}

static bool prefers_iso(const GuessType *type)
{
    uint32_t sql = 0, iso = 0;
    guess_count_times(type, &sql, &iso);
    return iso > sql;
}

static Status guess_value(Guessing *self, int *digits, const GuessField **rowtime)
{
    GuessPart *part = &self->guess->value;
    bool fits = false;
    *rowtime = NULL;
    TRY(try_json(self, false, part, &self->value, &self->value_rows, &fits));
    if (!fits) {
        self->value = (GuessType){0};
        self->value_rows = 0;
        TRY(try_csv(self, part, &fits));
    }
    if (!fits)
        return make_raw(self, false, part);
    part->iso = part->format == GUESS_JSON && prefers_iso(&self->value);
    *rowtime = find_time(self, digits);
    return make_columns(self, part, &self->value, *rowtime);
}

/* 'key.fields' has no quotes. */
static bool can_be_listed(const GuessType *type)
{
    for (uint32_t i = 0; i < type->field.count; i++) {
        Text name = type->field.item[i].name;
        if (memchr(name.ptr, ';', name.size) != NULL || name.ptr[0] <= ' ' ||
            name.ptr[name.size - 1] <= ' ')
            return false;
    }
    return true;
}

static Status guess_key(Guessing *self)
{
    GuessPart *part = &self->guess->key;
    uint32_t rows = 0;
    bool fits = false;
    TRY(try_json(self, true, part, &self->key, &rows, &fits));
    if (!fits || self->key.crowded || !can_be_listed(&self->key))
        return make_raw(self, true, part);
    part->iso = prefers_iso(&self->key);
    return make_columns(self, part, &self->key, NULL);
}

Status guess_schema(const SampleRecord *record, uint32_t count, Arena *arena, Guess *out)
{
    const GuessField *rowtime;
    int digits = -1;
    *out = (Guess){0};
    Guessing self = {.arena = arena, .record = record, .count = count, .guess = out};
    TRY(guess_value(&self, &digits, &rowtime));
    TRY(guess_key(&self));
    TRY(part_names(&self));
    if (rowtime == NULL)
        return make_name(&self, TEXT("record_time"), &out->record_time);
    out->time = rowtime->name;
    if (digits < 0)
        return ST_OK;
    out->time_from = rowtime->name;
    out->time_digits = digits;
    return make_name(&self, TEXT("event_time"), &out->time);
}
