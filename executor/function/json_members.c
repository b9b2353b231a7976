/* The members of an object, and values as compact JSON with sorted members: without recursion, with
 * one frame for each object or array that is open. */
#include <assert.h>

#include "executor/function/json_find.h"
#include "storage/base/limits.h"
#include "storage/base/vec.h"

/* --- sorting --- */

static void merge(const Text *key, const uint32_t *from, uint32_t *to, uint32_t first,
                  uint32_t middle, uint32_t end)
{
    uint32_t a = first, b = middle;
    for (uint32_t i = first; i < end; i++) {
        bool left = a < middle && (b == end || json_compare_keys(key[from[a]], key[from[b]]) <= 0);
        to[i] = from[left ? a++ : b++];
    }
}

Status json_sort_keys(const Text *key, uint32_t count, Arena *scratch, uint32_t **sorted)
{
    uint32_t *from, *to;
    TRY_NEW_ARRAY(from, scratch, count);
    TRY_NEW_ARRAY(to, scratch, count);
    for (uint32_t i = 0; i < count; i++)
        from[i] = i;
    assert(count < UINT32_C(1) << 31); /* a text has fewer bytes */
    for (uint32_t run = 1; run < count; run *= 2) {
        for (uint32_t first = 0; first < count; first += 2 * run) {
            uint32_t middle = first + run < count ? first + run : count;
            merge(key, from, to, first, middle, middle + run < count ? middle + run : count);
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    *sorted = from;
    return ST_OK;
}

static Status sort_members(const JsonMember *member, uint32_t count, Arena *scratch,
                           uint32_t **sorted)
{
    Text *key;
    TRY_NEW_ARRAY(key, scratch, count);
    for (uint32_t i = 0; i < count; i++)
        key[i] = member[i].key;
    return json_sort_keys(key, count, scratch, sorted);
}

static bool is_sorted(const JsonMember *member, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (json_compare_keys(member[i - 1].key, member[i].key) >= 0)
            return false;
    }
    return true;
}

/* Of equal keys the first stays, with the value of the last. Leaves in `sorted` those that stay. */
static uint32_t drop_repeated(JsonMember *member, uint32_t *sorted, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        JsonMember *last = kept > 0 ? &member[sorted[kept - 1]] : NULL;
        if (last != NULL && text_equal(last->key, member[sorted[i]].key))
            last->value = member[sorted[i]].value;
        else
            sorted[kept++] = sorted[i];
    }
    return kept;
}

/* The members that stay, in the order wanted. */
static Status arrange(JsonMember *member, uint32_t *sorted, uint32_t kept, uint32_t count,
                      JsonMemberOrder order, Arena *scratch, JsonMember **out)
{
    JsonMember *copy;
    bool *stays;
    TRY_NEW_ARRAY(copy, scratch, kept);
    *out = copy;
    if (order == JSON_BY_KEY) {
        for (uint32_t i = 0; i < kept; i++)
            copy[i] = member[sorted[i]];
        return ST_OK;
    }
    TRY_NEW_ARRAY(stays, scratch, count);
    for (uint32_t i = 0; i < kept; i++)
        stays[sorted[i]] = true;
    for (uint32_t i = 0; i < count; i++) {
        if (stays[i])
            *copy++ = member[i];
    }
    return ST_OK;
}

Status json_members(const JsonToken *object, JsonMemberOrder order, Arena *scratch,
                    JsonMember **out, uint32_t *count)
{
    VEC(JsonMember) list = {0};
    JsonCursor cursor = json_cursor_open(object);
    JsonToken name;
    JsonMember member;
    uint32_t *sorted;
    while (json_cursor_next(&cursor, &name, &member.value)) {
        TRY(json_token_text(&name, scratch, &member.key));
        TRY_PUSH(&list, scratch, member);
    }
    *out = list.item;
    *count = list.count;
    if (is_sorted(list.item, list.count))
        return ST_OK;
    TRY(sort_members(list.item, list.count, scratch, &sorted));
    *count = drop_repeated(list.item, sorted, list.count);
    if (*count == list.count && order == JSON_AS_WRITTEN)
        return ST_OK;
    return arrange(list.item, sorted, *count, list.count, order, scratch, out);
}

/* --- printing --- */

typedef struct Frame {
    bool object, first;
    JsonCursor cursor; /* of an array */
    const JsonMember *member;
    uint32_t next, count;
} Frame;

static void print_scalar(const JsonToken *value, StrBuf *out)
{
    if (value->kind != JSON_STRING) {
        strbuf_put(out, value->ptr, value->size);
        return;
    }
    uint32_t size = value->size + 2; /* with its quotes */
    char *room = strbuf_room(out, json_compact_bound(value->ptr - 1, size));
    if (room != NULL)
        out->size += json_compact(value->ptr - 1, size, room);
}

static bool is_picked(const JsonStep *pick, Text key)
{
    for (uint32_t i = 0; i < pick->count; i++) {
        if (text_equal(pick->key[i], key))
            return true;
    }
    return false;
}

static Status open_frame(const JsonToken *value, const JsonStep *pick, Arena *scratch, Frame *frame,
                         StrBuf *out)
{
    *frame = (Frame){.object = value->kind == JSON_OBJECT, .first = true};
    strbuf_char(out, frame->object ? '{' : '[');
    if (!frame->object) {
        frame->cursor = json_cursor_open(value);
        return ST_OK;
    }
    JsonMember *member;
    TRY(json_members(value, JSON_BY_KEY, scratch, &member, &frame->count));
    frame->member = member;
    if (pick == NULL)
        return ST_OK;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < frame->count; i++) {
        if (is_picked(pick, member[i].key))
            member[kept++] = member[i];
    }
    frame->count = kept;
    return ST_OK;
}

/* Writes what stands before the frame's next value; false when there is none. */
static bool next_value(Frame *frame, JsonToken *value, StrBuf *out)
{
    bool more =
        frame->object ? frame->next < frame->count : json_cursor_next(&frame->cursor, NULL, value);
    if (!more)
        return false;
    if (!frame->first)
        strbuf_char(out, ',');
    frame->first = false;
    if (frame->object) {
        json_print_text(frame->member[frame->next].key, out);
        strbuf_char(out, ':');
        *value = frame->member[frame->next++].value;
    }
    return true;
}

Status json_print_value(const JsonToken *value, const JsonStep *pick, Arena *scratch, StrBuf *out)
{
    Frame frame[LIMIT_JSON_DEPTH + 1];
    uint32_t depth = 0;
    JsonToken next = *value;
    for (;;) {
        if (next.kind == JSON_OBJECT || next.kind == JSON_ARRAY) {
            assert(depth <= LIMIT_JSON_DEPTH);
            TRY(open_frame(&next, depth == 0 ? pick : NULL, scratch, &frame[depth], out));
            depth++;
        } else {
            print_scalar(&next, out);
        }
        while (depth > 0 && !next_value(&frame[depth - 1], &next, out)) {
            strbuf_char(out, frame[depth - 1].object ? '}' : ']');
            depth--;
        }
        if (depth == 0)
            return strbuf_status(out);
    }
}
