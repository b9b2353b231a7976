/* What a program may hold at most, refused while the statement can still be pointed at: operators
 * compile their scalars when the job is opened, where there is no script any more. Each node of a
 * scalar counts, also where the compiler would share it. */
#include "executor/expr/program.h"
#include "planner/lower/lower.h"

typedef struct ProgramSize {
    const PlanNode *node;
    const QueryDraft *query; /* for the place of the error */
    Diag *diag;
} ProgramSize;

static Status report(const ProgramSize *size, const Field *column)
{
    Status status = column == NULL ? diag_error(size->diag, E1005, size->query->span,
                                                "the query computes too much in one step: more "
                                                "than %d operations in its conditions",
                                                PROGRAM_SIZE_MAX)
                                   : diag_error(size->diag, E1005, size->query->span,
                                                "the query computes too much in one step: more "
                                                "than %d operations up to column \"%.*s\"",
                                                PROGRAM_SIZE_MAX, TEXT_ARG(column->name));
    diag_hint(size->diag, "several views, each with a part of it, compute less at once");
    return status;
}

/* `column`: what each scalar makes; NULL: the scalars are conditions. */
static Status check(const ProgramSize *size, Scalar *const *scalar, uint32_t count, uint32_t width,
                    const Field *column)
{
    uint64_t total = width;
    for (uint32_t i = 0; i < count; i++) {
        total += scalar[i]->size;
        if (total > PROGRAM_SIZE_MAX)
            return report(size, column == NULL ? NULL : &column[i]);
    }
    return ST_OK;
}

static Status check_scan(const ProgramSize *size, const PlanScan *scan)
{
    uint32_t decoded = scan_columns(&scan->spec);
    if (scan->computed_count > 0)
        TRY(check(size, scan->computed, scan->computed_count, decoded,
                  size->node->schema.field + decoded));
    if (scan->watermark == NULL)
        return ST_OK;
    return check(size, &scan->watermark, 1, size->node->schema.count,
                 &size->node->schema.field[scan->rowtime]);
}

static Status check_calc(const ProgramSize *size, const PlanCalc *calc)
{
    uint32_t width = size->node->input[0]->schema.count;
    TRY(check(size, calc->condition, calc->conditions, width, NULL));
    if (calc->project == NULL)
        return ST_OK;
    return check(size, calc->project, size->node->schema.count, width, size->node->schema.field);
}

static Status check_values(const ProgramSize *size, const PlanValues *values)
{
    uint32_t width = size->node->schema.count;
    for (uint32_t row = 0; row < values->rows && width > 0; row++)
        TRY(check(size, values->cell + (size_t)row * width, width, 0, size->node->schema.field));
    return ST_OK;
}

Status check_program_sizes(const Plan *plan, const QueryDraft *query, Diag *diag)
{
    for (uint32_t i = 0; i < plan->nodes; i++) {
        const PlanNode *node = plan->node[i];
        ProgramSize size = {node, &query[node->query < plan->sinks ? node->query : 0], diag};
        if (node->kind == PLAN_SCAN)
            TRY(check_scan(&size, &node->as.scan));
        if (node->kind == PLAN_CALC)
            TRY(check_calc(&size, &node->as.calc));
        if (node->kind == PLAN_VALUES)
            TRY(check_values(&size, &node->as.values));
        if (node->kind == PLAN_UNNEST && node->as.unnest.condition != NULL)
            TRY(check(&size, &node->as.unnest.condition, 1, node->schema.count, NULL));
    }
    return ST_OK;
}
