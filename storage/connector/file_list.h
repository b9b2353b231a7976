/* Which files a table's path stands for. A path is a file, a directory (read with its
 * sub-directories; names that begin with a dot or underscore are left out, as Flink does) or a
 * pattern of the shell's kind. Files come in the order of the bytes of their paths. */
#ifndef WEIR_STORAGE_CONNECTOR_FILE_LIST_H
#define WEIR_STORAGE_CONNECTOR_FILE_LIST_H

#include "storage/connector/connector.h"

/* The option 'path' without "file://", behind the base path unless absolute; NUL-terminated. */
CHECKED Status file_path_resolve(const TableSpec *table, const SourceEnv *env, Arena *arena,
                                 Text *out);

/* ConnectorClass.list of the filesystem. */
CHECKED Status file_list(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count,
                         Diag *diag);

/* When the file was made, in nanoseconds; 0: its file system does not say. */
uint64_t file_birth(const char *path);

/* Whether the table goes on when all that was there has been read. */
bool file_is_followed(const TableSpec *table);
/* Whether it also goes on when a file was cut; what that held before is gone then. */
bool file_restarts_when_cut(const TableSpec *table);

#endif
