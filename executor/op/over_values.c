/* Places: a row's place is its number among the rows of one side, since others of the list are not
 * on it; `row_at` leads back. */
#include "executor/op/over_values.h"

#include "executor/function/state_cell.h"
#include "storage/data/nested.h"

static uint32_t least(int64_t distance)
{
    return distance < 0 ? 0 : distance > UINT32_MAX ? UINT32_MAX : (uint32_t)distance;
}

static void add_frame(const PlanFrame *frame, OverReach *reach)
{
    uint32_t back = frame->from_first ? 0 : least(-frame->start), ahead = least(frame->end);
    bool far = frame->from_first || (!frame->rows && frame->start < 0);
    reach->everywhere = reach->everywhere || frame->to_last || (!frame->rows && frame->end > 0);
    reach->from_first = reach->from_first || far;
    reach->by_rows = reach->by_rows && frame->rows && !frame->from_first;
    if (frame->rows && back > reach->back)
        reach->back = back;
    if (frame->rows && ahead > reach->ahead)
        reach->ahead = ahead;
}

static OverReach find_reach(const PlanOver *plan)
{
    OverReach reach = {.by_rows = true};
    for (uint32_t f = 0; f < plan->frames; f++)
        add_frame(&plan->frame[f], &reach);
    for (uint32_t c = 0; c < plan->calls; c++) {
        OverFunction function = plan->call[c].function;
        if (function == OVER_AGGREGATE || function == OVER_CELL)
            continue;
        reach.by_rows = false;
        reach.from_first = reach.from_first || function == OVER_DENSE_RANK;
        reach.everywhere = reach.everywhere || function == OVER_PERCENT_RANK ||
                           function == OVER_CUME_DIST || function == OVER_NTILE;
    }
    reach.by_rows = reach.by_rows && !reach.everywhere;
    return reach;
}

Status over_values_open(OverValues *values, Op *op, const PlanOver *plan)
{
    const Batch none = {.rows = 1, .selected = 1};
    KeyBatch key;
    values->op = op;
    values->plan = plan;
    arena_init(&values->arena, &op->meter);
    strbuf_init(&values->nested[0], &op->meter);
    strbuf_init(&values->nested[1], &op->meter);
    values->reach = find_reach(plan);
    values->aggregate = (PlanAggregate){.call = plan->aggregate, .calls = plan->aggregates};
    TRY(aggregate_set_open(&values->set, op, &values->aggregate, 0, AGGREGATE_FRAMES));
    TRY(group_states_open(&values->states, &values->set));
    TRY(aggregate_set_keys(&values->set, &none, &key));
    TRY(keyed_map_upsert(&values->states.groups, &key, &values->entry, NULL));
    for (uint32_t i = 0; i < BATCH_ROWS; i++)
        values->group[i] = values->entry;
    TRY_NEW_ARRAY(values->one, &values->arena, plan->aggregates);
    TRY_NEW_ARRAY(values->argument, &values->arena, op->plan->input[0]->schema.count);
    aggregate_calls_mark(plan->aggregate, plan->aggregates, values->argument);
    for (uint32_t a = 0; a < plan->aggregates; a++) {
        TRY(column_make_typed(&values->arena, &plan->aggregate[a].result, 1, &values->one[a]));
    }
    return ST_OK;
}

void over_values_close(OverValues *values)
{
    if (values->op == NULL)
        return;
    arena_close(&values->arena);
    strbuf_close(&values->nested[0]);
    strbuf_close(&values->nested[1]);
    group_states_close(&values->states, &values->set);
    aggregate_set_close(&values->set);
}

Status over_list_make(const OverValues *values, uint32_t rows, OverList *out)
{
    out->rows = rows;
    TRY(op_make_columns(values->op, &values->op->plan->input[0]->schema, rows, &out->column));
    TRY_NEW_ARRAY(out->peer, &values->op->scratch, rows);
    TRY_NEW_ARRAY(out->side, &values->op->scratch, rows);
    return ST_OK;
}

/* --- places --- */

typedef struct Places {
    uint32_t count;
    uint32_t *row_at; /* per place: the row of the list */
    uint32_t *group;  /* per place: which of the groups of equal rows it is in */
    uint32_t *first;  /* per group: its first place; one more at the end */
    uint32_t groups;
    uint32_t from, until; /* the places whose values are wanted */
} Places;

static Status make_places(const OverValues *values, const OverList *list, uint8_t side, Places *out)
{
    Arena *scratch = &values->op->scratch;
    bool turn = true; /* the row is not equal to the last one that counts */
    *out = (Places){0};
    TRY_NEW_ARRAY(out->row_at, scratch, list->rows + 1);
    TRY_NEW_ARRAY(out->group, scratch, list->rows + 1);
    TRY_NEW_ARRAY(out->first, scratch, list->rows + 1);
    for (uint32_t row = 0; row < list->rows; row++) {
        turn = turn || list->peer[row] != 0;
        if ((list->side[row] & side) == 0)
            continue;
        if (turn)
            out->first[out->groups++] = out->count;
        turn = false;
        out->group[out->count] = out->groups - 1;
        out->row_at[out->count++] = row;
        out->from += row < list->from;
        out->until += row < list->until;
    }
    out->first[out->groups] = out->count;
    return ST_OK;
}

/* --- frames --- */

/* A frame on its way along the rows. */
typedef struct Run {
    OverValues *values;
    const OverList *list;
    const Places *places;
    const PlanFrame *frame;
    uint32_t in, next; /* places: it holds [in, next) */
    uint64_t arrival;
} Run;

/* Along the order: NULLs before or behind all others. */
typedef struct Position {
    int side;
    int64_t at;
} Position;

static Position position_of(const Run *run, uint32_t place)
{
    const PlanOrder *order = &run->values->plan->order[0];
    uint32_t row = run->places->row_at[place];
    const Column *column = &run->list->column[order->column];
    if (column_is_null(column, row))
        return (Position){.side = order->nulls_last ? 1 : -1};
    int64_t at = column->data.i64[row];
    return (Position){.at = !order->descending ? at : at == INT64_MIN ? INT64_MAX : -at};
}

static int compare(Position a, Position b)
{
    if (a.side != b.side)
        return a.side < b.side ? -1 : 1;
    return (a.at > b.at) - (a.at < b.at);
}

static Position moved(Position from, int64_t distance)
{
    if (from.side == 0 && __builtin_add_overflow(from.at, distance, &from.at))
        from.at = distance < 0 ? INT64_MIN : INT64_MAX;
    return from;
}

/* The first place of the frame of the row at `place`. */
static uint32_t frame_start(const Run *run, uint32_t place)
{
    const PlanFrame *frame = run->frame;
    uint32_t at = run->in;
    if (frame->from_first)
        return 0;
    if (frame->rows) {
        int64_t start = (int64_t)place + frame->start;
        return start < 0 ? 0 : start > run->places->count ? run->places->count : (uint32_t)start;
    }
    if (frame->start == 0)
        return run->places->first[run->places->group[place]];
    Position wanted = moved(position_of(run, place), frame->start);
    while (at < run->places->count && compare(position_of(run, at), wanted) < 0)
        at++;
    return at;
}

/* The place behind its last one. */
static uint32_t frame_end(const Run *run, uint32_t place)
{
    const PlanFrame *frame = run->frame;
    uint32_t at = run->next, count = run->places->count;
    if (frame->to_last)
        return count;
    if (frame->rows) {
        int64_t end;
        if (__builtin_add_overflow((int64_t)place + 1, frame->end, &end))
            return count;
        return end < 0 ? 0 : end > count ? count : (uint32_t)end;
    }
    if (frame->end == 0)
        return run->places->first[run->places->group[place] + 1];
    Position wanted = moved(position_of(run, place), frame->end);
    while (at < count && compare(position_of(run, at), wanted) <= 0)
        at++;
    return at;
}

/* The column of the rows at the places [from, to), numbered from row `base` on. */
static Status column_from(const Run *run, uint32_t c, uint32_t base, uint32_t from, uint32_t to,
                          Column *out)
{
    OverValues *values = run->values;
    Arena *scratch = &values->op->scratch;
    const Column *whole = &run->list->column[c];
    *out = *whole;
    if (whole->phys != PHYS_NESTED) {
        out->valid += base / 64;
        out->data.any = (char *)out->data.any + (size_t)base * phys_size(out->phys);
        return ST_OK;
    }
    TRY(column_make_typed(scratch, &values->op->plan->input[0]->schema.field[c].type, BATCH_ROWS,
                          out));
    for (uint32_t place = from; place < to; place++) {
        uint32_t row = run->places->row_at[place];
        TRY(column_copy_cell(scratch, out, row - base, whole, row));
    }
    return ST_OK;
}

/* Rows of the places come in, or leave. */
static Status move_places(Run *run, uint32_t from, uint32_t to, bool back)
{
    OverValues *values = run->values;
    Arena *scratch = &values->op->scratch;
    uint32_t width = values->op->plan->input[0]->schema.count;
    AggregateCalls calls = {run->frame->first, run->frame->calls};
    while (from < to) {
        ArenaMark mark = arena_mark(scratch);
        uint32_t base = run->places->row_at[from] / BATCH_ROWS * BATCH_ROWS, count = 0;
        Column *column;
        TRY_NEW_ARRAY(column, scratch, width);
        while (from + count < to && run->places->row_at[from + count] - base < BATCH_ROWS) {
            values->row[count] = (uint16_t)(run->places->row_at[from + count] - base);
            count++;
        }
        for (uint32_t c = 0; c < width; c++) {
            if (values->argument[c])
                TRY(column_from(run, c, base, from, from + count, &column[c]));
        }
        Batch batch = {.rows = BATCH_ROWS, .columns = (uint16_t)width, .column = column};
        FrameRows rows = {values->row, values->group, count};
        TRY(aggregate_set_move(&values->set, &values->states, calls, &batch, run->arrival, &rows,
                               back));
        run->arrival += back ? 0 : BATCH_ROWS;
        arena_release(scratch, mark);
        from += count;
    }
    return ST_OK;
}

static Status take_values(Run *run, uint32_t row, Column *value)
{
    OverValues *values = run->values;
    const PlanOver *plan = values->plan;
    AggregateCalls calls = {run->frame->first, run->frame->calls};
    for (uint32_t a = calls.first; a < calls.first + calls.count; a++) {
        if (type_is_nested(&plan->aggregate[a].result)) /* its elements only grow */
            TRY(column_make_typed(&values->op->scratch, &plan->aggregate[a].result, 1,
                                  &values->one[a]));
    }
    TRY(aggregate_set_values(&values->set, &values->states, calls, &values->entry, 1,
                             values->one + calls.first));
    for (uint32_t c = 0; c < plan->calls; c++) {
        Column *one = &values->one[plan->call[c].aggregate];
        if (plan->call[c].function != OVER_AGGREGATE ||
            plan->call[c].aggregate - calls.first >= calls.count)
            continue;
        TRY(column_keep_cell(&values->op->scratch, &value[c], row, one, 0));
        bit_set(one->valid, 0);
    }
    return ST_OK;
}

static Status run_frame(OverValues *values, const OverList *list, const Places *places,
                        const PlanFrame *frame, Column *value)
{
    Run run = {values, list, places, frame, .arrival = 1};
    for (uint32_t place = places->from; place < places->until; place++) {
        uint32_t next = frame_end(&run, place), in = frame_start(&run, place);
        in = in < next ? in : next;
        if (place == places->from) /* what has left before the first one need not come in */
            run.in = run.next = in;
        TRY(move_places(&run, run.next, next > run.next ? next : run.next, false));
        run.next = next > run.next ? next : run.next;
        TRY(move_places(&run, run.in, in > run.in ? in : run.in, true));
        run.in = in > run.in ? in : run.in;
        TRY(take_values(&run, places->row_at[place], value));
    }
    aggregate_set_reset(&values->set, &values->states, values->entry);
    return ST_OK;
}

/* --- what is told by the place --- */

static Status put_cell(const OverValues *values, const Places *places, const PlanOverCall *call,
                       const OverList *list, uint32_t place, Column *out)
{
    int64_t at = (int64_t)place + values->plan->frame[call->frame].start;
    bool there = at >= 0 && at < places->count;
    int32_t column = there ? (int32_t)call->column : call->otherwise;
    uint32_t row = places->row_at[place];
    if (column >= 0)
        return column_copy_cell(&values->op->scratch, out, row, &list->column[column],
                                places->row_at[there ? at : place]);
    bit_clear(out->valid, row);
    return ST_OK;
}

/* Of `count` rows in as many parts, the first ones a row larger where they cannot be equal. */
static int64_t part_of(uint64_t place, uint64_t count, uint64_t parts)
{
    uint64_t size = count / parts, larger = count % parts;
    if (place < larger * (size + 1))
        return (int64_t)(place / (size + 1) + 1);
    return (int64_t)(larger + (place - larger * (size + 1)) / size + 1);
}

static Status put_place(const OverValues *values, const Places *places, const PlanOverCall *call,
                        const OverList *list, uint32_t place, Column *out)
{
    uint32_t row = places->row_at[place], group = places->group[place];
    uint32_t first = places->first[group], behind = places->first[group + 1];
    switch (call->function) {
    case OVER_AGGREGATE: break;
    case OVER_CELL: return put_cell(values, places, call, list, place, out);
    case OVER_ROW_NUMBER: out->data.i64[row] = (int64_t)(list->before + place) + 1; break;
    case OVER_RANK: out->data.i64[row] = (int64_t)(list->before + first) + 1; break;
    case OVER_DENSE_RANK: out->data.i64[row] = (int64_t)group + 1; break;
    case OVER_PERCENT_RANK:
        out->data.f64[row] = places->count < 2 ? 0 : (double)first / (places->count - 1);
        break;
    case OVER_CUME_DIST: out->data.f64[row] = (double)behind / places->count; break;
    case OVER_NTILE: out->data.i64[row] = part_of(place, places->count, call->parts); break;
    }
    return ST_OK;
}

/* --- all of it --- */

Status over_values_compute(OverValues *values, const OverList *list, uint8_t side, Column **out)
{
    const PlanOver *plan = values->plan;
    uint32_t width = values->op->plan->input[0]->schema.count;
    Schema schema = {plan->calls, values->op->plan->schema.field + width};
    Places places;
    Column *value;
    TRY(op_make_columns(values->op, &schema, list->rows, &value));
    TRY(make_places(values, list, side, &places));
    for (uint32_t f = 0; f < plan->frames; f++) {
        if (plan->frame[f].calls > 0)
            TRY(run_frame(values, list, &places, &plan->frame[f], value));
    }
    for (uint32_t place = places.from; place < places.until; place++) {
        for (uint32_t c = 0; c < plan->calls; c++)
            TRY(put_place(values, &places, &plan->call[c], list, place, &value[c]));
    }
    *out = value;
    return ST_OK;
}

Status over_values_equal(OverValues *values, const Column *a, const Column *b, uint32_t row,
                         bool *out)
{
    const Schema *schema = &values->op->plan->schema;
    uint32_t width = values->op->plan->input[0]->schema.count;
    *out = true;
    for (uint32_t c = 0; c < values->plan->calls && *out; c++) {
        const Type *type = &schema->field[width + c].type;
        uint64_t x[2], y[2];
        bool null = column_is_null(&a[c], row);
        *out = null == column_is_null(&b[c], row);
        if (null || !*out)
            continue;
        TRY(state_cell_pack(type, &a[c], row, &values->nested[0], x));
        TRY(state_cell_pack(type, &b[c], row, &values->nested[1], y));
        *out = state_cell_compare(state_cell_phys(type), x, y) == 0;
    }
    return ST_OK;
}
