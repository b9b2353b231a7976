#include <assert.h>

#include "storage/base/limits.h"
#include "storage/base/utf8.h"
#include "storage/format/csv.h"
#include "storage/format/text_cell.h"

typedef struct CsvColumn {
    Type type;
    uint32_t field; /* of the record */
    bool always, tested;
    TimestampMemo memo;
} CsvColumn;

typedef struct CsvDecoder {
    Decoder base;
    CsvSyntax syntax;
    bool ignore_errors;
    uint32_t fields; /* a record has so many */
    CsvField *field;
    uint32_t columns;
    CsvColumn *column;
    Comparison *test; /* the predicate, over builder columns */
    uint32_t tests;
} CsvDecoder;

/* Where a record stands. */
typedef struct CsvPlace {
    const char *start;
    uint64_t offset;
} CsvPlace;

/* --- cells --- */

static Status put_null(CsvDecoder *self, uint32_t c, BatchBuilder *out)
{
    if (!self->column[c].type.nullable)
        return builder_set_bad(out, c, out->rows, E5010, "NULL for a NOT NULL column");
    builder_set_null(out, c, out->rows);
    return ST_OK;
}

static Status put_cell(CsvDecoder *self, uint32_t c, uint32_t found, BatchBuilder *out)
{
    CsvColumn *column = &self->column[c];
    const CsvField *field = &self->field[column->field];
    if (column->field >= found) /* ignore-parse-errors: what is missing is NULL */
        return put_null(self, c, out);
    const TextSyntax syntax = {.time = TIME_SYNTAX_SQL,
                               .in_block = !field->escaped,
                               .short_dates = true,
                               .bare_decimals = true};
    Text text = {field->ptr, field->size};
    if (field->escaped) {
        char *copy = arena_alloc(&out->arena, (size_t)field->size + 1);
        if (copy == NULL)
            return ST_NOMEM;
        text = (Text){copy, csv_unescape(&self->syntax, field, copy)};
    }
    bool nested = type_is_nested(&column->type);
    if (self->syntax.has_null && !nested && text_equal(text, self->syntax.null_literal))
        return put_null(self, c, out);
    const char *reason = NULL;
    Text part = TEXT_NONE;
    CellResult result =
        nested ? csv_nested_take(&self->syntax, self->ignore_errors, text, &column->type, &syntax,
                                 &out->column[c], out->rows, &out->arena, &part, &reason)
               : text_cell_take(text, &column->type, &syntax, &column->memo, &out->column[c],
                                out->rows, &out->arena, &reason);
    switch (result) {
    case CELL_OK: return ST_OK;
    case CELL_NULL: return put_null(self, c, out);
    case CELL_BAD:
        return self->ignore_errors ? put_null(self, c, out)
                                   : builder_set_bad_part(out, c, out->rows, E5002, part, reason);
    case CELL_NOMEM: break;
    }
    return ST_NOMEM;
}

static Status put_row(CsvDecoder *self, const CsvPlace *place, const CsvRecord *record,
                      BatchBuilder *out)
{
    for (uint32_t c = 0; c < self->columns && self->tests > 0; c++) {
        if (self->column[c].tested)
            TRY(put_cell(self, c, record->count, out));
    }
    bool filtered = predicate_refuses((Predicate){self->test, self->tests}, out->column, out->rows);
    for (uint32_t c = 0; c < self->columns; c++) {
        const CsvColumn *column = &self->column[c];
        if (!column->tested && (!filtered || column->always))
            TRY(put_cell(self, c, record->count, out));
    }
    if (filtered)
        builder_set_filtered(out, out->rows);
    Text raw = {place->start, (uint32_t)(record->end - place->start)};
    builder_end_row(out, place->offset, self->base.line, raw);
    return ST_OK;
}

/* --- records --- */

static Status reject(CsvDecoder *self, const CsvPlace *place, const char *end, ErrorCode code,
                     const char *reason, BatchBuilder *out)
{
    RejectedRecord rejected = {
        .skipped = self->ignore_errors,
        .code = code,
        .reason = reason,
        .offset = place->offset,
        .line = self->base.line,
        .raw = {place->start, (uint32_t)(end - place->start)},
    };
    return builder_reject(out, &rejected);
}

static Status take_record(CsvDecoder *self, const CsvPlace *place, const CsvRecord *record,
                          BatchBuilder *out)
{
    size_t size = (size_t)(record->end - place->start);
    bool fits = record->count == self->fields ||
                (record->count < self->fields && self->ignore_errors) ||
                (record->count == self->fields + 1 && record->last_empty);
    Status status;
    if (!utf8_is_ascii(place->start, size) && !utf8_is_valid(place->start, size))
        status = reject(self, place, record->end, E5009, "invalid UTF-8", out);
    else if (!fits)
        status = reject(self, place, record->end, E5001,
                        record->count < self->fields ? "fewer fields than columns"
                                                     : "more fields than columns",
                        out);
    else
        status = put_row(self, place, record, out);
    self->base.line += record->line_breaks;
    return status;
}

/* A line's end can be told only when the byte behind a \r is there. */
static bool line_is_whole(const char *line_end, const char *next, const char *end, bool at_end)
{
    return at_end || (line_end < end && (*line_end != '\r' || next < end || next - line_end == 2));
}

/* Behind the comment or blank line at p; p when it is neither, NULL when its end is not there. */
static const char *skip_comment(const CsvSyntax *syntax, const char *p, const char *end,
                                bool at_end)
{
    const char *text = p, *next;
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    if (text < end && *text != '#' && *text != '\n' && *text != '\r')
        return p;
    const char *line_end = csv_line_end(syntax, text, end, &next);
    return line_is_whole(line_end, next, end, at_end) ? next : NULL;
}

/* Drops the rest of a line that was rejected for its length. */
static const char *skip_long(CsvDecoder *self, const char *p, const char *end, bool at_end)
{
    const char *next, *line_end = csv_line_end(&self->syntax, p, end, &next);
    if (line_end == end || !line_is_whole(line_end, next, end, at_end))
        return line_end;
    self->base.inside = false;
    self->base.line++;
    return next;
}

/* The line at hand is beyond the limit. What is kept of it is copied, so that its block can go. */
static Status reject_long(CsvDecoder *self, const CsvPlace *place, BatchBuilder *out)
{
    char *raw = arena_copy(&out->arena, place->start, LIMIT_RAW_KEPT_BYTES);
    if (raw == NULL)
        return ST_NOMEM;
    CsvPlace kept = {raw, place->offset};
    self->base.inside = true;
    return reject(self, &kept, raw + LIMIT_RAW_KEPT_BYTES, E5008, "longer than 16 MiB", out);
}

/* A record whose quotes do not add up is rejected with its first line alone: what follows may be
 * good, and a stray quote must not swallow it. *next stays there until the line is whole. */
static Status give_up_line(CsvDecoder *self, const CsvPlace *place, const char *end, bool at_end,
                           const char *reason, const char **next, BatchBuilder *out)
{
    const char *line_end = csv_line_end(&self->syntax, place->start, end, next);
    if (line_end - place->start > LIMIT_RECORD_BYTES) {
        TRY(reject_long(self, place, out));
        *next = skip_long(self, place->start, end, at_end);
        return ST_OK;
    }
    if (!line_is_whole(line_end, *next, end, at_end)) {
        *next = place->start;
        return ST_OK;
    }
    TRY(reject(self, place, line_end, E5001, reason, out));
    self->base.line++;
    return ST_OK;
}

/* One record at place->start; *next is behind it, or still there when its end is not in sight. What
 * is taken must not depend on how much is in sight, so beyond the limit nothing is looked at. */
static Status decode_record(CsvDecoder *self, const CsvPlace *place, const char *end, bool at_end,
                            const char **next, BatchBuilder *out)
{
    CsvRecord record;
    const char *p = place->start;
    CsvScan found =
        csv_scan_record(&self->syntax, p, end, at_end, self->field, self->fields, &record);
    bool beyond = (found == CSV_UNFINISHED ? end : record.end) - p > LIMIT_RECORD_BYTES;
    *next = p;
    if (beyond)
        return give_up_line(self, place, end, at_end, "a quote is not closed within 16 MiB", next,
                            out);
    if (found == CSV_UNFINISHED)
        return ST_OK;
    if (found == CSV_BROKEN)
        return give_up_line(self, place, end, at_end, record.reason, next, out);
    *next = record.next;
    return take_record(self, place, &record, out);
}

/* One record, comment or blank line at *p; *more is false when its end is not in sight. */
static Status step(CsvDecoder *self, const DecodeInput *input, const char **p, bool *more,
                   BatchBuilder *out)
{
    const char *end = input->bytes + input->size, *next = *p;
    if (self->syntax.comments) {
        const char *behind = skip_comment(&self->syntax, *p, end, input->at_end);
        *more = behind != NULL;
        if (*more && behind != *p) {
            self->base.line++;
            *p = behind;
            return ST_OK;
        }
        if (!*more && end - *p <= LIMIT_RECORD_BYTES)
            return ST_OK;
    }
    CsvPlace place = {*p, input->offset + (uint64_t)(*p - input->bytes)};
    TRY(decode_record(self, &place, end, input->at_end, &next, out));
    *more = next != *p && !self->base.inside;
    *p = next;
    return ST_OK;
}

/* Behind the comments and blank lines at p. */
static const char *skip_comments(const CsvSyntax *syntax, const char *p, const char *end)
{
    const char *next = p;
    do {
        p = next;
        next = p < end ? skip_comment(syntax, p, end, true) : p;
    } while (next != p);
    return p;
}

/* The first record of a message with no other behind it: Flink reads that one alone, but nothing is
 * dropped in silence here. */
static Status take_message(CsvDecoder *self, const CsvPlace *place, const char *end,
                           BatchBuilder *out)
{
    CsvRecord record;
    const char *p = place->start;
    if (csv_scan_record(&self->syntax, p, end, true, self->field, self->fields, &record) ==
        CSV_BROKEN)
        return reject(self, place, end, E5001, record.reason, out);
    const char *rest = record.next;
    while (rest < end && (*rest == '\n' || *rest == '\r'))
        rest++;
    if (self->syntax.comments)
        rest = skip_comments(&self->syntax, rest, end);
    if (rest < end)
        return reject(self, place, end, E5001, "a second record behind the first", out);
    return take_record(self, place, &record, out);
}

/* The input is one record. */
static Status decode_message(CsvDecoder *self, const DecodeInput *input, BatchBuilder *out,
                             size_t *consumed)
{
    const char *end = input->bytes + input->size;
    CsvPlace place = {format_skip_mark(input->bytes, end), input->offset};
    *consumed = 0;
    self->base.line = 1;
    if (builder_full(out))
        return ST_OK;
    if (end - place.start > LIMIT_RECORD_BYTES) {
        TRY(reject_long(self, &place, out));
        self->base.inside = false;
    } else if (place.start == end) {
        TRY(reject(self, &place, end, E5001, "an empty message", out));
    } else {
        const char *message = place.start;
        if (self->syntax.comments)
            place.start = skip_comments(&self->syntax, message, end);
        if (place.start == end) {
            place.start = message;
            TRY(reject(self, &place, end, E5001, "no record but comments or blank lines", out));
        } else {
            TRY(take_message(self, &place, end, out));
        }
    }
    *consumed = input->size;
    return builder_hold(out, input->block);
}

static Status csv_decode(Decoder *base, const DecodeInput *input, BatchBuilder *out,
                         size_t *consumed)
{
    CsvDecoder *self = (CsvDecoder *)base;
    if (input->whole)
        return decode_message(self, input, out, consumed);
    const char *p = input->bytes, *end = p + input->size;
    uint32_t rows = out->rows, rejected = out->rejected_count;
    *consumed = 0;
    if (input->at_start)
        p = format_skip_mark(p, end);
    if (self->base.inside)
        p = skip_long(self, p, end, input->at_end);
    bool more = !self->base.inside;
    while (more && p < end && !builder_full(out))
        TRY(step(self, input, &p, &more, out));
    *consumed = (size_t)(p - input->bytes);
    bool used = out->rows > rows || out->rejected_count > rejected;
    return used ? builder_hold(out, input->block) : ST_OK;
}

/* --- opening --- */

Status csv_open_decoder(Arena *arena, Meter *meter, const DecodeSpec *spec, Decoder **out)
{
    (void)meter;
    CsvDecoder *self;
    TRY_NEW(self, arena);
    self->base = (Decoder){.decode = csv_decode, .line = 1};
    self->syntax = csv_syntax_read(spec->scope, spec->options);
    self->ignore_errors = option_bool(spec->scope, spec->options, "csv.ignore-parse-errors");
    self->fields = spec->schema->count;
    self->columns = spec->wanted_count;
    self->tests = spec->predicate.count;
    TRY_NEW_ARRAY(self->field, arena, self->fields);
    TRY_NEW_ARRAY(self->column, arena, self->columns);
    TRY_NEW_ARRAY(self->test, arena, self->tests);
    for (uint32_t c = 0; c < self->columns; c++) {
        CsvColumn *column = &self->column[c];
        column->field = spec->wanted[c];
        column->type = spec->schema->field[column->field].type;
        PhysType phys = type_phys((TypeId)column->type.id);
        column->always =
            (phys != PHYS_STR && phys != PHYS_NESTED) || (spec->always != NULL && spec->always[c]);
    }
    for (uint32_t i = 0; i < self->tests; i++) {
        uint32_t c = 0;
        while (c < self->columns && spec->wanted[c] != spec->predicate.item[i].column)
            c++;
        assert(c < self->columns);
        self->test[i] = spec->predicate.item[i];
        self->test[i].column = c;
        self->column[c].tested = true;
    }
    *out = &self->base;
    return ST_OK;
}
