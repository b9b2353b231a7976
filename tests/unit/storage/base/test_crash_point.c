/* Crash points count their passings; without test hooks nothing happens, whatever is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/base/crash_point.h"

#ifdef WEIR_TEST_HOOKS
enum { HOOKS = true };
#else
enum { HOOKS = false };
#endif

static const char *const name[] = {
#define X(id, name, ...) name,
#include "storage/base/crash_points.def"
#include "storage/base/defects.def"
#undef X
};

static void names_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(name[i], name[j]);
    }
    assert_true(CRASH_POINTS < 256); /* a trace has a byte for each */
}

/* Passes PAGE_AFTER `passings` times in a process of its own; returns how that ended. */
static int end_of(const char *at, const char *defect, int passings)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv("WEIR_CRASH_AT", at, 1);
        setenv("WEIR_DEFECT", defect, 1);
        for (int i = 0; i < passings; i++)
            CRASH_POINT(PAGE_AFTER);
        CRASH_POINT(PAGE_BEFORE);
        _exit(DEFECT(TIMER_LOST) ? 1 : DEFECT(SLICE_LOST) ? 2 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void dies_where_it_is_told_to(void **state)
{
    (void)state;
    assert_int_equal(end_of("page.after:3", "", 2), 0);
    assert_int_equal(end_of("page.after:3", "", 3), HOOKS ? -SIGKILL : 0);
    assert_int_equal(end_of("page.before", "", 0), HOOKS ? -SIGKILL : 0);
    assert_int_equal(end_of("load.after:1", "", 5), 0);
}

static void makes_the_mistake_it_is_told_to(void **state)
{
    (void)state;
    assert_int_equal(end_of("", "", 1), 0);
    assert_int_equal(end_of("", "timer-lost", 1), HOOKS ? 1 : 0);
    assert_int_equal(end_of("", "slice-lost", 1), HOOKS ? 2 : 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_told_apart),
        cmocka_unit_test(dies_where_it_is_told_to),
        cmocka_unit_test(makes_the_mistake_it_is_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
