/* Scalars -> steps. Each scalar is compiled under a selection; the memo says which register already
 * holds it. A value computed for a selection also serves all parts of that selection, so a memo
 * entry fits when its selection is the wanted one or an ancestor of it. Equal scalars share a
 * register; of RAND and the like, which are another value at each call, only what is one call of
 * the text (the x of x BETWEEN a AND b, which the plan has twice). */
#include <assert.h>

#include "executor/expr/step.h"
#include "storage/data/nested.h"

enum { MEMO_BUCKETS = 512 };

typedef struct MemoEntry {
    const Scalar *scalar;
    uint32_t next; /* in the bucket: index + 1; 0: none */
    uint16_t reg, sel;
} MemoEntry;

typedef struct Compiler {
    Program *program;
    Arena *arena;
    VEC(MemoEntry) memo;
    uint32_t bucket[MEMO_BUCKETS]; /* by Scalar.hash: index + 1 of the newest entry */
} Compiler;

static Status compile(Compiler *c, const Scalar *s, uint16_t sel, uint16_t *reg);

static bool selection_within(const Program *p, uint16_t sel, uint16_t outer)
{
    while (sel > outer)
        sel = p->selection.item[sel].parent;
    return sel == outer;
}

static bool is_volatile_call(const Scalar *s)
{
    return s->kind == SCALAR_CALL && s->as.call.site != NULL;
}

static bool same_value(const Scalar *a, const Scalar *b)
{
    if (is_volatile_call(a) || is_volatile_call(b))
        return is_volatile_call(a) && is_volatile_call(b) && a->as.call.site == b->as.call.site;
    return scalar_equal(a, b);
}

static const MemoEntry *memo_find(const Compiler *c, const Scalar *s, uint16_t sel)
{
    for (uint32_t at = c->bucket[s->hash % MEMO_BUCKETS]; at != 0; at = c->memo.item[at - 1].next) {
        const MemoEntry *entry = &c->memo.item[at - 1];
        if (same_value(entry->scalar, s) && selection_within(c->program, sel, entry->sel))
            return entry;
    }
    return NULL;
}

static Status memo_add(Compiler *c, const Scalar *s, uint16_t reg, uint16_t sel)
{
    uint32_t *bucket = &c->bucket[s->hash % MEMO_BUCKETS];
    MemoEntry entry = {.scalar = s, .next = *bucket, .reg = reg, .sel = sel};
    TRY_PUSH(&c->memo, c->arena, entry);
    *bucket = c->memo.count;
    return ST_OK;
}

/* Registers and selections are numbered in 16 bits; a statement is bounded far below. */
static Status new_register(Compiler *c, PhysType phys, uint32_t rows, uint16_t *reg)
{
    Column column;
    if (c->program->reg.count >= UINT16_MAX)
        return ST_LIMIT;
    TRY(column_make(c->arena, phys, rows, &column));
    TRY(column_need_valid(c->arena, &column, rows));
    *reg = (uint16_t)c->program->reg.count;
    TRY_PUSH(&c->program->reg, c->arena, column);
    TRY_PUSH(&c->program->bitmap, c->arena, column.valid);
    return ST_OK;
}

/* A register that STEP_COPY fills. */
static Status new_target(Compiler *c, const Type *type, uint16_t *reg)
{
    TRY(new_register(c, type_phys((TypeId)type->id), BATCH_ROWS, reg));
    NestedTarget target = {*reg, type};
    if (type_is_nested(type))
        TRY_PUSH(&c->program->nested, c->arena, target);
    return ST_OK;
}

static Status new_selection(Compiler *c, uint16_t parent, uint16_t *sel)
{
    Selection selection = {.parent = parent};
    if (c->program->selection.count >= UINT16_MAX)
        return ST_LIMIT;
    TRY_NEW_ARRAY(selection.memory, c->arena, BATCH_ROWS);
    *sel = (uint16_t)c->program->selection.count;
    TRY_PUSH(&c->program->selection, c->arena, selection);
    return ST_OK;
}

static Status add_step(Compiler *c, StepKind kind, uint16_t out, uint16_t sel, uint16_t arg)
{
    uint16_t *args = arena_copy(c->arena, &arg, sizeof arg);
    if (args == NULL)
        return ST_NOMEM;
    Step step = {.kind = kind, .out = out, .sel = sel, .args = 1, .arg = args};
    TRY_PUSH(&c->program->step, c->arena, step);
    return ST_OK;
}

static Status narrow(Compiler *c, StepKind kind, uint16_t sel, uint16_t reg, uint16_t *narrowed)
{
    TRY(new_selection(c, sel, narrowed));
    return add_step(c, kind, *narrowed, sel, reg);
}

static Status compile_constant(Compiler *c, const Scalar *s, uint16_t *reg)
{
    TRY(new_register(c, type_phys((TypeId)s->type.id), 1, reg));
    Column *column = &c->program->reg.item[*reg];
    column->constant = true;
    const Value *value = &s->as.constant;
    if (type_is_nested(&s->type)) { /* a NULL: constants are not nested else */
        TRY(column_make_typed(c->arena, &s->type, 1, column));
        column->constant = true;
        c->program->bitmap.item[*reg] = column->valid;
    }
    if (value->null) {
        bit_clear(column->valid, 0);
        return ST_OK;
    }
    column->valid = NULL;
    switch (column->phys) {
    case PHYS_BOOL: column->data.b[0] = value->as.b; break;
    case PHYS_I64: column->data.i64[0] = value->as.i64; break;
    case PHYS_F64: column->data.f64[0] = value->as.f64; break;
    case PHYS_I128: column->data.i128[0] = value->as.i128; break;
    case PHYS_STR: return str_copy(c->arena, &value->as.str, &column->data.str[0]);
    case PHYS_NESTED: break;
    }
    return ST_OK;
}

static Status compile_call(Compiler *c, const Scalar *s, uint16_t sel, uint16_t *reg)
{
    Step step = {.kind = STEP_CALL, .sel = sel, .args = (uint16_t)s->args, .call = s};
    uint16_t *args;
    Type *types;
    TRY_NEW_ARRAY(args, c->arena, s->args);
    TRY_NEW_ARRAY(types, c->arena, s->args);
    for (uint32_t i = 0; i < s->args; i++) {
        TRY(compile(c, s->arg[i], sel, &args[i]));
        types[i] = s->arg[i]->type;
    }
    TRY(new_register(c, type_phys((TypeId)s->type.id), BATCH_ROWS, reg));
    step.out = *reg;
    step.arg = args;
    step.arg_type = types;
    TRY_PUSH(&c->program->step, c->arena, step);
    return ST_OK;
}

static bool reads_strings(const Scalar *s)
{
    PhysType phys = type_phys((TypeId)s->type.id);
    if (phys == PHYS_STR || phys == PHYS_NESTED)
        return true;
    for (uint32_t i = 0; i < s->args; i++) {
        if (reads_strings(s->arg[i]))
            return true;
    }
    return false;
}

/* An argument whose computing for a row is seen: it can fail, takes a random number, or costs. */
static bool must_be_guarded(const Scalar *s)
{
    return scalar_can_fail(s) || (s->flags & FN_VOLATILE) != 0 || reads_strings(s);
}

/* AND, OR: each argument after the first sees only the rows that are still open, unless it is cheap
 * and cannot fail: then one branch-free pass over all rows costs less than the narrowing. */
static Status compile_logic(Compiler *c, const Scalar *s, uint16_t sel, uint16_t *reg)
{
    bool and = s->kind == SCALAR_AND;
    uint16_t arg;
    TRY(compile(c, s->arg[0], sel, &arg));
    TRY(new_register(c, PHYS_BOOL, BATCH_ROWS, reg));
    TRY(add_step(c, STEP_COPY, *reg, sel, arg));
    uint16_t open = sel;
    for (uint32_t i = 1; i < s->args; i++) {
        if (must_be_guarded(s->arg[i]))
            TRY(narrow(c, and? STEP_SELECT_NOT_FALSE : STEP_SELECT_NOT_TRUE, open, *reg, &open));
        TRY(compile(c, s->arg[i], open, &arg));
        TRY(add_step(c, and? STEP_AND : STEP_OR, *reg, open, arg));
    }
    return ST_OK;
}

static Status compile_case(Compiler *c, const Scalar *s, uint16_t sel, uint16_t *reg)
{
    uint16_t rest = sel, taken, condition, value;
    TRY(new_target(c, &s->type, reg));
    for (uint32_t i = 0; i + 1 < s->args; i += 2) {
        TRY(compile(c, s->arg[i], rest, &condition));
        TRY(narrow(c, STEP_SELECT_TRUE, rest, condition, &taken));
        TRY(compile(c, s->arg[i + 1], taken, &value));
        TRY(add_step(c, STEP_COPY, *reg, taken, value));
        TRY(narrow(c, STEP_SELECT_NOT_TRUE, rest, condition, &rest));
    }
    TRY(compile(c, s->arg[s->args - 1], rest, &value));
    return add_step(c, STEP_COPY, *reg, rest, value);
}

static Status compile_coalesce(Compiler *c, const Scalar *s, uint16_t sel, uint16_t *reg)
{
    uint16_t rest = sel, value;
    TRY(new_target(c, &s->type, reg));
    for (uint32_t i = 0; i < s->args; i++) {
        TRY(compile(c, s->arg[i], rest, &value));
        TRY(add_step(c, STEP_COPY, *reg, rest, value));
        if (i + 1 < s->args)
            TRY(narrow(c, STEP_SELECT_NULL, rest, *reg, &rest));
    }
    return ST_OK;
}

/* Recursion is bounded by LIMIT_EXPR_DEPTH, which scalars cannot exceed. */
static Status compile(Compiler *c, const Scalar *s, uint16_t sel, uint16_t *reg)
{
    if (s->kind == SCALAR_COLUMN) {
        assert(s->as.column < c->program->columns);
        *reg = (uint16_t)s->as.column;
        return ST_OK;
    }
    bool shareable =
        scalar_is_deterministic(s) || s->kind == SCALAR_CONSTANT || is_volatile_call(s);
    const MemoEntry *known = shareable ? memo_find(c, s, sel) : NULL;
    if (known != NULL) {
        *reg = known->reg;
        return ST_OK;
    }
    switch (s->kind) {
    case SCALAR_COLUMN: break;
    case SCALAR_CONSTANT: TRY(compile_constant(c, s, reg)); break;
    case SCALAR_CALL: TRY(compile_call(c, s, sel, reg)); break;
    case SCALAR_AND:
    case SCALAR_OR: TRY(compile_logic(c, s, sel, reg)); break;
    case SCALAR_CASE: TRY(compile_case(c, s, sel, reg)); break;
    case SCALAR_COALESCE: TRY(compile_coalesce(c, s, sel, reg)); break;
    }
    if (!shareable)
        return ST_OK;
    /* A constant is there for all rows. */
    return memo_add(c, s, *reg, s->kind == SCALAR_CONSTANT ? 0 : sel);
}

/* The conjuncts of a filter one after the other, each under what the former let through. */
static Status compile_filter(Compiler *c, const Scalar *s)
{
    if (s->kind == SCALAR_AND) {
        for (uint32_t i = 0; i < s->args; i++)
            TRY(compile_filter(c, s->arg[i]));
        return ST_OK;
    }
    uint16_t reg;
    TRY(compile(c, s, c->program->filter, &reg));
    return narrow(c, STEP_SELECT_TRUE, c->program->filter, reg, &c->program->filter);
}

static Status build(Program *p, Scalar *const *scalar, uint32_t count, uint32_t columns,
                    bool filter)
{
    Compiler c = {.program = p, .arena = &p->arena};
    p->columns = columns;
    TRY_NEW_ARRAY(p->result, &p->arena, count);
    TRY_NEW_ARRAY(p->errors.item, &p->arena, BATCH_ROWS);
    for (uint32_t i = 0; i < columns; i++) {
        Column empty = {0};
        TRY_PUSH(&p->reg, &p->arena, empty);
        TRY_PUSH(&p->bitmap, &p->arena, NULL);
    }
    Selection all = {0};
    TRY_PUSH(&p->selection, &p->arena, all);
    if (filter) {
        for (uint32_t i = 0; i < count; i++)
            TRY(compile_filter(&c, scalar[i]));
        return ST_OK;
    }
    for (uint32_t i = 0; i < count; i++)
        TRY(compile(&c, scalar[i], 0, &p->result[i]));
    p->results = count;
    return ST_OK;
}

static Status make_program(Meter *meter, Scalar *const *scalar, uint32_t count, uint32_t columns,
                           bool filter, Program **out)
{
    Program *p = mem_alloc_zeroed(meter, sizeof *p);
    if (p == NULL)
        return ST_NOMEM;
    p->meter = meter;
    arena_init(&p->arena, meter);
    arena_init(&p->scratch, meter);
    Status status = build(p, scalar, count, columns, filter);
    if (status != ST_OK) {
        program_close(p);
        return status;
    }
    *out = p;
    return ST_OK;
}

Status program_compile(Meter *meter, Scalar *const *scalar, uint32_t count, uint32_t columns,
                       Program **out)
{
    return make_program(meter, scalar, count, columns, false, out);
}

Status program_compile_filter(Meter *meter, Scalar *const *scalar, uint32_t count, uint32_t columns,
                              Program **out)
{
    return make_program(meter, scalar, count, columns, true, out);
}

void program_close(Program *p)
{
    if (p == NULL)
        return;
    arena_close(&p->arena);
    arena_close(&p->scratch);
    mem_free(p->meter, p, sizeof *p);
}
