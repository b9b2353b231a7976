/* Fields of ROWs move into the scan: where an expression reads r.a.b and not r, the decoder gives
 * that part as a column of its own, and the rest of the ROW is not built. It also cannot be bad for
 * that query: a part that does not fit rejects a row for those alone who read the part. Likewise an
 * ARRAY of ROWs is a column of its own for each way in which its elements are read.
 *
 * A Calc that also reads the whole keeps reading its parts there. Two Calcs over one scan can read
 * the same ROW in both ways. */
#include "planner/lower/lower.h"

#include <assert.h>

#include "storage/base/limits.h"

/* A scan and what is read of it. */
typedef struct Fields {
    Arena *arena;
    const PlanReaders *readers;
    const PlanNode *scan;
    const PlanNode *calc; /* the reader at hand; NULL: the scan itself, or all is to be decoded */
    bool ignores_errors;  /* a part that is broken makes its element NULL, whoever reads it */
    VEC(FieldPath) path;  /* `column` is the scan's */
    bool *whole;          /* per column: somebody reads all of it */
    bool *here;           /* per column: the reader at hand does */
    bool *in_part;        /* per column: it reads less of the elements */
    uint32_t *to;         /* the columns' new numbers */
    uint32_t first_path;  /* and that of the first path */
} Fields;

/* Scalars over the scan's columns that are computed together, in two lists. */
typedef struct Reader {
    Scalar *const *list[2];
    uint32_t count[2];
    bool always;          /* also for rows that a pushed-down predicate drops */
    const PlanNode *calc; /* whose they are; NULL: the scan's own */
} Reader;

/* --- paths --- */

static bool is_field(const Scalar *s)
{
    return s->kind == SCALAR_CALL && strcmp(s->as.call.def->name, "$FIELD") == 0;
}

/* The decoded column below a chain of fields, or of which the reader at hand reads parts alone. */
static const Scalar *path_column(const Fields *fields, const Scalar *s)
{
    const Scalar *at = s;
    while (is_field(at))
        at = at->arg[0];
    bool decoded =
        at->kind == SCALAR_COLUMN && at->as.column < fields->scan->as.scan.spec.wanted_count;
    return decoded && (at != s || fields->in_part[at->as.column]) ? at : NULL;
}

static Status make_path(const Fields *fields, const Scalar *s, FieldPath *out)
{
    Arena *arena = fields->arena;
    uint32_t *field;
    bool partly;
    *out = (FieldPath){.type = s->type};
    TRY(read_elements(fields->readers, fields->calc, s, arena, &out->type, &partly));
    for (const Scalar *at = s; is_field(at); at = at->arg[0])
        out->fields++;
    TRY_NEW_ARRAY(field, arena, out->fields);
    for (uint32_t i = out->fields; i > 0; s = s->arg[0])
        field[--i] = (uint32_t)s->arg[1]->as.constant.as.i64;
    out->column = s->as.column;
    out->field = field;
    return ST_OK;
}

/* Of one type. Recursion is as deep as that is nested. */
static bool same_reads(const Type *a, const Type *b)
{
    bool same = true;
    for (uint32_t i = 0; a->child != b->child && i < a->children && same; i++)
        same = a->child[i].type.unread == b->child[i].type.unread &&
               same_reads(&a->child[i].type, &b->child[i].type);
    return same;
}

static bool same_path(const FieldPath *a, const FieldPath *b)
{
    return a->column == b->column && a->fields == b->fields &&
           memcmp(a->field, b->field, a->fields * sizeof *a->field) == 0 &&
           same_reads(&a->type, &b->type);
}

static uint32_t find_path(const Fields *fields, const FieldPath *path)
{
    uint32_t i = 0;
    while (i < fields->path.count && !same_path(&fields->path.item[i], path))
        i++;
    return i;
}

/* --- who reads what --- */

/* Depth is bounded by the makers of scalars, here and below. */
static void mark_whole(Fields *fields, const Scalar *s)
{
    if (path_column(fields, s) != NULL)
        return;
    if (s->kind == SCALAR_COLUMN)
        fields->here[s->as.column] = fields->whole[s->as.column] = true;
    for (uint32_t i = 0; i < s->args; i++)
        mark_whole(fields, s->arg[i]);
}

/* Which columns the reader reads whole: those it does not read parts of. */
static Status begin_reader(Fields *fields, const Reader *reader)
{
    const Schema *schema = &fields->scan->schema;
    fields->calc = fields->ignores_errors ? NULL : reader->calc;
    TRY_NEW_ARRAY(fields->here, fields->arena, schema->count);
    TRY_NEW_ARRAY(fields->in_part, fields->arena, schema->count);
    for (uint32_t c = 0; c < fields->scan->as.scan.spec.wanted_count; c++) {
        Type type = schema->field[c].type;
        Scalar *column;
        if (type.id != TYPE_ARRAY)
            continue;
        TRY(scalar_column(fields->arena, c, type, &column));
        TRY(read_elements(fields->readers, fields->calc, column, fields->arena, &type,
                          &fields->in_part[c]));
    }
    for (int l = 0; l < 2; l++) {
        for (uint32_t i = 0; i < reader->count[l]; i++)
            mark_whole(fields, reader->list[l][i]);
    }
    return ST_OK;
}

static Status mark_paths(Fields *fields, const Scalar *s, bool always)
{
    const Scalar *column = path_column(fields, s);
    if (column == NULL) {
        for (uint32_t i = 0; i < s->args; i++)
            TRY(mark_paths(fields, s->arg[i], always));
        return ST_OK;
    }
    if (fields->here[column->as.column])
        return ST_OK;
    FieldPath path;
    TRY(make_path(fields, s, &path));
    uint32_t at = find_path(fields, &path);
    if (at == fields->path.count)
        TRY_PUSH(&fields->path, fields->arena, path);
    fields->path.item[at].always = fields->path.item[at].always || always;
    return ST_OK;
}

static Status mark_reader(Fields *fields, const Reader *reader)
{
    TRY(begin_reader(fields, reader));
    for (int l = 0; l < 2; l++) {
        for (uint32_t i = 0; i < reader->count[l]; i++)
            TRY(mark_paths(fields, reader->list[l][i], reader->always));
    }
    return ST_OK;
}

static Reader calc_reader(const PlanNode *calc)
{
    const PlanCalc *plan = &calc->as.calc;
    return (Reader){
        {plan->condition, plan->project}, {plan->conditions, calc->schema.count}, false, calc};
}

/* What the scan computes itself. */
static Reader scan_reader(const PlanScan *scan)
{
    return (Reader){{scan->computed, (Scalar *const *)&scan->watermark},
                    {scan->computed_count, scan->watermark != NULL},
                    true,
                    NULL};
}

static bool reads(const PlanNode *node, const PlanNode *scan)
{
    for (uint32_t i = 0; i < node->inputs; i++) {
        if (node->input[i] == scan)
            return true;
    }
    return false;
}

static Status mark_readers(Fields *fields, const Plan *plan)
{
    const PlanScan *scan = &fields->scan->as.scan;
    Reader own = scan_reader(scan);
    TRY(mark_reader(fields, &own));
    if (scan->rowtime >= 0)
        fields->whole[scan->rowtime] = true;
    for (uint32_t i = 0; i < plan->nodes; i++) {
        if (!reads(plan->node[i], fields->scan))
            continue;
        assert(plan->node[i]->kind == PLAN_CALC); /* there always is one above a scan */
        Reader calc = calc_reader(plan->node[i]);
        TRY(mark_reader(fields, &calc));
    }
    return ST_OK;
}

/* --- the other scalars --- */

/* `context`: Fields. */
static Status find_part(void *context, const Scalar *s, Scalar **out)
{
    Fields *fields = context;
    const Scalar *column = path_column(fields, s);
    uint32_t number;
    if (column != NULL && !fields->here[column->as.column]) {
        FieldPath path;
        TRY(make_path(fields, s, &path));
        number = fields->first_path + find_path(fields, &path);
    } else if (s->kind == SCALAR_COLUMN) {
        number = fields->to[s->as.column];
    } else {
        return ST_OK;
    }
    TRY(scalar_column(fields->arena, number, s->type, out));
    (*out)->span = s->span;
    return ST_OK;
}

static Status rewrite_reader(Fields *fields, Reader *reader)
{
    TRY(begin_reader(fields, reader));
    for (int l = 0; l < 2; l++) {
        Scalar **made;
        TRY_NEW_ARRAY(made, fields->arena, reader->count[l]);
        for (uint32_t i = 0; i < reader->count[l]; i++)
            TRY(scalar_replace(fields->arena, reader->list[l][i], find_part, fields, &made[i]));
        reader->list[l] = made;
    }
    return ST_OK;
}

static Status rewrite_calcs(Fields *fields, Plan *plan)
{
    for (uint32_t i = 0; i < plan->nodes; i++) {
        if (!reads(plan->node[i], fields->scan))
            continue;
        PlanCalc *calc = &plan->node[i]->as.calc;
        Reader reader = calc_reader(plan->node[i]);
        TRY(rewrite_reader(fields, &reader));
        calc->condition = reader.list[0];
        calc->project = reader.list[1];
    }
    return ST_OK;
}

/* --- the scan --- */

static Status path_name(const Fields *fields, const FieldPath *path, Text *out)
{
    const Field *column = &fields->scan->schema.field[path->column];
    const Type *row = &column->type;
    *out = column->name;
    for (uint32_t i = 0; i < path->fields; i++) {
        const TypeField *field = &row->child[path->field[i]];
        TRY(arena_printf(fields->arena, out, "%.*s.%.*s", TEXT_ARG(*out), TEXT_ARG(field->name)));
        row = &field->type;
    }
    return ST_OK;
}

static bool is_replaced(const Fields *fields, uint32_t column)
{
    bool parts = false;
    for (uint32_t i = 0; i < fields->path.count; i++)
        parts = parts || fields->path.item[i].column == column;
    return parts && !fields->whole[column];
}

static void keep_column(Fields *fields, uint32_t column, Schema *schema)
{
    fields->to[column] = schema->count;
    schema->field[schema->count++] = fields->scan->schema.field[column];
}

/* The scan's new columns, and what the reader is asked for. */
static Status number_columns(Fields *fields, Schema *schema, ScanSpec *spec)
{
    uint32_t old = fields->scan->schema.count, *kept;
    bool *always;
    FieldPath *path;
    const ScanSpec *given = &fields->scan->as.scan.spec;
    TRY_NEW_ARRAY(schema->field, fields->arena, old + fields->path.count);
    TRY_NEW_ARRAY(fields->to, fields->arena, old);
    TRY_NEW_ARRAY(kept, fields->arena, given->wanted_count);
    TRY_NEW_ARRAY(always, fields->arena, old);
    TRY_NEW_ARRAY(path, fields->arena, fields->path.count);
    for (uint32_t c = 0; c < given->wanted_count; c++) {
        if (is_replaced(fields, c))
            continue;
        kept[schema->count] = given->wanted[c];
        always[schema->count] = given->always[c];
        keep_column(fields, c, schema);
    }
    spec->wanted_count = fields->first_path = schema->count;
    for (uint32_t i = 0; i < fields->path.count; i++) {
        Field *field = &schema->field[schema->count++];
        path[i] = fields->path.item[i];
        field->type = path[i].type;
        TRY(path_name(fields, &path[i], &field->name));
        path[i].column = given->wanted[path[i].column];
    }
    for (uint32_t c = given->wanted_count; c < old; c++)
        keep_column(fields, c, schema);
    spec->wanted = kept;
    spec->always = always;
    spec->path = path;
    spec->paths = fields->path.count;
    return ST_OK;
}

static Status push_into(Arena *arena, Plan *plan, const PlanReaders *readers, PlanNode *node)
{
    Fields fields = {.arena = arena, .readers = readers, .scan = node};
    PlanScan *scan = &node->as.scan;
    const TableSpec *table = scan->spec.table;
    fields.ignores_errors = table->format->ignores_errors != NULL &&
                            table->format->ignores_errors(&table->scope, table->format_options);
    TRY_NEW_ARRAY(fields.whole, arena, node->schema.count);
    TRY(mark_readers(&fields, plan));
    if (fields.path.count == 0 || node->schema.count + fields.path.count > LIMIT_COLUMNS)
        return ST_OK;
    Schema schema = {0};
    ScanSpec spec = scan->spec;
    Reader own = scan_reader(scan);
    TRY(number_columns(&fields, &schema, &spec));
    TRY(rewrite_reader(&fields, &own));
    TRY(rewrite_calcs(&fields, plan));
    scan->computed = own.list[0];
    scan->watermark = own.count[1] > 0 ? own.list[1][0] : NULL;
    scan->rowtime = scan->rowtime < 0 ? -1 : (int32_t)fields.to[scan->rowtime];
    scan->spec = spec;
    node->schema = schema;
    return ST_OK;
}

Status push_fields(Arena *arena, Plan *plan)
{
    PlanReaders readers;
    TRY(find_readers(arena, plan, &readers));
    for (uint32_t i = 0; i < plan->nodes; i++) {
        PlanNode *node = plan->node[i];
        if (node->kind != PLAN_SCAN)
            continue;
        const FormatClass *format = node->as.scan.spec.table->format;
        if (format != NULL && format->takes_paths && !node->as.scan.spec.wants_deletion)
            TRY(push_into(arena, plan, &readers, node));
    }
    return ST_OK;
}
