/* InputWait: a source that stands still for what is no matter of its job, as a broker that is away.
 * The job goes on by itself when that ends, and does meanwhile whatever else it can; but its
 * results stand still, and whoever watches is told why. A wait that is over within a moment is not
 * worth a word. */
#ifndef WEIR_EXECUTOR_RUN_INPUT_WAIT_H
#define WEIR_EXECUTOR_RUN_INPUT_WAIT_H

#include "storage/connector/connector.h"

typedef struct InputWait {
    SharedSource *source; /* which waits, the first one that does; NULL: none */
    Micros since;         /* monotonic: one or another has waited */
    bool told;            /* of it */
    char reason[SOURCE_WAIT_SIZE];
    char notice[SOURCE_WAIT_SIZE + 64]; /* not fetched yet; empty: none */
} InputWait;

/* To be asked after each step; `patience`: what is shorter is a moment. */
void input_wait_look(InputWait *wait, SharedSource *sources, Micros now, Micros patience);
/* NULL: nothing, or for no longer than a moment. */
const char *input_wait_reason(const InputWait *wait);
/* What there is to tell, once; false: nothing. It completes "job 1 ...". */
bool input_wait_take_notice(InputWait *wait, char *out, size_t size);

#endif
