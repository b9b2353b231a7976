#include "storage/format/format.h"

const FormatClass *const format_classes[] = {&json_format, &csv_format, &raw_format};
const uint32_t format_count = sizeof format_classes / sizeof format_classes[0];

const FormatClass *format_find(Text name)
{
    for (uint32_t i = 0; i < format_count; i++) {
        if (text_is(name, format_classes[i]->name))
            return format_classes[i];
    }
    return NULL;
}
