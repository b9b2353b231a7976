/* Names that other databases give to functions and types, and what does the same here: for the hint
 * of an error, never to be taken in silence. */
#include "planner/bind/bind_private.h"

typedef struct ForeignName {
    const char *name, *hint;
} ForeignName;

static const ForeignName functions[] = {
    {"ANY", "ARRAY_CONTAINS(array, x) looks into an array; conditions are joined with OR"},
    {"ANY_VALUE", "FIRST_VALUE(x) gives one of the values"},
    {"APPROX_DISTINCT", "APPROX_COUNT_DISTINCT(x) does the same"},
    {"APPROX_PERCENTILE", "PERCENTILE(number, 0.5) is exact"},
    {"APPROX_QUANTILE", "PERCENTILE(number, 0.5) is exact"},
    {"ARBITRARY", "FIRST_VALUE(x) gives one of the values"},
    {"ARRAY_LENGTH", "CARDINALITY(array) does the same"},
    {"ARRAY_SIZE", "CARDINALITY(array) does the same"},
    {"ARRAY_TO_STRING", "ARRAY_JOIN(array, separator) does the same"},
    {"CHARINDEX", "POSITION(part IN text) does the same"},
    {"COLLECT_LIST", "ARRAY_AGG(x) does the same"},
    {"COLLECT_SET", "ARRAY_AGG(DISTINCT x) does the same"},
    {"COUNTIF", "COUNT(*) FILTER (WHERE condition) does the same"},
    {"COUNT_DISTINCT", "COUNT(DISTINCT x) does the same"},
    {"COUNT_IF", "COUNT(*) FILTER (WHERE condition) does the same"},
    {"DATEADD", "TIMESTAMPADD(DAY, 1, time) does the same, and time + INTERVAL '1' DAY"},
    {"DATEDIFF", "TIMESTAMPDIFF(DAY, from, to) does the same"},
    {"DATEPART", "EXTRACT(DAY FROM time) does the same"},
    {"DATETIME", "TO_TIMESTAMP(text) makes a TIMESTAMP"},
    {"DATE_ADD", "time + INTERVAL '1' DAY does the same"},
    {"DATE_BIN",
     "windows of time are TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '10' MINUTE), in FROM"},
    {"DATE_DIFF", "TIMESTAMPDIFF(DAY, from, to) does the same"},
    {"DATE_PART", "EXTRACT(DAY FROM time) does the same"},
    {"DATE_SUB", "time - INTERVAL '1' DAY does the same"},
    {"DATE_TRUNC", "FLOOR(time TO HOUR) does the same"},
    {"EARLIEST_BY_OFFSET", "FIRST_VALUE(x) does the same"},
    {"EPOCH", "EXTRACT(EPOCH FROM time) does the same"},
    {"EXPLODE", "FROM t CROSS JOIN UNNEST(array) AS u (x) does the same"},
    {"FIRST", "FIRST_VALUE(x) does the same"},
    {"FORMAT_DATE", "DATE_FORMAT(time, 'yyyy-MM-dd') does the same"},
    {"FROM_UNIXTIMESTAMP", "TO_TIMESTAMP_LTZ(seconds, 0) makes a time of it"},
    {"GENERATE_SERIES",
     "a table with 'connector' = 'datagen' and 'fields.n.kind' = 'sequence' counts"},
    {"GETDATE", "CURRENT_TIMESTAMP is the time now"},
    {"GROUP_CONCAT", "LISTAGG(text, separator) does the same"},
    {"HASH_CODE", "MD5(text) and SHA256(text) make hashes"},
    {"HISTOGRAM", "COLLECT(x) counts each value"},
    {"IFF", "IF(condition, then, else) does the same"},
    {"IIF", "IF(condition, then, else) does the same"},
    {"ISNULL", "the test is x IS NULL, the replacement COALESCE(x, y)"},
    {"JSONB_AGG", "JSON_ARRAYAGG(x) does the same"},
    {"JSONB_OBJECT_AGG", "JSON_OBJECTAGG(KEY k VALUE v) does the same"},
    {"JSON_AGG", "JSON_ARRAYAGG(x) does the same"},
    {"JSON_ARRAY_LENGTH",
     "JSON_QUERY(text, '$[*]' RETURNING ARRAY<STRING>) and CARDINALITY do the same"},
    {"JSON_BUILD_ARRAY", "JSON_ARRAY(x, ...) does the same"},
    {"JSON_BUILD_OBJECT", "JSON_OBJECT('k' VALUE v, ...) does the same"},
    {"JSON_EXTRACT",
     "JSON_VALUE(text, '$.path') gives a plain value, JSON_QUERY an object or array"},
    {"JSON_EXTRACT_SCALAR", "JSON_VALUE(text, '$.path') does the same"},
    {"JSON_EXTRACT_STRING", "JSON_VALUE(text, '$.path') does the same"},
    {"JSON_GROUP_ARRAY", "JSON_ARRAYAGG(x) does the same"},
    {"JSON_GROUP_OBJECT", "JSON_OBJECTAGG(KEY k VALUE v) does the same"},
    {"JSON_LENGTH", "CARDINALITY(JSON_QUERY(text, '$' RETURNING ARRAY<STRING>)) does the same"},
    {"JSON_OBJECT_AGG", "JSON_OBJECTAGG(KEY k VALUE v) does the same"},
    {"LAST", "LAST_VALUE(x) does the same"},
    {"LATEST_BY_OFFSET", "LAST_VALUE(x) does the same"},
    {"LCASE", "LOWER(text) does the same"},
    {"LEN", "CHAR_LENGTH(text) does the same"},
    {"LENGTH", "CHAR_LENGTH(text) does the same"},
    {"LIST", "ARRAY_AGG(x) does the same"},
    {"LOGICAL_AND", "BOOL_AND(condition) does the same"},
    {"LOGICAL_OR", "BOOL_OR(condition) does the same"},
    {"MAX_BY", "ARG_MAX(x, by) does the same"},
    {"MEAN", "AVG(number) does the same"},
    {"MIN_BY", "ARG_MIN(x, by) does the same"},
    {"MODE", "COLLECT(x) counts each value"},
    {"NTH_VALUE", "ARRAY_AGG(x)[2] gives one by its place"},
    {"NVL", "COALESCE(x, y) does the same"},
    {"PERCENTILE_CONT", "PERCENTILE(number, 0.5) does the same"},
    {"PERCENTILE_DISC", "PERCENTILE(number, 0.5) interpolates, as PERCENTILE_CONT does"},
    {"QUANTILE", "PERCENTILE(number, 0.5) does the same"},
    {"QUANTILE_CONT", "PERCENTILE(number, 0.5) does the same"},
    {"RANDOM", "RAND() does the same"},
    {"REGEXP_LIKE", "REGEXP(text, pattern) does the same"},
    {"REGEXP_MATCHES", "REGEXP(text, pattern) does the same"},
    {"SAFE_CAST", "TRY_CAST(x AS type) does the same"},
    {"SOME", "BOOL_OR(condition) does the same"},
    {"STRFTIME", "DATE_FORMAT(time, 'yyyy-MM-dd') does the same"},
    {"STRING_AGG", "LISTAGG(text, separator) does the same"},
    {"STRPOS", "POSITION(part IN text) does the same"},
    {"STRPTIME", "TO_TIMESTAMP(text, 'yyyy-MM-dd HH:mm:ss') does the same"},
    {"STRUCT", "ROW(a, b) does the same; CAST(... AS ROW<x INT, y INT>) names its fields"},
    {"STRUCT_PACK", "ROW(a, b) does the same; CAST(... AS ROW<x INT, y INT>) names its fields"},
    {"STR_TO_DATE", "TO_DATE(text, pattern) and TO_TIMESTAMP(text, pattern) do the same"},
    {"SYSDATE", "CURRENT_TIMESTAMP is the time now"},
    {"TIME_BUCKET",
     "windows of time are TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '10' MINUTE), in FROM"},
    {"TOPK", "ROW_NUMBER() OVER (PARTITION BY k ORDER BY x DESC) <= n keeps the first rows"},
    {"TOTAL", "SUM(x) does the same, and COALESCE(SUM(x), 0) where there is no value"},
    {"TO_CHAR",
     "DATE_FORMAT(time, 'yyyy-MM-dd') makes a text of a time, CAST(x AS STRING) of anything"},
    {"TO_DAYS", "TIMESTAMPDIFF(DAY, from, to) counts days"},
    {"TO_NUMBER", "CAST(text AS DECIMAL(10, 2)) does the same"},
    {"TRUNC", "TRUNCATE(number, digits) cuts a number, FLOOR(time TO DAY) a time"},
    {"TRY_STRPTIME", "TO_TIMESTAMP(text, 'yyyy-MM-dd HH:mm:ss') gives NULL for what is no time"},
    {"UCASE", "UPPER(text) does the same"},
    {"UNIQ", "COUNT(DISTINCT x) does the same"},
    {"UNIQ_EXACT", "COUNT(DISTINCT x) does the same"},
    {"UNIXEPOCH", "UNIX_TIMESTAMP(text) and EXTRACT(EPOCH FROM time) do the same"},
    {"UNNEST", "it stands in FROM: FROM t CROSS JOIN UNNEST(array) AS u (x)"},
    {NULL, NULL},
};

static const ForeignName types[] = {
    {"BLOB", "BYTES"},
    {"BOOL", "BOOLEAN"},
    {"BYTEA", "BYTES"},
    {"CLOB", "STRING"},
    {"DATETIME", "TIMESTAMP(3)"},
    {"FLOAT32", "FLOAT"},
    {"FLOAT64", "DOUBLE"},
    {"FLOAT8", "DOUBLE"},
    {"INT16", "SMALLINT"},
    {"INT2", "SMALLINT"},
    {"INT32", "INT"},
    {"INT4", "INT"},
    {"INT64", "BIGINT"},
    {"INT8", "BIGINT"},
    {"JSON", "STRING"},
    {"JSONB", "STRING"},
    {"LONG", "BIGINT"},
    {"MONEY", "DECIMAL(18, 2)"},
    {"NUMBER", "DECIMAL(10, 2)"},
    {"NVARCHAR", "STRING"},
    {"REAL", "FLOAT"},
    {"SERIAL", "BIGINT"},
    {"SHORT", "SMALLINT"},
    {"STRUCT", "ROW<x INT, y STRING>"},
    {"TEXT", "STRING"},
    {"TIMESTAMPTZ", "TIMESTAMP_LTZ(3)"},
    {"UUID", "STRING"},
    {"VARCHAR2", "VARCHAR"},
    {NULL, NULL},
};

static const char *find(const ForeignName *row, Text name)
{
    while (row->name != NULL && !text_equal_nocase(name, text_of(row->name)))
        row++;
    return row->hint;
}

void hint_foreign_function(Diag *diag, Text name)
{
    const char *hint = find(functions, name);
    if (hint != NULL)
        diag_hint(diag, "%s", hint);
}

void hint_foreign_type(Diag *diag, Text name)
{
    const char *here = find(types, name);
    if (here != NULL)
        diag_hint(diag, "the type is called %s here", here);
}
