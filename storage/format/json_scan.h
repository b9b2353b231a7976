/* JSON's grammar (RFC 8259) and what a piece of JSON text says: scanning a value, walking through
 * what an object or array holds, resolving and writing escapes. For the json decoder and for the
 * functions over JSON texts. There is no tree: a value is a token, a run of bytes of the text.
 * Nothing here reads past the end of the text. */
#ifndef WEIR_STORAGE_FORMAT_JSON_SCAN_H
#define WEIR_STORAGE_FORMAT_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/base/strbuf.h"
#include "storage/base/text.h"

typedef enum JsonKind {
    JSON_MISSING, /* the record has no such field */
    JSON_NULL,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_OBJECT,
    JSON_ARRAY,
} JsonKind;

typedef struct JsonToken {
    JsonKind kind;
    bool escaped; /* a string that holds a backslash */
    uint32_t size;
    const char *ptr; /* of a string: behind the opening quote */
} JsonToken;

/* Why a record is broken, and at which of its bytes. */
typedef struct JsonFault {
    const char *reason;
    const char *at;
} JsonFault;

/* --- json_scan.c: the grammar. `end` bounds the text. --- */

static inline const char *json_skip_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        p++;
    return p;
}
/* Each returns the byte after the value, or NULL with *fault set. Bytes of strings must be valid
 * UTF-8 already; raw control characters are let through as Flink does. */
const char *json_scan_string(const char *p, const char *end, JsonToken *token, JsonFault *fault);
const char *json_scan_number(const char *p, const char *end, JsonFault *fault);
const char *json_scan_value(const char *p, const char *end, uint32_t depth, JsonToken *token,
                            JsonFault *fault);
/* A text that is one value and blanks around it, and is strict: a control character in a string is
 * a fault, too. False with *fault set when it is none. */
bool json_scan_document(Text text, JsonToken *token, JsonFault *fault);

/* --- json_cursor.c: the members or elements of an object or array that was scanned before. --- */

typedef struct JsonCursor {
    const char *p, *end; /* p: at the next member's key, the next element, or the closing bracket */
    bool object;
} JsonCursor;

JsonCursor json_cursor_open(const JsonToken *container);
/* False at the end. `key` is set for a member. */
bool json_cursor_next(JsonCursor *cursor, JsonToken *key, JsonToken *value);

/* --- json_text.c --- */

/* The text of a string token with its escapes resolved; at most `size` bytes long. */
uint32_t json_unescape(const char *p, uint32_t size, char *out);
/* An object or array without the blanks between its tokens and with each character of a string in
 * its shortest form; numbers stay as written. `out` has room for json_compact_bound. */
size_t json_compact_bound(const char *p, uint32_t size);
uint32_t json_compact(const char *p, uint32_t size, char *out);
/* A text as a JSON string, with its quotes. */
void json_print_text(Text text, StrBuf *out);

#endif
