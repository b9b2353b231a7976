/* What the aggregates of lists (value_list.h) share with those that are lists over some input. */
#ifndef WEIR_EXECUTOR_FUNCTION_AGG_LIST_H
#define WEIR_EXECUTOR_FUNCTION_AGG_LIST_H

#include "executor/function/value_list.h"

/* Over rows that can be taken back. */
extern const AggregateDef listed_first, listed_last, listed_arg_min, listed_arg_max;

/* The text as the cell, in the scratch arena; NULL when it is longer than a string can be. */
CHECKED Status list_put_text(const AggregateEnv *env, const StrBuf *text, Column *out, uint32_t row,
                             bool *overflow);

#endif
