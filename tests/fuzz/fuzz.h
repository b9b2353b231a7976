/* The one function that every fuzz target defines, under the name that libFuzzer calls. It returns
 * 0 and reports a finding by ending the process: an assert, or a sanitizer's report. */
#ifndef WEIR_TESTS_FUZZ_FUZZ_H
#define WEIR_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
