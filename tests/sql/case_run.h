/* CaseRun: one test file at work in one session: a fresh workspace, a fresh database, the blocks
 * one after the other. What each block gives is text; whether it is the right one is for the
 * caller. */
#ifndef WEIR_TESTS_SQL_CASE_RUN_H
#define WEIR_TESTS_SQL_CASE_RUN_H

#include "shell/session.h"
#include "tests/sim/fault_vfs.h"
#include "tests/sql/test_file.h"
#include "tests/sql/transcript.h"
#include "tests/sql/workspace.h"

/* Results must be the same in all of them. */
typedef struct Variant {
    const char *name;
    uint32_t batch_rows;
    bool in_file; /* the database is a file, closed and opened again at the end */
    bool cut;     /* jobs are cut off after each step (cut_run.h) */
} Variant;

typedef struct CaseRun {
    const Variant *variant;
    Workspace workspace;
    Session *session;
    Clock clock;
    Micros clock_step; /* by which it goes on at each look; 0: it stands */
    StrBuf db_path;
    Disk *disk;            /* of a run that is cut off */
    StrBuf settings;       /* SET statements so far, of a run that is cut off */
    uint64_t cuts;         /* so far */
    uint64_t attempts;     /* of the statement that is being run */
    Transcript transcript; /* of the last block */
    StrBuf trouble;        /* what was wrong with the last block, other than its output */
} CaseRun;

bool case_run_open(CaseRun *run, const Variant *variant);
void case_run_close(CaseRun *run);
/* Runs the block: `transcript` and `trouble` say how that went. */
void case_run_block(CaseRun *run, const Block *block);
/* Closes the session and opens its database again. */
bool case_run_reopen(CaseRun *run);

#endif
