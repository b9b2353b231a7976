#include "storage/data/predicate.h"

#include <assert.h>
#include <math.h>

const char *predicate_op_name(PredicateOp op)
{
    static const char *const names[] = {
        [PREDICATE_EQ] = "=",
        [PREDICATE_NE] = "<>",
        [PREDICATE_LT] = "<",
        [PREDICATE_LE] = "<=",
        [PREDICATE_GT] = ">",
        [PREDICATE_GE] = ">=",
        [PREDICATE_IS_NULL] = "IS NULL",
        [PREDICATE_IS_NOT_NULL] = "IS NOT NULL",
    };
    assert((unsigned)op < sizeof names / sizeof names[0]);
    return names[op];
}

/* What IEEE comparison of two numbers finds; NaN is unordered and differs from everything. */
typedef enum Order {
    ORDER_LESS,
    ORDER_EQUAL,
    ORDER_GREATER,
    ORDER_NONE,
} Order;

/* Without branches: which way a filter goes is often a coin's toss. */
static inline Order order_of(bool less, bool greater)
{
    return (Order)(ORDER_EQUAL + greater - less);
}

static Order order_cell(const Value *value, const Column *column, uint32_t index)
{
    switch (column->phys) {
    case PHYS_BOOL: {
        int cell = column->data.b[index];
        return order_of(cell<value->as.b, cell> value->as.b);
    }
    case PHYS_I64: {
        int64_t cell = column->data.i64[index];
        return order_of(cell<value->as.i64, cell> value->as.i64);
    }
    case PHYS_F64: {
        double cell = column->data.f64[index];
        if (isnan(cell) || isnan(value->as.f64))
            return ORDER_NONE;
        return order_of(cell<value->as.f64, cell> value->as.f64);
    }
    case PHYS_I128: {
        Int128 cell = column->data.i128[index];
        return order_of(cell<value->as.i128, cell> value->as.i128);
    }
    case PHYS_STR: {
        int order = str_compare(&column->data.str[index], &value->as.str);
        return order_of(order<0, order> 0);
    }
    case PHYS_NESTED: break;
    }
    assert(false && "nested values are never pushed down");
    return ORDER_NONE;
}

/* A bit for each Order under which the comparison is TRUE. */
static uint32_t accepted_orders(PredicateOp op)
{
    static const uint8_t accepted[] = {
        [PREDICATE_EQ] = 1 << ORDER_EQUAL,
        [PREDICATE_NE] = 1 << ORDER_LESS | 1 << ORDER_GREATER | 1 << ORDER_NONE,
        [PREDICATE_LT] = 1 << ORDER_LESS,
        [PREDICATE_LE] = 1 << ORDER_LESS | 1 << ORDER_EQUAL,
        [PREDICATE_GT] = 1 << ORDER_GREATER,
        [PREDICATE_GE] = 1 << ORDER_GREATER | 1 << ORDER_EQUAL,
    };
    assert((unsigned)op < sizeof accepted);
    return accepted[op];
}

bool comparison_holds(const Comparison *comparison, const Column *column, uint32_t row)
{
    bool null = column_is_null(column, row);
    if (comparison->op == PREDICATE_IS_NULL)
        return null;
    if (comparison->op == PREDICATE_IS_NOT_NULL)
        return !null;
    if (null || comparison->value.null)
        return false;
    Order order = order_cell(&comparison->value, column, column_index(column, row));
    return accepted_orders(comparison->op) >> order & 1;
}

/* A bit for each integer that is less, and for each that is greater. */
static uint64_t select_integers(const int64_t *cell, uint32_t count, int64_t value,
                                uint32_t accepted)
{
    uint64_t less = 0, greater = 0, all = count == 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
    for (uint32_t i = 0; i < count; i++) {
        less |= (uint64_t)(cell[i] < value) << i;
        greater |= (uint64_t)(cell[i] > value) << i;
    }
    return (accepted >> ORDER_LESS & 1 ? less : 0) | (accepted >> ORDER_GREATER & 1 ? greater : 0) |
           (accepted >> ORDER_EQUAL & 1 ? all & ~(less | greater) : 0);
}

uint64_t comparison_select(const Comparison *comparison, const Column *column, uint32_t first,
                           uint32_t count)
{
    assert(count <= 64 && !column->constant);
    uint64_t held = 0;
    bool order = comparison->op != PREDICATE_IS_NULL && comparison->op != PREDICATE_IS_NOT_NULL;
    if (order && !comparison->value.null && column->phys == PHYS_I64) {
        held = select_integers(column->data.i64 + first, count, comparison->value.as.i64,
                               accepted_orders(comparison->op));
        return column->valid == NULL ? held : held & bits_get64(column->valid, first, count);
    }
    for (uint32_t i = 0; i < count; i++)
        held |= (uint64_t)comparison_holds(comparison, column, first + i) << i;
    return held;
}

bool predicate_refuses(Predicate predicate, const Column *column, uint32_t row)
{
    for (uint32_t i = 0; i < predicate.count; i++) {
        const Column *of = &column[predicate.item[i].column];
        if (column_is_bad(of, row))
            return false;
        bool holds = comparison_holds(&predicate.item[i], of, row);
        if (i + 1 == predicate.count)
            return !holds; /* no branch on it */
        if (!holds)
            return true;
    }
    return false;
}
