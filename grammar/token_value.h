/* What a quoted token stands for: the name in back-ticks, the characters of a string, the digits of
 * X'...'. */
#ifndef WEIR_GRAMMAR_TOKEN_VALUE_H
#define WEIR_GRAMMAR_TOKEN_VALUE_H

#include "grammar/token.h"
#include "storage/base/arena.h"

/* Sets token->value: for other tokens, and where nothing is to be replaced, bytes of the source,
 * else a copy in the arena. `following` are the two tokens behind it: UESCAPE and its string belong
 * to a U&'...' before them. */
CHECKED Status token_set_value(Token *token, const Token *following, Arena *arena, Diag *diag);

#endif
