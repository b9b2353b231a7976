#include "storage/base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* No machine has so much; refusing it here keeps sums of sizes within their type. */
static const size_t largest_block = (size_t)1 << 40;

/* Fault injection is per thread, so that a test's fault does not hit another thread's work. */
static _Thread_local struct {
    int64_t live;
    uint64_t made;
    uint64_t fail_at;
    bool sticky;
} fault;

uint64_t mem_fail_at(uint64_t k, bool sticky)
{
    uint64_t made = fault.made;
    fault.made = 0;
    fault.fail_at = k;
    fault.sticky = sticky;
    return made;
}

int64_t mem_live_blocks(void)
{
    return fault.live;
}

/* Of a block that has been made, or not. */
static void *count_block(void *block)
{
    fault.live += block != NULL;
    return block;
}

static bool fault_hits(void)
{
    fault.made++;
    if (fault.fail_at == 0)
        return false;
    return fault.made == fault.fail_at || (fault.sticky && fault.made > fault.fail_at);
}

void meter_init(Meter *meter, Meter *parent, int64_t limit_bytes)
{
    assert(meter != parent);
    *meter = (Meter){.parent = parent, .limit_bytes = limit_bytes};
}

/* Threads that read ahead charge the meters of the job that they read for. */
static void meter_release(Meter *meter, size_t size)
{
    for (; meter != NULL; meter = meter->parent) {
        int64_t left = __atomic_sub_fetch(&meter->used_bytes, (int64_t)size, __ATOMIC_RELAXED);
        assert(left >= 0);
    }
}

static void meter_raise_peak(Meter *meter, int64_t used)
{
    int64_t peak = __atomic_load_n(&meter->peak_bytes, __ATOMIC_RELAXED);
    while (used > peak && !__atomic_compare_exchange_n(&meter->peak_bytes, &peak, used, true,
                                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

/* Up to its limit, of which what is refused takes nothing: another thread may ask for less. */
static bool meter_add(Meter *meter, int64_t size)
{
    int64_t used = __atomic_load_n(&meter->used_bytes, __ATOMIC_RELAXED);
    do {
        if (meter->limit_bytes != 0 && used + size > meter->limit_bytes)
            return false;
    } while (!__atomic_compare_exchange_n(&meter->used_bytes, &used, used + size, true,
                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    meter_raise_peak(meter, used + size);
    return true;
}

/* Charges all of them, or none. */
static bool meter_charge(Meter *meter, size_t size)
{
    if (size >= largest_block)
        return false;
    for (Meter *m = meter; m != NULL; m = m->parent) {
        if (meter_add(m, (int64_t)size))
            continue;
        for (Meter *charged = meter; charged != m; charged = charged->parent)
            __atomic_sub_fetch(&charged->used_bytes, (int64_t)size, __ATOMIC_RELAXED);
        return false;
    }
    return true;
}

void *mem_alloc(Meter *meter, size_t size)
{
    assert(size > 0);
    if (fault_hits() || !meter_charge(meter, size))
        return NULL;
    void *block = malloc(size);
    if (block == NULL)
        meter_release(meter, size);
    return count_block(block);
}

void *mem_alloc_zeroed(Meter *meter, size_t size)
{
    assert(size > 0);
    if (fault_hits() || !meter_charge(meter, size))
        return NULL;
    void *block = calloc(1, size); /* fresh pages from the kernel need no clearing */
    if (block == NULL)
        meter_release(meter, size);
    return count_block(block);
}

void *mem_realloc(Meter *meter, void *block, size_t old_size, size_t new_size)
{
    assert(new_size > 0 && (block != NULL || old_size == 0));
    if (fault_hits() || !meter_charge(meter, new_size))
        return NULL;
    void *grown = realloc(block, new_size);
    meter_release(meter, grown == NULL ? new_size : old_size);
    return block == NULL ? count_block(grown) : grown;
}

void mem_free(Meter *meter, void *block, size_t size)
{
    if (block == NULL)
        return;
    meter_release(meter, size);
    fault.live--;
    free(block);
}

void mem_prefer_large_pages(void *block, size_t size)
{
    static const uintptr_t large = 2 << 20;
    uintptr_t from = ((uintptr_t)block + large - 1) & ~(large - 1);
    uintptr_t to = ((uintptr_t)block + size) & ~(large - 1);
    if (to > from) /* a wish: where it is refused, the pages are small */
        (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
}
