/* For tests that use a database file: a folder of their own, a look at the file through SQLite's
 * own interface (as any other client sees it), and children that do something in another process.
 */
#ifndef WEIR_TESTS_SUPPORT_DB_FIXTURE_H
#define WEIR_TESTS_SUPPORT_DB_FIXTURE_H

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/base/strbuf.h"
#include "storage/base/text.h"
#include "tests/support/temp_folder.h"

typedef struct Fixture {
    char folder[TEMP_FOLDER_SIZE];
    char path[TEMP_FOLDER_SIZE + 32]; /* of the database */
    StrBuf shown;                     /* what fixture_query gave last */
} Fixture;

static inline void fixture_open(Fixture *fixture)
{
    bool made = temp_folder_make(fixture->folder, "weir-test");
    assert(made);
    (void)made;
    snprintf(fixture->path, sizeof fixture->path, "%s/app.db", fixture->folder);
    strbuf_init(&fixture->shown, NULL);
}

/* Names in the folder, sorted, separated by blanks. */
static inline const char *fixture_files(Fixture *fixture)
{
    struct dirent **found;
    int count = scandir(fixture->folder, &found, NULL, alphasort);
    strbuf_clear(&fixture->shown);
    for (int i = 0; i < count; i++) {
        if (found[i]->d_name[0] != '.')
            strbuf_printf(&fixture->shown, "%s%s", fixture->shown.size == 0 ? "" : " ",
                          found[i]->d_name);
        free(found[i]);
    }
    free(found);
    return strbuf_cstr(&fixture->shown);
}

static inline void fixture_close(Fixture *fixture)
{
    temp_folder_remove(fixture->folder);
    strbuf_close(&fixture->shown);
}

static inline void fixture_write_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    assert(file != NULL);
    size_t written = fwrite(bytes, 1, size, file);
    assert(written == size);
    (void)written;
    fclose(file);
}

/* Size of a file, -1: there is none. */
static inline long fixture_size(const Fixture *fixture, const char *suffix)
{
    char path[sizeof fixture->path + 16];
    struct stat file;
    snprintf(path, sizeof path, "%s%s", fixture->path, suffix);
    return stat(path, &file) == 0 ? (long)file.st_size : -1;
}

static inline void fixture_print_value(sqlite3_stmt *row, int column, StrBuf *out)
{
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL: strbuf_string(out, "NULL"); break;
    case SQLITE_TEXT:
        strbuf_char(out, '\'');
        strbuf_put(out, sqlite3_column_text(row, column),
                   (size_t)sqlite3_column_bytes(row, column));
        strbuf_char(out, '\'');
        break;
    case SQLITE_BLOB:
        strbuf_string(out, "x'");
        for (int i = 0; i < sqlite3_column_bytes(row, column); i++)
            strbuf_printf(out, "%02X",
                          ((const unsigned char *)sqlite3_column_blob(row, column))[i]);
        strbuf_char(out, '\'');
        break;
    default: /* numbers as the sqlite3 program shows them */
        strbuf_string(out, (const char *)sqlite3_column_text(row, column));
        break;
    }
}

/* Runs the SQL on a connection and gives what it answered: values separated by '|', rows by '\n';
 * texts in quotes. An error is "error: ...". */
static inline const char *fixture_query_on(Fixture *fixture, sqlite3 *handle, const char *sql)
{
    StrBuf *out = &fixture->shown;
    strbuf_clear(out);
    while (*sql != '\0') {
        sqlite3_stmt *row = NULL;
        int result = sqlite3_prepare_v2(handle, sql, -1, &row, &sql);
        while (result == SQLITE_OK && row != NULL && (result = sqlite3_step(row)) == SQLITE_ROW) {
            strbuf_string(out, out->size == 0 ? "" : "\n");
            for (int i = 0; i < sqlite3_column_count(row); i++) {
                strbuf_string(out, i == 0 ? "" : "|");
                fixture_print_value(row, i, out);
            }
            result = SQLITE_OK;
        }
        if (result != SQLITE_OK && result != SQLITE_DONE) {
            strbuf_clear(out);
            strbuf_printf(out, "error: %s", sqlite3_errmsg(handle));
            sql = "";
        }
        sqlite3_finalize(row);
    }
    return strbuf_cstr(out);
}

/* As another client of the file; it may also write. */
static inline const char *fixture_query(Fixture *fixture, const char *sql)
{
    sqlite3 *handle;
    int result = sqlite3_open_v2(fixture->path, &handle, SQLITE_OPEN_READWRITE, NULL);
    assert(result == SQLITE_OK);
    (void)result;
    const char *shown = fixture_query_on(fixture, handle, sql);
    sqlite3_close(handle);
    return shown;
}

/* A child process that runs `act` and then waits to be killed; returns when `act` has ended. */
typedef struct Child {
    pid_t pid;
} Child;

static inline Child fixture_child(void (*act)(Fixture *fixture), Fixture *fixture)
{
    int ready[2];
    if (pipe(ready) != 0)
        abort();
    Child child = {fork()};
    if (child.pid == 0) {
        close(ready[0]);
        act(fixture);
        if (write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    char byte;
    ssize_t got = read(ready[0], &byte, 1);
    assert(got == 1);
    (void)got;
    close(ready[0]);
    return child;
}

static inline void fixture_kill(Child child)
{
    kill(child.pid, SIGKILL);
    waitpid(child.pid, NULL, 0);
}

#endif
