/* The AST, and what can be done with any of it: print, compare, walk.
 *
 * The node types are in ast_type.h, ast_call.h, ast_expr.h, ast_table.h, ast_query.h,
 * ast_pattern.h, ast_ddl.h, ast_alter.h and ast_statement.h, each building on the one before.
 * parse.h makes them. */
#ifndef WEIR_GRAMMAR_AST_H
#define WEIR_GRAMMAR_AST_H

#include "grammar/ast_statement.h"
#include "storage/base/strbuf.h"

/* --- print: canonical SQL on one line, which parses to an equal AST --- */

/* Names are quoted where they must be: when reserved or not a plain word. */
void ast_print_name(Text name, StrBuf *out);
void ast_print_names(const NameList *qualified, StrBuf *out); /* a.b.c */
void ast_print_string(Text text, StrBuf *out);                /* 'it''s' */
void ast_print_type(const TypeName *type, StrBuf *out);
void ast_print_expr(const Expr *expr, StrBuf *out);
void ast_print_table(const TableRef *table, StrBuf *out);
void ast_print_pattern(const Pattern *pattern, StrBuf *out);
void ast_print_query(const Query *query, StrBuf *out);
void ast_print_statement(const Statement *statement, StrBuf *out); /* without a semicolon */

/* --- compare: the same structure and texts; spans do not count, nor whether a name was quoted ---
 */

bool ast_equal_type(const TypeName *a, const TypeName *b);
bool ast_equal_expr(const Expr *a, const Expr *b);
bool ast_equal_query(const Query *a, const Query *b);
bool ast_equal_statement(const Statement *a, const Statement *b);

/* --- walk: depth first, in the order of the text --- */

/* Any function may be NULL. A `false` from one of the first three skips what is below the node;
 * the *_done functions are called after what is below, also when it was skipped. */
typedef struct AstVisitor {
    bool (*expr)(void *context, const Expr *expr);
    bool (*query)(void *context, const Query *query);
    bool (*table)(void *context, const TableRef *table);
    void (*expr_done)(void *context, const Expr *expr);
    void (*query_done)(void *context, const Query *query);
    void (*table_done)(void *context, const TableRef *table);
    void *context;
} AstVisitor;

void ast_walk_expr(const AstVisitor *visitor, const Expr *expr); /* NULL is nothing */
void ast_walk_query(const AstVisitor *visitor, const Query *query);
void ast_walk_table(const AstVisitor *visitor, const TableRef *table);
void ast_walk_statement(const AstVisitor *visitor, const Statement *statement);

#endif
