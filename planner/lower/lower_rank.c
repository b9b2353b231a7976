/* The first rows in an order. One that is partitioned by both ends of a window goes out when the
 * window is complete; the first or last row by a time attribute is a deduplication; everything else
 * is kept current. A sort is by time: the binder has refused any other. By that of processing, the
 * rows of one reading of the clock are sorted by what follows it. */
#include "planner/lower/lower.h"

/* --- which operator --- */

/* The rank of one row, the first in an order by time alone. */
static bool is_deduplicate(const PlanRank *rank, const Schema *schema, const PlanNode *input)
{
    if (rank->function != RANK_ROW_NUMBER || rank->to != 1 || rank->with_rank ||
        rank->orders != 1 || input->changelog != CHANGELOG_APPEND)
        return false;
    TimeAttribute time = schema->field[rank->order[0].column].time;
    return time == TIME_PROCTIME || (time == TIME_ROWTIME && input->watermarked);
}

/* The partition's column that is the end of a window, where the beginning is one of them too; -1 */
static int32_t window_end(const PlanRank *rank, const Schema *schema)
{
    int32_t end = -1;
    bool start = false;
    for (uint32_t i = 0; i < rank->partitions; i++) {
        TimeAttribute time = schema->field[rank->partition[i]].time;
        start = start || time == TIME_WINDOW_START;
        end = time == TIME_WINDOW_END ? (int32_t)rank->partition[i] : end;
    }
    return start ? end : -1;
}

/* Whether the windows that the query's rows were put into align to the session's time zone. */
static bool in_local_zone(const Logical *logical)
{
    while (logical->kind != LOGICAL_WINDOW && logical->inputs > 0)
        logical = logical->input[0];
    return logical->kind == LOGICAL_WINDOW && logical->as.window.window.local_zone;
}

/* The column is the time by which a window function puts rows into windows. */
static bool is_window_time(const Logical *logical, uint32_t column)
{
    while (logical->kind == LOGICAL_PROJECT || logical->kind == LOGICAL_FILTER) {
        if (logical->kind == LOGICAL_PROJECT) {
            if (logical->as.project[column]->kind != SCALAR_COLUMN)
                return false;
            column = logical->as.project[column]->as.column;
        }
        logical = logical->input[0];
    }
    return logical->schema.field[column].time == TIME_ROWTIME ||
           (logical->kind == LOGICAL_WINDOW && column == logical->as.window.rowtime);
}

/* The last row of a window in time: of equal ones the last to come, as in a deduplication. */
static bool is_last_of_window(const PlanRank *rank, const Logical *input)
{
    return rank->function == RANK_ROW_NUMBER && rank->to == 1 && rank->orders == 1 &&
           rank->order[0].descending && is_window_time(input, rank->order[0].column);
}

/* No two rows are equal in the order of processing, where a rank is a number of rows. */
static PlanRank rank_of(const PlanRank *rank, const Schema *schema)
{
    PlanRank out = *rank;
    if (rank->orders == 1 && schema->field[rank->order[0].column].time == TIME_PROCTIME)
        out.function = RANK_ROW_NUMBER;
    return out;
}

Status lower_rank(Lowering *lowering, const Logical *logical, Chain *out)
{
    const Schema *schema = &logical->input[0]->schema;
    const PlanRank numbered = rank_of(&logical->as.rank, schema), *rank = &numbered;
    int32_t end = window_end(rank, schema);
    PlanNode *input, *node;
    TRY(lower_input(lowering, logical, &input));
    bool window = end >= 0 && input->changelog == CHANGELOG_APPEND && input->watermarked;
    PlanKind kind = window                                ? PLAN_WINDOW_RANK
                    : is_deduplicate(rank, schema, input) ? PLAN_DEDUPLICATE
                                                          : PLAN_RANK;
    TRY(lowering_add(lowering, kind, logical->schema, &input, 1, &node));
    if (kind == PLAN_WINDOW_RANK) {
        node->as.window_rank =
            (PlanWindowRank){*rank, (uint32_t)end, in_local_zone(logical->input[0])};
        node->as.window_rank.rank.newest_first = is_last_of_window(rank, logical->input[0]);
    } else if (kind == PLAN_DEDUPLICATE) {
        const PlanOrder *order = &rank->order[0];
        bool rowtime = schema->field[order->column].time == TIME_ROWTIME;
        node->as.deduplicate = (PlanDeduplicate){.partition = rank->partition,
                                                 .partitions = rank->partitions,
                                                 .rowtime = rowtime ? (int32_t)order->column : -1,
                                                 .last = order->descending};
    } else {
        node->as.rank = *rank;
    }
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}

Status lower_sort(Lowering *lowering, const Logical *logical, Chain *out)
{
    const LogicalSort *sort = &logical->as.sort;
    PlanNode *input, *node;
    TRY(lower_input(lowering, logical, &input));
    bool clock = input->schema.field[sort->order[0].column].time == TIME_PROCTIME;
    if (input->changelog != CHANGELOG_APPEND) {
        Status status = diag_error(lowering->diag, E2128, logical->span,
                                   "a sort by %s time takes only inserts, and the query updates "
                                   "its rows",
                                   clock ? "processing" : "event");
        diag_hint(lowering->diag, "with LIMIT it is a Top-N, which is kept current");
        return status;
    }
    if (clock)
        TRY(lowering_add_clock(lowering, input, sort->order[0].column, &input));
    TRY(lowering_add(lowering, PLAN_TIME_SORT, logical->schema, &input, 1, &node));
    node->as.time_sort = (PlanTimeSort){sort->order, sort->orders};
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}

/* Of rows that can be taken back, the first ones are a Top-N in the order of arrival. */
Status lower_limit(Lowering *lowering, const Logical *logical, Chain *out)
{
    const PlanLimit *limit = &logical->as.limit;
    PlanNode *input, *node;
    TRY(lower_input(lowering, logical, &input));
    bool updates = input->changelog != CHANGELOG_APPEND && limit->count > 0;
    TRY(lowering_add(lowering, updates ? PLAN_RANK : PLAN_LIMIT, logical->schema, &input, 1,
                     &node));
    if (updates)
        node->as.rank = (PlanRank){.from = limit->offset + 1,
                                   .to = limit->count > UINT64_MAX - limit->offset
                                             ? UINT64_MAX
                                             : limit->offset + limit->count};
    else
        node->as.limit = *limit;
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}
