/* Signals: what Ctrl-C, SIGTERM and a closed terminal do.
 *
 * A handler only sets flags and asks the session to cancel, which is allowed at any moment. In the
 * shell Ctrl-C ends the running statement; when a statement does not yield, the third within two
 * seconds ends the process, which is as safe as a power cut and no more dangerous. In a script or a
 * job the first SIGINT or SIGTERM stops at an epoch's end and a second SIGINT within two seconds
 * stops at once. SIGTERM and SIGHUP end the shell. A broken pipe is an error of write, no signal.
 *
 * The state of this module belongs to the process, since signals do. */
#ifndef WEIR_SHELL_SIGNALS_H
#define WEIR_SHELL_SIGNALS_H

#include <stdbool.h>

#include "shell/session.h"

typedef enum SignalPolicy {
    SIGNALS_SHELL, /* somebody types */
    SIGNALS_BATCH, /* a script or a job runs */
} SignalPolicy;

void signals_install(SignalPolicy policy);

/* The session whose statement Ctrl-C cancels from now on; NULL: none runs. A signal that came
 * before, and was not forgotten, cancels it too: none is lost between two statements, or while the
 * database was being opened. */
void signals_watch(Session *session);

/* SIGINT came and was not forgotten. */
bool signals_interrupted(void);
void signals_forget_interrupt(void);
/* SIGTERM or SIGHUP came: the process is to end. */
bool signals_stop_requested(void);
/* SIGINT was what ended a batch: exit code 130. */
bool signals_exit_by_interrupt(void);

/* The terminal's size changed since the last call. */
bool signals_take_resize(void);
/* While a line is being edited Ctrl-Z only sets a flag, so that the terminal can be put right
 * before the process stops. */
void signals_catch_suspend(bool catching);
bool signals_take_suspend(void);
/* Stops now; returns when somebody continues the process. */
void signals_suspend(void);

/* While a pager, an editor or another program has the terminal. */
void signals_ignore_interrupts(bool ignore);

#endif
