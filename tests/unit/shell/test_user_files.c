#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/user_files.h"
#include "tests/support/temp_folder.h"

static char directory[TEMP_FOLDER_SIZE];
static Arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, NULL);
    return !temp_folder_make(directory, "weir-user-files");
}

static int teardown(void **state)
{
    (void)state;
    arena_close(&arena);
    temp_folder_remove(directory);
    return 0;
}

static Text path_of(const char *name)
{
    Text path;
    assert_int_equal(arena_printf(&arena, &path, "%s/%s", directory, name), ST_OK);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name).ptr, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_reading(void **state)
{
    static const struct {
        const char *written, *read;
    } cases[] = {
        {"", ""},
        {"SELECT 1;\n", "SELECT 1;\n"},
        {"\xEF\xBB\xBFSELECT 1;", "SELECT 1;"}, /* a byte order mark */
        {"a\xEF\xBB\xBF", "a\xEF\xBB\xBF"},     /* none */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Source source;
        Diag diag = {0};
        write_file("script.sql", cases[i].written);
        assert_int_equal(user_file_read(&arena, path_of("script.sql"), NULL, &source, &diag),
                         ST_OK);
        assert_true(text_is(source.text, cases[i].read));
        assert_true(text_equal(source.name, path_of("script.sql")));
    }
}

static void test_unreadable(void **state)
{
    Source source;
    Diag missing = {0}, folder = {0};
    (void)state;
    assert_int_equal(user_file_read(&arena, path_of("missing"), NULL, &source, &missing), ST_IO);
    assert_int_equal(missing.code, E3001);
    assert_int_equal(user_file_read(&arena, text_of(directory), NULL, &source, &folder), ST_IO);
    assert_int_equal(folder.code, E3002);
}

static void check_path(Status (*find)(Arena *, Text *), const char *expected)
{
    Text path;
    assert_int_equal(find(&arena, &path), ST_OK);
    assert_true(text_is(path, expected));
}

static void test_places(void **state)
{
    struct stat about;
    (void)state;
    setenv("HOME", directory, 1);
    unsetenv("XDG_STATE_HOME");
    unsetenv("XDG_CONFIG_HOME");
    check_path(user_history_path, path_of(".local/state/weir/history").ptr);
    check_path(user_init_path, path_of(".config/weir/init.sql").ptr);
    assert_int_equal(stat(path_of(".local/state/weir").ptr, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    setenv("XDG_CONFIG_HOME", "/etc/xdg", 1);
    check_path(user_init_path, "/etc/xdg/weir/init.sql");
    setenv("XDG_CONFIG_HOME", "relative", 1);
    check_path(user_init_path, path_of(".config/weir/init.sql").ptr);
    unsetenv("HOME");
    check_path(user_init_path, "");
}

static void test_home(void **state)
{
    Text path;
    (void)state;
    setenv("HOME", "/home/ann", 1);
    assert_int_equal(user_path_expand(&arena, TEXT("~/job.sql"), &path), ST_OK);
    assert_string_equal(path.ptr, "/home/ann/job.sql");
    assert_int_equal(user_path_expand(&arena, TEXT("a~/b"), &path), ST_OK);
    assert_string_equal(path.ptr, "a~/b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_home),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
