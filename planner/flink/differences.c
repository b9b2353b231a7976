#include "planner/flink/differences.h"

#include <assert.h>
#include <stddef.h>

static const Difference difference_table[] = {
#define X(id, area, kind, flink, weir, example) {id, area, DIFFERENCE_##kind, flink, weir, example},
#include "planner/flink/differences.def"
#undef X
};
enum { DIFFERENCES = sizeof difference_table / sizeof *difference_table };

uint32_t difference_count(void)
{
    return DIFFERENCES;
}

const Difference *difference_get(uint32_t index)
{
    assert(index < DIFFERENCES);
    return &difference_table[index];
}

const char *difference_tables(void)
{
    return "CREATE TABLE bid (auction BIGINT, price INT, ts TIMESTAMP(3), seen AS PROCTIME(), "
           "later AS ts + INTERVAL '1' MINUTE, "
           "WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'number-of-rows' = '1');\n"
           "CREATE TABLE done (auction BIGINT, price INT) WITH ('connector' = 'blackhole');\n";
}

const char *difference_kind_name(DifferenceKind kind)
{
    static const char *const names[] = {
        [DIFFERENCE_DEPARTURE] = "departure",
        [DIFFERENCE_EXTENSION] = "extension",
        [DIFFERENCE_NOT_YET] = "not yet",
    };
    assert((unsigned)kind < DIFFERENCE_KINDS);
    return names[kind];
}
