/* Decoding a text and printing what came of it, for the formats' tests.
 *
 * A table is written as "a INT NOT NULL, b DECIMAL(10,2), c ARRAY<ROW<x INT, y STRING>>", rows
 * print as in the golden files of tests/data/formats: [1, NULL] [BAD, x] REJECTED. */
#ifndef WEIR_TESTS_FORMAT_HARNESS_H
#define WEIR_TESTS_FORMAT_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "storage/base/limits.h"
#include "storage/data/decimal.h"
#include "storage/data/nested.h"
#include "storage/data/number.h"
#include "storage/data/timestamp.h"
#include "storage/format/format.h"

enum { FORMAT_COLUMNS = 16, FORMAT_OPTIONS = 8, FORMAT_PARTS = 64 };

typedef struct FormatTable {
    const FormatClass *format;
    Field field[FORMAT_COLUMNS];
    Schema schema;
    OptionEntry option[FORMAT_OPTIONS];
    OptionList options;
    OptionScope scope;
    TypeField part[FORMAT_PARTS]; /* of nested types */
    uint32_t parts;
} FormatTable;

static inline Text text_trim(Text text)
{
    while (text.size > 0 && *text.ptr == ' ')
        text = (Text){text.ptr + 1, text.size - 1};
    while (text.size > 0 && text.ptr[text.size - 1] == ' ')
        text.size--;
    return text;
}

/* Up to the mark, which is dropped from *rest; all of it when there is none. Commas inside of
 * brackets do not count. */
static inline Text text_cut(Text *rest, char mark)
{
    uint32_t i = 0, open = 0;
    for (; i < rest->size && (rest->ptr[i] != mark || open > 0); i++)
        open += rest->ptr[i] == '(' || rest->ptr[i] == '<'                 ? 1u
                : (rest->ptr[i] == ')' || rest->ptr[i] == '>') && open > 0 ? -1u
                                                                           : 0;
    Text head = {rest->ptr, i};
    *rest = i < rest->size ? (Text){rest->ptr + i + 1, rest->size - i - 1} : TEXT_NONE;
    return head;
}

static inline Type type_from_text(Text text)
{
    static const struct {
        const char *name;
        TypeId id;
    } names[] = {{"BOOLEAN", TYPE_BOOLEAN},     {"TINYINT", TYPE_TINYINT},
                 {"SMALLINT", TYPE_SMALLINT},   {"INT", TYPE_INT},
                 {"BIGINT", TYPE_BIGINT},       {"FLOAT", TYPE_FLOAT},
                 {"DOUBLE", TYPE_DOUBLE},       {"DECIMAL", TYPE_DECIMAL},
                 {"CHAR", TYPE_CHAR},           {"VARCHAR", TYPE_VARCHAR},
                 {"BINARY", TYPE_BINARY},       {"VARBINARY", TYPE_VARBINARY},
                 {"DATE", TYPE_DATE},           {"TIME", TYPE_TIME},
                 {"TIMESTAMP", TYPE_TIMESTAMP}, {"TIMESTAMP_LTZ", TYPE_TIMESTAMP_LTZ}};
    if (text_is(text, "STRING"))
        return type_string();
    if (text_is(text, "BYTES"))
        return type_sized(TYPE_VARBINARY, LENGTH_MAX);
    Text rest = text;
    Text name = text_cut(&rest, '(');
    unsigned first = 0, second = 0;
    int numbers = rest.size == 0 ? 0 : sscanf(rest.ptr, "%u,%u", &first, &second);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!text_is(name, names[i].name))
            continue;
        if (names[i].id == TYPE_DECIMAL)
            return type_decimal(first, second);
        return numbers == 0 ? type_make(names[i].id) : type_sized(names[i].id, first);
    }
    fail_msg("no type %.*s", TEXT_ARG(text));
    return type_make(TYPE_NULL);
}

/* "INT NOT NULL", "ROW<x INT, y STRING>". */
static inline Type format_type(FormatTable *table, Text text);

/* The parts between the brackets, parted by commas; those of a ROW have names. */
static inline Type nested_from_text(FormatTable *table, TypeId id, Text inside)
{
    TypeField made[FORMAT_COLUMNS] = {{.name = TEXT_NONE}};
    Type type = type_make(id);
    while (inside.size > 0) {
        Text part = text_trim(text_cut(&inside, ','));
        if (id == TYPE_ROW)
            made[type.children].name = text_cut(&part, ' ');
        made[type.children++].type = format_type(table, text_trim(part));
    }
    if (id == TYPE_MULTISET)
        made[type.children++].type = type_with_null(type_make(TYPE_INT), false);
    assert_true(table->parts + type.children <= FORMAT_PARTS);
    type.child = table->part + table->parts;
    for (uint32_t i = 0; i < type.children; i++)
        table->part[table->parts++] = made[i];
    return type;
}

static inline Type format_type(FormatTable *table, Text text)
{
    static const struct {
        const char *open;
        TypeId id;
    } nested[] = {{"ROW<", TYPE_ROW},
                  {"ARRAY<", TYPE_ARRAY},
                  {"MAP<", TYPE_MAP},
                  {"MULTISET<", TYPE_MULTISET}};
    bool not_null = text.size > 9 && memcmp(text.ptr + text.size - 9, " NOT NULL", 9) == 0;
    if (not_null)
        text.size -= 9;
    text = text_trim(text);
    for (size_t i = 0; i < sizeof nested / sizeof nested[0]; i++) {
        Text open = text_of(nested[i].open);
        if (!text_starts_with(text, open))
            continue;
        Text inside = {text.ptr + open.size, text.size - open.size - 1};
        return type_with_null(nested_from_text(table, nested[i].id, inside), !not_null);
    }
    return type_with_null(type_from_text(text), !not_null);
}

/* "a INT, b STRING; option = value; ..." */
static inline void format_table(FormatTable *table, const FormatClass *format, Text declaration)
{
    *table = (FormatTable){.format = format, .scope = {{format->options}, 1, "format"}};
    Text columns = text_cut(&declaration, ';');
    while (columns.size > 0) {
        Text column = text_trim(text_cut(&columns, ','));
        Text name = text_cut(&column, ' ');
        table->field[table->schema.count++] =
            (Field){.name = name, .type = format_type(table, text_trim(column))};
    }
    while (declaration.size > 0) {
        Text value = declaration;
        const char *semicolon = memmem(value.ptr, value.size, "; ", 2);
        if (semicolon != NULL)
            value.size = (uint32_t)(semicolon - value.ptr);
        declaration = semicolon == NULL ? TEXT_NONE
                                        : (Text){semicolon + 1, declaration.size - value.size - 1};
        Text key = text_trim(text_cut(&value, '='));
        table->option[table->options.count++] =
            (OptionEntry){.key = key, .value = text_trim(value)};
    }
    table->schema.field = table->field;
    table->options.item = table->option;
}

/* --- printing --- */

static inline void print_cell(const Type *type, const Column *column, uint32_t row, StrBuf *out);

/* (1, a) [1, 2] {k=1} */
static inline void print_nested(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    const Nested *nested = column->data.nested;
    if (type->id == TYPE_ROW) {
        for (uint32_t i = 0; i < type->children; i++) {
            strbuf_string(out, i == 0 ? "(" : ", ");
            print_cell(&type->child[i].type, &nested->child[i], row, out);
        }
        strbuf_char(out, ')');
        return;
    }
    Elements cell = nested_list(column, row);
    strbuf_char(out, type->children == 1 ? '[' : '{');
    for (uint32_t i = 0; i < cell.count; i++) {
        for (uint32_t c = 0; c < type->children; c++) {
            strbuf_string(out, c > 0 ? "=" : i > 0 ? ", " : "");
            print_cell(&type->child[c].type, &nested->child[c], cell.start + i, out);
        }
    }
    strbuf_char(out, type->children == 1 ? ']' : '}');
}

static inline void print_cell(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    char text[64];
    if (column_is_bad(column, row)) {
        strbuf_string(out, "BAD");
    } else if (column_is_null(column, row)) {
        strbuf_string(out, "NULL");
    } else if (type_is_nested(type)) {
        print_nested(type, column, row, out);
    } else if (column->phys == PHYS_BOOL) {
        strbuf_string(out, column->data.b[row] ? "true" : "false");
    } else if (column->phys == PHYS_F64) {
        uint32_t size = type->id == TYPE_FLOAT ? float_format((float)column->data.f64[row], text)
                                               : double_format(column->data.f64[row], text);
        bool whole = size > 2 && memcmp(text + size - 2, ".0", 2) == 0;
        strbuf_put(out, text, whole ? size - 2 : size);
    } else if (column->phys == PHYS_I128) {
        decimal_print(column->data.i128[row], type->scale, out);
    } else if (type_is_binary(type)) {
        Text bytes = str_text(&column->data.str[row]);
        for (uint32_t i = 0; i < bytes.size; i++)
            strbuf_printf(out, "%02x", (unsigned char)bytes.ptr[i]);
    } else if (column->phys == PHYS_STR) {
        strbuf_text(out, str_text(&column->data.str[row]));
    } else if (type->id == TYPE_DATE) {
        strbuf_put(out, text, date_format(column->data.i64[row], text));
    } else if (type->id == TYPE_TIME) {
        uint32_t size = time_format(column->data.i64[row], 6, text);
        while (text[size - 1] == '0' && size > 8)
            size--;
        strbuf_put(out, text, size == 9 ? 8 : size);
    } else if (type_is_timestamp(type)) {
        Micros fraction = micros_floor_mod(column->data.i64[row], MICROS_PER_SECOND);
        strbuf_put(out, text,
                   timestamp_format(column->data.i64[row],
                                    fraction == 0          ? 0
                                    : fraction % 1000 == 0 ? 3
                                                           : 6,
                                    text));
    } else {
        strbuf_i64(out, column->data.i64[row]);
    }
}

/* What to print besides the rows. */
typedef struct FormatPrint {
    bool places;   /* "line@offset:" before each row and REJECTED */
    bool reasons;  /* "code reason <raw>" behind REJECTED */
    char *covered; /* not NULL: for each byte of the input, 1 for each row and 16 for each rejected
                      record that it belongs to */
} FormatPrint;

static inline void cover(const FormatPrint *print, uint64_t offset, Text raw, char weight)
{
    for (uint32_t i = 0; print->covered != NULL && i < raw.size; i++)
        print->covered[offset + i] = (char)(print->covered[offset + i] + weight);
}

static inline void print_place(const FormatPrint *print, uint64_t line, uint64_t offset,
                               StrBuf *out)
{
    if (out->size > 0)
        strbuf_char(out, ' ');
    if (print->places)
        strbuf_printf(out, "%llu@%llu:", (unsigned long long)line, (unsigned long long)offset);
}

static inline void print_rows(const FormatPrint *print, const Schema *schema,
                              const BatchBuilder *rows, StrBuf *out)
{
    uint32_t rejected = 0;
    for (uint32_t row = 0; row <= rows->rows; row++) {
        for (; rejected < rows->rejected_count && rows->rejected[rejected].before_row == row;
             rejected++) {
            const RejectedRecord *record = &rows->rejected[rejected];
            if (record->skipped)
                continue;
            print_place(print, record->line, record->offset, out);
            cover(print, record->offset, record->raw, 16);
            strbuf_string(out, "REJECTED");
            if (print->reasons)
                strbuf_printf(out, " %s %s <%.*s>", error_def(record->code)->name, record->reason,
                              TEXT_ARG(record->raw));
        }
        if (row == rows->rows)
            break;
        print_place(print, rows->line[row], rows->offset[row], out);
        cover(print, rows->offset[row], rows->raw[row], 1);
        if (bit_get(rows->filtered, row)) {
            strbuf_string(out, "FILTERED");
            continue;
        }
        strbuf_char(out, '[');
        for (uint32_t c = 0; c < schema->count; c++) {
            if (c > 0)
                strbuf_string(out, ", ");
            print_cell(&schema->field[c].type, &rows->column[c], row, out);
        }
        strbuf_char(out, ']');
    }
}

/* --- decoding --- */

typedef struct FormatRun {
    const FormatTable *table;
    const uint32_t *wanted; /* NULL: all columns */
    uint32_t wanted_count;
    Predicate predicate;
    size_t step; /* bytes that come at a time; 0: all at once */
    bool whole;  /* the input is a message */
    bool lines;  /* with that: each of its lines is, without its feed */
    char behind; /* the byte after the input, which must not matter; '\0': an x */
    FormatPrint print;
} FormatRun;

/* A message comes again until it is consumed. One of no bytes is done at once. */
static inline void format_feed_message(const FormatRun *run, const Schema *schema, Decoder *decoder,
                                       const DecodeInput *input, StrBuf *out)
{
    BatchBuilder rows;
    size_t consumed;
    assert_int_equal(builder_open(&rows, NULL, schema), ST_OK);
    do {
        builder_reset(&rows);
        assert_int_equal(decoder->decode(decoder, input, &rows, &consumed), ST_OK);
        assert_true(consumed == input->size || (consumed == 0 && builder_full(&rows)));
        print_rows(&run->print, schema, &rows, out);
    } while (consumed < input->size);
    assert_false(decoder->inside);
    builder_close(&rows);
}

static inline void format_feed_messages(const FormatRun *run, const Schema *schema,
                                        Decoder *decoder, Block *block, StrBuf *out)
{
    const char *p = block->bytes, *end = p + block->size;
    do {
        const char *feed = run->lines ? memchr(p, '\n', (size_t)(end - p)) : NULL;
        size_t size = (size_t)((feed == NULL ? end : feed) - p);
        uint64_t offset = (uint64_t)(p - block->bytes);
        DecodeInput input = {p, size, block, offset, true, true, true};
        format_feed_message(run, schema, decoder, &input, out);
        p = feed == NULL ? end : feed + 1;
    } while (p < end);
}

/* Feeds the input as a reader would: what is not consumed comes again with more behind it. */
static inline void format_feed(const FormatRun *run, const Schema *schema, Decoder *decoder,
                               Block *block, StrBuf *out)
{
    BatchBuilder rows;
    size_t from = 0, to = 0, consumed;
    bool at_end = false;
    assert_int_equal(builder_open(&rows, NULL, schema), ST_OK);
    while (from < block->size || !at_end) {
        size_t step = run->step == 0 ? block->size : run->step;
        to = block->size - to < step ? block->size : to + step;
        at_end = to == block->size;
        do { /* a full builder leaves records behind, or part of a large array */
            DecodeInput input = {block->bytes + from, to - from, block, from,
                                 from == 0,           at_end,    false};
            builder_reset(&rows);
            assert_int_equal(decoder->decode(decoder, &input, &rows, &consumed), ST_OK);
            assert_true(consumed <= input.size);
            from += consumed;
            print_rows(&run->print, schema, &rows, out);
        } while (consumed > 0 || rows.rows > 0);
        if (at_end)
            assert_int_equal(from, block->size);
    }
    builder_close(&rows);
}

/* Appends what comes of the input. */
static inline void format_run(const FormatRun *run, Text input, StrBuf *out)
{
    static const uint32_t all[FORMAT_COLUMNS] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                 8, 9, 10, 11, 12, 13, 14, 15};
    const FormatTable *table = run->table;
    DecodeSpec spec = {.schema = &table->schema,
                       .wanted = run->wanted == NULL ? all : run->wanted,
                       .wanted_count =
                           run->wanted == NULL ? table->schema.count : run->wanted_count,
                       .predicate = run->predicate,
                       .scope = &table->scope,
                       .options = table->options,
                       .messages = run->whole};
    Field field[FORMAT_COLUMNS];
    Schema schema = {spec.wanted_count, field};
    for (uint32_t i = 0; i < spec.wanted_count; i++)
        field[i] = table->field[spec.wanted[i]];
    Arena arena;
    Decoder *decoder;
    arena_init(&arena, NULL);
    assert_int_equal(table->format->open_decoder(&arena, NULL, &spec, &decoder), ST_OK);
    Block *block = block_make(NULL, input.size + 1);
    memcpy(block->bytes, input.ptr, input.size);
    /* nothing behind the input may matter */
    block->bytes[input.size] = run->behind == '\0' ? 'x' : run->behind;
    block->size = input.size;
    if (run->whole)
        format_feed_messages(run, &schema, decoder, block, out);
    else
        format_feed(run, &schema, decoder, block, out);
    assert_int_equal(block->references, 1);
    block_release(block);
    if (decoder->close != NULL)
        decoder->close(decoder);
    arena_close(&arena);
}

/* Decodes lines or a message and appends what its rows are, encoded. None is NULL. */
static inline void format_encode(const FormatClass *format, const char *columns, Text input,
                                 bool messages, StrBuf *out)
{
    FormatTable table;
    format_table(&table, format, text_of(columns));
    uint32_t all[FORMAT_COLUMNS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    DecodeSpec spec = {.schema = &table.schema,
                       .wanted = all,
                       .wanted_count = table.schema.count,
                       .scope = &table.scope,
                       .options = table.options,
                       .messages = messages};
    Arena arena;
    Decoder *decoder;
    BatchBuilder rows;
    size_t consumed;
    arena_init(&arena, NULL);
    Block *block = block_make(NULL, input.size);
    memcpy(block->bytes, input.ptr, input.size);
    assert_int_equal(format->open_decoder(&arena, NULL, &spec, &decoder), ST_OK);
    assert_int_equal(builder_open(&rows, NULL, &table.schema), ST_OK);
    DecodeInput in = {block->bytes, input.size, block, 0, true, true, messages};
    assert_int_equal(decoder->decode(decoder, &in, &rows, &consumed), ST_OK);
    assert_int_equal(rows.bad_count + rows.rejected_count, 0);
    Batch batch = {.rows = rows.rows,
                   .selected = rows.rows,
                   .columns = (uint16_t)rows.columns,
                   .column = rows.column};
    EncodeSpec to = {&table.schema, &table.scope, table.options, messages};
    Encoder *encoder;
    assert_int_equal(format->open_encoder(&arena, &to, &encoder), ST_OK);
    for (uint32_t row = 0; row < rows.rows; row++) {
        assert_int_equal(encoder->encode(encoder, &batch, row, out), ST_OK);
        assert_false(encoder->gives_null != NULL && encoder->gives_null(encoder, &batch, row));
    }
    builder_close(&rows);
    block_release(block);
    arena_close(&arena);
}

static inline void check_encode(const FormatClass *format, const char *columns, const char *input,
                                const char *expected)
{
    StrBuf out = {0};
    format_encode(format, columns, text_of(input), false, &out);
    assert_string_equal(strbuf_cstr(&out), expected);
    strbuf_close(&out);
}

/* A message, and what comes of its rows, one behind the other. */
static inline void check_encode_messages(const FormatClass *format, const char *columns, Text input,
                                         Text expected)
{
    StrBuf out = {0};
    format_encode(format, columns, input, true, &out);
    assert_int_equal(out.size, expected.size);
    if (expected.size > 0)
        assert_memory_equal(strbuf_cstr(&out), expected.ptr, expected.size);
    strbuf_close(&out);
}

/* \n \t \r \\ \xHH and \p (a vertical bar), in place; returns the new size. */
static inline uint32_t text_unescape(char *text, uint32_t size)
{
    uint32_t to = 0;
    for (uint32_t i = 0; i < size; i++) {
        if (text[i] != '\\') {
            text[to++] = text[i];
            continue;
        }
        char c = text[++i];
        unsigned byte = 0;
        if (c == 'x') {
            sscanf(text + i + 1, "%2x", &byte);
            i += 2;
            text[to++] = (char)byte;
        } else {
            text[to++] = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'p' ? '|' : c;
        }
    }
    return to;
}

/* --- cases --- */

typedef struct FormatCase {
    const char *table, *input, *expected;
} FormatCase;

/* A line is the same as a message, but for what is listed here. */
static inline bool format_same_as_message(const FormatClass *format, const FormatTable *table,
                                          Text input, Text *message)
{
    Text line = input;
    line.size -= line.size > 0 && line.ptr[line.size - 1] == '\n';
    *message = line;
    if (line.size == 0 || memchr(line.ptr, '\n', line.size) != NULL)
        return false; /* an empty line is none; an empty message is broken, or an empty text */
    if (format == &raw_format) /* a carriage return is a byte like others */
        return line.ptr[line.size - 1] != '\r';
    uint32_t blanks = 0;
    while (blanks < line.size && memchr(" \t\r", line.ptr[blanks], 3) != NULL)
        blanks++;
    if (blanks == line.size || text_starts_with(line, TEXT("\xef\xbb\xbf")))
        return false; /* other words; an offset that counts the mark */
    if (format == &csv_format) {
        /* a carriage return ends a record, too, and comments alone are no message */
        const char *end = memchr(line.ptr, '\r', line.size);
        return (end == NULL || end == line.ptr + line.size - 1) &&
               !option_bool(&table->scope, table->options, "csv.allow-comments");
    }
    return true;
}

static inline void format_check_message(const FormatTable *table, Text input, const char *expected,
                                        FormatPrint print)
{
    StrBuf out;
    strbuf_init(&out, NULL);
    for (int behind = 0; behind < 2; behind++) {
        FormatRun run = {
            .table = table, .whole = true, .behind = behind == 0 ? 'x' : '\n', .print = print};
        strbuf_clear(&out);
        format_run(&run, input, &out);
        if (strcmp(strbuf_cstr(&out), expected) != 0)
            fail_msg("as a message: %.*s\ngave     %s\nexpected %s", TEXT_ARG(input),
                     strbuf_cstr(&out), expected);
    }
    strbuf_close(&out);
}

/* Whatever the number of bytes that arrive at a time. */
static inline void format_check(const FormatClass *format, const FormatCase *c, FormatPrint print)
{
    static const size_t steps[] = {0, 1, 2, 5, 7};
    FormatTable table;
    StrBuf out;
    strbuf_init(&out, NULL);
    format_table(&table, format, text_of(c->table));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        FormatRun run = {.table = &table, .step = steps[i], .print = print};
        strbuf_clear(&out);
        format_run(&run, text_of(c->input), &out);
        if (strcmp(strbuf_cstr(&out), c->expected) != 0)
            fail_msg("step %zu: %s\ngave     %s\nexpected %s", steps[i], c->input,
                     strbuf_cstr(&out), c->expected);
    }
    strbuf_close(&out);
    Text message;
    if (format_same_as_message(format, &table, text_of(c->input), &message))
        format_check_message(&table, message, c->expected, print);
}

/* Cases whose inputs are messages. */
static inline void format_check_messages(const FormatClass *format, const FormatCase *cases,
                                         size_t count, FormatPrint print)
{
    for (size_t i = 0; i < count; i++) {
        FormatTable table;
        format_table(&table, format, text_of(cases[i].table));
        format_check_message(&table, text_of(cases[i].input), cases[i].expected, print);
    }
}

/* A message just within the limit is taken, one above it is rejected and a part of it kept. */
static inline void format_check_long_messages(const FormatTable *table, const uint32_t *wanted,
                                              const char *before, const char *after,
                                              const char *taken)
{
    for (uint32_t extra = 0; extra < 2; extra++) {
        FormatRun run = {.table = table,
                         .wanted = wanted,
                         .wanted_count = 1,
                         .whole = true,
                         .print = {.places = true, .reasons = extra == 1}};
        StrBuf input = {0}, out = {0};
        strbuf_string(&input, before);
        strbuf_repeat(&input, 'x', LIMIT_RECORD_BYTES - strlen(before) - strlen(after) + extra);
        strbuf_string(&input, after);
        format_run(&run, strbuf_as_text(&input), &out);
        if (extra == 0) {
            assert_string_equal(strbuf_cstr(&out), taken);
        } else {
            static const char reason[] = "1@0:REJECTED E5008 longer than 16 MiB <";
            assert_int_equal(out.size, sizeof reason - 1 + LIMIT_RAW_KEPT_BYTES + 1);
            assert_memory_equal(strbuf_cstr(&out), reason, sizeof reason - 1);
        }
        strbuf_close(&input);
        strbuf_close(&out);
    }
}

typedef struct FormatTableCase {
    const char *table;
    ErrorCode code; /* E0001: accepted */
} FormatTableCase;

static inline void format_check_tables(const FormatClass *format, bool messages,
                                       const FormatTableCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        FormatTable table;
        Diag diag = {0};
        format_table(&table, format, text_of(cases[i].table));
        Status status =
            format->check(&table.schema, messages, &table.scope, table.options, SPAN_NONE, &diag);
        assert_int_equal(status == ST_OK, cases[i].code == E0001);
        if (status != ST_OK)
            assert_int_equal(diag.code, cases[i].code);
    }
}

#endif
