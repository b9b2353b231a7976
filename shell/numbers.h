/* Numbers as people read them: counts with commas, sizes in decimal units, spans of time. */
#ifndef WEIR_SHELL_NUMBERS_H
#define WEIR_SHELL_NUMBERS_H

#include "storage/base/clock.h"
#include "storage/base/strbuf.h"

/* 1,234,567 */
void number_put_count(StrBuf *out, uint64_t count);
/* 812 B, 61.3 MB */
void number_put_bytes(StrBuf *out, uint64_t bytes);
/* 0:07, 12:34, 1:02:03; whole seconds that have passed. */
void number_put_time(StrBuf *out, Micros span);
/* How many a second; 0 when no time has passed. */
uint64_t number_per_second(uint64_t count, Micros span);

#endif
