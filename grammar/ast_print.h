/* What the printer's parts share. The doors are in ast.h. */
#ifndef WEIR_GRAMMAR_AST_PRINT_H
#define WEIR_GRAMMAR_AST_PRINT_H

#include "grammar/ast.h"

/* Binding strength, weakest first: sql.y's precedences, with operators.def for the binary ones. */
enum {
    PRECEDENCE_ANY = 0,
    PRECEDENCE_NOT = 3,
    PRECEDENCE_IS = 4,
    PRECEDENCE_COMPARE = 5,
    PRECEDENCE_IN = 6,   /* BETWEEN, IN, LIKE */
    PRECEDENCE_TERM = 7, /* what may stand behind these */
    PRECEDENCE_SIGN = 9,
    PRECEDENCE_AT = 10,
    PRECEDENCE_PRIMARY = 11,
};

/* In parentheses when it binds more weakly than its place demands. */
void print_expr(const Expr *expr, int precedence, StrBuf *out);
void print_call(const Call *call, StrBuf *out);
void print_table_call(const Call *call, StrBuf *out); /* in FROM, and behind CALL */

/* Lists without what stands around them; `, ` between the items. */
void print_name_list(const NameList *names, StrBuf *out);
void print_expr_list(const ExprList *list, StrBuf *out);
void print_order_list(const OrderList *list, StrBuf *out);

void print_interval_qualifier(const IntervalQualifier *qualifier, StrBuf *out);
void print_window(const WindowSpec *window, StrBuf *out);
void print_hints(const HintList *hints, StrBuf *out); /* with a space before, or nothing */
void print_partition(const PartitionPairList *pairs, StrBuf *out); /* likewise */
void print_options(const OptionPairList *options, StrBuf *out);    /* in parentheses */
void print_elements(const TableElements *elements, StrBuf *out);
void print_match(const MatchRecognize *match, StrBuf *out);
void print_create_table(const CreateTable *create, StrBuf *out);
void print_create_view(const CreateView *create, StrBuf *out);
void print_create_materialized(const CreateMaterialized *create, StatementKind kind, StrBuf *out);
void print_function(const FunctionDef *function, StatementKind kind, StrBuf *out);
void print_namespace(const Namespace *create, StatementKind kind, StrBuf *out);
void print_alter(const Alter *alter, StatementKind kind, StrBuf *out);
void print_drop(const Drop *drop, StrBuf *out);

/* Calls print_item(item, out) for each, with `, ` between them. */
#define PRINT_LIST(list, Type, print_item, out)                                                    \
    do {                                                                                           \
        for (const Type *item_ = (list)->first; item_ != NULL; item_ = item_->next) {              \
            if (item_ != (list)->first)                                                            \
                strbuf_string((out), ", ");                                                        \
            print_item(item_, (out));                                                              \
        }                                                                                          \
    } while (0)

#endif
