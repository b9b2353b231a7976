/* Shard: which part of something that is numbered one process of several has. Shard 2/3 has the
 * parts 1, 4, 7 and so on, of those that count from 0; together the shards have each part once. */
#ifndef WEIR_STORAGE_BASE_SHARD_H
#define WEIR_STORAGE_BASE_SHARD_H

#include "storage/base/text.h"

enum { SHARDS_MOST = 4096, SHARD_TEXT_SIZE = 12 };

typedef struct Shard {
    uint32_t number; /* from 1 */
    uint32_t count;  /* 0: nothing was said, and 1: all is one shard; either way it has all */
} Shard;

/* "2/3"; false: it is none. */
bool shard_parse(Text text, Shard *out);
/* NUL-terminated; what was not said is "1/1". */
void shard_print(Shard shard, char out[SHARD_TEXT_SIZE]);

static inline bool shard_is_part(Shard shard)
{
    return shard.count > 1;
}

static inline bool shard_has(Shard shard, uint32_t part)
{
    return !shard_is_part(shard) || part % shard.count == shard.number - 1;
}

/* They have the same. */
static inline bool shard_equal(Shard a, Shard b)
{
    return shard_is_part(a) == shard_is_part(b) &&
           (!shard_is_part(a) || (a.number == b.number && a.count == b.count));
}

#endif
