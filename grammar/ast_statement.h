/* The AST of statements. */
#ifndef WEIR_GRAMMAR_AST_STATEMENT_H
#define WEIR_GRAMMAR_AST_STATEMENT_H

#include "grammar/ast_alter.h"

typedef struct Statement Statement;

typedef struct StatementList {
    Statement *first, *last;
    uint32_t count;
} StatementList;

typedef enum StatementKind {
#define X(kind, words) STATEMENT_##kind,
#include "grammar/statements.def"
#undef X
} StatementKind;
/* "CREATE TABLE" */
const char *statement_kind_words(StatementKind kind);

/* --- INSERT, statement sets --- */

typedef enum InsertConflict {
    CONFLICT_UNSAID,
    CONFLICT_NOTHING, /* ON CONFLICT DO NOTHING */
    CONFLICT_ERROR,
    CONFLICT_DEDUPLICATE,
} InsertConflict;

typedef struct Insert {
    NameList table;
    HintList hints;
    bool overwrite;
    PartitionPairList partition;
    NameList columns; /* may be empty */
    Query *query;
    InsertConflict conflict;
} Insert;

typedef struct StatementSet {
    StatementList inserts;
    bool begin_form; /* BEGIN STATEMENT SET; ... END, as against EXECUTE STATEMENT SET BEGIN ... END
                      */
} StatementSet;

/* --- settings and inspection --- */

typedef struct Setting { /* SET, RESET */
    bool has_key;        /* else it is about all of them */
    Text key, value;     /* SET without quotes: as written, spaces around removed */
    Span key_span, value_span;
} Setting;

typedef enum ShowKind {
#define X(kind, words) SHOW_##kind,
#include "grammar/shows.def"
#undef X
} ShowKind;

typedef enum ShowFilter { SHOW_FILTER_NONE, SHOW_FILTER_LIKE, SHOW_FILTER_ILIKE } ShowFilter;

typedef struct Show {
    ShowKind kind;
    NameList name; /* of CREATE x, COLUMNS, PARTITIONS; of FROM or IN in the others; may be empty */
    PartitionPairList partition; /* SHOW PARTITIONS t PARTITION (...) */
    ShowFilter filter;
    bool negated; /* NOT LIKE */
    Text pattern;
} Show;

typedef enum DescribeKind {
    DESCRIBE_TABLE, /* DESCRIBE name: a table or view */
    DESCRIBE_JOB,
    DESCRIBE_FUNCTION,
    DESCRIBE_DATABASE,
    DESCRIBE_CATALOG,
} DescribeKind;

typedef struct Describe {
    DescribeKind kind;
    bool extended;
    NameList name;
    Text job; /* DESCRIBE JOB 'id' */
} Describe;

typedef enum ExplainMode {
    EXPLAIN_PLAIN,    /* EXPLAIN [details] statement */
    EXPLAIN_PLAN_FOR, /* EXPLAIN PLAN FOR statement */
    EXPLAIN_ANALYZE,
    EXPLAIN_WHY,
} ExplainMode;

typedef enum ExplainDetail { /* bits */
                             EXPLAIN_ESTIMATED_COST = 1,
                             EXPLAIN_CHANGELOG_MODE = 2,
                             EXPLAIN_PLAN_ADVICE = 4,
                             EXPLAIN_JSON_EXECUTION_PLAN = 8,
} ExplainDetail;

typedef struct Explain {
    ExplainMode mode;
    uint32_t details;     /* ExplainDetail bits */
    Statement *statement; /* NULL: it is about a job or a name, in ANALYZE and WHY */
    bool is_job;          /* ANALYZE JOB 'id', WHY ['JOB'] 'id' */
    Text job;
    NameList name; /* ANALYZE name, WHY name: of a view or table; WHY alone, of all jobs: empty */
} Explain;

typedef enum UseKind { USE_DATABASE, USE_CATALOG, USE_MODULES } UseKind;

typedef struct Use {
    UseKind kind;
    NameList name; /* MODULES: names of one part */
} Use;

/* --- the rest --- */

typedef struct JobControl { /* STOP, PAUSE, RESUME JOB 'id' */
    Text job;
    Span job_span;
    bool with_savepoint, with_drain; /* STOP JOB */
} JobControl;

typedef struct PlanFile { /* COMPILE PLAN, COMPILE AND EXECUTE PLAN, EXECUTE PLAN */
    Text path;
    bool if_not_exists, execute;
    Statement *statement; /* COMPILE; else NULL */
} PlanFile;

typedef struct Module { /* LOAD MODULE, UNLOAD MODULE */
    Name name;
    OptionPairList options;
} Module;

typedef struct Assignment { /* column = expr in UPDATE */
    NameList column;
    Expr *value;
    struct Assignment *next;
} Assignment;

typedef struct AssignmentList {
    Assignment *first, *last;
    uint32_t count;
} AssignmentList;

typedef struct Change { /* TRUNCATE, DELETE, UPDATE, RETRY REJECTED FROM, ANALYZE TABLE */
    NameList table;
    bool has_alias;
    Name alias;
    AssignmentList assignments;  /* UPDATE */
    Expr *where;                 /* DELETE, UPDATE; or NULL */
    PartitionPairList partition; /* ANALYZE */
    bool for_columns; /* ANALYZE ... FOR COLUMNS a, b; FOR ALL COLUMNS when `columns` is empty */
    NameList columns;
} Change;

struct Statement {
    StatementKind kind;
    Span span; /* without the semicolon */
    union {
        Query *query;
        CreateTable *create_table;
        CreateView *create_view;
        CreateMaterialized *create_materialized; /* of both kinds */
        FunctionDef *function;                   /* CREATE and ALTER */
        Namespace *create_namespace;             /* DATABASE and CATALOG */
        Alter *alter;                            /* all but ALTER FUNCTION */
        Drop *drop;
        Insert *insert;
        StatementSet *set;
        Setting *setting; /* SET and RESET */
        Show *show;
        Describe *describe;
        Explain *explain;
        Use *use;
        JobControl *job;
        PlanFile *plan;
        Text jar; /* ADD_JAR, REMOVE_JAR */
        Module *module;
        Change *change;
        Expr *call; /* an EXPR_CALL */
    } as;
    Statement *next;
};

#endif
