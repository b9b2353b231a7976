/* Trouble: what stood in the way of a call that has failed, where that is known to pass by itself,
 * so that the call can be made again later. Who fails says so with its error (diag_held_up), from
 * wherever it comes: the database, another one, a file. Who has called decides what to do meanwhile
 * (executor/run/commit_policy.h). A device that fails is no trouble of this kind, nor is a failed
 * fsync: what is on the disk then, nobody knows. */
#ifndef WEIR_STORAGE_BASE_TROUBLE_H
#define WEIR_STORAGE_BASE_TROUBLE_H

typedef enum Trouble {
    TROUBLE_LASTING, /* it does not pass, or it is not known to */
    TROUBLE_TAKEN,   /* others have what is needed: a lock, memory, the last descriptor */
    TROUBLE_FULL,    /* no room on the disk, or none that this user may have */
} Trouble;

/* Of the system's error, by its errno. */
Trouble trouble_of_error(int error);
/* And in words: "the disk is full". */
const char *trouble_words(int error);

#endif
