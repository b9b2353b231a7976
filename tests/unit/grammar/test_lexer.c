/* Tokens by their text, keywords by the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "grammar/lexer.h"

enum { MOST_TOKENS = 12 };

/* What a text falls into; the code of each piece is that of the sample behind it, if there is one.
 */
static const struct {
    const char *text;
    const char *token[MOST_TOKENS];
} texts[] = {
    {"SELECT a,b", {"SELECT", "a", ",", "b"}},
    {" a\t\n\r\f\v b ", {"a", "b"}},
    {"a--b\nc", {"a", "c"}},
    {"a-- b", {"a"}},
    {"a/*b*/c/**/d/***/e", {"a", "c", "d", "e"}},
    {"a - -b", {"a", "-", "-", "b"}},
    {"2*/3", {"2", "*", "/", "3"}},
    {"/*+ a */ *", {"/*+", "a", "*/", "*"}},
    {"/*+ a*b */", {"/*+", "a", "*", "b", "*/"}},
    {"1 1.5 .5 5. 1e3 1.5E-3 .5e+3", {"1", "1.5", ".5", "5.", "1e3", "1.5E-3", ".5e+3"}},
    {"a.b.1", {"a", ".", "b", ".1"}},
    {"'it''s' '' '''", {"'it''s'", "''", "'''"}},
    {"E'a\\'b' e'' x'0a' U&'\\0041'", {"E'a\\'b'", "e''", "x'0a'", "U&'\\0041'"}},
    {"`a``b` ``", {"`a``b`", "``"}},
    {"a$b a$ $a a$$b", {"a$b", "a", "$", "$", "a", "a$$b"}},
    {"größe _x x1 名前", {"größe", "_x", "x1", "名前"}},
    {"<= >= <> != => = < > || | :", {"<=", ">=", "<>", "!=", "=>", "=", "<", ">", "||", "|", ":"}},
    {"A{2,3}?{-B-}", {"A", "{", "2", ",", "3", "}", "?", "{-", "B", "-}"}},
    {"ARRAY<ARRAY<INT>>", {"ARRAY", "<", "ARRAY", "<", "INT", ">", ">"}},
    {"12ab 1.5x 1e5y", {"12ab", "1.5x", "1e5y"}},
    {"\"a b\" \"c\nd", {"\"a b\"", "\"", "c", "d"}},
    {"\xEF\xBB\xBF"
     "a",
     {"a"}},
};

static void test_texts(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        Text text = text_of(texts[i].text);
        Lexer lexer;
        lexer_init(&lexer, text, (Span){0, text.size});
        for (uint32_t k = 0; k < MOST_TOKENS; k++) {
            Token token = lexer_next(&lexer);
            if (texts[i].token[k] == NULL) {
                assert_int_equal(token.code, TOKEN_END);
                assert_int_equal(lexer_next(&lexer).code, TOKEN_END);
                break;
            }
            if (!text_is(token.text, texts[i].token[k]))
                fail_msg("%s: %.*s instead of %s", texts[i].text, TEXT_ARG(token.text),
                         texts[i].token[k]);
            assert_true(token.text.ptr == text.ptr + token.span.start);
            assert_int_equal(token.text.size, token.span.end - token.span.start);
        }
    }
}

static int code_of(const char *text)
{
    Lexer lexer;
    lexer_init(&lexer, text_of(text), (Span){0, (uint32_t)strlen(text)});
    return lexer_next(&lexer).code;
}

static void test_codes(void **state)
{
    (void)state;
    assert_int_equal(code_of("select"), code_of("SELECT"));
    assert_int_equal(code_of("SeLeCt"), code_of("SELECT"));
    assert_int_equal(code_of("`select`"), code_of("x"));
    assert_int_equal(code_of("selects"), code_of("x"));
    assert_int_equal(code_of("minutes"), code_of("YEAR"));
    assert_int_equal(code_of("<>"), code_of("!="));
    assert_int_not_equal(code_of("1"), code_of("1.0"));
    assert_int_not_equal(code_of("1.0"), code_of("1e0"));
    assert_int_equal(code_of("12ab"), TOKEN_BAD_NUMBER);
    assert_int_equal(code_of("'a"), TOKEN_UNTERMINATED_STRING);
    assert_int_equal(code_of("E'a\\'"), TOKEN_UNTERMINATED_STRING);
    assert_int_equal(code_of("`a"), TOKEN_UNTERMINATED_NAME);
    assert_int_equal(code_of("/* a"), TOKEN_UNTERMINATED_COMMENT);
    assert_int_equal(code_of("/*/"), TOKEN_UNTERMINATED_COMMENT);
    assert_int_equal(code_of("\"a\""), TOKEN_DOUBLE_QUOTED);
    assert_int_equal(code_of("#"), TOKEN_BAD_CHARACTER);
    assert_int_equal(code_of("\xE2\x80\x99"), TOKEN_BAD_CHARACTER);
}

/* Only the part is read, and a token never goes beyond it. */
static void test_part(void **state)
{
    (void)state;
    Text text = TEXT("SELECT 'abc' FROM t");
    Lexer lexer;
    lexer_init(&lexer, text, (Span){7, 10});
    Token token = lexer_next(&lexer);
    assert_int_equal(token.code, TOKEN_UNTERMINATED_STRING);
    assert_int_equal(token.span.start, 7);
    assert_int_equal(token.span.end, 10);
    lexer_init(&lexer, text, (Span){0, 3});
    assert_true(text_is(lexer_next(&lexer).text, "SEL"));
    assert_int_equal(lexer_next(&lexer).code, TOKEN_END);
}

static void test_zero_byte(void **state)
{
    (void)state;
    Text text = {"a\0b", 3};
    Lexer lexer;
    lexer_init(&lexer, text, (Span){0, 3});
    assert_true(text_is(lexer_next(&lexer).text, "a"));
    assert_int_equal(lexer_next(&lexer).code, TOKEN_BAD_CHARACTER);
    assert_true(text_is(lexer_next(&lexer).text, "b"));
    assert_int_equal(lexer_next(&lexer).code, TOKEN_END);
}

/* --- the keyword table --- */

static void test_keywords_are_sorted_and_found(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < keyword_count(); i++) {
        const KeywordRow *row = keyword_row(i);
        if (i > 0 && strcmp(keyword_row(i - 1)->word, row->word) >= 0)
            fail_msg("%s is out of order", row->word);
        assert_ptr_equal(keyword_find(text_of(row->word)), row);
    }
    assert_null(keyword_find(TEXT("")));
    assert_null(keyword_find(TEXT("A")));
    assert_null(keyword_find(TEXT("ZZZ")));
}

/* The words of "%fallback ID ... ." in sql.y: the first such list has the keywords' tokens. */
static bool in_fallback(const char *list, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += size) {
        char before = at[-1], after = at[size];
        if ((before == ' ' || before == '\n') && (after == ' ' || after == '\n' || after == '.'))
            return true;
    }
    return false;
}

static void test_fallback_agrees_with_keywords(void **state)
{
    (void)state;
    static const struct {
        const char *word, *token;
        KeywordClass kind;
    } rows[] = {
#define X(word, token, kind) {#word, #token, KEYWORD_##kind},
#include "grammar/keywords.def"
#undef X
    };
    FILE *file = fopen(WEIR_SOURCE_DIR "/grammar/sql.y", "r");
    assert_non_null(file);
    enum { GRAMMAR_BYTES = 1 << 18 };
    char *grammar = malloc(GRAMMAR_BYTES);
    size_t size = fread(grammar, 1, GRAMMAR_BYTES - 1, file);
    grammar[size] = '\0';
    fclose(file);
    char *list = strstr(grammar, "%fallback ID") + strlen("%fallback ID");
    char *end = strchr(list, '.');
    assert_non_null(end);
    end[1] = '\0';
    uint32_t tokens = 0;
    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool can_be_name = rows[i].kind != KEYWORD_RESERVED;
        if (in_fallback(list, rows[i].token) != can_be_name)
            fail_msg("%s: %%fallback and keywords.def disagree", rows[i].word);
        bool seen = false;
        for (uint32_t k = 0; k < i && !seen; k++)
            seen = strcmp(rows[k].token, rows[i].token) == 0;
        tokens += can_be_name && !seen;
    }
    uint32_t listed = 0;
    for (char *word = strtok(list, " \n."); word != NULL; word = strtok(NULL, " \n."))
        listed++;
    assert_int_equal(listed, tokens);
    free(grammar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_part),
        cmocka_unit_test(test_zero_byte),
        cmocka_unit_test(test_keywords_are_sorted_and_found),
        cmocka_unit_test(test_fallback_agrees_with_keywords),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
