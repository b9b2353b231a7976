/* One operator on rows and watermarks given as text, for tests of executor/op.
 *
 * A script has a line for each thing that comes in:
 *     +I 1|12.50|5000     a row (plan_bench.h)
 *     W 5000              the watermark, in milliseconds
 *     AT 5000             the clock's reading from here on, in milliseconds; it begins at 0
 *     ON 1                what follows comes in at this port (the first one is 0)
 *     END                 the port's input has ended
 * What comes out is rows in the same form, with the watermark before each.
 *
 * op_bench_check replays a script in every way in which the same input can be cut: into batches of
 * 1, 3 and many rows, with the watermarks inside of batches or between them, with and without rows
 * that a filter took out between those that count. Every way must give the same. The memory of a
 * batch is gone after its push, so that what an operator keeps without copying it shows under a
 * sanitizer. */
#ifndef WEIR_TESTS_SUPPORT_OP_BENCH_H
#define WEIR_TESTS_SUPPORT_OP_BENCH_H

#include "plan_bench.h"

#include "executor/op/op.h"
#include "executor/run/reject.h"

typedef struct Replay {
    uint32_t rows; /* a batch at most */
    bool per_row;  /* watermarks inside of batches */
    bool gaps;     /* rows that are not selected between the others */
} Replay;

static const Replay op_bench_replays[] = {
    {1024, true, false},  {3, true, false},  {1, true, false},
    {1024, false, false}, {3, false, false}, {1, false, false},
    {1024, true, true},   {3, true, true},   {1024, false, true},
};
enum { OP_BENCH_REPLAYS = sizeof op_bench_replays / sizeof *op_bench_replays };
static const Replay op_bench_singly = {1, false, false};

/* Stands above the operator and prints what it gives out. */
typedef struct Probe {
    Op op;
    StrBuf *out;
    bool tells_watermarks;
} Probe;

typedef struct OpBench {
    PlanBench plan;
    Meter meter;
    Clock clock;
    Diag diag;
    TableSpec table[4];
    PlanNode *input[4]; /* scans that stand for what is below the operator */
    uint32_t inputs;
    PlanNode *node; /* of the operator; a sink above it is made by op_bench_start */
    StrBuf out;
    bool tells_watermarks;
    /* of the replay that runs, or ran last */
    Arena arena;
    RejectPath reject;
    RejectLog *log;
    OpEnv env;
    Op *op;
    Probe probe;
    OpEdge edge;
    uint64_t read;     /* rows that went in */
    ScanCounts counts; /* of all inputs, when it was stopped */
    uint64_t fail_in;  /* so many allocations of the operator later one fails; 0: none */
} OpBench;

static inline void op_bench_open(OpBench *b)
{
    memset(b, 0, sizeof *b);
    plan_bench_open(&b->plan);
    meter_init(&b->meter, NULL, 0);
    strbuf_init(&b->out, NULL);
    assert_non_null(strbuf_room(&b->out, 1 << 20)); /* printing takes no memory */
    b->clock = clock_virtual(INT64_C(1582983956789000));
}

static inline void op_bench_close(OpBench *b)
{
    strbuf_close(&b->out);
    plan_bench_close(&b->plan);
    assert_int_equal(b->meter.used_bytes, 0);
}

/* What the operator reads: of the schema and the changelog kind given, with watermarks. */
static inline PlanNode *op_bench_input(OpBench *b, const char *schema, ChangelogMode changelog)
{
    TableSpec *table = &b->table[b->inputs];
    table->name = text_of("t");
    table->schema = plan_bench_schema(&b->plan, schema);
    PlanNode *node = plan_bench_scan(&b->plan, table, -1);
    node->changelog = changelog;
    node->watermarked = true;
    return b->input[b->inputs++] = node;
}

/* --- the probe --- */

static inline Status op_bench_probe_push(Op *op, uint32_t port, const Batch *in)
{
    Probe *probe = (Probe *)op;
    (void)port;
    plan_bench_print_batch(&op->plan->schema, in, probe->out);
    return ST_OK;
}

static inline Status op_bench_probe_watermark(Op *op, Micros time)
{
    Probe *probe = (Probe *)op;
    if (probe->tells_watermarks) {
        strbuf_string(probe->out, "W ");
        plan_bench_print_time(time, probe->out);
        strbuf_char(probe->out, '\n');
    }
    return ST_OK;
}

static inline Status op_bench_probe_finish(Op *op)
{
    Probe *probe = (Probe *)op;
    if (probe->tells_watermarks)
        strbuf_string(probe->out, "END\n");
    return ST_OK;
}

static const OpClass op_bench_probe_class = {.size = sizeof(Probe),
                                             .push = op_bench_probe_push,
                                             .watermark = op_bench_probe_watermark,
                                             .finish = op_bench_probe_finish};

/* Makes the operator with the probe above it. */
static inline void op_bench_start(OpBench *b)
{
    if (b->plan.plan.sinks == 0)
        plan_bench_sink(&b->plan, b->node, SINK_COLLECT);
    arena_init(&b->arena, &b->meter);
    diag_reset(&b->diag);
    assert_int_equal(reject_path_open(&b->reject, &b->plan.plan, b->log, &b->arena, &b->meter),
                     ST_OK);
    b->env = (OpEnv){.meter = &b->meter,
                     .seed = b->env.seed + 1,
                     .clock = &b->clock,
                     .diag = &b->diag,
                     .reject = &b->reject,
                     .eval = b->env.eval};
    assert_int_equal(op_make(&b->arena, b->node, &b->env, &b->op, &b->diag), ST_OK);
    b->probe = (Probe){.out = &b->out, .tells_watermarks = b->tells_watermarks};
    Op *above = &b->probe.op;
    above->class = &op_bench_probe_class;
    above->plan = b->plan.sink[0];
    above->env = &b->env;
    above->ports = 1;
    above->watermark = above->before = above->sent_watermark = MICROS_MIN;
    arena_init(&above->scratch, &b->meter);
    above->port_watermark = arena_alloc(&b->arena, sizeof(Micros));
    above->port_ended = arena_alloc_zeroed(&b->arena, sizeof(bool));
    assert_true(above->port_watermark != NULL && above->port_ended != NULL);
    above->port_watermark[0] = MICROS_MIN;
    b->edge = (OpEdge){above, 0};
    b->op->out = &b->edge;
    b->op->outs = 1;
    strbuf_clear(&b->out);
    b->read = 0;
}

static inline void op_bench_stop(OpBench *b)
{
    b->counts = (ScanCounts){.read = b->read};
    for (uint32_t i = 0; i < b->reject.sources; i++) {
        b->counts.used += b->reject.counts[i].used;
        b->counts.filtered += b->reject.counts[i].filtered;
        b->counts.late += b->reject.counts[i].late;
        b->counts.rejected += b->reject.counts[i].rejected;
        b->counts.skipped += b->reject.counts[i].skipped;
    }
    op_close(b->op);
    arena_close(&b->probe.op.scratch);
    reject_path_close(&b->reject);
    arena_close(&b->arena);
}

/* --- batches --- */

/* Rows on their way into the operator. */
typedef struct Intray {
    OpBench *bench;
    Replay replay;
    uint32_t port;
    const char *line[BATCH_ROWS]; /* of each row */
    Micros before[BATCH_ROWS];    /* the watermark before it */
    uint32_t rows;
    Micros watermark[4]; /* per port, as the script says */
} Intray;

static inline RowKind op_bench_kind(const char *line)
{
    for (RowKind kind = ROW_INSERT; kind <= ROW_DELETE; kind++) {
        if (strncmp(line, row_kind_name(kind), 2) == 0)
            return kind;
    }
    fail_msg("no kind of row: %.10s", line);
    return ROW_INSERT;
}

static inline void op_bench_fill_row(const char *line, const Schema *schema, Column *column,
                                     uint32_t row)
{
    const char *end = strchrnul(line, '\n'), *at = line + 3;
    for (uint32_t c = 0; c < schema->count; c++) {
        const char *stop = at;
        while (stop < end && *stop != '|')
            stop++;
        plan_bench_put(&schema->field[c].type, (Text){at, (uint32_t)(stop - at)}, &column[c], row);
        at = stop + 1;
    }
    assert_true(at == end + 1); /* as many cells as columns */
}

/* Around each call of the operator: allocations that fail are its own, not the bench's. */
static inline void op_bench_arm(const OpBench *b)
{
    mem_fail_at(b->fail_in, false);
}

static inline Status op_bench_disarm(OpBench *b, Status status)
{
    uint64_t made = mem_fail_at(0, false);
    b->fail_in = b->fail_in > made ? b->fail_in - made : 0;
    return status;
}

static inline Status op_bench_advance(Intray *tray)
{
    OpBench *b = tray->bench;
    op_bench_arm(b);
    return op_bench_disarm(b, op_advance(b->op, tray->port, tray->watermark[tray->port]));
}

/* Pushes the rows that wait as one batch; the script's text is copied, so that its strings die with
 * the batch. */
static inline Status op_bench_flush(Intray *tray)
{
    OpBench *b = tray->bench;
    const Schema *schema = &b->input[tray->port]->schema;
    uint32_t step = tray->replay.gaps ? 2 : 1, first = step - 1, count = tray->rows;
    if (count == 0)
        return ST_OK;
    Arena arena;
    arena_init(&arena, NULL);
    Column *column = arena_alloc_zeroed(&arena, (schema->count + 1) * sizeof *column);
    uint8_t *kind = arena_alloc_zeroed(&arena, BATCH_ROWS);
    uint16_t *sel = arena_alloc(&arena, BATCH_ROWS * sizeof *sel);
    Micros *watermark = arena_alloc(&arena, BATCH_ROWS * sizeof *watermark);
    uint64_t *place = arena_alloc(&arena, BATCH_ROWS * sizeof *place);
    uint32_t *split = arena_alloc_zeroed(&arena, BATCH_ROWS * sizeof *split);
    Text *raw = arena_alloc_zeroed(&arena, BATCH_ROWS * sizeof *raw);
    assert_true(column != NULL && kind != NULL && sel != NULL && watermark != NULL &&
                place != NULL && split != NULL && raw != NULL);
    for (uint32_t c = 0; c < schema->count; c++) {
        PhysType phys = type_phys((TypeId)schema->field[c].type.id);
        assert_int_equal(column_make(&arena, phys, BATCH_ROWS, &column[c]), ST_OK);
        assert_int_equal(column_need_valid(&arena, &column[c], BATCH_ROWS), ST_OK);
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *end = strchrnul(tray->line[i], '\n');
        size_t size = (size_t)(end - tray->line[i]);
        char *copy = arena_alloc_zeroed(&arena, size + 1);
        assert_non_null(copy);
        memcpy(copy, tray->line[i], size);
        uint32_t row = first + i * step;
        sel[i] = (uint16_t)row;
        kind[row] = (uint8_t)op_bench_kind(copy);
        watermark[row] = watermark[row - first] = tray->before[i];
        place[row] = b->read++;
        raw[row] = (Text){copy, (uint32_t)size};
        op_bench_fill_row(copy, schema, column, row);
    }
    Origin origin = {.source = b->input[tray->port]->id,
                     .split = split,
                     .offset = place,
                     .line = place,
                     .raw = raw};
    Batch batch = {.rows = (uint16_t)(count * step),
                   .selected = (uint16_t)count,
                   .sel = tray->replay.gaps ? sel : NULL,
                   .kind = kind,
                   .origin = &origin,
                   .watermark = tray->replay.per_row ? watermark : NULL,
                   .watermark_before = tray->before[0],
                   .columns = (uint16_t)schema->count,
                   .column = column};
    if (b->input[tray->port]->changelog == CHANGELOG_APPEND)
        batch.kind = NULL;
    else
        batch.origin = NULL; /* as above an operator that gathers rows */
    op_bench_arm(b);
    Status status = op_bench_disarm(b, op_push(b->op, tray->port, &batch));
    arena_close(&arena);
    tray->rows = 0;
    return status;
}

static inline Status op_bench_take_row(Intray *tray, const char *line)
{
    tray->line[tray->rows] = line;
    tray->before[tray->rows++] = tray->watermark[tray->port];
    return tray->rows == tray->replay.rows || tray->rows == BATCH_ROWS / 2 ? op_bench_flush(tray)
                                                                           : ST_OK;
}

/* As the job does it before the rows of a new reading. */
static inline Status op_bench_read_clock(Intray *tray, Micros now)
{
    OpBench *b = tray->bench;
    TRY(op_bench_flush(tray));
    TRY(op_bench_advance(tray));
    b->env.eval.now = now;
    if (op_clock_due(b->op) > now)
        return ST_OK;
    op_bench_arm(b);
    return op_bench_disarm(b, op_clock(b->op, now));
}

static inline Status op_bench_take_line(Intray *tray, const char *line)
{
    OpBench *b = tray->bench;
    Micros *watermark = &tray->watermark[tray->port];
    if (strncmp(line, "W ", 2) == 0) {
        if (!tray->replay.per_row)
            TRY(op_bench_flush(tray));
        *watermark = strtoll(line + 2, NULL, 10) * MICROS_PER_MILLI;
        return tray->rows > 0 ? ST_OK : op_bench_advance(tray);
    }
    if (strncmp(line, "AT ", 3) == 0)
        return op_bench_read_clock(tray, strtoll(line + 3, NULL, 10) * MICROS_PER_MILLI);
    if (strncmp(line, "ON ", 3) == 0 || strncmp(line, "END", 3) == 0) {
        TRY(op_bench_flush(tray));
        TRY(op_bench_advance(tray));
        if (line[0] == 'E') {
            op_bench_arm(b);
            return op_bench_disarm(b, op_end(b->op, tray->port));
        }
        tray->port = (uint32_t)strtoul(line + 3, NULL, 10);
        return ST_OK;
    }
    return op_bench_take_row(tray, line);
}

/* Runs the script through the operator that op_bench_start made. */
static inline Status op_bench_feed(OpBench *b, const char *script, Replay replay)
{
    Intray tray = {.bench = b, .replay = replay};
    b->env.eval.now = 0;
    for (uint32_t i = 0; i < 4; i++)
        tray.watermark[i] = MICROS_MIN;
    while (*script != '\0') {
        const char *line = script;
        plan_bench_piece(&script, '\n');
        TRY(op_bench_take_line(&tray, line));
    }
    TRY(op_bench_flush(&tray));
    return op_bench_advance(&tray);
}

/* The rows that come out of the script, as text. */
static inline const char *op_bench_run(OpBench *b, const char *script, Replay replay)
{
    op_bench_start(b);
    assert_int_equal(op_bench_feed(b, script, replay), ST_OK);
    op_bench_stop(b);
    return strbuf_cstr(&b->out);
}

static inline void op_bench_check(OpBench *b, const char *name, const char *script,
                                  const char *expected)
{
    for (uint32_t i = 0; i < OP_BENCH_REPLAYS; i++) {
        Replay replay = op_bench_replays[i];
        const char *got = op_bench_run(b, script, replay);
        if (strcmp(got, expected) != 0)
            fail_msg("%s, batches of %u%s%s:\n%sexpected:\n%s", name, replay.rows,
                     replay.per_row ? ", watermarks inside" : "", replay.gaps ? ", with gaps" : "",
                     got, expected);
    }
}

/* Each allocation of the operator fails once: the failure comes out, what was taken is given back,
 * and with memory enough the script gives what it should. */
static inline void op_bench_check_no_memory(OpBench *b, const char *script)
{
    Replay replay = op_bench_replays[0];
    char *expected = strdup(op_bench_run(b, script, replay));
    Status status = ST_NOMEM;
    assert_non_null(expected);
    uint64_t k = 0;
    while (status == ST_NOMEM) {
        op_bench_start(b);
        b->fail_in = ++k;
        status = op_bench_feed(b, script, replay);
        b->fail_in = 0;
        if (status == ST_OK)
            assert_string_equal(strbuf_cstr(&b->out), expected);
        op_bench_stop(b);
        assert_int_equal(b->meter.used_bytes, 0);
    }
    assert_int_equal(status, ST_OK);
    assert_true(k > 1);
    free(expected);
}

#endif
