/* What each dot-command does: the functions behind the rows of commands.c. */
#ifndef WEIR_SHELL_COMMAND_ACTIONS_H
#define WEIR_SHELL_COMMAND_ACTIONS_H

#include "shell/commands.h"

/* command_settings.c: how things are shown */
CommandRun command_bail, command_echo, command_headers, command_maxrows, command_mode,
    command_nullvalue, command_pager, command_prompt, command_separator, command_show,
    command_timer, command_width;

/* command_engine.c: asking the engine, reading and writing files, other programs */
CommandRun command_edit, command_error, command_jobs, command_once, command_output, command_print,
    command_quit, command_read, command_schema, command_shell, command_tables, command_why;

/* commands.c */
CommandRun command_help;

#endif
