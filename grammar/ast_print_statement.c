/* Statements as text. */
#include <assert.h>

#include "grammar/ast_print.h"

/* --- INSERT, statement sets --- */

static void print_insert(const Insert *insert, StrBuf *out)
{
    static const char *const conflicts[] = {
        [CONFLICT_UNSAID] = "",
        [CONFLICT_NOTHING] = " ON CONFLICT DO NOTHING",
        [CONFLICT_ERROR] = " ON CONFLICT DO ERROR",
        [CONFLICT_DEDUPLICATE] = " ON CONFLICT DO DEDUPLICATE",
    };
    strbuf_string(out, insert->overwrite ? "INSERT OVERWRITE " : "INSERT INTO ");
    ast_print_names(&insert->table, out);
    print_hints(&insert->hints, out);
    print_partition(&insert->partition, out);
    if (insert->columns.count > 0) {
        strbuf_string(out, " (");
        print_name_list(&insert->columns, out);
        strbuf_char(out, ')');
    }
    strbuf_char(out, ' ');
    ast_print_query(insert->query, out);
    strbuf_string(out, conflicts[insert->conflict]);
}

static void print_set(const StatementSet *set, const char *words, StrBuf *out)
{
    strbuf_string(out, set->begin_form ? "BEGIN STATEMENT SET; " : words);
    for (const Statement *insert = set->inserts.first; insert != NULL; insert = insert->next) {
        print_insert(insert->as.insert, out);
        strbuf_string(out, "; ");
    }
    strbuf_string(out, "END");
}

/* --- settings and inspection --- */

static void print_setting(const Setting *setting, bool set, StrBuf *out)
{
    strbuf_string(out, set ? "SET" : "RESET");
    if (!setting->has_key)
        return;
    strbuf_char(out, ' ');
    ast_print_string(setting->key, out);
    if (!set)
        return;
    strbuf_string(out, " = ");
    ast_print_string(setting->value, out);
}

static bool names_its_object(ShowKind kind)
{
    return kind >= SHOW_CREATE_TABLE || kind == SHOW_PARTITIONS;
}

static void print_show(const Show *show, StrBuf *out)
{
    static const char *const kinds[] = {
#define X(kind, words) words,
#include "grammar/shows.def"
#undef X
    };
    static const char *const filters[] = {
        [SHOW_FILTER_NONE] = "", [SHOW_FILTER_LIKE] = "LIKE ", [SHOW_FILTER_ILIKE] = "ILIKE "};
    strbuf_printf(out, "SHOW %s", kinds[show->kind]);
    if (show->name.count > 0) {
        strbuf_string(out, names_its_object(show->kind) ? " " : " FROM ");
        ast_print_names(&show->name, out);
    }
    print_partition(&show->partition, out);
    if (show->filter == SHOW_FILTER_NONE)
        return;
    strbuf_printf(out, " %s%s", show->negated ? "NOT " : "", filters[show->filter]);
    ast_print_string(show->pattern, out);
}

static void print_describe(const Describe *describe, StrBuf *out)
{
    static const char *const kinds[] = {
        [DESCRIBE_TABLE] = "",
        [DESCRIBE_JOB] = "JOB ",
        [DESCRIBE_FUNCTION] = "FUNCTION ",
        [DESCRIBE_DATABASE] = "DATABASE ",
        [DESCRIBE_CATALOG] = "CATALOG ",
    };
    strbuf_printf(out, "DESCRIBE %s%s", kinds[describe->kind],
                  describe->extended ? "EXTENDED " : "");
    if (describe->kind == DESCRIBE_JOB)
        ast_print_string(describe->job, out);
    else
        ast_print_names(&describe->name, out);
}

static void print_details(uint32_t details, StrBuf *out)
{
    static const char *const words[] = {"ESTIMATED_COST", "CHANGELOG_MODE", "PLAN_ADVICE",
                                        "JSON_EXECUTION_PLAN"};
    const char *between = "";
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if ((details & (1u << i)) == 0)
            continue;
        strbuf_printf(out, "%s%s", between, words[i]);
        between = ", ";
    }
    if (details != 0)
        strbuf_char(out, ' ');
}

static void print_explain(const Explain *explain, StrBuf *out)
{
    static const char *const modes[] = {
        [EXPLAIN_PLAIN] = "EXPLAIN",
        [EXPLAIN_PLAN_FOR] = "EXPLAIN PLAN FOR",
        [EXPLAIN_ANALYZE] = "EXPLAIN ANALYZE",
        [EXPLAIN_WHY] = "EXPLAIN WHY",
    };
    strbuf_string(out, modes[explain->mode]);
    if (explain->statement == NULL && !explain->is_job && explain->name.count == 0)
        return;
    strbuf_char(out, ' ');
    print_details(explain->details, out);
    if (explain->statement != NULL)
        ast_print_statement(explain->statement, out);
    else if (explain->name.count > 0)
        ast_print_names(&explain->name, out);
    if (explain->is_job) {
        strbuf_string(out, "JOB ");
        ast_print_string(explain->job, out);
    }
}

static void print_use(const Use *use, StrBuf *out)
{
    switch (use->kind) {
    case USE_DATABASE:
        strbuf_string(out, "USE ");
        ast_print_names(&use->name, out);
        break;
    case USE_CATALOG:
        strbuf_string(out, "USE CATALOG ");
        ast_print_names(&use->name, out);
        break;
    case USE_MODULES:
        strbuf_string(out, "USE MODULES ");
        print_name_list(&use->name, out);
        break;
    }
}

/* --- the rest --- */

static void print_plan(const PlanFile *plan, StrBuf *out)
{
    strbuf_string(out, plan->statement == NULL ? "EXECUTE PLAN "
                       : plan->execute         ? "COMPILE AND EXECUTE PLAN "
                                               : "COMPILE PLAN ");
    ast_print_string(plan->path, out);
    if (plan->statement == NULL)
        return;
    strbuf_string(out, plan->if_not_exists ? " IF NOT EXISTS FOR " : " FOR ");
    if (plan->statement->kind == STATEMENT_STATEMENT_SET)
        print_set(plan->statement->as.set, "STATEMENT SET BEGIN ", out);
    else
        ast_print_statement(plan->statement, out);
}

static void print_assignment(const Assignment *assignment, StrBuf *out)
{
    ast_print_names(&assignment->column, out);
    strbuf_string(out, " = ");
    ast_print_expr(assignment->value, out);
}

static void print_change(const Change *change, StatementKind kind, StrBuf *out)
{
    const char *word =
        kind == STATEMENT_RETRY_REJECTED || kind == STATEMENT_DELETE ? " FROM " : " ";
    strbuf_printf(out, "%s%s", statement_kind_words(kind), word);
    ast_print_names(&change->table, out);
    if (change->has_alias) {
        strbuf_string(out, " AS ");
        ast_print_name(change->alias.text, out);
    }
    print_partition(&change->partition, out);
    if (change->assignments.count > 0) {
        strbuf_string(out, " SET ");
        PRINT_LIST(&change->assignments, Assignment, print_assignment, out);
    }
    if (change->where != NULL) {
        strbuf_string(out, " WHERE ");
        ast_print_expr(change->where, out);
    }
    if (kind != STATEMENT_ANALYZE)
        return;
    strbuf_string(out, " COMPUTE STATISTICS");
    if (change->for_columns)
        strbuf_string(out, change->columns.count > 0 ? " FOR COLUMNS " : " FOR ALL COLUMNS");
    print_name_list(&change->columns, out);
}

static void print_job(const JobControl *job, StatementKind kind, StrBuf *out)
{
    strbuf_printf(out, "%s ", statement_kind_words(kind));
    ast_print_string(job->job, out);
    strbuf_string(out, job->with_savepoint ? " WITH SAVEPOINT" : "");
    strbuf_string(out, job->with_drain ? " WITH DRAIN" : "");
}

static void print_module(const Module *module, StatementKind kind, StrBuf *out)
{
    strbuf_printf(out, "%s ", statement_kind_words(kind));
    ast_print_name(module->name.text, out);
    if (module->options.count > 0) {
        strbuf_string(out, " WITH ");
        print_options(&module->options, out);
    }
}

void ast_print_statement(const Statement *statement, StrBuf *out)
{
    StatementKind kind = statement->kind;
    switch (kind) {
    case STATEMENT_QUERY: ast_print_query(statement->as.query, out); break;
    case STATEMENT_CREATE_TABLE: print_create_table(statement->as.create_table, out); break;
    case STATEMENT_CREATE_VIEW: print_create_view(statement->as.create_view, out); break;
    case STATEMENT_CREATE_MATERIALIZED_VIEW:
    case STATEMENT_CREATE_MATERIALIZED_TABLE:
        print_create_materialized(statement->as.create_materialized, kind, out);
        break;
    case STATEMENT_CREATE_FUNCTION:
    case STATEMENT_ALTER_FUNCTION: print_function(statement->as.function, kind, out); break;
    case STATEMENT_CREATE_DATABASE:
    case STATEMENT_CREATE_CATALOG:
        print_namespace(statement->as.create_namespace, kind, out);
        break;
    case STATEMENT_ALTER_TABLE:
    case STATEMENT_ALTER_VIEW:
    case STATEMENT_ALTER_MATERIALIZED_VIEW:
    case STATEMENT_ALTER_MATERIALIZED_TABLE:
    case STATEMENT_ALTER_DATABASE:
    case STATEMENT_ALTER_CATALOG: print_alter(statement->as.alter, kind, out); break;
    case STATEMENT_DROP: print_drop(statement->as.drop, out); break;
    case STATEMENT_INSERT: print_insert(statement->as.insert, out); break;
    case STATEMENT_STATEMENT_SET:
        print_set(statement->as.set, "EXECUTE STATEMENT SET BEGIN ", out);
        break;
    case STATEMENT_SET:
    case STATEMENT_RESET: print_setting(statement->as.setting, kind == STATEMENT_SET, out); break;
    case STATEMENT_SHOW: print_show(statement->as.show, out); break;
    case STATEMENT_DESCRIBE: print_describe(statement->as.describe, out); break;
    case STATEMENT_EXPLAIN: print_explain(statement->as.explain, out); break;
    case STATEMENT_USE: print_use(statement->as.use, out); break;
    case STATEMENT_STOP_JOB:
    case STATEMENT_PAUSE_JOB:
    case STATEMENT_RESUME_JOB: print_job(statement->as.job, kind, out); break;
    case STATEMENT_COMPILE_PLAN:
    case STATEMENT_EXECUTE_PLAN: print_plan(statement->as.plan, out); break;
    case STATEMENT_ADD_JAR:
    case STATEMENT_REMOVE_JAR:
        strbuf_printf(out, "%s ", statement_kind_words(kind));
        ast_print_string(statement->as.jar, out);
        break;
    case STATEMENT_LOAD_MODULE:
    case STATEMENT_UNLOAD_MODULE: print_module(statement->as.module, kind, out); break;
    case STATEMENT_RETRY_REJECTED:
    case STATEMENT_TRUNCATE:
    case STATEMENT_DELETE:
    case STATEMENT_UPDATE:
    case STATEMENT_ANALYZE: print_change(statement->as.change, kind, out); break;
    case STATEMENT_CALL:
        strbuf_string(out, "CALL ");
        print_table_call(statement->as.call->as.call, out);
        break;
    }
}
