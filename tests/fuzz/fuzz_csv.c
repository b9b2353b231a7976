/* CSV records into columns. */
#include "tests/fuzz/fuzz_decode.h"

static const char *const tables[] = {
    "a INT, b STRING, c DOUBLE",
    "a BIGINT, b VARCHAR(5), c DECIMAL(10,2), d BOOLEAN, e DATE, f TIME, g TIMESTAMP(3), h BYTES",
    "a STRING NOT NULL, b INT; csv.field-delimiter = ;; csv.null-literal = n/a",
    "a STRING, b STRING; csv.disable-quote-character = true",
    "a STRING, b STRING; csv.escape-character = \\; csv.allow-comments = true",
    "a INT, b STRING; csv.ignore-parse-errors = true",
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_decode(&csv_format, tables, sizeof tables / sizeof tables[0], bytes, size);
}
