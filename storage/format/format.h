/* Format: bytes of records <-> cells. A decoder finds records in a run of bytes and decodes the
 * wanted columns of each straight into a BatchBuilder; an encoder appends one row as text.
 *
 * A bad cell spoils only that cell (builder_set_bad), a record that is not of the format at all is
 * rejected (builder_reject) and the next one is tried: the good ones around it are kept. */
#ifndef WEIR_STORAGE_FORMAT_FORMAT_H
#define WEIR_STORAGE_FORMAT_FORMAT_H

#include <string.h>

#include "storage/base/arena.h"
#include "storage/base/diag.h"
#include "storage/data/builder.h"
#include "storage/data/options.h"
#include "storage/data/predicate.h"
#include "storage/data/schema.h"

/* A part of a column that is a ROW: the numbers of the fields that lead to it; none: the column.
 * Fields of the ROWs in an ARRAY may be unread in the type. */
typedef struct FieldPath {
    uint32_t column; /* of the schema */
    const uint32_t *field;
    uint32_t fields;
    Type type;   /* of the part; NULLable where what holds it is */
    bool always; /* as DecodeSpec.always */
} FieldPath;

/* What to decode; what it points to lives as long as the decoder. */
typedef struct DecodeSpec {
    const Schema *schema;   /* the table's physical columns */
    const uint32_t *wanted; /* schema columns to fill, ascending; builder column i is wanted[i] */
    uint32_t wanted_count;
    /* Builder columns behind those: parts that are read instead of the whole, where the format
     * takes_paths. A part that is bad spoils its column alone. */
    const FieldPath *path;
    uint32_t paths;
    Predicate predicate; /* over schema columns, all of them wanted */
    /* Per wanted column: filled also in rows that the predicate drops, as the watermark reads it;
     * NULL: none. Columns that are no strings always are. */
    const bool *always;
    const OptionScope *scope;
    OptionList options;
    /* Records are messages: a DecodeInput is a whole one, or several as lines, where that changes
     * none of them: without line feeds in them, nor a carriage return at their end. */
    bool messages;
} DecodeSpec;

/* What to encode; what it points to lives as long as the encoder. */
typedef struct EncodeSpec {
    const Schema *schema; /* of the batches, column for column */
    const OptionScope *scope;
    OptionList options;
    bool messages; /* records are messages, not lines of a file */
} EncodeSpec;

typedef struct Decoder Decoder;
typedef struct Encoder Encoder;

typedef struct FormatClass {
    const char *name;
    const char *doc;
    const OptionDef *options;
    bool takes_paths; /* reads parts of ROWs */
    /* Which schemas the format can carry, in lines or in messages: E2119 or E2001 with a reason;
     * both ways. */
    Status (*check)(const Schema *schema, bool messages, const OptionScope *scope,
                    OptionList options, Span span, Diag *diag);
    /* Whether a row is refused in which a MAP has a key that is NULL; NULL: none is. */
    bool (*refuses_null_keys)(const OptionScope *scope, OptionList options);
    /* Whether a broken part makes what holds it NULL, and does not spoil the row; NULL: never. */
    bool (*ignores_errors)(const OptionScope *scope, OptionList options);
    Status (*open_decoder)(Arena *arena, Meter *meter, const DecodeSpec *spec, Decoder **out);
    Status (*open_encoder)(Arena *arena, const EncodeSpec *spec, Encoder **out);
} FormatClass;

struct Encoder {
    /* Appends one record, as a message or as a line with its end. */
    Status (*encode)(const Encoder *encoder, const Batch *batch, uint32_t row, StrBuf *out);
    /* Whether the row is a message that has no value, not even one of no bytes; NULL: never. What
     * `encode` appends for it is nothing. */
    bool (*gives_null)(const Encoder *encoder, const Batch *batch, uint32_t row);
};

/* One run of bytes. */
typedef struct DecodeInput {
    const char *bytes; /* inside `block`; up to BLOCK_PADDING bytes behind the input are readable */
    size_t size;
    Block *block;    /* the decoder lets the builder hold it when strings point into it */
    uint64_t offset; /* of bytes[0] in its split; of a message: what its rows and it are known by */
    bool at_start;   /* bytes[0] is the first byte of the split (BOM) */
    bool at_end;     /* nothing follows: an unfinished last record is a record */
    /* The input is one record, a message: line feeds are part of it, or white space. at_start and
     * at_end are true. What comes out does not depend on the byte behind it, but json is quicker
     * when that is a line feed. */
    bool whole;
} DecodeInput;

struct Decoder {
    /* Decodes records until the builder is full or no complete record is left. *consumed says how
     * far; it can stop in front of a record, never inside one. A record longer than
     * LIMIT_RECORD_BYTES is rejected and skipped, over several calls if need be. A record that is
     * more rows than a batch holds (a long array line) is consumed only with the last of them.
     * `line` counts on from call to call.
     *
     * A message is consumed whole or not at all. When not, the builder is too full for its rows or
     * for the rest of them, and the same message comes again. It can be of no bytes: the builder
     * must have room for a row, so that such a message is known to be done. Its line is 1. */
    Status (*decode)(Decoder *decoder, const DecodeInput *input, BatchBuilder *out,
                     size_t *consumed);
    void (*close)(Decoder *decoder); /* may be NULL: the arena holds everything */
    /* Set when a split is reopened: */
    uint64_t line; /* of the next record, from 1 */
    bool inside;   /* of a record that was rejected for its length: its rest is dropped */
};

/* Behind the byte order mark at p, or p where there is none. */
static inline const char *format_skip_mark(const char *p, const char *end)
{
    return end - p >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 ? p + 3 : p;
}

/* NULL when there is no such format. */
const FormatClass *format_find(Text name);
extern const FormatClass *const format_classes[];
extern const uint32_t format_count;

extern const FormatClass json_format, csv_format, raw_format;

#endif
