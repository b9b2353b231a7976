/* Live input in rounds. A round freezes how far each live split has arrived; it is over when those
 * rows are used up. What a round brings hangs on the clock and on the world, so it is described in
 * a log: after a restart the same rounds are made again from what the log says, and the rows come
 * in the order in which they came before.
 *
 * A repeated round need not be read in one piece: a split that has more of it is read on as soon as
 * the rows at hand are used up, so the others never see it without rows before its round is over.
 */
#include <assert.h>

#include "executor/run/merge_private.h"
#include "storage/base/vec.h"

typedef enum RoundEventKind {
    EVENT_OVER,  /* the round has no more */
    EVENT_SPLIT, /* a new split */
    EVENT_ROWS,  /* rows of a split */
    EVENT_QUIET, /* a split without rows: it ended or fell idle, its records were rejected, or its
                    watermark went on with the clock */
    EVENT_LEFT,  /* nobody wants more of a scan */
} RoundEventKind;

typedef struct RoundEvent {
    uint8_t kind;
    bool idle, ended;     /* the split, from now on */
    uint32_t scan, split; /* numbers */
    uint32_t rows;
    uint64_t until;   /* where the split is read up to; REPLAY_BY_ROWS: inside of a record */
    Micros watermark; /* of a quiet one */
} RoundEvent;

static Status walk_head(StateWalk *walk, RoundHead *head)
{
    TRY(STATE_WALK(walk, head->taken));
    return STATE_WALK(walk, head->now);
}

static Status walk_event(StateWalk *walk, RoundEvent *event)
{
    TRY(STATE_WALK(walk, event->kind));
    if (event->kind == EVENT_OVER)
        return ST_OK;
    TRY(STATE_WALK(walk, event->scan));
    if (event->kind == EVENT_SPLIT || event->kind == EVENT_LEFT)
        return ST_OK;
    TRY(STATE_WALK(walk, event->split));
    TRY(STATE_WALK(walk, event->until));
    if (event->kind == EVENT_ROWS)
        return STATE_WALK(walk, event->rows);
    TRY(STATE_WALK(walk, event->idle));
    TRY(STATE_WALK(walk, event->watermark));
    return STATE_WALK(walk, event->ended);
}

/* --- a round --- */

typedef struct Round {
    Merge *merge;
    RoundHead head;
    StateWalk walk;
    size_t begun;    /* in the log */
    uint32_t newest; /* the split that never falls idle, of the scan at hand; UINT32_MAX: none */
    bool arrived, noted;
} Round;

/* The first event of a round brings its head with it. */
static Status note(Round *round, RoundEvent *event)
{
    round->noted = true;
    if (!round->merge->kept)
        return ST_OK;
    round->merge->reading_at = SIZE_MAX;
    if (round->merge->log.size == round->begun)
        TRY(walk_head(&round->walk, &round->head));
    return walk_event(&round->walk, event);
}

static Status note_over(Round *round)
{
    RoundEvent over = {.kind = EVENT_OVER};
    if (!round->noted)
        return ST_OK;
    round->merge->rounds++;
    return note(round, &over);
}

Status merge_note_left(Merge *merge, uint32_t scan)
{
    Round round = {.merge = merge,
                   .head = {.taken = merge->taken, .now = merge->now},
                   .walk = {.out = &merge->log},
                   .begun = merge->log.size};
    RoundEvent left = {.kind = EVENT_LEFT, .scan = scan};
    TRY(note(&round, &left));
    return note_over(&round);
}

Status merge_note_reading(Merge *merge, Micros now, bool done)
{
    Round round = {.merge = merge,
                   .head = {.taken = merge->taken, .now = now},
                   .walk = {.out = &merge->log},
                   .begun = merge->log.size,
                   .noted = true};
    if (!merge->kept)
        return ST_OK;
    if (merge->reading_at < merge->log.size && merge->reading_taken == merge->taken) {
        merge->log.size = round.begun = merge->reading_at;
        merge->rounds--;
    }
    size_t at = round.begun;
    TRY(note_over(&round));
    merge->reading_at = done ? SIZE_MAX : at;
    merge->reading_taken = merge->taken;
    return ST_OK;
}

/* Whether the split was left in front of a record. */
static uint64_t read_up_to(const MergeSplit *split)
{
    const BatchBuilder *builder = &split->rows.builder;
    uint64_t at = split->reader->position(split->reader).offset;
    bool inside = builder->rows > 0 && builder->offset[builder->rows - 1] == at;
    return inside ? REPLAY_BY_ROWS : at;
}

/* Where the watermark goes on in silence, one is left that it goes on with: that which has brought
 * rows last. */
static uint32_t find_newest(const MergeScan *scan)
{
    uint32_t newest = UINT32_MAX;
    for (uint32_t i = 0; i < scan->splits && merge_scan_plan(scan)->idle_advance != 0; i++) {
        const MergeSplit *split = &scan->split[i], *best = &scan->split[newest];
        if (split->ended || split->watermark == MICROS_MIN)
            continue;
        if (newest == UINT32_MAX || split->last_arrival > best->last_arrival ||
            (split->last_arrival == best->last_arrival && split->watermark > best->watermark))
            newest = i;
    }
    return newest;
}

/* Of a batch that has just come: without those that an earlier run had emitted. */
static uint32_t rows_at_hand(const MergeSplit *split)
{
    return split->rows.builder.rows - split->cursor;
}

static Status poll_live(Round *round, uint32_t scan_number, uint32_t number, Diag *diag)
{
    Merge *merge = round->merge;
    MergeScan *scan = &merge->scan[scan_number];
    MergeSplit *split = &scan->split[number];
    Micros timeout = merge_scan_plan(scan)->idle_timeout, now = round->head.now;
    PollResult result;
    if (split->ended || merge_has_rows(split))
        return ST_OK;
    if (split->last_arrival == 0) {
        split->last_arrival = now;
        split->rests = false;
    }
    TRY(merge_poll_split(merge, scan, number, &result, diag));
    RoundEvent event = {.scan = scan_number, .split = number, .until = read_up_to(split)};
    if (merge_has_rows(split)) {
        event.kind = EVENT_ROWS;
        event.rows = rows_at_hand(split);
        split->idle = false;
        split->last_arrival = now;
        split->silent = split->rests = false;
        merge_push(scan, number);
        round->arrived = true;
        return note(round, &event);
    }
    bool moved = event.until != split->polled_from.offset;
    split->drained = split->drained || result == POLL_IDLE;
    event.kind = EVENT_QUIET;
    event.ended = result == POLL_END;
    event.idle = timeout != 0 && now - split->last_arrival >= timeout && number != round->newest;
    bool changed = event.ended || event.idle != split->idle;
    merge->events += changed;
    event.watermark = split->watermark = split->rows.watermark_after;
    split->silent = result == POLL_IDLE;
    if (!split->rests)
        split->rested_at = split->watermark;
    split->rests = true;
    split->ended = event.ended;
    split->idle = event.idle;
    if (split->ended)
        merge_close_split(scan, split);
    round->arrived = round->arrived || split->ended || moved || result == POLL_ROWS;
    return moved || changed ? note(round, &event) : ST_OK;
}

/* --- silence --- */

/* The split is silent, and it is not that something of it is still to be read. */
static bool is_read_out(const MergeSplit *split)
{
    const SplitReader *reader = split->reader;
    if (split->ended || !split->silent || reader == NULL)
        return false;
    uint64_t end = reader->end == NULL ? UINT64_MAX : reader->end(reader);
    return end == UINT64_MAX || reader->position(reader).offset >= end;
}

/* Where the watermark of the split is when it goes on with the clock: as far behind where it came
 * to rest as the clock is behind the moment from which it may. */
static Micros carried(const PlanScan *plan, const MergeSplit *split, Micros now)
{
    Micros silence = now - split->last_arrival - plan->idle_advance, to;
    if (split->watermark == MICROS_MIN || silence <= 0 || !is_read_out(split) ||
        __builtin_add_overflow(split->rested_at, silence, &to))
        return split->watermark;
    to -= micros_floor_mod(to, MICROS_PER_MILLI);
    return to > split->watermark ? to : split->watermark;
}

static Micros carried_table(const MergeScan *scan, Micros now)
{
    Micros lowest = MICROS_MAX;
    for (uint32_t i = 0; i < scan->splits; i++) {
        const MergeSplit *split = &scan->split[i];
        Micros to = carried(merge_scan_plan(scan), split, now);
        if (!split->ended && !split->idle && to < lowest)
            lowest = to;
    }
    return lowest == MICROS_MAX ? MICROS_MIN : lowest;
}

/* It is done, and noted, only when something waits for it: silence by itself makes no epochs. */
static Status carry_on(Round *round, uint32_t scan_number)
{
    Merge *merge = round->merge;
    MergeScan *scan = &merge->scan[scan_number];
    const PlanScan *plan = merge_scan_plan(scan);
    Micros now = round->head.now;
    if (plan->idle_advance == 0 || plan->watermark == NULL ||
        op_watermark_due(scan->op, scan->op->sent_watermark) > carried_table(scan, now))
        return ST_OK;
    for (uint32_t i = 0; i < scan->splits; i++) {
        MergeSplit *split = &scan->split[i];
        Micros to = carried(plan, split, now);
        if (split->idle || to == split->watermark)
            continue;
        split->watermark = to;
        merge->events++;
        round->arrived = true;
        RoundEvent event = {.kind = EVENT_QUIET,
                            .idle = split->idle,
                            .scan = scan_number,
                            .split = i,
                            .until = read_up_to(split),
                            .watermark = to};
        TRY(note(round, &event));
    }
    return ST_OK;
}

static Status note_split(Round *round, uint32_t scan_number, uint32_t number)
{
    Merge *merge = round->merge;
    RoundEvent event = {.kind = EVENT_SPLIT, .scan = scan_number};
    merge->events++;
    if (!merge->kept)
        return ST_OK;
    TRY(note(round, &event));
    return merge_walk_split(merge, &round->walk, &merge->scan[scan_number].split[number].split);
}

static Status find_new_splits(Round *round, uint32_t scan_number, Diag *diag)
{
    MergeScan *scan = &round->merge->scan[scan_number];
    Micros interval = merge_scan_plan(scan)->monitor_interval, now = round->head.now;
    uint32_t known = scan->splits;
    if (interval == 0 || now - scan->last_listed < interval)
        return ST_OK;
    scan->last_listed = now;
    TRY(merge_list_splits(round->merge, scan, true, diag));
    for (uint32_t i = known; i < scan->splits; i++)
        TRY(note_split(round, scan_number, i));
    return ST_OK;
}

/* A row tells no more than the splits that have nothing at hand allow: their next rows may be
 * older. */
static void find_hold(MergeScan *scan)
{
    scan->hold = MICROS_MAX;
    scan->over = 0;
    for (uint32_t i = 0; i < scan->splits; i++) {
        const MergeSplit *split = &scan->split[i];
        scan->over += split->ended;
        if (!split->ended && !split->idle && !merge_has_rows(split) &&
            split->watermark < scan->hold)
            scan->hold = split->watermark;
    }
}

/* Everything that a round brings is at hand. */
static Status settle(Merge *merge)
{
    for (uint32_t i = 0; i < merge->scans; i++) {
        MergeScan *scan = &merge->scan[i];
        if (scan->ended || merge_scan_plan(scan)->bounded)
            continue;
        if (merge_scan_plan(scan)->monitor_interval == 0) /* else new splits may come */
            TRY(merge_end_scan(merge, scan));
        find_hold(scan);
        TRY(merge_send_watermark(scan));
    }
    return ST_OK;
}

Status merge_begin_round(Merge *merge, Micros now, bool *noted, bool *arrived, Diag *diag)
{
    Round round = {.merge = merge,
                   .head = {.taken = merge->taken, .now = now},
                   .walk = {.out = &merge->log},
                   .begun = merge->log.size,
                   .noted = *noted};
    for (uint32_t i = 0; i < merge->scans; i++) {
        MergeScan *scan = &merge->scan[i];
        if (scan->ended || merge_scan_plan(scan)->bounded)
            continue;
        TRY(find_new_splits(&round, i, diag));
        round.newest = find_newest(scan);
        for (uint32_t s = 0; s < scan->splits; s++)
            TRY(poll_live(&round, i, s, diag));
        TRY(carry_on(&round, i));
    }
    TRY(note_over(&round));
    *noted = round.noted;
    *arrived = round.arrived;
    return settle(merge);
}

bool merge_is_between_rounds(const Merge *merge)
{
    for (uint32_t i = 0; i < merge->scans; i++) {
        if (merge->scan[i].heaped > 0 && !merge_scan_plan(&merge->scan[i])->bounded)
            return false;
    }
    return true;
}

/* --- while a round lasts --- */

/* The rows [from, to) of a live split carry its own watermarks. Those of the table are never beyond
 * what the other splits allow, and do not go back where a new or an idle split joins in. */
void merge_hold_rows(MergeScan *scan, SplitRows *rows, uint32_t from, uint32_t to)
{
    for (uint32_t row = from; row < to; row++) {
        Micros own = rows->watermark[row], held = own < scan->hold ? own : scan->hold;
        if (held > scan->floor)
            scan->floor = held;
        rows->watermark[row] = scan->floor;
    }
}

static Status input_differs(const MergeScan *scan, const MergeSplit *split, Diag *diag)
{
    diag_error(diag, E4009, SPAN_NONE,
               "\"%.*s\" of table \"%.*s\" had been read up to %llu, and there is no more than "
               "%llu now",
               TEXT_ARG(split->split.name), TEXT_ARG(merge_scan_plan(scan)->spec.table->name),
               (unsigned long long)split->until,
               (unsigned long long)split->reader->position(split->reader).offset);
    diag_hint(diag, "bring it back as it was, or drop what the job keeps and create it again");
    return ST_IO;
}

/* It has as many bytes, but they are others. */
static Status input_is_another(const MergeScan *scan, const MergeSplit *split, Diag *diag)
{
    diag_error(diag, E4009, SPAN_NONE,
               "\"%.*s\" of table \"%.*s\" is not what it was when it was read before",
               TEXT_ARG(split->split.name), TEXT_ARG(merge_scan_plan(scan)->spec.table->name));
    diag_hint(diag, "bring it back as it was, or drop what the job keeps and create it again");
    return ST_IO;
}

static bool is_repeated(const MergeSplit *split)
{
    if (split->until == REPLAY_BY_ROWS)
        return split->repeat_rows == 0;
    return split->reader != NULL && split->reader->position(split->reader).offset >= split->until;
}

/* Reads on what the round brought, until there are rows or no more of it. */
static Status repeat_split(Merge *merge, MergeScan *scan, uint32_t number, Diag *diag)
{
    MergeSplit *split = &scan->split[number];
    BatchBuilder *builder = &split->rows.builder;
    while (split->repeats && !is_repeated(split)) {
        PollResult result;
        uint64_t before = split->reader == NULL ? UINT64_MAX : split->polled_from.offset;
        TRY(merge_open_rows(merge, scan, number));
        uint16_t capacity = builder->capacity;
        uint64_t rows = (uint64_t)split->to_skip + split->repeat_rows;
        if (split->repeat_rows > 0 && rows < capacity)
            builder->capacity = (uint16_t)rows;
        Status status = merge_poll_split(merge, scan, number, &result, diag);
        builder->capacity = capacity;
        TRY(status);
        uint32_t came = rows_at_hand(split);
        split->repeat_rows -= came < split->repeat_rows ? came : split->repeat_rows;
        if (merge_has_rows(split)) {
            merge_push(scan, number);
            return ST_OK;
        }
        split->watermark = split->rows.watermark_after;
        if (result != POLL_ROWS && before == split->polled_from.offset && !is_repeated(split))
            return input_differs(scan, split, diag);
    }
    if (split->repeats && split->reader != NULL)
        split->reader->replay_until(split->reader, REPLAY_OVER);
    split->repeats = false;
    return ST_OK;
}

Status merge_live_used_up(Merge *merge, MergeScan *scan, uint32_t number, Diag *diag)
{
    MergeSplit *split = &scan->split[number];
    TRY(repeat_split(merge, scan, number, diag));
    if (!merge_has_rows(split) && split->watermark < scan->hold)
        scan->hold = split->watermark;
    return ST_OK;
}

/* --- rounds once more --- */

Status merge_read_round(StateWalk *log, RoundHead *head)
{
    return walk_head(log, head);
}

static Status add_split(Merge *merge, MergeScan *scan, StateWalk *log)
{
    Split *listed = scan->listed;
    uint32_t count = scan->splits;
    if (count == 0 || count + 1 > vec_room(count)) {
        TRY_NEW_ARRAY(listed, merge->arena, vec_room(count + 1));
        for (uint32_t i = 0; i < count; i++)
            listed[i] = scan->listed[i];
    }
    listed[count] = (Split){0};
    TRY(merge_walk_split(merge, log, &listed[count]));
    return merge_make_splits(merge, scan, listed, count + 1);
}

static Status repeat_event(Merge *merge, const RoundHead *head, const RoundEvent *event, Diag *diag)
{
    MergeScan *scan = &merge->scan[event->scan];
    MergeSplit *split = &scan->split[event->split];
    split->until = event->until;
    split->repeat_rows = event->kind == EVENT_ROWS ? event->rows : 0;
    split->repeats = true;
    TRY(repeat_split(merge, scan, event->split, diag));
    if (event->kind == EVENT_ROWS) {
        split->idle = false;
        split->last_arrival = head->now;
        return ST_OK;
    }
    if (merge_has_rows(split)) /* where there were none */
        return input_is_another(scan, split, diag);
    split->idle = event->idle;
    split->ended = event->ended;
    if (event->watermark > split->watermark)
        split->watermark = event->watermark;
    if (split->ended)
        merge_close_split(scan, split);
    return ST_OK;
}

/* Its events take the splits one after the other, and wait for each. */
Status merge_repeat_round(Merge *merge, const RoundHead *head, StateWalk *log, Diag *diag)
{
    for (uint32_t i = 0; i < merge->scans; i++)
        TRY(merge_open_readers(merge, &merge->scan[i], diag));
    for (;;) {
        RoundEvent event = {0};
        TRY(walk_event(log, &event));
        if (event.kind == EVENT_OVER)
            return settle(merge);
        if (event.kind > EVENT_LEFT || event.scan >= merge->scans)
            return ST_STATE;
        MergeScan *scan = &merge->scan[event.scan];
        if (event.kind == EVENT_SPLIT)
            TRY(add_split(merge, scan, log));
        else if (event.kind == EVENT_LEFT)
            TRY(merge_leave(merge, scan));
        else if (event.split >= scan->splits)
            return ST_STATE;
        else if (merge_has_rows(&scan->split[event.split]))
            return input_is_another(scan, &scan->split[event.split], diag);
        else
            TRY(repeat_event(merge, head, &event, diag));
    }
}

void merge_go_live(Merge *merge)
{
    merge->replays = false;
    for (uint32_t i = 0; i < merge->scans; i++) {
        MergeScan *scan = &merge->scan[i];
        for (uint32_t s = 0; s < scan->splits; s++)
            scan->split[s].last_arrival = 0; /* nobody could listen while the job was down */
        for (uint32_t s = 0; s < scan->spools; s++) {
            if (scan->spool[s] != NULL)
                spool_go_live(scan->spool[s]);
        }
    }
}
