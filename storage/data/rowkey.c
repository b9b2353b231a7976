/* The key form of row_codec.h. Each cell begins with a byte that is 0 for NULL and more for a
 * value. Integers and DECIMALs: the head of compact_int.h is that byte. BOOLEAN: 1 or 2. DOUBLE: 1,
 * then the eight bytes in the order of the numbers. Text: 1, the bytes, 0, where a 0 inside is
 * written 1 1 and a 1 inside 1 2. ROW: 1, its fields' cells. ARRAY: 1, then each element's cell
 * behind another 1, then 0. MAP and MULTISET alike, an entry being a key's cell and a value's, in
 * the order of the bytes: the same entries make the same key. */
#include <assert.h>
#include <math.h>

#include "storage/data/compact_int.h"
#include "storage/data/nested.h"
#include "storage/data/row_codec.h"

enum { KEY_NULL = 0, KEY_VALUE = 1, KEY_FALSE = 1, KEY_TRUE = 2, KEY_END = 0, KEY_ESCAPE = 1 };

/* --- writing --- */

/* Bits that as an unsigned number are in the order of the doubles: for a negative number all bits
 * are turned over, for another one the sign alone. */
static uint64_t double_to_ordered(double value)
{
    if (isnan(value))
        value = (double)NAN; /* one NaN for all */
    if (value == 0)
        value = 0; /* no -0.0 */
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double double_from_ordered(uint64_t ordered)
{
    uint64_t bits = ordered >> 63 ? ordered & ~(UINT64_C(1) << 63) : ~ordered;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static char *put_text(char *at, const char *bytes, uint32_t size)
{
    *at++ = KEY_VALUE;
    for (uint32_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c <= KEY_ESCAPE) {
            *at++ = KEY_ESCAPE;
            c++;
        }
        *at++ = (char)c;
    }
    *at++ = KEY_END;
    return at;
}

/* The entry of each child at `at`: a ROW's fields, an ARRAY's element, a MAP's key and value. */
static void append_entry(StrBuf *out, const Type *type, const Nested *nested, uint32_t at)
{
    for (uint32_t i = 0; i < nested->children; i++)
        rowkey_append(out, &type->child[i].type, &nested->child[i], at);
}

/* The bytes of an entry within the buffer. */
typedef struct Entry {
    size_t start, size;
} Entry;

static bool entry_before(const StrBuf *buf, const Entry *a, const Entry *b)
{
    int order =
        memcmp(buf->ptr + a->start, buf->ptr + b->start, a->size < b->size ? a->size : b->size);
    return order != 0 ? order < 0 : a->size < b->size;
}

/* Heap sort: no recursion and no worst case. */
static void sift(const StrBuf *buf, Entry *entry, uint32_t root, uint32_t count)
{
    for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && entry_before(buf, &entry[child], &entry[child + 1]))
            child++;
        if (!entry_before(buf, &entry[root], &entry[child]))
            return;
        Entry lower = entry[root];
        entry[root] = entry[child];
        entry[child] = lower;
    }
}

static void sort_entries(const StrBuf *buf, Entry *entry, uint32_t count)
{
    for (uint32_t i = count / 2; i > 0; i--)
        sift(buf, entry, i - 1, count);
    for (uint32_t left = count; left > 1; left--) {
        Entry last = entry[left - 1];
        entry[left - 1] = entry[0];
        entry[0] = last;
        sift(buf, entry, 0, left - 1);
    }
}

/* A MAP's entries, each behind a 1, sorted. */
static void append_sorted(StrBuf *out, const Type *type, const Nested *nested, Elements cell)
{
    StrBuf unsorted;
    strbuf_init(&unsorted, out->meter);
    Entry *entry = mem_alloc(out->meter, cell.count * sizeof *entry + 1);
    for (uint32_t i = 0; entry != NULL && i < cell.count; i++) {
        entry[i].start = unsorted.size;
        strbuf_char(&unsorted, KEY_VALUE);
        append_entry(&unsorted, type, nested, cell.start + i);
        entry[i].size = unsorted.size - entry[i].start;
    }
    if (entry == NULL || unsorted.failed) {
        out->failed = true;
    } else {
        sort_entries(&unsorted, entry, cell.count);
        for (uint32_t i = 0; i < cell.count; i++)
            strbuf_put(out, unsorted.ptr + entry[i].start, entry[i].size);
    }
    mem_free(out->meter, entry, cell.count * sizeof *entry + 1);
    strbuf_close(&unsorted);
}

/* Recursion is as deep as the type is nested. */
static void append_nested(StrBuf *out, const Type *type, const Nested *nested, uint32_t at)
{
    strbuf_char(out, KEY_VALUE);
    if (nested->list == NULL) {
        append_entry(out, type, nested, at);
        return;
    }
    Elements cell = nested->list[at];
    if (type->id == TYPE_ARRAY) {
        for (uint32_t i = 0; i < cell.count; i++) {
            strbuf_char(out, KEY_VALUE);
            append_entry(out, type, nested, cell.start + i);
        }
    } else {
        append_sorted(out, type, nested, cell);
    }
    strbuf_char(out, KEY_END);
}

void rowkey_append(StrBuf *out, const Type *type, const Column *column, uint32_t row)
{
    assert(column->phys == type_phys(type->id));
    if (column_is_null(column, row)) {
        strbuf_char(out, KEY_NULL);
        return;
    }
    uint32_t at = column_index(column, row);
    if (column->phys == PHYS_NESTED) {
        append_nested(out, type, column->data.nested, at);
        return;
    }
    size_t text_room = column->phys == PHYS_STR ? 2 * (size_t)column->data.str[at].size : 0;
    char *start = strbuf_room(out, text_room + COMPACT_ROOM), *end = start;
    if (start == NULL)
        return;
    switch (column->phys) {
    case PHYS_BOOL: *end++ = column->data.b[at] ? KEY_TRUE : KEY_FALSE; break;
    case PHYS_I64: end = compact_put_i64(end, column->data.i64[at]); break;
    case PHYS_F64: {
        uint64_t bits = htobe64(double_to_ordered(column->data.f64[at]));
        *end++ = KEY_VALUE;
        memcpy(end, &bits, sizeof bits);
        end += sizeof bits;
        break;
    }
    case PHYS_I128: end = compact_put_i128(end, column->data.i128[at]); break;
    case PHYS_STR:
        end = put_text(end, str_bytes(&column->data.str[at]), column->data.str[at].size);
        break;
    case PHYS_NESTED: break;
    }
    out->size += (size_t)(end - start);
}

void rowkey_encode(const RowLayout *layout, const Column *column, uint32_t row, StrBuf *out)
{
    for (uint32_t i = 0; i < layout->count; i++)
        rowkey_append(out, &layout->type[i], &column[layout->column[i]], row);
}

enum { FIRST_BYTE = 0x00, LAST_BYTE = 0xFF }; /* of a NULL; no value's cell begins with either */

void rowkey_append_order(StrBuf *out, const Type *type, const Column *column, uint32_t row,
                         bool descending, bool nulls_last)
{
    if (column_is_null(column, row)) {
        strbuf_char(out, (char)(nulls_last ? LAST_BYTE : FIRST_BYTE));
        return;
    }
    size_t from = out->size;
    rowkey_append(out, type, column, row);
    for (size_t i = from; descending && i < out->size; i++)
        out->ptr[i] = (char)~out->ptr[i];
}

/* --- reading --- */

static Status read_text(const char **at, const char *end, Str *out, Arena *arena)
{
    const char *bytes = *at + 1;
    const char *stop = memchr(bytes, KEY_END, (size_t)(end - bytes));
    if (stop == NULL || stop - bytes > UINT32_MAX)
        return ST_STATE;
    *at = stop + 1;
    uint32_t size = (uint32_t)(stop - bytes);
    if (memchr(bytes, KEY_ESCAPE, size) == NULL) {
        *out = str_view(bytes, size);
        return ST_OK;
    }
    char *plain = arena_alloc(arena, size), *to = plain;
    if (plain == NULL)
        return ST_NOMEM;
    while (bytes < stop) {
        char c = *bytes++;
        if (c == KEY_ESCAPE) {
            if (bytes == stop || (*bytes != KEY_ESCAPE && *bytes != KEY_ESCAPE + 1))
                return ST_STATE;
            c = (char)(*bytes++ - 1);
        }
        *to++ = c;
    }
    *out = str_view(plain, (uint32_t)(to - plain));
    return ST_OK;
}

/* The eight bytes behind the first one. */
static const char *read_double(const char *at, const char *end, double *out)
{
    uint64_t bits;
    if ((size_t)(end - at) < 1 + sizeof bits || *at != KEY_VALUE)
        return NULL;
    memcpy(&bits, at + 1, sizeof bits);
    *out = double_from_ordered(be64toh(bits));
    return at + 1 + sizeof bits;
}

static Status read_entry(const Type *type, const char **at, const char *end, Nested *nested,
                         uint32_t to, Arena *arena)
{
    for (uint32_t i = 0; i < nested->children; i++)
        TRY(rowkey_read(&type->child[i].type, at, end, &nested->child[i], to, arena));
    return ST_OK;
}

/* Elements come one by one: the row's run of them grows at the end of the children, where nobody
 * else adds any meanwhile. Recursion is as deep as the type is nested. */
static Status read_nested(const Type *type, const char **at, const char *end, Nested *nested,
                          uint32_t to, Arena *arena)
{
    if (*(*at)++ != KEY_VALUE)
        return ST_STATE;
    if (nested->list == NULL)
        return read_entry(type, at, end, nested, to, arena);
    uint32_t start = nested->used, count = 0;
    for (; *at < end && **at == KEY_VALUE; count++) {
        uint32_t next;
        ++*at;
        TRY(nested_add_elements(arena, nested, to, 1, &next));
        TRY(read_entry(type, at, end, nested, next, arena));
    }
    if (*at == end || *(*at)++ != KEY_END)
        return ST_STATE;
    nested->list[to] = (Elements){start, count};
    return ST_OK;
}

Status rowkey_read(const Type *type, const char **at, const char *end, Column *column, uint32_t to,
                   Arena *arena)
{
    assert(column->phys == type_phys(type->id) && !column->constant);
    if (*at == end || (**at == KEY_NULL && column->valid == NULL))
        return ST_STATE;
    if (column->valid != NULL)
        bit_put(column->valid, to, **at != KEY_NULL);
    if (**at == KEY_NULL) {
        ++*at;
        return ST_OK;
    }
    const char *next = NULL;
    switch (column->phys) {
    case PHYS_BOOL:
        column->data.b[to] = **at == KEY_TRUE;
        next = **at == KEY_TRUE || **at == KEY_FALSE ? *at + 1 : NULL;
        break;
    case PHYS_I64: next = compact_get_i64(*at, end, &column->data.i64[to]); break;
    case PHYS_F64: next = read_double(*at, end, &column->data.f64[to]); break;
    case PHYS_I128: next = compact_get_i128(*at, end, &column->data.i128[to]); break;
    case PHYS_STR:
        return **at == KEY_VALUE ? read_text(at, end, &column->data.str[to], arena) : ST_STATE;
    case PHYS_NESTED: return read_nested(type, at, end, column->data.nested, to, arena);
    }
    *at = next == NULL ? *at : next;
    return next == NULL ? ST_STATE : ST_OK;
}

Status rowkey_decode(const RowLayout *layout, Text bytes, Column *column, uint32_t to, Arena *arena)
{
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.size;
    for (uint32_t i = 0; i < layout->count; i++)
        TRY(rowkey_read(&layout->type[i], &at, end, &column[layout->column[i]], to, arena));
    return at == end ? ST_OK : ST_STATE;
}
