/* Names, literals, types and expressions as text. */
#include <assert.h>

#include "grammar/ast_print.h"
#include "grammar/lexer.h"

/* --- names and texts --- */

static bool is_plain_word(Text name)
{
    for (uint32_t i = 0; i < name.size; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        bool digit = c >= '0' && c <= '9';
        if (!letter && !(digit && i > 0))
            return false;
    }
    return name.size > 0;
}

static void print_quoted(Text text, char quote, StrBuf *out)
{
    strbuf_char(out, quote);
    for (uint32_t i = 0; i < text.size; i++) {
        strbuf_char(out, text.ptr[i]);
        if (text.ptr[i] == quote)
            strbuf_char(out, quote);
    }
    strbuf_char(out, quote);
}

void ast_print_name(Text name, StrBuf *out)
{
    const KeywordRow *keyword = keyword_find(name);
    bool strong =
        keyword != NULL && (keyword->kind == KEYWORD_RESERVED || keyword->kind == KEYWORD_STRONG);
    if (is_plain_word(name) && !strong)
        strbuf_text(out, name);
    else
        print_quoted(name, '`', out);
}

void ast_print_names(const NameList *qualified, StrBuf *out)
{
    for (const Name *name = qualified->first; name != NULL; name = name->next) {
        if (name != qualified->first)
            strbuf_char(out, '.');
        ast_print_name(name->text, out);
    }
}

static void print_name(const Name *name, StrBuf *out)
{
    ast_print_name(name->text, out);
}

void print_name_list(const NameList *names, StrBuf *out)
{
    PRINT_LIST(names, Name, print_name, out);
}

void ast_print_string(Text text, StrBuf *out)
{
    print_quoted(text, '\'', out);
}

/* --- types --- */

void print_interval_qualifier(const IntervalQualifier *qualifier, StrBuf *out)
{
    strbuf_string(out, unit_name_word(qualifier->from));
    bool to = qualifier->to != UNIT_NAME_NONE;
    if (qualifier->precision >= 0 && qualifier->fraction >= 0 && !to)
        strbuf_printf(out, "(%d, %d)", qualifier->precision, qualifier->fraction);
    else if (qualifier->precision >= 0)
        strbuf_printf(out, "(%d)", qualifier->precision);
    if (to)
        strbuf_printf(out, " TO %s", unit_name_word(qualifier->to));
    if (to && qualifier->fraction >= 0)
        strbuf_printf(out, "(%d)", qualifier->fraction);
}

static void print_row_field(const RowField *field, StrBuf *out)
{
    ast_print_name(field->name.text, out);
    strbuf_char(out, ' ');
    ast_print_type(field->type, out);
    if (field->has_comment) {
        strbuf_char(out, ' ');
        ast_print_string(field->comment, out);
    }
}

static void print_plain_type(const TypeName *type, StrBuf *out)
{
    static const char *const zones[] = {
        [TYPE_ZONE_UNSAID] = "",
        [TYPE_ZONE_WITHOUT] = " WITHOUT TIME ZONE",
        [TYPE_ZONE_WITH] = " WITH TIME ZONE",
        [TYPE_ZONE_LOCAL] = " WITH LOCAL TIME ZONE",
    };
    ast_print_names(&type->as.plain.name, out);
    if (type->as.plain.args.count > 0) {
        strbuf_char(out, '(');
        print_expr_list(&type->as.plain.args, out);
        strbuf_char(out, ')');
    }
    strbuf_string(out, zones[type->as.plain.zone]);
}

static void print_element_type(const char *word, const TypeName *element, StrBuf *out)
{
    strbuf_string(out, word);
    strbuf_char(out, '<');
    ast_print_type(element, out);
    strbuf_char(out, '>');
}

void ast_print_type(const TypeName *type, StrBuf *out)
{
    switch (type->kind) {
    case TYPE_NAME_PLAIN: print_plain_type(type, out); break;
    case TYPE_NAME_ARRAY: print_element_type("ARRAY", type->as.element, out); break;
    case TYPE_NAME_MULTISET: print_element_type("MULTISET", type->as.element, out); break;
    case TYPE_NAME_MAP:
        strbuf_string(out, "MAP<");
        ast_print_type(type->as.map.key, out);
        strbuf_string(out, ", ");
        ast_print_type(type->as.map.value, out);
        strbuf_char(out, '>');
        break;
    case TYPE_NAME_ROW:
        strbuf_string(out, "ROW<");
        PRINT_LIST(&type->as.row, RowField, print_row_field, out);
        strbuf_char(out, '>');
        break;
    case TYPE_NAME_INTERVAL:
        strbuf_string(out, "INTERVAL ");
        print_interval_qualifier(&type->as.interval, out);
        break;
    }
    if (type->nullability == TYPE_NOT_NULL)
        strbuf_string(out, " NOT NULL");
    else if (type->nullability == TYPE_NULLABLE)
        strbuf_string(out, " NULL");
}

/* --- operators --- */

typedef struct BinaryRow {
    const char *sql;
    int precedence;
} BinaryRow;

static const BinaryRow binary_rows[] = {
#define X(name, sql, precedence) [BINARY_##name] = {sql, precedence},
#include "grammar/operators.def"
#undef X
};

static int precedence_of(const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_BINARY: return binary_rows[expr->as.binary.op].precedence;
    case EXPR_UNARY:
        return expr->as.unary.op == UNARY_NOT        ? PRECEDENCE_NOT
               : expr->as.unary.op == UNARY_AT_LOCAL ? PRECEDENCE_AT
                                                     : PRECEDENCE_SIGN;
    case EXPR_IS: return PRECEDENCE_IS;
    case EXPR_QUANTIFIED: return PRECEDENCE_COMPARE;
    case EXPR_BETWEEN:
    case EXPR_LIKE:
    case EXPR_IN: return PRECEDENCE_IN;
    case EXPR_LITERAL:
    case EXPR_COLUMN:
    case EXPR_STAR:
    case EXPR_EXISTS:
    case EXPR_SUBQUERY:
    case EXPR_CASE:
    case EXPR_CAST:
    case EXPR_CALL:
    case EXPR_ROW:
    case EXPR_ARRAY:
    case EXPR_MAP:
    case EXPR_MULTISET:
    case EXPR_ELEMENT:
    case EXPR_FIELD:
    case EXPR_TIME_DIFFERENCE:
    case EXPR_UNIT:
    case EXPR_DEFAULT:
    case EXPR_NAMED_ARG:
    case EXPR_TABLE_ARG:
    case EXPR_DESCRIPTOR:
    case EXPR_KEY_VALUE: break;
    }
    return PRECEDENCE_PRIMARY;
}

static void print_unary(const Expr *expr, StrBuf *out)
{
    const Expr *operand = expr->as.unary.operand;
    switch (expr->as.unary.op) {
    case UNARY_NOT:
        strbuf_string(out, "NOT ");
        print_expr(operand, PRECEDENCE_NOT, out);
        break;
    case UNARY_MINUS:
    case UNARY_PLUS:
        strbuf_char(out, expr->as.unary.op == UNARY_MINUS ? '-' : '+');
        if (operand->kind == EXPR_UNARY && operand->as.unary.op != UNARY_AT_LOCAL)
            strbuf_char(out, ' '); /* two minus signs would begin a comment */
        print_expr(operand, PRECEDENCE_SIGN, out);
        break;
    case UNARY_AT_LOCAL:
        print_expr(operand, PRECEDENCE_AT, out);
        strbuf_string(out, " AT LOCAL");
        break;
    }
}

/* Left-associative: an operand of the same strength needs parentheses on the right. */
static void print_binary(const Expr *expr, StrBuf *out)
{
    const BinaryRow *row = &binary_rows[expr->as.binary.op];
    print_expr(expr->as.binary.left, row->precedence, out);
    strbuf_printf(out, " %s ", row->sql);
    print_expr(expr->as.binary.right, row->precedence + 1, out);
}

static void print_is(const Expr *expr, StrBuf *out)
{
    static const char *const tests[] = {
        [IS_TEST_NULL] = "NULL",
        [IS_TEST_TRUE] = "TRUE",
        [IS_TEST_FALSE] = "FALSE",
        [IS_TEST_UNKNOWN] = "UNKNOWN",
        [IS_TEST_JSON] = "JSON",
        [IS_TEST_JSON_VALUE] = "JSON VALUE",
        [IS_TEST_JSON_SCALAR] = "JSON SCALAR",
        [IS_TEST_JSON_ARRAY] = "JSON ARRAY",
        [IS_TEST_JSON_OBJECT] = "JSON OBJECT",
    };
    print_expr(expr->as.is.operand, PRECEDENCE_IS, out);
    strbuf_printf(out, " IS %s%s", expr->as.is.negated ? "NOT " : "", tests[expr->as.is.test]);
}

static void print_like(const Expr *expr, StrBuf *out)
{
    static const char *const words[] = {
        [LIKE_LIKE] = "LIKE",
        [LIKE_ILIKE] = "ILIKE",
        [LIKE_SIMILAR] = "SIMILAR TO",
        [LIKE_RLIKE] = "RLIKE",
    };
    print_expr(expr->as.like.operand, PRECEDENCE_IN, out);
    strbuf_printf(out, " %s%s ", expr->as.like.negated ? "NOT " : "", words[expr->as.like.kind]);
    print_expr(expr->as.like.pattern, PRECEDENCE_TERM, out);
    if (expr->as.like.escape != NULL) {
        strbuf_string(out, " ESCAPE ");
        print_expr(expr->as.like.escape, PRECEDENCE_TERM, out);
    }
}

static void print_between(const Expr *expr, StrBuf *out)
{
    print_expr(expr->as.between.operand, PRECEDENCE_IN, out);
    strbuf_printf(out, " %sBETWEEN %s", expr->as.between.negated ? "NOT " : "",
                  expr->as.between.symmetric ? "SYMMETRIC " : "");
    print_expr(expr->as.between.low, PRECEDENCE_TERM, out);
    strbuf_string(out, " AND ");
    print_expr(expr->as.between.high, PRECEDENCE_TERM, out);
}

static void print_list_or_query(const ExprList *items, const Query *query, StrBuf *out)
{
    strbuf_char(out, '(');
    if (query != NULL)
        ast_print_query(query, out);
    else
        print_expr_list(items, out);
    strbuf_char(out, ')');
}

static void print_in(const Expr *expr, StrBuf *out)
{
    print_expr(expr->as.in.operand, PRECEDENCE_IN, out);
    strbuf_string(out, expr->as.in.negated ? " NOT IN " : " IN ");
    print_list_or_query(&expr->as.in.items, expr->as.in.query, out);
}

static void print_quantified(const Expr *expr, StrBuf *out)
{
    print_expr(expr->as.quantified.operand, PRECEDENCE_COMPARE, out);
    strbuf_printf(out, " %s %s ", binary_rows[expr->as.quantified.op].sql,
                  expr->as.quantified.all ? "ALL" : "ANY");
    print_list_or_query(&expr->as.quantified.items, expr->as.quantified.query, out);
}

/* --- the other expressions --- */

static void print_literal(const Literal *literal, StrBuf *out)
{
    switch (literal->kind) {
    case LITERAL_NULL: strbuf_string(out, "NULL"); break;
    case LITERAL_TRUE: strbuf_string(out, "TRUE"); break;
    case LITERAL_FALSE: strbuf_string(out, "FALSE"); break;
    case LITERAL_UNKNOWN: strbuf_string(out, "UNKNOWN"); break;
    case LITERAL_INTEGER:
    case LITERAL_DECIMAL:
    case LITERAL_DOUBLE: strbuf_text(out, literal->text); break;
    case LITERAL_STRING: ast_print_string(literal->text, out); break;
    case LITERAL_BINARY:
        strbuf_char(out, 'X');
        ast_print_string(literal->text, out);
        break;
    case LITERAL_TYPED: /* Flink does not know TIMESTAMP_LTZ '...' */
        if (text_is(literal->of.type_name, "TIMESTAMP_LTZ"))
            strbuf_string(out, "TIMESTAMP WITH LOCAL TIME ZONE");
        else
            strbuf_text(out, literal->of.type_name);
        strbuf_char(out, ' ');
        ast_print_string(literal->text, out);
        break;
    case LITERAL_INTERVAL:
        strbuf_string(out, literal->of.interval.negative ? "INTERVAL -" : "INTERVAL ");
        ast_print_string(literal->text, out);
        strbuf_char(out, ' ');
        print_interval_qualifier(literal->of.interval.qualifier, out);
        break;
    }
}

static void print_case(const Expr *expr, StrBuf *out)
{
    strbuf_string(out, "CASE");
    if (expr->as.cases.operand != NULL) {
        strbuf_char(out, ' ');
        ast_print_expr(expr->as.cases.operand, out);
    }
    for (const CaseWhen *branch = expr->as.cases.whens.first; branch != NULL;
         branch = branch->next) {
        strbuf_string(out, " WHEN ");
        print_expr_list(&branch->when, out);
        strbuf_string(out, " THEN ");
        ast_print_expr(branch->then, out);
    }
    if (expr->as.cases.otherwise != NULL) {
        strbuf_string(out, " ELSE ");
        ast_print_expr(expr->as.cases.otherwise, out);
    }
    strbuf_string(out, " END");
}

static void print_items(const Expr *expr, const char *word, StrBuf *out)
{
    strbuf_string(out, word);
    if (expr->as.items.query != NULL || expr->kind == EXPR_ROW) {
        print_list_or_query(&expr->as.items.items, expr->as.items.query, out);
        return;
    }
    strbuf_char(out, '[');
    print_expr_list(&expr->as.items.items, out);
    strbuf_char(out, ']');
}

static void print_table_arg(const Expr *expr, StrBuf *out)
{
    strbuf_string(out, "TABLE ");
    if (expr->as.table.query != NULL)
        print_list_or_query(NULL, expr->as.table.query, out);
    else
        ast_print_names(&expr->as.table.name, out);
    if (expr->as.table.partition_by.count > 0) {
        bool one = expr->as.table.partition_by.count == 1;
        strbuf_string(out, one ? " PARTITION BY " : " PARTITION BY (");
        print_expr_list(&expr->as.table.partition_by, out);
        strbuf_string(out, one ? "" : ")");
    }
    if (expr->as.table.order_by.count > 0) {
        strbuf_string(out, " ORDER BY ");
        print_order_list(&expr->as.table.order_by, out);
    }
}

/* The point of a number would be taken for a decimal one. */
static void print_field(const Expr *expr, StrBuf *out)
{
    bool literal = expr->as.field.base->kind == EXPR_LITERAL;
    print_expr(expr->as.field.base, literal ? PRECEDENCE_PRIMARY + 1 : PRECEDENCE_PRIMARY, out);
    strbuf_char(out, '.');
    ast_print_name(expr->as.field.name.text, out);
}

static void print_cast(const Expr *expr, StrBuf *out)
{
    strbuf_string(out, expr->as.cast.safe ? "TRY_CAST(" : "CAST(");
    ast_print_expr(expr->as.cast.operand, out);
    strbuf_string(out, " AS ");
    ast_print_type(expr->as.cast.type, out);
    strbuf_char(out, ')');
}

static void print_element(const Expr *expr, StrBuf *out)
{
    print_expr(expr->as.element.base, PRECEDENCE_PRIMARY, out);
    strbuf_char(out, '[');
    ast_print_expr(expr->as.element.index, out);
    strbuf_char(out, ']');
}

static void print_difference(const Expr *expr, StrBuf *out)
{
    strbuf_char(out, '(');
    ast_print_expr(expr->as.difference.operand, out);
    strbuf_string(out, ") ");
    print_interval_qualifier(expr->as.difference.qualifier, out);
}

static void print_star(const Expr *expr, StrBuf *out)
{
    ast_print_names(&expr->as.column, out);
    strbuf_string(out, expr->as.column.count > 0 ? ".*" : "*");
}

/* The key binds at least like a comparison: "x IS JSON VALUE v" would be read as a test. */
static void print_pair(const Expr *expr, StrBuf *out)
{
    print_expr(expr->as.pair.key, PRECEDENCE_COMPARE, out);
    strbuf_string(out, " VALUE ");
    ast_print_expr(expr->as.pair.value, out);
}

static void print_any(const Expr *expr, StrBuf *out)
{
    switch (expr->kind) {
    case EXPR_LITERAL: print_literal(&expr->as.literal, out); break;
    case EXPR_COLUMN: ast_print_names(&expr->as.column, out); break;
    case EXPR_STAR: print_star(expr, out); break;
    case EXPR_UNARY: print_unary(expr, out); break;
    case EXPR_BINARY: print_binary(expr, out); break;
    case EXPR_IS: print_is(expr, out); break;
    case EXPR_BETWEEN: print_between(expr, out); break;
    case EXPR_LIKE: print_like(expr, out); break;
    case EXPR_IN: print_in(expr, out); break;
    case EXPR_QUANTIFIED: print_quantified(expr, out); break;
    case EXPR_EXISTS:
        strbuf_string(out, "EXISTS ");
        print_list_or_query(NULL, expr->as.query, out);
        break;
    case EXPR_SUBQUERY: print_list_or_query(NULL, expr->as.query, out); break;
    case EXPR_CASE: print_case(expr, out); break;
    case EXPR_CAST: print_cast(expr, out); break;
    case EXPR_CALL: print_call(expr->as.call, out); break;
    case EXPR_ROW: print_items(expr, expr->as.items.keyword ? "ROW" : "", out); break;
    case EXPR_ARRAY: print_items(expr, "ARRAY", out); break;
    case EXPR_MAP: print_items(expr, "MAP", out); break;
    case EXPR_MULTISET: print_items(expr, "MULTISET", out); break;
    case EXPR_ELEMENT: print_element(expr, out); break;
    case EXPR_FIELD: print_field(expr, out); break;
    case EXPR_TIME_DIFFERENCE: print_difference(expr, out); break;
    case EXPR_UNIT: strbuf_string(out, unit_name_word(expr->as.unit)); break;
    case EXPR_DEFAULT: strbuf_string(out, "DEFAULT"); break;
    case EXPR_NAMED_ARG:
        ast_print_name(expr->as.named.name.text, out);
        strbuf_string(out, " => ");
        ast_print_expr(expr->as.named.value, out);
        break;
    case EXPR_TABLE_ARG: print_table_arg(expr, out); break;
    case EXPR_DESCRIPTOR:
        strbuf_string(out, "DESCRIPTOR(");
        print_name_list(&expr->as.column, out);
        strbuf_char(out, ')');
        break;
    case EXPR_KEY_VALUE: print_pair(expr, out); break;
    }
}

void print_expr(const Expr *expr, int precedence, StrBuf *out)
{
    bool parentheses = precedence_of(expr) < precedence;
    if (parentheses)
        strbuf_char(out, '(');
    print_any(expr, out);
    if (parentheses)
        strbuf_char(out, ')');
}

void ast_print_expr(const Expr *expr, StrBuf *out)
{
    print_expr(expr, PRECEDENCE_ANY, out);
}

void print_expr_list(const ExprList *list, StrBuf *out)
{
    PRINT_LIST(list, Expr, ast_print_expr, out);
}

static void print_order_item(const OrderItem *item, StrBuf *out)
{
    static const char *const directions[] = {
        [ORDER_UNSAID] = "", [ORDER_ASC] = " ASC", [ORDER_DESC] = " DESC"};
    static const char *const nulls[] = {
        [ORDER_NULLS_UNSAID] = "",
        [ORDER_NULLS_FIRST] = " NULLS FIRST",
        [ORDER_NULLS_LAST] = " NULLS LAST",
    };
    ast_print_expr(item->expr, out);
    strbuf_string(out, directions[item->direction]);
    strbuf_string(out, nulls[item->nulls]);
}

void print_order_list(const OrderList *list, StrBuf *out)
{
    PRINT_LIST(list, OrderItem, print_order_item, out);
}
