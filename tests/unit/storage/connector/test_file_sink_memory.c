/* The filesystem sink of a job that keeps what save gives: names, what belongs to whom, failures.
 */
#include "kept_sink.h"

#include <signal.h>
#include <sys/resource.h>

#include "storage/sqlite/owner_lock.h"

#define DATABASE "0b5d0b7e-0000-4000-8000-000000000001"

static const char *const options[] = {
    "connector",
    "filesystem",
    "path",
    "out",
    "format",
    "csv",
    "sink.rolling-policy.file-size",
    "8 b",
    "sink.rolling-policy.rollover-interval",
    "10 s",
    NULL,
    NULL,
};

typedef struct Kept {
    Harness h;
    KeptSink kept;
} Kept;

static void open_bench(Kept *k)
{
    memset(k, 0, sizeof *k);
    harness_open(&k->h, "filesystem", options);
    harness_column(&k->h, "a", type_make(TYPE_BIGINT));
    harness_column(&k->h, "b", type_string());
    k->h.env.owner = (SinkOwner){TEXT(DATABASE), 3, 1};
}

static Status start(Kept *k, bool resumed)
{
    return kept_start(&k->h, &k->kept, resumed);
}

static Status epoch(Kept *k, int64_t a, const char *b)
{
    return kept_epoch(&k->h, &k->kept, a, b);
}

static void crash(Kept *k)
{
    kept_crash(&k->kept);
}

static void finish(Kept *k)
{
    kept_save(&k->kept);
    assert_int_equal(k->kept.sink->finish(k->kept.sink, &k->h.diag), ST_OK);
    crash(k);
}

static void close_bench(Kept *k)
{
    kept_close(&k->kept);
    harness_close(&k->h);
}

/* All files of the directory and what is in them, with UID for the number of the owner that the
 * first name has: ".part-UID-0.inprogress=1,x;". Locks are left out. */
static const char *files(const Kept *k)
{
    static char out[4096];
    struct dirent **entry;
    int count = scandir(harness_path(&k->h, "out"), &entry, NULL, alphasort);
    char uid[32] = "";
    out[0] = '\0';
    for (int i = 0; i < count; i++) {
        char name[300], *at;
        snprintf(name, sizeof name, "%s", entry[i]->d_name);
        free(entry[i]);
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strstr(name, "lock") != NULL)
            continue;
        char path[512], text[256] = "";
        snprintf(path, sizeof path, "%s/out/%.200s", k->h.folder, name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        if (uid[0] == '\0' && (at = strstr(name, "part-")) != NULL && strlen(at) > 21 &&
            at[21] == '-')
            snprintf(uid, sizeof uid, "%.16s", at + 5);
        if (uid[0] != '\0' && (at = strstr(name, uid)) != NULL) {
            memmove(at + 3, at + 16, strlen(at + 16) + 1);
            memcpy(at, "UID", 3);
        }
        for (char *p = text; *p != '\0'; p++)
            *p = *p == '\n' ? ';' : *p;
        snprintf(out + strlen(out), sizeof out - strlen(out), "%s=%s ", name, text);
    }
    if (count >= 0)
        free(entry);
    return out;
}

/* The name of a part of the first owner whose parts are there: "out/part-UID-0". */
static const char *part_name(const Kept *k, bool hidden, int part)
{
    static char name[2][128];
    struct dirent **entry;
    int count = scandir(harness_path(&k->h, "out"), &entry, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *at = strstr(entry[i]->d_name, "part-");
        if (at != NULL)
            snprintf(name[hidden], sizeof name[0], "out/%s%.21s-%d%s", hidden ? "." : "", at, part,
                     hidden ? ".inprogress" : "");
        free(entry[i]);
    }
    free(entry);
    return name[hidden];
}

/* A full part waits for the commit after the one that filled it; the sink says that it waits. */
static void test_shown_a_commit_later(void **state)
{
    (void)state;
    Kept k;
    open_bench(&k);
    assert_int_equal(start(&k, false), ST_OK);
    assert_int_equal(k.kept.stored, 0);
    assert_int_equal(epoch(&k, 1, "abc"), ST_OK);
    assert_string_equal(files(&k), ".part-UID-0.inprogress=1,abc; ");
    assert_false(k.kept.sink->wants_commit(k.kept.sink));
    assert_int_equal(epoch(&k, 2, "def"), ST_OK); /* 12 bytes */
    assert_string_equal(files(&k), ".part-UID-0.inprogress=1,abc;2,def; ");
    assert_true(k.kept.sink->wants_commit(k.kept.sink));
    assert_int_equal(epoch(&k, 0, NULL), ST_OK);
    assert_string_equal(files(&k), "part-UID-0=1,abc;2,def; ");
    assert_false(k.kept.sink->wants_commit(k.kept.sink));
    assert_int_equal(epoch(&k, 3, "g"), ST_OK);
    k.h.clock.virtual_now += 9 * MICROS_PER_SECOND;
    assert_false(k.kept.sink->wants_commit(k.kept.sink));
    k.h.clock.virtual_now += 2 * MICROS_PER_SECOND; /* it grows old */
    assert_true(k.kept.sink->wants_commit(k.kept.sink));
    assert_int_equal(epoch(&k, 0, NULL), ST_OK);
    assert_int_equal(epoch(&k, 0, NULL), ST_OK);
    assert_string_equal(files(&k), "part-UID-0=1,abc;2,def; part-UID-1=3,g; ");
    assert_false(k.kept.sink->wants_commit(k.kept.sink));
    close_bench(&k);
}

static void test_crash_and_finish(void **state)
{
    (void)state;
    Kept k;
    open_bench(&k);
    assert_int_equal(start(&k, false), ST_OK);
    assert_int_equal(epoch(&k, 1, "a"), ST_OK);
    assert_int_equal(epoch(&k, 2, "b"), ST_OK); /* saved with it: epoch 1 */
    crash(&k);
    assert_string_equal(files(&k), ".part-UID-0.inprogress=1,a;2,b; ");
    assert_int_equal(start(&k, true), ST_OK);
    assert_int_equal(k.kept.stored, 1);
    assert_string_equal(files(&k), ".part-UID-0.inprogress=1,a; ");
    k.kept.epoch = 1;
    assert_int_equal(epoch(&k, 2, "b"), ST_OK);
    finish(&k);
    assert_string_equal(files(&k), "part-UID-0=1,a;2,b; ");
    close_bench(&k);
}

/* Others' parts in the same directory are not touched, hidden or not. */
static void test_two_in_one_directory(void **state)
{
    (void)state;
    Kept k;
    open_bench(&k);
    Harness *h = &k.h;
    assert_int_equal(start(&k, false), ST_OK);
    assert_int_equal(epoch(&k, 1, "a"), ST_OK);
    Sink *first = k.kept.sink;
    h->env.owner.sink = 2;
    assert_int_equal(start(&k, false), ST_OK);
    assert_int_equal(epoch(&k, 7, "x"), ST_OK);
    assert_int_equal(epoch(&k, 8, "y"), ST_OK);
    crash(&k);
    harness_write(h, "out/.part-7.inprogress", "w", "o");
    assert_int_equal(start(&k, true), ST_OK);
    k.kept.epoch = k.kept.stored;
    assert_int_equal(epoch(&k, 8, "y"), ST_OK);
    finish(&k);
    h->env.owner = (SinkOwner){TEXT(DATABASE), 4, 1}; /* another job of that database */
    strbuf_clear(&k.kept.memory);
    assert_int_equal(start(&k, false), ST_OK);
    crash(&k);
    h->env.owner = (SinkOwner){TEXT("0b5d0b7e-0000-4000-8000-000000000002"), 3, 1};
    assert_int_equal(start(&k, false), ST_OK);
    crash(&k);
    StrBuf ignored;
    strbuf_init(&ignored, NULL);
    assert_int_equal(first->save(first, &ignored), ST_OK);
    assert_int_equal(first->finish(first, &h->diag), ST_OK);
    strbuf_close(&ignored);
    first->close(first);
    const char *all = files(&k);
    assert_non_null(strstr(all, ".part-7.inprogress=o "));
    assert_non_null(strstr(all, "-0=1,a; "));
    assert_non_null(strstr(all, "-0=7,x;8,y; "));
    close_bench(&k);
}

/* A job that begins again leaves what it showed, and removes what it did not. */
static void test_begin_again(void **state)
{
    (void)state;
    Kept k;
    open_bench(&k);
    assert_int_equal(start(&k, false), ST_OK);
    assert_int_equal(epoch(&k, 1, "a"), ST_OK);
    finish(&k);
    assert_int_equal(start(&k, true), ST_OK);
    assert_int_equal(epoch(&k, 2, "b"), ST_OK);
    crash(&k);
    assert_string_equal(files(&k), ".part-UID-1.inprogress=2,b; part-UID-0=1,a; ");
    assert_int_equal(start(&k, false), ST_OK);
    assert_int_equal(k.kept.stored, 0);
    assert_string_equal(files(&k), "part-UID-0=1,a; ");
    assert_int_equal(epoch(&k, 1, "a"), ST_OK);
    finish(&k);
    assert_string_equal(files(&k), "part-UID-0=1,a; part-UID-1=1,a; ");
    close_bench(&k);
}

static void test_full_disk(void **state)
{
    (void)state;
    Kept k;
    open_bench(&k);
    assert_int_equal(start(&k, false), ST_OK);
    assert_int_equal(epoch(&k, 1, "a"), ST_OK);
    struct rlimit before, small = {.rlim_cur = 6};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    Status status = epoch(&k, 2, "bcd");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, ST_IO);
    assert_int_equal(k.h.diag.code, E3003);
    crash(&k);
    assert_string_equal(files(&k), ".part-UID-0.inprogress=1,a;2, "); /* what fitted */
    assert_int_equal(start(&k, true), ST_OK);
    assert_int_equal(k.kept.stored, 1);
    k.kept.epoch = 1;
    assert_int_equal(epoch(&k, 2, "bcd"), ST_OK);
    finish(&k);
    assert_string_equal(files(&k), "part-UID-0=1,a;2,bcd; ");
    close_bench(&k);
}

/* Of a job that was killed and perhaps never comes again; one that somebody holds stays. */
static void test_left_locks(void **state)
{
    (void)state;
    Kept k;
    OwnerLock held;
    int pid;
    char in_use[512], left[512];
    open_bench(&k);
    snprintf(in_use, sizeof in_use, "%s", harness_path(&k.h, "out/.part-0123456789abcdef-lock"));
    snprintf(left, sizeof left, "%s", harness_path(&k.h, "out/.part-fedcba9876543210-lock"));
    assert_int_equal(mkdir(harness_path(&k.h, "out"), 0777), 0);
    harness_write(&k.h, "out/.part-fedcba9876543210-lock", "w", "4194305\n");
    harness_write(&k.h, "out/.part-fedcba9876543210-lock2", "w", "");
    harness_write(&k.h, "out/.part-mine-lock", "w", "");
    assert_int_equal(owner_lock_take(&held, in_use, 0666, &pid), OWNER_LOCK_HELD);
    assert_int_equal(start(&k, false), ST_OK);
    assert_int_equal(access(left, F_OK), -1);
    assert_int_equal(access(in_use, F_OK), 0);
    assert_int_equal(access(harness_path(&k.h, "out/.part-fedcba9876543210-lock2"), F_OK), 0);
    assert_int_equal(access(harness_path(&k.h, "out/.part-mine-lock"), F_OK), 0);
    owner_lock_release(&held, in_use);
    close_bench(&k);
}

static void test_read_only_directory(void **state)
{
    (void)state;
    Kept k;
    open_bench(&k);
    assert_int_equal(mkdir(harness_path(&k.h, "out"), 0555), 0);
    assert_int_equal(chmod(k.h.folder, 0755), 0);
    kept_needs_rights(&k.h, ST_IO, E3003);
    assert_int_equal(chmod(harness_path(&k.h, "out"), 0755), 0);
    close_bench(&k);
}

static void test_in_use(void **state)
{
    (void)state;
    Kept k;
    char pid[32];
    open_bench(&k);
    assert_int_equal(start(&k, false), ST_OK);
    Sink *first = k.kept.sink;
    assert_int_equal(start(&k, false), ST_IO);
    assert_int_equal(k.h.diag.code, E3006);
    snprintf(pid, sizeof pid, "process %d", (int)getpid());
    assert_non_null(strstr(k.h.diag.message, pid));
    first->close(first);
    assert_int_equal(start(&k, false), ST_OK);
    close_bench(&k);
}

/* What is not as the job left it is an error, and nothing is touched. */
static void test_changed_from_outside(void **state)
{
    (void)state;
    static const struct {
        const char *hidden; /* what is then in the part in hand; NULL: it is not there */
        int shown;          /* a visible part that is there too; -1: none */
    } cases[] = {
        {"1,\n", -1},      {"1,z\n2,b\n", -1}, {NULL, -1},
        {"1,a\n2,b\n", 0}, /* shown by whoever went on with a copy of the database */
        {"1,a\n2,b\n", 1}, {NULL, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Kept k;
        open_bench(&k);
        assert_int_equal(start(&k, false), ST_OK);
        assert_int_equal(epoch(&k, 1, "a"), ST_OK);
        assert_int_equal(epoch(&k, 2, "b"), ST_OK);
        crash(&k);
        if (cases[i].shown >= 0)
            harness_write(&k.h, part_name(&k, false, cases[i].shown), "w", "1,a\n2,b\n");
        if (cases[i].hidden != NULL)
            harness_write(&k.h, part_name(&k, true, 0), "w", cases[i].hidden);
        else
            assert_int_equal(unlink(harness_path(&k.h, part_name(&k, true, 0))), 0);
        char before[1024];
        snprintf(before, sizeof before, "%s", files(&k));
        if (start(&k, true) != ST_IO || k.h.diag.code != E3006)
            fail_msg("case %zu: %s", i, k.h.diag.message);
        assert_string_equal(files(&k), before);
        close_bench(&k);
    }
}

static void test_damaged_memory(void **state)
{
    (void)state;
    Kept k;
    open_bench(&k);
    kept_refuses_damaged_memory(&k.h);
    close_bench(&k);
}

static void test_no_memory(void **state)
{
    (void)state;
    Kept k;
    open_bench(&k);
    kept_opens_or_leaves_nothing(&k.h, "out/.part-0.inprogress");
    close_bench(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown_a_commit_later),
        cmocka_unit_test(test_crash_and_finish),
        cmocka_unit_test(test_two_in_one_directory),
        cmocka_unit_test(test_begin_again),
        cmocka_unit_test(test_left_locks),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_read_only_directory),
        cmocka_unit_test(test_in_use),
        cmocka_unit_test(test_changed_from_outside),
        cmocka_unit_test(test_damaged_memory),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
