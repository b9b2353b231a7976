/* ReadAhead: a SplitReader around another one, which it polls in a thread of the reader pool, a few
 * batches ahead of whoever polls it. Full is the queue when all of its builders are: then the
 * thread leaves the split alone, which is the back-pressure. Batches change hands whole, builder
 * for builder; nothing is copied.
 *
 * It tells nothing before it is taken: the position is that of the batches given out. A replay,
 * which asks for a certain stretch of the input, is read in the caller's thread; the first poll
 * without one begins to read ahead, and no replay comes after that. */
#ifndef WEIR_EXECUTOR_RUN_READ_AHEAD_H
#define WEIR_EXECUTOR_RUN_READ_AHEAD_H

#include "executor/run/reader_pool.h"
#include "storage/connector/split_reader.h"

enum { READ_AHEAD_BATCHES = 4 }; /* that wait or are being filled */

/* Takes the inner reader over, which must not be used in any other way; not on an error. What it is
 * polled with are builders of this schema, and but in a replay of one capacity. */
CHECKED Status read_ahead_open(ReaderPool *pool, SplitReader *inner, Meter *meter,
                               const Schema *schema, SplitReader **out);

#endif
