/* Paths into JSON texts against what Flink's engine answered (tests/data/json_paths.txt): each path
 * through JSON_VALUE, JSON_QUERY and JSON_EXISTS, each text through IS JSON. */
#include "tests/support/kernel_harness.h"

enum { LINE_FIELDS = 5 };

typedef struct PathFile {
    char *text, *rest;
} PathFile;

static void read_all(PathFile *file, const char *path)
{
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    long size = ftell(stream);
    rewind(stream);
    file->rest = file->text = calloc((size_t)size + 1, 1);
    assert_non_null(file->text);
    assert_int_equal(fread(file->text, 1, (size_t)size, stream), (size_t)size);
    fclose(stream);
}

/* The next line's fields; false at the end. */
static bool next_line(PathFile *file, char *field[LINE_FIELDS])
{
    char *line;
    do
        line = strsep(&file->rest, "\n");
    while (line != NULL && (*line == '\0' || *line == '#'));
    for (int i = 0; i < LINE_FIELDS; i++)
        field[i] = line == NULL ? NULL : strsep(&line, "\t");
    return field[0] != NULL;
}

/* --- asking --- */

typedef struct Answer {
    char text[3][4096];
} Answer;

static Value text_value(const char *text)
{
    Value value = {.type = type_string()};
    value.as.str = str_of_text(text_of(text));
    return value;
}

static Value null_text(void)
{
    return (Value){.type = type_string(), .null = true};
}

/* The function's answer for one row, with the path as a constant or as a column. */
static void ask(KernelHarness *h, const char *name, Value *value, uint32_t args, bool constant_path,
                char *out, size_t size)
{
    Type type[HARNESS_ARGS];
    const Value *constant[HARNESS_ARGS];
    Column column[HARNESS_ARGS];
    const Column *arg[HARNESS_ARGS];
    for (uint32_t a = 0; a < args; a++) {
        type[a] = value[a].type;
        constant[a] = a == 0 || (a == 1 && !constant_path) ? NULL : &value[a];
        column[a] = harness_column(h, &value[a], a > 1, false);
        arg[a] = &column[a];
    }
    FunctionCall call = {.args = args, .arg = type, .constant = constant};
    Diag diag = {0};
    if (function_bind(text_of(name), &call, &h->arena, SPAN_NONE, &diag) != ST_OK) {
        snprintf(out, size, "%s", error_def(diag.code)->name);
        return;
    }
    Column result = harness_call(h, &call, arg, HARNESS_ROWS, NULL, HARNESS_ROWS);
    if (h->errors.count > 0)
        snprintf(out, size, "ERR");
    else
        snprintf(out, size, "%s", harness_print(h, &call.result, &result, 0));
    if (call.result.id == TYPE_BOOLEAN && *out != 'N' && *out != 'E')
        snprintf(out, size, "%s", *out == 'T' ? "true" : "false");
}

static void ask_all(const char *text, const char *path, bool constant_path, Answer *out)
{
    KernelHarness h;
    harness_open(&h);
    Value value[] = {text_value(text),      text_value(path),    text_value("DEFAULT"),
                     text_value("<empty>"), text_value("ERROR"), null_text()};
    Value query[] = {value[0], value[1], text_value("WITHOUT WRAPPER"), text_value("EMPTY OBJECT"),
                     text_value("ERROR")};
    Value exists[] = {value[0], value[1], text_value("UNKNOWN")};
    ask(&h, "$JSON_VALUE", value, 6, constant_path, out->text[0], sizeof out->text[0]);
    ask(&h, "$JSON_QUERY", query, 5, constant_path, out->text[1], sizeof out->text[1]);
    ask(&h, "$JSON_EXISTS", exists, 3, constant_path, out->text[2], sizeof out->text[2]);
    harness_close(&h);
}

/* --- comparing --- */

static bool same_answers(char *const field[LINE_FIELDS], const Answer *answer)
{
    if (field[2] == NULL || strcmp(field[1], "ILLEGAL") == 0)
        return strncmp(answer->text[0], "E2", 2) == 0;
    for (int i = 0; i < 3; i++) {
        if (strcmp(field[1 + i], answer->text[i]) != 0)
            return false;
    }
    return true;
}

/* A path that is refused as a constant is an error of the row as a column. */
static bool same_as_column(const char *text, const char *path, const Answer *constant)
{
    Answer column;
    ask_all(text, path, false, &column);
    if (strncmp(constant->text[0], "E2", 2) == 0)
        return strcmp(column.text[0], "ERR") == 0 && strcmp(column.text[2], "NULL") == 0;
    return memcmp(&column.text[0], &constant->text[0], strlen(column.text[0]) + 1) == 0 &&
           strcmp(column.text[1], constant->text[1]) == 0 &&
           strcmp(column.text[2], constant->text[2]) == 0;
}

static bool departure_follows(const PathFile *file)
{
    return file->rest != NULL && strncmp(file->rest, "weir\t", 5) == 0;
}

static uint32_t check_path(PathFile *file, const char *text, char *field[LINE_FIELDS])
{
    Answer answer;
    char *next[LINE_FIELDS];
    ask_all(text, field[0], true, &answer);
    bool same = same_answers(field, &answer);
    bool departs = departure_follows(file);
    if (departs && next_line(file, next)) {
        bool refused = next[3] == NULL;
        departs = refused ? strcmp(next[1], answer.text[0]) == 0 : same_answers(next, &answer);
        assert_non_null(next[refused ? 2 : 4]); /* the reason */
    }
    uint32_t wrong = same == departs || !same_as_column(text, field[0], &answer);
    if (wrong != 0)
        print_message("%s of %.60s\nFlink:\t%s\t%s\t%s\nweir\t%s\t%s\t%s\n", field[0], text,
                      field[1], field[2], field[3], answer.text[0], answer.text[1], answer.text[2]);
    return wrong;
}

/* A line "weir" behind it overrules. */
static uint32_t check_is_json(PathFile *file, const char *text, char *field[LINE_FIELDS])
{
    static const char *const names[] = {"IS JSON", "IS JSON OBJECT", "IS JSON ARRAY",
                                        "IS JSON SCALAR"};
    uint32_t wrong = 0;
    if (departure_follows(file))
        next_line(file, field);
    for (int i = 0; i < 4; i++) {
        KernelHarness h;
        char answer[16];
        harness_open(&h);
        Value value = text_value(text);
        ask(&h, names[i], &value, 1, true, answer, sizeof answer);
        if (strcmp(answer, field[1 + i]) != 0) {
            print_message("%s %s: %s\n", text, names[i], answer);
            wrong++;
        }
        harness_close(&h);
    }
    return wrong;
}

static void paths_as_in_flink(void **state)
{
    (void)state;
    PathFile file;
    char *field[LINE_FIELDS], *text = NULL;
    uint32_t paths = 0, wrong = 0;
    read_all(&file, WEIR_SOURCE_DIR "/tests/data/json_paths.txt");
    while (next_line(&file, field)) {
        if (strcmp(field[0], "text") == 0) {
            text = field[1];
        } else if (strcmp(field[0], "is json") == 0) {
            wrong += check_is_json(&file, text, field);
        } else {
            paths++;
            wrong += check_path(&file, text, field);
        }
    }
    free(file.text);
    assert_int_equal(wrong, 0);
    assert_int_equal(paths, 470);
}

/* An array of so many zeros. */
static char *zeros(uint32_t count)
{
    char *text = malloc((size_t)count * 2 + 2);
    assert_non_null(text);
    for (uint32_t i = 0; i < count; i++)
        memcpy(text + (size_t)i * 2, ",0", 2);
    memcpy(text + (size_t)count * 2, "]", 2);
    *text = '[';
    return text;
}

/* So many are let through, and a few more are an error, of a lax path too. */
static void values_of_a_text_are_bounded(void **state)
{
    (void)state;
    static const char *const paths[] = {"lax $[*]", "$..[0]"};
    char *most = zeros(LIMIT_JSON_PATH_VALUES - 2), *more = zeros(LIMIT_JSON_PATH_VALUES);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        for (int limit = 0; limit < 2; limit++) {
            KernelHarness h;
            char answer[16];
            harness_open(&h);
            Value exists[] = {text_value(limit == 0 ? most : more), text_value(paths[i]),
                              text_value("UNKNOWN")};
            ask(&h, "$JSON_EXISTS", exists, 3, true, answer, sizeof answer);
            assert_string_equal(answer, limit == 0 ? "true" : "NULL");
            harness_close(&h);
        }
    }
    free(most);
    free(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_as_in_flink),
        cmocka_unit_test(values_of_a_text_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
