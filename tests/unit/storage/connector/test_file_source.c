#include "connector_harness.h"

static void open_json(Harness *h, const char *path)
{
    harness_open(h, "filesystem",
                 HARNESS_OPTIONS_OF("connector", "filesystem", "path", path, "format", "json"));
    harness_column(h, "a", type_make(TYPE_INT));
}

static void test_one_file(void **state)
{
    (void)state;
    Harness h;
    open_json(&h, "in.jsonl");
    harness_write(&h, "in.jsonl", "w", "{\"a\":1}\n\nnope\n{\"a\":\"x\"}\n{\"a\":4}");
    assert_string_equal(harness_read(&h), "in.jsonl:1;<3: nope>!;4;");
    harness_close(&h);
}

static void test_empty_file(void **state)
{
    (void)state;
    Harness h;
    open_json(&h, "in.jsonl");
    harness_write(&h, "in.jsonl", "w", "");
    assert_string_equal(harness_read(&h), "in.jsonl:");
    harness_close(&h);
}

static void test_missing(void **state)
{
    (void)state;
    Harness h;
    open_json(&h, "nowhere.jsonl");
    assert_string_equal(harness_read(&h), "[E3001]");
    harness_close(&h);
    open_json(&h, "*.jsonl");
    assert_string_equal(harness_read(&h), "[E3001]");
    harness_close(&h);
    open_json(&h, ".");
    harness_write(&h, "_hidden", "w", "{\"a\":1}");
    assert_string_equal(harness_read(&h), "[E3001]");
    harness_close(&h);
    open_json(&h, "pipe");
    assert_int_equal(mkfifo(harness_path(&h, "pipe"), 0600), 0);
    assert_string_equal(harness_read(&h), "[E3002]");
    harness_close(&h);
}

static void test_directory(void **state)
{
    (void)state;
    Harness h;
    open_json(&h, "");
    harness_write(&h, "b.jsonl", "w", "{\"a\":2}\n");
    harness_write(&h, "a.jsonl", "w", "{\"a\":1}\n");
    harness_write(&h, "B.jsonl", "w", "{\"a\":0}\n");
    harness_write(&h, ".hidden", "w", "{\"a\":9}\n");
    harness_write(&h, "_temporary", "w", "{\"a\":9}\n");
    mkdir(harness_path(&h, "day=1"), 0700);
    mkdir(harness_path(&h, "_day=2"), 0700);
    harness_write(&h, "day=1/p.jsonl", "w", "{\"a\":3}\n");
    harness_write(&h, "_day=2/p.jsonl", "w", "{\"a\":9}\n");
    assert_string_equal(harness_read(&h), "B.jsonl:0;a.jsonl:1;b.jsonl:2;p.jsonl:3;");
    harness_close(&h);
}

static void test_pattern(void **state)
{
    (void)state;
    Harness h;
    open_json(&h, "?.jsonl");
    harness_write(&h, "b.jsonl", "w", "{\"a\":2}\n");
    harness_write(&h, "a.jsonl", "w", "{\"a\":1}\n");
    harness_write(&h, "ab.jsonl", "w", "{\"a\":9}\n");
    assert_string_equal(harness_read(&h), "a.jsonl:1;b.jsonl:2;");
    harness_close(&h);

    open_json(&h, "[x].jsonl"); /* a file of that very name wins over the pattern */
    harness_write(&h, "[x].jsonl", "w", "{\"a\":1}\n");
    harness_write(&h, "x.jsonl", "w", "{\"a\":2}\n");
    assert_string_equal(harness_read(&h), "[x].jsonl:1;");
    harness_close(&h);
}

static void test_regex(void **state)
{
    (void)state;
    Harness h;
    harness_open(&h, "filesystem",
                 HARNESS_OPTIONS_OF("connector", "filesystem", "path", "", "format", "json",
                                    "source.path.regex-pattern", ".*/log-\\d+\\.jsonl"));
    harness_column(&h, "a", type_make(TYPE_INT));
    harness_write(&h, "log-17.jsonl", "w", "{\"a\":1}\n");
    harness_write(&h, "log-x.jsonl", "w", "{\"a\":2}\n");
    harness_write(&h, "log-17.jsonl.bak", "w", "{\"a\":3}\n");
    assert_string_equal(harness_read(&h), "log-17.jsonl:1;");
    harness_close(&h);
}

/* More than one batch, block and record length; every row arrives once and in order. */
static void test_large_file(void **state)
{
    (void)state;
    enum { ROWS = 30000 };
    Harness h;
    open_json(&h, "in.jsonl");
    FILE *file = fopen(harness_path(&h, "in.jsonl"), "w");
    for (int i = 0; i < ROWS; i++) {
        fprintf(file, "{\"pad\":\"%*s\",\"a\":%d}\n", i % 97, "", i);
        if (i == 5000)
            fprintf(file, "{\"pad\":\"%*s\",\"a\":-1}\n", 2000000, ""); /* larger than a block */
    }
    fclose(file);
    Split *split = NULL;
    uint32_t count = 0;
    assert_int_equal(h.table.connector->list(&h.table, &h.env, &split, &count, &h.diag), ST_OK);
    SplitReader *reader;
    assert_int_equal(h.table.connector->open_split(&h.scan, &h.env, split, &reader, &h.diag),
                     ST_OK);
    BatchBuilder rows;
    assert_int_equal(builder_open(&rows, &h.meter, &h.table.schema), ST_OK);
    int64_t next = 0;
    PollResult result = POLL_ROWS;
    for (int poll = 0; result != POLL_END; poll++) {
        assert_int_equal(reader->poll(reader, &rows, &result, &h.diag), ST_OK);
        for (uint32_t row = 0; row < rows.rows; row++) {
            int64_t value = rows.column[0].data.i64[row];
            if (value == -1)
                continue;
            assert_int_equal(value, next);
            next++;
        }
        if (poll % 3 == 0)
            reader->rest(reader); /* must not lose a byte */
    }
    assert_int_equal(next, ROWS);
    builder_close(&rows);
    reader->close(reader);
    harness_close(&h);
}

/* Reading goes on from where a reader says it stands. */
static void test_position(void **state)
{
    (void)state;
    Harness h;
    open_json(&h, "in.jsonl");
    FILE *file = fopen(harness_path(&h, "in.jsonl"), "w");
    for (int i = 0; i < 3000; i++)
        fprintf(file, "{\"a\":%d}\n", i);
    fclose(file);
    Split *split = NULL;
    uint32_t count = 0;
    assert_int_equal(h.table.connector->list(&h.table, &h.env, &split, &count, &h.diag), ST_OK);
    BatchBuilder rows;
    assert_int_equal(builder_open(&rows, &h.meter, &h.table.schema), ST_OK);
    int64_t next = 0;
    PollResult result = POLL_ROWS;
    while (result != POLL_END) {
        SplitReader *reader;
        assert_int_equal(h.table.connector->open_split(&h.scan, &h.env, split, &reader, &h.diag),
                         ST_OK);
        assert_int_equal(reader->poll(reader, &rows, &result, &h.diag), ST_OK);
        for (uint32_t row = 0; row < rows.rows; row++, next++) {
            assert_int_equal(rows.column[0].data.i64[row], next);
            assert_int_equal(rows.line[row], next + 1);
        }
        split->start = reader->position(reader);
        assert_int_equal(split->start.line, rows.line[rows.rows - 1] + 1);
        reader->close(reader);
    }
    assert_int_equal(next, 3000);
    builder_close(&rows);
    harness_close(&h);
}

static void test_shrinks(void **state)
{
    (void)state;
    Harness h;
    open_json(&h, "in.jsonl");
    harness_write(&h, "in.jsonl", "w", "{\"a\":1}\n{\"a\":2}\n");
    Split *split = NULL;
    uint32_t count = 0;
    assert_int_equal(h.table.connector->list(&h.table, &h.env, &split, &count, &h.diag), ST_OK);
    assert_int_equal(split->end, 16);
    assert_int_equal(truncate(harness_path(&h, "in.jsonl"), 8), 0);
    SplitReader *reader;
    StrBuf out = {0};
    assert_int_equal(h.table.connector->open_split(&h.scan, &h.env, split, &reader, &h.diag),
                     ST_OK);
    harness_poll(&h, reader, &h.table.schema, &out);
    assert_string_equal(strbuf_cstr(&out), "1;[E3004]");
    reader->close(reader);
    strbuf_close(&out);
    harness_close(&h);
}

/* What is written after the listing is not part of a bounded job. */
static void test_grows(void **state)
{
    (void)state;
    Harness h;
    open_json(&h, "in.jsonl");
    harness_write(&h, "in.jsonl", "w", "{\"a\":1}\n");
    Split *split = NULL;
    uint32_t count = 0;
    assert_int_equal(h.table.connector->list(&h.table, &h.env, &split, &count, &h.diag), ST_OK);
    harness_write(&h, "in.jsonl", "a", "{\"a\":2}\n");
    SplitReader *reader;
    StrBuf out = {0};
    assert_int_equal(h.table.connector->open_split(&h.scan, &h.env, split, &reader, &h.diag),
                     ST_OK);
    assert_int_equal(harness_poll(&h, reader, &h.table.schema, &out), POLL_END);
    assert_string_equal(strbuf_cstr(&out), "1;");
    reader->close(reader);
    strbuf_close(&out);
    harness_close(&h);
}

static void test_metadata(void **state)
{
    (void)state;
    Harness h;
    open_json(&h, "in.jsonl");
    static const char *const keys[] = {"file.name", "file.size", "file.path",
                                       "file.modification-time"};
    static const uint32_t wanted[] = {0, 1, 2};
    for (int i = 0; i < 4; i++)
        h.metadata_key[i] = text_of(keys[i]);
    h.table.metadata_count = 4;
    h.scan.wanted_metadata = wanted;
    h.scan.wanted_metadata_count = 3;
    harness_write(&h, "in.jsonl", "w", "{\"a\":1}\n{\"a\":2}\n");
    Type extra[] = {type_string(), type_make(TYPE_BIGINT), type_string()};
    Field field[HARNESS_COLUMNS];
    Schema schema = harness_schema(&h, field, extra);
    Split *split = NULL;
    uint32_t count = 0;
    assert_int_equal(h.table.connector->list(&h.table, &h.env, &split, &count, &h.diag), ST_OK);
    SplitReader *reader;
    StrBuf out = {0};
    char expected[256];
    assert_int_equal(h.table.connector->open_split(&h.scan, &h.env, split, &reader, &h.diag),
                     ST_OK);
    harness_poll(&h, reader, &schema, &out);
    snprintf(expected, sizeof expected, "1,in.jsonl,16,%s/in.jsonl;2,in.jsonl,16,%s/in.jsonl;",
             h.folder, h.folder);
    assert_string_equal(strbuf_cstr(&out), expected);
    reader->close(reader);
    strbuf_close(&out);
    harness_close(&h);
}

static void test_thousands(void **state)
{
    (void)state;
    enum { FILES = 3000 };
    Harness h;
    open_json(&h, "");
    for (int i = 0; i < FILES; i++) {
        char name[32], text[32];
        snprintf(name, sizeof name, "%05d.jsonl", i);
        snprintf(text, sizeof text, "{\"a\":%d}\n", i);
        harness_write(&h, name, "w", text);
    }
    Split *split = NULL;
    uint32_t count = 0;
    assert_int_equal(h.table.connector->list(&h.table, &h.env, &split, &count, &h.diag), ST_OK);
    assert_int_equal(count, FILES);
    BatchBuilder rows;
    assert_int_equal(builder_open(&rows, &h.meter, &h.table.schema), ST_OK);
    for (uint32_t i = 0; i < count; i++) {
        SplitReader *reader;
        PollResult result;
        assert_int_equal(
            h.table.connector->open_split(&h.scan, &h.env, &split[i], &reader, &h.diag), ST_OK);
        assert_int_equal(reader->poll(reader, &rows, &result, &h.diag), ST_OK);
        assert_int_equal(result, POLL_END);
        assert_int_equal(rows.rows, 1);
        assert_int_equal(rows.column[0].data.i64[0], i);
        reader->close(reader);
    }
    builder_close(&rows);
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_file),   cmocka_unit_test(test_empty_file),
        cmocka_unit_test(test_missing),    cmocka_unit_test(test_directory),
        cmocka_unit_test(test_pattern),    cmocka_unit_test(test_regex),
        cmocka_unit_test(test_large_file), cmocka_unit_test(test_position),
        cmocka_unit_test(test_shrinks),    cmocka_unit_test(test_grows),
        cmocka_unit_test(test_metadata),   cmocka_unit_test(test_thousands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
