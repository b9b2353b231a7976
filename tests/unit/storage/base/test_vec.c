#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/vec.h"

typedef VEC(int) Numbers;

static Status push_many(Arena *arena, Numbers *numbers, int count)
{
    for (int i = 0; i < count; i++)
        TRY_PUSH(numbers, arena, i * i);
    return ST_OK;
}

static void test_push(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    Numbers numbers = {0};
    assert_int_equal(push_many(&arena, &numbers, 1000), ST_OK);
    assert_int_equal(numbers.count, 1000);
    assert_true(numbers.capacity >= 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers.item[i], i * i);
    arena_close(&arena);
}

static void test_failure_keeps_what_is_there(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    Numbers numbers = {0};
    assert_int_equal(push_many(&arena, &numbers, 8), ST_OK);
    mem_fail_at(1, true);
    assert_int_equal(push_many(&arena, &numbers, 10000), ST_NOMEM);
    mem_fail_at(0, false);
    assert_int_equal(numbers.item[7], 49);
    assert_true(numbers.count >= 8 && numbers.count <= numbers.capacity);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_push),
        cmocka_unit_test(test_failure_keeps_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
