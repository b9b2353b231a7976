/* Optimal string alignment distance (Damerau 1964, restricted), three rows at a time. */
#include "storage/base/suggest.h"

#include <ctype.h>

enum { LONGEST = 64 };

static char lower(char c)
{
    return (char)tolower((unsigned char)c);
}

static uint32_t least(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t m = a < b ? a : b;
    return m < c ? m : c;
}

uint32_t suggest_distance(Text a, Text b, uint32_t limit)
{
    if (a.size > LONGEST || b.size > LONGEST)
        return limit + 1;
    uint32_t gap = a.size > b.size ? a.size - b.size : b.size - a.size;
    if (gap > limit)
        return limit + 1;
    uint32_t rows[3][LONGEST + 1];
    for (uint32_t j = 0; j <= b.size; j++)
        rows[0][j] = j;
    for (uint32_t i = 1; i <= a.size; i++) {
        uint32_t *now = rows[i % 3], *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (uint32_t j = 1; j <= b.size; j++) {
            char ca = lower(a.ptr[i - 1]), cb = lower(b.ptr[j - 1]);
            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (ca != cb));
            if (i > 1 && j > 1 && ca == lower(b.ptr[j - 2]) && cb == lower(a.ptr[i - 2]) &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    uint32_t distance = rows[a.size % 3][b.size];
    return distance > limit ? limit + 1 : distance;
}

int32_t suggest_find(Text wrong, const Text *candidates, uint32_t count)
{
    uint32_t best = wrong.size / 3 + 1;
    int32_t found = -1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t distance = suggest_distance(wrong, candidates[i], best - 1);
        if (distance < best) {
            best = distance;
            found = (int32_t)i;
            if (best == 0)
                break;
        }
    }
    return found;
}
