/* The only door to malloc. Every block is charged to a Meter, so that each operator's, statement's
 * and job's memory is known and can be bounded. Blocks carry no header: the caller gives the size
 * back when freeing. A failed or refused allocation returns NULL; the caller turns that into
 * ST_NOMEM. mem_fail_at makes the k-th allocation fail, for tests. */
#ifndef WEIR_STORAGE_BASE_MEM_H
#define WEIR_STORAGE_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/base/status.h"

typedef struct Meter {
    struct Meter *parent; /* charged as well; may be NULL */
    int64_t used_bytes;
    int64_t peak_bytes;
    int64_t limit_bytes; /* 0: none */
} Meter;

/* Threads that read ahead may be charging it. */
static inline int64_t meter_used_bytes(const Meter *meter)
{
    return __atomic_load_n(&meter->used_bytes, __ATOMIC_RELAXED);
}
void meter_init(Meter *meter, Meter *parent, int64_t limit_bytes);

CHECKED void *mem_alloc(Meter *meter, size_t size); /* uninitialised; meter may be NULL */
CHECKED void *mem_alloc_zeroed(Meter *meter, size_t size);
CHECKED void *mem_realloc(Meter *meter, void *block, size_t old_size, size_t new_size);
void mem_free(Meter *meter, void *block, size_t size);
/* All of the block will be used, in no order: large pages of the system's, where it has them for
 * those who ask, cost fewer faults and misses. Before the first use. */
void mem_prefer_large_pages(void *block, size_t size);

/* The k-th allocation from now on fails (k = 1: the next one), and all later ones when `sticky`.
 * k = 0 switches the fault off. Returns how many allocations were made since the last call. */
uint64_t mem_fail_at(uint64_t k, bool sticky);
/* Blocks that this thread has made and not freed, for tests of what is left behind. */
int64_t mem_live_blocks(void);

#endif
