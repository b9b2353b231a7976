/* What tests/crash needs inside of the program: places at which it dies, mistakes that it makes
 * when asked to, and limits small enough to be met in a short run. All of it is there only when it
 * is built with WEIR_TEST_HOOKS; else the macros are nothing, but the names are checked.
 *
 *   WEIR_CRASH_AT="epoch.table:3"  the third passing of that point ends the process by SIGKILL
 *   WEIR_CRASH_TRACE=FILE          each passing appends a byte, the point's number in the table
 *   WEIR_DEFECT="timer-lost"       the mistake of that name is made
 *   WEIR_STEP_ROWS, WEIR_CHECKPOINT_US, WEIR_CHECKPOINT_BYTES, WEIR_WAL_PAGES,
 *   WEIR_TRANSACTION_BYTES         instead of the limits of job.c, recovery.c, db.c and
 *                                  kafka_producer.c */
#ifndef WEIR_STORAGE_BASE_CRASH_POINT_H
#define WEIR_STORAGE_BASE_CRASH_POINT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum CrashPoint {
#define X(id, name) CRASH_##id,
#include "storage/base/crash_points.def"
#undef X
    CRASH_POINTS
} CrashPoint;

typedef enum Defect {
#define X(id, name, jobs) DEFECT_##id,
#include "storage/base/defects.def"
#undef X
    DEFECTS
} Defect;

#ifdef WEIR_TEST_HOOKS
void crash_point_pass(CrashPoint point);
bool defect_is_planted(Defect defect);
int64_t test_number(const char *name, int64_t otherwise);
#define CRASH_POINT(id)              crash_point_pass(CRASH_##id)
#define DEFECT(id)                   defect_is_planted(DEFECT_##id)
#define TEST_NUMBER(name, otherwise) test_number(name, otherwise)
#else
#define CRASH_POINT(id)              ((void)CRASH_##id)
#define DEFECT(id)                   ((void)DEFECT_##id, false)
#define TEST_NUMBER(name, otherwise) (otherwise)
#endif

#endif
