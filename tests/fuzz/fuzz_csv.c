/* CSV records into columns. Beside what fuzz_decode.h checks: every byte is of one row or rejected
 * record at most, and of none only if it is a line break, a blank line or a comment; and which
 * records are rejected does not depend on the columns that are wanted. */
#include "tests/fuzz/fuzz_decode.h"

static const char *const tables[] = {
    "a INT, b STRING, c DOUBLE",
    "a BIGINT, b VARCHAR(5), c DECIMAL(10,2), d BOOLEAN, e DATE, f TIME, g TIMESTAMP(3), h BYTES",
    "a STRING NOT NULL, b INT; csv.field-delimiter = ;; csv.null-literal = n/a",
    "a STRING, b STRING; csv.disable-quote-character = true",
    "a STRING, b STRING; csv.escape-character = \\; csv.allow-comments = true",
    "a INT, b STRING; csv.ignore-parse-errors = true",
};
enum {
    TABLES = sizeof tables / sizeof tables[0],
    COMMENT_TABLE = TABLES - 2,
    IGNORING_TABLE = TABLES - 1
};

static void report(const char *what, Text input, const char *more)
{
    fprintf(stderr, "%s: <%.*s> %s\n", what, TEXT_ARG(input), more);
    abort();
}

static void check_covered(Text input, const char *covered, const char *rows)
{
    bool mark = text_starts_with(input, TEXT("\xef\xbb\xbf"));
    for (uint32_t i = mark ? 3 : 0; i < input.size; i++) {
        bool line_break = input.ptr[i] == '\n' || input.ptr[i] == '\r';
        if (covered[i] != 1 && covered[i] != 16 && !(covered[i] == 0 && line_break))
            report("a byte is lost or doubled", input, rows);
    }
}

static void check_columns(const FormatTable *table, uint32_t number, Text input)
{
    static const uint32_t last[] = {1};
    char *by_all = calloc(1, input.size + 1), *by_none = calloc(1, input.size + 1),
         *by_last = calloc(1, input.size + 1);
    FormatRun all = {.table = table, .print = {.covered = by_all}};
    FormatRun none = {
        .table = table, .wanted = last, .wanted_count = 0, .print = {.covered = by_none}};
    FormatRun one = {
        .table = table, .wanted = last, .wanted_count = 1, .print = {.covered = by_last}};
    StrBuf out = {0};
    format_run(&all, input, &out);
    if (number != COMMENT_TABLE && number != IGNORING_TABLE)
        check_covered(input, by_all, strbuf_cstr(&out));
    format_run(&none, input, &out);
    format_run(&one, input, &out);
    if (memcmp(by_all, by_none, input.size) != 0 || memcmp(by_all, by_last, input.size) != 0)
        report("depends on the columns", input, strbuf_cstr(&out));
    strbuf_close(&out);
    free(by_all);
    free(by_none);
    free(by_last);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_decode(&csv_format, tables, TABLES, bytes, size);
    if (size == 0 || size > FUZZ_INPUT_BYTES)
        return 0;
    Text input = {(const char *)bytes + 1, (uint32_t)(size - 1)};
    FormatTable table;
    format_table(&table, &csv_format, text_of(tables[bytes[0] % TABLES]));
    check_columns(&table, bytes[0] % TABLES, input);
    return 0;
}
