#include "sink_harness.h"

static void test_takes_everything(void **state)
{
    (void)state;
    Harness h;
    SinkRows rows;
    Sink *sink = sink_open(&h, "blackhole", HARNESS_OPTIONS_OF("connector", "blackhole"));
    assert_true(h.table.connector->accepts_updates);
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_DELETE, 1, "a");
    assert_int_equal(sink->write(sink, &rows.batch, &h.diag), ST_OK);
    assert_int_equal(sink->commit(sink, 1, &h.diag), ST_OK);
    sink->close(sink);
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_takes_everything)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
