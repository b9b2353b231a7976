/* Who else holds SQLite's locks on a database file, so that a message can name the culprit. They
 * are POSIX locks, and Linux lists those with the pids of their holders in /proc/locks; one whose
 * holder lives in another container has no pid there. Nothing here opens the database. */
#ifndef WEIR_STORAGE_SQLITE_FOREIGN_LOCK_H
#define WEIR_STORAGE_SQLITE_FOREIGN_LOCK_H

enum {
    FOREIGN_NONE = 0,    /* nobody is to be seen */
    FOREIGN_UNSEEN = -1, /* somebody in another container */
};

/* The pid of another process that holds the write lock on the database at `path`. */
int foreign_writer_pid(const char *path);
/* Likewise of one that reads, and so keeps the WAL from being emptied. */
int foreign_reader_pid(const char *path);

enum { PROCESS_TEXT_SIZE = 64 };
/* "process 123 (sqlite3)", "a process of another container", "another process". */
void process_print(int pid, char out[PROCESS_TEXT_SIZE]);

#endif
