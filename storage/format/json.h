/* The json decoder's inside: what its files share. Nobody outside storage/format/json*.c includes
 * this; the door is json_format in format.h. The grammar of JSON itself is in json_scan.h.
 *
 * A record is a line. Two ways lead through it: json_walk_fast.c walks along the shape of the
 * record before (the usual case; json_shape.c learns it), json_record.c takes any record and is the
 * only judge of what is broken. Both must take the same records and give the same cells; whatever
 * is not as the first expects is left to the second. */
#ifndef WEIR_STORAGE_FORMAT_JSON_H
#define WEIR_STORAGE_FORMAT_JSON_H

#include "storage/base/map.h"
#include "storage/data/timestamp.h"
#include "storage/format/digits_fast.h"
#include "storage/format/format.h"
#include "storage/format/json_scan.h"
#include "storage/format/json_shape.h"
#include "storage/format/text_cell.h"

/* --- the decoder --- */

/* Which parts of a ROW are wanted on their own. */
typedef struct JsonParts JsonParts;
typedef struct JsonPart {
    int32_t column; /* of the builder; -1: not on its own */
    bool nullable;
    bool is_column; /* it is all of a column of the table, but for unread fields */
    Type type;      /* as its bytes are read */
    TimestampMemo memo;
    JsonParts *parts;      /* of the ROW that it is; NULL: none */
    struct JsonPart *also; /* the same once more, with other unread fields */
} JsonPart;
struct JsonParts {
    const Type *row;
    JsonPart *part; /* per field */
};

/* The first ones are the builder's columns of the same numbers, wanted whole; then come those of
 * which parts alone are wanted. */
typedef struct JsonColumn {
    Text name;
    Type type;
    bool whole;
    bool in_parts; /* likewise */
    JsonPart part; /* its parts, or itself */
    bool always;   /* filled in rows that the predicate drops, too */
    bool tested;   /* the predicate reads it */
    TimestampMemo memo;
} JsonColumn;

struct JsonDecoder {
    Decoder base;
    Arena *arena;
    uint32_t columns;
    JsonColumn *column;
    Map by_name;            /* to JsonColumn */
    JsonToken *token;       /* per column, of the record at hand */
    JsonToken *field_token; /* for the fields of nested ROWs, as many as one type has parts */
    Comparison *test;       /* the predicate, over builder columns */
    uint32_t tests;
    bool ignore_errors, fail_on_missing;
    TimeSyntax time_syntax;
    JsonShape shape;
    IndexPlan plan;
    JsonRun *run;
    DigitsRun *digits; /* room for a column of the run */
    const DigitsLoops *loops;
    JsonIndexer *indexer;
    uint32_t index_pause; /* records to go before an index is tried again: it did not help */
    size_t array_at;      /* of an array line larger than a batch: its next element; 0: none */
};

/* --- json_cell.c --- */

/* Fills the cell of the builder's current row, or marks it as bad. */
CHECKED Status json_cell_put(JsonDecoder *decoder, uint32_t column, const JsonToken *token,
                             BatchBuilder *out);
/* A scalar that is neither missing nor null, into a cell of any column. CELL_BAD: *reason says why.
 */
CellResult json_scalar_put(const JsonDecoder *decoder, const JsonToken *token, const Type *type,
                           TimestampMemo *memo, Column *to, uint32_t row, Arena *arena,
                           const char **reason);

/* --- json_nested.c --- */

/* The same for a ROW, ARRAY, MAP or MULTISET. A part that cannot be taken spoils the whole cell,
 * and *part says which it is (BadCell.part). `room`: of decoder->field_token, from the first on
 * that is free. */
CellResult json_nested_put(const JsonDecoder *decoder, const JsonToken *token, const Type *type,
                           JsonToken *room, Column *to, uint32_t row, Arena *arena, Text *part,
                           const char **reason);
/* The last value of each of the ROW's fields in the object; JSON_MISSING where there is none. */
CHECKED CellResult json_find_fields(const JsonToken *object, const Type *row, Arena *arena,
                                    JsonToken *out);

/* --- json_parts.c --- */

/* Wants the part as builder column `number`. */
CHECKED Status json_parts_add(Arena *arena, const FieldPath *path, uint32_t number,
                              JsonColumn *column);
/* Fills the cells of the column's parts. */
CHECKED Status json_parts_put(JsonDecoder *decoder, JsonColumn *column, const JsonToken *token,
                              BatchBuilder *out);

/* --- json_cell.c --- */

/* NULLs for the wanted columns that the shape's records do not have. */
CHECKED Status json_put_missing(JsonDecoder *decoder, BatchBuilder *out);
/* The predicate refuses the builder's current row. */
static inline bool json_row_fails_tests(const JsonDecoder *decoder, const BatchBuilder *out)
{
    return predicate_refuses((Predicate){decoder->test, decoder->tests}, out->column, out->rows);
}

/* --- json_record.c --- */

/* Any record: gives a row, several (an array), none (an empty line) or rejects it. *whole is false
 * when the builder is too full for an array: the same record must come again. */
CHECKED Status json_record_decode(JsonDecoder *decoder, const JsonRecord *record, BatchBuilder *out,
                                  bool *whole);
CHECKED Status json_record_reject(const JsonDecoder *decoder, const JsonRecord *record,
                                  ErrorCode code, const char *reason, BatchBuilder *out);

/* --- json_encode.c --- */

/* json.map-null-key.mode */
typedef enum JsonNullKey {
    JSON_NULL_KEY_FAIL,
    JSON_NULL_KEY_DROP,
    JSON_NULL_KEY_LITERAL,
} JsonNullKey;
CHECKED Status json_open_encoder(Arena *arena, const EncodeSpec *spec, Encoder **out);

#endif
