/* Which fields of the ROWs in an ARRAY a plan reads: by index and field, a[1].f, or as columns of
 * an Unnest. What is not seen to read a field alone reads all of them. How many elements there are,
 * and which of them are NULL, is always known. */
#include "planner/lower/lower.h"

/* What is read of a value. The elements of an ARRAY have the one of the ARRAY. */
typedef struct Reading Reading;
struct Reading {
    bool read, whole; /* something of it, all of it */
    Reading *field;   /* of the ROW that it is, or its elements are; NULL: none was looked at */
};

typedef struct Walk {
    const PlanReaders *readers;
    Arena *arena;
    uint32_t steps; /* left: a plan in which ways branch and meet again is not worth it */
} Walk;

enum { WALK_STEPS = 20000 };

Status find_readers(Arena *arena, const Plan *plan, PlanReaders *out)
{
    TRY_NEW_ARRAY(out->of, arena, plan->nodes);
    for (uint32_t i = 0; i < plan->nodes; i++) {
        const PlanNode *node = plan->node[i];
        for (uint32_t in = 0; in < node->inputs; in++)
            TRY_PUSH(&out->of[node->input[in]->id], arena, node);
    }
    return ST_OK;
}

/* The ROW that the type is, or the elements of which are. */
static const Type *row_of(const Type *type)
{
    while (type->id == TYPE_ARRAY)
        type = &type->child[0].type;
    return type->id == TYPE_ROW ? type : NULL;
}

static void read_whole(Reading *use)
{
    use->read = use->whole = true;
}

static Status field_use(Walk *walk, Reading *use, const Type *row, uint32_t field, Reading **out)
{
    if (use->field == NULL)
        TRY_NEW_ARRAY(use->field, walk->arena, row->children);
    *out = &use->field[field];
    return ST_OK;
}

/* --- scalars --- */

static bool is_call(const Scalar *s, const char *name)
{
    return s->kind == SCALAR_CALL && strcmp(s->as.call.def->name, name) == 0;
}

static bool same_leaf(const Scalar *s, const Scalar *leaf)
{
    for (; is_call(s, "$FIELD") && is_call(leaf, "$FIELD"); s = s->arg[0], leaf = leaf->arg[0]) {
        if (s->arg[1]->as.constant.as.i64 != leaf->arg[1]->as.constant.as.i64)
            return false;
    }
    return s->kind == SCALAR_COLUMN && leaf->kind == SCALAR_COLUMN &&
           s->as.column == leaf->as.column;
}

/* What stands for a part of the leaf, by fields and indices; NULL when it is none. Depth is bounded
 * by the makers of scalars, here and below. */
static Status part_use(Walk *walk, const Scalar *s, const Scalar *leaf, Reading *use, Reading **out)
{
    *out = NULL;
    if (same_leaf(s, leaf)) {
        *out = use;
        return ST_OK;
    }
    bool field = is_call(s, "$FIELD");
    if (!field && !(is_call(s, "$ITEM") && s->arg[0]->type.id == TYPE_ARRAY))
        return ST_OK;
    TRY(part_use(walk, s->arg[0], leaf, use, out));
    if (*out == NULL || !field)
        return ST_OK;
    return field_use(walk, *out, &s->arg[0]->type, (uint32_t)s->arg[1]->as.constant.as.i64, out);
}

static Status mark_scalar(Walk *walk, const Scalar *s, const Scalar *leaf, Reading *use);

/* The indices on the way to a part. */
static Status mark_indices(Walk *walk, const Scalar *s, const Scalar *leaf, Reading *use)
{
    for (; !same_leaf(s, leaf); s = s->arg[0]) {
        if (is_call(s, "$ITEM"))
            TRY(mark_scalar(walk, s->arg[1], leaf, use));
    }
    return ST_OK;
}

/* It tells nothing of what is in its argument. */
static bool reads_outside(const Scalar *s)
{
    return is_call(s, "CARDINALITY") || is_call(s, "IS NULL") || is_call(s, "IS NOT NULL");
}

static Status mark_scalar(Walk *walk, const Scalar *s, const Scalar *leaf, Reading *use)
{
    bool outside = reads_outside(s);
    const Scalar *part = outside ? s->arg[0] : s;
    Reading *of;
    TRY(part_use(walk, part, leaf, use, &of));
    if (of != NULL) {
        of->read = true;
        of->whole = of->whole || !outside;
        return mark_indices(walk, part, leaf, use);
    }
    for (uint32_t i = 0; i < s->args; i++)
        TRY(mark_scalar(walk, s->arg[i], leaf, use));
    return ST_OK;
}

/* --- nodes --- */

static Status mark_output(Walk *walk, const PlanNode *node, uint32_t column, Reading *use);

static Status mark_calc(Walk *walk, const PlanNode *node, const Scalar *leaf, Reading *use)
{
    const PlanCalc *calc = &node->as.calc;
    for (uint32_t i = 0; i < calc->conditions; i++)
        TRY(mark_scalar(walk, calc->condition[i], leaf, use));
    for (uint32_t i = 0; i < node->schema.count; i++) {
        Reading *of;
        TRY(part_use(walk, calc->project[i], leaf, use, &of));
        if (of == NULL) {
            TRY(mark_scalar(walk, calc->project[i], leaf, use));
            continue;
        }
        TRY(mark_indices(walk, calc->project[i], leaf, use));
        TRY(mark_output(walk, node, i, of));
    }
    return ST_OK;
}

static Status mark_unnest(Walk *walk, const PlanNode *node, uint32_t column, Reading *use)
{
    uint32_t last = node->input[0]->schema.count - 1;
    const Type *type = &node->input[0]->schema.field[column].type;
    if (column != last)
        return mark_output(walk, node, column, use);
    if (type->id != TYPE_ARRAY) {
        read_whole(use);
        return ST_OK;
    }
    const Type *element = &type->child[0].type;
    use->read = true;
    if (element->id != TYPE_ROW)
        return mark_output(walk, node, last, use);
    for (uint32_t i = 0; i < element->children; i++) {
        Reading *of;
        TRY(field_use(walk, use, element, i, &of));
        TRY(mark_output(walk, node, last + i, of));
    }
    return ST_OK;
}

/* What those read who read the node's column. Recursion is as deep as the plan. */
static Status mark_output(Walk *walk, const PlanNode *node, uint32_t column, Reading *use)
{
    const PlanNodes *readers = &walk->readers->of[node->id];
    Scalar *leaf;
    if (walk->steps == 0)
        read_whole(use);
    if (use->whole)
        return ST_OK;
    walk->steps--;
    TRY(scalar_column(walk->arena, column, node->schema.field[column].type, &leaf));
    if (node->kind == PLAN_UNNEST && node->as.unnest.condition != NULL)
        TRY(mark_scalar(walk, node->as.unnest.condition, leaf, use));
    for (uint32_t i = 0; i < readers->count; i++) {
        const PlanNode *reader = readers->item[i];
        if (reader->kind == PLAN_CALC)
            TRY(mark_calc(walk, reader, leaf, use));
        else if (reader->kind == PLAN_UNNEST)
            TRY(mark_unnest(walk, reader, column, use));
        else
            read_whole(use);
    }
    return ST_OK;
}

/* --- the type --- */

/* Recursion is as deep as the type is nested, here and below. */
static bool is_read(const Reading *use, const Type *type)
{
    const Type *row = row_of(type);
    bool read = use->read || use->whole;
    for (uint32_t i = 0; use->field != NULL && i < row->children && !read; i++)
        read = is_read(&use->field[i], &row->child[i].type);
    return read;
}

static Status mark_unread(Walk *walk, const Reading *use, Type *type, bool *partly)
{
    if (use->whole || row_of(type) == NULL)
        return ST_OK;
    static const Reading none;
    TypeField *child = arena_copy(walk->arena, type->child, type->children * sizeof *child);
    if (child == NULL)
        return ST_NOMEM;
    type->child = child;
    for (uint32_t i = 0; i < type->children; i++) {
        const Reading *of = type->id == TYPE_ARRAY ? use
                            : use->field == NULL   ? &none
                                                   : &use->field[i];
        child[i].type.unread = type->id == TYPE_ROW && !is_read(of, &child[i].type);
        *partly = *partly || child[i].type.unread;
        if (!child[i].type.unread)
            TRY(mark_unread(walk, of, &child[i].type, partly));
    }
    return ST_OK;
}

Status read_elements(const PlanReaders *readers, const PlanNode *calc, const Scalar *leaf,
                     Arena *arena, Type *type, bool *partly)
{
    Walk walk = {.readers = readers, .arena = arena, .steps = WALK_STEPS};
    Reading use = {0};
    *partly = false;
    if (type->id != TYPE_ARRAY || row_of(type) == NULL || calc == NULL)
        return ST_OK;
    TRY(mark_calc(&walk, calc, leaf, &use));
    return mark_unread(&walk, &use, type, partly);
}
