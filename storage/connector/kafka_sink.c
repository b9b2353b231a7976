#include "storage/connector/kafka_sink.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "storage/connector/kafka_metadata.h"
#include "storage/connector/kafka_producer.h"
#include "storage/data/nested.h"

enum { MEMORY_FORMAT = 2 };

/* A group's offsets expire when nobody has committed any for some time, seven days by default. */
static const Micros mark_again = 12 * MICROS_PER_HOUR;

/* What save gives, as bytes; behind it the ends of the topic's partitions: behind all that is
 * committed; once the job has stopped, where they were. */
typedef struct KafkaMemory {
    uint64_t format;
    uint64_t incarnation; /* of this run */
    uint64_t previous;    /* of the last one that the broker has heard of */
    uint64_t epoch;       /* committed */
    uint64_t written;     /* the last one that had rows: that of the marker. 0: none had */
    uint64_t finished;    /* nothing has gone out since the job stopped */
} KafkaMemory;

/* One of the two parts of a record. */
typedef struct Part {
    Encoder *encoder; /* NULL: there is none */
    Column *column;   /* of the batch, those that the part has */
    const uint32_t *from;
    uint16_t columns;
} Part;

typedef struct KafkaSink {
    Sink base;
    Clock *clock;
    Micros marked;      /* monotonic */
    bool upsert, keeps; /* keeps: the job's database has a memory */
    bool saved;         /* and that has the incarnation of this run */
    bool marker_lost;   /* while the job stood still: it is written anew */
    Part key, value;
    int32_t time, headers; /* columns; -1: not written */
    KafkaOutbox outbox;
    KafkaProducer producer;
    KafkaMemory now;
} KafkaSink;

bool kafka_is_exactly_once(const TableSpec *table)
{
    return option_enum(&table->scope, table->options, "sink.delivery-guarantee") ==
           KAFKA_EXACTLY_ONCE;
}

/* --- writing --- */

static Batch part_batch(const Part *part, const Batch *batch)
{
    Batch out = *batch;
    for (uint32_t i = 0; i < part->columns; i++)
        part->column[i] = batch->column[part->from[i]];
    out.column = part->column;
    out.columns = part->columns;
    return out;
}

static Status encode_part(const Part *part, const Batch *batch, uint32_t row, StrBuf *out,
                          bool *exists, uint32_t *size)
{
    size_t before = out->size;
    *exists =
        part->encoder->gives_null == NULL || !part->encoder->gives_null(part->encoder, batch, row);
    TRY(part->encoder->encode(part->encoder, batch, row, out));
    *size = (uint32_t)(out->size - before);
    return ST_OK;
}

static void add_headers(const Column *column, uint32_t row, StrBuf *out)
{
    const Nested *map = column->data.nested;
    Elements list = nested_list(column, row);
    for (uint32_t i = list.start; i < list.start + list.count; i++) {
        bool null = column_is_null(&map->child[1], i);
        Text name = str_text(&map->child[0].data.str[column_index(&map->child[0], i)]);
        Text value = str_text(&map->child[1].data.str[column_index(&map->child[1], i)]);
        uint32_t size = null ? UINT32_MAX : value.size;
        if (column_is_null(&map->child[0], i))
            continue; /* a header has a name */
        strbuf_put(out, name.ptr, strnlen(name.ptr, name.size));
        strbuf_char(out, '\0');
        strbuf_put(out, &size, sizeof size);
        if (!null)
            strbuf_text(out, value);
    }
}

static void add_metadata(KafkaSink *self, const Batch *batch, uint32_t row, KafkaRecord *record)
{
    StrBuf *bytes = &self->outbox.bytes;
    size_t before = bytes->size;
    const Column *time = self->time < 0 ? NULL : &batch->column[self->time];
    if (time != NULL && !column_is_null(time, row))
        record->time = time->data.i64[column_index(time, row)] / MICROS_PER_MILLI;
    if (self->headers >= 0 && !column_is_null(&batch->column[self->headers], row))
        add_headers(&batch->column[self->headers], row, bytes);
    record->headers_size = (uint32_t)(bytes->size - before);
}

/* Of an update the row before goes out as a deletion, whose place the row after takes; it stays
 * where that has another key. */
static Status write_row(KafkaSink *self, const Batch *batch, const Batch *key, const Batch *value,
                        uint32_t row)
{
    StrBuf *bytes = &self->outbox.bytes;
    KafkaRecord record = {.at = bytes->size, .time = KAFKA_NO_TIME};
    if (self->key.encoder != NULL)
        TRY(encode_part(&self->key, key, row, bytes, &record.has_key, &record.key_size));
    if (row_kind_adds(batch_kind(key, row)))
        TRY(encode_part(&self->value, value, row, bytes, &record.has_value, &record.value_size));
    add_metadata(self, batch, row, &record);
    return kafka_outbox_add(&self->outbox, &record, self->upsert);
}

static Status kafka_write(Sink *sink, const Batch *batch, Diag *diag)
{
    KafkaSink *self = (KafkaSink *)sink;
    Batch key = part_batch(&self->key, batch), value = part_batch(&self->value, batch);
    (void)diag;
    for (uint32_t i = 0; i < batch->selected; i++)
        TRY(write_row(self, batch, &key, &value, batch_row(batch, i)));
    return ST_OK;
}

/* --- epochs --- */

static bool must_mark(const KafkaSink *self)
{
    bool late = self->clock->monotonic(self->clock) - self->marked >= mark_again;
    return self->keeps && self->now.written > 0 && (late || self->marker_lost);
}

static Status kafka_commit(Sink *sink, uint64_t epoch, Diag *diag)
{
    KafkaSink *self = (KafkaSink *)sink;
    self->producer.incarnation =
        self->saved || !self->keeps ? self->now.incarnation : self->now.previous;
    if (self->outbox.count > 0) {
        TRY(kafka_producer_send(&self->producer, &self->outbox, epoch, diag));
        self->now.written = epoch;
        self->now.finished = 0;
    } else if (must_mark(self) && self->saved) /* a copy has the incarnation before, too */
        TRY(kafka_producer_mark(&self->producer, self->now.written, diag));
    else {
        self->now.epoch = epoch;
        return ST_OK;
    }
    self->marked = self->clock->monotonic(self->clock);
    self->marker_lost = false;
    kafka_outbox_clear(&self->outbox);
    self->now.epoch = epoch;
    return ST_OK;
}

static Status kafka_save(Sink *sink, StrBuf *out)
{
    KafkaSink *self = (KafkaSink *)sink;
    self->saved = true;
    strbuf_put(out, &self->now, sizeof self->now);
    kafka_ends_save(&self->producer.reached, out);
    return strbuf_status(out);
}

/* Where the partitions end now tells later whether somebody has written since. Nobody waits long
 * for a broker that does not say: then the job goes on with its marker alone. */
static Status kafka_finish(Sink *sink, Diag *diag)
{
    KafkaSink *self = (KafkaSink *)sink;
    TRY(kafka_producer_settle(&self->producer, diag));
    if (self->keeps && self->now.written > 0 &&
        kafka_producer_read_ends(&self->producer, false, &self->producer.reached, NULL) == ST_OK)
        self->now.finished = 1;
    return ST_OK;
}

static bool kafka_wants_commit(const Sink *sink)
{
    return must_mark((const KafkaSink *)sink);
}

static uint64_t kafka_pending_bytes(const Sink *sink)
{
    return kafka_outbox_bytes(&((const KafkaSink *)sink)->outbox);
}

static void kafka_close_sink(Sink *sink)
{
    KafkaSink *self = (KafkaSink *)sink;
    kafka_producer_close(&self->producer);
    kafka_outbox_close(&self->outbox);
}

/* --- opening --- */

/* Of the transactions and the marker's group. Without a database it is of this run alone. */
static Status make_name(const TableSpec *table, const SinkOwner *owner, uint64_t incarnation,
                        Arena *arena, Text *out)
{
    Text prefix = option_text(&table->scope, table->options, "sink.transactional-id-prefix");
    if (prefix.size == 0)
        prefix = TEXT("weir");
    if (owner->database.size == 0)
        return arena_printf(arena, out, "%.*s-%016llx-%u", TEXT_ARG(prefix),
                            (unsigned long long)incarnation, owner->sink);
    return arena_printf(arena, out, "%.*s-%.*s-%lld-%u", TEXT_ARG(prefix),
                        TEXT_ARG(owner->database), (long long)owner->job, owner->sink);
}

static Status read_memory(KafkaSink *self, const SinkMemory *memory, KafkaMemory *kept, Diag *diag)
{
    Text bytes = memory->exists ? memory->bytes : TEXT_NONE;
    *kept = (KafkaMemory){0};
    if (!memory->exists)
        return ST_OK;
    if (bytes.size >= sizeof *kept)
        memcpy(kept, bytes.ptr, sizeof *kept);
    Status status = kept->format == MEMORY_FORMAT ? ST_OK : ST_STATE;
    if (status == ST_OK && memory->resumed)
        status =
            kafka_ends_load(&self->producer.reached,
                            (Text){bytes.ptr + sizeof *kept, bytes.size - (uint32_t)sizeof *kept});
    if (status == ST_STATE)
        return diag_error(diag, E4008, SPAN_NONE, "what the sink remembers makes no sense");
    return status;
}

static Status refuse_marker(const KafkaSink *self, const char *why, Diag *diag)
{
    Status status = diag_error(diag, E3006, SPAN_NONE,
                               "topic \"%s\": the job goes on, but %s (the offset of the group "
                               "\"%s\")",
                               self->producer.topic, why, self->producer.name);
    diag_hint(diag, "weir explain E3006 has the choices");
    return status;
}

/* A broker forgets the marker of a job that stands still for long. Then the topic itself must be as
 * the job left it: rows that came since may be those of a newer copy of the database. */
static Status do_without_marker(const KafkaSink *self, const KafkaMemory *kept,
                                const KafkaEnds *now, Diag *diag)
{
    char why[256];
    if (!kept->finished)
        return refuse_marker(self, "how far it has written is not to be found there any more",
                             diag);
    uint32_t grown = kafka_ends_find_grown(&self->producer.reached, now);
    if (grown == UINT32_MAX)
        return ST_OK;
    snprintf(why, sizeof why,
             "how far it has written is not to be found there any more, and somebody has written "
             "since it was stopped, perhaps a newer copy of this database: \"%s[%u]\" ended at "
             "%lld, and now ends at %lld",
             self->producer.topic, grown, (long long)kafka_ends_get(&self->producer.reached, grown),
             (long long)kafka_ends_get(now, grown));
    return refuse_marker(self, why, diag);
}

static Status compare_marker(const KafkaSink *self, const KafkaMemory *kept,
                             const KafkaMarker *found, const KafkaEnds *now, Diag *diag)
{
    if (!found->exists)
        return kept->written == 0 ? ST_OK : do_without_marker(self, kept, now, diag);
    if (found->incarnation != kept->incarnation && found->incarnation != kept->previous)
        return refuse_marker(self,
                             "somebody else has written there, perhaps a copy of this "
                             "database",
                             diag);
    if (found->epoch < kept->written)
        return refuse_marker(self, "less of it is there than it has written", diag);
    return ST_OK;
}

/* Runs in between may have ended before the broker has heard of them. */
static void go_on_behind(KafkaSink *self, const KafkaMemory *kept, const KafkaMarker *found,
                         uint64_t *stored_epoch)
{
    bool ahead = found->exists && found->epoch > kept->written;
    self->now.epoch = kept->epoch;
    self->now.previous = found->exists ? found->incarnation : kept->incarnation;
    self->now.written = ahead ? found->epoch : kept->written;
    self->now.finished = ahead ? 0 : kept->finished;
    self->marker_lost = !found->exists;
    *stored_epoch = found->exists && found->epoch > kept->epoch ? found->epoch : kept->epoch;
    self->producer.begun_epoch = found->epoch + 1;
    self->producer.begun_rows = (uint32_t)found->rows;
}

/* What is outside must be what the run before this one has left. */
static Status meet_topic(KafkaSink *self, const KafkaMemory *kept, uint64_t *stored_epoch,
                         Diag *diag)
{
    KafkaEnds now;
    kafka_ends_open(&now, self->producer.reached.meter);
    Status status = kafka_producer_read_ends(&self->producer, true, &now, diag);
    bool may_lose = self->producer.guarantee == KAFKA_NO_GUARANTEE;
    uint32_t gone = kafka_ends_find_gone(&self->producer.reached, &now);
    if (status == ST_OK && gone != UINT32_MAX && !may_lose)
        status =
            kafka_producer_refuse_gone(&self->producer, gone, kafka_ends_get(&now, gone), diag);
    if (status == ST_OK && self->keeps)
        status = compare_marker(self, kept, &self->producer.done, &now, diag);
    if (status == ST_OK && self->keeps)
        go_on_behind(self, kept, &self->producer.done, stored_epoch);
    kafka_ends_close(&now);
    return status;
}

/* What an earlier job of the same place has left is nobody's. */
static Status resume(KafkaSink *self, const SinkMemory *memory, uint64_t *stored_epoch, Diag *diag)
{
    KafkaMemory kept;
    if (memory == NULL)
        return ST_OK;
    TRY(read_memory(self, memory, &kept, diag));
    self->now.previous = kept.incarnation;
    if (self->keeps)
        TRY(kafka_producer_read_marker(&self->producer, &self->producer.done, diag));
    return memory->resumed ? meet_topic(self, &kept, stored_epoch, diag) : ST_OK;
}

static Status open_part(Part *part, const FormatClass *format, const EncodeSpec *spec,
                        const uint32_t *column, Arena *arena)
{
    part->columns = (uint16_t)spec->schema->count;
    part->from = column;
    TRY_NEW_ARRAY(part->column, arena, part->columns);
    return format->open_encoder(arena, spec, &part->encoder);
}

/* Metadata columns stand behind the physical ones. */
static int32_t metadata_column(const TableSpec *table, KafkaMetadataKey key)
{
    for (uint32_t i = 0; i < table->written_metadata_count; i++) {
        if (kafka_metadata_find(table->metadata_key[table->written_metadata[i]]) == (int)key)
            return (int32_t)(table->schema.count + i);
    }
    return -1;
}

static Status open_parts(KafkaSink *self, const TableSpec *table, Arena *arena)
{
    self->time = metadata_column(table, KAFKA_TIMESTAMP);
    self->headers = metadata_column(table, KAFKA_HEADERS);
    const RecordKey *key = &table->record_key;
    EncodeSpec *spec;
    TRY_NEW_ARRAY(spec, arena, 2);
    spec[0] = (EncodeSpec){&key->schema, &key->scope, key->options, true};
    spec[1] = (EncodeSpec){&table->value, &table->scope, table->format_options, true};
    if (key->format != NULL)
        TRY(open_part(&self->key, key->format, &spec[0], key->column, arena));
    return open_part(&self->value, table->format, &spec[1], table->value_column, arena);
}

static Status open_producer(KafkaSink *self, const TableSpec *table, SourceEnv *env,
                            const SinkMemory *memory, uint64_t *stored_epoch, Diag *diag)
{
    Text name;
    if (getrandom(&self->now.incarnation, sizeof self->now.incarnation, 0) !=
        (ssize_t)sizeof self->now.incarnation)
        return diag_error(diag, E3007, SPAN_NONE, "the system gives no random numbers");
    TRY(make_name(table, &env->owner, self->now.incarnation, env->arena, &name));
    TRY(kafka_producer_open(&self->producer, table, name, env, diag));
    return resume(self, memory, stored_epoch, diag);
}

static Status open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                        bool upsert, uint64_t *stored_epoch, Sink **out, Diag *diag)
{
    KafkaSink *self;
    TRY_NEW(self, env->arena);
    self->base = (Sink){.write = kafka_write,
                        .commit = kafka_commit,
                        .save = kafka_save,
                        .finish = kafka_finish,
                        .close = kafka_close_sink,
                        .wants_commit = kafka_wants_commit,
                        .pending_bytes = kafka_pending_bytes};
    self->clock = env->clock;
    self->upsert = upsert;
    self->keeps = memory != NULL && kafka_is_exactly_once(table);
    self->now.format = MEMORY_FORMAT;
    *stored_epoch = 0;
    kafka_outbox_open(&self->outbox, env->meter);
    TRY(open_parts(self, table, env->arena));
    Status status = open_producer(self, table, env, memory, stored_epoch, diag);
    if (status == ST_OK)
        *out = &self->base;
    else
        kafka_close_sink(&self->base);
    return status;
}

Status kafka_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                       uint64_t *stored_epoch, Sink **out, Diag *diag)
{
    return open_sink(table, env, memory, false, stored_epoch, out, diag);
}

Status upsert_kafka_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                              uint64_t *stored_epoch, Sink **out, Diag *diag)
{
    return open_sink(table, env, memory, true, stored_epoch, out, diag);
}
