/* What the comparison's parts share. The doors are in ast.h. */
#ifndef WEIR_GRAMMAR_AST_EQUAL_H
#define WEIR_GRAMMAR_AST_EQUAL_H

#include "grammar/ast.h"

/* Lists are equal when they are equally long and equal item by item. */
#define LIST_EQUAL_FUNCTION(function, List, Node, item_equal)                                      \
    static bool function(const List *a, const List *b)                                             \
    {                                                                                              \
        const Node *x = a->first, *y = b->first;                                                   \
        for (; x != NULL && y != NULL; x = x->next, y = y->next) {                                 \
            if (!item_equal(x, y))                                                                 \
                return false;                                                                      \
        }                                                                                          \
        return x == NULL && y == NULL;                                                             \
    }

bool equal_name(const Name *a, const Name *b);
bool equal_names(const NameList *a, const NameList *b);
bool equal_exprs(const ExprList *a, const ExprList *b);
bool equal_optional_expr(const Expr *a, const Expr *b);
bool equal_optional_query(const Query *a, const Query *b);
bool equal_orders(const OrderList *a, const OrderList *b);
bool equal_hints(const HintList *a, const HintList *b);
bool equal_tables(const TableRef *a, const TableRef *b);     /* may be NULL */
bool equal_window(const WindowSpec *a, const WindowSpec *b); /* may be NULL */

#endif
