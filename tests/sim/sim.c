/* The simulation's program: jobs whose disk, clock, memory and locks fail as a seed says, and that
 * must come out all the same.
 *
 *   sim_runner [--seed N] [--runs N] [--trace] JOB.sql...
 *   sim_runner --every [--seed N] [--kind KIND] [--at K] [--stride N] [--trace] JOB.sql...
 *
 * The first form takes runs of the seeds N, N + 1, ...: of each, the seed chooses the job, its
 * input and up to three legs, in each of which something goes wrong. --seed alone is one run. The
 * second goes through every kind of fault at every call that it can hit, once and for good, or at
 * every N-th one.
 *
 * After each leg the database must be whole and its tables those of a committed epoch; without a
 * loss of power, of the last one. In the end a leg in which all goes well must give the tables of a
 * run that was left alone. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/inspect.h"
#include "tests/sim/world.h"
#include "tests/sql/text_diff.h"

enum {
    LEGS = 3,
    RUN_SECONDS = 60, /* a run that takes longer hangs */
};

typedef struct Sim {
    char **job;
    uint32_t jobs;
    uint64_t seed, runs, at, stride, failures, done;
    uint64_t hits[WRONG_COUNT]; /* faults met */
    unsigned only;              /* the kind; WRONG_COUNT: all */
    bool every, trace, seeded;
} Sim;

typedef struct Run {
    World world;
    StrBuf expected, trouble, tables;
    uint64_t calls[WRONG_COUNT]; /* of the run that was left alone */
} Run;

/* What is being run, for a handler that can do no more than write it. */
static char now_running[512];

static void die(int signal_number)
{
    static const char text[] = "\nFAILED, ended by a signal: ";
    ssize_t size = write(STDOUT_FILENO, text, sizeof text - 1);
    size = write(STDOUT_FILENO, now_running, strlen(now_running));
    size = write(STDOUT_FILENO, "\n", 1);
    (void)size;
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* --- one leg --- */

/* The tables are those after some transaction; of a process that was killed, the last, or the one
 * that it was about to end. Of another database it may be an earlier one, as it is written behind
 * the first; and whether one whose sync has failed is there nobody can say. */
static bool is_committed(Run *run, const char *path, const Leg *leg, uint32_t *commit)
{
    Disk *disk = run->world.disk;
    bool any =
        leg->loss != LOSS_NONE || leg->kind == FAULT_SYNC_ERROR || path == run->world.outside;
    uint32_t count = disk_commit_count(disk);
    StrBuf seen;
    bool found = false;
    strbuf_init(&seen, NULL);
    inspect_tables(disk, path, &seen);
    for (uint32_t back = 0; !found && back < count && (back == 0 || any); back++) {
        inspect_tables(disk_commit(disk, count - 1 - back), path, &run->tables);
        found = text_equal(strbuf_as_text(&seen), strbuf_as_text(&run->tables));
        *commit = count - 1 - back;
    }
    if (!found && leg->loss == LOSS_NONE && disk_is_in_doubt(disk)) {
        disk_keep(disk); /* it did end */
        *commit = count;
        found = true;
    }
    if (!found) {
        inspect_tables(disk_commit(disk, count - 1), path, &run->tables);
        strbuf_printf(&run->trouble, "the tables are those of no epoch (%s; - the last one):\n",
                      disk_loss_name(leg->loss));
        text_diff(strbuf_as_text(&run->tables), strbuf_as_text(&seen), &run->trouble);
    }
    strbuf_close(&seen);
    return found;
}

static bool is_whole(Run *run, const char *path, const Leg *leg, uint32_t *commit)
{
    if (inspect_integrity(run->world.disk, path, &run->tables))
        return is_committed(run, path, leg, commit);
    strbuf_printf(&run->trouble, "%s is damaged (%s):\n%s", path, disk_loss_name(leg->loss),
                  strbuf_cstr(&run->tables));
    return false;
}

/* How much of standard input the commit has kept: what was taken when its epoch ended. The
 * transaction that makes a job keeps nothing of it, and those behind an epoch only tell how the job
 * goes. */
static uint64_t find_kept(const Run *run, uint32_t commit)
{
    static const Text query = TEXT("SELECT max(epoch) FROM (SELECT epoch FROM _weir_journal"
                                   " UNION ALL SELECT epoch FROM _weir_checkpoints)"
                                   " HAVING max(epoch) > 0");
    const Disk *disk = run->world.disk;
    StrBuf epochs, before;
    strbuf_init(&epochs, NULL);
    strbuf_init(&before, NULL);
    inspect_answers(disk_commit(disk, commit), run->world.path, query, &epochs);
    for (; commit > 0; commit--) {
        inspect_answers(disk_commit(disk, commit - 1), run->world.path, query, &before);
        if (!text_equal(strbuf_as_text(&epochs), strbuf_as_text(&before)))
            break;
    }
    bool none = strstr(strbuf_cstr(&epochs), "\n  ") == NULL; /* no row */
    strbuf_close(&epochs);
    strbuf_close(&before);
    return none ? 0 : disk_mark(disk_commit(disk, commit));
}

static bool run_leg(Run *run, const Leg *leg)
{
    World *world = &run->world;
    uint32_t commit = 0, other = 0;
    bool fine = world_run_leg(world, leg, &run->trouble);
    fine = is_whole(run, world->path, leg, &commit) && fine;
    if (world->outside[0] != '\0')
        fine = is_whole(run, world->outside, leg, &other) && fine;
    world->resumed = world->stream.content.size == 0 ? 0 : find_kept(run, commit);
    disk_set_mark(world->disk, world->resumed);
    disk_keep(run->world.disk); /* what was lost is no more */
    return fine;
}

/* What must be the same in each run of the world. */
static void inspect_world(const World *world, StrBuf *out)
{
    StrBuf outside;
    if (world->compare.size > 0)
        inspect_answers(world->disk, world->path, strbuf_as_text(&world->compare), out);
    else
        inspect_tables(world->disk, world->path, out);
    if (world->outside[0] == '\0')
        return;
    strbuf_init(&outside, NULL);
    inspect_tables(world->disk, world->outside, &outside);
    strbuf_text(out, strbuf_as_text(&outside));
    strbuf_close(&outside);
}

static bool run_undisturbed(Run *run)
{
    const Leg calm = {.kind = WRONG_NOTHING};
    if (!world_run_leg(&run->world, &calm, &run->trouble))
        return false;
    inspect_world(&run->world, &run->tables);
    return true;
}

/* --- one run --- */

static void finish(Run *run)
{
    if (!run_undisturbed(run) ||
        text_equal(strbuf_as_text(&run->expected), strbuf_as_text(&run->tables)))
        return;
    strbuf_string(&run->trouble, "the tables are not those of a run that was left alone:\n");
    text_diff(strbuf_as_text(&run->expected), strbuf_as_text(&run->tables), &run->trouble);
}

/* The expected tables; where files arrive at any time, those of a run that finds all of them there.
 * What can go wrong is counted where they do arrive. */
static bool run_open(Run *run, const char *job, uint64_t seed)
{
    strbuf_init(&run->expected, NULL);
    strbuf_init(&run->trouble, NULL);
    strbuf_init(&run->tables, NULL);
    if (!world_open(&run->world, job, seed, &run->trouble))
        return false;
    world_begin(&run->world);
    if (run->world.mode == ARRIVES_ANY_TIME)
        input_arrive_all(&run->world.input);
    if (!run_undisturbed(run))
        return false;
    strbuf_text(&run->expected, strbuf_as_text(&run->tables));
    world_begin(&run->world);
    finish(run);
    memcpy(run->calls, run->world.calls, sizeof run->calls);
    return run->trouble.size == 0;
}

static void run_close(Run *run)
{
    world_close(&run->world);
    strbuf_close(&run->expected);
    strbuf_close(&run->trouble);
    strbuf_close(&run->tables);
}

static void describe(const Leg *leg, StrBuf *out)
{
    strbuf_printf(out, " %s at %llu%s, %s;", wrong_name(leg->kind), (unsigned long long)leg->at,
                  leg->sticky ? " and on" : "", disk_loss_name(leg->loss));
}

/* On an empty disk: the legs, then one in which all goes well. */
static void play(Sim *sim, Run *run, const Leg *leg, uint32_t legs, const char *repeat)
{
    StrBuf story;
    strbuf_init(&story, NULL);
    strbuf_printf(&story, "%s:", repeat);
    for (uint32_t i = 0; i < legs; i++)
        describe(&leg[i], &story);
    snprintf(now_running, sizeof now_running, "%s", strbuf_cstr(&story));
    if (sim->trace)
        printf("%s\n", now_running);
    alarm(RUN_SECONDS);
    strbuf_clear(&run->trouble);
    world_begin(&run->world);
    disk_keep_commits(run->world.disk, true);
    /* What holds the disk's writes up for good keeps a job waiting. */
    run->world.clock.patience = 2 * run->calls[WRONG_STOP] + 100;
    bool fine = true;
    for (uint32_t i = 0; fine && i < legs; i++) {
        fine = run_leg(run, &leg[i]);
        sim->hits[leg[i].kind] += run->world.hit;
        if (sim->trace)
            printf("  %s at %llu: %s\n", wrong_name(leg[i].kind), (unsigned long long)leg[i].at,
                   run->world.end);
    }
    disk_keep_commits(run->world.disk, false);
    run->world.clock.patience = 0;
    if (fine)
        finish(run);
    alarm(0);
    sim->done++;
    if (run->trouble.size > 0) {
        sim->failures++;
        printf("FAILED %s\n%s", strbuf_cstr(&story), strbuf_cstr(&run->trouble));
    }
    strbuf_close(&story);
}

static void report_opening(Sim *sim, const Run *run, const char *repeat)
{
    sim->failures++;
    printf("FAILED %s, left alone:\n%s", repeat, strbuf_cstr(&run->trouble));
}

/* --- runs of seeds --- */

static DiskLoss choose_loss(uint64_t *random)
{
    uint64_t chosen = sim_random(random) % 8;
    return chosen < 4 ? LOSS_NONE : chosen == 4 ? LOSS_ALL : chosen == 5 ? LOSS_TAIL : LOSS_SECTORS;
}

/* The power takes back what was committed, and with it what files that arrive in step were told. */
static bool may_lose_power(const Run *run)
{
    return run->world.mode != ARRIVES_IN_STEP;
}

static Leg choose_leg(const Run *run, uint64_t *random)
{
    Leg leg = {.kind = WRONG_NOTHING};
    while (leg.kind == WRONG_NOTHING || run->calls[leg.kind] == 0)
        leg.kind = (unsigned)(sim_random(random) % WRONG_COUNT);
    if (sim_random(random) % 3 == 0) /* it tells the most */
        leg.kind = FAULT_CRASH;
    leg.at = 1 + sim_random(random) % run->calls[leg.kind];
    leg.sticky = sim_random(random) % 2 == 0;
    leg.loss = may_lose_power(run) ? choose_loss(random) : LOSS_NONE;
    leg.seed = sim_random(random);
    return leg;
}

static void run_seed(Sim *sim, uint64_t seed)
{
    char repeat[64];
    Leg leg[LEGS];
    Run run = {0};
    uint64_t random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    const char *job = sim->job[sim_random(&random) % sim->jobs];
    snprintf(repeat, sizeof repeat, "./dev sim --seed %llu", (unsigned long long)seed);
    snprintf(now_running, sizeof now_running, "%s", repeat);
    if (run_open(&run, job, sim_random(&random))) {
        uint32_t legs = 1 + (uint32_t)(sim_random(&random) % LEGS);
        for (uint32_t i = 0; i < legs; i++)
            leg[i] = choose_leg(&run, &random);
        play(sim, &run, leg, legs, repeat);
    } else {
        report_opening(sim, &run, repeat);
    }
    run_close(&run);
}

/* --- every call --- */

static void run_kind(Sim *sim, Run *run, unsigned kind)
{
    char repeat[256];
    uint64_t from = sim->at == 0 ? 1 : sim->at, to = sim->at == 0 ? run->calls[kind] : sim->at;
    for (uint64_t at = from; at <= to; at += sim->stride) {
        for (int way = 0; way < 4; way++) {
            /* For good says nothing new of a crash and a stop, the power's loss nothing of others.
             */
            bool crash = kind == FAULT_CRASH && may_lose_power(run);
            bool sync = kind == FAULT_SYNC_ERROR && may_lose_power(run);
            DiskLoss loss = crash || sync ? (DiskLoss)way : LOSS_NONE;
            bool sticky = kind != FAULT_CRASH && way == 1;
            bool once = kind == WRONG_STOP || (kind == FAULT_CRASH && !crash);
            if ((way > 1 && !crash && !sync) || (way > 0 && once))
                continue;
            const Leg leg = {kind, at, sticky, loss, at * 4 + (uint64_t)way};
            snprintf(repeat, sizeof repeat, "sim_runner --every --seed %llu --kind %s --at %llu %s",
                     (unsigned long long)sim->seed, wrong_name(kind), (unsigned long long)at,
                     run->world.job);
            play(sim, run, &leg, 1, repeat);
        }
    }
}

static void run_every(Sim *sim, const char *job)
{
    Run run = {0};
    snprintf(now_running, sizeof now_running, "%s, left alone", job);
    if (!run_open(&run, job, sim->seed))
        report_opening(sim, &run, job);
    for (unsigned kind = 0; run.trouble.size == 0 && kind < WRONG_COUNT; kind++) {
        if (kind == WRONG_NOTHING || (sim->only != WRONG_COUNT && sim->only != kind))
            continue;
        uint64_t failures = sim->failures, done = sim->done;
        run_kind(sim, &run, kind);
        printf("%s: %s: %llu calls, %llu runs, %llu failures\n", job, wrong_name(kind),
               (unsigned long long)run.calls[kind], (unsigned long long)(sim->done - done),
               (unsigned long long)(sim->failures - failures));
        strbuf_clear(&run.trouble);
    }
    run_close(&run);
}

/* --- the command line --- */

static bool take_number(const char *word, const char *name, char **value, uint64_t *out)
{
    char *end;
    if (strcmp(word, name) != 0 || *value == NULL)
        return false;
    *out = strtoull(*value, &end, 10);
    return *end == '\0' && end != *value;
}

static bool take_kind(Sim *sim, const char *word, const char *value)
{
    if (strcmp(word, "--kind") != 0 || value == NULL)
        return false;
    for (unsigned kind = 0; kind < WRONG_COUNT; kind++) {
        if (strcmp(wrong_name(kind), value) == 0)
            sim->only = kind;
    }
    return sim->only != WRONG_COUNT;
}

static bool take_arguments(Sim *sim, char **word)
{
    for (; *word != NULL && strncmp(*word, "--", 2) == 0; word++) {
        if (strcmp(*word, "--every") == 0 || strcmp(*word, "--trace") == 0) {
            sim->every = sim->every || strcmp(*word, "--every") == 0;
            sim->trace = sim->trace || strcmp(*word, "--trace") == 0;
            continue;
        }
        sim->seeded = sim->seeded || strcmp(*word, "--seed") == 0;
        if (!take_number(*word, "--seed", word + 1, &sim->seed) &&
            !take_number(*word, "--runs", word + 1, &sim->runs) &&
            !take_number(*word, "--at", word + 1, &sim->at) &&
            !take_number(*word, "--stride", word + 1, &sim->stride) &&
            !take_kind(sim, *word, word[1]))
            return false;
        word++;
    }
    sim->job = word;
    while (*word++ != NULL)
        sim->jobs++;
    return sim->jobs > 0 && sim->stride > 0;
}

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "abort_on_error=1";
}

/* A fault is survived when its run is as it must be, and no failure is told. */
static void print_sum(const Sim *sim)
{
    unsigned long long disk = 0, memory = 0, input = 0, stops = sim->hits[WRONG_STOP];
    for (unsigned kind = 0; kind < WRONG_COUNT; kind++) {
        if (kind < FAULT_KIND_COUNT)
            disk += sim->hits[kind];
        else if (wrong_is_of_memory(kind))
            memory += sim->hits[kind];
        else if (kind >= WRONG_INPUT)
            input += sim->hits[kind];
    }
    printf("%llu runs, %llu faults met (%llu crashes, %llu of the disk, %llu of the input, %llu "
           "allocations that failed, %llu stops), %llu failures\n",
           (unsigned long long)sim->done, disk + memory + input + stops,
           (unsigned long long)sim->hits[FAULT_CRASH],
           disk - (unsigned long long)sim->hits[FAULT_CRASH], input, memory, stops,
           (unsigned long long)sim->failures);
}

int main(int argc, char **argv)
{
    Sim sim = {.seed = 1, .stride = 1, .only = WRONG_COUNT};
    (void)argc;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!take_arguments(&sim, argv + 1)) {
        fprintf(stderr, "usage: sim_runner [--seed N] [--runs N] [--trace] JOB.sql...\n"
                        "       sim_runner --every [--seed N] [--kind KIND] [--at K] [--stride N] "
                        "[--trace] JOB.sql...\n");
        return 2;
    }
    signal(SIGABRT, die);
    signal(SIGSEGV, die);
    signal(SIGALRM, die);
    fault_vfs_install();
    sqlite3_initialize();
    if (sim.runs == 0)
        sim.runs = sim.seeded ? 1 : 300;
    for (uint32_t i = 0; sim.every && i < sim.jobs; i++)
        run_every(&sim, sim.job[i]);
    for (uint64_t i = 0; !sim.every && i < sim.runs; i++)
        run_seed(&sim, sim.seed + i);
    print_sum(&sim);
    return sim.failures == 0 ? 0 : 1;
}
