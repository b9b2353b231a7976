/* Each case in a process of its own, since signals belong to the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell/signals.h"

enum { SURVIVED = 42, BEYOND_PATIENCE_US = 2100000 };

typedef enum Step {
    STEP_END,
    STEP_INTERRUPT,
    STEP_TERMINATE,
    STEP_HANG_UP,
    STEP_PAUSE,  /* longer than anybody is impatient */
    STEP_WATCH,  /* a statement begins */
    STEP_LEAVE,  /* it ends */
    STEP_IGNORE, /* a pager has the terminal */
    STEP_HEED,
    STEP_FORGET,
    STEP_RUN,         /* a statement that ends by itself, and does */
    STEP_RUN_ENDLESS, /* one that does not, and is cancelled */
} Step;

static Status nothing(Output *output)
{
    (void)output;
    return ST_OK;
}

static Status begin(Output *output, OutputShape shape, const OutputColumn *column, uint32_t count)
{
    (void)shape;
    (void)column;
    (void)count;
    return nothing(output);
}

static Status row(Output *output, RowKind kind, const OutputCell *cell)
{
    (void)kind;
    (void)cell;
    return nothing(output);
}

static void note(Output *output, Text message)
{
    (void)output;
    (void)message;
}

static void run(Session *session, const char *sql, Status expected)
{
    Output output = {.begin = begin, .row = row, .flush = nothing, .end = nothing, .note = note};
    Source source = {TEXT("test"), text_of(sql)};
    Diag diag = {0};
    if (session_execute(session, &source, &output, &diag) != expected)
        _exit(3);
}

static void take_step(Step step, Session *session)
{
    switch (step) {
    case STEP_END: break;
    case STEP_INTERRUPT: raise(SIGINT); break;
    case STEP_TERMINATE: raise(SIGTERM); break;
    case STEP_HANG_UP: raise(SIGHUP); break;
    case STEP_PAUSE: usleep(BEYOND_PATIENCE_US); break;
    case STEP_WATCH: signals_watch(session); break;
    case STEP_LEAVE: signals_watch(NULL); break;
    case STEP_IGNORE: signals_ignore_interrupts(true); break;
    case STEP_HEED: signals_ignore_interrupts(false); break;
    case STEP_FORGET: signals_forget_interrupt(); break;
    case STEP_RUN: run(session, "SELECT 1 AS one;", ST_OK); break;
    case STEP_RUN_ENDLESS:
        run(session, "CREATE TABLE t (n BIGINT) WITH ('connector'='datagen'); SELECT n FROM t;",
            ST_CANCELLED);
        break;
    }
}

typedef struct SignalCase {
    SignalPolicy policy;
    Step step[8];
    int exit_code; /* SURVIVED, or how the process ended */
    bool interrupted, stop, by_interrupt;
} SignalCase;

static _Noreturn void run_case(const SignalCase *c)
{
    SessionConfig config = {.own_thread = false};
    Diag diag = {0};
    Session *session;
    if (session_open(&config, &session, &diag) != ST_OK)
        _exit(1);
    alarm(60); /* for an endless statement that nothing ends */
    signals_install(c->policy);
    for (const Step *step = c->step; *step != STEP_END; step++)
        take_step(*step, session);
    bool right = signals_interrupted() == c->interrupted && signals_stop_requested() == c->stop &&
                 signals_exit_by_interrupt() == c->by_interrupt;
    session_close(session);
    _exit(right ? SURVIVED : 2);
}

static void check(const SignalCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int state;
        pid_t child = fork();
        if (child == 0)
            run_case(&cases[i]);
        assert_int_equal(waitpid(child, &state, 0), child);
        assert_true(WIFEXITED(state));
        assert_int_equal(WEXITSTATUS(state), cases[i].exit_code);
    }
}

static void test_shell(void **state)
{
    static const SignalCase cases[] = {
        /* at the prompt any number of them */
        {SIGNALS_SHELL,
         {STEP_INTERRUPT, STEP_INTERRUPT, STEP_INTERRUPT, STEP_INTERRUPT},
         SURVIVED,
         true,
         false,
         false},
        {SIGNALS_SHELL, {STEP_INTERRUPT, STEP_FORGET}, SURVIVED, false, false, false},
        /* two of them ask a statement to end, the third does not wait */
        {SIGNALS_SHELL, {STEP_WATCH, STEP_INTERRUPT, STEP_INTERRUPT}, SURVIVED, true, false, false},
        {SIGNALS_SHELL,
         {STEP_WATCH, STEP_INTERRUPT, STEP_INTERRUPT, STEP_INTERRUPT},
         130,
         false,
         false,
         false},
        {SIGNALS_SHELL,
         {STEP_WATCH, STEP_INTERRUPT, STEP_INTERRUPT, STEP_PAUSE, STEP_INTERRUPT},
         SURVIVED,
         true,
         false,
         false},
        /* the next statement starts counting afresh */
        {SIGNALS_SHELL,
         {STEP_WATCH, STEP_INTERRUPT, STEP_INTERRUPT, STEP_LEAVE, STEP_WATCH, STEP_INTERRUPT},
         SURVIVED,
         true,
         false,
         false},
        /* one that comes too late for a statement, or too early, ends the next one, but at the
           prompt it is forgotten */
        {SIGNALS_SHELL,
         {STEP_WATCH, STEP_INTERRUPT, STEP_LEAVE, STEP_WATCH, STEP_RUN_ENDLESS},
         SURVIVED,
         true,
         false,
         false},
        {SIGNALS_SHELL,
         {STEP_WATCH, STEP_INTERRUPT, STEP_LEAVE, STEP_FORGET, STEP_WATCH, STEP_RUN},
         SURVIVED,
         false,
         false,
         false},
        {SIGNALS_SHELL, {STEP_TERMINATE}, SURVIVED, false, true, false},
        {SIGNALS_SHELL, {STEP_HANG_UP}, SURVIVED, false, true, false},
        {SIGNALS_SHELL,
         {STEP_WATCH, STEP_IGNORE, STEP_INTERRUPT, STEP_INTERRUPT, STEP_INTERRUPT, STEP_HEED},
         SURVIVED,
         false,
         false,
         false},
    };
    (void)state;
    check(cases, sizeof cases / sizeof *cases);
}

static void test_batch(void **state)
{
    static const SignalCase cases[] = {
        {SIGNALS_BATCH, {STEP_WATCH, STEP_INTERRUPT}, SURVIVED, true, false, true},
        {SIGNALS_BATCH, {STEP_WATCH, STEP_INTERRUPT, STEP_INTERRUPT}, 130, false, false, false},
        {SIGNALS_BATCH, {STEP_INTERRUPT, STEP_INTERRUPT}, 130, false, false, false},
        {SIGNALS_BATCH,
         {STEP_WATCH, STEP_INTERRUPT, STEP_PAUSE, STEP_INTERRUPT},
         SURVIVED,
         true,
         false,
         true},
        /* between two statements it is remembered */
        {SIGNALS_BATCH,
         {STEP_WATCH, STEP_INTERRUPT, STEP_LEAVE, STEP_WATCH},
         SURVIVED,
         true,
         false,
         true},
        {SIGNALS_BATCH,
         {STEP_WATCH, STEP_INTERRUPT, STEP_LEAVE, STEP_WATCH, STEP_INTERRUPT},
         130,
         false,
         false,
         false},
        {SIGNALS_BATCH, {STEP_WATCH, STEP_TERMINATE}, SURVIVED, false, true, false},
        {SIGNALS_BATCH,
         {STEP_TERMINATE, STEP_WATCH, STEP_RUN_ENDLESS},
         SURVIVED,
         false,
         true,
         false},
        {SIGNALS_BATCH,
         {STEP_INTERRUPT, STEP_WATCH, STEP_RUN_ENDLESS},
         SURVIVED,
         true,
         false,
         true},
        /* a stop that was asked for first stays one */
        {SIGNALS_BATCH, {STEP_WATCH, STEP_TERMINATE, STEP_INTERRUPT}, SURVIVED, true, true, false},
    };
    (void)state;
    check(cases, sizeof cases / sizeof *cases);
}

static void test_suspend_and_resize(void **state)
{
    (void)state;
    signals_install(SIGNALS_SHELL);
    assert_false(signals_take_resize());
    raise(SIGWINCH);
    assert_true(signals_take_resize());
    assert_false(signals_take_resize());
    signals_catch_suspend(true);
    raise(SIGTSTP);
    assert_true(signals_take_suspend());
    assert_false(signals_take_suspend());
    signals_catch_suspend(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shell),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_suspend_and_resize),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
