/* What the files of GROUP BY share: bind_group.c (aggregates, the node) and bind_grouping.c (keys,
 * grouping sets and the functions that tell them apart). */
#ifndef WEIR_PLANNER_BIND_BIND_GROUP_H
#define WEIR_PLANNER_BIND_BIND_GROUP_H

#include "planner/bind/bind_private.h"
#include "planner/bind/group_window.h"

typedef struct GroupKey {
    const Expr *expr; /* NULL: of the window */
    Scalar *scalar;
    Text name;
} GroupKey;

struct Grouping {
    Binder *binder;
    const Select *select;
    const Scope *scope;  /* of the aggregate's input before the projection */
    GroupWindow *window; /* in GROUP BY; or NULL */
    VEC(GroupKey) key;
    LogicalGroupingSet *set; /* in the order in which a row comes into them */
    uint32_t sets;           /* 0: GROUP BY names one, that of all keys */
    VEC(Scalar *) extra;     /* arguments and filters, after the keys */
    VEC(PlanAggregateCall) call;
    const char *place;
};

/* --- bind_grouping.c --- */

/* The key that the expression is; keys.count: none. */
CHECKED Status grouping_find_key(Grouping *grouping, const Expr *expr, uint32_t *out);
/* All that stands behind GROUP BY: keys and sets. */
CHECKED Status grouping_collect(Grouping *grouping, const Select *select);
/* In every set. */
bool grouping_has_key(const Grouping *grouping, uint32_t key);
bool is_grouping_function(const Expr *expr);
CHECKED Status grouping_bind_function(Grouping *grouping, const Expr *expr, Scalar **out);
/* Outside of a grouped query, or of the places in it that see groups. */
CHECKED Status bind_grouping_misplaced(BindContext *context, const Expr *expr, Scalar **out);

#endif
