#include "storage/format/csv.h"

#include <assert.h>

const char *csv_line_end(const CsvSyntax *syntax, const char *p, const char *end, const char **next)
{
    p = scan_first(&syntax->line_end, p, end);
    *next = p;
    if (p < end)
        *next += p[0] == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
    return p;
}

/* An unquoted field at p, where the walk stands: up to the delimiter or line break. */
static inline const char *scan_plain(const CsvSyntax *syntax, ScanWalk *walk, const char *p,
                                     CsvField *field)
{
    *field = (CsvField){.ptr = p};
    for (;;) {
        p = scan_walk_next(walk);
        if (syntax->escape == '\0' || p == walk->end || *p != syntax->escape)
            break;
        field->escaped = true;
        scan_walk_seek(walk, p + 2 < walk->end ? p + 2 : walk->end);
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
    *field = (CsvField){.ptr = ++p, .quoted = true};
    *closed = false;
    for (;;) {
        p = scan_first(&syntax->quoted_end, p, end);
        if (p == end)
            return end;
        bool escaped = *p == syntax->escape && syntax->escape != '\0';
        if (!escaped && (p + 1 == end || p[1] != syntax->quote))
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

/* A quoted field at *p, which is then behind it; CSV_RECORD when more of the record may follow. */
static CsvScan scan_quoted_field(const CsvSyntax *syntax, const char **p, const char *end,
                                 bool at_end, CsvField *field, CsvRecord *record)
{
    bool closed;
    *p = record->end = scan_quoted(syntax, *p, end, field, &closed);
    if (!closed) {
        record->reason = "a quote is not closed";
        return at_end ? CSV_BROKEN : CSV_UNFINISHED;
    }
    if (*p == end && !at_end)
        return CSV_UNFINISHED;
    if (*p < end && **p != syntax->delimiter && **p != '\n' && **p != '\r') {
        record->reason = "text after a closing quote";
        return CSV_BROKEN;
    }
    record->line_breaks += count_line_breaks(field->ptr, field->ptr + field->size);
    return CSV_RECORD;
}

CsvScan csv_scan_record(const CsvSyntax *syntax, const char *p, const char *end, bool at_end,
                        CsvField *field, uint32_t capacity, CsvRecord *record)
{
    ScanWalk walk = {.needles = &syntax->plain_end, .end = end};
    *record = (CsvRecord){0};
    scan_walk_seek(&walk, p);
    for (;; p++) {
        CsvField beyond, *into = record->count < capacity ? &field[record->count] : &beyond;
        if (syntax->quote != '\0' && p < end && *p == syntax->quote) {
            CsvScan found = scan_quoted_field(syntax, &p, end, at_end, into, record);
            if (found != CSV_RECORD)
                return found;
            scan_walk_seek(&walk, p + 1 < end ? p + 1 : end);
        } else {
            p = scan_plain(syntax, &walk, p, into);
        }
        record->count++;
        if (p == end || *p != syntax->delimiter) {
            record->last_empty = into->size == 0;
            return end_record(p, end, at_end, record);
        }
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
