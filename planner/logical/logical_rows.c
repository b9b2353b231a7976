/* Queries over constants, computed while a statement is bound: what a subquery gives that reads no
 * table. Each node's rows are made of those of its inputs. */
#include <assert.h>

#include "planner/logical/logical.h"

enum { COMPARED_ROWS = 1000 }; /* DISTINCT, INTERSECT and EXCEPT compare each with each */

typedef struct RowMaker {
    Arena *arena;
    bool known;
} RowMaker;

static Status make_rows(RowMaker *maker, const Logical *node, LogicalRows *out);

static Status give_up(RowMaker *maker)
{
    maker->known = false;
    return ST_OK;
}

static Status values_rows(RowMaker *maker, const Logical *node, LogicalRows *out)
{
    const PlanValues *values = &node->as.values;
    for (uint32_t i = 0; i < values->rows; i++)
        TRY_PUSH(&out->row, maker->arena, values->cell + (size_t)i * node->schema.count);
    return ST_OK;
}

/* The scalar over one row of the input. */
static Status compute(RowMaker *maker, const Scalar *scalar, Scalar *const *row, Scalar **out)
{
    TRY(scalar_replace_columns(maker->arena, scalar, row, out));
    TRY(scalar_fold(maker->arena, *out, out));
    if (!scalar_is_deterministic(*out))
        return give_up(maker);
    return ST_OK;
}

static Status project_rows(RowMaker *maker, const Logical *node, const LogicalRows *in,
                           LogicalRows *out)
{
    for (uint32_t i = 0; i < in->row.count; i++) {
        Scalar **row;
        TRY_NEW_ARRAY(row, maker->arena, node->schema.count);
        for (uint32_t c = 0; c < node->schema.count; c++)
            TRY(compute(maker, node->as.project[c], in->row.item[i], &row[c]));
        TRY_PUSH(&out->row, maker->arena, row);
    }
    return ST_OK;
}

static Status filter_rows(RowMaker *maker, const Logical *node, const LogicalRows *in,
                          LogicalRows *out)
{
    for (uint32_t i = 0; i < in->row.count; i++) {
        bool holds = true;
        for (uint32_t c = 0; holds && c < node->as.filter.conditions; c++) {
            Scalar *value;
            TRY(compute(maker, node->as.filter.condition[c], in->row.item[i], &value));
            if (!scalar_is_constant(value))
                return give_up(maker);
            holds = scalar_is_true(value);
        }
        if (holds)
            TRY_PUSH(&out->row, maker->arena, in->row.item[i]);
    }
    return ST_OK;
}

static Status limit_rows(RowMaker *maker, const PlanLimit *limit, const LogicalRows *in,
                         LogicalRows *out)
{
    for (uint32_t i = 0; i < in->row.count; i++) {
        if (i >= limit->offset && i - limit->offset < limit->count)
            TRY_PUSH(&out->row, maker->arena, in->row.item[i]);
    }
    return ST_OK;
}

/* --- what compares rows --- */

static bool can_compare(const LogicalRows *rows, uint32_t width)
{
    for (uint32_t i = 0; i < rows->row.count; i++) {
        for (uint32_t c = 0; c < width; c++) {
            if (!scalar_is_constant(rows->row.item[i][c]))
                return false;
        }
    }
    return rows->row.count <= COMPARED_ROWS;
}

static uint32_t count_equal(const LogicalRows *rows, uint32_t end, Scalar *const *row,
                            uint32_t width)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < end; i++) {
        uint32_t same = 0;
        while (same < width && scalar_equal(rows->row.item[i][same], row[same]))
            same++;
        count += same == width;
    }
    return count;
}

static Status set_rows(RowMaker *maker, const Logical *node, const PlanSetOperation *set,
                       const LogicalRows *first, const LogicalRows *second, LogicalRows *out)
{
    uint32_t width = node->schema.count;
    if (!can_compare(first, width) || !can_compare(second, width))
        return give_up(maker);
    for (uint32_t i = 0; i < first->row.count; i++) {
        Scalar *const *row = first->row.item[i];
        if (count_equal(first, i, row, width) > 0)
            continue; /* was there before */
        int64_t rows = plan_set_rows(set, count_equal(first, first->row.count, row, width),
                                     count_equal(second, second->row.count, row, width));
        for (int64_t n = 0; n < rows; n++)
            TRY_PUSH(&out->row, maker->arena, row);
    }
    return ST_OK;
}

/* DISTINCT: an EXCEPT of nothing. */
static Status distinct_rows(RowMaker *maker, const Logical *node, const LogicalRows *in,
                            LogicalRows *out)
{
    static const PlanSetOperation once = {.kind = SET_EXCEPT};
    LogicalRows none = {0};
    if (node->as.aggregate.calls > 0 || node->as.aggregate.keys < node->schema.count ||
        node->schema.count == 0)
        return give_up(maker);
    return set_rows(maker, node, &once, in, &none, out);
}

/* --- the walk; its depth is bounded by logical_make --- */

static Status union_rows(RowMaker *maker, const Logical *node, LogicalRows *out)
{
    for (uint32_t i = 0; i < node->inputs; i++)
        TRY(make_rows(maker, node->input[i], out));
    return ST_OK;
}

static Status make_rows(RowMaker *maker, const Logical *node, LogicalRows *out)
{
    LogicalRows in[2] = {0};
    if (node->kind == LOGICAL_UNION_ALL)
        return union_rows(maker, node, out);
    for (uint32_t i = 0; i < node->inputs; i++)
        TRY(make_rows(maker, node->input[i], &in[i]));
    if (!maker->known)
        return ST_OK;
    switch (node->kind) {
    case LOGICAL_VALUES: return values_rows(maker, node, out);
    case LOGICAL_PROJECT: return project_rows(maker, node, in, out);
    case LOGICAL_FILTER: return filter_rows(maker, node, in, out);
    case LOGICAL_LIMIT: return limit_rows(maker, &node->as.limit, in, out);
    case LOGICAL_AGGREGATE: return distinct_rows(maker, node, in, out);
    case LOGICAL_SET_OPERATION:
        return set_rows(maker, node, &node->as.set_operation, &in[0], &in[1], out);
    case LOGICAL_SCAN:
    case LOGICAL_WINDOW:
    case LOGICAL_UNNEST:
    case LOGICAL_OVER:
    case LOGICAL_RANK:
    case LOGICAL_SORT:
    case LOGICAL_UNION_ALL: break;
    }
    return give_up(maker);
}

static bool are_fixed(Scalar *const *scalar, size_t count)
{
    bool fixed = true;
    for (size_t i = 0; i < count && fixed; i++)
        fixed = scalar_is_fixed(scalar[i]);
    return fixed;
}

/* Depth is bounded by logical_make. */
bool logical_is_constant(const Logical *logical)
{
    bool constant = logical->kind != LOGICAL_SCAN;
    if (logical->kind == LOGICAL_VALUES)
        constant = are_fixed(logical->as.values.cell,
                             (size_t)logical->as.values.rows * logical->schema.count);
    if (logical->kind == LOGICAL_PROJECT)
        constant = are_fixed(logical->as.project, logical->schema.count);
    if (logical->kind == LOGICAL_FILTER)
        constant = are_fixed(logical->as.filter.condition, logical->as.filter.conditions);
    for (uint32_t i = 0; i < logical->inputs && constant; i++)
        constant = logical_is_constant(logical->input[i]);
    return constant;
}

Status logical_rows(Arena *arena, const Logical *logical, LogicalRows *out, bool *known)
{
    RowMaker maker = {arena, true};
    *out = (LogicalRows){0};
    TRY(make_rows(&maker, logical, out));
    *known = maker.known;
    return ST_OK;
}
