#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/batch.h"

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        RowKind kind;
        const char *name;
        bool adds;
    } cases[] = {
        {ROW_INSERT, "+I", true},
        {ROW_UPDATE_BEFORE, "-U", false},
        {ROW_UPDATE_AFTER, "+U", true},
        {ROW_DELETE, "-D", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(row_kind_name(cases[i].kind), cases[i].name);
        assert_int_equal(row_kind_adds(cases[i].kind), cases[i].adds);
    }
}

static void test_accessors(void **state)
{
    (void)state;
    Batch batch = {.rows = 3, .selected = 3, .watermark_before = 5};
    assert_int_equal(batch_row(&batch, 2), 2);
    assert_int_equal(batch_watermark(&batch, 2), 5);
    assert_int_equal(batch_kind(&batch, 2), ROW_INSERT);
    static const uint16_t sel[] = {0, 2};
    static const uint8_t kind[] = {ROW_INSERT, ROW_INSERT, ROW_DELETE};
    static const Micros watermark[] = {1, 2, 3};
    batch.sel = sel;
    batch.selected = 2;
    batch.kind = kind;
    batch.watermark = watermark;
    assert_int_equal(batch_row(&batch, 1), 2);
    assert_int_equal(batch_kind(&batch, 2), ROW_DELETE);
    assert_int_equal(batch_watermark(&batch, 2), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_accessors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
