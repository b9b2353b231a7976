/* How each SQL type is stored. A column's affinity must leave alone what is bound to it: a TEXT
 * '007' stays text, and NUMERIC turns no DECIMAL of 15 digits into another number. */
#include <assert.h>
#include <math.h>

#include "storage/data/decimal.h"
#include "storage/data/timestamp.h"
#include "storage/data/value.h"
#include "storage/sqlite/result_table.h"

enum { NUMERIC_MAX_DIGITS = 15 }; /* every such DECIMAL comes back from a double as it went in */

static const char *const stored_as[TYPE_IDS] = {
    [TYPE_NULL] = "TEXT",
    [TYPE_BOOLEAN] = "INTEGER",
    [TYPE_TINYINT] = "INTEGER",
    [TYPE_SMALLINT] = "INTEGER",
    [TYPE_INT] = "INTEGER",
    [TYPE_BIGINT] = "INTEGER",
    [TYPE_FLOAT] = "REAL",
    [TYPE_DOUBLE] = "REAL",
    [TYPE_DECIMAL] = "NUMERIC", /* beyond 15 digits TEXT */
    [TYPE_CHAR] = "TEXT",
    [TYPE_VARCHAR] = "TEXT",
    [TYPE_BINARY] = "BLOB",
    [TYPE_VARBINARY] = "BLOB",
    [TYPE_DATE] = "TEXT",           /* 2020-02-29 */
    [TYPE_TIME] = "TEXT",           /* 13:45:56.789 */
    [TYPE_TIMESTAMP] = "TEXT",      /* 2020-02-29 13:45:56.789 */
    [TYPE_TIMESTAMP_LTZ] = "TEXT",  /* 2020-02-29 13:45:56.789Z */
    [TYPE_INTERVAL_MONTH] = "INTEGER", /* months */
    [TYPE_INTERVAL_DAY] = "INTEGER",   /* microseconds */
    [TYPE_ROW] = "TEXT",            /* JSON, as all nested types */
    [TYPE_ARRAY] = "TEXT",
    [TYPE_MAP] = "TEXT",
    [TYPE_MULTISET] = "TEXT",
};

const char *result_column_type(const Type *type)
{
    assert(type->id < TYPE_IDS);
    if (type->id == TYPE_DECIMAL && type->precision > NUMERIC_MAX_DIGITS)
        return "TEXT";
    return stored_as[type->id];
}

static Status bind_decimal(DbStatement *s, int index, const Type *type, Int128 value, char buffer[64])
{
    if (type->precision > NUMERIC_MAX_DIGITS)
        return db_bind_text(s, index, (Text){buffer, decimal_format(value, type->scale, buffer)});
    if (type->scale == 0)
        return db_bind_i64(s, index, (int64_t)value);
    return db_bind_f64(s, index, decimal_to_double(value, type->scale));
}

/* SQLite's date functions know three fraction digits; fewer are filled up, so that texts of one
 * column are as long as each other and sort by time. */
static Status bind_time(DbStatement *s, int index, const Type *type, int64_t value, char buffer[64])
{
    uint32_t size, digits = type->precision < 3 ? 3 : type->precision;
    if (type->id == TYPE_DATE)
        size = date_format(value, buffer);
    else if (type->id == TYPE_TIME)
        size = time_format(value, type->precision, buffer);
    else
        size = timestamp_format(value, digits, buffer);
    if (type->id == TYPE_TIMESTAMP_LTZ)
        buffer[size++] = 'Z';
    return db_bind_text(s, index, (Text){buffer, size});
}

static Status bind_json(DbStatement *s, int index, const Type *type, const Column *column, uint32_t row)
{
    StrBuf json;
    strbuf_init(&json, NULL);
    cell_print_json(type, column, row, &json);
    Status status = strbuf_status(&json);
    if (status == ST_OK)
        status = db_bind_text_copy(s, index, strbuf_as_text(&json));
    strbuf_close(&json);
    return status;
}

Status result_bind_cell(DbStatement *s, int index, const Type *type, const Column *column,
                        uint32_t row, char buffer[64])
{
    if (column_is_null(column, row))
        return db_bind_null(s, index);
    uint32_t at = column_index(column, row);
    switch ((TypeId)type->id) {
    case TYPE_NULL:
        return db_bind_null(s, index);
    case TYPE_BOOLEAN:
        return db_bind_i64(s, index, column->data.b[at]);
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_DAY:
        return db_bind_i64(s, index, column->data.i64[at]);
    case TYPE_FLOAT:
    case TYPE_DOUBLE: /* NaN becomes NULL: SQLite knows no other way */
        return db_bind_f64(s, index, column->data.f64[at]);
    case TYPE_DECIMAL:
        return bind_decimal(s, index, type, column->data.i128[at], buffer);
    case TYPE_CHAR:
    case TYPE_VARCHAR:
        return db_bind_text(s, index, str_text(&column->data.str[at]));
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        return db_bind_bytes(s, index, str_text(&column->data.str[at]));
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        return bind_time(s, index, type, column->data.i64[at], buffer);
    case TYPE_ROW:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_MULTISET:
        return bind_json(s, index, type, column, row);
    }
    return ST_OK;
}
