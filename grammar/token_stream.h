/* TokenStream: the lexer with a look ahead of some tokens, which settles what one token alone
 * cannot: NOT before IN or LIKE binds like these, FINAL is a word of MATCH_RECOGNIZE only before a
 * call, a word of class CALL only before a parenthesis, any word behind a point is a name. What the
 * grammar gets in such places are symbols of their own (NOT_IN_LIKE, FRAME_CALL, ...).
 *
 * A TokenStream is plain data, like the Lexer in it: a copy goes its own way. */
#ifndef WEIR_GRAMMAR_TOKEN_STREAM_H
#define WEIR_GRAMMAR_TOKEN_STREAM_H

#include "grammar/lexer.h"

enum { TOKEN_LOOK_AHEAD = 4 };

typedef struct TokenStream {
    Lexer lexer;
    Token ahead[TOKEN_LOOK_AHEAD]; /* as the lexer gave them */
    uint32_t settled;              /* of `ahead`: these stand as they are */
    int previous;                  /* code of the token given last */
} TokenStream;

void token_stream_init(TokenStream *stream, Text text, Span part);
Token token_stream_next(TokenStream *stream);

#endif
