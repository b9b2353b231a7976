#include "shell/shards.h"

static Status refuse(Shard asked, const CatalogJob *stored, Diag *diag)
{
    char wanted[SHARD_TEXT_SIZE], kept[SHARD_TEXT_SIZE];
    Status status;
    shard_print(asked, wanted);
    shard_print(stored->shard, kept);
    if (shard_is_part(stored->shard))
        status = diag_error(diag, E4014, SPAN_NONE, "job %lld is shard %s, and not %s",
                            (long long)stored->id, kept, wanted);
    else
        status = diag_error(diag, E4014, SPAN_NONE,
                            "job %lld reads all partitions, and not those of shard %s alone",
                            (long long)stored->id, wanted);
    diag_hint(diag, "without --shard it goes on as it is; another shard takes a database of its "
                    "own; weir explain E4014 tells how to divide a topic anew");
    return status;
}

Status shards_check_stored(const Session *session, const CatalogJob *stored, Diag *diag)
{
    Shard asked = session->config.shard;
    if (asked.count == 0 || shard_equal(asked, stored->shard))
        return ST_OK;
    return refuse(asked, stored, diag);
}

/* One that was stopped for good keeps no positions any more. */
Status shards_choose(const Session *session, const CatalogJob *kept, Shard *out, Diag *diag)
{
    *out = session->config.shard;
    if (kept == NULL || (kept->state == JOB_STOPPED && out->count > 0))
        return ST_OK;
    *out = kept->shard;
    return shards_check_stored(session, kept, diag);
}

Status shards_refuse_idle(const Session *session, Diag *diag)
{
    char text[SHARD_TEXT_SIZE];
    shard_print(session->config.shard, text);
    Status status =
        diag_error(diag, E0003, SPAN_NONE, "--shard %s: nothing in the script reads Kafka", text);
    diag_hint(diag, "a shard is a part of the partitions of topics; all other tables are read "
                    "whole by every process");
    return status;
}

static bool names_before(const Plan *plan, uint32_t node)
{
    Text name = plan->node[node]->as.scan.spec.table->name;
    for (uint32_t i = 0; i < node; i++) {
        if (plan->node[i]->kind == PLAN_SCAN &&
            text_equal(plan->node[i]->as.scan.spec.table->name, name))
            return true;
    }
    return false;
}

/* What would otherwise be in the results of each shard without anybody having said so. */
static void tell_whole(const Execution *execution, const Plan *plan)
{
    for (uint32_t i = 0; i < plan->nodes; i++) {
        const PlanNode *node = plan->node[i];
        if (node->kind != PLAN_SCAN || node->as.scan.spec.table->connector->shares_splits ||
            names_before(plan, i))
            continue;
        execution_note(execution, "\"%.*s\" is no topic: every shard reads all of it",
                       TEXT_ARG(node->as.scan.spec.table->name));
    }
}

void shards_tell(const Execution *execution, const SessionJob *job)
{
    const Session *session = execution->session;
    const CatalogJob *stored = catalog_find_job(session->catalog, job->id);
    char text[SHARD_TEXT_SIZE];
    if (stored == NULL || !shard_is_part(stored->shard))
        return;
    shard_print(stored->shard, text);
    execution_note(execution, "job %lld is shard %s", (long long)job->id, text);
    tell_whole(execution, job->plan);
}
