#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/result_bench.h"

/* --- changes --- */

/* Epochs separated by blank lines; what is in the table after the last, in order of its columns. */
typedef struct Story {
    const char *title, *key;
    bool append_only;
    uint32_t columns;
    Type type[4];
    const char *epochs;
    const char *shown;
} Story;

#define BIGINT_NN                                                                                  \
    {                                                                                              \
        .id = TYPE_BIGINT                                                                          \
    }
#define BIGINT_N                                                                                   \
    {                                                                                              \
        .id = TYPE_BIGINT, .nullable = true                                                        \
    }
#define STRING_NN                                                                                  \
    {                                                                                              \
        .id = TYPE_VARCHAR, .precision = LENGTH_MAX                                                \
    }
#define STRING_N                                                                                   \
    {                                                                                              \
        .id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX                              \
    }
#define DOUBLE_NN                                                                                  \
    {                                                                                              \
        .id = TYPE_DOUBLE                                                                          \
    }
#define DOUBLE_N                                                                                   \
    {                                                                                              \
        .id = TYPE_DOUBLE, .nullable = true                                                        \
    }

static const Story stories[] = {
    {"an integer key: inserted, updated, deleted",
     "a",
     false,
     2,
     {BIGINT_NN, STRING_N},
     "+I 1|one\n+I 2|two\n+I 3|three\n\n-U 1|one\n+U 1|ONE\n-D 2|two",
     "1|'ONE'\n3|'three'"},
    {"a text key",
     "a",
     false,
     2,
     {STRING_NN, BIGINT_N},
     "+I x|1\n+I y|2\n\n+U x|10\n-D y|2\n+I z|3",
     "'x'|10\n'z'|3"},
    {"a key of two columns, not the first ones",
     "db",
     false,
     4,
     {STRING_N, STRING_NN, BIGINT_N, BIGINT_NN},
     "+I p|k|1|7\n+I q|k|2|8\n\n+U r|k|3|7\n-D q|k|2|8",
     "'r'|'k'|3|7"},
    {"a table that is all key",
     "ab",
     false,
     2,
     {BIGINT_NN, STRING_NN},
     "+I 1|x\n+I 2|y\n\n+I 1|x\n-D 2|y",
     "1|'x'"},
    {"updates without their before images",
     "a",
     false,
     2,
     {BIGINT_NN, BIGINT_N},
     "+I 1|1\n+U 1|2\n\n+U 1|3\n+U 1|4\n+U 2|5",
     "1|4\n2|5"},
    {"an update that moves a row to another key",
     "a",
     false,
     2,
     {BIGINT_NN, BIGINT_N},
     "+I 1|7\n\n-U 1|7\n+U 2|7",
     "2|7"},
    {"deleted and inserted again in one epoch",
     "a",
     false,
     2,
     {BIGINT_NN, BIGINT_N},
     "+I 1|7\n\n-D 1|7\n+I 1|8",
     "1|8"},
    {"inserted and deleted in one epoch",
     "a",
     false,
     2,
     {BIGINT_NN, BIGINT_N},
     "+I 1|7\n\n+I 2|8\n-D 2|8\n-D 1|7\n+I 1|9\n-D 1|9",
     ""},
    {"a key that can be NULL",
     "a",
     false,
     2,
     {BIGINT_N, BIGINT_N},
     "+I NULL|1\n+I 5|2\n\n+U NULL|10\n+U 5|20\n+I 6|3",
     "5|20\nNULL|10\n6|3"},
    {"a NULL key deleted",
     "a",
     false,
     2,
     {STRING_N, BIGINT_N},
     "+I NULL|1\n+I |2\n\n-D NULL|1",
     "''|2"},
    {"half a key NULL",
     "ab",
     false,
     3,
     {BIGINT_N, STRING_N, BIGINT_N},
     "+I NULL|x|1\n+I NULL|NULL|2\n+I 1|NULL|3\n\n+U NULL|NULL|20\n-D 1|NULL|3",
     "NULL|'x'|1\nNULL|NULL|20"},
    {"a table that is all key, which can be NULL",
     "ab",
     false,
     2,
     {BIGINT_N, STRING_N},
     "+I NULL|x\n\n+U NULL|x\n+I 1|NULL",
     "NULL|'x'\n1|NULL"},
    {"NaN and NULL are two keys",
     "a",
     false,
     2,
     {DOUBLE_N, BIGINT_N},
     "+I nan|1\n+I NULL|2\n+I 0.5|3\n\n+U nan|10\n-D NULL|2",
     "'NaN'|10\n0.5|3"},
    {"NaN in a NOT NULL key",
     "a",
     false,
     2,
     {DOUBLE_NN, BIGINT_N},
     "+I nan|1\n+I inf|2\n+I -inf|3\n\n+U nan|10\n-D inf|2",
     "-Inf|3\n'NaN'|10"},
    {"0.0 and -0.0 are one key",
     "a",
     false,
     2,
     {DOUBLE_NN, BIGINT_N},
     "+I 0.0|1\n\n+U -0.0|2",
     "0.0|2"},
    {"texts that look like numbers are different keys",
     "a",
     false,
     2,
     {STRING_NN, BIGINT_N},
     "+I 7|1\n+I 07|2\n+I 7.0|3\n\n+U 07|20",
     "'07'|20\n'7'|1\n'7.0'|3"},
    {"append-only without a key keeps every row in order",
     "",
     true,
     2,
     {BIGINT_N, STRING_N},
     "+I 3|x\n+I 1|y\n+I 3|x\n\n+I 2|NULL",
     "3|'x'\n1|'y'\n3|'x'\n2|NULL"},
    {"append-only with a key",
     "a",
     true,
     2,
     {BIGINT_NN, STRING_N},
     "+I 3|x\n+I 1|y\n\n+I 2|z",
     "1|'y'\n2|'z'\n3|'x'"},
    {"append-only with a key that repeats: the last wins",
     "a",
     true,
     2,
     {BIGINT_N, STRING_N},
     "+I 3|x\n+I NULL|p\n+I 3|y\n\n+I 3|z\n+I NULL|q",
     "3|'z'\nNULL|'q'"},
    {"without a key rows are counted",
     "",
     false,
     2,
     {BIGINT_N, STRING_N},
     "+I 1|x\n+I 1|x\n+I 2|y\n+I 1|x\n\n-D 1|x\n-U 2|y\n+U 2|z",
     "1|'x'\n1|'x'\n2|'z'"},
    {"without a key what comes and goes is not written",
     "",
     false,
     2,
     {BIGINT_N, STRING_N},
     "+I 1|x\n-D 1|x\n+I 2|y\n\n+I 3|z\n-D 3|z\n-D 2|y\n+I 2|y",
     "2|'y'"},
    {"without a key NULLs are equal to NULLs",
     "",
     false,
     3,
     {BIGINT_N, STRING_N, DOUBLE_N},
     "+I NULL|NULL|NULL\n+I NULL|NULL|1\n+I NULL||NULL\n\n-D NULL|NULL|NULL",
     "NULL|NULL|1.0\nNULL|''|NULL"},
    {"without a key: several deleted at once",
     "",
     false,
     1,
     {BIGINT_N},
     "+I 1\n+I 1\n+I 1\n+I 1\n\n-D 1\n-D 1\n-D 1",
     "1"},
    {"a surplus of deletes takes what is there",
     "",
     false,
     1,
     {BIGINT_N},
     "+I 1\n\n-D 1\n-D 1",
     ""},
};

/* Where a key, or the one row of a table without one, can come as new once more. */
static const Story recurring[] = {
    {"a key that comes as new takes the place of what is there, also when it goes at once",
     "a",
     false,
     2,
     {BIGINT_NN, BIGINT_N},
     "+I 1|1\n+I 2|1\n+I 3|1\n\n+I 1|5\n+I 2|5\n-D 2|5\n\n+I 3|7\n-U 3|7\n+U 3|8",
     "1|5\n3|8"},
    {"the one row that comes as new takes the place of what is there",
     "",
     false,
     1,
     {BIGINT_N},
     "+I 1\n-U 1\n+U 2\n\n+I 1\n\n-U 1\n+U 2\n-U 2\n+U 1\n\n+I 4\n-U 4\n+U 5",
     "5"},
    {"and goes", "", false, 1, {BIGINT_N}, "+I 1\n\n+I 2\n\n-D 2", ""},
};

static void tell(Bench *bench, const Story *story, bool recurs, bool single)
{
    Shape made = shape(story->append_only, story->key, story->columns, story->type);
    const ResultSpec *spec = spec_of(&made);
    made.spec.recurs = recurs;
    made.spec.single = single;
    ResultTable *table = make_table(bench, spec);
    char epochs[512];
    snprintf(epochs, sizeof epochs, "%s", story->epochs);
    for (char *epoch = epochs; epoch != NULL;) {
        char *end = strstr(epoch, "\n\n");
        if (end != NULL)
            *end = '\0';
        write_text(bench, table, spec, epoch);
        commit(bench, table);
        epoch = end == NULL ? NULL : end + 2;
    }
    const char *shown = fixture_query(&bench->fixture, "SELECT * FROM v");
    if (strcmp(shown, story->shown) != 0)
        fail_msg("%s: shows\n%s", story->title, shown);
    result_table_close(table);
    assert_int_equal(db_exec(bench->db, "DROP TABLE v", NULL), ST_OK);
}

/* Which takes the place of all that the table has, also without rows before updates. */
static const Story one_row[] = {
    {"the one row comes, changes and goes",
     "",
     false,
     2,
     {BIGINT_NN, STRING_N},
     "+I 1|a\n+U 2|b\n\n+U 3|NULL\n\n-D 3|NULL\n\n+I 4|c\n-D 4|c\n\n+I 5|d\n-U 5|d\n+U 6|e",
     "6|'e'"},
    {"goes and comes again",
     "",
     false,
     1,
     {BIGINT_NN},
     "+I 1\n\n-D 1\n+I 2\n\n+U 3\n-D 3\n+I 4",
     "4"},
    {"is not there at the end", "", false, 1, {BIGINT_NN}, "+I 1\n\n+U 2\n\n-D 2", ""},
};

static void changes_as_told(void **state)
{
    Bench *bench = *state;
    for (uint32_t i = 0; i < COUNT(stories); i++)
        tell(bench, &stories[i], false, false);
    for (uint32_t i = 0; i < COUNT(recurring); i++)
        tell(bench, &recurring[i], true, recurring[i].key[0] == '\0');
    for (uint32_t i = 0; i < COUNT(one_row); i++)
        tell(bench, &one_row[i], false, true);
}

/* What is stored for a key must tell keys apart as SQL does. */
static void different_keys_are_different_rows(void **state)
{
    static const struct {
        Type type;
        const char *keys; /* all different */
        uint32_t count;
    } cases[] = {
        {DOUBLE_NN,
         "+I 0.1|0\n+I 0.10000000000000002|0\n+I 1e308|0\n+I 5e-324|0\n+I 0|0\n+I nan|0\n+I "
         "inf|0\n+I -inf|0\n"
         "+I 9007199254740992|0\n+I 9007199254740994|0",
         10},
        {{.id = TYPE_DECIMAL, .precision = 15, .scale = 3},
         "+I 999999999999.999|0\n+I 999999999999.998|0\n+I 0.001|0\n+I 1|0\n+I 1.001|0\n+I "
         "-1|0\n+I 0|0",
         7},
        {{.id = TYPE_DECIMAL, .precision = 38, .scale = 0},
         "+I 99999999999999999999999999999999999999|0\n+I "
         "99999999999999999999999999999999999998|0\n"
         "+I 9007199254740993|0\n+I 9007199254740992|0",
         4},
        {{.id = TYPE_TIMESTAMP, .precision = 6},
         "+I 2020-01-01 00:00:00.000001|0\n+I 2020-01-01 00:00:00.000002|0\n+I 2020-01-01 "
         "00:00:00|0",
         3},
        {STRING_NN,
         "+I a|0\n+I A|0\n+I a |0\n+I |0\n+I 1|0\n+I 1.0|0\n+I 01|0\n+I 1e0|0\n+I é|0\n+I "
         "e\xCC\x81|0",
         10},
        {{.id = TYPE_VARBINARY, .precision = LENGTH_MAX}, "+I a|0\n+I A|0\n+I |0\n+I \xFF|0", 4},
        {{.id = TYPE_BOOLEAN}, "+I true|0\n+I false|0", 2},
    };
    Bench *bench = *state;
    for (uint32_t i = 0; i < COUNT(cases); i++) {
        for (int nullable = 0; nullable < 2; nullable++) {
            Type type[2] = {cases[i].type, bigint};
            type[0].nullable = nullable;
            Shape made = shape(false, "a", 2, type);
            const ResultSpec *spec = spec_of(&made);
            ResultTable *table = make_table(bench, spec);
            for (int epoch = 0; epoch < 3;
                 epoch++) { /* the later ones find what the first has stored */
                write_text(bench, table, spec, cases[i].keys);
                commit(bench, table);
            }
            char count[16];
            snprintf(count, sizeof count, "%u|%u", cases[i].count, cases[i].count);
            assert_shows(bench, "SELECT count(*), count(DISTINCT typeof(a) || quote(a)) FROM v",
                         count);
            char deletes[512];
            snprintf(deletes, sizeof deletes, "%s", cases[i].keys);
            for (char *at = deletes; at != NULL; at = strchr(at + 1, '\n'))
                memcpy(*at == '\n' ? at + 1 : at, "-D", 2);
            write_text(bench, table, spec, deletes);
            commit(bench, table);
            assert_shows(bench, "SELECT count(*) FROM v", "0");
            result_table_close(table);
            assert_int_equal(db_exec(bench->db, "DROP TABLE v", NULL), ST_OK);
        }
    }
}

static void selections_and_constants_are_respected(void **state)
{
    Bench *bench = *state;
    const Type type[] = {bigint_not_null, string};
    Shape made = shape(false, "a", 2, type);
    const ResultSpec *spec = spec_of(&made);
    ResultTable *table = make_table(bench, spec);
    Batch batch = row_text_batch(&bench->arena, &spec->schema, "+I 1|w\n+I 2|x\n+I 3|y\n+I 4|z");
    static const uint16_t selected[] = {1, 3};
    Column column[2] = {batch.column[0], batch.column[1]};
    column[1].constant = true;
    batch.sel = selected;
    batch.selected = 2;
    batch.column = column;
    batch.kind = NULL; /* all inserts */
    assert_int_equal(result_table_write(table, &batch, NULL), ST_OK);
    commit(bench, table);
    assert_shows(bench, "SELECT * FROM v", "2|'w'\n4|'w'");
    result_table_close(table);
}

/* Rows come out in the order in which their keys first changed. */
static void the_order_is_that_of_the_first_change(void **state)
{
    Bench *bench = *state;
    const Type type[] = {bigint, bigint};
    Shape made = shape(false, "a", 2, type); /* a plain table keeps the order of its inserts */
    const ResultSpec *spec = spec_of(&made);
    ResultTable *table = make_table(bench, spec);
    write_text(bench, table, spec, "+I 9|1\n+I 1|1\n+I 5|1\n+U 9|2\n-D 1|1\n+I 3|1\n+I 1|3");
    commit(bench, table);
    assert_shows(bench, "SELECT a, b FROM v ORDER BY rowid", "9|2\n1|3\n5|1\n3|1");
    result_table_close(table);
}

static void clear_empties_the_table_and_keeps_what_waits(void **state)
{
    Bench *bench = *state;
    const Type type[] = {bigint_not_null};
    Shape made = shape(false, "a", 1, type);
    const ResultSpec *spec = spec_of(&made);
    ResultTable *table = make_table(bench, spec);
    write_text(bench, table, spec, "+I 1\n+I 2");
    commit(bench, table);
    write_text(bench, table, spec, "+I 3");
    assert_int_equal(db_begin(bench->db, NULL), ST_OK);
    assert_int_equal(result_table_clear(table, NULL), ST_OK);
    assert_int_equal(result_table_flush(table, NULL), ST_OK);
    assert_int_equal(db_commit(bench->db, NULL), ST_OK);
    assert_shows(bench, "SELECT * FROM v", "3");
    result_table_close(table);
}

/* A transaction that comes to nothing is written again, with what came meanwhile. */
static void a_rolled_back_flush_is_written_again(void **state)
{
    Bench *bench = *state;
    const Type type[] = {bigint_not_null, bigint};
    for (int keyed = 0; keyed < 2; keyed++) {
        Shape made = shape(false, keyed ? "a" : "", 2, type);
        const ResultSpec *spec = spec_of(&made);
        ResultTable *table = make_table(bench, spec);
        write_text(bench, table, spec, "+I 1|1\n+I 2|1");
        commit(bench, table);
        write_text(bench, table, spec, "-D 1|1\n+I 3|1");
        assert_int_equal(db_begin(bench->db, NULL), ST_OK);
        assert_int_equal(result_table_flush(table, NULL), ST_OK);
        db_rollback(bench->db);
        assert_shows(bench, "SELECT * FROM v ORDER BY 1", "1|1\n2|1");
        write_text(bench, table, spec, "-D 3|1\n+I 4|1");
        commit(bench, table);
        assert_shows(bench, "SELECT * FROM v ORDER BY 1", "2|1\n4|1");
        result_table_close(table);
        fixture_query(&bench->fixture, "DROP TABLE v");
    }
}

/* A flush in the middle of an epoch, when much is pending, changes nothing in the end. */
static void an_early_flush_gives_the_same(void **state)
{
    Bench *bench = *state;
    const Type type[] = {bigint_not_null, bigint};
    Shape made = shape(false, "a", 2, type);
    const ResultSpec *spec = spec_of(&made);
    ResultTable *table = make_table(bench, spec);
    assert_int_equal(db_begin(bench->db, NULL), ST_OK);
    write_text(bench, table, spec, "+I 1|1\n+I 2|1");
    assert_true(result_table_pending_bytes(table) > 0);
    assert_int_equal(result_table_flush(table, NULL), ST_OK);
    result_table_discard(table);
    assert_int_equal(result_table_pending_bytes(table), 0);
    write_text(bench, table, spec, "-D 1|1\n+U 2|2");
    assert_shows(bench, "SELECT count(*) FROM v", "0"); /* others see whole epochs */
    assert_int_equal(result_table_flush(table, NULL), ST_OK);
    assert_int_equal(db_commit(bench->db, NULL), ST_OK);
    assert_shows(bench, "SELECT * FROM v", "2|2");
    result_table_close(table);
}

/* --- against a model --- */

/* Random changes to a few rows, flushed at random moments, must leave what a plain list would. */
enum { MODEL_ROWS = 6, MODEL_CHANGES = 4000 };

typedef struct Model {
    uint64_t random;
    uint32_t count[MODEL_ROWS][3]; /* rows (a, b) present */
} Model;

static uint32_t draw(Model *model, uint32_t below)
{
    model->random ^= model->random << 13;
    model->random ^= model->random >> 7;
    model->random ^= model->random << 17;
    return (uint32_t)(model->random >> 33) % below;
}

/* One legal change: of a keyed table insert, update or delete; of a bag insert or delete. */
static void change_model(Model *model, bool keyed, char *out, size_t size)
{
    uint32_t a = draw(model, MODEL_ROWS), b = draw(model, 3), there = 3;
    for (uint32_t i = 0; i < 3; i++)
        there = model->count[a][i] > 0 && there == 3 ? i : there;
    const char *key[] = {"NULL", "1", "2", "3", "", "x"};
    const char *value[] = {"NULL", "10", "20"};
    if (there == 3 || (!keyed && draw(model, 2) == 0)) {
        model->count[a][b]++;
        snprintf(out, size, "+I %s|%s", key[a], value[b]);
    } else if (keyed && draw(model, 2) == 0) {
        model->count[a][there]--;
        model->count[a][b]++;
        snprintf(out, size, "-U %s|%s\n+U %s|%s", key[a], value[there], key[a], value[b]);
    } else {
        model->count[a][there]--;
        snprintf(out, size, "-D %s|%s", key[a], value[there]);
    }
}

static void print_model(const Model *model, StrBuf *out)
{
    const char *key[] = {"NULL", "''", "'1'", "'2'", "'3'", "'x'"};
    const uint32_t order[] = {0, 4, 1, 2, 3, 5}; /* as SQLite sorts them */
    const char *value[] = {"NULL", "10", "20"};
    for (uint32_t i = 0; i < MODEL_ROWS; i++) {
        for (uint32_t b = 0; b < 3; b++) {
            for (uint32_t n = 0; n < model->count[order[i]][b]; n++)
                strbuf_printf(out, "%s%s|%s", out->size == 0 ? "" : "\n", key[i], value[b]);
        }
    }
}

static void random_changes_leave_what_a_list_would(void **state)
{
    Bench *bench = *state;
    for (uint32_t keyed = 0; keyed < 2; keyed++) {
        const Type type[] = {string, bigint};
        Shape made = shape(false, keyed ? "a" : "", 2, type);
        const ResultSpec *spec = spec_of(&made);
        ResultTable *table = make_table(bench, spec);
        Model model = {.random = 88172645463325252u + keyed};
        StrBuf expected;
        strbuf_init(&expected, NULL);
        for (uint32_t i = 0; i < MODEL_CHANGES; i++) {
            char change[64];
            change_model(&model, keyed, change, sizeof change);
            write_text(bench, table, spec, change);
            arena_reset(&bench->arena);
            if (draw(&model, 50) != 0)
                continue;
            commit(bench, table);
            strbuf_clear(&expected);
            print_model(&model, &expected);
            assert_shows(bench, "SELECT * FROM v ORDER BY a, b", strbuf_cstr(&expected));
        }
        strbuf_close(&expected);
        result_table_close(table);
        assert_int_equal(db_exec(bench->db, "DROP TABLE v", NULL), ST_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
        TEST(changes_as_told),
        TEST(different_keys_are_different_rows),
        TEST(selections_and_constants_are_respected),
        TEST(the_order_is_that_of_the_first_change),
        TEST(clear_empties_the_table_and_keeps_what_waits),
        TEST(a_rolled_back_flush_is_written_again),
        TEST(an_early_flush_gives_the_same),
        TEST(random_changes_leave_what_a_list_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
