/* The splits of a merge: which there are, their readers, the rows that each has at hand, and up to
 * where these have been taken. */
#include <assert.h>

#include "executor/run/gather.h"
#include "executor/run/merge_private.h"
#include "executor/run/read_ahead.h"
#include "executor/run/reject.h"
#include "storage/base/limits.h"
#include "storage/base/vec.h"

enum {
    MANY_SPLITS = 64, /* more of them share out the rows that wait in memory */
    WAITING_ROWS = 64 << 10,
    FEWEST_ROWS = 16,
};

/* --- listing --- */

/* Those of splits that are read again as they are stay NULL. */
static Status make_room_for_spool(Merge *merge, MergeScan *scan, uint32_t number)
{
    if (number < scan->spools)
        return ST_OK;
    if (scan->spool == NULL || number >= vec_room(scan->spools)) {
        Spool **spool;
        TRY_NEW_ARRAY(spool, merge->arena, vec_room(number + 1));
        for (uint32_t i = 0; i < scan->spools; i++)
            spool[i] = scan->spool[i];
        scan->spool = spool;
    }
    scan->spools = number + 1;
    return ST_OK;
}

Status merge_make_spool(Merge *merge, MergeScan *scan, uint32_t number, Spooling spools)
{
    if (!merge->kept || spools == SPOOLS_NOTHING)
        return ST_OK;
    TRY(make_room_for_spool(merge, scan, number));
    Spool **spool = &scan->spool[number];
    if (*spool == NULL)
        return spool_make(merge->arena, merge->env->meter, spools, spool);
    return spool_keeps(*spool) == spools ? ST_OK : ST_STATE;
}

Status merge_make_splits(Merge *merge, MergeScan *scan, Split *listed, uint32_t count)
{
    MergeSplit *split = scan->split;
    uint32_t *heap = scan->heap;
    assert(count >= scan->splits);
    if (split == NULL || count > vec_room(scan->splits)) {
        TRY_NEW_ARRAY(split, merge->arena, vec_room(count));
        TRY_NEW_ARRAY(heap, merge->arena, vec_room(count));
        for (uint32_t i = 0; i < scan->splits; i++)
            split[i] = scan->split[i];
        for (uint32_t i = 0; i < scan->heaped; i++)
            heap[i] = scan->heap[i];
    }
    for (uint32_t i = scan->splits; i < count; i++) {
        TRY(merge_make_spool(merge, scan, i, listed[i].spools));
        listed[i].spool = merge_spool(scan, i);
        split[i] = (MergeSplit){.split = listed[i], .watermark = MICROS_MIN};
    }
    scan->listed = listed;
    scan->split = split;
    scan->heap = heap;
    scan->splits = count;
    RejectSource *source = reject_path_source(scan->op->env->reject, scan->op->plan);
    source->split = listed;
    source->splits = count;
    return ST_OK;
}

/* The splits there are now. A followed source is asked again: those that are known keep their
 * numbers, new ones are added. The arrays double; what they were before stays in the arena, in all
 * no more than they are now. */
Status merge_list_splits(Merge *merge, MergeScan *scan, bool again, Diag *diag)
{
    const TableSpec *table = merge_scan_plan(scan)->spec.table;
    Split *listed = scan->listed;
    uint32_t count = scan->splits;
    for (uint32_t i = 0; i < count; i++)
        listed[i].ended = scan->split[i].ended;
    merge->env->shard = merge_scan_plan(scan)->shard;
    merge->env->lists_again = again;
    Status status = table->connector->list(table, merge->env, &listed, &count, diag);
    if (status == ST_IO && diag->set && diag->hint[0] == '\0' && !table->connector->messages)
        diag_hint(diag, "table \"%.*s\" reads it; a relative path starts at the working directory",
                  TEXT_ARG(table->name));
    TRY(status);
    if (count == scan->splits && count > 0)
        return ST_OK;
    return merge_make_splits(merge, scan, listed, count);
}

void merge_close_split(MergeScan *scan, MergeSplit *split)
{
    SplitReader *reader = split->reader;
    if (reader != NULL && reader->describe != NULL)
        reader->describe(reader, &split->split);
    if (reader != NULL && split->ended) /* how far it was read is told ever after */
        split->split.start = split->polled_from = reader->position(reader);
    if (reader != NULL)
        reader->close(reader);
    split->reader = NULL;
    if (split->open_rows) {
        merge_note_record(split);
        split_rows_close(&split->rows, scan->op);
    }
    split->open_rows = false;
}

static bool reads_ahead(const Merge *merge, const MergeScan *scan)
{
    return merge->pool != NULL && merge_scan_plan(scan)->spec.table->connector->reads_ahead;
}

/* Rows that a split has decoded at a time. */
static uint16_t split_capacity(const Merge *merge, const MergeScan *scan)
{
    uint32_t splits =
        (scan->splits - scan->over) * (reads_ahead(merge, scan) ? READ_AHEAD_BATCHES + 1 : 1);
    uint32_t share = splits <= MANY_SPLITS ? BATCH_ROWS : WAITING_ROWS / splits;
    if (share < FEWEST_ROWS)
        share = FEWEST_ROWS;
    return (uint16_t)(share < merge->batch_rows ? share : merge->batch_rows);
}

Status merge_open_rows(Merge *merge, MergeScan *scan, uint32_t number)
{
    MergeSplit *split = &scan->split[number];
    if (split->open_rows)
        return ST_OK;
    split->open_rows = true;
    return split_rows_open(&split->rows, scan->op, number, split_capacity(merge, scan));
}

/* What a stream gives is kept by its reader in the order in which it is taken: not ahead of that.
 */
static Status open_reader(Merge *merge, MergeScan *scan, MergeSplit *split, Diag *diag)
{
    const ScanSpec *spec = &merge_scan_plan(scan)->spec;
    const ConnectorClass *connector = spec->table->connector;
    if (split->reader != NULL)
        return ST_OK;
    TRY(connector->open_split(spec, merge->env, &split->split, &split->reader, diag));
    if (!reads_ahead(merge, scan) || split->split.spool != NULL)
        return ST_OK;
    Schema schema = split_rows_schema(scan->op);
    return read_ahead_open(merge->pool, split->reader, &scan->op->meter, &schema, &split->reader);
}

Status merge_open_readers(Merge *merge, MergeScan *scan, Diag *diag)
{
    if (!merge_scan_plan(scan)->spec.table->connector->reads_ahead)
        return ST_OK;
    for (uint32_t i = 0; i < scan->splits; i++) {
        if (!scan->split[i].ended)
            TRY(open_reader(merge, scan, &scan->split[i], diag));
    }
    return ST_OK;
}

Status merge_poll_split(Merge *merge, MergeScan *scan, uint32_t number, PollResult *result,
                        Diag *diag)
{
    MergeSplit *split = &scan->split[number];
    const PlanScan *plan = merge_scan_plan(scan);
    TRY(merge_open_rows(merge, scan, number));
    bool reads_on = split->reader != NULL;
    TRY(open_reader(merge, scan, split, diag));
    if (split->repeats)
        split->reader->replay_until(split->reader, split->until);
    TRY(gather_flush(merge->gather)); /* it may hold strings of the rows that go now */
    merge_note_record(split);
    split->polled_from = split->reader->position(split->reader);
    split->cursor = split->noted = 0; /* a builder that could not be filled has no rows */
    TRY(split->reader->poll(split->reader, &split->rows.builder, result, diag));
    if (scan->splits - scan->over > LIMIT_OPEN_SPLITS && split->reader->rest != NULL)
        split->reader->rest(split->reader);
    TRY(split_rows_prepare(&split->rows, scan->op, split->watermark, merge->taken));
    /* A record that is no row is told with the row in front of it, wherever a batch ends; that row
     * has just been taken. */
    if (reads_on && plan->bounded && split->rows.builder.rows > 0)
        TRY(split_rows_account(&split->rows, scan->op, 0, 0, merge->taken));
    if (split->to_skip > 0) {
        uint32_t rows = split->rows.builder.rows;
        split->cursor = split->noted = split->to_skip < rows ? split->to_skip : rows;
        split->to_skip -= split->cursor;
        split_rows_skip(&split->rows, split->cursor);
    }
    return ST_OK;
}

/* --- what has been taken --- */

void merge_note_record(MergeSplit *split)
{
    uint32_t from = split->noted, to = split->cursor;
    const uint64_t *offset = split->rows.builder.offset;
    if (from == to)
        return;
    uint32_t first = to - 1;
    while (first > from && offset[first - 1] == offset[to - 1])
        first--;
    bool same = first == from && split->record_rows > 0 && split->record == offset[first];
    split->record_rows = to - first + (same ? split->record_rows : 0);
    split->record = offset[first];
    split->noted = to;
}

void merge_note_records(Merge *merge)
{
    for (uint32_t i = 0; i < merge->scans; i++) {
        for (uint32_t s = 0; s < merge->scan[i].splits; s++)
            merge_note_record(&merge->scan[i].split[s]);
    }
}

uint64_t merge_split_position(const MergeSplit *split)
{
    if (split->ended && split->split.end != UINT64_MAX)
        return split->split.end;
    if (merge_has_rows(split))
        return split->cursor > 0 ? split->rows.builder.offset[split->cursor - 1]
                                 : split->polled_from.offset;
    return split->reader == NULL ? split->polled_from.offset
                                 : split->reader->position(split->reader).offset;
}
