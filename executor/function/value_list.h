/* Lists of rows, for aggregates that give out many values or can take back the one they show: for
 * each group the arguments of its rows, in the order in which they arrived. Built of SortedMaps:
 * the list has (arrival, where the row's bytes are), its index, if there is one, (hash, arrival),
 * by which the oldest row with given values is found. So lists are merged in the order of arrival,
 * and a row is added, found and removed in O(log n). */
#ifndef WEIR_EXECUTOR_FUNCTION_VALUE_LIST_H
#define WEIR_EXECUTOR_FUNCTION_VALUE_LIST_H

#include "executor/function/aggregate.h"
#include "storage/state/sorted_map.h"

/* Of a kind of list. */
typedef struct ListForm {
    uint32_t required; /* a bit a column: rows with a NULL there are passed over */
    int32_t key;       /* the column by which rows are found; -1: by all */
    bool replaces;     /* a row takes the place of that with the same key */
    /* Of lists that are given out as one text: what its first column makes of a row there, at
     * least, and what stands between two. NULL: of other lists. */
    uint64_t (*text_size)(const AggregateEnv *env, const Column *value, uint32_t row);
    uint32_t (*between_size)(const AggregateEnv *env);
} ListForm;

/* The state of an aggregate whose form has text_size: of all rows, each with what stands between.
 * It tells that the text is longer than a string can be, before it is made. Where rows are not
 * taken back, nothing brings it below that again: the rows are let go then, and no others kept. */
typedef uint64_t ListTextSize;

CHECKED Status list_add(const AggregateEnv *env, const AggregateRows *rows,
                        const Column *const *arg, const ListForm *form);
/* Removes of each row the oldest one with the same values; one that is not there is passed over. */
CHECKED Status list_retract(const AggregateEnv *env, const AggregateRows *rows,
                            const Column *const *arg, const ListForm *form);
CHECKED Status list_merge(const AggregateEnv *env, const AggregateRows *into,
                          const AggregateEnv *from_env, const AggregateRows *from,
                          const ListForm *form);
void list_drop(const AggregateEnv *env, void *state, uint32_t entry);
/* Of the text that the form makes; of none 0. */
uint64_t list_text_size(const AggregateEnv *env, const ListForm *form, const void *state);
bool list_is_too_long(const AggregateEnv *env, const ListForm *form, const void *state);

/* Values of the list in the order of an ORDER BY. */
typedef struct ListOrder {
    uint64_t (*value)[2];
    uint32_t count, next;
} ListOrder;

/* A row of a list: its columns at row 0. */
typedef struct ListRow {
    SortedCursor at;
    Column column[AGGREGATE_MAX_COLUMNS];
    ListOrder order; /* if the call has one */
} ListRow;

CHECKED Status list_row_make(const AggregateEnv *env, ListRow *row); /* in the scratch arena */
CHECKED Status list_read(const AggregateEnv *env, ListRow *row);     /* that `at` stands at */
/* Its first column into row `at` of another column. */
CHECKED Status list_read_into(const AggregateEnv *env, ListRow *row, Column *out, uint32_t at);
/* Before the rows of a group are gone through in the order that the call asks for, if it does:
 * sorts them, equal ones in the order of arrival. */
CHECKED Status list_order(const AggregateEnv *env, uint32_t entry, ListRow *row);
/* Places `at`; false when there is none (more). */
bool list_first(const AggregateEnv *env, uint32_t entry, ListRow *row);
bool list_next(const AggregateEnv *env, ListRow *row);
bool list_last(const AggregateEnv *env, uint32_t entry, ListRow *row);
/* The oldest row whose key column (form->key) is that of `key` at row 0. */
CHECKED Status list_find(const AggregateEnv *env, uint32_t entry, const Column *key,
                         const ListForm *form, ListRow *row, bool *found);

#endif
