#include "executor/op/meeting.h"

#include <assert.h>

#include "executor/op/split_rows.h"
#include "storage/data/nested.h"

struct Meeting {
    Batch *side;      /* per port; no row selected: it has brought nothing */
    uint32_t *cursor; /* per port: of its selected rows, while they are put in order */
    uint16_t port[BATCH_ROWS], row[BATCH_ROWS]; /* of each row that is taken: where it is */
    uint16_t record[BATCH_ROWS], reading[BATCH_ROWS];
    Micros watermark[BATCH_ROWS];
    Origin origin; /* of them: the next meeting may look at it when this one is over */
    uint32_t count;
};

/* --- finding them --- */

static const PlanNode *meets(const PlanNode *node);

/* The scan whose rows the node gives, each at most once for each of its branches; NULL: there is
 * none. Recursion is bounded by the plan's depth. */
static const PlanNode *gives_rows_of(const PlanNode *node)
{
    while (node->kind == PLAN_CALC)
        node = node->input[0];
    if (node->kind == PLAN_SCAN)
        return node;
    return node->kind == PLAN_UNION_ALL ? meets(node) : NULL;
}

/* The scan whose branches meet in the node. */
static const PlanNode *meets(const PlanNode *node)
{
    if (node->kind != PLAN_UNION_ALL && node->kind != PLAN_SET_OPERATION)
        return NULL;
    const PlanNode *scan = gives_rows_of(node->input[0]);
    for (uint32_t i = 1; i < node->inputs && scan != NULL; i++)
        scan = gives_rows_of(node->input[i]) == scan ? scan : NULL;
    return scan;
}

/* Where a branch of the scan has met all that it can meet. */
static const Op *end_of_branch(const Op *op, const PlanNode *scan)
{
    while (op->outs == 1 && (op->plan->kind == PLAN_CALC ||
                             (op->plan->kind == PLAN_UNION_ALL && meets(op->plan) == scan)))
        op = op->out[0].op;
    return op;
}

/* How many branches a query has at most; *apart: those of some query do not all meet. */
static uint32_t branches_of(const Op *scan, bool *apart)
{
    uint32_t most = 1;
    *apart = false;
    for (uint32_t i = 0; i < scan->outs; i++) {
        const Op *branch = scan->out[i].op, *end = end_of_branch(branch, scan->plan);
        uint32_t branches = 1;
        for (uint32_t j = 0; j < i; j++) {
            if (scan->out[j].op->plan->query != branch->plan->query)
                continue;
            branches++;
            *apart = *apart || end_of_branch(scan->out[j].op, scan->plan) != end;
        }
        most = branches > most ? branches : most;
    }
    return most;
}

static Status make_meeting(Arena *arena, Op *op)
{
    TRY_NEW(op->meeting, arena);
    TRY_NEW_ARRAY(op->meeting->side, arena, op->ports);
    TRY_NEW_ARRAY(op->meeting->cursor, arena, op->ports);
    return ST_OK;
}

static Status tell_scan(Arena *arena, const Plan *plan, Op *const *op, ScanOp *scan)
{
    bool apart;
    uint32_t branches = branches_of(&scan->op, &apart);
    if (branches == 1)
        return ST_OK;
    scan->at_once = apart || branches > BATCH_ROWS ? 1 : BATCH_ROWS / branches;
    if (scan->at_once == 1)
        return ST_OK;
    TRY_NEW_ARRAY(scan->meeting, arena, plan->nodes);
    for (uint32_t i = 0; i < plan->nodes; i++) { /* inputs come before those above them */
        if (meets(plan->node[i]) != scan->op.plan)
            continue;
        TRY(make_meeting(arena, op[i]));
        scan->meeting[scan->meetings++] = op[i];
    }
    return ST_OK;
}

Status meetings_find(Arena *arena, const Plan *plan, Op *const *op)
{
    for (uint32_t i = 0; i < plan->nodes; i++) {
        if (plan->node[i]->kind == PLAN_SCAN)
            TRY(tell_scan(arena, plan, op, (ScanOp *)op[i]));
    }
    return ST_OK;
}

/* --- rows --- */

void meeting_bring(Op *op, uint32_t port, const Batch *in)
{
    assert(in->origin != NULL && in->kind == NULL && op->meeting->side[port].selected == 0);
    op->meeting->side[port] = *in;
}

/* Of the rows that come next on the ports the one that was read first. */
static bool find_next(Meeting *m, uint32_t ports, uint32_t *port)
{
    uint32_t first = UINT32_MAX;
    for (uint32_t p = 0; p < ports; p++) {
        if (m->cursor[p] == m->side[p].selected)
            continue;
        uint32_t record = origin_record(m->side[p].origin, batch_row(&m->side[p], m->cursor[p]));
        if (record < first) {
            first = record;
            *port = p;
        }
    }
    return first != UINT32_MAX;
}

/* A record that is read in several places stands several times, and counts as often. */
static void put_in_order(Meeting *m, uint32_t ports)
{
    uint32_t port = 0;
    m->count = 0;
    for (uint32_t p = 0; p < ports; p++)
        m->cursor[p] = 0;
    while (find_next(m, ports, &port)) {
        const Batch *side = &m->side[port];
        uint32_t row = batch_row(side, m->cursor[port]++), at = m->count++;
        assert(at < BATCH_ROWS);
        uint32_t before = side->origin->reading == NULL ? 0 : side->origin->reading[row];
        m->port[at] = (uint16_t)port;
        m->row[at] = (uint16_t)row;
        m->record[at] = (uint16_t)origin_record(side->origin, row);
        m->reading[at] = (uint16_t)(before * ports + port);
        m->watermark[at] = batch_watermark(side, row);
    }
}

#define TAKE(type, member)                                                                         \
    do {                                                                                           \
        type *put = to->data.member;                                                               \
        for (uint32_t i = 0; i < m->count; i++) {                                                  \
            const Column *from = &m->side[m->port[i]].column[c];                                   \
            put[i] = from->data.member[column_index(from, m->row[i])];                             \
        }                                                                                          \
    } while (0)

static void take_cells(const Meeting *m, uint32_t c, Column *to)
{
    switch (to->phys) {
    case PHYS_BOOL: TAKE(uint8_t, b); return;
    case PHYS_I64: TAKE(int64_t, i64); return;
    case PHYS_F64: TAKE(double, f64); return;
    case PHYS_I128: TAKE(Int128, i128); return;
    case PHYS_STR: TAKE(Str, str); return;
    case PHYS_NESTED: return;
    }
}

static Status take_column(Op *op, uint32_t c, Column *to)
{
    const Meeting *m = op->meeting;
    const Type *type = &op->plan->schema.field[c].type;
    bool nulls = false;
    TRY(column_make_typed(&op->scratch, type, m->count, to));
    if (to->phys == PHYS_NESTED) {
        for (uint32_t i = 0; i < m->count; i++)
            TRY(column_copy_cell(&op->scratch, to, i, &m->side[m->port[i]].column[c], m->row[i]));
        return ST_OK;
    }
    take_cells(m, c, to);
    for (uint32_t p = 0; p < op->ports; p++)
        nulls = nulls || (m->side[p].selected > 0 && m->side[p].column[c].valid != NULL);
    if (!nulls)
        to->valid = NULL;
    for (uint32_t i = 0; i < m->count && nulls; i++)
        bit_put(to->valid, i, !column_is_null(&m->side[m->port[i]].column[c], m->row[i]));
    return ST_OK;
}

static Status take(Op *op, uint32_t port, const Batch *in)
{
    op->rows_in += in->selected;
    op->taking = in;
    Status status = op->class->push(op, port, in);
    op->taking = NULL;
    op->before = batch_watermark(in, in->rows - 1u);
    return status;
}

static Status take_together(Op *op, const Origin *source)
{
    Meeting *m = op->meeting;
    Column *column;
    put_in_order(m, op->ports);
    TRY_NEW_ARRAY(column, &op->scratch, op->plan->schema.count);
    for (uint32_t c = 0; c < op->plan->schema.count; c++)
        TRY(take_column(op, c, &column[c]));
    m->origin = *source;
    m->origin.record = m->record;
    m->origin.reading = m->reading;
    m->origin.bad_count = 0; /* a Calc below has taken out the rows with such cells */
    const Batch all = {.rows = (uint16_t)m->count,
                       .selected = (uint16_t)m->count,
                       .watermark = m->watermark,
                       .origin = &m->origin,
                       .columns = (uint16_t)op->plan->schema.count,
                       .column = column};
    return take(op, (uint32_t)PORT_OF_EACH, &all);
}

Status meeting_hold(Op *op)
{
    Meeting *m = op->meeting;
    uint32_t here = 0, port = 0;
    for (uint32_t p = 0; p < op->ports; p++) {
        if (m->side[p].selected == 0)
            continue;
        port = p;
        here++;
    }
    if (here == 0)
        return ST_OK;
    arena_reset(&op->scratch);
    Status status =
        here == 1 ? take(op, port, &m->side[port]) : take_together(op, m->side[port].origin);
    for (uint32_t p = 0; p < op->ports; p++)
        m->side[p].selected = 0;
    return status;
}
