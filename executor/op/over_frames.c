/* A chunk's rows are taken in turns: in each turn a partition has at most one row, so that all of
 * the turn's frames can be moved, and their values given out, by one call of each aggregate. */
#include "executor/op/over_frames.h"

#include <assert.h>

#include "storage/data/nested.h"

static bool is_growing(const PlanFrame *frame)
{
    return frame->from_first;
}

static Status make_giving(OverFrames *frames);

Status over_frames_open(OverFrames *frames, Op *op, const PlanOver *plan)
{
    const Schema *input = &op->plan->input[0]->schema;
    uint32_t header = (uint32_t)(sizeof(OverPartition) + plan->frames * sizeof(FramePlace));
    Micros ttl = op->plan->ttl;
    frames->op = op;
    frames->plan = plan;
    frames->moved = 1;
    arena_init(&frames->arena, &op->meter);
    frames->aggregate =
        (PlanAggregate){plan->partition, plan->partitions, plan->aggregate, plan->aggregates};
    TRY_NEW_ARRAY(frames->argument, &frames->arena, input->count);
    TRY_NEW_ARRAY(frames->call, &frames->arena, plan->aggregates);
    for (uint32_t c = 0; c < plan->calls; c++) {
        if (plan->call[c].function == OVER_AGGREGATE)
            frames->call[plan->call[c].aggregate] = c;
    }
    aggregate_calls_mark(plan->aggregate, plan->aggregates, frames->argument);
    TRY(aggregate_set_open(&frames->set, op, &frames->aggregate,
                           header + (ttl > 0 ? (uint32_t)sizeof(ExpiryLink) : 0),
                           AGGREGATE_FRAMES));
    TRY(group_states_open(&frames->states, &frames->set));
    if (ttl > 0)
        expiry_open(&frames->expiry, &frames->states.groups, header, ttl);
    frames->chunk.capacity = aggregate_set_portion(&frames->set);
    TRY(row_store_open(&frames->rows, input, sizeof(OverRow), &frames->arena, &op->meter));
    return make_giving(frames);
}

void over_frames_close(OverFrames *frames)
{
    if (frames->op == NULL)
        return;
    row_store_close(&frames->rows);
    group_states_close(&frames->states, &frames->set);
    aggregate_set_close(&frames->set);
    arena_close(&frames->arena);
}

Status over_frames_walk(OverFrames *frames, StateWalk *walk)
{
    assert(frames->chunk.count == 0);
    TRY(STATE_WALK(walk, frames->moved));
    TRY(group_states_walk(&frames->states, &frames->set, walk));
    if (frames->op->plan->ttl > 0)
        TRY(expiry_walk(&frames->expiry, walk));
    return row_store_walk(&frames->rows, walk);
}

/* --- lists --- */

Status over_frames_partitions(OverFrames *frames, const Batch *in, uint32_t *entry)
{
    KeyBatch keys;
    uint8_t *fresh;
    TRY_NEW_ARRAY(fresh, &frames->op->scratch, in->selected);
    TRY(aggregate_set_keys(&frames->set, in, &keys));
    TRY(keyed_map_upsert(&frames->states.groups, &keys, entry, fresh));
    for (uint32_t i = 0; i < in->selected; i++) {
        if (fresh[i] == 0)
            continue;
        OverPartition *partition = over_partition_write(frames, entry[i]);
        partition->given = MICROS_MIN;
        partition->forget = MICROS_MIN;
        partition->renewed = MICROS_MIN;
    }
    return ST_OK;
}

void over_frames_mark(OverFrames *frames, uint32_t entry)
{
    if (frames->op->plan->ttl > 0)
        expiry_mark(&frames->expiry, entry, frames->op->env->eval.now);
}

void over_frames_expect(OverFrames *frames, uint32_t entry)
{
    OverPartition *partition = over_partition_write(frames, entry);
    partition->placeless++;
    partition->ended = 0;
    over_frames_mark(frames, entry);
}

void over_frames_append(OverFrames *frames, uint32_t row)
{
    OverRow *added = row_store_head_write(&frames->rows, row - 1);
    OverPartition *partition = over_partition_write(frames, added->partition);
    added->place = partition->rows++;
    partition->placeless--;
    if (partition->last != 0)
        ((OverRow *)row_store_head_write(&frames->rows, partition->last - 1))->next = row;
    else
        partition->first = row;
    partition->last = row;
    if (partition->waiting == 0)
        partition->waiting = row;
    for (uint32_t f = 0; f < frames->plan->frames; f++) {
        FramePlace *place = &partition->frame[f];
        place->in = place->in == 0 ? row : place->in;
        place->next = place->next == 0 ? row : place->next;
    }
}

static uint64_t place_of(const OverFrames *frames, const OverPartition *partition, uint32_t row)
{
    return row == 0 ? partition->rows : over_row(frames, row)->place;
}

/* Forgets the rows that no frame will look at again. */
static void release_rows(OverFrames *frames, uint32_t entry)
{
    OverPartition *partition = over_partition_write(frames, entry);
    uint64_t needed = place_of(frames, partition, partition->waiting);
    for (uint32_t f = 0; f < frames->plan->frames; f++) {
        const FramePlace *place = &partition->frame[f];
        uint32_t row = is_growing(&frames->plan->frame[f]) ? place->next : place->in;
        uint64_t at = place_of(frames, partition, row);
        needed = at < needed ? at : needed;
    }
    while (partition->first != 0) {
        uint32_t row = partition->first;
        const OverRow *first = over_row(frames, row);
        if (first->place >= needed)
            return;
        partition->first = first->next;
        row_store_remove(&frames->rows, row - 1);
    }
    partition->last = 0;
}

static void remove_rows(OverFrames *frames, uint32_t entry)
{
    OverPartition *partition = over_partition_write(frames, entry);
    assert(partition->waiting == 0 && frames->chunk.count == 0);
    while (partition->first != 0) {
        uint32_t row = partition->first;
        partition->first = over_row(frames, row)->next;
        row_store_remove(&frames->rows, row - 1);
    }
    partition->last = 0;
    memset(partition->frame, 0, frames->plan->frames * sizeof *partition->frame);
}

void over_frames_renew(OverFrames *frames, uint32_t entry, Micros time)
{
    OverPartition *partition = over_partition_write(frames, entry);
    partition->renewed = MICROS_MIN;
    if (partition->given > time) /* rows before them have left their frames */
        return;
    remove_rows(frames, entry);
    partition->given = MICROS_MIN;
    aggregate_set_reset(&frames->set, &frames->states, entry);
}

void over_frames_forget(OverFrames *frames, uint32_t entry)
{
    remove_rows(frames, entry);
    if (frames->op->plan->ttl > 0)
        expiry_forget(&frames->expiry, entry);
    aggregate_set_remove(&frames->set, &frames->states, entry);
}

/* --- moving frames --- */

/* Rows on their way into or out of one frame. */
typedef struct Movement {
    OverFrames *frames;
    const PlanFrame *frame;
    Batch batch; /* of their arguments */
    bool back;
    uint32_t count;
    uint32_t number[BATCH_ROWS], entry[BATCH_ROWS];
} Movement;

/* Elements of nested values only grow in a column: it is a new one each time. */
static Status renew_nested(Arena *scratch, const Type *type, uint32_t rows, Column *column)
{
    return type_is_nested(type) ? column_make_typed(scratch, type, rows, column) : ST_OK;
}

static Status read_argument(Movement *move, uint32_t c)
{
    OverFrames *frames = move->frames;
    Arena *scratch = &frames->op->scratch;
    Column *column = (Column *)(uintptr_t)&move->batch.column[c];
    TRY(renew_nested(scratch, &frames->op->plan->input[0]->schema.field[c].type, move->count,
                     column));
    return row_store_read(&frames->rows, c, move->number, move->count, scratch, column);
}

static Status movement_flush(Movement *move)
{
    OverFrames *frames = move->frames;
    Arena *scratch = &frames->op->scratch;
    ArenaMark mark = arena_mark(scratch);
    if (move->count == 0)
        return ST_OK;
    for (uint32_t c = 0; c < move->batch.columns; c++) {
        if (frames->argument[c])
            TRY(read_argument(move, c));
    }
    FrameRows rows = {move->batch.sel, move->entry, move->count};
    AggregateCalls calls = {move->frame->first, move->frame->calls};
    move->batch.rows = move->batch.selected = (uint16_t)move->count;
    TRY(aggregate_set_move(&frames->set, &frames->states, calls, &move->batch, frames->moved, &rows,
                           move->back));
    frames->moved += move->back ? 0 : move->count;
    move->count = 0;
    arena_release(scratch, mark);
    return ST_OK;
}

static Status move_row(Movement *move, uint32_t row, uint32_t entry)
{
    move->number[move->count] = row - 1;
    move->entry[move->count++] = entry;
    return move->count == BATCH_ROWS ? movement_flush(move) : ST_OK;
}

static int64_t position(const PlanFrame *frame, const OverRow *row)
{
    return frame->rows ? (int64_t)row->place : row->time;
}

/* The distance from a position, as far as there are numbers. */
static int64_t bound(int64_t position, int64_t distance)
{
    int64_t sum;
    if (!__builtin_add_overflow(position, distance, &sum))
        return sum;
    return distance < 0 ? INT64_MIN : INT64_MAX;
}

/* Rows come in up to the end of the row's frame. */
static Status let_in(Movement *move, FramePlace *place, const OverRow *row)
{
    const OverFrames *frames = move->frames;
    const PlanFrame *frame = move->frame;
    int64_t end = bound(position(frame, row), frame->end);
    while (place->next != 0) {
        const OverRow *next = over_row(frames, place->next);
        if (!frame->to_last && position(frame, next) > end)
            return ST_OK;
        TRY(move_row(move, place->next, next->partition));
        place->next = next->next;
    }
    return ST_OK;
}

/* Rows leave up to the start of the row's frame. */
static Status let_out(Movement *move, FramePlace *place, const OverRow *row)
{
    const OverFrames *frames = move->frames;
    const PlanFrame *frame = move->frame;
    int64_t start = bound(position(frame, row), frame->start);
    while (place->in != place->next) {
        const OverRow *in = over_row(frames, place->in);
        if (position(frame, in) >= start)
            return ST_OK;
        TRY(move_row(move, place->in, in->partition));
        place->in = in->next;
    }
    return ST_OK;
}

/* --- a chunk --- */

typedef struct Turns {
    uint32_t count;
    uint32_t *order; /* the chunk's rows, turn after turn */
    uint32_t *end;   /* of each turn */
} Turns;

/* How often the partition has had its turn before, for each row. */
static Status take_turns(OverFrames *frames, Turns *out)
{
    OverChunk *chunk = &frames->chunk;
    Arena *scratch = &frames->op->scratch;
    uint32_t *turn, at = 0;
    TRY_NEW_ARRAY(turn, scratch, chunk->count);
    TRY_NEW_ARRAY(out->order, scratch, chunk->count);
    TRY_NEW_ARRAY(out->end, scratch, chunk->count);
    out->count = 0;
    for (uint32_t i = 0; i < chunk->count; i++) {
        turn[i] = over_partition_write(frames, chunk->partition[i])->turn++;
        out->end[turn[i]]++;
        out->count = turn[i] >= out->count ? turn[i] + 1 : out->count;
    }
    for (uint32_t t = 0; t < out->count; t++) {
        uint32_t rows = out->end[t];
        out->end[t] = at;
        at += rows;
    }
    for (uint32_t i = 0; i < chunk->count; i++) {
        out->order[out->end[turn[i]]++] = i;
        over_partition_write(frames, chunk->partition[i])->turn = 0;
    }
    return ST_OK;
}

/* What giving out a chunk takes: room that is there from the beginning, and the chunk's columns. */
typedef struct OverGiving {
    OverFrames *frames;
    Movement move;
    uint16_t row[BATCH_ROWS]; /* 0, 1, 2 ... */
    uint32_t entry[BATCH_ROWS];
    Column *value;  /* per aggregate: of a turn's rows */
    uint32_t *cell; /* per frame and row of the chunk: the row that the cell is of; 0: none */
    Column *out;
} Giving;

static Status make_giving(OverFrames *frames)
{
    const PlanOver *plan = frames->plan;
    const Schema *input = &frames->op->plan->input[0]->schema;
    Arena *arena = &frames->arena;
    Column *argument;
    Giving *give;
    TRY_NEW(give, arena);
    give->frames = give->move.frames = frames;
    for (uint32_t i = 0; i < BATCH_ROWS; i++)
        give->row[i] = (uint16_t)i;
    TRY_NEW_ARRAY(argument, arena, input->count);
    for (uint32_t c = 0; c < input->count; c++) {
        if (frames->argument[c])
            TRY(column_make_typed(arena, &input->field[c].type, BATCH_ROWS, &argument[c]));
    }
    give->move.batch =
        (Batch){.columns = (uint16_t)input->count, .column = argument, .sel = give->row};
    TRY_NEW_ARRAY(give->value, arena, plan->aggregates);
    for (uint32_t a = 0; a < plan->aggregates; a++)
        TRY(column_make_typed(arena, &plan->aggregate[a].result, BATCH_ROWS, &give->value[a]));
    frames->giving = give;
    return ST_OK;
}

/* The one row of a frame that is of one row. */
static void find_cells(Giving *give, uint32_t f, const uint32_t *rows, uint32_t count)
{
    OverFrames *frames = give->frames;
    const OverChunk *chunk = &frames->chunk;
    const PlanFrame *frame = &frames->plan->frame[f];
    for (uint32_t i = 0; i < count; i++) {
        FramePlace *place = &over_partition_write(frames, chunk->partition[rows[i]])->frame[f];
        int64_t wanted =
            bound(position(frame, over_row(frames, chunk->row[rows[i]])), frame->start);
        while (place->in != 0 && position(frame, over_row(frames, place->in)) < wanted)
            place->in = over_row(frames, place->in)->next;
        bool there = place->in != 0 && position(frame, over_row(frames, place->in)) == wanted;
        give->cell[(size_t)f * chunk->count + rows[i]] = there ? place->in : 0;
    }
}

/* Texts are copied: the next turn may change what the aggregate holds. */
static Status place_values(Giving *give, uint32_t a, const uint32_t *rows, uint32_t count)
{
    OverFrames *frames = give->frames;
    uint32_t width = frames->op->plan->input[0]->schema.count;
    Column *out = &give->out[width + frames->call[a]], *value = &give->value[a];
    for (uint32_t i = 0; i < count; i++) {
        TRY(column_keep_cell(&frames->op->scratch, out, rows[i], value, i));
    }
    bits_fill(value->valid, count, true);
    return ST_OK;
}

/* Moves a frame to the rows of a turn, and takes what it holds then. */
static Status turn_frame(Giving *give, uint32_t f, const uint32_t *rows, uint32_t count)
{
    OverFrames *frames = give->frames;
    const OverChunk *chunk = &frames->chunk;
    const PlanFrame *frame = &frames->plan->frame[f];
    Movement *move = &give->move;
    move->frame = frame;
    move->back = false;
    for (uint32_t i = 0; i < count; i++) {
        give->entry[i] = chunk->partition[rows[i]];
        TRY(let_in(move, &over_partition_write(frames, give->entry[i])->frame[f],
                   over_row(frames, chunk->row[rows[i]])));
    }
    TRY(movement_flush(move));
    move->back = true;
    for (uint32_t i = 0; i < count && !is_growing(frame); i++)
        TRY(let_out(move, &over_partition_write(frames, give->entry[i])->frame[f],
                    over_row(frames, chunk->row[rows[i]])));
    TRY(movement_flush(move));
    AggregateCalls calls = {frame->first, frame->calls};
    for (uint32_t a = frame->first; a < frame->first + frame->calls; a++)
        TRY(renew_nested(&frames->op->scratch, &frames->plan->aggregate[a].result, count,
                         &give->value[a]));
    TRY(aggregate_set_values(&frames->set, &frames->states, calls, give->entry, count,
                             give->value + frame->first));
    for (uint32_t a = 0; a < frame->calls; a++)
        TRY(place_values(give, frame->first + a, rows, count));
    return ST_OK;
}

/* --- what is counted --- */

typedef struct Counts {
    uint64_t *row, *rank, *dense; /* per row of the chunk */
} Counts;

/* Numbers the rows in their partitions, and notes that they are given out. */
static Status count_rows(OverFrames *frames, Counts *out)
{
    const OverChunk *chunk = &frames->chunk;
    Arena *scratch = &frames->op->scratch;
    TRY_NEW_ARRAY(out->row, scratch, chunk->count);
    TRY_NEW_ARRAY(out->rank, scratch, chunk->count);
    TRY_NEW_ARRAY(out->dense, scratch, chunk->count);
    for (uint32_t i = 0; i < chunk->count; i++) {
        const OverRow *row = over_row(frames, chunk->row[i]);
        OverPartition *partition = over_partition_write(frames, chunk->partition[i]);
        if (partition->values == 0 || partition->given != row->time) {
            partition->peers = row->place;
            partition->values++;
        }
        partition->given = row->time;
        out->row[i] = row->place + 1;
        out->rank[i] = partition->peers + 1;
        out->dense[i] = partition->values;
    }
    return ST_OK;
}

/* --- columns --- */

/* A column of other rows: of `row` (0: none) where there is one, else of the chunk's own row. */
static Status read_cells(Giving *give, const PlanOverCall *call, Column *out)
{
    OverFrames *frames = give->frames;
    const OverChunk *chunk = &frames->chunk;
    const uint32_t *cell = give->cell + (size_t)call->frame * chunk->count;
    for (uint32_t i = 0; i < chunk->count; i++) {
        uint32_t number = cell[i] != 0 ? cell[i] - 1 : chunk->row[i] - 1;
        int32_t column = cell[i] != 0 ? (int32_t)call->column : call->otherwise;
        if (column < 0)
            bit_clear(out->valid, i);
        else
            TRY(row_store_read_cell(&frames->rows, (uint32_t)column, number, &frames->op->scratch,
                                    out, i));
    }
    return ST_OK;
}

static Status put_call(Giving *give, const PlanOverCall *call, const Counts *counts, Column *out)
{
    size_t size = give->frames->chunk.count * sizeof(int64_t);
    switch (call->function) {
    case OVER_AGGREGATE: return ST_OK; /* its turns have put them */
    case OVER_CELL: return read_cells(give, call, out);
    case OVER_ROW_NUMBER: memcpy(out->data.i64, counts->row, size); return ST_OK;
    case OVER_RANK: memcpy(out->data.i64, counts->rank, size); return ST_OK;
    case OVER_DENSE_RANK: memcpy(out->data.i64, counts->dense, size); return ST_OK;
    case OVER_PERCENT_RANK:
    case OVER_CUME_DIST:
    case OVER_NTILE: break;
    }
    assert(false);
    return ST_SEMANTIC;
}

static Status give_columns(Giving *give, const Counts *counts)
{
    OverFrames *frames = give->frames;
    const OverChunk *chunk = &frames->chunk;
    uint32_t width = frames->op->plan->input[0]->schema.count;
    uint32_t number[BATCH_ROWS];
    for (uint32_t i = 0; i < chunk->count; i++)
        number[i] = chunk->row[i] - 1;
    for (uint32_t c = 0; c < width; c++)
        TRY(row_store_read(&frames->rows, c, number, chunk->count, &frames->op->scratch,
                           &give->out[c]));
    for (uint32_t c = 0; c < frames->plan->calls; c++)
        TRY(put_call(give, &frames->plan->call[c], counts, &give->out[width + c]));
    return ST_OK;
}

static Status move_frames(Giving *give)
{
    OverFrames *frames = give->frames;
    Turns turns;
    TRY(take_turns(frames, &turns));
    for (uint32_t t = 0, from = 0; t < turns.count; from = turns.end[t++]) {
        for (uint32_t f = 0; f < frames->plan->frames; f++) {
            const uint32_t *rows = turns.order + from;
            if (frames->plan->frame[f].calls == 0)
                find_cells(give, f, rows, turns.end[t] - from);
            else
                TRY(turn_frame(give, f, rows, turns.end[t] - from));
        }
    }
    return ST_OK;
}

Status over_frames_give(OverFrames *frames, uint32_t row, Micros watermark)
{
    OverChunk *chunk = &frames->chunk;
    const OverRow *given = over_row(frames, row);
    OverPartition *partition = over_partition_write(frames, given->partition);
    assert(partition->waiting == row);
    partition->waiting = given->next;
    chunk->row[chunk->count] = row;
    chunk->partition[chunk->count] = given->partition;
    chunk->watermark[chunk->count++] = watermark;
    return chunk->count == chunk->capacity ? over_frames_flush(frames) : ST_OK;
}

Status over_frames_pass(OverFrames *frames, uint32_t row, uint32_t partition, Micros watermark)
{
    OverChunk *chunk = &frames->chunk;
    chunk->passes = true;
    chunk->row[chunk->count] = row;
    chunk->partition[chunk->count] = partition;
    chunk->watermark[chunk->count++] = watermark;
    return chunk->count == chunk->capacity ? over_frames_flush(frames) : ST_OK;
}

/* Rows and partitions lie anywhere: each step asks the memory for what later ones will look at. */
static void prefetch(OverFrames *frames)
{
    const OverChunk *chunk = &frames->chunk;
    for (uint32_t i = 0; i < chunk->count; i++) {
        __builtin_prefetch(over_row(frames, chunk->row[i]), 1);
        __builtin_prefetch(over_partition(frames, chunk->partition[i]), 1);
    }
}

static void append_chunk(OverFrames *frames)
{
    enum { AHEAD = 8 };
    const OverChunk *chunk = &frames->chunk;
    for (uint32_t i = 0; i < chunk->count; i++) {
        if (i + AHEAD < chunk->count) {
            uint32_t last = over_partition(frames, chunk->partition[i + AHEAD])->last;
            if (last != 0)
                __builtin_prefetch(over_row(frames, last), 1);
        }
        over_frames_append(frames, chunk->row[i]);
        OverPartition *partition = over_partition_write(frames, chunk->partition[i]);
        partition->waiting = 0;
        for (uint32_t f = 0; f < frames->plan->frames; f++)
            __builtin_prefetch(over_row(frames, partition->frame[f].in));
    }
}

Status over_frames_flush(OverFrames *frames)
{
    Op *op = frames->op;
    OverChunk *chunk = &frames->chunk;
    ArenaMark mark = arena_mark(&op->scratch);
    Giving *give = frames->giving;
    Counts counts;
    if (chunk->count == 0)
        return ST_OK;
    prefetch(frames);
    TRY(op_make_columns(op, &op->plan->schema, chunk->count, &give->out));
    TRY_NEW_ARRAY(give->cell, &op->scratch, (size_t)frames->plan->frames * chunk->count);
    if (chunk->passes)
        append_chunk(frames);
    TRY(move_frames(give));
    TRY(count_rows(frames, &counts));
    TRY(give_columns(give, &counts));
    Batch out = {.rows = (uint16_t)chunk->count,
                 .selected = (uint16_t)chunk->count,
                 .watermark = chunk->watermark,
                 .columns = (uint16_t)op->plan->schema.count,
                 .column = give->out};
    TRY(op_emit(op, &out));
    for (uint32_t i = 0; i < chunk->count; i++) {
        release_rows(frames, chunk->partition[i]);
        over_frames_mark(frames, chunk->partition[i]);
    }
    chunk->count = 0;
    chunk->passes = false;
    arena_release(&op->scratch, mark);
    return ST_OK;
}
