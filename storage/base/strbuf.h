/* StrBuf: a growing text, for everything that is printed. A failed allocation is remembered
 * (`failed`) and later appends do nothing, so that printers need not check each step; who takes the
 * result asks strbuf_status once. */
#ifndef WEIR_STORAGE_BASE_STRBUF_H
#define WEIR_STORAGE_BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/base/mem.h"
#include "storage/base/status.h"
#include "storage/base/text.h"

typedef struct StrBuf {
    Meter *meter;
    char *ptr; /* NUL-terminated whenever not NULL */
    size_t size, capacity;
    bool failed;
} StrBuf;

void strbuf_init(StrBuf *buf, Meter *meter);
void strbuf_close(StrBuf *buf);
void strbuf_clear(StrBuf *buf); /* keeps the memory, forgets a failure */

void strbuf_put(StrBuf *buf, const void *bytes, size_t size);
void strbuf_char(StrBuf *buf, char c);
void strbuf_text(StrBuf *buf, Text text);
void strbuf_string(StrBuf *buf, const char *c_string);
void strbuf_repeat(StrBuf *buf, char c, size_t count);
void strbuf_i64(StrBuf *buf, int64_t value);
void strbuf_printf(StrBuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for `size` bytes at the end, to be written by the caller who then adds to `size`; NULL when
 * memory is short. */
char *strbuf_room(StrBuf *buf, size_t size);

CHECKED Status strbuf_status(const StrBuf *buf);
const char *strbuf_cstr(const StrBuf *buf); /* never NULL */
Text strbuf_as_text(const StrBuf *buf);

#endif
