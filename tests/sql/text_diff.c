/* The longest common subsequence of lines by dynamic programming over suffixes. Texts of more lines
 * than the table is made for are shown one after the other. */
#include "tests/sql/text_diff.h"

enum { MOST_LINES = 2000 };

static uint32_t split_lines(Text text, Text *line, uint32_t room)
{
    uint32_t count = 0;
    while (text.size > 0 && count < room) {
        const char *newline = memchr(text.ptr, '\n', text.size);
        uint32_t size = newline == NULL ? text.size : (uint32_t)(newline - text.ptr);
        line[count++] = (Text){text.ptr, size};
        size += newline != NULL;
        text = (Text){text.ptr + size, text.size - size};
    }
    return count;
}

static void put_line(char mark, Text line, StrBuf *out)
{
    strbuf_char(out, mark);
    strbuf_text(out, line);
    strbuf_char(out, '\n');
}

typedef struct Table {
    Text *a, *b;
    uint32_t as, bs;
    uint16_t *common; /* [i * (bs + 1) + j]: common lines of a from i and b from j */
} Table;

static uint16_t *at(const Table *table, uint32_t i, uint32_t j)
{
    return &table->common[i * (table->bs + 1) + j];
}

static void fill(const Table *t)
{
    for (uint32_t i = t->as; i-- > 0;) {
        for (uint32_t j = t->bs; j-- > 0;) {
            uint16_t skip_a = *at(t, i + 1, j), skip_b = *at(t, i, j + 1);
            if (text_equal(t->a[i], t->b[j]))
                *at(t, i, j) = (uint16_t)(*at(t, i + 1, j + 1) + 1);
            else
                *at(t, i, j) = skip_a > skip_b ? skip_a : skip_b;
        }
    }
}

static void walk(const Table *t, StrBuf *out)
{
    uint32_t i = 0, j = 0;
    while (i < t->as || j < t->bs) {
        if (i < t->as && j < t->bs && text_equal(t->a[i], t->b[j])) {
            put_line(' ', t->a[i], out);
            i++;
            j++;
        } else if (j == t->bs || (i < t->as && *at(t, i + 1, j) >= *at(t, i, j + 1))) {
            put_line('-', t->a[i++], out);
        } else {
            put_line('+', t->b[j++], out);
        }
    }
}

void text_diff(Text before, Text after, StrBuf *out)
{
    Table t = {0};
    size_t lines_size = 2 * MOST_LINES * sizeof(Text), table_size = 0;
    Text *lines = mem_alloc(NULL, lines_size);
    if (lines == NULL) {
        out->failed = true;
        return;
    }
    t.a = lines;
    t.b = lines + MOST_LINES;
    t.as = split_lines(before, t.a, MOST_LINES);
    t.bs = split_lines(after, t.b, MOST_LINES);
    table_size = (size_t)(t.as + 1) * (t.bs + 1) * sizeof *t.common;
    t.common = mem_alloc_zeroed(NULL, table_size);
    if (t.common != NULL) {
        fill(&t);
        walk(&t, out);
        mem_free(NULL, t.common, table_size);
    } else {
        out->failed = true;
    }
    mem_free(NULL, lines, lines_size);
}
