/* libedit behind six functions. Three things are ours:
 *
 * - Reading. All bytes pass through read_char, which waits in poll: there an interrupt, a new
 *   terminal size, Ctrl-Z and the notices of background jobs get their turn.
 * - Bracketed paste (the terminal sends ESC[200~ before pasted text and ESC[201~ after it). libedit
 *   does not know it and would take a pasted tab for a request to complete. read_char gathers what
 *   is between the marks and gives libedit one key instead, bound to a function that inserts it.
 * - Whatever is printed while a line is being edited. libedit does not expect it, so the line is
 *   wiped first and drawn again below (EL_REFRESH draws at the cursor, without looking up). */
#include "shell/line_edit.h"

#include <assert.h>
#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "shell/cell_text.h"
#include "shell/color.h"
#include "shell/history_file.h"
#include "shell/line_reader.h"
#include "shell/signals.h"
#include "storage/base/limits.h"
#include "storage/base/utf8.h"

enum {
    KEY_ESCAPE = 0x1B,
    KEY_PASTE = 0x1E, /* Ctrl-^, which nothing else is bound to */
    INPUT_BYTES = 512,
    NOTICE_WAIT_MS = 100, /* how late a notice may be */
    ESCAPE_WAIT_MS = 50,  /* how long the rest of an escape sequence may take */
    LISTED_CANDIDATES = 200,
    REPLACEMENT = 0xFFFD,
};

struct LineEdit {
    int in_fd, out_fd;
    EditLine *editor; /* NULL: plain lines */
    LineReader plain;
    FILE *in, *out;
    History *history;
    char *history_path; /* NULL: nothing is kept */
    size_t history_path_size;
    const char *prompt;
    EdComplete *complete;
    void *complete_context;
    EdNotify *notify;
    void *notify_context;
    unsigned char input[INPUT_BYTES]; /* read and not yet used */
    size_t input_at, input_count;
    StrBuf paste;
    EdResult result; /* why read_char gave up */
};

/* --- UTF-8 and wide characters --- */

static void put_wide(StrBuf *out, const wchar_t *from, const wchar_t *to)
{
    char bytes[4];
    for (; from < to; from++) {
        uint32_t size = utf8_encode((uint32_t)*from, bytes);
        strbuf_put(out, bytes, size);
    }
}

/* Inserts at the cursor. False when memory is short. */
static bool insert_text(EditLine *editor, Text text)
{
    size_t bytes = (text.size + (size_t)1) * sizeof(wchar_t), count = 0;
    wchar_t *wide = mem_alloc(NULL, bytes);
    if (wide == NULL)
        return false;
    for (uint32_t at = 0; at < text.size;) {
        uint32_t size;
        wide[count++] = (wchar_t)utf8_decode(text.ptr + at, text.size - at, &size);
        at += size;
    }
    wide[count] = L'\0';
    bool inserted = count == 0 || el_winsertstr(editor, wide) == 0;
    mem_free(NULL, wide, bytes);
    return inserted;
}

/* --- the screen --- */

static uint32_t screen_columns(const LineEdit *ed)
{
    struct winsize size;
    return ioctl(ed->out_fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* The screen row, from 0, in which the prompt and the line up to `end` arrive. */
static uint32_t row_of(const LineEdit *ed, const wchar_t *end)
{
    const LineInfoW *line = el_wline(ed->editor);
    uint32_t columns = screen_columns(ed), row = 0, column = text_width(text_of(ed->prompt));
    for (const wchar_t *c = line->buffer; c < end; c++) {
        char bytes[4];
        uint32_t width =
            *c < 0x20 ? 2 : text_width((Text){bytes, utf8_encode((uint32_t)*c, bytes)});
        if (*c == L'\t')
            width = 8 - column % 8;
        if (*c == L'\n' || column + width > columns) {
            row++;
            column = 0;
        }
        column += *c == L'\n' ? 0 : width;
    }
    return row + (column >= columns);
}

static void wipe_line(const LineEdit *ed)
{
    uint32_t row = row_of(ed, el_wline(ed->editor)->cursor);
    if (row > 0)
        fprintf(ed->out, "\033[%uA", row);
    fputs("\r\033[J", ed->out);
}

static void go_below_line(const LineEdit *ed)
{
    const LineInfoW *line = el_wline(ed->editor);
    uint32_t below = row_of(ed, line->lastchar) - row_of(ed, line->cursor);
    while (below-- > 0)
        fputc('\n', ed->out);
    fputc('\n', ed->out);
}

static void draw_line(const LineEdit *ed)
{
    fflush(ed->out);
    el_set(ed->editor, EL_REFRESH);
}

static void show_notices(LineEdit *ed)
{
    const char *notice = ed->notify == NULL ? NULL : ed->notify(ed->notify_context);
    if (notice == NULL)
        return;
    StrBuf safe;
    strbuf_init(&safe, NULL);
    for (; notice != NULL; notice = ed->notify(ed->notify_context)) {
        text_put_escaped(&safe, text_of(notice), ESCAPE_TERMINAL);
        strbuf_char(&safe, '\n');
    }
    wipe_line(ed);
    fputs(strbuf_cstr(&safe), ed->out);
    draw_line(ed);
    strbuf_close(&safe);
}

/* --- reading --- */

static void set_paste_marks(const LineEdit *ed, bool on)
{
    fputs(on ? "\033[?2004h" : "\033[?2004l", ed->out);
    fflush(ed->out);
}

/* The terminal is put right before the process stops, and taken again when it goes on. */
static void suspend(LineEdit *ed)
{
    go_below_line(ed);
    set_paste_marks(ed, false);
    el_set(ed->editor, EL_PREP_TERM, 0);
    signals_suspend();
    el_set(ed->editor, EL_PREP_TERM, 1);
    set_paste_marks(ed, true);
    draw_line(ed);
}

/* After a signal: false when reading must end. */
static bool go_on_after_signal(LineEdit *ed)
{
    if (signals_stop_requested()) {
        ed->result = ED_END;
        return false;
    }
    if (signals_interrupted()) {
        ed->result = ED_INTERRUPTED;
        return false;
    }
    if (signals_take_resize())
        el_resize(ed->editor);
    if (signals_take_suspend())
        suspend(ed);
    return true;
}

/* Waits for input; false when there is none within the time, or when reading must end. */
static bool wait_for_input(LineEdit *ed, int wait_ms)
{
    struct pollfd poller = {.fd = ed->in_fd, .events = POLLIN};
    int ready = poll(&poller, 1, wait_ms);
    return ready > 0;
}

static bool fill_input(LineEdit *ed)
{
    ssize_t size = read(ed->in_fd, ed->input, sizeof ed->input);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return go_on_after_signal(ed);
    if (size <= 0) { /* EIO: the terminal is gone, which is an end like any other */
        ed->result = size == 0 || errno == EIO ? ED_END : ED_FAILED;
        return false;
    }
    ed->input_at = 0;
    ed->input_count = (size_t)size;
    return true;
}

/* The next byte, or -1 when reading must end (ed->result says why). */
static int next_byte(LineEdit *ed)
{
    while (ed->input_at == ed->input_count) {
        if (!go_on_after_signal(ed))
            return -1;
        if (wait_for_input(ed, NOTICE_WAIT_MS)) {
            if (!fill_input(ed))
                return -1;
        } else {
            show_notices(ed);
        }
    }
    return ed->input[ed->input_at++];
}

/* Do these bytes come next? What has been read and is something else stays to be read. */
static bool takes(LineEdit *ed, const char *expected)
{
    size_t size = strlen(expected);
    for (size_t i = 0; i < size; i++) {
        if (ed->input_at + i == ed->input_count) {
            size_t kept = ed->input_count - ed->input_at;
            memmove(ed->input, ed->input + ed->input_at, kept);
            ed->input_at = 0;
            ed->input_count = kept;
            if (!wait_for_input(ed, ESCAPE_WAIT_MS))
                return false;
            ssize_t more = read(ed->in_fd, ed->input + kept, sizeof ed->input - kept);
            if (more <= 0)
                return false;
            ed->input_count += (size_t)more;
        }
        if (ed->input[ed->input_at + i] != (unsigned char)expected[i])
            return false;
    }
    ed->input_at += size;
    return true;
}

/* One code point that begins with this byte. */
static wchar_t decode_from(LineEdit *ed, int first)
{
    char bytes[4] = {(char)first};
    uint32_t wanted = first < 0x80    ? 1
                      : first >= 0xF0 ? 4
                      : first >= 0xE0 ? 3
                      : first >= 0xC0 ? 2
                                      : 0,
             size = 1;
    while (size < wanted) {
        int byte = next_byte(ed);
        if (byte < 0)
            return REPLACEMENT;
        bytes[size++] = (char)byte;
    }
    uint32_t used;
    return utf8_is_valid(bytes, size) ? (wchar_t)utf8_decode(bytes, size, &used) : REPLACEMENT;
}

/* Everything up to the end mark. Control characters other than tab and newline are dropped: they
 * would be keys. */
static bool gather_paste(LineEdit *ed)
{
    strbuf_clear(&ed->paste);
    for (;;) {
        int byte = next_byte(ed);
        if (byte < 0)
            return false;
        if (byte == KEY_ESCAPE && takes(ed, "[201~"))
            break;
        if (byte == '\r') {
            takes(ed, "\n");
            byte = '\n';
        }
        bool wanted = byte >= 0x20 ? byte != 0x7F : byte == '\t' || byte == '\n';
        if (wanted && ed->paste.size < LIMIT_STATEMENT_BYTES)
            strbuf_char(&ed->paste, (char)byte);
    }
    while (ed->paste.size > 0 && ed->paste.ptr[ed->paste.size - 1] == '\n')
        ed->paste.ptr[--ed->paste.size] = '\0';
    return true;
}

static int read_char(EditLine *editor, wchar_t *out)
{
    LineEdit *ed;
    el_get(editor, EL_CLIENTDATA, &ed);
    int byte = next_byte(ed);
    if (byte < 0)
        return -1;
    if (byte == KEY_ESCAPE && takes(ed, "[200~")) {
        if (!gather_paste(ed))
            return -1;
        byte = KEY_PASTE;
    }
    *out = decode_from(ed, byte);
    return 1;
}

/* --- keys --- */

static unsigned char on_paste(EditLine *editor, int key)
{
    LineEdit *ed;
    (void)key;
    el_get(editor, EL_CLIENTDATA, &ed);
    Text text = strbuf_as_text(&ed->paste);
    bool inserted = utf8_is_valid(text.ptr, text.size) && insert_text(editor, text);
    strbuf_clear(&ed->paste);
    return inserted ? CC_REFRESH : CC_ERROR;
}

static void list_candidates(LineEdit *ed, const Completion *completion)
{
    uint32_t widest = 0, columns = screen_columns(ed);
    uint32_t listed =
        completion->item.count < LISTED_CANDIDATES ? completion->item.count : LISTED_CANDIDATES;
    for (uint32_t i = 0; i < listed; i++) {
        uint32_t width = text_width(completion->item.item[i]);
        widest = width > widest ? width : widest;
    }
    uint32_t per_row = columns / (widest + 2) > 0 ? columns / (widest + 2) : 1;
    uint32_t rows = (listed + per_row - 1) / per_row;
    go_below_line(ed);
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t i = row; i < listed; i += rows) {
            Text item = completion->item.item[i];
            bool last = i + rows >= listed;
            fprintf(ed->out, "%.*s%*s", TEXT_ARG(item),
                    last ? 0 : (int)(widest + 2 - text_width(item)), "");
        }
        fputc('\n', ed->out);
    }
    if (listed < completion->item.count)
        fprintf(ed->out, "... and %u more\n", completion->item.count - listed);
    draw_line(ed);
}

/* Puts the text in place of the word before the cursor. */
static bool replace_word(EditLine *editor, Text word, Text by, const char *behind)
{
    el_deletestr(editor, (int)utf8_count(word.ptr, word.size));
    return insert_text(editor, by) && insert_text(editor, text_of(behind));
}

static const char *behind_item(const Completion *completion, Text item)
{
    if (completion->is_path && item.size > 0 && item.ptr[item.size - 1] == '/')
        return "";
    return completion->in_string ? "'" : " ";
}

static unsigned char offer(LineEdit *ed, const Completion *completion, Text before)
{
    Text word = {before.ptr + completion->start, before.size - completion->start};
    if (completion->item.count == 0)
        return CC_ERROR;
    Text common = completion_common(completion);
    if (completion->item.count == 1)
        return replace_word(ed->editor, word, common, behind_item(completion, common)) ? CC_REFRESH
                                                                                       : CC_ERROR;
    if (common.size > word.size)
        return replace_word(ed->editor, word, common, "") ? CC_REFRESH : CC_ERROR;
    list_candidates(ed, completion);
    return CC_NORM;
}

static unsigned char on_complete(EditLine *editor, int key)
{
    LineEdit *ed;
    Arena arena;
    StrBuf before, after;
    Completion completion = {0};
    unsigned char result = CC_ERROR;
    (void)key;
    el_get(editor, EL_CLIENTDATA, &ed);
    if (ed->complete == NULL)
        return CC_ERROR;
    const LineInfoW *line = el_wline(editor);
    arena_init(&arena, NULL);
    strbuf_init(&before, NULL);
    strbuf_init(&after, NULL);
    put_wide(&before, line->buffer, line->cursor);
    put_wide(&after, line->cursor, line->lastchar);
    if (!before.failed && !after.failed &&
        ed->complete(ed->complete_context, strbuf_as_text(&before), strbuf_as_text(&after), &arena,
                     &completion) == ST_OK)
        result = offer(ed, &completion, strbuf_as_text(&before));
    strbuf_close(&after);
    strbuf_close(&before);
    arena_close(&arena);
    return result;
}

/* --- life --- */

static char *current_prompt(EditLine *editor)
{
    LineEdit *ed;
    el_get(editor, EL_CLIENTDATA, &ed);
    return (char *)(uintptr_t)ed->prompt;
}

static void add_history(void *context, Text entry)
{
    LineEdit *ed = context;
    HistEvent event;
    StrBuf text;
    strbuf_init(&text, NULL); /* libedit wants a NUL behind it */
    strbuf_text(&text, entry);
    if (!text.failed)
        history(ed->history, &event, H_ENTER, strbuf_cstr(&text));
    strbuf_close(&text);
}

static void bind_keys(EditLine *editor)
{
    el_set(editor, EL_EDITOR, "emacs");
    el_wset(editor, EL_ADDFN, L"weir-complete", L"Complete the word", on_complete);
    el_wset(editor, EL_ADDFN, L"weir-paste", L"Insert pasted text", on_paste);
    el_source(editor, NULL); /* the user's ~/.editrc, which may choose vi keys */
    el_set(editor, EL_BIND, "^I", "weir-complete", NULL);
    el_set(editor, EL_BIND, "^^", "weir-paste", NULL);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_set(editor, EL_BIND, "\\e[3~", "ed-delete-next-char", NULL);
    el_set(editor, EL_BIND, "\\e[1;5C", "em-next-word", NULL);
    el_set(editor, EL_BIND, "\\e[1;5D", "ed-prev-word", NULL);
}

/* Without an editor (memory, an unknown terminal) plain lines are read. */
static void open_editor(LineEdit *ed)
{
    ed->in = fdopen(dup(ed->in_fd), "r");
    ed->out = fdopen(dup(ed->out_fd), "w");
    ed->history = history_init();
    if (ed->in == NULL || ed->out == NULL || ed->history == NULL)
        return;
    ed->editor = el_init("weir", ed->in, ed->out, ed->out);
    if (ed->editor == NULL)
        return;
    HistEvent event;
    history(ed->history, &event, H_SETSIZE, HISTORY_ENTRIES);
    history(ed->history, &event, H_SETUNIQUE, 1);
    el_set(ed->editor, EL_CLIENTDATA, ed);
    el_set(ed->editor, EL_PROMPT, current_prompt);
    el_set(ed->editor, EL_SIGNAL, 0); /* shell/signals.h has them */
    el_set(ed->editor, EL_HIST, history, ed->history);
    bind_keys(ed->editor);
    el_set(ed->editor, EL_GETCFN, read_char);
}

static Status load_history(LineEdit *ed, const char *path)
{
    ed->history_path_size = strlen(path) + 1;
    ed->history_path = mem_alloc(NULL, ed->history_path_size);
    if (ed->history_path == NULL)
        return ST_NOMEM;
    memcpy(ed->history_path, path, ed->history_path_size);
    return history_load(path, add_history, ed);
}

Status ed_open(LineEdit **out, int in_fd, int out_fd, const char *history_path)
{
    LineEdit *ed = mem_alloc_zeroed(NULL, sizeof *ed);
    if (ed == NULL)
        return ST_NOMEM;
    ed->in_fd = in_fd;
    ed->out_fd = out_fd;
    line_reader_open(&ed->plain, in_fd);
    strbuf_init(&ed->paste, NULL);
    if (color_is_terminal(in_fd) && color_is_terminal(out_fd))
        open_editor(ed);
    Status status =
        ed->editor != NULL && history_path != NULL ? load_history(ed, history_path) : ST_OK;
    if (status != ST_OK) {
        ed_close(ed);
        return status;
    }
    *out = ed;
    return ST_OK;
}

void ed_close(LineEdit *ed)
{
    if (ed->editor != NULL)
        el_end(ed->editor);
    if (ed->history != NULL)
        history_end(ed->history);
    if (ed->in != NULL)
        fclose(ed->in);
    if (ed->out != NULL)
        fclose(ed->out);
    line_reader_close(&ed->plain);
    strbuf_close(&ed->paste);
    mem_free(NULL, ed->history_path, ed->history_path_size);
    mem_free(NULL, ed, sizeof *ed);
}

void ed_complete(LineEdit *ed, EdComplete *complete, void *context)
{
    ed->complete = complete;
    ed->complete_context = context;
}

void ed_notify(LineEdit *ed, EdNotify *next, void *context)
{
    ed->notify = next;
    ed->notify_context = context;
}

static bool is_last_entry(LineEdit *ed, Text entry)
{
    HistEvent event;
    return history(ed->history, &event, H_FIRST) == 0 && text_equal(text_of(event.str), entry);
}

void ed_history(LineEdit *ed, Text entry)
{
    while (entry.size > 0 && strchr(" \t\n", entry.ptr[entry.size - 1]) != NULL)
        entry.size--;
    if (ed->editor == NULL || history_is_private(entry) || is_last_entry(ed, entry))
        return;
    add_history(ed, entry);
    if (ed->history_path != NULL)
        history_append(ed->history_path, entry);
}

/* --- one line --- */

static EdResult read_plain(LineEdit *ed, const char *prompt, StrBuf *line)
{
    Text text;
    (void)!write(ed->out_fd, prompt, strlen(prompt));
    for (;;) {
        switch (line_reader_next(&ed->plain, &text)) {
        case LINE_READ: strbuf_text(line, text); return line->failed ? ED_FAILED : ED_LINE;
        case LINE_END: return ED_END;
        case LINE_NOTHING:
            if (signals_stop_requested())
                return ED_END;
            if (signals_interrupted()) {
                (void)!write(ed->out_fd, "\n", 1);
                return ED_INTERRUPTED;
            }
            break;
        case LINE_TOO_LONG:
        case LINE_FAILED: return ED_FAILED;
        }
    }
}

static EdResult read_edited(LineEdit *ed, const char *prompt, StrBuf *line)
{
    int count = 0;
    ed->prompt = prompt;
    ed->result = ED_END;
    signals_catch_suspend(true);
    el_set(ed->editor, EL_PREP_TERM, 1); /* before the prompt shows: libedit would do it after */
    set_paste_marks(ed, true);
    const wchar_t *text = el_wgets(ed->editor, &count);
    if (text == NULL && ed->result == ED_INTERRUPTED)
        fputs("^C", ed->out);
    if (text == NULL)
        fputc('\n', ed->out);
    set_paste_marks(ed, false);
    signals_catch_suspend(false);
    if (text == NULL || count <= 0)
        return ed->result;
    put_wide(line, text, text + count - (text[count - 1] == L'\n'));
    return line->failed ? ED_FAILED : ED_LINE;
}

EdResult ed_read(LineEdit *ed, const char *prompt, StrBuf *line)
{
    signals_forget_interrupt();
    return ed->editor == NULL ? read_plain(ed, prompt, line) : read_edited(ed, prompt, line);
}
