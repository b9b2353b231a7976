/* Columns of ROW, ARRAY, MAP and MULTISET: how they are made, filled, compared.
 *
 * A ROW column is its fields' columns side by side: field i of row r is child[i]'s row r. So
 * reading a field is taking a child, and ROW(a, b) is putting two columns under one header: no cell
 * moves. Whether the ROW as a whole is NULL is the parent's own bit; its children then hold
 * anything.
 *
 * An ARRAY column has one child with the elements of all rows, and a cell that says where those of
 * its row begin and how many they are (Arrow's list view, not its list of growing offsets). Rows
 * can so be filled in any order and only some of them: CASE fills a column branch by branch, errors
 * leave holes, a row that is undone costs nothing but its elements' room. Two rows may share
 * elements, and a part of an array is the same child under other cells. A MAP has two children,
 * keys and values, under one list of cells; its keys are all different (NULL is one). A MULTISET is
 * a MAP of its elements to how often they are there, as Flink has it.
 *
 * A flat column knows nothing of all this and pays nothing for it: whoever switches on the physical
 * type has one more case.
 *
 * Ownership. Headers are copied freely, and what is under one that has left its maker is read-only
 * and can belong to anybody: a child may be another batch's column, or constant. A column that
 * column_make_typed made owns all its children and is written by its maker, who appends elements
 * with nested_add_elements: the children grow by doubling in the arena that is given each time,
 * which must live as long as the column's other elements do. Where cells outlive a batch and
 * elements do not, column_drop_elements forgets them before their arena is reset. Children of an
 * owned column always have their validity bitmaps.
 *
 * Bounds. Types are nested at most LIMIT_TYPE_DEPTH deep, so recursion over a value is; a column
 * has fewer than NESTED_MAX_ELEMENTS elements, beyond which memory is said to be short. */
#ifndef WEIR_STORAGE_DATA_NESTED_H
#define WEIR_STORAGE_DATA_NESTED_H

#include "storage/data/column.h"

#define NESTED_MAX_ELEMENTS (UINT32_C(1) << 30)

/* Room for `rows` cells with their validity bitmap, at each level of the type. */
CHECKED Status column_make_typed(Arena *arena, const Type *type, uint32_t rows, Column *out);
/* The header of a ROW, ARRAY or MAP alone: `list` has `rows` cells of no elements unless it is a
 * ROW; the children are zero, for the caller to fill in. */
CHECKED Status column_make_header(Arena *arena, const Type *type, uint32_t rows, Column *out);

/* Gives row `row` of an ARRAY or MAP `count` new elements, which begin at *first in each child and
 * are zero and not NULL. */
CHECKED Status nested_add_elements(Arena *arena, Nested *nested, uint32_t row, uint32_t count,
                                   uint32_t *first);
/* Cells row[0], row[1], ... of `from` as a column of their own, NULL where one is CELL_NONE. What
 * is behind a cell is borrowed: strings and elements stay where they are. */
#define CELL_NONE UINT32_MAX
CHECKED Status column_gather(Arena *arena, const Column *from, const uint32_t *row, uint32_t count,
                             Column *out);

/* Forgets all elements, at any depth; they are about to go with their arena. The first `rows` cells
 * have none then. */
void column_drop_elements(Column *column, uint32_t rows);

static inline Elements nested_list(const Column *column, uint32_t row)
{
    return column->data.nested->list[column_index(column, row)];
}

/* Whether two values that are not NULL are the same: NULL is NULL, NaN is NaN and -0.0 is 0.0
 * inside them; entries of MAPs are in any order. */
bool nested_equal(const Column *a, uint32_t a_row, const Column *b, uint32_t b_row);
/* Two cells of any type in that sense, NULLs among them. */
bool cells_same(const Column *a, uint32_t a_row, const Column *b, uint32_t b_row);
/* A MAP in the cell, at any depth, has a key that is NULL. */
bool cell_has_null_key(const Type *type, const Column *column, uint32_t row);

#endif
