#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/complete.h"
#include "tests/support/temp_folder.h"

/* A small world of names. */
static void give(void (*found)(void *, Text), void *found_context, const char *const *name)
{
    for (; *name != NULL; name++)
        found(found_context, text_of(*name));
}

static void world_names(void *context, NameKind kind, void (*found)(void *, Text),
                        void *found_context)
{
    static const char *const names[][5] = {
        [NAME_TABLE] = {"bid", "orders", "odd name", "order", NULL},
        [NAME_COLUMN] = {NULL},
        [NAME_FUNCTION] = {"COUNT", "CONCAT", "UPPER", NULL},
    };
    (void)context;
    give(found, found_context, names[kind]);
}

static void world_columns(void *context, Text table, void (*found)(void *, Text),
                          void *found_context)
{
    static const char *const bid[] = {"auction", "bidder", "dateTime", "Zahl ä", NULL};
    static const char *const orders[] = {"id", "amount", "select", NULL};
    static const char *const none[] = {NULL};
    (void)context;
    give(found, found_context,
         text_is(table, "bid")      ? bid
         : text_is(table, "orders") ? orders
                                    : none);
}

static const CompleteSource world = {world_names, world_columns, NULL};

/* `text` has a bar where the cursor is; the answer is the word's start and what it can become. */
static void check(const char *text, const char *expected)
{
    Arena arena;
    Completion completion;
    StrBuf out;
    const char *cursor = strchr(text, '|');
    assert_non_null(cursor);
    Text before = {text, (uint32_t)(cursor - text)};
    arena_init(&arena, NULL);
    strbuf_init(&out, NULL);
    assert_int_equal(complete_statement(&world, before, text_of(cursor + 1), &arena, &completion),
                     ST_OK);
    strbuf_printf(&out, "%.*s", (int)(before.size - completion.start), text + completion.start);
    for (uint32_t i = 0; i < completion.item.count; i++)
        strbuf_printf(&out, "|%.*s", TEXT_ARG(completion.item.item[i]));
    assert_string_equal(strbuf_cstr(&out), expected);
    strbuf_close(&out);
    arena_close(&arena);
}

static void test_statements(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        /* keywords, in the letter case that is typed */
        {"SELEC|", "SELEC|SELECT"},
        {"selec|", "selec|select"},
        {"SELECT 1 WHER|", "WHER|WHERE"},
        /* tables */
        {"SELECT * FROM |", "|`odd name`|`order`|bid|orders"},
        {"SELECT * FROM b|", "b|bid"},
        {"SELECT * FROM B|", "B|bid"},
        {"SELECT * FROM `o|", "`o|`odd name`|`order`|`orders`"},
        {"INSERT INTO ord|", "ord|`order`|orders"},
        {"DESCRIBE bi|", "bi|bid"},
        {"EXPLAIN WH|", "WH|WHEN|WHERE|WHY"},
        {"EXPLAIN WHY bi|", "bi|bid"},
        {"SELECT 1 FROM bid JOIN or|", "or|`order`|orders"},
        {"DROP TABLE IF EXISTS bi|", "bi|bid"},
        {"SELECT * FROM TABLE(TUMBLE(TABLE bi|", "bi|bid"},
        {"SELECT 1; SELECT * FROM b|", "b|bid"},
        /* columns of the tables that are named, before or behind the cursor */
        {"SELECT auc| FROM bid", "auc|auction"},
        {"SELECT Zah| FROM bid", "Zah|`Zahl ä`"},
        {"SELECT | FROM bid", "|`Zahl ä`|auction|bidder|dateTime"},
        {"SELECT | FROM orders; SELECT 1 FROM bid", "|`select`|amount|id"},
        {"SELECT amo| FROM bid b, orders o WHERE x", "amo|amount"},
        {"SELECT * FROM bid WHERE bidd|", "bidd|bidder"},
        {"SELECT b.| FROM bid AS b", "|`Zahl ä`|auction|bidder|dateTime"},
        {"SELECT orders.am| FROM orders", "am|amount"},
        {"SELECT o.| FROM bid b JOIN orders o ON b.x = o.y", "|`select`|amount|id"},
        {"SELECT x.| FROM bid", ""},
        /* functions */
        {"SELECT UPP|", "UPP|UPPER"},
        {"SELECT upp|", "upp|upper"},
        /* options and settings */
        {"CREATE TABLE t (a INT) WITH ('con|", "con|connector"},
        {"CREATE TABLE t (a INT DEFAULT '|", ""},
        {"SET 'table.l|", "table.l|table.local-time-zone"},
        {"SET table.d|", "d"}, /* a bare word ends at the point */
        {"RESET 'table.d|", "table.d|table.dml-sync"},
        /* nothing to say */
        {"SELECT 'fr|", "fr"},
        {"-- SELEC|", ""},
        {"/* SELEC|", ""},
        {"SELECT xyzzy|", "xyzzy"},
        {"|", ""},
        {"SELECT 12|", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, cases[i].expected);
}

/* WITH lists and SET: the keys that the connector and the format have, and what their values can
 * be. */
static void test_options(void **state)
{
#define T "CREATE TABLE t (k STRING, `n b` DECIMAL(3, 2), PRIMARY KEY (k) NOT ENFORCED) WITH ("
    static const struct {
        const char *text, *expected;
    } cases[] = {
        /* nothing is named yet: the options of all connectors and formats */
        {T "'csv.allow|", "csv.allow|csv.allow-comments"},
        {T "'rows-p|", "rows-p|rows-per-second"},
        {T "'connector' = 'nothing-known', 'rows-p|", "rows-p|rows-per-second"},
        /* narrowed by what is named, before the cursor or behind it */
        {T "'connector' = 'filesystem', 'rows-p|", "rows-p"},
        {T "'connector' = 'datagen', 'rows-p|", "rows-p|rows-per-second"},
        {T "'rows-p| = 1, 'connector' = 'filesystem')", "rows-p"},
        {T "'rows-p|', 'connector' = 'filesystem')", "rows-p"},
        {T "'rows-p|', 'connector' = 'datagen')", "rows-p|rows-per-second"},
        {T "'rows-p|' = '1', 'connector' = 'datagen')", "rows-p|rows-per-second"},
        {T "'connector' = 'filesystem', 'csv|", "csv"}, /* no format yet */
        {T "'connector' = 'filesystem', 'format' = 'json', 'csv.allow|", "csv.allow"},
        {T "'connector' = 'filesystem', 'format' = 'csv', 'csv.allow|",
         "csv.allow|csv.allow-comments"},
        {T "'format' = 'csv', 'json.|", "json."},
        {T "'connector' = 'datagen', 'for|", "for"}, /* it takes no format */
        {T "'connector' = 'filesystem', 'for|", "for|format"},
        {T "'connector' = 'filesystem', 'conn|", "conn"}, /* it is given */
        {T "'connector' = 'filesystem', 'auto|", "auto"}, /* not supported yet */
        /* an option for each column */
        {T "'connector' = 'datagen', 'fields.k.k|", "fields.k.k|fields.k.kind"},
        {T "'connector' = 'datagen', 'fields.n|",
         "fields.n|fields.n b.end|fields.n b.kind|fields.n b.length|fields.n b.max|fields.n "
         "b.max-past|"
         "fields.n b.min|fields.n b.null-rate|fields.n b.start|fields.n b.var-len"},
        /* values of a fixed set */
        {T "'connector' = 'file|", "file|filesystem"},
        {T "'connector' = '|",
         "|blackhole|datagen|filesystem|kafka|print|sqlite|stdin|stdout|upsert-kafka"},
        {T "'format' = '|", "|csv|json|raw"},
        {T "'on-error' = '|", "|fail|reject|skip"},
        {T "'json.timestamp-format.standard' = 'i|", "i|ISO-8601"},
        {T "'csv.allow-comments' = '|", "|false|true"},
        {T "'fields.k.kind' = '|", "|random|sequence"},
        {T "'connector' = 'filesystem', 'fields.k.kind' = '|", ""},
        {T "'rows-per-second' = '|", ""},
        /* the quote need not have been typed */
        {T "conn|", "conn|'connector'"},
        {T "'connector' = |", "|'blackhole'|'datagen'|'filesystem'|'kafka'|'print'|'sqlite'|'stdin'"
                              "|'stdout'|'upsert-kafka'"},
        {T "'on-error' = f|", "f|'fail'"},
        {T "'on-error' f|", "f"},
        {"SET 'table.dml|", "table.dml|table.dml-sync"},
        {"SET 'sql-client.execution.result-mode' = '|", "|changelog|table|tableau"},
        {"SET 'table.dml-sync' = |", "|'false'|'true'"},
        {"SET 'commit-interval' = '|", ""},
    };
#undef T
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, cases[i].expected);
}

static void test_commands(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {".tab|", ".tab|.tables"}, {".he|", ".he|.headers|.help"}, {".mode c|", "c|column|csv"},
        {".mode au|", "au|auto"},  {".timer |", "|off|on"},        {".headers a|", "a|auto"},
        {".schema b|", "b|bid"},   {".help mo|", "mo|mode"},       {".print x|", "x"},
        {".nosuch x|", "x"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, cases[i].expected);
}

static void test_files(void **state)
{
    char directory[TEMP_FOLDER_SIZE], text[256], expected[512], path[256];
    static const char *const files[] = {"bids.jsonl", "bids.csv", ".hidden", NULL};
    (void)state;
    assert_true(temp_folder_make(directory, "weir-complete"));
    for (const char *const *file = files; *file != NULL; file++) {
        snprintf(path, sizeof path, "%s/%s", directory, *file);
        FILE *made = fopen(path, "w");
        assert_non_null(made);
        fclose(made);
    }
    snprintf(path, sizeof path, "%s/deeper", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(text, sizeof text, "CREATE TABLE t (a INT) WITH ('path' = '%s/b|", directory);
    snprintf(expected, sizeof expected, "%s/b|%s/bids.csv|%s/bids.jsonl", directory, directory,
             directory);
    check(text, expected);
    snprintf(text, sizeof text, ".read %s/d|", directory);
    snprintf(expected, sizeof expected, "%s/d|%s/deeper/", directory, directory);
    check(text, expected);
    rmdir(path);
    for (const char *const *file = files; *file != NULL; file++) {
        snprintf(path, sizeof path, "%s/%s", directory, *file);
        unlink(path);
    }
    rmdir(directory);
}

/* Every allocation fails once: no answer, or the whole one. */
static void test_short_of_memory(void **state)
{
    static const char before[] = "SELECT b.a", after[] = " FROM bid AS b, orders";
    Status status = ST_NOMEM;
    uint64_t k = 1;
    (void)state;
    for (; status != ST_OK; k++) {
        Arena arena;
        Completion completion;
        arena_init(&arena, NULL);
        mem_fail_at(k, false);
        status = complete_statement(&world, text_of(before), text_of(after), &arena, &completion);
        mem_fail_at(0, false);
        assert_true(status == ST_OK || status == ST_NOMEM);
        if (status == ST_OK)
            assert_int_equal(completion.item.count, 1);
        arena_close(&arena);
    }
    assert_true(k > 2);
}

static void count_name(void *context, Text name)
{
    assert_true(name.size > 0);
    ++*(uint32_t *)context;
}

/* A prefix of nothing has no bytes to point at: it begins every name. */
static void test_names_of_a_session(void **state)
{
    static const struct {
        NameKind kind;
        Text prefix;
        uint32_t least, most;
    } cases[] = {{NAME_TABLE, {NULL, 0}, 2, 2},         {NAME_TABLE, {"O", 1}, 1, 1},
                 {NAME_TABLE, {"x", 1}, 0, 0},          {NAME_COLUMN, {NULL, 0}, 2, 2},
                 {NAME_FUNCTION, {NULL, 0}, 100, 1000}, {NAME_FUNCTION, {"upPE", 4}, 1, 1}};
    SessionConfig config = {0};
    Session *session;
    Diag diag = {0};
    Output output = {0};
    Source source = {TEXT("test"),
                     TEXT("CREATE TABLE bid (a INT) WITH ('connector'='blackhole');"
                          "CREATE TABLE orders (b INT) WITH ('connector'='blackhole');")};
    (void)state;
    assert_int_equal(session_open(&config, &session, &diag), ST_OK);
    assert_int_equal(session_execute(session, &source, &output, &diag), ST_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t count = 0;
        session_names(session, cases[i].kind, cases[i].prefix, count_name, &count);
        assert_in_range(count, cases[i].least, cases[i].most);
    }
    session_close(session);
}

static void test_common_beginning(void **state)
{
    static const struct {
        const char *items[4];
        const char *expected;
    } cases[] = {{{"orders", "order", "ordinal"}, "ord"},
                 {{"one"}, "one"},
                 {{"a", "b"}, ""},
                 {{"aä", "aö"}, "a"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text items[4];
        Completion completion = {.item = {.item = items}};
        for (; cases[i].items[completion.item.count] != NULL; completion.item.count++)
            items[completion.item.count] = text_of(cases[i].items[completion.item.count]);
        assert_true(text_is(completion_common(&completion), cases[i].expected));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),         cmocka_unit_test(test_options),
        cmocka_unit_test(test_commands),           cmocka_unit_test(test_files),
        cmocka_unit_test(test_names_of_a_session), cmocka_unit_test(test_common_beginning),
        cmocka_unit_test(test_short_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
