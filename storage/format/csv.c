#include "storage/format/csv.h"

static const OptionDef csv_options[] = {
    {"csv.field-delimiter", OPTION_CHAR, ",", NULL, OPTION_RESULT, "stands between two fields"},
    {"csv.disable-quote-character", OPTION_BOOL, "false", NULL, OPTION_RESULT,
     "fields are never quoted; a quote is a character like others"},
    {"csv.quote-character", OPTION_CHAR, "\"", NULL, OPTION_RESULT,
     "around fields that hold delimiters, quotes or line breaks"},
    {"csv.allow-comments", OPTION_BOOL, "false", NULL, OPTION_RESULT,
     "lines that begin with # are skipped, and blank lines"},
    {"csv.ignore-parse-errors", OPTION_BOOL, "false", NULL, OPTION_RESULT,
     "a field that cannot be taken or is missing is NULL; a broken record is skipped and counted"},
    {"csv.array-element-delimiter", OPTION_CHAR, ";", NULL, OPTION_RESULT,
     "stands between the elements of an ARRAY and the fields of a ROW"},
    {"csv.escape-character", OPTION_CHAR, NULL, NULL, OPTION_RESULT,
     "takes the special meaning from the character behind it; none unless given"},
    {"csv.null-literal", OPTION_TEXT, NULL, NULL, OPTION_RESULT,
     "a field of just this text is NULL; without it no field is"},
    {"csv.write-bigdecimal-in-scientific-notation", OPTION_BOOL, "true", NULL, OPTION_RESULT,
     "DECIMALs are written as 1E+2 where that is shorter"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

CsvSyntax csv_syntax_read(const OptionScope *scope, OptionList options)
{
    bool no_quote = option_bool(scope, options, "csv.disable-quote-character");
    CsvSyntax syntax = {
        .delimiter = option_char(scope, options, "csv.field-delimiter"),
        .quote = no_quote ? '\0' : option_char(scope, options, "csv.quote-character"),
        .escape = option_char(scope, options, "csv.escape-character"),
        .element_delimiter = option_char(scope, options, "csv.array-element-delimiter"),
        .comments = option_bool(scope, options, "csv.allow-comments"),
        .has_null = option_given(options, "csv.null-literal"),
        .null_literal = option_text(scope, options, "csv.null-literal"),
        .line_end = scan_needles('\n', '\r', '\n', '\r'),
    };
    char delimiter = syntax.delimiter, quote = syntax.quote, escape = syntax.escape;
    syntax.plain_end = scan_needles(delimiter, '\n', '\r', escape == '\0' ? delimiter : escape);
    syntax.quoted_end = scan_needles(quote, quote, quote, escape == '\0' ? quote : escape);
    return syntax;
}

static Status check_characters(const OptionScope *scope, OptionList options, Span span, Diag *diag)
{
    CsvSyntax syntax = csv_syntax_read(scope, options);
    const OptionEntry *quote = option_find(options, "csv.quote-character");
    if (syntax.quote == '\0' && quote != NULL)
        return diag_error(diag, E2114, quote->value_span,
                          "\"csv.quote-character\" cannot be given when quotes are disabled");
    if (syntax.delimiter == syntax.quote || syntax.delimiter == syntax.escape ||
        (syntax.quote != '\0' && syntax.quote == syntax.escape))
        return diag_error(diag, E2114, span,
                          "the csv delimiter, quote and escape characters must differ");
    if (syntax.delimiter == '\n' || syntax.delimiter == '\r')
        return diag_error(diag, E2114, span, "a line break cannot be the csv delimiter");
    return ST_OK;
}

/* A text stands for it; `whole` ones can be ARRAYs and ROWs of such. */
static bool has_text(const Type *type, bool whole)
{
    if (type->id == TYPE_ARRAY || type->id == TYPE_ROW) {
        for (uint32_t i = 0; whole && i < type->children; i++)
            whole = has_text(&type->child[i].type, false);
        return whole;
    }
    return !type_is_nested(type) && !type_is_interval(type) && type->id != TYPE_NULL;
}

static Status csv_check(const Schema *schema, bool messages, const OptionScope *scope,
                        OptionList options, Span span, Diag *diag)
{
    (void)messages;
    for (uint32_t i = 0; i < schema->count; i++) {
        const Field *field = &schema->field[i];
        if (has_text(&field->type, true))
            continue;
        Status status =
            diag_error(diag, E2119, span, "column \"%.*s\": csv has no values of its type",
                       TEXT_ARG(field->name));
        if (type_is_nested(&field->type))
            diag_hint(diag, "csv has ARRAYs and ROWs whose parts are neither");
        return status;
    }
    return check_characters(scope, options, span, diag);
}

const FormatClass csv_format = {
    .name = "csv",
    .doc = "fields between delimiters, one record a line (RFC 4180), without a header line",
    .options = csv_options,
    .check = csv_check,
    .open_decoder = csv_open_decoder,
    .open_encoder = csv_open_encoder,
};
