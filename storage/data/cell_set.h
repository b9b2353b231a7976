/* CellSet: the different cells of one column, to find the one that equals another cell: keys of a
 * MAP under construction, elements that were there before. Equal is what cells_same says. A few are
 * compared one by one, more are hashed, so that a record with a million keys costs what it should.
 *
 * It keeps indices of cells and reads these where they are: their column may grow meanwhile, what
 * was added must stay as it was. Its memory is the arena's. */
#ifndef WEIR_STORAGE_DATA_CELL_SET_H
#define WEIR_STORAGE_DATA_CELL_SET_H

#include "storage/data/nested.h"

enum { CELL_SET_FEW = 8 };

typedef struct CellSet {
    Arena *arena;
    const Column *column;
    uint32_t count;
    uint32_t few[CELL_SET_FEW]; /* indices, while there are no more than these */
    uint32_t *slot;             /* else index + 1 at its hash or behind it; 0: free */
    uint32_t slots;             /* a power of two */
    uint64_t seed;              /* nobody outside knows it: keys that collide cannot be prepared */
} CellSet;

static inline void cell_set_init(CellSet *set, Arena *arena, const Column *column)
{
    *set = (CellSet){.arena = arena, .column = column, .seed = (uintptr_t)arena};
}

/* The index of the equal cell, CELL_NONE when there is none. The columns are of one type. */
uint32_t cell_set_find(const CellSet *set, const Column *column, uint32_t row);
/* A cell that is not in it yet. */
CHECKED Status cell_set_add(CellSet *set, uint32_t index);

/* Cells that cells_same takes for the same have the same. */
uint64_t cell_hash(const Column *column, uint32_t row, uint64_t seed);

#endif
