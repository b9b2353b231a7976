/* Text diff: two texts line by line, as `diff -u` shows them, whole. */
#ifndef WEIR_TESTS_SQL_TEXT_DIFF_H
#define WEIR_TESTS_SQL_TEXT_DIFF_H

#include "storage/base/strbuf.h"

/* `-` lines are in `before` alone, `+` lines in `after` alone. */
void text_diff(Text before, Text after, StrBuf *out);

#endif
