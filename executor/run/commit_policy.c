#include "executor/run/commit_policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const CommitLimits commit_limits_default = {
    .pending_bytes = UINT64_C(16) << 20,
    .wal_warn_bytes = UINT64_C(256) << 20,
    .wal_slow_bytes = UINT64_C(1) << 30,
    .wal_pause_bytes = UINT64_C(4) << 30,
    .disk_share = 5,
    .slow_interval = 10 * MICROS_PER_SECOND,
    .retry_interval = MICROS_PER_SECOND,
    .patience = MICROS_PER_SECOND,
};

enum {
    LOCK_TRY_MS = 5,           /* at first, then after an eighth of the time it has taken */
    LOCK_TRY_MOST_MS = 100,    /* but soon after the lock is gone */
    WAL_TRY_MS = 20,           /* within the patience */
    SMALL_WAL_BYTES = 8 << 20, /* up to here the room on the disk does not matter */
    CALM_PART = 2,             /* a WAL shorter than this part of a limit is below it again */
};

void commit_policy_open(CommitPolicy *policy, Db *db, Clock *clock, const CommitLimits *limits)
{
    *policy = (CommitPolicy){.db = db,
                             .clock = clock,
                             .limits = limits == NULL ? commit_limits_default : *limits,
                             .free_bytes = UINT64_MAX};
}

static Micros now(const CommitPolicy *policy)
{
    return policy->clock->monotonic(policy->clock);
}

/* --- words --- */

/* What has not been fetched yet gives way: the latest counts. */
static void PRINTF_LIKE(2, 3) tell(CommitPolicy *policy, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(policy->notice, sizeof policy->notice, format, args);
    va_end(args);
}

bool commit_policy_take_notice(CommitPolicy *policy, char out[NOTICE_SIZE])
{
    if (policy->notice[0] == '\0')
        return false;
    memcpy(out, policy->notice, NOTICE_SIZE);
    policy->notice[0] = '\0';
    return true;
}

static void print_size(uint64_t bytes, char out[32])
{
    static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t i = 0;
    double size = (double)bytes;
    for (; size >= 1024 && i + 1 < sizeof unit / sizeof unit[0]; i++)
        size /= 1024;
    snprintf(out, 32, size < 10 && i > 0 ? "%.1f %s" : "%.0f %s", size, unit[i]);
}

/* "the WAL of "app.db" has grown to 256 MiB, which process 12 (sqlite3) keeps by reading". */
static void print_wal(const CommitPolicy *policy, char out[256])
{
    char size[32], holder[DB_HOLDER_SIZE];
    print_size(db_wal_bytes(policy->db), size);
    db_print_reader(policy->db, holder);
    snprintf(out, 256, "the WAL of \"%.*s\" has grown to %s, because %s stays on an old snapshot",
             TEXT_ARG(db_name(policy->db)), size, holder);
}

/* --- holds --- */

static void begin_hold(CommitPolicy *policy, CommitHold hold, Trouble trouble)
{
    if (policy->hold == hold && policy->trouble == trouble)
        return;
    policy->hold = hold;
    policy->trouble = trouble;
    policy->since = now(policy);
    policy->told = false;
}

static void end_hold(CommitPolicy *policy)
{
    if (policy->hold != HOLD_NONE && policy->told)
        tell(policy, "goes on after %.1f s",
             (double)(now(policy) - policy->since) / (double)MICROS_PER_SECOND);
    policy->hold = HOLD_NONE;
    policy->trouble = TROUBLE_LASTING;
    policy->full = false;
    policy->next_try = 0;
}

/* Of a lock, whose holder says nothing when it is gone. */
static Micros until_next_try(Micros waited)
{
    Micros next = waited / 8;
    if (next < LOCK_TRY_MS * MICROS_PER_MILLI)
        return LOCK_TRY_MS * MICROS_PER_MILLI;
    return next > LOCK_TRY_MOST_MS * MICROS_PER_MILLI ? LOCK_TRY_MOST_MS * MICROS_PER_MILLI : next;
}

/* For the next try of a commit. True: it is time to tell of it. A lock may be gone the next moment;
 * room on a disk is made by people, and they must know. */
static bool wait_for(CommitPolicy *policy, CommitHold hold, Trouble trouble)
{
    bool full = trouble == TROUBLE_FULL;
    begin_hold(policy, hold, trouble);
    Micros waited = now(policy) - policy->since;
    policy->next_try =
        now(policy) + (full ? policy->limits.retry_interval : until_next_try(waited));
    if (policy->told || (!full && waited < policy->limits.patience))
        return false;
    policy->told = true;
    return true;
}

static void hold_for_lock(CommitPolicy *policy)
{
    char writer[DB_HOLDER_SIZE], size[32];
    if (!wait_for(policy, HOLD_LOCK, TROUBLE_TAKEN))
        return;
    db_print_writer(policy->db, writer);
    print_size(policy->limits.pending_bytes, size);
    snprintf(policy->reason, sizeof policy->reason, "%s holds the write lock of \"%.*s\"", writer,
             TEXT_ARG(db_name(policy->db)));
    tell(policy, "waits to commit: %s; it reads on until %s of changes wait", policy->reason, size);
}

/* Of a full disk, or of what a sink writes. The error's own words name the file. */
static void hold_for(CommitPolicy *policy, CommitHold hold, const Diag *why)
{
    if (!wait_for(policy, hold, why->trouble))
        return;
    snprintf(policy->reason, sizeof policy->reason, "%s", why->message);
    tell(policy, "waits to commit: %s; it goes on when %s", policy->reason,
         why->trouble == TROUBLE_FULL ? "there is room" : "that ends");
}

static void hold_for_wal(CommitPolicy *policy)
{
    begin_hold(policy, HOLD_WAL, TROUBLE_LASTING);
    if (now(policy) - policy->since < policy->limits.patience) { /* a reader that is just passing */
        policy->next_try = now(policy) + WAL_TRY_MS * MICROS_PER_MILLI;
        return;
    }
    policy->next_try = now(policy) + policy->limits.retry_interval;
    if (policy->told)
        return;
    policy->told = true;
    print_wal(policy, policy->reason);
    tell(policy, "waits: %s; it goes on when that ends", policy->reason);
}

/* --- the WAL --- */

static uint64_t pause_bytes(CommitPolicy *policy, uint64_t wal)
{
    const CommitLimits *limits = &policy->limits;
    if (wal < SMALL_WAL_BYTES)
        return limits->wal_pause_bytes;
    if (policy->disk_seen == 0 || now(policy) - policy->disk_seen >= limits->retry_interval) {
        policy->disk_seen = now(policy);
        policy->free_bytes = db_free_bytes(policy->db);
    }
    uint64_t share = policy->free_bytes == UINT64_MAX
                         ? UINT64_MAX
                         : (policy->free_bytes + wal) / limits->disk_share;
    return share < limits->wal_pause_bytes ? share : limits->wal_pause_bytes;
}

static void warn_of_wal(CommitPolicy *policy, uint64_t wal)
{
    char words[256];
    bool slow = wal >= policy->limits.wal_slow_bytes;
    if (policy->warned && (policy->slow || !slow))
        return;
    print_wal(policy, words);
    if (slow)
        tell(policy, "commits every %.0f s from now on: %s",
             (double)policy->limits.slow_interval / (double)MICROS_PER_SECOND, words);
    else
        tell(policy, "goes on, but %s", words);
    policy->warned = true;
    policy->slow = policy->slow || slow;
}

static void calm_down(CommitPolicy *policy)
{
    if (policy->warned && policy->hold == HOLD_NONE)
        tell(policy, "commits as before: the WAL is short again");
    policy->warned = policy->slow = false;
    end_hold(policy);
}

/* A reader that is gone is not to wait for the next commit to be found out. */
static void try_to_empty_wal(CommitPolicy *policy)
{
    if (now(policy) < policy->next_try)
        return;
    policy->next_try = now(policy) + policy->limits.retry_interval;
    if (db_empty_wal(policy->db) || db_is_broken(policy->db)) /* the next commit tells of that */
        calm_down(policy);
    else if (policy->hold == HOLD_WAL)
        hold_for_wal(policy);
}

/* After a commit: the WAL is as long as it was then. One that nobody keeps is long only because
 * copying it seldom is cheap. */
static void look_at_wal(CommitPolicy *policy)
{
    uint64_t wal = db_wal_bytes(policy->db), most = pause_bytes(policy, wal);
    if (wal < policy->limits.wal_warn_bytes && wal < most) {
        if (policy->warned && wal < policy->limits.wal_warn_bytes / CALM_PART)
            calm_down(policy);
        return;
    }
    if (wal < most && now(policy) < policy->next_try)
        return;
    policy->next_try = now(policy) + policy->limits.retry_interval;
    if (db_empty_wal(policy->db) || db_is_broken(policy->db)) {
        calm_down(policy);
        return;
    }
    if (wal >= most)
        hold_for_wal(policy);
    else
        warn_of_wal(policy, wal);
}

/* --- what the job asks and tells --- */

bool commit_policy_may_read(CommitPolicy *policy, uint64_t pending_bytes)
{
    policy->full = pending_bytes >= policy->limits.pending_bytes;
    switch (policy->hold) {
    case HOLD_NONE:
        if (policy->slow)
            try_to_empty_wal(policy);
        return true;
    case HOLD_LOCK: return !policy->full;
    case HOLD_SINK:
    case HOLD_DISK: return false;
    case HOLD_WAL: try_to_empty_wal(policy); break;
    }
    return policy->hold == HOLD_NONE;
}

bool commit_policy_may_try(const CommitPolicy *policy)
{
    return policy->hold == HOLD_NONE || now(policy) >= policy->next_try;
}

Micros commit_policy_interval(const CommitPolicy *policy, Micros interval)
{
    return policy->slow && interval < policy->limits.slow_interval ? policy->limits.slow_interval
                                                                   : interval;
}

void commit_policy_succeeded(CommitPolicy *policy)
{
    if (policy->db == NULL)
        return;
    end_hold(policy);
    look_at_wal(policy);
}

bool commit_policy_failed(CommitPolicy *policy, const Diag *why, bool outside)
{
    if (policy->db == NULL || !why->set || why->trouble == TROUBLE_LASTING)
        return false;
    if (outside)
        hold_for(policy, HOLD_SINK, why);
    else if (why->trouble == TROUBLE_FULL)
        hold_for(policy, HOLD_DISK, why);
    else
        hold_for_lock(policy);
    return true;
}

bool commit_policy_can_be_told(const CommitPolicy *policy)
{
    return policy->told && (policy->hold == HOLD_WAL || policy->hold == HOLD_SINK);
}

bool commit_policy_is_waiting(const CommitPolicy *policy)
{
    return commit_policy_can_be_told(policy) ||
           (policy->told &&
            (policy->hold == HOLD_DISK || (policy->hold == HOLD_LOCK && policy->full)));
}
