/* Arena: memory that dies together. Allocation moves a pointer; nothing is freed singly.
 *
 * Lifetimes in use: statement (parse to end of planning), job (start to stop), batch (one poll of
 * one source, recycled), scratch (one call into one operator, reset by the runtime).
 *
 * A failed allocation returns NULL. TRY_NEW and TRY_NEW_ARRAY turn that into ST_NOMEM. Code that
 * cannot return a status at each step (the grammar's actions) calls arena_reserve first: what was
 * reserved cannot fail afterwards. */
#ifndef WEIR_STORAGE_BASE_ARENA_H
#define WEIR_STORAGE_BASE_ARENA_H

#include <stddef.h>

#include "storage/base/mem.h"
#include "storage/base/status.h"
#include "storage/base/text.h"

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
    Meter *meter;      /* charged for the blocks; may be NULL */
    ArenaBlock *block; /* newest first */
    char *next, *end;  /* free bytes of the newest block */
    size_t block_size; /* of the next block */
} Arena;

void arena_init(Arena *arena, Meter *meter);
void arena_close(Arena *arena);
/* Forgets everything but keeps the largest block, so that a recycled arena settles without malloc.
 */
void arena_reset(Arena *arena);

/* What is allocated after the mark goes at its release; what was before stays. Marks nest. */
typedef struct ArenaMark {
    ArenaBlock *block;
    char *next;
} ArenaMark;
static inline ArenaMark arena_mark(const Arena *arena)
{
    return (ArenaMark){arena->block, arena->next};
}
void arena_release(Arena *arena, ArenaMark mark);

CHECKED void *arena_alloc(Arena *arena, size_t size); /* 16-byte aligned, uninitialised */
CHECKED void *arena_alloc_zeroed(Arena *arena, size_t size);
CHECKED Status arena_reserve(Arena *arena, size_t size); /* the next `size` bytes cannot fail */
size_t arena_used_bytes(const Arena *arena);             /* of all blocks, for limits and tests */

CHECKED void *arena_copy(Arena *arena, const void *bytes, size_t size);
CHECKED Status arena_text(Arena *arena, Text from, Text *out); /* a copy, NUL after it */
CHECKED Status arena_printf(Arena *arena, Text *out, const char *format, ...) PRINTF_LIKE(3, 4);

#define TRY_NEW(ptr, arena)                                                                        \
    do {                                                                                           \
        (ptr) = arena_alloc_zeroed((arena), sizeof *(ptr));                                        \
        if ((ptr) == NULL)                                                                         \
            return ST_NOMEM;                                                                       \
    } while (0)

/* `count` may be 0: the pointer is valid all the same. */
#define TRY_NEW_ARRAY(ptr, arena, count)                                                           \
    do {                                                                                           \
        (ptr) = arena_alloc_zeroed((arena), sizeof *(ptr) * ((size_t)(count) + ((count) == 0)));   \
        if ((ptr) == NULL)                                                                         \
            return ST_NOMEM;                                                                       \
    } while (0)

#endif
