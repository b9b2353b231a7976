/* Shards: --shard i/n. This process reads its part of the topics' partitions, and others, with
 * databases of their own, the rest. The database keeps with each job which part that is, since it
 * keeps the positions of no other. */
#ifndef WEIR_SHELL_SHARDS_H
#define WEIR_SHELL_SHARDS_H

#include "shell/session_private.h"

/* E4014: the job goes on as another shard than is asked for. */
CHECKED Status shards_check_stored(const Session *session, const CatalogJob *stored, Diag *diag);
/* What the job is to be that is asked for, or goes on as. kept: the job that it is or whose place
 * it takes; NULL: it is new. */
CHECKED Status shards_choose(const Session *session, const CatalogJob *kept, Shard *out,
                             Diag *diag);
/* E0003: there is nothing that could be divided. */
Status shards_refuse_idle(const Session *session, Diag *diag);
/* Of a job that reads a part: which one, and what it reads whole all the same. */
void shards_tell(const Execution *execution, const SessionJob *job);

#endif
