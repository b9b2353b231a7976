/* Kernels behind the table of json.c. For this folder only. */
#ifndef WEIR_EXECUTOR_FUNCTION_JSON_KERNELS_H
#define WEIR_EXECUTOR_FUNCTION_JSON_KERNELS_H

#include "executor/function/function.h"

/* json_query.c: (text, path, what on empty, its value, what on error, its value); (text, path,
 * wrapper, on empty, on error [, NULL of the result's type]); (text, path, on error). What the
 * words are, the binder and the table below know: JSON_ON_NAMES. */
Kernel json_value, json_query, json_exists;
Prepare json_value_prepare, json_query_prepare, json_exists_prepare;
Kernel is_json, is_json_object, is_json_array, is_json_scalar;

/* json_make.c: (what on NULL, kinds, key, value, ...), (what on NULL, kinds, value, ...), where the
 * kinds are a letter for each value: v, or j for one that is JSON already. */
Kernel json_object, json_array, json_string, json_verbatim;
Prepare json_object_prepare, json_array_prepare, json_string_prepare;

/* json_quote.c */
Kernel json_quote, json_unquote;

#endif
