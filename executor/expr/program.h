/* Program: scalars compiled to a flat list of steps over column registers, after PostgreSQL's
 * expression steps with columns in place of datums. Compiling resolves everything; running has no
 * recursion and no switch on types. Common subexpressions are computed once. AND, OR, CASE and
 * COALESCE narrow the selection for what they guard, so that an untaken branch never raises an
 * error (the way of DuckDB's execute_case).
 *
 * A program owns the registers that it computes; what it returns is valid until its next run. */
#ifndef WEIR_EXECUTOR_EXPR_PROGRAM_H
#define WEIR_EXECUTOR_EXPR_PROGRAM_H

#include "executor/plan/scalar.h"
#include "storage/data/batch.h"
#include "storage/state/state_walk.h"

typedef struct Program Program;

/* Input columns and nodes of all scalars together: registers are numbered in 16 bits. What is
 * within it always compiles; beyond it ST_LIMIT, which says no more: the planner refuses such a
 * plan. */
enum { PROGRAM_SIZE_MAX = UINT16_MAX };

/* All scalars are evaluated for each row. `columns` is the width of the input. */
CHECKED Status program_compile(Meter *meter, Scalar *const *scalar, uint32_t count,
                               uint32_t columns, Program **out);
/* For program_select: boolean scalars taken as a conjunction. */
CHECKED Status program_compile_filter(Meter *meter, Scalar *const *scalar, uint32_t count,
                                      uint32_t columns, Program **out);
void program_close(Program *program);

/* Computes for the batch's selected rows; out[i] is the i-th scalar's column (an input column
 * itself where the scalar is one). Rows that failed are in program_errors; their cells mean
 * nothing. A row with a bad cell that is read for it fails with the cell's error. */
CHECKED Status program_run(Program *program, const Batch *in, EvalContext *context, Column *out);
/* The rows for which all scalars of the filter are TRUE, in *sel and *selected (owned by the
 * program). Each one sees only the rows that passed those before it. */
CHECKED Status program_select(Program *program, const Batch *in, EvalContext *context,
                              const uint16_t **sel, uint16_t *selected);
/* Where the calls of RAND and the like begin; without it they begin at what the context says when
 * the program runs first. */
void program_seed(Program *program, uint64_t seed);
/* Saves or loads how far they have come. NULL: nothing. */
CHECKED Status program_state(Program *program, StateWalk *walk);
const RowErrors *program_errors(const Program *program);

#endif
