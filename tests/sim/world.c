#include "tests/sim/world.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "storage/base/mem.h"

/* 2026-01-02 03:04:05.678 */
static const Micros sim_time = INT64_C(1767323045678000);

enum {
    QUIET_MICROS = 1300000, /* longer than anything that the engine waits for */
    QUIET_NAPS = 6,
};

const char *wrong_name(unsigned kind)
{
    static const char *const name[] = {"nothing", "memory", "sqlite-memory", "stop",
#define X(kind, name, text) name,
                                       INPUT_FAULTS(X)
#undef X
    };
    return kind < FAULT_KIND_COUNT ? fault_kind_name((FaultKind)kind)
                                   : name[kind - FAULT_KIND_COUNT];
}

bool wrong_is_of_memory(unsigned kind)
{
    return kind == WRONG_MEMORY || kind == WRONG_SQLITE_MEMORY;
}

static uint64_t below(uint64_t *random, uint64_t end)
{
    return sim_random(random) % end;
}

/* --- the script --- */

/* The rest of each line that begins with the mark. */
static void take_marked(const StrBuf *script, const char *mark, StrBuf *out)
{
    const char *line = strbuf_cstr(script);
    while ((line = strstr(line, mark)) != NULL) {
        line += strlen(mark);
        strbuf_put(out, line, strcspn(line, "\n"));
        strbuf_char(out, '\0');
    }
}

static bool read_script(World *world)
{
    char block[4096];
    FILE *file = fopen(world->job, "rb");
    if (file == NULL)
        return false;
    for (size_t size; (size = fread(block, 1, sizeof block, file)) > 0;)
        strbuf_put(&world->script, block, size);
    return fclose(file) == 0 && !world->script.failed && world->script.size > 0;
}

/* --- time passes --- */

static void something_happens(WorldClock *clock)
{
    clock->since = clock->clock.virtual_now;
    clock->naps = clock->pause = 0;
}

static Micros look_at_wall(Clock *clock)
{
    const WorldClock *self = (const WorldClock *)(const void *)clock;
    return self->day + (self->day_passes ? clock->virtual_now : 0);
}

static Micros look_at_monotonic(Clock *clock)
{
    World *world = (World *)(void *)clock;
    WorldClock *self = &world->clock;
    self->looks++;
    bool enough = self->patience > 0 && self->looks > self->patience;
    if ((self->looks == self->stop_at || enough) && world->session != NULL)
        session_cancel(world->session);
    if (world->mode == ARRIVES_ANY_TIME && world->session != NULL &&
        input_has_more(&world->input) && self->pause++ >= input_pause(&world->input)) {
        input_arrive(&world->input);
        something_happens(self);
    }
    stream_flow(&world->stream);
    return clock->virtual_now += self->step;
}

/* What goes wrong only once is over after a while; else nothing more can be waited for. */
static bool is_held_up(const World *world)
{
    return world->leg->sticky && disk_was_hit(world->disk);
}

static World *world_of(Listener *listener)
{
    return (World *)(void *)((char *)listener - offsetof(World, listener));
}

/* Each commit remembers what had been taken by then. */
static void take(Listener *listener, size_t size)
{
    World *world = world_of(listener);
    world->stream.taken += size;
    disk_set_mark(world->disk, world->stream.taken);
}

static void nap(Listener *listener)
{
    World *world = world_of(listener);
    WorldClock *clock = &world->clock;
    clock->clock.virtual_now += clock->nap;
    clock->naps++;
    if (disk_was_hit(world->disk) && !world->hit) {
        world->hit = true;
        something_happens(clock);
    }
    bool quiet =
        clock->naps >= QUIET_NAPS && clock->clock.virtual_now - clock->since >= QUIET_MICROS;
    if (world->mode == ARRIVES_NEVER || !quiet || world->session == NULL)
        return;
    bool more = input_has_more(&world->input);
    if (more && world->mode == ARRIVES_IN_STEP && !is_held_up(world)) {
        input_arrive(&world->input);
        something_happens(clock);
    } else if (!more || world->mode == ARRIVES_IN_STEP) {
        clock->asked = true;
        session_cancel(world->session);
    }
}

/* --- the world --- */

static void open_clock(World *world, uint64_t *random)
{
    static const Micros step[] = {1000, 9000, 60000, 260000, 700000};
    static const Micros naps[] = {150000, 400000, 1000000};
    world->clock = (WorldClock){
        .clock = {look_at_wall, look_at_monotonic, 0, NULL},
        .step = step[below(random, sizeof step / sizeof *step)],
        .day = sim_time,
    };
    world->clock.nap = naps[below(random, sizeof naps / sizeof *naps)];
    world->listener = (Listener){nap, take};
}

static bool read_all(World *world, uint64_t *random)
{
    if (!read_script(world))
        return false;
    const char *script = strbuf_cstr(&world->script);
    bool any_time = strstr(script, "-- arrives: any time\n") != NULL;
    bool in_step = strstr(script, "-- arrives: in step\n") != NULL;
    world->mode = any_time ? ARRIVES_ANY_TIME : in_step ? ARRIVES_IN_STEP : ARRIVES_NEVER;
    world->clock.day_passes = world->mode != ARRIVES_NEVER;
    take_marked(&world->script, "-- compare: ", &world->compare);
    if (strstr(script, "'outside.db'") != NULL)
        snprintf(world->outside, sizeof world->outside, "%s/outside.db", world->workspace.path);
    if (strstr(script, "'stdin'") != NULL)
        input_put_stream(&world->stream.content, random);
    return input_open(&world->input, &world->workspace, script, random);
}

bool world_open(World *world, const char *job, uint64_t seed, StrBuf *trouble)
{
    static const uint32_t batch_rows[] = {1, 2, 3, 7, 20, 0};
    uint64_t random = seed;
    *world = (World){.job = job};
    strbuf_init(&world->script, NULL);
    strbuf_init(&world->compare, NULL);
    stream_open(&world->stream, seed);
    if (!workspace_open(&world->workspace)) {
        world->workspace.path[0] = '\0';
        strbuf_string(trouble, "no temporary directory could be made\n");
        return false;
    }
    snprintf(world->path, sizeof world->path, "%s/app.db", world->workspace.path);
    open_clock(world, &random);
    world->batch_rows = batch_rows[below(&random, sizeof batch_rows / sizeof *batch_rows)];
    if (read_all(world, &random))
        return true;
    strbuf_printf(trouble, "%s cannot be read, or its input not be written\n", job);
    return false;
}

void world_close(World *world)
{
    disk_close(world->disk);
    input_close(&world->input);
    stream_close(&world->stream);
    if (world->workspace.path[0] != '\0')
        workspace_close(&world->workspace);
    strbuf_close(&world->script);
    strbuf_close(&world->compare);
}

void world_begin(World *world)
{
    disk_close(world->disk);
    world->disk = disk_open();
    world->clock.clock.virtual_now = 0;
    world->begun = false;
    world->resumed = 0;
    stream_begin(&world->stream);
    input_begin(&world->input);
}

/* --- a leg --- */

static Status drop_begin(Output *output, OutputShape shape, const OutputColumn *column,
                         uint32_t count)
{
    (void)output, (void)shape, (void)column, (void)count;
    return ST_OK;
}

static Status drop_row(Output *output, RowKind kind, const OutputCell *cell)
{
    (void)output, (void)kind, (void)cell;
    return ST_OK;
}

static Status drop_call(Output *output)
{
    (void)output;
    return ST_OK;
}

static Status run_script(World *world, Diag *diag)
{
    Source source = {TEXT("job.sql"), strbuf_as_text(&world->script)};
    Output nobody = {.begin = drop_begin, .row = drop_row, .flush = drop_call, .end = drop_call};
    SessionConfig config = {
        .db_path = text_of(world->path),
        .base_path = text_of(world->workspace.path),
        .wait_for_bounded = true,
        .clock = &world->clock.clock,
        .batch_rows = world->batch_rows,
    };
    Session *session = NULL;
    diag_reset(diag);
    Status status = session_open(&config, &session, diag);
    if (status != ST_OK)
        return status;
    world->session = session;
    status = session_run_script(session, &source, &nobody, diag);
    world->session = NULL;
    session_close(session);
    return status;
}

static void arm(World *world, const Leg *leg)
{
    DiskFault fault = {.seed = leg->seed};
    bool memory = leg->kind == WRONG_MEMORY, sqlite = leg->kind == WRONG_SQLITE_MEMORY;
    bool input = leg->kind >= WRONG_INPUT;
    if (leg->kind < FAULT_KIND_COUNT) {
        fault.kind = (FaultKind)leg->kind;
        fault.at = leg->at;
        fault.sticky = leg->sticky;
    }
    world->leg = leg;
    world->hit = false;
    disk_arm(world->disk, &fault);
    world->clock.looks = 0;
    world->clock.stop_at = leg->kind == WRONG_STOP ? leg->at : 0;
    world->clock.asked = false;
    something_happens(&world->clock);
    fault_sqlite_memory_at(sqlite ? leg->at : 0, leg->sticky);
    mem_fail_at(memory ? leg->at : 0, leg->sticky);
    system_arm(input ? (InputFault)(leg->kind - WRONG_INPUT) : INPUT_SHORT, input ? leg->at : 0,
               leg->sticky);
    system_set_listener(&world->listener);
}

static void take_counts(World *world, const Leg *leg)
{
    for (FaultKind kind = 0; kind < FAULT_KIND_COUNT; kind++)
        world->calls[kind] = disk_calls(world->disk, kind);
    world->calls[WRONG_MEMORY] = mem_fail_at(0, false);
    world->calls[WRONG_SQLITE_MEMORY] = fault_sqlite_memory_at(0, false);
    world->calls[WRONG_STOP] = world->clock.looks;
    for (InputFault kind = 0; kind < INPUT_FAULT_COUNT; kind++)
        world->calls[WRONG_INPUT + kind] = system_calls(kind);
    system_arm(INPUT_SHORT, 0, false);
    system_set_listener(NULL);
    world->hit = leg->kind != WRONG_NOTHING && world->calls[leg->kind] >= leg->at;
}

/* Reads that give little or are interrupted are made again, one that fails ends the job. */
static void check_input_fault(const World *world, InputFault fault, Status status, const Diag *diag,
                              StrBuf *trouble)
{
    bool ended = status != ST_OK && status != ST_CANCELLED;
    bool harmless = fault == INPUT_SHORT || fault == INPUT_INTERRUPTED;
    if (world->hit && ended && harmless)
        strbuf_printf(trouble, "it does not read on: %s\n", diag->message);
    else if (world->hit && !ended && !harmless)
        strbuf_string(trouble, "it goes on although it could not read\n");
    else if (world->hit && ended && diag->code != E3002)
        strbuf_printf(trouble, "it does not say that it could not read: %s\n", diag->message);
}

/* An error has a code and words; only memory may run out without a word, and only a stop is no
 * error. */
static void check_end(const World *world, const Leg *leg, Status status, const Diag *diag,
                      StrBuf *trouble)
{
    if (leg->kind >= WRONG_INPUT)
        check_input_fault(world, (InputFault)(leg->kind - WRONG_INPUT), status, diag, trouble);
    if (status == ST_OK || (status == ST_CANCELLED && world->clock.asked))
        return;
    if (!world->hit)
        strbuf_printf(trouble, "it fails, and nothing has gone wrong: %s\n", diag->message);
    else if (status == ST_CANCELLED && leg->kind != WRONG_STOP &&
             world->clock.looks <= world->clock.patience)
        strbuf_string(trouble, "it stops, and nobody has asked for it\n");
    else if (status == ST_NOMEM && !wrong_is_of_memory(leg->kind))
        strbuf_string(trouble, "it says that there is no memory, and there is\n");
    else if (status != ST_NOMEM && status != ST_CANCELLED &&
             (!diag->set || diag->message[0] == '\0'))
        strbuf_string(trouble, "it fails without saying why\n");
}

static void note_end(World *world, Status status, const Diag *diag)
{
    static const char *const words[] = {[ST_OK] = "ends", [ST_CANCELLED] = "stops"};
    bool calm = status == ST_OK || status == ST_CANCELLED;
    snprintf(world->end, sizeof world->end, "%s%s%.150s", world->hit ? "" : "is not hit and ",
             calm                 ? words[status]
             : status == ST_NOMEM ? "has no memory"
                                  : "fails: ",
             calm || status == ST_NOMEM ? "" : diag->message);
}

/* While no process runs, too, files grow. */
static void arrive_meanwhile(World *world, const Leg *leg)
{
    uint64_t random = leg->seed;
    uint64_t count = world->mode == ARRIVES_ANY_TIME && world->begun ? below(&random, 4) : 0;
    for (uint64_t i = 0; i < count; i++)
        input_arrive(&world->input);
    world->begun = true;
}

bool world_run_leg(World *world, const Leg *leg, StrBuf *trouble)
{
    int64_t blocks = mem_live_blocks();
    sqlite3_int64 bytes = sqlite3_memory_used();
    size_t before = trouble->size;
    Diag diag;
    arrive_meanwhile(world, leg);
    fault_vfs_use(world->disk);
    disk_set_mark(world->disk, world->resumed);
    stream_connect(&world->stream, world->resumed);
    arm(world, leg);
    Status status = run_script(world, &diag);
    stream_disconnect(&world->stream);
    take_counts(world, leg);
    int64_t left = mem_live_blocks() - blocks; /* before the trouble's own */
    check_end(world, leg, status, &diag, trouble);
    note_end(world, status, &diag);
    fault_vfs_use(NULL);
    if (left != 0)
        strbuf_printf(trouble, "%lld blocks of memory are left behind\n", (long long)left);
    if (sqlite3_memory_used() != bytes)
        strbuf_printf(trouble, "SQLite leaves %lld bytes of memory behind\n",
                      (long long)(sqlite3_memory_used() - bytes));
    disk_settle(world->disk, leg->loss, leg->seed);
    return trouble->size == before;
}
