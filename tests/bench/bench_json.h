/* The yardstick of bench_json: a bare simdjson loop over the same bytes. */
#ifndef WEIR_TESTS_BENCH_JSON_H
#define WEIR_TESTS_BENCH_JSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sums what it reads, so that nothing is optimised away. all: the seven fields of a bid, else
 * auction, price and dateTime. The bytes are followed by simdjson's padding. Returns the number of
 * rows. */
uint64_t simdjson_loop(const char *bytes, size_t size, int all, uint64_t *sum);
size_t simdjson_padding(void);

#ifdef __cplusplus
}
#endif

#endif
