#include "connector_harness.h"

#include "storage/data/timestamp.h"

/* Reads the split from row `start` on until it is idle or over; the rows as harness_print shows
 * them. */
static PollResult generate(Harness *h, uint64_t start, StrBuf *out)
{
    Split *split;
    uint32_t count;
    SplitReader *reader;
    Field field[HARNESS_COLUMNS];
    Schema schema = harness_schema(h, field, NULL);
    assert_int_equal(h->table.connector->list(&h->table, &h->env, &split, &count, &h->diag), ST_OK);
    split->start.offset = start;
    assert_int_equal(h->table.connector->open_split(&h->scan, &h->env, split, &reader, &h->diag),
                     ST_OK);
    PollResult result = harness_poll(h, reader, &schema, out);
    reader->close(reader);
    return result;
}

static void test_sequence(void **state)
{
    (void)state;
    Harness h;
    StrBuf out = {0};
    harness_open(&h, "datagen",
                 HARNESS_OPTIONS_OF("connector", "datagen", "fields.a.kind", "sequence",
                                    "fields.a.start", "1", "fields.a.end", "3", "fields.b.kind",
                                    "sequence", "fields.b.start", "-5", "fields.b.end", "9",
                                    "fields.c.kind", "sequence", "fields.c.start", "7",
                                    "fields.c.end", "99"));
    harness_column(&h, "a", type_make(TYPE_INT));
    harness_column(&h, "b", type_string());
    harness_column(&h, "c", type_decimal(6, 2));
    assert_true(h.table.connector->bounded(&h.table));
    assert_int_equal(generate(&h, 0, &out), POLL_END); /* the shortest sequence ends it */
    assert_string_equal(strbuf_cstr(&out), "1,-5,7.00;2,-4,8.00;3,-3,9.00;");
    strbuf_close(&out);
    harness_close(&h);
}

/* The same seed gives the same rows, from wherever one begins and whichever columns are wanted. */
static void test_deterministic(void **state)
{
    (void)state;
    Harness h;
    StrBuf first = {0}, again = {0}, tail = {0}, other = {0}, narrow = {0};
    harness_open(&h, "datagen",
                 HARNESS_OPTIONS_OF("connector", "datagen", "number-of-rows", "50",
                                    "fields.b.length", "20", "fields.a.null-rate", "0.3"));
    harness_column(&h, "a", type_make(TYPE_BIGINT));
    harness_column(&h, "b", type_string());
    harness_column(&h, "c", type_make(TYPE_DOUBLE));
    generate(&h, 0, &first);
    generate(&h, 0, &again);
    generate(&h, 30, &tail);
    assert_string_equal(strbuf_cstr(&first), strbuf_cstr(&again));
    assert_string_equal(strbuf_cstr(&first) + first.size - tail.size, strbuf_cstr(&tail));
    h.env.seed = 99;
    generate(&h, 0, &other);
    assert_string_not_equal(strbuf_cstr(&first), strbuf_cstr(&other));
    h.env.seed = 0;
    h.wanted[0] = 1;
    h.scan.wanted_count = 1;
    generate(&h, 0, &narrow);
    const char *line = strbuf_cstr(&first);
    for (const char *p = strbuf_cstr(&narrow); *p != '\0'; p = strchr(p, ';') + 1) {
        line = strchr(line, ',') + 1;
        assert_memory_equal(p, line, 20);
        line = strchr(line, ';') + 1;
    }
    strbuf_close(&first);
    strbuf_close(&again);
    strbuf_close(&tail);
    strbuf_close(&other);
    strbuf_close(&narrow);
    harness_close(&h);
}

static void test_ranges(void **state)
{
    (void)state;
    Harness h;
    harness_open(&h, "datagen",
                 HARNESS_OPTIONS_OF("connector", "datagen", "number-of-rows", "1000",
                                    "rows-per-second", "100000", "fields.a.min", "5",
                                    "fields.a.max", "7", "fields.d.min", "-1.5", "fields.d.max",
                                    "2.25", "fields.f.min", "-1", "fields.f.max", "1",
                                    "fields.s.length", "9"));
    harness_column(&h, "a", type_make(TYPE_INT));
    harness_column(&h, "t", type_make(TYPE_TINYINT));
    harness_column(&h, "d", type_decimal(6, 2));
    harness_column(&h, "f", type_make(TYPE_DOUBLE));
    harness_column(&h, "s", type_sized(TYPE_VARCHAR, 30));
    harness_column(&h, "p", type_sized(TYPE_TIMESTAMP, 3));
    harness_column(&h, "g", type_make(TYPE_DATE));
    h.clock.virtual_now = 1577872800123456;
    Split *split;
    uint32_t count;
    SplitReader *reader;
    BatchBuilder rows;
    PollResult result;
    assert_int_equal(h.table.connector->check(&h.table, SPAN_NONE, &h.diag), ST_OK);
    assert_int_equal(h.table.connector->list(&h.table, &h.env, &split, &count, &h.diag), ST_OK);
    assert_int_equal(h.table.connector->open_split(&h.scan, &h.env, split, &reader, &h.diag),
                     ST_OK);
    assert_int_equal(builder_open(&rows, &h.meter, &h.table.schema), ST_OK);
    assert_int_equal(reader->poll(reader, &rows, &result, &h.diag), ST_OK);
    assert_int_equal(rows.rows, 1000);
    int64_t seen[3] = {0}, low = 0, high = 0;
    for (uint32_t row = 0; row < rows.rows; row++) {
        assert_in_range(rows.column[0].data.i64[row], 5, 7);
        seen[rows.column[0].data.i64[row] - 5]++;
        int64_t tiny = rows.column[1].data.i64[row];
        assert_true(tiny >= -128 && tiny <= 127);
        low = tiny < low ? tiny : low;
        high = tiny > high ? tiny : high;
        assert_true(rows.column[2].data.i128[row] >= -150 && rows.column[2].data.i128[row] <= 225);
        assert_true(rows.column[3].data.f64[row] >= -1 && rows.column[3].data.f64[row] <= 1);
        assert_int_equal(rows.column[4].data.str[row].size, 9);
        assert_int_equal(strspn(str_bytes(&rows.column[4].data.str[row]), "0123456789abcdef") >= 9,
                         1);
        assert_true(rows.column[5].data.i64[row] == 1577872800123000);
        assert_int_equal(rows.column[6].data.i64[row], 18262);
    }
    assert_true(seen[0] > 250 && seen[1] > 250 && seen[2] > 250);
    assert_true(low < -100 && high > 100);
    builder_close(&rows);
    reader->close(reader);
    harness_close(&h);
}

/* rows-per-second against the clock: nothing comes early, and what is due comes. */
static void test_pace(void **state)
{
    (void)state;
    Harness h;
    harness_open(&h, "datagen",
                 HARNESS_OPTIONS_OF("connector", "datagen", "rows-per-second", "20"));
    harness_column(&h, "a", type_make(TYPE_INT));
    assert_false(h.table.connector->bounded(&h.table));
    Split *split;
    uint32_t count;
    SplitReader *reader;
    BatchBuilder rows;
    PollResult result;
    uint64_t total = 0;
    assert_int_equal(h.table.connector->list(&h.table, &h.env, &split, &count, &h.diag), ST_OK);
    assert_int_equal(h.table.connector->open_split(&h.scan, &h.env, split, &reader, &h.diag),
                     ST_OK);
    assert_int_equal(builder_open(&rows, &h.meter, &h.table.schema), ST_OK);
    for (int tenth = 0; tenth < 100; tenth++, h.clock.virtual_now += MICROS_PER_SECOND / 10) {
        assert_int_equal(reader->poll(reader, &rows, &result, &h.diag), ST_OK);
        total += rows.rows;
        assert_int_equal(total, (uint64_t)tenth * 2 + 1); /* the next one is due in 50 ms */
        assert_int_equal(reader->poll(reader, &rows, &result, &h.diag), ST_OK);
        assert_int_equal(result, POLL_IDLE);
        assert_int_equal(rows.rows, 0);
    }
    assert_int_equal(reader->position(reader).offset, 199);
    builder_close(&rows);
    reader->close(reader);
    harness_close(&h);
}

static void test_check(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value;
        TypeId type;
        ErrorCode code; /* E0001: accepted */
    } cases[] = {
        {"fields.a.min", "5", TYPE_INT, E0001},
        {"fields.a.min", "300", TYPE_TINYINT, E2114},
        {"fields.a.min", "5", TYPE_BOOLEAN, E2114},
        {"fields.zz.min", "5", TYPE_INT, E2112},
        {"fields.a.kind", "sequence", TYPE_INT, E2113},
        {"fields.a.kind", "sequence", TYPE_DATE, E2114},
        {"fields.a.length", "5", TYPE_INT, E2114},
        {"fields.a.length", "5", TYPE_CHAR, E2114},
        {"fields.a.length", "0", TYPE_VARCHAR, E2114},
        {"fields.a.length", "50", TYPE_VARCHAR, E2114},
        {"fields.a.length", "5", TYPE_VARCHAR, E0001},
        {"fields.a.null-rate", "1.5", TYPE_INT, E2114},
        {"rows-per-second", "0", TYPE_INT, E2114},
        {"number-of-rows", "-1", TYPE_INT, E2114},
        {"number-of-rows", "0", TYPE_INT, E0001},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Harness h;
        harness_open(&h, "datagen",
                     HARNESS_OPTIONS_OF("connector", "datagen", cases[i].key, cases[i].value));
        bool sized = cases[i].type == TYPE_CHAR || cases[i].type == TYPE_VARCHAR;
        harness_column(&h, "a", sized ? type_sized(cases[i].type, 20) : type_make(cases[i].type));
        Status status = options_check(&h.table.scope, h.table.options, SPAN_NONE, &h.diag);
        if (status == ST_OK)
            status = h.table.connector->check(&h.table, SPAN_NONE, &h.diag);
        if ((status == ST_OK) != (cases[i].code == E0001) ||
            (status != ST_OK && h.diag.code != cases[i].code))
            fail_msg("%s = %s: %s", cases[i].key, cases[i].value, h.diag.message);
        harness_close(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sequence), cmocka_unit_test(test_deterministic),
        cmocka_unit_test(test_ranges),   cmocka_unit_test(test_pace),
        cmocka_unit_test(test_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
