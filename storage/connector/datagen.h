/* What datagen.c (splits, pace), datagen_options.c (what is wanted of a column) and datagen_value.c
 * (values) share.
 *
 * A value is a function of the seed, the column and the row number alone: any row can be made
 * again, and which columns are wanted does not change the others. */
#ifndef WEIR_STORAGE_CONNECTOR_DATAGEN_H
#define WEIR_STORAGE_CONNECTOR_DATAGEN_H

#include "storage/connector/connector.h"
#include "storage/data/builder.h"

typedef struct DatagenField DatagenField;
struct DatagenField {
    Type type;
    bool sequence;
    uint64_t seed;      /* the field's own */
    int64_t start, end; /* of a sequence; both included */
    int64_t min, max;   /* of integers, and of DECIMALs unscaled; both included */
    double low, high;   /* of FLOAT and DOUBLE */
    uint32_t length;    /* of text and binary; elements of an ARRAY, entries of a MAP */
    bool vary_length;   /* 1 to length */
    Micros max_past;    /* timestamps lie so far back at most */
    double null_rate;
    DatagenField
        *part; /* fields of a ROW; the element of an ARRAY or MULTISET; a MAP's key, value */
    uint32_t parts;
};

extern const OptionDef datagen_options[];

/* What is wanted of a column, from the table's options; the arena holds its parts. `span` is for
 * errors that concern no option. */
CHECKED Status datagen_read_field(const TableSpec *table, uint32_t column, Span span, Arena *arena,
                                  DatagenField *out, Diag *diag);
/* "fields.x.kind" must speak of a column x, or a part of one. */
CHECKED Status datagen_check_names(const TableSpec *table, Diag *diag);

/* To each part its own random values. */
void datagen_seed(DatagenField *field, uint64_t seed);
/* Fills the cell of the builder's current row; `now` is the wall clock. */
CHECKED Status datagen_put(const DatagenField *field, uint64_t row_number, Micros now,
                           BatchBuilder *out, uint32_t column);

#endif
