#include "shell/doc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/cli.h"
#include "shell/doc_pages.h"
#include "shell/writer.h"
#include "storage/base/suggest.h"

static const DocPage page_table[] = {
    {"statements", "Statements",
     "Every statement of Flink's SQL is parsed; what this version does not run is refused with the "
     "code E2001.",
     doc_print_statements},
    {"functions", "Functions",
     "A NULL argument makes the result NULL, unless the text says otherwise.", doc_print_functions},
    {"aggregates", "Aggregates",
     "What GROUP BY, and OVER, compute of many rows. Each takes FILTER (WHERE condition) behind "
     "it.",
     doc_print_aggregates},
    {"windows", "Windows",
     "TUMBLE, HOP, CUMULATE and SESSION put rows into windows of time; OVER looks at the rows "
     "around each row.",
     doc_print_windows},
    {"operators", "Operators",
     "A NULL operand makes the result NULL, unless the text says otherwise.", doc_print_operators},
    {"keywords", "Keywords", "Letter case is free in keywords, and counts in names.",
     doc_print_keywords},
    {"types", "Types", "The types of columns and expressions, and what SQLite stores.",
     doc_print_types},
    {"connectors", "Connectors", "Where a table's rows are: the table option 'connector'.",
     doc_print_connectors},
    {"formats", "Formats", "How records are written: the table option 'format'.",
     doc_print_formats},
    {"table-options", "Table options",
     "What WITH (...) takes besides the options of the connector "
     "and the format.",
     doc_print_table_options},
    {"settings", "Settings", "The keys of SET and RESET.", doc_print_settings},
    {"errors", "Error codes",
     "A code keeps its meaning for ever; `weir explain CODE` prints one paragraph.",
     doc_print_errors},
    {"command-line", "Command line and dot-commands", "What the program `weir` takes.",
     cli_print_reference},
    {"differences", "Differences from Flink",
     "A script that uses no extension means the same on Flink 2.3, but for the departures below.",
     doc_print_differences},
};
enum { PAGES = sizeof page_table / sizeof *page_table };

uint32_t doc_page_count(void)
{
    return PAGES;
}

const DocPage *doc_page_get(uint32_t index)
{
    assert(index < PAGES);
    return &page_table[index];
}

void doc_print_page(const DocPage *page, StrBuf *out)
{
    strbuf_printf(out, "# %s\n\n%s\n\n", page->title, page->about);
    page->print(out);
}

static void print_list(StrBuf *out)
{
    strbuf_string(out, "# Reference\n\n");
    for (uint32_t i = 0; i < PAGES; i++)
        strbuf_printf(out, "- [%s](%s.md): %s\n", page_table[i].name, page_table[i].name,
                      page_table[i].title);
}

Status doc_print(Text name, StrBuf *out, Diag *diag)
{
    Text names[PAGES];
    if (name.size == 0) {
        print_list(out);
        return ST_OK;
    }
    for (uint32_t i = 0; i < PAGES; i++) {
        names[i] = text_of(page_table[i].name);
        if (text_equal_nocase(name, names[i])) {
            doc_print_page(&page_table[i], out);
            return ST_OK;
        }
    }
    Status status = diag_error(diag, E0003, SPAN_NONE, "there is no page \"%.*s\"", TEXT_ARG(name));
    diag_suggest(diag, name, names, PAGES);
    if (diag->hint[0] == '\0')
        diag_hint(diag, "weir doc lists them");
    return status;
}

/* --- files --- */

static Status refuse_file(Text path, Diag *diag)
{
    return diag_error(diag, E3003, SPAN_NONE, "cannot write \"%.*s\": %s", TEXT_ARG(path),
                      strerror(errno));
}

static Status write_file(Text path, const StrBuf *text, Diag *diag)
{
    Writer writer;
    int fd = open(path.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return refuse_file(path, diag);
    writer_open(&writer, fd);
    strbuf_text(&writer.buf, strbuf_as_text(text));
    Status status = writer_flush(&writer);
    if (status != ST_OK)
        status = writer_diag(&writer, path, diag);
    writer_close(&writer);
    if (close(fd) != 0 && status == ST_OK)
        status = refuse_file(path, diag);
    return status;
}

/* A NULL page is the list. */
static Status write_page(Text directory, const DocPage *page, Diag *diag)
{
    StrBuf path, text;
    strbuf_init(&path, NULL);
    strbuf_init(&text, NULL);
    strbuf_printf(&path, "%.*s/%s.md", TEXT_ARG(directory), page == NULL ? "index" : page->name);
    if (page == NULL)
        print_list(&text);
    else
        doc_print_page(page, &text);
    Status status = path.failed ? ST_NOMEM : strbuf_status(&text);
    if (status == ST_OK)
        status = write_file(strbuf_as_text(&path), &text, diag);
    strbuf_close(&text);
    strbuf_close(&path);
    return status;
}

Status doc_write_all(Text directory, Diag *diag)
{
    StrBuf path;
    strbuf_init(&path, NULL);
    strbuf_text(&path, directory);
    Status status = strbuf_status(&path);
    if (status == ST_OK && mkdir(strbuf_cstr(&path), 0777) != 0 && errno != EEXIST)
        status = refuse_file(directory, diag);
    strbuf_close(&path);
    TRY(status);
    TRY(write_page(directory, NULL, diag));
    for (uint32_t i = 0; i < PAGES; i++)
        TRY(write_page(directory, &page_table[i], diag));
    return ST_OK;
}
