/* DECIMAL(p <= 38, s): an unscaled Int128. Products and quotients go through 256 bits, so that
 * rounding (HALF_UP, away from zero at the half) is exact. Functions return false when the result
 * does not fit `precision` digits; the dialect then gives NULL. */
#ifndef WEIR_STORAGE_DATA_DECIMAL_H
#define WEIR_STORAGE_DATA_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/base/strbuf.h"
#include "storage/base/text.h"
#include "storage/data/column.h"

Int128 decimal_power10(uint32_t exponent); /* exponent <= 38 */
bool decimal_fits(Int128 value, uint32_t precision);

/* To another scale, rounding HALF_UP where digits are cut. */
bool decimal_rescale(Int128 value, uint32_t from_scale, uint32_t precision, uint32_t scale,
                     Int128 *out);
/* Digits beyond the new scale are dropped (toward zero); scale <= from_scale. */
Int128 decimal_truncate(Int128 value, uint32_t from_scale, uint32_t scale);

bool decimal_add(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                 uint32_t scale, Int128 *out);
bool decimal_subtract(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                      uint32_t scale, Int128 *out);
bool decimal_multiply(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                      uint32_t scale, Int128 *out);
bool decimal_divide(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                    uint32_t scale, Int128 *out); /* b != 0 */
bool decimal_modulo(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale, uint32_t precision,
                    uint32_t scale, Int128 *out); /* b != 0; sign of a */
int decimal_compare(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale);

/* Text with optional sign, point and exponent; blanks around it allowed. False when malformed or,
 * with *overflow set, when it does not fit. Rounds HALF_UP to the scale. */
bool decimal_parse(Text text, uint32_t precision, uint32_t scale, Int128 *out, bool *overflow);
void decimal_print(Int128 value, uint32_t scale, StrBuf *out); /* "-12.50" */
enum { DECIMAL_TEXT_BYTES = 42 };
/* Writes at most DECIMAL_TEXT_BYTES without NUL; returns their number. */
uint32_t decimal_format(Int128 value, uint32_t scale, char *out);

double decimal_to_double(Int128 value, uint32_t scale);
bool decimal_from_double(double value, uint32_t precision, uint32_t scale, Int128 *out);
/* Truncated toward zero; false when it does not fit. */
bool decimal_to_i64(Int128 value, uint32_t scale, int64_t *out);

/* Types of results (decimal_type.c). Inputs are DECIMALs or integers, which count as DECIMAL(3 | 5
 * | 10 | 19, 0). A result is NULLable when an input is. */
Type decimal_of_exact(const Type *type); /* the DECIMAL that holds an exact number's values */
Type decimal_add_type(const Type *a, const Type *b); /* of + and - */
Type decimal_multiply_type(const Type *a, const Type *b);
Type decimal_divide_type(const Type *a, const Type *b);
Type decimal_modulo_type(const Type *a, const Type *b);
Type decimal_sum_type(const Type *type);     /* of SUM over a DECIMAL */
Type decimal_average_type(const Type *type); /* of AVG over a DECIMAL */

#endif
