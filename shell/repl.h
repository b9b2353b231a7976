/* The prompt: reads lines with the line editor and gives them to the shell until somebody leaves.
 */
#ifndef WEIR_SHELL_REPL_H
#define WEIR_SHELL_REPL_H

#include "shell/shell.h"

CHECKED Status repl_run(Shell *shell);

#endif
