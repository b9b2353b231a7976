/* What is known of a job's waiting, as JSON for programs. */
#include "shell/why.h"

#include "shell/json_text.h"

static void json_name(StrBuf *out, const char *name, bool *first)
{
    strbuf_string(out, *first ? "{" : ",");
    strbuf_printf(out, "\"%s\":", name);
    *first = false;
}

static void json_time(StrBuf *out, Micros time, bool known, bool utc)
{
    strbuf_string(out, known ? "\"" : "null");
    if (!known)
        return;
    why_put_time(time, utc, out);
    strbuf_char(out, '"');
}

static void json_number(StrBuf *out, int64_t number)
{
    if (number == INT64_MIN)
        strbuf_string(out, "null");
    else
        strbuf_i64(out, number);
}

static void json_split(const WhySplit *split, StrBuf *out)
{
    bool first = true;
    json_name(out, "split", &first);
    json_put_string(out, split->name);
    json_name(out, "watermark", &first);
    json_time(out, split->watermark, split->watermark != MICROS_MIN, false);
    json_name(out, "moved", &first);
    json_time(out, split->moved, split->moved != 0, true);
    json_name(out, "last_arrival", &first);
    json_time(out, split->last_arrival, split->last_arrival != 0, true);
    json_name(out, "holds", &first);
    strbuf_string(out, split->holds ? "true" : "false");
    json_name(out, "idle", &first);
    strbuf_string(out, split->idle ? "true" : "false");
    json_name(out, "ended", &first);
    strbuf_string(out, split->ended ? "true" : "false");
    json_name(out, "lag", &first);
    json_number(out, split->lag);
    strbuf_char(out, '}');
}

void why_print_tables(const Why *why, StrBuf *out)
{
    strbuf_char(out, '[');
    for (uint32_t i = 0; i < why->table.count; i++) {
        const WhyTable *table = &why->table.item[i];
        bool first = true, known = table->watermark != MICROS_MIN && table->watermark != MICROS_MAX;
        strbuf_string(out, i == 0 ? "" : ",");
        json_name(out, "table", &first);
        json_put_string(out, table->name);
        json_name(out, "unit", &first);
        json_put_string(out, table->unit);
        json_name(out, "watermark", &first);
        json_time(out, table->watermark, table->timed && known, false);
        json_name(out, "splits", &first);
        strbuf_char(out, '[');
        for (uint32_t s = 0; s < table->split.count; s++) {
            strbuf_string(out, s == 0 ? "" : ",");
            json_split(&table->split.item[s], out);
        }
        strbuf_string(out, "]}");
    }
    strbuf_char(out, ']');
}

void why_print_waits(const Why *why, StrBuf *out)
{
    strbuf_char(out, '[');
    for (uint32_t i = 0; i < why->wait.count; i++) {
        const WhyWait *wait = &why->wait.item[i];
        bool first = true;
        strbuf_string(out, i == 0 ? "" : ",");
        json_name(out, "view", &first);
        json_put_string(out, wait->view);
        json_name(out, "operator", &first);
        json_put_string(out, why_wait_kind(wait));
        json_name(out, "table", &first);
        json_put_string(out, wait->table == NULL ? TEXT_NONE : wait->table->name);
        json_name(out, "watermark", &first);
        json_time(out, wait->watermark, wait->watermark != MICROS_MIN, false);
        json_name(out, "due", &first);
        json_time(out, wait->due, !wait->for_rows && !wait->fires, false);
        json_name(out, "row", &first);
        json_time(out, wait->due, wait->for_rows, false);
        json_name(out, "fires", &first);
        json_time(out, wait->due, wait->fires, true);
        json_name(out, "groups", &first);
        json_number(out, wait->groups);
        json_name(out, "windows", &first);
        json_number(out, wait->windows);
        strbuf_char(out, '}');
    }
    strbuf_char(out, ']');
}

void why_print_counts(const Why *why, StrBuf *out)
{
    strbuf_char(out, '[');
    for (uint32_t i = 0; i < why->count.count; i++) {
        const WhyCount *count = &why->count.item[i];
        bool first = true;
        strbuf_string(out, i == 0 ? "" : ",");
        json_name(out, "view", &first);
        json_put_string(out, count->view);
        json_name(out, "source", &first);
        json_put_string(out, count->source);
        strbuf_printf(out,
                      ",\"read\":%lld,\"used\":%lld,\"filtered\":%lld,\"late\":%lld,"
                      "\"rejected\":%lld,\"skipped\":%lld}",
                      (long long)count->read, (long long)count->used, (long long)count->filtered,
                      (long long)count->late, (long long)count->rejected,
                      (long long)count->skipped);
    }
    strbuf_char(out, ']');
}
