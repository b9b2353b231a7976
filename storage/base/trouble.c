#include "storage/base/trouble.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

typedef struct SystemError {
    int error;
    Trouble trouble;
    const char *words;
} SystemError;

static const SystemError errors[] = {
    {ENOSPC, TROUBLE_FULL, "the disk is full"},
    {EDQUOT, TROUBLE_FULL, "the disk quota is used up"},
    {ENOMEM, TROUBLE_TAKEN, "the system is short of memory"},
    {EMFILE, TROUBLE_TAKEN, "this process has as many files open as it may"},
    {ENFILE, TROUBLE_TAKEN, "the system has as many files open as it may"},
    {ETIMEDOUT, TROUBLE_TAKEN, "the file server does not answer"},
    {EFBIG, TROUBLE_LASTING, "the file would pass a size limit of the system"},
    {EROFS, TROUBLE_LASTING, "the file system is read-only"},
};

static const SystemError *find(int error)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].error == error)
            return &errors[i];
    }
    return NULL;
}

Trouble trouble_of_error(int error)
{
    const SystemError *known = find(error);
    return known == NULL ? TROUBLE_LASTING : known->trouble;
}

const char *trouble_words(int error)
{
    const SystemError *known = find(error);
    const char *words = known == NULL ? strerrordesc_np(error) : known->words;
    return words == NULL ? "unknown error" : words;
}
