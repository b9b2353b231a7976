#include "executor/op/rank_rows.h"

uint64_t rank_count(RankCounter *counter, RankFunction function, Text key)
{
    bool tie =
        function != RANK_ROW_NUMBER && counter->position > 0 && text_equal(counter->key, key);
    counter->position++;
    counter->key = key;
    if (function == RANK_DENSE_RANK)
        counter->rank += !tie;
    else if (!tie)
        counter->rank = counter->position;
    return counter->rank;
}

static int compare_keys(Text a, Text b)
{
    int order = memcmp(a.ptr, b.ptr, a.size < b.size ? a.size : b.size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

bool rank_stays_out(const PlanRank *plan, const OrderedRows *rows, uint64_t group,
                    const RankHead *head, Text key)
{
    uint64_t own = ordered_key_head(key);
    OrderedRow last;
    if (!head->full || own < head->last)
        return false;
    if (own > head->last)
        return true;
    /* A key is no beginning of another one: a short one that has the same head is the same. */
    int order = 0;
    if (key.size > sizeof own && ordered_rows_last(rows, group, &last))
        order = compare_keys(key, last.key);
    return plan->function == RANK_ROW_NUMBER && !plan->newest_first ? order >= 0 : order > 0;
}

/* How many rows are behind the bound, and the rank of the last one that is not. */
static uint64_t count_beyond(const PlanRank *plan, const OrderedRows *rows, uint64_t group,
                             uint64_t *last_rank)
{
    RankCounter counter = {0};
    OrderedRow row;
    uint64_t beyond = 0;
    for (bool more = ordered_rows_begin(rows, group, &row); more;
         more = ordered_rows_next(rows, &row)) {
        uint64_t rank = rank_count(&counter, plan->function, row.key);
        if (rank > plan->to)
            beyond++;
        else
            *last_rank = rank;
    }
    return beyond;
}

void rank_trim(const PlanRank *plan, OrderedRows *rows, uint64_t group, RankHead *head,
               RankAges *ages)
{
    OrderedRow last;
    uint64_t beyond = head->rows > plan->to, last_rank = head->rows - beyond;
    if (plan->function != RANK_ROW_NUMBER)
        beyond = count_beyond(plan, rows, group, &last_rank);
    for (uint64_t i = 0; i < beyond && ordered_rows_last(rows, group, &last); i++) {
        uint64_t number = last.number;
        ordered_rows_remove(rows, &last);
        if (ages != NULL)
            rank_ages_remove(ages, number);
        head->rows--;
    }
    head->full = (plan->function == RANK_DENSE_RANK ? last_rank : head->rows) >= plan->to;
    if (head->full && ordered_rows_last(rows, group, &last))
        head->last = ordered_key_head(last.key);
}
