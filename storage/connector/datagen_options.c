/* What is wanted of a column of made-up rows: its options, read and checked. */
#include "storage/connector/datagen.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

#include "storage/base/limits.h"
#include "storage/data/decimal.h"

enum {
    DEFAULT_LENGTH = 100, /* of STRING and BYTES */
    DEFAULT_ELEMENTS = 3, /* of ARRAY, MAP and MULTISET */
    ELEMENTS_MAX = 1 << 20,
    OPTION_NAME_BYTES = LIMIT_TYPE_DEPTH * (LIMIT_NAME_BYTES + 1) + 32,
};

const OptionDef datagen_options[] = {
    {"rows-per-second", OPTION_INT, "10000", NULL, OPTION_RESULT, "how fast rows are made"},
    {"number-of-rows", OPTION_INT, NULL, NULL, OPTION_RESULT,
     "how many; without it there is no end"},
    {"fields.#.kind", OPTION_ENUM, "random", "random|sequence", OPTION_RESULT,
     "random values, or start, start + 1, ..., end; # is a column, or a part of one: r.x of a ROW, "
     "a.element of an ARRAY or MULTISET, m.key and m.value of a MAP"},
    {"fields.#.min", OPTION_DOUBLE, NULL, NULL, OPTION_RESULT,
     "smallest random number; of the type, if not given"},
    {"fields.#.max", OPTION_DOUBLE, NULL, NULL, OPTION_RESULT,
     "largest random number; of the type, if not given"},
    {"fields.#.max-past", OPTION_DURATION, "0 s", NULL, OPTION_RESULT,
     "random timestamps lie between so far back and now"},
    {"fields.#.length", OPTION_INT, NULL, NULL, OPTION_RESULT,
     "of random text and binary; the type's length, or 100; of an ARRAY, MAP or MULTISET: 3"},
    {"fields.#.var-len", OPTION_BOOL, "false", NULL, OPTION_RESULT, "lengths from 1 on"},
    {"fields.#.null-rate", OPTION_DOUBLE, "0", NULL, OPTION_RESULT,
     "share of NULLs among random values, 0 to 1"},
    {"fields.#.start", OPTION_INT, NULL, NULL, OPTION_RESULT, "first of a sequence"},
    {"fields.#.end", OPTION_INT, NULL, NULL, OPTION_RESULT, "last of a sequence"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

/* --- a field's options --- */

typedef struct FieldOptions {
    const TableSpec *table;
    Text field;
    Span span;
    char name[OPTION_NAME_BYTES];
} FieldOptions;

/* "fields.<field>.<what>" */
static const char *named(FieldOptions *options, const char *what)
{
    snprintf(options->name, sizeof options->name, "fields.%.*s.%s", TEXT_ARG(options->field), what);
    return options->name;
}

static const OptionEntry *given(FieldOptions *options, const char *what)
{
    return option_find(options->table->options, named(options, what));
}

static Status refuse(FieldOptions *options, const char *what, const char *why, Diag *diag)
{
    const OptionEntry *entry = given(options, what);
    return diag_error(diag, E2114, entry == NULL ? options->span : entry->value_span, "\"%s\": %s",
                      named(options, what), why);
}

static Status read_sequence(FieldOptions *options, DatagenField *out, Diag *diag)
{
    const Type *type = &out->type;
    if (!type_is_numeric(type) && !type_is_character(type))
        return refuse(options, "kind", "a sequence is of numbers or text", diag);
    if (given(options, "start") == NULL || given(options, "end") == NULL)
        return diag_error(diag, E2113, options->span, "a sequence needs \"%s\"",
                          named(options, given(options, "start") == NULL ? "start" : "end"));
    const TableSpec *table = options->table;
    out->sequence = true;
    out->start = option_int(&table->scope, table->options, named(options, "start"));
    out->end = option_int(&table->scope, table->options, named(options, "end"));
    if (out->start > out->end)
        return refuse(options, "end", "a sequence ends at or behind its start", diag);
    if (type_is_integer(type) && (out->start < type_integer_min((TypeId)type->id) ||
                                  out->end > type_integer_max((TypeId)type->id)))
        return refuse(options, "end", "the sequence leaves the range of the column's type", diag);
    return ST_OK;
}

/* min or max as an integer of the type's range; a value written as 1e3 counts as well. */
static Status read_bound(FieldOptions *options, const char *what, uint32_t scale, int64_t *bound,
                         Diag *diag)
{
    const OptionEntry *entry = given(options, what);
    Int128 value;
    int64_t limit_min = type_integer_min(TYPE_BIGINT), limit_max = type_integer_max(TYPE_BIGINT);
    bool overflow = false;
    if (entry == NULL)
        return ST_OK;
    if (!decimal_parse(entry->value, DECIMAL_MAX_PRECISION, scale, &value, &overflow) ||
        value < limit_min || value > limit_max)
        return refuse(options, what, "out of range", diag);
    *bound = (int64_t)value;
    return ST_OK;
}

static Status read_integers(FieldOptions *options, DatagenField *out, Diag *diag)
{
    const Type *type = &out->type;
    int64_t lowest = type_integer_min((TypeId)type->id),
            highest = type_integer_max((TypeId)type->id);
    out->min = lowest;
    out->max = highest;
    TRY(read_bound(options, "min", 0, &out->min, diag));
    TRY(read_bound(options, "max", 0, &out->max, diag));
    if (out->min < lowest || out->max > highest)
        return refuse(options, out->min < lowest ? "min" : "max", "outside of the column's type",
                      diag);
    return out->min > out->max ? refuse(options, "min", "above the maximum", diag) : ST_OK;
}

static Status read_decimals(FieldOptions *options, DatagenField *out, Diag *diag)
{
    enum { I64_DIGITS = 18 };
    uint32_t digits = out->type.precision < I64_DIGITS ? out->type.precision : I64_DIGITS;
    int64_t largest = (int64_t)decimal_power10(digits) - 1;
    out->min = 0;
    out->max = largest;
    TRY(read_bound(options, "min", out->type.scale, &out->min, diag));
    TRY(read_bound(options, "max", out->type.scale, &out->max, diag));
    if (out->min < -largest || out->max > largest)
        return refuse(options, out->min < -largest ? "min" : "max", "outside of the column's type",
                      diag);
    return out->min > out->max ? refuse(options, "min", "above the maximum", diag) : ST_OK;
}

static Status read_doubles(FieldOptions *options, DatagenField *out, Diag *diag)
{
    const TableSpec *table = options->table;
    out->low = 0;
    out->high = out->type.id == TYPE_FLOAT ? (double)FLT_MAX : DBL_MAX;
    if (given(options, "min") != NULL)
        out->low = option_double(&table->scope, table->options, named(options, "min"));
    if (given(options, "max") != NULL)
        out->high = option_double(&table->scope, table->options, named(options, "max"));
    return out->low > out->high ? refuse(options, "min", "above the maximum", diag) : ST_OK;
}

static Status read_text(FieldOptions *options, DatagenField *out, Diag *diag)
{
    const TableSpec *table = options->table;
    bool open_ended = out->type.precision == LENGTH_MAX;
    bool fixed = out->type.id == TYPE_CHAR || out->type.id == TYPE_BINARY;
    out->length = open_ended ? DEFAULT_LENGTH : out->type.precision;
    out->vary_length = option_bool(&table->scope, table->options, named(options, "var-len"));
    if (fixed && out->vary_length)
        return refuse(options, "var-len", "the column's type has a fixed length", diag);
    if (given(options, "length") == NULL)
        return ST_OK;
    int64_t length = option_int(&table->scope, table->options, named(options, "length"));
    if (fixed)
        return refuse(options, "length", "the column's type has a fixed length", diag);
    if (length < 1 || length > LIMIT_RECORD_BYTES || length > out->type.precision)
        return refuse(options, "length", "below 1 or longer than the column's type or 16 MiB",
                      diag);
    out->length = (uint32_t)length;
    return ST_OK;
}

static Status read_null_rate(FieldOptions *options, DatagenField *out, Diag *diag)
{
    const TableSpec *table = options->table;
    out->null_rate = option_double(&table->scope, table->options, named(options, "null-rate"));
    if (!(out->null_rate >= 0 && out->null_rate <= 1))
        return refuse(options, "null-rate", "below 0 or above 1", diag);
    if (out->null_rate > 0 && !out->type.nullable)
        return refuse(options, "null-rate", "the column is NOT NULL", diag);
    return ST_OK;
}

static Status read_random(FieldOptions *options, DatagenField *out, Diag *diag)
{
    const TableSpec *table = options->table;
    const Type *type = &out->type;
    TRY(read_null_rate(options, out, diag));
    out->max_past = option_duration(&table->scope, table->options, named(options, "max-past"));
    if ((given(options, "min") != NULL || given(options, "max") != NULL) && !type_is_numeric(type))
        return refuse(options, given(options, "min") != NULL ? "min" : "max",
                      "the column is no number", diag);
    if (given(options, "length") != NULL && !type_is_character(type) && !type_is_binary(type))
        return refuse(options, "length", "the column is neither text nor binary", diag);
    if (type_is_integer(type))
        return read_integers(options, out, diag);
    if (type->id == TYPE_DECIMAL)
        return read_decimals(options, out, diag);
    if (type_is_approx(type))
        return read_doubles(options, out, diag);
    if (type_is_character(type) || type_is_binary(type))
        return read_text(options, out, diag);
    return ST_OK;
}

/* A column without parts, or a part of one. */
static Status read_plain(FieldOptions *options, bool part, DatagenField *out, Diag *diag)
{
    const TableSpec *table = options->table;
    if (type_is_interval(&out->type))
        return diag_error(diag, E2001, options->span,
                          "column \"%.*s\": datagen does not make values of its type yet",
                          TEXT_ARG(options->field));
    if (option_enum(&table->scope, table->options, named(options, "kind")) == 0)
        return read_random(options, out, diag);
    return part ? refuse(options, "kind", "a sequence is of a column, not of a part of one", diag)
                : read_sequence(options, out, diag);
}

static Status read_parts(FieldOptions *options, Arena *arena, DatagenField *out, Diag *diag);

/* Recursion is as deep as the type is nested. */
static Status read_any(FieldOptions *options, bool part, Arena *arena, DatagenField *out,
                       Diag *diag)
{
    return type_is_nested(&out->type) ? read_parts(options, arena, out, diag)
                                      : read_plain(options, part, out, diag);
}

static Text part_name(const Type *type, uint32_t part)
{
    if (type->id == TYPE_ROW)
        return type->child[part].name;
    if (type->id == TYPE_MAP)
        return part == 0 ? TEXT("key") : TEXT("value");
    return TEXT("element");
}

/* A MULTISET has its elements alone: how often each is there is counted. */
static uint32_t parts_of(const Type *type)
{
    return type->id == TYPE_MULTISET ? 1 : type->children;
}

static Status read_parts(FieldOptions *options, Arena *arena, DatagenField *out, Diag *diag)
{
    static const char *const foreign[] = {"min", "max", "max-past", "var-len", "start", "end"};
    const TableSpec *table = options->table;
    bool row = out->type.id == TYPE_ROW;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if (given(options, foreign[i]) != NULL)
            return refuse(options, foreign[i], "not for a column of its type, but for parts of it",
                          diag);
    }
    if (option_enum(&table->scope, table->options, named(options, "kind")) == 1)
        return refuse(options, "kind", "a sequence is of numbers or text", diag);
    TRY(read_null_rate(options, out, diag));
    out->length = DEFAULT_ELEMENTS;
    if (given(options, "length") != NULL) {
        int64_t length = option_int(&table->scope, table->options, named(options, "length"));
        if (row || length < 0 || length > ELEMENTS_MAX)
            return refuse(options, "length", row ? "a ROW has its fields" : "below 0 or too long",
                          diag);
        out->length = (uint32_t)length;
    }
    out->parts = parts_of(&out->type);
    TRY_NEW_ARRAY(out->part, arena, out->parts);
    for (uint32_t i = 0; i < out->parts; i++) {
        FieldOptions inner = *options;
        Text name = part_name(&out->type, i);
        TRY(arena_printf(arena, &inner.field, "%.*s.%.*s", TEXT_ARG(options->field),
                         TEXT_ARG(name)));
        out->part[i].type = out->type.child[i].type;
        TRY(read_any(&inner, true, arena, &out->part[i], diag));
    }
    return ST_OK;
}

Status datagen_read_field(const TableSpec *table, uint32_t column, Span span, Arena *arena,
                          DatagenField *out, Diag *diag)
{
    FieldOptions options = {
        .table = table, .field = table->schema.field[column].name, .span = span};
    *out = (DatagenField){.type = table->schema.field[column].type};
    return read_any(&options, false, arena, out, diag);
}

/* --- names --- */

/* Names may have points in them. */
static bool has_part(const Type *type, Text path)
{
    for (uint32_t i = 0; type_is_nested(type) && i < parts_of(type); i++) {
        Text name = part_name(type, i);
        if (text_equal(path, name))
            return true;
        if (path.size > name.size && path.ptr[name.size] == '.' && text_starts_with(path, name) &&
            has_part(&type->child[i].type,
                     (Text){path.ptr + name.size + 1, path.size - name.size - 1}))
            return true;
    }
    return false;
}

static bool has_field(const Schema *schema, Text path)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        Text name = schema->field[i].name;
        if (text_equal(path, name))
            return true;
        if (path.size > name.size && path.ptr[name.size] == '.' && text_starts_with(path, name) &&
            has_part(&schema->field[i].type,
                     (Text){path.ptr + name.size + 1, path.size - name.size - 1}))
            return true;
    }
    return false;
}

Status datagen_check_names(const TableSpec *table, Diag *diag)
{
    for (uint32_t i = 0; i < table->options.count; i++) {
        const OptionEntry *entry = &table->options.item[i];
        if (!text_starts_with(entry->key, TEXT("fields.")))
            continue;
        const char *dot = memrchr(entry->key.ptr, '.', entry->key.size);
        Text field = {entry->key.ptr + 7, (uint32_t)(dot - entry->key.ptr) - 7};
        if (!has_field(&table->schema, field))
            return diag_error(diag, E2112, entry->key_span, "the table has no column \"%.*s\"",
                              TEXT_ARG(field));
    }
    return ST_OK;
}
