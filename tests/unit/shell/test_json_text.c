#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/json_text.h"

/* RFC 8259 section 7; DEL and the C1 controls are escaped although it does not ask for that. */
static void test_strings(void **state)
{
    static const struct {
        Text text;
        const char *expected;
    } cases[] = {
        {{"", 0}, "\"\""},
        {{"abc", 3}, "\"abc\""},
        {{"a\"b\\c/", 6}, "\"a\\\"b\\\\c/\""},
        {{"\n\t\r\b\0", 5}, "\"\\n\\t\\r\\u0008\\u0000\""},
        {{"\x7F\xC2\x9B", 3}, "\"\\u007f\\u009b\""},
        {{"ä😀", 6}, "\"ä😀\""},
        {{"a\xFFz", 3}, "\"a\xEF\xBF\xBDz\""},
        {{"\xE2\x82", 2}, "\"\xEF\xBF\xBD\xEF\xBF\xBD\""}, /* a cut-off euro sign */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf out;
        strbuf_init(&out, NULL);
        json_put_string(&out, cases[i].text);
        assert_string_equal(strbuf_cstr(&out), cases[i].expected);
        strbuf_close(&out);
    }
}

/* The vectors of RFC 4648 section 10, and bytes that use both special digits. */
static void test_bytes(void **state)
{
    static const struct {
        Text bytes;
        const char *expected;
    } cases[] = {
        {{"", 0}, "\"\""},
        {{"f", 1}, "\"Zg==\""},
        {{"fo", 2}, "\"Zm8=\""},
        {{"foo", 3}, "\"Zm9v\""},
        {{"foob", 4}, "\"Zm9vYg==\""},
        {{"fooba", 5}, "\"Zm9vYmE=\""},
        {{"foobar", 6}, "\"Zm9vYmFy\""},
        {{"\xFB\xFF\xBF", 3}, "\"+/+/\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf out;
        strbuf_init(&out, NULL);
        json_put_bytes(&out, cases[i].bytes);
        assert_string_equal(strbuf_cstr(&out), cases[i].expected);
        strbuf_close(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
