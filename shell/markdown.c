#include "shell/markdown.h"

#include <string.h>

void markdown_put(StrBuf *out, const char *sentence)
{
    bool code = false;
    for (const char *c = sentence; *c != '\0'; c++) {
        if (*c == '`')
            code = !code;
        /* A bar ends the cell, in code too; the others mean something only outside of it. */
        if (*c == '|' || (!code && strchr("\\<*_[]", *c) != NULL))
            strbuf_char(out, '\\');
        strbuf_char(out, *c);
    }
}

/* Code that holds a back-tick stands between two of them. */
void markdown_put_code(StrBuf *out, const char *code)
{
    bool doubled = strchr(code, '`') != NULL;
    strbuf_string(out, doubled ? "`` " : "`");
    for (const char *c = code; *c != '\0'; c++) {
        if (*c == '|')
            strbuf_char(out, '\\');
        strbuf_char(out, *c);
    }
    strbuf_string(out, doubled ? " ``" : "`");
}

void markdown_put_heading(StrBuf *out, const char *const *heading)
{
    uint32_t columns = 0;
    for (; heading[columns] != NULL; columns++)
        strbuf_printf(out, "| %s ", heading[columns]);
    strbuf_string(out, "|\n");
    for (uint32_t i = 0; i < columns; i++)
        strbuf_string(out, "|---");
    strbuf_string(out, "|\n");
}
