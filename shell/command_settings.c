/* The dot-commands that only set something. */
#include "shell/command_actions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static Status bad_argument(const CommandCall *call, const char *expected, Diag *diag)
{
    return diag_error(diag, E0003, call->rest_span, "\".%s\" takes %s, not \"%s\"",
                      call->command->name, expected, call->word[0]);
}

static Status parse_switch(const CommandCall *call, bool *out, Diag *diag)
{
    static const char *const words[] = {"on", "yes", "true", "1", "off", "no", "false", "0"};
    for (uint32_t i = 0; i < 8; i++) {
        if (strcasecmp(call->word[0], words[i]) == 0) {
            *out = i < 4;
            return ST_OK;
        }
    }
    return bad_argument(call, "on or off", diag);
}

static Status parse_number(const CommandCall *call, uint64_t most, uint64_t *out, Diag *diag)
{
    char *end;
    const char *word = call->word[0];
    errno = 0;
    unsigned long long value = strtoull(word, &end, 10);
    if (word[0] < '0' || word[0] > '9' || *end != '\0' || errno != 0 || value > most)
        return bad_argument(call, "a whole number", diag);
    *out = value;
    return ST_OK;
}

static Status set_text(const CommandCall *call, const char *value, char *out, size_t size,
                       Diag *diag)
{
    size_t length = strlen(value);
    if (length >= size)
        return diag_error(diag, E0003, call->rest_span, "the text is longer than %zu bytes",
                          size - 1);
    memcpy(out, value, length + 1);
    return ST_OK;
}

Status command_bail(Shell *shell, const CommandCall *call, Diag *diag)
{
    return parse_switch(call, &shell->bail, diag);
}

Status command_echo(Shell *shell, const CommandCall *call, Diag *diag)
{
    return parse_switch(call, &shell->echo, diag);
}

Status command_pager(Shell *shell, const CommandCall *call, Diag *diag)
{
    return parse_switch(call, &shell->display.settings.pager, diag);
}

Status command_timer(Shell *shell, const CommandCall *call, Diag *diag)
{
    return parse_switch(call, &shell->display.settings.timer, diag);
}

Status command_headers(Shell *shell, const CommandCall *call, Diag *diag)
{
    bool on = false;
    if (strcasecmp(call->word[0], "auto") == 0) {
        shell->display.settings.headers = HEADERS_AUTO;
        return ST_OK;
    }
    TRY(parse_switch(call, &on, diag));
    shell->display.settings.headers = on ? HEADERS_ON : HEADERS_OFF;
    return ST_OK;
}

Status command_maxrows(Shell *shell, const CommandCall *call, Diag *diag)
{
    return parse_number(call, UINT64_MAX, &shell->display.settings.max_rows, diag);
}

Status command_width(Shell *shell, const CommandCall *call, Diag *diag)
{
    uint64_t width = 0;
    TRY(parse_number(call, 100000, &width, diag));
    shell->display.settings.width = (uint32_t)width;
    return ST_OK;
}

Status command_nullvalue(Shell *shell, const CommandCall *call, Diag *diag)
{
    DisplaySettings *settings = &shell->display.settings;
    TRY(set_text(call, call->word[0], settings->null_text, sizeof settings->null_text, diag));
    settings->null_text_set = true;
    return ST_OK;
}

Status command_separator(Shell *shell, const CommandCall *call, Diag *diag)
{
    DisplaySettings *settings = &shell->display.settings;
    return set_text(call, call->word[0], settings->separator, sizeof settings->separator, diag);
}

Status command_prompt(Shell *shell, const CommandCall *call, Diag *diag)
{
    TRY(set_text(call, call->word[0], shell->prompt, sizeof shell->prompt, diag));
    return set_text(call, call->words > 1 ? call->word[1] : "", shell->prompt_more,
                    sizeof shell->prompt_more, diag);
}

static const char *mode_name(const Shell *shell)
{
    const RenderMode *mode = shell->display.settings.mode;
    return mode == NULL ? "auto" : mode->name;
}

Status command_mode(Shell *shell, const CommandCall *call, Diag *diag)
{
    DisplaySettings *settings = &shell->display.settings;
    if (call->words == 0) {
        StrBuf out;
        strbuf_init(&out, NULL);
        strbuf_printf(&out, "%s\n", mode_name(shell));
        Status status = display_put(&shell->display, strbuf_as_text(&out));
        strbuf_close(&out);
        return status;
    }
    if (strcasecmp(call->word[0], "auto") == 0) {
        settings->mode = NULL;
        return ST_OK;
    }
    const RenderMode *mode = NULL;
    TRY(render_mode_get(text_of(call->word[0]), call->rest_span, &mode, diag));
    if (call->words > 1)
        TRY(set_text(call, call->word[1], settings->insert_table, sizeof settings->insert_table,
                     diag));
    settings->mode = mode;
    return ST_OK;
}

static const char *on_off(bool on)
{
    return on ? "on" : "off";
}

Status command_show(Shell *shell, const CommandCall *call, Diag *diag)
{
    static const char *const headers[] = {
        [HEADERS_AUTO] = "auto", [HEADERS_OFF] = "off", [HEADERS_ON] = "on"};
    const DisplaySettings *settings = &shell->display.settings;
    StrBuf out;
    (void)call;
    (void)diag;
    strbuf_init(&out, NULL);
    strbuf_printf(&out, "%12s %.*s\n", "database",
                  TEXT_ARG(shell->db_path.size > 0 ? shell->db_path : TEXT("in memory")));
    strbuf_printf(&out, "%12s %s\n%12s %s\n", "bail", on_off(shell->bail), "echo",
                  on_off(shell->echo));
    strbuf_printf(&out, "%12s %s\n", "headers", headers[settings->headers]);
    strbuf_printf(&out, "%12s %llu\n", "maxrows", (unsigned long long)settings->max_rows);
    strbuf_printf(&out, "%12s %s\n", "mode", mode_name(shell));
    if (settings->null_text_set)
        strbuf_printf(&out, "%12s \"%s\"\n", "nullvalue", settings->null_text);
    strbuf_printf(&out, "%12s %s\n", "output", shell->display.target);
    strbuf_printf(&out, "%12s %s\n", "pager", on_off(settings->pager));
    strbuf_printf(&out, "%12s \"%s\"\n", "separator", settings->separator);
    strbuf_printf(&out, "%12s %s\n%12s %u\n", "timer", on_off(settings->timer), "width",
                  settings->width);
    Status status = display_put(&shell->display, strbuf_as_text(&out));
    strbuf_close(&out);
    return status;
}
