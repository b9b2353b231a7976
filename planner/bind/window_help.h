/* What is said to people of the window functions of FROM and of the functions that stand before
 * OVER alone: `weir doc windows` prints it. The tables are those by which bind_window.c and
 * bind_over_call.c bind them. */
#ifndef WEIR_PLANNER_BIND_WINDOW_HELP_H
#define WEIR_PLANNER_BIND_WINDOW_HELP_H

#include <stdint.h>

typedef struct WindowHelp {
    const char *name;
    const char *form;    /* as it is written, with its arguments */
    const char *doc;     /* a sentence */
    const char *example; /* over the table bid of difference_tables() */
} WindowHelp;

uint32_t window_help_count(void); /* what stands in FROM */
WindowHelp window_help_get(uint32_t index);
uint32_t over_help_count(void); /* what stands before OVER */
WindowHelp over_help_get(uint32_t index);

#endif
