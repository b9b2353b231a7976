/* Queries, table references and patterns as text. */
#include <assert.h>

#include "grammar/ast_print.h"

/* --- hints, aliases --- */

static void print_hint_arg(const HintArg *arg, StrBuf *out)
{
    if (arg->has_key && arg->key_quoted)
        ast_print_string(arg->key, out);
    else if (arg->has_key)
        ast_print_name(arg->key, out);
    if (arg->has_key)
        strbuf_string(out, " = ");
    if (arg->names.count > 0)
        ast_print_names(&arg->names, out);
    else if (arg->value_quoted)
        ast_print_string(arg->value, out);
    else
        strbuf_text(out, arg->value);
}

static void print_hint(const Hint *hint, StrBuf *out)
{
    ast_print_name(hint->name.text, out);
    if (hint->args.count == 0)
        return;
    strbuf_char(out, '(');
    PRINT_LIST(&hint->args, HintArg, print_hint_arg, out);
    strbuf_char(out, ')');
}

void print_hints(const HintList *hints, StrBuf *out)
{
    if (hints->count == 0)
        return;
    strbuf_string(out, " /*+ ");
    PRINT_LIST(hints, Hint, print_hint, out);
    strbuf_string(out, " */");
}

static void print_columns(const NameList *columns, StrBuf *out)
{
    if (columns->count == 0)
        return;
    strbuf_string(out, " (");
    print_name_list(columns, out);
    strbuf_char(out, ')');
}

static void print_alias(const TableRef *table, StrBuf *out)
{
    if (!table->has_alias)
        return;
    strbuf_string(out, " AS ");
    ast_print_name(table->alias.text, out);
    print_columns(&table->columns, out);
}

/* --- tables --- */

static void print_parenthesised(const Query *query, StrBuf *out)
{
    strbuf_char(out, '(');
    ast_print_query(query, out);
    strbuf_char(out, ')');
}

static void print_named_table(const TableRef *table, StrBuf *out)
{
    ast_print_names(&table->as.name.name, out);
    print_hints(&table->as.name.hints, out);
    if (table->as.name.as_of != NULL) {
        strbuf_string(out, " FOR SYSTEM_TIME AS OF ");
        print_expr(table->as.name.as_of, PRECEDENCE_TERM, out);
    }
    if (!table->as.name.has_sample)
        return;
    strbuf_string(out, table->as.name.sample_bernoulli ? " TABLESAMPLE BERNOULLI ("
                                                       : " TABLESAMPLE SYSTEM (");
    ast_print_expr(table->as.name.sample_percent, out);
    strbuf_char(out, ')');
    if (table->as.name.sample_seed != NULL) {
        strbuf_string(out, " REPEATABLE (");
        ast_print_expr(table->as.name.sample_seed, out);
        strbuf_char(out, ')');
    }
}

static void print_table_function(const TableRef *table, StrBuf *out)
{
    strbuf_string(out, table->as.function.lateral ? "LATERAL " : "");
    strbuf_string(out, table->as.function.wrapped ? "TABLE(" : "");
    print_table_call(table->as.function.call->as.call, out);
    strbuf_string(out, table->as.function.wrapped ? ")" : "");
}

static void print_unnest(const TableRef *table, StrBuf *out)
{
    strbuf_string(out, table->as.unnest.lateral ? "LATERAL UNNEST(" : "UNNEST(");
    print_expr_list(&table->as.unnest.args, out);
    strbuf_string(out, table->as.unnest.ordinality ? ") WITH ORDINALITY" : ")");
}

/* All joins group to the left, the comma too: one on the right needs parentheses. */
static void print_right_table(const TableRef *table, StrBuf *out)
{
    bool join = table->kind == TABLE_REF_JOIN;
    strbuf_string(out, join ? "(" : "");
    ast_print_table(table, out);
    strbuf_string(out, join ? ")" : "");
}

static void print_join(const TableRef *table, StrBuf *out)
{
    static const char *const words[] = {
        [JOIN_SYNTAX_INNER] = "JOIN",       [JOIN_SYNTAX_LEFT] = "LEFT JOIN",
        [JOIN_SYNTAX_RIGHT] = "RIGHT JOIN", [JOIN_SYNTAX_FULL] = "FULL JOIN",
        [JOIN_SYNTAX_CROSS] = "CROSS JOIN", [JOIN_SYNTAX_COMMA] = ",",
        [JOIN_SYNTAX_SEMI] = "SEMI JOIN",   [JOIN_SYNTAX_ANTI] = "ANTI JOIN",
    };
    bool comma = table->as.join.kind == JOIN_SYNTAX_COMMA;
    ast_print_table(table->as.join.left, out);
    strbuf_printf(out, "%s%s%s ", comma ? "" : " ", table->as.join.natural ? "NATURAL " : "",
                  words[table->as.join.kind]);
    print_right_table(table->as.join.right, out);
    if (table->as.join.on != NULL) {
        strbuf_string(out, " ON ");
        ast_print_expr(table->as.join.on, out);
    }
    if (table->as.join.using.count > 0) {
        strbuf_string(out, " USING");
        print_columns(&table->as.join.using, out);
    }
}

void ast_print_table(const TableRef *table, StrBuf *out)
{
    switch (table->kind) {
    case TABLE_REF_NAME: print_named_table(table, out); break;
    case TABLE_REF_QUERY:
        strbuf_string(out, table->as.query.lateral ? "LATERAL " : "");
        print_parenthesised(table->as.query.query, out);
        break;
    case TABLE_REF_FUNCTION: print_table_function(table, out); break;
    case TABLE_REF_UNNEST: print_unnest(table, out); break;
    case TABLE_REF_JOIN: print_join(table, out); break;
    case TABLE_REF_MATCH:
        print_right_table(table->as.match.input, out);
        strbuf_string(out, " MATCH_RECOGNIZE (");
        print_match(table->as.match.match, out);
        strbuf_char(out, ')');
        break;
    }
    print_alias(table, out);
}

/* --- SELECT --- */

static void print_select_item(const SelectItem *item, StrBuf *out)
{
    ast_print_expr(item->expr, out);
    if (item->has_alias) {
        strbuf_string(out, " AS ");
        ast_print_name(item->alias.text, out);
    }
}

static void print_group_item(const GroupItem *item, StrBuf *out)
{
    static const char *const words[] = {
        [GROUP_EXPR] = "",           [GROUP_LIST] = "(",      [GROUP_SETS] = "GROUPING SETS (",
        [GROUP_ROLLUP] = "ROLLUP (", [GROUP_CUBE] = "CUBE (",
    };
    if (item->kind == GROUP_EXPR) {
        ast_print_expr(item->expr, out);
        return;
    }
    strbuf_string(out, words[item->kind]);
    PRINT_LIST(&item->items, GroupItem, print_group_item, out);
    strbuf_char(out, ')');
}

static void print_window_def(const WindowDef *def, StrBuf *out)
{
    ast_print_name(def->name.text, out);
    strbuf_string(out, " AS ");
    print_window(def->spec, out);
}

static void print_condition(const char *words, const Expr *condition, StrBuf *out)
{
    if (condition == NULL)
        return;
    strbuf_string(out, words);
    ast_print_expr(condition, out);
}

static void print_select(const Select *select, StrBuf *out)
{
    static const char *const quantifiers[] = {
        [SELECT_UNSAID] = "", [SELECT_ALL] = "ALL ", [SELECT_DISTINCT] = "DISTINCT "};
    strbuf_string(out, "SELECT");
    print_hints(&select->hints, out);
    strbuf_printf(out, " %s", quantifiers[select->quantifier]);
    PRINT_LIST(&select->items, SelectItem, print_select_item, out);
    if (select->from == NULL)
        return;
    strbuf_string(out, " FROM ");
    ast_print_table(select->from, out);
    print_condition(" WHERE ", select->where, out);
    if (select->grouped) {
        strbuf_printf(out, " GROUP BY %s", quantifiers[select->group_quantifier]);
        PRINT_LIST(&select->group_by, GroupItem, print_group_item, out);
    }
    print_condition(" HAVING ", select->having, out);
    if (select->windows.count > 0) {
        strbuf_string(out, " WINDOW ");
        PRINT_LIST(&select->windows, WindowDef, print_window_def, out);
    }
    print_condition(" QUALIFY ", select->qualify, out);
}

/* --- queries --- */

static bool has_tail(const Query *query)
{
    return query->ctes.count > 0 || query->order_by.count > 0 || query->offset != NULL ||
           query->limit_syntax != LIMIT_UNSAID;
}

/* UNION and EXCEPT bind more weakly than INTERSECT; all group to the left. */
static void print_operand(const Query *query, QuerySetOp op, bool right, StrBuf *out)
{
    bool set = query->kind == QUERY_SET_OP;
    bool strong = set && query->as.set.op == QUERY_SET_INTERSECT;
    bool wanted_strong = op == QUERY_SET_INTERSECT;
    bool groups = !set || (strong && !wanted_strong) || (strong == wanted_strong && !right);
    if (has_tail(query) || !groups)
        print_parenthesised(query, out);
    else
        ast_print_query(query, out);
}

static void print_values_row(const ValuesRow *row, StrBuf *out)
{
    bool row_in_row = row->items.count == 1 && row->items.first->kind == EXPR_ROW;
    strbuf_string(out, row_in_row ? "ROW(" : "(");
    print_expr_list(&row->items, out);
    strbuf_char(out, ')');
}

static void print_body(const Query *query, StrBuf *out)
{
    static const char *const words[] = {[QUERY_SET_UNION] = "UNION",
                                        [QUERY_SET_INTERSECT] = "INTERSECT",
                                        [QUERY_SET_EXCEPT] = "EXCEPT"};
    switch (query->kind) {
    case QUERY_SELECT: print_select(query->as.select, out); break;
    case QUERY_SET_OP:
        print_operand(query->as.set.left, query->as.set.op, false, out);
        strbuf_printf(out, " %s%s ", words[query->as.set.op], query->as.set.all ? " ALL" : "");
        print_operand(query->as.set.right, query->as.set.op, true, out);
        break;
    case QUERY_VALUES:
        strbuf_string(out, "VALUES ");
        PRINT_LIST(&query->as.values, ValuesRow, print_values_row, out);
        break;
    case QUERY_TABLE:
        strbuf_string(out, "TABLE ");
        ast_print_names(&query->as.table, out);
        break;
    case QUERY_NESTED: print_parenthesised(query->as.nested, out); break;
    }
}

static void print_limits(const Query *query, StrBuf *out)
{
    if (query->limit_syntax == LIMIT_LIMIT)
        print_condition(" LIMIT ", query->limit, out);
    else if (query->limit_syntax == LIMIT_ALL)
        strbuf_string(out, " LIMIT ALL");
    print_condition(" OFFSET ", query->offset, out);
    if (query->offset != NULL)
        strbuf_string(out, " ROWS");
    if (query->limit_syntax == LIMIT_FETCH) {
        print_condition(" FETCH FIRST ", query->limit, out);
        strbuf_string(out, " ROWS ONLY");
    }
}

static void print_cte(const Cte *cte, StrBuf *out)
{
    ast_print_name(cte->name.text, out);
    print_columns(&cte->columns, out);
    strbuf_string(out, " AS ");
    print_parenthesised(cte->query, out);
}

void ast_print_query(const Query *query, StrBuf *out)
{
    if (query->ctes.count > 0) {
        strbuf_string(out, query->recursive ? "WITH RECURSIVE " : "WITH ");
        PRINT_LIST(&query->ctes, Cte, print_cte, out);
        strbuf_char(out, ' ');
    }
    print_body(query, out);
    if (query->order_by.count > 0) {
        strbuf_string(out, " ORDER BY ");
        print_order_list(&query->order_by, out);
    }
    print_limits(query, out);
}
