/* JSON records into columns. */
#include "tests/fuzz/fuzz_decode.h"

static const char *const tables[] = {
    "a INT, b STRING, c DOUBLE",
    "a BIGINT, b VARCHAR(5), c DECIMAL(10,2), d BOOLEAN, e DATE, f TIME, g TIMESTAMP(3), h BYTES",
    "a STRING NOT NULL, b TINYINT NOT NULL, c FLOAT",
    "a TIMESTAMP(6), b TIMESTAMP_LTZ(3); json.timestamp-format.standard = ISO-8601",
    "a INT, b STRING; json.ignore-parse-errors = true",
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_decode(&json_format, tables, sizeof tables / sizeof tables[0], bytes, size);
}
