/* A declared table, files to read and what comes out of them, for the connectors' tests. */
#ifndef WEIR_TESTS_CONNECTOR_HARNESS_H
#define WEIR_TESTS_CONNECTOR_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/connector/connector.h"
#include "storage/data/value.h"
#include "tests/support/temp_folder.h"

enum { HARNESS_OPTIONS = 16, HARNESS_COLUMNS = 16 };

typedef struct Harness {
    Meter meter;
    Arena arena;
    Clock clock;
    SourceEnv env;
    TableSpec table;
    ScanSpec scan;
    Field field[HARNESS_COLUMNS];
    uint32_t wanted[HARNESS_COLUMNS];
    Text metadata_key[8];
    OptionEntry option[HARNESS_OPTIONS];
    char folder[TEMP_FOLDER_SIZE];
    Diag diag;
} Harness;

/* options: key, value, ... NULL. The table has no columns yet. */
static inline void harness_open(Harness *h, const char *connector, const char *const *options)
{
    memset(h, 0, sizeof *h);
    meter_init(&h->meter, NULL, 0);
    arena_init(&h->arena, &h->meter);
    h->clock = clock_virtual(0);
    assert_true(temp_folder_make(h->folder, "weir-connector"));
    h->env = (SourceEnv){.arena = &h->arena,
                         .meter = &h->meter,
                         .clock = &h->clock,
                         .base_path = text_of(h->folder)};
    TableSpec *table = &h->table;
    table->name = TEXT("t");
    table->connector = connector_find(text_of(connector));
    assert_non_null(table->connector);
    for (; options[0] != NULL; options += 2) {
        OptionEntry *entry = &h->option[table->options.count++];
        *entry = (OptionEntry){text_of(options[0]), text_of(options[1]), {1, 2}, {3, 4}};
        if (strcmp(options[0], "format") == 0)
            table->format = format_find(text_of(options[1]));
    }
    table->options.item = h->option;
    table->scope = (OptionScope){{table_options, table->connector->options}, 2, connector};
    if (table->format != NULL)
        table->scope.table[table->scope.tables++] = table->format->options;
    table->schema.field = h->field;
    table->metadata_key = h->metadata_key;
    h->scan.table = table;
    h->scan.wanted = h->wanted;
}

static inline void harness_column(Harness *h, const char *name, Type type)
{
    h->field[h->table.schema.count] = (Field){.name = text_of(name), .type = type};
    h->wanted[h->scan.wanted_count] = h->table.schema.count++;
    h->scan.wanted_count++;
}

static inline void harness_close(Harness *h)
{
    arena_close(&h->arena);
    temp_folder_remove(h->folder);
    assert_int_equal(h->meter.used_bytes, 0);
}

static inline const char *harness_path(const Harness *h, const char *name)
{
    static char path[4][512];
    static int next;
    char *out = path[next++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", h->folder, name);
    return out;
}

/* mode: "w" or "a". */
static inline void harness_write(const Harness *h, const char *name, const char *mode,
                                 const char *text)
{
    FILE *file = fopen(harness_path(h, name), mode);
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* The schema of what a reader fills. `extra`: of the wanted metadata columns. */
static inline Schema harness_schema(Harness *h, Field out[HARNESS_COLUMNS], const Type *extra)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < h->scan.wanted_count; i++)
        out[count++] = h->field[h->wanted[i]];
    for (uint32_t i = 0; i < h->scan.wanted_metadata_count; i++)
        out[count++] = (Field){.type = extra[i]};
    return (Schema){count, out};
}

/* Rows as "1,a;2,b;", a bad cell as "!", a rejected record as "<line: raw>". */
static inline void harness_print(const BatchBuilder *rows, const Schema *schema, StrBuf *out)
{
    uint32_t rejected = 0;
    for (uint32_t row = 0; row <= rows->rows; row++) {
        for (; rejected < rows->rejected_count && rows->rejected[rejected].before_row == row;
             rejected++)
            strbuf_printf(out, "<%llu: %.*s>", (unsigned long long)rows->rejected[rejected].line,
                          TEXT_ARG(rows->rejected[rejected].raw));
        for (uint32_t c = 0; row < rows->rows && c < schema->count; c++) {
            const Column *column = &rows->column[c];
            if (c > 0)
                strbuf_char(out, ',');
            if (column_is_bad(column, row))
                strbuf_char(out, '!');
            else if (column_is_null(column, row))
                strbuf_string(out, "NULL");
            else
                cell_print(&schema->field[c].type, column, row, out);
        }
        if (row < rows->rows)
            strbuf_char(out, ';');
    }
}

/* Reads one split until it is idle or at its end; returns which. */
static inline PollResult harness_poll(Harness *h, SplitReader *reader, const Schema *schema,
                                      StrBuf *out)
{
    BatchBuilder rows;
    PollResult result = POLL_ROWS;
    assert_int_equal(builder_open(&rows, &h->meter, schema), ST_OK);
    while (result == POLL_ROWS) {
        Status status = reader->poll(reader, &rows, &result, &h->diag);
        if (status != ST_OK) {
            strbuf_printf(out, "[%s]", error_def(h->diag.code)->name);
            break;
        }
        harness_print(&rows, schema, out);
    }
    builder_close(&rows);
    return result;
}

/* All splits one after another; each split's rows behind its file name and a colon. */
static inline const char *harness_read(Harness *h)
{
    static StrBuf out;
    Field field[HARNESS_COLUMNS];
    Schema schema = harness_schema(h, field, NULL);
    Split *split = NULL;
    uint32_t count = 0;
    strbuf_close(&out);
    Status status = h->table.connector->list(&h->table, &h->env, &split, &count, &h->diag);
    if (status != ST_OK)
        strbuf_printf(&out, "[%s]", error_def(h->diag.code)->name);
    for (uint32_t i = 0; status == ST_OK && i < count; i++) {
        SplitReader *reader;
        const char *slash = split[i].name.size == 0 ? NULL : strrchr(split[i].name.ptr, '/');
        if (slash != NULL)
            strbuf_printf(&out, "%s:", slash + 1);
        assert_int_equal(
            h->table.connector->open_split(&h->scan, &h->env, &split[i], &reader, &h->diag), ST_OK);
        harness_poll(h, reader, &schema, &out);
        reader->close(reader);
    }
    return strbuf_cstr(&out);
}

#define HARNESS_OPTIONS_OF(...) ((const char *const[]){__VA_ARGS__, NULL, NULL})

#endif
