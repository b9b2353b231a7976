/* What tables records look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/guess_schema.h"
#include "storage/base/mem.h"

enum { RECORDS_MAX = 16 };

typedef struct Case {
    /* Each with a key before its value, and a # between them, or a value alone; "-" is NULL. */
    const char *record[RECORDS_MAX];
    const char *columns, *options; /* as printed, blanks folded; no options of the connector */
} Case;

static Text text_or_null(Text text, bool *there)
{
    *there = !text_is(text, "-");
    return *there ? text : TEXT_NONE;
}

static SampleRecord record_of(const char *from)
{
    const char *mark = strchr(from, '#');
    Text value = text_of(mark == NULL ? from : mark + 1);
    Text key = mark == NULL ? TEXT("-") : (Text){from, (uint32_t)(mark - from)};
    SampleRecord record = {0};
    record.key = text_or_null(key, &record.has_key);
    record.value = text_or_null(value, &record.has_value);
    return record;
}

/* Runs of white space as one blank. */
static void fold(const StrBuf *from, StrBuf *out)
{
    for (size_t i = 0; i < from->size; i++) {
        bool blank = from->ptr[i] == '\n' || from->ptr[i] == ' ';
        if (!blank)
            strbuf_char(out, from->ptr[i]);
        else if (out->size > 0 && out->ptr[out->size - 1] != ' ')
            strbuf_char(out, ' ');
    }
}

static uint32_t take_records(const Case *c, SampleRecord *record)
{
    uint32_t count = 0;
    for (; count < RECORDS_MAX && c->record[count] != NULL; count++)
        record[count] = record_of(c->record[count]);
    return count;
}

static void run(const Case *c, bool messages)
{
    SampleRecord record[RECORDS_MAX];
    Arena arena;
    Guess guess;
    StrBuf printed, folded, wanted;
    arena_init(&arena, NULL);
    strbuf_init(&printed, NULL);
    strbuf_init(&folded, NULL);
    strbuf_init(&wanted, NULL);
    assert_int_equal(guess_schema(record, take_records(c, record), &arena, &guess), ST_OK);
    guess_print_table(&guess, TEXT("t"), NULL, 0, messages, &printed);
    fold(&printed, &folded);
    strbuf_printf(&wanted, "CREATE TABLE t ( %s ) WITH ( %s ); ", c->columns, c->options);
    if (!text_equal(strbuf_as_text(&folded), strbuf_as_text(&wanted)))
        fail_msg("%s\nfound  %s\nwanted %s", c->record[0], strbuf_cstr(&folded),
                 strbuf_cstr(&wanted));
    strbuf_close(&wanted);
    strbuf_close(&folded);
    strbuf_close(&printed);
    arena_close(&arena);
}

static void run_all(const Case *cases, size_t count, bool messages)
{
    for (size_t i = 0; i < count; i++)
        run(&cases[i], messages);
}
#define RUN(cases, messages) run_all(cases, sizeof(cases) / sizeof *(cases), messages)

#define JSON       "'format' = 'json'"
#define ISO        JSON ", 'json.timestamp-format.standard' = 'ISO-8601'"
#define MARK(name) ", WATERMARK FOR " name " AS " name " - INTERVAL '5' SECOND"

static void types_of_json(void **state)
{
    static const Case cases[] = {
        {{"{\"a\":1}"}, "a BIGINT", JSON},
        {{"{\"a\":1}", "{\"a\":-2.5}", "{\"a\":1e3}"}, "a DOUBLE", JSON},
        {{"{\"a\":9223372036854775807}", "{\"a\":-9223372036854775808}"}, "a BIGINT", JSON},
        {{"{\"a\":1}", "{\"a\":9223372036854775808}"}, "a DECIMAL(38, 0)", JSON},
        {{"{\"a\":123456789012345678901234567890123456789}"}, "a STRING", JSON},
        {{"{\"a\":123456789012345678901, \"b\":0}", "{\"a\":0.5}"}, "a DOUBLE, b BIGINT", JSON},
        {{"{\"a\":true}", "{\"a\":false}", "{\"a\":null}"}, "a BOOLEAN", JSON},
        {{"{\"a\":true}", "{\"a\":1}"}, "a STRING", JSON},
        {{"{\"a\":\"x\"}", "{\"a\":1}"}, "a STRING", JSON},
        {{"{\"a\":\"1\"}"}, "a STRING", JSON},
        {{"{\"a\":null}"}, "a STRING", JSON},
        {{"{\"a\":1}", "{\"b\":\"x\",\"a\":2}", "{\"c\":{},\"d\":[]}"},
         "a BIGINT, b STRING, c STRING, d ARRAY<STRING>",
         JSON},
        {{"{\"a\":{\"b\":1,\"c d\":{\"e\":[1.5,2]}}}"},
         "a ROW<b BIGINT, `c d` ROW<e ARRAY<DOUBLE>>>",
         JSON},
        {{"{\"a\":[{\"b\":1},{\"c\":\"x\"},null]}"}, "a ARRAY<ROW<b BIGINT, c STRING>>", JSON},
        {{"{\"a\":[1,\"x\"]}"}, "a ARRAY<STRING>", JSON},
        {{"{\"a\":{\"b\":1}}", "{\"a\":[1]}"}, "a STRING", JSON},
        {{"{\"a\":{\"b\":1}}", "{\"a\":\"none\"}"}, "a STRING", JSON},
        {{"{\"select\":1,\"a`b\":2,\"x y\":3,\"\":4,\"1a\":5,\"\\u00e4\":6}"},
         "`select` BIGINT, `a``b` BIGINT, `x y` BIGINT, `1a` BIGINT, `ä` BIGINT",
         JSON},
        {{"[{\"a\":1},{\"a\":2,\"b\":true}]", "{\"a\":3}"}, "a BIGINT, b BOOLEAN", JSON},
        {{" {\"a\":1} \n", "-"}, "a BIGINT", JSON},
        {{"{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{\"i\":1}}}}}}}}}"},
         "a ROW<b ROW<c ROW<d ROW<e ROW<f ROW<g ROW<h STRING>>>>>>>",
         JSON},
    };
    (void)state;
    RUN(cases, false);
}

static void times_of_json(void **state)
{
    static const Case cases[] = {
        {{"{\"a\":\"2024-02-29\"}"}, "a DATE", JSON},
        {{"{\"a\":\"2024-02-30\"}"}, "a STRING", JSON},
        {{"{\"x\":\"2024-05-06 09:00:01\"}", "{\"x\":\"2024-05-06 09:00:01.5\"}"},
         "x TIMESTAMP(3)" MARK("x"),
         JSON},
        {{"{\"x\":\"2024-05-06 09:00:01Z\"}"}, "x TIMESTAMP_LTZ(3)" MARK("x"), JSON},
        {{"{\"x\":\"2024-05-06T09:00:01Z\"}"}, "x TIMESTAMP_LTZ(3)" MARK("x"), ISO},
        {{"{\"x\":\"2024-05-06T09:00:01.123456\"}"}, "x TIMESTAMP(3)" MARK("x"), ISO},
        {{"{\"x\":\"2024-05-06T09:00:01.123456\",\"event_time\":\"2024-05-06T09:00:01Z\"}"},
         "x TIMESTAMP(6), event_time TIMESTAMP_LTZ(3)" MARK("event_time"),
         ISO},
        /* One standard for all: the more frequent. */
        {{"{\"a\":\"2024-05-06T09:00:01\",\"b\":\"2024-05-06 09:00:01\","
          "\"c\":{\"d\":\"2024-05-06T09:00:01\"}}"},
         "a TIMESTAMP(3), b STRING, c ROW<d TIMESTAMP(3)>" MARK("a"),
         ISO},
        {{"{\"x\":\"2024-05-06 09:00:01\"}", "{\"x\":\"2024-05-06T09:00:01\"}"}, "x STRING", JSON},
        {{"{\"x\":\"2024-05-06 09:00:01\"}", "{\"x\":\"2024-05-06 09:00:01Z\"}"}, "x STRING", JSON},
        {{"{\"x\":\"2024-05-06T09:00:01+02:00\"}"}, "x STRING", JSON},
        {{"{\"x\":\"2024-05-06\"}", "{\"x\":\"2024-05-06 09:00:01\"}"}, "x STRING", JSON},
        /* A row without its time would be rejected. */
        {{"{\"x\":\"2024-05-06 09:00:01\",\"a\":1}", "{\"a\":2}"},
         "x TIMESTAMP(3), a BIGINT",
         JSON},
        {{"{\"x\":\"2024-05-06 09:00:01\"}", "{\"x\":null}"}, "x TIMESTAMP(3)", JSON},
    };
    (void)state;
    RUN(cases, false);
}

#define INSTANT(from, digits)                                                                      \
    ", event_time AS TO_TIMESTAMP_LTZ(" from ", " digits ")" MARK("event_time")

static void time_of_events(void **state)
{
    static const Case cases[] = {
        {{"{\"id\":1,\"ts\":1700000000000}"}, "id BIGINT, ts BIGINT" INSTANT("ts", "3"), JSON},
        {{"{\"ts\":1700000000}"}, "ts BIGINT" INSTANT("ts", "0"), JSON},
        {{"{\"id\":1700000000}"}, "id BIGINT", JSON},
        {{"{\"id\":1700000000000}"}, "id BIGINT" INSTANT("id", "3"), JSON},
        {{"{\"ts\":1700000000000}", "{\"ts\":5}"}, "ts BIGINT", JSON},
        {{"{\"ts\":1700000000000000}"}, "ts BIGINT", JSON},
        {{"{\"parts\":1700000000}"}, "parts BIGINT", JSON},
        {{"{\"sent_ts\":1700000000}"}, "sent_ts BIGINT" INSTANT("sent_ts", "0"), JSON},
        {{"{\"createdAt\":1700000000}"}, "createdAt BIGINT" INSTANT("createdAt", "0"), JSON},
        {{"{\"event_time\":1700000000000}"},
         "event_time BIGINT, event_time_2 AS TO_TIMESTAMP_LTZ(event_time, 3)" MARK("event_time_2"),
         JSON},
        {{"{\"created_at\":\"2024-05-06 09:00:01\",\"ts\":\"2024-05-06 09:00:01\"}"},
         "created_at TIMESTAMP(3), ts TIMESTAMP(3)" MARK("ts"),
         JSON},
        {{"{\"timestamp\":1700000000000,\"seen\":\"2024-05-06 09:00:01\"}"},
         "timestamp BIGINT, seen TIMESTAMP(3)" INSTANT("timestamp", "3"),
         JSON},
        {{"{\"a\":{\"ts\":1700000000000}}"}, "a ROW<ts BIGINT>", JSON},
    };
    (void)state;
    RUN(cases, false);
}

#define CSV "'format' = 'csv'"

static void csv_and_raw(void **state)
{
    static const Case cases[] = {
        {{"1,a,2.5", "2,b,3"}, "f0 BIGINT, f1 STRING, f2 DOUBLE", CSV},
        {{"1;a", "2;\"b;c\""}, "f0 BIGINT, f1 STRING", CSV ", 'csv.field-delimiter' = ';'"},
        {{"1\ta,b", "2\tc"}, "f0 BIGINT, f1 STRING", CSV ", 'csv.field-delimiter' = '\\t'"},
        {{"1|2|3"}, "f0 BIGINT, f1 BIGINT, f2 BIGINT", CSV ", 'csv.field-delimiter' = '|'"},
        {{"007,true,2024-05-06", "008,false,2024-05-07"}, "f0 STRING, f1 BOOLEAN, f2 DATE", CSV},
        {{"1,2024-05-06 09:00:01", "2,2024-05-06 09:00:02"},
         "f0 BIGINT, f1 TIMESTAMP(3)" MARK("f1"),
         CSV},
        {{"1,2024-05-06T09:00:01", "2,2024-05-06T09:00:02"}, "f0 BIGINT, f1 STRING", CSV},
        {{"1,x", ",y"}, "f0 BIGINT, f1 STRING", CSV ", 'csv.null-literal' = ''"},
        {{"1,x", "2,"}, "f0 BIGINT, f1 STRING", CSV},
        {{"1,\"a \"\"b\"\"\"", "2,\"c\""}, "f0 BIGINT, f1 STRING", CSV},
        {{"hello, world"}, "value STRING", "'format' = 'raw'"},
        {{"a,b", "a,b,c"}, "value STRING", "'format' = 'raw'"},
        {{"a,\"b", "c,d"}, "value STRING", "'format' = 'raw'"},
        {{"", "a,b"}, "value STRING", "'format' = 'raw'"},
        {{"42"}, "value STRING", "'format' = 'raw'"},
        {{"\"text\""}, "value STRING", "'format' = 'raw'"},
        {{"[1,2]"}, "value STRING", "'format' = 'raw'"},
        {{"[]"}, "value STRING", "'format' = 'raw'"},
        {{"{}"}, "value STRING", "'format' = 'raw'"},
        {{"{\"a\":1"}, "value STRING", "'format' = 'raw'"},
        {{"a\xff,b", "c,d"}, "value BYTES", "'format' = 'raw'"},
        {{"{\"a\":\"\xff\"}"}, "value BYTES", "'format' = 'raw'"},
        {{"-"}, "value STRING", "'format' = 'raw'"},
        {{NULL}, "value STRING", "'format' = 'raw'"},
    };
    (void)state;
    RUN(cases, false);
}

#define RECORD_TIME   ", record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL"
#define KEY_RAW(name) JSON ", 'key.format' = 'raw', 'key.fields' = '" name "', " EXCEPT
#define EXCEPT        "'value.fields-include' = 'EXCEPT_KEY'"

static void keys(void **state)
{
    static const Case cases[] = {
        {{"{\"a\":1}"}, "a BIGINT" RECORD_TIME, JSON},
        {{"{\"record_time\":1}"},
         "record_time BIGINT, record_time_2 TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL",
         JSON},
        {{"k#{\"a\":1}", "{\"a\":1}"}, "key STRING, a BIGINT" RECORD_TIME, KEY_RAW("key")},
        {{"\xff#{\"a\":1}", "k#{\"a\":1}"}, "key BYTES, a BIGINT" RECORD_TIME, KEY_RAW("key")},
        {{"k#{\"Key\":1}"}, "record_key STRING, Key BIGINT" RECORD_TIME, KEY_RAW("record_key")},
        {{"k#{\"key\":1,\"record_key\":1}"},
         "record_record_key STRING, key BIGINT, record_key BIGINT" RECORD_TIME,
         KEY_RAW("record_record_key")},
        {{"{\"id\":1,\"x\":\"2024-05-06T09:00:01Z\"}#{\"a\":1}"},
         "id BIGINT, x TIMESTAMP_LTZ(3), a BIGINT" RECORD_TIME,
         JSON ", 'key.format' = 'json', 'key.json.timestamp-format.standard' = 'ISO-8601', "
              "'key.fields' = 'id;x', " EXCEPT},
        {{"{\"id\":1,\"b\":2}#{\"id\":1,\"a\":1}"},
         "key_id BIGINT, key_b BIGINT, id BIGINT, a BIGINT" RECORD_TIME,
         JSON ", 'key.format' = 'json', 'key.fields' = 'key_id;key_b', "
              "'key.fields-prefix' = 'key_', " EXCEPT},
        {{"{\"id\":1}#{\"a\":1}", "plain#{\"a\":1}"},
         "key STRING, a BIGINT" RECORD_TIME,
         KEY_RAW("key")},
        {{"{\"a;b\":1}#{\"a\":1}"}, "key STRING, a BIGINT" RECORD_TIME, KEY_RAW("key")},
        {{"k#text"},
         "key STRING, value STRING" RECORD_TIME,
         "'format' = 'raw', 'key.format' = 'raw', 'key.fields' = 'key', " EXCEPT},
        {{"k#{\"ts\":1700000000000}"}, "key STRING, ts BIGINT" INSTANT("ts", "3"), KEY_RAW("key")},
        {{"k#-"},
         "key STRING, value STRING" RECORD_TIME,
         "'format' = 'raw', 'key.format' = 'raw', 'key.fields' = 'key', " EXCEPT},
    };
    (void)state;
    RUN(cases, true);
}

/* One broken record in ten does not make a topic of JSON another one. */
static void broken_records(void **state)
{
    SampleRecord record[20];
    Arena arena;
    Guess guess;
    (void)state;
    arena_init(&arena, NULL);
    for (uint32_t i = 0; i < 20; i++)
        record[i] = record_of(i < 18 ? "{\"a\":1}" : "broken");
    assert_int_equal(guess_schema(record, 20, &arena, &guess), ST_OK);
    assert_int_equal(guess.value.format, GUESS_JSON);
    assert_int_equal(guess.value.odd, 2);
    record[0] = record_of("broken");
    assert_int_equal(guess_schema(record, 20, &arena, &guess), ST_OK);
    assert_int_equal(guess.value.format, GUESS_RAW);
    arena_close(&arena);
}

/* Objects whose names are data are no ROWs, and a table has no more columns than it can. */
static void many_fields(void **state)
{
    StrBuf text;
    Arena arena;
    Guess guess;
    (void)state;
    arena_init(&arena, NULL);
    strbuf_init(&text, NULL);
    strbuf_string(&text, "{\"a\":{");
    for (int i = 0; i < 300; i++)
        strbuf_printf(&text, "%s\"k%d\":1", i == 0 ? "" : ",", i);
    strbuf_string(&text, "},\"b\":1}");
    SampleRecord record = {.has_value = true, .value = strbuf_as_text(&text)};
    assert_int_equal(guess_schema(&record, 1, &arena, &guess), ST_OK);
    assert_int_equal(guess.value.count, 2);
    assert_true(text_is(guess.value.column[0].type, "STRING"));
    assert_false(guess.value.names_left_out);
    record.value = (Text){text.ptr + 5, (uint32_t)text.size - 12}; /* the inner object */
    assert_int_equal(guess_schema(&record, 1, &arena, &guess), ST_OK);
    assert_true(guess.value.count >= 200 && guess.value.count < 300);
    assert_true(guess.value.names_left_out);
    strbuf_close(&text);
    arena_close(&arena);
}

/* Each allocation may fail. */
static void short_memory(void **state)
{
    static const Case c = {{"{\"id\":1,\"b\":2}#{\"id\":1,\"\\u0061\":{\"x\":[1]}}"}, "", ""};
    SampleRecord record[RECORDS_MAX];
    uint32_t count = take_records(&c, record);
    (void)state;
    for (uint64_t k = 1;; k++) {
        Arena arena;
        Guess guess;
        int64_t blocks = mem_live_blocks();
        mem_fail_at(k, false);
        arena_init(&arena, NULL);
        Status status = guess_schema(record, count, &arena, &guess);
        arena_close(&arena);
        mem_fail_at(0, false);
        assert_int_equal(mem_live_blocks(), blocks);
        if (status == ST_OK)
            return;
        assert_int_equal(status, ST_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_of_json),  cmocka_unit_test(times_of_json),
        cmocka_unit_test(time_of_events), cmocka_unit_test(csv_and_raw),
        cmocka_unit_test(keys),           cmocka_unit_test(broken_records),
        cmocka_unit_test(many_fields),    cmocka_unit_test(short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
