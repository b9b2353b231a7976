#include "shell/peek.h"

#include "shell/signals.h"
#include "storage/base/secret.h"
#include "storage/connector/kafka_options.h"
#include "storage/connector/kafka_peek.h"
#include "storage/data/timestamp.h"

enum { SAMPLE_RECORDS = 2000 };
static const Text scheme = {"kafka://", 8};

static bool is_stopped(void)
{
    return signals_interrupted() || signals_stop_requested();
}

/* --- the address --- */

static Status refuse_address(Text address, Diag *diag)
{
    Status status =
        diag_error(diag, E0003, SPAN_NONE, "\"%.*s\" is no topic's address", TEXT_ARG(address));
    diag_hint(diag, "kafka://BROKER[:PORT][,BROKER2[:PORT]...]/TOPIC");
    return status;
}

/* The brokers' list with the usual port where none is said. */
static Status put_ports(Text brokers, StrBuf *out)
{
    while (brokers.size > 0) {
        const char *comma = memchr(brokers.ptr, ',', brokers.size);
        uint32_t size = comma == NULL ? brokers.size : (uint32_t)(comma - brokers.ptr);
        const char *bracket = memrchr(brokers.ptr, ']', size); /* an address of IPv6 */
        uint32_t host = bracket == NULL ? 0 : (uint32_t)(bracket - brokers.ptr);
        strbuf_string(out, out->size == 0 ? "" : ",");
        strbuf_put(out, brokers.ptr, size);
        if (memchr(brokers.ptr + host, ':', size - host) == NULL)
            strbuf_string(out, ":9092");
        size += comma != NULL;
        brokers = (Text){brokers.ptr + size, brokers.size - size};
    }
    return strbuf_status(out);
}

static bool has_empty_part(Text brokers)
{
    bool empty = true;
    for (uint32_t i = 0; i < brokers.size; i++) {
        if (brokers.ptr[i] == ',' && empty)
            return true;
        empty = brokers.ptr[i] == ',';
    }
    return empty;
}

static Status read_address(Text address, Arena *arena, Text *brokers, Text *topic, Diag *diag)
{
    Text rest = {address.ptr + scheme.size, address.size - scheme.size};
    const char *slash = rest.size == 0 ? NULL : memchr(rest.ptr, '/', rest.size);
    StrBuf list;
    if (slash == NULL)
        return refuse_address(address, diag);
    *brokers = (Text){rest.ptr, (uint32_t)(slash - rest.ptr)};
    *topic = (Text){slash + 1, rest.size - brokers->size - 1};
    if (topic->size == 0 || memchr(topic->ptr, ';', topic->size) != NULL ||
        memchr(topic->ptr, '/', topic->size) != NULL || has_empty_part(*brokers))
        return refuse_address(address, diag);
    strbuf_init(&list, NULL);
    Status status = put_ports(*brokers, &list);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&list), brokers);
    strbuf_close(&list);
    return status;
}

/* --- the options --- */

static Status add_option(PeekSource *source, Arena *arena, Text key, Text value)
{
    OptionEntry entry = {.key = key, .value = value};
    TRY_PUSH(&source->option, arena, entry);
    return ST_OK;
}

static Status add_given(PeekSource *source, const Cli *cli, Arena *arena)
{
    for (uint32_t i = 0; i < cli->options.count; i++) {
        Text pair = cli->options.item[i], name;
        const char *sign = memchr(pair.ptr, '=', pair.size);
        uint32_t size = (uint32_t)(sign - pair.ptr);
        bool whole = text_starts_with(pair, TEXT("properties."));
        TRY(arena_printf(arena, &name, "%s%.*s", whole ? "" : "properties.", (int)size, pair.ptr));
        TRY(add_option(source, arena, name, (Text){sign + 1, pair.size - size - 1}));
    }
    return ST_OK;
}

static void hide_secrets(PeekSource *source)
{
    for (uint32_t i = 0; i < source->option.count; i++) {
        OptionEntry *entry = &source->option.item[i];
        if (!secret_is_key(entry->key))
            continue;
        entry->value = TEXT("****");
        source->hides_secrets = true;
    }
}

/* --- a topic --- */

static Status make_rows(PeekSource *source, const KafkaPeek *peek, Arena *arena)
{
    char time[32];
    source->count = peek->count;
    TRY_NEW_ARRAY(source->row, arena, peek->count);
    for (uint32_t i = 0; i < peek->count; i++) {
        const PeekedRecord *from = &peek->record[i];
        PeekRow *row = &source->row[i];
        *row = (PeekRow){.partition = from->partition,
                         .offset = from->offset,
                         .record = {from->has_key, from->has_value, from->key, from->value}};
        if (!from->timed)
            continue;
        uint32_t size = timestamp_format(from->time, 3, time);
        TRY(arena_printf(arena, &row->time, "%.*sZ", (int)size, time));
    }
    return ST_OK;
}

static Status peek_topic(const Cli *cli, Arena *arena, StrBuf *out, StrBuf *note, Diag *diag)
{
    PeekSource source = {.messages = true};
    PeekExtent extent = {.records = cli->records == 0 ? 1 : (uint32_t)cli->records,
                         .sample_records = SAMPLE_RECORDS,
                         .sample_bytes = PEEK_SAMPLE_BYTES,
                         .stopped = is_stopped};
    KafkaPeek peek;
    Clock clock = clock_system();
    Text brokers;
    TRY(read_address(cli->argument, arena, &brokers, &source.name, diag));
    TRY(add_option(&source, arena, TEXT("connector"), TEXT("kafka")));
    TRY(add_option(&source, arena, TEXT("topic"), source.name));
    TRY(add_option(&source, arena, TEXT("properties.bootstrap.servers"), brokers));
    TRY(add_given(&source, cli, arena));
    TRY(add_option(&source, arena, TEXT("scan.startup.mode"), TEXT("earliest-offset")));
    TableSpec table = {.name = source.name,
                       .connector = &kafka_connector,
                       .scope = {{kafka_options, table_options}, 2, "connector \"kafka\""},
                       .options = {source.option.item, source.option.count}};
    TRY(options_check(&table.scope, table.options, SPAN_NONE, diag));
    TRY(kafka_peek_open(&peek, &table, &clock, NULL, &extent, diag));
    Status status = make_rows(&source, &peek, arena);
    hide_secrets(&source);
    if (status == ST_OK)
        status = peek_show(&source, cli, arena, out, note);
    kafka_peek_close(&peek);
    return status;
}

/* --- all --- */

static Status peek_lines(const Cli *cli, Arena *arena, StrBuf *out, StrBuf *note, Diag *diag)
{
    PeekSource source = {0};
    if (memmem(cli->argument.ptr, cli->argument.size, "://", 3) != NULL)
        return refuse_address(cli->argument, diag);
    if (cli->options.count > 0)
        return diag_error(diag, E0003, SPAN_NONE, "the option \"--option\" is for topics of Kafka");
    TRY(peek_file(&source, cli->argument, arena, diag));
    return peek_show(&source, cli, arena, out, note);
}

Status peek_print(const Cli *cli, StrBuf *out, StrBuf *note, Diag *diag)
{
    Arena arena;
    bool topic = text_starts_with(cli->argument, scheme);
    arena_init(&arena, NULL);
    Status status =
        topic ? peek_topic(cli, &arena, out, note, diag) : peek_lines(cli, &arena, out, note, diag);
    arena_close(&arena);
    return status == ST_OK ? strbuf_status(out) : status;
}
