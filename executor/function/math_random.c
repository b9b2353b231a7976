/* RAND, RAND_INTEGER and UUID. Each call of a program has a state of its own (KernelCall.random),
 * so that a job replayed from the same states gives the same values however its rows are cut into
 * batches. Without a seed: SplitMix64 (Steele, Lea and Flood, "Fast Splittable
 * Pseudorandom Number Generators", OOPSLA 2014). With a seed they give the sequence that Flink
 * gives, which is java.util.Random's: a linear congruential generator of 48 bits (Knuth,
 * TAOCP 3.2.1). A constant seed starts one sequence for all rows, another seed starts one for each
 * row. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "executor/function/math_kernels.h"

Type rule_uuid(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_sized(TYPE_CHAR, 36);
}

/* --- generators --- */

static uint64_t next_random(const KernelCall *call)
{
    uint64_t *state = call->random == NULL ? &call->context->random_state : call->random;
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

#define SEED_FACTOR UINT64_C(0x5DEECE66D)
#define SEED_MASK   ((UINT64_C(1) << 48) - 1)

static uint64_t seed_start(int64_t seed)
{
    return ((uint64_t)seed ^ SEED_FACTOR) & SEED_MASK;
}

static uint32_t seed_next(uint64_t *state, uint32_t bits)
{
    uint64_t next = (*state * SEED_FACTOR + 0xB) & SEED_MASK;
    *state = next | (*state & RANDOM_STARTED);
    return (uint32_t)(next >> (48 - bits));
}

static double seed_next_double(uint64_t *state)
{
    uint64_t high = (uint64_t)seed_next(state, 26) << 27;
    return (double)(high + seed_next(state, 27)) * 0x1p-53;
}

/* Below `bound`, each with the same probability: a draw from an incomplete last run is drawn again.
 */
static int32_t seed_next_below(uint64_t *state, int32_t bound)
{
    if ((bound & (bound - 1)) == 0)
        return (int32_t)(((uint64_t)bound * seed_next(state, 31)) >> 31);
    for (;;) {
        uint32_t draw = seed_next(state, 31), value = draw % (uint32_t)bound;
        if (draw - value + ((uint32_t)bound - 1) <= INT32_MAX)
            return (int32_t)value;
    }
}

/* What a call with a constant seed starts with; outside of a program also its running state. */
typedef struct SeededCall {
    uint64_t *state;
} SeededCall;

Status prepare_random_seed(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    const Value *seed = call->constant == NULL ? NULL : call->constant[0];
    if (seed == NULL || seed->null)
        return ST_OK;
    SeededCall *made;
    TRY_NEW(made, arena);
    TRY_NEW(made->state, arena);
    *made->state = seed_start(seed->as.i64);
    call->data = made;
    return ST_OK;
}

/* The state for the row: the call's, or one in `own`. */
static uint64_t *seed_state(const KernelCall *call, uint32_t row, uint64_t *own)
{
    const SeededCall *seeded = call->data;
    if (seeded != NULL && call->random == NULL)
        return seeded->state;
    if (seeded != NULL && (*call->random & RANDOM_STARTED) == 0)
        *call->random = *seeded->state | RANDOM_STARTED;
    if (seeded != NULL)
        return call->random;
    *own = seed_start(arg_i64(call, 0, row));
    return own;
}

/* --- RAND --- */

Status random_double(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.f64[row] = (double)(next_random(call) >> 11) * 0x1p-53;
    return ST_OK;
}

Status random_double_seeded(KernelCall *call)
{
    uint64_t own;
    for (EACH_ROW(call, i, row))
        call->out->data.f64[row] = seed_next_double(seed_state(call, row, &own));
    return ST_OK;
}

/* --- RAND_INTEGER --- */

/* Result type INT, so the bound is one. */
static bool bound_is_valid(KernelCall *call, uint32_t row, int64_t bound)
{
    if (bound > 0 && bound <= INT32_MAX)
        return true;
    kernel_fail(call, row, E5007, "the bound of RAND_INTEGER must be from 1 to %d, not %" PRId64,
                INT32_MAX, bound);
    return false;
}

/* The upper half of a product, which is uneven by less than one in 2^32 (Lemire, "Fast Random
 * Integer Generation in an Interval", 2019). */
Status random_integer(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t bound = arg_i64(call, 0, row);
        uint64_t draw = next_random(call) >> 32;
        if (bound_is_valid(call, row, bound))
            call->out->data.i64[row] = (int64_t)((draw * (uint64_t)bound) >> 32);
    }
    return ST_OK;
}

Status random_integer_seeded(KernelCall *call)
{
    uint64_t own;
    for (EACH_ROW(call, i, row)) {
        int64_t bound = arg_i64(call, 1, row);
        if (bound_is_valid(call, row, bound))
            call->out->data.i64[row] = seed_next_below(seed_state(call, row, &own), (int32_t)bound);
    }
    return ST_OK;
}

/* --- UUID --- */

/* Version 4, variant 1 (RFC 9562, 5.4). */
Status random_uuid(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        uint64_t high = next_random(call), low = next_random(call);
        high = (high & ~UINT64_C(0xF000)) | UINT64_C(0x4000);
        low = (low & ~(UINT64_C(3) << 62)) | UINT64_C(2) << 62;
        char text[40];
        int size = snprintf(text, sizeof text,
                            "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64,
                            high >> 32, high >> 16 & 0xFFFF, high & 0xFFFF, low >> 48,
                            low & ((UINT64_C(1) << 48) - 1));
        assert(size == 36);
        TRY(kernel_put_str(call, row, text, (uint32_t)size));
    }
    return ST_OK;
}
