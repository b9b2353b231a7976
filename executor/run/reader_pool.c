#include "executor/run/reader_pool.h"

#include <assert.h>
#include <signal.h>

#include "storage/base/vec.h"

/* Between two looks at tasks that had nothing to do and do not ring. */
static const Micros look_again = 5 * MICROS_PER_MILLI;

typedef struct ReaderThread {
    pthread_t thread;
    bool started;
    Bell bell;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t over;  /* a piece of work is */
    ReaderTask **task;
    uint32_t tasks, room;
    const ReaderTask *working; /* on this one just now */
    bool quits;
} ReaderThread;

struct ReaderPool {
    Meter *meter;
    Bell *arrived;
    pthread_mutex_t lock; /* guards who gets a task */
    uint32_t threads;
    ReaderThread thread[];
};

/* --- a thread --- */

static bool go_round(ReaderThread *self)
{
    bool busy = false;
    for (uint32_t i = 0; i < self->tasks && !self->quits; i++) {
        ReaderTask *task = self->task[i];
        self->working = task;
        pthread_mutex_unlock(&self->lock);
        bool worked = task->work(task);
        pthread_mutex_lock(&self->lock);
        busy = busy || worked;
        self->working = NULL;
        pthread_cond_broadcast(&self->over);
    }
    return busy;
}

static void *read_on(void *context)
{
    ReaderThread *self = context;
    pthread_mutex_lock(&self->lock);
    while (!self->quits) {
        if (go_round(self))
            continue;
        pthread_mutex_unlock(&self->lock);
        bell_wait(&self->bell, look_again);
        pthread_mutex_lock(&self->lock);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* Signals are for the thread that runs statements. */
static bool start(ReaderThread *self)
{
    sigset_t all, before;
    if (self->started)
        return true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    self->started = pthread_create(&self->thread, NULL, read_on, self) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return self->started;
}

/* --- the pool --- */

Status reader_pool_open(Meter *meter, uint32_t threads, Bell *arrived, ReaderPool **out)
{
    assert(threads > 0);
    ReaderPool *pool = mem_alloc_zeroed(meter, sizeof *pool + threads * sizeof *pool->thread);
    if (pool == NULL)
        return ST_NOMEM;
    pool->meter = meter;
    pool->arrived = arrived;
    pool->threads = threads;
    pthread_mutex_init(&pool->lock, NULL);
    for (uint32_t i = 0; i < threads; i++) {
        bell_init(&pool->thread[i].bell);
        pthread_mutex_init(&pool->thread[i].lock, NULL);
        pthread_cond_init(&pool->thread[i].over, NULL);
    }
    *out = pool;
    return ST_OK;
}

static void close_thread(const ReaderPool *pool, ReaderThread *self)
{
    pthread_mutex_lock(&self->lock);
    assert(self->tasks == 0);
    self->quits = true;
    pthread_mutex_unlock(&self->lock);
    bell_ring(&self->bell);
    if (self->started)
        pthread_join(self->thread, NULL);
    mem_free(pool->meter, self->task, self->room * sizeof(ReaderTask *));
    pthread_cond_destroy(&self->over);
    pthread_mutex_destroy(&self->lock);
    bell_close(&self->bell);
}

void reader_pool_close(ReaderPool *pool)
{
    if (pool == NULL)
        return;
    for (uint32_t i = 0; i < pool->threads; i++)
        close_thread(pool, &pool->thread[i]);
    pthread_mutex_destroy(&pool->lock);
    mem_free(pool->meter, pool, sizeof *pool + pool->threads * sizeof *pool->thread);
}

Bell *reader_pool_arrived(const ReaderPool *pool)
{
    return pool->arrived;
}

static ReaderThread *least_busy(ReaderPool *pool)
{
    ReaderThread *least = &pool->thread[0];
    for (uint32_t i = 1; i < pool->threads; i++) {
        if (pool->thread[i].tasks < least->tasks)
            least = &pool->thread[i];
    }
    return least;
}

/* The thread's lock is held: its array may move. */
static bool append(const ReaderPool *pool, ReaderThread *self, ReaderTask *task)
{
    if (self->tasks == self->room) {
        uint32_t larger = self->room == 0 ? 8 : self->room * 2;
        ReaderTask **grown = mem_realloc(pool->meter, self->task, self->room * sizeof *grown,
                                         larger * sizeof *grown);
        if (grown == NULL)
            return false;
        self->task = grown;
        self->room = larger;
    }
    task->bell = &self->bell;
    self->task[self->tasks++] = task;
    return true;
}

bool reader_pool_add(ReaderPool *pool, ReaderTask *task)
{
    pthread_mutex_lock(&pool->lock);
    ReaderThread *self = least_busy(pool);
    pthread_mutex_lock(&self->lock);
    bool added = append(pool, self, task);
    if (added && !start(self)) {
        self->tasks--;
        added = false;
    }
    pthread_mutex_unlock(&self->lock);
    pthread_mutex_unlock(&pool->lock);
    if (added)
        bell_ring(&self->bell);
    return added;
}

static bool take_out(ReaderThread *self, const ReaderTask *task)
{
    uint32_t at = 0;
    while (at < self->tasks && self->task[at] != task)
        at++;
    if (at == self->tasks)
        return false;
    self->task[at] = self->task[--self->tasks];
    return true;
}

static void wait_for_end(ReaderThread *self, const ReaderTask *task)
{
    pthread_mutex_lock(&self->lock);
    while (self->working == task)
        pthread_cond_wait(&self->over, &self->lock);
    pthread_mutex_unlock(&self->lock);
}

void reader_pool_remove(ReaderPool *pool, ReaderTask *task)
{
    ReaderThread *found = NULL;
    pthread_mutex_lock(&pool->lock);
    for (uint32_t i = 0; i < pool->threads && found == NULL; i++) {
        ReaderThread *thread = &pool->thread[i];
        pthread_mutex_lock(&thread->lock);
        found = take_out(thread, task) ? thread : NULL;
        pthread_mutex_unlock(&thread->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    assert(found != NULL);
    wait_for_end(found, task);
}
