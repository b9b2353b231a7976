/* A connector whose splits say in a text what each poll gives, for tests of executor/run; and a
 * sink that counts, and fails on demand.
 *
 * A split's text has a line for each thing that is read:
 *     1|12.50|5000     a row (plan_bench.h); a cell BAD could not be decoded
 *     ~1|12.50|5000    a row that the pushed-down predicate drops
 *     bad              a record that is no row
 *     skip             a record that is dropped by the format's own option
 *     --               here a poll ends
 *     idle             a poll that finds nothing
 *     at 500           what follows is there 500 ms after the first listing, by the clock
 *     end              the split has ended
 *     fail             the poll fails
 * After the last line a bounded split ends, and in a live one nothing more comes. */
#ifndef WEIR_TESTS_SUPPORT_SCRIPT_SOURCE_H
#define WEIR_TESTS_SUPPORT_SCRIPT_SOURCE_H

#include "plan_bench.h"

#include "storage/connector/connector.h"

enum { SCRIPT_SPLITS = 160 };

typedef struct ScriptTable {
    TableSpec spec; /* first, so that the connector finds the rest */
    bool bounded;
    const char *text[SCRIPT_SPLITS];
    uint32_t splits; /* that a listing finds */
    uint32_t listings, opened, open, polls;
    uint32_t most_rows; /* a poll at most, beside the builder's bound; 0: no bound */
    Micros listed;      /* on the clock, for the first time */
    bool listing_fails;
    /* How far the input reaches is known; of the split at hand with so much behind its last line,
     * which is no record yet. */
    bool tells_end;
    uint64_t unfinished[SCRIPT_SPLITS];
} ScriptTable;

typedef struct ScriptReader {
    SplitReader base;
    ScriptTable *table;
    Clock *clock;
    const char *at;
    uint64_t line;
    const char *text;
    uint64_t unfinished;
    uint64_t until; /* a replay: no line at this offset or behind it, and those before it at once */
    bool ended;
} ScriptReader;

static inline uint64_t script_offset(const ScriptReader *self)
{
    return (self->line + 1) * 10; /* of the next line */
}

static inline bool script_line_is(const char *line, const char *word)
{
    size_t size = strlen(word);
    return strncmp(line, word, size) == 0 && (line[size] == '\n' || line[size] == '\0');
}

static inline Status script_read_row(ScriptReader *self, BatchBuilder *out, Text line)
{
    const Schema *schema = &self->table->spec.schema;
    bool filtered = line.ptr[0] == '~';
    const char *at = line.ptr + filtered, *end = line.ptr + line.size;
    Column *column = out->column;
    for (uint32_t c = 0; c < schema->count; c++) {
        const char *stop = at;
        while (stop < end && *stop != '|')
            stop++;
        Text cell = {at, (uint32_t)(stop - at)};
        if (text_is(cell, "BAD"))
            TRY(builder_set_bad(out, c, out->rows, E5002, "not what it should be"));
        else
            plan_bench_put(&schema->field[c].type, cell, &column[c], out->rows);
        if (column[c].phys == PHYS_STR && !column_is_null(&column[c], out->rows))
            TRY(str_copy(&out->arena, &column[c].data.str[out->rows],
                         &column[c].data.str[out->rows]));
        at = stop + 1;
    }
    assert_true(at == end + 1); /* as many cells as columns */
    if (filtered)
        builder_set_filtered(out, out->rows);
    builder_end_row(out, self->line * 10, self->line, line);
    return ST_OK;
}

/* The line says that what follows is not there yet. */
static inline bool script_not_yet(const ScriptReader *self, const char *line)
{
    if (strncmp(line, "at ", 3) != 0 || self->until != UINT64_MAX)
        return false;
    Micros since = self->clock->wall(self->clock) - self->table->listed;
    return since < strtoll(line + 3, NULL, 10) * MICROS_PER_MILLI;
}

/* One line. *stop: the poll ends with *result. */
static inline Status script_read_line(ScriptReader *self, BatchBuilder *out, bool *stop,
                                      PollResult *result, Diag *diag)
{
    const char *start = self->at;
    bool fresh = out->rows == 0 && out->rejected_count == 0;
    *stop = true;
    *result = POLL_ROWS;
    if ((script_line_is(start, "idle") || script_line_is(start, "end") ||
         script_line_is(start, "fail") || script_not_yet(self, start)) &&
        !fresh)
        return ST_OK;
    if (script_not_yet(self, start)) {
        *result = POLL_IDLE;
        return ST_OK;
    }
    Text line = plan_bench_piece(&self->at, '\n');
    self->line++;
    if (script_line_is(start, "--")) {
        *stop = !fresh;
    } else if (script_line_is(start, "idle")) {
        *result = POLL_IDLE;
    } else if (script_line_is(start, "end")) {
        self->ended = true;
        *result = POLL_END;
    } else if (script_line_is(start, "fail")) {
        return diag_error(diag, E3002, SPAN_NONE, "the script says so");
    } else if (strncmp(start, "at ", 3) == 0) {
        *stop = false;
    } else if (script_line_is(start, "skip")) {
        *stop = false;
        return builder_reject(
            out, &(RejectedRecord){.skipped = true, .code = E5001, .line = self->line});
    } else if (script_line_is(start, "bad")) {
        *stop = false;
        return builder_reject(out, &(RejectedRecord){.before_row = out->rows,
                                                     .code = E5001,
                                                     .reason = "no record",
                                                     .line = self->line,
                                                     .offset = self->line * 10,
                                                     .raw = line});
    } else {
        TRY(script_read_row(self, out, line));
        *stop = builder_full(out) || out->rows == self->table->most_rows;
    }
    return ST_OK;
}

static inline Status script_poll(SplitReader *reader, BatchBuilder *out, PollResult *result,
                                 Diag *diag)
{
    ScriptReader *self = (ScriptReader *)reader;
    self->table->polls++;
    builder_reset(out);
    bool stop = self->ended;
    *result = POLL_END;
    while (!stop && *self->at != '\0' && script_offset(self) < self->until)
        TRY(script_read_line(self, out, &stop, result, diag));
    if (!stop) {
        bool some = out->rows > 0 || out->rejected_count > 0;
        *result = some ? POLL_ROWS : self->table->bounded ? POLL_END : POLL_IDLE;
    }
    return ST_OK;
}

static inline SplitPosition script_position(const SplitReader *reader)
{
    return (SplitPosition){.offset = script_offset((const ScriptReader *)reader)};
}

/* Behind the lines that are there by now. */
static inline uint64_t script_end(const SplitReader *reader)
{
    const ScriptReader *self = (const ScriptReader *)reader;
    const char *at = self->text;
    uint64_t lines = 0;
    for (; *at != '\0' && !script_not_yet(self, at); lines++)
        (void)plan_bench_piece(&at, '\n');
    return (lines + 1) * 10 + self->unfinished;
}

static inline void script_replay_until(SplitReader *reader, uint64_t end)
{
    ((ScriptReader *)reader)->until = end;
}

static inline bool script_replayable(const TableSpec *table)
{
    (void)table;
    return true;
}

static inline void script_close(SplitReader *reader)
{
    ((ScriptReader *)reader)->table->open--;
}

static inline bool script_bounded(const TableSpec *table)
{
    return ((const ScriptTable *)table)->bounded;
}

static inline Status script_list(const TableSpec *spec, SourceEnv *env, Split **out,
                                 uint32_t *count, Diag *diag)
{
    ScriptTable *table = (ScriptTable *)(uintptr_t)spec;
    if (table->listings++ == 0)
        table->listed = env->clock->wall(env->clock);
    if (table->listing_fails)
        return diag_error(diag, E3001, SPAN_NONE, "no such folder");
    if (table->splits == *count)
        return ST_OK;
    if (*count == 0) /* room for all that may come */
        TRY_NEW_ARRAY(*out, env->arena, SCRIPT_SPLITS);
    for (uint32_t i = *count; i < table->splits; i++) {
        (*out)[i].end = UINT64_MAX;
        TRY(arena_printf(env->arena, &(*out)[i].name, "%u", i));
    }
    *count = table->splits;
    return ST_OK;
}

static inline Status script_open_split(const ScanSpec *scan, SourceEnv *env, const Split *split,
                                       SplitReader **out, Diag *diag)
{
    ScriptTable *table = (ScriptTable *)(uintptr_t)scan->table;
    unsigned long number = strtoul(split->name.ptr, NULL, 10);
    ScriptReader *reader;
    (void)diag;
    TRY_NEW(reader, env->arena);
    *reader = (ScriptReader){.base = {.poll = script_poll,
                                      .position = script_position,
                                      .replay_until = script_replay_until,
                                      .close = script_close,
                                      .end = table->tells_end ? script_end : NULL},
                             .table = table,
                             .clock = env->clock,
                             .until = UINT64_MAX,
                             .at = table->text[number],
                             .text = table->text[number],
                             .unfinished = table->unfinished[number]};
    for (; script_offset(reader) < split->start.offset; reader->line++)
        plan_bench_piece(&reader->at, '\n');
    table->opened++;
    table->open++;
    *out = &reader->base;
    return ST_OK;
}

/* --- the sink --- */

/* In TableSpec's place for a sink's table. `fail_write`: the n-th write fails, and so on; 0: none.
 */
typedef struct ScriptSinkTable {
    TableSpec spec;
    uint32_t writes, commits, finishes, closes;
    uint64_t epoch; /* of the last commit */
    uint32_t fail_write, fail_commit, fail_finish;
    StrBuf out; /* what was written; a line "commit" at each commit */
} ScriptSinkTable;

typedef struct ScriptSink {
    Sink base;
    ScriptSinkTable *table;
} ScriptSink;

static inline Status script_sink_try(uint32_t made, uint32_t fails_at, Diag *diag)
{
    if (made == fails_at)
        return diag_error(diag, E3003, SPAN_NONE, "the script says so");
    return ST_OK;
}

static inline Status script_sink_write(Sink *sink, const Batch *batch, Diag *diag)
{
    ScriptSinkTable *table = ((ScriptSink *)sink)->table;
    TRY(script_sink_try(++table->writes, table->fail_write, diag));
    plan_bench_print_batch(&table->spec.schema, batch, &table->out);
    return ST_OK;
}

static inline Status script_sink_commit(Sink *sink, uint64_t epoch, Diag *diag)
{
    ScriptSinkTable *table = ((ScriptSink *)sink)->table;
    TRY(script_sink_try(++table->commits, table->fail_commit, diag));
    assert_true(epoch > table->epoch);
    table->epoch = epoch;
    strbuf_string(&table->out, "commit\n");
    return ST_OK;
}

static inline Status script_sink_finish(Sink *sink, Diag *diag)
{
    ScriptSinkTable *table = ((ScriptSink *)sink)->table;
    TRY(script_sink_try(++table->finishes, table->fail_finish, diag));
    strbuf_string(&table->out, "finish\n");
    return ST_OK;
}

static inline void script_sink_close(Sink *sink)
{
    ((ScriptSink *)sink)->table->closes++;
}

static inline Status script_open_sink(const TableSpec *spec, SourceEnv *env,
                                      const SinkMemory *memory, uint64_t *stored_epoch, Sink **out,
                                      Diag *diag)
{
    (void)memory;
    *stored_epoch = 0;
    ScriptSink *sink;
    (void)diag;
    TRY_NEW(sink, env->arena);
    *sink = (ScriptSink){.base = {.write = script_sink_write,
                                  .commit = script_sink_commit,
                                  .finish = script_sink_finish,
                                  .close = script_sink_close},
                         .table = (ScriptSinkTable *)(uintptr_t)spec};
    *out = &sink->base;
    return ST_OK;
}

static const ConnectorClass script_connector = {.name = "script",
                                                .doc = "what a test's text says",
                                                .accepts_updates = true,
                                                .replayable = script_replayable,
                                                .bounded = script_bounded,
                                                .list = script_list,
                                                .open_split = script_open_split,
                                                .open_sink = script_open_sink};

#endif
