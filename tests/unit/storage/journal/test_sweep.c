/* What no checkpoint needs any more goes, a share with each transaction, also after transactions
 * that came to nothing and in later runs; and nothing else goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/catalog/catalog.h"
#include "storage/journal/state_store.h"
#include "storage/journal/sweep.h"
#include "tests/support/db_fixture.h"

enum { JOB = 3, LISTS = 3, PAGES = 12, PAGE_BYTES = 640 };

typedef struct Bench {
    Fixture fixture;
    Db *db;
} Bench;

static void must(Status status, const Diag *diag)
{
    if (status != ST_OK)
        fail_msg("%d: %s", status, diag->message);
}

static void open_bench(Bench *bench)
{
    Catalog *catalog;
    Diag diag = {0};
    fixture_open(&bench->fixture);
    must(db_open(text_of(bench->fixture.path), DB_OWNER, NULL, &bench->db, &diag), &diag);
    must(catalog_open(bench->db, NULL, &catalog, &diag), &diag);
    must(db_begin(bench->db, &diag), &diag);
    must(catalog_make_tables(catalog, &diag), &diag);
    must(db_commit(bench->db, &diag), &diag);
    catalog_close(catalog);
}

static void close_bench(Bench *bench)
{
    db_close(bench->db);
    fixture_close(&bench->fixture);
}

static void shows(Bench *bench, const char *sql, const char *expected)
{
    assert_string_equal(fixture_query(&bench->fixture, sql), expected);
}

/* --- rows --- */

/* Sets 1 to 4 of three pages in two versions, each row of 100 bytes; and another job's. */
static const char rows[] =
    "WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 23) "
    "INSERT INTO _weir_state SELECT job, 1 + i / 6, i / 2 % 3, 1 + i % 2, zeroblob(100) FROM n, "
    "(SELECT 3 AS job UNION ALL SELECT 4);"
    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9) "
    "INSERT INTO _weir_journal SELECT job, i, zeroblob(100), 0, 0 FROM n, "
    "(SELECT 3 AS job UNION ALL SELECT 4)";

static const char left[] = "SELECT pageset, page, version FROM _weir_state WHERE job = 3 "
                           "ORDER BY pageset, page, version";

static void open_rows(Bench *bench, Sweep *sweep)
{
    Diag diag = {0};
    open_bench(bench);
    shows(bench, rows, "");
    must(sweep_open(sweep, bench->db, JOB, NULL, &diag), &diag);
    assert_int_equal(sweep->last_set, 4);
}

static void close_rows(Bench *bench, Sweep *sweep)
{
    shows(bench,
          "SELECT (SELECT count(*) FROM _weir_state WHERE job = 4), (SELECT count(*) FROM "
          "_weir_journal WHERE job = 4)",
          "24|9");
    sweep_close(sweep);
    close_bench(bench);
}

/* One transaction; returns how many rows went. */
static int share(Bench *bench, Sweep *sweep, uint64_t bytes, bool commits)
{
    static const char count[] = "SELECT (SELECT count(*) FROM _weir_state) + "
                                "(SELECT count(*) FROM _weir_journal)";
    Diag diag = {0};
    int before = atoi(fixture_query(&bench->fixture, count));
    must(db_begin(bench->db, &diag), &diag);
    must(sweep_go_on(sweep, bytes, &diag), &diag);
    if (commits) {
        must(db_commit(bench->db, &diag), &diag);
        sweep_committed(sweep);
    } else {
        db_rollback(bench->db);
        sweep_rolled_back(sweep);
    }
    return before - atoi(fixture_query(&bench->fixture, count));
}

static void spared_and_doomed(void **state)
{
    Bench bench;
    Sweep sweep;
    (void)state;
    open_rows(&bench, &sweep);
    sweep_spare(&sweep, 2);
    sweep_spare(&sweep, 3);
    sweep_spare(&sweep, 77); /* has no rows */
    assert_int_equal(sweep_doom(&sweep, &(Doomed){2, 1, 1, 0, 1}), ST_OK);
    assert_int_equal(sweep_doom(&sweep, &(Doomed){2, 2, 2, 0, 1}), ST_OK);
    assert_int_equal(sweep_doom(&sweep, &(Doomed){3, 0, 0, 2, 2}), ST_OK);
    sweep_doom_journal(&sweep, 6);
    sweep_settle(&sweep);
    while (!sweep_is_over(&sweep))
        share(&bench, &sweep, 1, true);
    shows(&bench, left, "2|0|1\n2|0|2\n2|1|2\n2|2|2\n3|0|1\n3|1|1\n3|1|2\n3|2|1\n3|2|2");
    shows(&bench, "SELECT epoch FROM _weir_journal WHERE job = 3", "7\n8\n9");
    assert_int_equal(sweep_doom(&sweep, &(Doomed){2, 0, 0, 2, 2}), ST_OK);
    assert_int_equal(share(&bench, &sweep, 1, true), 1);
    Diag diag = {0};
    must(db_begin(bench.db, &diag), &diag);
    must(sweep_go_on(&sweep, 1, &diag), &diag); /* finds nothing more */
    assert_true(sweep_is_over(&sweep));
    assert_int_equal(sweep_doom(&sweep, &(Doomed){2, 1, 1, 2, 2}), ST_OK);
    must(sweep_go_on(&sweep, 1, &diag), &diag);
    must(db_commit(bench.db, &diag), &diag);
    sweep_committed(&sweep);
    shows(&bench, left, "2|0|1\n2|2|2\n3|0|1\n3|1|1\n3|1|2\n3|2|1\n3|2|2");
    close_rows(&bench, &sweep);
}

/* A share is a number of rows by their bytes, and a little for each. */
static void a_share_is_bounded(void **state)
{
    Bench bench;
    Sweep sweep;
    (void)state;
    open_rows(&bench, &sweep);
    assert_int_equal(share(&bench, &sweep, 1, true), 1);
    assert_int_equal(share(&bench, &sweep, 3 * 4196, true), 3);
    assert_int_equal(share(&bench, &sweep, 3 * 4196, false), 0);
    assert_int_equal(share(&bench, &sweep, 100000000, true), 20);
    assert_true(sweep_is_over(&sweep));
    assert_int_equal(share(&bench, &sweep, 100000000, true), 0);
    shows(&bench, left, "");
    close_rows(&bench, &sweep);
}

/* A transaction that has swept the rest and doomed more comes to nothing: what was to be swept
 * before is to be swept still, and the rest is not. */
static void rolled_back(void **state)
{
    Bench bench;
    Sweep sweep;
    Diag diag = {0};
    (void)state;
    open_rows(&bench, &sweep);
    sweep_spare(&sweep, 1);
    sweep_spare(&sweep, 3);
    assert_int_equal(share(&bench, &sweep, 1, true), 1);
    must(db_begin(bench.db, &diag), &diag);
    must(sweep_go_on(&sweep, 100000000, &diag), &diag);
    assert_true(sweep_is_over(&sweep));
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(sweep_doom(&sweep, &(Doomed){1, i, i, 0, i}), ST_OK);
    sweep_doom_journal(&sweep, 8);
    must(sweep_go_on(&sweep, 1, &diag), &diag);
    db_rollback(bench.db);
    sweep_rolled_back(&sweep);
    shows(&bench, "SELECT count(*) FROM _weir_state WHERE job = 3", "23");
    assert_false(sweep_is_over(&sweep));
    while (!sweep_is_over(&sweep))
        share(&bench, &sweep, 9000, true);
    shows(&bench, "SELECT DISTINCT pageset FROM _weir_state WHERE job = 3", "1\n3");
    shows(&bench, "SELECT count(*) FROM _weir_journal WHERE job = 3", "9");
    close_rows(&bench, &sweep);
}

/* --- lives of a job --- */

/* A few sets of pages, some of which are closed and opened anew, as those of windows are. The first
 * eight bytes of each slice say how often it was changed. */
typedef struct State {
    PageSet list[LISTS];
} State;

typedef struct Model {
    uint64_t slice[LISTS][PAGES][PAGE_SLICES];
    uint32_t pages[LISTS];
} Model;

enum { SLICE = 16, SLICES = PAGE_BYTES / SLICE };

typedef struct Life {
    Bench bench;
    StateStore *store;
    Freeze freeze;
    State state;
    Model now, frozen, valid;
    uint64_t epoch, frozen_epoch;
    StrBuf stream;
    bool writing;
    uint64_t highest_set; /* ever seen */
    uint64_t random;
    uint32_t checkpoints, kills, cut_off;
} Life;

static uint32_t draw(Life *life, uint32_t below)
{
    life->random = life->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(life->random >> 33) % below;
}

static Status walk_lists(Life *life, StateWalk *walk)
{
    for (uint32_t i = 0; i < LISTS; i++)
        TRY(state_walk_pages(walk, &life->state.list[i]));
    return ST_OK;
}

static void change(Life *life, uint32_t list, uint32_t page, uint32_t slice)
{
    PageSet *set = &life->state.list[list];
    uint64_t *value = &life->now.slice[list][page][slice];
    ++*value;
    memcpy(page_write_at(set, page, slice * SLICE, sizeof *value), value, sizeof *value);
}

static void change_something(Life *life)
{
    uint32_t list = draw(life, LISTS), *pages = &life->now.pages[list], dice = draw(life, 12), page;
    if (dice == 0 && list > 0) {
        pages_close(&life->state.list[list]);
        memset(life->now.slice[list], 0, sizeof life->now.slice[list]);
        *pages = 0;
    }
    if (*pages == 0 || (dice == 1 && *pages < PAGES)) {
        assert_int_equal(pages_add(&life->state.list[list], PAGE_BYTES, &page), ST_OK);
        *pages = page + 1;
    }
    page = draw(life, *pages);
    for (uint32_t i = 0; i < SLICES && (i == 0 || dice < 6); i++)
        change(life, list, page, dice < 6 ? i : draw(life, SLICES));
}

static void holds(const Life *life, const Model *model)
{
    for (uint32_t list = 0; list < LISTS; list++) {
        assert_int_equal(life->state.list[list].count, model->pages[list]);
        for (uint32_t i = 0; i < model->pages[list] * SLICES; i++) {
            uint64_t value;
            memcpy(&value,
                   page_read(&life->state.list[list], i / SLICES) + (size_t)(i % SLICES) * SLICE,
                   sizeof value);
            assert_int_equal(value, model->slice[list][i / SLICES][i % SLICES]);
        }
    }
}

static void begin(Life *life)
{
    Diag diag = {0};
    for (uint32_t i = 0; i < LISTS; i++)
        pages_init(&life->state.list[i], NULL);
    strbuf_init(&life->stream, NULL);
    must(state_store_open(life->bench.db, JOB, NULL, &life->store, &diag), &diag);
    CheckpointInfo info = state_store_checkpoint(life->store);
    freeze_init(&life->freeze, NULL, info.last_set_id);
    life->writing = false;
    life->epoch = info.epoch;
    life->now = life->valid;
    if (info.exists) {
        StateWalk *walk;
        must(state_store_read(life->store, &life->freeze, &walk, &diag), &diag);
        must(state_store_read_end(life->store, walk_lists(life, walk), &diag), &diag);
    }
    holds(life, &life->valid);
}

static void end(Life *life)
{
    for (uint32_t i = 0; i < LISTS; i++)
        pages_close(&life->state.list[i]);
    freeze_close(&life->freeze);
    strbuf_close(&life->stream);
    state_store_close(life->store);
}

static void freeze(Life *life)
{
    StateWalk walk = {.freeze = &life->freeze, .out = &life->stream};
    strbuf_clear(&life->stream);
    freeze_begin(&life->freeze);
    assert_int_equal(walk_lists(life, &walk), ST_OK);
    for (uint32_t i = 0; i < life->freeze.count; i++) {
        if (life->freeze.page[i].set_id > life->highest_set)
            life->highest_set = life->freeze.page[i].set_id;
    }
    life->frozen = life->now;
    life->frozen_epoch = life->epoch;
    life->writing = true;
}

/* True: the checkpoint is finished. */
static bool put_pages(Life *life, uint32_t count, Diag *diag)
{
    StrBuf blob;
    const FrozenPage *page = NULL;
    bool all = false;
    strbuf_init(&blob, NULL);
    for (uint32_t i = 0; i < count && !all; i++) {
        strbuf_clear(&blob);
        assert_int_equal(freeze_next(&life->freeze, &blob, &page), ST_OK);
        all = page == NULL;
        if (!all) {
            must(state_store_put_page(life->store, page, strbuf_as_text(&blob), diag), diag);
            freeze_written(&life->freeze);
        }
    }
    strbuf_close(&blob);
    if (!all || !state_store_is_swept(life->store))
        return false;
    must(state_store_finish(life->store, life->frozen_epoch, strbuf_as_text(&life->stream),
                            &life->freeze, diag),
         diag);
    return true;
}

/* An epoch's transaction, and whether it comes to something. */
static void commit(Life *life, uint32_t pages, uint64_t swept_bytes, bool through)
{
    Diag diag = {0};
    bool finished = false;
    JournalEntry entry = {life->epoch + 1, TEXT("some input"), life->random};
    must(db_begin(life->bench.db, &diag), &diag);
    must(journal_put(life->store, &entry, &diag), &diag);
    must(state_store_sweep(life->store, swept_bytes, &diag), &diag);
    if (life->writing)
        finished = put_pages(life, pages, &diag);
    if (!through) {
        db_rollback(life->bench.db);
        state_store_rolled_back(life->store);
        freeze_rolled_back(&life->freeze);
        return;
    }
    must(db_commit(life->bench.db, &diag), &diag);
    state_store_committed(life->store);
    freeze_committed(&life->freeze);
    life->epoch++;
    if (finished) {
        freeze_finish(&life->freeze);
        life->writing = false;
        life->valid = life->frozen;
        life->checkpoints++;
    }
}

/* Of the epochs behind the checkpoint there is an entry each, and no other. */
static void has_journal(Life *life, uint64_t last_epoch)
{
    JournalEntry entry;
    Diag diag = {0};
    bool found = true;
    uint64_t epoch = state_store_checkpoint(life->store).epoch;
    for (;; epoch++) {
        must(journal_next(life->store, &entry, &found, &diag), &diag);
        if (!found)
            break;
    }
    if (state_store_checkpoint(life->store).exists)
        assert_int_equal(epoch, last_epoch);
}

static void be_killed(Life *life)
{
    uint64_t last_epoch = life->epoch;
    life->cut_off += life->writing && life->freeze.next > 0;
    life->kills++;
    end(life);
    begin(life);
    has_journal(life, last_epoch);
    assert_true(life->freeze.last_set_id >= state_store_checkpoint(life->store).last_set_id);
    if (state_store_checkpoint(life->store).exists)
        life->epoch = last_epoch; /* the journal is gone through, as far as this test goes */
    life->now = life->valid;
}

/* All rows that one checkpoint needs, and no more: after it has taken every page whole. `killed`:
 * before any of what it replaces is swept. */
static void comes_down_to_one_checkpoint(Life *life, bool killed)
{
    char expected[32];
    uint32_t pages = 0, before = life->checkpoints;
    for (uint32_t list = 0; list < LISTS; list++) {
        for (uint32_t i = 0; i < life->now.pages[list] * SLICES; i++)
            change(life, list, i / SLICES, i % SLICES);
        pages += life->now.pages[list];
    }
    while (life->writing)
        commit(life, 5, 9000, true);
    freeze(life);
    while (life->writing)
        commit(life, 5, 9000, true);
    if (killed)
        be_killed(life);
    while (!state_store_is_swept(life->store))
        commit(life, 5, 9000, true);
    assert_true(life->checkpoints > before);
    snprintf(expected, sizeof expected, "%u|0|0", pages + 1);
    shows(&life->bench,
          "SELECT (SELECT count(*) FROM _weir_state), (SELECT count(*) FROM _weir_state WHERE "
          "version <> c.version), (SELECT count(*) FROM _weir_journal WHERE epoch <= c.epoch) "
          "FROM _weir_checkpoints c",
          expected);
}

static void live(Life *life, uint32_t steps)
{
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t dice = draw(life, 100);
        change_something(life);
        if (dice < 12 && !life->writing)
            freeze(life);
        if (dice >= 12 && dice < 60)
            commit(life, draw(life, 6), draw(life, 4) * 5000, dice < 50);
        if (dice == 60 && life->writing) { /* as when memory for a copy was short */
            freeze_abandon(&life->freeze);
            life->writing = false;
        }
        if (dice >= 97)
            be_killed(life);
    }
}

static void open_life(Life *life, uint64_t seed)
{
    *life = (Life){.random = seed};
    open_bench(&life->bench);
    begin(life);
}

/* In which a first checkpoint of some changes is begun. */
static void open_changed_life(Life *life)
{
    open_life(life, 1);
    for (uint32_t i = 0; i < 100; i++)
        change_something(life);
    freeze(life);
}

static void close_life(Life *life)
{
    end(life);
    close_bench(&life->bench);
}

static void lives_of_a_job(void **state)
{
    (void)state;
    uint32_t checkpoints = 0, cut_off = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        static Life life;
        open_life(&life, seed);
        for (int round = 0; round < 3; round++) {
            live(&life, 250);
            if (life.writing && draw(&life, 2) == 0)
                be_killed(&life);
            comes_down_to_one_checkpoint(&life, round % 2 == 0);
            comes_down_to_one_checkpoint(&life, round % 2 != 0);
        }
        checkpoints += life.checkpoints;
        cut_off += life.cut_off;
        close_life(&life);
    }
    assert_true(checkpoints > 300 && cut_off > 30);
}

/* What a run has left that was cut off before its first checkpoint: pages, entries. */
static void nothing_of_an_unfinished_beginning(void **state)
{
    (void)state;
    static Life life;
    open_changed_life(&life);
    for (uint32_t i = 0; i < 4; i++)
        commit(&life, 2, 1, true);
    be_killed(&life);
    shows(&life.bench, "SELECT count(*) FROM _weir_state", "8");
    assert_false(state_store_checkpoint(life.store).exists);
    assert_false(state_store_is_swept(life.store));
    freeze(&life);
    commit(&life, 100, 1, true); /* waits for the sweep */
    assert_true(life.writing);
    shows(&life.bench, "SELECT epoch FROM _weir_journal", "1");
    commit(&life, 100, 1000000, true);
    assert_false(life.writing);
    be_killed(&life); /* which looks at the journal */
    comes_down_to_one_checkpoint(&life, false);
    close_life(&life);
}

/* A set that is new in a checkpoint which is cut off: its rows are still there when the next run
 * has a new set, too, and its pages are written before they are swept. */
static void no_number_is_given_out_again(void **state)
{
    (void)state;
    static Life life;
    open_changed_life(&life);
    commit(&life, 100, 1, true);
    for (int run = 0; run < 3; run++) {
        for (uint32_t list = 1; list < LISTS; list++) {
            uint32_t page;
            pages_close(&life.state.list[list]);
            memset(life.now.slice[list], 0, sizeof life.now.slice[list]);
            assert_int_equal(pages_add(&life.state.list[list], PAGE_BYTES, &page), ST_OK);
            life.now.pages[list] = 1;
            change(&life, list, 0, 5);
        }
        freeze(&life);
        if (run < 2) {
            commit(&life, 2, 0, true); /* which is cut off */
            be_killed(&life);
        }
    }
    while (life.writing)
        commit(&life, 100, 1, true);
    be_killed(&life);
    comes_down_to_one_checkpoint(&life, true);
    close_life(&life);
}

/* The first checkpoint has nothing to replace, and looks for nothing. */
static void the_first_one_replaces_nothing(void **state)
{
    (void)state;
    static Life life;
    open_changed_life(&life);
    assert_true(state_store_is_swept(life.store));
    commit(&life, 100, 1, true);
    assert_false(life.writing);
    assert_true(state_store_is_swept(life.store));
    close_life(&life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spared_and_doomed),
        cmocka_unit_test(a_share_is_bounded),
        cmocka_unit_test(rolled_back),
        cmocka_unit_test(lives_of_a_job),
        cmocka_unit_test(nothing_of_an_unfinished_beginning),
        cmocka_unit_test(no_number_is_given_out_again),
        cmocka_unit_test(the_first_one_replaces_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
