/* History file: what was typed, one entry a line, oldest first. An entry is appended when it is
 * made, so that several shells can share the file and a crash loses nothing. Newlines in an entry
 * are written \n and backslashes \\. */
#ifndef WEIR_SHELL_HISTORY_FILE_H
#define WEIR_SHELL_HISTORY_FILE_H

#include <stdbool.h>

#include "storage/base/status.h"
#include "storage/base/text.h"

enum { HISTORY_ENTRIES = 10000 };

/* An entry that begins with a space, or that speaks of a password or secret, is not kept. */
bool history_is_private(Text entry);

/* Calls back with the newest HISTORY_ENTRIES entries, oldest first. A file that grew to twice as
 * many is rewritten. No file is no entries. */
CHECKED Status history_load(const char *path, void (*found)(void *context, Text entry),
                            void *context);

/* Appends; a file that cannot be written is left alone, since a history is a convenience. */
void history_append(const char *path, Text entry);

#endif
