/* JSON into parts of ROWs that are read instead of the whole: each part is a builder column of its
 * own, and so is an ARRAY of which some fields are unread. An object is walked once, whatever is
 * wanted of it; what nobody wants is not converted, and so cannot be bad. */
#include "storage/format/json.h"

/* --- making --- */

static Status make_parts(Arena *arena, const Type *row, JsonParts **out)
{
    TRY_NEW(*out, arena);
    (*out)->row = row;
    TRY_NEW_ARRAY((*out)->part, arena, row->children);
    for (uint32_t i = 0; i < row->children; i++)
        (*out)->part[i].column = -1;
    return ST_OK;
}

/* The part, or another one of the same place where that is wanted already. */
static Status free_part(Arena *arena, JsonPart **part)
{
    for (; (*part)->column >= 0; *part = (*part)->also) {
        if ((*part)->also != NULL)
            continue;
        TRY_NEW((*part)->also, arena);
        (*part)->also->column = -1;
    }
    return ST_OK;
}

Status json_parts_add(Arena *arena, const FieldPath *path, uint32_t number, JsonColumn *column)
{
    JsonPart *part = &column->part;
    const Type *type = &column->type;
    for (uint32_t i = 0; i < path->fields; i++) {
        if (part->parts == NULL)
            TRY(make_parts(arena, type, &part->parts));
        part = &part->parts->part[path->field[i]];
        type = &type->child[path->field[i]].type;
    }
    TRY(free_part(arena, &part));
    part->column = (int32_t)number;
    part->nullable = path->type.nullable;
    part->is_column = path->fields == 0;
    part->type = type_with_null(path->type, type->nullable);
    column->in_parts = true;
    return ST_OK;
}

/* --- filling --- */

static Status put_null(const JsonPart *part, BatchBuilder *out)
{
    uint32_t column = (uint32_t)part->column;
    if (!part->nullable)
        return builder_set_bad(out, column, out->rows, E5010,
                               part->is_column ? "NULL for a NOT NULL column"
                                               : "NULL for a NOT NULL part");
    builder_set_null(out, column, out->rows);
    return ST_OK;
}

static Status put_bad(const JsonDecoder *decoder, const JsonPart *part, Text where,
                      const char *reason, BatchBuilder *out)
{
    if (decoder->ignore_errors && (part->nullable || part->is_column))
        return put_null(part, out);
    return builder_set_bad_part(out, (uint32_t)part->column, out->rows, E5002, where, reason);
}

/* There is nothing that holds the parts, or what there is is no object. `reason` NULL: it is NULL.
 * Recursion is as deep as the type is nested. */
static Status put_nothing(const JsonDecoder *decoder, const JsonParts *parts, const char *reason,
                          BatchBuilder *out)
{
    for (uint32_t i = 0; i < parts->row->children; i++) {
        const JsonPart *first = &parts->part[i];
        for (const JsonPart *part = first; part != NULL && part->column >= 0; part = part->also)
            TRY(reason == NULL ? put_null(part, out)
                               : put_bad(decoder, part, TEXT_NONE, reason, out));
        if (first->parts != NULL)
            TRY(put_nothing(decoder, first->parts, reason, out));
    }
    return ST_OK;
}

/* NULL, by what the record says itself. */
static Status put_said_null(const JsonDecoder *decoder, const JsonPart *part, BatchBuilder *out)
{
    return part->type.nullable || part->is_column
               ? put_null(part, out)
               : put_bad(decoder, part, TEXT_NONE, "NULL for a NOT NULL part", out);
}

static Status put_whole(JsonDecoder *decoder, JsonPart *part, const JsonToken *token,
                        JsonToken *room, BatchBuilder *out)
{
    const Type *type = &part->type;
    Column *to = &out->column[part->column];
    const char *reason = NULL;
    Text where = TEXT_NONE;
    CellResult result = CELL_NULL;
    if (token->kind == JSON_MISSING && decoder->fail_on_missing)
        return put_bad(decoder, part, where, "the field is missing", out);
    if (token->kind == JSON_MISSING || token->kind == JSON_NULL)
        return put_said_null(decoder, part, out);
    result = type_is_nested(type) ? json_nested_put(decoder, token, type, room, to, out->rows,
                                                    &out->arena, &where, &reason)
                                  : json_scalar_put(decoder, token, type, &part->memo, to,
                                                    out->rows, &out->arena, &reason);
    switch (result) {
    case CELL_OK: return ST_OK;
    case CELL_NULL: return put_said_null(decoder, part, out);
    case CELL_BAD: return put_bad(decoder, part, where, reason, out);
    case CELL_NOMEM: break;
    }
    return ST_NOMEM;
}

static Status put_parts(JsonDecoder *decoder, JsonParts *parts, const JsonToken *token,
                        JsonToken *room, BatchBuilder *out);

static Status put_field(JsonDecoder *decoder, JsonPart *part, const Type *type,
                        const JsonToken *token, JsonToken *room, BatchBuilder *out)
{
    for (JsonPart *at = part; at != NULL && at->column >= 0; at = at->also)
        TRY(put_whole(decoder, at, token, room, out));
    if (part->parts == NULL)
        return ST_OK;
    if (token->kind == JSON_MISSING && decoder->fail_on_missing)
        return put_nothing(decoder, part->parts, "what holds it is missing", out);
    if (token->kind == JSON_MISSING || token->kind == JSON_NULL)
        return put_nothing(decoder, part->parts,
                           type->nullable ? NULL : "what holds it is NULL and NOT NULL", out);
    return put_parts(decoder, part->parts, token, room, out);
}

/* `token`: neither missing nor null. Recursion is as deep as the type is nested. */
static Status put_parts(JsonDecoder *decoder, JsonParts *parts, const JsonToken *token,
                        JsonToken *room, BatchBuilder *out)
{
    const Type *row = parts->row;
    if (token->kind != JSON_OBJECT)
        return put_nothing(decoder, parts, "what holds it is not an object", out);
    if (json_find_fields(token, row, &out->arena, room) != CELL_OK)
        return ST_NOMEM;
    for (uint32_t i = 0; i < row->children; i++)
        TRY(put_field(decoder, &parts->part[i], &row->child[i].type, &room[i], room + row->children,
                      out));
    return ST_OK;
}

Status json_parts_put(JsonDecoder *decoder, JsonColumn *column, const JsonToken *token,
                      BatchBuilder *out)
{
    return put_field(decoder, &column->part, &column->type, token, decoder->field_token, out);
}
