/* SUM, AVG. Sums are kept wider than their type (128 bits for integers, 192 for DECIMAL), so
 * that whether a value is out of range depends on the value and not on the way to it. Of floating
 * sums see float_sum.h, and float_exact.h over rows that can be taken back. */
#include "executor/function/aggregate.h"
#include "executor/function/float_exact.h"
#include "executor/function/float_sum.h"
#include "executor/function/rules.h"
#include "storage/data/decimal.h"

static Type decimal_sum(const Type *arg, uint32_t args)
{
    (void)args;
    return type_with_null(decimal_sum_type(&arg[0]), true);
}

static Type decimal_average(const Type *arg, uint32_t args)
{
    (void)args;
    return type_with_null(decimal_average_type(&arg[0]), true);
}

/* --- integers: a 128-bit sum in two words, since states are only 8-byte aligned --- */

typedef struct IntegerSum {
    uint64_t low;
    int64_t high;
    int64_t count;
} IntegerSum;

static void integer_sum_move(IntegerSum *s, int64_t value, bool subtract)
{
    uint64_t before = s->low;
    if (subtract) {
        s->low -= (uint64_t)value;
        s->high -= (value < 0 ? -1 : 0) + (s->low > before);
        s->count--;
    } else {
        s->low += (uint64_t)value;
        s->high += (value < 0 ? -1 : 0) + (s->low < before);
        s->count++;
    }
}

static void integer_rows(const AggregateRows *rows, const Column *arg, bool subtract)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        if (!column_is_null(arg, row))
            integer_sum_move((IntegerSum *)(void *)aggregate_state(rows, i),
                             arg->data.i64[column_index(arg, row)], subtract);
    }
}

static Status integer_add(const AggregateEnv *env, const AggregateRows *rows,
                          const Column *const *arg)
{
    (void)env;
    integer_rows(rows, arg[0], false);
    return ST_OK;
}

static Status integer_retract(const AggregateEnv *env, const AggregateRows *rows,
                              const Column *const *arg)
{
    (void)env;
    integer_rows(rows, arg[0], true);
    return ST_OK;
}

static Status integer_merge(const AggregateEnv *env, const AggregateRows *into,
                            const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    for (uint32_t i = 0; i < into->count; i++) {
        IntegerSum *to = (IntegerSum *)(void *)aggregate_state(into, i);
        const IntegerSum *s = (const IntegerSum *)(const void *)aggregate_state(from, i);
        to->low += s->low;
        to->high += s->high + (to->low < s->low);
        to->count += s->count;
    }
    return ST_OK;
}

static Status integer_unmerge(const AggregateEnv *env, const AggregateRows *into,
                              const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    for (uint32_t i = 0; i < into->count; i++) {
        IntegerSum *to = (IntegerSum *)(void *)aggregate_state(into, i);
        const IntegerSum *s = (const IntegerSum *)(const void *)aggregate_state(from, i);
        to->high -= s->high + (to->low < s->low);
        to->low -= s->low;
        to->count -= s->count;
    }
    return ST_OK;
}

static Int128 integer_total(const IntegerSum *s)
{
    return (Int128)s->high * ((Int128)1 << 64) + s->low;
}

static void put_integer(const AggregateEnv *env, Column *out, uint32_t i, Int128 value,
                        bool *overflow)
{
    TypeId id = (TypeId)env->result->id;
    if (value < type_integer_min(id) || value > type_integer_max(id)) {
        bit_clear(out->valid, i);
        overflow[i] = true;
        return;
    }
    out->data.i64[i] = (int64_t)value;
}

static Status integer_sum_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                               bool *overflow)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        const IntegerSum *s = (const IntegerSum *)(const void *)aggregate_state(groups, i);
        if (s->count == 0)
            bit_clear(out->valid, i);
        else
            put_integer(env, out, i, integer_total(s), overflow);
    }
    return ST_OK;
}

static Status integer_avg_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                               bool *overflow)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        const IntegerSum *s = (const IntegerSum *)(const void *)aggregate_state(groups, i);
        if (s->count == 0)
            bit_clear(out->valid, i);
        else
            put_integer(env, out, i, integer_total(s) / s->count, overflow); /* toward zero */
    }
    return ST_OK;
}

/* --- DECIMAL: a 192-bit sum --- */

typedef struct DecimalSum {
    uint64_t word[3]; /* two's complement, lowest first */
    int64_t count;
} DecimalSum;

static void decimal_sum_words(DecimalSum *s, const uint64_t word[3], bool subtract)
{
    unsigned long long carry = 0;
    for (int w = 0; w < 3; w++) {
        unsigned long long next, result;
        if (subtract) {
            next = __builtin_usubll_overflow(s->word[w], word[w], &result);
            next |= __builtin_usubll_overflow(result, carry, &result);
        } else {
            next = __builtin_uaddll_overflow(s->word[w], word[w], &result);
            next |= __builtin_uaddll_overflow(result, carry, &result);
        }
        s->word[w] = result;
        carry = next;
    }
}

static void decimal_sum_move(DecimalSum *s, Int128 value, bool subtract)
{
    uint64_t extension = value < 0 ? UINT64_MAX : 0;
    uint64_t word[3] = {(uint64_t)value, (uint64_t)(value >> 64), extension};
    decimal_sum_words(s, word, subtract);
    s->count += subtract ? -1 : 1;
}

static void decimal_rows(const AggregateRows *rows, const Column *arg, bool subtract)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        if (!column_is_null(arg, row))
            decimal_sum_move((DecimalSum *)(void *)aggregate_state(rows, i),
                             arg->data.i128[column_index(arg, row)], subtract);
    }
}

static Status decimal_add_rows(const AggregateEnv *env, const AggregateRows *rows,
                               const Column *const *arg)
{
    (void)env;
    decimal_rows(rows, arg[0], false);
    return ST_OK;
}

static Status decimal_retract_rows(const AggregateEnv *env, const AggregateRows *rows,
                                   const Column *const *arg)
{
    (void)env;
    decimal_rows(rows, arg[0], true);
    return ST_OK;
}

static Status merge_decimals(const AggregateRows *into, const AggregateRows *from, bool subtract)
{
    for (uint32_t i = 0; i < into->count; i++) {
        DecimalSum *to = (DecimalSum *)(void *)aggregate_state(into, i);
        const DecimalSum *s = (const DecimalSum *)(const void *)aggregate_state(from, i);
        decimal_sum_words(to, s->word, subtract);
        to->count += subtract ? -s->count : s->count;
    }
    return ST_OK;
}

static Status decimal_merge(const AggregateEnv *env, const AggregateRows *into,
                            const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_decimals(into, from, false);
}

static Status decimal_unmerge(const AggregateEnv *env, const AggregateRows *into,
                              const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_decimals(into, from, true);
}

/* False when the sum has more than 38 digits. */
static bool decimal_total(const DecimalSum *s, Int128 *total)
{
    uint64_t extension = (int64_t)s->word[1] < 0 ? UINT64_MAX : 0;
    *total = (Int128)(((unsigned __int128)s->word[1] << 64) | s->word[0]);
    return s->word[2] == extension && decimal_fits(*total, DECIMAL_MAX_PRECISION);
}

static Status decimal_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                           bool average, bool *overflow)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        const DecimalSum *s = (const DecimalSum *)(const void *)aggregate_state(groups, i);
        Int128 total;
        if (s->count == 0) {
            bit_clear(out->valid, i);
        } else if (!decimal_total(s, &total) ||
                   (average &&
                    !decimal_divide(total, env->argument[0]->scale, s->count, 0,
                                    env->result->precision, env->result->scale, &total))) {
            bit_clear(out->valid, i);
            overflow[i] = true;
        } else {
            out->data.i128[i] = total;
        }
    }
    return ST_OK;
}

static Status decimal_sum_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                               bool *overflow)
{
    return decimal_emit(env, groups, out, false, overflow);
}

static Status decimal_avg_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                               bool *overflow)
{
    return decimal_emit(env, groups, out, true, overflow);
}

/* --- FLOAT, DOUBLE --- */

typedef struct FloatState {
    FloatSum sum;
    FloatOdd odd;
    int64_t count; /* of all values */
} FloatState;

static Status float_merge(const AggregateEnv *env, const AggregateRows *into,
                          const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    for (uint32_t i = 0; i < into->count; i++) {
        FloatState *to = (FloatState *)(void *)aggregate_state(into, i);
        const FloatState *s = (const FloatState *)(const void *)aggregate_state(from, i);
        float_sum_merge(&to->sum, &s->sum);
        float_odd_merge(&to->odd, &s->odd, 1);
        to->count += s->count;
    }
    return ST_OK;
}

static Status float_add(const AggregateEnv *env, const AggregateRows *rows,
                        const Column *const *arg)
{
    (void)env;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        if (column_is_null(arg[0], row))
            continue;
        FloatState *s = (FloatState *)(void *)aggregate_state(rows, i);
        double value = arg[0]->data.f64[column_index(arg[0], row)];
        s->count++;
        if (!float_is_odd(&s->odd, value, 1))
            float_sum_add(&s->sum, value);
    }
    return ST_OK;
}

static void put_float(const AggregateEnv *env, double sum, int64_t count, bool average, Column *out,
                      uint32_t i)
{
    double value = average ? sum / (double)count : sum;
    out->data.f64[i] = env->result->id == TYPE_FLOAT ? (double)(float)value : value;
}

static Status float_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool average)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        const FloatState *s = (const FloatState *)(const void *)aggregate_state(groups, i);
        if (s->count == 0)
            bit_clear(out->valid, i);
        else
            put_float(env, float_sum_total(&s->sum, &s->odd), s->count, average, out, i);
    }
    return ST_OK;
}

static Status float_sum_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                             bool *overflow)
{
    (void)overflow;
    return float_emit(env, groups, out, false);
}

static Status float_avg_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                             bool *overflow)
{
    (void)overflow;
    return float_emit(env, groups, out, true);
}

/* --- FLOAT, DOUBLE over rows that can be taken back --- */

typedef struct FloatBack {
    FloatExact sum; /* of the finite values */
    FloatOdd odd;
    int64_t count; /* of all values */
} FloatBack;

static Status move_floats(const AggregateRows *rows, const Column *arg, bool subtract)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        if (column_is_null(arg, row))
            continue;
        FloatBack *s = (FloatBack *)(void *)aggregate_state(rows, i);
        double value = arg->data.f64[column_index(arg, row)];
        s->count += subtract ? -1 : 1;
        if (!float_is_odd(&s->odd, value, subtract ? -1 : 1))
            float_exact_move(&s->sum, value, subtract);
    }
    return ST_OK;
}

static Status float_back_add(const AggregateEnv *env, const AggregateRows *rows,
                             const Column *const *arg)
{
    (void)env;
    return move_floats(rows, arg[0], false);
}

static Status float_back_retract(const AggregateEnv *env, const AggregateRows *rows,
                                 const Column *const *arg)
{
    (void)env;
    return move_floats(rows, arg[0], true);
}

static Status merge_floats(const AggregateRows *into, const AggregateRows *from, bool subtract)
{
    for (uint32_t i = 0; i < into->count; i++) {
        FloatBack *to = (FloatBack *)(void *)aggregate_state(into, i);
        const FloatBack *s = (const FloatBack *)(const void *)aggregate_state(from, i);
        float_exact_merge(&to->sum, &s->sum, subtract);
        float_odd_merge(&to->odd, &s->odd, subtract ? -1 : 1);
        to->count += subtract ? -s->count : s->count;
    }
    return ST_OK;
}

static Status float_back_merge(const AggregateEnv *env, const AggregateRows *into,
                               const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_floats(into, from, false);
}

static Status float_back_unmerge(const AggregateEnv *env, const AggregateRows *into,
                                 const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_floats(into, from, true);
}

static Status float_back_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                              bool average)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        const FloatBack *s = (const FloatBack *)(const void *)aggregate_state(groups, i);
        double odd;
        if (s->count == 0)
            bit_clear(out->valid, i);
        else if (float_odd_total(&s->odd, &odd))
            put_float(env, odd, s->count, average, out, i);
        else
            put_float(env, float_exact_total(&s->sum), s->count, average, out, i);
    }
    return ST_OK;
}

static Status float_back_sum_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                                  bool *overflow)
{
    (void)overflow;
    return float_back_emit(env, groups, out, false);
}

static Status float_back_avg_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                                  bool *overflow)
{
    (void)overflow;
    return float_back_emit(env, groups, out, true);
}

#define FLOAT_BACK                                                                                 \
    .state_size = sizeof(FloatBack), .add = float_back_add, .retract = float_back_retract,         \
    .merge = float_back_merge, .unmerge = float_back_unmerge
static const AggregateDef float_back_sum = {.name = "SUM", FLOAT_BACK, .emit = float_back_sum_emit};
static const AggregateDef float_back_avg = {.name = "AVG", FLOAT_BACK, .emit = float_back_avg_emit};

/* clang-format off */
const AggregateDef sum_aggregates[] = {
    {.name = "SUM", .args = "I", .result = rule_first_or_null, .state_size = sizeof(IntegerSum),
     .add = integer_add, .retract = integer_retract,
     .merge = integer_merge, .unmerge = integer_unmerge, .emit = integer_sum_emit,
     .signature = "SUM([DISTINCT] number)",
     .doc = "Sum of the values that are not NULL, in their type (a DECIMAL's in DECIMAL(38, s)); "
            "NULL of none, and where it does not fit. Of FLOAT and DOUBLE it is the exact sum, rounded "
            "once, unless their digits are more than 40 places apart."},
    {.name = "SUM", .args = "D", .result = decimal_sum, .state_size = sizeof(DecimalSum),
     .add = decimal_add_rows, .retract = decimal_retract_rows,
     .merge = decimal_merge, .unmerge = decimal_unmerge, .emit = decimal_sum_emit},
    {.name = "SUM", .args = "F", .result = rule_first_or_null, .state_size = sizeof(FloatState),
     .flags = AGG_NEVER_NULL, .add = float_add, .merge = float_merge, .emit = float_sum_emit, .retracting = &float_back_sum},
    {.name = "AVG", .args = "I", .result = rule_first_or_null, .state_size = sizeof(IntegerSum),
     .flags = AGG_NEVER_NULL, .add = integer_add, .retract = integer_retract,
     .merge = integer_merge, .unmerge = integer_unmerge, .emit = integer_avg_emit,
     .signature = "AVG([DISTINCT] number)",
     .doc = "Mean of the values that are not NULL, in their type: of integers an integer, toward "
            "zero; of a DECIMAL with at least six digits of scale."},
    {.name = "AVG", .args = "D", .result = decimal_average, .state_size = sizeof(DecimalSum),
     .add = decimal_add_rows, .retract = decimal_retract_rows,
     .merge = decimal_merge, .unmerge = decimal_unmerge, .emit = decimal_avg_emit},
    {.name = "AVG", .args = "F", .result = rule_first_or_null, .state_size = sizeof(FloatState),
     .flags = AGG_NEVER_NULL, .add = float_add, .merge = float_merge, .emit = float_avg_emit, .retracting = &float_back_avg},
    {0},
};
/* clang-format on */
