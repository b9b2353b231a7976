/* Spool: what of a stream cannot be read again, kept while a restart may need it. What
 * an epoch has read goes into its journal entry; a checkpoint takes over what its reader has not
 * given out yet. A restarted reader gets these bytes first, and the stream only when the replay is
 * over. The merge owns it, the split's reader fills it.
 *
 * A stream of bytes can be cut, as a file is that is written anew: what lies before a cut and what
 * lies behind it are read apart. Offsets count on over it. A stream of records has the offsets that
 * its source has given them, which rise, with gaps. */
#ifndef WEIR_STORAGE_CONNECTOR_SPOOL_H
#define WEIR_STORAGE_CONNECTOR_SPOOL_H

#include "storage/state/state_walk.h"

typedef struct Spool Spool;

/* Of what, if of anything. */
typedef enum Spooling { SPOOLS_NOTHING, SPOOLS_BYTES, SPOOLS_RECORDS } Spooling;

CHECKED Status spool_make(Arena *arena, Meter *meter, Spooling keeps, Spool **out);
void spool_close(Spool *spool);
Spooling spool_keeps(const Spool *spool);

/* --- the reader's side --- */

typedef enum SpoolRead {
    SPOOL_BYTES,  /* some were there */
    SPOOL_STREAM, /* the stream has to be asked; what it gives goes into spool_add */
    SPOOL_WAIT,   /* a replay: nothing more for now */
    SPOOL_END,    /* the stream has ended */
} SpoolRead;

/* The bytes at the offset `at` of the stream, up to the next cut; borrowed until the next call
 * that changes the spool. */
SpoolRead spool_read(const Spool *spool, uint64_t at, Text *bytes);
/* The next bytes of the stream; none: it has ended. */
CHECKED Status spool_add(Spool *spool, const char *bytes, size_t size);
/* The offset behind all that the stream has given: who sends it anew goes on there. */
uint64_t spool_end(const Spool *spool);
/* Bytes that are in no journal entry yet. */
uint64_t spool_pending_bytes(const Spool *spool);
/* Cuts the stream at its end. */
CHECKED Status spool_cut(Spool *spool);
/* Where what is read at the offset `at` began: at the last cut up to there, or at 0. */
uint64_t spool_begun(const Spool *spool, uint64_t at);

/* Of records the bytes are the spool's own, and who reads them goes from one to the next: *at is
 * the place of one among the bytes, and becomes that of the next where there is one. */
typedef struct SpoolRecord {
    uint64_t offset;
    Text bytes; /* borrowed, likewise */
} SpoolRecord;
SpoolRead spool_read_record(const Spool *spool, uint64_t *at, SpoolRecord *out);
/* The place of the first one that is not in front of the offset; the end where there is none. */
uint64_t spool_find_record(const Spool *spool, uint64_t offset);
CHECKED Status spool_add_record(Spool *spool, uint64_t offset, Text bytes);

/* How something outside begins, so that it is known when it is met again. */
typedef struct StreamHead {
    uint32_t size; /* bytes of it that were looked at; 0: none yet */
    uint64_t hash; /* of them */
} StreamHead;
/* Of what the end of the stream lies in: the reader's own to say, and kept with the bytes. None
 * behind a cut. */
StreamHead *spool_head(Spool *spool);

/* --- the merge's side --- */

/* Saves or loads what is held; after loading the reader gets it as a replay. ST_STATE: it makes no
 * sense. */
CHECKED Status spool_state(Spool *spool, StateWalk *walk);
/* Something was read in this epoch. */
bool spool_has_news(const Spool *spool);
/* Saves, or adds once more, what was read in an epoch. */
CHECKED Status spool_epoch(Spool *spool, StateWalk *walk);
/* The epoch is committed; nothing in front of the offset, which is a record's where records are
 * kept, is needed any more. Beyond the end: nothing at all, as the split has ended. */
void spool_committed(Spool *spool, uint64_t offset);
void spool_go_live(Spool *spool);

#endif
