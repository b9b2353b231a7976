/* Feed: rows of ours as a table that SQLite reads, so that one INSERT ... SELECT takes them all in,
 * at up to twice the speed of a statement bound and stepped for each row. The table is virtual, is
 * seen by this connection alone, and is empty but for the time that its owner lets it run. */
#ifndef WEIR_STORAGE_SQLITE_FEED_H
#define WEIR_STORAGE_SQLITE_FEED_H

#include "storage/sqlite/db.h"

/* What fails in it is ST_NOMEM. */
typedef struct FeedSource {
    uint32_t columns;
    void *context;
    /* Goes to the next row; *row false: that was the last. */
    Status (*next)(void *context, bool *row);
    /* A value of the row, borrowed until next is called again. */
    Status (*value)(void *context, uint32_t column, DbValue *out);
} FeedSource;

typedef struct Feed Feed;

/* The table's name is `name` behind "_weir_feed_". */
CHECKED Status feed_open(Db *db, Text name, const FeedSource *source, Feed **out, Diag *diag);
void feed_close(Feed *feed); /* after the statements that read it */
/* Runs a statement that reads the feed once. */
CHECKED Status feed_run(Feed *feed, DbStatement *statement, Diag *diag);
void feed_print_name(Text name, StrBuf *out); /* quoted */

#endif
