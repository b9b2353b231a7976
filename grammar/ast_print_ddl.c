/* CREATE, ALTER and DROP as text. */
#include <assert.h>

#include "grammar/ast_print.h"

/* --- parts --- */

static void print_option(const OptionPair *pair, StrBuf *out)
{
    ast_print_string(pair->key, out);
    strbuf_string(out, " = ");
    ast_print_string(pair->value, out);
}

void print_options(const OptionPairList *options, StrBuf *out)
{
    strbuf_char(out, '(');
    PRINT_LIST(options, OptionPair, print_option, out);
    strbuf_char(out, ')');
}

static void print_with(const OptionPairList *options, StrBuf *out)
{
    if (options->count == 0)
        return;
    strbuf_string(out, " WITH ");
    print_options(options, out);
}

static void print_option_key(const OptionPair *pair, StrBuf *out)
{
    ast_print_string(pair->key, out);
}

static void print_partition_pair(const PartitionPair *pair, StrBuf *out)
{
    ast_print_name(pair->name.text, out);
    if (pair->value == NULL)
        return;
    strbuf_string(out, " = ");
    print_expr(pair->value, PRECEDENCE_TERM, out);
}

void print_partition(const PartitionPairList *pairs, StrBuf *out)
{
    if (pairs->count == 0)
        return;
    strbuf_string(out, " PARTITION (");
    PRINT_LIST(pairs, PartitionPair, print_partition_pair, out);
    strbuf_char(out, ')');
}

static void print_comment(const Comment *comment, StrBuf *out)
{
    if (!comment->given)
        return;
    strbuf_string(out, " COMMENT ");
    ast_print_string(comment->text, out);
}

static void print_key(const KeyConstraint *key, StrBuf *out)
{
    static const char *const enforcements[] = {[KEY_ENFORCEMENT_UNSAID] = "",
                                               [KEY_NOT_ENFORCED] = " NOT ENFORCED",
                                               [KEY_ENFORCED] = " ENFORCED"};
    if (key->has_name) {
        strbuf_string(out, "CONSTRAINT ");
        ast_print_name(key->name.text, out);
        strbuf_char(out, ' ');
    }
    strbuf_string(out, key->unique ? "UNIQUE" : "PRIMARY KEY");
    if (key->columns.count > 0) {
        strbuf_string(out, " (");
        print_name_list(&key->columns, out);
        strbuf_char(out, ')');
    }
    strbuf_string(out, enforcements[key->enforcement]);
}

static void print_column(const ColumnDef *column, StrBuf *out)
{
    ast_print_names(&column->name, out);
    if (column->expr != NULL) {
        strbuf_string(out, " AS ");
        ast_print_expr(column->expr, out);
    }
    if (column->type != NULL) {
        strbuf_char(out, ' ');
        ast_print_type(column->type, out);
    }
    if (column->kind == COLUMN_DEF_METADATA)
        strbuf_string(out, " METADATA");
    if (column->has_metadata_key) {
        strbuf_string(out, " FROM ");
        ast_print_string(column->metadata_key, out);
    }
    strbuf_string(out, column->is_virtual ? " VIRTUAL" : "");
    if (column->key != NULL) {
        strbuf_char(out, ' ');
        print_key(column->key, out);
    }
    print_comment(&column->comment, out);
    if (column->place == COLUMN_PLACE_FIRST)
        strbuf_string(out, " FIRST");
    if (column->place == COLUMN_PLACE_AFTER) {
        strbuf_string(out, " AFTER ");
        ast_print_name(column->after.text, out);
    }
}

static void print_watermark(const WatermarkDef *watermark, StrBuf *out)
{
    strbuf_string(out, "WATERMARK FOR ");
    ast_print_names(&watermark->column, out);
    strbuf_string(out, " AS ");
    ast_print_expr(watermark->expr, out);
}

static void print_distribution(const Distribution *distribution, StrBuf *out)
{
    static const char *const kinds[] = {
        [DISTRIBUTION_UNSAID] = "", [DISTRIBUTION_HASH] = "HASH", [DISTRIBUTION_RANGE] = "RANGE"};
    if (distribution->columns.count > 0) {
        strbuf_printf(out, " BY %s(", kinds[distribution->kind]);
        print_name_list(&distribution->columns, out);
        strbuf_char(out, ')');
    }
    if (distribution->buckets != NULL) {
        strbuf_string(out, " INTO ");
        ast_print_expr(distribution->buckets, out);
        strbuf_string(out, " BUCKETS");
    }
}

void print_elements(const TableElements *elements, StrBuf *out)
{
    const char *between = "";
    if (elements->columns.count > 0) {
        PRINT_LIST(&elements->columns, ColumnDef, print_column, out);
        between = ", ";
    }
    if (elements->keys.count > 0) {
        strbuf_string(out, between);
        PRINT_LIST(&elements->keys, KeyConstraint, print_key, out);
        between = ", ";
    }
    if (elements->watermarks.count > 0) {
        strbuf_string(out, between);
        PRINT_LIST(&elements->watermarks, WatermarkDef, print_watermark, out);
        between = ", ";
    }
    if (elements->distribution != NULL) {
        strbuf_printf(out, "%sDISTRIBUTION", between);
        print_distribution(elements->distribution, out);
    }
}

static void print_like(const LikeClause *like, StrBuf *out)
{
    static const char *const modes[] = {[LIKE_INCLUDING] = "INCLUDING",
                                        [LIKE_EXCLUDING] = "EXCLUDING",
                                        [LIKE_OVERWRITING] = "OVERWRITING"};
    static const char *const features[] = {
        [LIKE_FEATURE_ALL] = "ALL",
        [LIKE_FEATURE_CONSTRAINTS] = "CONSTRAINTS",
        [LIKE_FEATURE_DISTRIBUTION] = "DISTRIBUTION",
        [LIKE_FEATURE_GENERATED] = "GENERATED",
        [LIKE_FEATURE_METADATA] = "METADATA",
        [LIKE_FEATURE_OPTIONS] = "OPTIONS",
        [LIKE_FEATURE_PARTITIONS] = "PARTITIONS",
        [LIKE_FEATURE_WATERMARKS] = "WATERMARKS",
    };
    strbuf_string(out, " LIKE ");
    ast_print_names(&like->table, out);
    for (const LikeOption *option = like->first; option != NULL; option = option->next) {
        strbuf_string(out, option == like->first ? " (" : " ");
        strbuf_printf(out, "%s %s", modes[option->mode], features[option->feature]);
    }
    strbuf_string(out, like->count > 0 ? ")" : "");
}

/* --- CREATE --- */

static void print_create_name(bool if_not_exists, const NameList *name, StrBuf *out)
{
    strbuf_string(out, if_not_exists ? " IF NOT EXISTS " : " ");
    ast_print_names(name, out);
}

static void print_listed(const TableElements *elements, StrBuf *out)
{
    strbuf_string(out, " (");
    print_elements(elements, out);
    strbuf_char(out, ')');
}

static void print_clauses(const Comment *comment, const Distribution *distribution,
                          const NameList *partitioned_by, const OptionPairList *options,
                          StrBuf *out)
{
    print_comment(comment, out);
    if (distribution != NULL) {
        strbuf_string(out, " DISTRIBUTED");
        print_distribution(distribution, out);
    }
    if (partitioned_by->count > 0) {
        strbuf_string(out, " PARTITIONED BY (");
        print_name_list(partitioned_by, out);
        strbuf_char(out, ')');
    }
    print_with(options, out);
}

static void print_as_query(const Query *query, StrBuf *out)
{
    if (query == NULL)
        return;
    strbuf_string(out, " AS ");
    ast_print_query(query, out);
}

void print_create_table(const CreateTable *create, StrBuf *out)
{
    strbuf_printf(out, "CREATE %s%sTABLE", create->or_replace ? "OR REPLACE " : "",
                  create->temporary ? "TEMPORARY " : "");
    print_create_name(create->if_not_exists, &create->name, out);
    if (create->has_elements)
        print_listed(&create->elements, out);
    print_clauses(&create->comment, create->distribution, &create->partitioned_by, &create->options,
                  out);
    if (create->like != NULL)
        print_like(create->like, out);
    print_as_query(create->query, out);
}

static void print_view_column(const ViewColumn *column, StrBuf *out)
{
    ast_print_name(column->name.text, out);
    print_comment(&column->comment, out);
}

void print_create_view(const CreateView *create, StrBuf *out)
{
    strbuf_printf(out, "CREATE %s%sVIEW", create->or_replace ? "OR REPLACE " : "",
                  create->temporary ? "TEMPORARY " : "");
    print_create_name(create->if_not_exists, &create->name, out);
    if (create->columns.count > 0) {
        strbuf_string(out, " (");
        PRINT_LIST(&create->columns, ViewColumn, print_view_column, out);
        strbuf_char(out, ')');
    }
    print_comment(&create->comment, out);
    print_as_query(create->query, out);
}

static const char *refresh_words(RefreshMode mode)
{
    return mode == REFRESH_FULL ? "FULL" : "CONTINUOUS";
}

void print_create_materialized(const CreateMaterialized *create, StatementKind kind, StrBuf *out)
{
    strbuf_printf(out, "CREATE %s%sMATERIALIZED %s", create->or_replace ? "OR REPLACE " : "",
                  create->or_alter ? "OR ALTER " : "",
                  kind == STATEMENT_CREATE_MATERIALIZED_VIEW ? "VIEW" : "TABLE");
    print_create_name(create->if_not_exists, &create->name, out);
    if (create->has_elements)
        print_listed(&create->elements, out);
    print_clauses(&create->comment, create->distribution, &create->partitioned_by, &create->options,
                  out);
    if (create->freshness != NULL) {
        strbuf_string(out, " FRESHNESS = ");
        print_expr(create->freshness, PRECEDENCE_TERM, out);
    }
    if (create->refresh_mode != REFRESH_UNSAID)
        strbuf_printf(out, " REFRESH_MODE = %s", refresh_words(create->refresh_mode));
    print_as_query(create->query, out);
}

static void print_resource(const OptionPair *resource, StrBuf *out)
{
    ast_print_name(resource->key, out);
    strbuf_char(out, ' ');
    ast_print_string(resource->value, out);
}

void print_function(const FunctionDef *function, StatementKind kind, StrBuf *out)
{
    static const char *const scopes[] = {
        [FUNCTION_PERSISTENT] = "",
        [FUNCTION_TEMPORARY] = "TEMPORARY ",
        [FUNCTION_TEMPORARY_SYSTEM] = "TEMPORARY SYSTEM ",
    };
    bool create = kind == STATEMENT_CREATE_FUNCTION;
    strbuf_printf(out, "%s %sFUNCTION%s ", create ? "CREATE" : "ALTER", scopes[function->scope],
                  !function->if_exists ? ""
                  : create             ? " IF NOT EXISTS"
                                       : " IF EXISTS");
    ast_print_names(&function->name, out);
    strbuf_string(out, " AS ");
    ast_print_string(function->identifier, out);
    if (function->has_language) {
        strbuf_string(out, " LANGUAGE ");
        ast_print_name(function->language.text, out);
    }
    if (function->resources.count > 0) {
        strbuf_string(out, " USING ");
        PRINT_LIST(&function->resources, OptionPair, print_resource, out);
    }
    print_with(&function->options, out);
}

void print_namespace(const Namespace *create, StatementKind kind, StrBuf *out)
{
    strbuf_string(out, statement_kind_words(kind));
    print_create_name(create->if_not_exists, &create->name, out);
    print_comment(&create->comment, out);
    print_with(&create->options, out);
}

/* --- ALTER --- */

static void print_partitions(const Alter *alter, const char *words, const char *if_words,
                             StrBuf *out)
{
    strbuf_string(out, words);
    strbuf_string(out, alter->action_if ? if_words : "");
    for (const AlterPartition *part = alter->partitions.first; part != NULL; part = part->next) {
        bool comma = alter->kind == ALTER_DROP_PARTITIONS && part != alter->partitions.first;
        strbuf_string(out, comma ? "," : "");
        print_partition(&part->pairs, out);
        print_with(&part->options, out);
    }
}

static void print_changed_elements(const Alter *alter, const char *word, StrBuf *out)
{
    strbuf_string(out, word);
    strbuf_string(out, alter->listed ? " (" : " ");
    print_elements(&alter->elements, out);
    strbuf_string(out, alter->listed ? ")" : "");
}

static void print_action(const Alter *alter, StrBuf *out)
{
    switch (alter->kind) {
    case ALTER_RENAME:
    case ALTER_RENAME_COLUMN:
        strbuf_string(out, "RENAME ");
        ast_print_names(&alter->old_name, out);
        strbuf_string(out, alter->old_name.count > 0 ? " TO " : "TO ");
        ast_print_names(&alter->new_name, out);
        break;
    case ALTER_SET_OPTIONS:
        strbuf_string(out, "SET ");
        print_options(&alter->options, out);
        break;
    case ALTER_RESET_OPTIONS:
        strbuf_string(out, "RESET (");
        PRINT_LIST(&alter->options, OptionPair, print_option_key, out);
        strbuf_char(out, ')');
        break;
    case ALTER_ADD: print_changed_elements(alter, "ADD", out); break;
    case ALTER_MODIFY: print_changed_elements(alter, "MODIFY", out); break;
    case ALTER_DROP_COLUMNS: print_changed_elements(alter, "DROP", out); break;
    case ALTER_DROP_PRIMARY_KEY: strbuf_string(out, "DROP PRIMARY KEY"); break;
    case ALTER_DROP_CONSTRAINT:
        strbuf_string(out, "DROP CONSTRAINT ");
        ast_print_names(&alter->old_name, out);
        break;
    case ALTER_DROP_WATERMARK: strbuf_string(out, "DROP WATERMARK"); break;
    case ALTER_DROP_DISTRIBUTION: strbuf_string(out, "DROP DISTRIBUTION"); break;
    case ALTER_ADD_PARTITIONS: print_partitions(alter, "ADD", " IF NOT EXISTS", out); break;
    case ALTER_DROP_PARTITIONS: print_partitions(alter, "DROP", " IF EXISTS", out); break;
    case ALTER_AS_QUERY:
        strbuf_string(out, "AS ");
        ast_print_query(alter->query, out);
        break;
    case ALTER_COMMENT:
        strbuf_string(out, "COMMENT ");
        ast_print_string(alter->comment.text, out);
        break;
    case ALTER_SUSPEND: strbuf_string(out, "SUSPEND"); break;
    case ALTER_RESUME:
        strbuf_string(out, "RESUME");
        print_with(&alter->options, out);
        break;
    case ALTER_REFRESH: print_partitions(alter, "REFRESH", "", out); break;
    case ALTER_SET_FRESHNESS:
        strbuf_string(out, "SET FRESHNESS = ");
        print_expr(alter->freshness, PRECEDENCE_TERM, out);
        break;
    case ALTER_SET_REFRESH_MODE:
        strbuf_printf(out, "SET REFRESH_MODE = %s", refresh_words(alter->refresh_mode));
        break;
    }
}

void print_alter(const Alter *alter, StatementKind kind, StrBuf *out)
{
    strbuf_printf(out, "%s %s", statement_kind_words(kind), alter->if_exists ? "IF EXISTS " : "");
    ast_print_names(&alter->name, out);
    strbuf_char(out, ' ');
    print_action(alter, out);
}

/* --- DROP --- */

void print_drop(const Drop *drop, StrBuf *out)
{
    static const char *const kinds[] = {
        [DROP_TABLE] = "TABLE",
        [DROP_VIEW] = "VIEW",
        [DROP_MATERIALIZED_VIEW] = "MATERIALIZED VIEW",
        [DROP_MATERIALIZED_TABLE] = "MATERIALIZED TABLE",
        [DROP_FUNCTION] = "FUNCTION",
        [DROP_DATABASE] = "DATABASE",
        [DROP_CATALOG] = "CATALOG",
    };
    static const char *const behaviors[] = {
        [DROP_UNSAID] = "", [DROP_CASCADE] = " CASCADE", [DROP_RESTRICT] = " RESTRICT"};
    strbuf_printf(out, "DROP %s%s%s%s ", drop->temporary ? "TEMPORARY " : "",
                  drop->system ? "SYSTEM " : "", kinds[drop->kind],
                  drop->if_exists ? " IF EXISTS" : "");
    ast_print_names(&drop->name, out);
    strbuf_string(out, behaviors[drop->behavior]);
}
