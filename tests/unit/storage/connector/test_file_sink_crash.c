/* The filesystem sink, killed at every moment: no row is lost, comes twice, or shows too early. */
#include "crash_harness.h"

enum { EPOCHS = 7, MOST_CALLS = 30 /* that want room */ };

/* Epoch 3 and 6 are empty; the others have one to three rows of differing length. */
static void put_rows(SinkRows *rows, uint64_t epoch)
{
    static char text[32];
    snprintf(text, sizeof text, "%.*s", (int)epoch * 3, "abcdefghijklmnopqrstuvwxyz");
    for (uint64_t i = 0; i < epoch % 3 + (epoch % 3 > 0); i++)
        sink_rows_add(rows, ROW_INSERT, (int64_t)(epoch * 10 + i), text);
}

static const CrashJob job = {EPOCHS, 4, put_rows};

/* What the files hold up to an epoch; by hand, from what put_rows says. */
static size_t expected_until(uint64_t epoch, char out[1024])
{
    size_t size = 0;
    for (uint64_t e = 1; e <= epoch; e++) {
        for (uint64_t i = 0; i < e % 3 + (e % 3 > 0); i++)
            size += (size_t)snprintf(out + size, 1024 - size, "%d,%.*s\n", (int)(e * 10 + i),
                                     (int)e * 3, "abcdefghijklmnopqrstuvwxyz");
    }
    return size;
}

/* The visible parts one after the other, in the order of their numbers; a reader that takes them
 * away removes them. */
static int part_order(const struct dirent **a, const struct dirent **b)
{
    long left = atol(strrchr((*a)->d_name, '-') + 1), right = atol(strrchr((*b)->d_name, '-') + 1);
    return (left > right) - (left < right);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static size_t read_parts(const Harness *h, bool take, char *out, size_t size)
{
    struct dirent **entry;
    int count = scandir(harness_path(h, "out"), &entry, is_visible, part_order);
    size_t used = 0;
    for (int i = 0; i < count; i++) {
        char name[128];
        snprintf(name, sizeof name, "out/%.100s", entry[i]->d_name);
        FILE *file = fopen(harness_path(h, name), "r");
        assert_non_null(file);
        used += fread(out + used, 1, size - used, file);
        fclose(file);
        if (take)
            unlink(harness_path(h, name));
        free(entry[i]);
    }
    if (count >= 0)
        free(entry);
    return used;
}

typedef struct Reader {
    bool takes;
    char seen[1024];
    size_t size;
} Reader;

/* What has shown up so far is what was committed first, and nothing else. */
static void look(const Harness *h, Reader *reader, const CrashDb *db)
{
    char expected[1024];
    size_t most = expected_until(db->epoch, expected);
    if (!reader->takes)
        reader->size = 0;
    reader->size += read_parts(h, reader->takes, reader->seen + reader->size,
                               sizeof reader->seen - reader->size);
    assert_true(reader->size <= most);
    assert_memory_equal(reader->seen, expected, reader->size);
}

static void open_job(Harness *h, const char *size)
{
    harness_open(h, "filesystem",
                 HARNESS_OPTIONS_OF("connector", "filesystem", "path", "out", "format", "csv",
                                    "sink.rolling-policy.file-size", size));
    harness_column(h, "a", type_make(TYPE_BIGINT));
    harness_column(h, "b", type_string());
    h->env.owner = (SinkOwner){TEXT("0b5d0b7e-0000-4000-8000-000000000001"), 3, 1};
}

static void check_all(const Harness *h, Reader *reader, const CrashDb *db)
{
    char expected[1024];
    look(h, reader, db);
    assert_true(db->ended);
    assert_int_equal(reader->size, expected_until(EPOCHS, expected));
    struct dirent **entry;
    int left = 0, count = scandir(harness_path(h, "out"), &entry, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        left += strstr(entry[i]->d_name, "inprogress") != NULL ||
                strstr(entry[i]->d_name, "lock") != NULL;
        free(entry[i]);
    }
    free(entry);
    assert_int_equal(left, 0);
}

/* A part in hand that finish showed and a reader took before the job could note it: the message
 * says what to do, and that is done. */
static void put_back(Harness *h, const CrashDb *db)
{
    Sink *sink;
    SinkMemory memory = {db->epoch > 0, db->exists, {db->bytes, db->size}};
    char name[128], path[512];
    uint64_t stored;
    diag_reset(&h->diag);
    if (h->table.connector->open_sink(&h->table, &h->env, &memory, &stored, &sink, &h->diag) ==
        ST_OK) {
        sink->close(sink);
        return;
    }
    assert_int_equal(h->diag.code, E3006);
    assert_int_equal(
        sscanf(h->diag.hint, "if it was finished and then fetched as %100[^,], put", name), 1);
    snprintf(path, sizeof path, "%s/out/%.100s", h->folder, name);
    assert_int_equal(close(open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666)), 0);
    diag_reset(&h->diag);
}

/* How a job is disturbed. */
typedef struct Disturbance {
    const char *part_size;
    int first, second; /* the moments it is killed at; second 0: once */
    CrashMode mode;
    bool takes; /* a reader takes away what it sees */
    int full;   /* from this call that wants room on there is none, for a while; 0: never */
} Disturbance;

/* False: there is no such moment. */
static bool survive(const Disturbance *disturbance)
{
    Harness h;
    Reader reader = {.takes = disturbance->takes};
    full.at = disturbance->full;
    full.times = 3;
    open_job(&h, disturbance->part_size);
    CrashDb *db = crash_db_open();
    bool crashed = crash_run(&h, &job, db, disturbance->first, disturbance->mode);
    look(&h, &reader, db);
    if (reader.takes)
        put_back(&h, db);
    if (crashed && disturbance->second > 0)
        crash_run(&h, &job, db, disturbance->second, disturbance->mode);
    look(&h, &reader, db);
    if (reader.takes)
        put_back(&h, db);
    assert_false(crash_run(&h, &job, db, 0, disturbance->mode));
    check_all(&h, &reader, db);
    munmap(db, sizeof *db);
    harness_close(&h);
    return crashed;
}

/* Small parts, one or two epochs each, and one part for all. */
static const char *const sizes[] = {"1 b", "20 b", "1 MB"};

static void test_every_moment(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (int mode = 0; mode < CRASH_MODES; mode++) {
            Disturbance disturbance = {sizes[s], 1, 0, (CrashMode)mode, false, 0};
            while (survive(&disturbance))
                disturbance.first++;
            assert_true(disturbance.first > 40);
        }
    }
}

static void test_twice(void **state)
{
    (void)state;
    for (int mode = 0; mode < CRASH_MODES; mode++) {
        Disturbance disturbance = {"20 b", 1, 8, (CrashMode)mode, false, 0};
        for (; survive(&disturbance); disturbance.first++)
            disturbance.second = disturbance.first * 7 % 17 + 1;
    }
}

static void test_parts_are_taken(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        Disturbance disturbance = {sizes[s], 1, 0, CRASH_AFTER, true, 0};
        for (; survive(&disturbance); disturbance.first++)
            disturbance.second = disturbance.first % 11;
    }
}

/* A disk that is full for a while, at each call that wants room, and in all of that a kill. */
static void test_full_disk(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        Disturbance disturbance = {.part_size = sizes[s], .full = 1};
        for (; disturbance.full <= MOST_CALLS; disturbance.full++) {
            disturbance.first = 0;
            assert_false(survive(&disturbance));
        }
    }
    for (int mode = 0; mode < CRASH_MODES; mode++) {
        Disturbance disturbance = {"20 b", 1, 0, (CrashMode)mode, false, 1};
        for (; survive(&disturbance); disturbance.first++)
            disturbance.full = disturbance.first * 5 % MOST_CALLS + 1;
    }
    full.at = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_moment),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_parts_are_taken),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
