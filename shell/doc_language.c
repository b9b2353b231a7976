/* Pages on the language: statements, functions, aggregates, windows, operators, keywords, types,
 * errors, and where it differs from Flink's. */
#include "executor/function/aggregate.h"
#include "grammar/lexer.h"
#include "planner/bind/window_help.h"
#include "planner/flink/differences.h"
#include "shell/doc_pages.h"
#include "shell/markdown.h"
#include "shell/statement_help.h"
#include "storage/sqlite/result_table.h"

static void put_cell(const char *sentence, StrBuf *out)
{
    markdown_put(out, sentence);
    strbuf_string(out, " | ");
}

static void put_code_cell(const char *code, StrBuf *out)
{
    markdown_put_code(out, code);
    strbuf_string(out, " | ");
}

/* --- statements --- */

void doc_print_statements(StrBuf *out)
{
    static const char *const heading[] = {"statement", "what it does", "runs", "example", NULL};
    markdown_put_heading(out, heading);
    for (uint32_t i = 0; i < statement_help_count(); i++) {
        const StatementHelp *help = statement_help_get(i);
        strbuf_string(out, "| ");
        put_code_cell(statement_kind_words(help->kind), out);
        put_cell(help->doc, out);
        put_cell(help->runs ? "yes" : "not yet", out);
        markdown_put_code(out, help->example);
        strbuf_string(out, " |\n");
    }
}

/* --- functions, operators --- */

/* Syntax of their own, as that of EXTRACT, has names that begin with a dollar sign; what the
 * planner alone uses has such a signature too. */
static bool is_shown(const ScalarDef *def, bool operators)
{
    return def->signature != NULL && def->signature[0] != '$' &&
           ((def->flags & FN_OPERATOR) != 0) == operators;
}

static void put_scalar_rows(const ScalarDef *table, bool operators, StrBuf *out)
{
    const char *doc = "";
    for (const ScalarDef *def = table; def->name != NULL; def++) {
        if (def->doc != NULL)
            doc = def->doc;
        if (!is_shown(def, operators))
            continue;
        strbuf_string(out, "| ");
        put_code_cell(def->signature, out);
        put_cell(doc, out);
        strbuf_printf(out, "%s |\n", (def->flags & FN_EXTENSION) != 0 ? "extension" : "");
    }
}

static void put_families(bool operators, StrBuf *out)
{
    const char *const heading[] = {operators ? "operator" : "function", "what it gives", "note",
                                   NULL};
    for (uint32_t f = 0; f < function_family_count; f++) {
        const ScalarDef *def = function_families[f].def;
        while (def->name != NULL && !is_shown(def, operators))
            def++;
        if (def->name == NULL)
            continue;
        strbuf_printf(out, "## %s\n\n", function_families[f].title);
        markdown_put_heading(out, heading);
        put_scalar_rows(function_families[f].def, operators, out);
        strbuf_char(out, '\n');
    }
}

void doc_print_functions(StrBuf *out)
{
    put_families(false, out);
    strbuf_string(out, "COUNT, SUM and their like are on the page `aggregates`; TUMBLE, HOP, "
                       "CUMULATE, SESSION, LAG and ROW_NUMBER on the page `windows`.\n");
}

void doc_print_aggregates(StrBuf *out)
{
    static const char *const heading[] = {"aggregate", "what it gives", "over updated rows", NULL};
    markdown_put_heading(out, heading);
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        for (const AggregateDef *def = aggregate_families[f]; def->name != NULL; def++) {
            if (def->signature == NULL)
                continue;
            strbuf_string(out, "| ");
            put_code_cell(def->signature, out);
            put_cell(def->doc, out);
            strbuf_printf(out, "%s |\n", aggregate_over(def, true) != NULL ? "yes" : "no");
        }
    }
}

/* --- windows --- */

static void put_window_table(const char *what, WindowHelp get(uint32_t), uint32_t count,
                             StrBuf *out)
{
    const char *const heading[] = {what, "what it gives", "example", NULL};
    markdown_put_heading(out, heading);
    for (uint32_t i = 0; i < count; i++) {
        const WindowHelp help = get(i);
        strbuf_string(out, "| ");
        put_code_cell(help.form, out);
        put_cell(help.doc, out);
        markdown_put_code(out, help.example);
        strbuf_string(out, " |\n");
    }
}

void doc_print_windows(StrBuf *out)
{
    strbuf_string(out, "## In FROM\n\n");
    put_window_table("window function", window_help_get, window_help_count(), out);
    strbuf_string(
        out,
        "\nEach takes a table, a view or a subquery in brackets, gives its columns and behind them "
        "`window_start`, `window_end` and `window_time`, the last millisecond of the window, which "
        "is event time again. GROUP BY `window_start` and `window_end` writes a window's rows "
        "once, "
        "when the watermark has passed its end. Sizes are INTERVALs; DESCRIPTOR names a column "
        "with "
        "a WATERMARK, or PROCTIME(). The offset moves where windows begin. Arguments can be given "
        "by name: `DATA =>`, `TIMECOL =>`, `SIZE =>`, `SLIDE =>`, `STEP =>`, `GAP =>`, `OFFSET "
        "=>`.\n\n## Before OVER\n\n");
    put_window_table("function", over_help_get, over_help_count(), out);
    strbuf_string(out, "\nAll aggregates stand there too, with ROWS or RANGE: see the page "
                       "`aggregates`.\n");
}

static void put_precedences(StrBuf *out)
{
    static const struct {
        const char *spelling;
        uint32_t precedence;
    } rows[] = {
#define X(name, spelling, precedence) {spelling, precedence},
#include "grammar/operators.def"
#undef X
    };
    strbuf_string(out,
                  "## Precedence\n\nOf those between two operands, the weakest first; in a line "
                  "they bind alike, from left to right.\n\n");
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool same = i > 0 && rows[i].precedence == rows[i - 1].precedence;
        strbuf_string(out, same ? " " : i == 0 ? "1. " : "\n1. ");
        markdown_put_code(out, rows[i].spelling);
    }
    strbuf_char(out, '\n');
}

void doc_print_operators(StrBuf *out)
{
    put_families(true, out);
    put_precedences(out);
}

/* --- keywords --- */

static void put_words(bool reserved, StrBuf *out)
{
    for (uint32_t i = 0; i < keyword_count(); i++) {
        const KeywordRow *row = keyword_row(i);
        if ((row->kind == KEYWORD_RESERVED) == reserved)
            strbuf_printf(out, "`%s`\n", row->word);
    }
}

void doc_print_keywords(StrBuf *out)
{
    strbuf_string(out, "## Reserved\n\nAs a name only in back-ticks, or behind a point.\n\n");
    put_words(true, out);
    strbuf_string(out,
                  "\n## Free\n\nNames without back-ticks, wherever the grammar does not want the "
                  "keyword.\n\n");
    put_words(false, out);
}

/* --- types --- */

static void put_parameter(const TypeDef *def, StrBuf *out)
{
    switch (def->parameter) {
    case PARAMETER_NONE: break;
    case PARAMETER_LENGTH:
        strbuf_printf(out, "length from %u; %u when left out", def->min, def->otherwise);
        break;
    case PARAMETER_DIGITS:
        strbuf_printf(out, "precision %u to %u, scale up to that; (%u, 0) when left out", def->min,
                      def->max, def->otherwise);
        break;
    case PARAMETER_FRACTION:
        strbuf_printf(out, "digits of the second %u to %u; %u when left out", def->min, def->max,
                      def->otherwise);
        break;
    }
    strbuf_string(out, " | ");
}

/* What SQLite stores can depend on the number of digits. */
static void put_stored(TypeId id, StrBuf *out)
{
    if (type_def(id)->parameter != PARAMETER_DIGITS) {
        Type type = type_make(id);
        strbuf_printf(out, "`%s` | ", result_column_type(&type));
        return;
    }
    const char *last = NULL;
    for (uint32_t digits = 1; digits <= DECIMAL_MAX_PRECISION; digits++) {
        Type type = type_decimal(digits, 0);
        const char *stored = result_column_type(&type);
        if (last == NULL)
            strbuf_printf(out, "`%s`", stored);
        else if (strcmp(stored, last) != 0)
            strbuf_printf(out, "; `%s` from %u digits", stored, digits);
        last = stored;
    }
    strbuf_string(out, " | ");
}

void doc_print_types(StrBuf *out)
{
    static const char *const heading[] = {"type", "values", "parameter", "in SQLite", "note", NULL};
    markdown_put_heading(out, heading);
    for (unsigned id = TYPE_NULL + 1; id < TYPE_IDS; id++) {
        const TypeDef *def = type_def((TypeId)id);
        strbuf_string(out, "| ");
        put_code_cell(def->name, out);
        put_cell(def->doc, out);
        put_parameter(def, out);
        put_stored((TypeId)id, out);
        strbuf_printf(out, "%s |\n", def->phys == PHYS_NESTED ? "not supported yet" : "");
    }
}

/* --- errors --- */

void doc_print_errors(StrBuf *out)
{
    for (unsigned i = 0; i < ERROR_CODES; i++) {
        const ErrorDef *def = error_def((ErrorCode)i);
        strbuf_printf(out, "## %s: %s\n\n", def->name, def->title);
        markdown_put(out, def->doc);
        strbuf_string(out, "\n\n");
    }
}

/* --- differences --- */

void doc_print_differences(StrBuf *out)
{
    static const char *const heading[] = {"what", "kind", "Flink ...", "Weir ...", "example", NULL};
    const char *area = "";
    strbuf_string(out,
                  "A departure gives another result for the same text. An extension is "
                  "something that Flink refuses or does not have. \"Not yet\" is what Flink runs "
                  "and Weir refuses with the code E2001.\n");
    for (uint32_t i = 0; i < difference_count(); i++) {
        const Difference *difference = difference_get(i);
        if (strcmp(area, difference->area) != 0) {
            area = difference->area;
            strbuf_printf(out, "\n## %s\n\n", area);
            markdown_put_heading(out, heading);
        }
        strbuf_string(out, "| ");
        put_cell(difference->id, out);
        put_cell(difference_kind_name(difference->kind), out);
        put_cell(difference->flink, out);
        put_cell(difference->weir, out);
        if (difference->example != NULL)
            markdown_put_code(out, difference->example);
        strbuf_string(out, " |\n");
    }
}
