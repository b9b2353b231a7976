/* FIRST_VALUE, LAST_VALUE, ARG_MIN, ARG_MAX: the value of one row, picked by the number under which
 * it arrived, or by the order of its second argument; of equals the one that came first. */
#include "executor/function/agg_list.h"
#include "executor/function/rules.h"
#include "executor/function/state_cell.h"

/* --- FIRST_VALUE, LAST_VALUE over input that only inserts --- */

typedef struct Pick {
    uint64_t arrival;  /* of the row; 0: none yet */
    uint64_t value[2]; /* of types of one word the state ends after the first */
} Pick;
enum { PICK_OF_WORD = offsetof(Pick, value) + sizeof(uint64_t) };

static PhysType value_phys(const AggregateEnv *env)
{
    return state_cell_phys(env->argument[0]);
}

static Status pick_row(const AggregateEnv *env, Pick *pick, const uint64_t read[2],
                       uint64_t arrival, bool last)
{
    PhysType phys = value_phys(env);
    uint64_t kept[2];
    if (pick->arrival != 0 && (last ? arrival < pick->arrival : arrival > pick->arrival))
        return ST_OK;
    TRY(state_cell_keep(env->heap, phys, read, kept));
    if (pick->arrival != 0)
        state_cell_free(env->heap, phys, pick->value);
    memcpy(pick->value, kept, state_cell_size(phys));
    pick->arrival = arrival;
    return ST_OK;
}

static Status pick_rows(const AggregateEnv *env, const AggregateRows *rows, const Column *arg,
                        bool last)
{
    StrBuf packed;
    Status status = ST_OK;
    strbuf_init(&packed, NULL);
    for (uint32_t i = 0; status == ST_OK && i < rows->count; i++) {
        uint64_t read[2];
        if (column_is_null(arg, rows->row[i]))
            continue;
        status = state_cell_pack(env->argument[0], arg, rows->row[i], &packed, read);
        if (status == ST_OK)
            status = pick_row(env, (Pick *)(void *)aggregate_state(rows, i), read,
                              aggregate_arrival(rows, i), last);
    }
    strbuf_close(&packed);
    return status;
}

static Status first_add(const AggregateEnv *env, const AggregateRows *rows,
                        const Column *const *arg)
{
    return pick_rows(env, rows, arg[0], false);
}

static Status last_add(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg)
{
    return pick_rows(env, rows, arg[0], true);
}

static Status merge_picks(const AggregateEnv *env, const AggregateRows *into,
                          const AggregateEnv *from_env, const AggregateRows *from, bool last)
{
    for (uint32_t i = 0; i < into->count; i++) {
        const Pick *pick = (const Pick *)(const void *)aggregate_state(from, i);
        uint64_t read[2];
        if (pick->arrival == 0)
            continue;
        state_cell_load(from_env->heap, value_phys(env), pick->value, read);
        TRY(pick_row(env, (Pick *)(void *)aggregate_state(into, i), read, pick->arrival, last));
    }
    return ST_OK;
}

static Status first_merge(const AggregateEnv *env, const AggregateRows *into,
                          const AggregateEnv *from_env, const AggregateRows *from)
{
    return merge_picks(env, into, from_env, from, false);
}

static Status last_merge(const AggregateEnv *env, const AggregateRows *into,
                         const AggregateEnv *from_env, const AggregateRows *from)
{
    return merge_picks(env, into, from_env, from, true);
}

static Status pick_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                        bool *overflow)
{
    (void)overflow;
    for (uint32_t i = 0; i < groups->count; i++) {
        const Pick *pick = (const Pick *)(const void *)aggregate_state(groups, i);
        uint64_t read[2];
        if (pick->arrival == 0) {
            bit_clear(out->valid, i);
            continue;
        }
        state_cell_load(env->heap, value_phys(env), pick->value, read);
        TRY(state_cell_unpack(env->argument[0], read, env->scratch, out, i));
    }
    return ST_OK;
}

static void pick_drop(const AggregateEnv *env, void *state, uint32_t entry)
{
    (void)entry;
    const Pick *pick = state;
    if (pick->arrival != 0)
        state_cell_free(env->heap, value_phys(env), pick->value);
}

/* --- ARG_MIN, ARG_MAX over input that only inserts --- */

typedef struct ArgPick {
    uint64_t arrival; /* of the row; 0: none yet */
    uint64_t null;    /* its value is NULL */
    uint64_t key[2];  /* what it is picked by */
    uint64_t value[2];
} ArgPick;

/* The row as it is offered: a NULL value can be picked, a NULL key cannot. */
typedef struct Candidate {
    uint64_t arrival;
    bool null;
    uint64_t key[2], value[2];
} Candidate;

static PhysType key_phys(const AggregateEnv *env)
{
    return type_phys((TypeId)env->argument[1]->id);
}

static void drop_row(const AggregateEnv *env, const ArgPick *pick)
{
    if (pick->arrival == 0)
        return;
    state_cell_free(env->heap, key_phys(env), pick->key);
    if (!pick->null)
        state_cell_free(env->heap, value_phys(env), pick->value);
}

static Status arg_pick(const AggregateEnv *env, ArgPick *pick, const Candidate *row, int sign)
{
    if (pick->arrival != 0) {
        uint64_t held[2];
        state_cell_load(env->heap, key_phys(env), pick->key, held);
        int order = state_cell_compare(key_phys(env), row->key, held) * sign;
        if (order < 0 || (order == 0 && row->arrival > pick->arrival))
            return ST_OK;
    }
    ArgPick made = {.arrival = row->arrival, .null = row->null};
    TRY(state_cell_keep(env->heap, key_phys(env), row->key, made.key));
    if (!row->null) {
        Status status = state_cell_keep(env->heap, value_phys(env), row->value, made.value);
        if (status != ST_OK) {
            state_cell_free(env->heap, key_phys(env), made.key);
            return status;
        }
    }
    drop_row(env, pick);
    *pick = made;
    return ST_OK;
}

static Status arg_rows(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg,
                       int sign)
{
    StrBuf packed;
    Status status = ST_OK;
    strbuf_init(&packed, NULL);
    for (uint32_t i = 0; status == ST_OK && i < rows->count; i++) {
        uint32_t row = rows->row[i];
        if (column_is_null(arg[1], row))
            continue;
        Candidate candidate = {.arrival = aggregate_arrival(rows, i),
                               .null = column_is_null(arg[0], row)};
        state_cell_read(arg[1], row, candidate.key);
        status = state_cell_pack(env->argument[0], arg[0], row, &packed, candidate.value);
        if (status == ST_OK)
            status = arg_pick(env, (ArgPick *)(void *)aggregate_state(rows, i), &candidate, sign);
    }
    strbuf_close(&packed);
    return status;
}

static Status arg_min_add(const AggregateEnv *env, const AggregateRows *rows,
                          const Column *const *arg)
{
    return arg_rows(env, rows, arg, -1);
}

static Status arg_max_add(const AggregateEnv *env, const AggregateRows *rows,
                          const Column *const *arg)
{
    return arg_rows(env, rows, arg, 1);
}

static Status merge_args(const AggregateEnv *env, const AggregateRows *into,
                         const AggregateEnv *from_env, const AggregateRows *from, int sign)
{
    for (uint32_t i = 0; i < into->count; i++) {
        const ArgPick *pick = (const ArgPick *)(const void *)aggregate_state(from, i);
        if (pick->arrival == 0)
            continue;
        Candidate candidate = {.arrival = pick->arrival, .null = pick->null != 0};
        state_cell_load(from_env->heap, key_phys(env), pick->key, candidate.key);
        if (!candidate.null)
            state_cell_load(from_env->heap, value_phys(env), pick->value, candidate.value);
        TRY(arg_pick(env, (ArgPick *)(void *)aggregate_state(into, i), &candidate, sign));
    }
    return ST_OK;
}

static Status arg_min_merge(const AggregateEnv *env, const AggregateRows *into,
                            const AggregateEnv *from_env, const AggregateRows *from)
{
    return merge_args(env, into, from_env, from, -1);
}

static Status arg_max_merge(const AggregateEnv *env, const AggregateRows *into,
                            const AggregateEnv *from_env, const AggregateRows *from)
{
    return merge_args(env, into, from_env, from, 1);
}

static Status arg_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                       bool *overflow)
{
    (void)overflow;
    for (uint32_t i = 0; i < groups->count; i++) {
        const ArgPick *pick = (const ArgPick *)(const void *)aggregate_state(groups, i);
        uint64_t read[2];
        if (pick->arrival == 0 || pick->null) {
            bit_clear(out->valid, i);
            continue;
        }
        state_cell_load(env->heap, value_phys(env), pick->value, read);
        TRY(state_cell_unpack(env->argument[0], read, env->scratch, out, i));
    }
    return ST_OK;
}

static void arg_drop(const AggregateEnv *env, void *state, uint32_t entry)
{
    (void)entry;
    drop_row(env, state);
}

/* clang-format off */
const AggregateDef pick_aggregates[] = {
    {.name = "FIRST_VALUE", .retracting = &listed_first, .args = "W", .result = rule_first_or_null, .state_size = PICK_OF_WORD,
     .flags = AGG_ARRIVAL | AGG_NEVER_NULL, .add = first_add, .merge = first_merge, .emit = pick_emit,
     .signature = "FIRST_VALUE(value)",
     .doc = "The first value that came and is not NULL; NULL of none."},
    {.name = "FIRST_VALUE", .retracting = &listed_first, .args = "A", .result = rule_first_or_null, .state_size = sizeof(Pick),
     .flags = AGG_ARRIVAL | AGG_NEVER_NULL, .add = first_add, .merge = first_merge, .emit = pick_emit,
     .drop = pick_drop},
    {.name = "LAST_VALUE", .retracting = &listed_last, .args = "W", .result = rule_first_or_null, .state_size = PICK_OF_WORD,
     .flags = AGG_ARRIVAL | AGG_NEVER_NULL, .add = last_add, .merge = last_merge, .emit = pick_emit,
     .signature = "LAST_VALUE(value)",
     .doc = "The last value that came and is not NULL; NULL of none."},
    {.name = "LAST_VALUE", .retracting = &listed_last, .args = "A", .result = rule_first_or_null, .state_size = sizeof(Pick),
     .flags = AGG_ARRIVAL | AGG_NEVER_NULL, .add = last_add, .merge = last_merge, .emit = pick_emit,
     .drop = pick_drop},
    {.name = "ARG_MIN", .retracting = &listed_arg_min, .args = "AO", .result = rule_first_or_null, .state_size = sizeof(ArgPick),
     .flags = AGG_ARRIVAL | AGG_TAKES_NULLS | AGG_NEVER_NULL | AGG_EXTENSION, .add = arg_min_add,
     .merge = arg_min_merge, .emit = arg_emit, .drop = arg_drop,
     .signature = "ARG_MIN(value, by)",
     .doc = "The value of the row with the least `by` that is not NULL, of equals the first that "
            "came; NULL of none."},
    {.name = "ARG_MAX", .retracting = &listed_arg_max, .args = "AO", .result = rule_first_or_null, .state_size = sizeof(ArgPick),
     .flags = AGG_ARRIVAL | AGG_TAKES_NULLS | AGG_NEVER_NULL | AGG_EXTENSION, .add = arg_max_add,
     .merge = arg_max_merge, .emit = arg_emit, .drop = arg_drop,
     .signature = "ARG_MAX(value, by)",
     .doc = "The value of the row with the greatest `by` that is not NULL, of equals the first "
            "that came; NULL of none."},
    {0},
};
/* clang-format on */
