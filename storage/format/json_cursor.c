#include <assert.h>

#include "storage/format/json_scan.h"

JsonCursor json_cursor_open(const JsonToken *container)
{
    assert(container->kind == JSON_OBJECT || container->kind == JSON_ARRAY);
    const char *end = container->ptr + container->size;
    return (JsonCursor){.p = json_skip_space(container->ptr + 1, end),
                        .end = end,
                        .object = container->kind == JSON_OBJECT};
}

bool json_cursor_next(JsonCursor *cursor, JsonToken *key, JsonToken *value)
{
    const char *p = cursor->p, *end = cursor->end;
    JsonFault fault;
    if (p + 1 == end)
        return false;
    if (cursor->object) {
        p = json_skip_space(json_scan_string(p, end, key, &fault), end);
        p = json_skip_space(p + 1, end); /* behind the colon */
    }
    p = json_scan_value(p, end, 0, value, &fault);
    assert(p != NULL); /* scanned before */
    p = json_skip_space(p, end);
    cursor->p = *p == ',' ? json_skip_space(p + 1, end) : p;
    return true;
}
