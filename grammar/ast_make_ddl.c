/* CREATE and its parts. */
#include <assert.h>

#include "grammar/ast_make_statement.h"

/* --- parts --- */

OptionPairList ast_options(Builder *b, OptionPairList list, Token key, const Token *value)
{
    OptionPair *pair = NEW(b, OptionPair);
    pair->key = key.value;
    pair->key_span = key.span;
    if (value != NULL) {
        pair->value = value->value;
        pair->value_span = value->span;
    }
    LIST_ADD(&list, pair);
    return list;
}

OptionPairList ast_resources(Builder *b, OptionPairList list, const Name *kind, Token path)
{
    OptionPair *pair = NEW(b, OptionPair);
    *pair = (OptionPair){kind->text, path.value, kind->span, path.span, NULL};
    LIST_ADD(&list, pair);
    return list;
}

PartitionPair *ast_partition_pair(Builder *b, const Name *name, Expr *value)
{
    PartitionPair *pair = NEW(b, PartitionPair);
    *pair = (PartitionPair){ast_name_copy(name), value, NULL};
    return pair;
}

Comment ast_comment(Token text)
{
    return (Comment){true, text.value};
}

KeyConstraint *ast_key(Builder *b, KeyHead head, NameList columns, KeyEnforcement enforcement)
{
    KeyConstraint *key = NEW(b, KeyConstraint);
    key->span = ast_builder_span(b, head.start.span);
    key->has_name = head.name != NULL;
    key->name = ast_name_copy(head.name);
    key->unique = head.unique;
    key->columns = columns;
    key->enforcement = enforcement;
    return key;
}

static ColumnDef *make_column(Builder *b, ColumnDefKind kind, NameList name)
{
    ColumnDef *column = NEW(b, ColumnDef);
    column->kind = kind;
    column->name = name;
    column->span = ast_builder_span(b, name.first->span);
    return column;
}

ColumnDef *ast_column_def(Builder *b, NameList name, TypeName *type)
{
    ColumnDef *column = make_column(b, type == NULL ? COLUMN_DEF_BARE : COLUMN_DEF_PHYSICAL, name);
    column->type = type;
    return column;
}

ColumnDef *ast_column_metadata(Builder *b, NameList name, TypeName *type, const Token *key,
                               bool is_virtual)
{
    ColumnDef *column = make_column(b, COLUMN_DEF_METADATA, name);
    column->type = type;
    column->is_virtual = is_virtual;
    column->has_metadata_key = key != NULL;
    if (key != NULL)
        column->metadata_key = key->value;
    return column;
}

ColumnDef *ast_column_computed(Builder *b, NameList name, Expr *expr)
{
    ColumnDef *column = make_column(b, COLUMN_DEF_COMPUTED, name);
    column->expr = expr;
    return column;
}

ColumnDef *ast_column_key(ColumnDef *column, KeyConstraint *key)
{
    column->key = key;
    return column;
}

ColumnDef *ast_column_comment(Builder *b, ColumnDef *column, Comment comment)
{
    column->comment = comment;
    column->span = ast_builder_span(b, column->span);
    return column;
}

ColumnDef *ast_column_place(Builder *b, ColumnDef *column, Place place)
{
    column->place = place.kind;
    column->after = ast_name_copy(place.after);
    column->span = ast_builder_span(b, column->span);
    return column;
}

Distribution *ast_distribution(Builder *b, DistributionKind kind, NameList columns, Expr *buckets)
{
    Distribution *distribution = NEW(b, Distribution);
    distribution->span = b->previous;
    distribution->kind = kind;
    distribution->columns = columns;
    distribution->buckets = buckets;
    return distribution;
}

/* --- elements --- */

TableElements ast_element_column(ColumnDef *column)
{
    TableElements elements = {0};
    LIST_ADD(&elements.columns, column);
    return elements;
}

TableElements ast_element_key(KeyConstraint *key)
{
    TableElements elements = {0};
    LIST_ADD(&elements.keys, key);
    return elements;
}

TableElements ast_element_watermark(Builder *b, Token start, NameList column, Expr *expr)
{
    WatermarkDef *watermark = NEW(b, WatermarkDef);
    *watermark = (WatermarkDef){ast_builder_span(b, start.span), column, expr, NULL};
    TableElements elements = {0};
    LIST_ADD(&elements.watermarks, watermark);
    return elements;
}

TableElements ast_element_distribution(Distribution *distribution)
{
    return (TableElements){.distribution = distribution};
}

TableElements ast_elements(Builder *b, TableElements list, TableElements more)
{
    if (more.columns.count > 0)
        LIST_ADD(&list.columns, more.columns.first);
    if (more.keys.count > 0)
        LIST_ADD(&list.keys, more.keys.first);
    if (more.watermarks.count > 0)
        LIST_ADD(&list.watermarks, more.watermarks.first);
    if (more.distribution != NULL && list.distribution != NULL)
        ast_builder_error(b, E1001, more.distribution->span, "", "DISTRIBUTION is given twice");
    if (more.distribution != NULL)
        list.distribution = more.distribution;
    return list;
}

/* --- the words behind CREATE --- */

CreateStart ast_create(Builder *b, Token start, uint32_t flags)
{
    return (CreateStart){flags, ast_builder_span(b, start.span)};
}

/* Refuses the words that do not go with the kind of object. */
static void allow(Builder *b, CreateStart start, uint32_t allowed, StatementKind kind)
{
    static const char *const words[] = {"OR REPLACE", "OR ALTER", "TEMPORARY", "SYSTEM"};
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        uint32_t flag = 1u << i;
        if ((start.flags & flag) != 0 && (allowed & flag) == 0)
            ast_builder_error(b, E1001, start.span, "", "%s does not go with %s", words[i],
                              statement_kind_words(kind));
    }
}

/* --- clauses --- */

LikeClause ast_like_options(Builder *b, LikeClause like, LikeMode mode, LikeFeature feature)
{
    LikeOption *option = NEW(b, LikeOption);
    *option = (LikeOption){mode, feature, b->previous, NULL};
    LIST_ADD(&like, option);
    return like;
}

CreateClauses *ast_clauses(Builder *b)
{
    return NEW(b, CreateClauses);
}

static void refuse_twice(Builder *b, bool twice, const char *words)
{
    if (twice)
        ast_builder_error(b, E1001, b->previous, "", "%s is given twice", words);
}

CreateClauses *ast_clause_comment(Builder *b, CreateClauses *clauses, Token text)
{
    refuse_twice(b, clauses->comment.given, "COMMENT");
    clauses->comment = ast_comment(text);
    return clauses;
}

CreateClauses *ast_clause_distribution(Builder *b, CreateClauses *clauses,
                                       Distribution *distribution)
{
    refuse_twice(b, clauses->distribution != NULL, "DISTRIBUTED");
    clauses->distribution = distribution;
    return clauses;
}

CreateClauses *ast_clause_partitioned(Builder *b, CreateClauses *clauses, NameList columns)
{
    refuse_twice(b, clauses->partitioned_by.count > 0, "PARTITIONED BY");
    clauses->partitioned_by = columns;
    return clauses;
}

CreateClauses *ast_clause_options(Builder *b, CreateClauses *clauses, OptionPairList options)
{
    refuse_twice(b, clauses->has_options, "WITH");
    clauses->has_options = true;
    clauses->options = options;
    return clauses;
}

CreateClauses *ast_clause_like(Builder *b, CreateClauses *clauses, Token start, NameList table,
                               LikeClause like)
{
    refuse_twice(b, clauses->like != NULL, "LIKE");
    clauses->like = NEW(b, LikeClause);
    *clauses->like = like;
    clauses->like->table = table;
    clauses->like_span = start.span;
    return clauses;
}

CreateClauses *ast_clause_freshness(Builder *b, CreateClauses *clauses, Token start,
                                    Expr *freshness)
{
    refuse_twice(b, clauses->freshness != NULL, "FRESHNESS");
    clauses->freshness = freshness;
    clauses->refresh_span = start.span;
    return clauses;
}

CreateClauses *ast_clause_refresh(Builder *b, CreateClauses *clauses, Token start, RefreshMode mode)
{
    refuse_twice(b, clauses->refresh_mode != REFRESH_UNSAID, "REFRESH_MODE");
    clauses->refresh_mode = mode;
    clauses->refresh_span = start.span;
    return clauses;
}

/* --- CREATE --- */

Statement *ast_create_table(Builder *b, CreateStart start, CreateName name,
                            const CreateClauses *clauses, Query *query)
{
    allow(b, start, CREATE_OR_REPLACE | CREATE_TEMPORARY, STATEMENT_CREATE_TABLE);
    if (clauses->freshness != NULL || clauses->refresh_mode != REFRESH_UNSAID)
        ast_builder_error(b, E1001, clauses->refresh_span, "",
                          "only a materialized table has this clause");
    CreateTable *create = NEW(b, CreateTable);
    create->name = name.name;
    create->temporary = (start.flags & CREATE_TEMPORARY) != 0;
    create->or_replace = (start.flags & CREATE_OR_REPLACE) != 0;
    create->if_not_exists = name.if_not_exists;
    create->has_elements = name.has_elements;
    create->elements = name.elements;
    create->comment = clauses->comment;
    create->distribution = clauses->distribution;
    create->partitioned_by = clauses->partitioned_by;
    create->options = clauses->options;
    create->like = clauses->like;
    create->query = query;
    Statement *statement = ast_statement(b, STATEMENT_CREATE_TABLE, start.span);
    statement->as.create_table = create;
    return statement;
}

Statement *ast_create_materialized(Builder *b, StatementKind kind, CreateStart start,
                                   CreateName name, const CreateClauses *clauses, Query *query)
{
    bool is_table = kind == STATEMENT_CREATE_MATERIALIZED_TABLE;
    allow(b, start, CREATE_OR_REPLACE | (is_table ? CREATE_OR_ALTER : 0u), kind);
    if (clauses->like != NULL)
        ast_builder_error(b, E1001, clauses->like_span, "", "%s has no LIKE",
                          statement_kind_words(kind));
    CreateMaterialized *create = NEW(b, CreateMaterialized);
    create->name = name.name;
    create->or_replace = (start.flags & CREATE_OR_REPLACE) != 0;
    create->or_alter = (start.flags & CREATE_OR_ALTER) != 0;
    create->if_not_exists = name.if_not_exists;
    create->has_elements = name.has_elements;
    create->elements = name.elements;
    create->comment = clauses->comment;
    create->distribution = clauses->distribution;
    create->partitioned_by = clauses->partitioned_by;
    create->options = clauses->options;
    create->freshness = clauses->freshness;
    create->refresh_mode = clauses->refresh_mode;
    create->query = query;
    Statement *statement = ast_statement(b, kind, start.span);
    statement->as.create_materialized = create;
    return statement;
}

ViewColumnList ast_view_columns(Builder *b, ViewColumnList list, const Name *name, Comment comment)
{
    ViewColumn *column = NEW(b, ViewColumn);
    *column = (ViewColumn){ast_name_copy(name), comment, NULL};
    LIST_ADD(&list, column);
    return list;
}

Statement *ast_create_view(Builder *b, CreateStart start, CreateName name, ViewColumnList columns,
                           Comment comment, Query *query)
{
    allow(b, start, CREATE_OR_REPLACE | CREATE_TEMPORARY, STATEMENT_CREATE_VIEW);
    CreateView *create = NEW(b, CreateView);
    create->name = name.name;
    create->temporary = (start.flags & CREATE_TEMPORARY) != 0;
    create->or_replace = (start.flags & CREATE_OR_REPLACE) != 0;
    create->if_not_exists = name.if_not_exists;
    create->columns = columns;
    create->comment = comment;
    create->query = query;
    Statement *statement = ast_statement(b, STATEMENT_CREATE_VIEW, start.span);
    statement->as.create_view = create;
    return statement;
}

static Statement *make_function(Builder *b, StatementKind kind, NameList name, FunctionScope scope,
                                bool if_exists, FunctionBody body)
{
    FunctionDef *function = NEW(b, FunctionDef);
    function->name = name;
    function->scope = scope;
    function->if_exists = if_exists;
    function->identifier = body.identifier.value;
    function->has_language = body.language != NULL;
    function->language = ast_name_copy(body.language);
    function->resources = body.resources;
    function->options = body.options;
    Statement *statement = ast_statement(b, kind, name.first->span);
    statement->as.function = function;
    return statement;
}

Statement *ast_create_function(Builder *b, CreateStart start, CreateName name, FunctionBody body)
{
    allow(b, start, CREATE_TEMPORARY | CREATE_SYSTEM, STATEMENT_CREATE_FUNCTION);
    FunctionScope scope = (start.flags & CREATE_SYSTEM) != 0      ? FUNCTION_TEMPORARY_SYSTEM
                          : (start.flags & CREATE_TEMPORARY) != 0 ? FUNCTION_TEMPORARY
                                                                  : FUNCTION_PERSISTENT;
    return make_function(b, STATEMENT_CREATE_FUNCTION, name.name, scope, name.if_not_exists, body);
}

Statement *ast_alter_function(Builder *b, FunctionScope scope, bool if_exists, NameList name,
                              FunctionBody body)
{
    return make_function(b, STATEMENT_ALTER_FUNCTION, name, scope, if_exists, body);
}

Statement *ast_create_namespace(Builder *b, StatementKind kind, CreateStart start, CreateName name,
                                Comment comment, OptionPairList options)
{
    allow(b, start, 0, kind);
    Namespace *create = NEW(b, Namespace);
    *create = (Namespace){name.name, name.if_not_exists, comment, options};
    Statement *statement = ast_statement(b, kind, start.span);
    statement->as.create_namespace = create;
    return statement;
}
