/* Filters and projections in a row become one Calc: conditions and columns are rewritten over the
 * base by putting the lower projection's expressions in the place of its columns. Conditions keep
 * their order and come before the columns, so an expression that can fail is never moved before a
 * filter that guards it. A value that is another one at each call (RAND) must not be computed
 * twice: such a projection is finished first. */
#include "planner/lower/lower.h"

Status chain_over(Lowering *lowering, PlanNode *base, const Schema *schema, Chain *out)
{
    *out = (Chain){.base = base, .schema = *schema};
    TRY_NEW_ARRAY(out->project, lowering->arena, schema->count);
    for (uint32_t i = 0; i < schema->count; i++)
        TRY(scalar_column(lowering->arena, i, schema->field[i].type, &out->project[i]));
    return ST_OK;
}

static bool is_volatile(const Chain *chain)
{
    for (uint32_t i = 0; i < chain->schema.count; i++) {
        const Scalar *s = chain->project[i];
        if ((s->flags & FN_VOLATILE) != 0)
            return true;
    }
    return false;
}

Status chain_settle(Lowering *lowering, Chain *chain)
{
    PlanNode *node;
    TRY(chain_finish(lowering, chain, &node));
    return chain_over(lowering, node, &node->schema, chain);
}

static Status settle(Lowering *lowering, Chain *chain)
{
    return is_volatile(chain) ? chain_settle(lowering, chain) : ST_OK;
}

static Status too_deep(Lowering *lowering, Status status, Span span)
{
    if (status == ST_LIMIT)
        return diag_error(lowering->diag, E1005, span,
                          "the expression is too deep once views and subqueries are put in");
    return status;
}

Status chain_filter(Lowering *lowering, Chain *chain, Scalar *const *condition, uint32_t conditions)
{
    TRY(settle(lowering, chain));
    for (uint32_t i = 0; i < conditions; i++) {
        Scalar *over_base;
        TRY(too_deep(
            lowering,
            scalar_replace_columns(lowering->arena, condition[i], chain->project, &over_base),
            condition[i]->span));
        TRY_PUSH(&chain->condition, lowering->arena, over_base);
    }
    return ST_OK;
}

Status chain_project(Lowering *lowering, Chain *chain, Scalar *const *project, const Schema *schema)
{
    TRY(settle(lowering, chain));
    Scalar **over_base;
    TRY_NEW_ARRAY(over_base, lowering->arena, schema->count);
    for (uint32_t i = 0; i < schema->count; i++)
        TRY(too_deep(
            lowering,
            scalar_replace_columns(lowering->arena, project[i], chain->project, &over_base[i]),
            project[i]->span));
    chain->project = over_base;
    chain->schema = *schema;
    return ST_OK;
}

static bool is_identity(const Chain *chain)
{
    if (chain->condition.count > 0 || chain->schema.count != chain->base->schema.count)
        return false;
    for (uint32_t i = 0; i < chain->schema.count; i++) {
        const Scalar *s = chain->project[i];
        if (s->kind != SCALAR_COLUMN || s->as.column != i ||
            !text_equal(chain->schema.field[i].name, chain->base->schema.field[i].name))
            return false;
    }
    return true;
}

Status chain_finish(Lowering *lowering, const Chain *unfinished, PlanNode **out)
{
    Chain settled = *unfinished, *chain = &settled;
    TRY(chain_settle_window(lowering, chain));
    /* Above a scan there is always a Calc: the first one refuses rows with bad cells that it reads.
     */
    if (is_identity(chain) && chain->base->kind != PLAN_SCAN) {
        *out = chain->base;
        return ST_OK;
    }
    PlanNode *base = chain->base;
    TRY(lowering_add(lowering, PLAN_CALC, chain->schema, &base, 1, out));
    (*out)->as.calc = (PlanCalc){chain->condition.item, chain->condition.count, chain->project};
    infer_changelog(*out);
    return ST_OK;
}
