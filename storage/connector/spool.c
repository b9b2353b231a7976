#include "storage/connector/spool.h"

#include <assert.h>
#include <string.h>

#include "storage/base/crash_point.h"

struct Spool {
    StrBuf bytes;
    uint64_t from;  /* offset of the first one in the stream */
    uint64_t fresh; /* what lies behind it is in no journal entry */
    bool ended, ended_fresh;
    bool replays;
};

Status spool_make(Arena *arena, Meter *meter, Spool **out)
{
    TRY_NEW(*out, arena);
    strbuf_init(&(*out)->bytes, meter);
    return ST_OK;
}

void spool_close(Spool *spool)
{
    if (spool != NULL)
        strbuf_close(&spool->bytes);
}

uint64_t spool_end(const Spool *spool)
{
    return spool->from + spool->bytes.size;
}

SpoolRead spool_read(const Spool *spool, uint64_t at, char *room, size_t size, size_t *count)
{
    assert(at >= spool->from && at <= spool_end(spool));
    size_t left = (size_t)(spool_end(spool) - at);
    *count = left < size ? left : size;
    if (left == 0)
        return spool->ended ? SPOOL_END : spool->replays ? SPOOL_WAIT : SPOOL_STREAM;
    memcpy(room, spool->bytes.ptr + (at - spool->from), *count);
    return SPOOL_BYTES;
}

Status spool_add(Spool *spool, const char *bytes, size_t size)
{
    spool->ended = spool->ended_fresh = size == 0;
    strbuf_put(&spool->bytes, bytes, size);
    return strbuf_status(&spool->bytes);
}

/* A piece of the stream, from `from` to its end so far. */
static Status walk_bytes(Spool *spool, StateWalk *walk, uint64_t from)
{
    uint64_t size = spool_end(spool) - from;
    TRY(STATE_WALK(walk, size));
    if (!walk->loading) {
        strbuf_put(walk->out, spool->bytes.ptr + (from - spool->from), (size_t)size);
        return strbuf_status(walk->out);
    }
    if (size > walk->in.size)
        return ST_STATE;
    strbuf_put(&spool->bytes, walk->in.ptr, (size_t)size);
    walk->in.ptr += size;
    walk->in.size -= (uint32_t)size;
    return strbuf_status(&spool->bytes);
}

Status spool_state(Spool *spool, StateWalk *walk)
{
    TRY(STATE_WALK(walk, spool->from));
    TRY(STATE_WALK(walk, spool->ended));
    bool dropped = !walk->loading && DEFECT(SPOOL_DROPPED);
    TRY(walk_bytes(spool, walk, dropped ? spool_end(spool) : spool->from));
    spool->replays = walk->loading;
    spool->fresh = spool_end(spool);
    return ST_OK;
}

Status spool_epoch(Spool *spool, StateWalk *walk)
{
    bool ended = spool->ended_fresh;
    bool all_told = walk->loading || DEFECT(SPOOL_LOST);
    uint64_t from = all_told ? spool_end(spool) : spool->fresh;
    TRY(STATE_WALK(walk, ended));
    TRY(walk_bytes(spool, walk, from));
    spool->ended = spool->ended || ended;
    if (walk->loading)
        spool->fresh = spool_end(spool);
    return ST_OK;
}

void spool_committed(Spool *spool, uint64_t offset)
{
    assert(offset >= spool->from);
    if (offset > spool_end(spool))
        offset = spool_end(spool);
    size_t gone = (size_t)(offset - spool->from), left = spool->bytes.size - gone;
    if (gone > 0) {
        memmove(spool->bytes.ptr, spool->bytes.ptr + gone, left);
        spool->bytes.ptr[left] = '\0';
        spool->bytes.size = left;
    }
    spool->from = offset;
    spool->fresh = spool_end(spool);
    spool->ended_fresh = false;
}

void spool_go_live(Spool *spool)
{
    if (spool != NULL)
        spool->replays = false;
}
