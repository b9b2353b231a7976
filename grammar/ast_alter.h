/* The AST of ALTER and DROP. */
#ifndef WEIR_GRAMMAR_AST_ALTER_H
#define WEIR_GRAMMAR_AST_ALTER_H

#include "grammar/ast_ddl.h"

/* --- ALTER --- */

typedef enum AlterKind {
    ALTER_RENAME,        /* RENAME TO new_name */
    ALTER_RENAME_COLUMN, /* RENAME a TO b */
    ALTER_SET_OPTIONS,   /* SET ('k' = 'v') */
    ALTER_RESET_OPTIONS, /* RESET ('k') */
    ALTER_ADD,           /* ADD c INT, ADD (c INT, WATERMARK FOR ...) */
    ALTER_MODIFY,        /* MODIFY, likewise */
    ALTER_DROP_COLUMNS,  /* DROP a, DROP (a, b) */
    ALTER_DROP_PRIMARY_KEY,
    ALTER_DROP_CONSTRAINT, /* DROP CONSTRAINT name */
    ALTER_DROP_WATERMARK,
    ALTER_DROP_DISTRIBUTION,
    ALTER_ADD_PARTITIONS,  /* ADD [IF NOT EXISTS] PARTITION (...) [WITH (...)] ... */
    ALTER_DROP_PARTITIONS, /* DROP [IF EXISTS] PARTITION (...), PARTITION (...) */
    ALTER_AS_QUERY,        /* AS query */
    ALTER_COMMENT,         /* COMMENT 'text' */
    ALTER_SUSPEND,
    ALTER_RESUME,  /* RESUME [WITH (...)] */
    ALTER_REFRESH, /* REFRESH [PARTITION (...)] */
    ALTER_SET_FRESHNESS,
    ALTER_SET_REFRESH_MODE,
} AlterKind;

typedef struct AlterPartition {
    PartitionPairList pairs;
    OptionPairList options;
    struct AlterPartition *next;
} AlterPartition;

typedef struct AlterPartitionList {
    AlterPartition *first, *last;
    uint32_t count;
} AlterPartitionList;

/* ALTER TABLE, VIEW, MATERIALIZED VIEW, MATERIALIZED TABLE, DATABASE and CATALOG. What a kind does
 * not use is empty. */
typedef struct Alter {
    AlterKind kind;
    Span action_span; /* from the action's word to the end */
    NameList name;
    bool if_exists;
    NameList new_name;      /* RENAME; RENAME_COLUMN: the new column */
    NameList old_name;      /* RENAME_COLUMN; DROP_CONSTRAINT: its name */
    bool action_if;         /* IF [NOT] EXISTS of a partition clause */
    bool listed;            /* ADD, MODIFY, DROP: in parentheses */
    TableElements elements; /* DROP_COLUMNS: its columns are COLUMN_DEF_BARE */
    OptionPairList options;
    AlterPartitionList partitions; /* REFRESH: at most one */
    Expr *freshness;
    RefreshMode refresh_mode;
    Comment comment;
    Query *query;
} Alter;

/* --- DROP --- */

typedef enum DropKind {
    DROP_TABLE,
    DROP_VIEW,
    DROP_MATERIALIZED_VIEW,
    DROP_MATERIALIZED_TABLE,
    DROP_FUNCTION,
    DROP_DATABASE,
    DROP_CATALOG,
} DropKind;

typedef enum DropBehavior { DROP_UNSAID, DROP_CASCADE, DROP_RESTRICT } DropBehavior;

typedef struct Drop {
    DropKind kind;
    NameList name;
    bool temporary, system; /* DROP TEMPORARY SYSTEM FUNCTION */
    bool if_exists;
    DropBehavior behavior;
} Drop;

#endif
