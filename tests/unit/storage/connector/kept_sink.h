/* A sink that is exactly once, and what it asks to be remembered: the job's part of it, without a
 * job. Closing without finish is a crash. The cases at the end hold for every such sink. */
#ifndef WEIR_TESTS_KEPT_SINK_H
#define WEIR_TESTS_KEPT_SINK_H

#include "sink_harness.h"

typedef struct KeptSink {
    Sink *sink;
    uint64_t stored, epoch;
    StrBuf memory;
} KeptSink;

static inline Status kept_start(Harness *h, KeptSink *k, bool resumed)
{
    SinkMemory memory = {resumed, k->memory.size > 0, strbuf_as_text(&k->memory)};
    k->sink = NULL;
    diag_reset(&h->diag);
    Status status =
        h->table.connector->open_sink(&h->table, &h->env, &memory, &k->stored, &k->sink, &h->diag);
    k->epoch = k->stored;
    return status;
}

static inline Status kept_write(Harness *h, KeptSink *k, int64_t a, const char *b)
{
    static SinkRows rows;
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_INSERT, a, b);
    return k->sink->write(k->sink, &rows.batch, &h->diag);
}

static inline void kept_save(KeptSink *k)
{
    strbuf_clear(&k->memory);
    assert_int_equal(k->sink->save(k->sink, &k->memory), ST_OK);
}

/* One more epoch, of one row; b NULL: of none. */
static inline Status kept_epoch(Harness *h, KeptSink *k, int64_t a, const char *b)
{
    diag_reset(&h->diag);
    TRY(b == NULL ? ST_OK : kept_write(h, k, a, b));
    kept_save(k);
    return k->sink->commit(k->sink, ++k->epoch, &h->diag);
}

static inline void kept_crash(KeptSink *k)
{
    if (k->sink != NULL)
        k->sink->close(k->sink);
    k->sink = NULL;
}

static inline void kept_close(KeptSink *k)
{
    kept_crash(k);
    strbuf_close(&k->memory);
}

/* --- what holds for all of them --- */

/* Memory that is too short, or of another format. */
static inline void kept_refuses_damaged_memory(Harness *h)
{
    KeptSink k = {0};
    assert_int_equal(kept_start(h, &k, false), ST_OK);
    assert_int_equal(kept_epoch(h, &k, 1, "a"), ST_OK);
    assert_int_equal(kept_epoch(h, &k, 2, "b"), ST_OK);
    kept_crash(&k);
    k.memory.size--;
    assert_int_equal(kept_start(h, &k, true), ST_STATE);
    assert_int_equal(h->diag.code, E4008);
    k.memory.size++;
    k.memory.ptr[0] = (char)(k.memory.ptr[0] + 1);
    assert_int_equal(kept_start(h, &k, true), ST_STATE);
    assert_int_equal(h->diag.code, E4008);
    kept_close(&k);
}

/* A failed allocation leaves nothing open, nothing locked, and no `leftover`. */
static inline void kept_opens_or_leaves_nothing(Harness *h, const char *leftover)
{
    KeptSink k = {0};
    for (uint64_t at = 1;; at++) {
        arena_reset(&h->arena);
        mem_fail_at(at, false);
        Status status = kept_start(h, &k, false);
        mem_fail_at(0, false);
        if (status == ST_OK)
            break;
        assert_int_equal(status, ST_NOMEM);
        assert_true(leftover == NULL || access(harness_path(h, leftover), F_OK) == -1);
    }
    kept_close(&k);
}

/* To a user who may not write there. */
static inline void kept_needs_rights(Harness *h, Status status, ErrorCode code)
{
    KeptSink k = {0};
    if (geteuid() == 0)
        assert_int_equal(seteuid(65534), 0);
    Status got = kept_start(h, &k, false);
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(got, status);
    assert_int_equal(h->diag.code, code);
}

#endif
