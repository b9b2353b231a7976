/* Comparison of statements. */
#include "grammar/ast_equal.h"

/* --- parts --- */

static bool equal_option(const OptionPair *a, const OptionPair *b)
{
    return text_equal(a->key, b->key) && text_equal(a->value, b->value);
}

static bool equal_partition_pair(const PartitionPair *a, const PartitionPair *b)
{
    return equal_name(&a->name, &b->name) && equal_optional_expr(a->value, b->value);
}

LIST_EQUAL_FUNCTION(equal_options, OptionPairList, OptionPair, equal_option)
LIST_EQUAL_FUNCTION(equal_partition, PartitionPairList, PartitionPair, equal_partition_pair)

static bool equal_comment(const Comment *a, const Comment *b)
{
    return a->given == b->given && text_equal(a->text, b->text);
}

static bool equal_key(const KeyConstraint *a, const KeyConstraint *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->has_name == b->has_name && equal_name(&a->name, &b->name) && a->unique == b->unique &&
           equal_names(&a->columns, &b->columns) && a->enforcement == b->enforcement;
}

static bool equal_watermark(const WatermarkDef *a, const WatermarkDef *b)
{
    return equal_names(&a->column, &b->column) && ast_equal_expr(a->expr, b->expr);
}

static bool equal_optional_type(const TypeName *a, const TypeName *b)
{
    return a == NULL || b == NULL ? a == b : ast_equal_type(a, b);
}

static bool equal_column(const ColumnDef *a, const ColumnDef *b)
{
    return a->kind == b->kind && equal_names(&a->name, &b->name) &&
           equal_optional_type(a->type, b->type) && equal_optional_expr(a->expr, b->expr) &&
           a->has_metadata_key == b->has_metadata_key &&
           text_equal(a->metadata_key, b->metadata_key) && a->is_virtual == b->is_virtual &&
           equal_key(a->key, b->key) && equal_comment(&a->comment, &b->comment) &&
           a->place == b->place && equal_name(&a->after, &b->after);
}

LIST_EQUAL_FUNCTION(equal_columns, ColumnDefList, ColumnDef, equal_column)
LIST_EQUAL_FUNCTION(equal_keys, KeyConstraintList, KeyConstraint, equal_key)
LIST_EQUAL_FUNCTION(equal_watermarks, WatermarkDefList, WatermarkDef, equal_watermark)

static bool equal_distribution(const Distribution *a, const Distribution *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->kind == b->kind && equal_names(&a->columns, &b->columns) &&
           equal_optional_expr(a->buckets, b->buckets);
}

static bool equal_elements(const TableElements *a, const TableElements *b)
{
    return equal_columns(&a->columns, &b->columns) && equal_keys(&a->keys, &b->keys) &&
           equal_watermarks(&a->watermarks, &b->watermarks) &&
           equal_distribution(a->distribution, b->distribution);
}

static bool equal_like_option(const LikeOption *a, const LikeOption *b)
{
    return a->mode == b->mode && a->feature == b->feature;
}

LIST_EQUAL_FUNCTION(equal_like_options, LikeClause, LikeOption, equal_like_option)

static bool equal_like(const LikeClause *a, const LikeClause *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return equal_names(&a->table, &b->table) && equal_like_options(a, b);
}

/* --- CREATE, ALTER, DROP --- */

static bool equal_create_table(const CreateTable *a, const CreateTable *b)
{
    return equal_names(&a->name, &b->name) && a->temporary == b->temporary &&
           a->or_replace == b->or_replace && a->if_not_exists == b->if_not_exists &&
           a->has_elements == b->has_elements && equal_elements(&a->elements, &b->elements) &&
           equal_comment(&a->comment, &b->comment) &&
           equal_distribution(a->distribution, b->distribution) &&
           equal_names(&a->partitioned_by, &b->partitioned_by) &&
           equal_options(&a->options, &b->options) && equal_like(a->like, b->like) &&
           equal_optional_query(a->query, b->query);
}

static bool equal_view_column(const ViewColumn *a, const ViewColumn *b)
{
    return equal_name(&a->name, &b->name) && equal_comment(&a->comment, &b->comment);
}

LIST_EQUAL_FUNCTION(equal_view_columns, ViewColumnList, ViewColumn, equal_view_column)

static bool equal_create_view(const CreateView *a, const CreateView *b)
{
    return equal_names(&a->name, &b->name) && a->temporary == b->temporary &&
           a->or_replace == b->or_replace && a->if_not_exists == b->if_not_exists &&
           equal_view_columns(&a->columns, &b->columns) &&
           equal_comment(&a->comment, &b->comment) && ast_equal_query(a->query, b->query);
}

static bool equal_create_materialized(const CreateMaterialized *a, const CreateMaterialized *b)
{
    return equal_names(&a->name, &b->name) && a->or_replace == b->or_replace &&
           a->or_alter == b->or_alter && a->if_not_exists == b->if_not_exists &&
           a->has_elements == b->has_elements && equal_elements(&a->elements, &b->elements) &&
           equal_comment(&a->comment, &b->comment) &&
           equal_distribution(a->distribution, b->distribution) &&
           equal_names(&a->partitioned_by, &b->partitioned_by) &&
           equal_options(&a->options, &b->options) &&
           equal_optional_expr(a->freshness, b->freshness) && a->refresh_mode == b->refresh_mode &&
           ast_equal_query(a->query, b->query);
}

static bool equal_function(const FunctionDef *a, const FunctionDef *b)
{
    return equal_names(&a->name, &b->name) && a->scope == b->scope &&
           a->if_exists == b->if_exists && text_equal(a->identifier, b->identifier) &&
           a->has_language == b->has_language && equal_name(&a->language, &b->language) &&
           equal_options(&a->resources, &b->resources) && equal_options(&a->options, &b->options);
}

static bool equal_namespace(const Namespace *a, const Namespace *b)
{
    return equal_names(&a->name, &b->name) && a->if_not_exists == b->if_not_exists &&
           equal_comment(&a->comment, &b->comment) && equal_options(&a->options, &b->options);
}

static bool equal_alter_partition(const AlterPartition *a, const AlterPartition *b)
{
    return equal_partition(&a->pairs, &b->pairs) && equal_options(&a->options, &b->options);
}

LIST_EQUAL_FUNCTION(equal_alter_partitions, AlterPartitionList, AlterPartition,
                    equal_alter_partition)

static bool equal_alter(const Alter *a, const Alter *b)
{
    return a->kind == b->kind && equal_names(&a->name, &b->name) && a->if_exists == b->if_exists &&
           equal_names(&a->new_name, &b->new_name) && equal_names(&a->old_name, &b->old_name) &&
           a->action_if == b->action_if && a->listed == b->listed &&
           equal_elements(&a->elements, &b->elements) && equal_options(&a->options, &b->options) &&
           equal_alter_partitions(&a->partitions, &b->partitions) &&
           equal_optional_expr(a->freshness, b->freshness) && a->refresh_mode == b->refresh_mode &&
           equal_comment(&a->comment, &b->comment) && equal_optional_query(a->query, b->query);
}

static bool equal_drop(const Drop *a, const Drop *b)
{
    return a->kind == b->kind && equal_names(&a->name, &b->name) && a->temporary == b->temporary &&
           a->system == b->system && a->if_exists == b->if_exists && a->behavior == b->behavior;
}

/* --- the others --- */

static bool equal_insert(const Insert *a, const Insert *b)
{
    return equal_names(&a->table, &b->table) && equal_hints(&a->hints, &b->hints) &&
           a->overwrite == b->overwrite && equal_partition(&a->partition, &b->partition) &&
           equal_names(&a->columns, &b->columns) && ast_equal_query(a->query, b->query) &&
           a->conflict == b->conflict;
}

LIST_EQUAL_FUNCTION(equal_statements, StatementList, Statement, ast_equal_statement)

static bool equal_optional_statement(const Statement *a, const Statement *b)
{
    return a == NULL || b == NULL ? a == b : ast_equal_statement(a, b);
}

static bool equal_setting(const Setting *a, const Setting *b)
{
    return a->has_key == b->has_key && text_equal(a->key, b->key) && text_equal(a->value, b->value);
}

static bool equal_show(const Show *a, const Show *b)
{
    return a->kind == b->kind && equal_names(&a->name, &b->name) &&
           equal_partition(&a->partition, &b->partition) && a->filter == b->filter &&
           a->negated == b->negated && text_equal(a->pattern, b->pattern);
}

static bool equal_describe(const Describe *a, const Describe *b)
{
    return a->kind == b->kind && a->extended == b->extended && equal_names(&a->name, &b->name) &&
           text_equal(a->job, b->job);
}

static bool equal_explain(const Explain *a, const Explain *b)
{
    return a->mode == b->mode && a->details == b->details &&
           equal_optional_statement(a->statement, b->statement) && a->is_job == b->is_job &&
           text_equal(a->job, b->job) && equal_names(&a->name, &b->name);
}

static bool equal_job(const JobControl *a, const JobControl *b)
{
    return text_equal(a->job, b->job) && a->with_savepoint == b->with_savepoint &&
           a->with_drain == b->with_drain;
}

static bool equal_plan(const PlanFile *a, const PlanFile *b)
{
    return text_equal(a->path, b->path) && a->if_not_exists == b->if_not_exists &&
           a->execute == b->execute && equal_optional_statement(a->statement, b->statement);
}

static bool equal_module(const Module *a, const Module *b)
{
    return equal_name(&a->name, &b->name) && equal_options(&a->options, &b->options);
}

static bool equal_assignment(const Assignment *a, const Assignment *b)
{
    return equal_names(&a->column, &b->column) && ast_equal_expr(a->value, b->value);
}

LIST_EQUAL_FUNCTION(equal_assignments, AssignmentList, Assignment, equal_assignment)

static bool equal_change(const Change *a, const Change *b)
{
    return equal_names(&a->table, &b->table) && a->has_alias == b->has_alias &&
           equal_name(&a->alias, &b->alias) &&
           equal_assignments(&a->assignments, &b->assignments) &&
           equal_optional_expr(a->where, b->where) &&
           equal_partition(&a->partition, &b->partition) && a->for_columns == b->for_columns &&
           equal_names(&a->columns, &b->columns);
}

bool ast_equal_statement(const Statement *a, const Statement *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case STATEMENT_QUERY: return ast_equal_query(a->as.query, b->as.query);
    case STATEMENT_CREATE_TABLE: return equal_create_table(a->as.create_table, b->as.create_table);
    case STATEMENT_CREATE_VIEW: return equal_create_view(a->as.create_view, b->as.create_view);
    case STATEMENT_CREATE_MATERIALIZED_VIEW:
    case STATEMENT_CREATE_MATERIALIZED_TABLE:
        return equal_create_materialized(a->as.create_materialized, b->as.create_materialized);
    case STATEMENT_CREATE_FUNCTION:
    case STATEMENT_ALTER_FUNCTION: return equal_function(a->as.function, b->as.function);
    case STATEMENT_CREATE_DATABASE:
    case STATEMENT_CREATE_CATALOG:
        return equal_namespace(a->as.create_namespace, b->as.create_namespace);
    case STATEMENT_ALTER_TABLE:
    case STATEMENT_ALTER_VIEW:
    case STATEMENT_ALTER_MATERIALIZED_VIEW:
    case STATEMENT_ALTER_MATERIALIZED_TABLE:
    case STATEMENT_ALTER_DATABASE:
    case STATEMENT_ALTER_CATALOG: return equal_alter(a->as.alter, b->as.alter);
    case STATEMENT_DROP: return equal_drop(a->as.drop, b->as.drop);
    case STATEMENT_INSERT: return equal_insert(a->as.insert, b->as.insert);
    case STATEMENT_STATEMENT_SET:
        return a->as.set->begin_form == b->as.set->begin_form &&
               equal_statements(&a->as.set->inserts, &b->as.set->inserts);
    case STATEMENT_SET:
    case STATEMENT_RESET: return equal_setting(a->as.setting, b->as.setting);
    case STATEMENT_SHOW: return equal_show(a->as.show, b->as.show);
    case STATEMENT_DESCRIBE: return equal_describe(a->as.describe, b->as.describe);
    case STATEMENT_EXPLAIN: return equal_explain(a->as.explain, b->as.explain);
    case STATEMENT_USE:
        return a->as.use->kind == b->as.use->kind &&
               equal_names(&a->as.use->name, &b->as.use->name);
    case STATEMENT_STOP_JOB:
    case STATEMENT_PAUSE_JOB:
    case STATEMENT_RESUME_JOB: return equal_job(a->as.job, b->as.job);
    case STATEMENT_COMPILE_PLAN:
    case STATEMENT_EXECUTE_PLAN: return equal_plan(a->as.plan, b->as.plan);
    case STATEMENT_ADD_JAR:
    case STATEMENT_REMOVE_JAR: return text_equal(a->as.jar, b->as.jar);
    case STATEMENT_LOAD_MODULE:
    case STATEMENT_UNLOAD_MODULE: return equal_module(a->as.module, b->as.module);
    case STATEMENT_RETRY_REJECTED:
    case STATEMENT_TRUNCATE:
    case STATEMENT_DELETE:
    case STATEMENT_UPDATE:
    case STATEMENT_ANALYZE: return equal_change(a->as.change, b->as.change);
    case STATEMENT_CALL: return ast_equal_expr(a->as.call, b->as.call);
    }
    return false;
}
