/* What was looked at, for people (a table, then SQL) or, with --json, for programs: an object for
 * each record, then one with the guess. */
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "shell/cell_text.h"
#include "shell/json_text.h"
#include "shell/numbers.h"
#include "shell/peek.h"
#include "storage/base/utf8.h"

enum { COLUMNS = 5 };

static bool is_text(Text text)
{
    return text.size == 0 || utf8_is_valid(text.ptr, text.size);
}

static uint32_t first_shown(const PeekSource *source, const Cli *cli)
{
    return source->count > cli->records ? source->count - (uint32_t)cli->records : 0;
}

/* --- for programs --- */

static void put_json_bytes(StrBuf *out, const char *name, bool there, Text bytes)
{
    bool text = !there || is_text(bytes);
    strbuf_printf(out, ",\"%s%s\":", name, text ? "" : "_hex");
    if (!there) {
        strbuf_string(out, "null");
    } else if (text) {
        json_put_string(out, bytes);
    } else {
        strbuf_char(out, '"');
        bytes_put_hex(out, bytes);
        strbuf_char(out, '"');
    }
}

static void put_json_row(const PeekSource *source, const PeekRow *row, StrBuf *out)
{
    strbuf_char(out, '{');
    if (source->messages)
        strbuf_printf(out, "\"partition\":%d,", (int)row->partition);
    strbuf_printf(out, "\"offset\":%lld", (long long)row->offset);
    if (source->messages) {
        strbuf_string(out, ",\"timestamp\":");
        if (row->time.size > 0)
            json_put_string(out, row->time);
        else
            strbuf_string(out, "null");
        put_json_bytes(out, "key", row->record.has_key, row->record.key);
    }
    put_json_bytes(out, "value", row->record.has_value, row->record.value);
    strbuf_string(out, "}\n");
}

static void put_json_columns(const GuessPart *part, const char *where, bool *first, StrBuf *out)
{
    for (uint32_t i = 0; i < part->count; i++) {
        strbuf_string(out, *first ? "{\"name\":" : ",{\"name\":");
        *first = false;
        json_put_string(out, part->column[i].name);
        strbuf_string(out, ",\"type\":");
        json_put_string(out, part->column[i].type);
        strbuf_printf(out, ",\"from\":\"%s\"}", where);
    }
}

static void put_json_guess(const Guess *guess, Text sql, StrBuf *out)
{
    bool first = true;
    strbuf_printf(out, "{\"schema\":{\"format\":\"%s\"", guess_format_name(guess->value.format));
    if (guess->key.format != GUESS_NO_FORMAT)
        strbuf_printf(out, ",\"key_format\":\"%s\"", guess_format_name(guess->key.format));
    strbuf_string(out, ",\"columns\":[");
    put_json_columns(&guess->key, "key", &first, out);
    put_json_columns(&guess->value, "value", &first, out);
    strbuf_string(out, "]},\"create_table\":");
    json_put_string(out, sql);
    strbuf_string(out, "}\n");
}

/* --- for people --- */

static OutputCell cell_of(bool there, Text bytes)
{
    if (!there)
        return (OutputCell){.kind = CELL_NULL};
    return (OutputCell){.kind = is_text(bytes) ? CELL_TEXT : CELL_BYTES, .text = bytes};
}

static Status render_rows(const PeekSource *source, Renderer *renderer, uint32_t first)
{
    const OutputColumn all[COLUMNS] = {{.name = TEXT("partition"), .right_align = true},
                                       {.name = TEXT("offset"), .right_align = true},
                                       {.name = TEXT("timestamp")},
                                       {.name = TEXT("key")},
                                       {.name = TEXT("value")}};
    const OutputColumn of_lines[] = {all[1], all[4]};
    TRY(render_begin(renderer, source->messages ? all : of_lines, source->messages ? COLUMNS : 2));
    for (uint32_t i = first; i < source->count; i++) {
        const PeekRow *row = &source->row[i];
        char number[2][24];
        int partition = snprintf(number[0], sizeof number[0], "%d", (int)row->partition);
        int offset = snprintf(number[1], sizeof number[1], "%lld", (long long)row->offset);
        const OutputCell cell[COLUMNS] = {
            {.kind = CELL_NUMBER, .text = {number[0], (uint32_t)partition}},
            {.kind = CELL_NUMBER, .text = {number[1], (uint32_t)offset}},
            {.kind = row->time.size > 0 ? CELL_TEXT : CELL_NULL, .text = row->time},
            cell_of(row->record.has_key, row->record.key),
            cell_of(row->record.has_value, row->record.value)};
        const OutputCell of_line[] = {cell[1], cell[4]};
        TRY(render_row(renderer, source->messages ? cell : of_line));
    }
    return render_end(renderer);
}

static Status put_rows(const PeekSource *source, const Cli *cli, StrBuf *out)
{
    Renderer renderer;
    struct winsize size;
    uint32_t first = first_shown(source, cli);
    const RenderMode *mode = cli->mode != NULL ? cli->mode : render_mode_find(TEXT("box"));
    bool terminal = isatty(STDOUT_FILENO);
    RenderOptions options = {.terminal = terminal};
    if (terminal)
        options.width =
            ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    if (first == source->count)
        return ST_OK;
    render_open(&renderer, mode, &options, out);
    Status status = render_rows(source, &renderer, first);
    render_close(&renderer);
    strbuf_char(out, '\n');
    return status;
}

static void put_note(const PeekSource *source, const Guess *guess, StrBuf *note)
{
    const GuessPart *value = &guess->value;
    const char *thing = source->messages ? "record" : "line";
    if (source->count == 0) {
        strbuf_printf(note, "\"%.*s\" has no %ss: nothing is known of its columns",
                      TEXT_ARG(source->name), thing);
        return;
    }
    strbuf_string(note, "the table is a guess, from ");
    number_put_count(note, source->count);
    strbuf_printf(note, " %s%s at the end", thing, source->count == 1 ? "" : "s");
    if (value->odd > 0)
        strbuf_printf(note, "; %u of these %s no json and would be rejected", value->odd,
                      value->odd == 1 ? "is" : "are");
    if (value->names_left_out)
        strbuf_string(note, "; it has not all of their fields");
    if (source->hides_secrets)
        strbuf_string(note, "; write the passwords in place of ****");
}

/* --- all --- */

/* A name that needs no quotes, as far as letters go. */
static Status make_table_name(Text name, Arena *arena, Text *out)
{
    bool marked = name.ptr[0] == '_' || (name.ptr[0] >= '0' && name.ptr[0] <= '9') ||
                  text_starts_with(name, TEXT("sqlite_"));
    TRY(arena_printf(arena, out, "%s%.*s", marked ? "t_" : "", TEXT_ARG(name)));
    for (char *p = (char *)(uintptr_t)out->ptr; *p != '\0'; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || *p == '_';
        *p = plain ? *p : '_';
    }
    return ST_OK;
}

static Status show(const PeekSource *source, const Cli *cli, const Guess *guess, StrBuf *sql,
                   StrBuf *out)
{
    TRY(strbuf_status(sql));
    if (!cli->json) {
        TRY(put_rows(source, cli, out));
        strbuf_text(out, strbuf_as_text(sql));
        return ST_OK;
    }
    for (uint32_t i = first_shown(source, cli); i < source->count; i++)
        put_json_row(source, &source->row[i], out);
    put_json_guess(guess, strbuf_as_text(sql), out);
    return ST_OK;
}

Status peek_show(const PeekSource *source, const Cli *cli, Arena *arena, StrBuf *out, StrBuf *note)
{
    Guess guess;
    SampleRecord *sample;
    Text name;
    StrBuf sql;
    TRY_NEW_ARRAY(sample, arena, source->count);
    for (uint32_t i = 0; i < source->count; i++)
        sample[i] = source->row[i].record;
    TRY(guess_schema(sample, source->count, arena, &guess));
    TRY(make_table_name(source->name, arena, &name));
    strbuf_init(&sql, NULL);
    guess_print_table(&guess, name, source->option.item, source->option.count, source->messages,
                      &sql);
    Status status = show(source, cli, &guess, &sql, out);
    strbuf_close(&sql);
    put_note(source, &guess, note);
    return status == ST_OK ? strbuf_status(note) : status;
}
