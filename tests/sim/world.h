/* World: all that a job meets in the simulation: its script, its input files, a clock that goes on
 * at each look at it, and the disk. A leg is one life of a process in it: the database is opened,
 * the script is run, the database is closed, and on the way one thing goes wrong.
 *
 * The time of day stands still: what the fault delays may not change a result. */
#ifndef WEIR_TESTS_SIM_WORLD_H
#define WEIR_TESTS_SIM_WORLD_H

#include "shell/session.h"
#include "tests/sim/fault_vfs.h"
#include "tests/sql/workspace.h"

/* What can go wrong beside the kinds of fault_vfs.h. */
typedef enum WrongKind {
    WRONG_NOTHING = FAULT_KIND_COUNT,
    WRONG_MEMORY,        /* an allocation fails */
    WRONG_SQLITE_MEMORY, /* one of SQLite's */
    WRONG_STOP,          /* somebody asks the job to stop, at its k-th look at the clock */
    WRONG_COUNT,
} WrongKind;
const char *wrong_name(unsigned kind);

typedef struct Leg {
    unsigned kind; /* FaultKind or WrongKind */
    uint64_t at;
    bool sticky;
    DiskLoss loss; /* what happens to the disk behind it */
    uint64_t seed; /* of the details */
} Leg;

typedef struct TickClock {
    Clock clock; /* first */
    Micros step; /* between two looks */
    uint64_t looks, stop_at;
    uint64_t patience; /* looks after which a job that only waits is asked to stop; 0: none */
    Session *session;
} TickClock;

typedef struct World {
    const char *job; /* the path of its script */
    StrBuf script;
    Workspace workspace;
    char path[96]; /* of the database */
    TickClock clock;
    uint32_t batch_rows;
    Disk *disk;
    uint64_t calls[WRONG_COUNT]; /* that could have gone wrong in the last leg */
    bool hit;                    /* something has gone wrong in it */
} World;

/* Of the seed: the input, and how it is cut into steps and epochs. */
bool world_open(World *world, const char *job, uint64_t seed, StrBuf *trouble);
void world_close(World *world);
/* An empty disk. */
void world_begin(World *world);
/* false: `trouble` says what the engine has done that it may not. */
bool world_run_leg(World *world, const Leg *leg, StrBuf *trouble);

#endif
