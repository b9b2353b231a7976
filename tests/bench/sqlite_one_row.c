/* The least that a program with a durable result does: open SQLite, make a table, insert a row,
 * commit.
 *
 *   sqlite_one_row DATABASE */
#include <sqlite3.h>
#include <stddef.h>

int main(int argc, char **argv)
{
    sqlite3 *db;
    if (argc != 2 || sqlite3_open(argv[1], &db) != SQLITE_OK)
        return 2;
    int status = sqlite3_exec(db,
                              "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN; CREATE "
                              "TABLE v (k INTEGER, n INTEGER); INSERT INTO v VALUES (1, 1); COMMIT",
                              NULL, NULL, NULL);
    sqlite3_close(db);
    return status;
}
