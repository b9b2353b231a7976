/* How to walk a record of the learnt shape by its special bytes (json_index_fast.c): which bytes must
 * stand where, and between which of them the values are.
 *
 * What is compared around a string takes the quotes in: of {"a":1,"b":"x"} it is {"a": and ,"b":" and
 * "} with the newline. So the special bytes of a record are exactly those of the compared parts, in
 * order; a string lies between the last of one part and the first of the next, and as they are
 * neighbours it has none inside. */
#include "storage/format/json.h"

#include <assert.h>

enum { PLAN_CHECKS = 2 * (SHAPE_FIELDS + 1) };

Status json_plan_open(JsonDecoder *decoder, Arena *arena)
{
    TRY_NEW_ARRAY(decoder->plan.check, arena, PLAN_CHECKS);
    TRY_NEW_ARRAY(decoder->plan.value, arena, SHAPE_FIELDS);
    TRY_NEW_ARRAY(decoder->plan.skip, arena, SHAPE_FIELDS);
    return ST_OK;
}

/* One compared part of the record. */
typedef struct Part {
    const char *from, *to;
    uint32_t first_at, last_at; /* its first and last special byte */
    uint32_t specials;
} Part;

static bool is_special(char c)
{
    return c == '"' || c == '\\' || (signed char)c < ' ';
}

static Part part_make(const char *from, const char *to)
{
    Part part = {.from = from, .to = to};
    for (uint32_t i = 0; i < (uint32_t)(to - from); i++) {
        if (!is_special(from[i]))
            continue;
        if (part.specials++ == 0)
            part.first_at = i;
        part.last_at = i;
    }
    return part;
}

/* Adds the part, whose first special byte is the next entry, in pieces of 16 bytes. Entry e of any
 * record is at least e bytes behind its first one, so a part that reaches back no further than that
 * is compared inside of the record, whatever the record is. */
static bool add_part(IndexPlan *plan, const Part *part)
{
    uint32_t size = (uint32_t)(part->to - part->from);
    if (part->specials == 0 || (plan->entries > 0 && part->first_at > plan->entries))
        return false;
    for (uint32_t done = 0; done < size; done += SHAPE_PAD) {
        uint32_t piece = size - done < SHAPE_PAD ? size - done : SHAPE_PAD;
        if (plan->checks == PLAN_CHECKS)
            return false;
        IndexCheck *check = &plan->check[plan->checks++];
        memset(check, 0, sizeof *check);
        memcpy(check->bytes, part->from + done, piece);
        memset(check->mask, 0xFF, piece);
        check->place = (IndexPlace){(uint16_t)plan->entries, (int16_t)((int32_t)done - (int32_t)part->first_at)};
    }
    plan->entries += part->specials;
    return true;
}

/* The value between two parts; the entries up to the first part's are counted, the next one is the
 * first of the second part. */
static void add_value(const JsonShape *shape, IndexPlan *plan, uint32_t field, bool text, const Part *before,
                      const Part *after)
{
    bool skip = shape->field[field].action == SHAPE_SKIP;
    if (text && skip)
        return;
    IndexValue *value = skip ? &plan->skip[plan->skipped++] : &plan->value[plan->values++];
    value->field = &shape->field[field];
    value->text = text;
    value->from = (IndexPlace){(uint16_t)(plan->entries - 1),
                               (int16_t)(before->to - before->from - (ptrdiff_t)before->last_at)};
    value->to = (IndexPlace){(uint16_t)plan->entries, (int16_t)-(int32_t)after->first_at};
}

void json_plan_learn(JsonDecoder *decoder, const JsonRecord *record)
{
    const JsonShape *shape = &decoder->shape;
    const JsonTrace *trace = &decoder->trace;
    IndexPlan *plan = &decoder->plan;
    plan->ready = false;
    plan->entries = plan->checks = plan->values = plan->skipped = plan->tested_at = 0;
    if (!shape->ready || *record->end != '\n')
        return;
    Part part = part_make(record->start, trace->field[0].value + (*trace->field[0].value == '"'));
    for (uint32_t i = 0; i < trace->fields; i++) {
        char first = *trace->field[i].value;
        bool text = first == '"', last = i + 1 == trace->fields;
        if (first == '{' || first == '[' || part.specials != 2u + text + (i > 0 && part.from[0] == '"' ? 1u : 0u))
            return;
        const char *from = trace->field[i].value_end - text;
        const char *to = last ? record->end + 1
                              : trace->field[i + 1].value + (*trace->field[i + 1].value == '"');
        Part next = part_make(from, to);
        if (!add_part(plan, &part) || next.specials == 0)
            return;
        add_value(shape, plan, i, text, &part, &next);
        if (i + 1 == shape->tested_at)
            plan->tested_at = plan->values;
        part = next;
    }
    plan->ready = add_part(plan, &part);
}
