/* Workspace: the temporary directory of one run of one test file: its input files and, when asked
 * for, its database. */
#ifndef WEIR_TESTS_SQL_WORKSPACE_H
#define WEIR_TESTS_SQL_WORKSPACE_H

#include <stdbool.h>

#include "storage/base/strbuf.h"
#include "tests/support/temp_folder.h"

typedef struct Workspace {
    char path[TEMP_FOLDER_SIZE];
} Workspace;

bool workspace_open(Workspace *workspace);
void workspace_close(Workspace *workspace); /* removes everything */
/* Makes the directories on the way. */
bool workspace_write(const Workspace *workspace, Text name, Text content);

#endif
