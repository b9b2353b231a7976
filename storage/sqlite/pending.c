#include "storage/sqlite/pending.h"

#include <assert.h>
#include <string.h>

#include "storage/base/hash.h"

enum {
    BLOCK_BYTES = 64 << 10,
    FIRST_ENTRIES = 64,
    KEPT_ENTRIES = 64 << 10, /* capacity that survives a reset */
    MOST_ENTRIES = INT32_MAX,
};

struct PendingBlock {
    PendingBlock *older;
    size_t size, used; /* of bytes */
    char bytes[];
};

void pending_init(Pending *pending, Meter *meter, uint64_t seed)
{
    *pending = (Pending){.meter = meter, .seed = seed};
}

static void free_blocks(Pending *pending, PendingBlock *block)
{
    while (block != NULL) {
        PendingBlock *older = block->older;
        mem_free(pending->meter, block, sizeof *block + block->size);
        block = older;
    }
}

static void free_tables(Pending *pending)
{
    mem_free(pending->meter, pending->entry, pending->capacity * sizeof *pending->entry);
    mem_free(pending->meter, pending->slot, pending->slots * sizeof *pending->slot);
    pending->entry = NULL;
    pending->slot = NULL;
    pending->capacity = pending->slots = 0;
}

void pending_close(Pending *pending)
{
    free_blocks(pending, pending->block);
    free_tables(pending);
    *pending = (Pending){.meter = pending->meter};
}

void pending_reset(Pending *pending)
{
    PendingBlock *keep = pending->block;
    if (keep != NULL) {
        free_blocks(pending, keep->older);
        keep->older = NULL;
        keep->used = 0;
        if (keep->size > BLOCK_BYTES) {
            free_blocks(pending, keep);
            pending->block = NULL;
        }
    }
    pending->block_bytes = 0;
    if (pending->capacity > KEPT_ENTRIES)
        free_tables(pending);
    else if (pending->slot != NULL && pending->count > 0)
        memset(pending->slot, 0, pending->slots * sizeof *pending->slot);
    pending->count = 0;
}

uint64_t pending_bytes(const Pending *pending)
{
    return pending->count == 0 ? 0
                               : pending->block_bytes + pending->count * sizeof(PendingEntry) +
                                     pending->slots * sizeof(uint32_t);
}

/* --- bytes --- */

static char *take_bytes(Pending *pending, size_t size)
{
    PendingBlock *block = pending->block;
    if (block == NULL || block->size - block->used < size) {
        size_t block_size = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        block = mem_alloc(pending->meter, sizeof *block + block_size);
        if (block == NULL)
            return NULL;
        *block = (PendingBlock){.older = pending->block, .size = block_size};
        pending->block = block;
    }
    char *bytes = block->bytes + block->used;
    block->used += size;
    pending->block_bytes += size;
    return bytes;
}

static void copy_text(char *to, Text from)
{
    if (from.size > 0)
        memcpy(to, from.ptr, from.size);
}

/* --- entries --- */

static Status grow_entries(Pending *pending)
{
    if (pending->count == MOST_ENTRIES)
        return ST_NOMEM;
    uint32_t larger = pending->capacity == 0 ? FIRST_ENTRIES : pending->capacity * 2;
    PendingEntry *grown = mem_realloc(pending->meter, pending->entry,
                                      pending->capacity * sizeof *grown, larger * sizeof *grown);
    if (grown == NULL)
        return ST_NOMEM;
    pending->entry = grown;
    pending->capacity = larger;
    return ST_OK;
}

static Status make_entry(Pending *pending, Text key, Text row, PendingEntry **out)
{
    assert(key.size <= INT32_MAX);
    if (pending->count == pending->capacity)
        TRY(grow_entries(pending));
    char *bytes = take_bytes(pending, (size_t)key.size + row.size);
    if (bytes == NULL)
        return ST_NOMEM;
    copy_text(bytes, key);
    copy_text(bytes + key.size, row);
    *out = &pending->entry[pending->count++];
    **out = (PendingEntry){.bytes = bytes, .key_size = key.size & INT32_MAX, .row_size = row.size};
    return ST_OK;
}

Status pending_append(Pending *pending, Text row)
{
    PendingEntry *entry;
    return make_entry(pending, TEXT_NONE, row, &entry);
}

/* Linear probing; returns the slot that holds the key or the empty one where it belongs. */
static uint32_t find_slot(const Pending *pending, Text key, uint32_t hash)
{
    uint32_t mask = pending->slots - 1, at = hash & mask;
    for (; pending->slot[at] != 0; at = (at + 1) & mask) {
        const PendingEntry *entry = &pending->entry[pending->slot[at] - 1];
        if (entry->hash == hash && text_equal(pending_key(entry), key))
            break;
    }
    return at;
}

static Status grow_slots(Pending *pending)
{
    uint32_t slots = pending->slots == 0 ? FIRST_ENTRIES * 2 : pending->slots * 2;
    uint32_t *slot = mem_alloc_zeroed(pending->meter, slots * sizeof *slot);
    if (slot == NULL)
        return ST_NOMEM;
    mem_free(pending->meter, pending->slot, pending->slots * sizeof *slot);
    pending->slot = slot;
    pending->slots = slots;
    for (uint32_t i = 0; i < pending->count; i++) {
        uint32_t at = pending->entry[i].hash & (slots - 1);
        while (slot[at] != 0)
            at = (at + 1) & (slots - 1);
        slot[at] = i + 1;
    }
    return ST_OK;
}

Status pending_find(Pending *pending, Text key, PendingEntry **out, bool *made)
{
    if (pending->slots < pending->count + pending->count / 2 + 1)
        TRY(grow_slots(pending));
    uint32_t hash = (uint32_t)hash_bytes(key.ptr, key.size, pending->seed);
    uint32_t at = find_slot(pending, key, hash);
    *made = pending->slot[at] == 0;
    if (!*made) {
        *out = &pending->entry[pending->slot[at] - 1];
        return ST_OK;
    }
    TRY(make_entry(pending, key, TEXT_NONE, out));
    (*out)->hash = hash;
    pending->slot[at] = pending->count;
    return ST_OK;
}

/* In place when the old row was at least as long; what a longer one leaves behind goes with the
 * next reset. */
Status pending_set_row(Pending *pending, PendingEntry *entry, Text row)
{
    if (row.size > entry->row_size) {
        char *bytes = take_bytes(pending, (size_t)entry->key_size + row.size);
        if (bytes == NULL)
            return ST_NOMEM;
        copy_text(bytes, pending_key(entry));
        entry->bytes = bytes;
    }
    copy_text(entry->bytes + entry->key_size, row);
    entry->row_size = row.size;
    return ST_OK;
}
