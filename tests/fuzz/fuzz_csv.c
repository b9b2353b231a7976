/* CSV records into columns. Beside what fuzz_decode.h checks: every byte is of one row or rejected
 * record at most, and of none only if it is a line break, a blank line or a comment; and which
 * records are rejected does not depend on the columns that are wanted. As a message, the input is
 * one row or one rejected record. */
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

/* Each byte is of one record, or of a line's end. */
static void check_covered(const FormatTable *table, Text input)
{
    char *covered = calloc(1, input.size + 1);
    FormatRun run = {.table = table, .print = {.covered = covered}};
    StrBuf out = {0};
    format_run(&run, input, &out);
    bool mark = text_starts_with(input, TEXT("\xef\xbb\xbf"));
    for (uint32_t i = mark ? 3 : 0; i < input.size; i++) {
        bool line_break = input.ptr[i] == '\n' || input.ptr[i] == '\r';
        if (covered[i] != 1 && covered[i] != 16 && !(covered[i] == 0 && line_break))
            fuzz_report("a byte is lost or doubled", input, strbuf_cstr(&out));
    }
    strbuf_close(&out);
    free(covered);
}

static void check_message(const FormatTable *table, bool ignoring, Text input)
{
    char *covered = calloc(1, input.size + 1);
    FormatRun run = {.table = table, .whole = true, .print = {.covered = covered}};
    StrBuf out = {0}, ignored = {0};
    fuzz_message(table, input, &out);
    format_run(&run, input, &ignored);
    bool row = out.size > 0 && strbuf_cstr(&out)[0] == '[';
    bool rejected = text_starts_with(strbuf_as_text(&out), TEXT("REJECTED"));
    if (row == rejected && !ignoring)
        fuzz_report("neither row nor rejected", input, strbuf_cstr(&out));
    for (uint32_t i = 0; i < input.size; i++) {
        if (covered[i] != 0 && covered[i] != 1 && covered[i] != 16)
            fuzz_report("a message is several records", input, strbuf_cstr(&out));
    }
    strbuf_close(&ignored);
    strbuf_close(&out);
    free(covered);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_decode(&csv_format, tables, TABLES, bytes, size);
    if (size == 0 || size > FUZZ_INPUT_BYTES)
        return 0;
    Text input = {(const char *)bytes + 1, (uint32_t)(size - 1)};
    FormatTable table;
    format_table(&table, &csv_format, text_of(tables[bytes[0] % TABLES]));
    if (bytes[0] % TABLES != COMMENT_TABLE && bytes[0] % TABLES != IGNORING_TABLE)
        check_covered(&table, input);
    fuzz_columns(&table, input, false);
    fuzz_columns(&table, input, true);
    check_message(&table, bytes[0] % TABLES == IGNORING_TABLE, input);
    return 0;
}
