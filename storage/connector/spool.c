#include "storage/connector/spool.h"

#include <assert.h>
#include <string.h>

#include "storage/base/crash_point.h"
#include "storage/base/varint.h"
#include "storage/base/vec.h"

struct Spool {
    Arena *arena;
    Spooling keeps;
    StrBuf bytes;       /* of records: of each its offset, its size, its bytes */
    uint64_t from;      /* offset of the first one in the stream */
    uint64_t fresh;     /* what lies behind it is in no journal entry */
    uint64_t begun;     /* where what is held at `from` began */
    VEC(uint64_t) cut;  /* behind that, ascending */
    uint32_t told_cuts; /* of them are in a journal entry */
    StreamHead head;
    bool ended, ended_fresh;
    bool replays;
};

Status spool_make(Arena *arena, Meter *meter, Spooling keeps, Spool **out)
{
    TRY_NEW(*out, arena);
    (*out)->arena = arena;
    (*out)->keeps = keeps;
    strbuf_init(&(*out)->bytes, meter);
    return ST_OK;
}

void spool_close(Spool *spool)
{
    strbuf_close(&spool->bytes);
}

Spooling spool_keeps(const Spool *spool)
{
    return spool->keeps;
}

uint64_t spool_end(const Spool *spool)
{
    return spool->from + spool->bytes.size;
}

/* --- the reader's side --- */

static uint64_t next_cut(const Spool *spool, uint64_t at)
{
    for (uint32_t i = 0; i < spool->cut.count; i++) {
        if (spool->cut.item[i] > at)
            return spool->cut.item[i];
    }
    return UINT64_MAX;
}

SpoolRead spool_read(const Spool *spool, uint64_t at, Text *bytes)
{
    assert(at >= spool->from && at <= spool_end(spool));
    uint64_t cut = next_cut(spool, at);
    uint64_t left = (cut < spool_end(spool) ? cut : spool_end(spool)) - at;
    *bytes = TEXT_NONE;
    if (left == 0)
        return spool->ended ? SPOOL_END : spool->replays ? SPOOL_WAIT : SPOOL_STREAM;
    bytes->ptr = spool->bytes.ptr + (at - spool->from);
    bytes->size = left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
    return SPOOL_BYTES;
}

Status spool_add(Spool *spool, const char *bytes, size_t size)
{
    spool->ended = spool->ended_fresh = size == 0;
    strbuf_put(&spool->bytes, bytes, size);
    return strbuf_status(&spool->bytes);
}

uint64_t spool_begun(const Spool *spool, uint64_t at)
{
    uint64_t begun = spool->begun;
    for (uint32_t i = 0; i < spool->cut.count && spool->cut.item[i] <= at; i++)
        begun = spool->cut.item[i];
    return begun;
}

Status spool_cut(Spool *spool)
{
    spool->head = (StreamHead){0};
    if (spool_begun(spool, spool_end(spool)) < spool_end(spool)) /* else nothing has come since */
        TRY_PUSH(&spool->cut, spool->arena, spool_end(spool));
    return ST_OK;
}

StreamHead *spool_head(Spool *spool)
{
    return &spool->head;
}

/* --- records --- */

/* The first record of what is there; `left` becomes what lies behind it. */
static bool take_record(Text *left, SpoolRecord *out)
{
    uint64_t size;
    if (!varint_take(left, &out->offset) || !varint_take(left, &size) || size > left->size)
        return false;
    out->bytes = (Text){left->ptr, (uint32_t)size};
    left->ptr += size;
    left->size -= (uint32_t)size;
    return true;
}

SpoolRead spool_read_record(const Spool *spool, uint64_t *at, SpoolRecord *out)
{
    Text left;
    SpoolRead result = spool_read(spool, *at, &left);
    if (result != SPOOL_BYTES)
        return result;
    uint32_t size = left.size;
    bool whole = take_record(&left, out);
    assert(whole); /* what is loaded was looked at */
    *at += size - left.size;
    return SPOOL_BYTES;
}

uint64_t spool_find_record(const Spool *spool, uint64_t offset)
{
    uint64_t at = spool->from, next = at;
    SpoolRecord record;
    while (spool_read_record(spool, &next, &record) == SPOOL_BYTES && record.offset < offset)
        at = next;
    return at;
}

Status spool_add_record(Spool *spool, uint64_t offset, Text bytes)
{
    assert(spool->keeps == SPOOLS_RECORDS);
    varint_put(&spool->bytes, offset);
    varint_put(&spool->bytes, bytes.size);
    strbuf_text(&spool->bytes, bytes);
    return strbuf_status(&spool->bytes);
}

/* The bytes from `from` on are whole records, in the order of their offsets. */
static bool are_records(const Spool *spool, uint64_t from)
{
    uint64_t least = 0;
    for (Text left; spool_read(spool, from, &left) == SPOOL_BYTES;) {
        SpoolRecord record;
        uint32_t size = left.size;
        if (!take_record(&left, &record) || record.offset < least || record.offset == UINT64_MAX)
            return false;
        least = record.offset + 1;
        from += size - left.size;
    }
    return true;
}

/* --- the merge's side --- */

/* A piece of the stream, from `from` to its end so far. */
static Status walk_bytes(Spool *spool, StateWalk *walk, uint64_t from)
{
    uint64_t size = spool_end(spool) - from;
    TRY(STATE_WALK(walk, size));
    if (!walk->loading) {
        if (size > 0)
            strbuf_put(walk->out, spool->bytes.ptr + (from - spool->from), (size_t)size);
        return strbuf_status(walk->out);
    }
    if (size > walk->in.size)
        return ST_STATE;
    strbuf_put(&spool->bytes, walk->in.ptr, (size_t)size);
    walk->in.ptr += size;
    walk->in.size -= (uint32_t)size;
    TRY(strbuf_status(&spool->bytes));
    return spool->keeps == SPOOLS_RECORDS && !are_records(spool, from) ? ST_STATE : ST_OK;
}

/* The cuts behind the first `from` of them. */
static Status walk_cuts(Spool *spool, StateWalk *walk, uint32_t from)
{
    uint32_t count = spool->cut.count - from;
    TRY(STATE_WALK(walk, count));
    for (uint32_t i = 0; i < count; i++) {
        uint64_t cut = walk->loading ? 0 : spool->cut.item[from + i];
        TRY(STATE_WALK(walk, cut));
        if (walk->loading)
            TRY_PUSH(&spool->cut, spool->arena, cut);
    }
    return ST_OK;
}

/* From the given cut and offset on. */
static Status walk_stream(Spool *spool, StateWalk *walk, uint32_t cut, uint64_t from)
{
    TRY(STATE_WALK(walk, spool->head.size));
    TRY(STATE_WALK(walk, spool->head.hash));
    TRY(walk_cuts(spool, walk, cut));
    return walk_bytes(spool, walk, from);
}

/* Whether the stream has ended: a byte, which may be any in what is damaged. */
static Status walk_ended(StateWalk *walk, bool *ended)
{
    uint8_t byte = *ended;
    TRY(STATE_WALK(walk, byte));
    *ended = byte == 1;
    return byte > 1 ? ST_STATE : ST_OK;
}

static void all_is_told(Spool *spool)
{
    spool->fresh = spool_end(spool);
    spool->told_cuts = spool->cut.count;
    spool->ended_fresh = false;
}

Status spool_state(Spool *spool, StateWalk *walk)
{
    TRY(STATE_WALK(walk, spool->from));
    TRY(STATE_WALK(walk, spool->begun));
    TRY(walk_ended(walk, &spool->ended));
    bool dropped = !walk->loading && DEFECT(SPOOL_DROPPED);
    TRY(walk_stream(spool, walk, 0, dropped ? spool_end(spool) : spool->from));
    spool->replays = walk->loading;
    all_is_told(spool);
    return ST_OK;
}

uint64_t spool_pending_bytes(const Spool *spool)
{
    return spool_end(spool) - spool->fresh;
}

bool spool_has_news(const Spool *spool)
{
    return spool->fresh < spool_end(spool) || spool->told_cuts < spool->cut.count ||
           spool->ended_fresh;
}

Status spool_epoch(Spool *spool, StateWalk *walk)
{
    bool ended = spool->ended_fresh;
    TRY(walk_ended(walk, &ended));
    if (!walk->loading)
        return walk_stream(spool, walk, spool->told_cuts,
                           DEFECT(SPOOL_LOST) ? spool_end(spool) : spool->fresh);
    TRY(walk_stream(spool, walk, spool->cut.count, spool_end(spool)));
    spool->ended = spool->ended || ended;
    spool->replays = true;
    all_is_told(spool);
    return ST_OK;
}

void spool_committed(Spool *spool, uint64_t offset)
{
    if (spool->keeps == SPOOLS_RECORDS)
        offset = spool_find_record(spool, offset);
    assert(offset >= spool->from);
    if (offset > spool_end(spool))
        offset = spool_end(spool);
    size_t gone = (size_t)(offset - spool->from), left = spool->bytes.size - gone;
    if (left == 0) {
        strbuf_close(&spool->bytes); /* of many files only few grow at a time */
    } else if (gone > 0) {
        memmove(spool->bytes.ptr, spool->bytes.ptr + gone, left);
        spool->bytes.ptr[left] = '\0';
        spool->bytes.size = left;
    }
    spool->begun = spool_begun(spool, offset);
    uint32_t past = 0;
    while (past < spool->cut.count && spool->cut.item[past] <= offset)
        past++;
    spool->cut.count -= past;
    if (past > 0)
        memmove(spool->cut.item, spool->cut.item + past,
                spool->cut.count * sizeof *spool->cut.item);
    spool->from = offset;
    all_is_told(spool);
}

void spool_go_live(Spool *spool)
{
    spool->replays = false;
}
