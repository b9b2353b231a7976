/* Names that other databases give to functions and types, and what does the same here: for the hint
 * of an error, never to be taken in silence. */
#include "planner/bind/bind_private.h"

typedef struct ForeignName {
    const char *name, *hint;
} ForeignName;

static const ForeignName functions[] = {
    {"CHARINDEX", "POSITION(part IN text) does the same"},
    {"DATEADD", "TIMESTAMPADD(DAY, 1, time) does the same, and time + INTERVAL '1' DAY"},
    {"DATEDIFF", "TIMESTAMPDIFF(DAY, from, to) does the same"},
    {"DATEPART", "EXTRACT(DAY FROM time) does the same"},
    {"DATE_ADD", "time + INTERVAL '1' DAY does the same"},
    {"DATE_DIFF", "TIMESTAMPDIFF(DAY, from, to) does the same"},
    {"DATE_PART", "EXTRACT(DAY FROM time) does the same"},
    {"DATE_SUB", "time - INTERVAL '1' DAY does the same"},
    {"DATE_TRUNC", "FLOOR(time TO HOUR) does the same"},
    {"DATETIME", "TO_TIMESTAMP(text) makes a TIMESTAMP"},
    {"FROM_UNIXTIMESTAMP", "TO_TIMESTAMP_LTZ(seconds, 0) makes a time of it"},
    {"FORMAT_DATE", "DATE_FORMAT(time, 'yyyy-MM-dd') does the same"},
    {"GETDATE", "CURRENT_TIMESTAMP is the time now"},
    {"GROUP_CONCAT", "LISTAGG(text, separator) does the same"},
    {"IIF", "IF(condition, then, else) does the same"},
    {"ISNULL", "the test is x IS NULL, the replacement COALESCE(x, y)"},
    {"LCASE", "LOWER(text) does the same"},
    {"LEN", "CHAR_LENGTH(text) does the same"},
    {"LENGTH", "CHAR_LENGTH(text) does the same"},
    {"MEAN", "AVG(number) does the same"},
    {"NVL", "COALESCE(x, y) does the same"},
    {"RANDOM", "RAND() does the same"},
    {"REGEXP_LIKE", "REGEXP(text, pattern) does the same"},
    {"REGEXP_MATCHES", "REGEXP(text, pattern) does the same"},
    {"SAFE_CAST", "TRY_CAST(x AS type) does the same"},
    {"STRFTIME", "DATE_FORMAT(time, 'yyyy-MM-dd') does the same"},
    {"STRING_AGG", "LISTAGG(text, separator) does the same"},
    {"STRPOS", "POSITION(part IN text) does the same"},
    {"STR_TO_DATE", "TO_DATE(text, pattern) and TO_TIMESTAMP(text, pattern) do the same"},
    {"SYSDATE", "CURRENT_TIMESTAMP is the time now"},
    {"TO_CHAR",
     "DATE_FORMAT(time, 'yyyy-MM-dd') makes a text of a time, CAST(x AS STRING) of anything"},
    {"TO_NUMBER", "CAST(text AS DECIMAL(10, 2)) does the same"},
    {"TRUNC", "TRUNCATE(number, digits) cuts a number, FLOOR(time TO DAY) a time"},
    {"UCASE", "UPPER(text) does the same"},
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
    {"LONG", "BIGINT"},
    {"MONEY", "DECIMAL(18, 2)"},
    {"NUMBER", "DECIMAL(10, 2)"},
    {"NVARCHAR", "STRING"},
    {"REAL", "FLOAT"},
    {"SERIAL", "BIGINT"},
    {"SHORT", "SMALLINT"},
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
