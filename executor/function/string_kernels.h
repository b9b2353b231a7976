/* The kernels that string.c lists in its table, by the file that has them. No one else includes
 * this. */
#ifndef WEIR_EXECUTOR_FUNCTION_STRING_KERNELS_H
#define WEIR_EXECUTOR_FUNCTION_STRING_KERNELS_H

#include "executor/function/function.h"
#include "storage/base/strbuf.h"

/* string_case.c */
Kernel string_upper, string_lower, string_initcap, string_reverse;
Kernel string_is_alpha, string_is_digit, string_is_decimal;
Kernel string_is_given, string_is_never;
/* Lower case by Unicode, for comparing without regard to case. */
void string_put_lower(StrBuf *buf, Text text);

/* string_slice.c */
Kernel string_substring, string_left, string_right, string_split_index, string_split_index_char;
Kernel string_trim_both, string_trim_leading, string_trim_trailing, string_elt;
Prepare string_elt_prepare;

/* string_pad.c */
Kernel string_lpad, string_rpad, string_repeat;
Prepare string_pad_prepare;

/* string_join.c */
Kernel string_concat, string_concat_ws, string_replace, string_translate, string_overlay,
    string_chr;

/* string_search.c */
Kernel string_char_length, string_ascii, string_position, string_instr, string_instr_nth;
Kernel string_starts_with, string_ends_with;

/* string_like.c */
Kernel string_like, string_ilike;
Prepare string_like_prepare, string_ilike_prepare;

/* url.c */
Kernel url_encode, url_decode, url_parse, inet_from_text, inet_to_text;
Prepare url_parse_prepare;

#endif
