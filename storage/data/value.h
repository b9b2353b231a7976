/* Value: one typed value outside of columns: literals, option values, defaults. */
#ifndef WEIR_STORAGE_DATA_VALUE_H
#define WEIR_STORAGE_DATA_VALUE_H

#include "storage/base/strbuf.h"
#include "storage/data/column.h"
#include "storage/data/timezone.h"
#include "storage/data/type.h"

typedef struct Value {
    Type type;
    bool null;
    union {
        bool b;
        int64_t i64;
        double f64;
        Int128 i128;
        Str str;
    } as;
} Value;

/* The cell as text, as CAST(... AS STRING) of the dialect gives it: DOUBLE `7.0`, `1.0E20`; BOOLEAN
 * `TRUE`; TIMESTAMP with as many fraction digits as its precision says; binary as text bytes.
 * TIMESTAMP_LTZ in UTC with Z. NULL prints nothing; nested values as `(1, a)`, `[1, 2]`, `{a=1}`.
 */
void cell_print(const Type *type, const Column *column, uint32_t row, StrBuf *out);
/* The same with TIMESTAMP_LTZ, also inside a nested value, in the time zone, which is not named.
 * NULL: UTC. */
void cell_print_local(const Type *type, const Column *column, uint32_t row, const TimeZone *zone,
                      StrBuf *out);
/* The cell as a JSON value: numbers plain, text and times as strings, binary as base64, NULL
 * `null`. */
void cell_print_json(const Type *type, const Column *column, uint32_t row, StrBuf *out);

/* Text as a JSON string, quotes included. */
void text_print_json(Text text, StrBuf *out);

/* The same type, but for what it says of NULL, and the same value: doubles by their bits. Nested
 * values are never said to be equal. */
bool value_equal(const Value *a, const Value *b);
/* A one-row constant column over the value, which it borrows. */
Column value_column(const Value *value, uint64_t *valid_word);

#endif
