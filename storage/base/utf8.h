/* UTF-8: validation and code points. Overlong forms, surrogates and values above U+10FFFF are
 * invalid (RFC 3629). */
#ifndef WEIR_STORAGE_BASE_UTF8_H
#define WEIR_STORAGE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_is_ascii(const char *bytes, size_t size);
bool utf8_is_valid(const char *bytes, size_t size);
/* Of valid text. */
size_t utf8_count(const char *bytes, size_t size);
/* Byte offset of the code point with that index, or `size` when the text is shorter. */
size_t utf8_offset(const char *bytes, size_t size, size_t index);
/* Decodes one code point of valid text, stores its length in bytes. */
uint32_t utf8_decode(const char *bytes, size_t size, uint32_t *length);
/* Writes 1 to 4 bytes; returns their number; 0 for a value that is no code point. */
uint32_t utf8_encode(uint32_t code_point, char *out);

#endif
