/* Every bound that a user can run into, with its reason. Reaching one is an error that says so. */
#ifndef WEIR_STORAGE_BASE_LIMITS_H
#define WEIR_STORAGE_BASE_LIMITS_H

enum {
    LIMIT_STATEMENT_BYTES = 1 << 20, /* one statement; far above anything written by hand */
    LIMIT_SCRIPT_BYTES = 64 << 20,   /* one script file; spans are 32-bit offsets */
    LIMIT_EXPR_DEPTH = 500,   /* nesting; keeps recursion over the AST within a small stack */
    LIMIT_EXPR_SIZE = 50000,  /* nodes of a bound expression; programs number them in 16 bits */
    LIMIT_PARSE_DEPTH = 1000, /* open brackets and pending operators of the parser */
    LIMIT_AST_NODES = 200000, /* of one statement */
    LIMIT_NAME_BYTES = 255,   /* an identifier, as most databases allow */
    LIMIT_COLUMNS = 2000,     /* of a table or a query; SQLite's own bound */
    LIMIT_FUNCTION_ARGS = 1000,
    LIMIT_TYPE_DEPTH = 32, /* ROW, ARRAY, MAP in each other; what walks a value recurses so deep */
    LIMIT_TYPE_PARTS = 2000,   /* fields and elements of one type, all levels; as LIMIT_COLUMNS */
    LIMIT_ELEMENTS = 16 << 20, /* of an ARRAY or MAP that a function makes; as a record's bytes */
    LIMIT_KEY_COLUMNS = 64,    /* of GROUP BY and DISTINCT: which are NULL is told in one word */
    LIMIT_GROUPING_KEYS = 54,  /* of GROUPING SETS: with the number of an equal set in one word */
    LIMIT_GROUPING_SETS = 256, /* of one GROUP BY: each row is grouped so often */
    LIMIT_RECORD_BYTES = 16 << 20,    /* one input record; a longer one is rejected, not read on */
    LIMIT_JSON_DEPTH = 64,            /* nesting inside one record */
    LIMIT_JSON_PATH_STEPS = 64,       /* of a path into JSON: no text is nested deeper */
    LIMIT_JSON_PATH_VALUES = 1 << 20, /* that a path meets in one text: each .. can multiply them */
    LIMIT_JSON_PATH_BYTES = 1 << 30,  /* of them together, each as often as it is looked through */
    LIMIT_RAW_KEPT_BYTES = 64 << 10,  /* of a rejected record's bytes */
    LIMIT_REJECTED_BYTES = 256 << 20, /* all rejected records of a job; older ones become counts */
    LIMIT_OPEN_SPLITS = 128,          /* file descriptors that one scan holds open */
    LIMIT_PLAN_DEPTH = 200,           /* nesting of operators: push is a chain of plain calls */
    LIMIT_SQL_SUGGESTIONS = 3,
    LIMIT_REGEX_STEPS = 1000000 /* backtracking budget of one regular expression on one value */
};

#endif
