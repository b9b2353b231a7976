/* Why: what a job waits for, in words: EXPLAIN WHY. All of it is told from the tables that every
 * SQLite client can read (storage/catalog/schema.sql.h), so another process can tell it as well as
 * the one that runs the job: why_read.c takes them in, why_judge.c finds the one cause that stands
 * above the others, why_print.c says it for people and why_json.c for programs. Everything lies in
 * the arena that why_read was given. */
#ifndef WEIR_SHELL_WHY_H
#define WEIR_SHELL_WHY_H

#include "storage/base/vec.h"
#include "storage/catalog/catalog.h"

/* A part of a table: a file. */
typedef struct WhySplit {
    Text name; /* empty: the table has just one */
    bool ended, idle, holds;
    Micros watermark;    /* MICROS_MIN: none yet */
    Micros moved;        /* by the clock; 0: not known */
    Micros last_arrival; /* likewise */
    Micros idle_timeout; /* 0: never */
    Micros idle_advance; /* likewise */
    int64_t lag;         /* INT64_MIN: not known */
} WhySplit;

typedef struct WhyTable {
    int64_t scan; /* the operator's number */
    Text name, unit;
    bool timed; /* it has a watermark */
    Micros
        watermark; /* of its splits that are neither idle nor ended; MICROS_MAX: there are none */
    VEC(WhySplit) split;
} WhyTable;

/* An operator that keeps something until the watermark comes, or later rows. */
typedef struct WhyWait {
    Text view; /* empty: of several */
    Text title;
    Micros watermark, due;   /* due: of `for_rows`, the time of what is kept */
    int64_t groups, windows; /* INT64_MIN: none by its nature */
    bool by_clock;           /* its watermark is the clock's */
    bool for_rows;           /* what is kept waits for later rows of its partition */
    bool fires;              /* due: by the clock, when results that have changed go out */
    const WhyTable *table;   /* whose watermark is the lowest of what the view reads; or NULL */
} WhyWait;

typedef struct WhyCount {
    Text view, source;
    int64_t read, used, filtered, late, rejected, skipped;
    int64_t late_above; /* rows of the view that were used, and were late for an operator above */
} WhyCount;

typedef enum WhyCause {
#define X(id, code) WHY_##id,
#include "shell/why_causes.def"
#undef X
} WhyCause;

typedef struct Why {
    /* from the tables, and of a job that runs here from itself */
    int64_t job;
    Text name;
    JobState state;
    Text reason;    /* empty: none */
    Micros since;   /* of the state */
    bool replaying; /* it reads once more what it had read before */
    VEC(WhyTable) table;
    VEC(WhyWait) wait; /* those who wait longest for their time first */
    VEC(WhyCount) count;
    Text rejection; /* the last one, as "a.jsonl:3: E5002 ts: not a timestamp"; empty: none */
    Micros now;
    /* why_judge */
    WhyCause cause;
    Text says, hint;     /* hint: may be empty */
    Micros cause_since;  /* by the clock; 0: not known */
    const WhyWait *main; /* the wait that the cause is about; NULL: none */
} Why;

const char *why_cause_code(WhyCause cause); /* "held-back" */

/* The job's number, state and reason are given; what the tables have is added. */
CHECKED Status why_read(Db *db, Arena *arena, Why *why, Diag *diag);
CHECKED Status why_judge(Why *why, Arena *arena);

/* Lines of no more than `WHY_WIDTH` screen columns, where names are not longer. */
enum { WHY_WIDTH = 76 };
void why_print(const Why *why, StrBuf *out);
/* As JSON: arrays of objects. */
void why_print_tables(const Why *why, StrBuf *out);
void why_print_waits(const Why *why, StrBuf *out);
void why_print_counts(const Why *why, StrBuf *out);

Text why_wait_kind(const WhyWait *wait); /* "WindowAggregate" */
/* What the operator waits for: "the window that ends at 2024-01-01 10:01:00.000". */
void why_put_awaited(const WhyWait *wait, StrBuf *out);
/* "the row of OVER at 2024-01-01 10:01:00.000 waits for later rows of its partition" */
void why_put_later_rows(const WhyWait *wait, StrBuf *out);
/* "what has changed in windows", and when it goes out. */
void why_put_firing(const WhyWait *wait, StrBuf *out);
/* 2.999 s, 42 s, 3 min 12 s, 2 h 5 min, 4 days 3 h; the rest is cut off. */
void why_put_span(Micros span, StrBuf *out);
/* 2024-01-01 10:00:57.000; `utc`: with a Z. */
void why_put_time(Micros time, bool utc, StrBuf *out);

#endif
