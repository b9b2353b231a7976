/* User files: whole scripts read into memory, and where a user's own files live (XDG base
 * directories): the history in the state directory, init.sql in the configuration directory. */
#ifndef WEIR_SHELL_USER_FILES_H
#define WEIR_SHELL_USER_FILES_H

#include "shell/session.h"
#include "storage/base/arena.h"
#include "storage/base/diag.h"

/* The bytes of a script, without a byte order mark; "-" is standard input. The name in `out` is the
 * path as given, or "<stdin>". A file of the session's database is refused. */
CHECKED Status user_file_read(Arena *arena, Text path, const Session *session, Source *out,
                              Diag *diag);

/* Path of the history file, its directory made; an empty text when there is no home directory. */
CHECKED Status user_history_path(Arena *arena, Text *out);
/* Path of init.sql, whether it exists or not; an empty text when there is no home directory. */
CHECKED Status user_init_path(Arena *arena, Text *out);
/* A path that begins with ~/ with the home directory in its place. */
CHECKED Status user_path_expand(Arena *arena, Text path, Text *out);

#endif
