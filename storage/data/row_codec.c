#include "storage/data/row_codec.h"

#include <assert.h>

#include "storage/data/compact_int.h"
#include "storage/data/nested.h"

/* The first byte of a row. */
enum { ROW_HAS_NULLS = 1 };
#define ROW_HEAD (ROW_FORMAT << 1)

Status row_layout_make(Arena *arena, const Schema *schema, const uint32_t *column, uint32_t count,
                       RowLayout *out)
{
    out->count = column == NULL ? schema->count : count;
    TRY_NEW_ARRAY(out->type, arena, out->count);
    TRY_NEW_ARRAY(out->column, arena, out->count);
    for (uint32_t i = 0; i < out->count; i++) {
        out->column[i] = column == NULL ? i : column[i];
        assert(out->column[i] < schema->count);
        out->type[i] = schema->field[out->column[i]].type;
    }
    return ST_OK;
}

/* --- lengths: 7 bits a byte, lowest first --- */

static char *put_length(char *at, uint32_t length)
{
    for (; length >= 0x80; length >>= 7)
        *at++ = (char)(length | 0x80);
    *at++ = (char)length;
    return at;
}

static const char *get_length(const char *at, const char *end, uint32_t *out)
{
    uint64_t length = 0;
    for (uint32_t shift = 0; shift < 35; shift += 7) {
        if (at == end)
            return NULL;
        unsigned char byte = (unsigned char)*at++;
        length |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = (uint32_t)length;
            return length > UINT32_MAX ? NULL : at;
        }
    }
    return NULL;
}

static void append_length(StrBuf *out, uint32_t length)
{
    char bytes[8];
    strbuf_put(out, bytes, (size_t)(put_length(bytes, length) - bytes));
}

/* --- bitmaps of NULLs, bytes so that the host's word order does not show --- */

static bool null_bit(const char *bitmap, uint32_t index)
{
    return ((unsigned char)bitmap[index / 8] >> (index % 8)) & 1;
}

static void set_null_bit(char *bitmap, uint32_t index)
{
    bitmap[index / 8] = (char)(bitmap[index / 8] | (1 << (index % 8)));
}

static uint32_t bitmap_bytes(uint32_t count)
{
    return (count + 7) / 8;
}

/* A cleared bitmap at the end of the buffer; NULL when memory is short. */
static char *append_bitmap(StrBuf *out, uint32_t count)
{
    size_t at = out->size;
    strbuf_repeat(out, '\0', bitmap_bytes(count));
    return out->failed ? NULL : out->ptr + at;
}

/* --- writing --- */

static void encode_cell(const Type *type, const Column *column, uint32_t row, StrBuf *out);

/* Cells start .. start + count of one child: a bitmap of its NULLs, then the others. */
static void encode_child(const Type *type, const Column *column, uint32_t start, uint32_t count,
                         StrBuf *out)
{
    size_t bitmap_at = out->size;
    if (append_bitmap(out, count) == NULL)
        return;
    for (uint32_t i = 0; i < count && !out->failed; i++) {
        if (column_is_null(column, start + i))
            set_null_bit(out->ptr + bitmap_at, i);
        else
            encode_cell(type, column, start + i, out);
    }
}

/* A ROW is each field as a run of one; the others are their length, then each child as a run. */
static void encode_nested(const Type *type, const Nested *nested, uint32_t at, StrBuf *out)
{
    assert(nested->children == type->children);
    Elements cell = {at, 1};
    if (nested->list != NULL) {
        cell = nested->list[at];
        append_length(out, cell.count);
    }
    for (uint32_t i = 0; i < nested->children; i++)
        encode_child(&type->child[i].type, &nested->child[i], cell.start, cell.count, out);
}

/* One cell that is not NULL. Recursion is as deep as the type is nested. */
static void encode_cell(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    uint32_t at = column_index(column, row);
    if (column->phys == PHYS_NESTED) {
        encode_nested(type, column->data.nested, at, out);
        return;
    }
    uint32_t text_size = column->phys == PHYS_STR ? column->data.str[at].size : 0;
    char *start = strbuf_room(out, (size_t)text_size + COMPACT_ROOM), *end = start;
    if (start == NULL)
        return;
    switch (column->phys) {
    case PHYS_BOOL: *end++ = (char)column->data.b[at]; break;
    case PHYS_I64: end = compact_put_i64(end, column->data.i64[at]); break;
    case PHYS_F64: {
        uint64_t bits;
        memcpy(&bits, &column->data.f64[at], sizeof bits);
        bits = htole64(bits);
        memcpy(end, &bits, sizeof bits);
        end += sizeof bits;
        break;
    }
    case PHYS_I128: end = compact_put_i128(end, column->data.i128[at]); break;
    case PHYS_STR:
        end = put_length(end, text_size);
        if (text_size > 0)
            memcpy(end, str_bytes(&column->data.str[at]), text_size);
        end += text_size;
        break;
    case PHYS_NESTED: break;
    }
    out->size += (size_t)(end - start);
}

void row_encode(const RowLayout *layout, const Column *column, uint32_t row, StrBuf *out)
{
    size_t head = out->size;
    bool nulls = false;
    for (uint32_t i = 0; i < layout->count; i++)
        nulls = nulls || column_is_null(&column[layout->column[i]], row);
    strbuf_char(out, (char)(nulls ? ROW_HEAD | ROW_HAS_NULLS : ROW_HEAD));
    if (nulls && append_bitmap(out, layout->count) == NULL)
        return;
    for (uint32_t i = 0; i < layout->count && !out->failed; i++) {
        const Column *from = &column[layout->column[i]];
        if (column_is_null(from, row))
            set_null_bit(out->ptr + head + 1, i);
        else
            encode_cell(&layout->type[i], from, row, out);
    }
}

/* --- reading --- */

typedef struct RowReader {
    const char *at, *end;
    Arena *arena;
} RowReader;

static Status decode_cell(RowReader *reader, const Type *type, Column *column, uint32_t to);

static Status damaged_unless(bool good)
{
    return good ? ST_OK : ST_STATE;
}

static Status take(RowReader *reader, size_t size, const char **bytes)
{
    if ((size_t)(reader->end - reader->at) < size)
        return ST_STATE;
    *bytes = reader->at;
    reader->at += size;
    return ST_OK;
}

static Status take_length(RowReader *reader, uint32_t *length)
{
    const char *next = get_length(reader->at, reader->end, length);
    if (next == NULL)
        return ST_STATE;
    reader->at = next;
    return ST_OK;
}

static Status decode_f64(RowReader *reader, double *out)
{
    const char *bytes;
    uint64_t bits;
    TRY(take(reader, sizeof bits, &bytes));
    memcpy(&bits, bytes, sizeof bits);
    bits = le64toh(bits);
    memcpy(out, &bits, sizeof bits);
    return ST_OK;
}

static Status decode_str(RowReader *reader, Str *out)
{
    uint32_t size;
    const char *bytes;
    TRY(take_length(reader, &size));
    TRY(take(reader, size, &bytes));
    *out = str_view(bytes, size);
    return ST_OK;
}

/* One cell that is not NULL, of a column that is not nested. */
static Status decode_scalar(RowReader *reader, Column *column, uint32_t to)
{
    const char *next = NULL;
    switch (column->phys) {
    case PHYS_BOOL:
        TRY(take(reader, 1, &next));
        column->data.b[to] = *next != 0;
        return ST_OK;
    case PHYS_I64: next = compact_get_i64(reader->at, reader->end, &column->data.i64[to]); break;
    case PHYS_F64: return decode_f64(reader, &column->data.f64[to]);
    case PHYS_I128: next = compact_get_i128(reader->at, reader->end, &column->data.i128[to]); break;
    case PHYS_STR: return decode_str(reader, &column->data.str[to]);
    case PHYS_NESTED: break;
    }
    if (next != NULL)
        reader->at = next;
    return damaged_unless(next != NULL);
}

static Status decode_child(RowReader *reader, const Type *type, Column *column, uint32_t start,
                           uint32_t count)
{
    const char *nulls;
    TRY(take(reader, bitmap_bytes(count), &nulls));
    for (uint32_t i = 0; i < count; i++) {
        if (null_bit(nulls, i))
            bit_clear(column->valid, start + i);
        else
            TRY(decode_cell(reader, type, column, start + i));
    }
    return ST_OK;
}

/* A length counts bits of a bitmap that must be there, so that damaged bytes cannot ask for more
 * memory than a multiple of their size. */
static Status decode_nested(RowReader *reader, const Type *type, Nested *nested, uint32_t to)
{
    uint32_t start = to, count = 1;
    assert(nested->children == type->children);
    if (nested->list != NULL) {
        TRY(take_length(reader, &count));
        TRY(damaged_unless(count <= (uint64_t)(reader->end - reader->at) * 8));
        TRY(nested_add_elements(reader->arena, nested, to, count, &start));
    }
    for (uint32_t i = 0; i < nested->children; i++)
        TRY(decode_child(reader, &type->child[i].type, &nested->child[i], start, count));
    return ST_OK;
}

/* Recursion is as deep as the type is nested. */
static Status decode_cell(RowReader *reader, const Type *type, Column *column, uint32_t to)
{
    assert(column->phys == type_phys(type->id) && !column->constant);
    if (column->valid != NULL)
        bit_set(column->valid, to);
    return column->phys == PHYS_NESTED ? decode_nested(reader, type, column->data.nested, to)
                                       : decode_scalar(reader, column, to);
}

Status row_decode(const RowLayout *layout, Text bytes, Column *column, uint32_t to, Arena *arena)
{
    RowReader reader = {bytes.ptr, bytes.ptr + bytes.size, arena};
    const char *head, *nulls = NULL;
    TRY(take(&reader, 1, &head));
    TRY(damaged_unless((*head & ~ROW_HAS_NULLS) == ROW_HEAD));
    if (*head & ROW_HAS_NULLS)
        TRY(take(&reader, bitmap_bytes(layout->count), &nulls));
    for (uint32_t i = 0; i < layout->count; i++) {
        Column *into = &column[layout->column[i]];
        if (nulls == NULL || !null_bit(nulls, i)) {
            TRY(decode_cell(&reader, &layout->type[i], into, to));
            continue;
        }
        TRY(damaged_unless(into->valid != NULL));
        bit_clear(into->valid, to);
    }
    return damaged_unless(reader.at == reader.end);
}
