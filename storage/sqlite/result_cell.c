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
    [TYPE_DATE] = "TEXT",              /* 2020-02-29 */
    [TYPE_TIME] = "TEXT",              /* 13:45:56.789 */
    [TYPE_TIMESTAMP] = "TEXT",         /* 2020-02-29 13:45:56.789 */
    [TYPE_TIMESTAMP_LTZ] = "TEXT",     /* 2020-02-29 13:45:56.789Z */
    [TYPE_INTERVAL_MONTH] = "INTEGER", /* months */
    [TYPE_INTERVAL_DAY] = "INTEGER",   /* microseconds */
    [TYPE_ROW] = "TEXT",               /* JSON, as all nested types */
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

static DbValue decimal_value(const Type *type, Int128 value, char buffer[64])
{
    if (type->precision > NUMERIC_MAX_DIGITS)
        return db_value_text((Text){buffer, decimal_format(value, type->scale, buffer)});
    return type->scale == 0 ? db_value_i64((int64_t)value)
                            : db_value_f64(decimal_to_double(value, type->scale));
}

/* SQLite's date functions know three fraction digits; fewer are filled up, so that texts of one
 * column are as long as each other and sort by time. */
static DbValue time_value(const Type *type, int64_t value, char buffer[64])
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
    return db_value_text((Text){buffer, size});
}

static Status json_value(const Type *type, const Column *column, uint32_t row, Arena *arena,
                         DbValue *out)
{
    StrBuf json;
    Text copy = TEXT_NONE;
    strbuf_init(&json, arena->meter);
    cell_print_json(type, column, row, &json);
    Status status = strbuf_status(&json);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&json), &copy);
    strbuf_close(&json);
    *out = db_value_text(copy);
    return status;
}

Status result_cell_value(const Type *type, const Column *column, uint32_t row, char buffer[64],
                         Arena *arena, DbValue *out)
{
    *out = db_value_null();
    if (column_is_null(column, row))
        return ST_OK;
    uint32_t at = column_index(column, row);
    switch ((TypeId)type->id) {
    case TYPE_NULL: break;
    case TYPE_BOOLEAN: *out = db_value_i64(column->data.b[at]); break;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_DAY: *out = db_value_i64(column->data.i64[at]); break;
    case TYPE_FLOAT:
    case TYPE_DOUBLE: /* SQLite itself makes NULL of NaN */
        *out = db_value_f64(column->data.f64[at]);
        break;
    case TYPE_DECIMAL: *out = decimal_value(type, column->data.i128[at], buffer); break;
    case TYPE_CHAR:
    case TYPE_VARCHAR: *out = db_value_text(str_text(&column->data.str[at])); break;
    case TYPE_BINARY:
    case TYPE_VARBINARY: *out = db_value_bytes(str_text(&column->data.str[at])); break;
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ: *out = time_value(type, column->data.i64[at], buffer); break;
    case TYPE_ROW:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_MULTISET: return json_value(type, column, row, arena, out);
    }
    return ST_OK;
}
