/* Cell text: a value as it is shown to people: how many screen columns it takes, control characters
 * made visible, cut to a width. Everything that must not steer a terminal goes through here; what
 * is written for machines has its own rules in render_csv.c and render_json.c. */
#ifndef WEIR_SHELL_CELL_TEXT_H
#define WEIR_SHELL_CELL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "shell/output.h"
#include "storage/base/strbuf.h"
#include "storage/base/text.h"

typedef enum EscapeSet {
    ESCAPE_NOTHING,  /* bytes as they are: not for a terminal */
    ESCAPE_TERMINAL, /* control characters but newline and tab */
    ESCAPE_LAYOUT,   /* newline and tab as well: the text keeps to its line and column */
} EscapeSet;

/* Appends the text; what the set names is written \n, \t, \r, \xHH (a control character or a byte
 * that is not UTF-8) or \uHHHH (an invisible character that reorders text). */
void text_put_escaped(StrBuf *out, Text text, EscapeSet set);

/* Screen columns of text that needs no more escapes. */
uint32_t text_width(Text text);

/* Appends at most `width` columns of the text; one that is longer ends in "…". Returns the columns
 * used. */
uint32_t text_put_cut(StrBuf *out, Text text, uint32_t width);

/* Appends the text in one line, its white space folded to single blanks and left out at its ends,
 * and no more than `width` columns of it. */
void text_put_folded(StrBuf *out, Text text, uint32_t width);

/* Appends the value as the text modes show it: NULL as `null_text`, bytes as x'0aff'. */
void cell_put(StrBuf *out, const OutputCell *cell, Text null_text, EscapeSet set);

/* Appends bytes as two digits each. */
void bytes_put_hex(StrBuf *out, Text bytes);

#endif
