#include "storage/format/json.h"

#include "storage/format/text_cell.h"

static Status put_null(const JsonDecoder *decoder, uint32_t c, BatchBuilder *out)
{
    if (!decoder->column[c].type.nullable)
        return builder_set_bad(out, c, out->rows, E5010, "NULL for a NOT NULL column");
    builder_set_null(out, c, out->rows);
    return ST_OK;
}

/* With json.ignore-parse-errors a value that cannot be taken is NULL. */
static Status put_bad(const JsonDecoder *decoder, uint32_t c, Text part, const char *reason,
                      BatchBuilder *out)
{
    if (decoder->ignore_errors)
        return put_null(decoder, c, out);
    return builder_set_bad_part(out, c, out->rows, E5002, part, reason);
}

static Status put_missing(const JsonDecoder *decoder, uint32_t c, BatchBuilder *out)
{
    if (decoder->fail_on_missing)
        return builder_set_bad(out, c, out->rows, E5002, "the field is missing");
    return put_null(decoder, c, out);
}

/* What a scalar says, escapes resolved. */
static Status token_text(const JsonToken *token, Arena *arena, Text *out)
{
    *out = (Text){token->ptr, token->size};
    if (token->kind != JSON_STRING || !token->escaped)
        return ST_OK;
    char *copy = arena_alloc(arena, (size_t)token->size + 1);
    if (copy == NULL)
        return ST_NOMEM;
    *out = (Text){copy, json_unescape(token->ptr, token->size, copy)};
    return ST_OK;
}

static CellResult put_string(const JsonToken *token, Column *to, uint32_t row, Arena *arena)
{
    Text text;
    if (token->kind == JSON_OBJECT || token->kind == JSON_ARRAY) {
        char *copy = arena_alloc(arena, json_compact_bound(token->ptr, token->size));
        if (copy == NULL)
            return CELL_NOMEM;
        text = (Text){copy, json_compact(token->ptr, token->size, copy)};
    } else if (token_text(token, arena, &text) != ST_OK) {
        return CELL_NOMEM;
    }
    to->data.str[row] = str_of_text(text);
    return CELL_OK;
}

/* Which kinds of token a column that is no string takes. */
static const char *refuse_kind(const JsonToken *token, const Type *type)
{
    if (token->kind == JSON_OBJECT || token->kind == JSON_ARRAY)
        return "an object or array for a scalar";
    if (token->kind == JSON_STRING || type->id == TYPE_BOOLEAN)
        return NULL;
    if (token->kind == JSON_NUMBER)
        return type_is_numeric(type) ? NULL : "a number for a text";
    return type_is_numeric(type) ? "not a number" : "true or false for a text";
}

CellResult json_scalar_put(const JsonDecoder *decoder, const JsonToken *token, const Type *type,
                           TimestampMemo *memo, Column *to, uint32_t row, Arena *arena,
                           const char **reason)
{
    if (type_is_character(type))
        return put_string(token, to, row, arena);
    *reason = refuse_kind(token, type);
    if (*reason != NULL)
        return CELL_BAD;
    Text text;
    TextSyntax syntax = {.time = decoder->time_syntax,
                         .in_block = !token->escaped,
                         .cut_fraction = token->kind == JSON_NUMBER};
    if (token_text(token, arena, &text) != ST_OK)
        return CELL_NOMEM;
    return text_cell_take(text, type, &syntax, memo, to, row, arena, reason);
}

Status json_cell_put(JsonDecoder *decoder, uint32_t c, const JsonToken *token, BatchBuilder *out)
{
    JsonColumn *column = &decoder->column[c];
    const Type *type = &column->type;
    if (column->in_parts)
        TRY(json_parts_put(decoder, column, token, out));
    if (!column->whole)
        return ST_OK;
    if (token->kind == JSON_MISSING)
        return put_missing(decoder, c, out);
    if (token->kind == JSON_NULL)
        return put_null(decoder, c, out);
    Column *to = &out->column[c];
    const char *reason = NULL;
    Text part = TEXT_NONE;
    CellResult result = type_is_nested(type)
                            ? json_nested_put(decoder, token, type, decoder->field_token, to,
                                              out->rows, &out->arena, &part, &reason)
                            : json_scalar_put(decoder, token, type, &column->memo, to, out->rows,
                                              &out->arena, &reason);
    switch (result) {
    case CELL_OK: return ST_OK;
    case CELL_NULL: return put_null(decoder, c, out);
    case CELL_BAD: return put_bad(decoder, c, part, reason, out);
    case CELL_NOMEM: break;
    }
    return ST_NOMEM;
}

Status json_put_missing(JsonDecoder *decoder, BatchBuilder *out)
{
    static const JsonToken missing = {.kind = JSON_MISSING};
    for (uint32_t i = 0; i < decoder->shape.missing; i++)
        TRY(json_cell_put(decoder, decoder->shape.missing_column[i], &missing, out));
    return ST_OK;
}
