/* Constructors of statements other than CREATE, ALTER and DROP: see ast_make.h. */
#ifndef WEIR_GRAMMAR_AST_MAKE_STATEMENT_H
#define WEIR_GRAMMAR_AST_MAKE_STATEMENT_H

#include "grammar/ast_make_ddl.h"

LIST_FUNCTION(ast_statements, StatementList, Statement)

/* Some tokens in a row, of which only the text counts: a key or value of SET, the id of a job. */
typedef struct TokenRun {
    Token first, last;
} TokenRun;

/* From `start` to the last token; what it holds is the caller's to fill in. */
Statement *ast_statement(Builder *b, StatementKind kind, Span start);
Statement *ast_statement_query(Builder *b, Query *query);
Statement *ast_statement_call(Builder *b, Expr *call);

typedef struct InsertTarget {
    Span span;
    bool overwrite;
    NameList table;
    HintList hints;
    PartitionPairList partition;
} InsertTarget;
Statement *ast_insert(Builder *b, InsertTarget target, NameList columns, Query *query,
                      InsertConflict conflict);
Statement *ast_statement_set(Builder *b, Token start, StatementList inserts, bool begin_form);

Statement *ast_setting_all(Builder *b, StatementKind kind);
Statement *ast_setting(Builder *b, StatementKind kind, TokenRun key, const TokenRun *value);

typedef struct ShowFilterClause {
    ShowFilter kind;
    bool negated;
    Text pattern;
} ShowFilterClause;
ShowFilterClause ast_show_filter(ShowFilter kind, bool negated, Token pattern);
Statement *ast_show(Builder *b, ShowKind kind, NameList name, ShowFilterClause filter);
Statement *ast_show_partitions(Builder *b, NameList table, PartitionPairList partition);
Statement *ast_describe(Builder *b, DescribeKind kind, bool extended, NameList name);
Statement *ast_describe_job(Builder *b, TokenRun job);
Statement *ast_explain(Builder *b, ExplainMode mode, uint32_t details, Statement *explained);
Statement *ast_explain_all(Builder *b, ExplainMode mode);
Statement *ast_explain_job(Builder *b, ExplainMode mode, TokenRun job);
Statement *ast_explain_name(Builder *b, ExplainMode mode, NameList name);
Statement *ast_use(Builder *b, UseKind kind, NameList name);
Statement *ast_module(Builder *b, StatementKind kind, const Name *name, OptionPairList options);

typedef struct StopFlags {
    bool savepoint, drain;
} StopFlags;
Statement *ast_job(Builder *b, StatementKind kind, TokenRun job, StopFlags flags);
Statement *ast_compile(Builder *b, bool execute, Token path, bool if_not_exists,
                       Statement *compiled);
Statement *ast_execute_plan(Builder *b, Token path);
Statement *ast_jar(Builder *b, StatementKind kind, Token path);

Statement *ast_change(Builder *b, StatementKind kind, Change change);
Statement *ast_delete(Builder *b, NameList table, const Name *alias, Expr *where);
Statement *ast_update(Builder *b, NameList table, const Name *alias, AssignmentList assignments,
                      Expr *where);
AssignmentList ast_assignments(Builder *b, AssignmentList list, NameList column, Expr *value);

#endif
