#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The progress line: its text, when it shows, and that nothing of it stays. */
#include <fcntl.h>
#include <unistd.h>

#include "shell/progress_line.h"

static void test_text(void **state)
{
    static const struct {
        OutputProgress progress;
        Micros elapsed;
        uint64_t rate;
        const char *text;
    } cases[] = {
        {{.rows = 0}, 2 * MICROS_PER_SECOND, 0, "0:02  0 rows read, 0 a second"},
        {{.rows = 1}, 2 * MICROS_PER_SECOND, 0, "0:02  1 row read, 0 a second"},
        {{.rows = 1234567, .rejected = 2},
         3 * MICROS_PER_SECOND,
         411522,
         "0:03  1,234,567 rows read, 411,522 a second, 2 rejected"},
        {{.rows = 10, .bytes = 50000000, .bytes_in_all = 200000000},
         10 * MICROS_PER_SECOND,
         1,
         "0:10  10 rows read, 1 a second, 25% of 200.0 MB, about 0:30 left"},
        {{.rows = 0, .bytes = 0, .bytes_in_all = 1000},
         10 * MICROS_PER_SECOND,
         0,
         "0:10  0 rows read, 0 a second, 0% of 1.0 kB"},
        /* half of the way had been done by runs before this one */
        {{.rows = 50, .rows_before = 45, .bytes = 600, .bytes_before = 500, .bytes_in_all = 1000},
         10 * MICROS_PER_SECOND,
         0,
         "0:10  50 rows read, 0 a second, 60% of 1.0 kB, about 0:40 left"},
        /* a file that grew while it was read */
        {{.rows = 5, .bytes = 1001, .bytes_in_all = 1000},
         10 * MICROS_PER_SECOND,
         1,
         "0:10  5 rows read, 1 a second, 100% of 1.0 kB, about 0:00 left"},
    };
    StrBuf out;
    (void)state;
    strbuf_init(&out, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strbuf_clear(&out);
        progress_line_print(&cases[i].progress, cases[i].elapsed, cases[i].rate, &out);
        assert_string_equal(strbuf_cstr(&out), cases[i].text);
    }
    strbuf_close(&out);
}

typedef struct Fixture {
    ProgressLine line;
    int ends[2];
} Fixture;

static int setup(void **state)
{
    static Fixture fixture;
    if (pipe2(fixture.ends, O_NONBLOCK) != 0)
        return -1;
    progress_line_open(&fixture.line, fixture.ends[1], true);
    progress_line_start(&fixture.line, 0);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;
    close(fixture->ends[0]);
    close(fixture->ends[1]);
    return 0;
}

static const char *tell_at(Fixture *fixture, int64_t millis, OutputProgress progress)
{
    static char text[512];
    progress_line_update(&fixture->line, &progress, millis * MICROS_PER_MILLI);
    ssize_t size = read(fixture->ends[0], text, sizeof text - 1);
    text[size < 0 ? 0 : size] = '\0';
    return text;
}

static const char *at(Fixture *fixture, int64_t millis, uint64_t rows)
{
    return tell_at(fixture, millis, (OutputProgress){.rows = rows, .bounded = true});
}

static void test_when(void **state)
{
    Fixture *fixture = *state;
    assert_string_equal(at(fixture, 10, 0), "");
    assert_string_equal(at(fixture, 1999, 100), "");
    assert_string_equal(at(fixture, 2000, 100), "\r0:02  100 rows read, 50 a second\033[K");
    assert_string_equal(at(fixture, 2249, 110), ""); /* four times a second is enough */
    assert_string_equal(at(fixture, 2500, 125), "\r0:02  125 rows read, 50 a second\033[K");
    progress_line_wipe(&fixture->line);
    assert_string_equal(at(fixture, 2501, 126), "\r\033[K\r0:02  126 rows read, 50 a second\033[K");
    progress_line_wipe(&fixture->line);
    progress_line_wipe(&fixture->line); /* there is nothing left to wipe */
    progress_line_start(&fixture->line, 3000 * MICROS_PER_MILLI);
    assert_string_equal(at(fixture, 4999, 200), "\r\033[K");
    assert_string_equal(at(fixture, 5000, 200), "\r0:02  200 rows read, 100 a second\033[K");
}

/* The rate is that of the last seconds, not since a beginning hours ago. */
static void test_rate_follows(void **state)
{
    Fixture *fixture = *state;
    for (int64_t s = 0; s < 20; s++)
        at(fixture, s * 1000, 0);
    for (int64_t s = 20; s < 40; s++)
        at(fixture, s * 1000, (uint64_t)(s - 20) * 1000);
    assert_non_null(strstr(at(fixture, 40000, 20000), " 1,000 a second"));
}

/* What runs before this one have read is not of its speed, neither at first nor later. */
static void test_rate_after_a_restart(void **state)
{
    Fixture *fixture = *state;
    OutputProgress progress = {.rows = 1000000, .rows_before = 1000000, .bounded = true};
    for (int64_t s = 0; s < 20; s++) {
        const char *shown = tell_at(fixture, s * 1000, progress);
        assert_true(shown[0] == '\0' || strstr(shown, s == 0 ? ", 0 " : ", 100 a second"));
        progress.rows += 100;
    }
    assert_non_null(strstr(tell_at(fixture, 20000, progress), "1,002,000 rows read, 100 a second"));
}

/* A line that is wider than the screen would leave its first half when it is wiped. */
static void test_width(void **state)
{
    Fixture *fixture = *state;
    OutputProgress progress = {
        .rows = UINT64_MAX, .rejected = UINT64_MAX, .bytes = 1, .bytes_in_all = UINT64_MAX};
    char text[512];
    progress_line_update(&fixture->line, &progress, 1000 * MICROS_PER_SECOND);
    ssize_t size = read(fixture->ends[0], text, sizeof text - 1);
    assert_true(size > 0);
    text[size] = '\0';
    assert_int_equal(size, strlen("\r") + 78 + strlen("…") + strlen("\033[K"));
    assert_non_null(strstr(text, "…\033[K"));
}

static void test_disabled(void **state)
{
    Fixture *fixture = *state;
    progress_line_open(&fixture->line, fixture->ends[1], false);
    progress_line_start(&fixture->line, 0);
    assert_string_equal(at(fixture, 60000, 1), "");
    progress_line_wipe(&fixture->line);
    assert_string_equal(at(fixture, 60001, 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test_setup_teardown(test_when, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rate_follows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rate_after_a_restart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_width, setup, teardown),
        cmocka_unit_test_setup_teardown(test_disabled, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
