/* The parser that lemon makes of sql.y, as parse.c and parse_error.c see it.
 *
 * Besides feeding tokens one can ask what would happen: a copy of the parser's states can be
 * advanced by any token without running an action. That is how mistakes are explained. */
#ifndef WEIR_GRAMMAR_SQL_PARSER_H
#define WEIR_GRAMMAR_SQL_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grammar/builder.h"
#include "storage/base/limits.h"

enum { SQL_PARSER_DEPTH = LIMIT_PARSE_DEPTH }; /* of the stack */

size_t sql_parser_size(void); /* of the memory to give to SqlParserInit */
void SqlParserInit(void *parser, Builder *builder);
void SqlParser(void *parser, int code, Token token); /* one token; TOKEN_END is the last */

typedef uint16_t SqlState;

/* Copies the stack's states, SQL_PARSER_DEPTH at most; returns their number. */
uint32_t sql_parser_states(const void *parser, SqlState *out);
/* Would the token do? Then the states are those behind it. */
bool sql_states_advance(SqlState *states, uint32_t *count, int token);

#endif
