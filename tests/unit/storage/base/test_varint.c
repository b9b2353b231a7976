/* Numbers as few bytes, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/varint.h"

static void test_round_trip(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        uint32_t size;
    } cases[] = {{0, 1},          {127, 1},        {128, 2},         {16383, 2},      {16384, 3},
                 {UINT32_MAX, 5}, {1ULL << 62, 9}, {1ULL << 63, 10}, {UINT64_MAX, 10}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf out;
        uint64_t found;
        strbuf_init(&out, NULL);
        varint_put(&out, cases[i].value);
        assert_int_equal(out.size, cases[i].size);
        for (uint32_t size = 0; size < out.size; size++) {
            Text part = {out.ptr, size};
            assert_false(varint_take(&part, &found));
        }
        strbuf_char(&out, 'x');
        Text in = strbuf_as_text(&out);
        assert_true(varint_take(&in, &found));
        assert_true(found == cases[i].value);
        assert_true(text_is(in, "x"));
        strbuf_close(&out);
    }
}

static void test_too_large(void **state)
{
    (void)state;
    static const char *const cases[] = {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02",
                                        "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x01"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text in = text_of(cases[i]);
        uint64_t found;
        assert_false(varint_take(&in, &found));
    }
}

static void test_fold(void **state)
{
    (void)state;
    static const int64_t cases[] = {0, -1, 1, -2, 63, -64, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(varint_unfold(varint_fold(cases[i])) == cases[i]);
    assert_int_equal(varint_fold(-1), 1);
    assert_int_equal(varint_fold(63), 126);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
