/* Colour: whether a stream gets any, and the few colours in use. --color beats the environment;
 * there, NO_COLOR (https://no-color.org) beats CLICOLOR_FORCE; else a terminal gets colour. */
#ifndef WEIR_SHELL_COLOR_H
#define WEIR_SHELL_COLOR_H

#include <stdbool.h>

#include "storage/base/strbuf.h"

typedef enum ColorChoice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorChoice;

bool color_wanted(ColorChoice choice, int fd);
/* Is the file a terminal that understands escape sequences? */
bool color_is_terminal(int fd);

typedef enum Color { COLOR_ERROR, COLOR_WARNING, COLOR_CARET, COLOR_HINT } Color;
void color_put(StrBuf *out, Color color, Text text, bool wanted);

#endif
