/* What real Flink reads from json and csv (tests/data/formats), less Weir's departures. */
#include "format_harness.h"

enum { LINE_MAX_BYTES = 4096 };

/* "declaration | input | expected [| Flink: ...]" */
typedef struct Golden {
    Text declaration, input, expected;
} Golden;

static bool golden_split(char *line, Golden *out)
{
    char *bar = strstr(line, " | ");
    if (line[0] == '#' || bar == NULL)
        return false;
    char *second = strstr(bar + 3, " | ");
    assert_non_null(second);
    char *third = strstr(second + 3, " | ");
    size_t size = strcspn(second + 3, "\n");
    if (third != NULL)
        size = (size_t)(third - second) - 3;
    out->declaration = (Text){line, text_unescape(line, (uint32_t)(bar - line))};
    out->input = (Text){bar + 3, text_unescape(bar + 3, (uint32_t)(second - bar - 3))};
    out->expected = (Text){second + 3, text_unescape(second + 3, (uint32_t)size)};
    return true;
}

static void check(const FormatRun *run, const Golden *golden, int line, StrBuf *out)
{
    strbuf_clear(out);
    format_run(run, golden->input, out);
    if (out->size == 0)
        strbuf_string(out, "NOTHING");
    if (!text_equal(strbuf_as_text(out), golden->expected))
        fail_msg("line %d, step %zu: %.*s\ngave %s, expected %.*s", line, run->step,
                 TEXT_ARG(golden->input), strbuf_cstr(out), TEXT_ARG(golden->expected));
}

static void check_file(const FormatClass *format, const char *path, int at_least)
{
    static const size_t steps[] = {0, 1, 3, 10};
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "r");
    int number = 0, cases = 0, messages = 0;
    StrBuf out;
    strbuf_init(&out, NULL);
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        Golden golden;
        number++;
        if (!golden_split(line, &golden))
            continue;
        FormatTable table;
        Diag diag = {0};
        format_table(&table, format, golden.declaration);
        assert_int_equal(options_check(&table.scope, table.options, SPAN_NONE, &diag), ST_OK);
        assert_int_equal(
            format->check(&table.schema, false, &table.scope, table.options, SPAN_NONE, &diag),
            ST_OK);
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            FormatRun run = {.table = &table, .step = steps[i]};
            check(&run, &golden, number, &out);
        }
        Golden message = golden;
        if (format_same_as_message(format, &table, golden.input, &message.input)) {
            FormatRun run = {.table = &table, .whole = true};
            check(&run, &golden, number, &out);
            check(&run, &message, number, &out);
            messages++;
        }
        cases++;
    }
    fclose(file);
    strbuf_close(&out);
    assert_true(cases >= at_least);
    assert_true(messages >= at_least / 2);
}

static void test_json(void **state)
{
    (void)state;
    check_file(&json_format, WEIR_SOURCE_DIR "/tests/data/formats/json.txt", 300);
}

static void test_csv(void **state)
{
    (void)state;
    check_file(&csv_format, WEIR_SOURCE_DIR "/tests/data/formats/csv.txt", 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_csv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
