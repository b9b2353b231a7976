#include "shell/fold.h"

#include "storage/base/hash.h"

typedef struct FoldRow {
    const OutputCell *cell; /* NULL: taken back */
    uint64_t hash;
    uint32_t next;          /* in its bucket, row + 1 */
} FoldRow;

struct Fold {
    Arena arena;
    uint32_t columns;
    FoldRow *row;
    uint32_t rows, capacity;
    uint32_t *bucket;       /* row + 1, newest first */
    uint32_t buckets;
};

Status fold_open(uint32_t columns, Fold **out)
{
    Fold *fold = mem_alloc_zeroed(NULL, sizeof *fold);
    if (fold == NULL)
        return ST_NOMEM;
    arena_init(&fold->arena, NULL);
    fold->columns = columns;
    *out = fold;
    return ST_OK;
}

void fold_close(Fold *fold)
{
    if (fold == NULL)
        return;
    mem_free(NULL, fold->row, fold->capacity * sizeof *fold->row);
    mem_free(NULL, fold->bucket, fold->buckets * sizeof *fold->bucket);
    arena_close(&fold->arena);
    mem_free(NULL, fold, sizeof *fold);
}

static uint64_t hash_row(const Fold *fold, const OutputCell *cell)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < fold->columns; i++)
        hash = hash_bytes(cell[i].text.ptr, cell[i].text.size, hash + (uint64_t)cell[i].kind);
    return hash;
}

static bool same_row(const Fold *fold, const OutputCell *a, const OutputCell *b)
{
    for (uint32_t i = 0; i < fold->columns; i++) {
        if (a[i].kind != b[i].kind || !text_equal(a[i].text, b[i].text))
            return false;
    }
    return true;
}

/* Rows and buckets double together. */
static Status grow(Fold *fold)
{
    uint32_t capacity = fold->capacity == 0 ? 256 : fold->capacity * 2;
    FoldRow *row = mem_realloc(NULL, fold->row, fold->capacity * sizeof *row, capacity * sizeof *row);
    if (row == NULL)
        return ST_NOMEM;
    fold->row = row;
    fold->capacity = capacity;
    uint32_t *bucket = mem_alloc_zeroed(NULL, capacity * sizeof *bucket);
    if (bucket == NULL)
        return ST_NOMEM;
    mem_free(NULL, fold->bucket, fold->buckets * sizeof *fold->bucket);
    fold->bucket = bucket;
    fold->buckets = capacity;
    for (uint32_t i = 0; i < fold->rows; i++) {
        uint32_t at = (uint32_t)fold->row[i].hash & (capacity - 1);
        fold->row[i].next = bucket[at];
        bucket[at] = i + 1;
    }
    return ST_OK;
}

static Status add(Fold *fold, const OutputCell *cell, uint64_t hash)
{
    OutputCell *kept;
    if (fold->rows == fold->capacity || fold->buckets < fold->capacity)
        TRY(grow(fold));
    TRY_NEW_ARRAY(kept, &fold->arena, fold->columns);
    for (uint32_t i = 0; i < fold->columns; i++) {
        kept[i].kind = cell[i].kind;
        TRY(arena_text(&fold->arena, cell[i].text, &kept[i].text));
    }
    uint32_t at = (uint32_t)hash & (fold->buckets - 1);
    fold->row[fold->rows] = (FoldRow){kept, hash, fold->bucket[at]};
    fold->bucket[at] = ++fold->rows;
    return ST_OK;
}

Status fold_add(Fold *fold, RowKind kind, const OutputCell *cell)
{
    uint64_t hash = hash_row(fold, cell);
    if (row_kind_adds(kind))
        return add(fold, cell, hash);
    uint32_t at = fold->buckets == 0 ? 0 : fold->bucket[(uint32_t)hash & (fold->buckets - 1)];
    for (; at != 0; at = fold->row[at - 1].next) {
        FoldRow *row = &fold->row[at - 1];
        if (row->cell != NULL && row->hash == hash && same_row(fold, row->cell, cell)) {
            row->cell = NULL;
            break;
        }
    }
    return ST_OK;
}

Status fold_print(const Fold *fold, Output *output)
{
    for (uint32_t i = 0; i < fold->rows; i++) {
        if (fold->row[i].cell != NULL)
            TRY(output->row(output, ROW_INSERT, fold->row[i].cell));
    }
    return ST_OK;
}
