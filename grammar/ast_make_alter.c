/* ALTER and DROP. */
#include <assert.h>

#include "grammar/ast_make_statement.h"

static Alter *make_alter(Builder *b, AlterKind kind, Token start)
{
    Alter *alter = NEW(b, Alter);
    alter->kind = kind;
    alter->action_span = ast_builder_span(b, start.span);
    return alter;
}

Statement *ast_alter(Builder *b, AlterTarget target, Alter *action)
{
    action->name = target.name;
    action->if_exists = target.if_exists;
    Statement *statement = ast_statement(b, target.kind, target.name.first->span);
    statement->as.alter = action;
    return statement;
}

Alter *ast_alter_word(Builder *b, AlterKind kind, Token start)
{
    return make_alter(b, kind, start);
}

Alter *ast_alter_rename(Builder *b, Token start, NameList old_name, NameList new_name)
{
    Alter *alter = make_alter(b, old_name.count > 0 ? ALTER_RENAME_COLUMN : ALTER_RENAME, start);
    alter->old_name = old_name;
    alter->new_name = new_name;
    return alter;
}

Alter *ast_alter_options(Builder *b, AlterKind kind, Token start, OptionPairList options)
{
    Alter *alter = make_alter(b, kind, start);
    alter->options = options;
    return alter;
}

Alter *ast_alter_elements(Builder *b, AlterKind kind, Token start, bool listed,
                          TableElements elements)
{
    Alter *alter = make_alter(b, kind, start);
    alter->listed = listed;
    alter->elements = elements;
    return alter;
}

Alter *ast_alter_drop_columns(Builder *b, Token start, ColumnDefList columns)
{
    Alter *alter = make_alter(b, ALTER_DROP_COLUMNS, start);
    alter->listed = true;
    alter->elements.columns = columns;
    return alter;
}

Alter *ast_alter_drop_column(Builder *b, Token start, NameList column)
{
    Alter *alter = make_alter(b, ALTER_DROP_COLUMNS, start);
    ColumnDef *def = ast_column_def(b, column, NULL);
    LIST_ADD(&alter->elements.columns, def);
    return alter;
}

Alter *ast_alter_drop_constraint(Builder *b, Token start, Name *name)
{
    Alter *alter = make_alter(b, ALTER_DROP_CONSTRAINT, start);
    alter->old_name = ast_names((NameList){0}, name);
    return alter;
}

Alter *ast_alter_partitions(Builder *b, AlterKind kind, Token start, bool action_if,
                            AlterPartitionList partitions)
{
    Alter *alter = make_alter(b, kind, start);
    alter->action_if = action_if;
    alter->partitions = partitions;
    return alter;
}

AlterPartitionList ast_alter_partition(Builder *b, AlterPartitionList list, PartitionPairList pairs,
                                       OptionPairList options)
{
    AlterPartition *partition = NEW(b, AlterPartition);
    *partition = (AlterPartition){pairs, options, NULL};
    LIST_ADD(&list, partition);
    return list;
}

Alter *ast_alter_query(Builder *b, Token start, Query *query)
{
    Alter *alter = make_alter(b, ALTER_AS_QUERY, start);
    alter->query = query;
    return alter;
}

Alter *ast_alter_comment(Builder *b, Token start, Token text)
{
    Alter *alter = make_alter(b, ALTER_COMMENT, start);
    alter->comment = ast_comment(text);
    return alter;
}

Alter *ast_alter_freshness(Builder *b, Token start, Expr *freshness)
{
    Alter *alter = make_alter(b, ALTER_SET_FRESHNESS, start);
    alter->freshness = freshness;
    return alter;
}

Alter *ast_alter_refresh_mode(Builder *b, Token start, RefreshMode mode)
{
    Alter *alter = make_alter(b, ALTER_SET_REFRESH_MODE, start);
    alter->refresh_mode = mode;
    return alter;
}

Statement *ast_drop(Builder *b, DropKind kind, uint32_t flags, bool if_exists, NameList name,
                    DropBehavior behavior)
{
    Drop *drop = NEW(b, Drop);
    drop->kind = kind;
    drop->name = name;
    drop->temporary = (flags & CREATE_TEMPORARY) != 0;
    drop->system = (flags & CREATE_SYSTEM) != 0;
    drop->if_exists = if_exists;
    drop->behavior = behavior;
    Statement *statement = ast_statement(b, STATEMENT_DROP, name.first->span);
    statement->as.drop = drop;
    return statement;
}
