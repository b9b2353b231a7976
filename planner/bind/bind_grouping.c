/* What GROUP BY is by: keys, and with GROUPING SETS, ROLLUP and CUBE sets of them. Items multiply:
 * each set is made of one set of every item. A set is a word of bits, one for each key.
 *
 * A set's number says which keys it lacks, the first key in the highest bit, and above the keys how
 * many equal sets come before it. So the numbers tell rows of different sets apart that look alike,
 * and GROUPING, GROUPING_ID and GROUP_ID are taken from them. */
#include <assert.h>

#include "planner/bind/bind_group.h"
#include "storage/base/limits.h"

/* --- keys --- */

/* The keys of a window; which columns they are is known when its node is made. */
static Status add_window(Grouping *grouping, const Expr *expr)
{
    Binder *binder = grouping->binder;
    if (grouping->window != NULL && ast_equal_expr(grouping->window->expr, expr))
        return ST_OK;
    if (grouping->window != NULL)
        return diag_error(binder->diag, E2117, expr->span, "GROUP BY has one window at most");
    TRY(group_window_bind(binder, grouping->select, grouping->scope, expr, grouping->key.count,
                          &grouping->window));
    for (uint32_t i = 0; i < grouping->window->keys; i++) {
        GroupKey key = {.name = grouping->window->field[i].name};
        TRY(scalar_column(binder->arena, UINT32_MAX - i, grouping->window->field[i].type,
                          &key.scalar));
        TRY_PUSH(&grouping->key, binder->arena, key);
    }
    return ST_OK;
}

static bool is_key(const GroupKey *key, const Expr *expr, const Scalar *scalar)
{
    if (key->expr == NULL)
        return false;
    return ast_equal_expr(key->expr, expr) ||
           (scalar_equal(key->scalar, scalar) && scalar_is_deterministic(scalar));
}

static Status add_key(Grouping *grouping, const Expr *expr, uint32_t *out)
{
    Binder *binder = grouping->binder;
    GroupKey key = {.expr = expr};
    BindContext context = {
        .binder = binder, .scope = grouping->scope, .place = "GROUP BY", .subquery = bind_subquery};
    TRY(bind_expr(&context, expr, &key.scalar));
    for (*out = 0; *out < grouping->key.count; ++*out) {
        if (is_key(&grouping->key.item[*out], expr, key.scalar))
            return ST_OK;
    }
    if (expr->kind == EXPR_COLUMN)
        key.name = expr->as.column.last->text;
    else
        TRY(bind_unnamed(binder, grouping->key.count, &key.name));
    if (grouping->key.count == LIMIT_KEY_COLUMNS)
        return diag_error(binder->diag, E1005, expr->span, "GROUP BY has at most %d keys",
                          LIMIT_KEY_COLUMNS);
    TRY_PUSH(&grouping->key, binder->arena, key);
    return ST_OK;
}

/* The expression as keys, once however often GROUP BY names it: one key, those of a window. */
static Status add_keys(Grouping *grouping, const Expr *expr, uint32_t *first, uint32_t *keys)
{
    *keys = 1;
    if (!is_group_window(expr))
        return add_key(grouping, expr, first);
    TRY(add_window(grouping, expr));
    *first = grouping->window->first_key;
    *keys = grouping->window->keys;
    return ST_OK;
}

Status grouping_find_key(Grouping *grouping, const Expr *expr, uint32_t *out)
{
    BindContext below = {.binder = grouping->binder,
                         .scope = grouping->scope,
                         .place = grouping->place,
                         .subquery = bind_subquery};
    Scalar *scalar;
    TRY(bind_expr(&below, expr, &scalar));
    for (*out = 0; *out < grouping->key.count; ++*out) {
        if (is_key(&grouping->key.item[*out], expr, scalar))
            return ST_OK;
    }
    return ST_OK;
}

/* --- sets --- */

typedef struct SetList {
    VEC(uint64_t) set; /* bit k: it has key k */
} SetList;

static const char *group_word(GroupKind kind)
{
    switch (kind) {
    case GROUP_SETS: return "GROUPING SETS";
    case GROUP_ROLLUP: return "ROLLUP";
    case GROUP_CUBE: return "CUBE";
    case GROUP_LIST: return "()";
    case GROUP_EXPR: break;
    }
    return "GROUP BY";
}

static Status too_many(Grouping *grouping, Span span, uint64_t sets)
{
    return diag_error(grouping->binder->diag, E1005, span,
                      "this makes %llu grouping sets; there can be %d", (unsigned long long)sets,
                      LIMIT_GROUPING_SETS);
}

static Status add_set(Grouping *grouping, SetList *list, uint64_t set, Span span)
{
    if (list->set.count == LIMIT_GROUPING_SETS)
        return too_many(grouping, span, list->set.count + UINT64_C(1));
    TRY_PUSH(&list->set, grouping->binder->arena, set);
    return ST_OK;
}

/* ROLLUP and CUBE have each set once, whatever they list. */
static Status add_new_set(Grouping *grouping, SetList *list, uint32_t from, uint64_t set, Span span)
{
    for (uint32_t i = from; i < list->set.count; i++) {
        if (list->set.item[i] == set)
            return ST_OK;
    }
    return add_set(grouping, list, set, span);
}

/* --- items --- */

static bool is_call_of(const Expr *expr, const char *name)
{
    return expr->kind == EXPR_CALL &&
           text_equal_nocase(expr->as.call->name.last->text, text_of(name));
}

/* An expression, or a list of some in parentheses, which may be a row: all of its keys. */
static Status unit_keys(Grouping *grouping, const Expr *expr, uint64_t *set)
{
    uint32_t first, keys;
    if (is_call_of(expr, "ROLLUP") || is_call_of(expr, "CUBE"))
        return diag_error(grouping->binder->diag, E2109, expr->span,
                          "%.*s cannot stand in a list of expressions",
                          TEXT_ARG(expr->as.call->name.last->text));
    if (expr->kind == EXPR_ROW && !expr->as.items.keyword) {
        for (const Expr *part = expr->as.items.items.first; part != NULL; part = part->next)
            TRY(unit_keys(grouping, part, set));
        return ST_OK;
    }
    TRY(add_keys(grouping, expr, &first, &keys));
    /* A plain GROUP BY, which has one set, has more keys than others: grouping_collect sees to it.
     */
    for (uint32_t k = first; k < first + keys && k < LIMIT_GROUPING_KEYS; k++)
        *set |= UINT64_C(1) << k;
    return ST_OK;
}

static Status item_keys(Grouping *grouping, const GroupItem *item, uint64_t *set)
{
    if (item->kind == GROUP_EXPR)
        return unit_keys(grouping, item->expr, set);
    for (const GroupItem *part = item->items.first; part != NULL; part = part->next)
        TRY(unit_keys(grouping, part->expr, set));
    return ST_OK;
}

/* What ROLLUP and CUBE have between their parentheses. */
static Status read_units(Grouping *grouping, const GroupItem *item, uint64_t *unit)
{
    uint32_t count = 0;
    for (const GroupItem *part = item->items.first; part != NULL; part = part->next) {
        if (part->kind != GROUP_EXPR && (part->kind != GROUP_LIST || part->items.count == 0))
            return diag_error(grouping->binder->diag, E2109, part->span,
                              "%s takes expressions and lists of them, not %s",
                              group_word(item->kind), group_word(part->kind));
        unit[count] = 0;
        TRY(item_keys(grouping, part, &unit[count++]));
    }
    return ST_OK;
}

static Status rollup_sets(Grouping *grouping, const GroupItem *item, const uint64_t *unit,
                          SetList *out)
{
    uint32_t from = out->set.count;
    uint64_t set = 0;
    TRY(add_set(grouping, out, set, item->span));
    for (uint32_t i = 0; i < item->items.count; i++) {
        set |= unit[i];
        TRY(add_new_set(grouping, out, from, set, item->span));
    }
    return ST_OK;
}

static Status cube_sets(Grouping *grouping, const GroupItem *item, const uint64_t *unit,
                        SetList *out)
{
    uint32_t units = item->items.count, from = out->set.count;
    uint64_t sets = UINT64_C(1) << (units < 63 ? units : 63);
    if (sets > LIMIT_GROUPING_SETS)
        return diag_error(grouping->binder->diag, E1005, item->span,
                          "CUBE of %u makes 2^%u grouping sets; there can be %d", units, units,
                          LIMIT_GROUPING_SETS);
    for (uint64_t chosen = 0; chosen < sets; chosen++) {
        uint64_t set = 0;
        for (uint32_t i = 0; i < units; i++)
            set |= (chosen >> i & 1) != 0 ? unit[i] : 0;
        TRY(add_new_set(grouping, out, from, set, item->span));
    }
    return ST_OK;
}

static Status units_sets(Grouping *grouping, const GroupItem *item, SetList *out)
{
    uint64_t *unit;
    TRY_NEW_ARRAY(unit, grouping->binder->arena, item->items.count);
    TRY(read_units(grouping, item, unit));
    return item->kind == GROUP_CUBE ? cube_sets(grouping, item, unit, out)
                                    : rollup_sets(grouping, item, unit, out);
}

/* The sets of one item, added to the list. The grammar bounds the depth. */
static Status item_sets(Grouping *grouping, const GroupItem *item, SetList *out)
{
    uint64_t set = 0;
    switch (item->kind) {
    case GROUP_EXPR:
    case GROUP_LIST:
        TRY(item_keys(grouping, item, &set));
        return add_set(grouping, out, set, item->span);
    case GROUP_SETS:
        for (const GroupItem *part = item->items.first; part != NULL; part = part->next)
            TRY(item_sets(grouping, part, out));
        return ST_OK;
    case GROUP_ROLLUP:
    case GROUP_CUBE: return units_sets(grouping, item, out);
    }
    assert(false);
    return ST_SEMANTIC;
}

/* Each set of the one with each of the other. */
static Status multiply(Grouping *grouping, SetList *all, const SetList *by, Span span)
{
    SetList made = {0};
    uint64_t sets = (uint64_t)all->set.count * by->set.count;
    if (sets > LIMIT_GROUPING_SETS)
        return too_many(grouping, span, sets);
    for (uint32_t i = 0; i < all->set.count; i++) {
        for (uint32_t k = 0; k < by->set.count; k++)
            TRY(add_set(grouping, &made, all->set.item[i] | by->set.item[k], span));
    }
    *all = made;
    return ST_OK;
}

/* --- the sets in order --- */

/* The set's number as far as the keys make it. */
static uint64_t lacks_of(const Grouping *grouping, uint64_t set)
{
    uint64_t lacks = 0;
    for (uint32_t i = 0; i < grouping->key.count; i++)
        lacks = lacks << 1 | (~set >> i & 1);
    return lacks;
}

/* Sorted by number, as Flink has them; equal ones are numbered or (GROUP BY DISTINCT) go. */
static void place_set(Grouping *grouping, uint64_t set, bool distinct)
{
    uint64_t lacks = lacks_of(grouping, set), equal = 0;
    uint32_t at = grouping->sets;
    for (uint32_t i = 0; i < grouping->sets; i++)
        equal += grouping->set[i].has == set;
    if (distinct && equal > 0)
        return;
    LogicalGroupingSet made = {.has = set,
                               .number = (int64_t)(equal << grouping->key.count | lacks)};
    while (at > 0 && lacks_of(grouping, grouping->set[at - 1].has) > lacks) {
        grouping->set[at] = grouping->set[at - 1];
        at--;
    }
    grouping->set[at] = made;
    grouping->sets++;
}

/* Beside a window all sets are of the same windows. */
static Status check_window(Grouping *grouping)
{
    const GroupWindow *window = grouping->window;
    Binder *binder = grouping->binder;
    if (window == NULL || grouping->sets == 0)
        return ST_OK;
    if (window->window.window.kind == WINDOW_SESSION)
        return bind_unsupported(binder, window->expr->span,
                                "SESSION in GROUP BY with several grouping sets");
    if (grouping_has_key(grouping, window->first_key))
        return ST_OK;
    return diag_error(binder->diag, E2117, window->expr->span,
                      "a window in GROUP BY stands in every grouping set");
}

Status grouping_collect(Grouping *grouping, const Select *select)
{
    Binder *binder = grouping->binder;
    SetList all = {0};
    bool several = false;
    TRY(add_set(grouping, &all, 0, select->span));
    for (const GroupItem *item = select->group_by.first; item != NULL; item = item->next) {
        SetList by = {0};
        TRY(item_sets(grouping, item, &by));
        TRY(multiply(grouping, &all, &by, item->span));
        several = several || all.set.count > 1;
        if (several && grouping->key.count > LIMIT_GROUPING_KEYS)
            return diag_error(binder->diag, E1005, item->span,
                              "GROUP BY with several grouping sets has at most %d keys",
                              LIMIT_GROUPING_KEYS);
    }
    if (!several)
        return ST_OK;
    TRY_NEW_ARRAY(grouping->set, binder->arena, all.set.count);
    for (uint32_t i = 0; i < all.set.count; i++)
        place_set(grouping, all.set.item[i], select->group_quantifier == SELECT_DISTINCT);
    if (grouping->sets == 1)
        grouping->sets = 0;
    return check_window(grouping);
}

bool grouping_has_key(const Grouping *grouping, uint32_t key)
{
    for (uint32_t i = 0; i < grouping->sets; i++) {
        if ((grouping->set[i].has >> key & 1) == 0)
            return false;
    }
    return true;
}

/* --- GROUPING, GROUPING_ID, GROUP_ID --- */

bool is_grouping_function(const Expr *expr)
{
    return is_call_of(expr, "GROUPING") || is_call_of(expr, "GROUPING_ID") ||
           is_call_of(expr, "GROUP_ID");
}

static Status int64_constant(Binder *binder, int64_t value, Scalar **out)
{
    Value constant = {.type = type_with_null(type_make(TYPE_BIGINT), false), .as.i64 = value};
    return scalar_constant(binder->arena, &constant, out);
}

/* What the call is in a row of the set. */
static int64_t value_in(const Grouping *grouping, const LogicalGroupingSet *set,
                        const uint32_t *place, uint32_t places)
{
    uint64_t bits = 0;
    if (places == 0)
        return set->number >> grouping->key.count;
    for (uint32_t i = 0; i < places; i++)
        bits = bits << 1 | ((uint64_t)set->number >> place[i] & 1);
    return (int64_t)bits;
}

/* Over the number of the set; where it is the same in all sets, or the number itself, no more. */
static Status apply(Grouping *grouping, const Expr *expr, const uint32_t *place, uint32_t places,
                    Scalar **out)
{
    Binder *binder = grouping->binder;
    bool is_number = true, is_same = true;
    int64_t first = grouping->sets == 0 ? 0 : value_in(grouping, &grouping->set[0], place, places);
    Scalar **arg;
    for (uint32_t i = 0; i < grouping->sets; i++) {
        int64_t value = value_in(grouping, &grouping->set[i], place, places);
        is_number = is_number && value == grouping->set[i].number;
        is_same = is_same && value == first;
    }
    if (is_same)
        return int64_constant(binder, first, out);
    TRY_NEW_ARRAY(arg, binder->arena, places + 2);
    TRY(scalar_column(binder->arena, grouping->key.count,
                      type_with_null(type_make(TYPE_BIGINT), false), &arg[0]));
    *out = arg[0];
    if (is_number)
        return ST_OK;
    for (uint32_t i = 0; i < places; i++)
        TRY(int64_constant(binder, place[i], &arg[i + 1]));
    if (places == 0)
        TRY(int64_constant(binder, grouping->key.count, &arg[1]));
    return bind_apply(binder, places == 0 ? "GROUP_ID" : "GROUPING", NULL, arg,
                      places == 0 ? 2 : places + 1, expr->span, out);
}

static Status find_argument(Grouping *grouping, const Expr *arg, Text name, uint32_t *place)
{
    uint32_t key, keys = grouping->key.count;
    TRY(grouping_find_key(grouping, arg, &key));
    if (key < keys) {
        *place = keys - 1 - key;
        return ST_OK;
    }
    return diag_error(grouping->binder->diag, E2109, arg->span,
                      "%.*s takes expressions that stand in GROUP BY", TEXT_ARG(name));
}

Status grouping_bind_function(Grouping *grouping, const Expr *expr, Scalar **out)
{
    Binder *binder = grouping->binder;
    const Call *call = expr->as.call;
    Text name = call->name.last->text;
    bool of_set = text_equal_nocase(name, TEXT("GROUP_ID"));
    uint32_t *place, places = 0;
    TRY(bind_check_words(binder, expr));
    if (of_set ? call->args.count > 0 : call->args.count == 0)
        return diag_error(binder->diag, E2107, expr->span, "%.*s takes %s", TEXT_ARG(name),
                          of_set ? "no arguments" : "one grouping expression or more");
    if (call->args.count > 62)
        return diag_error(binder->diag, E1005, expr->span, "%.*s takes at most 62 expressions",
                          TEXT_ARG(name));
    TRY_NEW_ARRAY(place, binder->arena, call->args.count);
    for (const Expr *arg = call->args.first; arg != NULL; arg = arg->next)
        TRY(find_argument(grouping, arg, name, &place[places++]));
    TRY(apply(grouping, expr, place, places, out));
    (*out)->span = expr->span;
    return ST_OK;
}

Status bind_grouping_misplaced(BindContext *context, const Expr *expr, Scalar **out)
{
    (void)out;
    Diag *diag = context->binder->diag;
    Text name = expr->as.call->name.last->text;
    static const char *const fitting[] = {"the select list", "HAVING", "QUALIFY", "ORDER BY"};
    for (uint32_t i = 0; i < sizeof fitting / sizeof *fitting; i++) {
        if (strcmp(context->place, fitting[i]) != 0)
            continue;
        Status status =
            diag_error(diag, E2110, expr->span, "%.*s needs a GROUP BY", TEXT_ARG(name));
        diag_hint(diag, "it tells which grouping set a row is of: GROUP BY ROLLUP(a, b), CUBE(a, "
                        "b) or GROUPING SETS ((a), (b))");
        return status;
    }
    Status status = diag_error(diag, E2110, expr->span, "%.*s cannot stand in %s", TEXT_ARG(name),
                               context->place);
    diag_hint(diag, "it stands in the select list, HAVING, QUALIFY or ORDER BY of a query with "
                    "GROUP BY");
    return status;
}
