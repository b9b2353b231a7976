/* Base64 (RFC 4648, section 4): how BINARY values stand in JSON and CSV. */
#ifndef WEIR_STORAGE_FORMAT_BASE64_H
#define WEIR_STORAGE_FORMAT_BASE64_H

#include <stdbool.h>

#include "storage/base/strbuf.h"
#include "storage/base/text.h"

/* Writes at most text.size * 3 / 4 bytes. Padding is required; blanks between groups of four are
 * skipped, as Flink's reader does. False on anything else. */
bool base64_decode(Text text, char *out, uint32_t *size);
void base64_encode(Text bytes, StrBuf *out);

#endif
