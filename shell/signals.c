#include "shell/signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { SHELL_PATIENCE = 3, BATCH_PATIENCE = 2, EXIT_INTERRUPTED = 130 };
static const int64_t patience_ns = INT64_C(2000000000);

/* Handlers get no argument of ours, so what they read and write must be global. All of it is
 * lock-free atomics. */
static struct {
    _Atomic(Session *) session;
    atomic_int policy;
    atomic_bool interrupted; /* and not forgotten */
    atomic_bool stopping;    /* SIGTERM, SIGHUP */
    atomic_bool by_interrupt;
    atomic_bool ignoring;
    atomic_bool resized;
    atomic_bool suspended;
    atomic_int count;         /* SIGINTs in quick succession */
    _Atomic int64_t first_ns; /* when their first one came */
} state;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* True when one asked so often in so short a time that waiting is no longer wanted. */
static bool is_impatient(void)
{
    int64_t now = now_ns();
    if (atomic_load(&state.count) == 0 || now - atomic_load(&state.first_ns) > patience_ns) {
        atomic_store(&state.first_ns, now);
        atomic_store(&state.count, 0);
    }
    int count = atomic_fetch_add(&state.count, 1) + 1;
    return count >= (atomic_load(&state.policy) == SIGNALS_SHELL ? SHELL_PATIENCE : BATCH_PATIENCE);
}

static void cancel_running(void)
{
    Session *session = atomic_load(&state.session);
    if (session != NULL)
        session_cancel(session);
}

static void on_interrupt(int number)
{
    (void)number;
    if (atomic_load(&state.ignoring))
        return;
    atomic_store(&state.interrupted, true);
    if (atomic_load(&state.policy) == SIGNALS_BATCH && !atomic_load(&state.stopping))
        atomic_store(&state.by_interrupt, true);
    bool running = atomic_load(&state.session) != NULL;
    if (is_impatient() && (running || atomic_load(&state.policy) == SIGNALS_BATCH))
        _exit(EXIT_INTERRUPTED);
    cancel_running();
}

static void on_stop(int number)
{
    (void)number;
    atomic_store(&state.stopping, true);
    cancel_running();
}

static void on_resize(int number)
{
    (void)number;
    atomic_store(&state.resized, true);
}

static void on_suspend(int number)
{
    (void)number;
    atomic_store(&state.suspended, true);
}

/* Without SA_RESTART a blocked read or write returns, so that the flags are looked at; poll always
 * does. */
static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void signals_install(SignalPolicy policy)
{
    atomic_store(&state.policy, (int)policy);
    handle(SIGPIPE, SIG_IGN, 0);
    handle(SIGINT, on_interrupt, 0);
    handle(SIGTERM, on_stop, 0);
    handle(SIGHUP, on_stop, 0);
    if (policy == SIGNALS_SHELL)
        handle(SIGWINCH, on_resize, SA_RESTART);
}

void signals_watch(Session *session)
{
    Session *before = atomic_exchange(&state.session, session);
    if (before != NULL)
        session_forget_cancel(before);
    if (session == NULL)
        return;
    if (atomic_load(&state.policy) == SIGNALS_SHELL)
        atomic_store(&state.count, 0);
    if (atomic_load(&state.interrupted) || atomic_load(&state.stopping))
        session_cancel(session);
}

bool signals_interrupted(void)
{
    return atomic_load(&state.interrupted);
}

void signals_forget_interrupt(void)
{
    atomic_store(&state.interrupted, false);
}

bool signals_stop_requested(void)
{
    return atomic_load(&state.stopping);
}

bool signals_exit_by_interrupt(void)
{
    return atomic_load(&state.by_interrupt);
}

void signals_ignore_interrupts(bool ignore)
{
    atomic_store(&state.ignoring, ignore);
}

bool signals_take_resize(void)
{
    return atomic_exchange(&state.resized, false);
}

void signals_catch_suspend(bool catching)
{
    handle(SIGTSTP, catching ? on_suspend : SIG_DFL, SA_RESTART);
}

bool signals_take_suspend(void)
{
    return atomic_exchange(&state.suspended, false);
}

void signals_suspend(void)
{
    signals_catch_suspend(false);
    raise(SIGTSTP);
    signals_catch_suspend(true);
}
