#include "executor/plan/plan.h"

#include <assert.h>

const char *plan_kind_title(PlanKind kind)
{
    static const char *const titles[] = {
#define X(kind, title, doc) [PLAN_##kind] = title,
#include "executor/plan/plan.def"
#undef X
    };
    assert((unsigned)kind < sizeof titles / sizeof titles[0]);
    return titles[kind];
}

bool plan_kind_forgets(PlanKind kind)
{
    static const PlanKind kinds[] = {
        PLAN_GROUP_AGGREGATE,    PLAN_SET_OPERATION,  PLAN_RANK,
        PLAN_DEDUPLICATE,        PLAN_OVER_AGGREGATE, PLAN_OVER_UPDATES,
        PLAN_UPSERT_MATERIALIZE, PLAN_NORMALIZE};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i] == kind)
            return true;
    }
    return false;
}

bool plan_over_looks_back(const PlanOver *over)
{
    for (uint32_t f = 0; f < over->frames; f++) {
        const PlanFrame *frame = &over->frame[f];
        if (frame->from_first || frame->to_last || frame->end > 0 || frame->calls == 0)
            return false;
    }
    for (uint32_t c = 0; c < over->calls; c++) {
        if (over->call[c].function != OVER_AGGREGATE)
            return false;
    }
    return true;
}

bool plan_over_forgets_by_time(const PlanOver *over)
{
    bool rows = over->by_arrival;
    for (uint32_t f = 0; f < over->frames; f++)
        rows = rows || over->frame[f].rows;
    return !rows && plan_over_looks_back(over);
}

const char *changelog_name(ChangelogMode mode)
{
    static const char *const names[] = {[CHANGELOG_APPEND] = "append",
                                        [CHANGELOG_UPSERT] = "upsert",
                                        [CHANGELOG_RETRACT] = "retract"};
    assert((unsigned)mode < sizeof names / sizeof names[0]);
    return names[mode];
}

static bool tells_apart(const PlanExpand *expand, const Schema *input, uint64_t lacks,
                        uint64_t others)
{
    bool tells = false;
    for (uint32_t k = 0; k < expand->keys && !tells; k++)
        tells = ((lacks ^ others) >> k & 1) != 0 && !input->field[k].type.nullable;
    return tells;
}

bool plan_expand_shows_sets(const PlanExpand *expand, const Schema *input)
{
    for (uint32_t i = 0; i < expand->sets; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (!tells_apart(expand, input, expand->set[i].lacks, expand->set[k].lacks))
                return false;
        }
    }
    return true;
}

const char *plan_set_name(const PlanSetOperation *set)
{
    static const char *const names[][2] = {
        [SET_INTERSECT] = {"INTERSECT", "INTERSECT ALL"}, [SET_EXCEPT] = {"EXCEPT", "EXCEPT ALL"}};
    return names[set->kind][set->all];
}

int64_t plan_set_rows(const PlanSetOperation *set, int64_t first, int64_t second)
{
    bool intersect = set->kind == SET_INTERSECT;
    if (!set->all)
        return first > 0 && (second > 0) == intersect;
    if (intersect)
        return first < second ? first : second;
    return first > second ? first - second : 0;
}

const char *rank_function_name(RankFunction function)
{
    static const char *const names[] = {
        [RANK_ROW_NUMBER] = "ROW_NUMBER", [RANK_RANK] = "RANK", [RANK_DENSE_RANK] = "DENSE_RANK"};
    assert((unsigned)function < sizeof names / sizeof names[0]);
    return names[function];
}

static bool shares_splits(const PlanNode *node)
{
    return node->kind == PLAN_SCAN && node->as.scan.spec.table->connector->shares_splits;
}

void plan_set_shard(Plan *plan, Shard shard)
{
    for (uint32_t i = 0; i < plan->nodes; i++) {
        if (shares_splits(plan->node[i]))
            plan->node[i]->as.scan.shard = shard;
    }
}

bool plan_shares_splits(const Plan *plan)
{
    for (uint32_t i = 0; i < plan->nodes; i++) {
        if (shares_splits(plan->node[i]))
            return true;
    }
    return false;
}

bool plan_is_bounded(const Plan *plan)
{
    for (uint32_t i = 0; i < plan->nodes; i++) {
        if (plan->node[i]->kind == PLAN_SCAN && !plan->node[i]->as.scan.bounded)
            return false;
    }
    return true;
}
