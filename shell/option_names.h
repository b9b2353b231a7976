/* Option names: which options may stand in a place, and which values they may have, for completion.
 * Read from the tables that the binder checks against. */
#ifndef WEIR_SHELL_OPTION_NAMES_H
#define WEIR_SHELL_OPTION_NAMES_H

#include <stdbool.h>

#include "storage/base/text.h"

/* Whose options: those of SET, or of a table. */
typedef struct OptionPlace {
    bool settings;
    Text connector, format; /* as named so far; empty or unknown: any */
} OptionPlace;

typedef void OptionFound(void *context, Text name);

/* Keys, without those that are refused as not supported yet. One that stands for many
 * ("fields.#.kind") is given as it is. */
void option_names(const OptionPlace *place, OptionFound *found, void *context);
/* The values that the key can have, if they are a fixed set. */
void option_values(const OptionPlace *place, Text key, OptionFound *found, void *context);

#endif
