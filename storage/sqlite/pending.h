/* Pending: changes that wait for the epoch's end: entries in the order in which they were made,
 * each a key and a row as bytes. With pending_find there is one entry a key, so that an epoch
 * writes each key once; with pending_append every row is an entry. It does not know what the bytes
 * mean.
 *
 * Small bytes lie together in blocks, large ones each in a block of its own. A block goes when the
 * last of its bytes are replaced or forgotten: what is held grows with what waits, and not with all
 * that has ever been written. */
#ifndef WEIR_STORAGE_SQLITE_PENDING_H
#define WEIR_STORAGE_SQLITE_PENDING_H

#include "storage/base/mem.h"
#include "storage/base/text.h"

typedef struct PendingEntry {
    uint32_t block, at; /* where the bytes are: the key, then the row */
    uint32_t hash;
    uint32_t key_size : 31;
    uint32_t fresh : 1; /* the caller's: what the first change said */
    uint32_t row_size;
    int32_t net; /* the caller's: how many rows the changes leave; 0 in a new entry, and in one that
                    is forgotten */
} PendingEntry;

typedef struct PendingBlock {
    char *bytes; /* NULL: there is none with this number */
    size_t size, used;
    uint32_t entries; /* that have bytes here; where there is no block: the next such number */
} PendingBlock;

typedef struct Pending {
    Meter *meter;
    uint64_t seed; /* of the hash */
    PendingEntry *entry;
    uint32_t count, capacity;
    uint32_t forgotten; /* of `count` */
    uint32_t *slot;     /* entry number + 1, 0: empty; NULL before the first pending_find */
    uint32_t slots;     /* a power of two */
    PendingBlock *block;
    uint32_t blocks, block_capacity;
    uint32_t open, unused; /* the block for small bytes, the first number without a block */
    uint64_t block_bytes;  /* used of all blocks */
} Pending;

static inline Text pending_key(const Pending *pending, const PendingEntry *entry)
{
    return (Text){pending->block[entry->block].bytes + entry->at, entry->key_size};
}

static inline Text pending_row(const Pending *pending, const PendingEntry *entry)
{
    return (Text){pending->block[entry->block].bytes + entry->at + entry->key_size,
                  entry->row_size};
}

void pending_init(Pending *pending, Meter *meter, uint64_t seed);
void pending_close(Pending *pending);
/* Forgets the entries; gives back what an unusually large epoch had grown. */
void pending_reset(Pending *pending);
uint64_t pending_bytes(const Pending *pending);

/* The key's entry, made if there is none. *made tells. Entries move when others are made. */
CHECKED Status pending_find(Pending *pending, Text key, PendingEntry **out, bool *made);
CHECKED Status pending_set_row(Pending *pending, PendingEntry *entry, Text row);
/* Of an entry that was found: its changes come to nothing. It has no bytes any more, and its key no
 * entry. */
void pending_forget(Pending *pending, PendingEntry *entry);
/* A new entry without a key. */
CHECKED Status pending_append(Pending *pending, Text row);

#endif
