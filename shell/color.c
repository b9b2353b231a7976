#include "shell/color.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const color_codes[] = {
    [COLOR_ERROR] = "\033[1;31m",
    [COLOR_WARNING] = "\033[1;33m",
    [COLOR_CARET] = "\033[31m",
    [COLOR_HINT] = "\033[36m",
};

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0';
}

bool color_is_terminal(int fd)
{
    const char *term = getenv("TERM");
    return isatty(fd) && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

bool color_wanted(ColorChoice choice, int fd)
{
    if (choice != COLOR_AUTO)
        return choice == COLOR_ALWAYS;
    if (is_set("NO_COLOR"))
        return false;
    if (is_set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0") != 0)
        return true;
    return color_is_terminal(fd);
}

void color_put(StrBuf *out, Color color, Text text, bool wanted)
{
    if (wanted)
        strbuf_string(out, color_codes[color]);
    strbuf_text(out, text);
    if (wanted)
        strbuf_string(out, "\033[0m");
}
