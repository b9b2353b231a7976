/* Where does a statement end? Found from the tokens alone, without the grammar, so that a script
 * with mistakes falls into the same statements as one without, and the shell's prompt and the
 * parser agree. */
#ifndef WEIR_GRAMMAR_STATEMENT_SCAN_H
#define WEIR_GRAMMAR_STATEMENT_SCAN_H

#include "grammar/parse.h"
#include "storage/base/text.h"

typedef struct StatementScan {
    Span span;     /* from the first token to the last; empty when there is none */
    bool ended;    /* by a semicolon, which is not in the span */
    uint32_t next; /* where the next one begins: behind the semicolon, or the end of the text */
    ParseOpen open;
    Span bracket; /* what is open at the end: a bracket, or the BEGIN of a set; or none */
} StatementScan;

StatementScan statement_scan(Text text, uint32_t from);

#endif
