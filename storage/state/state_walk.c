#include "storage/state/state_walk.h"

#include <string.h>

Status state_walk_bytes(StateWalk *walk, void *bytes, uint32_t size)
{
    if (!walk->loading) {
        strbuf_put(walk->out, bytes, size);
        return strbuf_status(walk->out);
    }
    if (walk->in.size < size)
        return ST_STATE;
    memcpy(bytes, walk->in.ptr, size);
    walk->in.ptr += size;
    walk->in.size -= size;
    return ST_OK;
}

Status state_walk_text(StateWalk *walk, Text *text, Arena *arena)
{
    TRY(STATE_WALK(walk, text->size));
    if (!walk->loading) {
        strbuf_text(walk->out, *text);
        return strbuf_status(walk->out);
    }
    if (walk->in.size < text->size)
        return ST_STATE;
    TRY(arena_text(arena, (Text){walk->in.ptr, text->size}, text));
    walk->in.ptr += text->size;
    walk->in.size -= text->size;
    return ST_OK;
}

Status state_walk_mark(StateWalk *walk, const char *name)
{
    uint32_t size = (uint32_t)strlen(name) + 1; /* with its NUL */
    if (!walk->loading) {
        strbuf_put(walk->out, name, size);
        return strbuf_status(walk->out);
    }
    if (walk->in.size < size || memcmp(walk->in.ptr, name, size) != 0)
        return ST_STATE;
    walk->in.ptr += size;
    walk->in.size -= size;
    return ST_OK;
}

Status state_walk_pages(StateWalk *walk, PageSet *set)
{
    uint32_t count = set->count;
    if (!walk->loading)
        TRY(freeze_pages(walk->freeze, set));
    TRY(STATE_WALK(walk, set->id));
    TRY(STATE_WALK(walk, count));
    if (!walk->loading)
        return ST_OK;
    assert(set->count == 0);
    set->freeze = walk->freeze;
    TRY(walk->load_pages(walk, set));
    return set->count > count ? ST_STATE : pages_extend(set, count);
}

Status state_walk_heap(StateWalk *walk, Heap *heap)
{
    TRY(STATE_WALK(walk, heap->page));
    TRY(STATE_WALK(walk, heap->used));
    TRY(state_walk_pages(walk, &heap->pages));
    bool has_free = heap->free != NULL;
    TRY(STATE_WALK(walk, has_free));
    if (has_free) {
        TRY(heap_make_free(heap));
        TRY(STATE_WALK(walk, heap->free->room));
    }
    return walk->loading ? heap_loaded(heap) : ST_OK;
}

Status state_walk_keyed_map(StateWalk *walk, KeyedMap *map)
{
    uint32_t words = map->entry_words;
    TRY(STATE_WALK(walk, words));
    if (words != map->entry_words)
        return ST_STATE;
    TRY(STATE_WALK(walk, map->entries));
    TRY(STATE_WALK(walk, map->removed));
    TRY(STATE_WALK(walk, map->first_removed));
    TRY(state_walk_pages(walk, &map->pages));
    TRY(state_walk_pages(walk, &map->nulls));
    TRY(state_walk_heap(walk, &map->heap));
    return walk->loading ? keyed_map_loaded(map) : ST_OK;
}

Status state_walk_sorted_map(StateWalk *walk, SortedMap *map)
{
    TRY(STATE_WALK(walk, map->root));
    TRY(STATE_WALK(walk, map->height));
    TRY(state_walk_pages(walk, &map->pages));
    TRY(state_walk_heap(walk, &map->heap));
    return walk->loading ? sorted_map_loaded(map) : ST_OK;
}
