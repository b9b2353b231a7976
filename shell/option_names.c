#include "shell/option_names.h"

#include <string.h>

#include "shell/settings.h"
#include "storage/connector/connector.h"

/* --- the tables that count in a place --- */

typedef void UseTable(const OptionDef *table, void *context);

static void each_format(const OptionPlace *place, const ConnectorClass *connector, UseTable *use,
                        void *context)
{
    for (uint32_t i = 0; i < format_count; i++) {
        bool named = text_is(place->format, format_classes[i]->name);
        bool any = connector == NULL && format_find(place->format) == NULL;
        if (named || any)
            use(format_classes[i]->options, context);
    }
}

static void each_table(const OptionPlace *place, UseTable *use, void *context)
{
    if (place->settings) {
        use(settings_scope.table[0], context);
        return;
    }
    const ConnectorClass *connector = connector_find(place->connector);
    use(table_options, context);
    for (uint32_t i = 0; i < connector_count; i++) {
        if (connector == NULL || connector == connector_classes[i])
            use(connector_classes[i]->options, context);
    }
    if (connector == NULL || connector->takes_format)
        each_format(place, connector, use, context);
}

/* --- keys --- */

typedef struct Names {
    const OptionPlace *place;
    OptionFound *found;
    void *context;
} Names;

static bool is_wanted(const OptionPlace *place, const OptionDef *def)
{
    const ConnectorClass *connector = connector_find(place->connector);
    bool needless =
        connector != NULL && !connector->takes_format && strcmp(def->name, "format") == 0;
    return (def->flags & OPTION_UNSUPPORTED) == 0 && !needless;
}

static void give_names(const OptionDef *table, void *context)
{
    const Names *names = context;
    for (const OptionDef *def = table; def != NULL && def->name != NULL; def++) {
        if (is_wanted(names->place, def))
            names->found(names->context, text_of(def->name));
    }
}

void option_names(const OptionPlace *place, OptionFound *found, void *context)
{
    Names names = {place, found, context};
    each_table(place, give_names, &names);
}

/* --- values --- */

typedef struct Search {
    Text key;
    const OptionDef *def; /* NULL: not found */
} Search;

static void search(const OptionDef *table, void *context)
{
    Search *self = context;
    OptionScope scope = {.table = {table}, .tables = 1};
    if (self->def == NULL && table != NULL)
        self->def = option_find_def(&scope, self->key);
}

static void give_parts(const char *values, OptionFound *found, void *context)
{
    for (;;) {
        size_t size = strcspn(values, "|");
        found(context, (Text){values, (uint32_t)size});
        if (values[size] == '\0')
            return;
        values += size + 1;
    }
}

static void give_connectors(OptionFound *found, void *context)
{
    for (uint32_t i = 0; i < connector_count; i++)
        found(context, text_of(connector_classes[i]->name));
}

static void give_formats(OptionFound *found, void *context)
{
    for (uint32_t i = 0; i < format_count; i++)
        found(context, text_of(format_classes[i]->name));
}

void option_values(const OptionPlace *place, Text key, OptionFound *found, void *context)
{
    Search wanted = {.key = key};
    if (!place->settings && text_is(key, "connector"))
        give_connectors(found, context);
    if (!place->settings && text_is(key, "format"))
        give_formats(found, context);
    each_table(place, search, &wanted);
    if (wanted.def != NULL && wanted.def->kind == OPTION_ENUM)
        give_parts(wanted.def->values, found, context);
    if (wanted.def != NULL && wanted.def->kind == OPTION_BOOL)
        give_parts("true|false", found, context);
}
