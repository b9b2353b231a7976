#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table that is kept current: what is drawn, when, and that it is wiped whole. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "shell/live_table.h"

typedef struct Fixture {
    LiveTable live;
    Renderer like;
    StrBuf unused;
    Fold *fold;
    OutputProgress progress;
    int ends[2];
} Fixture;

static int open_like(Fixture *fixture, const char *mode, bool number)
{
    OutputColumn columns[] = {{.name = {"k", 1}}, {.name = {"n", 1}, .right_align = number}};
    RenderOptions options = {.separator = "|", .terminal = true, .width = 40};
    strbuf_init(&fixture->unused, NULL);
    render_open(&fixture->like, render_mode_find(text_of(mode)), &options, &fixture->unused);
    return render_begin(&fixture->like, columns, 2) == ST_OK ? 0 : -1;
}

static int setup(void **state)
{
    static Fixture fixture;
    fixture = (Fixture){0};
    FoldOptions options = {.columns = 2, .keep_places = true};
    if (pipe2(fixture.ends, O_NONBLOCK) != 0 || fold_open(&options, &fixture.fold) != ST_OK)
        return -1;
    live_table_open(&fixture.live, fixture.ends[1]);
    fixture.progress.table = fixture.fold;
    *state = &fixture;
    return open_like(&fixture, "box", true);
}

static void close_like(Fixture *fixture)
{
    render_close(&fixture->like);
    strbuf_close(&fixture->unused);
}

static int teardown(void **state)
{
    Fixture *fixture = *state;
    close_like(fixture);
    live_table_close(&fixture->live);
    fold_close(fixture->fold);
    close(fixture->ends[0]);
    close(fixture->ends[1]);
    return 0;
}

static void change(Fixture *fixture, RowKind kind, const char *key, const char *number)
{
    OutputCell cell[] = {{.kind = CELL_TEXT, .text = text_of(key)},
                         {.kind = CELL_NUMBER, .text = text_of(number)}};
    assert_int_equal(fold_add(fixture->fold, kind, cell), ST_OK);
    fixture->progress.rows++;
}

static const char *picture(Fixture *fixture, LiveScreen screen)
{
    static char text[4096];
    StrBuf out;
    strbuf_init(&out, NULL);
    assert_int_equal(live_table_print(&fixture->like, &fixture->progress, screen, &out), ST_OK);
    snprintf(text, sizeof text, "%s", strbuf_cstr(&out));
    strbuf_close(&out);
    return text;
}

static const LiveScreen screen = {24, 40};

static void test_picture(void **state)
{
    Fixture *fixture = *state;
    assert_string_equal(picture(fixture, screen),
                        "┌───┬───┐\n│ k │ n │\n├───┼───┤\n└───┴───┘\n0 rows, 0 read\n");
    change(fixture, ROW_INSERT, "a", "1");
    change(fixture, ROW_INSERT, "b", "1");
    change(fixture, ROW_UPDATE_BEFORE, "a", "1");
    change(fixture, ROW_UPDATE_AFTER, "a", "20");
    assert_string_equal(picture(fixture, screen),
                        "┌───┬────┐\n│ k │  n │\n├───┼────┤\n│ a │ 20 │\n│ b │  1 │\n└───┴────┘\n"
                        "2 rows, 4 read\n");
}

static void test_what_is_rejected_is_told(void **state)
{
    Fixture *fixture = *state;
    Diag diag = {0};
    IGNORE(diag_error(&diag, E5001, SPAN_NONE, "a \033 in b.jsonl:3"));
    fixture->progress.rejected = 1200;
    fixture->progress.first_rejection = &diag;
    assert_non_null(
        strstr(picture(fixture, (LiveScreen){24, 100}),
               "0 rows, 0 read, 1,200 rejected, the first: E5001: a \\x1b in b.jsonl:3\n"));
}

/* The last rows, and a line that says so; the screen is never full, for the cursor needs a line. */
static void test_more_rows_than_lines(void **state)
{
    Fixture *fixture = *state;
    for (int i = 1; i <= 30; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", i);
        change(fixture, ROW_INSERT, "a", number);
    }
    assert_string_equal(picture(fixture, (LiveScreen){8, 40}),
                        "┌───┬────┐\n│ k │  n │\n├───┼────┤\n│ a │ 29 │\n│ a │ 30 │\n└───┴────┘\n"
                        "rows 29 to 30 of 30, 30 read\n");
    /* a screen for nothing: at least one line of the table, and the last one */
    assert_string_equal(picture(fixture, (LiveScreen){2, 40}),
                        "└───┴────┘\nrows 30 to 30 of 30, 30 read\n");
}

/* One value a line, where the columns do not fit, and still within the screen. */
static void test_narrow_screen(void **state)
{
    Fixture *fixture = *state;
    change(fixture, ROW_INSERT, "a text that is longer", "12345678901234567890");
    assert_string_equal(picture(fixture, (LiveScreen){24, 12}),
                        "k = a text …\nn = 1234567…\n1 row, 1 re…\n");
}

static void test_dropped_rows(void **state)
{
    Fixture *fixture = *state;
    FoldOptions options = {.columns = 2, .most = 1};
    fold_close(fixture->fold);
    assert_int_equal(fold_open(&options, &fixture->fold), ST_OK);
    fixture->progress.table = fixture->fold;
    change(fixture, ROW_INSERT, "a", "1");
    change(fixture, ROW_INSERT, "a", "2");
    assert_non_null(strstr(picture(fixture, screen), "1 row, 2 read, the oldest 1 dropped\n"));
}

static void test_other_modes(void **state)
{
    Fixture *fixture = *state;
    close_like(fixture);
    assert_int_equal(open_like(fixture, "csv", true), 0);
    change(fixture, ROW_INSERT, "a", "1");
    assert_string_equal(picture(fixture, screen), "k,n\na,1\n1 row, 1 read\n");
}

static const char *update(Fixture *fixture, LiveScreen size, int64_t millis)
{
    static char text[4096];
    Status status = live_table_update(&fixture->live, &fixture->like, &fixture->progress, size,
                                      millis * MICROS_PER_MILLI);
    assert_int_equal(status, ST_OK);
    ssize_t got = read(fixture->ends[0], text, sizeof text - 1);
    text[got < 0 ? 0 : got] = '\0';
    return text;
}

static void test_when(void **state)
{
    Fixture *fixture = *state;
    const char *over = "\033[5A\r\r\033[K", *over_one = "\033[6A\r\r\033[K";
    assert_non_null(strstr(update(fixture, screen, 0), "0 rows"));
    assert_string_equal(update(fixture, screen, 1000), ""); /* nothing has changed */
    change(fixture, ROW_INSERT, "a", "1");
    const char *drawn = update(fixture, screen, 1001); /* the first row is not kept waiting */
    assert_memory_equal(drawn, over, strlen(over));
    assert_non_null(strstr(drawn, "│ a │ 1 │"));
    change(fixture, ROW_INSERT, "b", "1");
    assert_string_equal(update(fixture, screen, 1250), "");
    drawn = update(fixture, screen, 1251);
    assert_memory_equal(drawn, over_one, strlen(over_one));
    assert_non_null(strstr(drawn, "│ b │ 1 │"));
    assert_string_equal(update(fixture, screen, 2000), "");
    fixture->progress.rows++; /* a row that the query filtered */
    assert_non_null(strstr(update(fixture, screen, 2000), "2 rows, 3 read"));
}

static void test_wiping(void **state)
{
    Fixture *fixture = *state;
    char text[64];
    assert_int_equal(live_table_wipe(&fixture->live, screen), ST_OK); /* nothing is there */
    assert_true(read(fixture->ends[0], text, sizeof text) < 0);
    update(fixture, screen, 0);
    assert_int_equal(live_table_wipe(&fixture->live, screen), ST_OK);
    ssize_t size = read(fixture->ends[0], text, sizeof text);
    assert_int_equal(size, strlen("\033[5A\r\r\033[J"));
    assert_memory_equal(text, "\033[5A\r\r\033[J", (size_t)size);
}

/* The terminal has folded the lines anew: nobody knows how many there are now. */
static void test_resized_screen(void **state)
{
    Fixture *fixture = *state;
    update(fixture, screen, 0);
    const char *drawn = update(fixture, (LiveScreen){24, 20}, 250);
    assert_memory_equal(drawn, "\033[H\033[J", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_picture, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_rejected_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_more_rows_than_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(test_narrow_screen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dropped_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_modes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_when, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wiping, setup, teardown),
        cmocka_unit_test_setup_teardown(test_resized_screen, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
