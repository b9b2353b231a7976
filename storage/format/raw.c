#include "storage/format/format.h"
static const OptionDef o[] = {{NULL, OPTION_TEXT, NULL, NULL, 0, NULL}};
const FormatClass raw_format = {.name = "raw", .options = o};
