/* Numbers and times as texts, a column of up to 64 at a time. Eight are converted at once where the
 * machine has vectors for it, which is asked when the program runs. */
#ifndef WEIR_STORAGE_FORMAT_DIGITS_FAST_H
#define WEIR_STORAGE_FORMAT_DIGITS_FAST_H

#include <stdint.h>

enum { DIGITS_RUN = 64 };

/* The caller sets what the loop at hand reads, for as many rows as it has; of the other rows no
 * more is asked than that their memory is there. */
typedef struct DigitsRun {
    uint64_t word[DIGITS_RUN];      /* 8 bytes as they stand in memory, the first lowest */
    uint64_t minute[2][DIGITS_RUN]; /* seconds: the 16 bytes in front of the word */
    uint64_t size[DIGITS_RUN];      /* bytes of the whole text */
    int64_t value[DIGITS_RUN];      /* out */
    uint64_t bad[DIGITS_RUN];       /* out: not 0 where the text is none of these */
} DigitsRun;

typedef struct DigitsLoops {
    /* A JSON integer of up to 8 bytes, its sign included; in the word. */
    void (*integers)(DigitsRun *run);
    void (*check_integers)(DigitsRun *run); /* the same without the value */
    /* "yyyy-MM-dd HH:mm:SS.mmm" in the minute of those 16 bytes; the word begins with the colon
     * behind them. The value is in microseconds since the minute. */
    void (*seconds)(DigitsRun *run, uint64_t minute_first, uint64_t minute_second);
} DigitsLoops;

const DigitsLoops *digits_loops(void); /* the best for this machine */
/* Each of them, to be tested against the others: 0 is the plain one; NULL when this machine has no
 * such one. */
const DigitsLoops *digits_loops_numbered(uint32_t number);

#endif
