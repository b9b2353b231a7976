/* What datagen.c (options, splits, pace) and datagen_value.c (values) share.
 *
 * A value is a function of the seed, the column and the row number alone: any row can be made
 * again, and which columns are wanted does not change the others. */
#ifndef WEIR_STORAGE_CONNECTOR_DATAGEN_H
#define WEIR_STORAGE_CONNECTOR_DATAGEN_H

#include "storage/data/builder.h"

typedef struct DatagenField {
    Type type;
    bool sequence;
    uint64_t seed;      /* the field's own */
    int64_t start, end; /* of a sequence; both included */
    int64_t min, max;   /* of integers, and of DECIMALs unscaled; both included */
    double low, high;   /* of FLOAT and DOUBLE */
    uint32_t length;    /* of text and binary */
    bool vary_length;   /* 1 to length */
    Micros max_past;    /* timestamps lie so far back at most */
    double null_rate;
} DatagenField;

/* Fills the cell of the builder's current row; `now` is the wall clock. */
CHECKED Status datagen_put(const DatagenField *field, uint64_t row_number, Micros now,
                           BatchBuilder *out, uint32_t column);

#endif
