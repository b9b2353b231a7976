#include "executor/run/input_wait.h"

#include <stdio.h>
#include <string.h>

static bool source_waits(SharedSource *source, char why[SOURCE_WAIT_SIZE])
{
    return source->waits != NULL && source->waits(source, why);
}

/* The one that is told of, as long as it waits: another one is not news. */
static SharedSource *find_waiting(const InputWait *wait, SharedSource *sources)
{
    if (wait->source != NULL && source_waits(wait->source, NULL))
        return wait->source;
    for (; sources != NULL; sources = sources->next) {
        if (source_waits(sources, NULL))
            return sources;
    }
    return NULL;
}

static void end(InputWait *wait, Micros now)
{
    if (wait->told)
        snprintf(wait->notice, sizeof wait->notice, "goes on after %.1f s",
                 (double)(now - wait->since) / (double)MICROS_PER_SECOND);
    wait->source = NULL;
    wait->told = false;
}

void input_wait_look(InputWait *wait, SharedSource *sources, Micros now, Micros patience)
{
    SharedSource *source = find_waiting(wait, sources);
    if (source == NULL) {
        end(wait, now);
        return;
    }
    if (wait->source == NULL)
        wait->since = now;
    wait->told = wait->told && source == wait->source;
    wait->source = source;
    if (wait->told || now - wait->since < patience || !source_waits(source, wait->reason))
        return;
    wait->told = true;
    snprintf(wait->notice, sizeof wait->notice, "waits for input: %s; it goes on when that ends",
             wait->reason);
}

const char *input_wait_reason(const InputWait *wait)
{
    return wait->told ? wait->reason : NULL;
}

bool input_wait_take_notice(InputWait *wait, char *out, size_t size)
{
    if (wait->notice[0] == '\0')
        return false;
    snprintf(out, size, "%s", wait->notice);
    wait->notice[0] = '\0';
    return true;
}
