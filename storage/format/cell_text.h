/* A cell as the text that Flink's json and csv encoders write for it, without quotes or escapes. */
#ifndef WEIR_STORAGE_FORMAT_CELL_TEXT_H
#define WEIR_STORAGE_FORMAT_CELL_TEXT_H

#include "storage/base/strbuf.h"
#include "storage/data/column.h"

typedef struct CellTextStyle {
    bool iso;           /* timestamps with a T instead of a blank */
    bool plain_decimal; /* 1.50 and 100 instead of 1.5 and 1E+2 */
} CellTextStyle;

/* The cell is not NULL and not nested. Binary is base64; the fraction of a time has no zeros at its
 * end. */
void cell_text_append(const CellTextStyle *style, const Type *type, const Column *column,
                      uint32_t row, StrBuf *out);

#endif
