/* TableDef: a declared table or view, bound. TableSet: all that a statement can name: what the
 * catalog holds (its stored statement is parsed and bound when first asked for) and what earlier
 * statements of the same script declare. */
#ifndef WEIR_PLANNER_TABLE_H
#define WEIR_PLANNER_TABLE_H

#include "executor/plan/scalar.h"
#include "grammar/ast.h"
#include "storage/base/map.h"
#include "storage/catalog/catalog.h"
#include "storage/connector/connector.h"
#include "storage/sqlite/result_table.h"

typedef enum TableColumnKind {
    TABLE_COLUMN_PHYSICAL,
    TABLE_COLUMN_METADATA,
    TABLE_COLUMN_COMPUTED,
} TableColumnKind;

typedef struct TableColumn {
    TableColumnKind kind;
    uint32_t index;   /* PHYSICAL: in spec.schema; METADATA: in spec.metadata_key */
    bool is_virtual;  /* METADATA: not written by INSERT */
    bool is_writable; /* METADATA: the connector can */
    Scalar *computed; /* COMPUTED: over the declared columns; NULL for the others */
    Type native;      /* METADATA: as the connector gives it; the declared type may be another */
    Text comment;
} TableColumn;

typedef struct TableDef {
    Text name;
    ObjectKind kind;
    bool temporary;
    bool is_sink_table; /* a CREATE TABLE of the sqlite connector in this database: a result table
                           with a declared schema */
    Schema schema;      /* all declared columns, in order; for views: of the query */
    /* OBJECT_TABLE */
    const TableColumn *column;
    TableSpec spec;
    int32_t rowtime;     /* column of WATERMARK; -1: none */
    Scalar *watermark;   /* over the declared columns */
    const uint32_t *key; /* PRIMARY KEY columns */
    uint32_t key_count;
    Insert *fill; /* CREATE TABLE ... AS, as it is made: what fills the table; else NULL */
    /* views of both kinds */
    const Query *query;
    NameList columns;           /* CREATE VIEW v (a, b); may be empty */
    const Statement *statement; /* as parsed; of a table with LIKE and AS written out */
    const Source *source;       /* of the statement, for messages */
} TableDef;

struct TableLookup {
    Arena *arena;     /* as long-lived as the set */
    Catalog *catalog; /* NULL: none */
    Map defs;         /* name -> TableDef * */
    Map spoilt;       /* names whose statement is wrong */
    bool met_spoilt;  /* one of them was asked for: an error that follows from another one */
    Text base_path;
};
typedef struct TableLookup TableLookup;

void table_set_init(TableLookup *set, Arena *arena, Catalog *catalog);
/* Of a CREATE TABLE, CREATE VIEW or CREATE MATERIALIZED statement; not yet in the set. */
CHECKED Status table_def_make(TableLookup *set, const Statement *statement, TableDef **out,
                              Diag *diag);
/* NULL in *out: there is none of that name. */
CHECKED Status table_set_find(TableLookup *set, Text name, const TableDef **out, Diag *diag);
CHECKED Status table_set_put(TableLookup *set, TableDef *def);
/* What was to make it is wrong. Who asks for the name gets an error, and met_spoilt is set; until
 * it is put. */
CHECKED Status table_set_spoil(TableLookup *set, Text name);
void table_set_remove(TableLookup *set, Text name);
/* There is one catalog and one database: default_catalog.default_database. E2101 for a name in
 * another. */
CHECKED Status table_check_place(const NameList *name, Diag *diag);
/* What the SQLite table of a sink table looks like: its physical columns, its key. */
ResultSpec table_result_spec(const TableDef *table);
/* E2101 with the nearest name. */
Status table_not_found(TableLookup *set, Text name, Span span, Diag *diag);

#endif
