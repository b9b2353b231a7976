/* PartFolder: a directory and the part files of one sink in it. A part is hidden
 * (".part-UID-7.inprogress") while rows are added and until it is shown ("part-UID-7"); readers of
 * the directory, Weir's own source among them, pass over hidden files. UID is made of the sink's
 * owner, so that sinks which share a directory know their own parts; a sink without an owner has
 * none ("part-7"). While a sink with an owner is open it holds a lock (".part-UID-lock"). What a
 * process that was killed leaves of it goes with the next sink that is opened in the directory,
 * whoever's that is. What is in a part, and when it is shown, is file_sink.c's business. */
#ifndef WEIR_STORAGE_CONNECTOR_PART_FOLDER_H
#define WEIR_STORAGE_CONNECTOR_PART_FOLDER_H

#include "storage/connector/connector.h"
#include "storage/sqlite/owner_lock.h"

typedef struct PartFolder {
    Text path; /* NUL-terminated */
    int fd;
    OwnerLock lock;
    const char *lock_path;
    char prefix[32]; /* of the visible names: "part-UID-" */
} PartFolder;

/* Makes the directory, and those above it that are missing, durably. */
CHECKED Status part_folder_open(PartFolder *folder, const TableSpec *table, const SourceEnv *env,
                                Diag *diag);
void part_folder_close(PartFolder *folder);

/* A new, empty, hidden part. *fd is -1 when there is one of that number, hidden or shown. */
CHECKED Status part_folder_create(PartFolder *folder, uint64_t part, int *fd, Diag *diag);
/* A hidden part again; -1: there is none. */
CHECKED Status part_folder_reopen(PartFolder *folder, uint64_t part, int *fd, Diag *diag);
/* Shows the parts from *first to before `end`; *first is then the first that is not shown, durably:
 * `end`, unless it fails. `perhaps_shown`: one that is not there was shown before, and may have
 * been fetched since. */
CHECKED Status part_folder_show(PartFolder *folder, uint64_t *first, uint64_t end,
                                bool perhaps_shown, Diag *diag);
CHECKED Status part_folder_remove(PartFolder *folder, uint64_t part, Diag *diag); /* a hidden one */
/* Makes it durable that parts were made. A failure does not pass, as with part_folder_fail_sync. */
CHECKED Status part_folder_sync(const PartFolder *folder, Diag *diag);

bool part_folder_is_shown(const PartFolder *folder, uint64_t part);
/* Calls `found` for each of the sink's parts that is there. */
CHECKED Status part_folder_each(PartFolder *folder,
                                Status (*found)(void *context, uint64_t part, bool hidden,
                                                Diag *diag),
                                void *context, Diag *diag);

/* E3003: the system refused something of a hidden part, and perhaps for what passes. */
Status part_folder_refuse(const PartFolder *folder, uint64_t part, int error, Diag *diag);
/* E3003, too: a failed fsync, behind which nobody knows what is on the disk. */
Status part_folder_fail_sync(const PartFolder *folder, uint64_t part, int error, Diag *diag);
/* E3006: a hidden part with committed rows is not there. */
Status part_folder_fail_gone(const PartFolder *folder, uint64_t part, Diag *diag);

#endif
