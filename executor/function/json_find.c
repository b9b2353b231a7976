/* A step takes a list of values to a list of values, from the text's root on. All values are
 * visited in the order of a walk from left to right, since each step keeps the order.
 *
 * A strict path that meets what it cannot pass (a key that is missing, an index of an object) is
 * wrong; behind a step that gives several values it goes on with the others. */
#include "executor/function/json_find.h"

#include <assert.h>

#include "storage/base/limits.h"
#include "storage/base/vec.h"

/* --- small questions --- */

Status json_token_text(const JsonToken *token, Arena *scratch, Text *out)
{
    *out = (Text){token->ptr, token->size};
    if (token->kind != JSON_STRING || !token->escaped)
        return ST_OK;
    char *copy = arena_alloc(scratch, (size_t)token->size + 1);
    if (copy == NULL)
        return ST_NOMEM;
    *out = (Text){copy, json_unescape(token->ptr, token->size, copy)};
    return ST_OK;
}

/* Code points above the 16-bit ones are pairs of surrogates in UTF-16, which sort before U+E000. */
static unsigned utf16_rank(char byte)
{
    unsigned c = (unsigned char)byte;
    return c == 0xEE || c == 0xEF ? c + 0x10 : c;
}

int json_compare_keys(Text a, Text b)
{
    uint32_t size = a.size < b.size ? a.size : b.size;
    for (uint32_t i = 0; i < size; i++) {
        if (a.ptr[i] != b.ptr[i])
            return utf16_rank(a.ptr[i]) < utf16_rank(b.ptr[i]) ? -1 : 1;
    }
    return a.size == b.size ? 0 : a.size < b.size ? -1 : 1;
}

/* 0.d1 d2 d3 ... times ten to the exponent, where d1 is not 0; size 0: zero. */
typedef struct Digits {
    bool negative;
    const char *ptr, *end; /* with a point among them, perhaps */
    int64_t exponent;
} Digits;

static Digits digits_of(Text number)
{
    enum { EXPONENT_MAX = 1000000000 };
    Digits d = {.ptr = number.ptr, .end = number.ptr + number.size};
    const char *end = d.end;
    d.negative = *d.ptr == '-';
    d.ptr += d.negative;
    const char *e = d.ptr;
    while (e < end && *e != 'e' && *e != 'E')
        e++;
    d.end = e;
    if (e < end) {
        bool minus = e[1] == '-';
        for (e += 1 + (minus || e[1] == '+'); e < end; e++)
            d.exponent = d.exponent < EXPONENT_MAX ? d.exponent * 10 + (*e - '0') : d.exponent;
        d.exponent = minus ? -d.exponent : d.exponent;
    }
    const char *point = memchr(d.ptr, '.', (size_t)(d.end - d.ptr));
    d.exponent += (point == NULL ? d.end : point) - d.ptr;
    for (; d.ptr < d.end && (*d.ptr == '0' || *d.ptr == '.'); d.ptr++)
        d.exponent -= *d.ptr == '0';
    return d;
}

static char next_digit(Digits *d)
{
    if (d->ptr < d->end && *d->ptr == '.')
        d->ptr++;
    return d->ptr < d->end ? *d->ptr++ : '0';
}

int json_compare_numbers(Text a, Text b)
{
    Digits x = digits_of(a), y = digits_of(b);
    bool x_zero = x.ptr == x.end, y_zero = y.ptr == y.end;
    if (x_zero || y_zero)
        return x_zero && y_zero ? 0 : x_zero ? (y.negative ? 1 : -1) : x.negative ? -1 : 1;
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    int sign = x.negative ? -1 : 1;
    if (x.exponent != y.exponent)
        return x.exponent < y.exponent ? -sign : sign;
    while (x.ptr < x.end || y.ptr < y.end) {
        char p = next_digit(&x), q = next_digit(&y);
        if (p != q)
            return p < q ? -sign : sign;
    }
    return 0;
}

/* --- down to one value --- */

static Status key_is(const JsonToken *token, Text key, Arena *scratch, bool *out)
{
    Text text = {token->ptr, token->size};
    *out = false;
    if (token->escaped && token->size <= key.size)
        return ST_OK; /* an escape is longer than what it stands for */
    if (token->escaped)
        TRY(json_token_text(token, scratch, &text));
    *out = text_equal(text, key);
    return ST_OK;
}

/* The last one of that key. */
static Status find_member(const JsonToken *object, Text key, Arena *scratch, JsonToken *out,
                          bool *found)
{
    JsonCursor cursor = json_cursor_open(object);
    JsonToken name, value;
    *found = false;
    while (json_cursor_next(&cursor, &name, &value)) {
        bool equal;
        TRY(key_is(&name, key, scratch, &equal));
        if (equal) {
            *out = value;
            *found = true;
        }
    }
    return ST_OK;
}

static uint32_t count_elements(const JsonToken *array)
{
    JsonCursor cursor = json_cursor_open(array);
    JsonToken value;
    uint32_t count = 0;
    while (json_cursor_next(&cursor, NULL, &value))
        count++;
    return count;
}

static bool find_element(const JsonToken *array, int64_t index, JsonToken *out)
{
    if (index < 0)
        index += count_elements(array);
    JsonCursor cursor = json_cursor_open(array);
    for (int64_t i = 0; index >= 0 && json_cursor_next(&cursor, NULL, out); i++) {
        if (i == index)
            return true;
    }
    return false;
}

Status json_descend(const JsonStep *step, JsonToken *at, Arena *scratch, bool *found)
{
    JsonToken container = *at;
    *found = false;
    if (step->kind == JSON_STEP_KEY && container.kind == JSON_OBJECT)
        return find_member(&container, *step->key, scratch, at, found);
    if (step->kind == JSON_STEP_INDEX && container.kind == JSON_ARRAY)
        *found = find_element(&container, *step->index, at);
    return ST_OK;
}

/* --- steps over lists --- */

typedef VEC(JsonToken) TokenList;

typedef struct Walk {
    JsonToken root;
    Arena *scratch;
    TokenList now, next;
    const JsonFilterRoots *roots; /* of the step at hand, if that is a filter */
    uint32_t met;                 /* values */
    uint64_t bytes;               /* looked through */
    const char *wrong;            /* of a strict path */
    bool fatal;                   /* of a lax one, too */
} Walk;

static const char *const nothing_there = "there is no value at the path";

static void give_up(Walk *walk)
{
    walk->wrong = "the path has too much to look through";
    walk->fatal = true;
}

/* A value is looked through once for each key, index or test of the step, and once at least. */
static void spend(Walk *walk, const JsonStep *step, const JsonToken *value)
{
    uint64_t times = step->kind == JSON_STEP_FILTER ? step->filter->ops : step->count;
    walk->bytes += value->size * (times > 1 ? times : 1);
    if (walk->bytes > LIMIT_JSON_PATH_BYTES)
        give_up(walk);
}

static Status push(Walk *walk, const JsonToken *token)
{
    if (walk->met == LIMIT_JSON_PATH_VALUES) {
        give_up(walk);
        return ST_OK;
    }
    walk->met++;
    TRY_PUSH(&walk->next, walk->scratch, *token);
    return ST_OK;
}

static Status step_key(Walk *walk, const JsonStep *step, const JsonToken *here, bool last)
{
    if (here->kind != JSON_OBJECT) {
        if (step->certain)
            walk->wrong = "a key of what is no object";
        return ST_OK;
    }
    for (uint32_t i = 0; i < step->count; i++) {
        JsonToken value;
        bool found;
        TRY(find_member(here, step->key[i], walk->scratch, &value, &found));
        if (found)
            TRY(push(walk, &value));
        else if (step->certain && !last && step->kind == JSON_STEP_KEY)
            walk->wrong = nothing_there;
    }
    return ST_OK;
}

/* The object itself; printing picks the members. Behind `..` it must have them all. */
static Status step_pick(Walk *walk, const JsonStep *step, const JsonToken *here)
{
    if (here->kind != JSON_OBJECT) {
        if (step->certain)
            walk->wrong = "a key of what is no object";
        return ST_OK;
    }
    for (uint32_t i = 0; step->deep && i < step->count; i++) {
        JsonToken value;
        bool found;
        TRY(find_member(here, step->key[i], walk->scratch, &value, &found));
        if (!found)
            return ST_OK;
    }
    return push(walk, here);
}

static Status step_index(Walk *walk, const JsonStep *step, const JsonToken *here)
{
    if (here->kind != JSON_ARRAY) {
        if (step->certain)
            walk->wrong = "an index of what is no array";
        return ST_OK;
    }
    for (uint32_t i = 0; i < step->count; i++) {
        JsonToken value;
        if (find_element(here, step->index[i], &value))
            TRY(push(walk, &value));
    }
    return ST_OK;
}

static int64_t slice_bound(int64_t index, int64_t count)
{
    if (index < 0)
        index += count;
    return index < 0 ? 0 : index > count ? count : index;
}

static Status step_slice(Walk *walk, const JsonStep *step, const JsonToken *here)
{
    if (here->kind != JSON_ARRAY) {
        if (step->certain)
            walk->wrong = "a slice of what is no array";
        return ST_OK;
    }
    int64_t count = count_elements(here);
    int64_t start = step->has_start ? slice_bound(step->index[0], count) : 0;
    int64_t end = step->has_end ? slice_bound(step->index[1], count) : count;
    JsonCursor cursor = json_cursor_open(here);
    JsonToken value;
    for (int64_t i = 0; i < end && json_cursor_next(&cursor, NULL, &value); i++) {
        if (i >= start)
            TRY(push(walk, &value));
    }
    return ST_OK;
}

static Status push_members(Walk *walk, const JsonToken *object)
{
    JsonMember *member;
    uint32_t count;
    TRY(json_members(object, JSON_AS_WRITTEN, walk->scratch, &member, &count));
    for (uint32_t i = 0; i < count; i++)
        TRY(push(walk, &member[i].value));
    return ST_OK;
}

static Status push_elements(Walk *walk, const JsonToken *array)
{
    JsonCursor cursor = json_cursor_open(array);
    JsonToken value;
    while (json_cursor_next(&cursor, NULL, &value))
        TRY(push(walk, &value));
    return ST_OK;
}

static Status step_all(Walk *walk, const JsonToken *here)
{
    if (here->kind == JSON_OBJECT)
        return push_members(walk, here);
    return here->kind == JSON_ARRAY ? push_elements(walk, here) : ST_OK;
}

/* The objects and arrays from `here` down, each before what it holds. They are put on a stack, the
 * children of one in reverse. All children are met, scalars too. */
static Status step_deep(Walk *walk, const JsonStep *step, const JsonToken *here)
{
    TokenList stack = {0};
    Walk children = {.scratch = walk->scratch, .met = walk->met};
    TRY_PUSH(&stack, walk->scratch, *here);
    while (stack.count > 0 && !walk->fatal) {
        JsonToken top = stack.item[--stack.count];
        if (top.kind != JSON_OBJECT && top.kind != JSON_ARRAY)
            continue;
        spend(walk, step, &top);
        TRY(push(walk, &top));
        children.next.count = 0;
        TRY(step_all(&children, &top));
        if (children.fatal)
            give_up(walk);
        for (uint32_t i = children.next.count; i > 0; i--)
            TRY_PUSH(&stack, walk->scratch, children.next.item[i - 1]);
    }
    walk->met = children.met;
    return ST_OK;
}

static Status filter_one(Walk *walk, const JsonStep *step, const JsonToken *here)
{
    bool accepted;
    TRY(json_filter_accepts(step->filter, here, walk->roots, walk->scratch, &accepted));
    return accepted ? push(walk, here) : ST_OK;
}

/* Of an object itself, of an array its elements. `..` comes by each object, so that elements are
 * not to be asked a second time. */
static Status step_filter(Walk *walk, const JsonStep *step, const JsonToken *here)
{
    if (here->kind == JSON_OBJECT)
        return filter_one(walk, step, here);
    if (here->kind != JSON_ARRAY && step->certain) {
        walk->wrong = "a filter of what is neither object nor array";
        walk->fatal = true;
    }
    if (here->kind != JSON_ARRAY || step->deep)
        return ST_OK;
    JsonCursor cursor = json_cursor_open(here);
    JsonToken value;
    while (json_cursor_next(&cursor, NULL, &value))
        TRY(filter_one(walk, step, &value));
    return ST_OK;
}

static Status take_step(Walk *walk, const JsonStep *step, const JsonToken *here, bool last)
{
    spend(walk, step, here);
    switch (step->kind) {
    case JSON_STEP_KEY:
    case JSON_STEP_KEYS: return step_key(walk, step, here, last);
    case JSON_STEP_PICK: return step_pick(walk, step, here);
    case JSON_STEP_INDEX:
    case JSON_STEP_INDEXES: return step_index(walk, step, here);
    case JSON_STEP_SLICE: return step_slice(walk, step, here);
    case JSON_STEP_ALL: return step_all(walk, here);
    case JSON_STEP_DEEP: return step_deep(walk, step, here);
    case JSON_STEP_FILTER: return step_filter(walk, step, here);
    }
    return ST_OK;
}

static Status walk_path(const JsonPath *path, Walk *walk)
{
    TRY(push(walk, &walk->root));
    for (uint32_t s = 0; s < path->steps && walk->wrong == NULL; s++) {
        TokenList list = walk->now;
        walk->now = walk->next;
        walk->next = list;
        walk->next.count = 0;
        if (path->step[s].kind == JSON_STEP_FILTER) {
            JsonFilterRoots *roots;
            TRY(json_filter_resolve(path->step[s].filter, &walk->root, walk->scratch, &roots));
            walk->roots = roots;
        }
        for (uint32_t i = 0; i < walk->now.count && walk->wrong == NULL; i++)
            TRY(take_step(walk, &path->step[s], &walk->now.item[i], s + 1 == path->steps));
    }
    return ST_OK;
}

/* --- the door --- */

static Status end_with(JsonFind *out, JsonOutcome outcome, const char *reason)
{
    out->outcome = outcome;
    out->reason = reason;
    return ST_OK;
}

/* A text that is no JSON holds nothing for a lax path; one that is null is wrong for both. */
Status json_find(const JsonPath *path, Text document, Arena *scratch, JsonFind *out)
{
    Walk walk = {.scratch = scratch};
    JsonFault fault;
    *out = (JsonFind){.outcome = JSON_FOUND, .lax = path->lax, .list = !path->definite};
    if (!json_scan_document(document, &walk.root, &fault))
        return end_with(out, path->lax ? JSON_EMPTY : JSON_WRONG, fault.reason);
    if (walk.root.kind == JSON_NULL)
        return end_with(out, JSON_WRONG, "the text is null");
    TRY(walk_path(path, &walk));
    if (walk.wrong != NULL && (walk.fatal || !path->lax))
        return end_with(out, JSON_WRONG, walk.wrong);
    if (walk.wrong != NULL)
        walk.next.count = 0;
    out->item = walk.next.item;
    out->items = walk.next.count;
    if (path->steps > 0 && path->step[path->steps - 1].kind == JSON_STEP_PICK)
        out->pick = &path->step[path->steps - 1];
    if (!path->definite)
        return ST_OK;
    if (out->items == 0)
        return end_with(out, path->lax ? JSON_EMPTY : JSON_WRONG, nothing_there);
    if (out->item->kind == JSON_NULL)
        return end_with(out, path->lax ? JSON_EMPTY : JSON_WRONG, "the value is null");
    return ST_OK;
}
