/* What to expect of the next record. Programs write the fields of their records in one order with
 * the same blanks, so the bytes between two values (`,"price":`) can be predicted from the record
 * before, after Li, Katsipoulakis, Chandramouli, Goldstein and Kossmann, "Mison" (VLDB 2017). */
#include "storage/format/json.h"

enum { FIRST_FIELDS = 8 };

/* Most records have few fields, and thousands of files have a decoder each: no more room than is
 * needed. What is outgrown stays in the arena. */
static Status reserve(JsonDecoder *decoder, uint32_t fields)
{
    JsonShape *shape = &decoder->shape;
    uint32_t capacity = shape->capacity == 0 ? FIRST_FIELDS : shape->capacity;
    if (fields <= shape->capacity)
        return ST_OK;
    while (capacity < fields)
        capacity *= 2;
    TRY_NEW_ARRAY(shape->field, decoder->arena, capacity + 1);
    if (shape->missing_column == NULL)
        TRY_NEW_ARRAY(shape->missing_column, decoder->arena, decoder->columns);
    TRY(json_plan_reserve(&decoder->plan, decoder->arena, capacity));
    shape->capacity = capacity;
    return ST_OK;
}

static void plan_column(const JsonDecoder *decoder, uint32_t index, ShapeField *field)
{
    const JsonColumn *column = &decoder->column[index];
    const Type *type = &column->type;
    field->column = index;
    field->droppable = !column->always && !column->tested;
    field->action = SHAPE_OTHER;
    if (type_is_character(type))
        field->action = SHAPE_STRING;
    if (type_is_timestamp(type))
        field->action = SHAPE_TIMESTAMP;
    if (type_is_integer(type)) {
        field->action = SHAPE_I64;
        field->min = type_integer_min((TypeId)type->id);
        field->max = type_integer_max((TypeId)type->id);
    }
}

/* The bytes from one value to the next; false when they are too many to be worth it, or run over
 * the end of a line, as they may in a message: what is expected must not reach into the next. */
static bool set_literal(ShapeField *field, const char *from, const char *to)
{
    size_t size = (size_t)(to - from);
    if (size > SHAPE_LITERAL_MAX || memchr(from, '\n', size) != NULL)
        return false;
    memcpy(field->literal, from, size);
    field->size = (uint32_t)size;
    return true;
}

/* The shape of a record; false when it has none that is worth expecting. */
static bool learn(JsonDecoder *decoder, const JsonTrace *trace, const JsonRecord *record)
{
    JsonShape *shape = &decoder->shape;
    const char *at = record->start;
    for (uint32_t i = 0; i < trace->fields; i++) {
        ShapeField *field = &shape->field[i];
        field->action = SHAPE_SKIP;
        if (!set_literal(field, at, trace->field[i].value))
            return false;
        at = trace->field[i].value_end;
        if (trace->field[i].column < 0)
            continue;
        plan_column(decoder, (uint32_t)trace->field[i].column, field);
        if (decoder->column[field->column].tested)
            shape->tested_at = i + 1;
    }
    ShapeField *last = &shape->field[trace->fields];
    if (!set_literal(last, at, record->end) || last->size == SHAPE_LITERAL_MAX)
        return false;
    last->literal[last->size++] = '\n';
    for (uint32_t c = 0; c < decoder->columns; c++) {
        if (decoder->token[c].kind == JSON_MISSING)
            shape->missing_column[shape->missing++] = c;
    }
    return true;
}

Status json_shape_learn(JsonDecoder *decoder, const JsonTrace *trace, const JsonRecord *record)
{
    JsonShape *shape = &decoder->shape;
    shape->ready = decoder->plan.ready = false;
    if (!trace->usable || trace->fields == 0)
        return ST_OK;
    TRY(reserve(decoder, trace->fields));
    shape->missing = shape->tested_at = 0;
    shape->fields = trace->fields;
    shape->record_bytes = (size_t)(record->end - record->start) + 1;
    shape->ready = learn(decoder, trace, record);
    if (shape->ready)
        json_plan_learn(decoder, trace, record);
    return ST_OK;
}
