#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "storage/base/arena.h"

static void test_alignment_and_zero(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    for (size_t size = 1; size < 200; size += 13) {
        char *bytes = arena_alloc_zeroed(&arena, size);
        assert_non_null(bytes);
        assert_int_equal((uintptr_t)bytes % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xEE, size);
    }
    arena_close(&arena);
}

/* Blocks that were handed out keep their content while the arena grows. */
static void test_many_blocks(void **state)
{
    (void)state;
    enum { COUNT = 2000, SIZE = 100 };
    Meter meter;
    meter_init(&meter, NULL, 0);
    Arena arena;
    arena_init(&arena, &meter);
    unsigned char *kept[COUNT];
    for (int i = 0; i < COUNT; i++) {
        kept[i] = arena_alloc(&arena, SIZE);
        memset(kept[i], i & 0xFF, SIZE);
    }
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(kept[i][0], i & 0xFF);
        assert_int_equal(kept[i][SIZE - 1], i & 0xFF);
    }
    assert_true(meter.used_bytes >= COUNT * SIZE);
    assert_true(arena_used_bytes(&arena) >= COUNT * SIZE);
    assert_true(arena_used_bytes(&arena) <= (size_t)meter.used_bytes);
    arena_close(&arena);
    assert_int_equal(meter.used_bytes, 0);
}

/* A recycled arena stops asking for memory once it has seen its largest use. */
static void test_reset_settles(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    uint64_t made = 0;
    for (int round = 0; round < 12; round++) {
        mem_fail_at(0, false);
        for (int i = 0; i < 100; i++)
            assert_non_null(arena_alloc(&arena, 1000));
        made = mem_fail_at(0, false);
        arena_reset(&arena);
    }
    assert_int_equal(made, 0);
    arena_close(&arena);
}

static void test_oversized_block_is_given_back(void **state)
{
    (void)state;
    Meter meter;
    meter_init(&meter, NULL, 0);
    Arena arena;
    arena_init(&arena, &meter);
    assert_non_null(arena_alloc(&arena, 8 << 20));
    arena_reset(&arena);
    assert_int_equal(meter.used_bytes, 0);
    assert_non_null(arena_alloc(&arena, 10));
    arena_close(&arena);
}

static void test_reserve(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    assert_int_equal(arena_reserve(&arena, 3 * 1000), ST_OK);
    mem_fail_at(1, true);
    for (int i = 0; i < 3; i++)
        assert_non_null(arena_alloc(&arena, 992)); /* a multiple of the alignment */
    assert_null(arena_alloc(&arena, 1 << 20));
    assert_int_equal(arena_reserve(&arena, SIZE_MAX), ST_NOMEM);
    mem_fail_at(0, false);
    arena_close(&arena);
}

static Status make_number(Arena *arena, uint32_t count, int **out)
{
    TRY_NEW_ARRAY(*out, arena, count);
    return ST_OK;
}

static void test_failure(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    Text text;
    int *numbers;
    mem_fail_at(1, true);
    assert_null(arena_alloc(&arena, 1));
    assert_null(arena_alloc_zeroed(&arena, 1));
    assert_null(arena_copy(&arena, "x", 1));
    assert_int_equal(arena_text(&arena, TEXT("x"), &text), ST_NOMEM);
    assert_int_equal(arena_printf(&arena, &text, "%d", 1), ST_NOMEM);
    assert_int_equal(make_number(&arena, 3, &numbers), ST_NOMEM);
    mem_fail_at(0, false);
    assert_int_equal(make_number(&arena, 0, &numbers), ST_OK);
    assert_non_null(numbers);
    arena_close(&arena);
}

static void test_texts(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    Text copy;
    assert_int_equal(arena_text(&arena, TEXT("hello"), &copy), ST_OK);
    assert_string_equal(copy.ptr, "hello");
    assert_int_equal(copy.size, 5);
    assert_int_equal(arena_text(&arena, TEXT_NONE, &copy), ST_OK);
    assert_string_equal(copy.ptr, "");
    assert_int_equal(arena_printf(&arena, &copy, "%s-%03d", "a", 7), ST_OK);
    assert_true(text_is(copy, "a-007"));
    assert_non_null(arena_copy(&arena, NULL, 0));
    arena_close(&arena);
}

/* A release frees what came after its mark, whether that took new blocks or not, and nothing else.
 */
static void test_marks(void **state)
{
    (void)state;
    Meter meter;
    meter_init(&meter, NULL, 0);
    Arena arena;
    arena_init(&arena, &meter);
    ArenaMark empty = arena_mark(&arena);
    char *kept = arena_copy(&arena, "kept", 5);
    uint64_t before = (uint64_t)meter.used_bytes;
    for (size_t size = 10; size < 100000; size *= 3) {
        ArenaMark mark = arena_mark(&arena);
        char *first = arena_alloc(&arena, size), *second = arena_alloc(&arena, size);
        memset(first, 1, size);
        memset(second, 2, size);
        arena_release(&arena, mark);
        assert_int_equal(meter.used_bytes, before);
        assert_string_equal(kept, "kept");
    }
    assert_ptr_equal(arena_alloc(&arena, 1), kept + 16);
    arena_release(&arena, empty);
    assert_int_equal(meter.used_bytes, 0);
    assert_non_null(arena_alloc(&arena, 1));
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment_and_zero),
        cmocka_unit_test(test_many_blocks),
        cmocka_unit_test(test_reset_settles),
        cmocka_unit_test(test_oversized_block_is_given_back),
        cmocka_unit_test(test_reserve),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
