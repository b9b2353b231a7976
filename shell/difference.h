/* Difference: in what a script differs from what the database has of it: each statement that is
 * another one, that only the script has, or that only the job has which keeps the script's views.
 */
#ifndef WEIR_SHELL_DIFFERENCE_H
#define WEIR_SHELL_DIFFERENCE_H

#include "shell/session_private.h"

/* Tells it in notes, one for each statement. */
CHECKED Status difference_tell(const Execution *execution, const Submission *submission);

#endif
