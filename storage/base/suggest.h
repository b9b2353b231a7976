/* "Did you mean": the nearest of some candidate names. */
#ifndef WEIR_STORAGE_BASE_SUGGEST_H
#define WEIR_STORAGE_BASE_SUGGEST_H

#include <stdint.h>

#include "storage/base/text.h"

/* Edits (insert, delete, replace, swap of neighbours; letter case is free) that turn a into b, or
 * `limit` + 1 when it takes more. Names above 64 bytes are never near. */
uint32_t suggest_distance(Text a, Text b, uint32_t limit);

/* Index of the nearest candidate within a third of the wrong name's length, or -1. The first one
 * wins a tie. */
int32_t suggest_find(Text wrong, const Text *candidates, uint32_t count);

#endif
