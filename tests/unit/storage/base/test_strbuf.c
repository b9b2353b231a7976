#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/strbuf.h"

static void test_appending(void **state)
{
    (void)state;
    StrBuf buf;
    strbuf_init(&buf, NULL);
    assert_string_equal(strbuf_cstr(&buf), "");
    strbuf_string(&buf, "ab");
    strbuf_char(&buf, 'c');
    strbuf_text(&buf, TEXT("de"));
    strbuf_text(&buf, TEXT_NONE);
    strbuf_put(&buf, "f\0g", 3);
    assert_memory_equal(strbuf_cstr(&buf), "abcdef\0g", 9);
    assert_int_equal(buf.size, 8);
    strbuf_clear(&buf);
    assert_string_equal(strbuf_cstr(&buf), "");
    strbuf_repeat(&buf, '=', 3);
    strbuf_printf(&buf, "%d %s", 42, "x");
    assert_true(text_is(strbuf_as_text(&buf), "===42 x"));
    assert_int_equal(strbuf_status(&buf), ST_OK);
    strbuf_close(&buf);
}

static void test_integers(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {-7, "-7"},
        {1000, "1000"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    StrBuf buf;
    strbuf_init(&buf, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strbuf_clear(&buf);
        strbuf_i64(&buf, cases[i].value);
        assert_string_equal(strbuf_cstr(&buf), cases[i].text);
    }
    strbuf_close(&buf);
}

static void test_growth(void **state)
{
    (void)state;
    Meter meter;
    meter_init(&meter, NULL, 0);
    StrBuf buf;
    strbuf_init(&buf, &meter);
    for (int i = 0; i < 1000; i++)
        strbuf_printf(&buf, "%03d", i);
    strbuf_repeat(&buf, 'x', 5000);
    assert_int_equal(buf.size, 8000);
    assert_memory_equal(buf.ptr + 999 * 3, "999xxx", 6);
    assert_int_equal(meter.used_bytes, buf.capacity);
    strbuf_close(&buf);
    assert_int_equal(meter.used_bytes, 0);
}

static void test_room(void **state)
{
    (void)state;
    StrBuf buf;
    strbuf_init(&buf, NULL);
    strbuf_string(&buf, "a");
    char *room = strbuf_room(&buf, 100);
    assert_non_null(room);
    room[0] = 'b';
    buf.size += 1;
    strbuf_char(&buf, 'c');
    assert_string_equal(strbuf_cstr(&buf), "abc");
    strbuf_close(&buf);
}

/* A failure is remembered: what follows does nothing, and clearing forgets it. */
static void test_failure(void **state)
{
    (void)state;
    StrBuf buf;
    strbuf_init(&buf, NULL);
    strbuf_string(&buf, "kept");
    mem_fail_at(1, false);
    strbuf_repeat(&buf, 'x', 1000);
    strbuf_string(&buf, "lost");
    strbuf_printf(&buf, "%d", 1);
    strbuf_i64(&buf, 1);
    assert_null(strbuf_room(&buf, 1));
    mem_fail_at(0, false);
    assert_int_equal(strbuf_status(&buf), ST_NOMEM);
    assert_string_equal(strbuf_cstr(&buf), "kept");
    strbuf_clear(&buf);
    assert_int_equal(strbuf_status(&buf), ST_OK);
    strbuf_string(&buf, "new");
    assert_string_equal(strbuf_cstr(&buf), "new");
    strbuf_close(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appending), cmocka_unit_test(test_integers),
        cmocka_unit_test(test_growth),    cmocka_unit_test(test_room),
        cmocka_unit_test(test_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
