#include "storage/base/shard.h"

#include <stdio.h>

/* One to four digits, and the first is no zero: a shard is written in one way. 0: it is none. */
static uint32_t parse_number(Text text)
{
    uint32_t number = 0;
    if (text.size == 0 || text.size > 4 || text.ptr[0] == '0')
        return 0;
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return 0;
        number = number * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    return number;
}

bool shard_parse(Text text, Shard *out)
{
    const char *slash = text.size == 0 ? NULL : memchr(text.ptr, '/', text.size);
    if (slash == NULL)
        return false;
    uint32_t before = (uint32_t)(slash - text.ptr);
    Shard shard = {.number = parse_number((Text){text.ptr, before}),
                   .count = parse_number((Text){slash + 1, text.size - before - 1})};
    if (shard.number == 0 || shard.number > shard.count || shard.count > SHARDS_MOST)
        return false;
    *out = shard;
    return true;
}

void shard_print(Shard shard, char out[SHARD_TEXT_SIZE])
{
    bool part = shard_is_part(shard);
    snprintf(out, SHARD_TEXT_SIZE, "%u/%u", part ? shard.number % 10000 : 1,
             part ? shard.count % 10000 : 1);
}
