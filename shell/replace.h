/* Replacement: CREATE OR REPLACE of what a job keeps, and of what it is built on. replace.c takes
 * it in, replace_check.c says what stands in its way, replace_input.c whether the sources still are
 * what the old job has read; replace_job.c is the job that builds anew, from its making to the
 * swap. */
#ifndef WEIR_SHELL_REPLACE_H
#define WEIR_SHELL_REPLACE_H

#include "shell/session_private.h"

/* Of CREATE OR REPLACE: whether the query reads what the submission replaces. */
CHECKED Status replacement_reads(const Execution *execution, const Submission *submission,
                                 const Query *query, bool *reads);
/* Takes in that the view, which `stored` is so far, is to be another one: in a script the view
 * alone; a statement typed alone brings the rest of the view's job with it. */
CHECKED Status replacement_add_view(const Execution *execution, Submission *submission,
                                    const Statement *statement, const CatalogObject *stored);
/* The same of a table or view that materialized views are built on. */
CHECKED Status replacement_add_base(const Execution *execution, Submission *submission,
                                    const Name *name, Text sql);
/* Whether a materialized view is built on the object that would have to be built anew with it. */
CHECKED Status replacement_is_base(const Execution *execution, const Submission *submission,
                                   Text name, bool *is);
/* When all is bound: what cannot be replaced, or not so (E2131, E2136). */
CHECKED Status replacement_check(const Execution *execution, const Submission *submission,
                                 const Plan *plan);
/* E2131 when an INSERT of a job, or a job that builds views anew, uses the object. */
CHECKED Status replacement_check_jobs(const Execution *execution, const Name *name);
/* In the transaction that makes the new job `id`: its tables, under names of their own. */
CHECKED Status replacement_make(const Execution *execution, const Submission *submission,
                                const Plan *plan, int64_t id, Text sql);
/* When its sources are listed: all that the old job has read is still there, and is the same. E4009
 */
CHECKED Status replacement_check_input(const Execution *execution, const Submission *submission,
                                       const SessionJob *job);
/* --- what replace*.c share --- */

/* The query of a view; NULL: it is a table. */
const Query *replacement_query(const Execution *execution, const CatalogObject *object,
                               Status *status);
/* The submission makes it or replaces it. */
bool replacement_submits(const Submission *submission, Text name);
/* The first of the materialized views that are replaced, as the submission names it; where there is
 * none, the first of all that is replaced. */
const Name *replacement_first_view(const Execution *execution, const Submission *submission);
/* The error just made is of `other`, which the database has, and stands there because of the new
 * `name`: it points at that, and says `how` the two belong together. */
void replacement_blame(const Execution *execution, const char *how, const Name *name,
                       const Name *other);

/* --- the jobs --- */

/* The job that builds anew what `id` keeps; NULL: none does. */
const CatalogJob *replacement_of(const Session *session, int64_t id);
/* In a transaction: the job that builds views anew, and what it has built, go. */
CHECKED Status replacement_give_up(Session *session, int64_t id, Diag *diag);
/* What a job is to know that replaces another one, by what the catalog says; before it is opened.
 */
void replacement_prepare(const Catalog *catalog, SessionJob *job);
/* The old job, while it is being replaced, goes on as well. */
void replacement_let_old_go_on(const Execution *execution, int64_t id);

#endif
