/* Foreground: how far the jobs have come that a statement or a script waits for, as its Output is
 * told. The numbers are those that jobs keep anyway; asking for them costs a few additions. */
#ifndef WEIR_SHELL_FOREGROUND_H
#define WEIR_SHELL_FOREGROUND_H

#include "executor/run/job.h"
#include "shell/output.h"

typedef struct Foreground {
    Output *output;
    Clock *clock;
    Micros told;             /* when it last was */
    OutputProgress progress; /* what it will be told next */
    bool sized; /* the input of all jobs that were added is files whose ends are known */
} Foreground;

void foreground_open(Foreground *foreground, Output *output, Clock *clock);
/* It is time to add the jobs and to tell. Cheap, so that it can be asked after each step. */
bool foreground_is_due(Foreground *foreground);
/* Adds what one job has done. */
void foreground_add(Foreground *foreground, const Plan *plan, const Job *job);
/* Tells what was added since it was due. */
CHECKED Status foreground_tell(Foreground *foreground);
/* It is over; gives `status`, or what went wrong now. */
CHECKED Status foreground_end(Foreground *foreground, Status status);

#endif
