/* The json decoder's inside: what its files share. Nobody outside storage/format/json*.c includes
 * this; the door is json_format in format.h.
 *
 * A record is a line. Two ways lead through it: json_walk_fast.c walks along the shape of the record
 * before (the usual case; json_shape.c learns it), json_record.c takes any record and is the only
 * judge of what is broken. Both must take the same records and give the same cells; whatever is not
 * as the first expects is left to the second. */
#ifndef WEIR_STORAGE_FORMAT_JSON_H
#define WEIR_STORAGE_FORMAT_JSON_H

#include "storage/base/map.h"
#include "storage/data/timestamp.h"
#include "storage/format/format.h"

typedef enum JsonKind {
    JSON_MISSING, /* the record has no such field */
    JSON_NULL,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_OBJECT,
    JSON_ARRAY,
} JsonKind;

typedef struct JsonToken {
    JsonKind kind;
    bool escaped;    /* a string that holds a backslash */
    uint32_t size;
    const char *ptr; /* of a string: behind the opening quote */
} JsonToken;

/* Why a record is broken, and at which of its bytes. */
typedef struct JsonFault {
    const char *reason;
    const char *at;
} JsonFault;

/* --- json_scan.c: the grammar of RFC 8259. `end` bounds the record. --- */

static inline const char *json_skip_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        p++;
    return p;
}
/* Each returns the byte after the value, or NULL with *fault set. Bytes of strings must be valid
 * UTF-8 already; raw control characters are let through as Flink does. */
const char *json_scan_string(const char *p, const char *end, JsonToken *token, JsonFault *fault);
const char *json_scan_number(const char *p, const char *end, JsonFault *fault); /* token is p..result */
const char *json_scan_value(const char *p, const char *end, uint32_t depth, JsonToken *token, JsonFault *fault);

/* --- json_text.c --- */

/* The text of a string token with its escapes resolved; at most `size` bytes long. */
uint32_t json_unescape(const char *p, uint32_t size, char *out);
/* An object or array without the blanks between its tokens and with each character of a string in
 * its shortest form; numbers stay as written. `out` has room for json_compact_bound. */
size_t json_compact_bound(const char *p, uint32_t size);
uint32_t json_compact(const char *p, uint32_t size, char *out);

/* --- the decoder --- */

typedef struct JsonColumn {
    Text name;
    Type type;
    bool always; /* filled in rows that the predicate drops, too */
    bool tested; /* the predicate reads it */
    TimestampMemo memo;
} JsonColumn;

/* The bytes that end or disturb a plain string: quotes, backslashes, control characters (so, line
 * breaks) and what is not ASCII; their positions in a chunk, in order. */
enum { INDEX_BYTES = 8 << 10, INDEX_STRIDE = 64 };
typedef struct JsonIndex {
    uint32_t count;
    uint16_t at[INDEX_BYTES + INDEX_STRIDE];
} JsonIndex;
/* size <= INDEX_BYTES. Reads up to INDEX_STRIDE - 1 bytes further. */
typedef void JsonIndexer(const char *p, size_t size, JsonIndex *index);

enum { SHAPE_FIELDS = 64, SHAPE_LITERAL_MAX = 48, SHAPE_PAD = 16 };

typedef enum ShapeAction {
    SHAPE_SKIP,
    SHAPE_I64,
    SHAPE_TIMESTAMP,
    SHAPE_STRING,
    SHAPE_OTHER, /* through its token and json_cell_put */
} ShapeAction;

/* One field of the expected record: the bytes between the value before it and its own value. */
typedef struct ShapeField {
    char literal[SHAPE_LITERAL_MAX + SHAPE_PAD];
    uint32_t size;
    ShapeAction action;
    uint32_t column;  /* of the builder; where the action is SHAPE_SKIP, none */
    bool droppable;   /* need not be filled when the predicate drops the row */
    int64_t min, max; /* SHAPE_I64: range of the column's type */
} ShapeField;

typedef struct JsonShape {
    bool ready;
    uint32_t fields;
    uint32_t tested_at; /* after this many fields the predicate can be evaluated */
    ShapeField *field;  /* SHAPE_FIELDS of them, then one for what follows the last value */
    uint32_t missing;   /* wanted columns that the record does not have */
    uint32_t *missing_column;
} JsonShape;

/* Bytes that must stand in a record: what is between two values, with the quotes of those that are
 * strings; placed by the first special byte among them. */
typedef struct PlanPart {
    _Alignas(SHAPE_PAD) char bytes[SHAPE_LITERAL_MAX + SHAPE_PAD];
    char mask[SHAPE_PAD]; /* all bits set where one of the first bytes counts */
    uint16_t entry;       /* which of the record's special bytes the first one is */
    uint16_t first_at;    /* how far into the part it stands */
    uint16_t size;
} PlanPart;

typedef enum PlanKind {
    PLAN_INTEGER,
    PLAN_STRING,
    PLAN_TIMESTAMP,
    PLAN_TEXT,      /* a string for any other column */
    PLAN_OTHER,     /* no string, for any other column */
} PlanKind;

/* What to do with the value between a part and the next. */
typedef struct PlanValue {
    PlanKind kind;
    uint16_t part, part_size;
    const ShapeField *field;
} PlanValue;

/* The shape once more, for records whose special bytes are known beforehand. */
typedef struct IndexPlan {
    bool ready;
    bool long_parts;    /* some part is longer than SHAPE_PAD */
    uint32_t entries;   /* special bytes of a record, the newline the last of them */
    uint32_t parts, values, scalars;
    uint32_t tested_at; /* after this many values the predicate can be evaluated */
    PlanPart *part;
    PlanValue *value;
    PlanValue *scalar;  /* not wanted and no strings: they must be values all the same */
} IndexPlan;

/* Spans of a record as json_record.c walked it, from which a shape is learnt. */
typedef struct JsonTrace {
    uint32_t fields;
    bool usable; /* no escaped keys, no wanted key twice, not too many fields */
    struct {
        const char *value, *value_end;
        int32_t column; /* -1: not wanted */
    } field[SHAPE_FIELDS];
} JsonTrace;

typedef struct JsonDecoder {
    Decoder base;
    uint32_t columns;
    JsonColumn *column;
    Map by_name;        /* to JsonColumn */
    JsonToken *token;   /* per column, of the record at hand */
    Comparison *test;   /* the predicate, over builder columns */
    uint32_t tests;
    bool ignore_errors, fail_on_missing;
    TimeSyntax time_syntax;
    JsonShape shape;
    JsonTrace trace;
    IndexPlan plan;
    JsonIndexer *indexer;
    uint32_t index_pause; /* records to go before an index is tried again: it did not help */
    bool skipping;       /* inside of a record that was rejected for its length */
    uint64_t array_done; /* elements already given of an array line larger than a batch */
} JsonDecoder;

/* The record at hand. */
typedef struct JsonRecord {
    const char *start, *end; /* without its newline */
    uint64_t offset, line;
} JsonRecord;

/* --- json_cell.c --- */

/* Fills the cell of the builder's current row, or marks it as bad. */
CHECKED Status json_cell_put(JsonDecoder *decoder, uint32_t column, const JsonToken *token, BatchBuilder *out);
/* The predicate is not TRUE for the builder's current row. A bad cell among what it reads, before
 * it is decided, keeps the row. */
bool json_row_fails_tests(const JsonDecoder *decoder, const BatchBuilder *out);

/* --- json_record.c --- */

/* Any record: gives a row, several (an array), none (an empty line) or rejects it. *whole is false
 * when the builder is too full for an array: the same record must come again. */
CHECKED Status json_record_decode(JsonDecoder *decoder, const JsonRecord *record, BatchBuilder *out, bool *whole);
CHECKED Status json_record_reject(const JsonDecoder *decoder, const JsonRecord *record, ErrorCode code,
                                  const char *reason, BatchBuilder *out);

/* --- json_shape.c --- */

CHECKED Status json_shape_open(JsonDecoder *decoder, Arena *arena);
/* Remembers the record that was just walked as what to expect next. */
void json_shape_learn(JsonDecoder *decoder, const JsonRecord *record);

/* --- json_plan.c --- */

CHECKED Status json_plan_open(JsonDecoder *decoder, Arena *arena);
/* After json_shape_learn; the plan is not ready when the record has something that cannot be told by
 * special bytes: a nested value, an escape or line break between or in its keys. */
void json_plan_learn(JsonDecoder *decoder, const JsonRecord *record);

/* --- json_index_fast.c --- */

JsonIndexer *json_indexer(void); /* the best for this machine */
/* Each of them, to be tested against the others: 0 is the plain one; NULL when this machine has no
 * such one. */
JsonIndexer *json_indexer_numbered(uint32_t number);

/* --- json_walk_fast.c --- */

/* Both decode the record at p along the shape, and return the byte behind its newline; NULL when the
 * record is not of the shape, and then nothing has happened. `end` is behind some newline at or
 * after p's record. */
const char *json_walk(JsonDecoder *decoder, const char *p, const char *end, uint64_t offset,
                      BatchBuilder *out, Status *status);
/* The same by an index of a chunk that begins at `base`: `at` are the record's first entries in it,
 * at least plan.entries of them. */
const char *json_walk_indexed(JsonDecoder *decoder, const char *p, const char *base, const uint16_t *at,
                              uint64_t offset, BatchBuilder *out, Status *status);

/* --- json_encode.c --- */

CHECKED Status json_encode(const Schema *schema, const OptionScope *scope, OptionList options,
                           const Batch *batch, uint32_t row, StrBuf *out);

#endif
