#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table behind a changelog: what stands in it after each list of changes, and in which order.
 */
#include <stdio.h>

#include "shell/fold.h"
#include "storage/base/mem.h"

/* "+a -a <b >c": inserts a, deletes a, -U b, +U c. */
static Status apply(Fold *fold, const char *changes)
{
    for (const char *c = changes; *c != '\0'; c++) {
        RowKind kind = *c == '+'   ? ROW_INSERT
                       : *c == '-' ? ROW_DELETE
                       : *c == '<' ? ROW_UPDATE_BEFORE
                                   : ROW_UPDATE_AFTER;
        if (*c == ' ')
            continue;
        OutputCell cell = {.kind = CELL_TEXT, .text = {++c, 1}};
        TRY(fold_add(fold, kind, &cell));
    }
    return ST_OK;
}

static const char *rows_from(const FoldRow *row)
{
    static char text[64];
    size_t size = 0;
    for (; row != NULL; row = fold_next(row))
        text[size++] = fold_cells(row)->text.ptr[0];
    text[size] = '\0';
    return text;
}

static void test_changes(void **state)
{
    static const struct {
        bool keep_places;
        uint64_t most;
        const char *changes, *rows;
    } cases[] = {
        {false, 0, "", ""},
        {false, 0, "+a +b +c", "abc"},
        {false, 0, "+a +b -a", "b"},
        {false, 0, "+a +a -a", "a"},
        {false, 0, "-a +a", "a"}, /* what is not there cannot go, and is no debt */
        {false, 0, "+a +b +c <a >d", "bcd"},
        {true, 0, "+a +b +c <a >d", "dbc"},
        {true, 0, "+a +b +c <b >d <c >e <e >f", "adf"},
        {true, 0, "+a +b +c <c >d", "abd"},
        {true, 0, "+a <a >b", "b"},
        {true, 0, "+a +b -a >c", "bc"},     /* a deletion leaves no place */
        {true, 0, "+a +b <a +c >d", "bcd"}, /* nor does an update whose second half comes later */
        {true, 0, "+a +b <x >c", "abc"},
        {false, 3, "+a +b +c +d +e", "cde"},
        {false, 2, "+a +b +c -a -b", "c"},
        {true, 2, "+a +b +c <a >d", "cd"}, /* the row before it had been dropped */
        {false, 2, "+a +a +a +b", "ab"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Fold *fold;
        FoldOptions options = {1, cases[i].keep_places, cases[i].most};
        assert_int_equal(fold_open(&options, &fold), ST_OK);
        assert_int_equal(apply(fold, cases[i].changes), ST_OK);
        assert_string_equal(rows_from(fold_tail(fold, UINT64_MAX)), cases[i].rows);
        assert_int_equal(fold_count(fold), strlen(cases[i].rows));
        fold_close(fold);
    }
}

static void test_tail(void **state)
{
    Fold *fold;
    FoldOptions options = {.columns = 1};
    (void)state;
    assert_int_equal(fold_open(&options, &fold), ST_OK);
    assert_null(fold_tail(fold, 1));
    assert_int_equal(apply(fold, "+a +b +c"), ST_OK);
    assert_null(fold_tail(fold, 0));
    assert_string_equal(rows_from(fold_tail(fold, 1)), "c");
    assert_string_equal(rows_from(fold_tail(fold, 2)), "bc");
    assert_string_equal(rows_from(fold_tail(fold, 3)), "abc");
    assert_string_equal(rows_from(fold_tail(fold, 4)), "abc");
    assert_int_equal(fold_changes(fold), 3);
    assert_int_equal(fold_dropped(fold), 0);
    fold_close(fold);
}

/* Rows of two columns whose texts run together alike are not the same; nor is NULL an empty text.
 */
static void test_rows_are_told_apart(void **state)
{
    static const OutputCell rows[][2] = {
        {{.kind = CELL_TEXT, .text = {"ab", 2}}, {.kind = CELL_TEXT, .text = {"c", 1}}},
        {{.kind = CELL_TEXT, .text = {"a", 1}}, {.kind = CELL_TEXT, .text = {"bc", 2}}},
        {{.kind = CELL_TEXT, .text = {"", 0}}, {.kind = CELL_NULL, .text = {NULL, 0}}},
        {{.kind = CELL_NULL, .text = {NULL, 0}}, {.kind = CELL_TEXT, .text = {"", 0}}},
    };
    Fold *fold;
    FoldOptions options = {.columns = 2};
    (void)state;
    assert_int_equal(fold_open(&options, &fold), ST_OK);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(fold_add(fold, ROW_INSERT, rows[i]), ST_OK);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(fold_add(fold, ROW_DELETE, rows[i]), ST_OK);
        assert_int_equal(fold_count(fold), 3 - i);
    }
    fold_close(fold);
}

/* Many rows, many of them equal, through all the sizes of the table. */
static void test_many_rows(void **state)
{
    enum { MANY = 20000 };
    Fold *fold;
    FoldOptions options = {.columns = 1, .most = MANY / 2};
    OutputCell same = {.kind = CELL_NUMBER, .text = {"7", 1}};
    (void)state;
    assert_int_equal(fold_open(&options, &fold), ST_OK);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(fold_add(fold, ROW_INSERT, &same), ST_OK);
    assert_int_equal(fold_count(fold), MANY / 2);
    assert_int_equal(fold_dropped(fold), MANY / 2);
    for (int i = 0; i < MANY; i++) {
        char digits[16];
        OutputCell cell = {.kind = CELL_NUMBER,
                           .text = {digits, (uint32_t)snprintf(digits, sizeof digits, "%d", i)}};
        assert_int_equal(fold_add(fold, ROW_INSERT, &cell), ST_OK);
    }
    for (int i = MANY / 2; i < MANY; i++) {
        char digits[16];
        OutputCell cell = {.kind = CELL_NUMBER,
                           .text = {digits, (uint32_t)snprintf(digits, sizeof digits, "%d", i)}};
        assert_int_equal(fold_add(fold, ROW_DELETE, &cell), ST_OK);
    }
    assert_int_equal(fold_count(fold), 0);
    fold_close(fold);
}

/* Whatever allocation fails, the fold stays whole and can be closed. */
static void test_memory(void **state)
{
    (void)state;
    for (uint64_t k = 1;; k++) {
        Fold *fold = NULL;
        FoldOptions options = {1, true, 2};
        mem_fail_at(k, false);
        Status status = fold_open(&options, &fold);
        if (status == ST_OK)
            status = apply(fold, "+a +b <a >c +d");
        mem_fail_at(0, false);
        fold_close(fold);
        if (status == ST_OK)
            return;
        assert_int_equal(status, ST_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_tail),
        cmocka_unit_test(test_rows_are_told_apart),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
