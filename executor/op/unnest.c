/* Unnest: a row for each element of the input's last column, in the order of the elements; rows
 * keep their kinds and watermarks. A row without elements gives none, or in the outer form one,
 * padded with NULLs.
 *
 * Which row and which element make each output row is listed first, then the columns are gathered
 * one after the other, a batch at a time, however many elements a row has. With a condition every
 * input row's elements are followed by a padded row, which goes on when none of them did: whether
 * one did is remembered from batch to batch. An element for which the condition cannot be computed
 * is rejected, and no padded row stands for it. */
#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/base/hash.h"
#include "storage/data/nested.h"

typedef struct UnnestOp {
    Op op;
    Program *condition;           /* NULL: none */
    bool matched;                 /* an element of the input row that is being listed went on */
    uint32_t count;               /* rows listed */
    uint32_t row[BATCH_ROWS];     /* of the input */
    uint32_t element[BATCH_ROWS]; /* in the children; CELL_NONE: there is none */
    uint32_t field[BATCH_ROWS];   /* the same, CELL_NONE also where the element, a ROW, is NULL */
    int64_t number[BATCH_ROWS];
} UnnestOp;

/* What an element is made of, from *out on; *out is moved behind it. */
static Status gather_element(UnnestOp *self, const Column *list, Column **out)
{
    Arena *scratch = &self->op.scratch;
    const Schema *input = &self->op.plan->input[0]->schema;
    const Type *type = &input->field[input->count - 1].type;
    const Column *part = list->data.nested->child;
    const uint32_t *from = self->element;
    uint32_t parts = type->id == TYPE_MAP ? 2 : 1;
    if (type->id != TYPE_MAP && type->child[0].type.id == TYPE_ROW) {
        for (uint32_t i = 0; i < self->count; i++) {
            bool none = self->element[i] == CELL_NONE || column_is_null(part, self->element[i]);
            self->field[i] = none ? CELL_NONE : self->element[i];
        }
        from = self->field;
        parts = type->child[0].type.children;
        part = part->data.nested->child;
    }
    for (uint32_t i = 0; i < parts; i++)
        TRY(column_gather(scratch, &part[i], from, self->count, (*out)++));
    return ST_OK;
}

/* The element, and its number if that is asked for. */
static Status gather_rest(UnnestOp *self, const Column *list, Column *out)
{
    Arena *scratch = &self->op.scratch;
    TRY(gather_element(self, list, &out));
    if (!self->op.plan->as.unnest.ordinality)
        return ST_OK;
    TRY(column_make(scratch, PHYS_I64, self->count, out));
    TRY(column_need_valid(scratch, out, self->count));
    for (uint32_t i = 0; i < self->count; i++) {
        out->data.i64[i] = self->number[i];
        bit_put(out->valid, i, self->element[i] != CELL_NONE);
    }
    return ST_OK;
}

/* --- the condition --- */

static Status unnest_open(Op *op, Diag *diag)
{
    (void)diag;
    UnnestOp *self = (UnnestOp *)op;
    Scalar *const *condition = &op->plan->as.unnest.condition;
    if (*condition == NULL)
        return ST_OK;
    TRY(program_compile_filter(&op->meter, condition, 1, op->plan->schema.count, &self->condition));
    program_seed(self->condition, hash_u64(op->plan->id * UINT64_C(2), op->env->seed));
    return ST_OK;
}

static Status unnest_state(Op *op, StateWalk *walk)
{
    return program_state(((UnnestOp *)op)->condition, walk);
}

static void unnest_close(Op *op)
{
    program_close(((UnnestOp *)op)->condition);
}

/* Of the rows that are listed, those with an element. */
static Status list_candidates(UnnestOp *self, Batch *batch)
{
    uint16_t *sel;
    TRY_NEW_ARRAY(sel, &self->op.scratch, self->count);
    batch->selected = 0;
    for (uint32_t i = 0; i < self->count; i++) {
        sel[batch->selected] = (uint16_t)i;
        batch->selected = (uint16_t)(batch->selected + (self->element[i] != CELL_NONE));
    }
    batch->sel = sel;
    return ST_OK;
}

/* Narrows the batch to the elements that meet the condition and the padded rows that are due. */
static Status select_rows(UnnestOp *self, Batch *batch)
{
    Op *op = &self->op;
    const RowErrors *errors = program_errors(self->condition);
    const uint16_t *met;
    uint16_t *sel, met_count, next = 0, count = 0;
    TRY(list_candidates(self, batch));
    TRY(program_select(self->condition, batch, &op->env->eval, &met, &met_count));
    if (errors->count > 0)
        TRY(reject_failed_rows(op, &op->plan->schema, batch, errors, &batch->sel,
                               &batch->selected));
    TRY_NEW_ARRAY(sel, &op->scratch, self->count);
    for (uint32_t i = 0; i < self->count; i++) {
        bool pad = self->element[i] == CELL_NONE, meets = next < met_count && met[next] == i;
        next = (uint16_t)(next + meets);
        sel[count] = (uint16_t)i;
        count = (uint16_t)(count + (pad ? !self->matched : meets));
        self->matched = !pad && (self->matched || meets || bit_get(errors->failed, i));
    }
    batch->sel = sel;
    batch->selected = count;
    return ST_OK;
}

/* --- rows --- */

static Status send(UnnestOp *self, const Batch *in)
{
    Op *op = &self->op;
    uint32_t kept = in->columns - 1u;
    Batch out;
    Column *rest;
    if (self->count == 0)
        return ST_OK;
    ArenaMark mark = arena_mark(&op->scratch);
    TRY(op_repeat_rows(op, in, self->row, self->count, kept, &out, &rest));
    TRY(gather_rest(self, &in->column[kept], rest));
    if (self->condition != NULL)
        TRY(select_rows(self, &out));
    self->count = 0;
    TRY(op_emit(op, &out));
    arena_release(&op->scratch, mark);
    return ST_OK;
}

static Status list_row(UnnestOp *self, const Batch *in, uint32_t row, uint32_t element,
                       int64_t number)
{
    if (self->count == BATCH_ROWS)
        TRY(send(self, in));
    self->row[self->count] = row;
    self->element[self->count] = element;
    self->number[self->count++] = number;
    return ST_OK;
}

/* A MULTISET's element comes as often as it is there. */
static int64_t times(const Column *list, const Type *type, uint32_t element)
{
    const Column *counts = &list->data.nested->child[1];
    return type->id == TYPE_MULTISET ? counts->data.i64[column_index(counts, element)] : 1;
}

static Status list_elements(UnnestOp *self, const Batch *in, uint32_t row, bool *any)
{
    const Column *list = &in->column[in->columns - 1];
    const Type *type = &self->op.plan->input[0]->schema.field[in->columns - 1u].type;
    int64_t number = 0;
    Elements cell = column_is_null(list, row) ? (Elements){0, 0} : nested_list(list, row);
    for (uint32_t i = 0; i < cell.count; i++) {
        for (int64_t n = times(list, type, cell.start + i); n > 0; n--)
            TRY(list_row(self, in, row, cell.start + i, ++number));
    }
    *any = number > 0;
    if (self->op.plan->as.unnest.outer && (!*any || self->condition != NULL))
        return list_row(self, in, row, CELL_NONE, 0);
    return ST_OK;
}

static Status unnest_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    UnnestOp *self = (UnnestOp *)op;
    uint32_t used = 0;
    self->count = 0;
    for (uint32_t i = 0; i < in->selected; i++) {
        bool any;
        TRY(list_elements(self, in, batch_row(in, i), &any));
        used += any || op->plan->as.unnest.outer;
    }
    reject_count_used(op, in, used);
    reject_count_filtered(op, in, in->selected - used);
    return send(self, in);
}

const OpClass unnest_class = {.size = sizeof(UnnestOp),
                              .open = unnest_open,
                              .push = unnest_push,
                              .state = unnest_state,
                              .close = unnest_close};
