/* Files that grow, are rotated and cut while they are read. The clock is virtual: the interval
 * passes only when a test says so. */
#include "connector_harness.h"

#include <errno.h>
#include <sys/syscall.h>

/* Reads of files come through here: the `at`-th one goes wrong. */
typedef enum ReadFault { READ_SHORT, READ_INTERRUPTED, READ_FAILS } ReadFault;

static struct {
    int at, made; /* at 0: none */
    ReadFault how;
} fault;

ssize_t pread(int fd, void *to, size_t size, off_t offset)
{
    bool hit = ++fault.made == fault.at;
    if (hit && fault.how != READ_SHORT) {
        errno = fault.how == READ_FAILS ? EIO : EINTR;
        return -1;
    }
    ssize_t got = syscall(SYS_pread64, fd, to, size, offset);
    return hit && got > 1 ? got / 2 : got;
}

typedef struct Follow {
    Harness h;
    Split *split;
    uint32_t splits;
    SplitReader *reader;
    StrBuf out;
} Follow;

static void follow_list(Follow *f)
{
    Harness *h = &f->h;
    assert_int_equal(h->table.connector->list(&h->table, &h->env, &f->split, &f->splits, &h->diag),
                     ST_OK);
}

static void follow_open_split(Follow *f, uint32_t index)
{
    Harness *h = &f->h;
    assert_int_equal(
        h->table.connector->open_split(&h->scan, &h->env, &f->split[index], &f->reader, &h->diag),
        ST_OK);
}

static void follow_open(Follow *f, const char *path, const char *on_truncate, const char *text)
{
    memset(f, 0, sizeof *f);
    harness_open(&f->h, "filesystem",
                 HARNESS_OPTIONS_OF("connector", "filesystem", "path", path, "format", "json",
                                    "source.monitor-interval", "1 s", "on-truncate", on_truncate));
    harness_column(&f->h, "a", type_make(TYPE_INT));
    assert_false(f->h.table.connector->bounded(&f->h.table));
    harness_write(&f->h, "log", "w", text);
    follow_list(f);
    follow_open_split(f, 0);
}

static void follow_close(Follow *f)
{
    f->reader->close(f->reader);
    strbuf_close(&f->out);
    harness_close(&f->h);
}

static void pass_seconds(Follow *f, int seconds)
{
    f->h.clock.virtual_now += seconds * MICROS_PER_SECOND;
}

/* Reads until there is nothing for now; checks what came since the last call. */
static void expect(Follow *f, PollResult result, const char *text)
{
    strbuf_clear(&f->out);
    PollResult got = harness_poll(&f->h, f->reader, &f->h.table.schema, &f->out);
    assert_string_equal(strbuf_cstr(&f->out), text);
    assert_int_equal(got, result);
}

static void test_growth(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "fail", "{\"a\":1}\n{\"a\":");
    expect(&f, POLL_IDLE, "1;"); /* the last line is not whole */
    harness_write(&f.h, "log", "a", "2");
    expect(&f, POLL_IDLE, "");
    harness_write(&f.h, "log", "a", "}\n{\"a\":3}\n");
    expect(&f, POLL_IDLE, "2;3;");
    f.reader->rest(f.reader);
    harness_write(&f.h, "log", "a", "{\"a\":4}\n");
    pass_seconds(&f, 10);
    expect(&f, POLL_IDLE, "4;");
    follow_close(&f);
}

static void test_rename(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "fail", "{\"a\":1}\n");
    expect(&f, POLL_IDLE, "1;");
    assert_int_equal(rename(harness_path(&f.h, "log"), harness_path(&f.h, "log.1")), 0);
    pass_seconds(&f, 2);
    expect(&f, POLL_IDLE, ""); /* its name may come back */
    follow_list(&f);
    assert_int_equal(f.splits, 1);
    harness_write(&f.h, "log.1", "a", "{\"a\":2}\n"); /* its writer has not noticed yet */
    harness_write(&f.h, "log", "w", "{\"a\":3}\n");
    pass_seconds(&f, 2);
    expect(&f, POLL_IDLE, "2;");
    harness_write(&f.h, "log.1", "a", "{\"a\":4}");
    pass_seconds(&f, 2);
    expect(&f, POLL_IDLE, "");
    pass_seconds(&f, 2);
    expect(&f, POLL_END, "4;"); /* at rest: what there is of the last line is a record */
    f.reader->close(f.reader);
    follow_list(&f);
    assert_int_equal(f.splits, 2);
    follow_open_split(&f, 1);
    expect(&f, POLL_IDLE, "3;");
    follow_close(&f);
}

/* The descriptor was given back before the rename: the file is found by what it is. */
static void test_rename_at_rest(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "fail", "{\"a\":1}\n");
    expect(&f, POLL_IDLE, "1;");
    f.reader->rest(f.reader);
    harness_write(&f.h, "log", "a", "{\"a\":2}\n");
    assert_int_equal(rename(harness_path(&f.h, "log"), harness_path(&f.h, "log.1")), 0);
    harness_write(&f.h, "log", "w", "{\"a\":3}\n");
    expect(&f, POLL_IDLE, "2;");
    f.reader->rest(f.reader);
    assert_int_equal(unlink(harness_path(&f.h, "log.1")), 0);
    expect(&f, POLL_ROWS, "[E3004]");
    follow_close(&f);
}

static void test_renamed_is_not_new(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log*", "fail", "{\"a\":1}\n");
    assert_int_equal(f.splits, 1);
    assert_int_equal(rename(harness_path(&f.h, "log"), harness_path(&f.h, "log.1")), 0);
    harness_write(&f.h, "log", "w", "{\"a\":3}\n");
    follow_list(&f);
    assert_int_equal(f.splits, 2);
    assert_true(text_is(f.split[1].name, harness_path(&f.h, "log")));
    follow_list(&f);
    assert_int_equal(f.splits, 2);
    follow_close(&f);
}

static void test_truncate(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "fail", "{\"a\":1}\n{\"a\":2}\n");
    expect(&f, POLL_IDLE, "1;2;");
    harness_write(&f.h, "log", "w", "{\"a\":3}\n");
    expect(&f, POLL_ROWS, "[E3004]");
    assert_non_null(strstr(f.h.diag.hint, "on-truncate"));
    follow_close(&f);
}

static void test_truncate_restart(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "restart", "{\"a\":1}\n{\"a\":2}\n{\"a");
    expect(&f, POLL_IDLE, "1;2;");
    harness_write(&f.h, "log", "w", "{\"a\":3}\n");
    expect(&f, POLL_IDLE, "<3: {\"a>3;"); /* the cut record is not lost in silence */
    harness_write(&f.h, "log", "a", "{\"a\":4}\n");
    expect(&f, POLL_IDLE, "4;");
    /* cut and longer than before: noticed by its beginning */
    harness_write(&f.h, "log", "w", "{\"a\":5}\n{\"a\":6}\n{\"a\":7}\n");
    expect(&f, POLL_IDLE, "5;6;7;");
    follow_close(&f);
}

static void test_empty_directory(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, ".", "fail", "");
    expect(&f, POLL_IDLE, "");
    harness_write(&f.h, "a", "w", "{\"a\":1}\n");
    harness_write(&f.h, "zz", "w", "{\"a\":2}\n");
    follow_list(&f);
    assert_int_equal(f.splits, 3); /* the known one first, then the new ones by name */
    assert_non_null(strstr(f.split[0].name.ptr, "/log"));
    assert_non_null(strstr(f.split[1].name.ptr, "/a"));
    assert_non_null(strstr(f.split[2].name.ptr, "/zz"));
    follow_close(&f);
}

/* A file that is read in small pieces is no other one, and not cut. */
static void test_reads_that_give_little(void **state)
{
    (void)state;
    for (int at = 1; at <= 12; at++) {
        for (ReadFault how = READ_SHORT; how <= READ_INTERRUPTED; how++) {
            Follow f;
            follow_open(&f, "log", "restart", "{\"a\":1}\n{\"a\":2}\n");
            fault.how = how;
            fault.made = 0;
            fault.at = at;
            expect(&f, POLL_IDLE, "1;2;");
            harness_write(&f.h, "log", "a", "{\"a\":3}\n");
            expect(&f, POLL_IDLE, "3;");
            f.reader->rest(f.reader);
            harness_write(&f.h, "log", "a", "{\"a\":4}\n");
            expect(&f, POLL_IDLE, "4;");
            fault.at = 0;
            assert_true(fault.made > 9);
            follow_close(&f);
        }
    }
}

/* Whichever read it is: that it fails is told, and not taken for a file that was cut. */
static void test_reads_that_fail(void **state)
{
    (void)state;
    int failures = 0;
    for (int at = 1; at <= 6; at++) {
        Follow f;
        follow_open(&f, "log", "restart", "{\"a\":1}\n");
        expect(&f, POLL_IDLE, "1;");
        harness_write(&f.h, "log", "a", "{\"a\":2}\n");
        fault.how = READ_FAILS;
        fault.made = 0;
        fault.at = at;
        strbuf_clear(&f.out);
        harness_poll(&f.h, f.reader, &f.h.table.schema, &f.out);
        bool met = fault.made >= at, before = at <= 3; /* the piece, and the head in two reads */
        fault.at = 0;
        assert_string_equal(strbuf_cstr(&f.out), !met ? "2;" : before ? "[E3002]" : "2;[E3002]");
        failures += met;
        follow_close(&f);
    }
    assert_true(failures > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth),          cmocka_unit_test(test_rename),
        cmocka_unit_test(test_rename_at_rest),  cmocka_unit_test(test_renamed_is_not_new),
        cmocka_unit_test(test_truncate),        cmocka_unit_test(test_truncate_restart),
        cmocka_unit_test(test_empty_directory), cmocka_unit_test(test_reads_that_give_little),
        cmocka_unit_test(test_reads_that_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
