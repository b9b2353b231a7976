#include "storage/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ALIGN = 16, FIRST_BLOCK = 4 << 10, LARGEST_BLOCK = 1 << 20 };

struct ArenaBlock {
    ArenaBlock *older;
    size_t size; /* of the whole block, this header included */
};
_Static_assert(sizeof(ArenaBlock) % ALIGN == 0, "blocks start aligned");

void arena_init(Arena *arena, Meter *meter)
{
    *arena = (Arena){.meter = meter, .block_size = FIRST_BLOCK};
}

static void free_blocks(Arena *arena, ArenaBlock *block)
{
    while (block != NULL) {
        ArenaBlock *older = block->older;
        mem_free(arena->meter, block, block->size);
        block = older;
    }
}

void arena_close(Arena *arena)
{
    free_blocks(arena, arena->block);
    arena->block = NULL;
    arena->next = arena->end = NULL;
}

static void use_block(Arena *arena, ArenaBlock *block)
{
    arena->block = block;
    arena->next = (char *)(block + 1);
    arena->end = (char *)block + block->size;
}

void arena_reset(Arena *arena)
{
    if (arena->block == NULL)
        return;
    /* The newest block is the largest but for single oversized ones, which go back to malloc. */
    ArenaBlock *keep = arena->block;
    free_blocks(arena, keep->older);
    keep->older = NULL;
    if (keep->size > LARGEST_BLOCK) {
        free_blocks(arena, keep);
        arena->block = NULL;
        arena->next = arena->end = NULL;
        return;
    }
    use_block(arena, keep);
}

void arena_release(Arena *arena, ArenaMark mark)
{
    while (arena->block != mark.block) {
        ArenaBlock *older = arena->block->older;
        mem_free(arena->meter, arena->block, arena->block->size);
        arena->block = older;
    }
    arena->next = mark.next;
    arena->end = mark.block == NULL ? NULL : (char *)mark.block + mark.block->size;
}

static size_t align_up(size_t size)
{
    return (size + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);
}

Status arena_reserve(Arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return ST_NOMEM;
    size = align_up(size);
    if ((size_t)(arena->end - arena->next) >= size)
        return ST_OK;
    size_t block_size = arena->block_size;
    if (block_size < size + sizeof(ArenaBlock))
        block_size = size + sizeof(ArenaBlock);
    ArenaBlock *block = mem_alloc(arena->meter, block_size);
    if (block == NULL)
        return ST_NOMEM;
    block->older = arena->block;
    block->size = block_size;
    use_block(arena, block);
    if (arena->block_size < LARGEST_BLOCK)
        arena->block_size *= 2;
    return ST_OK;
}

void *arena_alloc(Arena *arena, size_t size)
{
    assert(size > 0);
    if (arena_reserve(arena, size) != ST_OK)
        return NULL;
    void *bytes = arena->next;
    arena->next += align_up(size);
    return bytes;
}

void *arena_alloc_zeroed(Arena *arena, size_t size)
{
    void *bytes = arena_alloc(arena, size);
    if (bytes != NULL)
        memset(bytes, 0, size);
    return bytes;
}

size_t arena_used_bytes(const Arena *arena)
{
    size_t used = 0;
    for (const ArenaBlock *block = arena->block; block != NULL; block = block->older)
        used += block->size;
    return used - (size_t)(arena->end - arena->next);
}

void *arena_copy(Arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_alloc(arena, size == 0 ? 1 : size);
    if (copy != NULL && size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

Status arena_text(Arena *arena, Text from, Text *out)
{
    char *copy = arena_alloc(arena, (size_t)from.size + 1);
    if (copy == NULL)
        return ST_NOMEM;
    if (from.size > 0)
        memcpy(copy, from.ptr, from.size);
    copy[from.size] = '\0';
    *out = (Text){copy, from.size};
    return ST_OK;
}

Status arena_printf(Arena *arena, Text *out, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(size >= 0);
    char *bytes = arena_alloc(arena, (size_t)size + 1);
    if (bytes != NULL)
        vsnprintf(bytes, (size_t)size + 1, format, again);
    va_end(again);
    if (bytes == NULL)
        return ST_NOMEM;
    *out = (Text){bytes, (uint32_t)size};
    return ST_OK;
}
