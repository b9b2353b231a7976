/* Plans made by hand, without SQL, for tests of executor/op and executor/run: schemas, nodes and
 * rows from text.
 *
 * A schema is "k BIGINT|v DECIMAL(10,2)|t TIMESTAMP(3)". A row is its cells, "1|12.50|5000"; a time
 * is a number of milliseconds since the epoch, NULL is NULL. A row as the tests see it is
 * "+U 1|12.50|5000 @4000": its kind, its cells, and the watermark that held before it ("@-": none
 * yet). */
#ifndef WEIR_TESTS_SUPPORT_PLAN_BENCH_H
#define WEIR_TESTS_SUPPORT_PLAN_BENCH_H

#include "kernel_harness.h"

#include <inttypes.h>

#include "executor/plan/plan.h"

enum { PLAN_BENCH_NODES = 16 };

typedef struct PlanBench {
    Arena arena; /* of the plans */
    PlanNode *node[PLAN_BENCH_NODES];
    PlanNode *sink[PLAN_BENCH_NODES];
    Plan plan;
} PlanBench;

static inline void *plan_bench_alloc(PlanBench *b, size_t size)
{
    void *memory = arena_alloc_zeroed(&b->arena, size);
    assert_non_null(memory);
    return memory;
}

static inline void plan_bench_open(PlanBench *b)
{
    memset(b, 0, sizeof *b);
    arena_init(&b->arena, NULL);
    b->plan = (Plan){.node = b->node, .sink = b->sink};
}

static inline void plan_bench_close(PlanBench *b)
{
    arena_close(&b->arena);
}

/* The next piece of the text up to the separator; what follows is left in *rest. */
static inline Text plan_bench_piece(const char **rest, char separator)
{
    const char *start = *rest, *end = strchrnul(start, separator);
    *rest = *end == '\0' ? end : end + 1;
    return (Text){start, (uint32_t)(end - start)};
}

static inline Schema plan_bench_schema(PlanBench *b, const char *text)
{
    Schema schema = {0, plan_bench_alloc(b, 32 * sizeof(Field))};
    while (*text != '\0') {
        Text piece = plan_bench_piece(&text, '|');
        const char *blank = memchr(piece.ptr, ' ', piece.size);
        assert_non_null(blank);
        Field *field = &schema.field[schema.count++];
        field->name = (Text){piece.ptr, (uint32_t)(blank - piece.ptr)};
        field->type = harness_type_of((Text){blank + 1, piece.size - field->name.size - 1});
    }
    return schema;
}

/* --- nodes --- */

static inline PlanNode *plan_bench_node(PlanBench *b, PlanKind kind, PlanNode *const *input,
                                        uint32_t inputs)
{
    PlanNode *node = plan_bench_alloc(b, sizeof *node);
    PlanNode **copy = plan_bench_alloc(b, (inputs + 1) * sizeof(PlanNode *));
    for (uint32_t i = 0; i < inputs; i++)
        copy[i] = input[i];
    assert_true(b->plan.nodes < PLAN_BENCH_NODES);
    *node = (PlanNode){.kind = kind, .id = b->plan.nodes, .inputs = inputs, .input = copy};
    if (inputs > 0) {
        node->schema = input[0]->schema;
        node->changelog = input[0]->changelog;
        node->watermarked = input[0]->watermarked;
    }
    b->node[b->plan.nodes++] = node;
    return node;
}

/* All its columns are decoded. With a rowtime the watermark is that column less `delay`. */
static inline PlanNode *plan_bench_scan(PlanBench *b, TableSpec *table, int32_t rowtime)
{
    PlanNode *node = plan_bench_node(b, PLAN_SCAN, NULL, 0);
    uint32_t *wanted = plan_bench_alloc(b, (table->schema.count + 1) * sizeof *wanted);
    for (uint32_t i = 0; i < table->schema.count; i++)
        wanted[i] = i;
    node->query = UINT32_MAX;
    node->schema = table->schema;
    node->as.scan =
        (PlanScan){.spec = {.table = table, .wanted = wanted, .wanted_count = table->schema.count},
                   .rowtime = rowtime,
                   .max_rejected_ratio = 1,
                   .bounded = true};
    if (rowtime >= 0) {
        Type type = table->schema.field[rowtime].type;
        assert_int_equal(
            scalar_column(&b->arena, (uint32_t)rowtime, type, &node->as.scan.watermark), ST_OK);
        node->watermarked = true;
    }
    return node;
}

/* An argument of an aggregate: a column, 'text' or a number. */
static inline void plan_bench_argument(PlanBench *b, const Schema *input, Text text,
                                       PlanAggregateCall *call, AggregateCall *bound, Type *type,
                                       const Value **constant)
{
    PlanArgument *argument = &call->argument[call->arguments++];
    *argument = (PlanArgument){.column = -1};
    Value value = {.type = type_make(TYPE_DOUBLE)};
    Scalar *scalar;
    bool quoted = text.ptr[0] == '\'';
    if (!quoted && (text.ptr[0] < '0' || text.ptr[0] > '9')) {
        argument->column = schema_find(input, text);
        assert_true(argument->column >= 0);
        type[bound->args++] = input->field[argument->column].type;
        return;
    }
    if (quoted) {
        value.type = type_string();
        value.as.str = str_view(text.ptr + 1, text.size - 2);
    } else {
        value.as.f64 = strtod(text.ptr, NULL);
    }
    assert_int_equal(scalar_constant(&b->arena, &value, &scalar), ST_OK);
    argument->constant = scalar;
    type[bound->args] = value.type;
    constant[bound->args++] = &scalar->as.constant;
}

/* Cuts " ORDER BY v" or " ORDER BY v DESC" off the arguments of a call. */
static inline Text plan_bench_order(Text *inside)
{
    static const char order[] = " ORDER BY ";
    char *copy = strndup(inside->ptr, inside->size), *at = strstr(copy, order);
    uint32_t start = at == NULL ? inside->size : (uint32_t)(at - copy);
    free(copy);
    if (start == inside->size)
        return (Text){0};
    Text key = {inside->ptr + start + 10, inside->size - start - 10};
    inside->size = start;
    return key;
}

/* The key that plan_bench_order gave, as the call's last argument. */
static inline void plan_bench_add_order(const Schema *input, Text key, PlanAggregateCall *call)
{
    if (key.size == 0)
        return;
    bool descending = key.size > 5 && memcmp(key.ptr + key.size - 5, " DESC", 5) == 0;
    key.size -= descending ? 5 : 0;
    int32_t column = schema_find(input, key);
    assert_true(column >= 0);
    call->argument[call->arguments++] = (PlanArgument){.column = column};
    call->order[call->orders++] = (AggregateOrder){descending, descending};
}

/* "SUM(v)", "COUNT(*)", "COUNT(DISTINCT v)", "SUM(v) FILTER f", "LISTAGG(s, '; ')", "ARRAY_AGG(v
 * ORDER BY s DESC)". */
static inline PlanAggregateCall plan_bench_call(PlanBench *b, const Schema *input, Text text)
{
    static const char filter[] = ") FILTER ", distinct[] = "DISTINCT ";
    const char *open = memchr(text.ptr, '(', text.size), *close = memchr(text.ptr, ')', text.size);
    assert_true(open != NULL && close != NULL);
    PlanAggregateCall call = {.filter = -1};
    Text inside = {open + 1, (uint32_t)(close - open - 1)};
    call.distinct = inside.size > 9 && memcmp(inside.ptr, distinct, 9) == 0;
    if (call.distinct)
        inside = (Text){inside.ptr + 9, inside.size - 9};
    Text order = plan_bench_order(&inside);
    Type type[AGGREGATE_MAX_ARGS];
    const Value *constant[AGGREGATE_MAX_ARGS] = {NULL};
    const uint32_t constants[AGGREGATE_MAX_ARGS] = {1, 1, 1};
    AggregateCall bound = {.arg = type, .constant = constant, .constants = constants};
    while (inside.size > 0 && !text_is(inside, "*")) {
        Text argument = {inside.ptr, 0};
        while (argument.size < inside.size && inside.ptr[argument.size] != ',')
            argument.size++;
        plan_bench_argument(b, input, argument, &call, &bound, type, constant);
        uint32_t skipped = argument.size;
        while (skipped < inside.size && (inside.ptr[skipped] == ',' || inside.ptr[skipped] == ' '))
            skipped++;
        inside = (Text){inside.ptr + skipped, inside.size - skipped};
    }
    plan_bench_add_order(input, order, &call);
    uint32_t size = (uint32_t)(close - text.ptr);
    if (size + 1 < text.size) {
        assert_memory_equal(close, filter, 9);
        call.filter = schema_find(input, (Text){close + 9, text.size - size - 9});
        assert_true(call.filter >= 0);
    }
    Diag diag = {0};
    Text name = {text.ptr, (uint32_t)(open - text.ptr)};
    assert_int_equal(aggregate_bind(name, &bound, &b->arena, SPAN_NONE, &diag), ST_OK);
    call.def = bound.def;
    call.result = bound.result;
    call.data = bound.data;
    return call;
}

/* Fills in the keys ("k|s") and the calls ("COUNT(*)|SUM(v)"), and the node's schema for them. */
static inline PlanAggregate plan_bench_aggregate(PlanBench *b, PlanNode *node, const char *keys,
                                                 const char *calls)
{
    const Schema *input = &node->input[0]->schema;
    uint32_t *key = plan_bench_alloc(b, 8 * sizeof *key);
    PlanAggregateCall *call = plan_bench_alloc(b, 16 * sizeof *call);
    Schema schema = {0, plan_bench_alloc(b, 32 * sizeof(Field))};
    PlanAggregate out = {.key = key, .call = call};
    while (*keys != '\0') {
        int32_t column = schema_find(input, plan_bench_piece(&keys, '|'));
        assert_true(column >= 0);
        key[out.keys++] = (uint32_t)column;
        schema.field[schema.count++] = input->field[column];
    }
    while (*calls != '\0') {
        Text text = plan_bench_piece(&calls, '|');
        call[out.calls] = plan_bench_call(b, input, text);
        schema.field[schema.count++] = (Field){.name = text, .type = call[out.calls++].result};
    }
    node->schema = schema;
    return out;
}

static inline PlanNode *plan_bench_group(PlanBench *b, PlanNode *input, const char *keys,
                                         const char *calls, ChangelogMode changelog)
{
    PlanNode *node = plan_bench_node(b, PLAN_GROUP_AGGREGATE, &input, 1);
    node->as.group_aggregate = plan_bench_aggregate(b, node, keys, calls);
    node->changelog = changelog;
    return node;
}

/* Gives out window_start and window_end behind the aggregates. */
static inline PlanNode *plan_bench_window(PlanBench *b, PlanNode *input, const char *rowtime,
                                          int64_t size_ms, const char *keys, const char *calls)
{
    static const WindowColumn both[] = {WINDOW_START, WINDOW_END};
    PlanNode *node = plan_bench_node(b, PLAN_WINDOW_AGGREGATE, &input, 1);
    int32_t column = schema_find(&input->schema, text_of(rowtime));
    assert_true(column >= 0);
    PlanWindowAggregate *window = &node->as.window_aggregate;
    *window = (PlanWindowAggregate){.aggregate = plan_bench_aggregate(b, node, keys, calls),
                                    .window = {.kind = WINDOW_TUMBLE,
                                               .size = size_ms * MICROS_PER_MILLI,
                                               .step = size_ms * MICROS_PER_MILLI},
                                    .rowtime = (uint32_t)column,
                                    .column = both,
                                    .columns = 2};
    for (uint32_t i = 0; i < 2; i++)
        node->schema.field[node->schema.count++] = (Field){
            .name = text_of(i == 0 ? "start" : "end"), .type = type_sized(TYPE_TIMESTAMP, 3)};
    return node;
}

/* Ends the query: everything below it that has no sink yet is its own. */
static inline PlanNode *plan_bench_sink(PlanBench *b, PlanNode *input, PlanSinkKind kind)
{
    PlanNode *node = plan_bench_node(b, PLAN_SINK, &input, 1);
    uint32_t query = b->plan.sinks;
    node->as.sink = (PlanSink){.kind = kind, .name = text_of("v")};
    b->sink[b->plan.sinks++] = node;
    node->query = query;
    for (const PlanNode *at = input; at->inputs > 0 && at->kind != PLAN_SCAN; at = at->input[0])
        b->node[at->id]->query = query;
    return node;
}

/* --- expressions --- */

static inline Scalar *plan_bench_column(PlanBench *b, const PlanNode *input, const char *name)
{
    Scalar *scalar;
    int32_t column = schema_find(&input->schema, text_of(name));
    assert_true(column >= 0);
    assert_int_equal(
        scalar_column(&b->arena, (uint32_t)column, input->schema.field[column].type, &scalar),
        ST_OK);
    return scalar;
}

static inline Scalar *plan_bench_integer(PlanBench *b, int64_t value)
{
    Scalar *scalar;
    Value constant = {.type = type_with_null(type_make(TYPE_BIGINT), false), .as.i64 = value};
    assert_int_equal(scalar_constant(&b->arena, &constant, &scalar), ST_OK);
    return scalar;
}

/* An operator or a function of two arguments. */
static inline Scalar *plan_bench_apply(PlanBench *b, const char *name, Scalar *left, Scalar *right)
{
    Scalar *arg[2] = {left, right}, *scalar;
    Diag diag = {0};
    assert_int_equal(scalar_apply(&b->arena, name, arg, 2, SPAN_NONE, &scalar, &diag), ST_OK);
    return scalar;
}

/* Keeps the rows for which the condition is TRUE (NULL: all), and gives out the scalars as columns
 * named c0, c1 ... */
static inline PlanNode *plan_bench_calc(PlanBench *b, PlanNode *input, Scalar *condition,
                                        Scalar *const *project, uint32_t columns)
{
    static const char *const names[] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
    PlanNode *node = plan_bench_node(b, PLAN_CALC, &input, 1);
    Scalar **copy = plan_bench_alloc(b, (columns + 1) * sizeof *copy);
    assert_true(columns <= 8);
    node->schema = (Schema){columns, plan_bench_alloc(b, (columns + 1) * sizeof(Field))};
    for (uint32_t i = 0; i < columns; i++) {
        copy[i] = project[i];
        node->schema.field[i] = (Field){.name = text_of(names[i]), .type = project[i]->type};
    }
    node->as.calc = (PlanCalc){.project = copy};
    if (condition != NULL) {
        copy[columns] = condition;
        node->as.calc.condition = copy + columns;
        node->as.calc.conditions = 1;
    }
    return node;
}

/* --- rows --- */

static inline void plan_bench_put(const Type *type, Text cell, Column *column, uint32_t row)
{
    char number[64] = {0};
    bool overflow;
    memcpy(number, cell.ptr, cell.size < sizeof number ? cell.size : sizeof number - 1);
    if (text_is(cell, "NULL")) {
        bit_clear(column->valid, row);
        return;
    }
    switch (column->phys) {
    case PHYS_BOOL:
        assert_true(text_is(cell, "true") || text_is(cell, "false"));
        column->data.b[row] = text_is(cell, "true");
        return;
    case PHYS_I64:
        column->data.i64[row] = strtoll(number, NULL, 10);
        if (type_is_timestamp(type))
            column->data.i64[row] *= MICROS_PER_MILLI;
        return;
    case PHYS_F64: column->data.f64[row] = strtod(number, NULL); return;
    case PHYS_I128:
        assert_true(
            decimal_parse(cell, type->precision, type->scale, &column->data.i128[row], &overflow));
        return;
    case PHYS_STR: column->data.str[row] = str_of_text(cell); return;
    case PHYS_NESTED: fail_msg("no nested cells here");
    }
}

static inline void plan_bench_print_cell(const Type *type, const Column *column, uint32_t row,
                                         StrBuf *out)
{
    if (column_is_null(column, row))
        strbuf_string(out, "NULL");
    else if (type_is_timestamp(type))
        strbuf_printf(out, "%" PRId64,
                      column->data.i64[column_index(column, row)] / MICROS_PER_MILLI);
    else
        cell_print(type, column, row, out);
}

static inline void plan_bench_print_time(Micros time, StrBuf *out)
{
    if (time == MICROS_MIN)
        strbuf_char(out, '-');
    else if (time == MICROS_MAX)
        strbuf_string(out, "end");
    else
        strbuf_printf(out, "%" PRId64, time / MICROS_PER_MILLI);
}

static inline void plan_bench_print_row(const Schema *schema, const Batch *batch, uint32_t row,
                                        StrBuf *out)
{
    strbuf_string(out, row_kind_name(batch_kind(batch, row)));
    for (uint32_t c = 0; c < schema->count; c++) {
        strbuf_char(out, c == 0 ? ' ' : '|');
        plan_bench_print_cell(&schema->field[c].type, &batch->column[c], row, out);
    }
    strbuf_string(out, " @");
    plan_bench_print_time(batch_watermark(batch, row), out);
    strbuf_char(out, '\n');
}

/* What holds of every batch. */
static inline void plan_bench_check_batch(const Schema *schema, const Batch *batch)
{
    assert_int_equal(batch->columns, schema->count);
    assert_in_range(batch->rows, 1, BATCH_ROWS);
    assert_in_range(batch->selected, 1, batch->rows);
    assert_true(batch->sel != NULL || batch->selected == batch->rows);
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        assert_true(row < batch->rows);
        if (i > 0) {
            uint32_t before = batch_row(batch, i - 1);
            assert_true(before < row);
            assert_true(batch_watermark(batch, before) <= batch_watermark(batch, row));
        }
    }
}

static inline void plan_bench_print_batch(const Schema *schema, const Batch *batch, StrBuf *out)
{
    plan_bench_check_batch(schema, batch);
    for (uint32_t i = 0; i < batch->selected; i++)
        plan_bench_print_row(schema, batch, batch_row(batch, i), out);
}

#endif
