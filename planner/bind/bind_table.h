/* Binding of CREATE TABLE. */
#ifndef WEIR_PLANNER_BIND_BIND_TABLE_H
#define WEIR_PLANNER_BIND_BIND_TABLE_H

#include "planner/bind/query.h"

/* Checks everything but whether the name is free. */
CHECKED Status bind_create_table(Binder *binder, const CreateTable *create, TableDef **out);
CHECKED Status bind_options(Binder *binder, const OptionPairList *pairs, OptionList *out);

#endif
