/* The one cause that stands above the others: why the views of a job hold nothing newer. What the
 * job's state says comes first, then that nothing useful has come, then what the watermark that is
 * waited for waits for itself. */
#include "shell/why.h"

#include "shell/numbers.h"

const char *why_cause_code(WhyCause cause)
{
    static const char *const code[] = {
#define X(id, name) [WHY_##id] = name,
#include "shell/why_causes.def"
#undef X
    };
    return code[cause];
}

/* --- its state --- */

typedef struct StateWords {
    WhyCause cause;
    const char *says, *hint; /* with the job's number where %lld stands; NULL: none */
} StateWords;

static const StateWords state_words[] = {
    [JOB_CREATED] = {WHY_CREATED, "nothing of it is committed yet", NULL},
    [JOB_FINISHED] = {WHY_FINISHED, "its input was read to the end: nothing more will come", NULL},
    [JOB_STOPPED] = {WHY_STOPPED, "it was stopped for good",
                     "run its script again, and it begins from the beginning"},
    [JOB_FAILED] = {WHY_FAILED, "it has failed",
                    "when that is put right, RESUME JOB '%lld' lets it go on"},
    [JOB_PAUSED] = {WHY_PAUSED, "it is paused", "RESUME JOB '%lld' lets it go on"},
    [JOB_SUSPENDED] = {WHY_SUSPENDED, "no process runs it",
                       "it goes on in the shell, or with `weir run --db` of this database"},
    [JOB_HELD] = {WHY_WAITING, "it is held up and goes on by itself", NULL},
};

static Status judge_state(Why *why, Arena *arena)
{
    const StateWords *words = &state_words[why->state];
    why->cause = words->cause;
    why->cause_since = why->state == JOB_FINISHED ? 0 : why->since;
    if (words->hint != NULL)
        TRY(arena_printf(arena, &why->hint, words->hint, (long long)why->job));
    if (why->reason.size == 0 || why->state == JOB_STOPPED || why->state == JOB_PAUSED)
        return arena_printf(arena, &why->says, "%s", words->says);
    return arena_printf(arena, &why->says, "%s: %.*s", words->says, TEXT_ARG(why->reason));
}

/* --- nothing useful has come --- */

static Status name_tables(const Why *why, StrBuf *out)
{
    Text last = TEXT_NONE;
    for (uint32_t i = 0; i < why->table.count; i++) {
        const WhyTable *table = &why->table.item[i];
        if (text_equal(table->name, last))
            continue;
        strbuf_printf(out, "%s%.*s", i == 0 ? "" : ", ", TEXT_ARG(table->name));
        last = table->name;
    }
    return strbuf_status(out);
}

/* Bytes that have come and were not read; 0 where it is not known. */
static int64_t lag_of(const Why *why)
{
    int64_t lag = 0;
    for (uint32_t i = 0; i < why->table.count; i++) {
        for (uint32_t s = 0; s < why->table.item[i].split.count; s++) {
            const WhySplit *split = &why->table.item[i].split.item[s];
            if (!split->ended && split->lag > 0)
                lag += split->lag;
        }
    }
    return lag;
}

static Status judge_nothing(Why *why, Arena *arena)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    strbuf_string(&text, "no record of ");
    Status status = name_tables(why, &text);
    strbuf_string(&text, why->table.count == 0 ? "its input has come yet" : " has come yet");
    if (lag_of(why) > 0) {
        strbuf_string(&text, ": ");
        number_put_bytes(&text, (uint64_t)lag_of(why));
        strbuf_string(&text, " that are no whole record so far");
    }
    if (status == ST_OK)
        status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&text), &why->says);
    strbuf_close(&text);
    why->cause = WHY_NOTHING_CAME;
    why->cause_since = why->since;
    return status;
}

static const WhyCount *find_unused(const Why *why)
{
    for (uint32_t i = 0; i < why->count.count; i++) {
        const WhyCount *count = &why->count.item[i];
        if (count->read > 0 && count->used == 0)
            return count;
    }
    return NULL;
}

static void put_part(StrBuf *out, int64_t number, const char *what, bool *first)
{
    if (number == 0)
        return;
    strbuf_string(out, *first ? "" : ", ");
    number_put_count(out, (uint64_t)number);
    strbuf_printf(out, " %s", what);
    *first = false;
}

/* None of the records that were read is in a view. */
static Status judge_unused(Why *why, const WhyCount *count, Arena *arena)
{
    StrBuf text;
    bool first = true;
    strbuf_init(&text, NULL);
    strbuf_string(&text, "of the ");
    number_put_count(&text, (uint64_t)count->read);
    strbuf_printf(&text, " record%s of %.*s none is in %.*s: ", count->read == 1 ? "" : "s",
                  TEXT_ARG(count->source), TEXT_ARG(count->view));
    put_part(&text, count->rejected, "rejected", &first);
    put_part(&text, count->late, "late", &first);
    put_part(&text, count->filtered, "left out by the query", &first);
    put_part(&text, count->skipped, "skipped", &first);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&text), &why->says);
    strbuf_close(&text);
    TRY(status);
    why->cause = WHY_UNUSED;
    if (count->rejected > 0 && why->rejection.size > 0)
        return arena_printf(arena, &why->hint, "the last one: %.*s", TEXT_ARG(why->rejection));
    if (count->late > 0)
        return arena_printf(arena, &why->hint, "SELECT * FROM \"%.*s$late\" shows them",
                            TEXT_ARG(count->view));
    return ST_OK;
}

/* --- the watermark --- */

static const WhySplit *find_holder(const WhyTable *table)
{
    const WhySplit *holder = NULL;
    for (uint32_t i = 0; i < table->split.count; i++) {
        const WhySplit *split = &table->split.item[i];
        if (!split->idle && !split->ended &&
            (holder == NULL || split->watermark < holder->watermark))
            holder = split;
    }
    return holder;
}

static bool others_are_ahead(const WhyTable *table, const WhySplit *holder)
{
    for (uint32_t i = 0; i < table->split.count; i++) {
        const WhySplit *split = &table->split.item[i];
        if (!split->idle && !split->ended && split->watermark > holder->watermark)
            return true;
    }
    return false;
}

/* "a.jsonl of bid", or the table alone. */
static void put_split(StrBuf *out, const WhyTable *table, const WhySplit *split)
{
    if (split->name.size > 0)
        strbuf_printf(out, "%.*s of ", TEXT_ARG(split->name));
    strbuf_text(out, table->name);
}

static void put_lag(const WhyTable *table, int64_t lag, StrBuf *out)
{
    if (text_is(table->unit, "bytes")) {
        number_put_bytes(out, (uint64_t)lag);
        return;
    }
    number_put_count(out, (uint64_t)lag);
    strbuf_printf(out, " %.*s", TEXT_ARG(table->unit));
}

static Status set_words(Why *why, Arena *arena, WhyCause cause, StrBuf *text)
{
    Status status = strbuf_status(text);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(text), &why->says);
    strbuf_close(text);
    why->cause = cause;
    return status;
}

static Status hint_idle(Why *why, const WhyTable *table, const WhySplit *split, Arena *arena)
{
    if (split->idle_timeout == 0)
        return arena_printf(arena, &why->hint,
                            "with 'scan.watermark.idle-timeout' of %.*s a silent part is not "
                            "waited for",
                            TEXT_ARG(table->name));
    StrBuf text;
    strbuf_init(&text, NULL);
    why_put_span(split->idle_timeout, &text);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_printf(arena, &why->hint, "after %s of silence it is not waited for",
                              strbuf_cstr(&text));
    strbuf_close(&text);
    return status;
}

static bool is_long_ago(const Why *why, Micros time)
{
    return time != 0 && why->now - time >= 10 * MICROS_PER_SECOND;
}

/* Nobody is behind: all that has come is silent. */
static Status hint_silence(Why *why, const WhyTable *table, const WhySplit *holder, Arena *arena)
{
    StrBuf text;
    Micros left;
    if (holder->idle_advance == 0)
        return arena_printf(arena, &why->hint,
                            "the next row moves it; with 'scan.watermark.idle-advance' of %.*s it "
                            "goes on with the clock in silence",
                            TEXT_ARG(table->name));
    strbuf_init(&text, NULL);
    strbuf_string(&text, "in silence it goes on with the clock ('scan.watermark.idle-advance')");
    /* As long behind the last row as the watermark has to go, and the option more. */
    if (!__builtin_sub_overflow(why->main->due, holder->watermark, &left) &&
        !__builtin_add_overflow(left, holder->last_arrival + holder->idle_advance, &left) &&
        left > why->now) {
        strbuf_string(&text, ", and is there in ");
        why_put_span(left - why->now, &text);
    }
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&text), &why->hint);
    strbuf_close(&text);
    return status;
}

static Status judge_held(Why *why, const WhyTable *table, const WhySplit *holder, Arena *arena)
{
    StrBuf text;
    bool behind = others_are_ahead(table, holder);
    bool reads = holder->lag > 0 && !behind;
    strbuf_init(&text, NULL);
    why->cause_since = holder->watermark == MICROS_MIN ? holder->last_arrival : holder->moved;
    if (holder->watermark == MICROS_MIN) {
        put_split(&text, table, holder);
        strbuf_string(&text, " has brought no row that gives a watermark yet");
        if (behind)
            TRY(hint_idle(why, table, holder, arena));
        return set_words(why, arena, WHY_NO_WATERMARK, &text);
    }
    if (behind) {
        put_split(&text, table, holder);
        strbuf_string(&text, " holds the watermark back at ");
        why_put_time(holder->watermark, false, &text);
        TRY(hint_idle(why, table, holder, arena));
        return set_words(why, arena, WHY_HELD_BACK, &text);
    }
    why_put_awaited(why->main, &text);
    strbuf_string(&text, " needs the watermark ");
    why_put_time(why->main->due, false, &text);
    if (reads) {
        strbuf_printf(&text, ", and %.*s is still read: ", TEXT_ARG(table->name));
        put_lag(table, holder->lag, &text);
        strbuf_string(&text, " to go");
    }
    strbuf_printf(&text, "; that of %.*s is at ", TEXT_ARG(table->name));
    why_put_time(table->watermark, false, &text);
    if (!reads && (holder->idle_advance != 0 || is_long_ago(why, holder->last_arrival)))
        TRY(hint_silence(why, table, holder, arena));
    return set_words(why, arena, reads ? WHY_READING : WHY_WATERMARK, &text);
}

/* No watermark lets it go: those above it wait with it. */
static Status judge_later_rows(Why *why, Arena *arena)
{
    StrBuf text;
    Text title = why->main->title, ttl = TEXT("ttl=[");
    strbuf_init(&text, NULL);
    why_put_later_rows(why->main, &text);
    TRY(arena_printf(arena, &why->hint, "%s",
                     memmem(title.ptr, title.size, ttl.ptr, ttl.size) != NULL
                         ? "when none has come for its ttl it goes out without them"
                         : "with 'table.exec.state.ttl' it goes out without them when none has "
                           "come for so long"));
    return set_words(why, arena, WHY_LATER_ROWS, &text);
}

static Status judge_wait(Why *why, Arena *arena)
{
    const WhyTable *table = why->main->table;
    if (why->main->for_rows)
        return judge_later_rows(why, arena);
    const WhySplit *holder = table == NULL ? NULL : find_holder(table);
    if (holder != NULL)
        return judge_held(why, table, holder, arena);
    StrBuf text;
    strbuf_init(&text, NULL);
    why_put_awaited(why->main, &text);
    if (why->main->by_clock) {
        strbuf_string(&text, " goes out when the clock has passed it");
        return set_words(why, arena, WHY_CLOCK, &text);
    }
    strbuf_string(&text, " needs the watermark ");
    why_put_time(why->main->due, false, &text);
    if (table != NULL)
        strbuf_printf(&text, ", and all parts of %.*s are idle: the next row moves it",
                      TEXT_ARG(table->name));
    return set_words(why, arena, WHY_ALL_IDLE, &text);
}

/* While nothing is wrong, what goes out before the watermark comes is what is waited for. */
static Status judge_firing(Why *why, Arena *arena)
{
    StrBuf text;
    uint32_t i = 0;
    while (i < why->wait.count && !why->wait.item[i].fires)
        i++;
    bool well = why->cause == WHY_WATERMARK || why->cause == WHY_CLOCK || why->cause == WHY_CURRENT;
    if (i == why->wait.count || !well)
        return ST_OK;
    why->main = &why->wait.item[i];
    why->cause_since = 0;
    strbuf_init(&text, NULL);
    why_put_firing(why->main, &text);
    TRY(arena_printf(arena, &why->hint,
                     "'table.exec.emit.early-fire.delay' and 'table.exec.emit.late-fire.delay' say "
                     "how long it waits"));
    return set_words(why, arena, WHY_CLOCK, &text);
}

/* Its table has come to what it needs: it is held back on the way, by rows that wait for others. */
static bool is_held_by_rows(const WhyWait *wait, const WhyWait *rows)
{
    return text_equal(wait->view, rows->view) && !wait->for_rows && wait->table != NULL &&
           wait->table->watermark != MICROS_MAX && wait->due <= wait->table->watermark;
}

/* The one whose table stands lowest: what it waits for, the others wait for as well. */
static const WhyWait *find_main(const Why *why)
{
    const WhyWait *lowest = NULL;
    for (uint32_t i = 0; i < why->wait.count; i++) {
        const WhyWait *wait = &why->wait.item[i];
        if (wait->fires)
            continue;
        bool lower = lowest != NULL && wait->table != NULL && lowest->table != NULL &&
                     wait->table->watermark < lowest->table->watermark;
        if (lowest == NULL || lower || (wait->for_rows && is_held_by_rows(lowest, wait)))
            lowest = wait;
    }
    return lowest;
}

static Status judge_current(Why *why, Arena *arena)
{
    StrBuf text;
    int64_t lag = lag_of(why);
    strbuf_init(&text, NULL);
    if (lag > 0) {
        strbuf_string(&text, "it reads: ");
        number_put_bytes(&text, (uint64_t)lag);
        strbuf_string(&text, " are still to come");
    } else {
        strbuf_string(&text, "nothing is waited for: all that has come is in its views");
    }
    return set_words(why, arena, lag > 0 ? WHY_READING : WHY_CURRENT, &text);
}

Status why_judge(Why *why, Arena *arena)
{
    int64_t read = 0;
    for (uint32_t i = 0; i < why->count.count; i++)
        read += why->count.item[i].read;
    const WhyCount *unused = find_unused(why);
    if (why->state != JOB_RUNNING)
        return judge_state(why, arena);
    if (why->replaying) {
        why->cause = WHY_REPLAYING;
        why->cause_since = why->since;
        return arena_printf(arena, &why->says,
                            "it reads once more what it had read before it was cut off");
    }
    if (read == 0)
        return judge_nothing(why, arena);
    if (unused != NULL)
        return judge_unused(why, unused, arena);
    why->main = find_main(why);
    TRY(why->main != NULL ? judge_wait(why, arena) : judge_current(why, arena));
    return judge_firing(why, arena);
}
