/* Constructors of names, literals, types and expressions: see ast_make.h. */
#ifndef WEIR_GRAMMAR_AST_MAKE_EXPR_H
#define WEIR_GRAMMAR_AST_MAKE_EXPR_H

#include "grammar/builder.h"

/* A function that adds a node to the end of a list: the list so far goes in, the longer one out. */
#define LIST_FUNCTION(function, List, Node)                                                        \
    static inline List function(List list, Node *node)                                             \
    {                                                                                              \
        LIST_ADD(&list, node);                                                                     \
        return list;                                                                               \
    }

LIST_FUNCTION(ast_names, NameList, Name)
LIST_FUNCTION(ast_exprs, ExprList, Expr)
LIST_FUNCTION(ast_orders, OrderList, OrderItem)
LIST_FUNCTION(ast_row_fields, RowFieldList, RowField)

/* --- depth of what may be missing or many --- */

uint32_t expr_depth(const Expr *expr); /* 0 for NULL */
uint32_t query_depth(const Query *query);
uint32_t exprs_depth(ExprList list); /* of the deepest */
uint32_t orders_depth(OrderList list);
uint32_t deeper(uint32_t a, uint32_t b);

/* --- names --- */

Name *ast_name(Builder *b, Token token);
Name ast_name_copy(const Name *name); /* by value, out of its list; zero for NULL */

/* --- literals --- */

int32_t ast_integer(Builder *b, Token token, int32_t largest);
Expr *ast_literal(Builder *b, LiteralKind kind, Token token);
Expr *ast_typed_literal(Builder *b, Token name, Token string);
Expr *ast_local_timestamp(Builder *b, Token name, Token string);
Expr *ast_interval(Builder *b, Token start, bool negative, Token string,
                   IntervalQualifier *qualifier);
Expr *ast_interval_times(Builder *b, Token start, Expr *factor, IntervalQualifier *field);
IntervalQualifier *ast_interval_field(Builder *b, Token unit, const Token *precision,
                                      const Token *fraction);
IntervalQualifier *ast_interval_to(Builder *b, IntervalQualifier *from, IntervalQualifier *to);
Expr *ast_unit(Builder *b, Token unit);

/* --- operators --- */

Expr *ast_unary(Builder *b, UnaryOp op, Token sign, Expr *operand);
Expr *ast_at_local(Builder *b, Expr *operand);
Expr *ast_binary(Builder *b, BinaryOp op, Expr *left, Expr *right);
Expr *ast_is(Builder *b, Expr *operand, bool negated, IsTest test);
Expr *ast_like(Builder *b, LikeKind kind, bool negated, Expr *operand, Expr *pattern, Expr *escape);
Expr *ast_between(Builder *b, bool negated, bool symmetric, Expr *operand, Expr *low, Expr *high);
Expr *ast_in(Builder *b, bool negated, Expr *operand, ExprList items, Query *query);

typedef struct Quantified { /* what follows the comparison: ANY (...), ALL (...) */
    bool all;
    ExprList items;
    Query *query;
} Quantified;
Expr *ast_quantified(Builder *b, BinaryOp op, Expr *operand, Quantified what);

/* --- other expressions --- */

Expr *ast_column(Builder *b, Name *name);
Expr *ast_dot(Builder *b, Expr *base, Name *name);
Expr *ast_star(Builder *b, Expr *qualifier, Token star);
Expr *ast_element(Builder *b, Expr *base, Expr *index);
Expr *ast_parenthesised(Builder *b, Token open, Expr *inner);
Expr *ast_difference(Builder *b, Token open, Expr *inner, IntervalQualifier *qualifier);
Expr *ast_row(Builder *b, Token start, bool keyword, ExprList items);
ExprList ast_exprs_front(Expr *first, ExprList rest);
Expr *ast_items(Builder *b, ExprKind kind, Token start, ExprList items);
Expr *ast_items_query(Builder *b, ExprKind kind, Token start, Query *query);
Expr *ast_exists(Builder *b, Token start, Query *query);
Expr *ast_subquery(Builder *b, Query *query);
CaseWhenList ast_whens(Builder *b, CaseWhenList list, ExprList when, Expr *then);
Expr *ast_case(Builder *b, Token start, Expr *operand, CaseWhenList whens, Expr *otherwise);
Expr *ast_cast(Builder *b, Token start, bool safe, Expr *operand, TypeName *type);

/* --- calls --- */

/* What stands between the parentheses; the function's name comes later. */
Call *ast_args(Builder *b, CallQuantifier quantifier, ExprList args);
Call *ast_args_special(Builder *b, CallSyntax syntax, Expr *first, Expr *second, Expr *third,
                       Expr *fourth);
Call *ast_args_order(Builder *b, Call *call, OrderList order);
Call *ast_args_nulls(Builder *b, Call *call, Token treatment);
JsonBehavior ast_json(JsonBehaviorKind kind, Expr *value);
Call *ast_args_on_null(Builder *b, Call *call, JsonBehavior behavior);
Call *ast_args_only_on_null(Builder *b, JsonBehaviorKind kind);
Call *ast_args_on_empty(Builder *b, Call *call, JsonBehavior behavior);
Call *ast_args_on_error(Builder *b, Call *call, JsonBehavior behavior);
Call *ast_args_returning(Builder *b, Call *call, TypeName *type);
Call *ast_args_wrapper(Builder *b, Call *call, JsonWrapper wrapper);

typedef struct TableArgKeys { /* PARTITION BY and ORDER BY behind a table argument */
    ExprList partition;
    OrderList order;
} TableArgKeys;
TableArgKeys ast_table_arg_keys(Expr *partition, OrderItem *order);
Expr *ast_table_arg(Builder *b, Token start, NameList table, TableArgKeys keys);
Expr *ast_table_arg_query(Builder *b, Token start, Query *query, TableArgKeys keys);
Expr *ast_table_arg_expr(Builder *b, Expr *table, TableArgKeys keys);
Expr *ast_named_arg(Builder *b, Name *name, Expr *value);
Expr *ast_pair(Builder *b, const Token *start, Expr *key, Expr *value);
Expr *ast_default(Builder *b, Token token);
Expr *ast_descriptor(Builder *b, Token start, NameList columns);

Expr *ast_call(Builder *b, Name *name, Call *call);
Expr *ast_call_names(Builder *b, NameList name, Call *call);
Expr *ast_call_qualified(Builder *b, Expr *qualifier, Name *name, Call *call);
Expr *ast_call_bare(Builder *b, Token name);
Expr *ast_call_special(Builder *b, CallSyntax syntax, Token name, Expr *first, Expr *second,
                       Expr *third);
Expr *ast_call_trim_plain(Builder *b, Token name, Call *call);
Expr *ast_call_trim(Builder *b, Token name, TrimSide side, Expr *characters, Expr *operand);
Expr *ast_call_frame(Builder *b, Token word, Expr *call);
Expr *ast_call_filter(Builder *b, Expr *call, Expr *condition);
Expr *ast_call_within(Builder *b, Expr *call, OrderList order);
Expr *ast_call_nulls(Builder *b, Expr *call, Token treatment);
Expr *ast_call_over(Builder *b, Expr *call, WindowSpec *window);

/* --- types --- */

TypeName *ast_type(Builder *b, NameList name, ExprList args, TypeZone zone);
TypeName *ast_type_words(Builder *b, Name *name, Token second, ExprList args);
TypeName *ast_type_row(Builder *b, Token start, RowFieldList fields);
TypeName *ast_type_of(Builder *b, TypeNameKind kind, Token start, TypeName *element);
TypeName *ast_type_suffix(Builder *b, TypeNameKind kind, TypeName *element);
TypeName *ast_type_map(Builder *b, Token start, TypeName *key, TypeName *value);
TypeName *ast_type_interval(Builder *b, Token start, IntervalQualifier *qualifier);
TypeName *ast_type_nullable(Builder *b, TypeName *type, TypeNullability nullability);
RowField *ast_row_field(Builder *b, Name *name, TypeName *type, const Token *comment);

#endif
