/* The AST of CREATE and its parts. ALTER and DROP are in ast_alter.h. */
#ifndef WEIR_GRAMMAR_AST_DDL_H
#define WEIR_GRAMMAR_AST_DDL_H

#include "grammar/ast_pattern.h"

/* --- parts --- */

typedef struct OptionPair { /* 'key' = 'value'; in RESET and the like only the key */
    Text key, value;
    Span key_span, value_span;
    struct OptionPair *next;
} OptionPair;

typedef struct OptionPairList {
    OptionPair *first, *last;
    uint32_t count;
} OptionPairList;

typedef struct PartitionPair { /* column [= literal] in PARTITION (...) */
    Name name;
    Expr *value; /* or NULL */
    struct PartitionPair *next;
} PartitionPair;

typedef struct PartitionPairList {
    PartitionPair *first, *last;
    uint32_t count;
} PartitionPairList;

typedef struct Comment {
    bool given;
    Text text;
} Comment;

typedef enum KeyEnforcement {
    KEY_ENFORCEMENT_UNSAID,
    KEY_NOT_ENFORCED,
    KEY_ENFORCED
} KeyEnforcement;

typedef struct KeyConstraint { /* [CONSTRAINT name] PRIMARY KEY (a, b) NOT ENFORCED */
    Span span;
    bool has_name;
    Name name;
    bool unique;      /* UNIQUE instead of PRIMARY KEY */
    NameList columns; /* empty when it stands on a column */
    KeyEnforcement enforcement;
    struct KeyConstraint *next;
} KeyConstraint;

typedef struct KeyConstraintList {
    KeyConstraint *first, *last;
    uint32_t count;
} KeyConstraintList;

typedef struct WatermarkDef { /* WATERMARK FOR column AS expr */
    Span span;
    NameList column; /* one part, or the path to a field */
    Expr *expr;
    struct WatermarkDef *next;
} WatermarkDef;

typedef struct WatermarkDefList {
    WatermarkDef *first, *last;
    uint32_t count;
} WatermarkDefList;

typedef enum ColumnDefKind {
    COLUMN_DEF_PHYSICAL,
    COLUMN_DEF_COMPUTED, /* name AS expr */
    COLUMN_DEF_METADATA, /* name type METADATA [FROM 'key'] [VIRTUAL] */
    COLUMN_DEF_BARE,     /* a name alone, in CREATE TABLE t (a, b) AS query */
} ColumnDefKind;

typedef enum ColumnPlace {
    COLUMN_PLACE_UNSAID,
    COLUMN_PLACE_FIRST,
    COLUMN_PLACE_AFTER
} ColumnPlace;

typedef struct ColumnDef {
    ColumnDefKind kind;
    Span span;
    NameList name;  /* one part; more in ALTER TABLE ... ADD a.b, a field of a ROW */
    TypeName *type; /* PHYSICAL and METADATA; NOT NULL is in it */
    Expr *expr;     /* COMPUTED */
    bool has_metadata_key;
    Text metadata_key;  /* METADATA FROM 'key' */
    bool is_virtual;    /* METADATA ... VIRTUAL */
    KeyConstraint *key; /* PRIMARY KEY or UNIQUE on the column, or NULL */
    Comment comment;
    ColumnPlace place; /* ALTER TABLE: FIRST, AFTER name */
    Name after;
    struct ColumnDef *next;
} ColumnDef;

typedef struct ColumnDefList {
    ColumnDef *first, *last;
    uint32_t count;
} ColumnDefList;

typedef enum DistributionKind {
    DISTRIBUTION_UNSAID,
    DISTRIBUTION_HASH,
    DISTRIBUTION_RANGE
} DistributionKind;

typedef struct Distribution { /* DISTRIBUTED BY HASH (a) INTO 4 BUCKETS */
    Span span;
    DistributionKind kind;
    NameList columns;
    Expr *buckets; /* a literal, or NULL */
} Distribution;

/* What stands between the parentheses of CREATE TABLE, ALTER TABLE ADD and MODIFY. */
typedef struct TableElements {
    ColumnDefList columns;
    KeyConstraintList keys;
    WatermarkDefList watermarks;
    Distribution *distribution; /* ALTER TABLE only; or NULL */
} TableElements;

typedef enum LikeMode { LIKE_INCLUDING, LIKE_EXCLUDING, LIKE_OVERWRITING } LikeMode;

typedef enum LikeFeature {
    LIKE_FEATURE_ALL,
    LIKE_FEATURE_CONSTRAINTS,
    LIKE_FEATURE_DISTRIBUTION,
    LIKE_FEATURE_GENERATED,
    LIKE_FEATURE_METADATA,
    LIKE_FEATURE_OPTIONS,
    LIKE_FEATURE_PARTITIONS,
    LIKE_FEATURE_WATERMARKS,
} LikeFeature;

typedef struct LikeOption {
    LikeMode mode;
    LikeFeature feature;
    Span span;
    struct LikeOption *next;
} LikeOption;

typedef struct LikeClause { /* LIKE table (INCLUDING ALL EXCLUDING OPTIONS ...) */
    NameList table;
    LikeOption *first, *last;
    uint32_t count;
} LikeClause;

/* --- CREATE --- */

typedef struct CreateTable {
    NameList name;
    bool temporary, or_replace, if_not_exists;
    bool has_elements; /* has parentheses */
    TableElements elements;
    Comment comment;
    Distribution *distribution; /* or NULL */
    NameList partitioned_by;
    OptionPairList options;
    LikeClause *like; /* or NULL */
    Query *query;     /* AS query, or NULL */
} CreateTable;

typedef struct ViewColumn { /* name [COMMENT 'text'] */
    Name name;
    Comment comment;
    struct ViewColumn *next;
} ViewColumn;

typedef struct ViewColumnList {
    ViewColumn *first, *last;
    uint32_t count;
} ViewColumnList;

typedef struct CreateView {
    NameList name;
    bool temporary, or_replace, if_not_exists;
    ViewColumnList columns;
    Comment comment;
    Query *query;
} CreateView;

typedef enum RefreshMode { REFRESH_UNSAID, REFRESH_FULL, REFRESH_CONTINUOUS } RefreshMode;

/* CREATE MATERIALIZED VIEW, and CREATE MATERIALIZED TABLE as Flink spells the same. */
typedef struct CreateMaterialized {
    NameList name;
    bool or_replace, or_alter, if_not_exists; /* OR ALTER: MATERIALIZED TABLE alone */
    bool has_elements;                        /* has parentheses */
    TableElements elements;
    Comment comment;
    Distribution *distribution; /* or NULL */
    NameList partitioned_by;
    OptionPairList options;
    Expr *freshness; /* FRESHNESS = INTERVAL ..., or NULL */
    RefreshMode refresh_mode;
    Query *query;
} CreateMaterialized;

typedef enum FunctionScope {
    FUNCTION_PERSISTENT,
    FUNCTION_TEMPORARY,
    FUNCTION_TEMPORARY_SYSTEM
} FunctionScope;

typedef struct FunctionDef { /* CREATE FUNCTION, ALTER FUNCTION */
    NameList name;
    FunctionScope scope;
    bool if_exists;  /* IF NOT EXISTS in CREATE, IF EXISTS in ALTER */
    Text identifier; /* AS 'class' */
    bool has_language;
    Name language;
    OptionPairList resources; /* USING JAR 'path', FILE 'path': key is the word */
    OptionPairList options;
} FunctionDef;

typedef struct Namespace { /* CREATE DATABASE, CREATE CATALOG */
    NameList name;
    bool if_not_exists;
    Comment comment;
    OptionPairList options;
} Namespace;

#endif
