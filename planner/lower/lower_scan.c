/* Scans: one for each table that the job reads, whoever reads it, with the columns that anybody
 * needs. */
#include "planner/lower/lower.h"

#include <assert.h>

/* --- which columns --- */

static Status draft_of(Lowering *lowering, const TableDef *table, ScanDraft **out)
{
    for (uint32_t i = 0; i < lowering->scan.count; i++) {
        if (lowering->scan.item[i].table == table) {
            *out = &lowering->scan.item[i];
            return ST_OK;
        }
    }
    ScanDraft draft = {.table = table};
    TRY_NEW_ARRAY(draft.used, lowering->arena, table->schema.count);
    TRY_NEW_ARRAY(draft.column, lowering->arena, table->schema.count);
    if (table->rowtime >= 0) {
        draft.used[table->rowtime] = true;
        scalar_mark_columns(table->watermark, draft.used);
    }
    for (uint32_t i = 0; i < table->key_count && table->spec.connector->upserts; i++)
        draft.used[table->key[i]] = true;
    TRY_PUSH(&lowering->scan, lowering->arena, draft);
    *out = &lowering->scan.item[lowering->scan.count - 1];
    return ST_OK;
}

/* `needed`: the columns of the node's output that somebody above reads. Depth is bounded by
 * logical_make. */
static Status collect(Lowering *lowering, const Logical *node, bool *needed)
{
    if (node->kind == LOGICAL_SCAN) {
        ScanDraft *draft;
        TRY(draft_of(lowering, node->as.scan.table, &draft));
        for (uint32_t i = 0; i < node->schema.count; i++)
            draft->used[i] = draft->used[i] || needed[i];
        return ST_OK;
    }
    for (uint32_t in = 0; in < node->inputs; in++) {
        const Logical *input = node->input[in];
        bool *below;
        TRY_NEW_ARRAY(below, lowering->arena, input->schema.count);
        logical_mark_input(node, in, needed, below);
        TRY(collect(lowering, input, below));
    }
    return ST_OK;
}

Status scan_drafts_collect(Lowering *lowering, const Logical *logical)
{
    bool *all;
    TRY_NEW_ARRAY(all, lowering->arena, logical->schema.count);
    memset(all, true, logical->schema.count * sizeof *all);
    return collect(lowering, logical, all);
}

/* --- the node --- */

/* Computed columns that time depends on are computed in the scan, for all queries; the others in
 * the queries that read them. */
static Status mark_time_columns(Lowering *lowering, const TableDef *table, bool **out)
{
    bool *time;
    TRY_NEW_ARRAY(time, lowering->arena, table->schema.count);
    if (table->rowtime >= 0) {
        time[table->rowtime] = true;
        scalar_mark_columns(table->watermark, time);
    }
    *out = time;
    return ST_OK;
}

/* What a computed column reads must be decoded. */
static void mark_inputs(const TableDef *table, bool *used)
{
    for (uint32_t i = 0; i < table->schema.count; i++) {
        if (used[i] && table->column[i].kind == TABLE_COLUMN_COMPUTED)
            scalar_mark_columns(table->column[i].computed, used);
    }
}

typedef struct ScanShape {
    VEC(uint32_t) wanted, metadata, key;
    VEC(Field) field;
} ScanShape;

/* The field of the record's key that the physical column is read from; -1: none. */
static int32_t key_field(const TableSpec *spec, uint32_t column)
{
    for (uint32_t i = 0; spec->record_key.read && i < spec->record_key.schema.count; i++) {
        if (spec->record_key.column[i] == column)
            return (int32_t)i;
    }
    return -1;
}

static bool is_from_key(const TableDef *table, uint32_t column)
{
    return table->column[column].kind == TABLE_COLUMN_PHYSICAL &&
           key_field(&table->spec, table->column[column].index) >= 0;
}

/* In the order of the key's fields. */
static Status add_key_fields(Lowering *lowering, ScanDraft *draft, ScanShape *shape)
{
    const TableDef *table = draft->table;
    for (uint32_t f = 0; f < table->spec.record_key.schema.count; f++) {
        for (uint32_t i = 0; i < table->schema.count; i++) {
            if (!draft->used[i] || !is_from_key(table, i) ||
                key_field(&table->spec, table->column[i].index) != (int32_t)f)
                continue;
            draft->column[i] = (int32_t)shape->field.count;
            TRY_PUSH(&shape->field, lowering->arena, table->schema.field[i]);
            TRY_PUSH(&shape->key, lowering->arena, f);
        }
    }
    return ST_OK;
}

static Status add_decoded(Lowering *lowering, ScanDraft *draft, TableColumnKind kind,
                          ScanShape *shape)
{
    const TableDef *table = draft->table;
    for (uint32_t i = 0; i < table->schema.count; i++) {
        if (!draft->used[i] || table->column[i].kind != kind || is_from_key(table, i))
            continue;
        Field field = table->schema.field[i];
        if (kind == TABLE_COLUMN_METADATA)
            field.type = table->column[i].native;
        draft->column[i] = (int32_t)shape->field.count;
        TRY_PUSH(&shape->field, lowering->arena, field);
        if (kind == TABLE_COLUMN_PHYSICAL)
            TRY_PUSH(&shape->wanted, lowering->arena, table->column[i].index);
        else
            TRY_PUSH(&shape->metadata, lowering->arena, table->column[i].index);
    }
    return ST_OK;
}

/* The declared column, which is among the scan's: metadata as the declaration wants it. */
static Status value_of(Lowering *lowering, const ScanDraft *draft, const Schema *scan, uint32_t i,
                       Scalar **out)
{
    uint32_t at = (uint32_t)draft->column[i];
    assert(at < scan->count);
    TRY(scalar_column(lowering->arena, at, scan->field[at].type, out));
    if (draft->table->column[i].kind != TABLE_COLUMN_METADATA)
        return ST_OK;
    return scalar_cast(lowering->arena, *out, draft->table->schema.field[i].type, false, SPAN_NONE,
                       out, lowering->diag);
}

/* The scalar over declared columns as one over the scan's columns. */
static Status over_scan(Lowering *lowering, const ScanDraft *draft, const Schema *scan,
                        const Scalar *scalar, Scalar **out)
{
    Scalar **with;
    TRY_NEW_ARRAY(with, lowering->arena, draft->table->schema.count);
    for (uint32_t i = 0; i < draft->table->schema.count; i++) {
        if (draft->column[i] >= 0)
            TRY(value_of(lowering, draft, scan, i, &with[i]));
    }
    return scalar_replace_columns(lowering->arena, scalar, with, out);
}

/* Decoded columns that rowtime and watermark are computed from: rows that a pushed-down predicate
 * drops move the watermark too, so these are decoded for all rows. */
static Status mark_always(Lowering *lowering, const ScanDraft *draft, const bool *time,
                          const bool **out)
{
    const TableDef *table = draft->table;
    bool *always, *read;
    TRY_NEW_ARRAY(always, lowering->arena, draft->node->schema.count);
    TRY_NEW_ARRAY(read, lowering->arena, table->schema.count);
    for (uint32_t i = 0; i < table->schema.count; i++) {
        if (time[i] && table->column[i].kind == TABLE_COLUMN_COMPUTED)
            scalar_mark_columns(table->column[i].computed, read);
        read[i] = read[i] || time[i];
    }
    for (uint32_t i = 0; i < table->schema.count; i++) {
        if (read[i] && draft->column[i] >= 0)
            always[draft->column[i]] = true;
    }
    *out = always;
    return ST_OK;
}

typedef VEC(Scalar *) ScalarList;

/* The scan computes the declared column, from those that it has so far. */
static Status add_computed(Lowering *lowering, ScanDraft *draft, uint32_t i, Scalar *scalar,
                           ScanShape *shape, ScalarList *computed)
{
    TRY_PUSH(computed, lowering->arena, scalar);
    draft->column[i] = (int32_t)shape->field.count;
    TRY_PUSH(&shape->field, lowering->arena, draft->table->schema.field[i]);
    return ST_OK;
}

static Status add_deletion(Lowering *lowering, const TableDef *table, ScanShape *shape)
{
    Field field = {.name = TEXT("$deletion"),
                   .type = type_with_null(type_make(TYPE_BOOLEAN), false),
                   .internal = true};
    if (table->spec.connector->upserts)
        TRY_PUSH(&shape->field, lowering->arena, field);
    return ST_OK;
}

static Status add_time_columns(Lowering *lowering, ScanDraft *draft, const bool *time,
                               ScanShape *shape, ScalarList *computed)
{
    const TableDef *table = draft->table;
    Scalar *scalar;
    for (uint32_t i = 0; i < table->schema.count; i++) {
        Schema so_far = {shape->field.count, shape->field.item};
        if (!time[i] || table->column[i].kind != TABLE_COLUMN_COMPUTED)
            continue;
        TRY(over_scan(lowering, draft, &so_far, table->column[i].computed, &scalar));
        TRY(add_computed(lowering, draft, i, scalar, shape, computed));
    }
    for (uint32_t i = 0; i < table->schema.count; i++) {
        Schema so_far = {shape->field.count, shape->field.item};
        if (!time[i] || table->column[i].kind != TABLE_COLUMN_METADATA)
            continue;
        TRY(value_of(lowering, draft, &so_far, i, &scalar));
        if (scalar->kind != SCALAR_COLUMN)
            TRY(add_computed(lowering, draft, i, scalar, shape, computed));
    }
    return ST_OK;
}

static Status make_scan(Lowering *lowering, ScanDraft *draft)
{
    const TableDef *table = draft->table;
    ScanShape shape = {0};
    ScalarList computed = {0};
    bool *time;
    TRY(mark_time_columns(lowering, table, &time));
    mark_inputs(table, draft->used);
    for (uint32_t i = 0; i < table->schema.count; i++)
        draft->column[i] = -1;
    TRY(add_decoded(lowering, draft, TABLE_COLUMN_PHYSICAL, &shape));
    TRY(add_decoded(lowering, draft, TABLE_COLUMN_METADATA, &shape));
    TRY(add_key_fields(lowering, draft, &shape));
    TRY(add_deletion(lowering, table, &shape));
    TRY(add_time_columns(lowering, draft, time, &shape, &computed));
    Schema schema = {shape.field.count, shape.field.item};
    TRY(lowering_add(lowering, PLAN_SCAN, schema, NULL, 0, &draft->node));
    PlanScan *scan = &draft->node->as.scan;
    const TableSpec *spec = &table->spec;
    scan->spec = (ScanSpec){.table = spec,
                            .wanted = shape.wanted.item,
                            .wanted_count = shape.wanted.count,
                            .wanted_metadata = shape.metadata.item,
                            .wanted_metadata_count = shape.metadata.count,
                            .wanted_key = shape.key.item,
                            .wanted_key_count = shape.key.count,
                            .wants_deletion = spec->connector->upserts};
    TRY(mark_always(lowering, draft, time, &scan->spec.always));
    scan->computed = computed.item;
    scan->computed_count = computed.count;
    scan->rowtime = table->rowtime < 0 ? -1 : draft->column[table->rowtime];
    if (table->rowtime >= 0)
        TRY(over_scan(lowering, draft, &schema, table->watermark, &scan->watermark));
    scan->bounded = spec->connector->bounded == NULL || spec->connector->bounded(spec);
    scan->on_error = (OnError)option_enum(&spec->scope, spec->options, "on-error");
    scan->max_rejected_ratio = option_double(&spec->scope, spec->options, "max-rejected-ratio");
    scan->idle_timeout =
        option_duration(&spec->scope, spec->options, "scan.watermark.idle-timeout");
    scan->idle_advance =
        option_duration(&spec->scope, spec->options, "scan.watermark.idle-advance");
    if (!scan->bounded && spec->connector->monitor_interval != NULL)
        scan->monitor_interval = spec->connector->monitor_interval(spec);
    if (!scan->bounded || option_given(spec->options, "max-future-skew"))
        scan->max_future_skew = option_duration(&spec->scope, spec->options, "max-future-skew");
    draft->node->query = UINT32_MAX;
    draft->node->watermarked = scan->rowtime >= 0;
    infer_changelog(draft->node);
    return ST_OK;
}

Status scan_drafts_make(Lowering *lowering)
{
    for (uint32_t i = 0; i < lowering->scan.count; i++)
        TRY(make_scan(lowering, &lowering->scan.item[i]));
    return ST_OK;
}

/* --- its use in a query --- */

/* Each query has one of its own: it keeps the rows as that query needs them. */
static Status add_normalize(Lowering *lowering, const ScanDraft *draft, PlanNode **node)
{
    const TableDef *table = draft->table;
    PlanNode *scan = draft->node;
    uint32_t *key;
    TRY_NEW_ARRAY(key, lowering->arena, table->key_count);
    for (uint32_t i = 0; i < table->key_count; i++)
        key[i] = (uint32_t)draft->column[table->key[i]];
    TRY(lowering_add(lowering, PLAN_NORMALIZE, scan->schema, &scan, 1, node));
    (*node)->as.normalize =
        (PlanNormalize){key, table->key_count, scan_columns(&scan->as.scan.spec) - 1};
    infer_changelog(*node);
    return ST_OK;
}

Status lower_scan(Lowering *lowering, const Logical *logical, Chain *out)
{
    const TableDef *table = logical->as.scan.table;
    ScanDraft *draft;
    TRY(draft_of(lowering, table, &draft));
    assert(draft->node != NULL);
    *out = (Chain){.base = draft->node, .schema = logical->schema};
    if (draft->node->as.scan.spec.wants_deletion)
        TRY(add_normalize(lowering, draft, &out->base));
    TRY_NEW_ARRAY(out->project, lowering->arena, table->schema.count);
    for (uint32_t i = 0; i < table->schema.count; i++) {
        const Field *field = &table->schema.field[i];
        if (draft->column[i] >= 0) {
            TRY(value_of(lowering, draft, &draft->node->schema, i, &out->project[i]));
        } else if (draft->used[i]) {
            TRY(over_scan(lowering, draft, &draft->node->schema, table->column[i].computed,
                          &out->project[i]));
        } else { /* nobody reads it; projections above drop it */
            Value null = {.type = field->type, .null = true};
            TRY(scalar_constant(lowering->arena, &null, &out->project[i]));
        }
    }
    return ST_OK;
}
