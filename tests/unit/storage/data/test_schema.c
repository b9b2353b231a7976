#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/schema.h"

static void test_find(void **state)
{
    (void)state;
    Field fields[] = {{.name = TEXT("k")}, {.name = TEXT("K")}, {.name = TEXT("price")}};
    Schema schema = {.count = 3, .field = fields};
    static const struct {
        const char *name;
        int32_t index;
    } cases[] = {{"k", 0}, {"K", 1}, {"price", 2}, {"Price", -1}, {"pric", -1}, {"", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(schema_find(&schema, text_of(cases[i].name)), cases[i].index);
    Schema empty = {0};
    assert_int_equal(schema_find(&empty, TEXT("k")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_find)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
