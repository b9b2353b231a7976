#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/history_file.h"
#include "storage/base/strbuf.h"
#include "tests/support/temp_folder.h"

static char path[128];

static int make_path(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/weir-history-%ld", temp_folder_base(), (long)getpid());
    unlink(path);
    return 0;
}

static int remove_path(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void collect(void *context, Text entry)
{
    StrBuf *out = context;
    strbuf_text(out, entry);
    strbuf_string(out, "|");
}

static void check_loaded(const char *expected)
{
    StrBuf out;
    strbuf_init(&out, NULL);
    assert_int_equal(history_load(path, collect, &out), ST_OK);
    assert_string_equal(strbuf_cstr(&out), expected);
    strbuf_close(&out);
}

static void test_entries_come_back(void **state)
{
    struct stat about;
    (void)state;
    check_loaded("");
    history_append(path, TEXT("SELECT 1;"));
    history_append(path, TEXT("SELECT\n  'a\\nb',\n  `ä`;"));
    history_append(path, TEXT(".mode csv"));
    check_loaded("SELECT 1;|SELECT\n  'a\\nb',\n  `ä`;|.mode csv|");
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void count(void *context, Text entry)
{
    (void)entry;
    ++*(uint32_t *)context;
}

static void first_kept(void *context, Text entry)
{
    StrBuf *out = context;
    if (out->size == 0)
        strbuf_text(out, entry);
}

/* The newest 10,000 are given; the file is cut when it holds twice as many. */
static void test_old_entries_go(void **state)
{
    uint32_t loaded = 0;
    struct stat before, after;
    StrBuf first;
    (void)state;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 2 * HISTORY_ENTRIES; i++)
        fprintf(file, "SELECT %d;\n", i);
    fclose(file);
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(history_load(path, count, &loaded), ST_OK);
    assert_int_equal(loaded, HISTORY_ENTRIES);
    assert_int_equal(stat(path, &after), 0);
    assert_true(after.st_size < before.st_size);
    strbuf_init(&first, NULL);
    assert_int_equal(history_load(path, first_kept, &first), ST_OK);
    assert_string_equal(strbuf_cstr(&first), "SELECT 10000;");
    strbuf_close(&first);
}

static void test_private_entries(void **state)
{
    static const struct {
        const char *entry;
        bool is_private;
    } cases[] = {
        {"SELECT 1;", false},
        {" SELECT 1;", true},
        {"CREATE TABLE t (a INT) WITH ('password' = 'x');", true},
        {"SET 'sasl.PassWord' = 'x';", true},
        {"SET 'api.secret' = 'x';", true},
        {"SELECT pass, word FROM secre;", false},
        {"", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(history_is_private(text_of(cases[i].entry)), cases[i].is_private);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_entries_come_back, make_path, remove_path),
        cmocka_unit_test_setup_teardown(test_old_entries_go, make_path, remove_path),
        cmocka_unit_test(test_private_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
