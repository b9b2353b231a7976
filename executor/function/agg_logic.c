/* BOOL_AND and BOOL_OR: how many are TRUE and how many FALSE. */
#include "executor/function/aggregate.h"
#include "executor/function/rules.h"

typedef struct Votes {
    int64_t count[2]; /* of FALSE, of TRUE */
} Votes;

static void votes_rows(const AggregateRows *rows, const Column *arg, int64_t step)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        if (!column_is_null(arg, row))
            ((Votes *)(void *)aggregate_state(rows, i))
                ->count[arg->data.b[column_index(arg, row)] != 0] += step;
    }
}

static Status votes_add(const AggregateEnv *env, const AggregateRows *rows,
                        const Column *const *arg)
{
    (void)env;
    votes_rows(rows, arg[0], 1);
    return ST_OK;
}

static Status votes_retract(const AggregateEnv *env, const AggregateRows *rows,
                            const Column *const *arg)
{
    (void)env;
    votes_rows(rows, arg[0], -1);
    return ST_OK;
}

static Status merge_votes(const AggregateRows *into, const AggregateRows *from, int64_t times)
{
    for (uint32_t i = 0; i < into->count; i++) {
        Votes *to = (Votes *)(void *)aggregate_state(into, i);
        const Votes *votes = (const Votes *)(const void *)aggregate_state(from, i);
        to->count[0] += votes->count[0] * times;
        to->count[1] += votes->count[1] * times;
    }
    return ST_OK;
}

static Status votes_merge(const AggregateEnv *env, const AggregateRows *into,
                          const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_votes(into, from, 1);
}

static Status votes_unmerge(const AggregateEnv *env, const AggregateRows *into,
                            const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_votes(into, from, -1);
}

/* The value `decides` as soon as there is one of it. */
static void votes_emit(const AggregateRows *groups, Column *out, bool decides)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        const Votes *votes = (const Votes *)(const void *)aggregate_state(groups, i);
        if (votes->count[decides] > 0)
            out->data.b[i] = decides;
        else if (votes->count[!decides] > 0)
            out->data.b[i] = !decides;
        else
            bit_clear(out->valid, i);
    }
}

static Status and_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                       bool *overflow)
{
    (void)env, (void)overflow;
    votes_emit(groups, out, false);
    return ST_OK;
}

static Status or_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                      bool *overflow)
{
    (void)env, (void)overflow;
    votes_emit(groups, out, true);
    return ST_OK;
}

#define VOTES                                                                                      \
    .args = "B", .result = rule_first_or_null, .state_size = sizeof(Votes),                        \
    .flags = AGG_DISTINCT_ALIKE | AGG_NEVER_NULL | AGG_EXTENSION, .add = votes_add,                \
    .retract = votes_retract, .merge = votes_merge, .unmerge = votes_unmerge

/* clang-format off */
const AggregateDef logic_aggregates[] = {
    {.name = "BOOL_AND", VOTES, .emit = and_emit, .signature = "BOOL_AND(condition)",
     .doc = "FALSE when one is FALSE, else TRUE when one is TRUE; NULL of none."},
    {.name = "BOOL_OR", VOTES, .emit = or_emit, .signature = "BOOL_OR(condition)",
     .doc = "TRUE when one is TRUE, else FALSE when one is FALSE; NULL of none."},
    {.name = "EVERY", VOTES, .emit = and_emit, .signature = "EVERY(condition)",
     .doc = "The same as BOOL_AND, in the words of the SQL standard."},
    {0},
};
/* clang-format on */
