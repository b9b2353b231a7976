/* Calls bound functions on literals, for table-driven tests of executor/function.
 *
 * A literal is "TYPE:value", as "INT:7", "DECIMAL(10,2):12.35", "STRING:some text",
 * "TIMESTAMP(3):2020-02-29 13:45:56.789", "INT:NULL", "BIGINT NOT NULL:1". Binary values are hex
 * digits, INTERVAL_MONTH values months, INTERVAL_DAY values microseconds, and "NULL:NULL" is a bare
 * NULL. An '=' in front ("=STRING:yyyy") makes it a constant that the binder is told of.
 *
 * Each case runs in every shape that a kernel can meet: each argument as a column and as a
 * constant, all rows and a selection, a row of NULLs between. The harness does what expr/ does for
 * validity (function.h) and checks what a kernel must not do. */
#ifndef WEIR_TESTS_SUPPORT_KERNEL_HARNESS_H
#define WEIR_TESTS_SUPPORT_KERNEL_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "executor/function/function.h"
#include "storage/base/limits.h"
#include "storage/base/strbuf.h"
#include "storage/data/decimal.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

enum { HARNESS_ARGS = 8, HARNESS_ROWS = 5, HARNESS_NULL_ROW = 2 };

typedef struct KernelHarness {
    Arena arena; /* of one case */
    Diag diag;
    EvalContext context;
    RowErrors errors;
    RowError error_room[BATCH_ROWS];
    uint16_t narrowed[BATCH_ROWS];
} KernelHarness;

/* One row of a test's table. `expect` is the result as cell_print prints it (binary as hex digits),
 * "NULL", or an error: "E2107" while binding, "E5004" for the row, with the message after a blank
 * where it matters ("E5006 cannot cast \"x\" to INT"). `type` NULL: not checked. */
typedef struct KernelCase {
    const char *name;
    const char *type; /* of the result, with NOT NULL where it is */
    const char *expect;
    const char *arg[HARNESS_ARGS];
} KernelCase;

typedef struct HarnessLiteral {
    Value value;
    bool known; /* to the binder */
} HarnessLiteral;

static inline void harness_open(KernelHarness *h)
{
    memset(h, 0, sizeof *h);
    arena_init(&h->arena, NULL);
    h->errors.item = h->error_room;
    h->context.random_state = 42;
    h->context.now = INT64_C(1582983956789000); /* 2020-02-29 13:45:56.789 UTC */
}

static inline void harness_close(KernelHarness *h)
{
    arena_close(&h->arena);
}

/* --- literals --- */

typedef struct HarnessTypeName {
    const char *name;
    TypeId id;
    uint32_t precision; /* when none is written */
} HarnessTypeName;

static inline Type harness_type_of(Text text)
{
    static const HarnessTypeName names[] = {
        {"NULL", TYPE_NULL, 0},
        {"BOOLEAN", TYPE_BOOLEAN, 0},
        {"TINYINT", TYPE_TINYINT, 0},
        {"SMALLINT", TYPE_SMALLINT, 0},
        {"INT", TYPE_INT, 0},
        {"BIGINT", TYPE_BIGINT, 0},
        {"FLOAT", TYPE_FLOAT, 0},
        {"DOUBLE", TYPE_DOUBLE, 0},
        {"DECIMAL", TYPE_DECIMAL, 10},
        {"CHAR", TYPE_CHAR, 1},
        {"VARCHAR", TYPE_VARCHAR, 1},
        {"STRING", TYPE_VARCHAR, LENGTH_MAX},
        {"BINARY", TYPE_BINARY, 1},
        {"VARBINARY", TYPE_VARBINARY, 1},
        {"BYTES", TYPE_VARBINARY, LENGTH_MAX},
        {"DATE", TYPE_DATE, 0},
        {"TIME", TYPE_TIME, 0},
        {"TIMESTAMP", TYPE_TIMESTAMP, 6},
        {"TIMESTAMP_LTZ", TYPE_TIMESTAMP_LTZ, 6},
        {"INTERVAL_MONTH", TYPE_INTERVAL_MONTH, 0},
        {"INTERVAL_DAY", TYPE_INTERVAL_DAY, 0},
    };
    char copy[64] = {0};
    assert_true(text.size < sizeof copy);
    memcpy(copy, text.ptr, text.size);
    bool nullable = true;
    char *not_null = strstr(copy, " NOT NULL");
    if (not_null != NULL) {
        nullable = false;
        *not_null = 0;
    }
    uint32_t precision = 0, scale = 0;
    char *open = strchr(copy, '(');
    if (open != NULL) {
        char *end;
        precision = (uint32_t)strtoul(open + 1, &end, 10);
        if (*end == ',')
            scale = (uint32_t)strtoul(end + 1, NULL, 10);
        *open = 0;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].name, copy) != 0)
            continue;
        Type type = type_make(names[i].id);
        type.nullable = nullable;
        type.precision = open != NULL ? precision : names[i].precision;
        type.scale = (uint8_t)scale;
        return type;
    }
    fail_msg("no type %s", copy);
    return type_make(TYPE_NULL);
}

static inline Str harness_hex(KernelHarness *h, Text text)
{
    char *bytes = arena_alloc(&h->arena, text.size / 2 + 1);
    assert_non_null(bytes);
    for (uint32_t i = 0; i < text.size / 2; i++) {
        char pair[3] = {text.ptr[i * 2], text.ptr[i * 2 + 1], 0};
        bytes[i] = (char)strtoul(pair, NULL, 16);
    }
    return str_view(bytes, text.size / 2);
}

static inline void harness_parse_value(KernelHarness *h, Text text, Value *out)
{
    bool overflow = false;
    switch ((TypeId)out->type.id) {
    case TYPE_BOOLEAN:
        out->as.b = text_is(text, "true");
        assert_true(out->as.b || text_is(text, "false"));
        break;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_DAY: out->as.i64 = strtoll(text.ptr, NULL, 10); break;
    case TYPE_FLOAT: out->as.f64 = (double)strtof(text.ptr, NULL); break;
    case TYPE_DOUBLE: out->as.f64 = strtod(text.ptr, NULL); break;
    case TYPE_DECIMAL:
        assert_true(
            decimal_parse(text, out->type.precision, out->type.scale, &out->as.i128, &overflow));
        break;
    case TYPE_CHAR:
    case TYPE_VARCHAR: out->as.str = str_of_text(text); break;
    case TYPE_BINARY:
    case TYPE_VARBINARY: out->as.str = harness_hex(h, text); break;
    case TYPE_DATE: assert_true(date_parse(text, TIME_SYNTAX_CAST, &out->as.i64)); break;
    case TYPE_TIME: assert_true(time_parse(text, TIME_SYNTAX_CAST, &out->as.i64)); break;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        assert_true(timestamp_parse(text, TIME_SYNTAX_CAST, false, &out->as.i64));
        break;
    case TYPE_NULL:
    case TYPE_ROW:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_MULTISET: fail_msg("no literal of that type");
    }
}

static inline HarnessLiteral harness_literal(KernelHarness *h, const char *literal)
{
    HarnessLiteral out = {.known = *literal == '='};
    literal += out.known;
    const char *colon = strchr(literal, ':');
    assert_non_null(colon);
    out.value.type = harness_type_of((Text){literal, (uint32_t)(colon - literal)});
    Text text = text_of(colon + 1);
    out.value.null = text_is(text, "NULL");
    if (!out.value.null)
        harness_parse_value(h, text, &out.value);
    return out;
}

/* --- columns --- */

static inline void harness_put(Column *column, uint32_t row, const Value *value)
{
    switch (column->phys) {
    case PHYS_BOOL: column->data.b[row] = value->as.b; break;
    case PHYS_I64: column->data.i64[row] = value->as.i64; break;
    case PHYS_F64: column->data.f64[row] = value->as.f64; break;
    case PHYS_I128: column->data.i128[row] = value->as.i128; break;
    case PHYS_STR: column->data.str[row] = value->as.str; break;
    case PHYS_NESTED: fail_msg("no nested literals");
    }
}

/* A constant, or a column whose rows all hold the value and whose row HARNESS_NULL_ROW, when asked
 * for, is NULL. */
static inline Column harness_column(KernelHarness *h, const Value *value, bool constant,
                                    bool null_row)
{
    Column column;
    uint32_t rows = constant ? 1 : HARNESS_ROWS;
    assert_int_equal(column_make(&h->arena, type_phys((TypeId)value->type.id), rows, &column),
                     ST_OK);
    column.constant = constant;
    if (value->null || (null_row && !constant))
        assert_int_equal(column_need_valid(&h->arena, &column, rows), ST_OK);
    for (uint32_t row = 0; row < rows; row++) {
        if (value->null || (null_row && !constant && row == HARNESS_NULL_ROW))
            bit_clear(column.valid, row);
        else
            harness_put(&column, row, value);
    }
    return column;
}

static inline const char *harness_print(KernelHarness *h, const Type *type, const Column *column,
                                        uint32_t row)
{
    if (column_is_null(column, row))
        return "NULL";
    StrBuf buf;
    strbuf_init(&buf, NULL);
    if (type_is_binary(type)) {
        const Str *str = &column->data.str[column_index(column, row)];
        for (uint32_t i = 0; i < str->size; i++)
            strbuf_printf(&buf, "%02x", (unsigned char)str_bytes(str)[i]);
    } else {
        cell_print(type, column, row, &buf);
    }
    char *copy = arena_copy(&h->arena, strbuf_cstr(&buf), buf.size + 1);
    assert_non_null(copy);
    strbuf_close(&buf);
    return copy;
}

/* --- calls --- */

/* One call of a bound function as expr/ makes it. The result is valid at the selected rows. */
static inline Column harness_call(KernelHarness *h, const FunctionCall *call,
                                  const Column *const *arg, uint32_t rows, const uint16_t *sel,
                                  uint32_t count)
{
    Column out;
    uint32_t flags = call->def->flags;
    bool own_nulls = (flags & FN_OWN_NULLS) != 0, total = (flags & FN_TOTAL) != 0;
    assert_int_equal(column_make(&h->arena, type_phys((TypeId)call->result.id), rows, &out), ST_OK);
    assert_int_equal(column_need_valid(&h->arena, &out, rows), ST_OK);
    bool narrow = false;
    for (uint32_t a = 0; a < call->args && !own_nulls; a++) {
        for (uint32_t row = 0; row < rows; row++) {
            if (column_is_null(arg[a], row)) {
                bit_clear(out.valid, row);
                narrow = !total;
            }
        }
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count && narrow; i++) {
        uint32_t row = sel == NULL ? i : sel[i];
        if (bit_get(out.valid, row))
            h->narrowed[kept++] = (uint16_t)row;
    }
    memset(h->errors.failed, 0, sizeof h->errors.failed);
    h->errors.count = 0;
    KernelCall kernel = {
        .sel = narrow ? h->narrowed : sel,
        .count = narrow ? kept : count,
        .arg = arg,
        .args = call->args,
        .out = &out,
        .rows = rows,
        .data = call->data,
        .arg_type = call->arg,
        .result = &call->result,
        .scratch = &h->arena,
        .context = &h->context,
        .errors = &h->errors,
    };
    if (kernel.count > 0)
        assert_int_equal(call->kernel(&kernel), ST_OK);
    return out;
}

/* What binding wants the argument cast to, done. A failing cast fails the test. */
static inline void harness_coerce(KernelHarness *h, Value *value, const Type *to)
{
    Type from = value->type;
    if (cast_is_identity(&from, to) || value->null) {
        value->type = *to;
        return;
    }
    FunctionCall cast = {0};
    Diag diag = {0};
    assert_int_equal(cast_bind(&from, to, false, &cast, &h->arena, SPAN_NONE, &diag), ST_OK);
    Column column = harness_column(h, value, false, false);
    const Column *arg = &column;
    Column out = harness_call(h, &cast, &arg, HARNESS_ROWS, NULL, HARNESS_ROWS);
    assert_int_equal(h->errors.count, 0);
    value->type = *to;
    value->null = column_is_null(&out, 0);
    switch (out.phys) {
    case PHYS_BOOL: value->as.b = out.data.b[0] != 0; break;
    case PHYS_I64: value->as.i64 = out.data.i64[0]; break;
    case PHYS_F64: value->as.f64 = out.data.f64[0]; break;
    case PHYS_I128: value->as.i128 = out.data.i128[0]; break;
    case PHYS_STR: value->as.str = out.data.str[0]; break;
    case PHYS_NESTED: fail_msg("no nested literals");
    }
}

static inline bool harness_expects_error(const char *expect)
{
    return expect[0] == 'E' && strlen(expect) >= 5 && strspn(expect + 1, "0123456789") == 4;
}

static inline void harness_check_error(const char *what, const char *expect, ErrorCode code,
                                       const char *message)
{
    const char *name = error_def(code)->name;
    if (!harness_expects_error(expect) || strncmp(expect, name, 5) != 0)
        fail_msg("%s: %s %s, expected %s", what, name, message, expect);
    if (expect[5] == ' ' && strcmp(expect + 6, message) != 0)
        fail_msg("%s: message \"%s\", expected \"%s\"", what, message, expect + 6);
}

static inline void harness_check_type(const char *what, const char *expect, const Type *type)
{
    Type wanted = harness_type_of(text_of(expect));
    if (wanted.id == type->id && wanted.precision == type->precision &&
        wanted.scale == type->scale && wanted.nullable == type->nullable)
        return;
    StrBuf buf;
    strbuf_init(&buf, NULL);
    type_print(type, &buf);
    fail_msg("%s: type %s, expected %s", what, strbuf_cstr(&buf), expect);
}

/* One shape: which arguments are constants, and which rows are asked for. */
static inline void harness_check_shape(KernelHarness *h, const char *what, const FunctionCall *call,
                                       const Value *value, const char *expect, uint32_t constants,
                                       bool selection)
{
    static const uint16_t sel[] = {0, HARNESS_NULL_ROW, HARNESS_ROWS - 1};
    Column column[HARNESS_ARGS];
    const Column *arg[HARNESS_ARGS];
    uint32_t flat = 0;
    bool null_row = (call->def->flags & FN_OWN_NULLS) == 0;
    for (uint32_t a = 0; a < call->args; a++) {
        bool constant = (constants >> a & 1) != 0;
        column[a] = harness_column(h, &value[a], constant, null_row);
        arg[a] = &column[a];
        flat += !constant;
    }
    Column out = selection ? harness_call(h, call, arg, HARNESS_ROWS, sel, sizeof sel / sizeof *sel)
                           : harness_call(h, call, arg, HARNESS_ROWS, NULL, HARNESS_ROWS);
    for (uint32_t row = 0; row < HARNESS_ROWS; row++) {
        if (selection && row != 0 && row != HARNESS_NULL_ROW && row != HARNESS_ROWS - 1)
            continue;
        bool nulls = row == HARNESS_NULL_ROW && null_row && flat > 0;
        if (bit_get(h->errors.failed, row)) {
            uint32_t i = 0;
            while (h->errors.item[i].row != row)
                i++;
            harness_check_error(what, nulls ? "NULL" : expect, h->errors.item[i].code,
                                h->errors.item[i].message);
            continue;
        }
        const char *printed = harness_print(h, &call->result, &out, row);
        if (strcmp(printed, nulls ? "NULL" : expect) != 0)
            fail_msg("%s (constants %x%s, row %u): %s, expected %s", what, constants,
                     selection ? ", selection" : "", row, printed, nulls ? "NULL" : expect);
    }
}

static inline void harness_check_shapes(KernelHarness *h, const char *what,
                                        const FunctionCall *call, const Value *value,
                                        const bool *known, const char *expect)
{
    for (uint32_t constants = 0; constants < 1U << call->args; constants++) {
        bool possible = true; /* what the binder took for a constant comes as one */
        for (uint32_t a = 0; a < call->args; a++)
            possible = possible && (!known[a] || (constants >> a & 1) != 0);
        if (!possible)
            continue;
        harness_check_shape(h, what, call, value, expect, constants, false);
        harness_check_shape(h, what, call, value, expect, constants, true);
    }
}

/* Binds `name` to the literals and checks type and value, or the error. */
static inline void harness_check(KernelHarness *h, const KernelCase *c)
{
    char what[256];
    int size = snprintf(what, sizeof what, "%s ", c->name);
    Type type[HARNESS_ARGS];
    Value value[HARNESS_ARGS];
    bool known[HARNESS_ARGS];
    const Value *constant[HARNESS_ARGS];
    uint32_t args = 0;
    for (; args < HARNESS_ARGS && c->arg[args] != NULL; args++) {
        HarnessLiteral literal = harness_literal(h, c->arg[args]);
        value[args] = literal.value;
        type[args] = literal.value.type;
        known[args] = literal.known;
        constant[args] = literal.known ? &value[args] : NULL;
        if (size < (int)sizeof what)
            size += snprintf(what + size, sizeof what - (size_t)size, "%s%s", args > 0 ? ", " : "",
                             c->arg[args]);
    }
    FunctionCall call = {.args = args, .arg = type, .constant = constant};
    diag_reset(&h->diag);
    if (function_bind(text_of(c->name), &call, &h->arena, SPAN_NONE, &h->diag) != ST_OK) {
        harness_check_error(what, c->expect, h->diag.code, h->diag.message);
        return;
    }
    if (c->type != NULL)
        harness_check_type(what, c->type, &call.result);
    for (uint32_t a = 0; a < args; a++)
        harness_coerce(h, &value[a], &call.arg[a]);
    harness_check_shapes(h, what, &call, value, known, c->expect);
}

static inline void harness_check_all(const KernelCase *cases, uint32_t count)
{
    KernelHarness h;
    harness_open(&h);
    for (uint32_t i = 0; i < count; i++) {
        harness_check(&h, &cases[i]);
        arena_reset(&h.arena);
    }
    harness_close(&h);
}
#define HARNESS_CHECK(cases) harness_check_all((cases), sizeof(cases) / sizeof *(cases))

/* CAST or TRY_CAST of a literal. */
typedef struct CastCase {
    const char *from; /* a literal */
    const char *to;   /* a type */
    const char *expect;
} CastCase;

static inline void harness_check_cast(KernelHarness *h, const CastCase *c, bool try_cast)
{
    char what[256];
    snprintf(what, sizeof what, "%s(%s AS %s)", try_cast ? "TRY_CAST" : "CAST", c->from, c->to);
    HarnessLiteral literal = harness_literal(h, c->from);
    Type to = harness_type_of(text_of(c->to));
    FunctionCall call = {0};
    diag_reset(&h->diag);
    if (cast_bind(&literal.value.type, &to, try_cast, &call, &h->arena, SPAN_NONE, &h->diag) !=
        ST_OK) {
        harness_check_error(what, c->expect, h->diag.code, h->diag.message);
        return;
    }
    bool known[1] = {false};
    harness_check_shapes(h, what, &call, &literal.value, known, c->expect);
}

#endif
