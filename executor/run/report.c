#include "executor/run/report.h"

#include <string.h>

#include "executor/run/job_private.h"
#include "storage/base/hash.h"

static const Micros report_interval = MICROS_PER_SECOND;

static Micros monotonic(const Job *job)
{
    return job->config.clock->monotonic(job->config.clock);
}

static Micros wall(const Job *job)
{
    return job->config.clock->wall(job->config.clock);
}

Status report_open(Job *job, Diag *diag)
{
    Report *self = &job->report;
    (void)diag;
    strbuf_init(&self->text, &job->meter);
    self->opened = monotonic(job);
    self->last = self->opened - report_interval;
    self->whole = true;
    self->started = !job->config.restart;
    for (uint32_t i = 0; i < job->graph.groups; i++)
        self->scans += job->graph.group[i].scans;
    TRY_NEW_ARRAY(self->scan, &job->arena, self->scans);
    return job->db == NULL ? ST_OK
                           : monitor_open(job->db, job->config.id, &job->meter, &self->monitor);
}

void report_close(Job *job)
{
    monitor_close(job->report.monitor);
    strbuf_close(&job->report.text);
}

void report_forget(Job *job)
{
    job->report.whole = true;
    job->report.last = monotonic(job); /* so that it is not tried again at once */
    if (job->report.starts)
        job->report.started = false;
}

/* --- epochs --- */

/* Each once, however many queries read it. */
static uint64_t records_read(const Job *job)
{
    uint64_t records = 0;
    for (uint32_t i = 0; i < job->reject.sources; i++)
        records += job->reject.source[i].read;
    return records;
}

/* What was read before this process began belongs to no epoch of its own. */
static void find_base(Job *job)
{
    Report *self = &job->report;
    if (!self->based)
        self->records = job->recovery.loaded ? records_read(job) : 0;
    self->based = true;
}

void report_begin_epoch(Job *job)
{
    Report *self = &job->report;
    find_base(job);
    if (self->told_epoch == job->epoch && job->epoch > 0)
        self->records = self->told;
    self->starts = false;
    self->begun = monotonic(job);
    self->rows = self->bytes = 0;
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table[i] == NULL)
            continue;
        self->rows += result_table_pending_count(job->table[i]);
        self->bytes += result_table_pending_bytes(job->table[i]);
    }
    if (job->log != NULL)
        self->bytes += reject_log_pending_bytes(job->log);
}

static Status put_epoch(Job *job, Diag *diag)
{
    Report *self = &job->report;
    uint64_t records = records_read(job);
    if (records == self->records && self->rows == 0 && self->bytes == 0)
        return ST_OK;
    const MonitorEpoch row = {
        .epoch = job->epoch + 1,
        .time = wall(job),
        .records = records - self->records,
        .rows_changed = self->rows,
        .bytes = self->bytes,
        .milliseconds = (double)(monotonic(job) - self->begun) / MICROS_PER_MILLI,
    };
    self->told = records;
    self->told_epoch = job->epoch + 1;
    return monitor_put_epoch(self->monitor, &row, diag);
}

/* --- operators --- */

static uint64_t rows_into(Job *job, const Op *op)
{
    return op->plan->kind == PLAN_SCAN ? reject_path_source(&job->reject, op->plan)->read
                                       : op->rows_in;
}

/* The lowest watermark over its inputs is the clock's. Recursion is bounded by the plan's depth. */
static bool follows_clock(const PlanNode *node)
{
    bool clock = node->inputs > 0;
    for (uint32_t i = 0; i < node->inputs; i++)
        clock = clock &&
                (node->input[i]->kind == PLAN_PROCESSING_TIME || follows_clock(node->input[i]));
    return clock;
}

static Status put_operator(Job *job, const Op *op, Diag *diag)
{
    Report *self = &job->report;
    const PlanNode *node = op->plan;
    OpMeasure measure = {.groups = MONITOR_NONE,
                         .windows = MONITOR_NONE,
                         .waiting = MICROS_MAX,
                         .fires = MICROS_MAX};
    if (op->class->measure != NULL)
        op->class->measure(op, &measure);
    strbuf_clear(&self->text);
    plan_print_node(node, &self->text);
    TRY(strbuf_status(&self->text));
    const MonitorOperator row = {
        .number = node->id,
        .view =
            node->query < job->plan->sinks ? job->plan->sink[node->query]->as.sink.name : TEXT_NONE,
        .title = strbuf_as_text(&self->text),
        .rows_in = rows_into(job, op),
        .rows_out = op->rows_out,
        .late = op->late,
        .watermark = node->kind == PLAN_SCAN ? op->sent_watermark : op->watermark,
        .due = op->class->watermark_due == NULL ? MICROS_MAX : op->class->watermark_due(op),
        .memory_bytes = meter_used_bytes(&op->meter),
        .groups = measure.groups,
        .windows = measure.windows,
        .by_clock = follows_clock(node),
        .waiting = measure.waiting,
        .fires = measure.fires,
    };
    return monitor_put_operator(self->monitor, &row, diag);
}

/* --- sources --- */

static int64_t end_of(const MergeSplit *split)
{
    if (split->split.end != UINT64_MAX)
        return (int64_t)split->split.end;
    uint64_t end = split->ended ? split->polled_from.offset : UINT64_MAX;
    if (split->reader != NULL && split->reader->end != NULL)
        end = split->reader->end(split->reader);
    return end == UINT64_MAX ? MONITOR_NONE : (int64_t)end;
}

static uint64_t hash_of(const MonitorSource *row)
{
    uint64_t hash = hash_u64((uint64_t)row->position, (uint64_t)row->end);
    hash = hash_u64((uint64_t)row->watermark, hash);
    hash = hash_u64((uint64_t)row->last_arrival, hash);
    hash = hash_u64(row->head_size, hash);
    hash = hash_u64((uint64_t)row->moved, hash);
    return hash_u64((uint64_t)(row->holds * 4 + row->idle * 2 + row->ended), hash);
}

/* Room to remember all splits of the scan: there can be more than the last time. */
static Status need_seen(Job *job, ReportScan *scan, uint32_t splits)
{
    if (splits <= scan->capacity)
        return ST_OK;
    ReportSplit *seen;
    uint32_t capacity = splits + splits / 2;
    TRY_NEW_ARRAY(seen, &job->arena, capacity);
    if (scan->capacity > 0)
        memcpy(seen, scan->seen, scan->capacity * sizeof *seen);
    for (uint32_t i = scan->capacity; i < capacity; i++)
        seen[i].watermark = MICROS_MIN;
    scan->seen = seen;
    scan->capacity = capacity;
    return ST_OK;
}

/* When the watermark of the split was first seen where it is: followed input has a clock reading of
 * its own for that. What a job that goes on has found is of no known time. */
static void note_move(const Job *job, const MergeSplit *split, ReportSplit *seen)
{
    bool loaded = job->report.splits == 0 && job->recovery.loaded;
    if (split->watermark == seen->watermark)
        return;
    seen->watermark = split->watermark;
    seen->moved = loaded ? 0 : split->last_arrival > seen->moved ? split->last_arrival : wall(job);
}

/* Where the table's watermark is held, if it is. */
static Micros held_at(const MergeScan *scan)
{
    Micros lowest = MICROS_MAX;
    for (uint32_t i = 0; i < scan->splits; i++) {
        const MergeSplit *split = &scan->split[i];
        if (!split->ended && !split->idle && split->watermark < lowest)
            lowest = split->watermark;
    }
    return lowest;
}

static Status put_split(Job *job, const MergeScan *scan, const MergeSplit *split, Micros held,
                        ReportSplit *seen, Diag *diag)
{
    Split known = split->split;
    known.start.offset = merge_split_position(split);
    if (split->reader != NULL && split->reader->describe != NULL)
        split->reader->describe(split->reader, &known);
    const PlanNode *node = scan->op->plan;
    const TableSpec *table = node->as.scan.spec.table;
    bool timed = node->as.scan.watermark != NULL;
    note_move(job, split, seen);
    const MonitorSource row = {
        .number = node->id,
        .file = (uint32_t)(split - scan->split) + 1,
        .source = table->name,
        .split = split->split.name,
        .unit = table->connector->messages ? TEXT("offsets")
                : table->format == NULL    ? TEXT("rows")
                                           : TEXT("bytes"),
        .position = (int64_t)merge_split_position(split),
        .end = end_of(split),
        .watermark = timed ? split->watermark : MICROS_MIN,
        .moved = timed ? seen->moved : 0,
        .timed = timed,
        .holds = timed && !split->ended && !split->idle && split->watermark == held,
        .idle = split->idle,
        .ended = split->ended,
        .idle_timeout = node->as.scan.idle_timeout,
        .idle_advance = node->as.scan.idle_advance,
        .last_arrival = split->last_arrival,
        .device = known.device,
        .inode = known.inode,
        .born = known.born,
        .head_size = known.head.size,
        .head_hash = known.head.hash,
        .begun = known.listed,
    };
    uint64_t hash = hash_of(&row);
    if (hash == seen->hash && !job->report.whole)
        return ST_OK;
    seen->hash = hash;
    return monitor_put_source(job->report.monitor, &row, diag);
}

static Status put_scan(Job *job, const MergeScan *scan, ReportScan *known, Diag *diag)
{
    Micros held = held_at(scan);
    TRY(need_seen(job, known, scan->splits));
    for (uint32_t i = 0; i < scan->splits; i++)
        TRY(put_split(job, scan, &scan->split[i], held, &known->seen[i], diag));
    return ST_OK;
}

/* --- all --- */

static uint32_t count_splits(const Job *job)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < job->merges; i++) {
        for (uint32_t s = 0; s < job->merge[i].scans; s++)
            count += job->merge[i].scan[s].splits;
    }
    return count;
}

Status report_start(Job *job, Diag *diag)
{
    Report *self = &job->report;
    self->starts = !self->started;
    if (!self->started)
        TRY(catalog_restart_job(job->config.catalog, job->config.id, wall(job), diag));
    self->started = true;
    return ST_OK;
}

bool report_start_is_due(const Job *job)
{
    const Report *self = &job->report;
    return self->monitor != NULL && !self->started &&
           monotonic(job) - self->opened >= report_interval;
}

static Status write_all(Job *job, Diag *diag)
{
    Report *self = &job->report;
    uint32_t number = 0;
    TRY(report_start(job, diag)); /* before what the epoch may say of its end */
    if (self->whole)
        TRY(monitor_clear(self->monitor, !job->recovery.loaded && !self->written, diag));
    for (uint32_t i = 0; i < job->graph.ops; i++)
        TRY(put_operator(job, job->graph.op[i], diag));
    for (uint32_t i = 0; i < job->merges; i++) {
        for (uint32_t s = 0; s < job->merge[i].scans; s++)
            TRY(put_scan(job, &job->merge[i].scan[s], &self->scan[number++], diag));
    }
    if (self->committed != 0)
        TRY(monitor_put_last_commit(self->monitor, self->committed, diag));
    self->whole = self->stale = false;
    self->written = true;
    self->splits = count_splits(job);
    self->last = monotonic(job);
    return ST_OK;
}

Status report_epoch(Job *job, Diag *diag)
{
    Report *self = &job->report;
    self->stale = true;
    self->committed = wall(job);
    /* A new file is seen with the first commit that knows it: whoever builds the job's views anew
     * (takeover.h) has to find it. */
    if (job->ended || !self->written || monotonic(job) - self->last >= report_interval ||
        self->splits != count_splits(job))
        TRY(write_all(job, diag));
    return put_epoch(job, diag);
}

bool report_is_due(Job *job)
{
    Report *self = &job->report;
    Micros now = monotonic(job);
    if (self->monitor == NULL)
        return false;
    find_base(job);
    if (now - self->last < report_interval)
        return false;
    if (!self->written)
        return job->config.restart || now - self->opened >= report_interval;
    return self->stale;
}

Status report_write(Job *job, Diag *diag)
{
    if (job->report.monitor == NULL || !job->opened || recovery_replays(&job->recovery))
        return ST_OK;
    return write_all(job, diag);
}
