#include "sink_harness.h"

static void test_lines(void **state)
{
    (void)state;
    Harness h;
    SinkRows rows;
    Capture capture;
    char text[512];
    Sink *sink = sink_open(&h, "print", HARNESS_OPTIONS_OF("connector", "print"));
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_INSERT, 1, "a");
    sink_rows_add(&rows, ROW_UPDATE_BEFORE, 1, "a");
    sink_rows_add(&rows, ROW_UPDATE_AFTER, 1, NULL);
    sink_rows_add(&rows, ROW_DELETE, -1, "b, c");
    capture_begin(&capture, STDOUT_FILENO);
    Status written = sink->write(sink, &rows.batch, &h.diag),
           committed = sink->commit(sink, 1, &h.diag);
    capture_end(&capture, text, sizeof text);
    assert_int_equal(written, ST_OK);
    assert_int_equal(committed, ST_OK);
    assert_string_equal(text, "+I[1, a]\n-U[1, a]\n+U[1, null]\n-D[-1, b, c]\n");
    sink->close(sink);
    harness_close(&h);
}

static void test_options(void **state)
{
    (void)state;
    Harness h;
    SinkRows rows;
    Capture capture;
    char text[512];
    Sink *sink = sink_open(&h, "print",
                           HARNESS_OPTIONS_OF("connector", "print", "print-identifier", "out",
                                              "standard-error", "true"));
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_INSERT, 1, "a");
    capture_begin(&capture, STDERR_FILENO);
    Status written = sink->write(sink, &rows.batch, &h.diag),
           committed = sink->commit(sink, 1, &h.diag);
    capture_end(&capture, text, sizeof text);
    assert_int_equal(written, ST_OK);
    assert_int_equal(committed, ST_OK);
    assert_string_equal(text, "out> +I[1, a]\n");
    sink->close(sink);
    harness_close(&h);
}

static void test_values(void **state)
{
    (void)state;
    uint8_t yes[] = {1};
    double large[] = {1e20}, half[] = {1.5};
    Int128 decimal[] = {150};
    int64_t ten[] = {1577872800000000}, milli[] = {1577836800123000}, micro[] = {1577836800123456};
    int64_t day[] = {18263}, time[] = {36672000000}, minute[] = {36660000000};
    Str bytes[] = {str_of_text(TEXT("hi\xff"))};
    const struct {
        Type type;
        Column column;
        const char *text;
    } cases[] = {
        {type_make(TYPE_BOOLEAN), {.phys = PHYS_BOOL, .data.b = yes}, "true"},
        {type_make(TYPE_DOUBLE), {.phys = PHYS_F64, .data.f64 = large}, "1.0E20"},
        {type_make(TYPE_FLOAT), {.phys = PHYS_F64, .data.f64 = half}, "1.5"},
        {type_decimal(10, 2), {.phys = PHYS_I128, .data.i128 = decimal}, "1.50"},
        {type_sized(TYPE_TIMESTAMP, 3), {.phys = PHYS_I64, .data.i64 = ten}, "2020-01-01T10:00"},
        {type_sized(TYPE_TIMESTAMP, 3),
         {.phys = PHYS_I64, .data.i64 = milli},
         "2020-01-01T00:00:00.123"},
        {type_sized(TYPE_TIMESTAMP, 6),
         {.phys = PHYS_I64, .data.i64 = micro},
         "2020-01-01T00:00:00.123456"},
        {type_sized(TYPE_TIMESTAMP_LTZ, 3),
         {.phys = PHYS_I64, .data.i64 = milli},
         "2020-01-01T00:00:00.123Z"},
        {type_sized(TYPE_TIMESTAMP_LTZ, 3),
         {.phys = PHYS_I64, .data.i64 = ten},
         "2020-01-01T10:00:00Z"},
        {type_make(TYPE_DATE), {.phys = PHYS_I64, .data.i64 = day}, "2020-01-02"},
        {type_sized(TYPE_TIME, 0), {.phys = PHYS_I64, .data.i64 = time}, "10:11:12"},
        {type_sized(TYPE_TIME, 0), {.phys = PHYS_I64, .data.i64 = minute}, "10:11"},
        {type_sized(TYPE_VARBINARY, 9), {.phys = PHYS_STR, .data.str = bytes}, "[104, 105, -1]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Harness h;
        Sink *sink;
        Capture capture;
        char text[128], expected[128];
        harness_open(&h, "print", HARNESS_OPTIONS_OF("connector", "print"));
        harness_column(&h, "v", cases[i].type);
        assert_int_equal(
            h.table.connector->open_sink(&h.table, &h.env, NULL, &(uint64_t){0}, &sink, &h.diag),
            ST_OK);
        Batch batch = {.rows = 1, .selected = 1, .columns = 1, .column = &cases[i].column};
        capture_begin(&capture, STDOUT_FILENO);
        Status status = sink->write(sink, &batch, &h.diag);
        status = status == ST_OK ? sink->commit(sink, 1, &h.diag) : status;
        capture_end(&capture, text, sizeof text);
        assert_int_equal(status, ST_OK);
        snprintf(expected, sizeof expected, "+I[%s]\n", cases[i].text);
        assert_string_equal(text, expected);
        sink->close(sink);
        harness_close(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
