/* Rejected and late rows share one numbering, so that the limit removes the oldest of both and the
 * newest stay, whatever they are. */
#include "storage/catalog/reject_log.h"

#include <assert.h>

#include "storage/base/limits.h"
#include "storage/base/utf8.h"
#include "storage/base/vec.h"
#include "storage/data/timestamp.h"

enum { ROW_OVERHEAD_BYTES = 64 }; /* what a kept row costs beyond its texts, roughly */

/* A row that waits for the epoch's end; `is_late` says which. */
typedef struct PendingReject {
    bool is_late;
    uint32_t raw_bytes; /* before it was cut */
    union {
        RejectedRow rejected;
        LateRow late;
    } as;
} PendingReject;

struct RejectLog {
    Db *db;
    int64_t job;
    Meter *meter;
    Arena arena;              /* of the pending rows; emptied by each flush */
    VEC(PendingReject) pending;
    int64_t kept_bytes;       /* of the job's rows in the file */
    DbStatement *put_rejected, *put_late, *put_count;
};
