/* Statements other than CREATE, ALTER and DROP. */
#include "grammar/ast_make_statement.h"

#include <assert.h>
#include <string.h>

const char *statement_kind_words(StatementKind kind)
{
    static const char *const words[] = {
#define X(kind, words) words,
#include "grammar/statements.def"
#undef X
    };
    assert((size_t)kind < sizeof(words) / sizeof(words[0]));
    return words[kind];
}

Statement *ast_statement(Builder *b, StatementKind kind, Span start)
{
    Statement *statement = NEW(b, Statement);
    statement->kind = kind;
    statement->span = ast_builder_span(b, start);
    return statement;
}

Statement *ast_statement_query(Builder *b, Query *query)
{
    Statement *statement = ast_statement(b, STATEMENT_QUERY, query->span);
    statement->as.query = query;
    return statement;
}

Statement *ast_statement_call(Builder *b, Expr *call)
{
    Statement *statement = ast_statement(b, STATEMENT_CALL, call->span);
    statement->as.call = call;
    return statement;
}

/* --- INSERT, statement sets --- */

Statement *ast_insert(Builder *b, InsertTarget target, NameList columns, Query *query,
                      InsertConflict conflict)
{
    Insert *insert = NEW(b, Insert);
    insert->table = target.table;
    insert->hints = target.hints;
    insert->overwrite = target.overwrite;
    insert->partition = target.partition;
    insert->columns = columns;
    insert->query = query;
    insert->conflict = conflict;
    Statement *statement = ast_statement(b, STATEMENT_INSERT, target.span);
    statement->as.insert = insert;
    return statement;
}

Statement *ast_statement_set(Builder *b, Token start, StatementList inserts, bool begin_form)
{
    StatementSet *set = NEW(b, StatementSet);
    *set = (StatementSet){inserts, begin_form};
    Statement *statement = ast_statement(b, STATEMENT_STATEMENT_SET, start.span);
    statement->as.set = set;
    return statement;
}

/* --- settings and inspection --- */

Statement *ast_setting_all(Builder *b, StatementKind kind)
{
    Statement *statement = ast_statement(b, kind, b->previous);
    statement->as.setting = NEW(b, Setting);
    return statement;
}

static Span run_span(TokenRun run)
{
    return span_join(run.first.span, run.last.span);
}

/* A single string without its quotes; anything else as it stands in the source. */
static Text run_text(const Builder *b, TokenRun run)
{
    Span span = run_span(run);
    if (span.start == run.first.span.start && span.end == run.first.span.end)
        return run.first.value;
    return (Text){b->source.ptr + span.start, span.end - span.start};
}

/* SET path = http://host: what follows the colon has been read as a comment. */
static void refuse_cut(Builder *b, TokenRun run)
{
    uint32_t end = run_span(run).end;
    if (end + 2 <= b->source.size && memcmp(b->source.ptr + end, "//", 2) == 0)
        ast_builder_error(b, E1001, (Span){end, end + 2}, "write the value in single quotes",
                          "a comment begins inside the value");
}

Statement *ast_setting(Builder *b, StatementKind kind, TokenRun key, const TokenRun *value)
{
    Setting *setting = NEW(b, Setting);
    setting->has_key = true;
    setting->key = run_text(b, key);
    setting->key_span = run_span(key);
    if (value != NULL) {
        refuse_cut(b, *value);
        setting->value = run_text(b, *value);
        setting->value_span = run_span(*value);
    }
    Statement *statement = ast_statement(b, kind, setting->key_span);
    statement->as.setting = setting;
    return statement;
}

ShowFilterClause ast_show_filter(ShowFilter kind, bool negated, Token pattern)
{
    return (ShowFilterClause){kind, negated, pattern.value};
}

Statement *ast_show(Builder *b, ShowKind kind, NameList name, ShowFilterClause filter)
{
    Show *show = NEW(b, Show);
    show->kind = kind;
    show->name = name;
    show->filter = filter.kind;
    show->negated = filter.negated;
    show->pattern = filter.pattern;
    Statement *statement = ast_statement(b, STATEMENT_SHOW, b->previous);
    statement->as.show = show;
    return statement;
}

Statement *ast_show_partitions(Builder *b, NameList table, PartitionPairList partition)
{
    Statement *statement = ast_show(b, SHOW_PARTITIONS, table, (ShowFilterClause){0});
    statement->as.show->partition = partition;
    return statement;
}

static Statement *make_describe(Builder *b, Describe describe)
{
    Statement *statement = ast_statement(b, STATEMENT_DESCRIBE, b->previous);
    statement->as.describe = NEW(b, Describe);
    *statement->as.describe = describe;
    return statement;
}

Statement *ast_describe(Builder *b, DescribeKind kind, bool extended, NameList name)
{
    return make_describe(b, (Describe){.kind = kind, .extended = extended, .name = name});
}

Statement *ast_describe_job(Builder *b, TokenRun job)
{
    return make_describe(b, (Describe){.kind = DESCRIBE_JOB, .job = run_text(b, job)});
}

static Statement *make_explain(Builder *b, Explain explain)
{
    Statement *statement = ast_statement(b, STATEMENT_EXPLAIN, b->previous);
    statement->as.explain = NEW(b, Explain);
    *statement->as.explain = explain;
    return statement;
}

Statement *ast_explain(Builder *b, ExplainMode mode, uint32_t details, Statement *explained)
{
    return make_explain(b, (Explain){.mode = mode, .details = details, .statement = explained});
}

Statement *ast_explain_all(Builder *b, ExplainMode mode)
{
    return make_explain(b, (Explain){.mode = mode});
}

Statement *ast_explain_job(Builder *b, ExplainMode mode, TokenRun job)
{
    return make_explain(b, (Explain){.mode = mode, .is_job = true, .job = run_text(b, job)});
}

Statement *ast_explain_name(Builder *b, ExplainMode mode, NameList name)
{
    return make_explain(b, (Explain){.mode = mode, .name = name});
}

Statement *ast_use(Builder *b, UseKind kind, NameList name)
{
    Statement *statement = ast_statement(b, STATEMENT_USE, b->previous);
    statement->as.use = NEW(b, Use);
    *statement->as.use = (Use){kind, name};
    return statement;
}

Statement *ast_module(Builder *b, StatementKind kind, const Name *name, OptionPairList options)
{
    Statement *statement = ast_statement(b, kind, b->previous);
    statement->as.module = NEW(b, Module);
    *statement->as.module = (Module){ast_name_copy(name), options};
    return statement;
}

/* --- jobs, plans, files --- */

Statement *ast_job(Builder *b, StatementKind kind, TokenRun job, StopFlags flags)
{
    Statement *statement = ast_statement(b, kind, b->previous);
    statement->as.job = NEW(b, JobControl);
    *statement->as.job =
        (JobControl){run_text(b, job), run_span(job), flags.savepoint, flags.drain};
    return statement;
}

Statement *ast_compile(Builder *b, bool execute, Token path, bool if_not_exists,
                       Statement *compiled)
{
    Statement *statement = ast_statement(b, STATEMENT_COMPILE_PLAN, path.span);
    statement->as.plan = NEW(b, PlanFile);
    *statement->as.plan = (PlanFile){path.value, if_not_exists, execute, compiled};
    return statement;
}

Statement *ast_execute_plan(Builder *b, Token path)
{
    Statement *statement = ast_statement(b, STATEMENT_EXECUTE_PLAN, path.span);
    statement->as.plan = NEW(b, PlanFile);
    *statement->as.plan = (PlanFile){path.value, false, true, NULL};
    return statement;
}

Statement *ast_jar(Builder *b, StatementKind kind, Token path)
{
    Statement *statement = ast_statement(b, kind, path.span);
    statement->as.jar = path.value;
    return statement;
}

/* --- changes of tables --- */

Statement *ast_change(Builder *b, StatementKind kind, Change change)
{
    Statement *statement = ast_statement(b, kind, change.table.first->span);
    statement->as.change = NEW(b, Change);
    *statement->as.change = change;
    return statement;
}

Statement *ast_delete(Builder *b, NameList table, const Name *alias, Expr *where)
{
    Change change = {.table = table, .has_alias = alias != NULL, .alias = ast_name_copy(alias)};
    change.where = where;
    return ast_change(b, STATEMENT_DELETE, change);
}

Statement *ast_update(Builder *b, NameList table, const Name *alias, AssignmentList assignments,
                      Expr *where)
{
    Statement *statement = ast_delete(b, table, alias, where);
    statement->kind = STATEMENT_UPDATE;
    statement->as.change->assignments = assignments;
    return statement;
}

AssignmentList ast_assignments(Builder *b, AssignmentList list, NameList column, Expr *value)
{
    Assignment *assignment = NEW(b, Assignment);
    *assignment = (Assignment){column, value, NULL};
    LIST_ADD(&list, assignment);
    return list;
}
