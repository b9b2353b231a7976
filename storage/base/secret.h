/* Secret: the values of options such as 'properties.sasl.password', hidden where the text of a
 * statement is shown. What is shown may be broken SQL, half a line, or a comment, so values are
 * found by what stands before them and not by parsing: a quoted name that is a secret's, then the
 * value. The names are known by their endings, so that a misspelt option, or that of a connector
 * which is not there, is hidden too; a test holds each row with OPTION_SECRET to it. */
#ifndef WEIR_STORAGE_BASE_SECRET_H
#define WEIR_STORAGE_BASE_SECRET_H

#include "storage/base/arena.h"
#include "storage/base/diag.h"

#define SECRET_SHOWN "'****'"

bool secret_is_key(Text key);

/* The first value at or behind `from`, its quotes included. */
bool secret_find(Text sql, uint32_t from, Span *out);

/* The text with each value as '****'. `span`: of the text, becomes the same place in what is
 * printed; may be NULL. */
void secret_print(Text sql, Span *span, StrBuf *out);
CHECKED Status secret_text(Arena *arena, Text sql, Text *out); /* the same, without a place */

#endif
