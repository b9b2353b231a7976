/* Cells as JSON, for the functions and aggregates that make JSON. */
#ifndef WEIR_EXECUTOR_FUNCTION_JSON_CELL_H
#define WEIR_EXECUTOR_FUNCTION_JSON_CELL_H

#include "executor/function/function.h"

/* E2107 where JSON has no form for values of the type. */
CHECKED Status json_check_type(const Type *type, const char *function, Diag *diag);
/* NULL is null; the members of an object, of a ROW too, come in the order of their keys. False when
 * a MAP in it has a key that is NULL: what is printed then is no JSON. */
bool json_print_cell(const Type *type, const Column *column, uint32_t row, Arena *scratch,
                     StrBuf *out);
extern const char json_null_key[]; /* in words */

#endif
