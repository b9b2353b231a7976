/* Split: a part of a source that is read by a reader of its own: a file, or all of a stream. It is
 * what a job remembers of its input: what the part is, and where in it reading begins. */
#ifndef WEIR_STORAGE_CONNECTOR_SPLIT_H
#define WEIR_STORAGE_CONNECTOR_SPLIT_H

#include "storage/base/clock.h"
#include "storage/base/text.h"
#include "storage/connector/spool.h"

/* A place in a split where reading can begin. */
typedef struct SplitPosition {
    uint64_t offset; /* a byte offset or row number */
    uint64_t line;   /* of the record there, from 1; 0: as if the split began there */
    bool inside;     /* of a record that was rejected for its length: its rest is dropped */
} SplitPosition;

typedef struct Split {
    Text name;              /* as messages show it: a path; empty when there is just one */
    SplitPosition start;    /* where to begin */
    uint64_t end;           /* bounded: where to stop; UINT64_MAX: wherever the input ends */
    uint64_t device, inode; /* which file the name stood for when it was listed; 0: no file */
    uint64_t born;          /* when that was made, as its file system says; 0: it does not */
    bool ended;             /* of a followed table: no more will be read, and its number is free */
    Micros listed;          /* when that was, for those whose rows come by the clock */
    uint64_t size;          /* of the file, at that time */
    Micros modified;        /* likewise */
    StreamHead head;  /* what it is known by: how the file begins, or the record at `head_at` */
    uint64_t head_at; /* of a stream of records; in front of `start` */
    Spooling spools;  /* what of it a restart could not read again, and is kept */
    Spool *spool;     /* where that is, in a job that goes on after a restart; else NULL */
} Split;

/* For words about one. */
enum { SPLIT_WHY_SIZE = 256 };

#endif
