/* Whole groups: what is merged is as if all rows had come to one group, what is taken out again as
 * if its rows had never come. Random rows go to slices and, beside them, to groups that get all of
 * them; a small model says what some of the values must be. */
#include "../../../support/op_bench.h"

#include "executor/op/aggregate_set.h"

static const char schema[] =
    "g BIGINT|v BIGINT|w BIGINT|d DOUBLE|e DECIMAL(20,2)|s STRING|t BIGINT|f BOOLEAN|"
    "x DOUBLE";
enum { COLUMNS = 9, SLICES = 3, GROUPS = 3, EVERYTHING = 2, ROWS_MAX = 3000, ROW_BYTES = 160 };

typedef struct World {
    OpBench bench;
    AggregateSet set;
    GroupStates whole, sum, rest, slice[SLICES];
    uint64_t random;
    uint64_t arrival; /* of the next row */
    /* rows that are there, in the order of their coming */
    char row[ROWS_MAX][ROW_BYTES];
    uint32_t in[ROWS_MAX]; /* which slice it is in */
    uint32_t rows;
    uint32_t domain; /* of v and w */
    bool unique;     /* no two rows share a value */
} World;

static uint32_t draw(World *w, uint32_t below)
{
    w->random = w->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->random >> 33) % below;
}

static void open_world(World *w, const char *calls, ChangelogMode changelog, uint32_t uses)
{
    memset(w, 0, sizeof *w);
    w->random = 11;
    w->arrival = 1;
    w->domain = 12;
    op_bench_open(&w->bench);
    PlanNode *input = op_bench_input(&w->bench, schema, changelog);
    w->bench.node = plan_bench_group(&w->bench.plan, input, "g", calls, CHANGELOG_RETRACT);
    op_bench_start(&w->bench);
    Op *op = w->bench.op;
    assert_int_equal(aggregate_set_open(&w->set, op, &op->plan->as.group_aggregate, 0, uses),
                     ST_OK);
    assert_int_equal(group_states_open(&w->whole, &w->set), ST_OK);
    assert_int_equal(group_states_open(&w->sum, &w->set), ST_OK);
    assert_int_equal(group_states_open(&w->rest, &w->set), ST_OK);
    for (uint32_t s = 0; s < SLICES; s++)
        assert_int_equal(group_states_open(&w->slice[s], &w->set), ST_OK);
}

static void close_world(World *w)
{
    group_states_close(&w->whole, &w->set);
    group_states_close(&w->sum, &w->set);
    group_states_close(&w->rest, &w->set);
    for (uint32_t s = 0; s < SLICES; s++)
        group_states_close(&w->slice[s], &w->set);
    aggregate_set_close(&w->set);
    op_bench_stop(&w->bench);
    op_bench_close(&w->bench);
}

/* --- rows --- */

static void put_number(World *w, char *out, size_t room, const char *form)
{
    int64_t value = (int64_t)draw(w, w->domain) - w->domain / 2;
    size_t used = strlen(out);
    if (draw(w, 8) == 0)
        snprintf(out + used, room - used, "NULL|");
    else
        snprintf(out + used, room - used, form, value);
}

static void make_unique_row(World *w, char out[ROW_BYTES])
{
    int64_t number = (int64_t)(w->arrival * 7919 % 100003) - 50000;
    const char *text = w->arrival % 3 == 0 ? "a text that is not short" : "t";
    snprintf(out, ROW_BYTES, "%u|%" PRId64 "|%" PRId64 "|%.2f|%" PRId64 ".25|%s%u|1|true|1",
             draw(w, GROUPS - 1), number, number, (double)number * 0.25, number, text,
             (uint32_t)w->arrival);
}

/* The cells of a row; the group is a digit. */
static void make_row(World *w, char out[ROW_BYTES])
{
    if (w->unique) {
        make_unique_row(w, out);
        return;
    }
    static const char *const texts[] = {"a",    "b",    "", "a text that is not short at all",
                                        "NULL", "\"q\""};
    static const char *const doubles[] = {"0.1", "-0.1", "1e16", "-1e16", "0.25", "NULL", "3"};
    snprintf(out, ROW_BYTES, "%u|", draw(w, GROUPS - 1));
    put_number(w, out, ROW_BYTES, "%" PRId64 "|");
    put_number(w, out, ROW_BYTES, "%" PRId64 "|");
    size_t used = strlen(out);
    snprintf(out + used, ROW_BYTES - used, "%s|", doubles[draw(w, 7)]);
    put_number(w, out, ROW_BYTES, "%" PRId64 ".25|");
    used = strlen(out);
    snprintf(out + used, ROW_BYTES - used, "%s|%d|%s|%.2f", texts[draw(w, 6)], (int)draw(w, 5) - 1,
             draw(w, 3) == 0 ? "false" : "true", draw(w, 4000) * 0.25);
}

static uint32_t entry_of(World *w, GroupStates *states, int64_t group)
{
    Column column = {.phys = PHYS_I64, .data.i64 = &group};
    Batch batch = {.rows = 1, .selected = 1, .columns = 1, .column = &column};
    KeyBatch key;
    uint32_t entry;
    assert_int_equal(aggregate_set_keys(&w->set, &batch, &key), ST_OK);
    assert_int_equal(keyed_map_upsert(&states->groups, &key, &entry, NULL), ST_OK);
    return entry;
}

static void apply(World *w, GroupStates *states, const char *cells, RowKind kind, uint32_t group)
{
    Arena arena;
    Column column[COLUMNS];
    const Schema *input = &w->bench.input[0]->schema;
    uint8_t kinds[2] = {ROW_INSERT, (uint8_t)kind};
    uint16_t row = 1;
    arena_init(&arena, NULL);
    for (uint32_t c = 0; c < COLUMNS; c++) {
        Text cell = plan_bench_piece(&cells, '|');
        PhysType phys = type_phys((TypeId)input->field[c].type.id);
        assert_int_equal(column_make(&arena, phys, 2, &column[c]), ST_OK);
        assert_int_equal(column_need_valid(&arena, &column[c], 2), ST_OK);
        char *copy = arena_copy(&arena, cell.ptr, cell.size);
        assert_non_null(copy);
        plan_bench_put(&input->field[c].type, (Text){copy, cell.size}, &column[c], row);
    }
    Batch batch = {.rows = 2, .selected = 2, .columns = COLUMNS, .column = column};
    if (input[0].count > 0 && w->bench.input[0]->changelog != CHANGELOG_APPEND)
        batch.kind = kinds;
    uint32_t entry = entry_of(w, states, group);
    assert_int_equal(
        aggregate_set_apply(&w->set, states, &batch, w->arrival - row, &row, &entry, 1), ST_OK);
    arena_close(&arena);
    arena_reset(&w->bench.op->scratch);
}

static void apply_everywhere(World *w, const char *cells, RowKind kind, uint32_t slice)
{
    apply(w, &w->whole, cells, kind, (uint32_t)(cells[0] - '0'));
    apply(w, &w->whole, cells, kind, EVERYTHING);
    apply(w, &w->slice[slice], cells, kind, (uint32_t)(cells[0] - '0'));
    w->arrival++;
}

/* Takes out the oldest of the slice's rows that are equal to it, as the model of a list. */
static void forget_row(World *w, uint32_t at)
{
    uint32_t oldest = 0;
    while (w->in[oldest] != w->in[at] || strcmp(w->row[oldest], w->row[at]) != 0)
        oldest++;
    memmove(&w->row[oldest], &w->row[oldest + 1], (w->rows - oldest - 1) * sizeof w->row[0]);
    memmove(&w->in[oldest], &w->in[oldest + 1], (w->rows - oldest - 1) * sizeof w->in[0]);
    w->rows--;
}

static void feed(World *w, uint32_t steps, bool retract)
{
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t slice = draw(w, SLICES);
        if (retract && w->rows > 0 && draw(w, 5) < 2) {
            uint32_t at = draw(w, w->rows);
            char cells[ROW_BYTES];
            memcpy(cells, w->row[at], sizeof cells);
            apply_everywhere(w, cells, draw(w, 2) == 0 ? ROW_DELETE : ROW_UPDATE_BEFORE, w->in[at]);
            forget_row(w, at);
            continue;
        }
        assert_true(w->rows < ROWS_MAX);
        make_row(w, w->row[w->rows]);
        w->in[w->rows] = slice;
        apply_everywhere(w, w->row[w->rows++], ROW_INSERT, slice);
    }
}

/* --- what comes out --- */

static void print_group(World *w, GroupStates *states, uint32_t group, StrBuf *out)
{
    Op *op = w->bench.op;
    Column *column;
    uint32_t entry = entry_of(w, states, group);
    strbuf_clear(out);
    assert_int_equal(op_make_columns(op, &op->plan->schema, 1, &column), ST_OK);
    assert_int_equal(aggregate_set_emit(&w->set, states, &entry, 1, column), ST_OK);
    for (uint32_t c = 1; c < op->plan->schema.count; c++) {
        plan_bench_print_cell(&op->plan->schema.field[c].type, &column[c], 0, out);
        strbuf_char(out, '\n');
    }
    arena_reset(&op->scratch);
}

static void check_same(World *w, GroupStates *a, uint32_t a_group, GroupStates *b, uint32_t b_group,
                       const char *what)
{
    StrBuf left, right;
    strbuf_init(&left, NULL);
    strbuf_init(&right, NULL);
    print_group(w, a, a_group, &left);
    print_group(w, b, b_group, &right);
    if (strcmp(strbuf_cstr(&left), strbuf_cstr(&right)) != 0)
        fail_msg("%s, after %u rows:\n%s--- and\n%s", what, (uint32_t)w->arrival,
                 strbuf_cstr(&left), strbuf_cstr(&right));
    strbuf_close(&left);
    strbuf_close(&right);
}

typedef Status MergeGroups(const AggregateSet *set, GroupStates *into, const uint32_t *into_entry,
                           GroupStates *from, const uint32_t *from_entry, uint32_t count);

/* All groups of the slice at once. */
static void merge_slice(World *w, MergeGroups *merge, GroupStates *states, uint32_t slice)
{
    uint32_t into[GROUPS - 1], from[GROUPS - 1];
    for (uint32_t g = 0; g < GROUPS - 1; g++) {
        into[g] = entry_of(w, states, g);
        from[g] = entry_of(w, &w->slice[slice], g);
    }
    assert_int_equal(merge(&w->set, states, into, &w->slice[slice], from, GROUPS - 1), ST_OK);
    arena_reset(&w->bench.op->scratch);
}

static void forget(World *w, GroupStates *states)
{
    for (uint32_t g = 0; g < GROUPS - 1; g++)
        aggregate_set_reset(&w->set, states, entry_of(w, states, g));
}

/* The slices, in an order that is not that of their rows, are the whole; and so are two groups of
 * the same containers, one taken into the other. */
static void check_merges(World *w)
{
    static const uint32_t orders[][SLICES] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        forget(w, &w->sum);
        for (uint32_t i = 0; i < SLICES; i++)
            merge_slice(w, aggregate_set_merge, &w->sum, orders[o][i]);
        check_same(w, &w->sum, 0, &w->whole, 0, "the first group of all slices");
        check_same(w, &w->sum, 1, &w->whole, 1, "the second group of all slices");
        uint32_t into = entry_of(w, &w->sum, o % 2), from = entry_of(w, &w->sum, 1 - o % 2);
        assert_int_equal(aggregate_set_merge(&w->set, &w->sum, &into, &w->sum, &from, 1), ST_OK);
        arena_reset(&w->bench.op->scratch);
        check_same(w, &w->sum, o % 2, &w->whole, EVERYTHING, "one group with the other");
        check_same(w, &w->sum, 1 - o % 2, &w->whole, 1 - o % 2, "the other");
    }
    forget(w, &w->sum);
}

static const char *const call_sets[] = {
    "COUNT(*)|COUNT(v)|COUNT(v, s)|SUM(v)|SUM(d)|SUM(e)|AVG(v)|AVG(d)|AVG(e)",
    "MIN(v)|MAX(v)|MIN(d)|MAX(d)|MIN(e)|MAX(e)|MIN(s)|MAX(s)|MIN(f)|MAX(f)",
    "VAR_POP(v)|VAR_SAMP(e)|STDDEV_POP(x)|VAR_SAMP(x)|BOOL_AND(f)|BOOL_OR(f)",
    "FIRST_VALUE(v)|LAST_VALUE(v)|FIRST_VALUE(s)|LAST_VALUE(s)|LAST_VALUE(e)|ARG_MIN(s, v)|"
    "ARG_MAX(v, s)|ARG_MAX(d, e)|ARG_MIN(v, d)",
    "LISTAGG(s)|LISTAGG(s, '; ')|JSON_ARRAYAGG(v)|JSON_ARRAYAGG_NULL_ON_NULL(s)|JSON_OBJECTAGG(s, "
    "v)|JSON_OBJECTAGG_ABSENT_ON_NULL(s, d)",
    "MEDIAN(v)|PERCENTILE(d, 0.3)|PERCENTILE(e, 0.9)|PERCENTILE(v, 0.5, t)|"
    "APPROX_COUNT_DISTINCT(w)|APPROX_COUNT_DISTINCT(s)",
    "COUNT(DISTINCT v)|COUNT(DISTINCT s, v)|SUM(DISTINCT v)|AVG(DISTINCT e)|VAR_POP(DISTINCT v)|"
    "MEDIAN(DISTINCT v)|SUM(DISTINCT v) FILTER f|COUNT(*) FILTER f",
    "LISTAGG(DISTINCT s)|FIRST_VALUE(DISTINCT v)|LAST_VALUE(DISTINCT v)|LAST_VALUE(DISTINCT s)|"
    "JSON_ARRAYAGG(DISTINCT v)|ARG_MIN(DISTINCT s, v)|JSON_OBJECTAGG(DISTINCT s, v)|"
    "LISTAGG(s) FILTER f",
    "COLLECT(v)|COLLECT(s)|COLLECT(d)|COLLECT(DISTINCT s)|COLLECT(e) FILTER f",
    "ARRAY_AGG(v)|ARRAY_AGG(s)|ARRAY_AGG_IGNORE_NULLS(s)|ARRAY_AGG(DISTINCT s)|LISTAGG(s)",
    "ARRAY_AGG(v ORDER BY d)|ARRAY_AGG(s ORDER BY s DESC)|LISTAGG(s, ';' ORDER BY e DESC) FILTER f|"
    "ARRAY_AGG(DISTINCT v ORDER BY v DESC)|JSON_ARRAYAGG(d ORDER BY s)|LISTAGG(s ORDER BY v)",
};
enum { CALL_SETS = sizeof call_sets / sizeof *call_sets };

static World world;

static void merges_inserted_rows(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < CALL_SETS; c++) {
        open_world(&world, call_sets[c], CHANGELOG_APPEND, AGGREGATE_MERGES);
        check_merges(&world); /* of nothing */
        for (uint32_t round = 0; round < 12; round++) {
            feed(&world, 1 + draw(&world, 12), false);
            check_merges(&world);
        }
        world.domain = 4000;
        feed(&world, 2600, false);
        check_merges(&world);
        close_world(&world);
    }
}

static void merges_what_is_left(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < CALL_SETS; c++) {
        open_world(&world, call_sets[c], CHANGELOG_RETRACT, AGGREGATE_MERGES);
        /* Which of two equal rows is taken back is told by nothing: what goes by arrival may not
         * have any. */
        world.unique =
            strstr(call_sets[c], "FIRST_VALUE") != NULL || strstr(call_sets[c], "LISTAGG") != NULL;
        for (uint32_t round = 0; round < 30; round++) {
            feed(&world, 1 + draw(&world, 12), true);
            check_merges(&world);
        }
        world.domain = 4000;
        feed(&world, 1500, true);
        check_merges(&world);
        close_world(&world);
    }
}

/* --- taking out again --- */

/* A window of all slices that leaves one after the other. */
static void check_unmerges(World *w)
{
    forget(w, &w->sum);
    for (uint32_t s = 0; s < SLICES; s++)
        merge_slice(w, aggregate_set_merge, &w->sum, s);
    for (uint32_t gone = 0; gone < SLICES; gone++) {
        merge_slice(w, aggregate_set_unmerge, &w->sum, gone);
        forget(w, &w->rest);
        for (uint32_t s = gone + 1; s < SLICES; s++)
            merge_slice(w, aggregate_set_merge, &w->rest, s);
        for (uint32_t g = 0; g < GROUPS - 1; g++)
            check_same(w, &w->sum, g, &w->rest, g, "without the slices that have gone");
    }
}

static void takes_groups_out_again(void **state)
{
    (void)state;
    static const struct {
        const char *calls;
        bool of_inserts, of_updates; /* whether it can, over either input */
    } cases[] = {
        {"COUNT(*)|COUNT(v)|COUNT(v, s)|SUM(v)|SUM(e)|AVG(v)|AVG(e)", true, true},
        {"VAR_POP(v)|STDDEV_SAMP(e)|BOOL_AND(f)|BOOL_OR(f)", true, true},
        {"MEDIAN(v)|PERCENTILE(e, 0.2)|PERCENTILE(v, 0.5, t)|MEDIAN(DISTINCT d)", true, true},
        {"COUNT(DISTINCT s, v)|SUM(DISTINCT v)|AVG(DISTINCT e) FILTER f|COUNT(*) FILTER f", true,
         true},
        {"COLLECT(v)|COLLECT(DISTINCT s)", true, true},
        {"MIN(v)|MAX(s)|COUNT(*)", false, true},
        {"APPROX_COUNT_DISTINCT(v)", false, true},
        {"SUM(d)|AVG(d)", false, true},
        {"VAR_POP(d)", false, false},
        {"FIRST_VALUE(v)", false, false},
        {"ARG_MAX(v, s)", false, false},
        {"LISTAGG(s)", false, false},
        {"ARRAY_AGG(s)", false, false},
        {"LISTAGG(DISTINCT s)", false, false},
        {"JSON_OBJECTAGG(s, v)", false, false},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        bool updates = i % 2 == 1;
        open_world(&world, cases[i / 2].calls, updates ? CHANGELOG_RETRACT : CHANGELOG_APPEND,
                   AGGREGATE_MERGES);
        bool can = aggregate_set_can_unmerge(&world.set);
        if (can != (updates ? cases[i / 2].of_updates : cases[i / 2].of_inserts))
            fail_msg("%s, over %s", cases[i / 2].calls, updates ? "updates" : "inserts");
        for (uint32_t round = 0; can && round < 30; round++) {
            feed(&world, 1 + draw(&world, 12), updates);
            check_unmerges(&world);
        }
        close_world(&world);
    }
}

/* --- against a model --- */

/* One column of the rows that are there, as text, in the order of their coming. */
typedef struct Values {
    char cell[ROWS_MAX][40];
    uint32_t count; /* NULLs are left out */
    int64_t number[ROWS_MAX], sorted[ROWS_MAX];
} Values;

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void collect(const World *w, uint32_t column, Values *out)
{
    out->count = 0;
    for (uint32_t i = 0; i < w->rows; i++) {
        const char *rest = w->row[i];
        Text cell;
        for (uint32_t c = 0; c <= column; c++)
            cell = plan_bench_piece(&rest, '|');
        if (text_is(cell, "NULL"))
            continue;
        snprintf(out->cell[out->count], sizeof out->cell[0], "%.*s", TEXT_ARG(cell));
        out->number[out->count] = strtoll(out->cell[out->count], NULL, 10);
        out->sorted[out->count] = out->number[out->count];
        out->count++;
    }
    qsort(out->sorted, out->count, sizeof out->sorted[0], compare_numbers);
}

static void print_number(int64_t value, bool there, StrBuf *out)
{
    if (there)
        strbuf_printf(out, "%" PRId64 "\n", value);
    else
        strbuf_string(out, "NULL\n");
}

/* COUNT, SUM, AVG, MIN, MAX, VAR_POP, COUNT(DISTINCT), MEDIAN of v. */
static void print_numbers(const Values *v, StrBuf *out)
{
    int64_t sum = 0, squares = 0, distinct = 0, n = v->count;
    for (uint32_t i = 0; i < v->count; i++) {
        sum += v->sorted[i];
        squares += v->sorted[i] * v->sorted[i];
        distinct += i == 0 || v->sorted[i] != v->sorted[i - 1];
    }
    print_number(n, true, out);
    print_number(sum, n > 0, out);
    print_number(n > 0 ? sum / n : 0, n > 0, out);
    print_number(n > 0 ? v->sorted[0] : 0, n > 0, out);
    print_number(n > 0 ? v->sorted[n - 1] : 0, n > 0, out);
    print_number(n > 0 ? (n * squares - sum * sum) / (n * n) : 0, n > 0, out);
    print_number(distinct, true, out);
    if (n == 0)
        strbuf_string(out, "NULL\n");
    else
        strbuf_printf(out, "%.1f\n", (double)(v->sorted[(n - 1) / 2] + v->sorted[n / 2]) / 2);
}

/* FIRST_VALUE, LAST_VALUE of v, LISTAGG and ARG_MIN(s, v), where there are no NULLs. */
static void print_orders(const Values *v, const Values *s, StrBuf *out)
{
    uint32_t least = 0;
    if (v->count == 0) {
        strbuf_string(out, "NULL\nNULL\nNULL\nNULL\n");
        return;
    }
    print_number(v->number[0], true, out);
    print_number(v->number[v->count - 1], true, out);
    for (uint32_t i = 0; i < s->count; i++) {
        strbuf_printf(out, "%s%s", i > 0 ? "; " : "", s->cell[i]);
        least = v->number[i] < v->number[least] ? i : least;
    }
    strbuf_printf(out, "\n%s\n", s->cell[least]);
}

static void check_model(World *w, bool orders)
{
    static Values v, s;
    StrBuf expected, got;
    strbuf_init(&expected, NULL);
    strbuf_init(&got, NULL);
    collect(w, 1, &v);
    collect(w, 5, &s);
    print_numbers(&v, &expected);
    if (orders)
        print_orders(&v, &s, &expected);
    print_group(w, &w->whole, EVERYTHING, &got);
    assert_string_equal(strbuf_cstr(&got), strbuf_cstr(&expected));
    strbuf_close(&expected);
    strbuf_close(&got);
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    static const char numbers[] = "COUNT(v)|SUM(v)|AVG(v)|MIN(v)|MAX(v)|VAR_POP(v)|"
                                  "COUNT(DISTINCT v)|MEDIAN(v)";
    static const char orders[] = "COUNT(v)|SUM(v)|AVG(v)|MIN(v)|MAX(v)|VAR_POP(v)|"
                                 "COUNT(DISTINCT v)|MEDIAN(v)|FIRST_VALUE(v)|LAST_VALUE(v)|"
                                 "LISTAGG(s, '; ')|ARG_MIN(s, v)";
    for (uint32_t i = 0; i < 4; i++) {
        bool updates = i % 2 == 1;
        open_world(&world, i < 2 ? numbers : orders, updates ? CHANGELOG_RETRACT : CHANGELOG_APPEND,
                   0);
        world.unique = i >= 2;
        for (uint32_t round = 0; round < 300; round++) {
            feed(&world, 1 + draw(&world, 8), updates);
            check_model(&world, i >= 2);
        }
        close_world(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merges_inserted_rows),
        cmocka_unit_test(merges_what_is_left),
        cmocka_unit_test(takes_groups_out_again),
        cmocka_unit_test(agrees_with_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
