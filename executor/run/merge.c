/* Which row comes next: the order in which splits and tables take turns. */
#include <assert.h>

#include "executor/run/gather.h"
#include "executor/run/merge_private.h"

enum {
    DIRECT_ROWS = 256, /* a run of one split this long is emitted as it is, without copying */
};

/* --- the heap of splits with rows at hand --- */

static bool comes_before(const MergeScan *scan, uint32_t a, uint32_t b)
{
    Micros wa = scan->split[a].watermark, wb = scan->split[b].watermark;
    return wa < wb || (wa == wb && a < b);
}

static void sift_down(MergeScan *scan, uint32_t at)
{
    uint32_t moved = scan->heap[at];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= scan->heaped)
            break;
        if (child + 1 < scan->heaped &&
            comes_before(scan, scan->heap[child + 1], scan->heap[child]))
            child++;
        if (!comes_before(scan, scan->heap[child], moved))
            break;
        scan->heap[at] = scan->heap[child];
        at = child;
    }
    scan->heap[at] = moved;
}

void merge_push(MergeScan *scan, uint32_t number)
{
    uint32_t at = scan->heaped++;
    while (at > 0 && comes_before(scan, number, scan->heap[(at - 1) / 2])) {
        scan->heap[at] = scan->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    scan->heap[at] = number;
}

static void heap_pop(MergeScan *scan)
{
    scan->heaped--;
    scan->heap[0] = scan->heap[scan->heaped];
    if (scan->heaped > 0)
        sift_down(scan, 0);
}

/* --- watermarks --- */

/* Every split that is not ended has rows at hand, and is in the heap, or waits. MICROS_MAX: all
 * have ended. */
static Micros lowest_bounded(const MergeScan *scan)
{
    Micros lowest = scan->heaped == 0 ? MICROS_MAX : scan->split[scan->heap[0]].watermark;
    for (uint32_t i = 0; i < scan->splits && scan->waiting > 0; i++) {
        if (scan->split[i].waiting && scan->split[i].watermark < lowest)
            lowest = scan->split[i].watermark;
    }
    return lowest;
}

/* What the table's watermark is now: the lowest over its splits that are neither ended nor idle.
 * While all are idle it stands still. */
static Micros table_watermark(const MergeScan *scan)
{
    if (merge_scan_plan(scan)->bounded)
        return lowest_bounded(scan);
    Micros lowest = MICROS_MAX;
    for (uint32_t i = 0; i < scan->splits; i++) {
        const MergeSplit *split = &scan->split[i];
        if (!split->ended && !split->idle && split->watermark < lowest)
            lowest = split->watermark;
    }
    return lowest == MICROS_MAX ? scan->op->sent_watermark : lowest;
}

Status merge_send_watermark(MergeScan *scan)
{
    bool over =
        scan->ended || (merge_scan_plan(scan)->bounded && scan->heaped == 0 && scan->waiting == 0);
    if (merge_scan_plan(scan)->watermark == NULL || over)
        return ST_OK;
    Micros time = table_watermark(scan);
    if (time > scan->floor)
        scan->floor = time;
    return op_emit_watermark(scan->op, time);
}

/* A row is judged by the watermark before it; the one behind the last row of a split that has ended
 * has no row to come with. It counts as that of a split that is still there: when its end is known
 * must not matter. */
static Status tell_end_of_split(Merge *merge, MergeScan *scan, const MergeSplit *split)
{
    if (merge_scan_plan(scan)->watermark == NULL || !split->ended)
        return ST_OK;
    Micros others = lowest_bounded(scan);
    TRY(gather_flush(merge->gather));
    return op_emit_watermark(scan->op, split->watermark < others ? split->watermark : others);
}

/* The highest that any split has come to, before time is over: in which order the last ones ended
 * does not matter then. */
static Status tell_end_of_splits(MergeScan *scan)
{
    Micros highest = MICROS_MIN;
    for (uint32_t i = 0; i < scan->splits; i++) {
        if (scan->split[i].watermark > highest)
            highest = scan->split[i].watermark;
    }
    bool tells = merge_scan_plan(scan)->bounded && merge_scan_plan(scan)->watermark != NULL;
    return tells ? op_emit_watermark(scan->op, highest) : ST_OK;
}

Status merge_end_scan(Merge *merge, MergeScan *scan)
{
    if (scan->ended)
        return ST_OK;
    for (uint32_t i = 0; i < scan->splits; i++) {
        if (!scan->split[i].ended)
            return ST_OK;
    }
    TRY(gather_flush(merge->gather));
    TRY(tell_end_of_splits(scan));
    scan->ended = true;
    for (uint32_t i = 0; i < scan->op->outs; i++)
        TRY(op_end(scan->op->out[i].op, scan->op->out[i].port));
    return ST_OK;
}

/* --- reading on --- */

/* A bounded split: read until it has rows, has ended, or waits for more to come. */
Status merge_refill_bounded(Merge *merge, MergeScan *scan, uint32_t number, Diag *diag)
{
    MergeSplit *split = &scan->split[number];
    scan->waiting -= split->waiting;
    split->waiting = false;
    while (!split->ended) {
        PollResult result;
        TRY(merge_poll_split(merge, scan, number, &result, diag));
        if (merge_has_rows(split)) {
            merge_push(scan, number);
            return ST_OK; /* an end that came with rows is met again by the next poll */
        }
        split->watermark = split->rows.watermark_after;
        split->ended = result == POLL_END;
        if (result == POLL_IDLE) {
            split->waiting = true;
            scan->waiting++;
            return ST_OK;
        }
    }
    merge_close_split(scan, split);
    return ST_OK;
}

/* Asks the splits that wait once more. *blocked: one of them still waits, and no row may be taken.
 */
static Status refill_waiting(Merge *merge, MergeScan *scan, bool *blocked, Diag *diag)
{
    for (uint32_t i = 0; i < scan->splits && scan->waiting > 0; i++) {
        if (!scan->split[i].waiting)
            continue;
        TRY(merge_refill_bounded(merge, scan, i, diag));
        TRY(tell_end_of_split(merge, scan, &scan->split[i]));
    }
    *blocked = *blocked || scan->waiting > 0;
    return merge_end_scan(merge, scan);
}

static Status open_scan(Merge *merge, MergeScan *scan, Diag *diag)
{
    if (!merge_scan_plan(scan)->bounded)
        return ST_OK;
    for (uint32_t i = 0; i < scan->splits; i++)
        TRY(merge_refill_bounded(merge, scan, i, diag));
    return merge_end_scan(merge, scan);
}

Status merge_open(Merge *merge, Arena *arena, Op *const *scan, uint32_t scans, SourceEnv *env,
                  ReaderPool *pool, uint32_t batch_rows, bool kept)
{
    *merge = (Merge){.arena = arena,
                     .env = env,
                     .pool = pool,
                     .batch_rows = batch_rows,
                     .last = -1,
                     .kept = kept,
                     .reading_at = SIZE_MAX};
    strbuf_init(&merge->log, env->meter);
    TRY(gather_open(arena, env->meter, batch_rows, &merge->gather));
    TRY_NEW_ARRAY(merge->scan, arena, scans);
    merge->scans = scans; /* only now is there something to be closed */
    for (uint32_t i = 0; i < scans; i++) {
        merge->scan[i].op = scan[i];
        merge->scan[i].hold = MICROS_MAX;
        merge->scan[i].floor = MICROS_MIN;
        merge->live = merge->live || !scan[i]->plan->as.scan.bounded;
    }
    return ST_OK;
}

/* Where an input cannot be had, the first query that reads it is the place in the script. */
static Status blame_reader(const Op *op, Status status, Diag *diag)
{
    while (op->plan->query == UINT32_MAX && op->outs > 0) /* a shared scan */
        op = op->out[0].op;
    if (status != ST_OK && diag != NULL && op->plan->query != UINT32_MAX)
        diag->query = op->plan->query + 1;
    return status;
}

Status merge_list(Merge *merge, Diag *diag)
{
    for (uint32_t i = 0; i < merge->scans; i++) {
        MergeScan *scan = &merge->scan[i];
        TRY(blame_reader(scan->op, merge_list_splits(merge, scan, false, diag), diag));
    }
    return ST_OK;
}

Status merge_start(Merge *merge, Diag *diag)
{
    for (uint32_t i = 0; i < merge->scans; i++) {
        MergeScan *scan = &merge->scan[i];
        TRY(blame_reader(scan->op, open_scan(merge, scan, diag), diag));
    }
    return ST_OK;
}

void merge_close(Merge *merge)
{
    for (uint32_t i = 0; i < merge->scans; i++) {
        for (uint32_t s = 0; s < merge->scan[i].splits; s++)
            merge_close_split(&merge->scan[i], &merge->scan[i].split[s]);
        for (uint32_t s = 0; s < merge->scan[i].spools; s++) {
            if (merge->scan[i].spool[s] != NULL)
                spool_close(merge->scan[i].spool[s]);
        }
    }
    gather_close(merge->gather);
    strbuf_close(&merge->log);
}

bool merge_ended(const Merge *merge)
{
    for (uint32_t i = 0; i < merge->scans; i++) {
        if (!merge->scan[i].ended)
            return false;
    }
    return true;
}

bool merge_is_settled(const Merge *merge)
{
    for (uint32_t i = 0; i < merge->scans; i++) {
        const MergeScan *scan = &merge->scan[i];
        for (uint32_t s = 0; s < scan->splits && scan->waiting > 0; s++) {
            if (scan->split[s].waiting && scan->split[s].reader->fetches)
                return false;
        }
    }
    return true;
}

/* --- the next rows --- */

/* The rows of scan a, which has some at hand, come before those of b: its watermark is lower. A
 * scan without one is lowest of all, also below one whose first row is still to come; then the
 * order of declaration decides. */
static bool scan_before(const Merge *merge, int32_t a, int32_t b)
{
    const MergeScan *left = &merge->scan[a], *right = &merge->scan[b];
    Micros wa = left->split[left->heap[0]].watermark, wb = right->split[right->heap[0]].watermark;
    bool timeless_a = merge_scan_plan(left)->watermark == NULL,
         timeless_b = merge_scan_plan(right)->watermark == NULL;
    if (timeless_a != timeless_b)
        return timeless_a;
    return wa < wb || (wa == wb && a < b);
}

/* The scan whose first split comes next; -1: none has rows. */
static int32_t lowest_scan(const Merge *merge, int32_t but)
{
    int32_t lowest = -1;
    for (int32_t i = 0; i < (int32_t)merge->scans; i++) {
        if (i != but && merge->scan[i].heaped > 0 && (lowest < 0 || scan_before(merge, i, lowest)))
            lowest = i;
    }
    return lowest;
}

/* Rows of the chosen split come next as long as their watermark is below this, or the same where
 * the split wins a tie. */
typedef struct Bound {
    Micros watermark;
    bool wins_tie;
} Bound;

static const Bound unbounded = {MICROS_MAX, true};

static bool lies_below(Micros watermark, Bound bound)
{
    return watermark < bound.watermark || (watermark == bound.watermark && bound.wins_tie);
}

static Bound tighter(Bound a, Bound b)
{
    if (a.watermark != b.watermark)
        return a.watermark < b.watermark ? a : b;
    return a.wins_tie ? b : a;
}

/* What the other tables allow the chosen one. */
static Bound bound_of_scans(const Merge *merge, int32_t chosen)
{
    int32_t other = lowest_scan(merge, chosen);
    if (other < 0)
        return unbounded;
    const MergeScan *rival = &merge->scan[other];
    bool timeless = merge_scan_plan(&merge->scan[chosen])->watermark == NULL;
    return (Bound){rival->split[rival->heap[0]].watermark, chosen < other || timeless};
}

/* What the other splits of its table allow the first one, which is at the root of the heap. */
static Bound bound_of_splits(const MergeScan *scan)
{
    Bound bound = unbounded;
    for (uint32_t child = 1; child <= 2 && child < scan->heaped; child++) {
        uint32_t rival = scan->heap[child];
        bound = tighter(bound, (Bound){scan->split[rival].watermark, scan->heap[0] < rival});
    }
    return bound;
}

/* Up to which row of the split its watermark stays below the bound; at least one row. Looks at ever
 * larger steps, then bisects: most runs are either very short or all there is. */
static uint32_t run_end(const MergeSplit *split, Bound bound)
{
    const Micros *watermark = split->rows.watermark;
    uint32_t rows = split->rows.builder.rows, low = split->cursor + 1, high = low;
    for (uint32_t step = 1; high < rows && lies_below(watermark[high], bound); step *= 2) {
        low = high + 1;
        high = low + step < rows ? low + step : rows;
    }
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (lies_below(watermark[middle], bound))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Before the rows of another table come, how far the last one has got is told: operators that take
 * both hold each row's watermark down to the lowest. */
static Status leave_scan(Merge *merge, int32_t chosen)
{
    int32_t last = merge->last;
    merge->last = chosen;
    if (last < 0 || last == chosen)
        return ST_OK;
    TRY(gather_flush(merge->gather));
    return merge_send_watermark(&merge->scan[last]);
}

/* Rows [from, to) of a split are emitted, or wait in the batch that is gathered. */
static Status emit_run(Merge *merge, MergeScan *scan, SplitRows *rows, uint32_t from, uint32_t to)
{
    bool live = !merge_scan_plan(scan)->bounded, alone = scan->heaped == 1 && merge->scans == 1;
    if (live && merge_scan_plan(scan)->watermark != NULL)
        merge_hold_rows(scan, rows, from, to);
    if (alone || to - from >= DIRECT_ROWS) {
        TRY(gather_flush(merge->gather));
        return scan_emit_range(scan->op, rows, from, to, merge->taken);
    }
    return gather_add(merge->gather, scan->op, rows, from, to, merge->taken);
}

/* The rows at hand of the first split are used up. */
static Status read_on(Merge *merge, MergeScan *scan, Diag *diag)
{
    uint32_t number = scan->heap[0];
    heap_pop(scan);
    if (merge_scan_plan(scan)->bounded) {
        TRY(merge_refill_bounded(merge, scan, number, diag));
        TRY(tell_end_of_split(merge, scan, &scan->split[number]));
    } else {
        TRY(merge_live_used_up(merge, scan, number, diag));
    }
    return merge_scan_plan(scan)->monitor_interval == 0 ? merge_end_scan(merge, scan) : ST_OK;
}

/* Emits runs of the scan's splits, one after another, until another table's turn comes, a batch is
 * full, a split is used up or `most` rows are emitted. */
static Status take_turn(Merge *merge, int32_t chosen, uint32_t most, uint32_t *taken, Diag *diag)
{
    MergeScan *scan = &merge->scan[chosen];
    TRY(leave_scan(merge, chosen));
    uint32_t room = gather_room(merge->gather);
    Bound others = bound_of_scans(merge, chosen);
    most = most < room ? most : room;
    for (uint32_t rows = 0; rows < most;) {
        MergeSplit *split = &scan->split[scan->heap[0]];
        if (rows > 0 && !lies_below(split->watermark, others))
            return ST_OK;
        uint32_t from = split->cursor, to = run_end(split, tighter(others, bound_of_splits(scan)));
        if (to - from > most - rows)
            to = from + most - rows;
        TRY(split_rows_account(&split->rows, scan->op, from, to, merge->taken));
        TRY(emit_run(merge, scan, &split->rows, from, to));
        merge->taken += to - from;
        *taken += to - from;
        rows += to - from;
        split->cursor = to;
        if (to == split->rows.builder.rows) {
            split->watermark = split->rows.watermark_after;
            return read_on(merge, scan, diag);
        }
        split->watermark = split->rows.watermark[to];
        sift_down(scan, 0);
    }
    return room == most ? gather_flush(merge->gather) : ST_OK;
}

Status merge_leave(Merge *merge, MergeScan *scan)
{
    TRY(gather_flush(merge->gather));
    for (uint32_t i = 0; i < scan->splits; i++) {
        scan->split[i].ended = true;
        scan->split[i].waiting = false;
        merge_close_split(scan, &scan->split[i]);
    }
    scan->heaped = scan->waiting = 0;
    return merge_end_scan(merge, scan);
}

/* When that is noticed hangs on how the input came; so a replay leaves it where it was left. */
static Status stop_satisfied(Merge *merge, uint32_t number)
{
    MergeScan *scan = &merge->scan[number];
    if (scan->ended || merge->replays || !op_is_satisfied(scan->op))
        return ST_OK;
    TRY(merge_note_left(merge, number));
    return merge_leave(merge, scan);
}

Status merge_step(Merge *merge, uint32_t rows, MergeProgress *progress, Diag *diag)
{
    uint32_t taken = 0;
    bool blocked = false;
    *progress = MERGE_BUSY;
    for (uint32_t i = 0; i < merge->scans; i++) {
        TRY(stop_satisfied(merge, i));
        if (merge->scan[i].waiting > 0)
            TRY(refill_waiting(merge, &merge->scan[i], &blocked, diag));
    }
    while (taken < rows && *progress == MERGE_BUSY) {
        int32_t chosen = blocked ? -1 : lowest_scan(merge, -1);
        if (chosen < 0) {
            *progress = blocked ? MERGE_WAITS : MERGE_ROUND_OVER;
            break;
        }
        TRY(take_turn(merge, chosen, rows - taken, &taken, diag));
        TRY(stop_satisfied(merge, (uint32_t)chosen));
        blocked = merge->scan[chosen].waiting > 0;
    }
    TRY(gather_flush(merge->gather));
    for (uint32_t i = 0; i < merge->scans; i++) {
        if (!merge->scan[i].ended)
            TRY(merge_send_watermark(&merge->scan[i]));
    }
    return ST_OK;
}
