/* Records of the expected shape, many at a time.
 *
 * By the index of a chunk (json_index_fast.c) such a record needs no searching: its n-th special
 * byte is the n-th of the list. A run of records is matched first: the bytes that must stand in
 * each are compared, and where its values begin is noted. Then each wanted column is converted for
 * the whole run in one loop, whose rounds have no branches that differ and do not wait for each
 * other; last come the rows that some loop could not convert, one by one. A record is taken only if
 * each of its bytes is accounted for (json_plan.c). */
#include <assert.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "storage/format/json.h"
#include "storage/format/scan_fast.h"
#include "storage/format/timestamp_fast.h"

/* --- matching --- */

/* The bytes of the parts beyond those that are compared at once. */
static bool rests_match(const IndexPlan *plan, const JsonRun *run, uint32_t row)
{
    for (uint32_t i = 0; i < plan->parts; i++) {
        const PlanPart *part = &plan->part[i];
        if (part->size > SHAPE_PAD && memcmp(run->base + run->start[i][row] + SHAPE_PAD,
                                             part->bytes + SHAPE_PAD, part->size - SHAPE_PAD) != 0)
            return false;
    }
    return true;
}

/* Notes where each part of the record begins, and says whether each is what it should be. */
static inline bool parts_match(const IndexPlan *plan, const uint16_t *at, JsonRun *run,
                               uint32_t row)
{
    const PlanPart *part = plan->part;
    uint32_t parts = plan->parts;
#ifdef __SSE2__
    __m128i wrong = _mm_setzero_si128();
    for (uint32_t i = 0; i < parts; i++, part++) {
        uint32_t start = (uint32_t)at[part->entry] - part->first_at;
        run->start[i][row] = (uint16_t)start;
        __m128i found = _mm_loadu_si128((const __m128i *)(const void *)(run->base + start));
        __m128i bytes = _mm_load_si128((const __m128i *)(const void *)part->bytes);
        __m128i mask = _mm_load_si128((const __m128i *)(const void *)part->mask);
        wrong = _mm_or_si128(wrong, _mm_and_si128(_mm_xor_si128(found, bytes), mask));
    }
    bool same = _mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) == 0xFFFF;
#else
    bool same = true;
    for (uint32_t i = 0; i < parts; i++, part++) {
        uint32_t start = (uint32_t)at[part->entry] - part->first_at;
        run->start[i][row] = (uint16_t)start;
        uint32_t size = part->size < SHAPE_PAD ? part->size : SHAPE_PAD;
        same = same && memcmp(run->base + start, part->bytes, size) == 0;
    }
#endif
    return same && (!plan->long_parts || rests_match(plan, run, row));
}

/* Matches records, `most` at most: the first begins at run->begin[0], its special bytes at `at`. */
static void match_run(const IndexPlan *plan, const uint16_t *at, uint32_t most, JsonRun *run)
{
    uint32_t row = 0;
    for (; row < most; row++, at += plan->entries) {
        bool here = (uint32_t)at[0] == (uint32_t)run->begin[row] + plan->part[0].first_at;
        if (!here || !parts_match(plan, at, run, row))
            break;
        run->begin[row + 1] = (uint16_t)(at[plan->entries - 1] + 1);
    }
    run->rows = row;
}

static inline const char *value_start(const JsonRun *run, const PlanValue *value, uint32_t row)
{
    return run->base + run->start[value->part][row] + value->part_size;
}

static inline const char *value_end(const JsonRun *run, const PlanValue *value, uint32_t row)
{
    return run->base + run->start[value->part + 1][row];
}

/* --- a column --- */

enum { WORD_DIGITS = 8, WORD_VALUES = 100000000 };

/* Whether [p, end) is 1 to 16 digits of a JSON number and nothing else; they are left as two words
 * of 8 digits, the first one 0 when 8 are enough. */
static bool read_digits(const char *p, const char *end, uint64_t *head, uint64_t *tail)
{
    size_t count = (size_t)(end - p);
    *head = *tail = 0;
    if (count - 1 < WORD_DIGITS)
        return (*p != '0' || count == 1) &&
               scan_padded_digits(scan_load64(p), (uint32_t)count, tail);
    return count - 1 < 2 * WORD_DIGITS && *p != '0' &&
           scan_padded_digits(scan_load64(p), (uint32_t)count - WORD_DIGITS, head) &&
           scan_padded_digits(scan_load64(end - WORD_DIGITS), WORD_DIGITS, tail);
}

/* An integer of up to 16 digits at [p, end), within the field's range. */
static bool read_integer(const char *p, const char *end, const ShapeField *field, int64_t *out)
{
    uint64_t head, tail;
    bool negative = *p == '-';
    if (!read_digits(p + negative, end, &head, &tail))
        return false;
    int64_t value = scan_padded_value(tail);
    if (head != 0)
        value += (int64_t)scan_padded_value(head) * WORD_VALUES;
    *out = negative ? -value : value;
    return *out >= field->min && *out <= field->max;
}

/* What a run of digits says of the rows [0, rows): a bit for each bad one. */
static uint64_t bad_rows(const DigitsRun *digits, uint32_t rows)
{
    uint64_t any = 0, bad = 0;
    for (uint32_t row = 0; row < rows; row++)
        any |= digits->bad[row];
    for (uint32_t row = 0; any != 0 && row < rows; row++)
        bad |= (uint64_t)(digits->bad[row] != 0) << row;
    return bad;
}

static void gather_integers(JsonDecoder *decoder, const PlanValue *value)
{
    const JsonRun *run = decoder->run;
    DigitsRun *digits = decoder->digits;
    for (uint32_t row = 0; row < run->rows; row++) {
        const char *p = value_start(run, value, row);
        digits->word[row] = scan_load64(p);
        digits->size[row] = (uint64_t)(value_end(run, value, row) - p);
    }
}

/* A bit for each of the first values that its column cannot hold. */
static uint64_t out_of_range(const ShapeField *field, const int64_t *value, uint32_t rows)
{
    uint64_t bad = 0;
    if (field->min <= -WORD_VALUES && field->max >= WORD_VALUES)
        return 0;
    for (uint32_t row = 0; row < rows; row++)
        bad |= (uint64_t)(value[row] < field->min || value[row] > field->max) << row;
    return bad;
}

/* Each of these converts a value of all records of the run, and returns a bit for each row whose
 * value is not of the usual form; those cells hold anything. */

static uint64_t take_integers(JsonDecoder *decoder, const PlanValue *value, int64_t *out)
{
    const JsonRun *run = decoder->run;
    uint64_t slow = 0;
    gather_integers(decoder, value);
    decoder->loops->integers(decoder->digits);
    memcpy(out, decoder->digits->value, run->rows * sizeof *out);
    uint64_t bad =
        bad_rows(decoder->digits, run->rows) | out_of_range(value->field, out, run->rows);
    for (; bad != 0; bad &= bad - 1) { /* longer ones */
        uint32_t row = (uint32_t)__builtin_ctzll(bad);
        if (!read_integer(value_start(run, value, row), value_end(run, value, row), value->field,
                          &out[row]))
            slow |= bad & -bad;
    }
    return slow;
}

static uint64_t convert_seconds(JsonDecoder *decoder, const PlanValue *value,
                                const TimestampMemo *memo)
{
    const JsonRun *run = decoder->run;
    DigitsRun *digits = decoder->digits;
    for (uint32_t row = 0; row < run->rows; row++) {
        const char *p = value_start(run, value, row);
        digits->minute[0][row] = scan_load64(p);
        digits->minute[1][row] = scan_load64(p + 8);
        digits->word[row] = scan_load64(p + TIMESTAMP_MINUTE_TEXT);
        digits->size[row] = (uint64_t)(value_end(run, value, row) - p);
    }
    decoder->loops->seconds(digits, scan_load64(memo->minute), scan_load64(memo->minute + 8));
    return bad_rows(digits, run->rows);
}

static uint64_t take_timestamps(JsonDecoder *decoder, const PlanValue *value, int64_t *out)
{
    const JsonRun *run = decoder->run;
    JsonColumn *column = &decoder->column[value->field->column];
    const Type type = column->type;
    uint64_t bad = UINT64_MAX >> (64 - run->rows), slow = 0;
    if (column->memo.set && type.id == TYPE_TIMESTAMP && type.precision >= 3) {
        const Micros minute = column->memo.base;
        bad = convert_seconds(decoder, value, &column->memo);
        for (uint32_t row = 0; row < run->rows; row++)
            out[row] = minute + decoder->digits->value[row];
    }
    for (; bad != 0; bad &= bad - 1) { /* another minute, another form */
        uint32_t row = (uint32_t)__builtin_ctzll(bad);
        const char *p = value_start(run, value, row);
        uint32_t size = (uint32_t)(value_end(run, value, row) - p);
        if (!timestamp_take(&column->memo, p, size, &type, decoder->time_syntax, &out[row]))
            slow |= bad & -bad;
    }
    return slow;
}

static void take_strings(const JsonRun *run, const PlanValue *value, Str *out)
{
    for (uint32_t row = 0; row < run->rows; row++) {
        const char *p = value_start(run, value, row);
        out[row] = scan_str(p, (uint32_t)(value_end(run, value, row) - p));
    }
}

/* A value that nobody wants must be one all the same. */
static uint64_t check_integers(JsonDecoder *decoder, const PlanValue *value)
{
    const JsonRun *run = decoder->run;
    uint64_t head, tail, slow = 0;
    gather_integers(decoder, value);
    decoder->loops->check_integers(decoder->digits);
    for (uint64_t bad = bad_rows(decoder->digits, run->rows); bad != 0; bad &= bad - 1) {
        uint32_t row = (uint32_t)__builtin_ctzll(bad);
        const char *p = value_start(run, value, row);
        if (!read_digits(p + (*p == '-'), value_end(run, value, row), &head, &tail))
            slow |= bad & -bad;
    }
    return slow;
}

static uint64_t take_columns(JsonDecoder *decoder, BatchBuilder *out)
{
    const IndexPlan *plan = &decoder->plan;
    const JsonRun *run = decoder->run;
    uint64_t slow = 0;
    for (uint32_t i = 0; i < plan->scalars; i++)
        slow |= check_integers(decoder, &plan->scalar[i]);
    for (uint32_t i = 0; i < plan->values; i++) {
        const PlanValue *value = &plan->value[i];
        Column *column = &out->column[value->field->column];
        switch (value->kind) {
        case PLAN_INTEGER:
            slow |= take_integers(decoder, value, column->data.i64 + out->rows);
            break;
        case PLAN_STRING: take_strings(run, value, column->data.str + out->rows); break;
        case PLAN_TIMESTAMP:
            slow |= take_timestamps(decoder, value, column->data.i64 + out->rows);
            break;
        case PLAN_TEXT:
        case PLAN_OTHER: break; /* by rows */
        }
    }
    return slow;
}

/* --- a row --- */

/* The value at [p, end), put if it is wanted; false when it is none. */
static bool put_value(JsonDecoder *decoder, const PlanValue *value, const char *p, const char *end,
                      BatchBuilder *out, Status *status)
{
    const ShapeField *field = value->field;
    JsonToken token = {JSON_STRING, false, (uint32_t)(end - p), p};
    JsonFault ignored;
    bool text = value->kind != PLAN_INTEGER && value->kind != PLAN_OTHER;
    if (!text && (p >= end || json_scan_value(p, end, 1, &token, &ignored) != end))
        return false;
    if (field->action != SHAPE_SKIP)
        *status = json_cell_put(decoder, field->column, &token, out);
    return *status == ST_OK;
}

/* All values of a row, or those that no column loop takes. */
static bool put_row(JsonDecoder *decoder, uint32_t row, bool all, BatchBuilder *out, Status *status)
{
    const IndexPlan *plan = &decoder->plan;
    const JsonRun *run = decoder->run;
    if (all)
        builder_undo_row(out);
    *status = json_put_missing(decoder, out);
    for (uint32_t i = 0; all && i < plan->scalars && *status == ST_OK; i++) {
        const PlanValue *value = &plan->scalar[i];
        if (!put_value(decoder, value, value_start(run, value, row), value_end(run, value, row),
                       out, status))
            return false;
    }
    for (uint32_t i = 0; i < plan->values && *status == ST_OK; i++) {
        const PlanValue *value = &plan->value[i];
        bool wanted = all || value->kind == PLAN_TEXT || value->kind == PLAN_OTHER;
        if (wanted && !put_value(decoder, value, value_start(run, value, row),
                                 value_end(run, value, row), out, status))
            return false;
    }
    return *status == ST_OK;
}

static inline uint64_t low_bits(uint32_t count)
{
    return count == 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* Fills what take_columns left. Ends the run in front of the first record that is none of the
 * shape. */
static Status put_rows(JsonDecoder *decoder, uint64_t slow, BatchBuilder *out)
{
    JsonRun *run = decoder->run;
    uint16_t first = out->rows;
    bool some_of_each = decoder->plan.by_row || decoder->shape.missing > 0;
    uint64_t left = some_of_each ? low_bits(run->rows) : slow;
    Status status = ST_OK;
    for (; left != 0; left &= left - 1) {
        uint32_t row = (uint32_t)__builtin_ctzll(left);
        out->rows = (uint16_t)(first + row);
        if (put_row(decoder, row, (slow >> row & 1) != 0, out, &status))
            continue;
        for (uint32_t i = row; i < run->rows; i++) { /* no trace of what was not taken */
            out->rows = (uint16_t)(first + i);
            builder_undo_row(out);
        }
        run->rows = row;
        break;
    }
    out->rows = first;
    return status;
}

/* --- a run --- */

/* A bit for each row that the predicate drops. */
static uint64_t test_rows(const JsonDecoder *decoder, uint32_t bad_before, BatchBuilder *out)
{
    const JsonRun *run = decoder->run;
    uint64_t kept = low_bits(run->rows);
    if (out->bad_count == bad_before) {
        for (uint32_t i = 0; i < decoder->tests; i++) {
            const Comparison *test = &decoder->test[i];
            kept &= comparison_select(test, &out->column[test->column], out->rows, run->rows);
        }
        return kept ^ low_bits(run->rows);
    }
    uint16_t first = out->rows;
    uint64_t dropped = 0;
    for (uint32_t row = 0; row < run->rows; row++) {
        out->rows = (uint16_t)(first + row);
        dropped |= (uint64_t)json_row_fails_tests(decoder, out) << row;
    }
    out->rows = first;
    return dropped;
}

static void end_rows(JsonDecoder *decoder, uint64_t dropped, uint64_t offset, BatchBuilder *out)
{
    const JsonRun *run = decoder->run;
    uint64_t line = decoder->base.line;
    for (uint32_t row = 0; row < run->rows; row++) {
        uint32_t begin = run->begin[row], size = run->begin[row + 1] - begin - 1;
        builder_end_row(out, offset + begin, line + row, (Text){run->base + begin, size});
    }
    for (; dropped != 0; dropped &= dropped - 1)
        builder_set_filtered(out, out->rows - run->rows + (uint32_t)__builtin_ctzll(dropped));
    decoder->base.line += run->rows;
}

Status json_take_run(JsonDecoder *decoder, const JsonIndex *index, uint32_t entry, const char *base,
                     const char **p, uint64_t offset, BatchBuilder *out)
{
    const IndexPlan *plan = &decoder->plan;
    JsonRun *run = decoder->run;
    uint32_t most = (index->count - entry) / plan->entries,
             room = (uint32_t)out->capacity - out->rows;
    uint32_t bad_before = out->bad_count;
    most = most < room ? most : room;
    run->base = base;
    run->begin[0] = (uint16_t)(*p - base);
    match_run(plan, index->at + entry, most < RUN_ROWS ? most : RUN_ROWS, run);
    if (run->rows == 0)
        return ST_OK;
    TRY(put_rows(decoder, take_columns(decoder, out), out));
    uint64_t dropped = decoder->tests == 0 ? 0 : test_rows(decoder, bad_before, out);
    end_rows(decoder, dropped, offset, out);
    *p = base + run->begin[run->rows];
    return ST_OK;
}
