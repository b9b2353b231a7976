#include "storage/sqlite/pending.h"

#include <assert.h>
#include <string.h>

#include "storage/base/hash.h"

enum {
    BLOCK_BYTES = 64 << 10,
    SMALL_BYTES = BLOCK_BYTES / 4, /* that share a block */
    FIRST_ENTRIES = 64,
    FIRST_BLOCKS = 16,
    KEPT_ENTRIES = 64 << 10, /* capacity that survives a reset */
    KEPT_BLOCKS = 1 << 10,
    MOST_ENTRIES = INT32_MAX,
};

static const uint32_t no_block = UINT32_MAX;

void pending_init(Pending *pending, Meter *meter, uint64_t seed)
{
    *pending = (Pending){.meter = meter, .seed = seed, .open = no_block, .unused = no_block};
}

static void free_block(Pending *pending, PendingBlock *block)
{
    mem_free(pending->meter, block->bytes, block->size);
    pending->block_bytes -= block->used;
}

static void free_blocks(Pending *pending)
{
    for (uint32_t i = 0; i < pending->blocks; i++) {
        if (pending->block[i].bytes != NULL)
            free_block(pending, &pending->block[i]);
    }
    pending->blocks = 0;
    pending->open = pending->unused = no_block;
    assert(pending->block_bytes == 0);
}

static void free_block_table(Pending *pending)
{
    mem_free(pending->meter, pending->block, pending->block_capacity * sizeof *pending->block);
    pending->block = NULL;
    pending->block_capacity = 0;
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
    free_blocks(pending);
    free_block_table(pending);
    free_tables(pending);
    pending_init(pending, pending->meter, 0);
}

void pending_reset(Pending *pending)
{
    free_blocks(pending);
    if (pending->block_capacity > KEPT_BLOCKS)
        free_block_table(pending);
    if (pending->capacity > KEPT_ENTRIES)
        free_tables(pending);
    else if (pending->slot != NULL && pending->count > 0)
        memset(pending->slot, 0, pending->slots * sizeof *pending->slot);
    pending->count = pending->forgotten = 0;
}

uint64_t pending_bytes(const Pending *pending)
{
    return pending->count == 0 ? 0
                               : pending->block_bytes + pending->count * sizeof(PendingEntry) +
                                     pending->slots * sizeof(uint32_t);
}

/* --- bytes --- */

static Status grow_blocks(Pending *pending)
{
    if (pending->block_capacity > UINT32_MAX / 4)
        return ST_NOMEM;
    uint32_t larger = pending->block_capacity == 0 ? FIRST_BLOCKS : pending->block_capacity * 2;
    PendingBlock *grown =
        mem_realloc(pending->meter, pending->block, pending->block_capacity * sizeof *grown,
                    larger * sizeof *grown);
    if (grown == NULL)
        return ST_NOMEM;
    pending->block = grown;
    pending->block_capacity = larger;
    return ST_OK;
}

static Status make_block(Pending *pending, size_t size, uint32_t *out)
{
    bool again = pending->unused != no_block;
    if (!again && pending->blocks == pending->block_capacity)
        TRY(grow_blocks(pending));
    char *bytes = mem_alloc(pending->meter, size);
    if (bytes == NULL)
        return ST_NOMEM;
    *out = again ? pending->unused : pending->blocks++;
    if (again)
        pending->unused = pending->block[*out].entries;
    pending->block[*out] = (PendingBlock){.bytes = bytes, .size = size};
    return ST_OK;
}

static bool open_has_room(const Pending *pending, size_t size)
{
    if (pending->open == no_block)
        return false;
    const PendingBlock *open = &pending->block[pending->open];
    return open->size - open->used >= size;
}

/* Room for the bytes of an entry, which keeps those that it has. */
static Status take_bytes(Pending *pending, size_t size, uint32_t *number, uint32_t *at)
{
    if (size > SMALL_BYTES)
        TRY(make_block(pending, size, number));
    else if (!open_has_room(pending, size))
        TRY(make_block(pending, BLOCK_BYTES, &pending->open));
    if (size <= SMALL_BYTES)
        *number = pending->open;
    PendingBlock *block = &pending->block[*number];
    *at = (uint32_t)block->used;
    block->used += size;
    block->entries++;
    pending->block_bytes += size;
    return ST_OK;
}

static void give_back(Pending *pending, uint32_t number)
{
    PendingBlock *block = &pending->block[number];
    assert(block->entries > 0);
    if (--block->entries > 0)
        return;
    if (number == pending->open) {
        pending->block_bytes -= block->used;
        block->used = 0;
        return;
    }
    free_block(pending, block);
    *block = (PendingBlock){.entries = pending->unused};
    pending->unused = number;
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
    PendingEntry entry = {.key_size = key.size & INT32_MAX, .row_size = row.size};
    assert(key.size <= INT32_MAX);
    if (pending->count == pending->capacity)
        TRY(grow_entries(pending));
    TRY(take_bytes(pending, (size_t)key.size + row.size, &entry.block, &entry.at));
    char *bytes = pending->block[entry.block].bytes + entry.at;
    copy_text(bytes, key);
    copy_text(bytes + key.size, row);
    *out = &pending->entry[pending->count++];
    **out = entry;
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
        if (entry->hash == hash && text_equal(pending_key(pending, entry), key))
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
        if (pending->entry[i].block == no_block)
            continue;
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

/* Those behind move up whose way from their own slot led over the one that becomes empty (Knuth,
 * "The Art of Computer Programming" 3, 6.4, Algorithm R). */
static void empty_slot(Pending *pending, uint32_t at)
{
    uint32_t mask = pending->slots - 1, hole = at;
    for (at = (at + 1) & mask; pending->slot[at] != 0; at = (at + 1) & mask) {
        uint32_t own = pending->entry[pending->slot[at] - 1].hash & mask;
        if (((at - own) & mask) < ((at - hole) & mask))
            continue;
        pending->slot[hole] = pending->slot[at];
        hole = at;
    }
    pending->slot[hole] = 0;
}

/* The entry's place goes as well when none that waits stands behind it: so does that of a result
 * which each row of the input replaces. */
void pending_forget(Pending *pending, PendingEntry *entry)
{
    uint32_t mask = pending->slots - 1, at = entry->hash & mask;
    uint32_t number = (uint32_t)(entry - pending->entry) + 1;
    while (pending->slot[at] != number)
        at = (at + 1) & mask;
    empty_slot(pending, at);
    give_back(pending, entry->block);
    *entry = (PendingEntry){.block = no_block};
    pending->forgotten++;
    while (pending->count > 0 && pending->entry[pending->count - 1].block == no_block) {
        pending->count--;
        pending->forgotten--;
    }
}

/* In place when the old row was at least as long. */
Status pending_set_row(Pending *pending, PendingEntry *entry, Text row)
{
    char *bytes = pending->block[entry->block].bytes + entry->at;
    if (row.size > entry->row_size) {
        uint32_t block, at;
        TRY(take_bytes(pending, (size_t)entry->key_size + row.size, &block, &at));
        Text key = pending_key(pending, entry);
        bytes = pending->block[block].bytes + at;
        copy_text(bytes, key);
        give_back(pending, entry->block);
        entry->block = block;
        entry->at = at;
    }
    copy_text(bytes + entry->key_size, row);
    entry->row_size = row.size;
    return ST_OK;
}
