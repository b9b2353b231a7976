/* Names, the pattern language, errors, and rules that every row of every family keeps. */
#include "tests/support/kernel_harness.h"

#include "executor/function/pattern.h"

/* --- patterns --- */

static void letters_take_their_types(void **state)
{
    (void)state;
    static const char *const types[] = {
        "BOOLEAN",        "TINYINT",      "INT",     "BIGINT",       "FLOAT",
        "DOUBLE",         "DECIMAL(5,2)", "CHAR(3)", "STRING",       "BINARY(3)",
        "BYTES",          "DATE",         "TIME(0)", "TIMESTAMP(3)", "TIMESTAMP_LTZ(3)",
        "INTERVAL_MONTH", "INTERVAL_DAY", "NULL",
    };
    /* per type in that order: x fits as it is, c with a cast, - not */
    static const struct {
        const char *letter, *fits;
    } cases[] = {
        {"S", "-------xx--------x"}, {"X", "---------xx------x"}, {"B", "x----------------x"},
        {"I", "-xxx-------------x"}, {"E", "-xxx--x----------x"}, {"N", "-xxxxxx----------x"},
        {"D", "-ccc--x----------x"}, {"F", "-ccccxc----------x"}, {"R", "-cccxxc----------x"},
        {"d", "-----------x-----x"}, {"t", "------------x----x"}, {"T", "-------------x---x"},
        {"L", "--------------x--x"}, {"Y", "---------------x-x"}, {"y", "----------------xx"},
        {"A", "xxxxxxxxxxxxxxxxxx"}, {"O", "xxxxxxxxxxxxxxxxxx"},
    };
    static const char marks[] = {[FIT_NONE] = '-', [FIT_CAST] = 'c', [FIT_EXACT] = 'x'};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
            Type type = harness_type_of(text_of(types[t])), target;
            char mark = marks[pattern_fit(NULL, cases[c].letter, &type, 1, &target)];
            if (mark != cases[c].fits[t])
                fail_msg("%s for %s: %c, expected %c", cases[c].letter, types[t], mark,
                         cases[c].fits[t]);
        }
    }
}

enum { PATTERN_ARGS = 4 };

static void patterns_count_and_bring_together(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        Fit fit;
        const char *arg[PATTERN_ARGS];    /* up to NULL */
        const char *target[PATTERN_ARGS]; /* what they become */
    } cases[] = {
        {"", FIT_EXACT, {NULL}, {NULL}},
        {"", FIT_NONE, {"INT"}, {NULL}},
        {"S I [I]", FIT_EXACT, {"STRING", "INT"}, {"STRING", "INT"}},
        {"S I [I]", FIT_EXACT, {"STRING", "INT", "BIGINT"}, {"STRING", "INT", "BIGINT"}},
        {"S I [I]", FIT_NONE, {"STRING"}, {NULL}},
        {"S I [I]", FIT_NONE, {"STRING", "INT", "INT", "INT"}, {NULL}},
        {"S I [I]", FIT_NONE, {"STRING", "INT", "STRING"}, {NULL}},
        {"S [I I]", FIT_EXACT, {"STRING", "INT", "INT"}, {"STRING", "INT", "INT"}},
        {"S+", FIT_NONE, {NULL}, {NULL}},
        {"S+", FIT_EXACT, {"STRING", "CHAR(3)", "STRING"}, {"STRING", "CHAR(3)", "STRING"}},
        {"S+", FIT_NONE, {"STRING", "INT"}, {NULL}},
        {"S*", FIT_EXACT, {NULL}, {NULL}},
        {"S A*", FIT_EXACT, {"STRING"}, {"STRING"}},
        {"S A*", FIT_EXACT, {"STRING", "INT", "DATE"}, {"STRING", "INT", "DATE"}},
        {"A1 A1", FIT_EXACT, {"INT", "INT"}, {"INT", "INT"}},
        {"A1 A1", FIT_EXACT, {"INT NOT NULL", "INT"}, {"INT NOT NULL", "INT"}},
        {"A1 A1", FIT_CAST, {"INT NOT NULL", "BIGINT"}, {"BIGINT NOT NULL", "BIGINT"}},
        {"A1 A1", FIT_NONE, {"INT", "STRING"}, {NULL}},
        {"A1 A1", FIT_EXACT, {"NULL", "INT NOT NULL"}, {"INT", "INT NOT NULL"}},
        {"A1 A1", FIT_EXACT, {"NULL", "NULL"}, {"NULL", "NULL"}},
        {"A1+",
         FIT_CAST,
         {"INT", "DECIMAL(5,2)", "NULL", "TINYINT"},
         {"DECIMAL(12,2)", "DECIMAL(12,2)", "DECIMAL(12,2)", "DECIMAL(12,2)"}},
        {"B A1 A1", FIT_CAST, {"BOOLEAN", "INT", "DOUBLE"}, {"BOOLEAN", "DOUBLE", "DOUBLE"}},
        {"A1 A2 A1 A2",
         FIT_CAST,
         {"INT", "CHAR(2)", "BIGINT", "CHAR(3)"},
         {"BIGINT", "VARCHAR(3)", "BIGINT", "VARCHAR(3)"}},
        {"D D", FIT_CAST, {"INT", "DECIMAL(5,2)"}, {"DECIMAL(10,0)", "DECIMAL(5,2)"}},
        {"D1 D1", FIT_CAST, {"TINYINT", "DECIMAL(5,2)"}, {"DECIMAL(5,2)", "DECIMAL(5,2)"}},
        {"F F", FIT_CAST, {"INT NOT NULL", "FLOAT"}, {"DOUBLE NOT NULL", "DOUBLE"}},
        {"S", FIT_EXACT, {"NULL"}, {"STRING"}},
        {"T", FIT_EXACT, {"NULL"}, {"TIMESTAMP(3)"}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        Type arg[PATTERN_ARGS], target[PATTERN_ARGS];
        uint32_t args = 0;
        for (; args < PATTERN_ARGS && cases[c].arg[args] != NULL; args++)
            arg[args] = harness_type_of(text_of(cases[c].arg[args]));
        Fit fit = pattern_fit(NULL, cases[c].pattern, arg, args, target);
        if (fit != cases[c].fit)
            fail_msg("case %zu, \"%s\": %d, expected %d", c, cases[c].pattern, fit, cases[c].fit);
        for (uint32_t i = 0; i < args && fit != FIT_NONE; i++)
            harness_check_type(cases[c].pattern, cases[c].target[i], &target[i]);
    }
}

/* --- names --- */

static void names_are_found_in_any_case(void **state)
{
    (void)state;
    assert_true(function_exists(TEXT("ABS")));
    assert_true(function_exists(TEXT("abs")));
    assert_true(function_exists(TEXT("Coalesce")));
    assert_false(function_exists(TEXT("ABSOLUTE")));
    assert_false(function_exists(TEXT("")));
    assert_false(function_exists(TEXT("+")));
    assert_false(function_exists(TEXT("$NEGATE")));
    assert_false(function_exists(TEXT("CAST")));
    static const KernelCase cases[] = {
        {"abs", "INT", "7", {"INT:-7"}},
        {"is null", "BOOLEAN NOT NULL", "FALSE", {"INT:-7"}},
        {"NO_SUCH", NULL, "E2106 function \"NO_SUCH\" not found", {"INT:1"}},
        {"CAST", NULL, "E2106", {"INT:1"}},
    };
    HARNESS_CHECK(cases);
}

static void errors_point_and_help(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    Type type[2] = {type_make(TYPE_INT), type_string()};
    FunctionCall call = {.args = 1, .arg = type};
    Span span = {10, 14};
    assert_int_equal(function_bind(TEXT("ROUDN"), &call, &h.arena, span, &h.diag), ST_SEMANTIC);
    assert_int_equal(h.diag.code, E2106);
    assert_string_equal(h.diag.message, "function \"ROUDN\" not found");
    assert_non_null(strstr(h.diag.hint, "\"ROUND\""));
    assert_int_equal(h.diag.span.start, 10);
    diag_reset(&h.diag);
    call.args = 2;
    assert_int_equal(function_bind(TEXT("LOG"), &call, &h.arena, span, &h.diag), ST_SEMANTIC);
    assert_int_equal(h.diag.code, E2107);
    assert_string_equal(h.diag.message, "function \"LOG\" does not take (INT, STRING)");
    assert_string_equal(h.diag.hint, "LOG(number) | LOG(base, number)");
    assert_int_equal(h.diag.span.end, 14);
    diag_reset(&h.diag);
    /* an error of `prepare` gets the position too */
    assert_int_equal(function_bind(TEXT("NULLIF"), &call, &h.arena, span, &h.diag), ST_SEMANTIC);
    assert_int_equal(h.diag.code, E2107);
    assert_int_equal(h.diag.span.start, 10);
    /* the types of a call that does not bind stay as they were */
    assert_int_equal(type[0].id, TYPE_INT);
    harness_close(&h);
}

static void too_many_arguments(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    static Type type[FUNCTION_MAX_ARGS + 1];
    for (uint32_t i = 0; i <= FUNCTION_MAX_ARGS; i++)
        type[i] = type_make(TYPE_INT);
    FunctionCall call = {.args = FUNCTION_MAX_ARGS + 1, .arg = type};
    assert_int_equal(function_bind(TEXT("GREATEST"), &call, &h.arena, SPAN_NONE, &h.diag),
                     ST_SEMANTIC);
    assert_int_equal(h.diag.code, E2107);
    call.args = FUNCTION_MAX_ARGS;
    assert_int_equal(function_bind(TEXT("GREATEST"), &call, &h.arena, SPAN_NONE, NULL), ST_OK);
    harness_close(&h);
}

/* Each allocation of a binding fails once; the last try has enough. */
static void binding_survives_failing_allocations(void **state)
{
    (void)state;
    static const char *const names[] = {"$IN", "RAND", "NO_SUCH", "TYPEOF"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        Value one = {.type = type_with_null(type_make(TYPE_INT), false), .as.i64 = 1};
        const Value *constant[] = {n == 0 ? NULL : &one, &one, &one};
        uint32_t failed = 0;
        Status status = ST_NOMEM;
        while (status == ST_NOMEM) {
            Arena arena;
            arena_init(&arena, NULL);
            arena.block_size = 16; /* so that each allocation needs a block */
            Type type[] = {one.type, one.type, one.type};
            FunctionCall call = {.args = n == 0 ? 3 : 1, .arg = type, .constant = constant};
            mem_fail_at(failed + 1, false);
            status = function_bind(text_of(names[n]), &call, &arena, SPAN_NONE, NULL);
            mem_fail_at(0, false);
            failed += status == ST_NOMEM;
            arena_close(&arena);
        }
        assert_int_equal(status, n == 2 ? ST_SEMANTIC : ST_OK);
        assert_true(failed > 0);
    }
}

/* --- every row of every family --- */

static void rows_are_whole(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < function_family_count; f++) {
        const FunctionFamily *family = &function_families[f];
        assert_true(family->title != NULL && family->title[0] != '\0');
        const ScalarDef *previous = NULL;
        for (const ScalarDef *def = family->def; def->name != NULL; previous = def++) {
            bool first = previous == NULL || strcmp(previous->name, def->name) != 0;
            if (first && (def->signature == NULL || def->doc == NULL))
                fail_msg("%s has no signature or doc", def->name);
            if (def->doc != NULL && (strlen(def->doc) < 8 || def->doc[strlen(def->doc) - 1] != '.'))
                fail_msg("%s: the doc is no sentence: %s", def->name, def->doc);
            for (const char *c = def->name; *c != '\0'; c++) {
                if (*c >= 'a' && *c <= 'z')
                    fail_msg("%s is not in upper case", def->name);
            }
            if (def->args == NULL)
                continue; /* CAST */
            if (def->args[strspn(def->args, "SXBIENDFRdtTLYyAOamC 123456789[]*+")] != '\0')
                fail_msg("%s: pattern %s", def->name, def->args);
            if (def->result == NULL || (def->kernel == NULL && def->prepare == NULL))
                fail_msg("%s(%s) cannot be bound", def->name, def->args);
            if ((def->flags & FN_TOTAL) != 0 &&
                (def->flags & (FN_FALLIBLE | FN_OWN_NULLS | FN_MAY_NULL)) != 0)
                fail_msg("%s(%s): FN_TOTAL contradicts another flag", def->name, def->args);
        }
    }
}

static void overloads_stand_together_in_one_family(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < function_family_count; f++) {
        const ScalarDef *previous = NULL;
        for (const ScalarDef *def = function_families[f].def; def->name != NULL; previous = def++) {
            if (previous != NULL && strcmp(previous->name, def->name) == 0)
                continue;
            uint32_t starts = 0;
            for (uint32_t g = 0; g < function_family_count; g++) {
                const ScalarDef *before = NULL;
                for (const ScalarDef *other = function_families[g].def; other->name != NULL;
                     before = other++) {
                    bool run = before != NULL && strcmp(before->name, other->name) == 0;
                    starts += !run && strcmp(other->name, def->name) == 0;
                }
            }
            if (starts != 1)
                fail_msg("the rows of %s stand in %u places", def->name, starts);
        }
    }
}

/* --- what kernels call --- */

static KernelCall make_call(KernelHarness *h, Column *out)
{
    return (KernelCall){
        .scratch = &h->arena, .errors = &h->errors, .out = out, .rows = 3, .count = 3};
}

static void a_row_fails_once(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    KernelCall call = make_call(&h, NULL);
    kernel_fail(&call, 2, E5005, "%d divided by zero", 7);
    kernel_fail(&call, 2, E5004, "another");
    kernel_fail(&call, 0, E5007, "third");
    assert_int_equal(h.errors.count, 2);
    assert_int_equal(h.errors.item[0].row, 2);
    assert_int_equal(h.errors.item[0].code, E5005);
    assert_string_equal(h.errors.item[0].message, "7 divided by zero");
    assert_int_equal(h.errors.item[1].row, 0);
    assert_true(bit_get(h.errors.failed, 0) && bit_get(h.errors.failed, 2) &&
                !bit_get(h.errors.failed, 1));
    harness_close(&h);
}

static void a_long_message_is_cut_between_code_points(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    KernelCall call = make_call(&h, NULL);
    char text[600];
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xb1", 2);
    kernel_fail(&call, 0, E5007, "x%.598s", text);
    const char *message = h.errors.item[0].message;
    assert_true(strlen(message) < 256 && strlen(message) > 240);
    assert_string_equal(message + strlen(message) - 5, "\xc3\xb1...");
    kernel_fail(&call, 1, E5007, "%.598s", text);
    message = h.errors.item[1].message;
    assert_string_equal(message + strlen(message) - 5, "\xc3\xb1...");
    harness_close(&h);
}

static void a_row_fails_even_without_memory(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    KernelCall call = make_call(&h, NULL);
    mem_fail_at(1, true);
    kernel_fail(&call, 1, E5005, "%d divided by zero", 7);
    mem_fail_at(0, false);
    assert_int_equal(h.errors.count, 1);
    assert_string_equal(h.errors.item[0].message, error_def(E5005)->title);
    harness_close(&h);
}

static void strings_are_copied(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    Column out;
    assert_int_equal(column_make(&h.arena, PHYS_STR, 3, &out), ST_OK);
    KernelCall call = make_call(&h, &out);
    char text[] = "more than twelve bytes";
    assert_int_equal(kernel_put_str(&call, 0, text, (uint32_t)strlen(text)), ST_OK);
    assert_int_equal(kernel_put_str(&call, 1, text, 4), ST_OK);
    memset(text, 'x', strlen(text));
    assert_true(text_is(str_text(&out.data.str[0]), "more than twelve bytes"));
    assert_true(text_is(str_text(&out.data.str[1]), "more"));
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_take_their_types),
        cmocka_unit_test(patterns_count_and_bring_together),
        cmocka_unit_test(names_are_found_in_any_case),
        cmocka_unit_test(errors_point_and_help),
        cmocka_unit_test(too_many_arguments),
        cmocka_unit_test(binding_survives_failing_allocations),
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(overloads_stand_together_in_one_family),
        cmocka_unit_test(a_row_fails_once),
        cmocka_unit_test(a_long_message_is_cut_between_code_points),
        cmocka_unit_test(a_row_fails_even_without_memory),
        cmocka_unit_test(strings_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
