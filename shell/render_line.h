/* The one-value-a-line form, for modes that fall back to it. */
#ifndef WEIR_SHELL_RENDER_LINE_H
#define WEIR_SHELL_RENDER_LINE_H

#include "shell/render.h"

/* Shows the rows a table mode holds (row 0 has the names) one value a line. */
void render_line_held(Renderer *renderer);

#endif
