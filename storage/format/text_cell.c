#include "storage/format/text_cell.h"

#include <assert.h>

#include "storage/data/decimal.h"
#include "storage/data/number.h"
#include "storage/format/base64.h"
#include "storage/format/timestamp_fast.h"

static CellResult bad(const char **reason, const char *why)
{
    *reason = why;
    return CELL_BAD;
}

/* As Java's String.trim: everything up to the blank. */
static Text trim(Text text)
{
    while (text.size > 0 && (unsigned char)text.ptr[0] <= ' ')
        text = (Text){text.ptr + 1, text.size - 1};
    while (text.size > 0 && (unsigned char)text.ptr[text.size - 1] <= ' ')
        text.size--;
    return text;
}

/* The number without its fraction; false when that does not fit. */
static bool whole_part(const NumberText *number, int64_t *out)
{
    enum { I64_DIGITS = 19 };
    int64_t value = 0;
    *out = 0;
    if (number->digits == 0 || number->point <= 0)
        return true;
    if (number->point > I64_DIGITS)
        return false;
    for (int64_t i = 0; i < number->point; i++) {
        int64_t digit = number_digit(number, (uint64_t)i);
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, number->negative ? -digit : digit, &value))
            return false;
    }
    *out = value;
    return true;
}

/* Up to 18 digits with an optional minus sign: nearly every integer there is. */
static bool short_integer(Text text, bool in_block, int64_t *out)
{
    enum { SAFE_DIGITS = 18, WORD_DIGITS = 8 };
    const char *p = text.ptr, *end = p + text.size;
    uint64_t digits;
    if (in_block && text.size - 1 < WORD_DIGITS &&
        scan_padded_digits(scan_load64(p), text.size, &digits)) {
        *out = scan_padded_value(digits);
        return true;
    }
    bool negative = p < end && *p == '-';
    int64_t value = 0;
    p += negative;
    if (p == end || end - p > SAFE_DIGITS)
        return false;
    for (; p < end; p++) {
        if (*p < '0' || *p > '9')
            return false;
        value = value * 10 + (*p - '0');
    }
    *out = negative ? -value : value;
    return true;
}

static CellResult take_integer(Text text, const Type *type, const TextSyntax *syntax, int64_t *out,
                               const char **reason)
{
    NumberText number;
    int64_t value;
    bool may_cut = syntax->cut_fraction && (type->id == TYPE_INT || type->id == TYPE_BIGINT);
    bool fits = short_integer(text, syntax->in_block, &value);
    if (!fits) {
        if (!number_scan(text, &number))
            return bad(reason, "not a number");
        if (!number.plain && !may_cut)
            return bad(reason, "not an integer");
        fits = whole_part(&number, &value);
    }
    if (!fits || value < type_integer_min((TypeId)type->id) ||
        value > type_integer_max((TypeId)type->id))
        return bad(reason, "number out of the type's range");
    *out = value;
    return CELL_OK;
}

static CellResult take_double(Text text, const Type *type, double *out, const char **reason)
{
    double value;
    text = trim(text);
    if (text.size > 1 && strchr("dDfF", text.ptr[text.size - 1]) != NULL &&
        strchr("0123456789.", text.ptr[text.size - 2]) != NULL)
        text.size--; /* Java's suffixes of floating-point literals */
    if (!double_parse(text, &value))
        return bad(reason, "not a number");
    *out = type->id == TYPE_FLOAT ? (double)(float)value : value;
    return CELL_OK;
}

static CellResult take_decimal(Text text, const Type *type, const TextSyntax *syntax, Int128 *out,
                               const char **reason)
{
    bool overflow = false;
    if (syntax->bare_decimals && trim(text).size != text.size)
        return bad(reason, "blanks around a DECIMAL");
    if (decimal_parse(text, type->precision, type->scale, out, &overflow))
        return CELL_OK;
    return overflow ? CELL_NULL : bad(reason, "not a number");
}

static CellResult take_binary(Text text, Arena *arena, Str *cell, const char **reason)
{
    uint32_t size;
    char *bytes = arena_alloc(arena, (size_t)text.size + 1);
    if (bytes == NULL)
        return CELL_NOMEM;
    if (!base64_decode(text, bytes, &size))
        return bad(reason, "not base64");
    *cell = str_view(bytes, size);
    return CELL_OK;
}

static CellResult take_timestamp(Text text, const Type *type, const TextSyntax *syntax,
                                 TimestampMemo *memo, Micros *out, const char **reason)
{
    bool zone = type->id == TYPE_TIMESTAMP_LTZ;
    Micros value;
    if (syntax->in_block && timestamp_take(memo, text.ptr, text.size, type, syntax->time, out))
        return CELL_OK;
    if (timestamp_parse(text, syntax->time, zone, &value)) {
        *out = timestamp_cut(value, type->precision);
        return CELL_OK;
    }
    if (syntax->time == TIME_SYNTAX_ISO)
        return bad(reason, zone ? "not a timestamp (yyyy-MM-ddTHH:mm:ss.SSSZ)"
                                : "not a timestamp (yyyy-MM-ddTHH:mm:ss.SSS)");
    return bad(reason, zone ? "not a timestamp (yyyy-MM-dd HH:mm:ss.SSSZ)"
                            : "not a timestamp (yyyy-MM-dd HH:mm:ss.SSS)");
}

/* With short dates as Java's Date.valueOf: four digits, one or two, one or two. */
static CellResult take_date(Text text, const TextSyntax *syntax, int64_t *out, const char **reason)
{
    uint32_t hyphens = 0, others = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        hyphens += text.ptr[i] == '-';
        others += text.ptr[i] != '-' && (text.ptr[i] < '0' || text.ptr[i] > '9');
    }
    bool plain = text.size > 4 && text.ptr[4] == '-' && hyphens == 2 && others == 0;
    if (!plain || !date_parse(text, syntax->short_dates ? TIME_SYNTAX_CAST : TIME_SYNTAX_SQL, out))
        return bad(reason, "not a date (yyyy-MM-dd)");
    return CELL_OK;
}

/* With short dates as Java's LocalTime.parse: seconds may be left out, and the hour 24 is none. */
static CellResult take_time(Text text, const Type *type, const TextSyntax *syntax, Micros *out,
                            const char **reason)
{
    enum { MINUTE_TEXT = 5 };
    char whole[MINUTE_TEXT + 3];
    Micros value;
    bool short_form = syntax->short_dates && text.size == MINUTE_TEXT;
    if (short_form) {
        memcpy(whole, text.ptr, MINUTE_TEXT);
        memcpy(whole + MINUTE_TEXT, ":00", 3);
        text = (Text){whole, sizeof whole};
    }
    bool midnight = syntax->short_dates && text_starts_with(text, TEXT("24"));
    if (midnight || !time_parse(text, TIME_SYNTAX_SQL, &value))
        return bad(reason, "not a time (HH:mm:ss.SSS)");
    *out = timestamp_cut(value, type->precision);
    return CELL_OK;
}

CellResult text_cell_take(Text text, const Type *type, const TextSyntax *syntax,
                          TimestampMemo *memo, Column *to, uint32_t row, Arena *arena,
                          const char **reason)
{
    switch ((TypeId)type->id) {
    case TYPE_BOOLEAN:
        to->data.b[row] = text_equal_nocase(trim(text), TEXT("true"));
        return CELL_OK;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT: return take_integer(text, type, syntax, &to->data.i64[row], reason);
    case TYPE_FLOAT:
    case TYPE_DOUBLE: return take_double(text, type, &to->data.f64[row], reason);
    case TYPE_DECIMAL: return take_decimal(text, type, syntax, &to->data.i128[row], reason);
    case TYPE_CHAR:
    case TYPE_VARCHAR: to->data.str[row] = str_of_text(text); return CELL_OK;
    case TYPE_BINARY:
    case TYPE_VARBINARY: return take_binary(text, arena, &to->data.str[row], reason);
    case TYPE_DATE: return take_date(text, syntax, &to->data.i64[row], reason);
    case TYPE_TIME: return take_time(text, type, syntax, &to->data.i64[row], reason);
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        return take_timestamp(text, type, syntax, memo, &to->data.i64[row], reason);
    case TYPE_NULL:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_DAY:
    case TYPE_ROW:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_MULTISET: break;
    }
    assert(false && "formats refuse such columns");
    return CELL_BAD;
}
