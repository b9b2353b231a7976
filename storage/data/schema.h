/* Schema: names and types of the columns of a table, a query or an edge between operators. */
#ifndef WEIR_STORAGE_DATA_SCHEMA_H
#define WEIR_STORAGE_DATA_SCHEMA_H

#include "storage/base/text.h"
#include "storage/data/type.h"

/* What a column has to do with time. Passing it on unchanged keeps that, computing with it loses
 * it. */
typedef enum TimeAttribute {
    TIME_NONE,
    TIME_ROWTIME,      /* event time: the edge's watermark speaks about this column */
    TIME_PROCTIME,     /* the clock when the row is processed */
    TIME_WINDOW_START, /* of the window that a window function put the row into */
    TIME_WINDOW_END,
} TimeAttribute;

typedef struct Field {
    Text name;
    Type type;
    TimeAttribute time;
    bool internal; /* the plan's own: no part of a row as people are shown it */
} Field;

typedef struct Schema {
    uint32_t count;
    Field *field;
} Schema;

/* Index of the column, or -1. Names match case-sensitively. */
int32_t schema_find(const Schema *schema, Text name);

#endif
