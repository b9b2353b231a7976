/* What arrives is listed in advance: the whole content of each file, cut into pieces, and the
 * pieces of several files shuffled. */
#include "tests/sim/input.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/sim/fault_vfs.h"

enum {
    PIECE = 500,      /* bytes that come at once, at most */
    LONG_PAUSE = 120, /* looks at the clock */
};

static uint64_t below(uint64_t *random, uint64_t end)
{
    return sim_random(random) % end;
}

/* --- records --- */

/* Times that go on by and by, some of them late; where they may be odd, now and then a record that
 * is none, and a price that is no number. */
static void put_bid(StrBuf *out, uint64_t *random, uint64_t *millis, bool may_be_odd)
{
    static const char *const channel[] = {"Google", "Apple", "Baidu"};
    *millis += below(random, 900);
    uint64_t late = below(random, 12) == 0 ? below(random, 9000) : below(random, 1500);
    uint64_t at = *millis > late ? *millis - late : 0;
    uint64_t odd = below(random, 24);
    if (odd == 0 && may_be_odd) {
        strbuf_string(out, "{\"auction\":\n");
        return;
    }
    strbuf_printf(out, "{\"auction\":%u,\"bidder\":%u,\"price\":", (unsigned)below(random, 7),
                  (unsigned)below(random, 40));
    if (odd == 1 && may_be_odd)
        strbuf_string(out, "\"dear\"");
    else
        strbuf_printf(out, "%u", (unsigned)below(random, 100));
    strbuf_printf(out, ",\"channel\":\"%s\",\"dateTime\":\"2024-05-01 10:%02u:%02u.%03u\"}\n",
                  channel[below(random, 3)], (unsigned)(at / 60000 % 60),
                  (unsigned)(at / 1000 % 60), (unsigned)(at % 1000));
}

static void put_bids(StrBuf *out, uint64_t *random, uint64_t rows, bool may_be_odd)
{
    uint64_t millis = 0;
    for (uint64_t i = 0; i < rows; i++)
        put_bid(out, random, &millis, may_be_odd);
}

/* Behind all others: it closes their windows. */
static const char closing_bid[] = "{\"auction\":7,\"bidder\":0,\"price\":1,\"channel\":\"none\","
                                  "\"dateTime\":\"2024-05-01 11:00:00.000\"}\n";

/* --- files that are there from the beginning --- */

static bool write_file(const Input *input, const char *name, const StrBuf *content)
{
    return !content->failed &&
           workspace_write(input->workspace, text_of(name), strbuf_as_text(content));
}

static bool write_bids(const Input *input, uint64_t *random)
{
    uint64_t files = 1 + below(random, 3);
    bool written = true;
    for (uint64_t f = 0; f < files; f++) {
        char name[32];
        StrBuf content;
        strbuf_init(&content, NULL);
        snprintf(name, sizeof name, "bids/%u.jsonl", (unsigned)f);
        put_bids(&content, random, 5 + below(random, 60), true);
        written = written && write_file(input, name, &content);
        strbuf_close(&content);
    }
    return written;
}

static bool write_other(const Input *input, uint64_t *random)
{
    StrBuf content;
    strbuf_init(&content, NULL);
    for (uint64_t i = below(random, 30); i > 0; i--)
        strbuf_printf(&content, "%u,%u\n", (unsigned)below(random, 7), (unsigned)below(random, 50));
    bool written = write_file(input, "other.csv", &content);
    strbuf_close(&content);
    return written;
}

void input_put_stream(StrBuf *out, uint64_t *random)
{
    put_bids(out, random, 5 + below(random, 60), true);
}

/* --- what arrives --- */

static void add_arrival(Input *input, uint32_t file, uint32_t from, uint32_t to, uint64_t *random)
{
    if (input->arrivals == input->capacity) {
        input->capacity = input->capacity == 0 ? 64 : input->capacity * 2;
        input->arrival = realloc(input->arrival, input->capacity * sizeof *input->arrival);
        if (input->arrival == NULL)
            abort();
    }
    uint64_t pause = below(random, 16) == 0 ? below(random, LONG_PAUSE) : below(random, 10);
    input->arrival[input->arrivals++] = (Arrival){file, from, to, (uint32_t)pause};
}

/* The next piece of the file. */
static void add_piece(Input *input, uint32_t file, uint32_t *at, uint64_t *random)
{
    uint32_t left = (uint32_t)input->file[file].content.size - *at;
    uint32_t size = 1 + (uint32_t)below(random, PIECE);
    size = size < left ? size : left;
    add_arrival(input, file, *at, *at + size, random);
    *at += size;
}

static LiveFile *add_file(Input *input)
{
    assert(input->files < LIVE_FILES);
    LiveFile *file = &input->file[input->files++];
    *file = (LiveFile){0};
    strbuf_init(&file->content, NULL);
    return file;
}

/* feed/: files that appear one after the other and grow all together. */
static void plan_feed(Input *input, uint64_t *random)
{
    uint32_t at[LIVE_FILES] = {0}, first = input->files;
    uint32_t files = 1 + (uint32_t)below(random, 3), open = files;
    for (uint32_t i = 0; i < files; i++) {
        LiveFile *file = add_file(input);
        snprintf(file->name, sizeof file->name, "feed/%u.jsonl", (unsigned)i);
        put_bids(&file->content, random, 3 + below(random, 25), true);
        strbuf_string(&file->content, closing_bid);
    }
    while (open > 0) {
        uint32_t file = first + (uint32_t)below(random, files);
        if (at[file] == input->file[file].content.size)
            continue;
        add_piece(input, file, &at[file], random);
        open -= at[file] == input->file[file].content.size;
    }
}

/* log/: a file that is renamed and begun again. Whoever writes it may write to the old one until
 * the new one is there. */
static void plan_log(Input *input, uint64_t *random)
{
    uint32_t files = 1 + (uint32_t)below(random, 3);
    for (uint32_t i = 0; i < files; i++) {
        uint32_t at = 0, number = input->files;
        LiveFile *file = add_file(input);
        snprintf(file->name, sizeof file->name, "log/app.jsonl");
        put_bids(&file->content, random, 3 + below(random, 25), false);
        uint32_t size = (uint32_t)file->content.size, still = (uint32_t)below(random, size);
        if (i + 1 < files)
            snprintf(file->renamed, sizeof file->renamed, "log/app.jsonl.%u", (unsigned)i);
        while (at < size - still)
            add_piece(input, number, &at, random);
        if (i + 1 < files)
            add_arrival(input, number, 0, 0, random);
        while (at < size)
            add_piece(input, number, &at, random);
    }
}

/* --- when it does --- */

static void path_of(const Input *input, const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", input->workspace->path, name);
}

void input_begin(Input *input)
{
    char path[128];
    for (uint32_t i = 0; i < input->files; i++) {
        path_of(input, input->file[i].name, path);
        unlink(path);
        path_of(input, input->file[i].renamed, path);
        if (input->file[i].renamed[0] != '\0')
            unlink(path);
        input->moved[i] = false;
    }
    input->next = 0;
}

bool input_has_more(const Input *input)
{
    return input->next < input->arrivals;
}

uint32_t input_pause(const Input *input)
{
    return input->arrival[input->next].pause;
}

void input_arrive(Input *input)
{
    char from[128], to[128];
    if (!input_has_more(input))
        return;
    const Arrival *arrival = &input->arrival[input->next++];
    LiveFile *file = &input->file[arrival->file];
    path_of(input, file->name, from);
    path_of(input, file->renamed, to);
    if (arrival->from == arrival->to) {
        if (rename(from, to) != 0)
            abort();
        input->moved[arrival->file] = true;
        return;
    }
    FILE *out = fopen(input->moved[arrival->file] ? to : from, "ab");
    size_t size = arrival->to - arrival->from;
    if (out == NULL || fwrite(file->content.ptr + arrival->from, 1, size, out) != size ||
        fclose(out) != 0)
        abort();
}

void input_arrive_all(Input *input)
{
    while (input_has_more(input))
        input_arrive(input);
}

/* --- all of it --- */

static bool make_folder(const Input *input, const char *name)
{
    char path[128];
    path_of(input, name, path);
    return mkdir(path, 0777) == 0;
}

bool input_open(Input *input, const Workspace *workspace, const char *script, uint64_t *random)
{
    *input = (Input){.workspace = workspace};
    if (strstr(script, "'bids'") != NULL && !write_bids(input, random))
        return false;
    if (strstr(script, "'other.csv'") != NULL && !write_other(input, random))
        return false;
    bool made = make_folder(input, "feed") && make_folder(input, "log");
    if (strstr(script, "'feed'") != NULL)
        plan_feed(input, random);
    if (strstr(script, "'log'") != NULL)
        plan_log(input, random);
    return made;
}

void input_close(Input *input)
{
    for (uint32_t i = 0; i < input->files; i++)
        strbuf_close(&input->file[i].content);
    free(input->arrival);
}
