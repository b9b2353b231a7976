#include "storage/format/format.h"
static const OptionDef o[] = {{NULL, OPTION_TEXT, NULL, NULL, 0, NULL}};
const FormatClass csv_format = {.name = "csv", .options = o};
