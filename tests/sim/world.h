/* World: all that a job meets in the simulation: its script, its input files, a clock that goes on
 * at each look at it, and the disk. A leg is one life of a process in it: the database is opened,
 * the script is run, the database is closed, and on the way one thing goes wrong.
 *
 * For a job over bounded input the time of day stands still: what the fault delays may not change a
 * result. A job that follows files says in its script how they arrive:
 *
 *     -- arrives: any time    at any look at the clock, and while no process runs; its results may
 *                             not hang on when that is
 *     -- arrives: in step     the next piece when the last one is committed, so that the rows come
 * in one order, whatever goes wrong
 *
 * It is asked to stop when all has arrived and nothing has happened for a while. Where results hang
 * on the moment all the same (what is late behind an idle file), lines "-- compare: SELECT ..." say
 * what does not. */
#ifndef WEIR_TESTS_SIM_WORLD_H
#define WEIR_TESTS_SIM_WORLD_H

#include "shell/session.h"
#include "tests/sim/fault_vfs.h"
#include "tests/sim/input.h"
#include "tests/sim/stream.h"
#include "tests/sim/system.h"
#include "tests/sql/workspace.h"

/* What can go wrong beside the kinds of fault_vfs.h. */
typedef enum WrongKind {
    WRONG_NOTHING = FAULT_KIND_COUNT,
    WRONG_MEMORY,        /* an allocation fails */
    WRONG_SQLITE_MEMORY, /* one of SQLite's */
    WRONG_STOP,          /* somebody asks the job to stop, at its k-th look at the clock */
    WRONG_INPUT,         /* those of system.h, from here on */
    WRONG_COUNT = WRONG_INPUT + INPUT_FAULT_COUNT,
} WrongKind;
const char *wrong_name(unsigned kind);
bool wrong_is_of_memory(unsigned kind);

typedef struct Leg {
    unsigned kind; /* FaultKind or WrongKind */
    uint64_t at;
    bool sticky;
    DiskLoss loss; /* what happens to the disk behind it */
    uint64_t seed; /* of the details */
} Leg;

typedef enum ArrivalMode {
    ARRIVES_NEVER, /* the input is bounded */
    ARRIVES_ANY_TIME,
    ARRIVES_IN_STEP,
} ArrivalMode;

typedef struct WorldClock {
    Clock clock;      /* first */
    Micros step, nap; /* between two looks; while the job has nothing to do */
    uint64_t looks, stop_at;
    uint64_t patience; /* looks after which a job that only waits is asked to stop; 0: none */
    Micros day;        /* the time of day when all began */
    bool day_passes;
    bool asked;     /* the job, to stop, as it has nothing more to do */
    uint32_t pause; /* looks since something has arrived */
    uint32_t naps;  /* since something has happened */
    Micros since;   /* when that was */
} WorldClock;

typedef struct World {
    WorldClock clock;       /* first */
    Listener listener;      /* hears of the engine's naps */
    const char *job;        /* the path of its script */
    StrBuf script, compare; /* the second: queries, each ended by a zero byte */
    Workspace workspace;
    char path[96];    /* of the database */
    char outside[96]; /* of another one that it writes; empty: none */
    ArrivalMode mode;
    Input input;
    Stream stream;    /* standard input, where the script reads it */
    uint64_t resumed; /* where it begins for the next process */
    uint32_t batch_rows;
    Disk *disk;
    Session *session;
    const Leg *leg;              /* that is being run */
    uint64_t calls[WRONG_COUNT]; /* that could have gone wrong in the last leg */
    bool begun;                  /* there was a leg before */
    bool hit;                    /* something has gone wrong in it */
    char end[200];               /* how it ended, in words */
} World;

/* Of the seed: the input, and how it is cut into steps and epochs. */
bool world_open(World *world, const char *job, uint64_t seed, StrBuf *trouble);
void world_close(World *world);
/* An empty disk, on which nothing has arrived yet. */
void world_begin(World *world);
/* false: `trouble` says what the engine has done that it may not. */
bool world_run_leg(World *world, const Leg *leg, StrBuf *trouble);

#endif
