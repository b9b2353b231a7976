/* Made-up rows: splits and pace. The columns' options are datagen_options.c's, the values
 * datagen_value.c's. */
#include "storage/connector/datagen.h"

#include "storage/base/hash.h"

enum {
    SLICES_PER_SECOND = 100,
    SLICE = MICROS_PER_SECOND / SLICES_PER_SECOND,
};

/* --- the table --- */

static Status datagen_check(const TableSpec *table, Span span, Diag *diag)
{
    static const char *const counts[] = {"rows-per-second", "number-of-rows"};
    for (int i = 0; i < 2; i++) {
        const OptionEntry *entry = option_find(table->options, counts[i]);
        if (entry != NULL && option_int(&table->scope, table->options, counts[i]) < 1 - i)
            return diag_error(diag, E2114, entry->value_span, "\"%s\" is too small", counts[i]);
    }
    Arena arena;
    Status status = ST_OK;
    arena_init(&arena, NULL);
    for (uint32_t c = 0; c < table->schema.count && status == ST_OK; c++) {
        DatagenField ignored;
        status = datagen_read_field(table, c, span, &arena, &ignored, diag);
    }
    arena_close(&arena);
    TRY(status);
    return datagen_check_names(table, diag);
}

/* UINT64_MAX: without end. The shortest sequence ends the table. */
static uint64_t count_rows(const TableSpec *table)
{
    uint64_t rows = UINT64_MAX;
    if (option_given(table->options, "number-of-rows"))
        rows = (uint64_t)option_int(&table->scope, table->options, "number-of-rows");
    for (uint32_t c = 0; c < table->schema.count; c++) {
        DatagenField field;
        if (type_is_nested(&table->schema.field[c].type) || /* no part is a sequence */
            datagen_read_field(table, c, SPAN_NONE, NULL, &field, NULL) != ST_OK || !field.sequence)
            continue;
        uint64_t behind_first = (uint64_t)field.end - (uint64_t)field.start;
        if (behind_first < rows)
            rows = behind_first + 1;
    }
    return rows;
}

static bool datagen_bounded(const TableSpec *table)
{
    return count_rows(table) != UINT64_MAX;
}

static bool datagen_replayable(const TableSpec *table)
{
    (void)table;
    return true;
}

static Status datagen_list(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count,
                           Diag *diag)
{
    (void)diag;
    TRY_NEW(*out, env->arena);
    **out = (Split){.end = count_rows(table), .listed = env->clock->wall(env->clock)};
    *count = 1;
    return ST_OK;
}

/* --- reading --- */

typedef struct DatagenReader {
    SplitReader base;
    const ScanSpec *scan;
    Clock *clock;
    DatagenField *field; /* per wanted column */
    uint64_t next, end;
    uint64_t replayed; /* rows up to here are due at once; else REPLAY_OVER */
    uint64_t rate;
    Micros listed; /* when the first row was due, by the wall clock */
    Micros behind; /* how long ago that was when the reader was opened; -1: not known yet */
    Micros opened; /* monotonic */
} DatagenReader;

/* How many rows may be made by now. They come in slices, so that a table without a clock that moves
 * still begins, and a slow one keeps its pace. The first slice is due when the split is listed,
 * also where a job goes on: what fell due while it was down is made up for. */
static uint64_t rows_due(DatagenReader *self)
{
    if (self->replayed != REPLAY_OVER)
        return self->replayed < self->end ? self->replayed : self->end;
    Micros now = self->clock->monotonic(self->clock);
    if (self->behind < 0) {
        Micros behind = self->clock->wall(self->clock) - self->listed;
        self->behind = behind > 0 ? behind : 0;
        self->opened = now;
    }
    uint64_t elapsed = (uint64_t)(self->behind + now - self->opened), due;
    if (__builtin_mul_overflow(elapsed / SLICE + 1, self->rate, &due))
        return self->end;
    due = due / SLICES_PER_SECOND + (due % SLICES_PER_SECOND != 0);
    return due < self->end ? due : self->end;
}

/* When the row fell due: its time, which must be the same whenever it is made. */
static Micros row_time(const DatagenReader *self, uint64_t row)
{
    uint64_t seconds = row / self->rate, rest = row % self->rate;
    return self->listed + (Micros)(seconds * MICROS_PER_SECOND) +
           (Micros)(rest * SLICES_PER_SECOND / self->rate * SLICE);
}

static Status datagen_poll(SplitReader *base, BatchBuilder *out, PollResult *result, Diag *diag)
{
    (void)diag;
    DatagenReader *self = (DatagenReader *)base;
    builder_reset(out);
    uint64_t due = rows_due(self);
    for (; self->next < due && !builder_full(out); self->next++) {
        Micros time = row_time(self, self->next);
        for (uint32_t c = 0; c < self->scan->wanted_count; c++)
            TRY(datagen_put(&self->field[c], self->next, time, out, c));
        builder_end_row(out, self->next, 0, TEXT_NONE);
    }
    *result = self->next == self->end ? POLL_END : out->rows > 0 ? POLL_ROWS : POLL_IDLE;
    return ST_OK;
}

static void datagen_replay_until(SplitReader *base, uint64_t end)
{
    ((DatagenReader *)base)->replayed = end;
}

static SplitPosition datagen_position(const SplitReader *base)
{
    return (SplitPosition){.offset = ((const DatagenReader *)base)->next};
}

static void datagen_close(SplitReader *base)
{
    (void)base;
}

static Status datagen_open_split(const ScanSpec *scan, SourceEnv *env, const Split *split,
                                 SplitReader **out, Diag *diag)
{
    const TableSpec *table = scan->table;
    DatagenReader *self;
    TRY_NEW(self, env->arena);
    TRY_NEW_ARRAY(self->field, env->arena, scan->wanted_count);
    for (uint32_t c = 0; c < scan->wanted_count; c++) {
        TRY(datagen_read_field(table, scan->wanted[c], SPAN_NONE, env->arena, &self->field[c],
                               diag));
        datagen_seed(&self->field[c], hash_u64(scan->wanted[c] + 1, env->seed));
    }
    self->base = (SplitReader){.poll = datagen_poll,
                               .position = datagen_position,
                               .replay_until = datagen_replay_until,
                               .close = datagen_close};
    self->scan = scan;
    self->clock = env->clock;
    self->next = split->start.offset;
    self->replayed = REPLAY_OVER;
    self->listed = split->listed;
    self->end = split->end;
    self->rate = (uint64_t)option_int(&table->scope, table->options, "rows-per-second");
    self->behind = -1;
    *out = &self->base;
    return ST_OK;
}

const ConnectorClass datagen_connector = {
    .name = "datagen",
    .doc = "made-up rows; random ones are the same in each run on one database file, and others on "
           "another one",
    .options = datagen_options,
    .replayable = datagen_replayable,
    .bounded = datagen_bounded,
    .list = datagen_list,
    .open_split = datagen_open_split,
    .check = datagen_check,
};
