/* A list through the entries: a write moves an entry to its newest end, and the oldest end is what
 * expires first, since times never go back. */
#include "storage/state/expiry.h"

void expiry_open(Expiry *expiry, KeyedMap *map, uint32_t offset, Micros ttl)
{
    assert(ttl > 0 && offset % _Alignof(ExpiryLink) == 0);
    *expiry = (Expiry){.map = map, .offset = offset, .ttl = ttl};
}

static const ExpiryLink *link_of(const Expiry *expiry, uint32_t entry)
{
    const char *value = keyed_map_value(expiry->map, entry);
    return (const ExpiryLink *)(const void *)(value + expiry->offset);
}

static ExpiryLink *link_write(Expiry *expiry, uint32_t entry)
{
    char *value = keyed_map_value_write(expiry->map, entry);
    return (ExpiryLink *)(void *)(value + expiry->offset);
}

static bool is_marked(const Expiry *expiry, uint32_t entry)
{
    return link_of(expiry, entry)->newer != 0 || expiry->newest == entry + 1;
}

void expiry_forget(Expiry *expiry, uint32_t entry)
{
    if (!is_marked(expiry, entry))
        return;
    ExpiryLink *link = link_write(expiry, entry);
    if (link->newer != 0)
        link_write(expiry, link->newer - 1)->older = link->older;
    else
        expiry->newest = link->older;
    if (link->older != 0)
        link_write(expiry, link->older - 1)->newer = link->newer;
    else
        expiry->oldest = link->newer;
    *link = (ExpiryLink){0};
}

void expiry_mark(Expiry *expiry, uint32_t entry, Micros now)
{
    if (is_marked(expiry, entry) && link_of(expiry, entry)->written == now)
        return;
    expiry_forget(expiry, entry);
    assert(expiry->newest == 0 || link_of(expiry, expiry->newest - 1)->written <= now);
    *link_write(expiry, entry) = (ExpiryLink){.written = now, .older = expiry->newest};
    if (expiry->newest != 0)
        link_write(expiry, expiry->newest - 1)->newer = entry + 1;
    else
        expiry->oldest = entry + 1;
    expiry->newest = entry + 1;
}

static Micros later(Micros time, Micros by)
{
    Micros sum;
    return __builtin_add_overflow(time, by, &sum) ? MICROS_MAX : sum;
}

bool expiry_is_over(const Expiry *expiry, Micros written, Micros now)
{
    return later(written, expiry->ttl) <= now;
}

bool expiry_find(const Expiry *expiry, Micros now, uint32_t *entry)
{
    if (expiry->oldest == 0)
        return false;
    *entry = expiry->oldest - 1;
    return expiry_is_over(expiry, link_of(expiry, *entry)->written, now);
}

/* An eighth of the time, but neither so little that a quiet job is woken all the time nor so much
 * that memory is held for long. */
Micros expiry_due(const Expiry *expiry)
{
    if (expiry->oldest == 0)
        return MICROS_MAX;
    Micros wait = expiry->ttl / 8;
    if (wait < MICROS_PER_SECOND)
        wait = MICROS_PER_SECOND;
    if (wait > MICROS_PER_MINUTE)
        wait = MICROS_PER_MINUTE;
    return later(link_of(expiry, expiry->oldest - 1)->written, later(expiry->ttl, wait));
}

/* The links lead through entries of the map, each once, from the oldest to the newest. */
static Status check_links(const Expiry *expiry)
{
    const KeyedMap *map = expiry->map;
    uint32_t left = keyed_map_count(map), older = 0;
    for (uint32_t at = expiry->oldest; at != 0; left--) {
        if (left == 0 || !keyed_map_has_room(map, at - 1))
            return ST_STATE;
        const ExpiryLink *link = link_of(expiry, at - 1);
        if (link->older != older)
            return ST_STATE;
        older = at;
        at = link->newer;
    }
    return expiry->newest == older ? ST_OK : ST_STATE;
}

Status expiry_walk(Expiry *expiry, StateWalk *walk)
{
    TRY(STATE_WALK(walk, expiry->newest));
    TRY(STATE_WALK(walk, expiry->oldest));
    return walk->loading ? check_links(expiry) : ST_OK;
}
