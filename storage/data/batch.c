#include "storage/data/batch.h"

#include <assert.h>

const char *row_kind_name(RowKind kind)
{
    static const char *const names[] = {
        [ROW_INSERT] = "+I",
        [ROW_UPDATE_BEFORE] = "-U",
        [ROW_UPDATE_AFTER] = "+U",
        [ROW_DELETE] = "-D",
    };
    assert((unsigned)kind < sizeof names / sizeof *names);
    return names[kind];
}
