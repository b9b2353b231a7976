/* Casts between nested types of one kind: every part is cast by the kernel that casts it alone. The
 * cells of a part, fields of rows or elements, are gathered into runs of BATCH_ROWS, cast, and
 * copied to where they belong; what fails in a run fails the row that the cell came from. */
#include <assert.h>

#include "executor/function/cast.h"
#include "executor/function/nested_kernels.h"

/* Cells on their way through one part's kernel. */
typedef struct PartRun {
    KernelCall *whole;
    const FunctionCall *part;
    const Column *from;
    Column *to;
    uint32_t count;
    uint16_t row[BATCH_ROWS];                            /* of the whole */
    uint32_t from_cell[BATCH_ROWS], to_cell[BATCH_ROWS]; /* in `from` and `to` */
    RowErrors errors;
    RowError error[BATCH_ROWS];
} PartRun;

static void fail_rows(PartRun *run)
{
    const CastNested *parts = run->whole->data;
    for (uint32_t i = 0; i < run->errors.count; i++) {
        const RowError *error = &run->errors.item[i];
        uint32_t row = run->row[error->row];
        if (parts->whole.null_on_failure)
            kernel_null(run->whole, row);
        else
            kernel_fail(run->whole, row, error->code, "%s", error->message);
    }
}

/* Casts the cells that were gathered. NULLs are not among them. */
static Status flush_run(PartRun *run)
{
    KernelCall *whole = run->whole;
    Column in, out;
    const Column *arg = &in;
    if (run->count == 0)
        return ST_OK;
    TRY(column_make_typed(whole->scratch, &run->part->arg[0], run->count, &in));
    TRY(column_make_typed(whole->scratch, &run->part->result, run->count, &out));
    for (uint32_t i = 0; i < run->count; i++)
        TRY(column_copy_cell(whole->scratch, &in, i, run->from, run->from_cell[i]));
    run->errors = (RowErrors){.item = run->error};
    KernelCall call = {.count = run->count,
                       .arg = &arg,
                       .args = 1,
                       .out = &out,
                       .rows = run->count,
                       .data = run->part->data,
                       .arg_type = run->part->arg,
                       .result = &run->part->result,
                       .scratch = whole->scratch,
                       .context = whole->context,
                       .errors = &run->errors};
    TRY(run->part->kernel(&call));
    fail_rows(run);
    for (uint32_t i = 0; i < run->count; i++) {
        if (!bit_get(run->errors.failed, i))
            TRY(column_copy_cell(whole->scratch, run->to, run->to_cell[i], &out, i));
    }
    run->count = 0;
    return ST_OK;
}

static Status add_cell(PartRun *run, uint32_t row, uint32_t from_cell, uint32_t to_cell)
{
    if (column_is_null(run->from, from_cell)) {
        bit_clear(run->to->valid, to_cell);
        return ST_OK;
    }
    run->row[run->count] = (uint16_t)row;
    run->from_cell[run->count] = from_cell;
    run->to_cell[run->count] = to_cell;
    return ++run->count == BATCH_ROWS ? flush_run(run) : ST_OK;
}

/* The cells of one part, for all rows. */
static Status cast_part(KernelCall *call, uint32_t part, PartRun *run)
{
    const Column *arg = call->arg[0];
    const Nested *from = arg->data.nested;
    Nested *to = call->out->data.nested;
    run->part = &((const CastNested *)call->data)->part[part];
    run->from = &from->child[part];
    run->to = &to->child[part];
    for (EACH_ROW(call, i, row)) {
        Elements out = {row, 1}, in = {column_index(arg, row), 1};
        if (from->list != NULL) {
            in = nested_list(arg, row);
            out = to->list[row];
        }
        for (uint32_t e = 0; e < in.count; e++)
            TRY(add_cell(run, row, in.start + e, out.start + e));
    }
    return flush_run(run);
}

/* Keys that were different can be equal when they are cast: the last entry stays, as in Flink. */
Status cast_nested_to_nested(KernelCall *call)
{
    const Column *arg = call->arg[0];
    TRY(kernel_open_nested(call));
    Nested *to = call->out->data.nested;
    if (to->list != NULL) {
        uint32_t first;
        for (EACH_ROW(call, i, row))
            TRY(nested_add_elements(call->scratch, to, row, nested_list(arg, row).count, &first));
    }
    PartRun *run = arena_alloc_zeroed(call->scratch, sizeof *run);
    if (run == NULL)
        return ST_NOMEM;
    run->whole = call;
    for (uint32_t part = 0; part < to->children; part++)
        TRY(cast_part(call, part, run));
    return ST_OK;
}
