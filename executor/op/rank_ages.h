/* RankAges: when the rows of a Rank came, where they are forgotten after a while. For each row,
 * known by its number, where it stands among the ordered rows; in the order in which they came. The
 * rows themselves are the operator's. */
#ifndef WEIR_EXECUTOR_OP_RANK_AGES_H
#define WEIR_EXECUTOR_OP_RANK_AGES_H

#include "executor/op/ordered_rows.h"
#include "storage/state/expiry.h"

typedef struct RankAges {
    KeyShape shape; /* a number */
    KeyedMap rows;
    Expiry expiry;
} RankAges;

CHECKED Status rank_ages_open(RankAges *ages, Micros ttl, uint64_t seed, Meter *meter);
void rank_ages_close(RankAges *ages);
CHECKED Status rank_ages_walk(RankAges *ages, StateWalk *walk);

CHECKED Status rank_ages_add(RankAges *ages, uint64_t group, const OrderedRow *row, Micros now);
/* It has one. */
void rank_ages_remove(RankAges *ages, uint64_t number);
/* The oldest row, if it has expired; `row` has its number and its key, good until it is removed. */
bool rank_ages_find(const RankAges *ages, Micros now, uint64_t *group, OrderedRow *row);

#endif
