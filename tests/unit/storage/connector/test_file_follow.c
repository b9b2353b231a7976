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
    /* Where what is read is kept, as a job would: */
    Spool *spool;          /* NULL: it is not */
    StrBuf state, journal; /* the last checkpoint, and the epochs behind it */
    SplitPosition saved;   /* of the checkpoint */
    uint64_t until;        /* what was read up to the last commit */
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
    if (f->spool != NULL)
        spool_close(f->spool);
    strbuf_close(&f->out);
    strbuf_close(&f->state);
    strbuf_close(&f->journal);
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
    if (text != NULL)
        assert_string_equal(strbuf_cstr(&f->out), text);
    assert_int_equal(got, result);
}

/* What is appended to the file gives this. */
static void gives(Follow *f, const char *text, const char *expected)
{
    harness_write(&f->h, "log", "a", text);
    expect(f, POLL_IDLE, expected);
}

/* The file is cut and has this text then. */
static void cut_gives(Follow *f, const char *text, const char *expected)
{
    harness_write(&f->h, "log", "w", text);
    expect(f, POLL_IDLE, expected);
}

static void test_growth(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "fail", "{\"a\":1}\n{\"a\":");
    expect(&f, POLL_IDLE, "1;"); /* the last line is not whole */
    gives(&f, "2", "");
    gives(&f, "}\n{\"a\":3}\n", "2;3;");
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
    cut_gives(&f, "{\"a\":3}\n", "2;");
    f.reader->rest(f.reader);
    assert_int_equal(unlink(harness_path(&f.h, "log.1")), 0);
    expect(&f, POLL_ROWS, "[E3004]");
    assert_non_null(strstr(f.h.diag.message,
                           "log\" is another file than before, and that one is gone "
                           "from its folder; it was read up to byte 16"));
    follow_close(&f);
}

/* Between two polls, while nobody holds the file open: each case in its own words. */
static void test_lost_at_rest(void **state)
{
    (void)state;
    static const struct {
        const char *now, *words;
    } cases[] = {
        {NULL, "is gone from its folder, by whatever name; it was read up to byte 8"},
        {"{\"a\"", "has become shorter than it was when it was read; it was read up to byte 8"},
        {"{\"a\":2}\n{\"a\":3}\n",
         "was written anew: it begins otherwise than when it was read; it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Follow f;
        follow_open(&f, "log", "fail", "{\"a\":1}\n");
        expect(&f, POLL_IDLE, "1;");
        f.reader->rest(f.reader);
        if (cases[i].now == NULL)
            assert_int_equal(unlink(harness_path(&f.h, "log")), 0);
        else
            harness_write(&f.h, "log", "w", cases[i].now);
        expect(&f, POLL_ROWS, "[E3004]");
        assert_non_null(strstr(f.h.diag.message, cases[i].words));
        assert_non_null(strstr(f.h.diag.hint, "STOP JOB"));
        follow_close(&f);
    }
}

/* One that is gone before it is opened for the first time. */
static void test_lost_unread(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "fail", "{\"a\":1}\n");
    assert_int_equal(unlink(harness_path(&f.h, "log")), 0);
    expect(&f, POLL_ROWS, "[E3004]");
    assert_non_null(strstr(f.h.diag.message, "by whatever name; none of it was read yet"));
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

/* The number of a file that was deleted is given to another one: what was read to its end is known
 * by its birth, too. */
static void test_number_given_again(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "fail", "{\"a\":1}\n");
    bool knows_births = f.split[0].born != 0; /* the file system's matter */
    f.split[0].ended = true;
    follow_list(&f);
    assert_int_equal(f.splits, 1);
    f.split[0].born--; /* as if this had been the one before */
    follow_list(&f);
    assert_int_equal(f.splits, knows_births ? 2 : 1);
    follow_list(&f);
    assert_int_equal(f.splits, knows_births ? 2 : 1);
    f.split[0].ended = false; /* of one that is read its reader sees what becomes of it */
    f.splits = 1;
    follow_list(&f);
    assert_int_equal(f.splits, 1);
    follow_close(&f);
}

/* The same when it has been read in part: another file with its number and its first bytes is not
 * read on. */
static void test_number_given_again_meanwhile(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "fail", "{\"a\":1}\n{\"a\":2}\n");
    assert_int_equal(unlink(harness_path(&f.h, "log")), 0);
    harness_write(&f.h, "log", "w", "{\"a\":1}\n{\"a\":2}\n");
    if (f.split[0].born != 0) { /* the file system knows it */
        expect(&f, POLL_ROWS, "[E3004]");
        assert_non_null(strstr(f.h.diag.message, "another file"));
    }
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
    cut_gives(&f, "{\"a\":3}\n", "<3: {\"a>3;"); /* the cut record is not lost in silence */
    gives(&f, "{\"a\":4}\n", "4;");
    /* cut and longer than before: noticed by its beginning */
    cut_gives(&f, "{\"a\":5}\n{\"a\":6}\n{\"a\":7}\n", "5;6;7;");
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

/* A descriptor that was given back: the file is known by its beginning, and read anew. */
static void test_restart_at_rest(void **state)
{
    (void)state;
    Follow f;
    follow_open(&f, "log", "restart", "{\"a\":1}\n");
    expect(&f, POLL_IDLE, "1;");
    f.reader->rest(f.reader);
    cut_gives(&f, "{\"a\":5}\n{\"a\":6}\n", "5;6;");
    f.reader->rest(f.reader);
    cut_gives(&f, "", "");
    cut_gives(&f, "{\"a\":7}\n", "7;");
    f.reader->rest(f.reader);
    assert_int_equal(unlink(harness_path(&f.h, "log")), 0);
    expect(&f, POLL_END, "");
    follow_close(&f);
}

/* --- what is read is kept, and the job is killed --- */

static void commit(Follow *f)
{
    StateWalk walk = {.out = &f->journal};
    f->until = f->reader->position(f->reader).offset;
    if (spool_has_news(f->spool))
        assert_int_equal(spool_epoch(f->spool, &walk), ST_OK);
    spool_committed(f->spool, f->until);
}

static void checkpoint(Follow *f)
{
    StateWalk walk = {.out = &f->state};
    commit(f);
    strbuf_clear(&f->state);
    strbuf_clear(&f->journal);
    f->saved = f->reader->position(f->reader);
    assert_int_equal(spool_state(f->spool, &walk), ST_OK);
}

/* The reader that begins with what `saved`, `state` and `journal` say. */
static void open_kept(Follow *f)
{
    Harness *h = &f->h;
    f->reader->close(f->reader);
    assert_int_equal(spool_make(&h->arena, &h->meter, SPOOLS_BYTES, &f->spool), ST_OK);
    StateWalk begin = {.loading = true, .in = strbuf_as_text(&f->state)};
    if (begin.in.size > 0)
        assert_int_equal(spool_state(f->spool, &begin), ST_OK);
    StateWalk epochs = {.loading = true, .in = strbuf_as_text(&f->journal)};
    while (epochs.in.size > 0)
        assert_int_equal(spool_epoch(f->spool, &epochs), ST_OK);
    Split split = f->split[0];
    split.spool = f->spool;
    split.start = f->saved;
    assert_int_equal(
        h->table.connector->open_split(&h->scan, &h->env, &split, &f->reader, &h->diag), ST_OK);
}

static void follow_open_kept(Follow *f, const char *text)
{
    follow_open(f, "log", "restart", text);
    assert_true(f->h.table.connector->read_once(&f->h.table));
    assert_int_equal(f->split[0].spools, SPOOLS_BYTES);
    assert_true(f->h.table.connector->replayable(&f->h.table));
    open_kept(f);
    checkpoint(f);
}

static void kill_it(Follow *f)
{
    spool_close(f->spool);
    open_kept(f);
}

/* What comes once more, with nothing read from the file. */
static void replay(Follow *f, const char *text)
{
    PollResult result;
    f->reader->replay_until(f->reader, f->until);
    strbuf_clear(&f->out);
    result = harness_poll(&f->h, f->reader, &f->h.table.schema, &f->out);
    assert_string_equal(strbuf_cstr(&f->out), text);
    assert_int_equal(result, POLL_IDLE);
    f->reader->replay_until(f->reader, REPLAY_OVER);
    spool_go_live(f->spool);
}

static void test_kept_cuts(void **state)
{
    (void)state;
    Follow f;
    follow_open_kept(&f, "{\"a\":1}\n{\"a\":2}\n{\"a");
    expect(&f, POLL_IDLE, "1;2;");
    commit(&f);
    cut_gives(&f, "\xEF\xBB\xBF{\"a\":3}\nx\n", "<3: {\"a>3;<2: x>"); /* it has a BOM of its own */
    commit(&f);
    cut_gives(&f, "y\n", "<1: y>"); /* the file before ended with a whole record */
    cut_gives(&f, "", "");
    cut_gives(&f, "z\n", "<1: z>");
    commit(&f);
    kill_it(&f);
    replay(&f, "1;2;<3: {\"a>3;<2: x><1: y><1: z>");
    gives(&f, "{\"a\":4}\n", "4;");
    checkpoint(&f);
    kill_it(&f);
    replay(&f, "");
    gives(&f, "u\n", "<3: u>");
    follow_close(&f);
}

/* The line of a record is its line in the file as it is now, also where reading begins at a cut. */
static void test_kept_cut_at_checkpoint(void **state)
{
    (void)state;
    Follow f;
    follow_open_kept(&f, "{\"a\":1}\n{\"a\":2}\n");
    expect(&f, POLL_IDLE, "1;2;");
    checkpoint(&f);
    cut_gives(&f, "x\n", "<1: x>");
    commit(&f);
    kill_it(&f);
    replay(&f, "<1: x>");
    gives(&f, "y\n", "<2: y>");
    follow_close(&f);
}

/* What was not committed is read once more, from the file or not at all. */
static void test_kept_is_what_was_committed(void **state)
{
    (void)state;
    Follow f;
    follow_open_kept(&f, "{\"a\":1}\n");
    expect(&f, POLL_IDLE, "1;");
    commit(&f);
    gives(&f, "{\"a\":2}\n", "2;");
    kill_it(&f);
    replay(&f, "1;");
    expect(&f, POLL_IDLE, "2;");
    commit(&f);
    gives(&f, "{\"a\":3}\n", "3;");
    kill_it(&f);
    harness_write(&f.h, "log", "w", "{\"a\":4}\n");
    replay(&f, "1;2;");
    expect(&f, POLL_IDLE, "4;");
    follow_close(&f);
}

typedef enum Change { APPENDED, WRITTEN, DELETED, REPLACED, RENAMED } Change;

static void change(Follow *f, Change change, const char *text)
{
    const Harness *h = &f->h;
    switch (change) {
    case APPENDED: harness_write(h, "log", "a", text); return;
    case WRITTEN: harness_write(h, "log", "w", text); return;
    case DELETED: assert_int_equal(unlink(harness_path(h, "log")), 0); return;
    case REPLACED:
        harness_write(h, "other", "w", text);
        assert_int_equal(rename(harness_path(h, "other"), harness_path(h, "log")), 0);
        return;
    case RENAMED:
        assert_int_equal(rename(harness_path(h, "log"), harness_path(h, "log.1")), 0);
        harness_write(h, "log.1", "a", text);
        harness_write(h, "log", "w", "{\"a\":9}\n");
        return;
    }
}

/* What the file is when the job comes back. */
static void test_changed_while_down(void **state)
{
    (void)state;
    static const struct {
        Change change;
        const char *text, *then;
        PollResult result;
    } cases[] = {
        {APPENDED, "", "", POLL_IDLE},
        {APPENDED, "\":3}\n", "3;", POLL_IDLE},
        {WRITTEN, "", "<3: {\"a>", POLL_IDLE},
        {WRITTEN, "{\"a\":7}\n", "<3: {\"a>7;", POLL_IDLE},
        {WRITTEN, "{\"a\":7}\n{\"a\":8}\nx\n{\"a\":9}\n", "<3: {\"a>7;8;<3: x>9;", POLL_IDLE},
        {WRITTEN, "{\"a\":1}\n{\"a\":2}\n{\"b\":1}\n", "<3: {\"a>1;2;NULL;", POLL_IDLE},
        {DELETED, "", "<3: {\"a>", POLL_END},
        {REPLACED, "{\"a\":7}\n", "<3: {\"a>", POLL_END}, /* that one is a split of its own */
        {RENAMED, "\":3}\n", "3;", POLL_IDLE},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        Follow f;
        follow_open_kept(&f, "{\"a\":1}\n{\"a\":2}\n{\"a");
        expect(&f, POLL_IDLE, "1;2;");
        bool is_checkpoint = i % 2 == 0;
        if (is_checkpoint)
            checkpoint(&f);
        else
            commit(&f);
        kill_it(&f);
        change(&f, cases[i / 2].change, cases[i / 2].text);
        replay(&f, is_checkpoint ? "" : "1;2;");
        expect(&f, cases[i / 2].result, cases[i / 2].then);
        follow_list(&f);
        bool other = cases[i / 2].change == REPLACED || cases[i / 2].change == RENAMED;
        assert_int_equal(f.splits, other ? 2 : 1);
        commit(&f);
        kill_it(&f);
        if (cases[i / 2].result == POLL_END) { /* what has ended stays so */
            f.until = UINT64_MAX;
            expect(&f, POLL_END, is_checkpoint ? cases[i / 2].then : "1;2;<3: {\"a>");
        }
        follow_close(&f);
    }
}

/* The bytes that a job holds are those that it may need again. */
static void test_kept_leaves(void **state)
{
    (void)state;
    Follow f;
    static char text[20001];
    for (size_t i = 0; i < sizeof text - 1; i += 8)
        memcpy(text + i, "{\"a\":1}\n", 8);
    follow_open_kept(&f, text);
    expect(&f, POLL_IDLE, NULL);
    commit(&f);
    assert_true(f.journal.size > 20000);
    strbuf_clear(&f.journal);
    gives(&f, "{\"a\":2}\n", "2;");
    commit(&f);
    assert_true(f.journal.size < 200);
    assert_false(spool_has_news(f.spool));
    checkpoint(&f);
    assert_true(f.state.size < 200);
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
        bool met = fault.made >= at, first = f.out.ptr[0] == '['; /* or in front of the row */
        fault.at = 0;
        assert_string_equal(strbuf_cstr(&f.out), !met ? "2;" : first ? "[E3002]" : "2;[E3002]");
        failures += met;
        follow_close(&f);
    }
    assert_true(failures > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_rename),
        cmocka_unit_test(test_rename_at_rest),
        cmocka_unit_test(test_lost_at_rest),
        cmocka_unit_test(test_lost_unread),
        cmocka_unit_test(test_renamed_is_not_new),
        cmocka_unit_test(test_truncate),
        cmocka_unit_test(test_truncate_restart),
        cmocka_unit_test(test_empty_directory),
        cmocka_unit_test(test_restart_at_rest),
        cmocka_unit_test(test_kept_cuts),
        cmocka_unit_test(test_kept_cut_at_checkpoint),
        cmocka_unit_test(test_kept_leaves),
        cmocka_unit_test(test_kept_is_what_was_committed),
        cmocka_unit_test(test_changed_while_down),
        cmocka_unit_test(test_number_given_again),
        cmocka_unit_test(test_number_given_again_meanwhile),
        cmocka_unit_test(test_reads_that_give_little),
        cmocka_unit_test(test_reads_that_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
