/* The WITH clause of CREATE TABLE: which connector and format it names, and whether its options are
 * theirs. */
#include "planner/bind/bind_table.h"

Status bind_options(Binder *binder, const OptionPairList *pairs, OptionList *out)
{
    OptionEntry *entry;
    TRY_NEW_ARRAY(entry, binder->arena, pairs->count);
    uint32_t i = 0;
    for (const OptionPair *pair = pairs->first; pair != NULL; pair = pair->next)
        entry[i++] = (OptionEntry){pair->key, pair->value, pair->key_span, pair->value_span};
    *out = (OptionList){entry, pairs->count};
    return ST_OK;
}

/* --- connector and format --- */

static const char *const later_connectors[] = {"nexmark",  "http",  "jdbc",
                                               "postgres", "redis", NULL};
static const char *const later_formats[] = {"debezium-json",  "canal-json", "maxwell-json", "avro",
                                            "avro-confluent", "protobuf",   "parquet",      "orc",
                                            "ogg-json",       NULL};

static Status list_connectors(Binder *binder, Text **out)
{
    TRY_NEW_ARRAY(*out, binder->arena, connector_count);
    for (uint32_t i = 0; i < connector_count; i++)
        (*out)[i] = text_of(connector_classes[i]->name);
    return ST_OK;
}

static Status list_formats(Binder *binder, Text **out)
{
    TRY_NEW_ARRAY(*out, binder->arena, format_count);
    for (uint32_t i = 0; i < format_count; i++)
        (*out)[i] = text_of(format_classes[i]->name);
    return ST_OK;
}

/* A connector or format (`what`) of a name that none of `known` has. */
static Status report_unknown(Binder *binder, const OptionEntry *entry, const char *what,
                             const char *const *later, const Text *known, uint32_t count)
{
    Diag *diag = binder->diag;
    for (; *later != NULL; later++) {
        if (!text_is(entry->value, *later))
            continue;
        Status status = diag_error(diag, E2001, entry->value_span,
                                   "the %s \"%s\" is not supported yet", what, *later);
        hint_names(diag, "there are", known, count);
        return status;
    }
    Status status = diag_error(diag, E2115, entry->value_span, "there is no %s \"%.*s\"", what,
                               TEXT_ARG(entry->value));
    diag_suggest(diag, entry->value, known, count);
    hint_names(diag, "there are", known, count);
    return status;
}

static Status report_no_connector(Binder *binder, OptionList options, Span span)
{
    for (uint32_t i = 0; i < options.count; i++) {
        const OptionEntry *entry = &options.item[i];
        if (!text_equal_nocase(entry->key, TEXT("connector")))
            continue;
        Status status = diag_error(binder->diag, E2112, entry->key_span,
                                   "there is no option \"%.*s\"", TEXT_ARG(entry->key));
        diag_hint(binder->diag,
                  "did you mean \"connector\"? Names of options match case-sensitively");
        return status;
    }
    Status status = diag_error(binder->diag, E2113, span, "the table has no option \"connector\"");
    diag_hint(binder->diag,
              "add WITH ('connector' = 'filesystem', 'path' = '...', 'format' = 'json')");
    return status;
}

static Status find_connector(Binder *binder, OptionList options, Span span,
                             const ConnectorClass **out)
{
    const OptionEntry *entry = option_find(options, "connector");
    Text *known;
    if (entry == NULL)
        return report_no_connector(binder, options, span);
    *out = connector_find(entry->value);
    if (*out != NULL)
        return ST_OK;
    TRY(list_connectors(binder, &known));
    return report_unknown(binder, entry, "connector", later_connectors, known, connector_count);
}

static Status find_format(Binder *binder, OptionList options, Span span,
                          const ConnectorClass *connector, const FormatClass **out)
{
    const OptionEntry *entry = option_find(options, "format");
    Text *known;
    *out = NULL;
    if (entry == NULL && connector->messages)
        entry = option_find(options, "value.format");
    if (entry == NULL && !connector->needs_format)
        return ST_OK;
    TRY(list_formats(binder, &known));
    if (entry == NULL) {
        Status status =
            diag_error(binder->diag, E2113, span, "connector \"%s\" needs the option \"%s\"",
                       connector->name, connector->upserts ? "value.format" : "format");
        hint_names(binder->diag, "there are", known, format_count);
        return status;
    }
    *out = format_find(entry->value);
    return *out != NULL
               ? ST_OK
               : report_unknown(binder, entry, "format", later_formats, known, format_count);
}

/* --- options --- */

/* csv.field-delimiter in a table of json: an option that there is, but not here. */
static Status check_format_options(Binder *binder, const TableSpec *spec)
{
    for (uint32_t i = 0; spec->format != NULL && i < spec->options.count; i++) {
        const OptionEntry *entry = &spec->options.item[i];
        const char *point = memchr(entry->key.ptr, '.', entry->key.size);
        if (point == NULL)
            continue;
        Text prefix = {entry->key.ptr, (uint32_t)(point - entry->key.ptr)};
        const FormatClass *format = format_find(prefix);
        if (format == NULL || format == spec->format)
            continue;
        return diag_error(binder->diag, E2112, entry->key_span,
                          "\"%.*s\" is an option of the format %s, and the table's format is %s",
                          TEXT_ARG(entry->key), format->name, spec->format->name);
    }
    return ST_OK;
}

static Status check_ranges(Binder *binder, const TableSpec *spec)
{
    const OptionEntry *ratio = option_find(spec->options, "max-rejected-ratio");
    if (ratio == NULL)
        return ST_OK;
    double value = option_double(&spec->scope, spec->options, "max-rejected-ratio");
    if (value >= 0 && value <= 1)
        return ST_OK;
    return diag_error(binder->diag, E2114, ratio->value_span,
                      "option \"max-rejected-ratio\" expects a share from 0 to 1, not \"%.*s\"",
                      TEXT_ARG(ratio->value));
}

Status bind_with(Binder *binder, const CreateTable *create, TableDef *def)
{
    TableSpec *spec = &def->spec;
    Span span = create->name.last->span;
    TRY(bind_options(binder, &create->options, &spec->options));
    TRY(find_connector(binder, spec->options, span, &spec->connector));
    TRY(find_format(binder, spec->options, span, spec->connector, &spec->format));
    spec->name = def->name;
    Text what;
    TRY(arena_printf(binder->arena, &what, "connector \"%s\"", spec->connector->name));
    spec->scope.what = what.ptr;
    spec->scope.table[spec->scope.tables++] = spec->connector->options;
    if (spec->format != NULL)
        spec->scope.table[spec->scope.tables++] = spec->format->options;
    spec->scope.table[spec->scope.tables++] = table_options;
    TRY(check_format_options(binder, spec));
    TRY(options_check(&spec->scope, spec->options, span, binder->diag));
    TRY(check_ranges(binder, spec));
    def->is_sink_table =
        spec->connector == &sqlite_connector && !option_given(spec->options, "path");
    return ST_OK;
}
