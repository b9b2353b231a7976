/* The constructors that the grammar's actions call. Each makes or extends one node: it sets the
 * span, keeps the depth and, where the grammar takes more than makes sense to any binder, refuses.
 * None looks anything up in a catalog. See builder.h for why none can fail.
 *
 * Tokens and structs are passed by value, optional ones by pointer; NULL is "not written". */
#ifndef WEIR_GRAMMAR_AST_MAKE_H
#define WEIR_GRAMMAR_AST_MAKE_H

#include "grammar/ast_make_ddl.h"
#include "grammar/ast_make_expr.h"
#include "grammar/ast_make_query.h"
#include "grammar/ast_make_statement.h"

#endif
