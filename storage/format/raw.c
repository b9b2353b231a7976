/* The raw format: a record is a line or a message, and that is the one column's value. In messages
 * it may be a number of fixed width, too; in a line such a number could hold a line break, so there
 * it is refused. */
#include <assert.h>

#include "storage/base/limits.h"
#include "storage/base/utf8.h"
#include "storage/format/format.h"

static const OptionDef raw_options[] = {
    {"raw.charset", OPTION_ENUM, "UTF-8", "UTF-8", OPTION_RESULT,
     "how text is encoded; UTF-8 only"},
    {"raw.endianness", OPTION_ENUM, "big-endian", "big-endian|little-endian", OPTION_RESULT,
     "which byte of a number comes first, its highest or its lowest"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

static bool is_bytes(const Type *type)
{
    return type_is_character(type) || type_is_binary(type);
}

/* Of a number or truth value; 0: the type has no fixed width. */
static uint32_t width_of(const Type *type)
{
    static const struct {
        TypeId id;
        uint32_t width;
    } fixed[] = {{TYPE_BOOLEAN, 1}, {TYPE_TINYINT, 1}, {TYPE_SMALLINT, 2}, {TYPE_INT, 4},
                 {TYPE_BIGINT, 8},  {TYPE_FLOAT, 4},   {TYPE_DOUBLE, 8}};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (type->id == fixed[i].id)
            return fixed[i].width;
    }
    return 0;
}

static Status raw_check(const Schema *schema, bool messages, const OptionScope *scope,
                        OptionList options, Span span, Diag *diag)
{
    (void)scope;
    (void)options;
    if (schema->count != 1)
        return diag_error(diag, E2119, span, "the raw format carries exactly one column");
    const Field *field = &schema->field[0];
    if (is_bytes(&field->type) || (messages && width_of(&field->type) > 0))
        return ST_OK;
    if (messages)
        return diag_error(diag, E2119, span, "column \"%.*s\": raw has no values of its type",
                          TEXT_ARG(field->name));
    Status status = diag_error(
        diag, E2001, span, "column \"%.*s\": in lines the raw format carries text and bytes alone",
        TEXT_ARG(field->name));
    diag_hint(diag, "'format' = 'csv' reads values that are written out, one a line");
    return status;
}

static bool is_little_endian(const OptionScope *scope, OptionList options)
{
    return option_enum(scope, options, "raw.endianness") == 1;
}

/* --- numbers: the lowest `width` bytes of a word --- */

static uint64_t read_word(const char *p, uint32_t width, bool little)
{
    uint64_t word = 0;
    for (uint32_t i = 0; i < width; i++)
        word = word << 8 | (unsigned char)p[little ? width - 1 - i : i];
    return word;
}

static void put_word(uint64_t word, uint32_t width, bool little, StrBuf *out)
{
    for (uint32_t i = 0; i < width; i++)
        strbuf_char(out, (char)(word >> 8 * (little ? i : width - 1 - i)));
}

static double float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of_float(double wide)
{
    float value = (float)wide;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void store_number(const Type *type, uint64_t word, Column *to, uint32_t row)
{
    uint32_t unused = 64 - 8 * width_of(type);
    if (type->id == TYPE_BOOLEAN)
        to->data.b[row] = word != 0;
    else if (type->id == TYPE_FLOAT)
        to->data.f64[row] = float_of_bits((uint32_t)word);
    else if (type->id == TYPE_DOUBLE)
        memcpy(&to->data.f64[row], &word, sizeof word);
    else
        to->data.i64[row] = (int64_t)(word << unused) >> unused; /* with its sign */
}

static uint64_t load_number(const Type *type, const Column *from, uint32_t at)
{
    uint64_t word;
    if (type->id == TYPE_BOOLEAN)
        return from->data.b[at];
    if (type->id == TYPE_FLOAT)
        return bits_of_float(from->data.f64[at]);
    if (type->id != TYPE_DOUBLE)
        return (uint64_t)from->data.i64[at];
    memcpy(&word, &from->data.f64[at], sizeof word);
    return word;
}

/* --- decoding --- */

typedef struct RawDecoder {
    Decoder base;
    Type type;
    uint32_t width; /* 0: text or binary */
    bool little;
    bool messages;
    bool wanted, text; /* text must be valid UTF-8 */
    const Comparison *test;
    uint32_t tests;
} RawDecoder;

/* Says in *rejected why the value is none, when it is none. */
static Status find_fault(const RawDecoder *self, Text value, RejectedRecord *rejected,
                         BatchBuilder *out)
{
    if (value.size > LIMIT_RECORD_BYTES) {
        rejected->code = E5008;
        rejected->reason = "longer than 16 MiB";
    } else if (self->width > 0 && value.size != self->width) {
        Text reason;
        TRY(arena_printf(&out->arena, &reason, "%s is of %u byte%s, not of %u",
                         type_def((TypeId)self->type.id)->name, self->width,
                         self->width == 1 ? "" : "s", value.size));
        rejected->code = E5001;
        rejected->reason = reason.ptr;
    } else if (self->text && !utf8_is_ascii(value.ptr, value.size) &&
               !utf8_is_valid(value.ptr, value.size)) {
        rejected->code = E5009;
        rejected->reason = "invalid UTF-8";
    }
    return ST_OK;
}

static Status take_value(RawDecoder *self, Text value, uint64_t offset, BatchBuilder *out)
{
    RejectedRecord rejected = {.offset = offset, .line = self->base.line, .raw = value};
    TRY(find_fault(self, value, &rejected, out));
    if (rejected.reason != NULL)
        return builder_reject(out, &rejected);
    if (self->wanted && self->width > 0)
        store_number(&self->type, read_word(value.ptr, self->width, self->little), &out->column[0],
                     out->rows);
    else if (self->wanted)
        out->column[0].data.str[out->rows] = str_of_text(value);
    for (uint32_t i = 0; i < self->tests; i++) {
        if (!comparison_holds(&self->test[i], &out->column[0], out->rows)) {
            builder_set_filtered(out, out->rows);
            break;
        }
    }
    builder_end_row(out, offset, self->base.line, value);
    return ST_OK;
}

/* A line whose end is not in sight and that is beyond the limit already. */
static Status reject_long(RawDecoder *self, const char *p, uint64_t offset, BatchBuilder *out)
{
    char *raw = arena_copy(&out->arena, p, LIMIT_RAW_KEPT_BYTES);
    if (raw == NULL)
        return ST_NOMEM;
    self->base.inside = true;
    RejectedRecord rejected = {.code = E5008,
                               .reason = "longer than 16 MiB",
                               .offset = offset,
                               .line = self->base.line,
                               .raw = {raw, LIMIT_RAW_KEPT_BYTES}};
    return builder_reject(out, &rejected);
}

/* The input is one record: its bytes as they are. */
static Status decode_message(RawDecoder *self, const DecodeInput *input, BatchBuilder *out,
                             size_t *consumed)
{
    *consumed = 0;
    self->base.line = 1;
    if (builder_full(out))
        return ST_OK;
    if (input->size > LIMIT_RECORD_BYTES) {
        TRY(reject_long(self, input->bytes, input->offset, out));
        self->base.inside = false;
    } else {
        TRY(take_value(self, (Text){input->bytes, (uint32_t)input->size}, input->offset, out));
    }
    *consumed = input->size;
    return builder_hold(out, input->block);
}

static Status raw_decode(Decoder *base, const DecodeInput *input, BatchBuilder *out,
                         size_t *consumed)
{
    RawDecoder *self = (RawDecoder *)base;
    assert(!input->whole || self->messages);
    if (input->whole)
        return decode_message(self, input, out, consumed);
    const char *p = input->bytes, *end = p + input->size;
    uint32_t rows = out->rows, rejected = out->rejected_count;
    while (p < end && !builder_full(out)) {
        uint64_t offset = input->offset + (uint64_t)(p - input->bytes);
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *line_end = newline == NULL ? end : newline;
        bool whole = newline != NULL || input->at_end, dropped = self->base.inside;
        if (!dropped && !whole) {
            if (end - p <= LIMIT_RECORD_BYTES)
                break;
            TRY(reject_long(self, p, offset, out));
        } else if (!dropped) {
            const char *text_end = line_end - (line_end > p && line_end[-1] == '\r');
            TRY(take_value(self, (Text){p, (uint32_t)(text_end - p)}, offset, out));
        }
        if (newline != NULL) {
            self->base.inside = false;
            self->base.line++;
        }
        p = newline == NULL ? end : newline + 1;
    }
    *consumed = (size_t)(p - input->bytes);
    bool used = out->rows > rows || out->rejected_count > rejected;
    return used ? builder_hold(out, input->block) : ST_OK;
}

static Status raw_open_decoder(Arena *arena, Meter *meter, const DecodeSpec *spec, Decoder **out)
{
    (void)meter;
    RawDecoder *self;
    TRY_NEW(self, arena);
    self->base = (Decoder){.decode = raw_decode, .line = 1};
    self->type = spec->schema->field[0].type;
    self->width = width_of(&self->type);
    self->little = is_little_endian(spec->scope, spec->options);
    self->messages = spec->messages;
    self->wanted = spec->wanted_count > 0;
    self->text = type_is_character(&self->type);
    self->test = spec->predicate.item; /* of column 0, which is builder column 0 as well */
    self->tests = spec->predicate.count;
    assert(self->width == 0 || self->messages);
    *out = &self->base;
    return ST_OK;
}

/* --- encoding --- */

typedef struct RawEncoder {
    Encoder base;
    Type type;
    uint32_t width;
    bool little, messages;
} RawEncoder;

static Status raw_encode(const Encoder *base, const Batch *batch, uint32_t row, StrBuf *out)
{
    const RawEncoder *self = (const RawEncoder *)base;
    const Column *column = &batch->column[0];
    uint32_t at = column_index(column, row);
    bool null = column_is_null(column, row);
    if (!null && self->width > 0)
        put_word(load_number(&self->type, column, at), self->width, self->little, out);
    else if (!null)
        strbuf_text(out, str_text(&column->data.str[at]));
    if (!self->messages)
        strbuf_char(out, '\n');
    return strbuf_status(out);
}

static bool raw_gives_null(const Encoder *base, const Batch *batch, uint32_t row)
{
    (void)base;
    return column_is_null(&batch->column[0], row);
}

static Status raw_open_encoder(Arena *arena, const EncodeSpec *spec, Encoder **out)
{
    RawEncoder *self;
    TRY_NEW(self, arena);
    self->base =
        (Encoder){.encode = raw_encode, .gives_null = spec->messages ? raw_gives_null : NULL};
    self->type = spec->schema->field[0].type;
    self->width = width_of(&self->type);
    self->little = is_little_endian(spec->scope, spec->options);
    self->messages = spec->messages;
    assert(self->width == 0 || self->messages);
    *out = &self->base;
    return ST_OK;
}

const FormatClass raw_format = {
    .name = "raw",
    .doc = "each line is the value of the one column",
    .options = raw_options,
    .check = raw_check,
    .open_decoder = raw_open_decoder,
    .open_encoder = raw_open_encoder,
};
