/* Which overload a call is, what it gives, what is made of its constants; rules that every row
 * keeps. */
#include "tests/support/kernel_harness.h"

#include "executor/function/aggregate.h"

typedef struct BindCase {
    const char *name;
    const char *result; /* a type, or an error */
    const char *hint;
    const char *arg[AGGREGATE_MAX_ARGS + 1]; /* "=INT:5" is a constant */
} BindCase;

static void check_bind(KernelHarness *h, const BindCase *c)
{
    Type type[AGGREGATE_MAX_ARGS + 1];
    Value value[AGGREGATE_MAX_ARGS + 1];
    const Value *constant[AGGREGATE_MAX_ARGS + 1] = {NULL};
    const uint32_t constants[AGGREGATE_MAX_ARGS + 1] = {1, 1, 1, 1};
    AggregateCall call = {.arg = type, .constant = constant, .constants = constants};
    for (; call.args <= AGGREGATE_MAX_ARGS && c->arg[call.args] != NULL; call.args++) {
        HarnessLiteral literal = harness_literal(h, c->arg[call.args]);
        value[call.args] = literal.value;
        type[call.args] = literal.value.type;
        if (literal.known)
            constant[call.args] = &value[call.args];
    }
    diag_reset(&h->diag);
    Status status = aggregate_bind(text_of(c->name), &call, &h->arena, (Span){3, 9}, &h->diag);
    if (status != ST_OK) {
        harness_check_error(c->name, c->result, h->diag.code, h->diag.message);
        assert_int_equal(h->diag.span.start, 3);
        assert_int_equal(h->diag.span.end, 9);
        assert_string_equal(h->diag.hint, c->hint == NULL ? "" : c->hint);
        return;
    }
    harness_check_type(c->name, c->result, &call.result);
    for (uint32_t i = 0; i < call.args; i++) {
        if (aggregate_wants_constant(call.def, i))
            assert_true(call.data != NULL && constant[i] != NULL);
    }
}

static void calls_are_bound(void **state)
{
    (void)state;
    static const char percentile[] = "PERCENTILE([DISTINCT] number, share [, times])";
    static const BindCase cases[] = {
        {"COUNT", "BIGINT NOT NULL", NULL, {NULL}},
        {"count", "BIGINT NOT NULL", NULL, {"STRING:a"}},
        {"COUNT", "BIGINT NOT NULL", NULL, {"STRING:a", "INT:1", "DATE:2020-01-01"}},
        {"SUM", "TINYINT", NULL, {"TINYINT NOT NULL:1"}},
        {"SUM", "DECIMAL(38, 2)", NULL, {"DECIMAL(10,2):1"}},
        {"AVG", "DECIMAL(38, 6)", NULL, {"DECIMAL(10,2):1"}},
        {"AVG", "FLOAT", NULL, {"FLOAT:1"}},
        {"SUM", "E2107 SUM does not take (BOOLEAN)", "SUM([DISTINCT] number)", {"BOOLEAN:true"}},
        {"SUM",
         "E2107 SUM does not take (INTERVAL SECOND(3))",
         "SUM([DISTINCT] number)",
         {"INTERVAL_DAY:1"}},
        {"MIN", "BOOLEAN", NULL, {"BOOLEAN NOT NULL:true"}},
        {"MAX", "CHAR(3)", NULL, {"CHAR(3):abc"}},
        {"VAR_POP", "DECIMAL(38, 6)", NULL, {"DECIMAL(10,2):1"}},
        {"STDDEV", "INT", NULL, {"INT:1"}},
        {"LISTAGG", "STRING", NULL, {"CHAR(3):abc"}},
        {"LISTAGG", "STRING", NULL, {"STRING:a", "=STRING:, "}},
        {"LISTAGG",
         "E2107 LISTAGG does not take (STRING, STRING)",
         "LISTAGG([DISTINCT] text [, separator] [ORDER BY key, ...])",
         {"STRING:a", "STRING:b"}},
        {"LISTAGG",
         "E2107 the separator of LISTAGG cannot be NULL",
         NULL,
         {"STRING:a", "=STRING:NULL"}},
        {"PERCENTILE", "DOUBLE", NULL, {"INT:1", "=DECIMAL(2,1):0.5"}},
        {"PERCENTILE", "DOUBLE", NULL, {"DECIMAL(9,2):1", "=INT:1", "BIGINT:4"}},
        {"PERCENTILE", "DOUBLE", NULL, {"DOUBLE:1", "=DOUBLE:0"}},
        {"PERCENTILE",
         "E2107 the second argument of PERCENTILE is a number from 0 to 1",
         NULL,
         {"INT:1", "=DECIMAL(3,2):1.01"}},
        {"PERCENTILE",
         "E2107 the second argument of PERCENTILE is a number from 0 to 1",
         NULL,
         {"INT:1", "=DOUBLE:nan"}},
        {"PERCENTILE",
         "E2107 the second argument of PERCENTILE is a number from 0 to 1",
         NULL,
         {"INT:1", "=INT:NULL"}},
        {"PERCENTILE", "E2107 PERCENTILE does not take (INT)", percentile, {"INT:1"}},
        {"PERCENTILE",
         "E2107 PERCENTILE does not take (INT, DOUBLE)",
         percentile,
         {"INT:1", "DOUBLE:0.5"}},
        {"PERCENTILE",
         "E2107 PERCENTILE does not take (INT, DOUBLE, DOUBLE)",
         percentile,
         {"INT:1", "=DOUBLE:0.5", "DOUBLE:2"}},
        {"ARG_MIN", "STRING", NULL, {"STRING NOT NULL:a", "TIMESTAMP(3):2020-01-01 00:00:00"}},
        {"ARG_MAX", "E2107 ARG_MAX does not take (INT)", "ARG_MAX(value, by)", {"INT:1"}},
        {"JSON_OBJECTAGG", "VARCHAR(2000) NOT NULL", NULL, {"STRING:a", "INT:1"}},
        {"JSON_OBJECTAGG",
         "E2107 JSON_OBJECTAGG does not take (INT, INT)",
         "JSON_OBJECTAGG([KEY] key VALUE value [{NULL | ABSENT} ON NULL])",
         {"INT:1", "INT:1"}},
        {"APPROX_COUNT_DISTINCT", "BIGINT NOT NULL", NULL, {"BYTES:61"}},
        {"NOPE", "E2106 there is no aggregate function \"NOPE\"", NULL, {"INT:1"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        KernelHarness h;
        harness_open(&h);
        check_bind(&h, &cases[i]);
        harness_close(&h);
    }
}

/* --- the tables --- */

static void check_kept(const AggregateDef *def)
{
    uint32_t sorted = AGG_SORTED | AGG_SORTED_SECOND, indexed = AGG_LISTED | AGG_INDEXED;
    assert_true(def->add != NULL && def->merge != NULL && def->emit != NULL);
    assert_true(def->state_size % 8 == 0);
    /* what grows is given back, and found again when rows go */
    if ((def->flags & (sorted | AGG_LISTED)) != 0)
        assert_non_null(def->drop);
    if ((def->flags & AGG_LISTED) != 0 && def->retract != NULL)
        assert_int_equal(def->flags & indexed, indexed);
    if ((def->flags & AGG_ORDERED) != 0)
        assert_int_equal(def->flags & (AGG_LISTED | AGG_ARRIVAL), AGG_LISTED | AGG_ARRIVAL);
    if ((def->flags & AGG_SORTED_SECOND) != 0)
        assert_true((def->flags & AGG_SORTED) != 0);
    if (def->unmerge != NULL)
        assert_true(def->retract != NULL && (def->flags & AGG_ARRIVAL) == 0);
}

/* Every row can be given rows back, by itself or by another one that takes the same arguments. */
static void rows_keep_the_rules(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        const AggregateDef *def = aggregate_families[f], *named = NULL;
        for (; def->name != NULL; def++) {
            const AggregateDef *back = aggregate_over(def, true);
            if (named == NULL || strcmp(named->name, def->name) != 0) {
                named = def;
                assert_true(def->doc != NULL);
                assert_true(def->signature != NULL || (def->flags & AGG_INTERNAL) != 0);
            }
            check_kept(def);
            assert_true(back != NULL && back->retract != NULL);
            check_kept(back);
            assert_string_equal(back->name, def->name);
            /* a NULL is to both what it is to one */
            assert_int_equal(back->flags & AGG_TAKES_NULLS, def->flags & AGG_TAKES_NULLS);
            assert_int_equal(back->flags & (AGG_ARRIVAL | AGG_LONG | AGG_ORDERED),
                             def->flags & (AGG_ARRIVAL | AGG_LONG | AGG_ORDERED));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(calls_are_bound),
                                       cmocka_unit_test(rows_keep_the_rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
