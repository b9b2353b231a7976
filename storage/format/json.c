#include <assert.h>

#include "storage/base/limits.h"
#include "storage/format/json.h"
#include "storage/format/scan_fast.h"

/* What does not help is not tried for a while; all in records. */
enum { INDEX_PAUSE = 256, SHAPE_FAILURES = 16, SHAPE_PAUSE = 128 };

static const OptionDef json_options[] = {
    {"json.fail-on-missing-field", OPTION_BOOL, "false", NULL, OPTION_RESULT,
     "a field that the record does not have is an error; else it is NULL"},
    {"json.ignore-parse-errors", OPTION_BOOL, "false", NULL, OPTION_RESULT,
     "a value that cannot be taken is NULL and a broken record is skipped and counted"},
    {"json.timestamp-format.standard", OPTION_ENUM, "SQL", "SQL|ISO-8601", OPTION_RESULT,
     "how timestamps are written: 2020-12-30 12:13:14.123 or 2020-12-30T12:13:14.123, with a Z "
     "for TIMESTAMP_LTZ"},
    {"json.map-null-key.mode", OPTION_ENUM, "FAIL", "FAIL|DROP|LITERAL", OPTION_RESULT,
     "what becomes of a key that is NULL in a written MAP: the row is refused, or the entry is "
     "left "
     "out, or the literal is the key"},
    {"json.map-null-key.literal", OPTION_TEXT, "null", NULL, OPTION_RESULT,
     "the key that is written for NULL"},
    {"json.encode.decimal-as-plain-number", OPTION_BOOL, "false", NULL, OPTION_RESULT,
     "DECIMALs are written without an exponent"},
    {"json.encode.ignore-null-fields", OPTION_BOOL, "false", NULL, OPTION_RESULT,
     "NULLs are left out of written records"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

/* Recursion is as deep as the type is nested. */
static Status check_type(const Type *type, Text column, Span span, Diag *diag)
{
    if (type_is_interval(type) || type->id == TYPE_NULL)
        return diag_error(diag, E2119, span, "column \"%.*s\": json has no values of its type",
                          TEXT_ARG(column));
    if ((type->id == TYPE_MAP || type->id == TYPE_MULTISET) &&
        !type_is_character(&type->child[0].type))
        return diag_error(diag, E2119, span, "column \"%.*s\": keys of a json object are texts",
                          TEXT_ARG(column));
    for (uint32_t i = 0; i < type->children; i++)
        TRY(check_type(&type->child[i].type, column, span, diag));
    return ST_OK;
}

static bool json_refuses_null_keys(const OptionScope *scope, OptionList options)
{
    return option_enum(scope, options, "json.map-null-key.mode") == JSON_NULL_KEY_FAIL;
}

static bool json_ignores_errors(const OptionScope *scope, OptionList options)
{
    return option_bool(scope, options, "json.ignore-parse-errors");
}

static Status json_check(const Schema *schema, bool messages, const OptionScope *scope,
                         OptionList options, Span span, Diag *diag)
{
    (void)messages;
    for (uint32_t i = 0; i < schema->count; i++) {
        const Field *field = &schema->field[i];
        TRY(check_type(&field->type, field->name, span, diag));
    }
    if (option_bool(scope, options, "json.fail-on-missing-field") &&
        option_bool(scope, options, "json.ignore-parse-errors")) {
        const OptionEntry *pair = option_find(options, "json.ignore-parse-errors");
        return diag_error(diag, E2114, pair->value_span,
                          "\"json.fail-on-missing-field\" and \"json.ignore-parse-errors\" cannot "
                          "both be true");
    }
    return ST_OK;
}

/* --- finding records --- */

/* Drops the rest of a record that was rejected for its length. */
static const char *skip_long(JsonDecoder *self, const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    if (newline == NULL)
        return end;
    self->base.inside = false;
    self->base.line++;
    return newline + 1;
}

/* A record whose end is not in sight and that is beyond the limit already. What is kept of it is
 * copied, so that its block can go. */
static Status reject_long(JsonDecoder *self, const char *p, uint64_t offset, BatchBuilder *out)
{
    char *raw = arena_copy(&out->arena, p, LIMIT_RAW_KEPT_BYTES);
    if (raw == NULL)
        return ST_NOMEM;
    JsonRecord record = {raw, raw + LIMIT_RAW_KEPT_BYTES, offset, self->base.line};
    self->base.inside = true;
    return json_record_reject(self, &record, E5008, "longer than 16 MiB", out);
}

/* The record at p, which ends at a newline or at the end of the input. */
static Status decode_line(JsonDecoder *self, const char **p, const char *end, uint64_t offset,
                          BatchBuilder *out, bool *whole)
{
    const char *newline = memchr(*p, '\n', (size_t)(end - *p));
    JsonRecord record = {*p, newline == NULL ? end : newline, offset, self->base.line};
    TRY(json_record_decode(self, &record, out, whole));
    if (*whole) {
        *p = newline == NULL ? end : newline + 1;
        self->base.line += newline != NULL;
    }
    return ST_OK;
}

/* One record at *p by the shape, or whatever it is. */
static Status decode_one(JsonDecoder *self, const char **p, const char *end, uint64_t offset,
                         BatchBuilder *out, bool *whole)
{
    JsonShape *shape = &self->shape;
    if (shape->ready && self->array_at == 0) {
        Status status;
        const char *after = json_walk(self, *p, end, offset, out, &status);
        TRY(status);
        if (after != NULL) {
            *p = after;
            self->base.line++;
            shape->failures = 0;
            return ST_OK;
        }
        if (++shape->failures == SHAPE_FAILURES) {
            shape->ready = self->plan.ready = false;
            shape->failures = 0;
            shape->pause = SHAPE_PAUSE;
        }
    }
    return decode_line(self, p, end, offset, out, whole);
}

/* Records of the expected shape at *p, by the index's entries from *entry on. `offset`: of `base`.
 */
static Status decode_indexed(JsonDecoder *self, const JsonIndex *index, const char *base,
                             const char **p, uint32_t *entry, uint64_t offset, BatchBuilder *out)
{
    uint32_t rows, before;
    do {
        before = out->rows;
        if (builder_full(out))
            return ST_OK;
        TRY(json_take_run(self, index, *entry, base, p, offset, out));
        rows = out->rows - before;
        *entry += rows * self->plan.entries;
    } while (rows > 0);
    return ST_OK;
}

/* How many of the next bytes are worth an index: not many more than the builder has rows for. */
static size_t index_size(const JsonDecoder *self, size_t left, const BatchBuilder *out)
{
    size_t rows = (size_t)out->capacity - out->rows;
    size_t enough = 2 * rows * self->shape.record_bytes;
    size_t size = enough < INDEX_BYTES ? enough : INDEX_BYTES;
    return left < size ? left : size;
}

/* Records at *p as far as an index of the next bytes reaches, one at least. */
static Status decode_chunk(JsonDecoder *self, const char **p, const char *end, uint64_t offset,
                           BatchBuilder *out, bool *whole)
{
    SCRATCH JsonIndex index;
    const char *base = *p;
    size_t size = index_size(self, (size_t)(end - base), out);
    uint32_t entry = 0, rows = out->rows, misses = 0;
    self->indexer(base, size, &index);
    while (*p < base + size && *whole && !builder_full(out)) {
        while (entry < index.count && base + index.at[entry] < *p)
            entry++;
        if (self->plan.ready)
            TRY(decode_indexed(self, &index, base, p, &entry, offset, out));
        bool cut =
            entry + self->plan.entries > index.count; /* the chunk ends inside of the record */
        if ((cut && *p != base) || *p == base + size || builder_full(out))
            break;
        TRY(decode_one(self, p, end, offset + (uint64_t)(*p - base), out, whole));
        misses++;
    }
    if (misses * 2 > out->rows - rows + misses)
        self->index_pause = INDEX_PAUSE;
    return ST_OK;
}

/* Complete lines: *p up to `end`, which is behind a newline. */
static Status decode_lines(JsonDecoder *self, const char **p, const char *end, uint64_t offset,
                           BatchBuilder *out)
{
    const char *start = *p;
    bool whole = true;
    while (*p < end && whole && !builder_full(out)) {
        uint64_t here = offset + (uint64_t)(*p - start);
        if (self->plan.ready && self->index_pause == 0 && self->array_at == 0) {
            TRY(decode_chunk(self, p, end, here, out, &whole));
        } else {
            TRY(decode_one(self, p, end, here, out, &whole));
            self->index_pause -= self->index_pause > 0;
        }
    }
    return ST_OK;
}

/* The input is one record. */
static Status decode_message(JsonDecoder *self, const DecodeInput *input, BatchBuilder *out,
                             size_t *consumed)
{
    const char *end = input->bytes + input->size;
    const char *p = format_skip_mark(input->bytes, end);
    JsonRecord record = {p, end, input->offset, 1};
    bool whole = true;
    uint32_t rows = out->rows;
    *consumed = 0;
    self->base.line = 1;
    if (builder_full(out))
        return ST_OK;
    if (end - p > LIMIT_RECORD_BYTES) {
        TRY(reject_long(self, p, input->offset, out));
        self->base.inside = false;
    } else if (json_skip_space(p, end) == end) {
        const char *reason = p == end ? "an empty message" : "a blank message";
        TRY(json_record_reject(self, &record, E5001, reason, out));
    } else if (*end == '\n' &&
               memchr(p, '\n', (size_t)(end - p)) == NULL) { /* it could be a line */
        TRY(decode_one(self, &p, end + 1, input->offset, out, &whole));
    } else {
        TRY(json_record_decode(self, &record, out, &whole));
    }
    *consumed = whole ? input->size : 0;
    return whole || out->rows > rows ? builder_hold(out, input->block) : ST_OK;
}

static Status json_decode(Decoder *base, const DecodeInput *input, BatchBuilder *out,
                          size_t *consumed)
{
    JsonDecoder *self = (JsonDecoder *)base;
    const char *p = input->bytes, *end = p + input->size;
    assert(input->block == NULL ||
           (p >= input->block->bytes && end <= input->block->bytes + input->block->capacity));
    if (input->whole)
        return decode_message(self, input, out, consumed);
    uint32_t rows = out->rows, rejected = out->rejected_count;
    *consumed = 0;
    if (input->at_start)
        p = format_skip_mark(p, end);
    if (self->base.inside)
        p = skip_long(self, p, end);

    const char *newline = p < end ? memrchr(p, '\n', (size_t)(end - p)) : NULL;
    if (newline != NULL) {
        uint64_t offset = input->offset + (uint64_t)(p - input->bytes);
        TRY(decode_lines(self, &p, newline + 1, offset, out));
    }
    if ((newline == NULL || p == newline + 1) && p < end && !builder_full(out)) {
        uint64_t offset = input->offset + (uint64_t)(p - input->bytes);
        bool whole;
        if (end - p > LIMIT_RECORD_BYTES) {
            TRY(reject_long(self, p, offset, out));
            p = end;
        } else if (input->at_end) {
            TRY(decode_line(self, &p, end, offset, out, &whole));
        }
    }
    *consumed = (size_t)(p - input->bytes);
    bool used = out->rows > rows || out->rejected_count > rejected;
    return used ? builder_hold(out, input->block) : ST_OK;
}

/* --- opening --- */

static Status open_column(JsonDecoder *self, const Field *field, bool whole, bool always)
{
    JsonColumn *column = &self->column[self->columns++];
    PhysType phys = type_phys((TypeId)field->type.id);
    *column = (JsonColumn){.name = field->name, .type = field->type, .whole = whole};
    column->part.column = -1;
    column->always = always || (phys != PHYS_STR && phys != PHYS_NESTED);
    return map_put(&self->by_name, column->name, column);
}

/* The parts hang at the columns they are of. */
static Status open_paths(JsonDecoder *self, Arena *arena, const DecodeSpec *spec)
{
    for (uint32_t i = 0; i < spec->paths; i++) {
        const FieldPath *path = &spec->path[i];
        const Field *field = &spec->schema->field[path->column];
        uint32_t c = 0;
        while (c < self->columns && !text_equal(self->column[c].name, field->name))
            c++;
        if (c == self->columns)
            TRY(open_column(self, field, false, path->always));
        JsonColumn *column = &self->column[c];
        column->always = column->always || path->always;
        TRY(json_parts_add(arena, path, spec->wanted_count + i, column));
    }
    return ST_OK;
}

static Status open_columns(JsonDecoder *self, Arena *arena, const DecodeSpec *spec)
{
    uint32_t most = spec->wanted_count + spec->paths, parts = 0;
    TRY_NEW_ARRAY(self->column, arena, most);
    TRY_NEW_ARRAY(self->token, arena, most);
    map_init(&self->by_name, arena);
    for (uint32_t c = 0; c < spec->wanted_count; c++)
        TRY(open_column(self, &spec->schema->field[spec->wanted[c]], true,
                        spec->always != NULL && spec->always[c]));
    TRY(open_paths(self, arena, spec));
    for (uint32_t c = 0; c < self->columns; c++) {
        uint32_t here = type_parts(&self->column[c].type);
        parts = here > parts ? here : parts;
    }
    TRY_NEW_ARRAY(self->field_token, arena, parts);
    return ST_OK;
}

static Status open_tests(JsonDecoder *self, Arena *arena, const DecodeSpec *spec)
{
    self->tests = spec->predicate.count;
    TRY_NEW_ARRAY(self->test, arena, self->tests);
    for (uint32_t i = 0; i < self->tests; i++) {
        uint32_t c = 0;
        while (c < spec->wanted_count && spec->wanted[c] != spec->predicate.item[i].column)
            c++;
        assert(c < spec->wanted_count);
        self->test[i] = spec->predicate.item[i];
        self->test[i].column = c;
        self->column[c].tested = true;
    }
    return ST_OK;
}

static Status json_open_decoder(Arena *arena, Meter *meter, const DecodeSpec *spec, Decoder **out)
{
    (void)meter;
    JsonDecoder *self;
    TRY_NEW(self, arena);
    self->base = (Decoder){.decode = json_decode, .line = 1};
    self->arena = arena;
    self->ignore_errors = option_bool(spec->scope, spec->options, "json.ignore-parse-errors");
    self->fail_on_missing = option_bool(spec->scope, spec->options, "json.fail-on-missing-field");
    bool iso = option_enum(spec->scope, spec->options, "json.timestamp-format.standard") == 1;
    self->time_syntax = iso ? TIME_SYNTAX_ISO : TIME_SYNTAX_SQL;
    TRY(open_columns(self, arena, spec));
    TRY(open_tests(self, arena, spec));
    TRY_NEW(self->run, arena);
    TRY_NEW(self->digits, arena);
    self->loops = digits_loops();
    self->indexer = json_indexer();
    *out = &self->base;
    return ST_OK;
}

const FormatClass json_format = {
    .name = "json",
    .doc = "one JSON object a line, or an array of objects",
    .options = json_options,
    .takes_paths = true,
    .check = json_check,
    .refuses_null_keys = json_refuses_null_keys,
    .ignores_errors = json_ignores_errors,
    .open_decoder = json_open_decoder,
    .open_encoder = json_open_encoder,
};
