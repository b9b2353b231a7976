/* Differences from Flink: the decided ones, one row of differences.def each. The reference page is
 * printed from this table; it decides nothing itself. What Flink does is what Flink 2.3 answered
 * when it was asked. */
#ifndef WEIR_PLANNER_FLINK_DIFFERENCES_H
#define WEIR_PLANNER_FLINK_DIFFERENCES_H

#include <stdint.h>

typedef enum DifferenceKind {
    DIFFERENCE_DEPARTURE, /* both run it, with another result */
    DIFFERENCE_EXTENSION, /* Flink refuses it or does not have it */
    DIFFERENCE_NOT_YET,   /* Flink runs it, Weir refuses it with E2001 */
} DifferenceKind;
enum { DIFFERENCE_KINDS = DIFFERENCE_NOT_YET + 1 };

typedef struct Difference {
    const char *id;   /* lower case with hyphens; never given another meaning */
    const char *area; /* heading of the page: "Time" ... */
    DifferenceKind kind;
    const char *flink; /* what Flink does, a clause without a full stop */
    const char *weir;  /* what Weir does */
    /* A statement over the tables of differences.def that shows it: Weir refuses that of a
     * NOT_YET with E2001 and takes those of the other kinds. NULL: none that is short. */
    const char *example;
} Difference;

uint32_t difference_count(void);
const Difference *difference_get(uint32_t index); /* those of an area stand together */
/* The CREATE statements of the tables that the examples read. */
const char *difference_tables(void);
/* "departure", "extension", "not yet" */
const char *difference_kind_name(DifferenceKind kind);

#endif
