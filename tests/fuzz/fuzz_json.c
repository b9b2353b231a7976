/* JSON records into columns. Beside what fuzz_decode.h checks:
 *
 * - a record alone gives what it gives among others: a decoder that sees it as its first takes the
 *   plain way, one that has learnt its shape the fast ones;
 * - every line that is not empty gives a row, a rejected record, or elements that do;
 * - which lines are rejected does not depend on the columns that are wanted;
 * - a line gives the same as a message does, alone or behind others;
 * - Weir and Jansson agree on which lines are JSON, and which messages, but for what is listed in
 *   departs(). */
#include <jansson.h>

#include "storage/base/limits.h"
#include "tests/fuzz/fuzz_decode.h"

static const char *const tables[] = {
    "a INT, b STRING, c DOUBLE",
    "a BIGINT, b VARCHAR(5), c DECIMAL(10,2), d BOOLEAN, e DATE, f TIME, g TIMESTAMP(3), h BYTES",
    "a STRING NOT NULL, b TINYINT NOT NULL, c FLOAT",
    "a TIMESTAMP(6), b TIMESTAMP_LTZ(3); json.timestamp-format.standard = ISO-8601",
    "a INT, b STRING; json.ignore-parse-errors = true",
    "a ROW<x INT, y ROW<z STRING, w ARRAY<DOUBLE>>>, b ARRAY<ROW<x INT, y STRING>>, c MAP<STRING, "
    "INT>, d MULTISET<STRING>",
    "a MAP<STRING, ROW<x TIMESTAMP(3), y MAP<STRING, ARRAY<BOOLEAN>>>>, b ARRAY<ARRAY<DECIMAL(5,1)>"
    ">, c ROW<x STRING NOT NULL, y INT NOT NULL> NOT NULL",
    "a ARRAY<ROW<x INT, y MAP<STRING, STRING>>>, b ROW<x INT>; json.ignore-parse-errors = true",
};
enum { TABLES = sizeof tables / sizeof tables[0] };

static bool ignores_errors(const char *declaration)
{
    return strstr(declaration, "ignore-parse-errors = true") != NULL;
}

/* --- Jansson --- */

/* How deep brackets nest outside of strings, in a line that is JSON. */
static uint32_t nesting(Text line)
{
    uint32_t depth = 0, deepest = 0;
    bool text = false;
    for (uint32_t i = 0; i < line.size; i++) {
        char c = line.ptr[i];
        if (text) {
            i += c == '\\';
            text = c != '"';
        } else {
            text = c == '"';
            depth += c == '{' || c == '[' ? 1u : c == '}' || c == ']' ? -1u : 0;
            deepest = depth > deepest ? depth : deepest;
        }
    }
    return deepest;
}

/* Whether a control character, line feeds between tokens aside, is in the text. What is a string is
 * judged as if the text were JSON. */
static bool has_control(Text text)
{
    bool string = false;
    for (uint32_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if ((unsigned char)c < 0x20 && c != '\r' && (c != '\n' || string))
            return true;
        if (string && c == '\\')
            i++;
        else if (c == '"')
            string = !string;
    }
    return false;
}

/* Where Weir means to differ from Jansson. */
static bool departs(Text line, bool jansson_accepts, const char *jansson_error)
{
    if (has_control(line))
        return true; /* raw control characters in strings are let through, as Flink does */
    if (memchr(line.ptr, '\r', line.size) != NULL)
        return true;
    if (jansson_accepts)
        return nesting(line) > LIMIT_JSON_DEPTH;
    return strstr(jansson_error, "overflow") != NULL ||
           strstr(jansson_error, "NUL byte in object key") != NULL ||
           strstr(jansson_error, "maximum parsing depth") != NULL;
}

/* A broken record is rejected whole. An element of an array stands with its own bytes at the offset
 * of its line, so it never reaches the line's last byte. */
static bool is_broken(const FormatTable *table, Text line, bool whole)
{
    char *covered = calloc(1, line.size + 1);
    FormatRun run = {.table = table, .whole = whole, .print = {.covered = covered}};
    StrBuf ignored = {0};
    format_run(&run, line, &ignored);
    bool broken = line.size > 0 && covered[line.size - 1] == 16;
    strbuf_close(&ignored);
    free(covered);
    return broken;
}

static void compare_with_jansson(const FormatTable *table, Text line, bool whole)
{
    json_error_t error = {.text = ""};
    json_t *value =
        json_loadb(line.ptr, line.size, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
    bool broken = is_broken(table, line, whole);
    if ((value != NULL) == broken && !departs(line, value != NULL, error.text))
        fuzz_report(broken ? "only Jansson accepts" : "only Weir accepts", line, error.text);
    json_decref(value);
}

/* --- line by line --- */

static Text next_line(Text *rest)
{
    const char *newline = memchr(rest->ptr, '\n', rest->size);
    Text line = {rest->ptr, newline == NULL ? rest->size : (uint32_t)(newline - rest->ptr)};
    uint32_t taken = line.size + (newline != NULL);
    *rest = (Text){rest->ptr + taken, rest->size - taken};
    return line;
}

/* Whether the line is an array without elements, which is no record. */
static bool is_empty_array(Text line)
{
    char rest[3] = "";
    for (uint32_t i = 0, kept = 0; i < line.size; i++) {
        bool blank = strchr(" \t\r\n", line.ptr[i]) != NULL && line.ptr[i] != '\0';
        if (!blank && kept == 2)
            return false;
        if (!blank)
            rest[kept++] = line.ptr[i];
    }
    return strcmp(rest, "[]") == 0;
}

/* Alone, a line that begins with a byte order mark would lose it. */
static bool has_inner_mark(Text input)
{
    const char *mark = memmem(input.ptr, input.size, "\n\xef\xbb\xbf", 4);
    return mark != NULL || text_starts_with(input, TEXT("\xef\xbb\xbf\xef\xbb\xbf"));
}

static void check_same(const FormatTable *table, Text line, const StrBuf *alone)
{
    Text message;
    StrBuf out = {0};
    if (!format_same_as_message(&json_format, table, line, &message))
        return;
    fuzz_message(table, message, &out);
    if (!text_equal(strbuf_as_text(&out), strbuf_as_text(alone)))
        fuzz_report("not the same as a message", line, strbuf_cstr(&out));
    strbuf_close(&out);
}

/* A message gives a row, a rejected record, or elements that do. Where a byte order mark is left
 * out, the bytes at hand are not those at the offset. */
static void check_message(const FormatTable *table, bool ignoring, Text input)
{
    StrBuf out = {0};
    fuzz_message(table, input, &out);
    bool mark = text_starts_with(input, TEXT("\xef\xbb\xbf"));
    if (!ignoring && !mark && (out.size == 0) != is_empty_array(input))
        fuzz_report("neither row nor rejected", input, strbuf_cstr(&out));
    if (!ignoring && !mark && input.size > 0)
        compare_with_jansson(table, input, true);
    strbuf_close(&out);
}

/* Each line as a message, given to one decoder or each to its own. */
static void check_messages(const FormatTable *table, Text input)
{
    FormatRun run = {.table = table, .whole = true, .lines = true, .print = {.reasons = true}};
    StrBuf together = {0}, joined = {0}, alone = {0};
    format_run(&run, input, &together);
    do {
        Text line = next_line(&input);
        strbuf_clear(&alone);
        fuzz_message(table, line, &alone);
        if (alone.size > 0 && joined.size > 0)
            strbuf_char(&joined, ' ');
        strbuf_text(&joined, strbuf_as_text(&alone));
    } while (input.size > 0);
    if (!text_equal(strbuf_as_text(&together), strbuf_as_text(&joined)))
        fuzz_report("a message is not the same alone", strbuf_as_text(&together),
                    strbuf_cstr(&joined));
    strbuf_close(&together);
    strbuf_close(&joined);
    strbuf_close(&alone);
}

static void check_lines(const FormatTable *table, bool ignoring, Text input)
{
    FormatRun run = {.table = table, .print = {.reasons = true}};
    StrBuf whole = {0}, joined = {0}, alone = {0};
    format_run(&run, input, &whole);
    if (text_starts_with(input, TEXT("\xef\xbb\xbf")))
        input = (Text){input.ptr + 3, input.size - 3};
    while (input.size > 0) {
        Text line = next_line(&input);
        strbuf_clear(&alone);
        format_run(&run, line, &alone);
        if (alone.size > 0 && joined.size > 0)
            strbuf_char(&joined, ' ');
        strbuf_text(&joined, strbuf_as_text(&alone));
        bool blank = line.size == 0 || text_is(line, "\r");
        if (!ignoring && (alone.size == 0) != (blank || is_empty_array(line)))
            fuzz_report("neither row nor rejected", line, strbuf_cstr(&alone));
        check_same(table, line, &alone);
        if (!ignoring && !blank)
            compare_with_jansson(table, line, false);
    }
    if (!text_equal(strbuf_as_text(&whole), strbuf_as_text(&joined)))
        fuzz_report("not the same alone", strbuf_as_text(&whole), strbuf_cstr(&joined));
    strbuf_close(&whole);
    strbuf_close(&joined);
    strbuf_close(&alone);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_decode(&json_format, tables, TABLES, bytes, size);
    if (size == 0 || size > FUZZ_INPUT_BYTES)
        return 0;
    Text input = {(const char *)bytes + 1, (uint32_t)(size - 1)};
    FormatTable table;
    format_table(&table, &json_format, text_of(tables[bytes[0] % TABLES]));
    if (!has_inner_mark(input))
        check_lines(&table, ignores_errors(tables[bytes[0] % TABLES]), input);
    check_message(&table, ignores_errors(tables[bytes[0] % TABLES]), input);
    check_messages(&table, input);
    fuzz_columns(&table, input, false);
    fuzz_columns(&table, input, true);
    return 0;
}
