/* TestFile: the text format of the golden tests, read into blocks and written back with new
 * expectations. Knows nothing of SQL.
 *
 *   # a comment, outside of blocks
 *
 *   file bids.jsonl             the lines up to `end` become an input file of the case. With
 * `escaped`
 *   {"price": 5}                after the name, \r \t \0 \xHH \\ are bytes and a \ at the end of a
 *   end                         line means that no line break follows
 *
 *   statement ok                one or more SQL statements that give no rows; what `----` holds is
 *   CREATE TABLE ...            the warnings they give
 *
 *   statement error E2104 1:8   the last one fails, with that code, at that line and column of the
 *   SELECT nope FROM t          block (no position: none is printed). `----` and the whole printed
 *   ----                        error may follow
 *   <sql>:1:8: error E2104: ...
 *
 *   script ok                   like statement, but as `weir run` takes a file: bound as a whole,
 *   script error E2104 3:1      then run as one job; rows that it prints stand under `----`, with
 *                               `--` between two results
 *
 *   query [sorted] [typed]      rows of a SELECT, SHOW, DESCRIBE, EXPLAIN: cells parted by ` | `.
 *   SELECT ...                  sorted: bytewise, where no order is promised. typed: a first line
 *   ----                        with the columns' names and types
 *   a | 1
 *   b | NULL
 *
 *   changelog                   a SELECT with every change in order: `+I a | 1`
 *
 *   clock runs                  from here on the clock goes on by 100 ms whenever somebody looks at
 *                               it, so that what a clock paces comes ('rows-per-second' of
 *                               datagen); `clock stands`: from here on it stands still, as it does
 *                               in the beginning
 *
 *   expect table NAME [sorted | order by ...]    the rows that SQLite has for it
 *   expect late VIEW            the rows of "VIEW$late"
 *   expect errors NAME          the rows of "NAME$errors"
 *   expect counts               read, used, filtered, late, rejected, skipped per view and source
 *   ----
 *   ...
 *
 * A block ends at a blank line. `skip REASON` before a block's head keeps it from being run. In
 * expected lines a \ alone is an empty line. */
#ifndef WEIR_TESTS_SQL_TEST_FILE_H
#define WEIR_TESTS_SQL_TEST_FILE_H

#include "storage/base/arena.h"
#include "storage/base/strbuf.h"
#include "storage/base/vec.h"

typedef enum BlockKind {
    BLOCK_FILE,
    BLOCK_STATEMENT,
    BLOCK_SCRIPT,
    BLOCK_QUERY,
    BLOCK_CHANGELOG,
    BLOCK_TABLE,
    BLOCK_LATE,
    BLOCK_ERRORS,
    BLOCK_COUNTS,
    BLOCK_CLOCK,
} BlockKind;

typedef struct Block {
    BlockKind kind;
    uint32_t line; /* of its head, from 1 */
    Text skip;     /* the reason; empty: it is run */
    Text name;     /* file, table or view */
    Text order;    /* expect table: behind ORDER BY */
    bool sorted, typed, escaped;
    bool runs;           /* the clock */
    Text code, position; /* error blocks: "E2104", "1:8" or empty */
    bool fails;
    Text body;                             /* SQL, or a file's lines */
    bool has_expected;                     /* there is a ---- line */
    uint32_t expected_start, expected_end; /* offsets in the file's text, ---- line included */
    Text expected;                         /* its lines, escapes resolved */
} Block;

typedef struct TestFile {
    const char *path;
    Text text;
    VEC(Block) block;
} TestFile;

/* Everything is made in the arena. false: `error` says what is wrong with the file. */
bool test_file_read(const char *path, Arena *arena, TestFile *out, StrBuf *error);
/* The bytes that a file block stands for. false: a bad escape. */
bool test_file_content(const Block *block, StrBuf *out);
/* Writes the file with actual[i] as what block i expects; a NULL leaves it as it is. */
bool test_file_rewrite(const TestFile *file, const StrBuf *const *actual);

#endif
