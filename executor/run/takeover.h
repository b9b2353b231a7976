/* Takeover: a job that builds tables anew while another one keeps the old ones current. It writes
 * into tables of other names (result_swap.h) until it has caught up; the transaction of that epoch
 * also puts the new tables into the old ones' places, so that a reader sees the old ones or the new
 * ones, and each of them whole. Cut off before, it goes on building.
 *
 * It has caught up when a step finds nothing to read in any source. Of input that never rests: when
 * it has come, in all sources, to a goal that was set less than a second before; each goal that is
 * reached sets the next one. Where a split's goal lies:
 *
 *   - its end is known (a file): at the end, as it is when the goal is set;
 *   - its end is not known (a stream, rows that are made up): where the other job stands then;
 *   - it was asked since and had nothing: it is at its goal, wherever that is. So a file that has
 *     rested for long is, also where its last line has no end, and one without a byte;
 *   - it has ended, or the source has no splits: nobody waits for it.
 *
 * Rows that come by the clock (datagen) begin when the other job's did: those that were due since
 * then are there at once, and come first.
 *
 * Input that comes faster than it can be read never lets a goal be reached in a second. When three
 * in a row have taken no less time than the shortest before them, it comes no nearer, and takes
 * over at the third: as far behind as the time that this one took. So it never waits for ever. */
#ifndef WEIR_EXECUTOR_RUN_TAKEOVER_H
#define WEIR_EXECUTOR_RUN_TAKEOVER_H

#include "storage/base/diag.h"

typedef struct Job Job;

/* When the tables are opened: those that are built bear other names. */
CHECKED Status takeover_open(Job *job);
/* When the sources of a new job are listed, and before they are read. */
CHECKED Status takeover_listed(Job *job, Diag *diag);
/* After each step that has read. `busy`: more can be done at once. */
CHECKED Status takeover_look(Job *job, bool busy, Diag *diag);
/* The epoch that ends now is the one. */
bool takeover_is_due(const Job *job);
/* In its transaction, when all else is written, and after it. */
CHECKED Status takeover_write(Job *job, Diag *diag);
CHECKED Status takeover_committed(Job *job, Diag *diag);

#endif
