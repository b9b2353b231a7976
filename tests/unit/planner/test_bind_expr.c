/* The golden tests of expressions: what a real Flink answered (tests/sql/expressions), line by
 * line: parsed, bound, folded and run. Where Weir decided otherwise, or cannot yet, the line stands
 * in the file's table of departures with our answer and the reason; a row there that is not needed
 * is an error too. */
#include "../../support/bind_harness.h"

#include "storage/data/number.h"

/* Of flink-expressions.txt. */
static const RowCell first_row[] = {
    {"z", "INT:0"},
    {"i", "INT:7"},
    {"j", "INT:-7"},
    {"mx", "INT:2147483647"},
    {"mn", "INT:-2147483648"},
    {"bmx", "BIGINT:9223372036854775807"},
    {"si", "SMALLINT:32767"},
    {"s", "STRING:hello"},
    {"g", "STRING:garbage"},
    {"n", "INT:NULL"},
    {"ns", "STRING:NULL"},
    {"d", "DOUBLE:7.0"},
    {"dz", "DOUBLE:0.0"},
    {"m1", "DECIMAL(10,2):12.35"},
    {"m2", "DECIMAL(10,2):-7.25"},
    {"m0", "DECIMAL(10,2):0"},
    {"mh", "DECIMAL(3,1):2.5"},
    {"big", "DECIMAL(38,0):12345678901234567890123456789012345678"},
    {"ts", "TIMESTAMP(3):2020-02-29 13:45:56.789"},
    {"dt", "DATE:2020-02-29"},
    {"tm", "TIME:13:45:56"},
    {"s12", "STRING:12"},
    {"sf", "STRING:12.7"},
    {"e", "STRING:"},
    {NULL, NULL},
};

/* Of flink-binding.txt and flink-random.txt. */
static const RowCell second_row[] = {
    {"i", "INT:7"},
    {"n", "INT:NULL"},
    {"s", "STRING:hello"},
    {"ts", "TIMESTAMP(3):2020-02-29 13:45:56.789"},
    {"dt", "DATE:2020-02-29"},
    {"tm", "TIME:13:45:56"},
    {"b", "BOOLEAN:true"},
    {"d", "DOUBLE:7.5"},
    {"m1", "DECIMAL(10,2):12.35"},
    {"tz", "TIMESTAMP_LTZ(3):2020-01-01 10:00:00"},
    {"by1", "BYTES:6869"},
    {NULL, NULL},
};

/* Of flink-json.txt. */
static const RowCell json_row[] = {
    {"i", "INT:7"},
    {"n", "INT:NULL"},
    {"s", "STRING:he\"llo"},
    {"ns", "STRING:NULL"},
    {"j", "STRING:{\"a\":1,\"b\":{\"d\":[1,2.50,\"x\"],\"c\":null},\"s\":\"text\",\"t\":true,\"e\":"
          "12.5}"},
    {"bad", "STRING:{\"a\":"},
    {"p", "STRING:$.a"},
    {"ts", "TIMESTAMP(3):2020-02-29 13:45:56.789"},
    {"dt", "DATE:2020-02-29"},
    {"tm", "TIME:13:45:56"},
    {"b", "BOOLEAN:true"},
    {"d", "DOUBLE:7.5"},
    {"f", "FLOAT:1.1"},
    {"m1", "DECIMAL(10,2):12.30"},
    {"tz", "TIMESTAMP_LTZ(3):2020-01-01 10:00:00"},
    {"by1", "BYTES:6869"},
    {"bi", "BIGINT:12345678901"},
    {"ti", "TINYINT:-1"},
    {NULL, NULL},
};

/* --- the files --- */

typedef struct GoldenLine {
    char *expression, *answer, *reason; /* reason: departures only */
    bool used;
} GoldenLine;

enum { GOLDEN_LINES = 600 };

typedef struct GoldenFile {
    char *text;
    GoldenLine line[GOLDEN_LINES];
    uint32_t count;
} GoldenFile;

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s cannot be read", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    rewind(file);
    char *text = calloc((size_t)size + 1, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
    fclose(file);
    return text;
}

/* "expression  =>  answer" with, in departures, "  #  reason" behind. */
static void golden_open(GoldenFile *file, const char *name, const char *suffix)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/sql/expressions/%s.%s", WEIR_SOURCE_DIR, name, suffix);
    memset(file, 0, sizeof *file);
    file->text = read_file(path);
    char *rest = file->text, *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (*line == '\0' || *line == '#')
            continue;
        char *arrow = strstr(line, "  =>  ");
        assert_non_null(arrow);
        assert_in_range(file->count, 0, GOLDEN_LINES - 1);
        *arrow = '\0';
        GoldenLine *golden = &file->line[file->count++];
        *golden = (GoldenLine){.expression = line, .answer = arrow + strlen("  =>  ")};
        golden->reason = strstr(golden->answer, "  #  ");
        if (golden->reason != NULL) {
            *golden->reason = '\0';
            golden->reason += strlen("  #  ");
        }
    }
}

static GoldenLine *golden_find(GoldenFile *file, const char *expression)
{
    for (uint32_t i = 0; i < file->count; i++) {
        if (strcmp(file->line[i].expression, expression) == 0)
            return &file->line[i];
    }
    return NULL;
}

/* --- comparing --- */

static bool is_error(const char *answer)
{
    return harness_expects_error(answer);
}

/* Flink refuses when planning or when running; so must we, in the same of the two. */
static bool same_error(const char *flink, const char *ours)
{
    bool at_run_time = strncmp(flink, "ERROR at run time", strlen("ERROR at run time")) == 0;
    return is_error(ours) && strcmp(ours, "E2001") != 0 &&
           (strstr(ours, "at run time") != NULL) == at_run_time;
}

/* FLOATs and DOUBLEs compare as numbers: the oracle prints 7.0 as 7. */
static bool same_number(const char *flink, const char *ours, const char *type)
{
    const char *a = strstr(flink, type), *b = strstr(ours, type);
    if (a == NULL || b == NULL || strcmp(a, b) != 0)
        return false;
    double x, y;
    return double_parse((Text){flink, (uint32_t)(a - flink)}, &x) &&
           double_parse((Text){ours, (uint32_t)(b - ours)}, &y) && memcmp(&x, &y, sizeof x) == 0;
}

static bool same_answer(const char *flink, const char *ours)
{
    if (strncmp(flink, "ERROR", 5) == 0)
        return same_error(flink, ours);
    return strcmp(flink, ours) == 0 || same_number(flink, ours, ", DOUBLE") ||
           same_number(flink, ours, ", FLOAT");
}

typedef struct GoldenCounts {
    uint32_t equal, departures, not_yet, wrong;
} GoldenCounts;

static void check_line(BindHarness *h, const GoldenLine *flink, GoldenFile *departures,
                       GoldenCounts *counts)
{
    StrBuf ours;
    strbuf_init(&ours, NULL);
    bind_harness_answer(h, flink->expression, &ours);
    GoldenLine *departure = golden_find(departures, flink->expression);
    bool same = same_answer(flink->answer, strbuf_cstr(&ours));
    if (departure != NULL)
        departure->used = true;
    if (departure != NULL && !same && strcmp(departure->answer, strbuf_cstr(&ours)) == 0) {
        bool not_yet = strcmp(departure->answer, "E2001") == 0;
        *(not_yet ? &counts->not_yet : &counts->departures) += 1;
    } else if (departure == NULL && same) {
        counts->equal++;
    } else {
        counts->wrong++;
        print_message("%s\n    Flink:   %s\n    Weir:    %s\n", flink->expression, flink->answer,
                      strbuf_cstr(&ours));
        if (departure != NULL)
            print_message("    decided: %s\n", departure->answer);
        if (h->diag.set)
            print_message("    %s: %s\n", h->diag.message, h->diag.hint);
    }
    strbuf_close(&ours);
}

static void check_file(const char *name, const RowCell *row, uint32_t expressions)
{
    static GoldenFile flink, departures;
    golden_open(&flink, name, "txt");
    golden_open(&departures, name, "departures");
    BindHarness h;
    GoldenCounts counts = {0};
    bind_harness_open(&h, row);
    for (uint32_t i = 0; i < flink.count; i++)
        check_line(&h, &flink.line[i], &departures, &counts);
    bind_harness_close(&h);
    for (uint32_t i = 0; i < departures.count; i++) {
        if (departures.line[i].used && departures.line[i].reason != NULL)
            continue;
        counts.wrong++;
        print_message("departure without a use or a reason: %s\n", departures.line[i].expression);
    }
    print_message("%s: %u expressions: %u as Flink, %u departures, %u not yet, %u wrong\n", name,
                  flink.count, counts.equal, counts.departures, counts.not_yet, counts.wrong);
    assert_int_equal(flink.count, expressions);
    assert_int_equal(counts.wrong, 0);
    free(flink.text);
    free(departures.text);
}

static void test_reference_answers(void **state)
{
    (void)state;
    check_file("flink-expressions", first_row, 364);
}

static void test_binding_answers(void **state)
{
    (void)state;
    check_file("flink-binding", second_row, 361);
}

static void test_random_answers(void **state)
{
    (void)state;
    check_file("flink-random", second_row, 500);
}

static void test_json_answers(void **state)
{
    (void)state;
    check_file("flink-json", json_row, 368);
}

static void test_nested_answers(void **state)
{
    (void)state;
    check_file("flink-nested", first_row, 221);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference_answers), cmocka_unit_test(test_binding_answers),
        cmocka_unit_test(test_random_answers),    cmocka_unit_test(test_json_answers),
        cmocka_unit_test(test_nested_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
