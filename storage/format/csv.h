/* The csv decoder's inside: what storage/format/csv*.c share; the door is csv_format in format.h.
 *
 * A record is a line, or several when a quoted field holds line breaks (RFC 4180, with Jackson's
 * liberties as Flink shows them: any of \n, \r\n, \r ends a record, blanks may follow a closing
 * quote, a quote inside an unquoted field is a character like others, one empty field too many is
 * forgiven). A record is split as a whole before any cell is converted, so whether it is one does
 * not depend on the columns that are wanted. */
#ifndef WEIR_STORAGE_FORMAT_CSV_H
#define WEIR_STORAGE_FORMAT_CSV_H

#include "storage/data/timestamp.h"
#include "storage/format/format.h"
#include "storage/format/scan_fast.h"
#include "storage/format/text_cell.h"

typedef struct CsvSyntax {
    char delimiter;
    char quote;             /* '\0': none */
    char escape;            /* '\0': none */
    char element_delimiter; /* between the parts of a nested value */
    bool comments;          /* lines that begin with '#' are skipped, and blank lines with them */
    bool has_null;
    Text null_literal;
    ScanNeedles plain_end;  /* what ends an unquoted field, or escapes in it */
    ScanNeedles quoted_end; /* likewise a quoted one */
    ScanNeedles line_end;
} CsvSyntax;

CsvSyntax csv_syntax_read(const OptionScope *scope, OptionList options);

typedef struct CsvField {
    const char *ptr;
    uint32_t size;
    bool quoted;
    bool escaped; /* holds doubled quotes or escapes, to be resolved */
} CsvField;

typedef enum CsvScan {
    CSV_RECORD,
    CSV_UNFINISHED, /* its end is not in sight */
    CSV_BROKEN,
} CsvScan;

typedef struct CsvRecord {
    const char *end;  /* in front of its line break; where it broke */
    const char *next; /* behind its line break */
    uint32_t count;   /* of fields */
    bool last_empty;
    uint32_t line_breaks; /* inside of quotes and at the end */
    const char *reason;   /* CSV_BROKEN: why */
} CsvRecord;
/* Splits the record at p into at most `capacity` fields; more are counted only. */
CsvScan csv_scan_record(const CsvSyntax *syntax, const char *p, const char *end, bool at_end,
                        CsvField *field, uint32_t capacity, CsvRecord *record);
/* The first line break at or after p, and behind it; `end` when there is none. */
const char *csv_line_end(const CsvSyntax *syntax, const char *p, const char *end,
                         const char **next);
/* Resolves doubled quotes and escapes; writes at most `size` bytes. */
uint32_t csv_unescape(const CsvSyntax *syntax, const CsvField *field, char *out);

/* csv_nested.c: the field's text as an ARRAY or ROW. CELL_NULL: it is a ROW that is NULL. Of
 * CELL_BAD *bad_part says which part it is: BadCell.part. */
CellResult csv_nested_take(const CsvSyntax *syntax, bool ignore_errors, Text text, const Type *type,
                           const TextSyntax *text_syntax, Column *to, uint32_t row, Arena *arena,
                           Text *bad_part, const char **reason);

CHECKED Status csv_open_decoder(Arena *arena, Meter *meter, const DecodeSpec *spec, Decoder **out);
CHECKED Status csv_open_encoder(Arena *arena, const EncodeSpec *spec, Encoder **out);

#endif
