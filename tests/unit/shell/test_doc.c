#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The reference pages: every row of every table is on its page, with a sentence, and what the pages
 * say runs or is refused does so. */
#include "executor/function/aggregate.h"
#include "grammar/lexer.h"
#include "grammar/parse.h"
#include "planner/bind/window_help.h"
#include "planner/flink/differences.h"
#include "shell/commands.h"
#include "shell/doc.h"
#include "shell/markdown.h"
#include "shell/session.h"
#include "shell/settings.h"
#include "shell/statement_help.h"
#include "storage/base/utf8.h"
#include "storage/connector/connector.h"
#include "tests/support/temp_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void print_page(const char *name, StrBuf *out)
{
    Diag diag = {0};
    strbuf_init(out, NULL);
    assert_int_equal(doc_print(text_of(name), out, &diag), ST_OK);
    assert_int_equal(strbuf_status(out), ST_OK);
}

static void expect_code(const StrBuf *page, const char *code)
{
    StrBuf wanted;
    strbuf_init(&wanted, NULL);
    markdown_put_code(&wanted, code);
    if (strstr(strbuf_cstr(page), strbuf_cstr(&wanted)) == NULL)
        fail_msg("the page lacks %s", strbuf_cstr(&wanted));
    strbuf_close(&wanted);
}

static void expect_sentence(const char *owner, const char *doc)
{
    if (doc == NULL || strlen(doc) < 5)
        fail_msg("%s has no sentence", owner);
}

/* --- markdown --- */

static void test_markdown(void **state)
{
    static const struct {
        const char *text, *sentence, *code;
    } cases[] = {
        {"plain", "plain", "`plain`"},
        {"a|b", "a\\|b", "`a\\|b`"},
        {"<view>$late", "\\<view>$late", "`<view>$late`"},
        {"_weir_ *", "\\_weir\\_ \\*", "`_weir_ *`"},
        {"`a_b|c` d_e", "`a_b\\|c` d\\_e", "`` `a_b\\|c` d_e ``"},
        {"[x] \\", "\\[x\\] \\\\", "`[x] \\`"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf out;
        strbuf_init(&out, NULL);
        markdown_put(&out, cases[i].text);
        assert_string_equal(strbuf_cstr(&out), cases[i].sentence);
        strbuf_clear(&out);
        markdown_put_code(&out, cases[i].text);
        assert_string_equal(strbuf_cstr(&out), cases[i].code);
        strbuf_close(&out);
    }
}

/* --- every page --- */

/* In a table all lines have the same number of bars that are not escaped. */
static void check_tables(const char *name, const StrBuf *page)
{
    uint32_t columns = 0, line_bars = 0;
    const char *at = strbuf_cstr(page);
    bool in_line = false;
    for (const char *c = at; *c != '\0'; c++) {
        if (c == at || c[-1] == '\n')
            in_line = *c == '|';
        if (in_line && *c == '|' && (c == at || c[-1] != '\\'))
            line_bars++;
        if (*c != '\n')
            continue;
        if (columns != 0 && line_bars != 0 && line_bars != columns)
            fail_msg("%s: a line of a table has %u bars, not %u", name, line_bars, columns);
        columns = line_bars;
        line_bars = 0;
    }
}

static void test_all_pages_print(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < doc_page_count(); i++) {
        const DocPage *page = doc_page_get(i);
        StrBuf out;
        print_page(page->name, &out);
        assert_true(utf8_is_valid(strbuf_cstr(&out), out.size));
        assert_non_null(strstr(strbuf_cstr(&out), page->title));
        assert_true(out.size > strlen(page->title) + strlen(page->about) + 100);
        check_tables(page->name, &out);
        for (uint32_t n = 0; n < i; n++)
            assert_string_not_equal(page->name, doc_page_get(n)->name);
        strbuf_close(&out);
    }
}

static void test_unknown_page(void **state)
{
    StrBuf out;
    Diag diag = {0};
    (void)state;
    strbuf_init(&out, NULL);
    assert_int_equal(doc_print(TEXT("functons"), &out, &diag), ST_USAGE);
    assert_int_equal(diag.code, E0003);
    assert_string_equal(diag.hint, "did you mean \"functions\"?");
    assert_int_equal(out.size, 0);
    diag = (Diag){0};
    assert_int_equal(doc_print(TEXT("zzz"), &out, &diag), ST_USAGE);
    assert_string_equal(diag.hint, "weir doc lists them");
    diag = (Diag){0};
    assert_int_equal(doc_print(TEXT_NONE, &out, &diag), ST_OK);
    for (uint32_t i = 0; i < doc_page_count(); i++)
        assert_non_null(strstr(strbuf_cstr(&out), doc_page_get(i)->name));
    strbuf_close(&out);
}

static void test_write_all(void **state)
{
    char directory[TEMP_FOLDER_SIZE], target[TEMP_FOLDER_SIZE + 8], path[TEMP_FOLDER_SIZE + 64];
    struct stat found;
    Diag diag = {0};
    (void)state;
    assert_true(temp_folder_make(directory, "weir-doc"));
    snprintf(target, sizeof target, "%s/new", directory);
    assert_int_equal(doc_write_all(text_of(target), &diag), ST_OK);
    assert_int_equal(doc_write_all(text_of(target), &diag), ST_OK); /* again, over the same files */
    for (uint32_t i = 0; i <= doc_page_count(); i++) {
        const char *name = i < doc_page_count() ? doc_page_get(i)->name : "index";
        snprintf(path, sizeof path, "%s/%s.md", target, name);
        assert_int_equal(stat(path, &found), 0);
        assert_true(found.st_size > 0);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(target), 0); /* nothing else was written */
    assert_int_equal(rmdir(directory), 0);
    assert_int_equal(doc_write_all(text_of(target), &diag), ST_IO); /* no parent */
    assert_int_equal(diag.code, E3003);
}

/* --- rows --- */

static void test_functions(void **state)
{
    StrBuf functions, operators, aggregates;
    (void)state;
    print_page("aggregates", &aggregates);
    print_page("functions", &functions);
    print_page("operators", &operators);
    for (uint32_t f = 0; f < function_family_count; f++) {
        const char *last = "";
        for (const ScalarDef *def = function_families[f].def; def->name != NULL; def++) {
            if (strcmp(last, def->name) != 0) { /* the first overload speaks for the others */
                expect_sentence(def->name, def->doc);
                assert_non_null(def->signature);
            }
            last = def->name;
            if (def->signature != NULL && def->signature[0] != '$')
                expect_code((def->flags & FN_OPERATOR) != 0 ? &operators : &functions,
                            def->signature);
        }
    }
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        const char *last = "";
        for (const AggregateDef *def = aggregate_families[f]; def->name != NULL; def++) {
            if (strcmp(last, def->name) != 0)
                expect_sentence(def->name, def->doc);
            last = def->name;
            if (def->signature != NULL)
                expect_code(&aggregates, def->signature);
        }
    }
    strbuf_close(&aggregates);
    strbuf_close(&operators);
    strbuf_close(&functions);
}

static void check_options(const StrBuf *page, const OptionDef *table)
{
    for (const OptionDef *def = table; def->name != NULL; def++) {
        expect_code(page, def->name);
        expect_sentence(def->name, def->doc);
        if (def->kind == OPTION_ENUM)
            expect_sentence(def->name, def->values);
    }
}

static void test_options(void **state)
{
    StrBuf page;
    (void)state;
    print_page("connectors", &page);
    for (uint32_t i = 0; i < connector_count; i++) {
        expect_sentence(connector_classes[i]->name, connector_classes[i]->doc);
        assert_non_null(strstr(strbuf_cstr(&page), connector_classes[i]->name));
        check_options(&page, connector_classes[i]->options);
    }
    strbuf_close(&page);
    print_page("formats", &page);
    for (uint32_t i = 0; i < format_count; i++) {
        expect_sentence(format_classes[i]->name, format_classes[i]->doc);
        assert_non_null(strstr(strbuf_cstr(&page), format_classes[i]->name));
        check_options(&page, format_classes[i]->options);
    }
    strbuf_close(&page);
    print_page("table-options", &page);
    check_options(&page, table_options);
    strbuf_close(&page);
    print_page("settings", &page);
    for (uint32_t i = 0; i < settings_scope.tables; i++)
        check_options(&page, settings_scope.table[i]);
    strbuf_close(&page);
}

static void test_words_types_errors(void **state)
{
    StrBuf page;
    (void)state;
    print_page("keywords", &page);
    for (uint32_t i = 0; i < keyword_count(); i++)
        expect_code(&page, keyword_row(i)->word);
    strbuf_close(&page);
    print_page("types", &page);
    for (unsigned id = TYPE_NULL + 1; id < TYPE_IDS; id++) {
        expect_code(&page, type_def((TypeId)id)->name);
        expect_sentence(type_def((TypeId)id)->name, type_def((TypeId)id)->doc);
    }
    /* Fifteen digits are what a double keeps. */
    assert_non_null(strstr(strbuf_cstr(&page), "`NUMERIC`; `TEXT` from 16 digits"));
    strbuf_close(&page);
    print_page("errors", &page);
    for (unsigned i = 0; i < ERROR_CODES; i++) {
        assert_non_null(strstr(strbuf_cstr(&page), error_def((ErrorCode)i)->name));
        expect_sentence(error_def((ErrorCode)i)->name, error_def((ErrorCode)i)->doc);
    }
    strbuf_close(&page);
    print_page("command-line", &page);
    for (uint32_t i = 0; i < command_count(); i++) {
        char name[32];
        snprintf(name, sizeof name, "`.%s", command_get(i)->name);
        assert_non_null(strstr(strbuf_cstr(&page), name));
        expect_sentence(name, command_get(i)->help);
    }
    strbuf_close(&page);
}

/* --- examples --- */

static Status begin(Output *output, OutputShape shape, const OutputColumn *column, uint32_t count)
{
    (void)output;
    (void)shape;
    (void)column;
    (void)count;
    return ST_OK;
}

static Status row(Output *output, RowKind kind, const OutputCell *cell)
{
    (void)output;
    (void)kind;
    (void)cell;
    return ST_OK;
}

static Status finish(Output *output)
{
    (void)output;
    return ST_OK;
}

static void note(Output *output, Text message)
{
    (void)output;
    (void)message;
}

static void warning(Output *output, const Diag *diag)
{
    (void)output;
    (void)diag;
}

/* A session with the tables of the examples. */
static Session *open_session(Output *output)
{
    SessionConfig config = {0};
    Session *session;
    Diag diag = {0};
    Source tables = {TEXT("tables"), text_of(difference_tables())};
    *output = (Output){.begin = begin,
                       .row = row,
                       .flush = finish,
                       .end = finish,
                       .note = note,
                       .warning = warning};
    assert_int_equal(session_open(&config, &session, &diag), ST_OK);
    assert_int_equal(session_execute(session, &tables, output, &diag), ST_OK);
    return session;
}

static void check_example(Session *session, Output *output, const char *example, bool runs)
{
    Source source = {TEXT("example"), text_of(example)};
    Diag diag = {0};
    Status status = session_execute(session, &source, output, &diag);
    if (runs && status != ST_OK)
        fail_msg("%s: %s", example, diag.message);
    if (!runs && (status == ST_OK || diag.code != E2001))
        fail_msg("%s: not refused as not supported yet, but %s", example,
                 status == ST_OK ? "run" : diag.message);
}

static void test_statements(void **state)
{
    StrBuf page;
    Output output;
    Session *session = open_session(&output);
    (void)state;
    print_page("statements", &page);
    for (uint32_t i = 0; i < statement_help_count(); i++) {
        const StatementHelp *help = statement_help_get(i);
        Arena arena;
        Script script;
        Diag diag = {0};
        Source source = {TEXT("example"), text_of(help->example)};
        assert_int_equal(help->kind, i); /* each kind once, in order */
        expect_sentence(statement_kind_words(help->kind), help->doc);
        expect_code(&page, statement_kind_words(help->kind));
        expect_code(&page, help->example);
        arena_init(&arena, NULL);
        assert_int_equal(parse_script(&source, &arena, &script, &diag), ST_OK);
        assert_int_equal(script.statements.count, 1);
        assert_int_equal(script.statements.first->kind, help->kind);
        arena_close(&arena);
        check_example(session, &output, help->example, help->runs);
    }
    assert_int_equal(statement_help_count(), STATEMENT_CALL + 1);
    strbuf_close(&page);
    session_close(session);
}

static void check_windows(const StrBuf *page, WindowHelp get(uint32_t), uint32_t count,
                          const char *before, const char *behind)
{
    assert_true(count > 0);
    for (uint32_t i = 0; i < count; i++) {
        const WindowHelp help = get(i);
        char text[256];
        Output output;
        Session *session = open_session(&output);
        expect_code(page, help.form);
        expect_code(page, help.example);
        expect_sentence(help.name, help.doc);
        assert_memory_equal(help.form, help.name, strlen(help.name));
        snprintf(text, sizeof text, "%s%s%s", before, help.example, behind);
        check_example(session, &output, text, true);
        session_close(session);
    }
}

static void test_windows(void **state)
{
    StrBuf page;
    (void)state;
    print_page("windows", &page);
    check_windows(&page, window_help_get, window_help_count(), "SELECT * FROM TABLE(", ")");
    check_windows(&page, over_help_get, over_help_count(), "SELECT price, ", " FROM bid");
    strbuf_close(&page);
}

static void test_differences(void **state)
{
    StrBuf page;
    uint32_t kinds[DIFFERENCE_KINDS] = {0};
    (void)state;
    print_page("differences", &page);
    for (uint32_t i = 0; i < difference_count(); i++) {
        const Difference *difference = difference_get(i);
        kinds[difference->kind]++;
        expect_sentence(difference->id, difference->flink);
        expect_sentence(difference->id, difference->weir);
        assert_non_null(strstr(strbuf_cstr(&page), difference->id));
        for (uint32_t n = 0; n < i; n++) {
            assert_string_not_equal(difference->id, difference_get(n)->id);
            if (strcmp(difference_get(n)->area, difference->area) == 0)
                assert_string_equal(difference_get(i - 1)->area, difference->area);
        }
        if (difference->example == NULL)
            continue;
        Output output;
        Session *session = open_session(&output);
        check_example(session, &output, difference->example,
                      difference->kind != DIFFERENCE_NOT_YET);
        session_close(session);
    }
    for (unsigned i = 0; i < DIFFERENCE_KINDS; i++)
        assert_true(kinds[i] > 0);
    strbuf_close(&page);
}

/* Each connector says which of its options name formats. */
static void test_formats_of_connectors(void **state)
{
    static const struct {
        const char *connector, *says;
    } cases[] = {
        {"## stdin\n", "- the option 'format' is required\n"},
        {"## kafka\n", "- the option 'format', or 'value.format', is required\n"},
        {"## upsert-kafka\n", "- the options 'key.format' and 'value.format' are required\n"}};
    StrBuf page;
    (void)state;
    print_page("connectors", &page);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *at = strstr(strbuf_cstr(&page), cases[i].connector);
        assert_non_null(at);
        const char *end = strstr(at, "| option |"), *says = strstr(at, cases[i].says);
        if (says == NULL || end == NULL || says > end)
            fail_msg("%snot: %s", cases[i].connector, cases[i].says);
    }
    strbuf_close(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown),        cmocka_unit_test(test_formats_of_connectors),
        cmocka_unit_test(test_all_pages_print), cmocka_unit_test(test_unknown_page),
        cmocka_unit_test(test_write_all),       cmocka_unit_test(test_functions),
        cmocka_unit_test(test_options),         cmocka_unit_test(test_words_types_errors),
        cmocka_unit_test(test_statements),      cmocka_unit_test(test_windows),
        cmocka_unit_test(test_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
