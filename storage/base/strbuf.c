#include "storage/base/strbuf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void strbuf_init(StrBuf *buf, Meter *meter)
{
    *buf = (StrBuf){.meter = meter};
}

void strbuf_close(StrBuf *buf)
{
    mem_free(buf->meter, buf->ptr, buf->capacity);
    *buf = (StrBuf){.meter = buf->meter};
}

void strbuf_clear(StrBuf *buf)
{
    buf->size = 0;
    buf->failed = false;
    if (buf->ptr != NULL)
        buf->ptr[0] = '\0';
}

char *strbuf_room(StrBuf *buf, size_t size)
{
    if (buf->failed)
        return NULL;
    size_t need = buf->size + size + 1;
    if (need > buf->capacity) {
        size_t capacity = buf->capacity == 0 ? 64 : buf->capacity;
        while (capacity < need)
            capacity *= 2;
        char *grown = mem_realloc(buf->meter, buf->ptr, buf->capacity, capacity);
        if (grown == NULL) {
            buf->failed = true;
            return NULL;
        }
        buf->ptr = grown;
        buf->capacity = capacity;
    }
    return buf->ptr + buf->size;
}

void strbuf_put(StrBuf *buf, const void *bytes, size_t size)
{
    char *room = strbuf_room(buf, size);
    if (room == NULL)
        return;
    if (size > 0)
        memcpy(room, bytes, size);
    buf->size += size;
    buf->ptr[buf->size] = '\0';
}

void strbuf_char(StrBuf *buf, char c)
{
    strbuf_put(buf, &c, 1);
}

void strbuf_text(StrBuf *buf, Text text)
{
    strbuf_put(buf, text.ptr, text.size);
}

void strbuf_string(StrBuf *buf, const char *c_string)
{
    strbuf_put(buf, c_string, strlen(c_string));
}

void strbuf_repeat(StrBuf *buf, char c, size_t count)
{
    char *room = strbuf_room(buf, count);
    if (room == NULL)
        return;
    memset(room, c, count);
    buf->size += count;
    buf->ptr[buf->size] = '\0';
}

void strbuf_i64(StrBuf *buf, int64_t value)
{
    char digits[24];
    char *end = digits + sizeof digits, *p = end;
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--p = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude != 0);
    if (value < 0)
        *--p = '-';
    strbuf_put(buf, p, (size_t)(end - p));
}

void strbuf_printf(StrBuf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(size >= 0);
    char *room = strbuf_room(buf, (size_t)size);
    if (room != NULL) {
        vsnprintf(room, (size_t)size + 1, format, again);
        buf->size += (size_t)size;
    }
    va_end(again);
}

Status strbuf_status(const StrBuf *buf)
{
    return buf->failed ? ST_NOMEM : ST_OK;
}

const char *strbuf_cstr(const StrBuf *buf)
{
    return buf->ptr == NULL ? "" : buf->ptr;
}

Text strbuf_as_text(const StrBuf *buf)
{
    return (Text){strbuf_cstr(buf), (uint32_t)buf->size};
}
