/* Pages on connectors, formats and settings: rows of OptionDef, all printed alike. */
#include "shell/doc_pages.h"
#include "shell/markdown.h"
#include "shell/settings.h"
#include "storage/connector/connector.h"

/* --- options --- */

static const char *kind_words(const OptionDef *def)
{
    switch (def->kind) {
    case OPTION_TEXT: return "text";
    case OPTION_CHAR: return "one character";
    case OPTION_BOOL: return "true, false";
    case OPTION_INT: return "whole number";
    case OPTION_DOUBLE: return "number";
    case OPTION_DURATION: return "duration";
    case OPTION_SIZE: return "size";
    case OPTION_ENUM: return "one of these";
    }
    return "";
}

static void put_values(const OptionDef *def, StrBuf *out)
{
    if (def->kind != OPTION_ENUM) {
        strbuf_string(out, kind_words(def));
        return;
    }
    strbuf_char(out, '`');
    for (const char *c = def->values; *c != '\0'; c++)
        strbuf_string(out, *c == '|' ? "`, `" : (char[]){*c, '\0'});
    strbuf_char(out, '`');
}

static void put_flags(uint32_t flags, StrBuf *out)
{
    static const struct {
        OptionFlags flag;
        const char *words;
    } words[] = {
        {OPTION_REQUIRED, "required"},
        {OPTION_EXTENSION, "extension"},
        {OPTION_UNSUPPORTED, "not supported yet"},
        {OPTION_IGNORED, "no effect here"},
        {OPTION_SECRET, "never shown"},
    };
    bool first = true;
    for (uint32_t i = 0; i < sizeof words / sizeof *words; i++) {
        if ((flags & words[i].flag) == 0)
            continue;
        strbuf_printf(out, "%s%s", first ? "" : ", ", words[i].words);
        first = false;
    }
}

static void put_options(const OptionDef *table, StrBuf *out)
{
    static const char *const heading[] = {"option", "value", "default", "meaning", "note", NULL};
    if (table->name == NULL) {
        strbuf_string(out, "It has no options of its own.\n");
        return;
    }
    markdown_put_heading(out, heading);
    for (const OptionDef *def = table; def->name != NULL; def++) {
        strbuf_string(out, "| ");
        markdown_put_code(out, def->name);
        strbuf_string(out, " | ");
        put_values(def, out);
        strbuf_string(out, " | ");
        if (def->default_value != NULL)
            markdown_put_code(out, def->default_value);
        strbuf_string(out, " | ");
        markdown_put(out, def->doc);
        strbuf_string(out, " | ");
        put_flags(def->flags, out);
        strbuf_string(out, " |\n");
    }
}

static void put_legend(StrBuf *out)
{
    strbuf_string(out,
                  "\nA duration is a number with a unit, as `200 ms`, `5 s`, `10 min`, `1 h 30 m`; "
                  "a bare number is milliseconds. A size is `64 kb`, `128 MB`; a bare number "
                  "is bytes. `#` stands for the name of a column or of something else.\n"
                  "Options marked \"no effect here\" are taken for Flink's sake. Those marked "
                  "\"not supported yet\" are refused.\n");
}

/* --- pages --- */

/* A record of a message can have two: of its key and of its value. */
static void put_format_options(const ConnectorClass *connector, StrBuf *out)
{
    if (connector->upserts)
        strbuf_string(out, "- the options 'key.format' and 'value.format' are required\n");
    else if (connector->messages)
        strbuf_string(out, "- the option 'format', or 'value.format', is required\n");
    else
        strbuf_printf(out, "- the option 'format' is %s\n",
                      connector->needs_format ? "required" : "possible");
}

static void put_connector(const ConnectorClass *connector, StrBuf *out)
{
    bool source = connector->open_split != NULL, sink = connector->open_sink != NULL;
    strbuf_printf(out, "## %s\n\n", connector->name);
    markdown_put(out, connector->doc);
    strbuf_string(out, ".\n\n");
    if (source || sink)
        strbuf_printf(out, "- %s\n",
                      source && sink ? "a source and a sink"
                      : source       ? "a source"
                                     : "a sink");
    if (sink)
        strbuf_printf(out, "- takes %s\n",
                      connector->accepts_updates ? "inserts, updates and deletes" : "inserts only");
    if (sink)
        strbuf_string(out,
                      connector->exactly_once != NULL
                          ? "- rows come exactly once, also when a job that was cut off goes on\n"
                          : "- when a job that was cut off goes on, rows can come twice\n");
    if (connector->takes_format)
        put_format_options(connector, out);
    if (connector->metadata != NULL) {
        strbuf_string(out, "- metadata columns:");
        for (const ConnectorMetadata *metadata = connector->metadata; metadata->key != NULL;
             metadata++) {
            strbuf_char(out, ' ');
            markdown_put_code(out, metadata->key);
        }
        strbuf_char(out, '\n');
    }
    strbuf_char(out, '\n');
    put_options(connector->options, out);
    strbuf_char(out, '\n');
}

void doc_print_connectors(StrBuf *out)
{
    for (uint32_t i = 0; i < connector_count; i++)
        put_connector(connector_classes[i], out);
    put_legend(out);
}

void doc_print_formats(StrBuf *out)
{
    for (uint32_t i = 0; i < format_count; i++) {
        strbuf_printf(out, "## %s\n\n", format_classes[i]->name);
        markdown_put(out, format_classes[i]->doc);
        strbuf_string(out, ".\n\n");
        put_options(format_classes[i]->options, out);
        strbuf_char(out, '\n');
    }
    put_legend(out);
}

void doc_print_table_options(StrBuf *out)
{
    put_options(table_options, out);
    put_legend(out);
}

void doc_print_settings(StrBuf *out)
{
    for (uint32_t i = 0; i < settings_scope.tables; i++)
        put_options(settings_scope.table[i], out);
    put_legend(out);
    strbuf_string(out, "Keys that begin with `var.` are free for your own use.\n");
}
