/* Replays files through a fuzz target, without libFuzzer: each argument is a file, or a folder
 * whose files are taken in the order of their names. Every input is a block of its own of exactly
 * its size, so that a sanitizer sees a read behind its end. It is an error to have replayed
 * nothing. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (file == NULL || fstat(fileno(file), &info) != 0) {
        perror(path);
        return -1;
    }
    size_t size = (size_t)info.st_size;
    uint8_t *bytes = malloc(size == 0 ? 1 : size);
    if (bytes == NULL || fread(bytes, 1, size, file) != size) {
        perror(path);
        return -1;
    }
    fclose(file);
    /* Shown only when the target ends the process. */
    fprintf(stderr, "\rreplaying %s\n", path);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return 1;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* How many inputs were replayed; -1 on an error, which has been reported. */
static int replay_folder(const char *path)
{
    struct dirent **entry;
    int entries = scandir(path, &entry, is_visible, alphasort);
    if (entries < 0) {
        perror(path);
        return -1;
    }
    int done = 0;
    for (int i = 0; i < entries; i++) {
        char file[4096];
        snprintf(file, sizeof(file), "%s/%s", path, entry[i]->d_name);
        if (done >= 0)
            done = replay_file(file) < 0 ? -1 : done + 1;
        free(entry[i]);
    }
    free(entry);
    return done;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        int done = stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode) ? replay_folder(argv[i])
                                                                      : replay_file(argv[i]);
        if (done < 0)
            return 1;
        total += done;
    }
    printf("%d inputs replayed\n", total);
    return total > 0 ? 0 : 1;
}
