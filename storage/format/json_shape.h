/* What json records usually look like: the shape of the one before, and the ways along it. Part of
 * the json decoder's inside (json.h). One record, in the coordinates of the structs below:
 *
 *     {"auction":1012,"channel":"web"}\n
 *
 *     JsonShape  field    0             1              what follows the last value
 *                literal  {"auction":   ,"channel":    }\n
 *     IndexPlan  part     0             1              2
 *                bytes    {"auction":   ,"channel":"   "}\n     the quotes of a text belong to the
 * parts entries  0 1           2 3 4          5 6       its special bytes, counted through the
 * record value    1012, between parts 0 and 1; web, between 1 and 2 JsonRun    start    0 15 30 of
 * each part, in each of up to 64 records
 *
 * Special bytes are those that end or disturb a plain text. A record has as many as its parts have,
 * and no others, so part p begins where the index has its first entry, less what stands in front of
 * that in the part. Entry e of any record is at least e bytes behind its first one: a part that
 * reaches back no further than that is compared inside of the record, whatever the record is
 * (json_plan.c sees to it). */
#ifndef WEIR_STORAGE_FORMAT_JSON_SHAPE_H
#define WEIR_STORAGE_FORMAT_JSON_SHAPE_H

#include "storage/data/builder.h"
#include "storage/data/timestamp.h"

typedef struct JsonDecoder JsonDecoder;

/* The record at hand. */
typedef struct JsonRecord {
    const char *start, *end; /* without its newline */
    uint64_t offset, line;
} JsonRecord;

/* The bytes that end or disturb a plain string: quotes, backslashes, control characters (so, line
 * breaks) and what is not ASCII; their positions in a chunk, in order. */
enum { INDEX_BYTES = 16 << 10, INDEX_STRIDE = 64 };
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
    uint32_t fields, capacity;
    size_t record_bytes; /* of the record that it was learnt from */
    uint32_t tested_at;  /* after this many fields the predicate can be evaluated */
    ShapeField *field;   /* `fields` of them, then one for what follows the last value */
    uint32_t missing;    /* wanted columns that the record does not have */
    uint32_t *missing_column;
    uint32_t failures; /* records in a row that were of other shapes */
    uint32_t pause;    /* records to go before a shape is learnt again: they all differ */
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
    PLAN_TEXT,  /* a string for any other column */
    PLAN_OTHER, /* no string, for any other column */
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
    bool long_parts;  /* some part is longer than SHAPE_PAD */
    uint32_t entries; /* special bytes of a record, the newline the last of them */
    uint32_t parts, values, scalars;
    bool by_row; /* some values are of kinds that only json_cell_put takes */
    PlanPart *part;
    PlanValue *value;
    PlanValue *scalar; /* not wanted and no strings: they must be values all the same */
} IndexPlan;

/* Records in a row that are of the shape: where each begins, and each of its parts, all relative to
 * `base`. */
enum { RUN_ROWS = 64 }; /* as many as DIGITS_RUN */
typedef struct JsonRun {
    const char *base;
    uint32_t rows;
    uint16_t begin[RUN_ROWS + 1]; /* of the record, and of what follows the last */
    uint16_t start[SHAPE_FIELDS + 1][RUN_ROWS];
} JsonRun;

/* Spans of a record as json_record.c walked it, from which a shape is learnt. */
typedef struct JsonTrace {
    uint32_t fields;
    bool usable; /* no escaped keys, no wanted key twice, not too many fields */
    struct {
        const char *value, *value_end;
        int32_t column; /* -1: not wanted */
    } field[SHAPE_FIELDS];
} JsonTrace;

/* --- json_shape.c --- */

/* Remembers the record that was just walked as what to expect next. */
CHECKED Status json_shape_learn(JsonDecoder *decoder, const JsonTrace *trace,
                                const JsonRecord *record);

/* --- json_plan.c --- */

/* Room for as many fields as the shape has room for. */
CHECKED Status json_plan_reserve(IndexPlan *plan, Arena *arena, uint32_t fields);
/* After json_shape_learn; the plan is not ready when the record has something that cannot be told
 * by special bytes: a nested value, an escape or line break between or in its keys. */
void json_plan_learn(JsonDecoder *decoder, const JsonTrace *trace, const JsonRecord *record);

/* --- json_index_fast.c --- */

JsonIndexer *json_indexer(void); /* the best for this machine */
/* Each of them, to be tested against the others: 0 is the plain one; NULL when this machine has no
 * such one. */
JsonIndexer *json_indexer_numbered(uint32_t number);

/* --- json_run_fast.c --- */

/* Decodes records from *p on along the shape, as many as are in a run, and moves *p behind them;
 * none when the next one is not of the shape. The index is of a chunk that begins at `base`
 * (`offset` in its split), its entries from `entry` on are of those records; the builder is not
 * full. */
CHECKED Status json_take_run(JsonDecoder *decoder, const JsonIndex *index, uint32_t entry,
                             const char *base, const char **p, uint64_t offset, BatchBuilder *out);

/* --- json_walk_fast.c --- */

/* Decodes the record at p along the shape, and returns the byte behind its newline; NULL when the
 * record is not of the shape, and then nothing has happened. `end` is behind some newline at or
 * after p's record. */
const char *json_walk(JsonDecoder *decoder, const char *p, const char *end, uint64_t offset,
                      BatchBuilder *out, Status *status);

#endif
