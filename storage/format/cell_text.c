#include "storage/format/cell_text.h"

#include <assert.h>

#include "storage/data/decimal.h"
#include "storage/data/number.h"
#include "storage/data/timestamp.h"
#include "storage/format/base64.h"

/* As Java's BigDecimal.stripTrailingZeros().toString(): plain from 10^-6 up as long as no zeros
 * before the point would have to be made up, else with an exponent. */
static void append_short_decimal(Int128 value, int32_t scale, StrBuf *out)
{
    while (value != 0 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    if (value == 0)
        scale = 0;
    char digits[48];
    uint32_t size = decimal_format(value, 0, digits);
    uint32_t sign = digits[0] == '-';
    int32_t exponent = (int32_t)(size - sign) - 1 - scale;
    if (scale >= 0 && exponent >= -6) {
        decimal_print(value, (uint32_t)scale, out);
        return;
    }
    strbuf_put(out, digits, sign + 1);
    if (size > sign + 1) {
        strbuf_char(out, '.');
        strbuf_put(out, digits + sign + 1, size - sign - 1);
    }
    strbuf_printf(out, "E%+d", exponent);
}

/* Text that ends in a fraction, without the zeros at the fraction's end or a bare point. */
static uint32_t trim_fraction(const char *text, uint32_t size)
{
    if (memchr(text, '.', size) == NULL)
        return size;
    while (text[size - 1] == '0')
        size--;
    return text[size - 1] == '.' ? size - 1 : size;
}

static void append_timestamp(const CellTextStyle *style, const Type *type, Micros value,
                             StrBuf *out)
{
    char text[40];
    uint32_t size = trim_fraction(text, timestamp_format(value, TIME_MAX_PRECISION, text));
    if (style->iso)
        *(char *)memchr(text, ' ', size) = 'T';
    if (type->id == TYPE_TIMESTAMP_LTZ)
        text[size++] = 'Z';
    strbuf_put(out, text, size);
}

void cell_text_append(const CellTextStyle *style, const Type *type, const Column *column,
                      uint32_t row, StrBuf *out)
{
    char text[48];
    uint32_t i = column_index(column, row);
    switch ((TypeId)type->id) {
    case TYPE_BOOLEAN: strbuf_string(out, column->data.b[i] ? "true" : "false"); return;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_DAY: strbuf_i64(out, column->data.i64[i]); return;
    case TYPE_FLOAT: strbuf_put(out, text, float_format((float)column->data.f64[i], text)); return;
    case TYPE_DOUBLE: strbuf_put(out, text, double_format(column->data.f64[i], text)); return;
    case TYPE_DECIMAL:
        if (style->plain_decimal)
            decimal_print(column->data.i128[i], type->scale, out);
        else
            append_short_decimal(column->data.i128[i], type->scale, out);
        return;
    case TYPE_CHAR:
    case TYPE_VARCHAR: strbuf_text(out, str_text(&column->data.str[i])); return;
    case TYPE_BINARY:
    case TYPE_VARBINARY: base64_encode(str_text(&column->data.str[i]), out); return;
    case TYPE_DATE: strbuf_put(out, text, date_format(column->data.i64[i], text)); return;
    case TYPE_TIME:
        strbuf_put(out, text,
                   trim_fraction(text, time_format(column->data.i64[i], TIME_MAX_PRECISION, text)));
        return;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ: append_timestamp(style, type, column->data.i64[i], out); return;
    case TYPE_NULL:
    case TYPE_ROW:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_MULTISET: break;
    }
    assert(false && "formats refuse such columns");
}
