#include "executor/plan/scalar.h"

#include <assert.h>

#include "executor/expr/program.h"
#include "storage/base/hash.h"
#include "storage/base/limits.h"

/* --- what a node knows about the tree below it --- */

enum { INHERITED_FLAGS = FN_FALLIBLE | FN_VOLATILE | FN_CLOCK | FN_WATERMARK };

static uint64_t hash_value(const Value *value)
{
    if (value->null)
        return 1;
    switch (type_phys((TypeId)value->type.id)) {
    case PHYS_BOOL: return value->as.b;
    case PHYS_I64: return (uint64_t)value->as.i64;
    case PHYS_F64: return hash_bytes(&value->as.f64, sizeof value->as.f64, 0);
    case PHYS_I128: return hash_bytes(&value->as.i128, sizeof value->as.i128, 0);
    case PHYS_STR: return hash_bytes(str_bytes(&value->as.str), value->as.str.size, 0);
    case PHYS_NESTED: return 0;
    }
    return 0;
}

static uint64_t hash_node(const Scalar *s)
{
    uint64_t hash = hash_u64((uint64_t)s->kind << 32 | s->type.id, s->args);
    if (s->kind == SCALAR_COLUMN)
        hash = hash_u64(s->as.column, hash);
    if (s->kind == SCALAR_CONSTANT)
        hash = hash_u64(hash_value(&s->as.constant), hash);
    if (s->kind == SCALAR_CALL)
        hash = hash_u64((uint64_t)(uintptr_t)s->as.call.def, hash);
    for (uint32_t i = 0; i < s->args; i++)
        hash = hash_u64(s->arg[i]->hash, hash);
    return hash;
}

/* To be called when a node has got its arguments. A shared subtree counts as often as it stands in
 * the tree: who walks a scalar meets it so often. */
static Status settle(Scalar *s)
{
    uint32_t depth = 0;
    uint64_t size = 1;
    s->flags = s->kind == SCALAR_CALL ? s->as.call.def->flags & INHERITED_FLAGS : 0;
    for (uint32_t i = 0; i < s->args; i++) {
        const Scalar *arg = s->arg[i];
        depth = arg->depth > depth ? arg->depth : depth;
        size += arg->size;
        s->flags |= arg->flags;
    }
    if (depth >= LIMIT_EXPR_DEPTH || size > LIMIT_EXPR_SIZE)
        return ST_LIMIT;
    s->depth = (uint16_t)(depth + 1);
    s->size = (uint32_t)size;
    s->hash = hash_node(s);
    return ST_OK;
}

/* --- makers --- */

static Status make(Arena *arena, ScalarKind kind, Type type, Scalar *const *arg, uint32_t args,
                   Scalar **out)
{
    Scalar *s;
    TRY_NEW(s, arena);
    s->kind = kind;
    s->type = type;
    s->args = args;
    if (args > 0) {
        s->arg = arena_copy(arena, arg, args * sizeof *arg);
        if (s->arg == NULL)
            return ST_NOMEM;
    }
    *out = s;
    return ST_OK;
}

Status scalar_column(Arena *arena, uint32_t column, Type type, Scalar **out)
{
    TRY(make(arena, SCALAR_COLUMN, type, NULL, 0, out));
    (*out)->as.column = column;
    return settle(*out);
}

Status scalar_constant(Arena *arena, const Value *value, Scalar **out)
{
    TRY(make(arena, SCALAR_CONSTANT, value->type, NULL, 0, out));
    (*out)->as.constant = *value;
    (*out)->type.nullable = value->null;
    if (!value->null && type_phys((TypeId)value->type.id) == PHYS_STR)
        TRY(str_copy(arena, &value->as.str, &(*out)->as.constant.as.str));
    return settle(*out);
}

Status scalar_call(Arena *arena, const FunctionCall *call, Scalar *const *arg, Scalar **out)
{
    TRY(make(arena, SCALAR_CALL, call->result, arg, call->args, out));
    (*out)->as.call.def = call->def;
    (*out)->as.call.kernel = call->kernel;
    (*out)->as.call.data = call->data;
    if ((call->def->flags & FN_VOLATILE) != 0)
        (*out)->as.call.site = *out;
    return settle(*out);
}

Status scalar_branch(Arena *arena, ScalarKind kind, Type type, Scalar *const *arg, uint32_t args,
                     Scalar **out)
{
    assert(kind >= SCALAR_AND);
    TRY(make(arena, kind, type, arg, args, out));
    return settle(*out);
}

/* A bare NULL becomes the NULL of the type; a cast of another constant is computed at once. */
Status scalar_cast(Arena *arena, Scalar *arg, Type to, bool try_cast, Span span, Scalar **out,
                   Diag *diag)
{
    if (arg->type.id == TYPE_NULL && scalar_is_constant(arg)) {
        Value null = {.type = to, .null = true};
        TRY(scalar_constant(arena, &null, out));
        (*out)->span = arg->span;
        return ST_OK;
    }
    if (cast_is_identity(&arg->type, &to) && arg->type.id == to.id &&
        type_equal_but_null(&arg->type, &to)) {
        *out = arg;
        return ST_OK;
    }
    FunctionCall call = {0};
    TRY(cast_bind(&arg->type, &to, try_cast, &call, arena, span, diag));
    TRY(scalar_call(arena, &call, &arg, out));
    (*out)->span = span;
    return scalar_is_constant(arg) ? scalar_fold(arena, *out, out) : ST_OK;
}

Status scalar_apply(Arena *arena, const char *name, Scalar *const *arg, uint32_t args, Span span,
                    Scalar **out, Diag *diag)
{
    Type *types;
    const Value **constants;
    Scalar **coerced;
    TRY_NEW_ARRAY(types, arena, args);
    TRY_NEW_ARRAY(constants, arena, args);
    TRY_NEW_ARRAY(coerced, arena, args);
    for (uint32_t i = 0; i < args; i++) {
        types[i] = arg[i]->type;
        constants[i] = scalar_is_constant(arg[i]) ? &arg[i]->as.constant : NULL;
    }
    FunctionCall call = {.args = args, .arg = types, .constant = constants};
    TRY(function_bind(text_of(name), &call, arena, span, diag));
    for (uint32_t i = 0; i < args; i++) {
        coerced[i] = arg[i];
        if (types[i].id != TYPE_NULL && !type_equal_but_null(&arg[i]->type, &types[i]))
            TRY(scalar_cast(arena, arg[i], types[i], false, arg[i]->span, &coerced[i], diag));
    }
    TRY(scalar_call(arena, &call, coerced, out));
    (*out)->span = span;
    return ST_OK;
}

/* Recursion here and below is bounded: settle refuses trees that are too deep or too large. */
bool scalar_equal(const Scalar *a, const Scalar *b)
{
    if (a == b)
        return true;
    if (a->hash != b->hash || a->kind != b->kind || a->args != b->args ||
        !type_equal_but_null(&a->type, &b->type))
        return false;
    if (a->kind == SCALAR_COLUMN && a->as.column != b->as.column)
        return false;
    if (a->kind == SCALAR_CONSTANT)
        return value_equal(&a->as.constant, &b->as.constant);
    if (a->kind == SCALAR_CALL &&
        (a->as.call.def != b->as.call.def || a->as.call.kernel != b->as.call.kernel))
        return false;
    for (uint32_t i = 0; i < a->args; i++) {
        if (!scalar_equal(a->arg[i], b->arg[i]))
            return false;
    }
    return true;
}

bool scalar_is_constant(const Scalar *s)
{
    return s->kind == SCALAR_CONSTANT;
}

bool scalar_is_true(const Scalar *s)
{
    return s->kind == SCALAR_CONSTANT && s->type.id == TYPE_BOOLEAN && !s->as.constant.null &&
           s->as.constant.as.b;
}

bool scalar_is_deterministic(const Scalar *s)
{
    return (s->flags & (FN_VOLATILE | FN_CLOCK)) == 0;
}

bool scalar_can_fail(const Scalar *s)
{
    return (s->flags & FN_FALLIBLE) != 0;
}

void scalar_mark_columns(const Scalar *s, bool *used)
{
    if (s->kind == SCALAR_COLUMN)
        used[s->as.column] = true;
    for (uint32_t i = 0; i < s->args; i++)
        scalar_mark_columns(s->arg[i], used);
}

Status scalar_replace(Arena *arena, const Scalar *s, ScalarFind *find, void *context, Scalar **out)
{
    *out = NULL;
    TRY(find(context, s, out));
    if (*out != NULL)
        return ST_OK;
    Scalar *copy = arena_copy(arena, s, sizeof *s);
    if (copy == NULL)
        return ST_NOMEM;
    if (s->args > 0) {
        Scalar **arg;
        TRY_NEW_ARRAY(arg, arena, s->args);
        for (uint32_t i = 0; i < s->args; i++)
            TRY(scalar_replace(arena, s->arg[i], find, context, &arg[i]));
        copy->arg = arg;
    }
    *out = copy;
    return settle(copy);
}

static Status find_column(void *context, const Scalar *s, Scalar **out)
{
    Scalar *const *with = context;
    if (s->kind != SCALAR_COLUMN)
        return ST_OK;
    assert(with[s->as.column] != NULL);
    *out = with[s->as.column];
    return ST_OK;
}

Status scalar_replace_columns(Arena *arena, const Scalar *s, Scalar *const *with, Scalar **out)
{
    return scalar_replace(arena, s, find_column, (void *)(uintptr_t)with, out);
}

Status scalar_renumber_columns(Arena *arena, const Scalar *s, uint32_t from, const uint32_t *to,
                               Scalar **out)
{
    Scalar *copy = arena_copy(arena, s, sizeof *s);
    if (copy == NULL)
        return ST_NOMEM;
    if (s->kind == SCALAR_COLUMN && s->as.column >= from)
        copy->as.column = to[s->as.column - from];
    if (s->args > 0) {
        Scalar **arg;
        TRY_NEW_ARRAY(arg, arena, s->args);
        for (uint32_t i = 0; i < s->args; i++)
            TRY(scalar_renumber_columns(arena, s->arg[i], from, to, &arg[i]));
        copy->arg = arg;
    }
    *out = copy;
    return settle(copy);
}

/* Runs a call of constants on one row; a failed row leaves the tree as it was. */
static Status fold_call(Arena *arena, Scalar *s, Scalar **out)
{
    Program *program;
    TRY(program_compile(NULL, &s, 1, 0, &program));
    Batch one = {.rows = 1, .selected = 1};
    EvalContext context = {0};
    Column result;
    Status status = program_run(program, &one, &context, &result);
    if (status == ST_OK && program_errors(program)->count == 0) {
        Value value = {.type = s->type, .null = column_is_null(&result, 0)};
        if (!value.null) {
            switch (result.phys) {
            case PHYS_BOOL: value.as.b = result.data.b[0] != 0; break;
            case PHYS_I64: value.as.i64 = result.data.i64[0]; break;
            case PHYS_F64: value.as.f64 = result.data.f64[0]; break;
            case PHYS_I128: value.as.i128 = result.data.i128[0]; break;
            case PHYS_STR: value.as.str = result.data.str[0]; break;
            case PHYS_NESTED: break;
            }
        }
        if (result.phys != PHYS_NESTED || value.null) { /* else it is computed, once a batch */
            status = scalar_constant(arena, &value, out);
            if (status == ST_OK) { /* the type stays as declared, also where the value says more */
                (*out)->span = s->span;
                (*out)->type.nullable = s->type.nullable;
            }
        }
    }
    program_close(program);
    return status;
}

/* Also inside a nested value. */
static bool has_instant(const Type *type)
{
    bool has = type->id == TYPE_TIMESTAMP_LTZ;
    for (uint32_t i = 0; i < type->children && !has; i++)
        has = has_instant(&type->child[i].type);
    return has;
}

/* What a TIMESTAMP_LTZ is as text or date depends on the time zone of the job that runs it. */
static bool needs_zone(const Scalar *s)
{
    bool needs = has_instant(&s->type);
    if (s->kind == SCALAR_CALL && (s->as.call.def->flags & FN_ZONE) != 0)
        needs = true;
    for (uint32_t i = 0; i < s->args; i++)
        needs = needs || has_instant(&s->arg[i]->type);
    return needs;
}

bool scalar_is_fixed(const Scalar *s)
{
    bool fixed = scalar_is_deterministic(s) && !needs_zone(s);
    for (uint32_t i = 0; i < s->args && fixed; i++)
        fixed = scalar_is_fixed(s->arg[i]);
    return fixed;
}

Status scalar_fold(Arena *arena, Scalar *s, Scalar **out)
{
    *out = s;
    if (s->args == 0 && s->kind != SCALAR_CALL)
        return ST_OK;
    Scalar **arg;
    TRY_NEW_ARRAY(arg, arena, s->args);
    bool all_constant = true, changed = false;
    for (uint32_t i = 0; i < s->args; i++) {
        TRY(scalar_fold(arena, s->arg[i], &arg[i]));
        all_constant = all_constant && scalar_is_constant(arg[i]);
        changed = changed || arg[i] != s->arg[i];
    }
    if (changed) {
        Scalar *copy = arena_copy(arena, s, sizeof *s);
        if (copy == NULL)
            return ST_NOMEM;
        copy->arg = arg;
        s = *out = copy;
        TRY(settle(copy));
    }
    if (!all_constant || !scalar_is_deterministic(s) || needs_zone(s))
        return ST_OK;
    return fold_call(arena, s, out);
}
