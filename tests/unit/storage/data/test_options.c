#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/options.h"

static const OptionDef common[] = {
    {"connector", OPTION_TEXT, NULL, NULL, OPTION_REQUIRED, "which connector"},
    {"on-error", OPTION_ENUM, "reject", "reject|fail|skip", OPTION_EXTENSION, "bad records"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};
static const OptionDef special[] = {
    {"path", OPTION_TEXT, NULL, NULL, 0, "where"},
    {"delimiter", OPTION_CHAR, ",", NULL, 0, "between fields"},
    {"count", OPTION_INT, "10", NULL, 0, "how many"},
    {"ratio", OPTION_DOUBLE, "0.5", NULL, 0, "share"},
    {"interval", OPTION_DURATION, "30 min", NULL, 0, "how often"},
    {"size", OPTION_SIZE, "128MB", NULL, 0, "how large"},
    {"strict", OPTION_BOOL, "false", NULL, 0, "how strict"},
    {"password", OPTION_INT, NULL, NULL, OPTION_SECRET, "secret"},
    {"fields.#.kind", OPTION_ENUM, "random", "random|sequence", 0, "of a field"},
    {"properties.*", OPTION_TEXT, NULL, NULL, 0, "handed on"},
    {"properties.known", OPTION_INT, "7", NULL, 0, "one of them"},
    {"later", OPTION_TEXT, NULL, NULL, OPTION_UNSUPPORTED, "because of this"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};
static const OptionScope scope = {{common, special}, 2, "connector \"x\""};

static OptionEntry pair(const char *key, const char *value)
{
    return (OptionEntry){text_of(key), text_of(value), {1, 2}, {3, 4}};
}

static void test_defaults_and_given(void **state)
{
    (void)state;
    OptionList none = {NULL, 0};
    assert_true(text_is(option_text(&scope, none, "on-error"), "reject"));
    assert_int_equal(option_text(&scope, none, "path").size, 0);
    assert_int_equal(option_char(&scope, none, "delimiter"), ',');
    assert_int_equal(option_int(&scope, none, "count"), 10);
    assert_true(option_double(&scope, none, "ratio") == 0.5);
    assert_int_equal(option_duration(&scope, none, "interval"), 30 * MICROS_PER_MINUTE);
    assert_int_equal(option_size(&scope, none, "size"), 128 << 20);
    assert_false(option_bool(&scope, none, "strict"));
    assert_int_equal(option_enum(&scope, none, "fields.a.kind"), 0);
    assert_int_equal(option_int(&scope, none, "properties.known"), 7);

    OptionEntry items[] = {pair("delimiter", "\\t"),
                           pair("count", " -3 "),
                           pair("ratio", "1.5e2"),
                           pair("strict", "TRUE"),
                           pair("fields.a.b.kind", "sequence"),
                           pair("on-error", "Skip")};
    OptionList list = {items, 6};
    assert_true(option_given(list, "count"));
    assert_false(option_given(list, "path"));
    assert_int_equal(option_char(&scope, list, "delimiter"), '\t');
    assert_int_equal(option_int(&scope, list, "count"), -3);
    assert_true(option_double(&scope, list, "ratio") == 150.0);
    assert_true(option_bool(&scope, list, "strict"));
    assert_int_equal(option_enum(&scope, list, "fields.a.b.kind"), 1);
    assert_int_equal(option_enum(&scope, list, "on-error"), 2);
}

typedef struct CheckCase {
    const char *key, *value;
    ErrorCode code; /* E0001: none */
    uint32_t span_start;
    const char *hint;
} CheckCase;

static void test_check(void **state)
{
    (void)state;
    static const CheckCase cases[] = {
        {"path", "", E0001, 0, ""},
        {"properties.any.thing", "x", E0001, 0, ""},
        {"properties.known", "x", E2114, 3, ""}, /* the exact row wins over the pattern */
        {"fields.f.kind", "random", E0001, 0, ""},
        {"fields.kind", "random", E2112, 1, ""},
        {"fields..kind", "random", E2112, 1, ""},
        {"fields.f.kind", "sometimes", E2114, 3, ""},
        {"pathh", "x", E2112, 1, "did you mean \"path\"?"},
        {"count", "1.5", E2114, 3, ""},
        {"count", "", E2114, 3, ""},
        {"count", "9223372036854775808", E2114, 3, ""},
        {"count", "-9223372036854775808", E0001, 0, ""},
        {"ratio", "nan", E2114, 3, ""},
        {"ratio", "0x10", E2114, 3, ""},
        {"strict", "yes", E2114, 3, ""},
        {"delimiter", "ab", E2114, 3, ""},
        {"delimiter", "", E2114, 3, ""},
        {"delimiter", "\xc2\xa7", E2114, 3, ""},
        {"delimiter", "\\001", E0001, 0, ""},
        {"delimiter", "\\u0001", E0001, 0, ""},
        {"delimiter", "\\u00zz", E2114, 3, ""},
        {"interval", "5 parsecs", E2114, 3, ""},
        {"size", "5 GB", E0001, 0, ""},
        {"size", "9999999 TB", E2114, 3, ""},
        {"on-error", "ignore", E2114, 3, ""},
        {"later", "x", E2001, 1, "because of this"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const CheckCase *c = &cases[i];
        OptionEntry items[] = {pair("connector", "x"), pair(c->key, c->value)};
        Diag diag = {0};
        Status status = options_check(&scope, (OptionList){items, 2}, (Span){9, 10}, &diag);
        if (c->code == E0001) {
            assert_int_equal(status, ST_OK);
            continue;
        }
        if (!diag.set || diag.code != c->code)
            fail_msg("%s = '%s': %s", c->key, c->value, diag.set ? diag.message : "accepted");
        assert_int_equal(status, error_def(c->code)->status);
        assert_int_equal(diag.span.start, c->span_start);
        assert_string_equal(diag.hint, c->hint);
    }
}

static void test_required_and_twice(void **state)
{
    (void)state;
    Diag diag = {0};
    assert_int_equal(options_check(&scope, (OptionList){NULL, 0}, (Span){9, 10}, &diag),
                     ST_SEMANTIC);
    assert_int_equal(diag.code, E2113);
    assert_int_equal(diag.span.start, 9);

    OptionEntry items[] = {pair("connector", "x"), pair("connector", "y")};
    diag_reset(&diag);
    assert_int_equal(options_check(&scope, (OptionList){items, 2}, (Span){9, 10}, &diag),
                     ST_SEMANTIC);
    assert_int_equal(diag.code, E2111);
}

static void test_missing_one_is_misspelt(void **state)
{
    (void)state;
    static const OptionDef patterns[] = {
        {"client.hosts", OPTION_TEXT, NULL, NULL, OPTION_REQUIRED, "where"},
        {"client.*", OPTION_TEXT, NULL, NULL, 0, "what else the client takes"},
        {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
    };
    const OptionScope all = {{patterns}, 1, "connector \"x\""};
    static const struct {
        const char *given;
        uint32_t at; /* 9: the table */
        const char *hint;
    } cases[] = {{"client.host", 1, "did you mean \"client.hosts\"?"}, {"client.id", 9, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OptionEntry items[] = {pair(cases[i].given, "a")};
        Diag diag = {0};
        assert_int_equal(options_check(&all, (OptionList){items, 1}, (Span){9, 10}, &diag),
                         ST_SEMANTIC);
        assert_int_equal(diag.code, E2113);
        assert_int_equal(diag.span.start, cases[i].at);
        assert_string_equal(diag.hint, cases[i].hint);
    }
}

static void test_secret_is_not_shown(void **state)
{
    (void)state;
    OptionEntry items[] = {pair("connector", "x"), pair("password", "hunter2")};
    Diag diag = {0};
    assert_int_equal(options_check(&scope, (OptionList){items, 2}, SPAN_NONE, &diag), ST_SEMANTIC);
    assert_null(strstr(diag.message, "hunter2"));
    assert_non_null(strstr(diag.message, "****"));
}

static void test_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        Micros value; /* -1: refused */
    } cases[] = {
        {"5s", 5000000},
        {"200ms", 200000},
        {"10 min", 600000000},
        {"1 h 30 m", 5400000000},
        {"2 days", 172800000000},
        {"7", 7000},
        {"3us", 3},
        {" 1 Second ", 1000000},
        {"", -1},
        {"s", -1},
        {"-5s", -1},
        {"5 fortnights", -1},
        {"1.5s", -1},
        {"999999999999 d", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Micros value = -1;
        if (!option_parse_duration(text_of(cases[i].text), &value))
            value = -1;
        if (value != cases[i].value)
            fail_msg("'%s' gave %lld", cases[i].text, (long long)value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_and_given),  cmocka_unit_test(test_check),
        cmocka_unit_test(test_required_and_twice),  cmocka_unit_test(test_missing_one_is_misspelt),
        cmocka_unit_test(test_secret_is_not_shown), cmocka_unit_test(test_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
