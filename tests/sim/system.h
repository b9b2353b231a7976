/* The system calls that the engine makes beside SQLite's, which the linker leads through here:
 * reads of input files and of standard input are counted and can go wrong, a nap lets simulated
 * time pass, and what is asked of the system's randomness is always the same. */
#ifndef WEIR_TESTS_SIM_SYSTEM_H
#define WEIR_TESTS_SIM_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kind, name, what it is. */
#define INPUT_FAULTS(X)                                                                            \
    X(INPUT_SHORT, "input-short-read", "a read of an input file gives less than is there")         \
    X(INPUT_INTERRUPTED, "input-interrupted", "a signal interrupts it")                            \
    X(INPUT_ERROR, "input-error", "it fails")                                                      \
    X(INPUT_NO_FILE, "input-open-error", "an input file or folder cannot be opened")

typedef enum InputFault {
#define X(kind, name, text) kind,
    INPUT_FAULTS(X)
#undef X
        INPUT_FAULT_COUNT,
} InputFault;

/* The k-th call that a fault of the kind can hit, and all later ones when sticky, of interruptions
 * every second one. k = 0: none. Counts start at 0. */
void system_arm(InputFault kind, uint64_t k, bool sticky);
uint64_t system_calls(InputFault kind);

/* Who hears of what the engine does. */
typedef struct Listener Listener;
struct Listener {
    void (*nap)(Listener *listener);
    void (*take)(Listener *listener, size_t size); /* so many bytes of standard input */
};
void system_set_listener(Listener *listener); /* NULL: nobody */

#endif
