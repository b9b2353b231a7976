#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/map.h"

static void test_put_and_find(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    Map map;
    map_init(&map, &arena);
    int one, two;
    assert_null(map_find(&map, TEXT("a")));
    assert_int_equal(map_put(&map, TEXT("a"), &one), ST_OK);
    assert_int_equal(map_put(&map, TEXT(""), &two), ST_OK);
    assert_ptr_equal(map_find(&map, TEXT("a")), &one);
    assert_ptr_equal(map_find(&map, TEXT("")), &two);
    assert_null(map_find(&map, TEXT("A")));
    assert_int_equal(map_put(&map, TEXT("a"), &two), ST_OK);
    assert_ptr_equal(map_find(&map, TEXT("a")), &two);
    assert_int_equal(map.count, 2);
    arena_close(&arena);
}

static void test_many(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    Arena arena;
    arena_init(&arena, NULL);
    Map map;
    map_init(&map, &arena);
    static int values[COUNT];
    Text name;
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(arena_printf(&arena, &name, "name-%d", i), ST_OK);
        assert_int_equal(map_put(&map, name, &values[i]), ST_OK);
    }
    assert_int_equal(map.count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(arena_printf(&arena, &name, "name-%d", i), ST_OK);
        assert_ptr_equal(map_find(&map, name), &values[i]);
        assert_true(text_equal(map.item[i].key, name)); /* in order of insertion */
    }
    assert_null(map_find(&map, TEXT("name-3000")));
    arena_close(&arena);
}

/* Every failed allocation leaves a map that still knows what it knew. */
static void test_failures(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j",
                                        "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"};
    enum { COUNT = sizeof names / sizeof *names };
    for (uint64_t k = 1; k < 8; k++) {
        Arena arena;
        arena_init(&arena, NULL);
        arena.block_size = 64; /* so that most steps need a block */
        Map map;
        map_init(&map, &arena);
        bool put[COUNT];
        mem_fail_at(k, false);
        for (size_t i = 0; i < COUNT; i++)
            put[i] = map_put(&map, text_of(names[i]), (void *)&names[i]) == ST_OK;
        mem_fail_at(0, false);
        for (size_t i = 0; i < COUNT; i++)
            assert_ptr_equal(map_find(&map, text_of(names[i])), put[i] ? &names[i] : NULL);
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_and_find),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
