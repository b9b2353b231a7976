/* Normalize: records of keys as changes of a table, what is remembered of them, and what is not. */
#include "../../../support/op_bench.h"

static const char plain_schema[] = "k STRING|v BIGINT|s STRING|d BOOLEAN";

static void open_normalize(OpBench *b, const char *schema, const char *keys, ChangelogMode out)
{
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, schema, CHANGELOG_APPEND);
    uint32_t *key = plan_bench_alloc(&b->plan, strlen(keys) * sizeof *key), count = 0;
    for (const char *digit = keys; *digit != '\0'; digit++)
        key[count++] = (uint32_t)(*digit - '0');
    b->node = plan_bench_node(&b->plan, PLAN_NORMALIZE, &input, 1);
    b->node->changelog = out;
    b->node->as.normalize = (PlanNormalize){key, count, input->schema.count - 1};
}

/* --- saved and loaded between any two lines --- */

enum { BLOBS = 256 };

typedef struct Blob {
    uint64_t set;
    uint32_t index;
    StrBuf bytes;
} Blob;

/* The newest checkpoint of an operator, and the pages of those before: each writes what changed. */
typedef struct Store {
    StateWalk walk;
    StrBuf stream;
    Blob blob[BLOBS];
    uint32_t blobs;
    uint64_t last_set_id;
} Store;

static void save(OpBench *b, Store *store)
{
    Freeze freeze;
    const FrozenPage *page;
    strbuf_clear(&store->stream);
    freeze_init(&freeze, NULL, store->last_set_id);
    freeze_begin(&freeze);
    store->walk = (StateWalk){.freeze = &freeze, .out = &store->stream};
    assert_int_equal(op_state(b->op, &store->walk), ST_OK);
    while (freeze_left(&freeze) > 0) {
        assert_true(store->blobs < BLOBS);
        Blob *blob = &store->blob[store->blobs++];
        strbuf_init(&blob->bytes, NULL);
        assert_int_equal(freeze_next(&freeze, &blob->bytes, &page), ST_OK);
        assert_non_null(page);
        blob->set = page->set_id;
        blob->index = page->index;
        freeze_written(&freeze);
    }
    freeze_committed(&freeze);
    freeze_finish(&freeze);
    store->last_set_id = freeze.last_set_id;
    op_bench_stop(b);
    freeze_close(&freeze);
}

static Status load_pages(StateWalk *walk, PageSet *set)
{
    const Store *store = (const Store *)walk;
    for (uint32_t i = 0; i < store->blobs; i++) {
        const Blob *blob = &store->blob[i];
        if (blob->set == set->id)
            TRY(page_blob_load(set, blob->index, blob->bytes.ptr, blob->bytes.size));
    }
    return ST_OK;
}

/* Another operator, with another seed, in the place of the one that was saved. */
static void load(OpBench *b, Store *store)
{
    op_bench_start(b);
    store->walk = (StateWalk){
        .loading = true, .in = strbuf_as_text(&store->stream), .load_pages = load_pages};
    assert_int_equal(op_state(b->op, &store->walk), ST_OK);
    assert_int_equal(store->walk.in.size, 0);
}

/* Rows alone: the bench begins watermarks anew with each line. */
static void check_restarts(OpBench *b, const char *name, const char *script, const char *expected)
{
    Store *store = plan_bench_alloc(&b->plan, sizeof *store);
    StrBuf line, all;
    memset(store, 0, sizeof *store);
    strbuf_init(&store->stream, NULL);
    strbuf_init(&line, NULL);
    strbuf_init(&all, NULL);
    op_bench_start(b);
    while (*script != '\0') {
        Text piece = plan_bench_piece(&script, '\n');
        strbuf_clear(&line);
        strbuf_printf(&line, "%.*s\n", TEXT_ARG(piece));
        assert_int_equal(op_bench_feed(b, strbuf_cstr(&line), op_bench_singly), ST_OK);
        strbuf_string(&all, strbuf_cstr(&b->out));
        save(b, store);
        load(b, store);
    }
    op_bench_stop(b);
    if (strcmp(strbuf_cstr(&all), expected) != 0)
        fail_msg("%s, with restarts:\n%sexpected:\n%s", name, strbuf_cstr(&all), expected);
    for (uint32_t i = 0; i < store->blobs; i++)
        strbuf_close(&store->blob[i].bytes);
    strbuf_close(&store->stream);
    strbuf_close(&line);
    strbuf_close(&all);
}

/* --- cases --- */

typedef struct NormalizeCase {
    const char *name;
    const char *script;
    const char *expected;
} NormalizeCase;

static void check_cases(OpBench *b, const NormalizeCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        op_bench_check(b, cases[i].name, cases[i].script, cases[i].expected);
        assert_int_equal(b->counts.used, b->counts.read);
        if (strstr(cases[i].script, "W ") == NULL)
            check_restarts(b, cases[i].name, cases[i].script, cases[i].expected);
    }
}

#define CHECK_CASES(bench, cases) check_cases((bench), (cases), sizeof(cases) / sizeof *(cases))

static void test_changes(void **state)
{
    (void)state;
    static const NormalizeCase cases[] = {
        {"a key comes and is changed", "+I a|1|x|false\n+I a|2|x|false\n+I a|2|y|false\n",
         "+I a|1|x|FALSE @-\n-U a|1|x|FALSE @-\n+U a|2|x|FALSE @-\n-U a|2|x|FALSE @-\n"
         "+U a|2|y|FALSE @-\n"},
        {"the same row again is no change", "+I a|1|x|false\n+I a|1|x|false\n+I a|1|x|false\n",
         "+I a|1|x|FALSE @-\n"},
        {"there and back again", "+I a|1|x|false\n+I a|2|x|false\n+I a|1|x|false\n",
         "+I a|1|x|FALSE @-\n-U a|1|x|FALSE @-\n+U a|2|x|FALSE @-\n-U a|2|x|FALSE @-\n"
         "+U a|1|x|FALSE @-\n"},
        {"a deletion takes the row back that was there, whatever the record says",
         "+I a|1|x|false\n+I a|NULL|NULL|true\n+I b|2|y|false\n+I b|7|other|true\n",
         "+I a|1|x|FALSE @-\n-D a|1|x|FALSE @-\n+I b|2|y|FALSE @-\n-D b|2|y|FALSE @-\n"},
        {"the deletion of what is not there is nothing",
         "+I a|NULL|NULL|true\n+I b|1|x|false\n+I a|NULL|NULL|true\n+I c|5|z|true\n",
         "+I b|1|x|FALSE @-\n"},
        {"a second deletion is nothing",
         "+I a|1|x|false\n+I a|NULL|NULL|true\n+I a|NULL|NULL|true\n",
         "+I a|1|x|FALSE @-\n-D a|1|x|FALSE @-\n"},
        {"a key that was deleted is new, also with the row that it had",
         "+I a|1|x|false\n+I a|NULL|NULL|true\n+I a|1|x|false\n+I a|2|x|false\n",
         "+I a|1|x|FALSE @-\n-D a|1|x|FALSE @-\n+I a|1|x|FALSE @-\n-U a|1|x|FALSE @-\n"
         "+U a|2|x|FALSE @-\n"},
        {"deleted before it came, then there, then deleted",
         "+I a|NULL|NULL|true\n+I a|1|x|false\n+I a|NULL|NULL|true\n+I a|3|x|false\n"
         "+I a|3|x|false\n",
         "+I a|1|x|FALSE @-\n-D a|1|x|FALSE @-\n+I a|3|x|FALSE @-\n"},
        {"deleted keys between others: each is forgotten once, and the others stay",
         "+I a|1|x|false\n+I b|1|x|false\n+I c|1|x|false\n+I b|NULL|NULL|true\n"
         "+I a|NULL|NULL|true\n+I b|NULL|NULL|true\n+I d|1|x|false\n+I a|NULL|NULL|true\n"
         "+I c|1|x|false\n+I c|2|x|false\n+I b|3|x|false\n+I d|1|x|false\n",
         "+I a|1|x|FALSE @-\n+I b|1|x|FALSE @-\n+I c|1|x|FALSE @-\n-D b|1|x|FALSE @-\n"
         "-D a|1|x|FALSE @-\n+I d|1|x|FALSE @-\n-U c|1|x|FALSE @-\n+U c|2|x|FALSE @-\n"
         "+I b|3|x|FALSE @-\n"},
        {"a value that is NULL is a value",
         "+I a|NULL|x|false\n+I a|NULL|x|false\n+I a|0|x|false\n+I a|0|NULL|false\n+I a|0||false\n",
         "+I a|NULL|x|FALSE @-\n-U a|NULL|x|FALSE @-\n+U a|0|x|FALSE @-\n-U a|0|x|FALSE @-\n"
         "+U a|0|NULL|FALSE @-\n-U a|0|NULL|FALSE @-\n+U a|0||FALSE @-\n"},
        {"texts that do not stand inline outlive their batch",
         "+I a key that does not stand inline|1|a text that does not stand inline|false\n"
         "+I a key that does not stand inline|1|a text that does not stand inline|false\n"
         "+I a key that does not stand inlinE|1|another text of some length|false\n"
         "+I a key that does not stand inline|1|a text that does not stand inlinE|false\n"
         "+I a key that does not stand inline|NULL|NULL|true\n",
         "+I a key that does not stand inline|1|a text that does not stand inline|FALSE @-\n"
         "+I a key that does not stand inlinE|1|another text of some length|FALSE @-\n"
         "-U a key that does not stand inline|1|a text that does not stand inline|FALSE @-\n"
         "+U a key that does not stand inline|1|a text that does not stand inlinE|FALSE @-\n"
         "-D a key that does not stand inline|1|a text that does not stand inlinE|FALSE @-\n"},
        {"the room of a deleted row is given to one row alone",
         "+I a|1|the first text of some length|false\n+I a|NULL|NULL|true\n"
         "+I a|1|the second of the same length|false\n+I b|1|the third one has that length|false\n"
         "+I a|1|the second of the same length|false\n+I b|1|the third one has that length|false\n",
         "+I a|1|the first text of some length|FALSE @-\n"
         "-D a|1|the first text of some length|FALSE @-\n"
         "+I a|1|the second of the same length|FALSE @-\n"
         "+I b|1|the third one has that length|FALSE @-\n"},
        {"changes have the watermark of the record that they come from",
         "+I a|1|x|false\nW 5\n+I a|2|x|false\nW 9\n+I a|NULL|NULL|true\n",
         "+I a|1|x|FALSE @-\n-U a|1|x|FALSE @5\n+U a|2|x|FALSE @5\n-D a|2|x|FALSE @9\n"},
    };
    OpBench b;
    open_normalize(&b, plain_schema, "0", CHANGELOG_RETRACT);
    CHECK_CASES(&b, cases);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        op_bench_check_no_memory(&b, cases[i].script);
    op_bench_close(&b);
}

static void test_keys(void **state)
{
    (void)state;
    static const NormalizeCase two[] = {
        {"keys that agree in a part are different keys",
         "+I 1|a|10|false\n+I 1|b|20|false\n+I 2|a|30|false\n+I 1|a|11|false\n+I 1|b|NULL|true\n"
         "+I 2|a|30|false\n+I 2|b|NULL|true\n",
         "+I 1|a|10|FALSE @-\n+I 1|b|20|FALSE @-\n+I 2|a|30|FALSE @-\n-U 1|a|10|FALSE @-\n"
         "+U 1|a|11|FALSE @-\n-D 1|b|20|FALSE @-\n"},
        {"NULL, zero and nothing are three keys",
         "+I NULL|a|1|false\n+I 0|a|2|false\n+I 0|NULL|3|false\n+I 0||4|false\n"
         "+I NULL|NULL|5|false\n+I NULL|a|1|false\n+I 0|NULL|NULL|true\n+I NULL|a|NULL|true\n"
         "+I 0||6|false\n+I NULL|NULL|7|false\n+I 0|a|NULL|true\n",
         "+I NULL|a|1|FALSE @-\n+I 0|a|2|FALSE @-\n+I 0|NULL|3|FALSE @-\n+I 0||4|FALSE @-\n"
         "+I NULL|NULL|5|FALSE @-\n-D 0|NULL|3|FALSE @-\n-D NULL|a|1|FALSE @-\n-U 0||4|FALSE @-\n"
         "+U 0||6|FALSE @-\n-U NULL|NULL|5|FALSE @-\n+U NULL|NULL|7|FALSE @-\n-D 0|a|2|FALSE @-\n"},
    };
    static const NormalizeCase behind[] = {
        {"a key behind the values, its columns in an order of their own",
         "+I 5|x|1|false\n+I 6|x|1|false\n+I 5|x|2|false\n+I NULL|x|1|true\n",
         "+I 5|x|1|FALSE @-\n-U 5|x|1|FALSE @-\n+U 6|x|1|FALSE @-\n+I 5|x|2|FALSE @-\n"
         "-D 6|x|1|FALSE @-\n"},
    };
    static const NormalizeCase alone[] = {
        {"nothing but a key: it is there or not",
         "+I 1|false\n+I 1|false\n+I 2|true\n+I 1|true\n+I 2|false\n",
         "+I 1|FALSE @-\n-D 1|FALSE @-\n+I 2|FALSE @-\n"},
    };
    OpBench b;
    open_normalize(&b, "i INT|k STRING|v BIGINT|d BOOLEAN", "01", CHANGELOG_RETRACT);
    CHECK_CASES(&b, two);
    op_bench_check_no_memory(&b, two[1].script);
    op_bench_close(&b);
    open_normalize(&b, "v BIGINT|k STRING|i INT|d BOOLEAN", "21", CHANGELOG_RETRACT);
    CHECK_CASES(&b, behind);
    op_bench_close(&b);
    open_normalize(&b, "i INT|d BOOLEAN", "0", CHANGELOG_RETRACT);
    CHECK_CASES(&b, alone);
    op_bench_close(&b);
}

/* Keys alone are remembered: the record's own row goes out, and the same row again, too. */
static void test_upserts(void **state)
{
    (void)state;
    static const NormalizeCase cases[] = {
        {"no rows before",
         "+I a|1|x|false\n+I a|2|x|false\n+I a|2|x|false\n+I b|1|y|false\n+I a|NULL|NULL|true\n",
         "+I a|1|x|FALSE @-\n+U a|2|x|FALSE @-\n+U a|2|x|FALSE @-\n+I b|1|y|FALSE @-\n"
         "-D a|NULL|NULL|TRUE @-\n"},
        {"what is not there is not deleted",
         "+I a|NULL|NULL|true\n+I a|1|x|false\n+I a|NULL|NULL|true\n+I a|NULL|NULL|true\n"
         "+I a|3|x|false\n",
         "+I a|1|x|FALSE @-\n-D a|NULL|NULL|TRUE @-\n+I a|3|x|FALSE @-\n"},
        {"a key that does not stand inline",
         "+I a key that does not stand inline|1|a text that does not stand inline|false\n"
         "+I a key that does not stand inline|2|a text that does not stand inline|false\n"
         "+I a key that does not stand inline|NULL|NULL|true\n",
         "+I a key that does not stand inline|1|a text that does not stand inline|FALSE @-\n"
         "+U a key that does not stand inline|2|a text that does not stand inline|FALSE @-\n"
         "-D a key that does not stand inline|NULL|NULL|TRUE @-\n"},
    };
    OpBench b;
    open_normalize(&b, plain_schema, "0", CHANGELOG_UPSERT);
    CHECK_CASES(&b, cases);
    op_bench_check_no_memory(&b, cases[2].script);
    op_bench_close(&b);
}

/* --- memory --- */

enum { KEYS = 6000, BATCH = 500 };

static int64_t groups(const OpBench *b)
{
    OpMeasure measure = {0};
    b->op->class->measure(b->op, &measure);
    return measure.groups;
}

static void feed_keys(OpBench *b, char name, uint32_t first, const char *rest)
{
    StrBuf script;
    strbuf_init(&script, NULL);
    for (uint32_t i = first; i < KEYS; i++) {
        strbuf_printf(&script, "+I a key of some length, %c%u|%s\n", name, i, rest);
        if (i % BATCH == BATCH - 1) {
            strbuf_clear(&b->out);
            assert_int_equal(op_bench_feed(b, strbuf_cstr(&script), op_bench_replays[0]), ST_OK);
            strbuf_clear(&script);
        }
    }
    strbuf_close(&script);
}

/* Of what was deleted nothing is kept, however many keys there were. */
static void test_memory(void **state)
{
    (void)state;
    static const ChangelogMode forms[] = {CHANGELOG_RETRACT, CHANGELOG_UPSERT};
    static const char row[] = "7|a text that does not stand inline|false";
    static const char gone[] = "NULL|NULL|true";
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        OpBench b;
        open_normalize(&b, plain_schema, "0", forms[i]);
        op_bench_start(&b);
        feed_keys(&b, 'z', KEYS - BATCH, row);
        feed_keys(&b, 'z', KEYS - BATCH, gone);
        int64_t none = b.op->meter.used_bytes; /* what a batch takes */
        for (uint32_t round = 0; round < 3; round++)
            feed_keys(&b, 'z', 0, gone);
        assert_int_equal(groups(&b), 0);
        assert_true(b.op->meter.used_bytes <= none);
        feed_keys(&b, 'a', 0, row);
        feed_keys(&b, 'b', KEYS - BATCH, gone);
        int64_t all = b.op->meter.used_bytes; /* with room for the keys of a batch */
        assert_int_equal(groups(&b), KEYS);
        feed_keys(&b, 'a', 0, row);
        feed_keys(&b, 'b', 0, gone);
        assert_true(b.op->meter.used_bytes <= all);
        feed_keys(&b, 'a', KEYS / 10, gone);
        assert_int_equal(groups(&b), KEYS / 10);
        assert_true(b.op->meter.used_bytes < all);
        feed_keys(&b, 'b', KEYS / 10, row); /* they take the room of the others */
        assert_int_equal(groups(&b), KEYS);
        assert_true(b.op->meter.used_bytes <= all);
        feed_keys(&b, 'a', 0, gone);
        feed_keys(&b, 'b', KEYS / 10, gone);
        assert_int_equal(groups(&b), 0);
        assert_true(b.op->meter.used_bytes <= none);
        op_bench_stop(&b);
        op_bench_close(&b);
    }
}

/* A row that is changed again and again takes the room of one. */
static void test_memory_of_changes(void **state)
{
    (void)state;
    OpBench b;
    StrBuf script;
    strbuf_init(&script, NULL);
    open_normalize(&b, plain_schema, "0", CHANGELOG_RETRACT);
    op_bench_start(&b);
    int64_t settled = 0;
    for (uint32_t round = 0; round < 20; round++) {
        strbuf_clear(&script);
        strbuf_clear(&b.out);
        for (uint32_t i = 0; i < 500; i++)
            strbuf_printf(&script, "+I a|%u|a text that does not stand inline|false\n",
                          round * 500 + i);
        assert_int_equal(op_bench_feed(&b, strbuf_cstr(&script), op_bench_replays[0]), ST_OK);
        settled = round == 4 ? b.op->meter.used_bytes : settled;
    }
    assert_true(b.op->meter.used_bytes <= settled);
    assert_int_equal(groups(&b), 1);
    op_bench_stop(&b);
    op_bench_close(&b);
    strbuf_close(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),           cmocka_unit_test(test_keys),
        cmocka_unit_test(test_upserts),           cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_of_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
