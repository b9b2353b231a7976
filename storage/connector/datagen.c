/* Made-up rows: options, splits and pace. The values are datagen_value.c's. */
#include "storage/connector/datagen.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "storage/base/hash.h"
#include "storage/base/limits.h"
#include "storage/connector/connector.h"
#include "storage/data/decimal.h"

enum {
    DEFAULT_LENGTH = 100, /* of STRING and BYTES */
    SLICES_PER_SECOND = 100,
    SLICE = MICROS_PER_SECOND / SLICES_PER_SECOND,
    OPTION_NAME_BYTES = LIMIT_NAME_BYTES + 32,
};

static const OptionDef datagen_options[] = {
    {"rows-per-second", OPTION_INT, "10000", NULL, OPTION_RESULT, "how fast rows are made"},
    {"number-of-rows", OPTION_INT, NULL, NULL, OPTION_RESULT,
     "how many; without it there is no end"},
    {"fields.#.kind", OPTION_ENUM, "random", "random|sequence", OPTION_RESULT,
     "random values, or start, start + 1, ..., end"},
    {"fields.#.min", OPTION_DOUBLE, NULL, NULL, OPTION_RESULT,
     "smallest random number; of the type, if not given"},
    {"fields.#.max", OPTION_DOUBLE, NULL, NULL, OPTION_RESULT,
     "largest random number; of the type, if not given"},
    {"fields.#.max-past", OPTION_DURATION, "0 s", NULL, OPTION_RESULT,
     "random timestamps lie between so far back and now"},
    {"fields.#.length", OPTION_INT, NULL, NULL, OPTION_RESULT,
     "of random text and binary; the type's length, or 100"},
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

static Status read_random(FieldOptions *options, DatagenField *out, Diag *diag)
{
    const TableSpec *table = options->table;
    const Type *type = &out->type;
    out->null_rate = option_double(&table->scope, table->options, named(options, "null-rate"));
    if (!(out->null_rate >= 0 && out->null_rate <= 1))
        return refuse(options, "null-rate", "below 0 or above 1", diag);
    if (out->null_rate > 0 && !type->nullable)
        return refuse(options, "null-rate", "the column is NOT NULL", diag);
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

static Status read_field(const TableSpec *table, uint32_t column, Span span, DatagenField *out,
                         Diag *diag)
{
    FieldOptions options = {
        .table = table, .field = table->schema.field[column].name, .span = span};
    *out = (DatagenField){.type = table->schema.field[column].type};
    if (type_is_nested(&out->type) || type_is_interval(&out->type))
        return diag_error(diag, E2001, span,
                          "column \"%.*s\": datagen does not make values of its type yet",
                          TEXT_ARG(options.field));
    if (option_enum(&table->scope, table->options, named(&options, "kind")) == 1)
        return read_sequence(&options, out, diag);
    return read_random(&options, out, diag);
}

/* --- the table --- */

/* "fields.x.kind" must speak of a column x. */
static Status check_field_names(const TableSpec *table, Diag *diag)
{
    for (uint32_t i = 0; i < table->options.count; i++) {
        const OptionEntry *entry = &table->options.item[i];
        if (!text_starts_with(entry->key, TEXT("fields.")))
            continue;
        const char *dot = memrchr(entry->key.ptr, '.', entry->key.size);
        Text field = {entry->key.ptr + 7, (uint32_t)(dot - entry->key.ptr) - 7};
        if (schema_find(&table->schema, field) < 0)
            return diag_error(diag, E2112, entry->key_span, "the table has no column \"%.*s\"",
                              TEXT_ARG(field));
    }
    return ST_OK;
}

static Status datagen_check(const TableSpec *table, Span span, Diag *diag)
{
    static const char *const counts[] = {"rows-per-second", "number-of-rows"};
    for (int i = 0; i < 2; i++) {
        const OptionEntry *entry = option_find(table->options, counts[i]);
        if (entry != NULL && option_int(&table->scope, table->options, counts[i]) < 1 - i)
            return diag_error(diag, E2114, entry->value_span, "\"%s\" is too small", counts[i]);
    }
    TRY(check_field_names(table, diag));
    for (uint32_t c = 0; c < table->schema.count; c++) {
        DatagenField ignored;
        TRY(read_field(table, c, span, &ignored, diag));
    }
    return ST_OK;
}

/* UINT64_MAX: without end. The shortest sequence ends the table. */
static uint64_t count_rows(const TableSpec *table)
{
    uint64_t rows = UINT64_MAX;
    if (option_given(table->options, "number-of-rows"))
        rows = (uint64_t)option_int(&table->scope, table->options, "number-of-rows");
    for (uint32_t c = 0; c < table->schema.count; c++) {
        DatagenField field;
        if (read_field(table, c, SPAN_NONE, &field, NULL) != ST_OK || !field.sequence)
            continue;
        uint64_t behind_first = (uint64_t)field.end - (uint64_t)field.start;
        if (behind_first < rows)
            rows = behind_first + 1;
    }
    return rows;
}

static bool datagen_bounded(const TableSpec *table)
{
    return count_rows(table) != UINT64_MAX;
}

static bool datagen_replayable(const TableSpec *table)
{
    (void)table;
    return true;
}

static Status datagen_list(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count,
                           Diag *diag)
{
    (void)diag;
    TRY_NEW(*out, env->arena);
    **out = (Split){.end = count_rows(table), .listed = env->clock->wall(env->clock)};
    *count = 1;
    return ST_OK;
}

/* --- reading --- */

typedef struct DatagenReader {
    SplitReader base;
    const ScanSpec *scan;
    Clock *clock;
    DatagenField *field; /* per wanted column */
    uint64_t next, end;
    uint64_t replayed; /* rows up to here are due at once; else REPLAY_OVER */
    uint64_t rate;
    Micros listed; /* when the first row was due, by the wall clock */
    Micros behind; /* how long ago that was when the reader was opened; -1: not known yet */
    Micros opened; /* monotonic */
} DatagenReader;

/* How many rows may be made by now. They come in slices, so that a table without a clock that moves
 * still begins, and a slow one keeps its pace. The first slice is due when the split is listed,
 * also where a job goes on: what fell due while it was down is made up for. */
static uint64_t rows_due(DatagenReader *self)
{
    if (self->replayed != REPLAY_OVER)
        return self->replayed < self->end ? self->replayed : self->end;
    Micros now = self->clock->monotonic(self->clock);
    if (self->behind < 0) {
        Micros behind = self->clock->wall(self->clock) - self->listed;
        self->behind = behind > 0 ? behind : 0;
        self->opened = now;
    }
    uint64_t elapsed = (uint64_t)(self->behind + now - self->opened), due;
    if (__builtin_mul_overflow(elapsed / SLICE + 1, self->rate, &due))
        return self->end;
    due = due / SLICES_PER_SECOND + (due % SLICES_PER_SECOND != 0);
    return due < self->end ? due : self->end;
}

/* When the row fell due: its time, which must be the same whenever it is made. */
static Micros row_time(const DatagenReader *self, uint64_t row)
{
    uint64_t seconds = row / self->rate, rest = row % self->rate;
    return self->listed + (Micros)(seconds * MICROS_PER_SECOND) +
           (Micros)(rest * SLICES_PER_SECOND / self->rate * SLICE);
}

static Status datagen_poll(SplitReader *base, BatchBuilder *out, PollResult *result, Diag *diag)
{
    (void)diag;
    DatagenReader *self = (DatagenReader *)base;
    builder_reset(out);
    uint64_t due = rows_due(self);
    for (; self->next < due && !builder_full(out); self->next++) {
        Micros time = row_time(self, self->next);
        for (uint32_t c = 0; c < self->scan->wanted_count; c++)
            TRY(datagen_put(&self->field[c], self->next, time, out, c));
        builder_end_row(out, self->next, 0, TEXT_NONE);
    }
    *result = self->next == self->end ? POLL_END : out->rows > 0 ? POLL_ROWS : POLL_IDLE;
    return ST_OK;
}

static void datagen_replay_until(SplitReader *base, uint64_t end)
{
    ((DatagenReader *)base)->replayed = end;
}

static SplitPosition datagen_position(const SplitReader *base)
{
    return (SplitPosition){.offset = ((const DatagenReader *)base)->next};
}

static void datagen_close(SplitReader *base)
{
    (void)base;
}

static Status datagen_open_split(const ScanSpec *scan, SourceEnv *env, const Split *split,
                                 SplitReader **out, Diag *diag)
{
    const TableSpec *table = scan->table;
    DatagenReader *self;
    TRY_NEW(self, env->arena);
    TRY_NEW_ARRAY(self->field, env->arena, scan->wanted_count);
    for (uint32_t c = 0; c < scan->wanted_count; c++) {
        TRY(read_field(table, scan->wanted[c], SPAN_NONE, &self->field[c], diag));
        self->field[c].seed = hash_u64(scan->wanted[c] + 1, env->seed);
    }
    self->base = (SplitReader){.poll = datagen_poll,
                               .position = datagen_position,
                               .replay_until = datagen_replay_until,
                               .close = datagen_close};
    self->scan = scan;
    self->clock = env->clock;
    self->next = split->start.offset;
    self->replayed = REPLAY_OVER;
    self->listed = split->listed;
    self->end = split->end;
    self->rate = (uint64_t)option_int(&table->scope, table->options, "rows-per-second");
    self->behind = -1;
    *out = &self->base;
    return ST_OK;
}

const ConnectorClass datagen_connector = {
    .name = "datagen",
    .doc = "made-up rows; random ones are the same in each run on one database file, and others on "
           "another one",
    .options = datagen_options,
    .replayable = datagen_replayable,
    .bounded = datagen_bounded,
    .list = datagen_list,
    .open_split = datagen_open_split,
    .check = datagen_check,
};
