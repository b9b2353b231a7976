/* Functions over a window of rows. In the order of event time, or of arrival, a row is given out
 * once, when its frames are complete; in any other order rows are updated. */
#include "planner/lower/lower.h"

/* --- what cannot be answered --- */

static Status refuse_updates(Lowering *lowering, const Logical *logical, const PlanNode *input)
{
    if (input->changelog == CHANGELOG_APPEND)
        return ST_OK;
    Status status = diag_error(lowering->diag, E2128, logical->span,
                               "OVER in the order of time takes only inserts, and the query "
                               "updates its rows");
    diag_hint(lowering->diag, "OVER a column that is no time attribute takes updates");
    return status;
}

static bool is_bounded(const PlanNode *node)
{
    for (uint32_t i = 0; i < node->inputs; i++) {
        if (!is_bounded(node->input[i]))
            return false;
    }
    return node->kind != PLAN_SCAN || node->as.scan.bounded;
}

/* What is known when all rows of the partition are there. */
static bool wants_all(const LogicalOverCall *call)
{
    switch (call->function) {
    case OVER_PERCENT_RANK:
    case OVER_CUME_DIST:
    case OVER_NTILE: return true;
    case OVER_AGGREGATE: return call->frame.to_last;
    case OVER_CELL:
    case OVER_ROW_NUMBER:
    case OVER_RANK:
    case OVER_DENSE_RANK: break;
    }
    return false;
}

static Status refuse_endless(Lowering *lowering, const LogicalOverCall *call, const PlanNode *input)
{
    bool number = call->function != OVER_AGGREGATE;
    if (!wants_all(call) || (is_bounded(input) && !number))
        return ST_OK;
    Status status =
        number
            ? diag_error(lowering->diag, E2125, call->span,
                         "%s wants to know all rows of its partition, and in the order of time a "
                         "row is given out once",
                         call->name)
            : diag_error(lowering->diag, E2125, call->span,
                         "UNBOUNDED FOLLOWING waits for the last row, and the input has no end");
    diag_hint(lowering->diag, number
                                  ? "in the order of a column that is no time attribute it is "
                                    "kept current"
                                  : "INTERVAL 'n' SECOND FOLLOWING and n FOLLOWING wait for less");
    return status;
}

/* --- the node --- */

static bool same_frame(const PlanFrame *a, const PlanFrame *b)
{
    return a->rows == b->rows && a->from_first == b->from_first && a->to_last == b->to_last &&
           a->start == b->start && a->end == b->end;
}

/* Frames of which there are aggregates, and those that are the place of a cell, stand apart. */
static Status find_frame(Lowering *lowering, const LogicalOverCall *call, PlanFrame *frame,
                         uint32_t *frames, uint32_t *out)
{
    (void)lowering;
    uint32_t calls = call->function == OVER_AGGREGATE;
    for (*out = 0; *out < *frames; ++*out) {
        if (same_frame(&frame[*out], &call->frame) && (frame[*out].calls > 0) == (calls > 0)) {
            frame[*out].calls += calls;
            return ST_OK;
        }
    }
    frame[*frames] = call->frame;
    frame[*frames].calls = calls;
    ++*frames;
    return ST_OK;
}

/* The aggregates of a frame stand together. */
static void place_aggregates(const LogicalOver *over, PlanFrame *frame, uint32_t frames,
                             PlanAggregateCall *aggregate, PlanOverCall *call)
{
    uint32_t next = 0;
    for (uint32_t f = 0; f < frames; f++) {
        frame[f].first = next;
        for (uint32_t c = 0; c < over->calls; c++) {
            if (call[c].function != OVER_AGGREGATE || call[c].frame != f)
                continue;
            call[c].aggregate = next;
            aggregate[next++] = over->call[c].aggregate;
        }
    }
}

/* Without distances in time no two rows are equal in the order of processing: they are in that in
 * which they came, and a rank is a number of rows. */
static void order_by_arrival(PlanOver *over, PlanFrame *frame, PlanOverCall *call)
{
    for (uint32_t f = 0; f < over->frames; f++)
        frame[f].rows = frame[f].rows || frame[f].from_first;
    for (uint32_t c = 0; c < over->calls; c++) {
        if (call[c].function == OVER_RANK || call[c].function == OVER_DENSE_RANK)
            call[c].function = OVER_ROW_NUMBER;
    }
}

static Status make_over(Lowering *lowering, const LogicalOver *over, bool processing, bool arrival,
                        PlanOver *out)
{
    PlanFrame *frame;
    PlanAggregateCall *aggregate;
    PlanOverCall *call;
    *out = (PlanOver){.partition = over->partition,
                      .partitions = over->partitions,
                      .order = over->order,
                      .orders = over->orders,
                      .by_arrival = arrival,
                      .in_order = over->in_order,
                      .calls = over->calls};
    TRY_NEW_ARRAY(frame, lowering->arena, over->calls);
    TRY_NEW_ARRAY(aggregate, lowering->arena, over->calls);
    TRY_NEW_ARRAY(call, lowering->arena, over->calls);
    for (uint32_t c = 0; c < over->calls; c++) {
        const LogicalOverCall *from = &over->call[c];
        call[c] = (PlanOverCall){.function = from->function,
                                 .column = from->column,
                                 .otherwise = from->otherwise,
                                 .parts = from->parts};
        out->aggregates += from->function == OVER_AGGREGATE;
        if (from->function == OVER_AGGREGATE || from->function == OVER_CELL)
            TRY(find_frame(lowering, from, frame, &out->frames, &call[c].frame));
    }
    if (processing)
        order_by_arrival(out, frame, call);
    place_aggregates(over, frame, out->frames, aggregate, call);
    out->frame = frame;
    out->aggregate = aggregate;
    out->call = call;
    return ST_OK;
}

static TimeAttribute order_time(const LogicalOver *over, const PlanNode *input)
{
    if (over->orders != 1 || over->order[0].descending)
        return TIME_NONE;
    TimeAttribute time = input->schema.field[over->order[0].column].time;
    return time == TIME_PROCTIME || (time == TIME_ROWTIME && input->watermarked) ? time : TIME_NONE;
}

/* In an order that is not that of time, what was given out is updated. */
static Status lower_updates(Lowering *lowering, const Logical *logical, PlanNode *input, Chain *out)
{
    PlanNode *node;
    TRY(lowering_add(lowering, PLAN_OVER_UPDATES, logical->schema, &input, 1, &node));
    TRY(make_over(lowering, &logical->as.over, false, false, &node->as.over));
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}

Status lower_over(Lowering *lowering, const Logical *logical, Chain *out)
{
    const LogicalOver *over = &logical->as.over;
    PlanNode *input, *node;
    TRY(lower_input(lowering, logical, &input));
    TimeAttribute time = order_time(over, input);
    if (time == TIME_NONE)
        return lower_updates(lowering, logical, input, out);
    TRY(refuse_updates(lowering, logical, input));
    for (uint32_t c = 0; c < over->calls; c++)
        TRY(refuse_endless(lowering, &over->call[c], input));
    bool clock = logical_over_needs_clock(over, &logical->input[0]->schema);
    if (clock)
        TRY(lowering_add_clock(lowering, input, over->order[0].column, &input));
    TRY(lowering_add(lowering, PLAN_OVER_AGGREGATE, logical->schema, &input, 1, &node));
    TRY(make_over(lowering, over, time == TIME_PROCTIME, !clock && time == TIME_PROCTIME,
                  &node->as.over));
    if (plan_over_forgets_by_time(&node->as.over))
        node->ttl = 0;
    infer_changelog(node);
    return chain_over(lowering, node, &node->schema, out);
}
