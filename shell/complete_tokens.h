/* Tokens for completion: a scanner that takes half-typed text as it is, where the grammar's lexer
 * would rightly refuse it, and the little that completion must understand of a statement: which
 * tables it names, and under which aliases. */
#ifndef WEIR_SHELL_COMPLETE_TOKENS_H
#define WEIR_SHELL_COMPLETE_TOKENS_H

#include "storage/base/arena.h"
#include "storage/base/vec.h"

typedef enum HalfTokenKind {
    HALF_WORD,   /* a bare word */
    HALF_NAME,   /* in back-ticks; `text` is what stands between them */
    HALF_STRING, /* in single quotes; `text` is what stands between them */
    HALF_OTHER,  /* a number or one character of punctuation */
} HalfTokenKind;

typedef struct HalfToken {
    HalfTokenKind kind;
    Text text;
    uint32_t start, end; /* with the quotes */
    bool open;           /* its closing quote is missing */
} HalfToken;

typedef VEC(HalfToken) HalfTokens;

/* The tokens of the last statement in the text. *in_comment: it ends inside a comment. */
CHECKED Status half_tokens_scan(Text text, Arena *arena, HalfTokens *out, bool *in_comment);

/* Is it this bare word, letter case ignored, or this character? */
bool half_token_is(const HalfToken *token, const char *word);
/* Could it be a table or column: a name in back-ticks or a bare word? */
bool half_token_is_name(const HalfToken *token);

typedef struct TableUse {
    Text table;
    Text alias; /* empty: none */
} TableUse;
typedef VEC(TableUse) TableUses;

/* The tables behind FROM, JOIN, INTO and TABLE. */
CHECKED Status half_tokens_tables(const HalfTokens *tokens, Arena *arena, TableUses *out);

typedef struct OptionUse {
    Text key, value;
} OptionUse;
typedef VEC(OptionUse) OptionUses;

/* Adds the pairs 'key' = 'value' from the token on, until the list's parenthesis closes. */
CHECKED Status half_tokens_options(const HalfTokens *tokens, uint32_t from, Arena *arena,
                                   OptionUses *out);

/* The names that the first list in parentheses declares: of a CREATE TABLE its columns. */
typedef VEC(Text) HalfNames;
CHECKED Status half_tokens_columns(const HalfTokens *tokens, Arena *arena, HalfNames *out);

#endif
