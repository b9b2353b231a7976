/* Comparisons of a column with a constant move into the scan when one Calc is all that reads it, so
 * that the decoder can leave out the other columns of rows that do not pass. The Calc keeps its
 * condition: it is what refuses a row whose cell could not be decoded. */
#include "planner/lower/lower.h"

static const PlanNode *only_consumer(const Plan *plan, const PlanNode *scan)
{
    const PlanNode *found = NULL;
    for (uint32_t i = 0; i < plan->nodes; i++) {
        const PlanNode *node = plan->node[i];
        for (uint32_t in = 0; in < node->inputs; in++) {
            if (node->input[in] != scan)
                continue;
            if (found != NULL)
                return NULL;
            found = node;
        }
    }
    return found != NULL && found->kind == PLAN_CALC ? found : NULL;
}

static bool comparison_op(const char *name, bool swapped, PredicateOp *out)
{
    static const struct {
        const char *name;
        PredicateOp op, swapped;
    } ops[] = {
        {"=", PREDICATE_EQ, PREDICATE_EQ}, {"<>", PREDICATE_NE, PREDICATE_NE},
        {"<", PREDICATE_LT, PREDICATE_GT}, {"<=", PREDICATE_LE, PREDICATE_GE},
        {">", PREDICATE_GT, PREDICATE_LT}, {">=", PREDICATE_GE, PREDICATE_LE},
    };
    for (uint32_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (strcmp(name, ops[i].name) == 0) {
            *out = swapped ? ops[i].swapped : ops[i].op;
            return true;
        }
    }
    return false;
}

/* The condition as a comparison of a decoded column. */
static bool as_comparison(const PlanScan *scan, const Scalar *s, Comparison *out)
{
    if (s->kind != SCALAR_CALL || s->args != 2)
        return false;
    bool swapped = scalar_is_constant(s->arg[0]);
    const Scalar *column = s->arg[swapped], *constant = s->arg[!swapped];
    if (column->kind != SCALAR_COLUMN || !scalar_is_constant(constant) ||
        constant->as.constant.null || column->as.column >= scan->spec.wanted_count)
        return false;
    PhysType phys = type_phys((TypeId)column->type.id);
    if ((phys != PHYS_I64 && phys != PHYS_F64 && phys != PHYS_STR) ||
        type_phys((TypeId)constant->type.id) != phys || type_is_binary(&column->type) ||
        column->type.id == TYPE_CHAR)
        return false;
    if (!comparison_op(s->as.call.def->name, swapped, &out->op))
        return false;
    out->column = scan->spec.wanted[column->as.column];
    out->value = constant->as.constant;
    return true;
}

Status push_predicates(Arena *arena, Plan *plan)
{
    for (uint32_t i = 0; i < plan->nodes; i++) {
        PlanNode *node = plan->node[i];
        if (node->kind != PLAN_SCAN)
            continue;
        const PlanNode *calc = only_consumer(plan, node);
        if (calc == NULL)
            continue;
        VEC(Comparison) pushed = {0};
        for (uint32_t c = 0; c < calc->as.calc.conditions; c++) {
            Comparison comparison;
            if (!as_comparison(&node->as.scan, calc->as.calc.condition[c], &comparison))
                break; /* what stands before a comparison may guard it */
            TRY_PUSH(&pushed, arena, comparison);
        }
        node->as.scan.spec.predicate = (Predicate){pushed.item, pushed.count};
    }
    return ST_OK;
}
