/* CREATE TABLE for a guess. */
#include "grammar/ast.h"
#include "shell/guess_schema.h"

const char *guess_format_name(GuessFormat format)
{
    static const char *const names[] = {[GUESS_NO_FORMAT] = "none",
                                        [GUESS_JSON] = "json",
                                        [GUESS_CSV] = "csv",
                                        [GUESS_RAW] = "raw"};
    return names[format];
}

static void begin_item(StrBuf *out, bool *first)
{
    strbuf_string(out, *first ? "\n  " : ",\n  ");
    *first = false;
}

static void print_columns(const GuessPart *part, StrBuf *out, bool *first)
{
    for (uint32_t i = 0; i < part->count; i++) {
        begin_item(out, first);
        ast_print_name(part->column[i].name, out);
        strbuf_char(out, ' ');
        strbuf_text(out, part->column[i].type);
    }
}

static void print_time(const Guess *guess, bool messages, StrBuf *out, bool *first)
{
    if (guess->time_from.size > 0) {
        begin_item(out, first);
        ast_print_name(guess->time, out);
        strbuf_string(out, " AS TO_TIMESTAMP_LTZ(");
        ast_print_name(guess->time_from, out);
        strbuf_printf(out, ", %d)", guess->time_digits);
    }
    if (guess->time.size > 0) {
        begin_item(out, first);
        strbuf_string(out, "WATERMARK FOR ");
        ast_print_name(guess->time, out);
        strbuf_string(out, " AS ");
        ast_print_name(guess->time, out);
        strbuf_string(out, " - INTERVAL '5' SECOND");
    } else if (messages) {
        begin_item(out, first);
        ast_print_name(guess->record_time, out);
        strbuf_string(out, " TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL");
    }
}

static void print_option(Text key, Text value, StrBuf *out, bool *first)
{
    begin_item(out, first);
    ast_print_string(key, out);
    strbuf_string(out, " = ");
    ast_print_string(value, out);
}

static void print_key_options(const Guess *guess, StrBuf *out, bool *first)
{
    const GuessPart *key = &guess->key;
    StrBuf fields;
    if (key->format == GUESS_NO_FORMAT)
        return;
    print_option(TEXT("key.format"), text_of(guess_format_name(key->format)), out, first);
    if (key->iso)
        print_option(TEXT("key.json.timestamp-format.standard"), TEXT("ISO-8601"), out, first);
    strbuf_init(&fields, NULL);
    for (uint32_t i = 0; i < key->count; i++) {
        strbuf_string(&fields, i == 0 ? "" : ";");
        strbuf_text(&fields, key->column[i].name);
    }
    print_option(TEXT("key.fields"), strbuf_as_text(&fields), out, first);
    out->failed = out->failed || fields.failed;
    strbuf_close(&fields);
    if (guess->key_prefix.size > 0)
        print_option(TEXT("key.fields-prefix"), guess->key_prefix, out, first);
    print_option(TEXT("value.fields-include"), TEXT("EXCEPT_KEY"), out, first);
}

static void print_format_options(const GuessPart *value, StrBuf *out, bool *first)
{
    Text delimiter = {&value->delimiter, 1};
    print_option(TEXT("format"), text_of(guess_format_name(value->format)), out, first);
    if (value->iso)
        print_option(TEXT("json.timestamp-format.standard"), TEXT("ISO-8601"), out, first);
    if (value->format == GUESS_CSV && value->delimiter != ',')
        print_option(TEXT("csv.field-delimiter"),
                     value->delimiter == '\t' ? TEXT("\\t") : delimiter, out, first);
    if (value->empty_is_null)
        print_option(TEXT("csv.null-literal"), TEXT_NONE, out, first);
}

void guess_print_table(const Guess *guess, Text name, const OptionEntry *option, uint32_t options,
                       bool messages, StrBuf *out)
{
    bool first = true;
    strbuf_string(out, "CREATE TABLE ");
    ast_print_name(name, out);
    strbuf_string(out, " (");
    print_columns(&guess->key, out, &first);
    print_columns(&guess->value, out, &first);
    print_time(guess, messages, out, &first);
    strbuf_string(out, "\n) WITH (");
    first = true;
    for (uint32_t i = 0; i < options; i++)
        print_option(option[i].key, option[i].value, out, &first);
    print_format_options(&guess->value, out, &first);
    print_key_options(guess, out, &first);
    strbuf_string(out, "\n);\n");
}
