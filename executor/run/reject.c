#include "executor/run/reject.h"

#include <assert.h>
#include <stdio.h>

#include "storage/base/crash_point.h"

Status reject_path_open(RejectPath *path, const Plan *plan, RejectLog *log, Arena *arena,
                        Meter *meter)
{
    *path = (RejectPath){.log = log, .arena = arena, .plan = plan};
    strbuf_init(&path->text, meter);
    TRY_NEW_ARRAY(path->source_of, arena, plan->nodes);
    for (uint32_t i = 0; i < plan->nodes; i++) {
        if (plan->node[i]->kind == PLAN_SCAN)
            path->source_of[i] = path->sources++;
    }
    TRY_NEW_ARRAY(path->source, arena, path->sources);
    TRY_NEW_ARRAY(path->counts, arena, path->sources * plan->sinks);
    TRY_NEW_ARRAY(path->told, arena, path->sources * plan->sinks);
    TRY_NEW_ARRAY(path->reads, arena, path->sources * plan->sinks);
    for (uint32_t i = 0; i < plan->nodes; i++) {
        if (plan->node[i]->kind == PLAN_SCAN)
            path->source[path->source_of[i]].table = plan->node[i]->as.scan.spec.table->name;
    }
    for (uint32_t sink = 0; sink < plan->sinks; sink++) {
        for (uint32_t source = 0; source < path->sources; source++) {
            ScanCounts *counts = &path->counts[sink * path->sources + source];
            counts->view = plan->sink[sink]->as.sink.name;
            counts->source = path->source[source].table;
        }
    }
    /* A query reads a scan once for each of its nodes that the scan feeds. */
    for (uint32_t i = 0; i < plan->nodes; i++) {
        const PlanNode *node = plan->node[i];
        for (uint32_t in = 0; in < node->inputs; in++) {
            const PlanNode *input = node->input[in];
            if (input->kind == PLAN_SCAN)
                path->reads[node->query * path->sources + path->source_of[input->id]]++;
        }
    }
    return ST_OK;
}

void reject_path_close(RejectPath *path)
{
    strbuf_close(&path->text);
}

uint32_t reject_path_counts(const RejectPath *path, const ScanCounts **out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < path->sources * path->plan->sinks; i++) {
        if (path->reads[i] > 0)
            path->told[count++] = path->counts[i];
    }
    *out = path->told;
    return count;
}

RejectSource *reject_path_source(RejectPath *path, const PlanNode *scan)
{
    assert(scan->kind == PLAN_SCAN);
    return &path->source[path->source_of[scan->id]];
}

Status reject_path_state(RejectPath *path, StateWalk *walk)
{
    TRY(state_walk_mark(walk, "counts"));
    TRY(STATE_WALK(walk, path->rejected));
    TRY(STATE_WALK(walk, path->recorded));
    TRY(STATE_WALK(walk, path->late));
    for (uint32_t i = 0; i < path->sources; i++) {
        TRY(STATE_WALK(walk, path->source[i].read));
        TRY(STATE_WALK(walk, path->source[i].rejected));
    }
    for (uint32_t i = 0; i < path->sources * path->plan->sinks && !DEFECT(COUNTS_LOST); i++) {
        ScanCounts *counts = &path->counts[i];
        TRY(STATE_WALK(walk, counts->read));
        TRY(STATE_WALK(walk, counts->used));
        TRY(STATE_WALK(walk, counts->filtered));
        TRY(STATE_WALK(walk, counts->late));
        TRY(STATE_WALK(walk, counts->rejected));
        TRY(STATE_WALK(walk, counts->skipped));
    }
    return ST_OK;
}

/* --- counting --- */

static ScanCounts *counts_of(const Op *op, uint32_t scan_id)
{
    RejectPath *path = op->env->reject;
    return &path->counts[op->plan->query * path->sources + path->source_of[scan_id]];
}

/* A format that is plainly wrong for the data is to be noticed, not to fill a table of rejects. */
static Status check_ratio(const Op *scan, const RejectSource *source)
{
    enum { RATIO_FROM_RECORDS = 10000 };
    double limit = scan->plan->as.scan.max_rejected_ratio;
    if (source->read < RATIO_FROM_RECORDS ||
        (double)source->rejected <= limit * (double)source->read)
        return ST_OK;
    Status status =
        diag_error(scan->env->diag, E5012, SPAN_NONE,
                   "%llu of %llu records of \"%.*s\" were rejected; 'max-rejected-ratio' allows %g",
                   (unsigned long long)source->rejected, (unsigned long long)source->read,
                   TEXT_ARG(source->table), limit);
    diag_hint(scan->env->diag, "the first: %s: %s", error_def(scan->env->reject->first.code)->name,
              scan->env->reject->first.message);
    return status;
}

Status reject_count_read(Op *scan, uint64_t read, uint64_t filtered, uint64_t skipped)
{
    RejectPath *path = scan->env->reject;
    uint32_t source = path->source_of[scan->plan->id];
    path->source[source].read += read;
    for (uint32_t sink = 0; sink < path->plan->sinks; sink++) {
        uint32_t at = sink * path->sources + source;
        path->counts[at].read += read * path->reads[at];
        path->counts[at].filtered += filtered * path->reads[at];
        path->counts[at].skipped += skipped * path->reads[at];
    }
    return check_ratio(scan, &path->source[source]);
}

/* Of the rows of its record. */
static bool is_first_row(const Origin *origin, uint32_t row)
{
    return origin->record == NULL || row == 0 || origin->record[row] != origin->record[row - 1] ||
           (origin->reading != NULL && origin->reading[row] != origin->reading[row - 1]);
}

/* `row` NULL: the selected ones. */
static uint32_t records_of(const Batch *batch, const uint16_t *row, uint32_t rows)
{
    uint32_t records = 0;
    if (batch->origin->record == NULL)
        return rows;
    for (uint32_t i = 0; i < rows; i++)
        records += is_first_row(batch->origin, row == NULL ? batch_row(batch, i) : row[i]);
    return records;
}

void reject_count_used_rows(Op *op, const Batch *batch, const uint16_t *row, uint32_t rows)
{
    if (batch->origin != NULL)
        counts_of(op, batch->origin->source)->used += records_of(batch, row, rows);
}

void reject_count_filtered_rows(Op *op, const Batch *batch, const uint16_t *row, uint32_t rows)
{
    if (batch->origin != NULL)
        counts_of(op, batch->origin->source)->filtered += records_of(batch, row, rows);
}

void reject_count_used(Op *op, const Batch *batch, uint32_t rows)
{
    reject_count_used_rows(op, batch, NULL, rows);
}

void reject_count_filtered(Op *op, const Batch *batch, uint32_t rows)
{
    reject_count_filtered_rows(op, batch, NULL, rows);
}

/* --- recording --- */

/* Where it was, which field, and what is wrong with it. */
static Status tell(Diag *diag, const RejectedRow *row)
{
    char place[320] = "", field[300] = "";
    if (row->split.size > 0)
        snprintf(place, sizeof place, "%.*s:%lld: ", TEXT_ARG(row->split),
                 (long long)(row->line > 0 ? row->line : row->offset));
    if (row->field.size > 0)
        snprintf(field, sizeof field, "field \"%.*s\": ", TEXT_ARG(row->field));
    return diag_error(diag, row->code, SPAN_NONE, "%s%s%.*s", place, field, TEXT_ARG(row->message));
}

/* Adds the row unless its policy is to stop the job or to forget it. */
static Status record(Op *op, OnError policy, const RejectedRow *row)
{
    RejectPath *path = op->env->reject;
    path->recorded += policy != ON_ERROR_SKIP;
    if (policy == ON_ERROR_FAIL && path->log != NULL)
        TRY(reject_log_add(path->log, row)); /* kept when the job's failure is recorded */
    if (policy == ON_ERROR_FAIL)
        return tell(op->env->diag, row);
    path->rejected++;
    if (!path->first.set)
        tell(&path->first, row);
    if (policy == ON_ERROR_SKIP || path->log == NULL)
        return ST_OK;
    return reject_log_add(path->log, row);
}

Status reject_record(Op *scan, uint32_t split, const RejectedRecord *record_in, uint64_t number)
{
    RejectPath *path = scan->env->reject;
    const PlanScan *plan = &scan->plan->as.scan;
    RejectSource *source = reject_path_source(path, scan->plan);
    uint32_t at = path->source_of[scan->plan->id];
    source->rejected++;
    for (uint32_t sink = 0; sink < path->plan->sinks; sink++) {
        ScanCounts *counts = &path->counts[sink * path->sources + at];
        uint64_t *kind = plan->on_error == ON_ERROR_SKIP ? &counts->skipped : &counts->rejected;
        *kind += path->reads[sink * path->sources + at];
    }
    RejectedRow row = {
        .place = {scan->plan->id, number},
        .owner = source->table,
        .source = source->table,
        .split = split < source->splits ? source->split[split].name : TEXT_NONE,
        .file = split + 1,
        .offset = (int64_t)record_in->offset,
        .line = (int64_t)record_in->line,
        .code = record_in->code,
        .field = record_in->field,
        .message = text_of(record_in->reason),
        .raw = record_in->raw,
    };
    return record(scan, plan->on_error, &row);
}

/* The row's cells as a JSON object. */
static Text row_json(RejectPath *path, const Schema *schema, const Batch *batch, uint32_t row)
{
    StrBuf *text = &path->text;
    strbuf_clear(text);
    strbuf_char(text, '{');
    for (uint32_t c = 0; c < schema->count; c++) {
        if (schema->field[c].internal)
            continue;
        Str name = str_of_text(schema->field[c].name);
        Column column = {.phys = PHYS_STR, .constant = true, .data.str = &name};
        Type string = type_string();
        if (text->size > 1)
            strbuf_string(text, ", ");
        cell_print_json(&string, &column, 0, text);
        strbuf_string(text, ": ");
        cell_print_json(&schema->field[c].type, &batch->column[c], row, text);
    }
    strbuf_char(text, '}');
    return strbuf_as_text(text);
}

/* Where the row was read, as far as it is known. */
static void place(const RejectPath *path, const Batch *batch, uint32_t row, Text *table,
                  Text *split, uint32_t *file, int64_t *offset, int64_t *line, Text *raw)
{
    const Origin *origin = batch->origin;
    *offset = -1;
    if (origin == NULL)
        return;
    const RejectSource *source = &path->source[path->source_of[origin->source]];
    uint32_t record = origin_record(origin, row), number = origin->split[record];
    *table = source->table;
    *split = number < source->splits ? source->split[number].name : TEXT_NONE;
    *file = number + 1;
    *offset = (int64_t)origin->offset[record];
    *line = (int64_t)origin->line[record];
    *raw = origin->raw[record];
}

/* Where the row stands in an order that hangs neither on batches nor on epochs. */
static RejectPlace place_of(const Op *op, const Batch *batch, uint32_t row)
{
    const Batch *in = op->taking;
    RejectPlace place = {.operator_id = op->plan->id};
    if (batch->origin != NULL) {
        place.number = batch->origin->first + origin_record(batch->origin, row);
    } else if (in != NULL) {
        uint32_t before = row;
        if (in->sel != NULL) {
            for (before = 0; before < in->selected && in->sel[before] < row;)
                before++;
        }
        place.number = op->rows_in - in->selected + before;
    } else {
        place.number = op->rows_out;
    }
    return place;
}

static OnError policy_of(const Op *op, const Batch *batch)
{
    const Plan *plan = op->env->reject->plan;
    if (batch->origin != NULL)
        return plan->node[batch->origin->source]->as.scan.on_error;
    return plan->sink[op->plan->query]->as.sink.on_error;
}

/* The bad cell's column, or the part of it: "r.a[2]". */
static Status name_field(Op *op, const Schema *schema, const RowError *error, Text *out)
{
    *out = schema->field[error->column].name;
    if (error->part.size == 0)
        return ST_OK;
    return arena_printf(&op->scratch, out, "%.*s%.*s", TEXT_ARG(*out), TEXT_ARG(error->part));
}

static Status record_failed_row(Op *op, const Schema *schema, const Batch *in,
                                const RowError *error)
{
    RejectPath *path = op->env->reject;
    RejectedRow row = {
        .place = place_of(op, in, error->row),
        .owner = path->plan->sink[op->plan->query]->as.sink.name,
        .code = error->code,
        .message = text_of(error->message),
    };
    if (error->column >= 0)
        TRY(name_field(op, schema, error, &row.field));
    place(path, in, error->row, &row.source, &row.split, &row.file, &row.offset, &row.line,
          &row.raw);
    if (in->origin == NULL && schema->count > 0) {
        row.raw = row_json(path, schema, in, error->row);
        TRY(strbuf_status(&path->text));
    }
    OnError policy = policy_of(op, in);
    if (in->origin != NULL) {
        ScanCounts *counts = counts_of(op, in->origin->source);
        if (policy == ON_ERROR_SKIP)
            counts->skipped++;
        else
            counts->rejected++;
    }
    return record(op, policy, &row);
}

Status reject_failed_rows(Op *op, const Schema *schema, const Batch *in, const RowErrors *errors,
                          const uint16_t **sel, uint16_t *selected)
{
    for (uint32_t i = 0; i < errors->count; i++) {
        /* An update's or delete's row failed before, when it was inserted: no second record. */
        if (row_kind_adds(batch_kind(in, errors->item[i].row)))
            TRY(record_failed_row(op, schema, in, &errors->item[i]));
    }
    uint16_t *good;
    TRY_NEW_ARRAY(good, &op->scratch, in->selected);
    uint16_t count = 0;
    for (uint32_t i = 0; i < in->selected; i++) {
        uint32_t row = batch_row(in, i);
        good[count] = (uint16_t)row;
        count = (uint16_t)(count + !bit_get(errors->failed, row));
    }
    *sel = good;
    *selected = count;
    return ST_OK;
}

Status reject_late_row(Op *op, const Batch *in, uint32_t row, Micros rowtime, Micros watermark)
{
    RejectPath *path = op->env->reject;
    if (in->origin != NULL && !is_first_row(in->origin, row))
        return ST_OK;
    path->late++;
    op->late++;
    if (in->origin != NULL)
        counts_of(op, in->origin->source)->late++;
    if (path->log == NULL)
        return ST_OK;
    LateRow late = {
        .place = place_of(op, in, row),
        .view = path->plan->sink[op->plan->query]->as.sink.name,
        .operator_name = text_of(plan_kind_title(op->plan->kind)),
        .rowtime = rowtime,
        .watermark = watermark,
    };
    place(path, in, row, &late.source, &late.split, &late.file, &late.offset, &late.line,
          &late.raw);
    late.row = row_json(path, &op->plan->input[0]->schema, in, row);
    TRY(strbuf_status(&path->text));
    return reject_log_add_late(path->log, &late);
}

Status reject_overflow(Op *op, const char *aggregate)
{
    RejectPath *path = op->env->reject;
    if (path->log == NULL)
        return ST_OK;
    Text message;
    TRY(arena_printf(&op->scratch, &message, "a value of %s does not fit its type and is NULL",
                     aggregate));
    RejectedRow row = {.place = {op->plan->id, op->rows_out},
                       .owner = path->plan->sink[op->plan->query]->as.sink.name,
                       .offset = -1,
                       .code = E5013,
                       .message = message};
    return reject_log_add(path->log, &row);
}
