/* What comes through a thread is what the reader gave, in its order, and its place is that of what
 * was taken. The reader counts: row n is the number n at the offset 10 n. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "executor/run/read_ahead.h"

typedef struct Numbers {
    SplitReader base;
    uint64_t next, count;
    uint64_t first;    /* of the last poll */
    uint64_t fails_at; /* this number cannot be read; UINT64_MAX: all can */
    uint32_t idle;     /* one of so many polls gives nothing; 0: none */
    uint64_t until;    /* of a replay */
    bool ends;
    atomic_uint polls, foreign; /* foreign: in another thread than the one that made it */
    atomic_bool closed;
    pthread_t owner;
    Bell *bell;
} Numbers;

static Status numbers_poll(SplitReader *base, BatchBuilder *out, PollResult *result, Diag *diag)
{
    Numbers *self = (Numbers *)base;
    unsigned polls = atomic_fetch_add(&self->polls, 1) + 1;
    atomic_fetch_add(&self->foreign, !pthread_equal(pthread_self(), self->owner));
    builder_reset(out);
    self->first = self->next;
    *result = POLL_IDLE;
    if (self->idle != 0 && polls % self->idle == 0) {
        if (self->bell != NULL)
            bell_ring(self->bell); /* there is more by now */
        return ST_OK;
    }
    if (self->next == self->fails_at)
        return diag_error(diag, E3007, SPAN_NONE, "number %d", (int)self->next);
    Block *block = block_make(out->meter, 16); /* as strings would have it */
    if (block == NULL)
        return ST_NOMEM;
    Status status = builder_hold(out, block);
    block_release(block);
    uint64_t end = self->until < self->count ? self->until : self->count;
    while (!builder_full(out) && self->next < end && self->next != self->fails_at) {
        out->column[0].data.i64[out->rows] = (int64_t)self->next;
        builder_end_row(out, self->next * 10, 0, TEXT_NONE);
        self->next++;
    }
    bool over = self->next == self->count && self->ends;
    *result = over ? POLL_END : out->rows > 0 ? POLL_ROWS : POLL_IDLE;
    return status;
}

static SplitPosition numbers_position(const SplitReader *base)
{
    return (SplitPosition){.offset = ((const Numbers *)base)->next * 10};
}

/* It knows the last number that it has given, and the first one of its last poll. */
static void numbers_describe(const SplitReader *base, Split *split)
{
    const Numbers *self = (const Numbers *)base;
    bool within = self->first * 10 < split->start.offset && split->start.offset < self->next * 10;
    split->head = (StreamHead){1, split->start.offset + 1};
    split->head_at = within ? self->first * 10 : split->start.offset;
}

static void numbers_replay_until(SplitReader *base, uint64_t end)
{
    ((Numbers *)base)->until = end == REPLAY_OVER ? UINT64_MAX : end / 10;
}

static uint64_t numbers_end(const SplitReader *base)
{
    return ((const Numbers *)base)->count * 10;
}

static void numbers_rings(SplitReader *base, Bell *bell)
{
    ((Numbers *)base)->bell = bell;
}

static void numbers_close(SplitReader *base)
{
    atomic_store(&((Numbers *)base)->closed, true);
}

typedef struct Bench {
    Numbers numbers;
    Meter meter;
    Bell arrived;
    ReaderPool *pool;
    SplitReader *reader;
    BatchBuilder builder;
    Diag diag;
    Schema schema;
    Field field;
} Bench;

static const Micros long_wait = 10 * MICROS_PER_SECOND;
enum { CAPACITY = 100 };

static void open_bench(Bench *b, const Numbers *numbers)
{
    memset(b, 0, sizeof *b);
    b->numbers = *numbers;
    b->numbers.owner = pthread_self();
    b->numbers.until = UINT64_MAX;
    b->numbers.base = (SplitReader){.poll = numbers_poll,
                                    .position = numbers_position,
                                    .describe = numbers_describe,
                                    .replay_until = numbers_replay_until,
                                    .rings = numbers_rings,
                                    .close = numbers_close,
                                    .end = numbers_end};
    b->field = (Field){.name = TEXT("n"), .type = {.id = TYPE_BIGINT}};
    b->schema = (Schema){1, &b->field};
    bell_init(&b->arrived);
    meter_init(&b->meter, NULL, 0);
    assert_int_equal(reader_pool_open(&b->meter, 2, &b->arrived, &b->pool), ST_OK);
    assert_int_equal(builder_open_small(&b->builder, &b->meter, &b->schema, CAPACITY), ST_OK);
    assert_int_equal(read_ahead_open(b->pool, &b->numbers.base, &b->meter, &b->schema, &b->reader),
                     ST_OK);
}

static void close_bench(Bench *b)
{
    b->reader->close(b->reader);
    assert_true(atomic_load(&b->numbers.closed));
    builder_close(&b->builder);
    reader_pool_close(b->pool);
    bell_close(&b->arrived);
    assert_int_equal(b->meter.used_bytes, 0);
}

/* Takes one batch; waits for it. */
static Status take(Bench *b, PollResult *result)
{
    diag_reset(&b->diag);
    for (int waits = 0; waits < 1000; waits++) {
        Status status = b->reader->poll(b->reader, &b->builder, result, &b->diag);
        if (status != ST_OK || *result != POLL_IDLE)
            return status;
        bell_wait(&b->arrived, long_wait);
    }
    return ST_CANCELLED;
}

/* The batch is the numbers from `first` on. *next: behind it. */
static void check_batch(const Bench *b, uint64_t first, uint64_t *next)
{
    for (uint32_t row = 0; row < b->builder.rows; row++)
        assert_int_equal(b->builder.column[0].data.i64[row], first + row);
    *next = first + b->builder.rows;
    Split split = {.start = b->reader->position(b->reader)};
    assert_int_equal(split.start.offset, *next * 10);
    b->reader->describe(b->reader, &split);
    assert_int_equal(split.head.hash, *next * 10 + 1);
    split.start.offset = first * 10;
    b->reader->describe(b->reader, &split);
    assert_int_equal(split.head.hash, first * 10 + 1);
    for (uint64_t number = first + 1; number < *next; number++) {
        split.start.offset = number * 10;
        b->reader->describe(b->reader, &split);
        assert_int_equal(split.head.hash, *next * 10);
        assert_int_equal(split.head_at, first * 10);
    }
}

static void test_to_the_end(void **state)
{
    (void)state;
    static const Numbers cases[] = {
        {.count = 100000, .fails_at = UINT64_MAX, .ends = true},
        {.count = 100000, .fails_at = UINT64_MAX, .ends = true, .idle = 2},
        {.count = 99, .fails_at = UINT64_MAX, .ends = true, .idle = 3},
        {.count = 0, .fails_at = UINT64_MAX, .ends = true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bench b;
        PollResult result = POLL_IDLE;
        uint64_t next = 0;
        open_bench(&b, &cases[i]);
        while (result != POLL_END) {
            assert_int_equal(take(&b, &result), ST_OK);
            check_batch(&b, next, &next);
        }
        assert_int_equal(next, cases[i].count);
        assert_int_equal(b.reader->end(b.reader), cases[i].count * 10);
        /* An end that came with rows is met again. */
        assert_int_equal(take(&b, &result), ST_OK);
        assert_int_equal(result, POLL_END);
        assert_int_equal(b.builder.rows, 0);
        assert_int_equal(atomic_load(&b.numbers.polls), atomic_load(&b.numbers.foreign));
        close_bench(&b);
    }
}

/* What was read before the failure comes before it. */
static void test_a_failure(void **state)
{
    (void)state;
    Numbers numbers = {.count = 1000, .fails_at = 250, .ends = true};
    Bench b;
    PollResult result;
    uint64_t next = 0;
    Status status;
    open_bench(&b, &numbers);
    while ((status = take(&b, &result)) == ST_OK)
        check_batch(&b, next, &next);
    assert_int_equal(status, error_def(E3007)->status);
    assert_int_equal(next, 250);
    assert_string_equal(b.diag.message, "number 250");
    close_bench(&b);
}

/* Nobody takes anything: the reader is left alone when enough batches wait. */
static void test_back_pressure(void **state)
{
    (void)state;
    static const unsigned polls = 1 + READ_AHEAD_BATCHES;
    Numbers numbers = {.count = 100000, .fails_at = UINT64_MAX};
    Bench b;
    PollResult result;
    open_bench(&b, &numbers);
    assert_int_equal(take(&b, &result), ST_OK);
    for (int i = 0; i < 1000 && atomic_load(&b.numbers.polls) < polls; i++)
        bell_wait(&b.arrived, 20 * MICROS_PER_MILLI);
    for (int i = 0; i < 3; i++) /* it looks again in vain */
        bell_wait(&b.arrived, 20 * MICROS_PER_MILLI);
    assert_int_equal(atomic_load(&b.numbers.polls), polls);
    assert_int_equal(b.reader->position(b.reader).offset, CAPACITY * 10);
    close_bench(&b);
}

/* A replay is read here, and up to its end; what follows, in a thread. */
static void test_replay(void **state)
{
    (void)state;
    Numbers numbers = {.count = 1000, .fails_at = UINT64_MAX, .ends = true};
    Bench b;
    PollResult result;
    uint64_t next = 0;
    open_bench(&b, &numbers);
    b.reader->replay_until(b.reader, 1500);
    while (next < 150) {
        assert_int_equal(b.reader->poll(b.reader, &b.builder, &result, &b.diag), ST_OK);
        assert_int_equal(result, POLL_ROWS);
        check_batch(&b, next, &next);
    }
    assert_int_equal(next, 150);
    assert_int_equal(atomic_load(&b.numbers.foreign), 0);
    b.reader->replay_until(b.reader, REPLAY_OVER);
    for (result = POLL_IDLE; result != POLL_END;) {
        assert_int_equal(take(&b, &result), ST_OK);
        check_batch(&b, next, &next);
    }
    assert_int_equal(next, 1000);
    assert_true(atomic_load(&b.numbers.foreign) > 0);
    close_bench(&b);
}

/* Readers come and go while the threads are at work on them. */
static void test_close_at_work(void **state)
{
    (void)state;
    enum { READERS = 5, ROUNDS = 40 };
    for (int round = 0; round < ROUNDS; round++) {
        Numbers numbers = {.count = UINT64_MAX, .fails_at = UINT64_MAX};
        Bench b;
        Numbers more[READERS];
        SplitReader *reader[READERS];
        PollResult result;
        open_bench(&b, &numbers);
        for (int i = 0; i < READERS; i++) {
            more[i] = b.numbers;
            assert_int_equal(
                read_ahead_open(b.pool, &more[i].base, &b.meter, &b.schema, &reader[i]), ST_OK);
            assert_int_equal(reader[i]->poll(reader[i], &b.builder, &result, &b.diag), ST_OK);
        }
        assert_int_equal(take(&b, &result), ST_OK);
        for (int i = 0; i < READERS; i++) {
            reader[i]->close(reader[i]);
            unsigned polls = atomic_load(&more[i].polls);
            assert_true(atomic_load(&more[i].closed));
            assert_int_equal(atomic_load(&more[i].polls), polls);
        }
        close_bench(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_the_end),    cmocka_unit_test(test_a_failure),
        cmocka_unit_test(test_back_pressure), cmocka_unit_test(test_replay),
        cmocka_unit_test(test_close_at_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
