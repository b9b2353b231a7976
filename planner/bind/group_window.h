/* Group windows, Flink's older way to write a window: GROUP BY TUMBLE(time, size), with
 * TUMBLE_START and its like above it. One becomes the node of the window function of the same name,
 * below the aggregate, and keys of that: the window's start, its end and, if somebody asks for it,
 * its time. */
#ifndef WEIR_PLANNER_BIND_GROUP_WINDOW_H
#define WEIR_PLANNER_BIND_GROUP_WINDOW_H

#include "planner/bind/query.h"

enum { GROUP_WINDOW_KEYS = 3 };

typedef struct GroupWindow {
    const Expr *expr; /* the call in GROUP BY */
    LogicalWindow window;
    Scalar *time; /* over the input of the aggregate */
    bool by_clock;
    uint32_t keys;      /* two, or three where the select asks for its time */
    uint32_t first_key; /* the number of the first among the keys of the aggregate */
    Field field[GROUP_WINDOW_KEYS];
} GroupWindow;

/* TUMBLE, HOP or SESSION; TUMBLE_START and its like. */
bool is_group_window(const Expr *expr);
bool is_group_window_part(const Expr *expr);
/* "TUMBLE_START(...) wants GROUP BY TUMBLE(...)". */
Status refuse_group_window_part(Binder *binder, const Expr *expr);

CHECKED Status group_window_bind(Binder *binder, const Select *select, const Scope *scope,
                                 const Expr *expr, uint32_t first_key, GroupWindow **out);
/* TUMBLE_START(...) over the aggregate. */
CHECKED Status group_window_part(const GroupWindow *window, Binder *binder, const Expr *expr,
                                 Scalar **out);
/* The window's node over the aggregate's input; *first: its first column there. Sessions are those
 * of the other keys. */
CHECKED Status group_window_node(const GroupWindow *window, Binder *binder, Logical *input,
                                 Scalar *const *key, uint32_t keys, Logical **out, uint32_t *first);

#endif
