/* JSON strings (RFC 8259), for the JSON modes, notes and errors. */
#ifndef WEIR_SHELL_JSON_TEXT_H
#define WEIR_SHELL_JSON_TEXT_H

#include "storage/base/strbuf.h"
#include "storage/base/text.h"

/* The text in double quotes. Control characters are escaped, DEL to U+009F as well, so that the
 * line is safe on a terminal; bytes that are not UTF-8 become U+FFFD. */
void json_put_string(StrBuf *out, Text text);

/* Bytes in Base64 (RFC 4648) with padding, as a string: the form that the json format reads. */
void json_put_bytes(StrBuf *out, Text bytes);

#endif
