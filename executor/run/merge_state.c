/* Where a merge stands, saved and loaded: what its splits are, up to where each has been read, and
 * what rows at hand have been emitted already. */
#include "executor/run/merge_private.h"
#include "executor/run/reject.h"
#include "storage/base/crash_point.h"
#include "storage/base/vec.h"

/* Where a reader begins that gives what comes after the last row emitted. */
static SplitPosition next_position(const MergeSplit *split)
{
    const BatchBuilder *builder = &split->rows.builder;
    if (split->reader == NULL)
        return split->split.start;
    if (!merge_has_rows(split))
        return split->reader->position(split->reader);
    if (split->cursor == 0 && split->rows.rejected_told == 0)
        return split->polled_from;
    return (SplitPosition){.offset = builder->offset[split->cursor] + DEFECT(OFFSET_OFF_BY_ONE),
                           .line = builder->line[split->cursor]};
}

Status merge_walk_split(Merge *merge, StateWalk *walk, Split *split)
{
    TRY(state_walk_text(walk, &split->name, merge->arena));
    TRY(STATE_WALK(walk, split->start.offset));
    TRY(STATE_WALK(walk, split->start.line));
    TRY(STATE_WALK(walk, split->start.inside));
    TRY(STATE_WALK(walk, split->end));
    TRY(STATE_WALK(walk, split->device));
    TRY(STATE_WALK(walk, split->inode));
    TRY(STATE_WALK(walk, split->born));
    TRY(STATE_WALK(walk, split->listed));
    TRY(STATE_WALK(walk, split->size));
    TRY(STATE_WALK(walk, split->modified));
    TRY(STATE_WALK(walk, split->spools));
    if (split->spools > SPOOLS_RECORDS)
        return ST_STATE;
    TRY(STATE_WALK(walk, split->head.size));
    TRY(STATE_WALK(walk, split->head.hash));
    return STATE_WALK(walk, split->head_at);
}

static Status split_state(MergeSplit *split, StateWalk *walk)
{
    TRY(STATE_WALK(walk, split->watermark));
    TRY(STATE_WALK(walk, split->ended));
    TRY(STATE_WALK(walk, split->idle));
    TRY(STATE_WALK(walk, split->record));
    TRY(STATE_WALK(walk, split->record_rows));
    if (walk->loading && DEFECT(WATERMARK_LOST))
        split->watermark = MICROS_MIN;
    if (walk->loading)
        split->polled_from = split->split.start;
    if (walk->loading && split->split.start.offset == split->record)
        split->to_skip = split->record_rows;
    return split->split.spool == NULL ? ST_OK : spool_state(split->split.spool, walk);
}

/* The splits themselves, and room for them. */
static Status walk_splits(Merge *merge, MergeScan *scan, StateWalk *walk, uint32_t *splits)
{
    Split *listed = scan->listed;
    *splits = scan->splits;
    TRY(STATE_WALK(walk, *splits));
    if (walk->loading) {
        if (*splits > UINT32_MAX / sizeof *scan->split / 2)
            return ST_STATE;
        TRY_NEW_ARRAY(listed, merge->arena, vec_room(*splits));
    }
    for (uint32_t i = 0; i < *splits; i++) {
        Split *split = walk->loading ? &listed[i] : &scan->split[i].split;
        if (!walk->loading) {
            const SplitReader *reader = scan->split[i].reader;
            split->start = next_position(&scan->split[i]);
            if (reader != NULL && reader->describe != NULL)
                reader->describe(reader, split);
        }
        TRY(merge_walk_split(merge, walk, split));
    }
    return walk->loading ? merge_make_splits(merge, scan, listed, *splits) : ST_OK;
}

static Status scan_state(Merge *merge, MergeScan *scan, StateWalk *walk, Diag *diag)
{
    uint32_t splits;
    TRY(walk_splits(merge, scan, walk, &splits));
    TRY(STATE_WALK(walk, scan->last_listed));
    TRY(STATE_WALK(walk, scan->ended));
    TRY(STATE_WALK(walk, scan->floor));
    for (uint32_t i = 0; i < splits; i++)
        TRY(split_state(&scan->split[i], walk));
    for (uint32_t i = 0; walk->loading && i < splits && merge_scan_plan(scan)->bounded; i++)
        TRY(merge_refill_bounded(merge, scan, i, diag));
    /* Of files that are empty that is all there is to be done. */
    return walk->loading && merge_scan_plan(scan)->bounded ? merge_end_scan(merge, scan) : ST_OK;
}

Status merge_state(Merge *merge, StateWalk *walk, Diag *diag)
{
    merge_note_records(merge);
    merge->replays = merge->replays || walk->loading;
    TRY(state_walk_mark(walk, "merge"));
    TRY(STATE_WALK(walk, merge->taken));
    TRY(STATE_WALK(walk, merge->now));
    TRY(STATE_WALK(walk, merge->last));
    for (uint32_t i = 0; i < merge->scans; i++)
        TRY(scan_state(merge, &merge->scan[i], walk, diag));
    return ST_OK;
}

/* --- streams --- */

static Status save_spools(Merge *merge, StateWalk *walk)
{
    uint32_t end = merge->scans;
    for (uint32_t i = 0; i < merge->scans; i++) {
        for (uint32_t s = 0; s < merge->scan[i].spools; s++) {
            Spool *spool = merge->scan[i].spool[s];
            if (spool == NULL || !spool_has_news(spool))
                continue;
            Spooling spools = spool_keeps(spool);
            TRY(STATE_WALK(walk, i));
            TRY(STATE_WALK(walk, s));
            TRY(STATE_WALK(walk, spools));
            TRY(spool_epoch(spool, walk));
        }
    }
    return STATE_WALK(walk, end);
}

/* Splits that are new in the epoch come with its rounds; their spools are made here. */
static Status load_spools(Merge *merge, StateWalk *walk)
{
    for (;;) {
        uint32_t number, split;
        Spooling spools;
        TRY(STATE_WALK(walk, number));
        if (number == merge->scans)
            return ST_OK;
        TRY(STATE_WALK(walk, split));
        TRY(STATE_WALK(walk, spools));
        if (number > merge->scans || split >= UINT32_MAX / 2 || spools == SPOOLS_NOTHING ||
            spools > SPOOLS_RECORDS)
            return ST_STATE;
        MergeScan *scan = &merge->scan[number];
        if (split >= scan->splits && split - scan->splits >= walk->in.size)
            return ST_STATE; /* what follows cannot name so many new ones */
        if (split < scan->splits && merge_spool(scan, split) == NULL)
            return ST_STATE; /* which is read again as it is */
        TRY(merge_make_spool(merge, scan, split, spools));
        TRY(spool_epoch(scan->spool[split], walk));
    }
}

Status merge_spooled(Merge *merge, StateWalk *walk)
{
    return walk->loading ? load_spools(merge, walk) : save_spools(merge, walk);
}

uint64_t merge_pending_bytes(const Merge *merge)
{
    uint64_t bytes = merge->log.size;
    for (uint32_t i = 0; i < merge->scans; i++) {
        for (uint32_t s = 0; s < merge->scan[i].spools; s++) {
            const Spool *spool = merge->scan[i].spool[s];
            bytes += spool == NULL ? 0 : spool_pending_bytes(spool);
        }
    }
    return bytes;
}

void merge_committed(Merge *merge)
{
    strbuf_clear(&merge->log);
    merge->rounds = 0;
    merge->reading_at = SIZE_MAX;
    for (uint32_t i = 0; i < merge->scans; i++)
        ((ScanOp *)merge->scan[i].op)->digest = 0;
    for (uint32_t i = 0; i < merge->scans; i++) {
        const MergeScan *scan = &merge->scan[i];
        for (uint32_t s = 0; s < scan->spools && s < scan->splits; s++) {
            const MergeSplit *split = &scan->split[s];
            if (scan->spool[s] != NULL)
                spool_committed(scan->spool[s],
                                split->ended ? UINT64_MAX : next_position(split).offset);
        }
        const TableSpec *table = merge_scan_plan(scan)->spec.table;
        for (uint32_t s = 0; table->connector->committed != NULL && s < scan->splits; s++)
            table->connector->committed(table, merge->env, &scan->split[s].split,
                                        next_position(&scan->split[s]).offset);
    }
}
