#include "shell/fold.h"

#include "storage/base/hash.h"
#include "storage/base/mem.h"

struct FoldRow {
    FoldRow *before, *after; /* in the order of the table */
    FoldRow *next;           /* in its bucket */
    FoldRow **link;          /* what points at this row there */
    uint64_t hash;
    size_t size; /* of the allocation: this, the cells, their texts */
    OutputCell cell[];
};

struct Fold {
    FoldOptions options;
    FoldRow *first, *last;
    uint64_t count, dropped, changes;
    FoldRow **bucket;
    size_t buckets;        /* a power of two; 0: none yet */
    bool vacant;           /* the change before this one was a -U: its place is free */
    FoldRow *vacant_after; /* the row after that place; NULL: the place is the last one */
};

Status fold_open(const FoldOptions *options, Fold **out)
{
    Fold *fold = mem_alloc_zeroed(NULL, sizeof *fold);
    if (fold == NULL)
        return ST_NOMEM;
    fold->options = *options;
    *out = fold;
    return ST_OK;
}

void fold_close(Fold *fold)
{
    if (fold == NULL)
        return;
    for (FoldRow *row = fold->first; row != NULL;) {
        FoldRow *after = row->after;
        mem_free(NULL, row, row->size);
        row = after;
    }
    mem_free(NULL, fold->bucket, fold->buckets * sizeof *fold->bucket);
    mem_free(NULL, fold, sizeof *fold);
}

/* --- finding --- */

static uint64_t hash_row(const Fold *fold, const OutputCell *cell)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < fold->options.columns; i++)
        hash = hash_bytes(cell[i].text.ptr, cell[i].text.size, hash + (uint64_t)cell[i].kind);
    return hash;
}

static bool same_row(const Fold *fold, const OutputCell *a, const OutputCell *b)
{
    for (uint32_t i = 0; i < fold->options.columns; i++) {
        if (a[i].kind != b[i].kind || !text_equal(a[i].text, b[i].text))
            return false;
    }
    return true;
}

static FoldRow *find(const Fold *fold, const OutputCell *cell)
{
    uint64_t hash = hash_row(fold, cell);
    if (fold->buckets == 0)
        return NULL;
    FoldRow *row = fold->bucket[hash & (fold->buckets - 1)];
    while (row != NULL && (row->hash != hash || !same_row(fold, row->cell, cell)))
        row = row->next;
    return row;
}

static void enter_bucket(Fold *fold, FoldRow *row)
{
    FoldRow **head = &fold->bucket[row->hash & (fold->buckets - 1)];
    row->next = *head;
    row->link = head;
    if (row->next != NULL)
        row->next->link = &row->next;
    *head = row;
}

static Status grow(Fold *fold)
{
    size_t buckets = fold->buckets == 0 ? 256 : fold->buckets * 2;
    FoldRow **bucket = mem_alloc_zeroed(NULL, buckets * sizeof *bucket);
    if (bucket == NULL)
        return ST_NOMEM;
    mem_free(NULL, fold->bucket, fold->buckets * sizeof *fold->bucket);
    fold->bucket = bucket;
    fold->buckets = buckets;
    for (FoldRow *row = fold->first; row != NULL; row = row->after)
        enter_bucket(fold, row);
    return ST_OK;
}

/* --- changing --- */

static char *keep_text(char *at, Text text, Text *kept)
{
    *kept = (Text){at, text.size};
    if (text.size > 0)
        memcpy(at, text.ptr, text.size);
    return at + text.size;
}

static Status make_row(const Fold *fold, const OutputCell *cell, FoldRow **out)
{
    uint32_t columns = fold->options.columns;
    size_t texts = 0;
    for (uint32_t i = 0; i < columns; i++)
        texts += (size_t)cell[i].text.size + cell[i].json.size;
    size_t cells = columns * sizeof *cell, size = sizeof(FoldRow) + cells + texts;
    FoldRow *row = mem_alloc(NULL, size);
    if (row == NULL)
        return ST_NOMEM;
    *row = (FoldRow){.hash = hash_row(fold, cell), .size = size};
    char *at = (char *)row + sizeof *row + cells;
    for (uint32_t i = 0; i < columns; i++) {
        row->cell[i].kind = cell[i].kind;
        at = keep_text(at, cell[i].text, &row->cell[i].text);
        at = keep_text(at, cell[i].json, &row->cell[i].json);
    }
    *out = row;
    return ST_OK;
}

static void take_away(Fold *fold, FoldRow *row)
{
    *row->link = row->next;
    if (row->next != NULL)
        row->next->link = row->link;
    *(row->before != NULL ? &row->before->after : &fold->first) = row->after;
    *(row->after != NULL ? &row->after->before : &fold->last) = row->before;
    fold->count--;
    mem_free(NULL, row, row->size);
}

/* `after`: the row that will stand behind it; NULL: none. */
static void put_before(Fold *fold, FoldRow *row, FoldRow *after)
{
    row->after = after;
    row->before = after != NULL ? after->before : fold->last;
    *(row->before != NULL ? &row->before->after : &fold->first) = row;
    *(after != NULL ? &after->before : &fold->last) = row;
    fold->count++;
    enter_bucket(fold, row);
}

static Status add(Fold *fold, RowKind kind, const OutputCell *cell)
{
    FoldRow *row;
    bool in_place = fold->vacant && kind == ROW_UPDATE_AFTER;
    if (fold->count >= fold->buckets)
        TRY(grow(fold));
    TRY(make_row(fold, cell, &row));
    put_before(fold, row, in_place ? fold->vacant_after : NULL);
    fold->vacant = false;
    if (fold->options.most > 0 && fold->count > fold->options.most) {
        take_away(fold, fold->first);
        fold->dropped++;
    }
    return ST_OK;
}

Status fold_add(Fold *fold, RowKind kind, const OutputCell *cell)
{
    fold->changes++;
    if (row_kind_adds(kind))
        return add(fold, kind, cell);
    FoldRow *row = find(fold, cell);
    fold->vacant = fold->options.keep_places && kind == ROW_UPDATE_BEFORE && row != NULL;
    fold->vacant_after = fold->vacant ? row->after : NULL;
    if (row != NULL)
        take_away(fold, row);
    return ST_OK;
}

/* --- reading --- */

uint64_t fold_count(const Fold *fold)
{
    return fold->count;
}

uint64_t fold_dropped(const Fold *fold)
{
    return fold->dropped;
}

uint64_t fold_changes(const Fold *fold)
{
    return fold->changes;
}

const FoldRow *fold_tail(const Fold *fold, uint64_t rows)
{
    if (rows >= fold->count)
        return fold->first;
    const FoldRow *row = NULL;
    for (uint64_t i = 0; i < rows; i++)
        row = row == NULL ? fold->last : row->before;
    return row;
}

const FoldRow *fold_next(const FoldRow *row)
{
    return row->after;
}

const OutputCell *fold_cells(const FoldRow *row)
{
    return row->cell;
}

Status fold_print(const Fold *fold, Output *output)
{
    for (const FoldRow *row = fold->first; row != NULL; row = row->after)
        TRY(output->row(output, ROW_INSERT, row->cell));
    return ST_OK;
}
