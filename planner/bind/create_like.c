/* CREATE TABLE ... LIKE: the columns, key, watermark and options of the base table first, the
 * statement's own after them. What the statement may say again, and which of the two then holds,
 * are Flink's rules. */
#include <assert.h>

#include "planner/bind/bind_private.h"
#include "planner/bind/bind_table.h"

enum { LIKE_FEATURES = LIKE_FEATURE_WATERMARKS + 1 };

typedef struct FeatureRow {
    const char *word;
    LikeMode otherwise; /* when neither it nor ALL is said */
    bool overwriting;   /* can be OVERWRITING */
} FeatureRow;

static const FeatureRow features[LIKE_FEATURES] = {
    [LIKE_FEATURE_ALL] = {"ALL", LIKE_INCLUDING, false},
    [LIKE_FEATURE_CONSTRAINTS] = {"CONSTRAINTS", LIKE_INCLUDING, false},
    [LIKE_FEATURE_DISTRIBUTION] = {"DISTRIBUTION", LIKE_INCLUDING, false},
    [LIKE_FEATURE_GENERATED] = {"GENERATED", LIKE_INCLUDING, true},
    [LIKE_FEATURE_METADATA] = {"METADATA", LIKE_INCLUDING, true},
    [LIKE_FEATURE_OPTIONS] = {"OPTIONS", LIKE_OVERWRITING, true},
    [LIKE_FEATURE_PARTITIONS] = {"PARTITIONS", LIKE_INCLUDING, false},
    [LIKE_FEATURE_WATERMARKS] = {"WATERMARKS", LIKE_INCLUDING, true},
};

typedef struct Like {
    Binder *binder;
    const CreateTable *own, *base;
    const TableDef *base_def;
    Span place; /* of the base's name in the LIKE clause */
    LikeMode mode[LIKE_FEATURES];
    CreateTable *out;
} Like;

/* --- the clause --- */

static Status check_option(const Like *like, const LikeClause *clause, const LikeOption *option)
{
    const FeatureRow *feature = &features[option->feature];
    for (const LikeOption *other = clause->first; other != option; other = other->next) {
        if (other->feature == option->feature)
            return diag_error(like->binder->diag, E2111, option->span, "%s is said twice",
                              feature->word);
    }
    if (option->mode != LIKE_OVERWRITING || feature->overwriting)
        return ST_OK;
    Status status = diag_error(like->binder->diag, E1001, option->span,
                               "OVERWRITING cannot be said of %s", feature->word);
    diag_hint(like->binder->diag,
              "GENERATED, METADATA, OPTIONS and WATERMARKS can be overwritten; %s is INCLUDING or "
              "EXCLUDING",
              feature->word);
    return status;
}

/* ALL speaks for what is not said by itself, wherever it stands. */
static Status read_clause(Like *like, const LikeClause *clause)
{
    bool said[LIKE_FEATURES] = {false};
    for (uint32_t i = 0; i < LIKE_FEATURES; i++)
        like->mode[i] = features[i].otherwise;
    for (const LikeOption *option = clause->first; option != NULL; option = option->next) {
        TRY(check_option(like, clause, option));
        like->mode[option->feature] = option->mode;
        said[option->feature] = true;
    }
    for (uint32_t i = 0; said[LIKE_FEATURE_ALL] && i < LIKE_FEATURES; i++) {
        if (!said[i])
            like->mode[i] = like->mode[LIKE_FEATURE_ALL];
    }
    return ST_OK;
}

static Status find_base(Like *like, const LikeClause *clause)
{
    Binder *binder = like->binder;
    Text name = clause->table.last->text;
    like->place = clause->table.last->span;
    TRY(table_check_place(&clause->table, binder->diag));
    TRY(table_set_find(binder->tables, name, &like->base_def, binder->diag));
    if (like->base_def == NULL)
        return table_not_found(binder->tables, name, like->place, binder->diag);
    if (like->base_def->kind == OBJECT_TABLE) {
        like->base = like->base_def->statement->as.create_table;
        return ST_OK;
    }
    Status status =
        diag_error(binder->diag, E2123, like->place, "\"%.*s\" is a %s; LIKE takes a table",
                   TEXT_ARG(name), object_kind_name(like->base_def->kind));
    diag_hint(binder->diag,
              "CREATE TABLE ... AS SELECT ... makes a table with the columns of a query");
    return status;
}

/* --- columns --- */

static LikeMode mode_of(const Like *like, const ColumnDef *column)
{
    if (column->kind == COLUMN_DEF_COMPUTED)
        return like->mode[LIKE_FEATURE_GENERATED];
    return column->kind == COLUMN_DEF_METADATA ? like->mode[LIKE_FEATURE_METADATA] : LIKE_INCLUDING;
}

/* A column that both declare, where the statement's own may not stand in for the base's. */
static Status report_declared(const Like *like, const ColumnDef *base, const ColumnDef *own)
{
    Diag *diag = like->binder->diag;
    Text table = like->base_def->name;
    const char *kind = base->kind == COLUMN_DEF_COMPUTED   ? "computed column"
                       : base->kind == COLUMN_DEF_METADATA ? "metadata column"
                                                           : "column";
    Status status =
        diag_error(diag, E2111, own->name.last->span, "\"%.*s\" has a %s \"%.*s\" already",
                   TEXT_ARG(table), kind, TEXT_ARG(own->name.last->text));
    if (base->kind == COLUMN_DEF_PHYSICAL)
        diag_hint(diag, "LIKE takes all columns of \"%.*s\"; one of them cannot be declared again",
                  TEXT_ARG(table));
    else if (base->kind == own->kind)
        diag_hint(diag, "LIKE %.*s (OVERWRITING %s) lets this one hold", TEXT_ARG(table),
                  features[base->kind == COLUMN_DEF_COMPUTED ? LIKE_FEATURE_GENERATED
                                                             : LIKE_FEATURE_METADATA]
                      .word);
    else
        diag_hint(diag, "LIKE %.*s (EXCLUDING %s) leaves that one out", TEXT_ARG(table),
                  features[base->kind == COLUMN_DEF_COMPUTED ? LIKE_FEATURE_GENERATED
                                                             : LIKE_FEATURE_METADATA]
                      .word);
    return status;
}

/* The base's column as one of the new table. It is NOT NULL when the base's key made it so, and its
 * own PRIMARY KEY is a constraint like those that stand by themselves. */
static Status bring_column(Like *like, const ColumnDef *base, const Field *field)
{
    ColumnDef *copy;
    TRY(copy_column(like->binder, base, &copy));
    copy->name = (NameList){0};
    TRY(copy_name(like->binder, base->name.last->text, like->place, &copy->name));
    copy->span = like->place;
    if (like->mode[LIKE_FEATURE_CONSTRAINTS] == LIKE_EXCLUDING)
        copy->key = NULL;
    if (copy->type != NULL) {
        TypeName *type;
        TRY_NEW(type, like->binder->arena);
        *type = *base->type;
        type->span = like->place;
        if (!field->type.nullable)
            type->nullability = TYPE_NOT_NULL;
        copy->type = type;
    }
    DECLARE(&like->out->elements.columns, copy);
    return ST_OK;
}

static Status merge_columns(Like *like)
{
    ColumnDef *copy;
    ColumnDefList *out = &like->out->elements.columns;
    uint32_t at = 0;
    for (const ColumnDef *base = like->base->elements.columns.first; base != NULL;
         base = base->next, at++) {
        const ColumnDef *own = find_column_def(&like->own->elements.columns, base->name.last->text);
        LikeMode mode = mode_of(like, base);
        if (mode == LIKE_EXCLUDING)
            continue;
        if (own == NULL) {
            TRY(bring_column(like, base, &like->base_def->schema.field[at]));
            continue;
        }
        if (mode != LIKE_OVERWRITING || own->kind != base->kind)
            return report_declared(like, base, own);
        TRY(copy_column(like->binder, own, &copy)); /* in the base's place */
        DECLARE(out, copy);
    }
    for (const ColumnDef *own = like->own->elements.columns.first; own != NULL; own = own->next) {
        const ColumnDef *placed = find_column_def(out, own->name.last->text);
        if (placed != NULL && placed->span.start == own->span.start)
            continue;
        TRY(copy_column(like->binder, own, &copy));
        DECLARE(out, copy);
    }
    return ST_OK;
}

/* --- key and watermark --- */

static const KeyConstraint *first_key(const CreateTable *create)
{
    for (const ColumnDef *column = create->elements.columns.first; column != NULL;
         column = column->next) {
        if (column->key != NULL)
            return column->key;
    }
    return create->elements.keys.first;
}

static Status merge_keys(Like *like)
{
    Binder *binder = like->binder;
    const KeyConstraint *own = first_key(like->own);
    bool included = like->mode[LIKE_FEATURE_CONSTRAINTS] == LIKE_INCLUDING;
    if (own != NULL && included && first_key(like->base) != NULL) {
        Text table = like->base_def->name;
        Status status = diag_error(binder->diag, E2122, own->span,
                                   "\"%.*s\" has a primary key already", TEXT_ARG(table));
        diag_hint(binder->diag, "LIKE %.*s (EXCLUDING CONSTRAINTS) leaves that one out",
                  TEXT_ARG(table));
        return status;
    }
    for (const KeyConstraint *key = like->base->elements.keys.first; included && key != NULL;
         key = key->next) {
        KeyConstraint *copy;
        TRY_NEW(copy, binder->arena);
        *copy = *key;
        copy->span = like->place;
        copy->columns = (NameList){0};
        copy->next = NULL;
        for (const Name *name = key->columns.first; name != NULL; name = name->next)
            TRY(copy_name(binder, name->text, like->place, &copy->columns));
        DECLARE(&like->out->elements.keys, copy);
    }
    for (const KeyConstraint *key = like->own->elements.keys.first; key != NULL; key = key->next) {
        KeyConstraint *copy;
        TRY_NEW(copy, binder->arena);
        *copy = *key;
        copy->next = NULL;
        DECLARE(&like->out->elements.keys, copy);
    }
    return ST_OK;
}

static Status report_watermark(const Like *like, const WatermarkDef *base, const WatermarkDef *own)
{
    Diag *diag = like->binder->diag;
    Text table = like->base_def->name;
    bool same = text_equal(base->column.last->text, own->column.last->text);
    Status status =
        diag_error(diag, E2118, own->span, "\"%.*s\" has a watermark already, for \"%.*s\"",
                   TEXT_ARG(table), TEXT_ARG(base->column.last->text));
    diag_hint(diag, "LIKE %.*s (%s WATERMARKS) lets this one hold", TEXT_ARG(table),
              same ? "OVERWRITING" : "EXCLUDING");
    return status;
}

/* OVERWRITING replaces the watermark of the same column alone; a table has one. */
static Status merge_watermarks(Like *like)
{
    const WatermarkDef *base = like->base->elements.watermarks.first,
                       *own = like->own->elements.watermarks.first;
    LikeMode mode = like->mode[LIKE_FEATURE_WATERMARKS];
    WatermarkDef *copy;
    if (base != NULL && own != NULL && mode != LIKE_EXCLUDING &&
        (mode == LIKE_INCLUDING || !text_equal(base->column.last->text, own->column.last->text)))
        return report_watermark(like, base, own);
    like->out->elements.watermarks = like->own->elements.watermarks;
    if (base == NULL || own != NULL || mode == LIKE_EXCLUDING)
        return ST_OK;
    TRY_NEW(copy, like->binder->arena);
    *copy = *base;
    copy->span = like->place;
    copy->column = (NameList){0};
    for (const Name *name = base->column.first; name != NULL; name = name->next)
        TRY(copy_name(like->binder, name->text, like->place, &copy->column));
    DECLARE(&like->out->elements.watermarks, copy);
    return ST_OK;
}

/* --- options --- */

static const OptionPair *find_option(const OptionPairList *list, Text key)
{
    const OptionPair *pair = list->first;
    while (pair != NULL && !text_equal(pair->key, key))
        pair = pair->next;
    return pair;
}

static Status report_option(const Like *like, const OptionPair *own)
{
    Diag *diag = like->binder->diag;
    Text table = like->base_def->name;
    Status status = diag_error(diag, E2111, own->key_span, "\"%.*s\" has the option '%.*s' already",
                               TEXT_ARG(table), TEXT_ARG(own->key));
    diag_hint(
        diag,
        "LIKE %.*s (OVERWRITING OPTIONS) lets this one hold, and so does LIKE without INCLUDING",
        TEXT_ARG(table));
    return status;
}

static Status merge_options(Like *like)
{
    LikeMode mode = like->mode[LIKE_FEATURE_OPTIONS];
    const OptionPair *base = mode == LIKE_EXCLUDING ? NULL : like->base->options.first;
    OptionPairList *out = &like->out->options;
    OptionPair *copy;
    for (; base != NULL; base = base->next) {
        const OptionPair *own = find_option(&like->own->options, base->key);
        if (own != NULL && mode == LIKE_INCLUDING)
            return report_option(like, own);
        TRY_NEW(copy, like->binder->arena);
        *copy = own == NULL ? (OptionPair){base->key, base->value, like->place, like->place, NULL}
                            : *own;
        copy->next = NULL;
        DECLARE(out, copy);
    }
    for (const OptionPair *own = like->own->options.first; own != NULL; own = own->next) {
        const OptionPair *placed = find_option(out, own->key);
        if (placed != NULL && placed->key_span.start == own->key_span.start)
            continue;
        TRY_NEW(copy, like->binder->arena);
        *copy = *own;
        copy->next = NULL;
        DECLARE(out, copy);
    }
    return ST_OK;
}

/* --- the whole --- */

Status create_like(Binder *binder, const CreateTable *own, Declaration *out)
{
    Like like = {.binder = binder, .own = own};
    Text origin;
    assert(own->like != NULL);
    if (own->query != NULL)
        return diag_error(binder->diag, E1001, own->query->span,
                          "LIKE and AS cannot stand in one CREATE TABLE");
    TRY(find_base(&like, own->like));
    TRY(read_clause(&like, own->like));
    TRY_NEW(like.out, binder->arena);
    *like.out = *own;
    like.out->like = NULL;
    like.out->has_elements = true;
    like.out->elements = (TableElements){0};
    like.out->options = (OptionPairList){0};
    TRY(merge_columns(&like));
    TRY(merge_keys(&like));
    TRY(merge_watermarks(&like));
    TRY(merge_options(&like));
    TRY(arena_printf(binder->arena, &origin, "\"%.*s\"", TEXT_ARG(like.base_def->name)));
    *out = (Declaration){like.out, like.place, origin.ptr, NULL};
    return ST_OK;
}
