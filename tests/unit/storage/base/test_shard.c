#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/shard.h"

static void what_is_written_is_read(void **state)
{
    static const struct {
        const char *text;
        Shard shard;
    } cases[] = {{"1/1", {1, 1}}, {"1/3", {1, 3}}, {"3/3", {3, 3}}, {"4096/4096", {4096, 4096}}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shard shard;
        char text[SHARD_TEXT_SIZE];
        assert_true(shard_parse(text_of(cases[i].text), &shard));
        assert_int_equal(shard.number, cases[i].shard.number);
        assert_int_equal(shard.count, cases[i].shard.count);
        shard_print(shard, text);
        assert_string_equal(text, cases[i].text);
    }
    char text[SHARD_TEXT_SIZE];
    shard_print((Shard){0}, text);
    assert_string_equal(text, "1/1");
}

static void anything_else_is_none(void **state)
{
    static const char *const cases[] = {"",      "/",    "1",      "1/",      "/2",
                                        "0/2",   "3/2",  "1/0",    "-1/2",    "+1/2",
                                        "1/2/3", "01/2", "1/02",   " 1/2",    "1/2 ",
                                        "a/b",   "1\\2", "1/4097", "1/65536", "4294967297/3"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shard shard = {7, 8};
        assert_false(shard_parse(text_of(cases[i]), &shard));
        assert_int_equal(shard.number, 7);
    }
    Shard shard;
    assert_false(shard_parse(TEXT_NONE, &shard));
}

static void each_part_is_in_one_shard(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= 9; count++) {
        for (uint32_t part = 0; part < 30; part++) {
            uint32_t found = 0;
            for (uint32_t number = 1; number <= count; number++)
                found += shard_has((Shard){number, count}, part);
            assert_int_equal(found, 1);
        }
    }
    assert_true(shard_has((Shard){2, 3}, 1));
    assert_true(shard_has((Shard){2, 3}, 4));
    assert_false(shard_has((Shard){2, 3}, 2));
    assert_true(shard_has((Shard){0}, 5)); /* nothing was said */
}

static void all_is_one_shard(void **state)
{
    (void)state;
    assert_true(shard_equal((Shard){0}, (Shard){1, 1}));
    assert_true(shard_equal((Shard){2, 3}, (Shard){2, 3}));
    assert_false(shard_equal((Shard){2, 3}, (Shard){1, 3}));
    assert_false(shard_equal((Shard){2, 3}, (Shard){2, 4}));
    assert_false(shard_equal((Shard){1, 3}, (Shard){0}));
    assert_false(shard_equal((Shard){1, 1}, (Shard){1, 3}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(anything_else_is_none),
        cmocka_unit_test(each_part_is_in_one_shard),
        cmocka_unit_test(all_is_one_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
