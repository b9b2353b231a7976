/* Text: a borrowed run of bytes with a length; no owner, not NUL-terminated unless its maker says
 * so. For names, source text and options. Values in columns are Str (str.h). */
#ifndef WEIR_STORAGE_BASE_TEXT_H
#define WEIR_STORAGE_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

typedef struct Text {
    const char *ptr;
    uint32_t size;
} Text;

#define TEXT(literal)  ((Text){"" literal, (uint32_t)(sizeof(literal) - 1)})
#define TEXT_NONE      ((Text){0})
#define TEXT_ARG(text) (int)(text).size, (text).ptr /* for "%.*s" */

static inline Text text_of(const char *c_string)
{
    return (Text){c_string, (uint32_t)strlen(c_string)};
}

static inline bool text_equal(Text a, Text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.ptr, b.ptr, a.size) == 0);
}

static inline bool text_is(Text a, const char *c_string)
{
    return text_equal(a, text_of(c_string));
}

/* ASCII letters only: keywords, function and option names. */
static inline bool text_equal_nocase(Text a, Text b)
{
    return a.size == b.size && (a.size == 0 || strncasecmp(a.ptr, b.ptr, a.size) == 0);
}

static inline bool text_starts_with(Text text, Text prefix)
{
    return text.size >= prefix.size &&
           (prefix.size == 0 || memcmp(text.ptr, prefix.ptr, prefix.size) == 0);
}

#endif
