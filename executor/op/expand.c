/* Expand: each row once for each grouping set, in the order of the sets, with NULL in the keys that
 * the set lacks and the set's number behind the columns. It keeps nothing; kinds and watermarks
 * pass through.
 *
 * The copies of a row stand side by side, as if rows came one at a time: so groups come into being
 * in the same order, and windows fire between the same rows, however the input is cut into batches.
 * What is the same in all rows is shared with the input; the rest is repeated a column at a time.
 * The copies keep the origin of their row, so that it is counted, and late, once. */
#include "executor/op/ops.h"
#include "storage/data/nested.h"

/* Selected rows of the input on their way out, as many as a batch holds all copies of. */
typedef struct Expansion {
    Op *op;
    const Batch *in;
    uint16_t *row; /* of the input, selected */
    uint32_t rows; /* of these, now */
    Column *column;
    uint8_t *kind;     /* NULL: all inserts */
    Micros *watermark; /* NULL: one for all */
    Origin origin;     /* if the input has one */
    uint16_t *record;  /* likewise */
    uint16_t *reading; /* likewise, if that has it */
} Expansion;

static const PlanExpand *plan_of(const Op *op)
{
    return &op->plan->as.expand;
}

static bool some_set_lacks(const PlanExpand *plan, uint32_t column)
{
    bool lacks = false;
    for (uint32_t s = 0; s < plan->sets && !lacks; s++)
        lacks = column < plan->keys && (plan->set[s].lacks >> column & 1) != 0;
    return lacks;
}

static bool is_shared(const Expansion *e, uint32_t column)
{
    return e->in->column[column].constant && !some_set_lacks(plan_of(e->op), column);
}

/* --- once a push --- */

/* The sets' numbers, in the copies of all rows that a batch has room for. */
static Status make_numbers(Expansion *e, uint32_t room, Column *out)
{
    const PlanExpand *plan = plan_of(e->op);
    TRY(column_make(&e->op->scratch, PHYS_I64, room, out));
    for (uint32_t at = 0; at < room; at += plan->sets) {
        for (uint32_t s = 0; s < plan->sets; s++)
            out->data.i64[at + s] = plan->set[s].number;
    }
    return ST_OK;
}

static Status make_columns(Expansion *e, uint32_t room)
{
    Arena *scratch = &e->op->scratch;
    uint32_t width = e->in->columns;
    TRY_NEW_ARRAY(e->column, scratch, width + 1);
    for (uint32_t c = 0; c < width; c++) {
        const Column *from = &e->in->column[c];
        if (is_shared(e, c) || from->phys == PHYS_NESTED) {
            e->column[c] = *from; /* of nested ones as a template: their cells are gathered */
            continue;
        }
        TRY(column_make(scratch, from->phys, room, &e->column[c]));
        if (from->valid != NULL || some_set_lacks(plan_of(e->op), c))
            TRY(column_need_valid(scratch, &e->column[c], room));
    }
    if (e->in->kind != NULL)
        TRY_NEW_ARRAY(e->kind, scratch, room);
    if (e->in->watermark != NULL)
        TRY_NEW_ARRAY(e->watermark, scratch, room);
    if (e->in->origin == NULL)
        return make_numbers(e, room, &e->column[width]);
    TRY_NEW_ARRAY(e->record, scratch, room);
    e->origin = *e->in->origin;
    e->origin.record = e->record;
    if (e->origin.reading != NULL)
        TRY_NEW_ARRAY(e->reading, scratch, room);
    e->origin.reading = e->reading;
    e->origin.bad_count = 0; /* a Calc below has taken out the rows with such cells */
    return make_numbers(e, room, &e->column[width]);
}

/* --- once a batch that goes out --- */

#define REPEAT(type, to, from, index)                                                              \
    do {                                                                                           \
        type *put = (to);                                                                          \
        for (uint32_t i = 0; i < e->rows; i++) {                                                   \
            type value = (from)[index(e->row[i])];                                                 \
            for (uint32_t s = 0; s < sets; s++)                                                    \
                *put++ = value;                                                                    \
        }                                                                                          \
    } while (0)
#define AS_IT_IS(row)  (row)
#define OF_COLUMN(row) column_index(from, row)

static void repeat_cells(const Expansion *e, const Column *from, Column *to)
{
    uint32_t sets = plan_of(e->op)->sets;
    switch (from->phys) {
    case PHYS_BOOL: REPEAT(uint8_t, to->data.b, from->data.b, OF_COLUMN); return;
    case PHYS_I64: REPEAT(int64_t, to->data.i64, from->data.i64, OF_COLUMN); return;
    case PHYS_F64: REPEAT(double, to->data.f64, from->data.f64, OF_COLUMN); return;
    case PHYS_I128: REPEAT(Int128, to->data.i128, from->data.i128, OF_COLUMN); return;
    case PHYS_STR: REPEAT(Str, to->data.str, from->data.str, OF_COLUMN); return;
    case PHYS_NESTED: return;
    }
}

/* Nested cells, whose elements stay where they are; NULL where the set lacks the key. */
static Status repeat_nested(const Expansion *e, uint32_t c, Column *to)
{
    const PlanExpand *plan = plan_of(e->op);
    uint32_t copies = e->rows * plan->sets, *row;
    TRY_NEW_ARRAY(row, &e->op->scratch, copies);
    for (uint32_t at = 0; at < copies; at++) {
        bool lacks = c < plan->keys && (plan->set[at % plan->sets].lacks >> c & 1) != 0;
        row[at] = lacks ? CELL_NONE : e->row[at / plan->sets];
    }
    return column_gather(&e->op->scratch, &e->in->column[c], row, copies, to);
}

/* Which copies are not NULL: those of the sets that have the key, where the row has a value. */
static void repeat_valid(const Expansion *e, uint32_t c, Column *to)
{
    const PlanExpand *plan = plan_of(e->op);
    const Column *from = &e->in->column[c];
    bool is_key = c < plan->keys;
    uint32_t at = 0;
    for (uint32_t i = 0; i < e->rows; i++) {
        bool value = !column_is_null(from, e->row[i]);
        for (uint32_t s = 0; s < plan->sets; s++)
            bit_put(to->valid, at++, value && !(is_key && (plan->set[s].lacks >> c & 1) != 0));
    }
}

static void repeat_records(const Expansion *e)
{
    uint32_t sets = plan_of(e->op)->sets;
    for (uint32_t at = 0; at < e->rows * sets; at++)
        e->record[at] = (uint16_t)origin_record(e->in->origin, e->row[at / sets]);
}

static Status send(const Expansion *e)
{
    uint32_t sets = plan_of(e->op)->sets, copies = e->rows * sets;
    for (uint32_t c = 0; c < e->in->columns; c++) {
        if (is_shared(e, c))
            continue;
        if (e->column[c].phys == PHYS_NESTED) {
            TRY(repeat_nested(e, c, &e->column[c]));
            continue;
        }
        repeat_cells(e, &e->in->column[c], &e->column[c]);
        if (e->column[c].valid != NULL)
            repeat_valid(e, c, &e->column[c]);
    }
    if (e->kind != NULL)
        REPEAT(uint8_t, e->kind, e->in->kind, AS_IT_IS);
    if (e->watermark != NULL)
        REPEAT(Micros, e->watermark, e->in->watermark, AS_IT_IS);
    if (e->record != NULL)
        repeat_records(e);
    if (e->reading != NULL)
        REPEAT(uint16_t, e->reading, e->in->origin->reading, AS_IT_IS);
    const Batch out = {.rows = (uint16_t)copies,
                       .selected = (uint16_t)copies,
                       .kind = e->kind,
                       .watermark_before = e->in->watermark_before,
                       .watermark = e->watermark,
                       .origin = e->record == NULL ? NULL : &e->origin,
                       .columns = (uint16_t)(e->in->columns + 1u),
                       .column = e->column};
    return op_emit(e->op, &out);
}

static Status expand_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    Expansion e = {.op = op, .in = in};
    uint32_t sets = plan_of(op)->sets, most = BATCH_ROWS / sets;
    uint16_t *row;
    if (most > in->selected)
        most = in->selected;
    TRY(make_columns(&e, most * sets));
    TRY_NEW_ARRAY(row, &op->scratch, in->selected);
    for (uint32_t i = 0; i < in->selected; i++)
        row[i] = (uint16_t)batch_row(in, i);
    for (uint32_t from = 0; from < in->selected; from += e.rows) {
        e.row = row + from;
        e.rows = in->selected - from < most ? in->selected - from : most;
        ArenaMark mark = arena_mark(&op->scratch);
        TRY(send(&e));
        arena_release(&op->scratch, mark);
    }
    return ST_OK;
}

const OpClass expand_class = {.size = sizeof(Op), .push = expand_push};
