/* A file is kept twice, as reads see it and as it was synced last, with the changes in between. A
 * loss of power builds the file again from the second and some of the changes. */
#include "tests/sim/disk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

uint64_t sim_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* --- bytes --- */

static void *grow(void *block, size_t size)
{
    void *grown = realloc(block, size);
    if (grown == NULL)
        abort();
    return grown;
}

static void bytes_close(DiskBytes *bytes)
{
    if (bytes->block != NULL && --bytes->block->sharers == 0)
        free(bytes->block);
    *bytes = (DiskBytes){0};
}

/* A block that can be written, with room for so many bytes. */
static unsigned char *bytes_own(DiskBytes *bytes, size_t room)
{
    DiskBlock *block = bytes->block;
    if (block != NULL && block->sharers == 1 && block->capacity >= room)
        return block->bytes;
    DiskBlock *own = grow(NULL, sizeof *own + room * 2);
    own->capacity = room * 2;
    own->sharers = 1;
    size_t size = bytes->size;
    if (size > 0)
        memcpy(own->bytes, bytes->ptr, size);
    bytes_close(bytes);
    *bytes = (DiskBytes){own->bytes, size, own};
    return own->bytes;
}

static void bytes_resize(DiskBytes *bytes, size_t size)
{
    if (size > bytes->size)
        memset(bytes_own(bytes, size) + bytes->size, 0, size - bytes->size);
    bytes->size = size;
}

static void bytes_write(DiskBytes *bytes, const void *from, size_t size, size_t offset)
{
    if (offset + size > bytes->size)
        bytes_resize(bytes, offset + size);
    memcpy(bytes_own(bytes, bytes->size) + offset, from, size);
}

static void bytes_copy(DiskBytes *to, const DiskBytes *from)
{
    bytes_close(to);
    *to = *from;
    if (to->block != NULL)
        to->block->sharers++;
}

/* --- files --- */

DiskFile *disk_find(Disk *disk, const char *name)
{
    for (DiskFile *file = disk->file; file < disk->file + DISK_FILES; file++) {
        if (strcmp(file->name, name) == 0)
            return file;
    }
    return NULL;
}

DiskFile *disk_make(Disk *disk, const char *name)
{
    DiskFile *file = disk_find(disk, "");
    assert(file != NULL && strlen(name) < sizeof file->name && name[0] != '\0');
    strcpy(file->name, name);
    return file;
}

static void forget_changes(DiskFile *file)
{
    for (size_t i = 0; i < file->changes; i++)
        free(file->change[i].bytes);
    free(file->change);
    file->change = NULL;
    file->changes = file->change_capacity = 0;
}

void disk_remove(DiskFile *file)
{
    forget_changes(file);
    bytes_close(&file->now);
    bytes_close(&file->synced);
    file->name[0] = '\0';
}

static void note_change(DiskFile *file, DiskChange change)
{
    if (file->changes == file->change_capacity) {
        file->change_capacity = file->change_capacity == 0 ? 16 : file->change_capacity * 2;
        file->change = grow(file->change, file->change_capacity * sizeof *file->change);
    }
    file->change[file->changes++] = change;
}

void disk_write(DiskFile *file, const void *bytes, size_t size, size_t offset)
{
    if (size == 0)
        return;
    DiskChange change = {offset, size, grow(NULL, size), false};
    memcpy(change.bytes, bytes, size);
    note_change(file, change);
    bytes_write(&file->now, bytes, size, offset);
}

void disk_truncate(DiskFile *file, size_t size)
{
    if (size >= file->now.size)
        return;
    note_change(file, (DiskChange){size, 0, NULL, false});
    bytes_resize(&file->now, size);
}

static void apply(DiskBytes *bytes, const DiskChange *change)
{
    if (change->bytes != NULL)
        bytes_write(bytes, change->bytes, change->size, change->offset);
    else if (change->offset < bytes->size)
        bytes_resize(bytes, change->offset);
}

void disk_sync(DiskFile *file)
{
    for (size_t i = 0; i < file->changes; i++) {
        if (!file->change[i].lost)
            apply(&file->synced, &file->change[i]);
    }
    forget_changes(file);
}

void disk_lose(Disk *disk, DiskFile *file)
{
    if (sim_random(&disk->random) % 2 == 0)
        return;
    for (size_t i = 0; i < file->changes; i++)
        file->change[i].lost = true;
}

/* --- a crash --- */

/* Sector by sector, as the disk has them, whatever the order in which they were written. */
static void apply_some_sectors(DiskBytes *bytes, const DiskChange *change, uint64_t *random)
{
    if (change->bytes == NULL) {
        if (sim_random(random) % 2 == 0)
            apply(bytes, change);
        return;
    }
    for (size_t at = 0; at < change->size;) {
        size_t left = DISK_SECTOR - (change->offset + at) % DISK_SECTOR;
        size_t size = change->size - at < left ? change->size - at : left;
        if (sim_random(random) % 2 == 0)
            bytes_write(bytes, change->bytes + at, size, change->offset + at);
        at += size;
    }
}

static void lose_power(DiskFile *file, DiskLoss loss, uint64_t *random)
{
    size_t kept = loss == LOSS_ALL ? 0 : file->changes;
    if (loss == LOSS_TAIL && file->changes > 0)
        kept = (size_t)(sim_random(random) % (file->changes + 1));
    for (size_t i = 0; i < kept; i++) {
        if (loss == LOSS_SECTORS)
            apply_some_sectors(&file->synced, &file->change[i], random);
        else
            apply(&file->synced, &file->change[i]);
    }
    forget_changes(file);
    bytes_copy(&file->now, &file->synced);
}

/* What a failed fsync has dropped, and reads still show, no later process can know of: such a file
 * is damaged whatever the program does, so the disk is kinder there than real ones may be. */
static void find_lost(DiskFile *file)
{
    for (size_t i = 0; i < file->changes; i++)
        file->change[i].lost = false;
}

void disk_settle(Disk *disk, DiskLoss loss, uint64_t seed)
{
    disk_disarm(disk);
    for (DiskFile *file = disk->file; loss == LOSS_NONE && file < disk->file + DISK_FILES; file++)
        find_lost(file);
    for (DiskFile *file = disk->file; loss != LOSS_NONE && file < disk->file + DISK_FILES; file++) {
        if (file->name[0] != '\0')
            lose_power(file, loss, &seed);
    }
}

const char *disk_loss_name(DiskLoss loss)
{
    static const char *const name[] = {[LOSS_NONE] = "killed",
                                       [LOSS_ALL] = "power lost, nothing unsynced kept",
                                       [LOSS_TAIL] = "power lost, writes kept up to one",
                                       [LOSS_SECTORS] = "power lost, some sectors kept"};
    return name[loss];
}

/* --- disks --- */

Disk *disk_open(void)
{
    Disk *disk = calloc(1, sizeof *disk);
    if (disk == NULL)
        abort();
    return disk;
}

static void forget_commits(Disk *disk)
{
    for (uint32_t i = 0; i < disk->commit_count; i++)
        disk_close(disk->commit[i]);
    free(disk->commit);
    disk->commit = NULL;
    disk->commit_count = disk->commit_capacity = 0;
}

void disk_close(Disk *disk)
{
    if (disk == NULL)
        return;
    for (DiskFile *file = disk->file; file < disk->file + DISK_FILES; file++)
        disk_remove(file);
    forget_commits(disk);
    free(disk);
}

Disk *disk_copy(const Disk *disk)
{
    Disk *copy = disk_open();
    copy->mark = disk->mark;
    for (size_t i = 0; i < DISK_FILES; i++) {
        memcpy(copy->file[i].name, disk->file[i].name, DISK_NAME);
        bytes_copy(&copy->file[i].now, &disk->file[i].now);
        bytes_copy(&copy->file[i].synced, &disk->file[i].now);
    }
    return copy;
}

void disk_arm(Disk *disk, const DiskFault *fault)
{
    disk->fault = *fault;
    memset(disk->calls, 0, sizeof disk->calls);
    disk->commits = 0;
    disk->hit = disk->crashed = disk->in_doubt = false;
    disk->random = fault->seed;
}

void disk_disarm(Disk *disk)
{
    disk->fault = (DiskFault){0};
    disk->crashed = false;
}

uint64_t disk_calls(const Disk *disk, FaultKind kind)
{
    return disk->calls[kind];
}

bool disk_was_hit(const Disk *disk)
{
    return disk->hit;
}

bool disk_has_crashed(const Disk *disk)
{
    return disk->crashed;
}

void disk_keep(Disk *disk)
{
    if (disk->commit_count == disk->commit_capacity) {
        disk->commit_capacity = disk->commit_capacity == 0 ? 16 : disk->commit_capacity * 2;
        disk->commit = grow(disk->commit, disk->commit_capacity * sizeof *disk->commit);
    }
    disk->commit[disk->commit_count++] = disk_copy(disk);
}

void disk_note_commit(Disk *disk)
{
    disk->frame_commits = disk->in_doubt = false;
    if (!disk->changed)
        return;
    disk->changed = false;
    disk->commits++;
    if (disk->keep)
        disk_keep(disk);
}

void disk_keep_commits(Disk *disk, bool keep)
{
    disk->keep = keep;
    forget_commits(disk);
    if (keep)
        disk_keep(disk);
}

bool disk_is_in_doubt(const Disk *disk)
{
    return disk->in_doubt;
}

uint32_t disk_commit_count(const Disk *disk)
{
    return disk->commit_count;
}

const Disk *disk_commit(const Disk *disk, uint32_t index)
{
    assert(index < disk->commit_count);
    return disk->commit[index];
}

void disk_set_mark(Disk *disk, uint64_t mark)
{
    disk->mark = mark;
}

uint64_t disk_mark(const Disk *disk)
{
    return disk->mark;
}
