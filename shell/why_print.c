/* What is known of a job's waiting, as lines for people. */
#include "shell/why.h"

#include "shell/cell_text.h"
#include "shell/numbers.h"
#include "storage/data/timestamp.h"

enum {
    SPLITS_SHOWN = 10, /* of a table; the lowest ones */
    INDENT = 2,
};

/* --- words --- */

void why_put_time(Micros time, bool utc, StrBuf *out)
{
    char text[40];
    uint32_t size = timestamp_format(time, 3, text);
    strbuf_text(out, (Text){text, size});
    if (utc)
        strbuf_char(out, 'Z');
}

void why_put_span(Micros span, StrBuf *out)
{
    static const struct {
        const char *name, *part_name;
        int64_t seconds, part;
    } unit[] = {{"days", "h", 86400, 3600}, {"h", "min", 3600, 60}, {"min", "s", 60, 1}};
    int64_t seconds = span / MICROS_PER_SECOND;
    for (uint32_t i = 0; i < sizeof unit / sizeof *unit; i++) {
        if (seconds < unit[i].seconds)
            continue;
        int64_t whole = seconds / unit[i].seconds;
        strbuf_printf(out, "%lld %s", (long long)whole,
                      i == 0 && whole == 1 ? "day" : unit[i].name);
        int64_t part = seconds % unit[i].seconds / unit[i].part;
        if (part > 0)
            strbuf_printf(out, " %lld %s", (long long)part, unit[i].part_name);
        return;
    }
    int64_t milli = span / MICROS_PER_MILLI % 1000;
    if (milli == 0 || seconds >= 10)
        strbuf_printf(out, "%lld s", (long long)seconds);
    else
        strbuf_printf(out, "%lld.%03lld s", (long long)seconds, (long long)milli);
}

/* What each kind of operator keeps until the watermark has come. */
static const struct {
    const char *title, *what;
    bool window; /* `what` is said of the end, which is 1 ms behind what is due */
} awaited[] = {
    {"WindowAggregate", "the window that ends at", true},
    {"SessionAggregate", "the session that ends at", true},
    {"WindowRank", "the window that ends at", true},
    {"UpdatingWindowAggregate", "the window that ends or is closed at", true},
    {"UpdatingSessionAggregate", "the session that ends or is closed at", true},
    {"TimeSort", "the row of", false},
    {"OverAggregate", "the row of OVER that is complete at", false},
    {"Deduplicate", "the first row of a key, at", false},
    {"", "what is kept for", false},
};

Text why_wait_kind(const WhyWait *wait)
{
    const char *bracket = memchr(wait->title.ptr, '(', wait->title.size);
    uint32_t size = bracket == NULL ? wait->title.size : (uint32_t)(bracket - wait->title.ptr);
    return (Text){wait->title.ptr, size};
}

void why_put_awaited(const WhyWait *wait, StrBuf *out)
{
    uint32_t i = 0;
    if (wait->for_rows) {
        strbuf_string(out, "the row of OVER at ");
        why_put_time(wait->due, false, out);
        return;
    }
    while (awaited[i].title[0] != '\0' && !text_is(why_wait_kind(wait), awaited[i].title))
        i++;
    strbuf_printf(out, "%s ", awaited[i].what);
    why_put_time(wait->due + (awaited[i].window ? MICROS_PER_MILLI : 0), false, out);
}

void why_put_firing(const WhyWait *wait, StrBuf *out)
{
    bool session = text_is(why_wait_kind(wait), "UpdatingSessionAggregate");
    strbuf_printf(out, "what has changed in %s", session ? "sessions" : "windows");
    if (wait->view.size > 0)
        strbuf_printf(out, " of %.*s", TEXT_ARG(wait->view));
    strbuf_string(out, " goes out by the clock at ");
    why_put_time(wait->due, true, out);
}

void why_put_later_rows(const WhyWait *wait, StrBuf *out)
{
    why_put_awaited(wait, out);
    strbuf_string(out, " waits for later rows of its partition");
}

/* --- lines --- */

/* Words go on in the next line, further in, where one would get too long. */
static void put_wrapped(StrBuf *out, uint32_t indent, Text text)
{
    uint32_t column = indent, at = 0, begun = indent;
    strbuf_repeat(out, ' ', indent);
    while (at < text.size) {
        uint32_t end = at;
        while (end < text.size && text.ptr[end] != ' ')
            end++;
        Text word = {text.ptr + at, end - at};
        uint32_t width = text_width(word);
        if (column > begun && column + 1 + width > WHY_WIDTH) {
            column = begun = 2 * INDENT;
            strbuf_char(out, '\n');
            strbuf_repeat(out, ' ', begun);
        }
        if (column > begun) {
            strbuf_char(out, ' ');
            column++;
        }
        text_put_escaped(out, word, ESCAPE_LAYOUT);
        column += width;
        at = end + (end < text.size);
    }
    strbuf_char(out, '\n');
}

/* Whole seconds, where there are any: how long ago is not known better. */
static void put_age(const Why *why, Micros since, StrBuf *out)
{
    Micros age = why->now > since ? why->now - since : 0;
    why_put_span(age < MICROS_PER_SECOND ? age : age - age % MICROS_PER_SECOND, out);
}

static void put_since(const Why *why, Micros since, StrBuf *out)
{
    strbuf_string(out, "since ");
    why_put_time(since, true, out);
    strbuf_string(out, " (");
    put_age(why, since, out);
    strbuf_char(out, ')');
}

static void print_cause(const Why *why, StrBuf *out)
{
    StrBuf line;
    strbuf_init(&line, NULL);
    strbuf_printf(&line, "job %lld (%.*s), %s", (long long)why->job, TEXT_ARG(why->name),
                  job_state_name(why->state));
    put_wrapped(out, 0, strbuf_as_text(&line));
    strbuf_clear(&line);
    strbuf_text(&line, why->says);
    if (why->cause_since != 0) {
        strbuf_string(&line, ", ");
        put_since(why, why->cause_since, &line);
    }
    put_wrapped(out, INDENT, strbuf_as_text(&line));
    strbuf_clear(&line);
    if (why->hint.size > 0) {
        strbuf_printf(&line, "hint: %.*s", TEXT_ARG(why->hint));
        put_wrapped(out, INDENT, strbuf_as_text(&line));
    }
    if (line.failed)
        out->failed = true;
    strbuf_close(&line);
}

static void put_gap(Micros from, Micros to, StrBuf *out)
{
    Micros gap;
    if (from == MICROS_MIN || __builtin_sub_overflow(to, from, &gap) || gap < 0)
        return;
    strbuf_string(out, ": ");
    why_put_span(gap, out);
    strbuf_string(out, " to go");
}

/* "; delays: early 10 s, late 1 min", as the operator's title has them. */
static void put_delays(Text title, StrBuf *out)
{
    Text emit = TEXT("emit=["), lateness = TEXT(", lateness ");
    const char *from = memmem(title.ptr, title.size, emit.ptr, emit.size);
    if (from == NULL)
        return;
    from += emit.size;
    size_t size = (size_t)(title.ptr + title.size - from);
    const char *end = memchr(from, ']', size);
    size = end == NULL ? size : (size_t)(end - from);
    end = memmem(from, size, lateness.ptr, lateness.size);
    strbuf_printf(out, "; delays: %.*s", (int)(end == NULL ? size : (size_t)(end - from)), from);
}

static void put_wait(const Why *why, const WhyWait *wait, StrBuf *out)
{
    if (wait->fires) {
        why_put_firing(wait, out);
        put_gap(why->now, wait->due, out);
        put_delays(wait->title, out);
        return;
    }
    if (wait->view.size > 0)
        strbuf_printf(out, "%.*s: ", TEXT_ARG(wait->view));
    if (wait->for_rows) {
        why_put_later_rows(wait, out);
        strbuf_printf(out, " (%.*s)", TEXT_ARG(why_wait_kind(wait)));
        return;
    }
    why_put_awaited(wait, out);
    strbuf_printf(out, " (%.*s) needs the %s ", TEXT_ARG(why_wait_kind(wait)),
                  wait->by_clock ? "clock at" : "watermark");
    why_put_time(wait->due, false, out);
    if (wait->watermark == MICROS_MIN && !wait->by_clock)
        strbuf_string(out, "; there is none yet");
    else
        put_gap(wait->by_clock ? why->now : wait->watermark, wait->due, out);
}

static void print_waits(const Why *why, StrBuf *out)
{
    StrBuf line;
    strbuf_init(&line, NULL);
    if (why->wait.count > 0)
        strbuf_string(out, "waiting\n");
    for (uint32_t i = 0; i < why->wait.count; i++) {
        strbuf_clear(&line);
        put_wait(why, &why->wait.item[i], &line);
        put_wrapped(out, INDENT, strbuf_as_text(&line));
    }
    if (line.failed)
        out->failed = true;
    strbuf_close(&line);
}

/* --- input --- */

static void put_state(const Why *why, const WhyTable *table, const WhySplit *split, StrBuf *out)
{
    if (split->ended)
        strbuf_string(out, "ended");
    else if (split->idle)
        strbuf_string(out, "idle: not waited for");
    else if (split->holds && table->split.count > 1)
        strbuf_string(out, "holds the watermark");
    else
        strbuf_string(out, "read");
    if (!split->ended && split->lag > 0) {
        strbuf_string(out, ", ");
        if (text_is(table->unit, "bytes"))
            number_put_bytes(out, (uint64_t)split->lag);
        else
            number_put_count(out, (uint64_t)split->lag);
        strbuf_string(out, text_is(table->unit, "bytes") ? " behind" : " rows behind");
    }
    if (!split->ended && split->last_arrival != 0) {
        strbuf_string(out, ", silent for ");
        put_age(why, split->last_arrival, out);
    }
}

static void put_watermark(const WhyTable *table, const WhySplit *split, StrBuf *out)
{
    if (!table->timed)
        return;
    if (split->watermark == MICROS_MIN)
        strbuf_string(out, "no watermark yet       ");
    else
        why_put_time(split->watermark, false, out);
    strbuf_string(out, "  ");
}

static void print_split(const Why *why, const WhyTable *table, const WhySplit *split,
                        uint32_t width, StrBuf *out)
{
    strbuf_repeat(out, ' ', 2 * INDENT);
    if (width > 0) {
        text_put_escaped(out, split->name, ESCAPE_LAYOUT);
        uint32_t used = text_width(split->name);
        strbuf_repeat(out, ' ', (used < width ? width - used : 0) + 2);
    }
    put_watermark(table, split, out);
    put_state(why, table, split, out);
    strbuf_char(out, '\n');
}

/* The next one to be shown: by watermark, those that hold nothing back last. */
static bool comes_before(const WhySplit *a, const WhySplit *b)
{
    bool waited_a = !a->idle && !a->ended, waited_b = !b->idle && !b->ended;
    if (waited_a != waited_b)
        return waited_a;
    return a->watermark < b->watermark;
}

/* The `most` first ones of the table in that order. */
static uint32_t choose_splits(const WhyTable *table, const WhySplit **out, uint32_t most)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < table->split.count; i++) {
        const WhySplit *split = &table->split.item[i];
        uint32_t at = count < most ? count++ : most;
        while (at > 0 && comes_before(split, out[at - 1])) {
            if (at < most)
                out[at] = out[at - 1];
            at--;
        }
        if (at < most)
            out[at] = split;
    }
    return count;
}

static void print_table(const Why *why, const WhyTable *table, StrBuf *out)
{
    const WhySplit *split[SPLITS_SHOWN];
    uint32_t count = choose_splits(table, split, SPLITS_SHOWN), width = 0;
    strbuf_repeat(out, ' ', INDENT);
    text_put_escaped(out, table->name, ESCAPE_LAYOUT);
    if (!table->timed)
        strbuf_string(out, ": has no watermark");
    strbuf_char(out, '\n');
    for (uint32_t i = 0; i < count; i++) {
        uint32_t own = text_width(split[i]->name);
        width = own > width ? own : width;
    }
    for (uint32_t i = 0; i < count; i++)
        print_split(why, table, split[i], width, out);
    if (table->split.count > count)
        strbuf_printf(out, "    and %u more\n", table->split.count - count);
}

static void print_count(const WhyCount *count, StrBuf *out)
{
    static const char *const what[] = {"read", "used", "left out", "late", "rejected", "skipped"};
    const int64_t number[] = {count->read, count->used,     count->filtered,
                              count->late, count->rejected, count->skipped};
    StrBuf line;
    strbuf_init(&line, NULL);
    strbuf_printf(&line, "%.*s from %.*s: ", TEXT_ARG(count->view), TEXT_ARG(count->source));
    for (uint32_t i = 0; i < sizeof number / sizeof *number; i++) {
        if (i > 1 && number[i] == 0)
            continue;
        strbuf_string(&line, i == 0 ? "" : ", ");
        number_put_count(&line, (uint64_t)number[i]);
        strbuf_printf(&line, " %s", what[i]);
    }
    if (count->late_above > 0) {
        strbuf_string(&line, "; late for an operator above: ");
        number_put_count(&line, (uint64_t)count->late_above);
    }
    if (count->late + count->late_above > 0)
        strbuf_printf(&line, "; \"%.*s$late\" has %s", TEXT_ARG(count->view),
                      count->rejected > 0 ? "the late ones, _weir_rejected the others" : "them");
    put_wrapped(out, INDENT, strbuf_as_text(&line));
    if (line.failed)
        out->failed = true;
    strbuf_close(&line);
}

void why_print(const Why *why, StrBuf *out)
{
    print_cause(why, out);
    print_waits(why, out);
    if (why->table.count > 0)
        strbuf_string(out, "input\n");
    for (uint32_t i = 0; i < why->table.count; i++)
        print_table(why, &why->table.item[i], out);
    if (why->count.count > 0)
        strbuf_string(out, "records\n");
    for (uint32_t i = 0; i < why->count.count; i++)
        print_count(&why->count.item[i], out);
    if (why->rejection.size > 0) {
        strbuf_string(out, "  last rejected: ");
        text_put_folded(out, why->rejection, WHY_WIDTH - 17);
        strbuf_char(out, '\n');
    }
}
