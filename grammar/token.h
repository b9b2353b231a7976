/* Token: one word, literal or sign of the source. Its code is a TK_ constant of the generated
 * grammar/sql.h, TOKEN_END at the end of the text, or a TokenError. */
#ifndef WEIR_GRAMMAR_TOKEN_H
#define WEIR_GRAMMAR_TOKEN_H

#include <stdint.h>

#include "storage/base/diag.h"
#include "storage/base/text.h"

enum { TOKEN_END = 0 };

/* What is no token. The token's span says where: of something unterminated, from its opening to the
 * end of the text. */
typedef enum TokenError {
    TOKEN_UNTERMINATED_STRING = -1,
    TOKEN_UNTERMINATED_NAME = -2,
    TOKEN_UNTERMINATED_COMMENT = -3,
    TOKEN_DOUBLE_QUOTED = -4, /* "..." */
    TOKEN_BAD_NUMBER = -5,    /* 12ab */
    TOKEN_BAD_CHARACTER = -6, /* one code point */
} TokenError;

typedef struct Token {
    int code;
    Span span;
    Text text;  /* the bytes of the source, quotes included */
    Text value; /* of a name, string or X'...': what it stands for; set by token_value.c */
} Token;

#endif
