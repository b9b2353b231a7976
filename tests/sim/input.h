/* Input: the files that a job of the simulation reads, made of a seed. Some are there from the
 * beginning. Those of followed tables arrive while the job runs: files appear, grow by pieces that
 * end anywhere in a record, and are renamed and begun again; when that is, the world says. */
#ifndef WEIR_TESTS_SIM_INPUT_H
#define WEIR_TESTS_SIM_INPUT_H

#include "storage/base/strbuf.h"
#include "tests/sql/workspace.h"

enum { LIVE_FILES = 6 };

/* One thing that happens to the files. */
typedef struct Arrival {
    uint32_t file;
    uint32_t from, to; /* the bytes that are appended; none: it is renamed */
    uint32_t pause;    /* looks at the clock in front of it */
} Arrival;

typedef struct LiveFile {
    char name[40], renamed[40]; /* renamed: empty when it keeps its name */
    StrBuf content;
} LiveFile;

typedef struct Input {
    const Workspace *workspace;
    LiveFile file[LIVE_FILES];
    uint32_t files;
    Arrival *arrival;
    uint32_t arrivals, capacity, next;
    bool moved[LIVE_FILES];
} Input;

/* Whatever of it the script names. */
bool input_open(Input *input, const Workspace *workspace, const char *script, uint64_t *random);
void input_close(Input *input);

/* What comes through standard input. */
void input_put_stream(StrBuf *out, uint64_t *random);

/* Nothing has arrived yet. */
void input_begin(Input *input);
bool input_has_more(const Input *input);
/* The next thing happens; none is left: nothing. */
void input_arrive(Input *input);
void input_arrive_all(Input *input);
/* Looks at the clock until the next one. */
uint32_t input_pause(const Input *input);

#endif
