/* How a call over a window is shown: as it is written, its frame in full. */
#include "executor/plan/plan.h"

static void print_bound(const Type *order, const PlanFrame *frame, int64_t distance, StrBuf *out)
{
    if (distance == 0) {
        strbuf_string(out, "CURRENT ROW");
        return;
    }
    int64_t size = distance < 0 ? -distance : distance;
    if (!frame->rows && (type_is_timestamp(order) || order->id == TYPE_TIME))
        duration_print(size, out);
    else
        strbuf_printf(out, "%lld", (long long)size);
    if (!frame->rows && order->id == TYPE_DATE)
        strbuf_string(out, " d");
    strbuf_string(out, distance < 0 ? " PRECEDING" : " FOLLOWING");
}

static void print_frame(const Type *order, const PlanFrame *frame, StrBuf *out)
{
    strbuf_string(out, frame->rows ? " ROWS BETWEEN " : " RANGE BETWEEN ");
    if (frame->from_first)
        strbuf_string(out, "UNBOUNDED PRECEDING");
    else
        print_bound(order, frame, frame->start, out);
    strbuf_string(out, " AND ");
    if (frame->to_last)
        strbuf_string(out, "UNBOUNDED FOLLOWING");
    else
        print_bound(order, frame, frame->end, out);
}

static void print_cell(const PlanOverCall *call, const PlanFrame *frame, const Schema *input,
                       StrBuf *out)
{
    int64_t rows = frame->start < 0 ? -frame->start : frame->start;
    strbuf_printf(out, "%s(%.*s", frame->start <= 0 ? "LAG" : "LEAD",
                  TEXT_ARG(input->field[call->column].name));
    if (rows != 1 || call->otherwise >= 0)
        strbuf_printf(out, ", %lld", (long long)rows);
    if (call->otherwise >= 0)
        strbuf_printf(out, ", %.*s", TEXT_ARG(input->field[call->otherwise].name));
    strbuf_char(out, ')');
}

void plan_print_over_call(const PlanOverCall *call, const PlanFrame *frame,
                          const PlanAggregateCall *aggregate, const Type *order,
                          const Schema *input, StrBuf *out)
{
    switch (call->function) {
    case OVER_AGGREGATE:
        plan_print_aggregate_call(aggregate, input, out);
        print_frame(order, frame, out);
        return;
    case OVER_CELL: print_cell(call, frame, input, out); return;
    case OVER_ROW_NUMBER: strbuf_string(out, "ROW_NUMBER()"); return;
    case OVER_RANK: strbuf_string(out, "RANK()"); return;
    case OVER_DENSE_RANK: strbuf_string(out, "DENSE_RANK()"); return;
    case OVER_PERCENT_RANK: strbuf_string(out, "PERCENT_RANK()"); return;
    case OVER_CUME_DIST: strbuf_string(out, "CUME_DIST()"); return;
    case OVER_NTILE: strbuf_printf(out, "NTILE(%llu)", (unsigned long long)call->parts); return;
    }
}
