#include "tests/sim/world.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "storage/base/mem.h"

/* 2026-01-02 03:04:05.678 */
static const Micros sim_time = INT64_C(1767323045678000);

const char *wrong_name(unsigned kind)
{
    static const char *const name[] = {"nothing", "memory", "sqlite-memory", "stop"};
    return kind < FAULT_KIND_COUNT ? fault_kind_name((FaultKind)kind)
                                   : name[kind - FAULT_KIND_COUNT];
}

/* --- the input --- */

static uint64_t below(uint64_t *random, uint64_t end)
{
    return sim_random(random) % end;
}

/* Times that go on by and by, some of them late; now and then a record that is none, and a price
 * that is no number. */
static void put_bid(StrBuf *out, uint64_t *random, uint64_t *millis)
{
    static const char *const channel[] = {"Google", "Apple", "Baidu"};
    *millis += below(random, 900);
    uint64_t late = below(random, 12) == 0 ? below(random, 9000) : below(random, 1500);
    uint64_t at = *millis > late ? *millis - late : 0;
    uint64_t odd = below(random, 24);
    if (odd == 0) {
        strbuf_string(out, "{\"auction\":\n");
        return;
    }
    strbuf_printf(out, "{\"auction\":%u,\"bidder\":%u,\"price\":", (unsigned)below(random, 7),
                  (unsigned)below(random, 40));
    if (odd == 1)
        strbuf_string(out, "\"dear\"");
    else
        strbuf_printf(out, "%u", (unsigned)below(random, 100));
    strbuf_printf(out, ",\"channel\":\"%s\",\"dateTime\":\"2024-05-01 10:%02u:%02u.%03u\"}\n",
                  channel[below(random, 3)], (unsigned)(at / 60000 % 60),
                  (unsigned)(at / 1000 % 60), (unsigned)(at % 1000));
}

static bool write_file(World *world, const char *name, const StrBuf *content)
{
    return !content->failed &&
           workspace_write(&world->workspace, text_of(name), strbuf_as_text(content));
}

static bool write_bids(World *world, uint64_t *random)
{
    uint64_t files = 1 + below(random, 3);
    bool written = true;
    for (uint64_t f = 0; f < files; f++) {
        char name[32];
        StrBuf content;
        uint64_t millis = 0, rows = 5 + below(random, 60);
        strbuf_init(&content, NULL);
        snprintf(name, sizeof name, "bids/%u.jsonl", (unsigned)f);
        for (uint64_t i = 0; i < rows; i++)
            put_bid(&content, random, &millis);
        written = written && write_file(world, name, &content);
        strbuf_close(&content);
    }
    return written;
}

static bool write_other(World *world, uint64_t *random)
{
    StrBuf content;
    strbuf_init(&content, NULL);
    for (uint64_t i = below(random, 30); i > 0; i--)
        strbuf_printf(&content, "%u,%u\n", (unsigned)below(random, 7), (unsigned)below(random, 50));
    bool written = write_file(world, "other.csv", &content);
    strbuf_close(&content);
    return written;
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

/* --- the clock --- */

static Micros look_at_wall(Clock *clock)
{
    (void)clock;
    return sim_time;
}

static Micros look_at_monotonic(Clock *clock)
{
    TickClock *self = (TickClock *)(void *)clock;
    self->looks++;
    bool enough = self->patience > 0 && self->looks > self->patience;
    if ((self->looks == self->stop_at || enough) && self->session != NULL)
        session_cancel(self->session);
    return clock->virtual_now += self->step;
}

/* --- the world --- */

bool world_open(World *world, const char *job, uint64_t seed, StrBuf *trouble)
{
    static const Micros step[] = {1000, 9000, 60000, 260000, 700000};
    static const uint32_t batch_rows[] = {1, 2, 3, 7, 20, 0};
    uint64_t random = seed;
    *world = (World){.job = job};
    strbuf_init(&world->script, NULL);
    if (!workspace_open(&world->workspace)) {
        world->workspace.path[0] = '\0';
        strbuf_string(trouble, "no temporary directory could be made\n");
        return false;
    }
    snprintf(world->path, sizeof world->path, "%s/app.db", world->workspace.path);
    world->clock = (TickClock){
        .clock = {look_at_wall, look_at_monotonic, 0},
        .step = step[below(&random, sizeof step / sizeof *step)],
    };
    world->batch_rows = batch_rows[below(&random, sizeof batch_rows / sizeof *batch_rows)];
    if (read_script(world) && write_bids(world, &random) && write_other(world, &random))
        return true;
    strbuf_printf(trouble, "%s cannot be read, or its input not be written\n", job);
    return false;
}

void world_close(World *world)
{
    disk_close(world->disk);
    if (world->workspace.path[0] != '\0')
        workspace_close(&world->workspace);
    strbuf_close(&world->script);
}

void world_begin(World *world)
{
    disk_close(world->disk);
    world->disk = disk_open();
    world->clock.clock.virtual_now = 0;
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
    world->clock.session = session;
    status = session_run_script(session, &source, &nobody, diag);
    world->clock.session = NULL;
    session_close(session);
    return status;
}

static void arm(World *world, const Leg *leg)
{
    DiskFault fault = {.seed = leg->seed};
    bool memory = leg->kind == WRONG_MEMORY, sqlite = leg->kind == WRONG_SQLITE_MEMORY;
    if (leg->kind < FAULT_KIND_COUNT) {
        fault.kind = (FaultKind)leg->kind;
        fault.at = leg->at;
        fault.sticky = leg->sticky;
    }
    disk_arm(world->disk, &fault);
    world->clock.looks = 0;
    world->clock.stop_at = leg->kind == WRONG_STOP ? leg->at : 0;
    fault_sqlite_memory_at(sqlite ? leg->at : 0, leg->sticky);
    mem_fail_at(memory ? leg->at : 0, leg->sticky);
}

static void take_counts(World *world, const Leg *leg)
{
    for (FaultKind kind = 0; kind < FAULT_KIND_COUNT; kind++)
        world->calls[kind] = disk_calls(world->disk, kind);
    world->calls[WRONG_MEMORY] = mem_fail_at(0, false);
    world->calls[WRONG_SQLITE_MEMORY] = fault_sqlite_memory_at(0, false);
    world->calls[WRONG_STOP] = world->clock.looks;
    world->hit = leg->kind != WRONG_NOTHING && world->calls[leg->kind] >= leg->at;
}

/* An error has a code and words; only memory may run out without a word, and only a stop is no
 * error. */
static void check_end(const World *world, const Leg *leg, Status status, const Diag *diag,
                      StrBuf *trouble)
{
    bool memory = leg->kind == WRONG_MEMORY || leg->kind == WRONG_SQLITE_MEMORY;
    if (status == ST_OK)
        return;
    if (!world->hit)
        strbuf_printf(trouble, "it fails, and nothing has gone wrong: %s\n", diag->message);
    else if (status == ST_CANCELLED && leg->kind != WRONG_STOP &&
             world->clock.looks <= world->clock.patience)
        strbuf_string(trouble, "it stops, and nobody has asked for it\n");
    else if (status == ST_NOMEM && !memory)
        strbuf_string(trouble, "it says that there is no memory, and there is\n");
    else if (status != ST_NOMEM && status != ST_CANCELLED &&
             (!diag->set || diag->message[0] == '\0'))
        strbuf_string(trouble, "it fails without saying why\n");
}

bool world_run_leg(World *world, const Leg *leg, StrBuf *trouble)
{
    int64_t blocks = mem_live_blocks();
    sqlite3_int64 bytes = sqlite3_memory_used();
    size_t before = trouble->size;
    Diag diag;
    fault_vfs_use(world->disk);
    arm(world, leg);
    Status status = run_script(world, &diag);
    take_counts(world, leg);
    check_end(world, leg, status, &diag, trouble);
    fault_vfs_use(NULL);
    if (mem_live_blocks() != blocks)
        strbuf_printf(trouble, "%lld blocks of memory are left behind\n",
                      (long long)(mem_live_blocks() - blocks));
    if (sqlite3_memory_used() != bytes)
        strbuf_printf(trouble, "SQLite leaves %lld bytes of memory behind\n",
                      (long long)(sqlite3_memory_used() - bytes));
    disk_settle(world->disk, leg->loss, leg->seed);
    return trouble->size == before;
}
