/* VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP, of the number of values n, their sum s and the sum of
 * their squares q: (n q - s s) / (n n), or / (n (n - 1)). The sums are exact (of FLOAT and DOUBLE
 * as float_sum.h says), so nothing is lost where n q and s s are nearly equal, and rows can be
 * taken back; the result is rounded as DOUBLE first, then to its type. */
#include "executor/function/aggregate.h"
#include "executor/function/float_sum.h"
#include "executor/function/rules.h"
#include "storage/data/decimal.h"
#include "storage/data/wide.h"

static Type variance_type(const Type *arg, uint32_t args)
{
    (void)args;
    Type type = arg[0].id == TYPE_DECIMAL ? decimal_average_type(&arg[0]) : arg[0];
    return type_with_null(type, true);
}

/* --- from a variance to the result --- */

typedef enum Spread {
    VARIANCE_OF_ALL,
    VARIANCE_OF_SAMPLE,
    DEVIATION_OF_ALL,
    DEVIATION_OF_SAMPLE
} Spread;

static bool is_sample(Spread spread)
{
    return spread == VARIANCE_OF_SAMPLE || spread == DEVIATION_OF_SAMPLE;
}

/* What n q - s s is to be divided by; 0: there are too few values. */
static double divisor(Spread spread, int64_t count)
{
    return (double)count * (double)(is_sample(spread) ? count - 1 : count);
}

/* False: it does not fit. */
static bool put_spread(const Type *type, Spread spread, double variance, Column *out, uint32_t i)
{
    double value = spread >= DEVIATION_OF_ALL ? sqrt(variance) : variance;
    if (type_is_approx(type)) {
        out->data.f64[i] = type->id == TYPE_FLOAT ? (double)(float)value : value;
        return true;
    }
    if (type->id == TYPE_DECIMAL)
        return decimal_from_double(value, type->precision, type->scale, &out->data.i128[i]);
    if (value >= -(double)type_integer_min((TypeId)type->id))
        return false;
    out->data.i64[i] = (int64_t)value; /* toward zero */
    return true;
}

/* --- integers and DECIMAL --- */

enum { SUM_WORDS = 3, SQUARE_WORDS = 6 };

/* Whole numbers in two's complement, lowest word first. A square of 127 bits has 254, n q and s s
 * fit 384 with any number of rows. */
typedef struct ExactMoments {
    uint64_t square[SQUARE_WORDS], sum[SUM_WORDS];
    int64_t count;
} ExactMoments;

static void words_add(uint64_t *to, const uint64_t *from, uint32_t words, bool subtract)
{
    unsigned long long carry = 0;
    for (uint32_t w = 0; w < words; w++) {
        unsigned long long next, result;
        if (subtract) {
            next = __builtin_usubll_overflow(to[w], from[w], &result);
            next |= __builtin_usubll_overflow(result, carry, &result);
        } else {
            next = __builtin_uaddll_overflow(to[w], from[w], &result);
            next |= __builtin_uaddll_overflow(result, carry, &result);
        }
        to[w] = result;
        carry = next;
    }
}

/* out = a * b, of the lowest SQUARE_WORDS words. */
static void words_multiply(const uint64_t *a, uint32_t a_words, const uint64_t *b, uint32_t b_words,
                           uint64_t out[SQUARE_WORDS])
{
    memset(out, 0, SQUARE_WORDS * sizeof *out);
    for (uint32_t i = 0; i < a_words; i++) {
        UInt128 carry = 0;
        for (uint32_t j = 0; i + j < SQUARE_WORDS; j++) {
            carry += (UInt128)a[i] * (j < b_words ? b[j] : 0) + out[i + j];
            out[i + j] = (uint64_t)carry;
            carry >>= 64;
        }
    }
}

static void exact_move(ExactMoments *m, Int128 value, bool subtract)
{
    uint64_t extension = value < 0 ? UINT64_MAX : 0;
    uint64_t sum[SUM_WORDS] = {(uint64_t)value, (uint64_t)(value >> 64), extension};
    UInt128 magnitude = value < 0 ? -(UInt128)value : (UInt128)value;
    Wide wide = wide_multiply(magnitude, magnitude);
    uint64_t square[SQUARE_WORDS] = {(uint64_t)wide.low, (uint64_t)(wide.low >> 64),
                                     (uint64_t)wide.high, (uint64_t)(wide.high >> 64)};
    words_add(m->sum, sum, SUM_WORDS, subtract);
    words_add(m->square, square, SQUARE_WORDS, subtract);
    m->count += subtract ? -1 : 1;
}

static void exact_rows(const AggregateRows *rows, const Column *arg, bool subtract)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i], at = column_index(arg, row);
        if (!column_is_null(arg, row))
            exact_move((ExactMoments *)(void *)aggregate_state(rows, i),
                       arg->phys == PHYS_I128 ? arg->data.i128[at] : arg->data.i64[at], subtract);
    }
}

static Status exact_add(const AggregateEnv *env, const AggregateRows *rows,
                        const Column *const *arg)
{
    (void)env;
    exact_rows(rows, arg[0], false);
    return ST_OK;
}

static Status exact_retract(const AggregateEnv *env, const AggregateRows *rows,
                            const Column *const *arg)
{
    (void)env;
    exact_rows(rows, arg[0], true);
    return ST_OK;
}

static Status merge_moments(const AggregateRows *into, const AggregateRows *from, bool subtract)
{
    for (uint32_t i = 0; i < into->count; i++) {
        ExactMoments *to = (ExactMoments *)(void *)aggregate_state(into, i);
        const ExactMoments *m = (const ExactMoments *)(const void *)aggregate_state(from, i);
        words_add(to->sum, m->sum, SUM_WORDS, subtract);
        words_add(to->square, m->square, SQUARE_WORDS, subtract);
        to->count += subtract ? -m->count : m->count;
    }
    return ST_OK;
}

static Status exact_merge(const AggregateEnv *env, const AggregateRows *into,
                          const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_moments(into, from, false);
}

static Status exact_unmerge(const AggregateEnv *env, const AggregateRows *into,
                            const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_moments(into, from, true);
}

/* n q - s s, rounded once. */
static double exact_numerator(const ExactMoments *m)
{
    uint64_t left[SQUARE_WORDS], right[SQUARE_WORDS], sum[SUM_WORDS], n = (uint64_t)m->count;
    double terms[2 * SQUARE_WORDS];
    memcpy(sum, m->sum, sizeof sum);
    if ((int64_t)sum[SUM_WORDS - 1] < 0) {
        uint64_t zero[SUM_WORDS] = {0};
        words_add(zero, sum, SUM_WORDS, true);
        memcpy(sum, zero, sizeof sum);
    }
    words_multiply(m->square, SQUARE_WORDS, &n, 1, left);
    words_multiply(sum, SUM_WORDS, sum, SUM_WORDS, right);
    words_add(left, right, SQUARE_WORDS, true);
    for (int w = 0; w < SQUARE_WORDS; w++) {
        terms[2 * w] = ldexp((double)(uint32_t)left[w], 64 * w);
        terms[2 * w + 1] = ldexp((double)(left[w] >> 32), 64 * w + 32);
    }
    return float_sum_terms(terms, 2 * SQUARE_WORDS);
}

static Status exact_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         Spread spread, bool *overflow)
{
    double unit = pow(10, 2.0 * env->argument[0]->scale);
    for (uint32_t i = 0; i < groups->count; i++) {
        const ExactMoments *m = (const ExactMoments *)(const void *)aggregate_state(groups, i);
        double by = m->count <= 0 ? 0 : divisor(spread, m->count);
        if (by == 0)
            bit_clear(out->valid, i);
        else if (!put_spread(env->result, spread, exact_numerator(m) / (by * unit), out, i))
            overflow[i] = true;
        if (overflow[i])
            bit_clear(out->valid, i);
    }
    return ST_OK;
}

/* --- FLOAT, DOUBLE --- */

typedef struct FloatMoments {
    FloatSum sum, square;
    FloatOdd odd; /* `unused` counts those whose square is no DOUBLE any more */
    int64_t count;
} FloatMoments;

static const double SQUARE_LIMIT = 0x1p511;

/* a * b is the result + *rest, exactly. */
static double multiply_exact(double a, double b, double *rest)
{
    double product = a * b;
    *rest = fma(a, b, -product);
    return product;
}

static void float_move(FloatMoments *m, double value, int32_t step)
{
    m->count += step;
    if (float_is_odd(&m->odd, value, step))
        return;
    if (fabs(value) >= SQUARE_LIMIT) {
        m->odd.unused += step;
        return;
    }
    double rest, square = multiply_exact(value, value, &rest);
    float_sum_add(&m->sum, step > 0 ? value : -value);
    float_sum_add(&m->square, step > 0 ? square : -square);
    float_sum_add(&m->square, step > 0 ? rest : -rest);
}

static void moments_rows(const AggregateRows *rows, const Column *arg, int32_t step)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        if (column_is_null(arg, row))
            continue;
        FloatMoments *m = (FloatMoments *)(void *)aggregate_state(rows, i);
        float_move(m, arg->data.f64[column_index(arg, row)], step);
        if (m->count == 0)
            *m = (FloatMoments){0};
    }
}

static Status moments_add(const AggregateEnv *env, const AggregateRows *rows,
                          const Column *const *arg)
{
    (void)env;
    moments_rows(rows, arg[0], 1);
    return ST_OK;
}

static Status moments_retract(const AggregateEnv *env, const AggregateRows *rows,
                              const Column *const *arg)
{
    (void)env;
    moments_rows(rows, arg[0], -1);
    return ST_OK;
}

static Status moments_merge(const AggregateEnv *env, const AggregateRows *into,
                            const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    for (uint32_t i = 0; i < into->count; i++) {
        FloatMoments *to = (FloatMoments *)(void *)aggregate_state(into, i);
        const FloatMoments *m = (const FloatMoments *)(const void *)aggregate_state(from, i);
        float_sum_merge(&to->sum, &m->sum);
        float_sum_merge(&to->square, &m->square);
        float_odd_merge(&to->odd, &m->odd, 1);
        to->odd.unused += m->odd.unused;
        to->count += m->count;
    }
    return ST_OK;
}

/* n q - s s, rounded once; never below 0. */
static double float_numerator(const FloatMoments *m)
{
    double term[18], n = (double)m->count;
    uint32_t terms = 0;
    for (int i = 0; i < 3; i++) {
        term[terms] = multiply_exact(n, m->square.part[i], &term[terms + 1]);
        terms += 2;
        for (int j = 0; j <= i; j++) {
            double twice = i == j ? 1 : 2;
            term[terms] = multiply_exact(-twice * m->sum.part[i], m->sum.part[j], &term[terms + 1]);
            terms += 2;
        }
    }
    double numerator = float_sum_terms(term, terms);
    return numerator < 0 ? 0 : numerator;
}

static double float_variance(const FloatMoments *m, double by)
{
    if (m->odd.nans + m->odd.plus_infinities + m->odd.minus_infinities > 0)
        return NAN;
    if (m->odd.unused > 0)
        return INFINITY;
    return float_numerator(m) / by;
}

static Status float_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         Spread spread)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        const FloatMoments *m = (const FloatMoments *)(const void *)aggregate_state(groups, i);
        double by = m->count <= 0 ? 0 : divisor(spread, m->count);
        if (by == 0)
            bit_clear(out->valid, i);
        else
            (void)put_spread(env->result, spread, float_variance(m, by), out, i);
    }
    return ST_OK;
}

/* --- the table --- */

#define EMITS(name, spread)                                                                        \
    static Status exact_##name(const AggregateEnv *env, const AggregateRows *groups, Column *out,  \
                               bool *overflow)                                                     \
    {                                                                                              \
        return exact_emit(env, groups, out, spread, overflow);                                     \
    }                                                                                              \
    static Status float_##name(const AggregateEnv *env, const AggregateRows *groups, Column *out,  \
                               bool *overflow)                                                     \
    {                                                                                              \
        (void)overflow;                                                                            \
        return float_emit(env, groups, out, spread);                                               \
    }
EMITS(var_pop, VARIANCE_OF_ALL)
EMITS(var_samp, VARIANCE_OF_SAMPLE)
EMITS(stddev_pop, DEVIATION_OF_ALL)
EMITS(stddev_samp, DEVIATION_OF_SAMPLE)

#define EXACT(emit_function)                                                                       \
    .result = variance_type, .state_size = sizeof(ExactMoments), .add = exact_add,                 \
    .retract = exact_retract, .merge = exact_merge, .unmerge = exact_unmerge,                      \
    .emit = exact_##emit_function
#define FLOATING(emit_function)                                                                    \
    .args = "F", .result = variance_type, .state_size = sizeof(FloatMoments), .add = moments_add,  \
    .retract = moments_retract, .merge = moments_merge, .emit = float_##emit_function
/* One name for integers, DECIMAL, FLOAT and DOUBLE. */
#define ROWS(sql, emit_function, text)                                                             \
    {.name = sql,                                                                                  \
     .args = "I",                                                                                  \
     EXACT(emit_function),                                                                         \
     .signature = sql "([DISTINCT] number)",                                                       \
     .doc = text},                                                                                 \
        {.name = sql, .args = "D", EXACT(emit_function)},                                          \
    {                                                                                              \
        .name = sql, FLOATING(emit_function)                                                       \
    }

/* clang-format off */
const AggregateDef variance_aggregates[] = {
    ROWS("VAR_POP", var_pop, "Variance of all values that are not NULL, in AVG's type; NULL of none."),
    ROWS("VAR_SAMP", var_samp, "Variance of the values as a sample (divided by their number less one); NULL of fewer than two."),
    ROWS("VARIANCE", var_samp, "The same as VAR_SAMP."),
    ROWS("STDDEV_POP", stddev_pop, "Standard deviation, the root of VAR_POP; NULL of none."),
    ROWS("STDDEV_SAMP", stddev_samp, "Standard deviation of a sample, the root of VAR_SAMP; NULL of fewer than two."),
    ROWS("STDDEV", stddev_samp, "The same as STDDEV_SAMP."),
    {0},
};
/* clang-format on */
