/* A cell inside an aggregate's state: two words, as a key (storage/state/key.h) and a SortedMap
 * have them. Long strings lie in the heap that is given. A nested value is packed into a string. */
#ifndef WEIR_EXECUTOR_FUNCTION_STATE_CELL_H
#define WEIR_EXECUTOR_FUNCTION_STATE_CELL_H

#include "storage/base/strbuf.h"
#include "storage/data/column.h"
#include "storage/state/heap.h"

/* Bytes of a kept cell. */
static inline uint32_t state_cell_size(PhysType phys)
{
    return phys == PHYS_I128 || phys == PHYS_STR ? 16 : 8;
}
/* The cell as it stands in the column: a long string still points to where it is. */
void state_cell_read(const Column *column, uint32_t row, uint64_t word[2]);
/* Keeps a cell that state_cell_read has read. */
CHECKED Status state_cell_keep(Heap *heap, PhysType phys, const uint64_t read[2], uint64_t *word);
void state_cell_free(Heap *heap, PhysType phys, const uint64_t *word);
/* A kept cell as state_cell_read would read it; a string is good until it is freed. */
void state_cell_load(const Heap *heap, PhysType phys, const uint64_t *word, uint64_t read[2]);
/* Into a column under construction. */
void state_cell_put(const uint64_t read[2], Column *out, uint32_t row);

/* --- cells of any type, as state_cell_phys says --- */

/* What cells of the type are kept as. */
static inline PhysType state_cell_phys(const Type *type)
{
    return type_is_nested(type) ? PHYS_STR : type_phys((TypeId)type->id);
}
/* state_cell_read; a nested value's string lies in the buffer, until it is used again. */
CHECKED Status state_cell_pack(const Type *type, const Column *column, uint32_t row, StrBuf *buffer,
                               uint64_t word[2]);
/* state_cell_put; what a nested value is made of lies in the arena. */
CHECKED Status state_cell_unpack(const Type *type, const uint64_t read[2], Arena *arena,
                                 Column *out, uint32_t row);

/* Two cells as they are read: <0, 0, >0. Strings by bytes. */
int state_cell_compare(PhysType phys, const uint64_t a[2], const uint64_t b[2]);

#endif
