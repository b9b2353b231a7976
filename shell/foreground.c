#include "shell/foreground.h"

#include <unistd.h>

enum { TELL_MS = 25 }; /* soon enough for eyes, seldom enough to cost nothing */

void foreground_open(Foreground *foreground, Output *output, Clock *clock)
{
    *foreground = (Foreground){.output = output, .clock = clock};
    foreground->told = clock->monotonic(clock) - TELL_MS * MICROS_PER_MILLI;
}

bool foreground_is_due(Foreground *foreground)
{
    if (foreground->output->progress == NULL)
        return false;
    Micros now = foreground->clock->monotonic(foreground->clock);
    if (now - foreground->told < TELL_MS * MICROS_PER_MILLI)
        return false;
    foreground->told = now;
    foreground->progress = (OutputProgress){.bounded = true};
    foreground->sized = true;
    return true;
}

static uint8_t streams_of_sink(const TableSpec *table)
{
    if (table->connector == &stdout_connector)
        return 1 << STDOUT_FILENO;
    if (table->connector != &print_connector)
        return 0;
    bool error = option_bool(&table->scope, table->options, "standard-error");
    return (uint8_t)(1 << (error ? STDERR_FILENO : STDOUT_FILENO));
}

static uint8_t streams_of(const Plan *plan)
{
    uint8_t streams = 0;
    for (uint32_t i = 0; i < plan->nodes; i++) {
        const PlanNode *node = plan->node[i];
        if (node->kind == PLAN_SCAN && node->as.scan.spec.table->connector == &stdin_connector)
            streams |= 1 << STDIN_FILENO;
    }
    for (uint32_t i = 0; i < plan->sinks; i++) {
        const PlanSink *sink = &plan->sink[i]->as.sink;
        if (sink->kind == SINK_CONNECTOR)
            streams |= streams_of_sink(sink->table);
    }
    return streams;
}

void foreground_add(Foreground *foreground, const Plan *plan, const Job *job)
{
    OutputProgress *progress = &foreground->progress;
    JobInput input = job_input(job);
    uint64_t rejected = job_counts(job).rejected;
    const Diag *first = job_first_rejection(job);
    progress->rows += input.records;
    progress->rows_before += input.records_before;
    progress->recovering = progress->recovering || job_is_recovering(job);
    progress->rejected += rejected;
    foreground->sized = foreground->sized && input.bytes_in_all > 0;
    progress->bytes = foreground->sized ? progress->bytes + input.bytes : 0;
    progress->bytes_before = foreground->sized ? progress->bytes_before + input.bytes_before : 0;
    progress->bytes_in_all = foreground->sized ? progress->bytes_in_all + input.bytes_in_all : 0;
    if (progress->first_rejection == NULL && first->set)
        progress->first_rejection = first;
    progress->bounded = progress->bounded && plan_is_bounded(plan);
    progress->streams |= streams_of(plan);
}

Status foreground_tell(Foreground *foreground)
{
    return foreground->output->progress(foreground->output, &foreground->progress);
}

Status foreground_end(Foreground *foreground, Status status)
{
    if (foreground->output->progress == NULL)
        return status;
    Status ended = foreground->output->progress(foreground->output, NULL);
    return status == ST_OK ? ended : status;
}
