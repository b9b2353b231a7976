/* VEC(T): a growing array in an arena. Outgrown space stays in the arena until that dies, at most
 * as much again as is used; for arrays that live long and grow much, use mem_realloc. */
#ifndef WEIR_STORAGE_BASE_VEC_H
#define WEIR_STORAGE_BASE_VEC_H

#include <stdint.h>
#include <string.h>

#include "storage/base/arena.h"
#include "storage/base/status.h"

#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *item;                                                                                   \
        uint32_t count;                                                                            \
        uint32_t capacity;                                                                         \
    }

CHECKED static inline Status vec_grow(Arena *arena, void **item, uint32_t count, uint32_t *capacity,
                                      size_t item_size)
{
    uint32_t larger = *capacity == 0 ? 8 : *capacity * 2;
    void *moved = arena_alloc(arena, larger * item_size);
    if (moved == NULL)
        return ST_NOMEM;
    if (count > 0)
        memcpy(moved, *item, count * item_size);
    *item = moved;
    *capacity = larger;
    return ST_OK;
}

/* The least power of two that is not below `count`: the capacity of an array that others pass on by
 * its count alone. */
static inline uint32_t vec_room(uint32_t count)
{
    uint32_t room = 1;
    while (room < count && room < UINT32_C(1) << 31)
        room *= 2;
    return room < count ? count : room;
}

/* Appends one value; leaves the caller's function with ST_NOMEM when memory is short. */
#define TRY_PUSH(vec, arena, value)                                                                \
    do {                                                                                           \
        if ((vec)->count == (vec)->capacity) {                                                     \
            void *vec_items_ = (vec)->item;                                                        \
            TRY(vec_grow((arena), &vec_items_, (vec)->count, &(vec)->capacity,                     \
                         sizeof *(vec)->item));                                                    \
            (vec)->item = vec_items_;                                                              \
        }                                                                                          \
        (vec)->item[(vec)->count++] = (value);                                                     \
    } while (0)

#endif
