#include "storage/data/schema.h"

int32_t schema_find(const Schema *schema, Text name)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        if (text_equal(schema->field[i].name, name))
            return (int32_t)i;
    }
    return -1;
}
