/* Str: a string or byte value in a column, 16 bytes, passed by value. Up to 12 bytes stand in it;
 * longer ones point to bytes that somebody else keeps alive (the batch's blocks, an arena, a state
 * page), with the first four copied so that most comparisons need not follow the pointer.
 * The layout is that of Neumann and Freitag, "Umbra" (CIDR 2020), section 3.1.
 * Unused inline bytes are zero: two short strings are equal when their 16 bytes are. */
#ifndef WEIR_STORAGE_BASE_STR_H
#define WEIR_STORAGE_BASE_STR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "storage/base/arena.h"
#include "storage/base/text.h"

enum { STR_INLINE = 12 };

typedef union Str {
    uint32_t size;
    struct {
        uint32_t size;
        char bytes[STR_INLINE];
    } inlined;
    struct {
        uint32_t size;
        char prefix[4];
        const char *ptr;
    } far;
} Str;
_Static_assert(sizeof(Str) == 16, "Str is a 16-byte view");

/* Borrows `bytes` when they do not fit inside. */
static inline Str str_view(const char *bytes, uint32_t size)
{
    Str str = {.inlined.size = size};
    if (size <= STR_INLINE) {
        if (size > 0)
            memcpy(str.inlined.bytes, bytes, size);
    } else {
        memcpy(str.far.prefix, bytes, sizeof str.far.prefix);
        str.far.ptr = bytes;
    }
    return str;
}

static inline Str str_of_text(Text text)
{
    return str_view(text.ptr, text.size);
}

/* The bytes; valid while *str stays where it is. */
static inline const char *str_bytes(const Str *str)
{
    return str->size <= STR_INLINE ? str->inlined.bytes : str->far.ptr;
}

static inline Text str_text(const Str *str)
{
    return (Text){str_bytes(str), str->size};
}

static inline bool str_equal(const Str *a, const Str *b)
{
    uint64_t head_a, head_b, tail_a, tail_b;
    memcpy(&head_a, a, 8);
    memcpy(&head_b, b, 8);
    if (head_a != head_b)
        return false;
    if (a->size > STR_INLINE)
        return memcmp(a->far.ptr, b->far.ptr, a->size) == 0;
    memcpy(&tail_a, (const char *)a + 8, 8);
    memcpy(&tail_b, (const char *)b + 8, 8);
    return tail_a == tail_b;
}

/* By bytes, which for UTF-8 is by code point. <0, 0, >0. */
static inline int str_compare(const Str *a, const Str *b)
{
    uint32_t shorter = a->size < b->size ? a->size : b->size;
    int order = memcmp(str_bytes(a), str_bytes(b), shorter);
    return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

/* A copy whose bytes live in the arena. */
CHECKED static inline Status str_copy(Arena *arena, const Str *from, Str *out)
{
    *out = *from;
    if (from->size > STR_INLINE) {
        out->far.ptr = arena_copy(arena, from->far.ptr, from->size);
        if (out->far.ptr == NULL)
            return ST_NOMEM;
    }
    return ST_OK;
}

#endif
