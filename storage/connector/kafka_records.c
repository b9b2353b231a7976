#include "storage/connector/kafka_records.h"

#include <assert.h>
#include <string.h>

#include "storage/base/limits.h"

enum { LINES_BYTES = 256 << 10 }; /* of values laid out at a time */

/* Which of the physical columns are wanted of the value, by its own numbers. */
static Status number_wanted(const ScanSpec *scan, Arena *arena, DecodeSpec *spec)
{
    const TableSpec *table = scan->table;
    uint32_t *number, *wanted;
    FieldPath *path;
    Comparison *test;
    TRY_NEW_ARRAY(number, arena, table->schema.count);
    TRY_NEW_ARRAY(wanted, arena, scan->wanted_count);
    TRY_NEW_ARRAY(path, arena, scan->paths);
    TRY_NEW_ARRAY(test, arena, scan->predicate.count);
    for (uint32_t i = 0; i < table->value.count; i++)
        number[table->value_column[i]] = i;
    for (uint32_t i = 0; i < scan->wanted_count; i++)
        wanted[i] = number[scan->wanted[i]];
    for (uint32_t i = 0; i < scan->paths; i++) {
        path[i] = scan->path[i];
        path[i].column = number[path[i].column];
    }
    for (uint32_t i = 0; i < scan->predicate.count; i++) {
        test[i] = scan->predicate.item[i];
        test[i].column = number[test[i].column];
    }
    spec->wanted = wanted;
    spec->path = path;
    spec->predicate = (Predicate){test, scan->predicate.count};
    return ST_OK;
}

/* A quote or an escape can take the line's end into the record, a comment is a line of none. */
static void find_apart(KafkaRecords *self, const TableSpec *table)
{
    const OptionScope *scope = &table->scope;
    OptionList options = table->format_options;
    if (table->format != &csv_format)
        return;
    char escape = option_char(scope, options, "csv.escape-character");
    if (!option_bool(scope, options, "csv.disable-quote-character"))
        self->apart[self->aparts++] = option_char(scope, options, "csv.quote-character");
    if (escape != '\0')
        self->apart[self->aparts++] = escape;
    if (option_bool(scope, options, "csv.allow-comments"))
        self->apart[self->aparts++] = '#';
}

static Status open_decoder(KafkaRecords *self, const ScanSpec *scan)
{
    const TableSpec *table = scan->table;
    DecodeSpec *spec;
    TRY_NEW(spec, &self->arena);
    *spec = (DecodeSpec){
        .schema = &table->value,
        .wanted_count = scan->wanted_count,
        .paths = scan->paths,
        .always = scan->always,
        .messages = true,
        .scope = &table->scope,
        .options = table->format_options,
    };
    TRY(number_wanted(scan, &self->arena, spec));
    TRY_NEW_ARRAY(self->place, &self->arena, BATCH_ROWS + 1);
    TRY_NEW_ARRAY(self->message, &self->arena, BATCH_ROWS);
    self->raw = table->format == &raw_format;
    self->upserts = table->connector->upserts;
    find_apart(self, table);
    self->columns = scan->wanted_count + scan->paths;
    return table->format->open_decoder(&self->arena, self->meter, spec, &self->decoder);
}

Status kafka_records_open(KafkaRecords *self, const ScanSpec *scan, Meter *meter)
{
    *self = (KafkaRecords){.meter = meter};
    arena_init(&self->arena, meter);
    Status status = open_decoder(self, scan);
    if (status != ST_OK)
        kafka_records_close(self);
    return status;
}

void kafka_records_close(KafkaRecords *self)
{
    if (self->meter == NULL)
        return;
    block_release(self->block);
    self->block = NULL;
    if (self->decoder != NULL && self->decoder->close != NULL)
        self->decoder->close(self->decoder);
    self->decoder = NULL;
    arena_close(&self->arena);
}

/* --- the block --- */

/* A block with room for so many bytes behind what is used of it. */
static Status make_room(KafkaRecords *self, size_t size)
{
    Block *block = self->block;
    if (block != NULL && __atomic_load_n(&block->references, __ATOMIC_ACQUIRE) == 1)
        self->used = 0; /* no row points into it any more */
    if (block != NULL && block->capacity - self->used >= size)
        return ST_OK;
    block_release(block);
    self->used = 0;
    self->block = block_make(self->meter, size > LINES_BYTES ? size : LINES_BYTES);
    return self->block == NULL ? ST_NOMEM : ST_OK;
}

static bool stands_apart(const KafkaRecords *self, const rd_kafka_message_t *message)
{
    for (uint32_t i = 0; i < self->aparts; i++) {
        if (memchr(message->payload, self->apart[i], message->len) != NULL)
            return true;
    }
    return false;
}

/* Whether the value as a line is the same record as it is by itself. Not one that may be blank:
 * such a line is passed over. */
static bool makes_a_line(const KafkaRecords *self, const rd_kafka_message_t *message)
{
    const char *bytes = message->payload;
    return bytes != NULL && message->len > 0 && message->len <= LIMIT_RECORD_BYTES &&
           (unsigned char)bytes[0] > ' ' && (unsigned char)bytes[0] != 0xEF &&
           bytes[message->len - 1] != '\r' && memchr(bytes, '\n', message->len) == NULL &&
           !stands_apart(self, message);
}

/* --- a run of lines --- */

/* How many of the messages make lines, as many as there is room for. */
static uint32_t measure_run(const KafkaRecords *self, rd_kafka_message_t *const *message,
                            uint32_t count, size_t *bytes)
{
    uint32_t run = 0;
    *bytes = 0;
    while (run < count && *bytes < LINES_BYTES && makes_a_line(self, message[run]))
        *bytes += message[run++]->len + 1;
    return run;
}

static char *lay_out(KafkaRecords *self, rd_kafka_message_t *const *message, uint32_t run)
{
    char *begin = self->block->bytes + self->used, *to = begin;
    for (uint32_t i = 0; i < run; i++) {
        self->place[i] = (uint32_t)(to - begin);
        memcpy(to, message[i]->payload, message[i]->len);
        to += message[i]->len;
        *to++ = '\n';
    }
    self->place[run] = (uint32_t)(to - begin);
    self->used += (size_t)(to - begin);
    return begin;
}

/* Offsets of messages in the place of those in the run. `first`: of its messages, the number. */
static void name_messages(KafkaRecords *self, rd_kafka_message_t *const *message, uint32_t first,
                          BatchBuilder *out, uint32_t row, uint32_t rejected)
{
    for (uint32_t m = first; row < out->rows; row++) {
        while (self->place[m - first + 1] <= out->offset[row])
            m++;
        self->message[row] = (uint16_t)m;
        out->offset[row] = (uint64_t)message[m]->offset;
        out->line[row] = 0;
    }
    for (uint32_t m = first; rejected < out->rejected_count; rejected++) {
        RejectedRecord *record = &out->rejected[rejected];
        while (self->place[m - first + 1] <= record->offset)
            m++;
        record->offset = (uint64_t)message[m]->offset;
        record->line = 0;
    }
}

static Status decode_run(KafkaRecords *self, rd_kafka_message_t *const *message, uint32_t first,
                         uint32_t run, BatchBuilder *out, uint32_t *taken)
{
    const char *begin = lay_out(self, message + first, run);
    size_t size = self->place[run], done = 0;
    uint32_t row = out->rows, rejected = out->rejected_count;
    while (done < size && !builder_full(out)) {
        DecodeInput input = {
            .bytes = begin + done, .size = size - done, .block = self->block, .offset = done};
        size_t consumed = 0;
        TRY(self->decoder->decode(self->decoder, &input, out, &consumed));
        done += consumed;
        if (consumed == 0) /* a record of many rows, for which there is no room any more */
            break;
    }
    assert(done > 0 || out->rows > 0);
    name_messages(self, message, first, out, row, rejected);
    *taken = 0;
    while (*taken < run && self->place[*taken + 1] <= done)
        ++*taken;
    self->used -= size - self->place[*taken];
    return ST_OK;
}

/* --- a message by itself --- */

static Status take_null(KafkaRecords *self, const rd_kafka_message_t *message, uint32_t number,
                        BatchBuilder *out)
{
    if (!self->raw && !self->upserts)
        return ST_OK; /* a tombstone */
    for (uint32_t i = 0; i < self->columns; i++)
        builder_set_null(out, i, out->rows);
    self->message[out->rows] = (uint16_t)number;
    builder_end_row(out, (uint64_t)message->offset, 0, TEXT_NONE);
    return ST_OK;
}

static Status decode_alone(KafkaRecords *self, const rd_kafka_message_t *message, uint32_t number,
                           BatchBuilder *out, bool *done)
{
    uint32_t row = out->rows, rejected = out->rejected_count;
    *done = true;
    if (message->payload == NULL)
        return take_null(self, message, number, out);
    TRY(make_room(self, message->len));
    char *bytes = self->block->bytes + self->used;
    memcpy(bytes, message->payload, message->len);
    DecodeInput input = {.bytes = bytes,
                         .size = message->len,
                         .block = self->block,
                         .at_start = true,
                         .at_end = true,
                         .whole = true};
    size_t consumed = 0;
    TRY(self->decoder->decode(self->decoder, &input, out, &consumed));
    *done = consumed == message->len && !(consumed == 0 && builder_full(out) && row == out->rows);
    for (; row < out->rows; row++) {
        self->message[row] = (uint16_t)number;
        out->offset[row] = (uint64_t)message->offset;
        out->line[row] = 0;
    }
    for (; rejected < out->rejected_count; rejected++) {
        out->rejected[rejected].offset = (uint64_t)message->offset;
        out->rejected[rejected].line = 0;
    }
    self->used += message->len;
    return ST_OK;
}

Status kafka_records_decode(KafkaRecords *self, rd_kafka_message_t *const *message, uint32_t count,
                            BatchBuilder *out, uint32_t *taken)
{
    assert(count <= BATCH_ROWS);
    *taken = 0;
    while (*taken < count && !builder_full(out)) {
        size_t bytes;
        uint32_t run = measure_run(self, message + *taken, count - *taken, &bytes), done = 0;
        bool over = false;
        if (run == 0) {
            TRY(decode_alone(self, message[*taken], *taken, out, &over));
            done = over;
        } else {
            TRY(make_room(self, bytes));
            TRY(decode_run(self, message, *taken, run, out, &done));
            over = done == run;
        }
        *taken += done;
        if (!over)
            break;
    }
    return ST_OK;
}
