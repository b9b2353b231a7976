/* Who else writes to a database file, so that a message about a lock can name the culprit. SQLite's
 * locks are POSIX locks, and Linux lists those with the pids of their holders in /proc/locks. */
#ifndef WEIR_STORAGE_SQLITE_FOREIGN_WRITER_H
#define WEIR_STORAGE_SQLITE_FOREIGN_WRITER_H

/* The pid of another process that holds SQLite's write lock on the database at `path`; 0: none is
 * to be seen, or it lives in another container. Never opens the database. */
int foreign_writer_pid(const char *path);
/* The name of a process, "?" if it cannot be read. */
void process_name(int pid, char out[32]);

#endif
