#include <assert.h>

#include "grammar/ast.h"

/* --- lists --- */

static void walk_exprs(const AstVisitor *visitor, const ExprList *list)
{
    for (const Expr *expr = list->first; expr != NULL; expr = expr->next)
        ast_walk_expr(visitor, expr);
}

static void walk_orders(const AstVisitor *visitor, const OrderList *list)
{
    for (const OrderItem *item = list->first; item != NULL; item = item->next)
        ast_walk_expr(visitor, item->expr);
}

static void walk_window(const AstVisitor *visitor, const WindowSpec *window)
{
    if (window == NULL)
        return;
    walk_exprs(visitor, &window->partition_by);
    walk_orders(visitor, &window->order_by);
    ast_walk_expr(visitor, window->start.offset);
    ast_walk_expr(visitor, window->end.offset);
}

/* --- expressions --- */

static void walk_call(const AstVisitor *visitor, const Call *call)
{
    walk_exprs(visitor, &call->args);
    if (call->json != NULL) {
        ast_walk_expr(visitor, call->json->on_empty.value);
        ast_walk_expr(visitor, call->json->on_error.value);
    }
    walk_orders(visitor, &call->order_by);
    walk_orders(visitor, &call->within_group);
    ast_walk_expr(visitor, call->filter);
    walk_window(visitor, call->over);
}

static void walk_case(const AstVisitor *visitor, const Expr *expr)
{
    ast_walk_expr(visitor, expr->as.cases.operand);
    for (const CaseWhen *branch = expr->as.cases.whens.first; branch != NULL;
         branch = branch->next) {
        walk_exprs(visitor, &branch->when);
        ast_walk_expr(visitor, branch->then);
    }
    ast_walk_expr(visitor, expr->as.cases.otherwise);
}

static void walk_children(const AstVisitor *visitor, const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_LITERAL:
    case EXPR_COLUMN:
    case EXPR_STAR:
    case EXPR_UNIT:
    case EXPR_DEFAULT:
    case EXPR_DESCRIPTOR: break;
    case EXPR_UNARY: ast_walk_expr(visitor, expr->as.unary.operand); break;
    case EXPR_BINARY:
        ast_walk_expr(visitor, expr->as.binary.left);
        ast_walk_expr(visitor, expr->as.binary.right);
        break;
    case EXPR_IS: ast_walk_expr(visitor, expr->as.is.operand); break;
    case EXPR_BETWEEN:
        ast_walk_expr(visitor, expr->as.between.operand);
        ast_walk_expr(visitor, expr->as.between.low);
        ast_walk_expr(visitor, expr->as.between.high);
        break;
    case EXPR_LIKE:
        ast_walk_expr(visitor, expr->as.like.operand);
        ast_walk_expr(visitor, expr->as.like.pattern);
        ast_walk_expr(visitor, expr->as.like.escape);
        break;
    case EXPR_IN:
        ast_walk_expr(visitor, expr->as.in.operand);
        walk_exprs(visitor, &expr->as.in.items);
        ast_walk_query(visitor, expr->as.in.query);
        break;
    case EXPR_QUANTIFIED:
        ast_walk_expr(visitor, expr->as.quantified.operand);
        walk_exprs(visitor, &expr->as.quantified.items);
        ast_walk_query(visitor, expr->as.quantified.query);
        break;
    case EXPR_EXISTS:
    case EXPR_SUBQUERY: ast_walk_query(visitor, expr->as.query); break;
    case EXPR_CASE: walk_case(visitor, expr); break;
    case EXPR_CAST: ast_walk_expr(visitor, expr->as.cast.operand); break;
    case EXPR_CALL: walk_call(visitor, expr->as.call); break;
    case EXPR_ROW:
    case EXPR_ARRAY:
    case EXPR_MAP:
    case EXPR_MULTISET:
        walk_exprs(visitor, &expr->as.items.items);
        ast_walk_query(visitor, expr->as.items.query);
        break;
    case EXPR_ELEMENT:
        ast_walk_expr(visitor, expr->as.element.base);
        ast_walk_expr(visitor, expr->as.element.index);
        break;
    case EXPR_FIELD: ast_walk_expr(visitor, expr->as.field.base); break;
    case EXPR_TIME_DIFFERENCE: ast_walk_expr(visitor, expr->as.difference.operand); break;
    case EXPR_NAMED_ARG: ast_walk_expr(visitor, expr->as.named.value); break;
    case EXPR_TABLE_ARG:
        ast_walk_query(visitor, expr->as.table.query);
        walk_exprs(visitor, &expr->as.table.partition_by);
        walk_orders(visitor, &expr->as.table.order_by);
        break;
    case EXPR_KEY_VALUE:
        ast_walk_expr(visitor, expr->as.pair.key);
        ast_walk_expr(visitor, expr->as.pair.value);
        break;
    }
}

void ast_walk_expr(const AstVisitor *visitor, const Expr *expr)
{
    if (expr == NULL)
        return;
    if (visitor->expr == NULL || visitor->expr(visitor->context, expr))
        walk_children(visitor, expr);
    if (visitor->expr_done != NULL)
        visitor->expr_done(visitor->context, expr);
}

/* --- tables --- */

static void walk_match(const AstVisitor *visitor, const MatchRecognize *match)
{
    walk_exprs(visitor, &match->partition_by);
    walk_orders(visitor, &match->order_by);
    for (const Measure *measure = match->measures.first; measure != NULL; measure = measure->next)
        ast_walk_expr(visitor, measure->expr);
    ast_walk_expr(visitor, match->within);
    for (const PatternDefine *define = match->defines.first; define != NULL; define = define->next)
        ast_walk_expr(visitor, define->condition);
}

static void walk_table_body(const AstVisitor *visitor, const TableRef *table)
{
    switch (table->kind) {
    case TABLE_REF_NAME:
        ast_walk_expr(visitor, table->as.name.as_of);
        ast_walk_expr(visitor, table->as.name.sample_percent);
        ast_walk_expr(visitor, table->as.name.sample_seed);
        break;
    case TABLE_REF_QUERY: ast_walk_query(visitor, table->as.query.query); break;
    case TABLE_REF_FUNCTION: ast_walk_expr(visitor, table->as.function.call); break;
    case TABLE_REF_UNNEST: walk_exprs(visitor, &table->as.unnest.args); break;
    case TABLE_REF_JOIN:
        ast_walk_table(visitor, table->as.join.left);
        ast_walk_table(visitor, table->as.join.right);
        ast_walk_expr(visitor, table->as.join.on);
        break;
    case TABLE_REF_MATCH:
        ast_walk_table(visitor, table->as.match.input);
        walk_match(visitor, table->as.match.match);
        break;
    }
}

void ast_walk_table(const AstVisitor *visitor, const TableRef *table)
{
    if (table == NULL)
        return;
    if (visitor->table == NULL || visitor->table(visitor->context, table))
        walk_table_body(visitor, table);
    if (visitor->table_done != NULL)
        visitor->table_done(visitor->context, table);
}

/* --- queries --- */

static void walk_groups(const AstVisitor *visitor, const GroupItemList *list)
{
    for (const GroupItem *item = list->first; item != NULL; item = item->next) {
        ast_walk_expr(visitor, item->expr);
        walk_groups(visitor, &item->items);
    }
}

static void walk_select(const AstVisitor *visitor, const Select *select)
{
    for (const SelectItem *item = select->items.first; item != NULL; item = item->next)
        ast_walk_expr(visitor, item->expr);
    ast_walk_table(visitor, select->from);
    ast_walk_expr(visitor, select->where);
    walk_groups(visitor, &select->group_by);
    ast_walk_expr(visitor, select->having);
    for (const WindowDef *def = select->windows.first; def != NULL; def = def->next)
        walk_window(visitor, def->spec);
    ast_walk_expr(visitor, select->qualify);
}

static void walk_query_parts(const AstVisitor *visitor, const Query *query)
{
    for (const Cte *cte = query->ctes.first; cte != NULL; cte = cte->next)
        ast_walk_query(visitor, cte->query);
    switch (query->kind) {
    case QUERY_SELECT: walk_select(visitor, query->as.select); break;
    case QUERY_SET_OP:
        ast_walk_query(visitor, query->as.set.left);
        ast_walk_query(visitor, query->as.set.right);
        break;
    case QUERY_VALUES:
        for (const ValuesRow *row = query->as.values.first; row != NULL; row = row->next)
            walk_exprs(visitor, &row->items);
        break;
    case QUERY_TABLE: break;
    case QUERY_NESTED: ast_walk_query(visitor, query->as.nested); break;
    }
    walk_orders(visitor, &query->order_by);
    ast_walk_expr(visitor, query->limit);
    ast_walk_expr(visitor, query->offset);
}

void ast_walk_query(const AstVisitor *visitor, const Query *query)
{
    if (query == NULL)
        return;
    if (visitor->query == NULL || visitor->query(visitor->context, query))
        walk_query_parts(visitor, query);
    if (visitor->query_done != NULL)
        visitor->query_done(visitor->context, query);
}

/* --- statements --- */

static void walk_elements(const AstVisitor *visitor, const TableElements *elements)
{
    for (const ColumnDef *column = elements->columns.first; column != NULL; column = column->next)
        ast_walk_expr(visitor, column->expr);
    for (const WatermarkDef *mark = elements->watermarks.first; mark != NULL; mark = mark->next)
        ast_walk_expr(visitor, mark->expr);
}

static void walk_partition(const AstVisitor *visitor, const PartitionPairList *pairs)
{
    for (const PartitionPair *pair = pairs->first; pair != NULL; pair = pair->next)
        ast_walk_expr(visitor, pair->value);
}

static void walk_insert(const AstVisitor *visitor, const Insert *insert)
{
    walk_partition(visitor, &insert->partition);
    ast_walk_query(visitor, insert->query);
}

static void walk_alter(const AstVisitor *visitor, const Alter *alter)
{
    walk_elements(visitor, &alter->elements);
    for (const AlterPartition *part = alter->partitions.first; part != NULL; part = part->next)
        walk_partition(visitor, &part->pairs);
    ast_walk_expr(visitor, alter->freshness);
    ast_walk_query(visitor, alter->query);
}

static void walk_change(const AstVisitor *visitor, const Change *change)
{
    walk_partition(visitor, &change->partition);
    for (const Assignment *set = change->assignments.first; set != NULL; set = set->next)
        ast_walk_expr(visitor, set->value);
    ast_walk_expr(visitor, change->where);
}

void ast_walk_statement(const AstVisitor *visitor, const Statement *statement)
{
    if (statement == NULL)
        return;
    switch (statement->kind) {
    case STATEMENT_QUERY: ast_walk_query(visitor, statement->as.query); break;
    case STATEMENT_CREATE_TABLE:
        walk_elements(visitor, &statement->as.create_table->elements);
        ast_walk_query(visitor, statement->as.create_table->query);
        break;
    case STATEMENT_CREATE_VIEW: ast_walk_query(visitor, statement->as.create_view->query); break;
    case STATEMENT_CREATE_MATERIALIZED_VIEW:
    case STATEMENT_CREATE_MATERIALIZED_TABLE:
        walk_elements(visitor, &statement->as.create_materialized->elements);
        ast_walk_expr(visitor, statement->as.create_materialized->freshness);
        ast_walk_query(visitor, statement->as.create_materialized->query);
        break;
    case STATEMENT_ALTER_TABLE:
    case STATEMENT_ALTER_VIEW:
    case STATEMENT_ALTER_MATERIALIZED_VIEW:
    case STATEMENT_ALTER_MATERIALIZED_TABLE:
    case STATEMENT_ALTER_DATABASE:
    case STATEMENT_ALTER_CATALOG: walk_alter(visitor, statement->as.alter); break;
    case STATEMENT_INSERT: walk_insert(visitor, statement->as.insert); break;
    case STATEMENT_STATEMENT_SET:
        for (const Statement *insert = statement->as.set->inserts.first; insert != NULL;
             insert = insert->next)
            ast_walk_statement(visitor, insert);
        break;
    case STATEMENT_EXPLAIN: ast_walk_statement(visitor, statement->as.explain->statement); break;
    case STATEMENT_COMPILE_PLAN: ast_walk_statement(visitor, statement->as.plan->statement); break;
    case STATEMENT_DELETE:
    case STATEMENT_UPDATE:
    case STATEMENT_ANALYZE: walk_change(visitor, statement->as.change); break;
    case STATEMENT_CALL: ast_walk_expr(visitor, statement->as.call); break;
    case STATEMENT_CREATE_FUNCTION:
    case STATEMENT_CREATE_DATABASE:
    case STATEMENT_CREATE_CATALOG:
    case STATEMENT_ALTER_FUNCTION:
    case STATEMENT_DROP:
    case STATEMENT_SET:
    case STATEMENT_RESET:
    case STATEMENT_SHOW:
    case STATEMENT_DESCRIBE:
    case STATEMENT_USE:
    case STATEMENT_STOP_JOB:
    case STATEMENT_PAUSE_JOB:
    case STATEMENT_RESUME_JOB:
    case STATEMENT_EXECUTE_PLAN:
    case STATEMENT_ADD_JAR:
    case STATEMENT_REMOVE_JAR:
    case STATEMENT_LOAD_MODULE:
    case STATEMENT_UNLOAD_MODULE:
    case STATEMENT_RETRY_REJECTED:
    case STATEMENT_TRUNCATE: break;
    }
}
