/* The bytes of a stream, in the hands of a reader and of a merge. What readers of files and of
 * standard input make of it is in their own tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/connector/spool.h"

typedef struct Bench {
    Meter meter;
    Arena arena;
    Spool *spool;
    StrBuf out;
} Bench;

static void bench_open(Bench *b, Spooling keeps)
{
    memset(b, 0, sizeof *b);
    meter_init(&b->meter, NULL, 0);
    arena_init(&b->arena, &b->meter);
    assert_int_equal(spool_make(&b->arena, &b->meter, keeps, &b->spool), ST_OK);
}

static void bench_close(Bench *b)
{
    spool_close(b->spool);
    strbuf_close(&b->out);
    arena_close(&b->arena);
    assert_int_equal(b->meter.used_bytes, 0);
}

static void add(Bench *b, const char *text)
{
    assert_int_equal(spool_add(b->spool, text, strlen(text)), ST_OK);
}

static void expect_read(const Bench *b, uint64_t at, SpoolRead result, const char *text)
{
    Text bytes;
    assert_int_equal(spool_read(b->spool, at, &bytes), result);
    assert_true(text_is(bytes, text));
}

/* Saves with one of the two functions, and loads into a new spool. */
static void pass_on(Bench *from, Bench *to, Status (*function)(Spool *spool, StateWalk *walk))
{
    StateWalk save = {.out = &from->out};
    strbuf_clear(&from->out);
    assert_int_equal(function(from->spool, &save), ST_OK);
    StateWalk load = {.loading = true, .in = strbuf_as_text(&from->out)};
    assert_int_equal(function(to->spool, &load), ST_OK);
    assert_int_equal(load.in.size, 0);
}

static void test_stream(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b, SPOOLS_BYTES);
    expect_read(&b, 0, SPOOL_STREAM, "");
    assert_false(spool_has_news(b.spool));
    add(&b, "abc");
    add(&b, "de");
    assert_true(spool_has_news(b.spool));
    expect_read(&b, 0, SPOOL_BYTES, "abcde");
    expect_read(&b, 3, SPOOL_BYTES, "de");
    expect_read(&b, 5, SPOOL_STREAM, "");
    spool_committed(b.spool, 4);
    assert_false(spool_has_news(b.spool));
    expect_read(&b, 4, SPOOL_BYTES, "e");
    add(&b, "");
    assert_true(spool_has_news(b.spool));
    expect_read(&b, 4, SPOOL_BYTES, "e");
    expect_read(&b, 5, SPOOL_END, "");
    spool_committed(b.spool, UINT64_MAX);
    expect_read(&b, 5, SPOOL_END, "");
    assert_false(spool_has_news(b.spool));
    bench_close(&b);
}

static void test_cuts(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b, SPOOLS_BYTES);
    assert_int_equal(spool_cut(b.spool), ST_OK); /* nothing lies in front of it */
    assert_false(spool_has_news(b.spool));
    add(&b, "abc");
    *spool_head(b.spool) = (StreamHead){3, 1};
    assert_int_equal(spool_cut(b.spool), ST_OK);
    assert_int_equal(spool_cut(b.spool), ST_OK);
    assert_int_equal(spool_head(b.spool)->size, 0);
    add(&b, "de");
    assert_int_equal(spool_cut(b.spool), ST_OK);
    add(&b, "f");
    expect_read(&b, 0, SPOOL_BYTES, "abc");
    expect_read(&b, 3, SPOOL_BYTES, "de");
    expect_read(&b, 5, SPOOL_BYTES, "f");
    static const uint64_t begun[] = {0, 0, 0, 3, 3, 5, 5};
    for (uint64_t committed = 0; committed <= 6; committed++) {
        spool_committed(b.spool, committed);
        for (uint64_t at = committed; at <= 6; at++)
            assert_int_equal(spool_begun(b.spool, at), begun[at]);
    }
    assert_int_equal(spool_cut(b.spool), ST_OK);
    assert_true(spool_has_news(b.spool)); /* a cut alone is some */
    bench_close(&b);
}

/* Three epochs, into a spool that begins with nothing or with what a checkpoint held before one of
 * them. */
static void test_epochs(void **state)
{
    (void)state;
    static const char *const text[] = {"abc", "de", "f"};
    static const uint64_t committed[] = {1, 4, 5};
    for (uint32_t saved = 0; saved <= 3; saved++) {
        Bench b, again;
        bool loaded = saved == 3;
        bench_open(&b, SPOOLS_BYTES);
        bench_open(&again, SPOOLS_BYTES);
        for (uint32_t epoch = 0; epoch < 3; epoch++) {
            if (epoch == saved)
                pass_on(&b, &again, spool_state);
            loaded = loaded || epoch == saved;
            if (epoch > 0)
                assert_int_equal(spool_cut(b.spool), ST_OK);
            add(&b, text[epoch]);
            *spool_head(b.spool) = (StreamHead){epoch + 1, epoch * 7};
            if (epoch == 2)
                add(&b, "");
            if (loaded)
                pass_on(&b, &again, spool_epoch);
            spool_committed(b.spool, committed[epoch]);
            if (loaded && epoch == 1)
                expect_read(&again, 5, SPOOL_WAIT, "");
        }
        expect_read(&again, 4, SPOOL_BYTES, "e");
        expect_read(&again, 5, SPOOL_BYTES, "f");
        expect_read(&again, 6, SPOOL_END, "");
        assert_int_equal(spool_begun(again.spool, 4), 3);
        assert_int_equal(spool_begun(again.spool, 5), 5);
        assert_int_equal(spool_head(again.spool)->size, 3);
        assert_int_equal(spool_head(again.spool)->hash, 14);
        assert_false(spool_has_news(again.spool));
        bench_close(&b);
        bench_close(&again);
    }
}

/* A replay that comes to the end of what there is waits; then the stream is asked. */
static void test_replay(void **state)
{
    (void)state;
    Bench b, again;
    bench_open(&b, SPOOLS_BYTES);
    bench_open(&again, SPOOLS_BYTES);
    add(&b, "ab");
    pass_on(&b, &again, spool_epoch);
    expect_read(&again, 0, SPOOL_BYTES, "ab");
    expect_read(&again, 2, SPOOL_WAIT, "");
    spool_go_live(again.spool);
    expect_read(&again, 0, SPOOL_BYTES, "ab");
    expect_read(&again, 2, SPOOL_STREAM, "");
    bench_close(&b);
    bench_close(&again);
}

/* One that is too short or says too much. */
static void test_damaged(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b, SPOOLS_BYTES);
    add(&b, "abc");
    assert_int_equal(spool_cut(b.spool), ST_OK);
    add(&b, "de");
    StateWalk save = {.out = &b.out};
    assert_int_equal(spool_state(b.spool, &save), ST_OK);
    for (uint32_t size = 0; size < b.out.size; size++) {
        Bench again;
        bench_open(&again, SPOOLS_BYTES);
        StateWalk load = {.loading = true, .in = {b.out.ptr, size}};
        assert_int_equal(spool_state(again.spool, &load), ST_STATE);
        bench_close(&again);
    }
    bench_close(&b);
}

/* --- records --- */

static void add_record(Bench *b, uint64_t offset, const char *text)
{
    assert_int_equal(spool_add_record(b->spool, offset, text_of(text)), ST_OK);
}

/* What there is from the offset on, as "7:abc 9: ". */
static void expect_records(const Bench *b, uint64_t offset, SpoolRead end, const char *wanted)
{
    StrBuf found;
    SpoolRecord record;
    SpoolRead result;
    uint64_t at = spool_find_record(b->spool, offset);
    strbuf_init(&found, NULL);
    while ((result = spool_read_record(b->spool, &at, &record)) == SPOOL_BYTES)
        strbuf_printf(&found, "%llu:%.*s ", (unsigned long long)record.offset,
                      TEXT_ARG(record.bytes));
    assert_int_equal(result, end);
    assert_string_equal(strbuf_cstr(&found), wanted);
    strbuf_close(&found);
}

static void test_records(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b, SPOOLS_RECORDS);
    expect_records(&b, 0, SPOOL_STREAM, "");
    spool_committed(b.spool, 7);
    add_record(&b, 7, "abc");
    add_record(&b, 9, "");
    add_record(&b, 1000, "d");
    assert_true(spool_has_news(b.spool));
    expect_records(&b, 0, SPOOL_STREAM, "7:abc 9: 1000:d ");
    expect_records(&b, 8, SPOOL_STREAM, "9: 1000:d ");
    expect_records(&b, 1001, SPOOL_STREAM, "");
    spool_committed(b.spool, 9); /* in front of the record there */
    assert_false(spool_has_news(b.spool));
    expect_records(&b, 0, SPOOL_STREAM, "9: 1000:d ");
    spool_committed(b.spool, 10);
    spool_committed(b.spool, 10);
    expect_records(&b, 0, SPOOL_STREAM, "1000:d ");
    assert_int_equal(spool_add(b.spool, NULL, 0), ST_OK);
    expect_records(&b, 0, SPOOL_END, "1000:d ");
    spool_committed(b.spool, UINT64_MAX);
    expect_records(&b, 0, SPOOL_END, "");
    bench_close(&b);
}

/* Of what a checkpoint held, and of an epoch behind it. */
static void test_records_again(void **state)
{
    (void)state;
    Bench b, again;
    bench_open(&b, SPOOLS_RECORDS);
    bench_open(&again, SPOOLS_RECORDS);
    add_record(&b, 3, "x");
    add_record(&b, 5, "y");
    spool_committed(b.spool, 5);
    pass_on(&b, &again, spool_state);
    add_record(&b, 8, "z");
    pass_on(&b, &again, spool_epoch);
    expect_records(&again, 0, SPOOL_WAIT, "5:y 8:z ");
    spool_committed(again.spool, 8);
    spool_go_live(again.spool);
    expect_records(&again, 0, SPOOL_STREAM, "8:z ");
    bench_close(&b);
    bench_close(&again);
}

/* Whatever byte is another one: it is refused, or the records can be read. */
static void test_damaged_records(void **state)
{
    (void)state;
    Bench b;
    uint32_t refused = 0;
    bench_open(&b, SPOOLS_RECORDS);
    add_record(&b, 300, "abc");
    add_record(&b, 301, "de");
    StateWalk save = {.out = &b.out};
    assert_int_equal(spool_epoch(b.spool, &save), ST_OK);
    for (uint32_t i = 0; i < 256 * b.out.size; i++) {
        Bench again;
        bench_open(&again, SPOOLS_RECORDS);
        char kept = b.out.ptr[i / 256];
        b.out.ptr[i / 256] = (char)i;
        StateWalk load = {.loading = true, .in = strbuf_as_text(&b.out)};
        Status status = spool_epoch(again.spool, &load);
        if (status == ST_OK)
            spool_committed(again.spool, UINT64_MAX); /* over all of them */
        refused += status != ST_OK;
        b.out.ptr[i / 256] = kept;
        bench_close(&again);
    }
    assert_true(refused > 1000);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream),        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_epochs),        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_damaged),       cmocka_unit_test(test_records),
        cmocka_unit_test(test_records_again), cmocka_unit_test(test_damaged_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
