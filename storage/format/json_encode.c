#include <math.h>

#include "storage/data/value.h"
#include "storage/format/cell_text.h"
#include "storage/format/json.h"

/* Values that stand in JSON without quotes. NaN and the infinities are no JSON numbers and become
 * texts, which Flink reads back. */
static bool is_bare(const Type *type, const Column *column, uint32_t row)
{
    if (type_is_approx(type))
        return isfinite(column->data.f64[column_index(column, row)]);
    return type_is_numeric(type) || type->id == TYPE_BOOLEAN;
}

static void encode_cell(const CellTextStyle *style, const Type *type, const Column *column,
                        uint32_t row, StrBuf *out)
{
    if (column_is_null(column, row)) {
        strbuf_string(out, "null");
        return;
    }
    if (type_is_character(type)) {
        text_print_json(str_text(&column->data.str[column_index(column, row)]), out);
        return;
    }
    bool bare = is_bare(type, column, row);
    if (!bare)
        strbuf_char(out, '"');
    cell_text_append(style, type, column, row, out);
    if (!bare)
        strbuf_char(out, '"');
}

Status json_encode(const Schema *schema, const OptionScope *scope, OptionList options,
                   const Batch *batch, uint32_t row, StrBuf *out)
{
    CellTextStyle style = {
        .iso = option_enum(scope, options, "json.timestamp-format.standard") == 1,
        .plain_decimal = option_bool(scope, options, "json.encode.decimal-as-plain-number"),
    };
    bool skip_nulls = option_bool(scope, options, "json.encode.ignore-null-fields");
    char before = '{';
    for (uint32_t c = 0; c < schema->count; c++) {
        const Field *field = &schema->field[c];
        if (skip_nulls && column_is_null(&batch->column[c], row))
            continue;
        strbuf_char(out, before);
        before = ',';
        text_print_json(field->name, out);
        strbuf_char(out, ':');
        encode_cell(&style, &field->type, &batch->column[c], row, out);
    }
    strbuf_string(out, before == '{' ? "{}\n" : "}\n");
    return strbuf_status(out);
}
