/* OBJECT_OF and OBJECT_UPDATE: ROWs whose fields have names. Flink makes structured types of them,
 * whose class is of no use where no Java is; what it is called is read and dropped. */
#include "executor/function/nested_kernels.h"

/* Argument `arg` is the constant name of a field. */
static Status field_name(const FunctionCall *call, uint32_t arg, Arena *arena, Diag *diag,
                         Text *out)
{
    const Value *name = call->constant[arg];
    if (!type_is_character(&call->arg[arg]) || name == NULL || name->null)
        return diag_error(diag, E2107, SPAN_NONE,
                          "argument %u of %s is the name of a field, a text that stands there",
                          arg + 1, call->def->name);
    return arena_text(arena, str_text(&name->as.str), out);
}

static Status field_type(const FunctionCall *call, uint32_t arg, Diag *diag, Type *out)
{
    *out = call->arg[arg];
    if (out->id != TYPE_NULL)
        return ST_OK;
    Status status = diag_error(diag, E2124, SPAN_NONE, "NULL has no type in a ROW");
    diag_hint(diag, "CAST(NULL AS type) gives it one");
    return status;
}

static uint32_t find_field(const TypeField *field, uint32_t count, Text name)
{
    uint32_t at = 0;
    while (at < count && !text_equal(field[at].name, name))
        at++;
    return at;
}

static Status refuse_pairs(const FunctionCall *call, Diag *diag)
{
    return diag_error(diag, E2107, SPAN_NONE, "%s takes names and values in turn, at least one",
                      call->def->name);
}

Status prepare_object(FunctionCall *call, Arena *arena, Diag *diag)
{
    uint32_t fields = call->args / 2;
    TypeField *field;
    if (call->args % 2 == 0 || fields == 0)
        return refuse_pairs(call, diag);
    if (call->constant[0] == NULL || call->constant[0]->null)
        return diag_error(diag, E2107, SPAN_NONE,
                          "the name of a class is a text that stands there");
    TRY_NEW_ARRAY(field, arena, fields);
    for (uint32_t i = 0; i < fields; i++) {
        TRY(field_name(call, 2 * i + 1, arena, diag, &field[i].name));
        if (find_field(field, i, field[i].name) < i)
            return diag_error(diag, E2107, SPAN_NONE, "the field \"%.*s\" is there twice",
                              TEXT_ARG(field[i].name));
        TRY(field_type(call, 2 * i + 2, diag, &field[i].type));
    }
    TRY(type_nested(arena, TYPE_ROW, field, fields, &call->result));
    call->result.nullable = false;
    return ST_OK;
}

/* The values' own columns, side by side. */
Status make_object(KernelCall *call)
{
    Column made;
    TRY(column_make_header(call->scratch, call->result, call->rows, &made));
    for (uint32_t i = 0; i < call->args / 2; i++)
        made.data.nested->child[i] = *call->arg[2 * i + 2];
    call->out->data = made.data;
    return ST_OK;
}

/* Keeps for each pair which field it is. */
Status prepare_object_update(FunctionCall *call, Arena *arena, Diag *diag)
{
    const Type *row = &call->arg[0];
    uint32_t *place, pairs = call->args / 2;
    if (row->id != TYPE_ROW)
        return diag_error(diag, E2107, SPAN_NONE, "OBJECT_UPDATE takes a ROW");
    if (call->args % 2 == 0 || pairs == 0)
        return refuse_pairs(call, diag);
    TypeField *field = arena_copy(arena, row->child, row->children * sizeof *field);
    if (field == NULL)
        return ST_NOMEM;
    TRY_NEW_ARRAY(place, arena, pairs);
    for (uint32_t i = 0; i < pairs; i++) {
        Text name;
        TRY(field_name(call, 2 * i + 1, arena, diag, &name));
        place[i] = find_field(row->child, row->children, name);
        if (place[i] == row->children)
            return diag_error(diag, E2107, SPAN_NONE, "the ROW has no field \"%.*s\"",
                              TEXT_ARG(name));
        for (uint32_t j = 0; j < i; j++) {
            if (place[j] == place[i])
                return diag_error(diag, E2107, SPAN_NONE, "the field \"%.*s\" is there twice",
                                  TEXT_ARG(name));
        }
        TRY(field_type(call, 2 * i + 2, diag, &field[place[i]].type));
    }
    call->data = place;
    TRY(type_nested(arena, TYPE_ROW, field, row->children, &call->result));
    call->result.nullable = row->nullable;
    return ST_OK;
}

/* The ROW's fields, some replaced; NULL where the ROW is. */
Status update_object(KernelCall *call)
{
    const Column *rows = call->arg[0];
    const uint32_t *place = call->data;
    Column made;
    TRY(column_make_header(call->scratch, call->result, call->rows, &made));
    Column *child = made.data.nested->child;
    for (uint32_t i = 0; i < made.data.nested->children; i++) {
        child[i] = rows->data.nested->child[i];
        child[i].constant = child[i].constant || rows->constant;
    }
    for (uint32_t i = 0; i < call->args / 2; i++)
        child[place[i]] = *call->arg[2 * i + 2];
    call->out->data = made.data;
    for (EACH_ROW(call, i, row))
        bit_put(call->out->valid, row, !column_is_null(rows, row));
    return ST_OK;
}
