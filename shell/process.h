/* Processes: running the pager, the editor and .shell's commands through /bin/sh; our own standard
 * streams. */
#ifndef WEIR_SHELL_PROCESS_H
#define WEIR_SHELL_PROCESS_H

#include <sys/types.h>

#include "storage/base/diag.h"
#include "storage/base/status.h"

/* Starts `sh -c command` with its standard input on a pipe whose other end is *fd. */
CHECKED Status process_open_pipe(const char *command, pid_t *pid, int *fd);
/* Waits; the exit code, 128 + the signal's number, or -1. */
int process_wait(pid_t pid);
/* Runs `sh -c command`, with `argument` as its $1 when not NULL, on our own terminal to its end. */
CHECKED Status process_run(const char *command, const char *argument, int *exit_code, Diag *diag);

/* Before anything else: a standard stream that the process was started without stays out of reach
 * (reading and writing it fail) instead of becoming the first file that is opened. */
void process_hold_streams(void);

#endif
