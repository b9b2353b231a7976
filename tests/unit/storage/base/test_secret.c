#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/secret.h"

static void test_keys(void **state)
{
    (void)state;
    static const char *const secret[] = {
        "password",
        "properties.sasl.password",
        "properties.sasl.jaas.config",
        "PROPERTIES.SSL.KEY.PASSWORD",
        "properties.ssl.keystore.key",
        "avro-confluent.basic-auth.user-info",
        "avro-confluent.bearer-auth.token",
        "nobodyknows.password",
    };
    static const char *const open[] = {
        "",
        "connector",
        "word",
        "properties.sasl.username",
        "properties.ssl.key.location",
        "properties.sasl.oauthbearer.token.endpoint.url",
        "key.format",
        "key",
        "password.file",
        "properties.ssl.keystore.location",
    };
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
        if (!secret_is_key(text_of(secret[i])))
            fail_msg("%s", secret[i]);
    }
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        if (secret_is_key(text_of(open[i])))
            fail_msg("%s", open[i]);
    }
}

/* The span marked by < and > in `in` is the one marked in `out`. */
static void unmark(const char *marked, char *text, Span *span)
{
    uint32_t size = 0;
    *span = SPAN_NONE;
    for (; *marked != '\0'; marked++) {
        if (*marked == '<')
            span->start = size;
        else if (*marked == '>')
            span->end = size;
        else
            text[size++] = *marked;
    }
    text[size] = '\0';
}

static void test_print(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"", ""},
        {"<SELECT> 'password'", "<SELECT> 'password'"},
        {"WITH ('a' = '<b>', 'a.password' = 'hunter2', 'c' = 'd')",
         "WITH ('a' = '<b>', 'a.password' = '****', 'c' = 'd')"},
        {"WITH ('a.password' = 'hunter2', 'c' = <'d'>)",
         "WITH ('a.password' = '****', 'c' = <'d'>)"},
        {"'a.password' = <'hunter2'>)", "'a.password' = <'****'>)"},
        {"'a.password' = 'h<unt>er2')", "'a.password' = <'****'>)"},
        {"<'a.password' = 'h>unter2')", "<'a.password' = '****'>)"},
        {"'a.password'='x','b.password'='y',<z>", "'a.password'='****','b.password'='****',<z>"},
        {"'a.password' = 'it''s', 'b'", "'a.password' = '****', 'b'"},
        {"'a.password' = '', 'b'", "'a.password' = '****', 'b'"},
        {"'a.password' = E'it\\'s', 'b'", "'a.password' = '****', 'b'"},
        {"'a.password' = e'it\\'s', 'b'", "'a.password' = '****', 'b'"},
        {"'a.password' = U&'x', 'b'", "'a.password' = '****', 'b'"},
        {"'a.password'\n/* = 'c' */ = -- d\n 'x', 'b'",
         "'a.password'\n/* = 'c' */ = -- d\n '****', 'b'"},
        /* what is no SQL yet */
        {"'a.password' 'x', 'b'", "'a.password' '****', 'b'"},
        {"'a.password' = \"x\", 'b'", "'a.password' = '****', 'b'"},
        {"\"a.password\" = 'x', 'b'", "\"a.password\" = '****', 'b'"},
        {"'a.password' = hunter2, 'b'", "'a.password' = '****', 'b'"},
        {"'a.password' = hunter2", "'a.password' = '****'"},
        {"'a.password' = 'hunter2, 'b'", "'a.password' = '****'b'"},
        {"'a.password' = 'hunter2", "'a.password' = '****'"},
        {"'t' = 'open, 'a.password' = 'x')", "'t' = 'open, 'a.password' = '****')"},
        {"-- 'a.password' = 'old'", "-- 'a.password' = '****'"},
        {"/*+ OPTIONS('a.password'='x') */", "/*+ OPTIONS('a.password'='****') */"},
        {"'password' = ", "'password' = "},
        {"'password' =", "'password' ="},
        {"'password'", "'password'"},
        {"RESET ('a.password', 'b')", "RESET ('a.password', 'b')"},
        {"'a.password' = /* no end", "'a.password' = '****' no end"},
        {"'name' = 'my-secret', 'b' = 'c'", "'name' = 'my-secret', 'b' = 'c'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char in[256], expected[256];
        Span span, place;
        StrBuf out;
        strbuf_init(&out, NULL);
        unmark(cases[i].in, in, &span);
        unmark(cases[i].out, expected, &place);
        secret_print(text_of(in), &span, &out);
        assert_string_equal(strbuf_cstr(&out), expected);
        if (span.start != place.start || span.end != place.end)
            fail_msg("%s: %u to %u", cases[i].in, span.start, span.end);
        strbuf_close(&out);
    }
}

/* However a text is cut, nothing is read behind it, and no value is begun in the middle. */
static void test_cut(void **state)
{
    (void)state;
    static const char text[] = "('a.password' = E'hun\\'ter2', /* c */ \"b.secret\"='x''y')";
    for (uint32_t size = 0; size < sizeof text; size++) {
        char *copy = mem_alloc(NULL, size + 1u);
        StrBuf out;
        strbuf_init(&out, NULL);
        memcpy(copy, text, size);
        secret_print((Text){copy, size}, NULL, &out);
        assert_null(strstr(strbuf_cstr(&out), "hun"));
        strbuf_close(&out);
        mem_free(NULL, copy, size + 1u);
    }
}

static void test_excerpt(void **state)
{
    (void)state;
    static const char text[] = "A ('a.password' = 'hunter2', 'b' = 'wrong')";
    const Source source = {TEXT("x.sql"), {text, sizeof text - 1}};
    const char *wrong = strstr(text, "'wrong'");
    StrBuf out;
    Diag diag = {0};
    strbuf_init(&out, NULL);
    diag_error(&diag, E2114, (Span){(uint32_t)(wrong - text), (uint32_t)(wrong - text) + 7}, "no");
    diag.source = &source;
    diag_print(&diag, &out);
    assert_string_equal(strbuf_cstr(&out), "x.sql:1:36: error E2114: no\n"
                                           "    1 | A ('a.password' = '****', 'b' = 'wrong')\n"
                                           "      |                                 ^~~~~~~\n");
    strbuf_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_excerpt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
