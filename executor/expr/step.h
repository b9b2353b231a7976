/* The inside of a Program, shared by the compiler (compile.c) and the runner (program.c).
 *
 * Registers are columns: first the batch's, then constants, then what steps compute. Selections are
 * lists of row numbers: selection 0 is the batch's own, each other one is a part of its parent. */
#ifndef WEIR_EXECUTOR_EXPR_STEP_H
#define WEIR_EXECUTOR_EXPR_STEP_H

#include "executor/expr/program.h"
#include "storage/base/vec.h"

typedef enum StepKind {
    STEP_CALL, /* out = kernel(args) for the rows of sel */
    STEP_COPY, /* out = arg, cell by cell, for the rows of sel */
    STEP_AND,  /* out = out AND arg, three-valued */
    STEP_OR,
    STEP_SELECT_TRUE, /* selection `out` = the rows of sel for which arg is TRUE */
    STEP_SELECT_NOT_TRUE,
    STEP_SELECT_NOT_FALSE,
    STEP_SELECT_NULL,
} StepKind;

typedef struct Step {
    StepKind kind;
    uint16_t out, sel;
    uint16_t args;
    const uint16_t *arg;  /* registers */
    const Scalar *call;   /* STEP_CALL: kernel, data, types */
    const Type *arg_type; /* STEP_CALL: args entries */
    uint64_t random;      /* of a call that is FN_VOLATILE: its state */
} Step;

typedef struct Selection {
    const uint16_t *row; /* NULL: rows 0 .. count - 1 */
    uint16_t count;
    uint16_t *memory; /* room for BATCH_ROWS; NULL for selection 0 */
    uint16_t parent;
} Selection;

/* It is made anew for each run: its elements do not outlive one. */
typedef struct NestedTarget {
    uint16_t reg;
    const Type *type;
} NestedTarget;

struct Program {
    Meter *meter;
    Arena arena;   /* steps, registers, selections */
    Arena scratch; /* long strings of one run */
    VEC(Step) step;
    VEC(Column) reg;        /* inputs are overwritten by each run */
    VEC(uint64_t *) bitmap; /* per register: its validity bitmap, also while the column has none */
    VEC(Selection) selection;
    uint32_t columns; /* inputs: registers 0 .. columns - 1 */
    uint16_t *result; /* register of each scalar */
    uint32_t results;
    VEC(NestedTarget) nested; /* registers that steps copy nested cells into */
    uint16_t filter;          /* program_select's last selection */
    RowErrors errors;
    bool seeded; /* the random states are set */
};

#endif
