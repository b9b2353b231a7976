/* How to take a record of the learnt shape by its special bytes (json_run_fast.c): which bytes must
 * stand where, and between which of them the values are; json_shape.h shows one.
 *
 * What is compared around a string takes its quotes in. So the special bytes of a record are
 * exactly those of the compared parts, in order; a string lies between the last of one part and the
 * first of the next, and as they are neighbours it has none inside. */
#include "storage/format/json.h"

Status json_plan_reserve(IndexPlan *plan, Arena *arena, uint32_t fields)
{
    TRY_NEW_ARRAY(plan->part, arena, fields + 1);
    TRY_NEW_ARRAY(plan->value, arena, fields);
    TRY_NEW_ARRAY(plan->scalar, arena, fields);
    return ST_OK;
}

static bool is_special(char c)
{
    return c == '"' || c == '\\' || (signed char)c < ' ';
}

/* Adds a part; false when it does not have just that many special bytes, or could reach back behind
 * the beginning of a record (json_shape.h). */
static bool add_part(IndexPlan *plan, const char *from, const char *to, uint32_t expected)
{
    uint32_t size = (uint32_t)(to - from), specials = 0, first_at = 0;
    for (uint32_t i = 0; i < size; i++) {
        if (is_special(from[i]) && specials++ == 0)
            first_at = i;
    }
    if (specials != expected || size > SHAPE_LITERAL_MAX ||
        (plan->parts > 0 && first_at > plan->entries))
        return false;
    PlanPart *part = &plan->part[plan->parts++];
    *part = (PlanPart){
        .entry = (uint16_t)plan->entries, .first_at = (uint16_t)first_at, .size = (uint16_t)size};
    memcpy(part->bytes, from, size);
    memset(part->mask, 0xFF, size < SHAPE_PAD ? size : SHAPE_PAD);
    plan->long_parts = plan->long_parts || size > SHAPE_PAD;
    plan->entries += specials;
    return true;
}

static PlanKind kind_of(const ShapeField *field, bool text)
{
    switch (field->action) {
    case SHAPE_I64: return text ? PLAN_TEXT : PLAN_INTEGER;
    case SHAPE_STRING: return text ? PLAN_STRING : PLAN_OTHER;
    case SHAPE_TIMESTAMP: return text ? PLAN_TIMESTAMP : PLAN_OTHER;
    case SHAPE_SKIP:
    case SHAPE_OTHER: break;
    }
    return text ? PLAN_TEXT : PLAN_OTHER;
}

/* A string that nobody wants needs no step of its own: its quotes are in the parts. */
static void add_value(IndexPlan *plan, const ShapeField *field, uint32_t part, bool text)
{
    if (text && field->action == SHAPE_SKIP)
        return;
    bool skip = field->action == SHAPE_SKIP;
    PlanValue *value = skip ? &plan->scalar[plan->scalars++] : &plan->value[plan->values++];
    *value = (PlanValue){
        .kind = kind_of(field, text),
        .part = (uint16_t)part,
        .part_size = plan->part[part].size,
        .field = field,
    };
    plan->by_row =
        plan->by_row || (!skip && (value->kind == PLAN_TEXT || value->kind == PLAN_OTHER));
}

void json_plan_learn(JsonDecoder *decoder, const JsonTrace *trace, const JsonRecord *record)
{
    const JsonShape *shape = &decoder->shape;
    IndexPlan *plan = &decoder->plan;
    const char *from = record->start;
    bool text = false; /* of the value before */
    plan->ready = plan->long_parts = false;
    plan->entries = plan->parts = plan->values = plan->scalars = 0;
    plan->by_row = false;
    for (uint32_t i = 0; i < trace->fields; i++) {
        const char *value = trace->field[i].value;
        bool next_text = *value == '"';
        if (*value == '{' || *value == '[' ||
            !add_part(plan, from, value + next_text, 2u + text + next_text))
            return;
        text = next_text;
        from = trace->field[i].value_end - text;
        add_value(plan, &shape->field[i], i, text);
    }
    char last[SHAPE_LITERAL_MAX];
    size_t size = (size_t)(record->end - from);
    if (size >= sizeof last)
        return;
    memcpy(last, from, size);
    last[size] = '\n';
    bool carriage_return = memchr(last, '\r', size) != NULL;
    plan->ready = add_part(plan, last, last + size + 1, 1u + text + carriage_return);
}
