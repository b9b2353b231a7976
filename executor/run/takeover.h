/* Takeover: a job that builds tables anew while another one keeps the old ones current. It writes
 * into tables of other names (result_swap.h) until it has read all that its sources have; the
 * transaction of that epoch also puts the new tables into the old ones' places, so that a reader
 * sees the old ones or the new ones, and each of them whole. Cut off before, it goes on building.
 */
#ifndef WEIR_EXECUTOR_RUN_TAKEOVER_H
#define WEIR_EXECUTOR_RUN_TAKEOVER_H

#include "storage/base/diag.h"

typedef struct Job Job;

/* When the tables are opened: those that are built bear other names. */
CHECKED Status takeover_open(Job *job);
/* After each step that has read. `busy`: more can be done at once. */
void takeover_look(Job *job, bool busy);
/* The epoch that ends now is the one. */
bool takeover_is_due(const Job *job);
/* In its transaction, when all else is written, and after it. */
CHECKED Status takeover_write(Job *job, Diag *diag);
CHECKED Status takeover_committed(Job *job, Diag *diag);

#endif
