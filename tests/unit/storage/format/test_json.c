#include "format_harness.h"

#include "storage/base/limits.h"
#include "storage/format/json.h"

static const FormatPrint with_reasons = {.places = true, .reasons = true};

#define CHECK_ALL(cases, print)                                                                    \
    for (size_t i_ = 0; i_ < sizeof(cases) / sizeof(cases)[0]; i_++)                               \
    format_check(&json_format, &(cases)[i_], (print))

static void test_places_and_reasons(void **state)
{
    (void)state;
    static const FormatCase cases[] = {
        {"a INT", "\xef\xbb\xbf{\"a\":1}\r\n\r\n\n{\"a\":2}", "1@3:[1] 4@15:[2]"},
        {"a INT", "{\"a\":1}\nnope\n{\"a\":2}\n",
         "1@0:[1] 2@8:REJECTED E5001 neither an object nor an array at byte 1 <nope> 3@13:[2]"},
        {"a INT", "  \n", "1@0:REJECTED E5001 a blank line at byte 3 <  >"},
        {"a INT", "{\"a\" 1}", "1@0:REJECTED E5001 expected ':' after a key at byte 6 <{\"a\" 1}>"},
        {"a INT", "{\"a\":}", "1@0:REJECTED E5001 not a value at byte 6 <{\"a\":}>"},
        {"a INT", "{\"a\":", "1@0:REJECTED E5001 a value is missing at byte 6 <{\"a\":>"},
        {"a INT", "{\"a\":1", "1@0:REJECTED E5001 the object is not closed at byte 7 <{\"a\":1>"},
        {"a INT", "{\"a\":1}}", "1@0:REJECTED E5001 text after the object at byte 8 <{\"a\":1}}>"},
        {"a INT", "{\"a\":[1 2]}",
         "1@0:REJECTED E5001 expected ',' or ']' at byte 9 <{\"a\":[1 2]}>"},
        {"a INT", "{\"a\":{\"b\":[}}",
         "1@0:REJECTED E5001 not a value at byte 12 <{\"a\":{\"b\":[}}>"},
        {"a INT", "{\"a\":\"x}",
         "1@0:REJECTED E5001 a string is not closed at byte 6 <{\"a\":\"x}>"},
        {"a INT", "{\"x\":\"\\ud800\"}",
         "1@0:REJECTED E5001 half of a surrogate pair at byte 7 <{\"x\":\"\\ud800\"}>"},
        {"a INT", "{\"x\":\"\\udc00\\ud800\"}",
         "1@0:REJECTED E5001 half of a surrogate pair at byte 7 <{\"x\":\"\\udc00\\ud800\"}>"},
        {"a INT", "{\"x\":\"\\u12g4\"}",
         "1@0:REJECTED E5001 \\u needs four hexadecimal digits at byte 7 <{\"x\":\"\\u12g4\"}>"},
        {"a INT", "{\"x\":\"\xff\"}", "1@0:REJECTED E5009 invalid UTF-8 <{\"x\":\"\xff\"}>"},
        {"a INT", "{\"\xc3\":1}", "1@0:REJECTED E5009 invalid UTF-8 <{\"\xc3\":1}>"},
        {"a INT", "[{\"a\":1},7,{\"a\":2}]",
         "1@0:[1] 1@0:REJECTED E5001 an array element is not an object <7> 1@0:[2]"},
        {"a INT", "[{\"a\":1}] x",
         "1@0:REJECTED E5001 text after the array at byte 11 <[{\"a\":1}] x>"},
        {"a INT", "[]\n[ ]\n", ""},
    };
    CHECK_ALL(cases, with_reasons);
}

/* What RFC 8259 says of white space and Flink's JsonParserRowDataDeserializationSchema of the rest,
 * but that text behind the value, which Flink drops in silence, is refused. */
static void test_messages(void **state)
{
    (void)state;
    static const FormatCase cases[] = {
        {"a INT, b STRING", "{\"a\":1,\n \"b\" :\n\"x\"\r\n}\n", "1@0:[1, x]"},
        {"a INT", "\n\n{\"a\":1}", "1@0:[1]"},
        {"a INT", "[{\"a\":1},\n{\"a\":2}\n]\n", "1@0:[1] 1@0:[2]"},
        {"a INT", "[\n]", ""},
        {"a INT", "[{\"a\":1},\n7]",
         "1@0:[1] 1@0:REJECTED E5001 an array element is not an object <7>"},
        {"a ARRAY<INT>", "{\"a\":[1,\n2\n]}", "1@0:[[1, 2]]"},
        /* raw control characters are let through in strings, line feeds with them */
        {"a STRING", "{\"a\":\"x\ny\"}", "1@0:[x\ny]"},
        {"a STRING", "{\"a\":\"x\ty\"}", "1@0:[x\ty]"},
        {"a INT", "\xef\xbb\xbf{\"a\":1}", "1@0:[1]"},
        {"a INT", "{\"a\":1}\n\xef\xbb\xbf",
         "1@0:REJECTED E5001 text after the object at byte 9 <{\"a\":1}\n\xef\xbb\xbf>"},
        {"a INT", "", "1@0:REJECTED E5001 an empty message <>"},
        {"a INT", "\xef\xbb\xbf", "1@0:REJECTED E5001 an empty message <>"},
        {"a INT", "\r", "1@0:REJECTED E5001 a blank message <\r>"},
        {"a INT", " \n", "1@0:REJECTED E5001 a blank message < \n>"},
        {"a INT; json.ignore-parse-errors = true", "", ""},
        {"a INT", "{\"a\":1}\n{\"a\":2}",
         "1@0:REJECTED E5001 text after the object at byte 9 <{\"a\":1}\n{\"a\":2}>"},
        {"a INT", "[{\"a\":1}]\nx",
         "1@0:REJECTED E5001 text after the array at byte 11 <[{\"a\":1}]\nx>"},
        {"a INT", "{\"a\":1,\n",
         "1@0:REJECTED E5001 expected a key in double quotes at byte 9 <{\"a\":1,\n>"},
        {"a INT", "{\"a\":\n1\n2}",
         "1@0:REJECTED E5001 expected ',' or '}' at byte 9 <{\"a\":\n1\n2}>"},
        {"a INT", "{\"x\":\"\n\xff\"}", "1@0:REJECTED E5009 invalid UTF-8 <{\"x\":\"\n\xff\"}>"},
        {"a INT", "null\n", "1@0:REJECTED E5001 neither an object nor an array at byte 1 <null\n>"},
    };
    format_check_messages(&json_format, cases, sizeof cases / sizeof cases[0], with_reasons);
}

/* A decoder is given one message after another. What it has learnt of those before, and the batch
 * that fills, must not show. */
static void test_many_messages(void **state)
{
    (void)state;
    static const char *const messages[] = {"{\"a\":1,\"s\":\"x\"}",
                                           "{\"a\":2,\"s\":\"y\"}",
                                           "{\"a\":3,\"s\":\"y\"}\n",
                                           "{\"a\":4,\"s\":\"y\"}\n{\"a\":5,\"s\":\"y\"}",
                                           "{\"a\":6,\n\"s\":\"y\"}",
                                           "{\"a\":7,\n\"s\":\"y\"}",
                                           "{\"a\":8,\"s\":\"y\nz\"}",
                                           "{\"a\":9,\"s\":\"y\"",
                                           "{\"a\":10,\"s\":\"y\"}",
                                           "",
                                           "[{\"a\":11},\n{\"a\":12}]",
                                           "{\"a\":13,\"s\":\"y\"}",
                                           "{\"a\":14,\"s\":{\"k\":\n[1]}}",
                                           "{\"a\":15,\"s\":\"y\"}",
                                           "{\"a\":16,\n\"s\":\"y\"}",
                                           "{\"a\":17,",
                                           "\"s\":\"y\"}",
                                           "{\"a\":18,\"s\":\"y\"}"};
    static const uint32_t all[] = {0, 1};
    enum { MESSAGES = sizeof messages / sizeof messages[0] };
    FormatTable table;
    format_table(&table, &json_format, TEXT("a INT, s STRING"));
    DecodeSpec spec = {.schema = &table.schema,
                       .wanted = all,
                       .wanted_count = 2,
                       .scope = &table.scope,
                       .options = table.options,
                       .messages = true};
    for (int behind = 0; behind < 2; behind++) {
        Arena arena;
        Decoder *decoder;
        BatchBuilder rows;
        StrBuf out = {0};
        arena_init(&arena, NULL);
        assert_int_equal(json_format.open_decoder(&arena, NULL, &spec, &decoder), ST_OK);
        assert_int_equal(builder_open(&rows, NULL, &table.schema), ST_OK);
        Block *block = block_make(NULL, 4096);
        char *to = block->bytes;
        for (int i = 0; i < MESSAGES; i++) {
            to = stpcpy(to, messages[i]);
            *to++ = behind == 0 ? 'x' : '\n';
        }
        to = block->bytes;
        for (int i = 0; i < MESSAGES; i++) {
            size_t size = strlen(messages[i]), consumed;
            DecodeInput input = {to, size, block, (uint64_t)i, true, true, true};
            assert_int_equal(decoder->decode(decoder, &input, &rows, &consumed), ST_OK);
            assert_int_equal(consumed, size);
            to += size + 1;
        }
        print_rows(&(FormatPrint){.places = true}, &table.schema, &rows, &out);
        assert_string_equal(strbuf_cstr(&out),
                            "1@0:[1, x] 1@1:[2, y] 1@2:[3, y] 1@3:REJECTED 1@4:[6, y] 1@5:[7, y] "
                            "1@6:[8, y\nz] 1@7:REJECTED 1@8:[10, y] 1@9:REJECTED 1@10:[11, NULL] "
                            "1@10:[12, NULL] 1@11:[13, y] 1@12:[14, {\"k\":[1]}] 1@13:[15, y] "
                            "1@14:[16, y] 1@15:REJECTED 1@16:REJECTED 1@17:[18, y]");
        strbuf_close(&out);
        builder_close(&rows);
        block_release(block);
        arena_close(&arena);
    }
}

static void test_escapes(void **state)
{
    (void)state;
    static const FormatCase cases[] = {
        {"a STRING", "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "[\"\\/\b\f\n\r\t]"},
        {"a STRING", "{\"a\":\"\\u00E9\\u20ac\\uD834\\uDD1E\"}",
         "[\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e]"},
        {"a STRING", "{\"a\":\"caf\xc3\xa9 au lait, longer than inline\"}",
         "[caf\xc3\xa9 au lait, longer than inline]"},
        {"a INT, b INT", "{\"\\u0061\":1,\"\\u0062\":2}", "[1, 2]"},
        {"a INT, b INT", "{\"a\":1,\"\\u0061\":3,\"b\":2}\n{\"a\":1,\"\\u0061\":3,\"b\":2}\n",
         "[3, 2] [3, 2]"},
        {"a BIGINT", "{\"a\":\"\\u0031\\u0032\"}", "[12]"},
        {"a BOOLEAN", "{\"a\":\"tr\\u0075e\"}", "[true]"},
    };
    CHECK_ALL(cases, (FormatPrint){0});
}

/* Records that follow one another in the same order, until one does not. */
static void test_shapes(void **state)
{
    (void)state;
    static const FormatCase cases[] = {
        {"a INT, b STRING",
         "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n{\"b\":\"z\",\"a\":3}\n{\"b\":\"w\",\"a\":"
         "4}\n{\"a\":5,\"b\":\"v\"}\n",
         "[1, x] [2, y] [3, z] [4, w] [5, v]"},
        {"a INT, b STRING", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4,\"b\":\"y\"}\n",
         "[1, x] [2, NULL] [3, NULL] [4, y]"},
        {"a INT, b STRING",
         "{\"a\":1,\"b\":\"x\"}\n{\"a\":null,\"b\":null}\n{\"a\":\"3\",\"b\":4}\n{\"a\":4.5,\"b\":"
         "\"y\"}\n",
         "[1, x] [NULL, NULL] [3, 4] [4, y]"},
        {"a INT, b STRING",
         "{ \"a\" : 1 , \"b\" : \"x\" } \n{ \"a\" : 2 , \"b\" : \"y\" } \n{ \"a\" : 3 , \"b\" : "
         "\"z\" }\n",
         "[1, x] [2, y] [3, z]"},
        {"a INT, b STRING",
         "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"a\\tb\"}\n{\"a\":3,\"b\":\"\xc3\xa9\"}\n{\"a\":4,"
         "\"b\":\"a\tb\"}\n{\"a\":5,\"b\":\"\"}\n",
         "[1, x] [2, a\tb] [3, \xc3\xa9] [4, a\tb] [5, ]"},
        {"a INT, b STRING",
         "{\"a\":1,\"b\":\"x\"}\n{\"a\":01,\"b\":\"x\"}\n{\"a\":-,\"b\":\"x\"}\n{\"a\":2,\"b\":\"x}"
         "\n{\"a\":2,\"b\":\"x\"\n\"}\n{\"a\":3,\"b\":\"x\"}\n",
         "[1, x] REJECTED REJECTED REJECTED REJECTED REJECTED [3, x]"},
        {"a INT",
         "{\"a\":1,\"n\":{\"x\":[1,{}]}}\n{\"a\":2,\"n\":{\"x\":[1,{}]}}\n{\"a\":3,\"n\":{\"x\":[1,"
         "{]}}\n{\"a\":4,\"n\":{\"x\":\n[]}}\n",
         "[1] [2] REJECTED REJECTED REJECTED"},
        {"a INT",
         "{\"a\":1,\"f\":true}\n{\"a\":2,\"f\":false}\n{\"a\":3,\"f\":null}\n{\"a\":4,\"f\":tru}\n{"
         "\"a\":5,\"f\":1.5e3}\n{\"a\":6,\"f\":1.e3}\n",
         "[1] [2] [3] REJECTED [5] REJECTED"},
        {"a INT",
         "{\"a\":1,\"a\":2}\n{\"a\":1,\"a\":2}\n{\"a\":3,\"a\":\"x\"}\n{\"a\":\"x\",\"a\":4}\n",
         "[2] [2] [BAD] [4]"},
        {"a TINYINT, b BIGINT",
         "{\"a\":127,\"b\":9223372036854775807}\n{\"a\":-128,\"b\":-9223372036854775808}\n{\"a\":"
         "128,\"b\":9223372036854775808}\n{\"a\":-129,\"b\":1e19}\n{\"a\":0,\"b\":"
         "123456789012345678}\n{\"a\":-0,\"b\":-1}\n",
         "[127, 9223372036854775807] [-128, -9223372036854775808] [BAD, BAD] [BAD, BAD] [0, "
         "123456789012345678] [0, -1]"},
        {"t TIMESTAMP(3)",
         "{\"t\":\"2020-01-01 10:00:00.5\"}\n{\"t\":\"2020-01-01 "
         "10:00:00.123456\"}\n{\"t\":\"2020-01-01 10:01:59\"}\n{\"t\":\"1969-12-31 "
         "23:59:59.9999\"}\n{\"t\":\"2020-13-01 10:00:00\"}\n{\"t\":7}\n",
         "[2020-01-01 10:00:00.500] [2020-01-01 10:00:00.123] [2020-01-01 10:01:59] [1969-12-31 "
         "23:59:59.999] [BAD] [BAD]"},
        {"a INT NOT NULL, b STRING", "{\"b\":\"x\"}\n{\"b\":\"y\"}\n{\"a\":1,\"b\":\"z\"}\n",
         "[BAD, x] [BAD, y] [1, z]"},
    };
    CHECK_ALL(cases, (FormatPrint){0});
}

static void test_depth(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &json_format, TEXT("a INT"));
    FormatRun run = {.table = &table};
    for (uint32_t extra = 0; extra < 2; extra++) {
        char input[512], *p = input;
        uint32_t open = LIMIT_JSON_DEPTH - 1 + extra; /* the record itself is one level */
        p += sprintf(p, "{\"x\":");
        memset(p, '[', open);
        memset(p + open, ']', open);
        strcpy(p + 2 * open, ",\"a\":1}");
        StrBuf out = {0};
        format_run(&run, text_of(input), &out);
        assert_string_equal(strbuf_cstr(&out), extra == 0 ? "[1]" : "REJECTED");
        strbuf_close(&out);
    }
}

/* An array of more elements than a batch holds, behind a row and before one. */
static void test_large_array(void **state)
{
    (void)state;
    enum { ELEMENTS = 2 * BATCH_ROWS + 500 };
    FormatTable table;
    format_table(&table, &json_format, TEXT("a INT"));
    FormatRun run = {.table = &table};
    StrBuf input = {0}, expected = {0}, out = {0};
    for (int arrays = 0; arrays < 2; arrays++) {
        int elements = arrays == 0 ? ELEMENTS : BATCH_ROWS;
        strbuf_string(&input, "{\"a\":-1}\n[");
        strbuf_printf(&expected, "%s[-1]", arrays == 0 ? "" : " ");
        for (int i = 0; i < elements; i++) {
            strbuf_printf(&input, "%s{\"a\":%d}", i == 0 ? "" : " , ", i);
            strbuf_printf(&expected, " [%d]", i);
        }
        strbuf_string(&input, "]\n");
    }
    format_run(&run, strbuf_as_text(&input), &out);
    assert_string_equal(strbuf_cstr(&out), strbuf_cstr(&expected));
    strbuf_close(&input);
    strbuf_close(&expected);
    strbuf_close(&out);
}

/* An array of more elements than a batch holds is a message that comes again, and one that fits
 * into a batch waits for it behind another row. */
static void test_large_array_message(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &json_format, TEXT("a INT"));
    static const int sizes[] = {2 * BATCH_ROWS + 500, 2 * BATCH_ROWS, BATCH_ROWS, 1};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        FormatRun run = {.table = &table, .whole = true};
        StrBuf input = {0}, expected = {0}, out = {0};
        strbuf_string(&input, "\xef\xbb\xbf");
        for (int i = 0; i < sizes[s]; i++) {
            strbuf_printf(&input, "%s{\"a\":%d}", i == 0 ? "[" : ",\n", i);
            strbuf_printf(&expected, "%s[%d]", i == 0 ? "" : " ", i);
        }
        strbuf_string(&input, "]\n");
        format_run(&run, strbuf_as_text(&input), &out);
        assert_string_equal(strbuf_cstr(&out), strbuf_cstr(&expected));
        strbuf_close(&input);
        strbuf_close(&expected);
        strbuf_close(&out);
    }
}

static void test_message_waits_for_room(void **state)
{
    (void)state;
    static const uint32_t all[] = {0};
    static const char array[] = "[{\"a\":1},{\"a\":2},{\"a\":3}]", object[] = "{\"a\":4}";
    FormatTable table;
    format_table(&table, &json_format, TEXT("a INT"));
    DecodeSpec spec = {.schema = &table.schema,
                       .wanted = all,
                       .wanted_count = 1,
                       .scope = &table.scope,
                       .options = table.options,
                       .messages = true};
    Arena arena;
    Decoder *decoder;
    BatchBuilder rows;
    size_t consumed;
    arena_init(&arena, NULL);
    assert_int_equal(json_format.open_decoder(&arena, NULL, &spec, &decoder), ST_OK);
    assert_int_equal(builder_open_small(&rows, NULL, &table.schema, 4), ST_OK);
    Block *block = block_make(NULL, sizeof array + sizeof object);
    char *text = memcpy(block->bytes, array, sizeof array);
    DecodeInput input = {text, sizeof array - 1, block, 0, true, true, true};
    assert_int_equal(decoder->decode(decoder, &input, &rows, &consumed), ST_OK);
    assert_int_equal(rows.rows, 3);
    assert_int_equal(decoder->decode(decoder, &input, &rows, &consumed), ST_OK);
    assert_int_equal(rows.rows, 3); /* three more do not fit */
    assert_int_equal(consumed, 0);
    memcpy(text + sizeof array, object, sizeof object);
    DecodeInput next = {text + sizeof array, sizeof object - 1, block, 1, true, true, true};
    assert_int_equal(decoder->decode(decoder, &next, &rows, &consumed), ST_OK);
    assert_int_equal(consumed, sizeof object - 1);
    assert_int_equal(decoder->decode(decoder, &next, &rows, &consumed), ST_OK);
    assert_int_equal(rows.rows, 4);
    assert_int_equal(consumed, 0); /* it is full */
    builder_close(&rows);
    block_release(block);
    arena_close(&arena);
}

/* A record beyond the limit is rejected without being kept, also when it never ends. */
static void test_long_record(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &json_format, TEXT("a INT"));
    for (int closed = 0; closed < 2; closed++) {
        for (size_t step = 0; step <= (1 << 20); step += 1 << 20) {
            FormatRun run = {.table = &table, .step = step, .print = {.places = true}};
            StrBuf input = {0}, out = {0};
            strbuf_string(&input, "{\"a\":1}\n{\"a\":2,\"x\":\"");
            strbuf_repeat(&input, 'x', LIMIT_RECORD_BYTES);
            strbuf_string(&input, closed ? "\"}\n{\"a\":3}\n" : "");
            format_run(&run, strbuf_as_text(&input), &out);
            assert_string_equal(strbuf_cstr(&out), closed ? "1@0:[1] 2@8:REJECTED 3@16777239:[3]"
                                                          : "1@0:[1] 2@8:REJECTED");
            strbuf_close(&input);
            strbuf_close(&out);
        }
    }
    /* just within it */
    FormatRun run = {.table = &table};
    StrBuf input = {0}, out = {0};
    strbuf_string(&input, "{\"a\":1}\n{\"a\":2,\"x\":\"");
    strbuf_repeat(&input, 'x', LIMIT_RECORD_BYTES - 14);
    strbuf_string(&input, "\"}\n{\"a\":3}\n");
    format_run(&run, strbuf_as_text(&input), &out);
    assert_string_equal(strbuf_cstr(&out), "[1] [2] [3]");
    strbuf_close(&input);
    strbuf_close(&out);
}

static void test_long_messages(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &json_format, TEXT("a INT"));
    format_check_long_messages(&table, NULL, "{\"a\":2,\"x\":\"", "\"}", "1@0:[2]");
}

static void test_predicate(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &json_format, TEXT("a INT, s STRING, b INT"));
    const Comparison over[] = {{.column = 0, .op = PREDICATE_GT, .value = {.as.i64 = 5}},
                               {.column = 2, .op = PREDICATE_LT, .value = {.as.i64 = 100}}};
    static const char input[] = "{\"a\":1,\"s\":\"x\",\"b\":1}\n{\"a\":6,\"s\":\"x\",\"b\":1}\n{"
                                "\"a\":6,\"s\":\"x\",\"b\":100}\n"
                                "{\"a\":\"?\",\"s\":\"x\",\"b\":1}\n{\"a\":null,\"s\":\"x\",\"b\":"
                                "1}\n{\"a\":1,\"s\":\"x\",\"b\":\"?\"}\n"
                                "{\"a\":7,\"s\":\"x\",\"b\":\"?\"}\n{\"s\":\"x\",\"b\":1}\n{\"s\":"
                                "\"x\\ty\",\"b\":1,\"a\":9}\n{\"a\":2,\"s\":\"\\q\",\"b\":1}\n";
    /* a bad cell keeps the row, unless the comparison before it drops it */
    static const char expected[] = "FILTERED [6, x, 1] FILTERED [BAD, x, 1] FILTERED FILTERED [7, "
                                   "x, BAD] FILTERED [9, x\ty, 1] REJECTED";
    for (size_t step = 0; step < 3; step++) {
        FormatRun run = {.table = &table, .step = step, .predicate = {over, 2}};
        StrBuf out = {0};
        format_run(&run, text_of(input), &out);
        assert_string_equal(strbuf_cstr(&out), expected);
        strbuf_close(&out);
    }
}

/* Which records are rejected does not depend on which columns are wanted. */
static void test_column_subsets(void **state)
{
    (void)state;
    static const char input[] =
        "{\"a\":1,\"s\":\"x\",\"b\":1}\n{\"a\":1,\"s\":\"\\z\",\"b\":1}\n{\"a\":1,\"s\":\"x\","
        "\"b\":1,}\n{\"a\":1,\"s\":\"\xc3\",\"b\":1}\n"
        "{\"a\":1,\"s\":\"x\",\"b\":01}\n{\"a\":1,\"s\":x,\"b\":1}\n{\"a\":1,\"s\":\"x\",\"b\":1}"
        "\n[{\"a\":1},{\"b\":2},[]]\nnull\n{\"a\":1,\"s\":\"x\",\"b\":1}";
    static const uint32_t subsets[][3] = {{0, 1, 2}, {0, 1}, {0, 2}, {1, 2}, {0}, {1}, {2}, {0}};
    static const uint32_t sizes[] = {3, 2, 2, 2, 1, 1, 1, 0};
    FormatTable table;
    format_table(&table, &json_format, TEXT("a INT, s STRING, b INT"));
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        FormatRun run = {.table = &table,
                         .wanted = subsets[i],
                         .wanted_count = sizes[i],
                         .print = {.places = true}};
        StrBuf out = {0}, only = {0};
        format_run(&run, text_of(input), &out);
        for (const char *p = strbuf_cstr(&out); (p = strchr(p, '@')) != NULL; p++)
            strbuf_char(&only, strncmp(strchr(p, ':'), ":REJECTED", 9) == 0 ? 'R' : '.');
        assert_string_equal(strbuf_cstr(&only), ".RRRRR...RR.");
        strbuf_close(&out);
        strbuf_close(&only);
    }
}

/* Every way to list special bytes gives the same list. */
static void test_indexers(void **state)
{
    (void)state;
    Block *block = block_make(NULL, INDEX_BYTES);
    JsonIndex *expected = calloc(1, sizeof *expected), *found = calloc(1, sizeof *found);
    uint64_t random = 42;
    for (int round = 0; round < 300; round++) {
        size_t size = round < 150 ? (size_t)round : INDEX_BYTES - (size_t)(round - 150);
        for (size_t i = 0; i < INDEX_BYTES; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            uint32_t dice = (uint32_t)(random >> 33);
            bool special = dice % 100 < (uint32_t)round % 101; /* from none to all */
            block->bytes[i] =
                special ? "\"\\\n\xc3\x1f\xff\x80\""[dice / 100 % 8] : "az09 ~!#"[dice / 100 % 8];
        }
        json_indexer_numbered(0)(block->bytes, size, expected);
        for (size_t i = 0, entry = 0; i < size; i++) {
            bool special = strchr("\"\\\n\xc3\x1f\xff\x80", block->bytes[i]) != NULL;
            if (special)
                assert_int_equal(expected->at[entry++], i);
        }
        for (uint32_t number = 1; number < 3; number++) {
            if (json_indexer_numbered(number) == NULL)
                continue;
            json_indexer_numbered(number)(block->bytes, size, found);
            assert_int_equal(found->count, expected->count);
            assert_memory_equal(found->at, expected->at, found->count * sizeof found->at[0]);
        }
    }
    free(expected);
    free(found);
    block_release(block);
}

/* Thousands of records with small changes among them: the fast ways agree with a decoder that sees
 * each record as its first. */
static void ways_agree(const char *columns)
{
    static const char *const values[] = {"1",
                                         "-17",
                                         "123456789012345",
                                         "1234567890123456",
                                         "0",
                                         "\"x\"",
                                         "\"\"",
                                         "\"a longer text than inline\"",
                                         "null",
                                         "true",
                                         "1.5",
                                         "1e3",
                                         "\"\\n\"",
                                         "\"\xc3\xa9\"",
                                         "{\"k\":1}",
                                         "[]",
                                         "\"2020-01-01 10:00:00.123\"",
                                         "-",
                                         "01",
                                         "\"\t\"",
                                         "\"12\"",
                                         "128",
                                         "-129",
                                         "40000",
                                         "nul",
                                         ""};
    static const char *const records[] = {
        "{\"a\":%s,\"s\":%s,\"t\":%s}\n",         "{\"s\":%s,\"a\":%s,\"t\":%s}\n",
        "{\"a\":%s, \"s\":%s, \"t\":%s}\r\n",     "{\"a\":%s,\"zz\":%s,\"t\":%s}\n",
        "{\"a\":%s,\"s\":%s,\"t\":%s,\"q\":7}\n", "[{\"a\":%s,\"s\":%s},{\"t\":%s}]\n"};
    enum {
        VALUES = sizeof values / sizeof values[0],
        RECORDS = sizeof records / sizeof records[0],
        ROUNDS = 40,
        LINES = 400
    };
    FormatTable table;
    format_table(&table, &json_format, text_of(columns));
    FormatRun run = {.table = &table, .print = {.reasons = true}}, messages = run;
    messages.whole = messages.lines = true;
    uint64_t random = 7;
    for (int round = 0; round < ROUNDS; round++) {
        StrBuf input = {0}, fast = {0}, plain = {0};
        for (int line = 0; line < LINES; line++) {
            const char *value[3], *record = records[0];
            char text[256];
            for (int i = 0; i < 3; i++) {
                random = random * 6364136223846793005u + 1442695040888963407u;
                uint32_t dice = (uint32_t)(random >> 33);
                static const int usual[] = {0, 7, 16};
                bool odd = dice % 100 < (uint32_t)round;
                value[i] = values[odd ? (int)(dice / 100 % VALUES) : usual[i]];
                if (odd && dice % 7 == 0)
                    record = records[dice / 700 % RECORDS];
            }
            snprintf(text, sizeof text, record, value[0], value[1], value[2]);
            strbuf_string(&input, text);
            format_run(&run, text_of(text), &plain);
        }
        format_run(&run, strbuf_as_text(&input), &fast);
        assert_string_equal(strbuf_cstr(&fast), strbuf_cstr(&plain));
        strbuf_clear(&fast);
        format_run(&messages, (Text){strbuf_cstr(&input), (uint32_t)input.size - 1}, &fast);
        assert_string_equal(strbuf_cstr(&fast), strbuf_cstr(&plain));
        strbuf_close(&input);
        strbuf_close(&fast);
        strbuf_close(&plain);
    }
}

static void test_ways_agree(void **state)
{
    (void)state;
    static const char *const columns[] = {
        "a INT, s STRING, t TIMESTAMP(3)",
        "a TINYINT, s STRING, t TIMESTAMP(3)",
        "a SMALLINT, s STRING, t STRING",
        "a BIGINT, t TIMESTAMP(0)",
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        ways_agree(columns[i]);
}

static void test_check(void **state)
{
    (void)state;
    static const FormatTableCase cases[] = {
        {"a INT, b DECIMAL(10,2), c BYTES", E0001},
        {"a INT; json.ignore-parse-errors = true; json.fail-on-missing-field = true", E2114},
        {"a INT; json.fail-on-missing-field = true", E0001},
    };
    format_check_tables(&json_format, false, cases, sizeof cases / sizeof cases[0]);
    TypeField child[] = {{.type = type_make(TYPE_INT)}, {.type = type_make(TYPE_INT)}};
    Field nested = {.name = TEXT("r"),
                    .type = {.id = TYPE_ARRAY, .nullable = true, .children = 1, .child = child}};
    Schema schema = {1, &nested};
    OptionScope scope = {{json_format.options}, 1, "format"};
    Diag diag = {0};
    assert_int_equal(
        json_format.check(&schema, false, &scope, (OptionList){NULL, 0}, SPAN_NONE, &diag), ST_OK);
    nested.type.id = TYPE_MAP; /* whose keys would have to be texts */
    nested.type.children = 2;
    assert_int_equal(
        json_format.check(&schema, false, &scope, (OptionList){NULL, 0}, SPAN_NONE, &diag),
        ST_SEMANTIC);
    assert_int_equal(diag.code, E2119);
}

static void test_encode(void **state)
{
    (void)state;
    static const char columns[] =
        "a TINYINT, b BOOLEAN, c DOUBLE, d DECIMAL(10,2), f BYTES, g DATE, h TIME, i STRING, j "
        "FLOAT, l INT, m DECIMAL(20,10), p DECIMAL(10,0)";
    static const char input[] =
        "{\"a\":1,\"b\":true,\"c\":1e20,\"d\":1.50,\"f\":\"aGk=\",\"g\":\"2020-01-02\",\"h\":\"10:"
        "11:12\","
        "\"i\":\"t\\\"x,\\\\t \xc3\xa9 / 'q'\\n\\u0001\",\"j\":1.5,\"m\":0.00000001,\"p\":100}";
    check_encode(&json_format, columns, input,
                 "{\"a\":1,\"b\":true,\"c\":1.0E20,\"d\":1.5,\"f\":\"aGk=\",\"g\":\"2020-01-02\","
                 "\"h\":\"10:11:12\","
                 "\"i\":\"t\\\"x,\\\\t \xc3\xa9 / "
                 "'q'\\n\\u0001\",\"j\":1.5,\"l\":null,\"m\":1E-8,\"p\":1E+2}\n");
    check_encode(
        &json_format,
        "d DECIMAL(10,2), m DECIMAL(20,10), p DECIMAL(10,0), l INT; "
        "json.encode.decimal-as-plain-number = true; json.encode.ignore-null-fields = true",
        "{\"d\":1.5,\"m\":0.00000001,\"p\":100}", "{\"d\":1.50,\"m\":0.0000000100,\"p\":100}\n");
    check_encode(&json_format, "l INT; json.encode.ignore-null-fields = true", "{}", "{}\n");
    check_encode_messages(&json_format, "l INT; json.encode.ignore-null-fields = true", TEXT("{}"),
                          TEXT("{}"));
    check_encode_messages(&json_format, "a INT, b STRING",
                          TEXT("[{\"a\":1,\n\"b\":\"x\ny\"},\n{\"a\":2}]\n"),
                          TEXT("{\"a\":1,\"b\":\"x\\ny\"}{\"a\":2,\"b\":null}"));
    check_encode(&json_format, "n DOUBLE, q DOUBLE, r DOUBLE, t DOUBLE, u DOUBLE",
                 "{\"n\":0.1,\"q\":1e-7,\"r\":\"NaN\",\"t\":123456789,\"u\":1e400}",
                 "{\"n\":0.1,\"q\":1.0E-7,\"r\":\"NaN\",\"t\":1.23456789E8,\"u\":\"Infinity\"}\n");
    check_encode(
        &json_format, "e TIMESTAMP(3), o TIMESTAMP(3), s TIMESTAMP(6), z TIMESTAMP(3)",
        "{\"e\":\"2020-01-01 10:00:00\",\"o\":\"2020-01-01 10:00:00.120\",\"s\":\"2020-01-01 "
        "10:00:00.123456\",\"z\":\"1969-12-31 23:59:59.999\"}",
        "{\"e\":\"2020-01-01 10:00:00\",\"o\":\"2020-01-01 10:00:00.12\",\"s\":\"2020-01-01 "
        "10:00:00.123456\",\"z\":\"1969-12-31 23:59:59.999\"}\n");
    check_encode(&json_format,
                 "o TIMESTAMP(3), k TIMESTAMP_LTZ(3); json.timestamp-format.standard = ISO-8601",
                 "{\"o\":\"2020-01-01T10:00:00.120\",\"k\":\"2020-01-01T00:00:00.123Z\"}",
                 "{\"o\":\"2020-01-01T10:00:00.12\",\"k\":\"2020-01-01T00:00:00.123Z\"}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_and_reasons),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_many_messages),
        cmocka_unit_test(test_large_array_message),
        cmocka_unit_test(test_message_waits_for_room),
        cmocka_unit_test(test_long_messages),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_large_array),
        cmocka_unit_test(test_long_record),
        cmocka_unit_test(test_predicate),
        cmocka_unit_test(test_column_subsets),
        cmocka_unit_test(test_indexers),
        cmocka_unit_test(test_ways_agree),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_encode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
