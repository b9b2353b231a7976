/* The kernels of encoding.c, which hash.c lists in its table. No one else includes this. */
#ifndef WEIR_EXECUTOR_FUNCTION_HASH_KERNELS_H
#define WEIR_EXECUTOR_FUNCTION_HASH_KERNELS_H

#include "executor/function/function.h"

Kernel encoding_to_base64, encoding_from_base64, encoding_unhex;
Kernel encoding_encode, encoding_decode;
Prepare encoding_charset_prepare;

#endif
