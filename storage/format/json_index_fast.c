/* Records by their special bytes.
 *
 * First the positions of a chunk's special bytes are listed, in the manner of the first stage of
 * Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (VLDB Journal 2019): compare 64 bytes
 * at a time, make a bitmap, list its bits. Which instructions do it is chosen when a decoder opens.
 *
 * Then a record of the expected shape needs no searching: its n-th special byte is the n-th of the
 * list. All that is compared and converted is independent of what came before it, which is what
 * makes this fast. A record is taken only if each of its bytes is accounted for (json_plan.c). */
#include <assert.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "storage/format/json_store_fast.h"

static inline bool is_special(char c)
{
    return c == '"' || c == '\\' || (signed char)c < ' ';
}

static void index_plain(const char *p, size_t size, JsonIndex *index)
{
    uint32_t count = 0;
    for (size_t i = 0; i < size; i++) {
        index->at[count] = (uint16_t)i;
        count += is_special(p[i]);
    }
    index->count = count;
}

#if defined(__x86_64__)

_Static_assert((int)INDEX_STRIDE <= (int)BLOCK_PADDING, "the last stride may be read whole");

/* Bits of the stride that begins `left` bytes before the end. */
static inline uint64_t stride_mask(size_t left)
{
    return left >= INDEX_STRIDE ? UINT64_MAX : (UINT64_C(1) << left) - 1;
}

/* Lists the set bits. Eight at a time whether they are there or not: what is too much is written
 * over by the next call, and the branches are few and predictable. */
__attribute__((target("bmi,popcnt"))) static inline uint32_t list_bits(uint64_t bits, uint16_t base,
                                                                       uint16_t *out)
{
    uint32_t count = (uint32_t)_mm_popcnt_u64(bits);
    for (uint32_t done = 0; done < count; done += 8) {
#pragma GCC unroll 8
        for (uint32_t i = 0; i < 8; i++) {
            out[done + i] = (uint16_t)(base + _tzcnt_u64(bits));
            bits = _blsr_u64(bits);
        }
    }
    return count;
}

__attribute__((target("avx2,bmi,popcnt"))) static inline uint32_t special32(const char *p)
{
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i odd = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), bytes);
    odd = _mm256_or_si256(odd, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')));
    odd = _mm256_or_si256(odd, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
    return (uint32_t)_mm256_movemask_epi8(odd);
}

__attribute__((target("avx2,bmi,popcnt"))) static void index_avx2(const char *p, size_t size,
                                                                  JsonIndex *index)
{
    uint32_t count = 0;
    for (size_t at = 0; at < size; at += INDEX_STRIDE) {
        uint64_t bits = special32(p + at) | (uint64_t)special32(p + at + 32) << 32;
        count += list_bits(bits & stride_mask(size - at), (uint16_t)at, index->at + count);
    }
    index->count = count;
}

/* Compresses the numbers 0 to 63 by the bitmap instead of listing bits one by one. */
__attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,popcnt"))) static void
index_avx512(const char *p, size_t size, JsonIndex *index)
{
    static const uint8_t numbers[INDEX_STRIDE] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const __m512i iota = _mm512_loadu_si512(numbers), space = _mm512_set1_epi8(' ');
    const __m512i quote = _mm512_set1_epi8('"'), backslash = _mm512_set1_epi8('\\');
    uint32_t count = 0;
    for (size_t at = 0; at < size; at += INDEX_STRIDE) {
        __m512i bytes = _mm512_loadu_si512(p + at);
        uint64_t bits = _mm512_cmplt_epi8_mask(bytes, space) |
                        _mm512_cmpeq_epi8_mask(bytes, quote) |
                        _mm512_cmpeq_epi8_mask(bytes, backslash);
        bits &= stride_mask(size - at);
        __m512i found = _mm512_maskz_compress_epi8(bits, iota), base = _mm512_set1_epi16((short)at);
        __m512i low = _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(found)), base);
        _mm512_storeu_si512(index->at + count, low);
        uint32_t more = (uint32_t)_mm_popcnt_u64(bits);
        if (more > INDEX_STRIDE / 2) {
            __m512i high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(found, 1));
            _mm512_storeu_si512(index->at + count + INDEX_STRIDE / 2, _mm512_add_epi16(high, base));
        }
        count += more;
    }
    index->count = count;
}

JsonIndexer *json_indexer(void)
{
    if (__builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bw"))
        return index_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        return index_avx2;
    return index_plain;
}

#else

JsonIndexer *json_indexer(void)
{
    return index_plain;
}

#endif

JsonIndexer *json_indexer_numbered(uint32_t number)
{
#if defined(__x86_64__)
    if (number == 1 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        return index_avx2;
    if (number == 2 && json_indexer() == index_avx512)
        return index_avx512;
#endif
    return number == 0 ? index_plain : NULL;
}

/* --- walking --- */

/* Through its token. Apart from the rest, so that the usual way needs no room for one. */
static __attribute__((noinline)) Status put_text(JsonDecoder *decoder, const ShapeField *field,
                                                 const char *p, const char *end, BatchBuilder *out)
{
    JsonToken token = {JSON_STRING, false, (uint32_t)(end - p), p};
    return json_cell_put(decoder, field->column, &token, out);
}

/* What is at [p, end) and no string, put if it is wanted; false when it is no value. */
static __attribute__((noinline)) bool take_any(JsonDecoder *decoder, const ShapeField *field,
                                               const char *p, const char *end, BatchBuilder *out,
                                               Status *status)
{
    JsonToken token;
    JsonFault ignored;
    if (p >= end || json_scan_value(p, end, 1, &token, &ignored) != end)
        return false;
    if (field->action != SHAPE_SKIP)
        *status = json_cell_put(decoder, field->column, &token, out);
    return *status == ST_OK;
}

enum { WORD_DIGITS = 8, WORD_VALUES = 100000000 };

/* Whether [p, end) is 1 to 16 digits of a JSON number and nothing else; they are left as two words
 * of 8 digits, the first one 0 when 8 are enough. */
static inline bool read_digits(const char *p, const char *end, uint64_t *head, uint64_t *tail)
{
    size_t count = (size_t)(end - p);
    *head = 0;
    if (count - 1 < WORD_DIGITS) /* nearly all */
        return (*p != '0' || count == 1) &&
               scan_padded_digits(scan_load64(p), (uint32_t)count, tail);
    return count - 1 < 2 * WORD_DIGITS && *p != '0' &&
           scan_padded_digits(scan_load64(p), (uint32_t)count - WORD_DIGITS, head) &&
           scan_padded_digits(scan_load64(end - WORD_DIGITS), WORD_DIGITS, tail);
}

static inline bool take_integer(JsonDecoder *decoder, const ShapeField *field, const char *p,
                                const char *end, BatchBuilder *out, Status *status)
{
    uint64_t head, tail;
    bool negative = *p == '-';
    if (!read_digits(p + negative, end, &head, &tail))
        return take_any(decoder, field, p, end, out, status);
    int64_t value = scan_padded_value(tail);
    if (head != 0)
        value += (int64_t)scan_padded_value(head) * WORD_VALUES;
    value = negative ? -value : value;
    if (value < field->min || value > field->max)
        return take_any(decoder, field, p, end, out, status);
    out->column[field->column].data.i64[out->rows] = value;
    return true;
}

static inline bool take_timestamp(JsonDecoder *decoder, const ShapeField *field, const char *p,
                                  const char *end, BatchBuilder *out, Status *status)
{
    if (!json_store_timestamp(decoder, field, p, end, out))
        *status = put_text(decoder, field, p, end, out);
    return *status == ST_OK;
}

static bool rests_match(const IndexPlan *plan, const char *const *start)
{
    for (uint32_t i = 0; i < plan->parts; i++) {
        const PlanPart *part = &plan->part[i];
        if (part->size > SHAPE_PAD &&
            memcmp(start[i] + SHAPE_PAD, part->bytes + SHAPE_PAD, part->size - SHAPE_PAD) != 0)
            return false;
    }
    return true;
}

/* Where each part begins, and whether each is what it should be. */
static inline bool parts_match(const IndexPlan *plan, const char *base, const uint16_t *at,
                               const char **start)
{
    const PlanPart *part = plan->part;
    uint32_t parts = plan->parts;
#ifdef __SSE2__
    __m128i wrong = _mm_setzero_si128();
    for (uint32_t i = 0; i < parts; i++, part++) {
        start[i] = base + at[part->entry] - part->first_at;
        __m128i found = _mm_loadu_si128((const __m128i *)(const void *)start[i]);
        __m128i bytes = _mm_load_si128((const __m128i *)(const void *)part->bytes);
        __m128i mask = _mm_load_si128((const __m128i *)(const void *)part->mask);
        wrong = _mm_or_si128(wrong, _mm_and_si128(_mm_xor_si128(found, bytes), mask));
    }
    bool same = _mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) == 0xFFFF;
#else
    bool same = true;
    for (uint32_t i = 0; i < parts; i++, part++) {
        start[i] = base + at[part->entry] - part->first_at;
        uint32_t size = part->size < SHAPE_PAD ? part->size : SHAPE_PAD;
        same = same && memcmp(start[i], part->bytes, size) == 0;
    }
#endif
    return same && (!plan->long_parts || rests_match(plan, start));
}

static inline bool scalars_are_values(JsonDecoder *decoder, const char *const *start)
{
    const PlanValue *value = decoder->plan.scalar, *last = value + decoder->plan.scalars;
    Status ignored = ST_OK;
    uint64_t head, tail;
    for (; value < last; value++) {
        const char *p = start[value->part] + value->part_size, *end = start[value->part + 1];
        if (!read_digits(p, end, &head, &tail) &&
            !take_any(decoder, value->field, p, end, NULL, &ignored))
            return false;
    }
    return true;
}

static inline bool take_value(JsonDecoder *decoder, const PlanValue *value, const char *p,
                              const char *end, BatchBuilder *out, Status *status)
{
    const ShapeField *field = value->field;
    switch (value->kind) {
    case PLAN_INTEGER:
        return take_integer(decoder, field, p, end, out, status);
    case PLAN_STRING:
        out->column[field->column].data.str[out->rows] = scan_str(p, (uint32_t)(end - p));
        return true;
    case PLAN_TIMESTAMP:
        return take_timestamp(decoder, field, p, end, out, status);
    case PLAN_TEXT:
        *status = put_text(decoder, field, p, end, out);
        return *status == ST_OK;
    case PLAN_OTHER:
        break;
    }
    return take_any(decoder, field, p, end, out, status);
}

/* The values [from, to) of the plan. In a row that the predicate drops, strings that nothing needs
 * may be left alone; a plain one is taken all the same, since that is cheaper than to ask. */
static inline bool take_values(JsonDecoder *decoder, const char *const *start, uint32_t from,
                               uint32_t to, bool dropped, BatchBuilder *out, Status *status)
{
    const PlanValue *value = decoder->plan.value + from, *last = decoder->plan.value + to;
    for (; value < last; value++) {
        const char *p = start[value->part] + value->part_size, *end = start[value->part + 1];
        if (value->kind == PLAN_TEXT && dropped && value->field->droppable)
            continue;
        if (!take_value(decoder, value, p, end, out, status))
            return false;
    }
    return true;
}

/* All values of a record whose parts are right. */
static inline bool take_row(JsonDecoder *decoder, const char *const *start, bool *dropped,
                            BatchBuilder *out, Status *status)
{
    const IndexPlan *plan = &decoder->plan;
    *status = decoder->shape.missing == 0 ? ST_OK : json_put_missing(decoder, out);
    if (*status != ST_OK)
        return false;
    if (decoder->tests == 0)
        return take_values(decoder, start, 0, plan->values, false, out, status);
    if (!take_values(decoder, start, 0, plan->tested_at, false, out, status))
        return false;
    *dropped = json_row_fails_tests(decoder, out);
    return take_values(decoder, start, plan->tested_at, plan->values, *dropped, out, status);
}

const char *json_walk_indexed(JsonDecoder *decoder, const char *p, const char *base,
                              const uint16_t *at, uint64_t offset, BatchBuilder *out,
                              Status *status)
{
    SCRATCH const char *start[SHAPE_FIELDS + 1];
    const IndexPlan *plan = &decoder->plan;
    if (base + at[0] - plan->part[0].first_at != p || !parts_match(plan, base, at, start) ||
        !scalars_are_values(decoder, start))
        return NULL;
    bool dropped = false, whole = take_row(decoder, start, &dropped, out, status);
    const char *after = base + at[plan->entries - 1] + 1;
    return json_end_row(decoder, p, whole ? after : NULL, offset, dropped, out);
}
