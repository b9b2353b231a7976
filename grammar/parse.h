/* The front end's only door: SQL text to AST.
 *
 * The source is borrowed: names and texts of the AST may point into it, so it must live as long as
 * the AST. Everything else is made in the arena given. A Diag gets the source, code and span; it
 * must not be NULL. */
#ifndef WEIR_GRAMMAR_PARSE_H
#define WEIR_GRAMMAR_PARSE_H

#include "grammar/ast.h"
#include "storage/base/arena.h"

/* The statements of a script, in order; empty ones (`;;`) are left out. */
typedef struct Script {
    const Source *source;
    StatementList statements;
} Script;

/* Stops at the first error. */
CHECKED Status parse_script(const Source *source, Arena *arena, Script *out, Diag *diag);

/* Goes on at the next statement after an error, so that a script's mistakes can be shown together.
 * `report` gets each error and the statement's place (none: it is of the text as a whole), in
 * order; `out` then has the statements before that are right. Returns the status of the first one,
 * or ST_OK. */
typedef void ParseReport(void *context, Span statement, const Diag *diag);
CHECKED Status parse_script_report(const Source *source, Arena *arena, ParseReport *report,
                                   void *context, Script *out);

/* The name of the table or view that a statement sets out to create, whatever is wrong with the
 * rest of it; empty: none. */
CHECKED Status parse_created_name(Text statement, Arena *arena, Text *name);

/* One expression, and nothing after it. */
CHECKED Status parse_expression(const Source *source, Arena *arena, const Expr **out, Diag *diag);

/* For the shell: how far a statement that is being typed has come. */
typedef enum ParseOpen {
    PARSE_OPEN_NOTHING,   /* the text is empty, or comments only */
    PARSE_COMPLETE,       /* the last statement is ended by its semicolon */
    PARSE_OPEN_STATEMENT, /* words are there and the semicolon is missing */
    PARSE_OPEN_SET,       /* in BEGIN ... END of a statement set */
    PARSE_OPEN_PAREN,     /* in ( or [ or { */
    PARSE_OPEN_STRING,    /* in '...' */
    PARSE_OPEN_NAME,      /* in back-ticks */
    PARSE_OPEN_COMMENT,   /* in a comment or hint */
} ParseOpen;
ParseOpen parse_open(Text text);

/* The bytes of the first statement of `text`, up to and with its semicolon; 0 when none is
 * complete. Semicolons in strings, comments and BEGIN ... END do not count. */
uint32_t parse_statement_end(Text text);

/* Keywords, for completion, highlighting and reference pages. */
typedef struct Keyword {
    const char *word; /* upper case */
    bool reserved;    /* as a name only in back-ticks */
} Keyword;
uint32_t parse_keyword_count(void);
Keyword parse_keyword(uint32_t index); /* in alphabetical order */

#endif
