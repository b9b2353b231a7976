/* Round trip: a statement printed back to SQL parses to the same AST, and prints the same again. */
#ifndef WEIR_TESTS_SQL_ROUND_TRIP_H
#define WEIR_TESTS_SQL_ROUND_TRIP_H

#include "storage/base/diag.h"
#include "storage/base/strbuf.h"

/* Does nothing with text that the grammar refuses. What is wrong is appended to `trouble`. */
void round_trip_check(const Source *source, StrBuf *trouble);

#endif
