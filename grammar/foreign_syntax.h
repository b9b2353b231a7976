/* What people write who come from another database, and what does the same here. It is never taken
 * in silence: it makes the hint of an error. parse_error.c asks here before it tries what was
 * meant. */
#ifndef WEIR_GRAMMAR_FOREIGN_SYNTAX_H
#define WEIR_GRAMMAR_FOREIGN_SYNTAX_H

#include "grammar/parse_error.h"

/* True when it has an explanation, which it has then reported. */
bool foreign_syntax_explain(const ParseFailure *failure, Diag *diag);
/* The same of INTERVAL '5 minutes', which a unit that is misspelt looks like, too: for when that
 * has been tried. */
bool foreign_interval_explain(const ParseFailure *failure, Diag *diag);

/* Of a character that begins no token. */
void foreign_syntax_hint_character(const Token *token, Diag *diag);

#endif
