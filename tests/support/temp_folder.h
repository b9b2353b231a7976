/* Temporary folders of tests: in $TMPDIR, or in /tmp. A test that passes leaves none. */
#ifndef WEIR_TESTS_SUPPORT_TEMP_FOLDER_H
#define WEIR_TESTS_SUPPORT_TEMP_FOLDER_H

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEMP_FOLDER_SIZE = 104 };

static inline const char *temp_folder_base(void)
{
    const char *base = getenv("TMPDIR");
    return base == NULL || base[0] == '\0' ? "/tmp" : base;
}

/* "weir-test" and the like; false when it cannot be made. */
static inline bool temp_folder_make(char folder[TEMP_FOLDER_SIZE], const char *name)
{
    int size = snprintf(folder, TEMP_FOLDER_SIZE, "%s/%s-XXXXXX", temp_folder_base(), name);
    return size > 0 && size < TEMP_FOLDER_SIZE && mkdtemp(folder) != NULL;
}

static inline int temp_folder_remove_entry(const char *path, const struct stat *info, int kind,
                                           struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

/* With all that is in it. */
static inline void temp_folder_remove(const char *folder)
{
    nftw(folder, temp_folder_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
