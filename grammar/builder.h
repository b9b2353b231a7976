/* Builder: what the grammar's actions work on. It makes nodes in the statement's arena, keeps their
 * limits and remembers the first thing that went wrong.
 *
 * Constructors cannot return a status to the parser, so they cannot fail: before each token parse.c
 * reserves as much memory as the token can cause to be used (ast_builder_reserve), and an error is
 * noted in `status`, at which parse.c looks after each token. The nodes made until then are whole.
 */
#ifndef WEIR_GRAMMAR_BUILDER_H
#define WEIR_GRAMMAR_BUILDER_H

#include "grammar/ast.h"
#include "grammar/token.h"
#include "storage/base/arena.h"

typedef struct Builder {
    Arena *arena;
    Text source;
    Diag *diag;
    Status status;        /* what went wrong first; its Diag is filled, but for ST_NOMEM */
    bool rejected;        /* the grammar has no use for the current token; parse_error.c explains */
    uint32_t node_count;  /* of the statement so far */
    Span previous;        /* of the token that was shifted last: where a node being made ends */
    Statement *statement; /* the result, one of the two */
    Expr *expr;
} Builder;

void ast_builder_init(Builder *builder, Arena *arena, Text source, Diag *diag);

/* Before a token is given to a parser with `depth` symbols on its stack. A token makes the parser
 * reduce at most the whole stack; what one symbol's rules make is far below BUILDER_SYMBOL_BYTES.
 */
enum { BUILDER_SYMBOL_BYTES = 1024, BUILDER_SPARE_SYMBOLS = 8 };
CHECKED Status ast_builder_reserve(Builder *builder, uint32_t depth);

/* Zeroed, never NULL. */
void *ast_builder_alloc(Builder *builder, size_t size);
#define NEW(b, type) ((type *)ast_builder_alloc((b), sizeof(type)))

/* Only the first error counts. `hint` is a plain text, "" for none. */
void ast_builder_error(Builder *builder, ErrorCode code, Span span, const char *hint,
                       const char *format, ...) PRINTF_LIKE(5, 6);

/* The depth of a node whose deepest child has the given one. */
uint16_t ast_builder_depth(Builder *builder, Span span, uint32_t child_depth);

/* From `start` to the end of the last token. */
Span ast_builder_span(const Builder *builder, Span start);

/* For sql.y. */
void ast_builder_reject(Builder *builder);
void ast_builder_overflow(Builder *builder);
void ast_builder_take_statement(Builder *builder, Statement *statement);
void ast_builder_take_expr(Builder *builder, Expr *expr);

/* Adds a node (a variable, no call) to one of the AST's lists: all have first, last and count. */
#define LIST_ADD(list, node)                                                                       \
    do {                                                                                           \
        if ((list)->count++ == 0)                                                                  \
            (list)->first = (node);                                                                \
        else                                                                                       \
            (list)->last->next = (node);                                                           \
        (list)->last = (node);                                                                     \
    } while (0)

#endif
