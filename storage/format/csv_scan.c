#include "storage/format/csv.h"

#include <assert.h>

#include "storage/format/scan_fast.h"

const char *csv_line_end(const char *p, const char *end, const char **next)
{
    p = scan_any4(p, end, '\n', '\r', '\n', '\r');
    *next = p;
    if (p < end)
        *next += p[0] == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
    return p;
}

/* An unquoted field: up to the delimiter or line break. */
static const char *scan_plain(const CsvSyntax *syntax, const char *p, const char *end,
                              CsvField *field)
{
    char escape = syntax->escape == '\0' ? syntax->delimiter : syntax->escape;
    *field = (CsvField){.ptr = p};
    for (;;) {
        p = scan_any4(p, end, syntax->delimiter, '\n', '\r', escape);
        if (p == end || *p != syntax->escape || syntax->escape == '\0')
            break;
        field->escaped = true;
        p += p + 1 < end ? 2 : 1;
    }
    field->size = (uint32_t)(p - field->ptr);
    return p;
}

static uint32_t count_line_breaks(const char *p, const char *end)
{
    uint32_t count = 0;
    while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        count++;
        p++;
    }
    return count;
}

/* A quoted field; p is at the opening quote. Stands behind the closing one and the blanks after it;
 * at `end` when there is no closing quote (*closed is false). */
static const char *scan_quoted(const CsvSyntax *syntax, const char *p, const char *end,
                               CsvField *field, bool *closed)
{
    char quote = syntax->quote, escape = syntax->escape == '\0' ? quote : syntax->escape;
    *field = (CsvField){.ptr = ++p, .quoted = true};
    *closed = false;
    for (;;) {
        p = scan_any4(p, end, quote, escape, quote, escape);
        if (p == end)
            return end;
        bool escaped = *p == syntax->escape && syntax->escape != '\0';
        if (!escaped && (p + 1 == end || p[1] != quote))
            break;
        field->escaped = true;
        p += p + 1 < end ? 2 : 1;
    }
    *closed = true;
    field->size = (uint32_t)(p - field->ptr);
    p++;
    while (p < end && (*p == ' ' || *p == '\t') && *p != syntax->delimiter)
        p++;
    return p;
}

/* p is behind a field: at its delimiter, a line break or the end of what there is. */
static CsvScan end_record(const char *p, const char *end, bool at_end, CsvRecord *record)
{
    record->end = record->next = p;
    if (p == end)
        return at_end ? CSV_RECORD : CSV_UNFINISHED;
    if (*p == '\r' && p + 1 == end && !at_end)
        return CSV_UNFINISHED; /* a \n may follow */
    record->next += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
    record->line_breaks++;
    return CSV_RECORD;
}

CsvScan csv_scan_record(const CsvSyntax *syntax, const char *p, const char *end, bool at_end,
                        CsvField *field, uint32_t capacity, CsvRecord *record)
{
    *record = (CsvRecord){0};
    for (;;) {
        CsvField beyond, *into = record->count < capacity ? &field[record->count] : &beyond;
        if (syntax->quote != '\0' && p < end && *p == syntax->quote) {
            bool closed;
            p = scan_quoted(syntax, p, end, into, &closed);
            if (!closed) {
                record->reason = "a quote is not closed";
                record->end = end;
                return at_end ? CSV_BROKEN : CSV_UNFINISHED;
            }
            if (p == end && !at_end)
                return CSV_UNFINISHED;
            if (p < end && *p != syntax->delimiter && *p != '\n' && *p != '\r') {
                record->reason = "text after a closing quote";
                record->end = p;
                return CSV_BROKEN;
            }
            record->line_breaks += count_line_breaks(into->ptr, into->ptr + into->size);
        } else {
            p = scan_plain(syntax, p, end, into);
        }
        record->count++;
        if (p == end || *p != syntax->delimiter) {
            record->last_empty = into->size == 0;
            return end_record(p, end, at_end, record);
        }
        p++;
    }
}

static char meant_by(char c)
{
    static const char letters[] = "ntr0", meant[] = "\n\t\r";
    const char *found = c == '\0' ? NULL : strchr(letters, c);
    return found == NULL ? c : meant[found - letters];
}

uint32_t csv_unescape(const CsvSyntax *syntax, const CsvField *field, char *out)
{
    const char *p = field->ptr, *end = p + field->size;
    char *to = out;
    while (p < end) {
        if (syntax->escape != '\0' && *p == syntax->escape && p + 1 < end) {
            *to++ = meant_by(p[1]);
            p += 2;
        } else {
            p += field->quoted && *p == syntax->quote && p + 1 < end && p[1] == syntax->quote;
            *to++ = *p++;
        }
    }
    return (uint32_t)(to - out);
}
