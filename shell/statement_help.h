/* Statement help: what each kind of statement is for, whether this version runs it, and an example.
 * The reference page prints it; a test runs every example. */
#ifndef WEIR_SHELL_STATEMENT_HELP_H
#define WEIR_SHELL_STATEMENT_HELP_H

#include "grammar/ast.h"

typedef struct StatementHelp {
    StatementKind kind;
    bool runs;           /* else it is refused with E2001 */
    const char *doc;     /* one sentence */
    const char *example; /* over the tables bid and done of difference_tables(); can be run in the
                            order of the rows */
} StatementHelp;

uint32_t statement_help_count(void); /* one row a kind, in the order of statements.def */
const StatementHelp *statement_help_get(uint32_t index);

#endif
