/* Binds expressions over one row and runs them, for tests of planner/bind and executor/expr.
 *
 * The row's cells are literals of kernel_harness.h. A result is printed as the Flink oracle prints
 * it: "12.50, DECIMAL(10, 2) NOT NULL"; "E2107" when binding fails; "E5005 at run time" when the
 * row is rejected. */
#ifndef WEIR_TESTS_SUPPORT_BIND_HARNESS_H
#define WEIR_TESTS_SUPPORT_BIND_HARNESS_H

#include "kernel_harness.h"

#include <inttypes.h>

#include "executor/expr/program.h"
#include "grammar/parse.h"
#include "planner/bind/bind.h"

enum { BIND_HARNESS_COLUMNS = 32 };

typedef struct RowCell {
    const char *name;
    const char *literal;
} RowCell;

typedef struct BindHarness {
    KernelHarness kernel; /* its arena holds everything of one expression */
    Arena row_arena;      /* the row, for the whole test */
    Source source;
    Diag diag;
    Binder binder;
    Scope scope;
    Schema schema;
    uint32_t columns;
    Value cell[BIND_HARNESS_COLUMNS];
} BindHarness;

/* The row of a table `x`; ends with a cell whose name is NULL. */
static inline void bind_harness_open(BindHarness *h, const RowCell *row)
{
    memset(h, 0, sizeof *h);
    harness_open(&h->kernel);
    arena_init(&h->row_arena, NULL);
    h->binder = (Binder){.arena = &h->row_arena, .diag = &h->diag};
    for (; row->name != NULL; row++) {
        assert_true(h->columns < BIND_HARNESS_COLUMNS);
        Value *cell = &h->cell[h->columns];
        *cell = harness_literal(&h->kernel, row->literal).value;
        if (!cell->null && type_phys((TypeId)cell->type.id) == PHYS_STR)
            assert_int_equal(str_copy(&h->row_arena, &cell->as.str, &cell->as.str), ST_OK);
        assert_int_equal(scope_add(&h->binder, &h->scope, TEXT("x"), text_of(row->name), cell->type,
                                   TIME_NONE, h->columns),
                         ST_OK);
        h->columns++;
    }
}

static inline void bind_harness_close(BindHarness *h)
{
    arena_close(&h->row_arena);
    harness_close(&h->kernel);
}

/* `sql` must live as long as the scalar. */
static inline Status bind_harness_bind(BindHarness *h, const char *sql, Scalar **out)
{
    arena_reset(&h->kernel.arena);
    diag_reset(&h->diag);
    h->source = (Source){TEXT("<test>"), text_of(sql)};
    h->binder = (Binder){.arena = &h->kernel.arena, .diag = &h->diag};
    const Expr *expr;
    Status status = parse_expression(&h->source, &h->kernel.arena, &expr, &h->diag);
    if (status != ST_OK)
        return status;
    BindContext context = {.binder = &h->binder, .scope = &h->scope, .place = "the select list"};
    return bind_expr(&context, expr, out);
}

/* A batch of `rows` rows with the row at index `at`. The others hold what must not be looked at:
 * NULLs above it, zeros and empty texts below. */
static inline Batch bind_harness_batch(BindHarness *h, uint16_t rows, uint16_t at)
{
    Column *column = arena_alloc(&h->kernel.arena, sizeof *column * (h->columns + 1));
    assert_non_null(column);
    for (uint32_t c = 0; c < h->columns; c++) {
        const Value *cell = &h->cell[c];
        Arena *arena = &h->kernel.arena;
        assert_int_equal(column_make(arena, type_phys((TypeId)cell->type.id), rows, &column[c]),
                         ST_OK);
        assert_int_equal(column_need_valid(arena, &column[c], rows), ST_OK);
        for (uint16_t row = 0; row < at; row++)
            bit_clear(column[c].valid, row);
        if (cell->null)
            bit_clear(column[c].valid, at);
        else
            harness_put(&column[c], at, cell);
    }
    return (Batch){
        .rows = rows, .selected = rows, .columns = (uint16_t)h->columns, .column = column};
}

/* --- printing as the oracle does --- */

static inline void oracle_print_fraction(int64_t micros, StrBuf *out)
{
    if (micros % 1000 != 0)
        strbuf_printf(out, ".%06" PRId64, micros);
    else if (micros != 0)
        strbuf_printf(out, ".%03" PRId64, micros / 1000);
}

static inline void oracle_print_interval(TypeId id, int64_t value, StrBuf *out)
{
    uint64_t size = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
    strbuf_char(out, value < 0 ? '-' : '+');
    if (id == TYPE_INTERVAL_MONTH) {
        strbuf_printf(out, "%" PRIu64 "-%02" PRIu64, size / 12, size % 12);
        return;
    }
    char text[40];
    uint32_t written = time_format((int64_t)(size % MICROS_PER_DAY), 3, text);
    strbuf_printf(out, "%" PRIu64 " %.*s", size / MICROS_PER_DAY, (int)written, text);
}

static inline void oracle_print_value(const Type *type, const Column *column, uint32_t row,
                                      StrBuf *out)
{
    uint32_t at = column_index(column, row);
    char text[64];
    uint32_t size;
    if (column_is_null(column, row)) {
        strbuf_string(out, "NULL");
    } else if (type->id == TYPE_BOOLEAN) {
        strbuf_string(out, column->data.b[at] != 0 ? "true" : "false");
    } else if (type_is_binary(type)) {
        for (uint32_t i = 0; i < column->data.str[at].size; i++)
            strbuf_printf(out, "%02x", (unsigned char)str_bytes(&column->data.str[at])[i]);
    } else if (type_is_timestamp(type)) {
        size = timestamp_format(column->data.i64[at], 0, text);
        strbuf_put(out, text, size);
        oracle_print_fraction(micros_floor_mod(column->data.i64[at], MICROS_PER_SECOND), out);
    } else if (type->id == TYPE_TIME) {
        size = time_format(column->data.i64[at], 0, text);
        strbuf_put(out, text, size);
        oracle_print_fraction(column->data.i64[at] % MICROS_PER_SECOND, out);
    } else if (type_is_interval(type)) {
        oracle_print_interval((TypeId)type->id, column->data.i64[at], out);
    } else if (type_is_nested(type)) {
        cell_print_json(type, column, row, out);
    } else {
        cell_print(type, column, row, out);
    }
}

/* "INTERVAL SECOND(3)" and "INTERVAL MONTH" are how both sides call the intervals. */
static inline void oracle_print(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    oracle_print_value(type, column, row, out);
    strbuf_string(out, ", ");
    type_print(type, out);
}

/* Runs the scalar for row `at` of a batch of `rows`, the others not selected unless `all`. */
static inline void bind_harness_run(BindHarness *h, Scalar *scalar, uint16_t rows, uint16_t at,
                                    StrBuf *out)
{
    Program *program;
    assert_int_equal(program_compile(NULL, &scalar, 1, h->columns, &program), ST_OK);
    Batch batch = bind_harness_batch(h, rows, at);
    if (rows > 1) {
        batch.sel = &at;
        batch.selected = 1;
    }
    Column result;
    assert_int_equal(program_run(program, &batch, &h->kernel.context, &result), ST_OK);
    const RowErrors *errors = program_errors(program);
    assert_in_range(errors->count, 0, 1);
    if (errors->count == 1) {
        assert_int_equal(errors->item[0].row, at);
        strbuf_printf(out, "%s at run time", error_def(errors->item[0].code)->name);
    } else {
        oracle_print(&scalar->type, &result, at, out);
    }
    program_close(program);
}

/* The result, from a batch of one row and from the middle of a batch of three, which must agree. */
static inline void bind_harness_answer(BindHarness *h, const char *sql, StrBuf *out)
{
    Scalar *scalar;
    strbuf_clear(out);
    if (bind_harness_bind(h, sql, &scalar) != ST_OK) {
        assert_true(h->diag.set);
        strbuf_string(out, error_def(h->diag.code)->name);
        return;
    }
    StrBuf again;
    strbuf_init(&again, NULL);
    h->kernel.context.random_state = 42;
    bind_harness_run(h, scalar, 1, 0, out);
    h->kernel.context.random_state = 42;
    bind_harness_run(h, scalar, 3, 1, &again);
    if (strcmp(strbuf_cstr(out), strbuf_cstr(&again)) != 0)
        fail_msg("%s: %s alone, %s in a batch of three", sql, strbuf_cstr(out),
                 strbuf_cstr(&again));
    strbuf_close(&again);
}

#endif
