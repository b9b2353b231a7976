/* Constructors of CREATE, ALTER and DROP: see ast_make.h. */
#ifndef WEIR_GRAMMAR_AST_MAKE_DDL_H
#define WEIR_GRAMMAR_AST_MAKE_DDL_H

#include "grammar/ast_make_query.h"

LIST_FUNCTION(ast_partition_pairs, PartitionPairList, PartitionPair)
LIST_FUNCTION(ast_column_defs, ColumnDefList, ColumnDef)

/* --- parts --- */

OptionPairList ast_options(Builder *b, OptionPairList list, Token key, const Token *value);
OptionPairList ast_resources(Builder *b, OptionPairList list, const Name *kind, Token path);
PartitionPair *ast_partition_pair(Builder *b, const Name *name, Expr *value);
Comment ast_comment(Token text);

typedef struct KeyHead { /* [CONSTRAINT name] PRIMARY KEY | UNIQUE */
    Token start;
    Name *name;
    bool unique;
} KeyHead;

typedef struct Place { /* FIRST, AFTER name */
    ColumnPlace kind;
    Name *after;
} Place;

KeyConstraint *ast_key(Builder *b, KeyHead head, NameList columns, KeyEnforcement enforcement);
ColumnDef *ast_column_def(Builder *b, NameList name, TypeName *type);
ColumnDef *ast_column_metadata(Builder *b, NameList name, TypeName *type, const Token *key,
                               bool is_virtual);
ColumnDef *ast_column_computed(Builder *b, NameList name, Expr *expr);
ColumnDef *ast_column_key(ColumnDef *column, KeyConstraint *key);
ColumnDef *ast_column_comment(Builder *b, ColumnDef *column, Comment comment);
ColumnDef *ast_column_place(Builder *b, ColumnDef *column, Place place);
Distribution *ast_distribution(Builder *b, DistributionKind kind, NameList columns, Expr *buckets);

/* One element as a list of elements, and two lists as one. */
TableElements ast_element_column(ColumnDef *column);
TableElements ast_element_key(KeyConstraint *key);
TableElements ast_element_watermark(Builder *b, Token start, NameList column, Expr *expr);
TableElements ast_element_distribution(Distribution *distribution);
TableElements ast_elements(Builder *b, TableElements list, TableElements more);

/* --- CREATE --- */

typedef enum CreateFlag { /* bits: the words before the kind of object */
                          CREATE_OR_REPLACE = 1,
                          CREATE_OR_ALTER = 2,
                          CREATE_TEMPORARY = 4,
                          CREATE_SYSTEM = 8,
} CreateFlag;

typedef struct CreateStart {
    uint32_t flags;
    Span span; /* of these words */
} CreateStart;

/* CREATE TABLE and CREATE MATERIALIZED ...: the clauses behind the parentheses, in any order. */
typedef struct CreateClauses {
    Comment comment;
    Distribution *distribution;
    NameList partitioned_by;
    bool has_options;
    OptionPairList options;
    LikeClause *like;
    Expr *freshness;
    RefreshMode refresh_mode;
    Span like_span, refresh_span; /* of clauses that only one kind of object has */
} CreateClauses;

typedef struct CreateName { /* [IF NOT EXISTS] name [(elements)] */
    bool if_not_exists;
    NameList name;
    TableElements elements;
    bool has_elements;
} CreateName;

CreateStart ast_create(Builder *b, Token start, uint32_t flags);
LikeClause ast_like_options(Builder *b, LikeClause like, LikeMode mode, LikeFeature feature);
CreateClauses *ast_clauses(Builder *b);
CreateClauses *ast_clause_comment(Builder *b, CreateClauses *clauses, Token text);
CreateClauses *ast_clause_distribution(Builder *b, CreateClauses *clauses,
                                       Distribution *distribution);
CreateClauses *ast_clause_partitioned(Builder *b, CreateClauses *clauses, NameList columns);
CreateClauses *ast_clause_options(Builder *b, CreateClauses *clauses, OptionPairList options);
CreateClauses *ast_clause_like(Builder *b, CreateClauses *clauses, Token start, NameList table,
                               LikeClause like);
CreateClauses *ast_clause_freshness(Builder *b, CreateClauses *clauses, Token start,
                                    Expr *freshness);
CreateClauses *ast_clause_refresh(Builder *b, CreateClauses *clauses, Token start,
                                  RefreshMode mode);

Statement *ast_create_table(Builder *b, CreateStart start, CreateName name,
                            const CreateClauses *clauses, Query *query);
Statement *ast_create_materialized(Builder *b, StatementKind kind, CreateStart start,
                                   CreateName name, const CreateClauses *clauses, Query *query);
ViewColumnList ast_view_columns(Builder *b, ViewColumnList list, const Name *name, Comment comment);
Statement *ast_create_view(Builder *b, CreateStart start, CreateName name, ViewColumnList columns,
                           Comment comment, Query *query);

typedef struct FunctionBody {
    Token identifier;
    Name *language;
    OptionPairList resources, options;
} FunctionBody;
Statement *ast_create_function(Builder *b, CreateStart start, CreateName name, FunctionBody body);
Statement *ast_alter_function(Builder *b, FunctionScope scope, bool if_exists, NameList name,
                              FunctionBody body);
Statement *ast_create_namespace(Builder *b, StatementKind kind, CreateStart start, CreateName name,
                                Comment comment, OptionPairList options);

/* --- ALTER, DROP --- */

typedef struct AlterTarget {
    StatementKind kind;
    bool if_exists;
    NameList name;
} AlterTarget;

Statement *ast_alter(Builder *b, AlterTarget target, Alter *action);
Alter *ast_alter_word(Builder *b, AlterKind kind, Token start);
Alter *ast_alter_rename(Builder *b, Token start, NameList old_name, NameList new_name);
Alter *ast_alter_options(Builder *b, AlterKind kind, Token start, OptionPairList options);
Alter *ast_alter_elements(Builder *b, AlterKind kind, Token start, bool listed,
                          TableElements elements);
Alter *ast_alter_drop_column(Builder *b, Token start, NameList column);
Alter *ast_alter_drop_columns(Builder *b, Token start, ColumnDefList columns);
Alter *ast_alter_drop_constraint(Builder *b, Token start, Name *name);
Alter *ast_alter_partitions(Builder *b, AlterKind kind, Token start, bool action_if,
                            AlterPartitionList partitions);
AlterPartitionList ast_alter_partition(Builder *b, AlterPartitionList list, PartitionPairList pairs,
                                       OptionPairList options);
Alter *ast_alter_query(Builder *b, Token start, Query *query);
Alter *ast_alter_comment(Builder *b, Token start, Token text);
Alter *ast_alter_freshness(Builder *b, Token start, Expr *freshness);
Alter *ast_alter_refresh_mode(Builder *b, Token start, RefreshMode mode);

Statement *ast_drop(Builder *b, DropKind kind, uint32_t flags, bool if_exists, NameList name,
                    DropBehavior behavior);

#endif
