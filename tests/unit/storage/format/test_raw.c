#include "format_harness.h"

#include "storage/base/limits.h"

static const char *run_raw(const char *table_text, const char *input, size_t step)
{
    static StrBuf out;
    FormatTable table;
    format_table(&table, &raw_format, text_of(table_text));
    FormatRun run = {.table = &table, .step = step, .print = {.places = true}};
    strbuf_clear(&out);
    format_run(&run, text_of(input), &out);
    return strbuf_cstr(&out);
}

/* As Flink reads them: empty lines are rows, a carriage return belongs to the line break. */
static void test_lines(void **state)
{
    (void)state;
    for (size_t step = 0; step < 4; step++) {
        assert_string_equal(run_raw("a STRING", "a\n\nb\r\n\r\n x \nlast", step),
                            "1@0:[a] 2@2:[] 3@3:[b] 4@6:[] 5@8:[ x ] 6@12:[last]");
        assert_string_equal(run_raw("a BYTES", "a\n\nb\r\n x", step),
                            "1@0:[61] 2@2:[] 3@3:[62] 4@6:[2078]");
        assert_string_equal(run_raw("a STRING", "a\n\xff\nb", step),
                            "1@0:[a] 2@2:REJECTED 3@4:[b]");
        assert_string_equal(run_raw("a BYTES", "a\n\xff\nb", step), "1@0:[61] 2@2:[ff] 3@4:[62]");
        assert_string_equal(run_raw("a STRING", "", step), "");
    }
}

/* The bytes as they are. */
static void test_messages(void **state)
{
    (void)state;
    static const FormatCase cases[] = {
        {"a STRING", "a\nb\r\n", "1@0:[a\nb\r\n]"},
        {"a STRING", "", "1@0:[]"},
        {"a STRING", "\n", "1@0:[\n]"},
        {"a STRING",
         "\xef\xbb\xbf"
         "a",
         "1@0:[\xef\xbb\xbf"
         "a]"},
        {"a BYTES", "\xff\n", "1@0:[ff0a]"},
        {"a BYTES", "", "1@0:[]"},
        {"a STRING", "a\n\xff", "1@0:REJECTED E5009 invalid UTF-8 <a\n\xff>"},
    };
    format_check_messages(&raw_format, cases, sizeof cases / sizeof cases[0],
                          (FormatPrint){.places = true, .reasons = true});
}

typedef struct NumberCase {
    const char *table;
    Text message;
    const char *expected;
} NumberCase;

#define BYTES(literal)                                                                             \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

/* What Flink's RawFormatDeserializationSchema makes of the same bytes, and of one too few or too
 * many. What is taken is written as the same bytes again. */
static void test_numbers(void **state)
{
    (void)state;
    static const NumberCase cases[] = {
        {"a BOOLEAN", BYTES("\x01"), "[true]"},
        {"a BOOLEAN", BYTES("\x00"), "[false]"},
        {"a TINYINT", BYTES("\x01"), "[1]"},
        {"a TINYINT", BYTES("\n"), "[10]"},
        {"a TINYINT", BYTES("\xff"), "[-1]"},
        {"a SMALLINT", BYTES("\x01\x02"), "[258]"},
        {"a SMALLINT; raw.endianness = little-endian", BYTES("\x01\x02"), "[513]"},
        {"a SMALLINT", BYTES("\x80\x00"), "[-32768]"},
        {"a INT", BYTES("\x01\x02\x03\x04"), "[16909060]"},
        {"a INT; raw.endianness = big-endian", BYTES("\x01\x02\x03\x04"), "[16909060]"},
        {"a INT; raw.endianness = little-endian", BYTES("\x01\x02\x03\x04"), "[67305985]"},
        {"a INT", BYTES("\xff\xff\xff\xfe"), "[-2]"},
        {"a INT NOT NULL; raw.endianness = little-endian", BYTES("\x3f\xc0\x00\x00"), "[49215]"},
        {"a BIGINT", BYTES("\x01\x02\x03\x04\x05\x06\x07\x08"), "[72623859790382856]"},
        {"a BIGINT; raw.endianness = little-endian", BYTES("\x01\x02\x03\x04\x05\x06\x07\x08"),
         "[578437695752307201]"},
        {"a FLOAT", BYTES("\x3f\xc0\x00\x00"), "[1.5]"},
        {"a FLOAT", BYTES("\x01\x02\x03\x04"), "[2.3879393E-38]"},
        {"a FLOAT; raw.endianness = little-endian", BYTES("\x01\x02\x03\x04"), "[1.5399896E-36]"},
        {"a DOUBLE", BYTES("\x3f\xf8\x00\x00\x00\x00\x00\x00"), "[1.5]"},
        {"a DOUBLE; raw.endianness = little-endian", BYTES("\x01\x02\x03\x04\x05\x06\x07\x08"),
         "[5.447603722011605E-270]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const NumberCase *c = &cases[i];
        FormatTable table;
        char other[16] = {0};
        format_table(&table, &raw_format, text_of(c->table));
        format_check_message(&table, c->message, c->expected, (FormatPrint){0});
        check_encode_messages(&raw_format, c->table, c->message, c->message);
        memcpy(other, c->message.ptr, c->message.size);
        for (uint32_t size = 0; size <= sizeof other; size++) {
            if (size != c->message.size)
                format_check_message(&table, (Text){other, size}, "REJECTED", (FormatPrint){0});
        }
    }
    static const FormatCase broken[] = {
        {"a INT", "abc", "1@0:REJECTED E5001 INT is of 4 bytes, not of 3 <abc>"},
        {"a BOOLEAN", "", "1@0:REJECTED E5001 BOOLEAN is of 1 byte, not of 0 <>"},
        {"a BOOLEAN", "\x02", "1@0:[true]"},
    };
    format_check_messages(&raw_format, broken, sizeof broken / sizeof broken[0],
                          (FormatPrint){.places = true, .reasons = true});
}

/* Which messages are rejected does not depend on whether the column is wanted. */
static void test_unwanted_number(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &raw_format, TEXT("a INT"));
    const uint32_t none[] = {0};
    const Comparison over = {.column = 0, .op = PREDICATE_GT, .value = {.as.i64 = 5}};
    FormatRun unwanted = {.table = &table, .whole = true, .wanted = none};
    FormatRun filter = {.table = &table, .whole = true, .predicate = {&over, 1}};
    StrBuf out = {0};
    format_run(&unwanted, TEXT("abcd"), &out);
    format_run(&unwanted, TEXT("abc"), &out);
    format_run(&filter, (Text){"\0\0\0\5", 4}, &out);
    format_run(&filter, (Text){"\0\0\0\6", 4}, &out);
    assert_string_equal(strbuf_cstr(&out), "[] REJECTED FILTERED [6]");
    strbuf_close(&out);
}

/* A NULL is a message without a value, an empty text one of no bytes. In a file both are an empty
 * line. */
static void test_null(void **state)
{
    (void)state;
    static const char *const tables[] = {"a STRING", "a INT"};
    for (int i = 0; i < 4; i++) {
        bool messages = i % 2 == 1;
        FormatTable table;
        format_table(&table, &raw_format, text_of(tables[i / 2]));
        if (i / 2 == 1 && !messages)
            continue;
        Arena arena;
        BatchBuilder rows;
        Encoder *encoder;
        StrBuf out = {0};
        arena_init(&arena, NULL);
        assert_int_equal(builder_open(&rows, NULL, &table.schema), ST_OK);
        builder_set_null(&rows, 0, 0);
        builder_end_row(&rows, 0, 1, TEXT_NONE);
        builder_end_row(&rows, 0, 1, TEXT_NONE);
        Batch batch = {.rows = 2, .selected = 2, .columns = 1, .column = rows.column};
        EncodeSpec spec = {&table.schema, &table.scope, table.options, messages};
        assert_int_equal(raw_format.open_encoder(&arena, &spec, &encoder), ST_OK);
        assert_int_equal(encoder->encode(encoder, &batch, 0, &out), ST_OK);
        assert_string_equal(strbuf_cstr(&out), messages ? "" : "\n");
        if (messages) {
            assert_true(encoder->gives_null(encoder, &batch, 0));
            assert_false(encoder->gives_null(encoder, &batch, 1));
        } else {
            assert_null(encoder->gives_null);
        }
        strbuf_close(&out);
        builder_close(&rows);
        arena_close(&arena);
    }
}

static void test_long_messages(void **state)
{
    (void)state;
    StrBuf expected = {0}; /* a text of the limit's length */
    FormatTable table;
    format_table(&table, &raw_format, TEXT("a STRING"));
    strbuf_string(&expected, "1@0:[\n");
    strbuf_repeat(&expected, 'x', LIMIT_RECORD_BYTES - 1);
    strbuf_string(&expected, "]");
    format_check_long_messages(&table, NULL, "\n", "", strbuf_cstr(&expected));
    strbuf_close(&expected);
}

static void test_long_line(void **state)
{
    (void)state;
    StrBuf input = {0};
    strbuf_string(&input, "a\n");
    strbuf_repeat(&input, 'x', LIMIT_RECORD_BYTES + 1);
    strbuf_string(&input, "\nb\n");
    assert_string_equal(run_raw("a STRING", strbuf_cstr(&input), 0),
                        "1@0:[a] 2@2:REJECTED 3@16777220:[b]");
    assert_string_equal(run_raw("a STRING", strbuf_cstr(&input), 1 << 20),
                        "1@0:[a] 2@2:REJECTED 3@16777220:[b]");
    strbuf_close(&input);
}

static void test_predicate(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &raw_format, TEXT("a STRING"));
    const Comparison is = {
        .column = 0, .op = PREDICATE_EQ, .value = {.as.str = str_of_text(TEXT("b"))}};
    FormatRun run = {.table = &table, .predicate = {&is, 1}};
    StrBuf out = {0};
    format_run(&run, TEXT("a\nb\nc"), &out);
    assert_string_equal(strbuf_cstr(&out), "FILTERED [b] FILTERED");
    strbuf_close(&out);
}

static void test_check(void **state)
{
    (void)state;
    static const FormatTableCase cases[] = {{"a STRING", E0001},
                                            {"a VARBINARY(10)", E0001},
                                            {"a STRING, b STRING", E2119},
                                            {"a INT", E2001},
                                            {"a DATE", E2001}};
    format_check_tables(&raw_format, false, cases, sizeof cases / sizeof cases[0]);
    static const FormatTableCase messages[] = {
        {"a STRING", E0001},       {"a VARBINARY(10)", E0001}, {"a BOOLEAN", E0001},
        {"a TINYINT", E0001},      {"a SMALLINT", E0001},      {"a INT NOT NULL", E0001},
        {"a BIGINT", E0001},       {"a FLOAT", E0001},         {"a DOUBLE", E0001},
        {"a DATE", E2119},         {"a TIME", E2119},          {"a TIMESTAMP(3)", E2119},
        {"a DECIMAL(5,2)", E2119}, {"a ARRAY<INT>", E2119},    {"a INT, b INT", E2119}};
    format_check_tables(&raw_format, true, messages, sizeof messages / sizeof messages[0]);
}

static void test_encode(void **state)
{
    (void)state;
    check_encode(&raw_format, "a STRING", "abc\nx,y\n\n", "abc\nx,y\n\n");
    check_encode_messages(&raw_format, "a STRING", TEXT("abc\r\nx"), TEXT("abc\r\nx"));
    check_encode_messages(&raw_format, "a STRING", TEXT(""), TEXT(""));
    check_encode_messages(&raw_format, "a BYTES", TEXT("\xff\n"), TEXT("\xff\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),       cmocka_unit_test(test_unwanted_number),
        cmocka_unit_test(test_null),          cmocka_unit_test(test_messages),
        cmocka_unit_test(test_long_messages), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_long_line),     cmocka_unit_test(test_predicate),
        cmocka_unit_test(test_check),         cmocka_unit_test(test_encode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
