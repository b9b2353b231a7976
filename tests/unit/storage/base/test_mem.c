#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "storage/base/mem.h"

static void test_meters_are_charged_up_the_chain(void **state)
{
    (void)state;
    Meter job, op;
    meter_init(&job, NULL, 0);
    meter_init(&op, &job, 0);
    void *a = mem_alloc(&op, 100);
    void *b = mem_alloc_zeroed(&job, 50);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(op.used_bytes, 100);
    assert_int_equal(job.used_bytes, 150);
    a = mem_realloc(&op, a, 100, 300);
    assert_non_null(a);
    assert_int_equal(op.used_bytes, 300);
    assert_int_equal(job.used_bytes, 350);
    mem_free(&op, a, 300);
    mem_free(&job, b, 50);
    mem_free(&job, NULL, 0);
    assert_int_equal(op.used_bytes, 0);
    assert_int_equal(job.used_bytes, 0);
    assert_true(job.peak_bytes >= 350);
    assert_int_equal(op.peak_bytes <= job.peak_bytes, 1);
}

/* The refusal of any meter of the chain leaves all of them as they were. */
static void test_limits(void **state)
{
    (void)state;
    Meter job, op;
    meter_init(&job, NULL, 100);
    meter_init(&op, &job, 0);
    void *a = mem_alloc(&op, 60);
    assert_non_null(a);
    assert_null(mem_alloc(&op, 41));
    assert_null(mem_alloc_zeroed(&op, 41));
    assert_null(mem_realloc(&op, a, 60, 200));
    assert_int_equal(op.used_bytes, 60);
    assert_int_equal(job.used_bytes, 60);
    void *b = mem_alloc(&op, 40);
    assert_non_null(b);
    mem_free(&op, a, 60);
    mem_free(&op, b, 40);
}

static void test_absurd_sizes(void **state)
{
    (void)state;
    Meter meter;
    meter_init(&meter, NULL, 0);
    void *small = mem_alloc(&meter, 10);
    volatile size_t absurd[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4};
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        assert_null(mem_alloc(&meter, absurd[i]));
        assert_null(mem_alloc_zeroed(NULL, absurd[i]));
        assert_null(mem_realloc(&meter, small, 10, absurd[i]));
        assert_int_equal(meter.used_bytes, 10);
    }
    mem_free(&meter, small, 10);
}

/* Which of five allocations succeed under a fault. */
static void allocate_five(char pattern[6])
{
    for (int i = 0; i < 5; i++) {
        void *block = mem_alloc(NULL, 1);
        pattern[i] = block == NULL ? '-' : '+';
        mem_free(NULL, block, 1);
    }
    pattern[5] = '\0';
}

static void test_faults(void **state)
{
    (void)state;
    static const struct {
        uint64_t k;
        bool sticky;
        const char *pattern;
    } cases[] = {
        {0, false, "+++++"}, {1, false, "-++++"}, {3, false, "++-++"},
        {3, true, "++---"},  {9, true, "+++++"},  {0, true, "+++++"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char pattern[6];
        mem_fail_at(cases[i].k, cases[i].sticky);
        allocate_five(pattern);
        assert_int_equal(mem_fail_at(0, false), 5);
        assert_string_equal(pattern, cases[i].pattern);
    }
    assert_int_equal(mem_fail_at(0, false), 0);
}

/* A refused block is not charged, and a failed realloc leaves the old block whole. */
static void test_fault_leaves_block(void **state)
{
    (void)state;
    Meter meter;
    meter_init(&meter, NULL, 0);
    char *block = mem_alloc(&meter, 4);
    memcpy(block, "abc", 4);
    mem_fail_at(1, true);
    assert_null(mem_realloc(&meter, block, 4, 400));
    assert_null(mem_alloc(&meter, 4));
    assert_null(mem_alloc_zeroed(&meter, 4));
    mem_fail_at(0, false);
    assert_string_equal(block, "abc");
    assert_int_equal(meter.used_bytes, 4);
    mem_free(&meter, block, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meters_are_charged_up_the_chain),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_absurd_sizes),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_fault_leaves_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
