/* Running a program: one pass over its steps, each a loop over rows. */
#include <assert.h>

#include "executor/expr/step.h"
#include "storage/base/crash_point.h"
#include "storage/base/hash.h"
#include "storage/data/nested.h"

/* The i-th row of the selection. */
static inline uint32_t selected(const Selection *sel, uint32_t i)
{
    return sel->row == NULL ? i : sel->row[i];
}

/* --- calls --- */

/* The output of a strict call is valid where all arguments are. False: nowhere (a constant NULL).
 */
static bool and_validity(const KernelCall *call, Column *out, uint32_t rows, bool *any_null)
{
    uint32_t words = bits_words(rows);
    *any_null = false;
    for (uint32_t a = 0; a < call->args; a++) {
        const Column *arg = call->arg[a];
        if (arg->valid == NULL)
            continue;
        if (arg->constant) {
            if (!bit_get(arg->valid, 0))
                return false;
            continue;
        }
        if (!*any_null)
            memcpy(out->valid, arg->valid, words * sizeof *out->valid);
        else
            for (uint32_t w = 0; w < words; w++)
                out->valid[w] &= arg->valid[w];
        *any_null = true;
    }
    return true;
}

static bool dense_allowed(const KernelCall *call, uint32_t flags)
{
    if ((flags & FN_TOTAL) == 0)
        return false;
    for (uint32_t a = 0; a < call->args; a++) {
        /* Cells of unselected rows may hold dangling strings. */
        if (call->arg[a]->phys == PHYS_STR || call->arg[a]->phys == PHYS_NESTED)
            return false;
    }
    return true;
}

/* Rows for a kernel that must see good rows only. */
static Status good_rows(Program *p, const Selection *sel, const uint64_t *valid, KernelCall *call)
{
    uint16_t *row = arena_alloc(&p->scratch, sel->count * sizeof *row + 2);
    if (row == NULL)
        return ST_NOMEM;
    uint32_t count = 0;
    for (uint32_t i = 0; i < sel->count; i++) {
        uint32_t r = selected(sel, i);
        row[count] = (uint16_t)r;
        count += (valid == NULL || bit_get(valid, r)) && !bit_get(p->errors.failed, r);
    }
    call->sel = row;
    call->count = count;
    return ST_OK;
}

/* The same nested value for all rows is made once: constants of such types are not folded, as a
 * Value has no room for them. */
static bool is_constant_nested(const Step *step, const KernelCall *call)
{
    const Scalar *s = step->call;
    if (call->out->phys != PHYS_NESTED || call->args == 0 ||
        (s->as.call.def->flags & (FN_FALLIBLE | FN_VOLATILE | FN_CLOCK)) != 0)
        return false;
    for (uint32_t a = 0; a < call->args; a++) {
        if (!call->arg[a]->constant)
            return false;
    }
    return true;
}

static Status run_call(Program *p, Step *step, const Batch *in, EvalContext *context)
{
    uint32_t rows = in->rows;
    const Selection *sel = &p->selection.item[step->sel];
    const Scalar *s = step->call;
    const Column *args[FUNCTION_MAX_ARGS];
    for (uint32_t a = 0; a < step->args; a++)
        args[a] = &p->reg.item[step->arg[a]];
    Column *out = &p->reg.item[step->out];
    uint64_t *bitmap = out->valid = p->bitmap.item[step->out];
    KernelCall call = {.sel = sel->row,
                       .count = sel->count,
                       .arg = args,
                       .args = step->args,
                       .out = out,
                       .rows = rows,
                       .data = s->as.call.data,
                       .arg_type = step->arg_type,
                       .result = &s->type,
                       .scratch = &p->scratch,
                       .context = context,
                       .errors = &p->errors,
                       .in = in,
                       .random = &step->random};
    uint32_t flags = s->as.call.def->flags;
    bool any_null = false;
    out->constant = is_constant_nested(step, &call);
    if (out->constant) {
        call.sel = NULL;
        call.count = call.rows = rows = 1;
    }
    if ((flags & FN_OWN_NULLS) != 0) {
        bits_fill(bitmap, rows, true);
    } else {
        if (!and_validity(&call, out, rows, &any_null)) {
            bits_fill(bitmap, rows, false);
            return ST_OK;
        }
        if (!any_null)
            bits_fill(bitmap, rows, true);
    }
    if (dense_allowed(&call, flags) && sel->count * 2u >= rows) {
        call.sel = NULL;
        call.count = rows;
    } else if (any_null || (p->errors.count > 0 && !out->constant)) {
        TRY(good_rows(p, sel, any_null ? bitmap : NULL, &call));
    }
    TRY(s->as.call.kernel(&call));
    if (!any_null && (flags & (FN_OWN_NULLS | FN_MAY_NULL)) == 0)
        out->valid = NULL; /* what reads it next is spared the bitmap */
    return ST_OK;
}

/* --- moving cells --- */

#define COPY_ROWS(member)                                                                          \
    for (uint32_t i = 0; i < sel->count; i++) {                                                    \
        uint32_t row = selected(sel, i);                                                           \
        out->data.member[row] = from->data.member[row & mask];                                     \
        bit_put(out->valid, row, !column_is_null(from, row));                                      \
    }

/* Of flat columns a failed row's cell is copied, too, whatever it is; elements that are none must
 * not be. */
static Status run_copy(Program *p, const Step *step)
{
    const Selection *sel = &p->selection.item[step->sel];
    Column *out = &p->reg.item[step->out];
    const Column *from = &p->reg.item[step->arg[0]];
    uint32_t mask = from->constant ? 0 : UINT32_MAX;
    switch (from->phys) {
    case PHYS_BOOL: COPY_ROWS(b); return ST_OK;
    case PHYS_I64: COPY_ROWS(i64); return ST_OK;
    case PHYS_F64: COPY_ROWS(f64); return ST_OK;
    case PHYS_I128: COPY_ROWS(i128); return ST_OK;
    case PHYS_STR: COPY_ROWS(str); return ST_OK;
    case PHYS_NESTED: break;
    }
    for (uint32_t i = 0; i < sel->count; i++) {
        uint32_t row = selected(sel, i);
        if (bit_get(p->errors.failed, row))
            continue; /* the cell may be anything */
        TRY(column_copy_cell(&p->scratch, out, row, from, row));
    }
    return ST_OK;
}

static Status renew_nested(Program *p, uint32_t rows)
{
    for (uint32_t i = 0; i < p->nested.count; i++) {
        const NestedTarget *target = &p->nested.item[i];
        TRY(column_make_typed(&p->scratch, target->type, rows, &p->reg.item[target->reg]));
    }
    return ST_OK;
}

/* Truth values as 0 FALSE, 1 TRUE, 2 NULL. */
static inline unsigned truth(const Column *c, uint32_t row)
{
    uint32_t at = column_index(c, row);
    return c->valid != NULL && !bit_get(c->valid, at) ? 2u : (unsigned)(c->data.b[at] != 0);
}

static void run_logic(Program *p, const Step *step)
{
    const Selection *sel = &p->selection.item[step->sel];
    Column *out = &p->reg.item[step->out];
    const Column *arg = &p->reg.item[step->arg[0]];
    unsigned decides = step->kind == STEP_AND ? 0 : 1; /* FALSE ends an AND, TRUE an OR */
    for (uint32_t i = 0; i < sel->count; i++) {
        uint32_t row = selected(sel, i);
        unsigned a = truth(out, row), b = truth(arg, row);
        unsigned t = a == decides || b == decides ? decides : (a == 2 || b == 2 ? 2 : !decides);
        out->data.b[row] = t == 1;
        bit_put(out->valid, row, t != 2);
    }
}

/* --- selections --- */

static void run_select(Program *p, const Step *step)
{
    const Selection *sel = &p->selection.item[step->sel];
    Selection *out = &p->selection.item[step->out];
    const Column *arg = &p->reg.item[step->arg[0]];
    uint32_t count = 0;
    if (step->kind == STEP_SELECT_NULL) {
        for (uint32_t i = 0; i < sel->count; i++) {
            uint32_t row = selected(sel, i);
            out->memory[count] = (uint16_t)row;
            count += column_is_null(arg, row);
        }
    } else {
        /* keep[truth] */
        static const uint8_t keep[][3] = {
            [STEP_SELECT_TRUE] = {0, 1, 0},
            [STEP_SELECT_NOT_TRUE] = {1, 0, 1},
            [STEP_SELECT_NOT_FALSE] = {0, 1, 1},
        };
        const uint8_t *kept = keep[step->kind];
        for (uint32_t i = 0; i < sel->count; i++) {
            uint32_t row = selected(sel, i);
            out->memory[count] = (uint16_t)row;
            count += kept[truth(arg, row)];
        }
    }
    if (p->errors.count > 0) { /* a failed row's truth means nothing: it leaves every selection */
        uint32_t good = 0;
        for (uint32_t i = 0; i < count; i++) {
            out->memory[good] = out->memory[i];
            good += !bit_get(p->errors.failed, out->memory[i]);
        }
        count = good;
    }
    out->row = out->memory;
    out->count = (uint16_t)count;
}

/* --- the run --- */

static bool is_selected(const Selection *sel, uint32_t row)
{
    if (sel->row == NULL)
        return row < sel->count;
    uint32_t low = 0, high = sel->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (sel->row[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sel->count && sel->row[low] == row;
}

/* A bad cell fails its row when it is read: a row that left the selection before is not touched by
 * it. So a condition decides the same here as in a decoder to which it was pushed down. */
static void fail_bad_cells(Program *p, const Batch *in, const uint16_t *reg, uint32_t regs,
                           const Selection *sel)
{
    const Origin *origin = in->origin;
    for (uint32_t i = 0; origin != NULL && i < origin->bad_count; i++) {
        const BadCell *cell = &origin->bad[i];
        bool read = false;
        for (uint32_t a = 0; a < regs && cell->column < p->columns; a++)
            read = read || reg[a] == cell->column;
        if (!read || bit_get(p->errors.failed, cell->row) || !is_selected(sel, cell->row))
            continue;
        bit_set(p->errors.failed, cell->row);
        p->errors.item[p->errors.count++] =
            (RowError){cell->row, cell->code, cell->reason, cell->column, cell->part};
    }
}

static Status run_steps(Program *p, const Batch *in, EvalContext *context)
{
    assert(in->columns >= p->columns && in->rows <= BATCH_ROWS);
    if (!p->seeded)
        program_seed(p, context->random_state++);
    arena_reset(&p->scratch);
    TRY(renew_nested(p, in->rows));
    p->errors.count = 0;
    memset(p->errors.failed, 0, sizeof p->errors.failed);
    for (uint32_t i = 0; i < p->columns; i++)
        p->reg.item[i] = in->column[i];
    p->selection.item[0].row = in->sel;
    p->selection.item[0].count = in->selected;
    for (uint32_t i = 0; i < p->step.count; i++) {
        Step *step = &p->step.item[i];
        fail_bad_cells(p, in, step->arg, step->args, &p->selection.item[step->sel]);
        switch (step->kind) {
        case STEP_CALL: TRY(run_call(p, step, in, context)); break;
        case STEP_COPY: TRY(run_copy(p, step)); break;
        case STEP_AND:
        case STEP_OR: run_logic(p, step); break;
        case STEP_SELECT_TRUE:
        case STEP_SELECT_NOT_TRUE:
        case STEP_SELECT_NOT_FALSE:
        case STEP_SELECT_NULL: run_select(p, step); break;
        }
    }
    return ST_OK;
}

Status program_run(Program *p, const Batch *in, EvalContext *context, Column *out)
{
    TRY(run_steps(p, in, context));
    fail_bad_cells(p, in, p->result, p->results, &p->selection.item[0]);
    for (uint32_t i = 0; i < p->results; i++)
        out[i] = p->reg.item[p->result[i]];
    return ST_OK;
}

Status program_select(Program *p, const Batch *in, EvalContext *context, const uint16_t **sel,
                      uint16_t *count)
{
    TRY(run_steps(p, in, context));
    *sel = p->selection.item[p->filter].row;
    *count = p->selection.item[p->filter].count;
    return ST_OK;
}

const RowErrors *program_errors(const Program *p)
{
    return &p->errors;
}

/* --- random states --- */

static bool draws(const Step *step)
{
    return step->kind == STEP_CALL && (step->call->as.call.def->flags & FN_VOLATILE) != 0;
}

void program_seed(Program *p, uint64_t seed)
{
    for (uint32_t i = 0; i < p->step.count; i++) {
        if (draws(&p->step.item[i]))
            p->step.item[i].random = hash_u64(i + 1, seed) & ~RANDOM_STARTED;
    }
    p->seeded = true;
}

Status program_state(Program *p, StateWalk *walk)
{
    for (uint32_t i = 0; p != NULL && i < p->step.count; i++) {
        if (draws(&p->step.item[i]) && !DEFECT(RANDOM_LOST))
            TRY(STATE_WALK(walk, p->step.item[i].random));
    }
    return ST_OK;
}
