#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/cell_text.h"

static void test_escapes(void **state)
{
    static const struct {
        const char *text;
        EscapeSet set;
        const char *expected;
    } cases[] = {
        {"plain", ESCAPE_LAYOUT, "plain"},
        {"", ESCAPE_LAYOUT, ""},
        {"a\nb\tc\rd", ESCAPE_LAYOUT, "a\\nb\\tc\\rd"},
        {"a\nb\tc\rd", ESCAPE_TERMINAL, "a\nb\tc\\rd"},
        {"a\nb\033[31m", ESCAPE_NOTHING, "a\nb\033[31m"},
        {"\033[31mred", ESCAPE_TERMINAL, "\\x1b[31mred"},
        {"bell\a del\x7F", ESCAPE_LAYOUT, "bell\\x07 del\\x7f"},
        {"\xC2\x9B"
         "31m",
         ESCAPE_TERMINAL, "\\x9b31m"},               /* CSI in one character */
        {"\xFF\xFE", ESCAPE_TERMINAL, "\\xff\\xfe"}, /* no UTF-8 */
        {"abc\xE2\x80\xAE"
         "def",
         ESCAPE_LAYOUT, "abc\\u202edef"}, /* turns the direction */
        {"näme 漢字 😀", ESCAPE_LAYOUT, "näme 漢字 😀"},
        {"\\n", ESCAPE_LAYOUT, "\\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf out;
        strbuf_init(&out, NULL);
        text_put_escaped(&out, text_of(cases[i].text), cases[i].set);
        assert_string_equal(strbuf_cstr(&out), cases[i].expected);
        strbuf_close(&out);
    }
}

static void test_width(void **state)
{
    static const struct {
        const char *text;
        uint32_t width;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"näme", 4},
        {"漢字", 4},
        {"e\xCC\x81", 1} /* e and a combining acute */,
        {"😀", 2},
        {"ﾊﾝｶｸ", 4} /* half-width kana */,
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(text_width(text_of(cases[i].text)), cases[i].width);
}

static void test_cut(void **state)
{
    static const struct {
        const char *text;
        uint32_t width;
        const char *expected;
        uint32_t used;
    } cases[] = {
        {"abcdef", 6, "abcdef", 6},
        {"abcdef", 5, "abcd…", 5},
        {"abcdef", 1, "…", 1},
        {"abcdef", 0, "", 0},
        {"", 3, "", 0},
        {"漢字漢字", 8, "漢字漢字", 8},
        {"漢字漢字", 7, "漢字漢…", 7}, /* 6 + 1 */
        {"漢字漢字", 6, "漢字…", 5},   /* a wide character is not halved */
        {"ä漢", 2, "ä…", 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf out;
        strbuf_init(&out, NULL);
        uint32_t used = text_put_cut(&out, text_of(cases[i].text), cases[i].width);
        assert_string_equal(strbuf_cstr(&out), cases[i].expected);
        assert_int_equal(used, cases[i].used);
        strbuf_close(&out);
    }
}

static void test_cells(void **state)
{
    static const struct {
        OutputCell cell;
        const char *expected;
    } cases[] = {
        {{.kind = CELL_NULL, .text = {NULL, 0}}, "(none)"},
        {{.kind = CELL_NUMBER, .text = {"-12.50", 6}}, "-12.50"},
        {{.kind = CELL_TEXT, .text = {"a\nb", 3}}, "a\\nb"},
        {{.kind = CELL_BOOL, .text = {"TRUE", 4}}, "TRUE"},
        {{.kind = CELL_BYTES, .text = {"\x00\x0A\xFF", 3}}, "x'000aff'"},
        {{.kind = CELL_JSON, .text = {"{a=1}", 5}}, "{a=1}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf out;
        strbuf_init(&out, NULL);
        cell_put(&out, &cases[i].cell, TEXT("(none)"), ESCAPE_LAYOUT);
        assert_string_equal(strbuf_cstr(&out), cases[i].expected);
        strbuf_close(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
