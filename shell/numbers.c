#include "shell/numbers.h"

#include <stdio.h>

void number_put_count(StrBuf *out, uint64_t count)
{
    char digits[32];
    int size = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            strbuf_char(out, ',');
        strbuf_char(out, digits[i]);
    }
}

/* Rounded down, so that a part is never shown as the whole. */
void number_put_bytes(StrBuf *out, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000) {
        strbuf_printf(out, "%llu B", (unsigned long long)bytes);
        return;
    }
    uint32_t unit = 0;
    uint64_t one = 1000;
    while (bytes / one >= 1000) {
        one *= 1000;
        unit++;
    }
    strbuf_printf(out, "%llu.%llu %s", (unsigned long long)(bytes / one),
                  (unsigned long long)(bytes % one / (one / 10)), units[unit]);
}

void number_put_time(StrBuf *out, Micros span)
{
    long long seconds = span < 0 ? 0 : (long long)(span / MICROS_PER_SECOND);
    if (seconds >= 3600)
        strbuf_printf(out, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        strbuf_printf(out, "%lld:%02lld", seconds / 60, seconds % 60);
}

uint64_t number_per_second(uint64_t count, Micros span)
{
    if (span <= 0)
        return 0;
    return (uint64_t)((double)count * (double)MICROS_PER_SECOND / (double)span);
}
