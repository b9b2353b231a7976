/* Says what is wrong with a statement that the grammar does not take.
 *
 * The parser knows only that a token does not go on from what was read. What was meant is found by
 * trial: a copy of the parser's states reads on with the token replaced, left out or with another
 * put before it; the change after which most of the rest can be read is the explanation. */
#ifndef WEIR_GRAMMAR_PARSE_ERROR_H
#define WEIR_GRAMMAR_PARSE_ERROR_H

#include "grammar/sql_parser.h"
#include "grammar/token_stream.h"

/* The parser in front of a token. */
typedef struct ParsePoint {
    SqlState states[SQL_PARSER_DEPTH];
    uint32_t count;
    TokenStream stream; /* about to give the token */
    Token token;
} ParsePoint;

enum { PARSE_POINTS = 5 };

/* point[0] is before the token that cannot be, the others before the tokens that precede it, latest
 * first. `ended`: a semicolon ends the part, not the end of the source. `open` is the bracket that
 * is open at its end, or none. */
typedef struct ParseFailure {
    const ParsePoint *point[PARSE_POINTS];
    uint32_t points; /* at least 1 */
    bool ended;
    Span open;
    const Source *source;
} ParseFailure;

/* The token that cannot be, or one before it; with code TOKEN_END when there is none. */
const Token *parse_failure_token(const ParseFailure *failure, uint32_t back);
/* Whether this token could stand in its place; TOKEN_END: the statement could end before it. */
bool parse_failure_accepts(const ParseFailure *failure, int code);
/* It looks like a word, whatever it is taken for. */
bool token_is_plain_word(const Token *token);

CHECKED Status parse_error_explain(const ParseFailure *failure, Diag *diag);

/* Of a token that is a TokenError. */
CHECKED Status parse_error_token(const Token *token, Diag *diag);

#endif
