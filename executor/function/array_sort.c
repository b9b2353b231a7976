/* ARRAY_SORT (array [, ascending [, nulls first]]): by merging runs, so that equal elements keep
 * their order and no input is worse than another. */
#include "executor/function/compare.h"
#include "executor/function/nested_kernels.h"

typedef struct SortOrder {
    const Column *elements;
    int sign;  /* -1: descending */
    int nulls; /* -1: before all values; 1: behind them */
} SortOrder;

static bool comes_before(const SortOrder *order, uint32_t a, uint32_t b)
{
    bool a_null = column_is_null(order->elements, a), b_null = column_is_null(order->elements, b);
    if (a_null || b_null)
        return a_null != b_null && a_null == (order->nulls < 0);
    return cells_compare(order->elements, a, order->elements, b) * order->sign < 0;
}

/* Runs [0, middle) and [middle, count) of `from` into `to`. */
static void merge(const SortOrder *order, const uint32_t *from, uint32_t middle, uint32_t count,
                  uint32_t *to)
{
    uint32_t left = 0, right = middle;
    for (uint32_t i = 0; i < count; i++) {
        bool take_right =
            right < count && (left == middle || comes_before(order, from[right], from[left]));
        to[i] = take_right ? from[right++] : from[left++];
    }
}

/* Sorts `element`, with as much room beside it. */
static void sort(const SortOrder *order, uint32_t *element, uint32_t *room, uint32_t count)
{
    for (uint32_t run = 1; run < count; run *= 2) {
        for (uint32_t at = 0; at < count; at += 2 * run) {
            uint32_t rest = count - at;
            merge(order, element + at, rest < run ? rest : run, rest < 2 * run ? rest : 2 * run,
                  room + at);
        }
        memcpy(element, room, count * sizeof *element);
    }
}

Status array_sort(KernelCall *call)
{
    Pick pick;
    SortOrder order = {.elements = arg_child(call, 0, 0)};
    TRY(pick_open(&pick, call, order.elements));
    for (EACH_ROW(call, i, row)) {
        Elements array = arg_elements(call, 0, row);
        bool ascending = call->args < 2 || arg_bool(call, 1, row);
        bool nulls_first = call->args < 3 ? ascending : arg_bool(call, 2, row);
        order.sign = ascending ? 1 : -1;
        order.nulls = nulls_first ? -1 : 1;
        pick_begin(&pick, row);
        uint32_t first = pick.element.count, *room;
        for (uint32_t at = 0; at < array.count; at++)
            TRY(pick_add(&pick, row, array.start + at));
        TRY_NEW_ARRAY(room, call->scratch, array.count);
        sort(&order, pick.element.item + first, room, array.count);
    }
    return pick_finish(&pick);
}
