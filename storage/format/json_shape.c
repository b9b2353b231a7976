/* What to expect of the next record. Programs write the fields of their records in one order with the
 * same blanks, so the bytes between two values (`,"price":`) can be predicted from the record before,
 * after Li, Katsipoulakis, Chandramouli, Goldstein and Kossmann, "Mison" (VLDB 2017). */
#include "storage/format/json.h"

Status json_shape_open(JsonDecoder *decoder, Arena *arena)
{
    TRY_NEW_ARRAY(decoder->shape.field, arena, SHAPE_FIELDS + 1);
    TRY_NEW_ARRAY(decoder->shape.missing_column, arena, decoder->columns);
    return ST_OK;
}

/* --- learning --- */

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

/* The bytes from one value to the next; false when they are too many to be worth it. */
static bool set_literal(ShapeField *field, const char *from, const char *to)
{
    size_t size = (size_t)(to - from);
    if (size > SHAPE_LITERAL_MAX)
        return false;
    memcpy(field->literal, from, size);
    field->size = (uint32_t)size;
    return true;
}

void json_shape_learn(JsonDecoder *decoder, const JsonRecord *record)
{
    JsonShape *shape = &decoder->shape;
    const JsonTrace *trace = &decoder->trace;
    shape->ready = false;
    shape->missing = shape->tested_at = 0;
    shape->fields = trace->fields;
    if (!trace->usable || trace->fields == 0)
        return;
    const char *at = record->start;
    for (uint32_t i = 0; i < trace->fields; i++) {
        ShapeField *field = &shape->field[i];
        field->action = SHAPE_SKIP;
        if (!set_literal(field, at, trace->field[i].value))
            return;
        at = trace->field[i].value_end;
        if (trace->field[i].column < 0)
            continue;
        plan_column(decoder, (uint32_t)trace->field[i].column, field);
        if (decoder->column[field->column].tested)
            shape->tested_at = i + 1;
    }
    ShapeField *last = &shape->field[trace->fields];
    if (!set_literal(last, at, record->end) || last->size == SHAPE_LITERAL_MAX)
        return;
    last->literal[last->size++] = '\n';
    for (uint32_t c = 0; c < decoder->columns; c++) {
        if (decoder->token[c].kind == JSON_MISSING)
            shape->missing_column[shape->missing++] = c;
    }
    shape->ready = true;
}
