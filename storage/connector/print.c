/* Rows as Flink's print connector shows them: the row kind, then the values as Java's toString
 * gives them, which for times and binary differs from what CAST ... AS STRING does. */
#include <unistd.h>

#include "storage/connector/connector.h"
#include "storage/connector/fd_writer.h"
#include "storage/data/decimal.h"
#include "storage/data/timestamp.h"
#include "storage/data/value.h"
#include "storage/format/cell_text.h"

typedef struct PrintSink {
    Sink base;
    const TableSpec *table;
    Text identifier;
    FdWriter writer;
} PrintSink;

/* hh:mm, with :ss when it is needed or always, and a fraction of 3 or 6 digits unless it is 0. */
static void print_clock(Micros of_day, bool seconds_always, StrBuf *out)
{
    char text[32];
    Micros fraction = of_day % MICROS_PER_SECOND;
    uint32_t digits = fraction == 0 ? 0 : fraction % 1000 == 0 ? 3 : 6;
    uint32_t size = time_format(of_day, digits, text);
    if (!seconds_always && of_day % MICROS_PER_MINUTE == 0)
        size = 5;
    strbuf_put(out, text, size);
}

static void print_moment(Micros value, bool zone, StrBuf *out)
{
    char text[32];
    strbuf_put(out, text, date_format(micros_floor_div(value, MICROS_PER_DAY), text));
    strbuf_char(out, 'T');
    print_clock(micros_floor_mod(value, MICROS_PER_DAY), zone, out);
    if (zone)
        strbuf_char(out, 'Z');
}

static void print_bytes(Text bytes, StrBuf *out)
{
    strbuf_char(out, '[');
    for (uint32_t i = 0; i < bytes.size; i++) {
        if (i > 0)
            strbuf_string(out, ", ");
        strbuf_i64(out, (signed char)bytes.ptr[i]);
    }
    strbuf_char(out, ']');
}

static void print_value(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    static const CellTextStyle style = {.plain_decimal = true};
    uint32_t i = column_index(column, row);
    if (column_is_null(column, row))
        strbuf_string(out, "null");
    else if (type_is_timestamp(type))
        print_moment(column->data.i64[i], type->id == TYPE_TIMESTAMP_LTZ, out);
    else if (type->id == TYPE_TIME)
        print_clock(column->data.i64[i], false, out);
    else if (type_is_binary(type))
        print_bytes(str_text(&column->data.str[i]), out);
    else if (type_is_nested(type) || type_is_interval(type))
        cell_print(type, column, row, out);
    else
        cell_text_append(&style, type, column, row, out);
}

static void print_row(PrintSink *self, const Batch *batch, uint32_t row)
{
    StrBuf *out = &self->writer.pending;
    const Schema *schema = &self->table->schema;
    if (self->identifier.size > 0) {
        strbuf_text(out, self->identifier);
        strbuf_string(out, "> ");
    }
    strbuf_string(out, row_kind_name(batch_kind(batch, row)));
    strbuf_char(out, '[');
    for (uint32_t c = 0; c < schema->count; c++) {
        if (c > 0)
            strbuf_string(out, ", ");
        print_value(&schema->field[c].type, &batch->column[c], row, out);
    }
    strbuf_string(out, "]\n");
}

static Status print_write(Sink *sink, const Batch *batch, Diag *diag)
{
    PrintSink *self = (PrintSink *)sink;
    for (uint32_t i = 0; i < batch->selected; i++)
        print_row(self, batch, batch_row(batch, i));
    return fd_writer_relax(&self->writer, diag);
}

static Status print_commit(Sink *sink, uint64_t epoch, Diag *diag)
{
    (void)epoch;
    return fd_writer_flush(&((PrintSink *)sink)->writer, diag);
}

static uint64_t print_pending_bytes(const Sink *sink)
{
    return ((const PrintSink *)sink)->writer.pending.size;
}

static void print_close(Sink *sink)
{
    fd_writer_close(&((PrintSink *)sink)->writer);
}

static Status print_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                              uint64_t *stored_epoch, Sink **out, Diag *diag)
{
    (void)memory;
    *stored_epoch = 0;
    (void)diag;
    PrintSink *self;
    TRY_NEW(self, env->arena);
    self->base = (Sink){.write = print_write,
                        .commit = print_commit,
                        .close = print_close,
                        .pending_bytes = print_pending_bytes};
    self->table = table;
    self->identifier = option_text(&table->scope, table->options, "print-identifier");
    bool error = option_bool(&table->scope, table->options, "standard-error");
    fd_writer_open(&self->writer, env->meter, error ? STDERR_FILENO : STDOUT_FILENO,
                   error ? TEXT("standard error") : TEXT("standard output"));
    *out = &self->base;
    return ST_OK;
}

static const OptionDef print_options[] = {
    {"print-identifier", OPTION_TEXT, NULL, NULL, 0,
     "stands before each row, with \"> \" after it"},
    {"standard-error", OPTION_BOOL, "false", NULL, 0,
     "to standard error instead of standard output"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

const ConnectorClass print_connector = {
    .name = "print",
    .doc = "each change as a line of text, as +I[1, a]",
    .options = print_options,
    .accepts_updates = true,
    .open_sink = print_open_sink,
};
