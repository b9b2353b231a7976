#include "connector_harness.h"

#include "storage/base/secret.h"

static void test_find(void **state)
{
    (void)state;
    assert_ptr_equal(connector_find(TEXT("filesystem")), &filesystem_connector);
    assert_ptr_equal(connector_find(TEXT("print")), &print_connector);
    assert_null(connector_find(TEXT("Print")));
    assert_null(connector_find(TEXT("")));
}

/* Every row of every table says what it is for, and its default is a value of its kind. */
static void check_options(const OptionDef *options)
{
    for (const OptionDef *def = options; def->name != NULL; def++) {
        assert_non_null(def->doc);
        assert_true(strlen(def->doc) > 5);
        assert_int_equal(def->kind == OPTION_ENUM, def->values != NULL);
        assert_int_equal((def->flags & OPTION_SECRET) != 0, secret_is_key(text_of(def->name)));
        if (def->default_value == NULL)
            continue;
        OptionDef plain = *def;
        OptionEntry entry = {text_of(def->name), text_of(def->default_value), SPAN_NONE, SPAN_NONE};
        Diag diag = {0};
        plain.flags &= ~(uint32_t)OPTION_UNSUPPORTED;
        if (option_check_value(&plain, &entry, &diag) != ST_OK)
            fail_msg("%s: %s", def->name, diag.message);
    }
}

static void test_tables(void **state)
{
    (void)state;
    check_options(table_options);
    for (uint32_t i = 0; i < connector_count; i++) {
        const ConnectorClass *connector = connector_classes[i];
        assert_true(strlen(connector->doc) > 5);
        check_options(connector->options);
        assert_true(connector->list != NULL || connector->open_sink != NULL);
        assert_int_equal(connector->list != NULL, connector->open_split != NULL);
        assert_int_equal(connector->list != NULL, connector->bounded != NULL);
        assert_true(!connector->needs_format || connector->takes_format);
    }
    for (uint32_t i = 0; i < format_count; i++)
        check_options(format_classes[i]->options);
}

static void test_filesystem_check(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value;
        ErrorCode code; /* E0001: accepted */
    } cases[] = {
        {"path", "/tmp/x", E0001},
        {"path", "file:///tmp/x", E0001},
        {"path", "hdfs://host/x", E2002},
        {"path", "", E2114},
        {"source.monitor-interval", "0 s", E2114},
        {"source.path.regex-pattern", ".*\\.json", E0001},
        {"source.path.regex-pattern", "(?i)x", E2001},
        {"source.path.regex-pattern", "a+?", E0001},
        {"source.path.regex-pattern", "a++", E2001},
        {"source.path.regex-pattern", "[a", E2114},
        {"source.path.regex-pattern", "\\p{L}", E2001},
        {"auto-compaction", "true", E2001},
        {"sink.partition-commit.trigger", "process-time", E2001},
        {"sink.rolling-policy.file-size", "1 GB", E0001},
        {"on-truncate", "ignore", E2114},
        {"pathh", "x", E2112},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Harness h;
        bool path = strcmp(cases[i].key, "path") == 0;
        harness_open(&h, "filesystem",
                     HARNESS_OPTIONS_OF("connector", "filesystem", "format", "csv", cases[i].key,
                                        cases[i].value, path ? NULL : "path", "x"));
        harness_column(&h, "a", type_make(TYPE_INT));
        Status status = options_check(&h.table.scope, h.table.options, SPAN_NONE, &h.diag);
        if (status == ST_OK)
            status = h.table.connector->check(&h.table, SPAN_NONE, &h.diag);
        if ((status == ST_OK) != (cases[i].code == E0001) ||
            (status != ST_OK && h.diag.code != cases[i].code))
            fail_msg("%s = %s: %s", cases[i].key, cases[i].value, h.diag.message);
        harness_close(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_filesystem_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
