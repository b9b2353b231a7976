#include "shell/progress_line.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "shell/cell_text.h"
#include "shell/numbers.h"

enum { RATE_STEP_S = 5 }; /* the rate is that of the last five to ten seconds */

void progress_line_open(ProgressLine *line, int fd, bool enabled)
{
    *line = (ProgressLine){.fd = fd, .enabled = enabled};
}

void progress_line_start(ProgressLine *line, Micros now)
{
    line->started = now;
    line->from = line->next = (ProgressMark){.at = now};
}

/* --- the text --- */

static void put_share(const OutputProgress *progress, Micros elapsed, StrBuf *out)
{
    uint64_t bytes = progress->bytes, all = progress->bytes_in_all;
    double share = bytes < all ? (double)bytes / (double)all : 1;
    strbuf_printf(out, ", %d%% of ", (int)(share * 100));
    number_put_bytes(out, all);
    double left = share < 1 ? (double)(all - bytes) : 0;
    left *= (double)elapsed / ((double)bytes - (double)progress->bytes_before);
    if (!(left >= 0 && left < 1e15)) /* nothing to go by yet */
        return;
    strbuf_string(out, ", about ");
    number_put_time(out, (Micros)left);
    strbuf_string(out, " left");
}

void progress_line_print(const OutputProgress *progress, Micros elapsed, uint64_t per_second,
                         StrBuf *out)
{
    number_put_time(out, elapsed);
    strbuf_string(out, progress->recovering ? "  recovering, " : "  ");
    number_put_count(out, progress->rows);
    strbuf_string(out, progress->rows == 1 ? " row read, " : " rows read, ");
    number_put_count(out, per_second);
    strbuf_string(out, " a second");
    if (progress->bytes_in_all > 0)
        put_share(progress, elapsed, out);
    if (progress->rejected > 0) {
        strbuf_string(out, ", ");
        number_put_count(out, progress->rejected);
        strbuf_string(out, " rejected");
    }
}

/* --- the screen --- */

/* Nobody is left to be told when standard error itself fails. */
static void write_line(const ProgressLine *line, Text text)
{
    while (text.size > 0) {
        ssize_t written = write(line->fd, text.ptr, text.size);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0)
            text = (Text){text.ptr + written, text.size - (uint32_t)written};
    }
}

/* One column stays free: a cursor behind the last one may be in the next row already. */
static uint32_t room(const ProgressLine *line)
{
    struct winsize size;
    bool known = ioctl(line->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - 1u : 79;
}

void progress_line_wipe(ProgressLine *line)
{
    if (line->shown)
        write_line(line, TEXT("\r\033[K"));
    line->shown = false;
}

/* What a table of the job writes to the terminal, or reads from it, the line would disturb. */
static bool is_disturbed(const OutputProgress *progress)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if ((progress->streams & 1 << fd) != 0 && isatty(fd))
            return true;
    }
    return false;
}

/* What runs before this one have read says nothing of its speed. */
static uint64_t rows_of_run(const OutputProgress *progress)
{
    return progress->rows - progress->rows_before;
}

static void move_marks(ProgressLine *line, const OutputProgress *progress, Micros now)
{
    if (now - line->next.at < RATE_STEP_S * MICROS_PER_SECOND)
        return;
    line->from = line->next;
    line->next = (ProgressMark){now, rows_of_run(progress)};
}

static void paint(ProgressLine *line, const OutputProgress *progress, Micros now)
{
    StrBuf text, out;
    strbuf_init(&text, NULL);
    strbuf_init(&out, NULL);
    uint64_t rows = rows_of_run(progress), before = line->from.rows;
    uint64_t read = rows < before ? 0 : rows - before; /* a job that has ended counts no more */
    progress_line_print(progress, now - line->started, number_per_second(read, now - line->from.at),
                        &text);
    strbuf_string(&out, "\r");
    text_put_cut(&out, strbuf_as_text(&text), room(line));
    strbuf_string(&out, "\033[K");
    if (!text.failed && !out.failed) {
        write_line(line, strbuf_as_text(&out));
        line->shown = true;
        line->painted = now;
    }
    strbuf_close(&out);
    strbuf_close(&text);
}

void progress_line_update(ProgressLine *line, const OutputProgress *progress, Micros now)
{
    move_marks(line, progress, now);
    if (!line->enabled || now - line->started < PROGRESS_WAIT_MS * MICROS_PER_MILLI)
        return;
    if (line->shown && now - line->painted < PROGRESS_REPAINT_MS * MICROS_PER_MILLI)
        return;
    if (is_disturbed(progress))
        progress_line_wipe(line);
    else
        paint(line, progress, now);
}
