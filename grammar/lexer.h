/* Lexer: source text to tokens. It borrows the text, copies nothing, allocates nothing and cannot
 * fail: what is no token comes as a TokenError. The text must be valid UTF-8. White space and
 * comments are skipped; hints are not comments. A Lexer is plain data: a copy of it is a second
 * reading from the same place. */
#ifndef WEIR_GRAMMAR_LEXER_H
#define WEIR_GRAMMAR_LEXER_H

#include <stdbool.h>

#include "grammar/token.h"

typedef struct Lexer {
    const char *start, *cursor, *end;
    bool in_hint; /* between the opening and the end of a hint, which otherwise lexes as * and / */
} Lexer;

void lexer_init(Lexer *lexer, Text text, Span part); /* reads that part; spans are of the text */
Token lexer_next(Lexer *lexer);                      /* at the end again and again TOKEN_END */

/* --- the keyword table --- */

typedef enum KeywordClass {
    KEYWORD_RESERVED,
    KEYWORD_FREE,
    KEYWORD_STRONG,
    KEYWORD_CALL
} KeywordClass;

typedef struct KeywordRow {
    const char *word; /* upper case */
    uint8_t size;
    KeywordClass kind;
    int code;
} KeywordRow;

/* By word, letter case ignored; NULL when it is none. */
const KeywordRow *keyword_find(Text word);
const KeywordRow *keyword_row(uint32_t index); /* in alphabetical order */
uint32_t keyword_count(void);

#endif
