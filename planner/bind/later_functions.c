/* Functions that Flink 2.3 has and Weir does not have yet: a call of one is no mistake of the
 * user's. A row goes when the function comes. */
#include "planner/bind/bind_private.h"

const char *const later_functions[] = {
    /* JSON and VARIANT */
    "PARSE_JSON",
    "TRY_PARSE_JSON",
    /* bitmaps */
    "BITMAP_AND",
    "BITMAP_ANDNOT",
    "BITMAP_AND_AGG",
    "BITMAP_AND_CARDINALITY_AGG",
    "BITMAP_BUILD",
    "BITMAP_BUILD_AGG",
    "BITMAP_BUILD_CARDINALITY_AGG",
    "BITMAP_CARDINALITY",
    "BITMAP_FROM_BYTES",
    "BITMAP_OR",
    "BITMAP_OR_AGG",
    "BITMAP_OR_CARDINALITY_AGG",
    "BITMAP_TO_ARRAY",
    "BITMAP_TO_BYTES",
    "BITMAP_TO_STRING",
    "BITMAP_XOR",
    "BITMAP_XOR_AGG",
    "BITMAP_XOR_CARDINALITY_AGG",
    /* text */
    "PRINTF",
    /* aggregates */
    "SINGLE_VALUE",
    /* time, windows, patterns */
    "CLASSIFIER",
    "CUMULATE",
    "FIRST",
    "LAST",
    "MATCH_NUMBER",
    "MATCH_PROCTIME",
    "MATCH_ROWTIME",
    "NEXT",
    "PREV",
    /* the system, models, changelogs */
    "CURRENT_DATABASE",
    "FROM_CHANGELOG",
    "ML_PREDICT",
    "TO_CHANGELOG",
    NULL,
};

bool is_later_function(Text name)
{
    for (const char *const *later = later_functions; *later != NULL; later++) {
        if (text_equal_nocase(name, text_of(*later)))
            return true;
    }
    return false;
}
