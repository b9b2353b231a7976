/* The inside of a Disk, for fault_vfs.c alone: files, what of them is synced, and how a crash is
 * played. */
#ifndef WEIR_TESTS_SIM_DISK_H
#define WEIR_TESTS_SIM_DISK_H

#include <stddef.h>

#include "tests/sim/fault_vfs.h"

enum {
    DISK_FILES = 16,
    DISK_NAME = 160,
    DISK_SECTOR = 512, /* what is written whole or not at all */
};

/* Copies of a file's bytes share a block until one of them is written. */
typedef struct DiskBlock {
    size_t capacity;
    uint32_t sharers;
    unsigned char bytes[];
} DiskBlock;

typedef struct DiskBytes {
    const unsigned char *ptr; /* into the block */
    size_t size;
    DiskBlock *block;
} DiskBytes;

/* A write, or a truncation to `offset`. */
typedef struct DiskChange {
    size_t offset, size;
    unsigned char *bytes; /* NULL: a truncation */
    bool lost;            /* fsync has failed: no later one writes it */
} DiskChange;

typedef struct DiskFile {
    char name[DISK_NAME]; /* empty: this place is free */
    DiskBytes now;        /* what reads give */
    DiskBytes synced;
    DiskChange *change; /* since then, in order */
    size_t changes, change_capacity;
} DiskFile;

struct Disk {
    DiskFile file[DISK_FILES];
    DiskFault fault;
    uint64_t calls[FAULT_KIND_COUNT];
    uint64_t commits; /* since it was armed */
    uint64_t mark;
    bool hit, crashed, keep, changed;
    bool frame_commits; /* the WAL's frame whose page comes next ends a transaction */
    bool in_doubt;      /* it has been written, or in part, and nobody was told so */
    uint64_t random;    /* of torn writes, and SQLite's own */
    Disk **commit;
    uint32_t commit_count, commit_capacity;
};

DiskFile *disk_find(Disk *disk, const char *name); /* NULL: there is none */
DiskFile *disk_make(Disk *disk, const char *name);
void disk_remove(DiskFile *file);
void disk_write(DiskFile *file, const void *bytes, size_t size, size_t offset);
void disk_truncate(DiskFile *file, size_t size);
void disk_sync(DiskFile *file);
/* fsync has failed: by the seed, what it was for is lost. */
void disk_lose(Disk *disk, DiskFile *file);
/* A transaction is through. */
void disk_note_commit(Disk *disk);

#endif
