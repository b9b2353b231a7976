/* CutRun: a block of statements run so that its jobs are cut off again and again: the database is
 * on a simulated disk (tests/sim/fault_vfs.h), each step of the job is an epoch, and soon after an
 * epoch's commit, in the middle of the next one, the disk stops. Then the session is closed, which
 * cannot write anything any more, and another one goes on from what the disk holds. */
#ifndef WEIR_TESTS_SQL_CUT_RUN_H
#define WEIR_TESTS_SQL_CUT_RUN_H

#include "tests/sql/case_run.h"

/* Runs a block of statements or a script; how often it was cut off goes to run->cuts. What a
 * statement answers is not what it answers uncut, so that only tables are to be compared. */
void cut_run_block(CaseRun *run, const Block *block, const Source *source);

#endif
