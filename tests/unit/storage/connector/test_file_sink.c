#include "sink_harness.h"

static const char *file_text(const Harness *h, const char *name)
{
    static char text[4096];
    FILE *file = fopen(harness_path(h, name), "r");
    if (file == NULL)
        return "(none)";
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    return text;
}

/* Visible names of the directory, each with a blank behind it. */
static const char *file_names(const Harness *h, const char *folder)
{
    static char names[512];
    struct dirent **entry;
    int count = scandir(harness_path(h, folder), &entry, NULL, alphasort);
    names[0] = '\0';
    for (int i = 0; i < count; i++) {
        if (entry[i]->d_name[0] != '.') {
            strcat(names, entry[i]->d_name);
            strcat(names, " ");
        }
        free(entry[i]);
    }
    if (count >= 0)
        free(entry);
    return names;
}

static Sink *open_sink(Harness *h, const char *format)
{
    return sink_open(
        h, "filesystem",
        HARNESS_OPTIONS_OF("connector", "filesystem", "path", "out/deep", "format", format));
}

static void test_json(void **state)
{
    (void)state;
    Harness h;
    SinkRows rows;
    Sink *sink = open_sink(&h, "json");
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_INSERT, 1, "x\"y");
    sink_rows_add(&rows, ROW_INSERT, 2, NULL);
    assert_int_equal(sink->write(sink, &rows.batch, &h.diag), ST_OK);
    assert_string_equal(file_names(&h, "out/deep"), "");
    assert_int_equal(sink->commit(sink, 1, &h.diag), ST_OK);
    assert_string_equal(file_names(&h, "out/deep"), ""); /* neither full nor old */
    assert_int_equal(sink->finish(sink, &h.diag), ST_OK);
    assert_string_equal(file_names(&h, "out/deep"), "part-0 ");
    assert_string_equal(file_text(&h, "out/deep/part-0"),
                        "{\"a\":1,\"b\":\"x\\\"y\"}\n{\"a\":2,\"b\":null}\n");
    sink->close(sink);
    harness_close(&h);
}

/* What was not committed is not there in the end. */
static void test_uncommitted(void **state)
{
    (void)state;
    Harness h;
    SinkRows rows;
    Sink *sink = open_sink(&h, "csv");
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_INSERT, 1, "x");
    assert_int_equal(sink->write(sink, &rows.batch, &h.diag), ST_OK);
    assert_int_equal(sink->commit(sink, 1, &h.diag), ST_OK);
    char long_text[1001];
    memset(long_text, 'y', 1000);
    long_text[1000] = '\0';
    sink_rows_init(&rows);
    for (int i = 0; i < BATCH_ROWS; i++)
        sink_rows_add(&rows, ROW_INSERT, i, long_text);
    assert_int_equal(sink->write(sink, &rows.batch, &h.diag),
                     ST_OK); /* so much that it is written */
    sink->close(sink);
    assert_string_equal(file_names(&h, "out/deep"), "part-0 ");
    assert_string_equal(file_text(&h, "out/deep/part-0"), "1,x\n");
    harness_close(&h);

    sink = open_sink(&h, "csv");
    assert_int_equal(sink->write(sink, &rows.batch, &h.diag), ST_OK);
    sink->close(sink);
    assert_string_equal(file_names(&h, "out/deep"), "");
    assert_string_equal(file_text(&h, "out/deep/.part-0.inprogress"), "(none)");
    harness_close(&h);
}

static void test_rolling(void **state)
{
    (void)state;
    Harness h;
    SinkRows rows;
    Sink *sink = sink_open(&h, "filesystem",
                           HARNESS_OPTIONS_OF("connector", "filesystem", "path", "out", "format",
                                              "csv", "sink.rolling-policy.file-size", "8 b",
                                              "sink.rolling-policy.rollover-interval", "10 s"));
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_INSERT, 1, "x");
    for (int i = 0; i < 5; i++) {
        assert_int_equal(sink->write(sink, &rows.batch, &h.diag), ST_OK);
        assert_int_equal(sink->commit(sink, 1, &h.diag), ST_OK);
    }
    assert_string_equal(file_names(&h, "out"), "part-0 part-1 ");
    h.clock.virtual_now += 11 * MICROS_PER_SECOND;
    assert_int_equal(sink->commit(sink, 2, &h.diag), ST_OK);
    assert_string_equal(file_names(&h, "out"), "part-0 part-1 part-2 ");
    assert_string_equal(file_text(&h, "out/part-1"), "1,x\n1,x\n");
    assert_string_equal(file_text(&h, "out/part-2"), "1,x\n");
    assert_int_equal(sink->commit(sink, 3, &h.diag), ST_OK); /* nothing to do */
    sink->close(sink);
    harness_close(&h);
}

/* Neither finished parts nor those that another writer has in hand are touched. */
static void test_existing_parts(void **state)
{
    (void)state;
    Harness h;
    SinkRows rows;
    Sink *sink = open_sink(&h, "csv");
    harness_write(&h, "out/deep/part-0", "w", "old\n");
    harness_write(&h, "out/deep/.part-1.inprogress", "w", "others\n");
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_INSERT, 1, "x");
    assert_int_equal(sink->write(sink, &rows.batch, &h.diag), ST_OK);
    assert_int_equal(sink->commit(sink, 1, &h.diag), ST_OK);
    assert_int_equal(sink->finish(sink, &h.diag), ST_OK);
    sink->close(sink);
    assert_string_equal(file_names(&h, "out/deep"), "part-0 part-2 ");
    assert_string_equal(file_text(&h, "out/deep/part-0"), "old\n");
    assert_string_equal(file_text(&h, "out/deep/.part-1.inprogress"), "others\n");
    harness_close(&h);
}

static void test_path_is_a_file(void **state)
{
    (void)state;
    Harness h;
    Sink *sink;
    harness_open(&h, "filesystem",
                 HARNESS_OPTIONS_OF("connector", "filesystem", "path", "file", "format", "csv"));
    harness_write(&h, "file", "w", "x");
    assert_int_equal(
        h.table.connector->open_sink(&h.table, &h.env, NULL, &(uint64_t){0}, &sink, &h.diag),
        ST_IO);
    assert_int_equal(h.diag.code, E3003);
    assert_string_equal(file_text(&h, "file"), "x");
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),           cmocka_unit_test(test_uncommitted),
        cmocka_unit_test(test_rolling),        cmocka_unit_test(test_existing_parts),
        cmocka_unit_test(test_path_is_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
