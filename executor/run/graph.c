#include "executor/run/graph.h"

#include <assert.h>

#include "executor/op/meeting.h"
#include "storage/base/vec.h"

/* Edges point upward: each node's operator learns its consumers. */
static Status wire(Graph *graph, Arena *arena)
{
    const Plan *plan = graph->plan;
    uint32_t *outs;
    TRY_NEW_ARRAY(outs, arena, plan->nodes);
    for (uint32_t i = 0; i < plan->nodes; i++) {
        for (uint32_t in = 0; in < plan->node[i]->inputs; in++)
            outs[plan->node[i]->input[in]->id]++;
    }
    for (uint32_t i = 0; i < plan->nodes; i++)
        TRY_NEW_ARRAY(graph->op[i]->out, arena, outs[i]);
    for (uint32_t i = 0; i < plan->nodes; i++) {
        for (uint32_t in = 0; in < plan->node[i]->inputs; in++) {
            Op *below = graph->op[plan->node[i]->input[in]->id];
            below->out[below->outs++] = (OpEdge){graph->op[i], in};
        }
    }
    return ST_OK;
}

/* Union-find over nodes: a node and its inputs are of one group. Scans shared by two queries join
 * those. */
static uint32_t root_of(uint32_t *parent, uint32_t at)
{
    while (parent[at] != at)
        at = parent[at] = parent[parent[at]];
    return at;
}

static Status group_scans(Graph *graph, Arena *arena)
{
    const Plan *plan = graph->plan;
    uint32_t *parent;
    ScanGroup **of_root;
    TRY_NEW_ARRAY(parent, arena, plan->nodes);
    TRY_NEW_ARRAY(of_root, arena, plan->nodes);
    TRY_NEW_ARRAY(graph->group, arena, plan->nodes);
    for (uint32_t i = 0; i < plan->nodes; i++)
        parent[i] = i;
    for (uint32_t i = 0; i < plan->nodes; i++) {
        for (uint32_t in = 0; in < plan->node[i]->inputs; in++)
            parent[root_of(parent, plan->node[i]->input[in]->id)] = root_of(parent, i);
    }
    for (uint32_t i = 0; i < plan->nodes; i++) {
        if (plan->node[i]->kind != PLAN_SCAN)
            continue;
        uint32_t root = root_of(parent, i);
        if (of_root[root] == NULL) {
            of_root[root] = &graph->group[graph->groups++];
            TRY_NEW_ARRAY(of_root[root]->scan, arena, plan->nodes);
            TRY_NEW_ARRAY(of_root[root]->clocked, arena, plan->nodes);
        }
        of_root[root]->scan[of_root[root]->scans++] = graph->op[i];
    }
    for (uint32_t i = 0; i < plan->nodes; i++) { /* one above constant rows alone ends at once */
        ScanGroup *group = of_root[root_of(parent, i)];
        if (group != NULL && op_goes_by_clock(graph->op[i]))
            group->clocked[group->clocked_count++] = graph->op[i];
    }
    return ST_OK;
}

Status graph_open(Graph *graph, const Plan *plan, OpEnv *env, Arena *arena, Diag *diag)
{
    *graph = (Graph){.plan = plan};
    TRY_NEW_ARRAY(graph->op, arena, plan->nodes);
    TRY_NEW_ARRAY(graph->values, arena, plan->nodes);
    for (uint32_t i = 0; i < plan->nodes; i++) {
        Status status = op_make(arena, plan->node[i], env, &graph->op[i], diag);
        graph->ops += graph->op[i] != NULL;
        TRY(status);
        if (plan->node[i]->kind == PLAN_VALUES)
            graph->values[graph->values_count++] = graph->op[i];
    }
    TRY(wire(graph, arena));
    TRY(meetings_find(arena, plan, graph->op));
    return group_scans(graph, arena);
}

void graph_close(Graph *graph)
{
    for (uint32_t i = 0; i < graph->ops; i++)
        op_close(graph->op[i]);
    graph->ops = 0;
}

Op *graph_sink(const Graph *graph, uint32_t sink)
{
    return graph->op[graph->plan->sink[sink]->id];
}

bool scan_group_is_due(const ScanGroup *group, Micros now)
{
    for (uint32_t i = 0; i < group->clocked_count; i++) {
        if (op_clock_due(group->clocked[i]) <= now)
            return true;
    }
    return false;
}

Status scan_group_clock(const ScanGroup *group, Micros now)
{
    for (uint32_t i = 0; i < group->clocked_count; i++) {
        if (op_clock_due(group->clocked[i]) <= now)
            TRY(op_clock(group->clocked[i], now));
    }
    return ST_OK;
}
