/* Casts of text to other types. Blanks around a number, a date or a time do not matter. */
#include "executor/function/cast.h"
#include "executor/function/kernel_text.h"
#include "storage/data/decimal.h"
#include "storage/data/number.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

/* --- BOOLEAN --- */

static const struct BoolWord {
    const char *word;
    bool value;
} bool_words[] = {
    {"true", true},   {"t", true},  {"yes", true}, {"y", true},  {"1", true},
    {"false", false}, {"f", false}, {"no", false}, {"n", false}, {"0", false},
};

static bool parse_bool(Text text, bool *out)
{
    for (uint32_t i = 0; i < sizeof bool_words / sizeof *bool_words; i++) {
        if (text_equal_nocase(text, text_of(bool_words[i].word))) {
            *out = bool_words[i].value;
            return true;
        }
    }
    return false;
}

Status cast_text_to_bool(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        bool value = false;
        if (!parse_bool(text, &value))
            cast_fail_text(call, row, text, NULL);
        call->out->data.b[row] = value;
    }
    return ST_OK;
}

/* --- numbers --- */

typedef enum Parse {
    PARSE_OK,
    PARSE_MALFORMED,
    PARSE_OUT_OF_RANGE,
} Parse;

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static Text trim(Text text)
{
    while (text.size > 0 && is_blank(text.ptr[0]))
        text = text_slice(text, 1, text.size);
    while (text.size > 0 && is_blank(text.ptr[text.size - 1]))
        text.size--;
    return text;
}

/* A sign, digits, and perhaps a point with digits, which are dropped; no exponent, as in Flink.
 * Adds up below zero, where there is one value more. */
static Parse parse_integer(Text text, int64_t least, int64_t most, int64_t *out)
{
    text = trim(text);
    uint32_t at = 0, digits = 0;
    bool negative = text.size > 0 && text.ptr[0] == '-', overflow = false;
    if (negative || (text.size > 0 && text.ptr[0] == '+'))
        at++;
    int64_t value = 0;
    for (; at < text.size && is_digit(text.ptr[at]); at++, digits++) {
        overflow = __builtin_mul_overflow(value, INT64_C(10), &value) || overflow;
        overflow = __builtin_sub_overflow(value, (int64_t)(text.ptr[at] - '0'), &value) || overflow;
    }
    if (at < text.size && text.ptr[at] == '.') {
        for (at++; at < text.size && is_digit(text.ptr[at]); at++)
            digits++;
    }
    if (at < text.size || digits == 0)
        return PARSE_MALFORMED;
    overflow = overflow || (!negative && __builtin_sub_overflow(INT64_C(0), value, &value));
    if (overflow || value < least || value > most)
        return PARSE_OUT_OF_RANGE;
    *out = value;
    return PARSE_OK;
}

static void report(KernelCall *call, uint32_t row, Text text, Parse parse)
{
    cast_fail_text(call, row, text, parse == PARSE_OUT_OF_RANGE ? "out of range" : NULL);
}

Status cast_text_to_integer(KernelCall *call)
{
    int64_t least = type_integer_min((TypeId)call->result->id);
    int64_t most = type_integer_max((TypeId)call->result->id);
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        Parse parse = parse_integer(text, least, most, &call->out->data.i64[row]);
        if (parse != PARSE_OK)
            report(call, row, text, parse);
    }
    return ST_OK;
}

Status cast_text_to_double(KernelCall *call)
{
    bool single = call->result->id == TYPE_FLOAT;
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        double value = 0;
        if (!double_parse(text, &value))
            report(call, row, text, PARSE_MALFORMED);
        call->out->data.f64[row] = single ? (double)(float)value : value;
    }
    return ST_OK;
}

Status cast_text_to_decimal(KernelCall *call)
{
    const Type *type = call->result;
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        bool overflow = false;
        if (!decimal_parse(text, type->precision, type->scale, &call->out->data.i128[row],
                           &overflow))
            report(call, row, text, overflow ? PARSE_OUT_OF_RANGE : PARSE_MALFORMED);
    }
    return ST_OK;
}

/* --- times --- */

Status cast_text_to_date(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        if (!date_parse(text, TIME_SYNTAX_CAST, &call->out->data.i64[row]))
            cast_fail_text(call, row, text, NULL);
    }
    return ST_OK;
}

static Micros cut(Micros value, uint32_t precision)
{
    return value - micros_floor_mod(value, (Micros)decimal_power10(TIME_MAX_PRECISION - precision));
}

Status cast_text_to_time(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        Micros value = 0;
        if (!time_parse(text, TIME_SYNTAX_CAST, &value))
            cast_fail_text(call, row, text, NULL);
        call->out->data.i64[row] = cut(value, call->result->precision);
    }
    return ST_OK;
}

Status cast_text_to_timestamp(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        Micros value = 0;
        if (!timestamp_parse(text, TIME_SYNTAX_CAST, false, &value))
            cast_fail_text(call, row, text, NULL);
        call->out->data.i64[row] = cut(value, call->result->precision);
    }
    return ST_OK;
}

/* The text is a local time of the session's time zone. */
Status cast_text_to_instant(KernelCall *call)
{
    TRY(cast_text_to_timestamp(call));
    for (EACH_ROW(call, i, row)) {
        Micros *value = &call->out->data.i64[row];
        *value = timezone_to_utc(call->context->zone, *value);
    }
    return ST_OK;
}
