/* Drop: DROP of tables, views and materialized views, and what a job leaves that has never worked.
 */
#ifndef WEIR_SHELL_DROP_H
#define WEIR_SHELL_DROP_H

#include "shell/session_private.h"

CHECKED Status run_drop(const Execution *execution, const Drop *drop, Span span);
/* Of a new job that has failed and has read nothing: it and the objects made with it go, as if its
 * sources could not have been opened, and the corrected script meets nothing of it. */
void drop_failed_start(const Execution *execution, const SessionJob *job);

#endif
