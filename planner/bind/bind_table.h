/* CREATE TABLE: columns, time attribute, key, options. LIKE and AS are written out first: what they
 * bring in joins the statement's own declaration, and the whole is bound, printed and kept as a
 * CREATE TABLE that has neither. */
#ifndef WEIR_PLANNER_BIND_BIND_TABLE_H
#define WEIR_PLANNER_BIND_BIND_TABLE_H

#include "planner/bind/bind.h"
#include "planner/table.h"

/* With `statement` of the result as it is written out, and for AS the INSERT that fills the table.
 */
CHECKED Status bind_create_table(Binder *binder, const Statement *statement, TableDef **out);

/* --- bind_with.c --- */

CHECKED Status bind_options(Binder *binder, const OptionPairList *pairs, OptionList *out);
/* The WITH clause: connector, format and their options. */
CHECKED Status bind_with(Binder *binder, const CreateTable *create, TableDef *def);

/* A declaration with what LIKE or AS brings in. The parts that were brought in have no place of
 * their own in the script: their span is that of the base table's name, or of the query. */
typedef struct Declaration {
    const CreateTable *create;
    Span brought;       /* SPAN_NONE: neither LIKE nor AS */
    const char *origin; /* of what was brought in, for messages: "\"base\"", "the query" */
    Insert *fill;       /* of AS; else NULL */
} Declaration;

/* --- create_like.c, create_as.c --- */

CHECKED Status create_like(Binder *binder, const CreateTable *own, Declaration *out);
CHECKED Status create_as(Binder *binder, const CreateTable *own, Declaration *out);

/* A column with another place in the script and no neighbour. */
CHECKED Status copy_column(Binder *binder, const ColumnDef *from, ColumnDef **out);
CHECKED Status copy_name(Binder *binder, Text text, Span span, NameList *list);
const ColumnDef *find_column_def(const ColumnDefList *list, Text name);
Status column_without_type(Binder *binder, const ColumnDef *column);
Status column_declared_twice(Binder *binder, const Name *name);

/* Adds a node to one of the AST's lists: all have first, last and count. */
#define DECLARE(list, node)                                                                        \
    do {                                                                                           \
        if ((list)->count++ == 0)                                                                  \
            (list)->first = (node);                                                                \
        else                                                                                       \
            (list)->last->next = (node);                                                           \
        (list)->last = (node);                                                                     \
    } while (0)

#endif
