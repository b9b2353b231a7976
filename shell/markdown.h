/* Markdown: cells of tables and code, for the reference pages. What a text holds is shown as it is:
 * characters with a meaning in Markdown are escaped, those between back-ticks stay code. */
#ifndef WEIR_SHELL_MARKDOWN_H
#define WEIR_SHELL_MARKDOWN_H

#include "storage/base/strbuf.h"

/* A sentence, in a table's cell or outside of one. */
void markdown_put(StrBuf *out, const char *sentence);
/* `code`, in a table's cell. */
void markdown_put_code(StrBuf *out, const char *code);
/* "| a | b |" and the line below it; `heading` ends with a NULL. */
void markdown_put_heading(StrBuf *out, const char *const *heading);

#endif
