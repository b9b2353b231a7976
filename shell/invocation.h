/* Invocation: what each command of the command line does, from opening the session to the exit
 * code. */
#ifndef WEIR_SHELL_INVOCATION_H
#define WEIR_SHELL_INVOCATION_H

#include "shell/cli.h"

/* Runs what was asked for and has shown its errors; returns the exit code. */
int invocation_run(const Cli *cli);

/* Shows a wrong command line; returns its exit code. */
int invocation_refuse(Status status, const Diag *diag, const Cli *cli);

#endif
