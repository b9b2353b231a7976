/* Which columns of a table are in the key of a message, and which in its value. */
#include "storage/connector/kafka_fields.h"

#include "storage/base/vec.h"
#include "storage/connector/kafka_options.h"

/* Names in the key are without the prefix that tells them from those of the value. */
static Status name_fields(TableSpec *table, Arena *arena)
{
    RecordKey *key = &table->record_key;
    Text prefix = option_text(&table->scope, table->options, "key.fields-prefix");
    TRY_NEW_ARRAY(key->schema.field, arena, key->schema.count);
    for (uint32_t i = 0; i < key->schema.count; i++) {
        Field *field = &key->schema.field[i];
        *field = table->schema.field[key->column[i]];
        field->name = (Text){field->name.ptr + prefix.size, field->name.size - prefix.size};
    }
    return ST_OK;
}

static Status bind_key(TableSpec *table, bool upsert, Arena *arena, Span span, Diag *diag)
{
    RecordKey *key = &table->record_key;
    const OptionEntry *format = option_find(table->options, "key.format");
    uint32_t *column;
    if (format == NULL)
        return ST_OK;
    TRY(kafka_key_columns(table, upsert, arena, &column, &key->schema.count, diag));
    key->column = column;
    key->format = format_find(format->value);
    key->in_value = option_enum(&table->scope, table->options, "value.fields-include") == 0;
    key->read = !key->in_value || upsert;
    key->scope = (OptionScope){{key->format->options}, 1, key->format->name};
    TRY(kafka_format_options(table, true, arena, &key->options));
    TRY(name_fields(table, arena));
    return key->format->check == NULL
               ? ST_OK
               : key->format->check(&key->schema, true, &key->scope, key->options, span, diag);
}

static bool is_key_column(const RecordKey *key, uint32_t column)
{
    for (uint32_t i = 0; i < key->schema.count; i++) {
        if (key->column[i] == column)
            return true;
    }
    return false;
}

static Status bind_value(TableSpec *table, Arena *arena)
{
    VEC(Field) field = {0};
    VEC(uint32_t) column = {0};
    for (uint32_t i = 0; i < table->schema.count; i++) {
        if (!table->record_key.in_value && is_key_column(&table->record_key, i))
            continue;
        TRY_PUSH(&field, arena, table->schema.field[i]);
        TRY_PUSH(&column, arena, i);
    }
    table->value = (Schema){field.count, field.item};
    table->value_column = column.item;
    return kafka_format_options(table, false, arena, &table->format_options);
}

static Status bind_fields(TableSpec *table, bool upsert, Arena *arena, Span span, Diag *diag)
{
    TRY(kafka_options_check(table, upsert, span, diag));
    TRY(bind_key(table, upsert, arena, span, diag));
    return bind_value(table, arena);
}

Status kafka_bind_fields(TableSpec *table, Arena *arena, Span span, Diag *diag)
{
    return bind_fields(table, false, arena, span, diag);
}

Status upsert_kafka_bind_fields(TableSpec *table, Arena *arena, Span span, Diag *diag)
{
    return bind_fields(table, true, arena, span, diag);
}
