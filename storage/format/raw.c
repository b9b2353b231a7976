/* The raw format: a record is a line and the line is the one column's value. Flink has fixed-width
 * binary numbers besides; in a file of lines they could hold line breaks, so they are refused. */
#include "storage/base/limits.h"
#include "storage/base/utf8.h"
#include "storage/format/format.h"

static const OptionDef raw_options[] = {
    {"raw.charset", OPTION_ENUM, "UTF-8", "UTF-8", OPTION_RESULT,
     "how text is encoded; UTF-8 only"},
    {"raw.endianness", OPTION_ENUM, "big-endian", "big-endian|little-endian", OPTION_IGNORED,
     "for numbers; raw columns are text or binary here"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

static Status raw_check(const Schema *schema, const OptionScope *scope, OptionList options,
                        Span span, Diag *diag)
{
    (void)scope;
    (void)options;
    if (schema->count != 1)
        return diag_error(diag, E2119, span, "the raw format carries exactly one column");
    const Type *type = &schema->field[0].type;
    if (!type_is_character(type) && !type_is_binary(type))
        return diag_error(
            diag, E2001, span,
            "column \"%.*s\": the raw format carries only text and binary columns yet",
            TEXT_ARG(schema->field[0].name));
    return ST_OK;
}

typedef struct RawDecoder {
    Decoder base;
    bool wanted, text; /* text must be valid UTF-8 */
    const Comparison *test;
    uint32_t tests;
} RawDecoder;

static Status take_line(RawDecoder *self, Text line, uint64_t offset, BatchBuilder *out)
{
    RejectedRecord rejected = {.offset = offset, .line = self->base.line, .raw = line};
    if (line.size > LIMIT_RECORD_BYTES) {
        rejected.code = E5008;
        rejected.reason = "longer than 16 MiB";
        return builder_reject(out, &rejected);
    }
    if (self->text && !utf8_is_ascii(line.ptr, line.size) && !utf8_is_valid(line.ptr, line.size)) {
        rejected.code = E5009;
        rejected.reason = "invalid UTF-8";
        return builder_reject(out, &rejected);
    }
    if (self->wanted)
        out->column[0].data.str[out->rows] = str_of_text(line);
    for (uint32_t i = 0; i < self->tests; i++) {
        if (!comparison_holds(&self->test[i], &out->column[0], out->rows)) {
            builder_set_filtered(out, out->rows);
            break;
        }
    }
    builder_end_row(out, offset, self->base.line, line);
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
        TRY(take_line(self, (Text){input->bytes, (uint32_t)input->size}, input->offset, out));
    }
    *consumed = input->size;
    return builder_hold(out, input->block);
}

static Status raw_decode(Decoder *base, const DecodeInput *input, BatchBuilder *out,
                         size_t *consumed)
{
    RawDecoder *self = (RawDecoder *)base;
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
            TRY(take_line(self, (Text){p, (uint32_t)(text_end - p)}, offset, out));
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
    self->wanted = spec->wanted_count > 0;
    self->text = type_is_character(&spec->schema->field[0].type);
    self->test = spec->predicate.item; /* of column 0, which is builder column 0 as well */
    self->tests = spec->predicate.count;
    *out = &self->base;
    return ST_OK;
}

static Status raw_encode(const Encoder *encoder, const Batch *batch, uint32_t row, StrBuf *out)
{
    (void)encoder;
    const Column *column = &batch->column[0];
    if (!column_is_null(column, row))
        strbuf_text(out, str_text(&column->data.str[column_index(column, row)]));
    strbuf_char(out, '\n');
    return strbuf_status(out);
}

static Status raw_open_encoder(Arena *arena, const EncodeSpec *spec, Encoder **out)
{
    (void)spec;
    TRY_NEW(*out, arena);
    (*out)->encode = raw_encode;
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
