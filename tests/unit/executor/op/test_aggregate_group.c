/* GROUP BY without windows: what each change gives out, and that rows can be taken back. */
#include "../../../support/op_bench.h"

typedef struct GroupCase {
    const char *name;
    const char *script;
    const char *expected;
} GroupCase;

static void open_bench(OpBench *b, const char *schema, ChangelogMode in, const char *keys,
                       const char *calls, ChangelogMode out)
{
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, schema, in);
    b->node = plan_bench_group(&b->plan, input, keys, calls, out);
}

static void check_cases(OpBench *b, const GroupCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        op_bench_check(b, cases[i].name, cases[i].script, cases[i].expected);
}

/* --- every change --- */

static void test_inserts(void **state)
{
    (void)state;
    static const GroupCase cases[] = {
        {"a group's changes, each with its row's watermark",
         "+I a|1\nW 5\n+I b|2\n+I a|4\nW 7\n+I a|8\n",
         "+I a|1|1 @-\n+I b|1|2 @5\n-U a|1|1 @5\n+U a|2|5 @5\n-U a|2|5 @7\n+U a|3|13 @7\n"},
        {"NULL is a key like others", "+I NULL|1\n+I a|2\n+I NULL|4\n",
         "+I NULL|1|1 @-\n+I a|1|2 @-\n-U NULL|1|1 @-\n+U NULL|2|5 @-\n"},
        {"a sum of NULLs is NULL until a value comes", "+I a|NULL\n+I a|NULL\n+I a|0\n",
         "+I a|1|NULL @-\n-U a|1|NULL @-\n+U a|2|NULL @-\n-U a|2|NULL @-\n+U a|3|0 @-\n"},
        {"the end gives nothing out", "+I a|1\nEND\n", "+I a|1|1 @-\n"},
    };
    OpBench b;
    open_bench(&b, "k STRING|v BIGINT", CHANGELOG_APPEND, "k", "COUNT(*)|SUM(v)",
               CHANGELOG_RETRACT);
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    assert_int_equal(b.counts.used, 1);
    op_bench_close(&b);
}

static void test_retraction(void **state)
{
    (void)state;
    static const GroupCase cases[] = {
        {"one of two equal rows goes, then the other, then the value comes back",
         "+I a|5\n+I a|5\n-D a|5\n-U a|5\n+U a|7\n",
         "+I a|1|5|5|5|1 @-\n-U a|1|5|5|5|1 @-\n+U a|2|10|5|5|1 @-\n-U a|2|10|5|5|1 @-\n"
         "+U a|1|5|5|5|1 @-\n-D a|1|5|5|5|1 @-\n+I a|1|7|7|7|1 @-\n"},
        {"the least and the greatest value go", "+I a|3\n+I a|1\n+I a|2\n-D a|1\n-D a|3\n",
         "+I a|1|3|3|3|1 @-\n-U a|1|3|3|3|1 @-\n+U a|2|4|1|3|2 @-\n-U a|2|4|1|3|2 @-\n"
         "+U a|3|6|1|3|3 @-\n-U a|3|6|1|3|3 @-\n+U a|2|5|2|3|2 @-\n-U a|2|5|2|3|2 @-\n"
         "+U a|1|2|2|2|1 @-\n"},
        {"NULL comes and goes", "+I a|NULL\n+I a|4\n-D a|NULL\n+I a|NULL\n-D a|4\n",
         "+I a|0|NULL|NULL|NULL|0 @-\n-U a|0|NULL|NULL|NULL|0 @-\n+U a|1|4|4|4|1 @-\n"
         "-U a|1|4|4|4|1 @-\n+U a|0|NULL|NULL|NULL|0 @-\n"},
        {"what never came is not taken back", "-D a|5\n+I a|1\n-U b|1\n", "+I a|1|1|1|1|1 @-\n"},
        {"an empty group's place is another's, which begins at nothing",
         "+I a|5\n-D a|5\n+I b|7\n+I a|1\n",
         "+I a|1|5|5|5|1 @-\n-D a|1|5|5|5|1 @-\n+I b|1|7|7|7|1 @-\n+I a|1|1|1|1|1 @-\n"},
        {"groups do not mix", "+I a|5\n+I b|5\n-D a|5\n+I b|3\n-D b|5\n",
         "+I a|1|5|5|5|1 @-\n+I b|1|5|5|5|1 @-\n-D a|1|5|5|5|1 @-\n-U b|1|5|5|5|1 @-\n"
         "+U b|2|8|3|5|2 @-\n-U b|2|8|3|5|2 @-\n+U b|1|3|3|3|1 @-\n"},
    };
    OpBench b;
    open_bench(&b, "k STRING|v BIGINT", CHANGELOG_RETRACT, "k",
               "COUNT(v)|SUM(v)|MIN(v)|MAX(v)|COUNT(DISTINCT v)", CHANGELOG_RETRACT);
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_close(&b);
}

/* Whatever batches the rows come in, and whatever lies between those that count. */
static void test_order_of_arrival(void **state)
{
    (void)state;
    static const GroupCase cases[] = {
        {"rows of many batches", "+I a|7\n+I b|1\n+I c|5\n+I d|7\n+I e|1\n+I f|3\n+I g|9\n",
         "+I a|a|a|a|a @-\n"
         "-U a|a|a|a|a @-\n+U a,b|a|b|b|a @-\n"
         "-U a,b|a|b|b|a @-\n+U a,b,c|a|c|b|a @-\n"
         "-U a,b,c|a|c|b|a @-\n+U a,b,c,d|a|d|b|a @-\n"
         "-U a,b,c,d|a|d|b|a @-\n+U a,b,c,d,e|a|e|b|a @-\n"
         "-U a,b,c,d,e|a|e|b|a @-\n+U a,b,c,d,e,f|a|f|b|a @-\n"
         "-U a,b,c,d,e,f|a|f|b|a @-\n+U a,b,c,d,e,f,g|a|g|b|g @-\n"},
    };
    static const GroupCase updates[] = {
        {"of equal rows the oldest goes",
         "+I a|7\n+I b|1\n+I a|7\n-D a|7\n+I c|0\n-U b|1\n+U b|9\n",
         "+I a|a|a|a|a @-\n"
         "-U a|a|a|a|a @-\n+U a,b|a|b|b|a @-\n"
         "-U a,b|a|b|b|a @-\n+U a,b,a|a|a|b|a @-\n"
         "-U a,b,a|a|a|b|a @-\n+U b,a|b|a|b|a @-\n"
         "-U b,a|b|a|b|a @-\n+U b,a,c|b|c|c|a @-\n"
         "-U b,a,c|b|c|c|a @-\n+U a,c|a|c|c|a @-\n"
         "-U a,c|a|c|c|a @-\n+U a,c,b|a|b|c|b @-\n"},
    };
    static const char calls[] =
        "LISTAGG(s)|FIRST_VALUE(s)|LAST_VALUE(s)|ARG_MIN(s, v)|ARG_MAX(s, v)";
    OpBench b;
    open_bench(&b, "s STRING|v BIGINT", CHANGELOG_APPEND, "", calls, CHANGELOG_RETRACT);
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_close(&b);
    open_bench(&b, "s STRING|v BIGINT", CHANGELOG_RETRACT, "", calls, CHANGELOG_RETRACT);
    check_cases(&b, updates, sizeof updates / sizeof *updates);
    op_bench_close(&b);
}

static void test_distinct(void **state)
{
    (void)state;
    static const GroupCase cases[] = {
        {"a value counts while one row has it",
         "+I a|5|true\n+I a|5|true\n+I a|7|true\n-D a|5|true\n-D a|5|true\n+I a|5|true\n",
         "+I a|1|5|1 @-\n-U a|1|5|1 @-\n+U a|2|12|2 @-\n-U a|2|12|2 @-\n+U a|1|7|1 @-\n"
         "-U a|1|7|1 @-\n+U a|2|12|2 @-\n"},
        {"FILTER decides before DISTINCT",
         "+I a|5|false\n+I a|5|true\n-D a|5|false\n+I a|6|NULL\n-D a|5|true\n",
         "+I a|1|5|0 @-\n-U a|1|5|0 @-\n+U a|1|5|1 @-\n-U a|1|5|1 @-\n+U a|2|11|1 @-\n"
         "-U a|2|11|1 @-\n+U a|1|6|0 @-\n"},
        {"each group has its own", "+I a|5|true\n+I b|5|true\n-D a|5|true\n+I b|5|true\n",
         "+I a|1|5|1 @-\n+I b|1|5|1 @-\n-D a|1|5|1 @-\n"},
        {"a group that comes back has seen nothing", "+I a|5|true\n-D a|5|true\n+I a|5|true\n",
         "+I a|1|5|1 @-\n-D a|1|5|1 @-\n+I a|1|5|1 @-\n"},
        {"NULL is no value", "+I a|NULL|true\n+I a|NULL|true\n-D a|NULL|true\n",
         "+I a|0|NULL|0 @-\n"},
    };
    OpBench b;
    open_bench(&b, "k STRING|v BIGINT|f BOOLEAN", CHANGELOG_RETRACT, "k",
               "COUNT(DISTINCT v)|SUM(DISTINCT v)|COUNT(DISTINCT v) FILTER f", CHANGELOG_RETRACT);
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_close(&b);
}

/* Texts that do not stand inline: what is kept is a copy, and what is given back is the right one.
 */
static void test_texts(void **state)
{
    (void)state;
#define A "aaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbb"
    static const GroupCase cases[] = {
        {"kept, compared and taken back",
         "+I " B "|" B "\n+I " B "|" A "\n-D " B "|" B "\n+I " B "|" B "\n-D " B "|" A "\n",
         "+I " B "|" B "|" B "|1 @-\n-U " B "|" B "|" B "|1 @-\n+U " B "|" A "|" B "|2 @-\n"
         "-U " B "|" A "|" B "|2 @-\n+U " B "|" A "|" A "|1 @-\n-U " B "|" A "|" A "|1 @-\n"
         "+U " B "|" A "|" B "|2 @-\n-U " B "|" A "|" B "|2 @-\n+U " B "|" B "|" B "|1 @-\n"},
        {"the last of a group", "+I " A "|" B "\n-D " A "|" B "\n+I " B "|short\n-D " B "|short\n",
         "+I " A "|" B "|" B "|1 @-\n-D " A "|" B "|" B "|1 @-\n+I " B "|short|short|1 @-\n"
         "-D " B "|short|short|1 @-\n"},
    };
#undef A
#undef B
    OpBench b;
    open_bench(&b, "k STRING|v STRING", CHANGELOG_RETRACT, "k", "MIN(v)|MAX(v)|COUNT(DISTINCT v)",
               CHANGELOG_RETRACT);
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_close(&b);
}

/* MIN and MAX of each physical type, taken back: the multiset orders them. */
static void test_order_of_types(void **state)
{
    (void)state;
    static const struct {
        const char *type, *low, *middle, *high;
    } cases[] = {
        {"BIGINT", "-9223372036854775808", "-1", "9223372036854775807"},
        {"DECIMAL(38,2)", "-170141183460469231731687303715884105.72", "-0.01",
         "18446744073709551616.00"},
        {"DOUBLE", "-Infinity", "-1.5", "1.0E300"},
        {"DOUBLE", "-1.5", "Infinity", "NaN"},
        {"BOOLEAN", "FALSE", "FALSE", "TRUE"},
        {"STRING", "", "a", "a\x7f"},
        {"STRING", "the same twelve, then 1", "the same twelve, then 2", "\xc3\xa9"},
        {"TIMESTAMP(3)", "-5", "0", "5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char schema[80], script[512], expected[1024];
        const char *l = cases[i].low, *m = cases[i].middle, *h = cases[i].high;
        bool equal = strcmp(l, m) == 0, boolean = strcmp(cases[i].type, "BOOLEAN") == 0;
        const char *in_l = boolean ? "false" : l, *in_m = boolean ? "false" : m;
        const char *in_h = boolean ? "true" : h;
        OpBench b;
        snprintf(schema, sizeof schema, "k INT|v %s", cases[i].type);
        open_bench(&b, schema, CHANGELOG_RETRACT, "k", "MIN(v)|MAX(v)", CHANGELOG_RETRACT);
        /* The middle one stays alone. */
        snprintf(script, sizeof script, "+I 1|%s\n+I 1|%s\n+I 1|%s\n-D 1|%s\n-D 1|%s\n", in_m, in_h,
                 in_l, in_h, in_l);
        if (equal)
            snprintf(expected, sizeof expected,
                     "+I 1|%s|%s @-\n-U 1|%s|%s @-\n+U 1|%s|%s @-\n-U 1|%s|%s @-\n+U 1|%s|%s @-\n",
                     m, m, m, m, m, h, m, h, m, m);
        else
            snprintf(expected, sizeof expected,
                     "+I 1|%s|%s @-\n-U 1|%s|%s @-\n+U 1|%s|%s @-\n-U 1|%s|%s @-\n+U 1|%s|%s @-\n"
                     "-U 1|%s|%s @-\n+U 1|%s|%s @-\n-U 1|%s|%s @-\n+U 1|%s|%s @-\n",
                     m, m, m, m, m, h, m, h, l, h, l, h, l, m, l, m, m, m);
        op_bench_check(&b, cases[i].type, script, expected);
        op_bench_close(&b);
        /* The same over input that only inserts. */
        open_bench(&b, schema, CHANGELOG_APPEND, "k", "MIN(v)|MAX(v)", CHANGELOG_RETRACT);
        snprintf(script, sizeof script, "+I 1|NULL\n+I 1|%s\n+I 1|%s\n", in_h, in_l);
        snprintf(expected, sizeof expected,
                 "+I 1|NULL|NULL @-\n-U 1|NULL|NULL @-\n+U 1|%s|%s @-\n-U 1|%s|%s @-\n"
                 "+U 1|%s|%s @-\n",
                 h, h, h, h, l, h);
        op_bench_check(&b, cases[i].type, script, expected);
        op_bench_close(&b);
    }
}

/* A sum that leaves its type and comes back: sums are kept wider. */
static void test_sums(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        GroupCase run;
    } cases[] = {
        {"INT",
         {"past the greatest INT and back", "+I 1|2147483647\n+I 1|1\n+I 1|-1\n-D 1|1\n",
          "+I 1|2147483647|2147483647 @-\n-U 1|2147483647|2147483647 @-\n+U 1|NULL|1073741824 @-\n"
          "-U 1|NULL|1073741824 @-\n+U 1|2147483647|715827882 @-\n-U 1|2147483647|715827882 @-\n"
          "+U 1|2147483646|1073741823 @-\n"}},
        {"BIGINT",
         {"past the least BIGINT and back", "+I 1|-9223372036854775808\n+I 1|-1\n-D 1|-1\n",
          "+I 1|-9223372036854775808|-9223372036854775808 @-\n"
          "-U 1|-9223372036854775808|-9223372036854775808 @-\n+U 1|NULL|-4611686018427387904 @-\n"
          "-U 1|NULL|-4611686018427387904 @-\n+U 1|-9223372036854775808|-9223372036854775808 "
          "@-\n"}},
        {"BIGINT",
         {"nothing comes and goes", "+I 1|5\n+I 1|0\n-D 1|0\n+I 1|-1\n-D 1|-1\n",
          "+I 1|5|5 @-\n-U 1|5|5 @-\n+U 1|5|2 @-\n-U 1|5|2 @-\n+U 1|5|5 @-\n-U 1|5|5 @-\n"
          "+U 1|4|2 @-\n-U 1|4|2 @-\n+U 1|5|5 @-\n"}},
        {"DOUBLE",
         {"a sum that was out of range comes back into it",
          "+I 1|1e308\n+I 1|1e308\n-D 1|1e308\n-D 1|1e308\n+I 1|1\n",
          "+I 1|1.0E308|1.0E308 @-\n-U 1|1.0E308|1.0E308 @-\n+U 1|Infinity|Infinity @-\n"
          "-U 1|Infinity|Infinity @-\n+U 1|1.0E308|1.0E308 @-\n-D 1|1.0E308|1.0E308 @-\n"
          "+I 1|1.0|1.0 @-\n"}},
        {"BIGINT",
         {"a mean goes toward zero", "+I 1|-3\n+I 1|0\n",
          "+I 1|-3|-3 @-\n-U 1|-3|-3 @-\n+U 1|-3|-1 @-\n"}},
        {"DOUBLE",
         {"an infinity goes again", "+I 1|1\n+I 1|inf\n+I 1|-inf\n-D 1|inf\n-D 1|-inf\n",
          "+I 1|1.0|1.0 @-\n-U 1|1.0|1.0 @-\n+U 1|Infinity|Infinity @-\n-U 1|Infinity|Infinity @-\n"
          "+U 1|NaN|NaN @-\n-U 1|NaN|NaN @-\n+U 1|-Infinity|-Infinity @-\n"
          "-U 1|-Infinity|-Infinity @-\n+U 1|1.0|1.0 @-\n"}},
        {"DOUBLE",
         {"small ones are not lost beside a large one", "+I 1|1e100\n+I 1|1\n-D 1|1e100\n",
          "+I 1|1.0E100|1.0E100 @-\n-U 1|1.0E100|1.0E100 @-\n+U 1|1.0E100|5.0E99 @-\n"
          "-U 1|1.0E100|5.0E99 @-\n+U 1|1.0|1.0 @-\n"}},
        {"DECIMAL(38,0)",
         {"past 38 digits and back",
          "+I 1|99999999999999999999999999999999999999\n+I 1|1\n-D 1|1\n",
          "+I 1|99999999999999999999999999999999999999|NULL @-\n"
          "-U 1|99999999999999999999999999999999999999|NULL @-\n+U 1|NULL|NULL @-\n"
          "-U 1|NULL|NULL @-\n+U 1|99999999999999999999999999999999999999|NULL @-\n"}},
        {"DECIMAL(38,0)",
         {"past 128 bits, where what is left of them would fit",
          "+I 1|99999999999999999999999999999999999999\n+I "
          "1|99999999999999999999999999999999999999\n"
          "+I 1|99999999999999999999999999999999999999\n+I "
          "1|99999999999999999999999999999999999999\n"
          "-D 1|99999999999999999999999999999999999999\n-D "
          "1|99999999999999999999999999999999999999\n"
          "-D 1|99999999999999999999999999999999999999\n",
          "+I 1|99999999999999999999999999999999999999|NULL @-\n"
          "-U 1|99999999999999999999999999999999999999|NULL @-\n+U 1|NULL|NULL @-\n"
          "-U 1|NULL|NULL @-\n+U 1|99999999999999999999999999999999999999|NULL @-\n"}},
        {"DECIMAL(10,2)",
         {"below zero", "+I 1|0.01\n+I 1|-0.03\n-D 1|0.01\n",
          "+I 1|0.01|0.010000 @-\n-U 1|0.01|0.010000 @-\n+U 1|-0.02|-0.010000 @-\n"
          "-U 1|-0.02|-0.010000 @-\n+U 1|-0.03|-0.030000 @-\n"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char schema[80];
        OpBench b;
        snprintf(schema, sizeof schema, "k INT|v %s", cases[i].type);
        open_bench(&b, schema, CHANGELOG_RETRACT, "k", "SUM(v)|AVG(v)", CHANGELOG_RETRACT);
        check_cases(&b, &cases[i].run, 1);
        op_bench_close(&b);
    }
}

/* Without a key there is one group, which comes with the first row and goes with the last. */
static void test_no_key(void **state)
{
    (void)state;
    static const GroupCase cases[] = {
        {"empty", "END\n", ""},
        {"comes and goes", "+I a|5\n-D a|5\n+I a|6\nEND\n", "+I 1|5 @-\n-D 1|5 @-\n+I 1|6 @-\n"},
    };
    OpBench b;
    open_bench(&b, "k STRING|v BIGINT", CHANGELOG_RETRACT, "", "COUNT(*)|SUM(v)",
               CHANGELOG_RETRACT);
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_close(&b);
    /* Keys and no aggregates: DISTINCT. */
    static const GroupCase distinct = {"DISTINCT",
                                       "+I a|5\n+I a|5\n+I a|6\n-D a|5\n-D a|5\n+I a|5\n",
                                       "+I a|5 @-\n+I a|6 @-\n-D a|5 @-\n+I a|5 @-\n"};
    open_bench(&b, "k STRING|v BIGINT", CHANGELOG_RETRACT, "k|v", "", CHANGELOG_RETRACT);
    check_cases(&b, &distinct, 1);
    op_bench_close(&b);
}

/* More changes than a batch holds go out in several, in order. */
static void test_many_changes(void **state)
{
    (void)state;
    enum { ROWS = 700 };
    StrBuf script, expected;
    OpBench b;
    open_bench(&b, "k STRING|v BIGINT", CHANGELOG_APPEND, "k", "SUM(v)", CHANGELOG_RETRACT);
    strbuf_init(&script, NULL);
    strbuf_init(&expected, NULL);
    for (int i = 1; i <= ROWS; i++) {
        strbuf_printf(&script, "W %d\n+I a|%d\n", i, i);
        if (i == 1)
            strbuf_string(&expected, "+I a|1 @1\n");
        else
            strbuf_printf(&expected, "-U a|%d @%d\n+U a|%d @%d\n", i * (i - 1) / 2, i,
                          i * (i + 1) / 2, i);
    }
    op_bench_check(&b, "many changes", strbuf_cstr(&script), strbuf_cstr(&expected));
    strbuf_close(&script);
    strbuf_close(&expected);
    op_bench_close(&b);
}

/* --- the net change of a batch --- */

/* What a table with the first column as its key holds after the changes, in order of keys. Each
 * change must fit: an insert of a key that is not there, an update or delete of one that is. */
static void fold(const char *changes, StrBuf *out)
{
    const char *row[64] = {0};
    while (*changes != '\0') {
        const char *line = changes;
        plan_bench_piece(&changes, '\n');
        uint32_t key = (uint32_t)strtoul(line + 3, NULL, 10);
        assert_true(key < 64);
        if ((row[key] == NULL) != (strncmp(line, "+I", 2) == 0))
            fail_msg("does not fit: %s", line);
        row[key] = strncmp(line, "-D", 2) == 0 ? NULL : line;
        assert_true(strncmp(line, "-U", 2) != 0);
    }
    strbuf_clear(out);
    for (uint32_t key = 0; key < 64; key++) {
        if (row[key] != NULL)
            strbuf_printf(out, "%.*s\n", (int)(strchr(row[key], '@') - row[key] - 4), row[key] + 3);
    }
}

/* The output with deletes as what they mean here: a key. */
static const char *upserts(OpBench *b, const char *script, Replay replay, StrBuf *out)
{
    const char *line = op_bench_run(b, script, replay);
    strbuf_clear(out);
    while (*line != '\0') {
        const char *cell = strncmp(line, "-D", 2) == 0 ? strchr(line, '|') : strchr(line, '@');
        strbuf_put(out, line, (size_t)(cell - line));
        Text rest = plan_bench_piece(&line, '\n');
        const char *mark = memchr(rest.ptr, '@', rest.size);
        strbuf_printf(out, "%s%.*s\n", *cell == '|' ? " " : "", (int)(rest.ptr + rest.size - mark),
                      mark);
    }
    return strbuf_cstr(out);
}

typedef struct UpsertCase {
    const char *name, *script;
    const char *singly, *at_once; /* batches of one row; one batch */
    const char *table;
} UpsertCase;

static void test_upserts(void **state)
{
    (void)state;
    static const UpsertCase cases[] = {
        {"one change a group and batch, in order of the first",
         "+I 2|5\n+I 1|7\n+I 2|1\nW 9\n+I 2|3\n",
         "+I 2|1|5|5 @-\n+I 1|1|7|7 @-\n+U 2|2|6|1 @-\n+U 2|3|9|1 @9\n",
         "+I 2|3|9|1 @9\n+I 1|1|7|7 @9\n", "1|1|7|7\n2|3|9|1\n"},
        {"what comes and goes within a batch is nothing", "+I 1|5\n-D 1|5\n+I 2|6\n",
         "+I 1|1|5|5 @-\n-D 1 @-\n+I 2|1|6|6 @-\n", "+I 2|1|6|6 @-\n", "2|1|6|6\n"},
        {"gone and back within a batch", "+I 1|5\n+I 2|5\n-D 1|5\n+I 1|8\n+I 1|9\n",
         "+I 1|1|5|5 @-\n+I 2|1|5|5 @-\n-D 1 @-\n+I 1|1|8|8 @-\n+U 1|2|17|8 @-\n",
         "+I 1|2|17|8 @-\n+I 2|1|5|5 @-\n", "1|2|17|8\n2|1|5|5\n"},
    };
    OpBench b;
    StrBuf table;
    strbuf_init(&table, NULL);
    open_bench(&b, "k INT|v BIGINT", CHANGELOG_RETRACT, "k", "COUNT(*)|SUM(v)|MIN(v)",
               CHANGELOG_UPSERT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const UpsertCase *c = &cases[i];
        assert_string_equal(upserts(&b, c->script, op_bench_singly, &table), c->singly);
        assert_string_equal(upserts(&b, c->script, op_bench_replays[0], &table), c->at_once);
        for (uint32_t r = 0; r < OP_BENCH_REPLAYS; r++) {
            fold(op_bench_run(&b, c->script, op_bench_replays[r]), &table);
            if (strcmp(strbuf_cstr(&table), c->table) != 0)
                fail_msg("%s: %s", c->name, strbuf_cstr(&table));
        }
    }
    op_bench_close(&b);
    strbuf_close(&table);
}

/* A group that is emptied within a batch begins at nothing, as it does when a batch ends there. */
static void test_upserts_begin_anew(void **state)
{
    (void)state;
    OpBench b;
    StrBuf table;
    strbuf_init(&table, NULL);
    open_bench(&b, "k INT|v DOUBLE", CHANGELOG_RETRACT, "k", "SUM(v)", CHANGELOG_UPSERT);
    for (uint32_t r = 0; r < OP_BENCH_REPLAYS; r++) {
        fold(op_bench_run(&b, "+I 1|1e308\n+I 1|1e308\n-D 1|1e308\n-D 1|1e308\n+I 1|1\n",
                          op_bench_replays[r]),
             &table);
        assert_string_equal(strbuf_cstr(&table), "1|1.0\n");
    }
    op_bench_close(&b);
    open_bench(&b, "k INT|v BIGINT", CHANGELOG_RETRACT, "k", "COUNT(*)|SUM(v)|MAX(v)",
               CHANGELOG_UPSERT);
    for (uint32_t r = 0; r < OP_BENCH_REPLAYS; r++) { /* what never came is not taken back */
        fold(op_bench_run(&b, "-D 1|5\n+I 1|3\n-D 2|3\n+I 3|1\n-D 3|1\n-D 3|1\n+I 4|7\n",
                          op_bench_replays[r]),
             &table);
        assert_string_equal(strbuf_cstr(&table), "1|1|3|3\n4|1|7|7\n");
    }
    op_bench_close(&b);
    strbuf_close(&table);
}

/* A delete that goes out in a later batch than the insert, and then the group again. */
static void test_upserts_over_batches(void **state)
{
    (void)state;
    OpBench b;
    open_bench(&b, "k INT|v BIGINT", CHANGELOG_RETRACT, "k", "SUM(v)", CHANGELOG_UPSERT);
    StrBuf out;
    strbuf_init(&out, NULL);
    static const Replay threes = {3, true, false};
    static const char script[] = "+I 1|5\n+I 2|6\n+I 3|7\n"
                                 "-D 1|5\n+I 2|1\n-D 3|7\n"
                                 "+I 3|9\n+I 1|8\n-D 2|1\n";
    assert_string_equal(upserts(&b, script, threes, &out), "+I 1|5 @-\n+I 2|6 @-\n+I 3|7 @-\n"
                                                           "-D 1 @-\n+U 2|7 @-\n-D 3 @-\n"
                                                           "+I 3|9 @-\n+I 1|8 @-\n+U 2|6 @-\n");
    strbuf_close(&out);
    op_bench_close(&b);
}

/* What has gone leaves nothing behind: keys, values that were counted or ordered, long texts. */
static void test_memory_is_given_back(void **state)
{
    (void)state;
    enum { GROUPS = 300, TIMES = 10 };
    static const ChangelogMode modes[] = {CHANGELOG_RETRACT, CHANGELOG_UPSERT};
    StrBuf script;
    strbuf_init(&script, NULL);
    for (int taken = 0; taken < 2; taken++) {
        for (int i = 0; i < GROUPS; i++)
            strbuf_printf(
                &script, "%s a key that is too long to stand inline %d|and a value such as %d|%d\n",
                taken ? "-D" : "+I", i % 50, i, i);
    }
    for (size_t m = 0; m < 2; m++) {
        OpBench b;
        open_bench(
            &b, "k STRING|v STRING|i BIGINT", CHANGELOG_RETRACT, "k",
            "COUNT(DISTINCT v)|MIN(v)|MAX(v)|SUM(DISTINCT i)|MIN(i)|LISTAGG(v)|"
            "LISTAGG(DISTINCT v)|FIRST_VALUE(v)|ARG_MIN(v, i)|JSON_OBJECTAGG(v, i)|MEDIAN(i)|"
            "APPROX_COUNT_DISTINCT(v)",
            modes[m]);
        op_bench_start(&b);
        int64_t used = 0;
        for (int time = 0; time < TIMES; time++) {
            assert_int_equal(op_bench_feed(&b, strbuf_cstr(&script), op_bench_replays[1]), ST_OK);
            strbuf_clear(&b.out);
            if (time == 0)
                used = b.meter.used_bytes;
        }
        assert_in_range(b.meter.used_bytes, 1, used * 5 / 4);
        op_bench_stop(&b);
        op_bench_close(&b);
    }
    strbuf_close(&script);
}

/* Of a text that is too long for a string nothing is kept where no row is taken back: after the
 * second row it is. */
static void test_too_long_texts_are_let_go(void **state)
{
    (void)state;
    enum { SIZE = 9 << 20, TIMES = 12 };
    StrBuf script;
    strbuf_init(&script, NULL);
    strbuf_string(&script, "+I a|");
    strbuf_repeat(&script, 'x', SIZE);
    strbuf_string(&script, "\n");
    static const char *const calls[] = {"LISTAGG(v)", "JSON_ARRAYAGG(v)"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        OpBench b;
        int64_t used = 0;
        open_bench(&b, "k STRING|v STRING", CHANGELOG_APPEND, "k", calls[i], CHANGELOG_UPSERT);
        op_bench_start(&b);
        for (int time = 1; time <= TIMES; time++) {
            assert_int_equal(op_bench_feed(&b, strbuf_cstr(&script), op_bench_replays[1]), ST_OK);
            if (time > 1)
                assert_string_equal(strbuf_cstr(&b.out), "+U a|NULL @-\n");
            strbuf_clear(&b.out);
            if (time == 2)
                used = b.meter.used_bytes;
        }
        assert_in_range(b.meter.used_bytes, 1, used + SIZE);
        op_bench_stop(&b);
        op_bench_close(&b);
    }
    strbuf_close(&script);
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char script[] =
        "+I a key that does not stand inline|a text that does not stand inline\n+I b|c\n"
        "+I a key that does not stand inline|another text of some length\n-D b|c\n"
        "-D a key that does not stand inline|a text that does not stand inline\n";
    static const ChangelogMode modes[] = {CHANGELOG_RETRACT, CHANGELOG_UPSERT};
    static const char *const calls[] = {
        "COUNT(DISTINCT v)|MIN(v)|MAX(v)",
        "LISTAGG(v)|FIRST_VALUE(v)|JSON_OBJECTAGG(k, v)",
        "ARG_MAX(k, v)|LISTAGG(DISTINCT v)|APPROX_COUNT_DISTINCT(v)",
    };
    for (size_t i = 0; i < 2 * sizeof calls / sizeof *calls; i++) {
        OpBench b;
        open_bench(&b, "k STRING|v STRING", CHANGELOG_RETRACT, "k", calls[i / 2], modes[i % 2]);
        op_bench_check_no_memory(&b, script);
        op_bench_close(&b);
    }
    static const char inserts[] = "+I a|a text that does not stand inline\n+I b|c\n+I a|d\n"
                                  "+I a|another text of some length\n";
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        OpBench b;
        open_bench(&b, "k STRING|v STRING", CHANGELOG_APPEND, "k", calls[i], CHANGELOG_RETRACT);
        op_bench_check_no_memory(&b, inserts);
        op_bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inserts),
        cmocka_unit_test(test_retraction),
        cmocka_unit_test(test_order_of_arrival),
        cmocka_unit_test(test_distinct),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_order_of_types),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_no_key),
        cmocka_unit_test(test_many_changes),
        cmocka_unit_test(test_upserts),
        cmocka_unit_test(test_upserts_begin_anew),
        cmocka_unit_test(test_upserts_over_batches),
        cmocka_unit_test(test_memory_is_given_back),
        cmocka_unit_test(test_too_long_texts_are_let_go),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
