/* ReaderPool: a few threads that read the splits of a session's jobs ahead (read_ahead.h). Each
 * split belongs to one thread, each thread has a group of splits and looks after them in turns. A
 * thread is started when it gets its first. */
#ifndef WEIR_EXECUTOR_RUN_READER_POOL_H
#define WEIR_EXECUTOR_RUN_READER_POOL_H

#include "storage/base/bell.h"
#include "storage/base/mem.h"

typedef struct ReaderPool ReaderPool;

/* What a thread looks after. */
typedef struct ReaderTask ReaderTask;
struct ReaderTask {
    /* A bounded piece of work; false: there was nothing to do. In the pool's thread. */
    bool (*work)(ReaderTask *task);
    Bell *bell; /* the thread's, set by the pool: rung when there may be something to do */
};

/* `arrived` is the bell of whoever steps the jobs; it must last as long as the pool. */
CHECKED Status reader_pool_open(Meter *meter, uint32_t threads, Bell *arrived, ReaderPool **out);
void reader_pool_close(ReaderPool *pool); /* it has no tasks any more */
Bell *reader_pool_arrived(const ReaderPool *pool);

/* False: there is no memory, or no thread can be started; the task is nobody's then. */
bool reader_pool_add(ReaderPool *pool, ReaderTask *task);
/* Waits for the end of the work under way; the thread does not come back to the task. */
void reader_pool_remove(ReaderPool *pool, ReaderTask *task);

#endif
