/* Usage: what is built on an object: views over it, and the INSERTs of jobs that read or fill it.
 */
#ifndef WEIR_SHELL_USAGE_H
#define WEIR_SHELL_USAGE_H

#include "shell/session_private.h"

/* The words behind DROP: "TABLE", "VIEW", "MATERIALIZED VIEW". */
const char *object_drop_words(ObjectKind kind);

/* The query names the table or view. */
bool query_names(const Query *query, Text name);
/* The query names it, or a view that does, and so on. */
CHECKED Status query_depends_on(const Execution *execution, const Query *query, Text name,
                                bool *depends);

/* E2131: the view, which stands on the object named, has to go first. */
Status usage_refuse_view(const Execution *execution, const CatalogObject *view, const Name *name);
/* An INSERT of the job fills the table. */
CHECKED Status usage_job_fills(const Execution *execution, const CatalogJob *job, Text name,
                               bool *does);
/* E2131 when a statement of the job reads or fills the object. What its views read is known of
 * them, unless it builds them anew. */
CHECKED Status usage_check_job(const Execution *execution, const CatalogJob *job, const Name *name);

#endif
