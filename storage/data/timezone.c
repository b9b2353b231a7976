/* A zone is a list of transitions, each the instant from which another offset holds, and a yearly
 * rule for what comes after the last of them. Everything read from a file is checked: a damaged one
 * is no zone, and never a wrong access. Of the rest of a TZif file (abbreviations, indicators)
 * nothing is kept, and files that count leap seconds ("right/...") are refused, as their seconds
 * are others. */
#include "storage/data/timezone.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "storage/data/posix_zone.h"
#include "storage/data/timestamp.h"

#define ZONEINFO "/usr/share/zoneinfo/"

enum {
    LARGEST_FILE = 64 << 10, /* the largest zone has about 4 KB */
    LARGEST_NAME = 64,
    HEADER_BYTES = 44,
    LARGEST_FIXED = 18 * 3600,  /* offset as java.time takes it */
    LARGEST_OFFSET = 26 * 3600, /* as RFC 8536 takes it */
};

struct TimeZone {
    uint32_t count;
    const int64_t *at;     /* seconds since the epoch, ascending */
    const int32_t *offset; /* [i + 1] from at[i] on; [0] before the first: count + 1 entries */
    bool has_rule;
    PosixZone rule;
};

static const int32_t utc_offset[] = {0};
static const TimeZone utc_zone = {.offset = utc_offset};

/* --- TZif --- */

typedef struct Reader {
    const unsigned char *p;
    size_t left;
} Reader;

/* The next `size` bytes, or NULL. */
static const unsigned char *take(Reader *reader, uint64_t size)
{
    if (size > reader->left)
        return NULL;
    const unsigned char *bytes = reader->p;
    reader->p += size;
    reader->left -= size;
    return bytes;
}

static uint32_t read_u32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_time(const unsigned char *p, uint32_t width)
{
    if (width == 4)
        return (int32_t)read_u32(p);
    return (int64_t)((uint64_t)read_u32(p) << 32 | read_u32(p + 4));
}

typedef struct Header {
    char version;
    uint32_t ut_indicators, standard_indicators, leaps, times, types, chars;
} Header;

static bool read_header(Reader *reader, Header *out)
{
    const unsigned char *p = take(reader, HEADER_BYTES);
    if (p == NULL || memcmp(p, "TZif", 4) != 0)
        return false;
    *out = (Header){(char)p[4],       read_u32(p + 20), read_u32(p + 24), read_u32(p + 28),
                    read_u32(p + 32), read_u32(p + 36), read_u32(p + 40)};
    return true;
}

static uint64_t block_bytes(const Header *h, uint32_t width)
{
    return (uint64_t)h->times * (width + 1) + (uint64_t)h->types * 6 + h->chars +
           (uint64_t)h->leaps * (width + 4) + h->standard_indicators + h->ut_indicators;
}

/* One data block: times, then the type of each, then the types. */
static Status read_block(const unsigned char *block, const Header *h, uint32_t width, Arena *arena,
                         TimeZone *zone, bool *damaged)
{
    *damaged = true;
    if (h->types == 0 || h->types > 256 || h->leaps != 0)
        return ST_OK;
    int64_t *at;
    int32_t *offset;
    TRY_NEW_ARRAY(at, arena, h->times);
    TRY_NEW_ARRAY(offset, arena, (size_t)h->times + 1);
    const unsigned char *index = block + (size_t)h->times * width;
    const unsigned char *type = index + h->times;
    for (uint32_t i = 0; i <= h->times; i++) {
        uint32_t which = i == 0 ? 0 : index[i - 1];
        if (which >= h->types)
            return ST_OK;
        offset[i] = (int32_t)read_u32(type + (size_t)which * 6);
        if (offset[i] < -LARGEST_OFFSET || offset[i] > LARGEST_OFFSET)
            return ST_OK;
    }
    for (uint32_t i = 0; i < h->times; i++) {
        at[i] = read_time(block + (size_t)i * width, width);
        bool sane = at[i] >= -(INT64_C(1) << 60) && at[i] <= INT64_C(1) << 60;
        if (!sane || (i > 0 && at[i] <= at[i - 1]))
            return ST_OK;
    }
    zone->count = h->times;
    zone->at = at;
    zone->offset = offset;
    *damaged = false;
    return ST_OK;
}

/* The rule between two line ends behind the last block; an empty one is no rule. */
static bool read_footer(Reader *reader, TimeZone *zone)
{
    const char *start = (const char *)reader->p + 1;
    if (reader->left < 2 || reader->p[0] != '\n')
        return false;
    const char *end = memchr(start, '\n', reader->left - 1);
    if (end == NULL)
        return false;
    zone->has_rule = end > start;
    return !zone->has_rule || posix_zone_parse((Text){start, (uint32_t)(end - start)}, &zone->rule);
}

Status timezone_decode(Text bytes, Arena *arena, const TimeZone **out)
{
    *out = NULL;
    Reader reader = {(const unsigned char *)bytes.ptr, bytes.size};
    Header h;
    TimeZone *zone;
    bool damaged;
    if (!read_header(&reader, &h))
        return ST_OK;
    const unsigned char *block = take(&reader, block_bytes(&h, 4));
    uint32_t width = h.version >= '2' ? 8 : 4;
    if (block != NULL && width == 8) /* the first block is for readers of 32 bits alone */
        block = read_header(&reader, &h) ? take(&reader, block_bytes(&h, width)) : NULL;
    if (block == NULL)
        return ST_OK;
    TRY_NEW(zone, arena);
    TRY(read_block(block, &h, width, arena, zone, &damaged));
    if (!damaged && (width == 4 || read_footer(&reader, zone)))
        *out = zone;
    return ST_OK;
}

/* --- names --- */

/* Names of zones begin with a capital letter, other files there ("posixrules", "right/...") do not;
 * without dots no name leads out of the folder. */
static bool is_zone_name(Text name)
{
    if (name.size == 0 || name.size > LARGEST_NAME || name.ptr[0] < 'A' || name.ptr[0] > 'Z')
        return false;
    for (uint32_t i = 0; i < name.size; i++) {
        char c = name.ptr[i];
        bool allowed = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '+' || c == '-' || c == '/';
        if (!allowed)
            return false;
    }
    return true;
}

/* h, hh, hhmm, hh:mm, hhmmss or hh:mm:ss behind the sign. */
static bool parse_fixed_offset(Text text, int32_t *out)
{
    int32_t digit[6] = {0};
    uint32_t count = 0, colons = 0;
    if (text.size < 2 || (text.ptr[0] != '+' && text.ptr[0] != '-'))
        return false;
    for (uint32_t i = 1; i < text.size; i++) {
        char c = text.ptr[i];
        if (c == ':' && i + 1 < text.size && (i == 3 || (i == 6 && colons == 1)))
            colons++;
        else if (c >= '0' && c <= '9' && count < 6)
            digit[count++] = c - '0';
        else
            return false;
    }
    if (count == 1) {
        digit[1] = digit[0];
        digit[0] = 0;
    } else if (count % 2 != 0 || (colons > 0 && colons != count / 2 - 1)) {
        return false;
    }
    int32_t minutes = digit[2] * 10 + digit[3], seconds = digit[4] * 10 + digit[5];
    int32_t offset = (digit[0] * 10 + digit[1]) * 3600 + minutes * 60 + seconds;
    if (minutes > 59 || seconds > 59 || offset > LARGEST_FIXED)
        return false;
    *out = text.ptr[0] == '-' ? -offset : offset;
    return true;
}

static Status make_fixed(int32_t offset, Arena *arena, const TimeZone **out)
{
    TimeZone *zone;
    TRY_NEW(zone, arena);
    int32_t *only;
    TRY_NEW(only, arena);
    *only = offset;
    zone->offset = only;
    *out = zone;
    return ST_OK;
}

static Status open_file(Text name, Arena *arena, const TimeZone **out)
{
    char path[sizeof ZONEINFO + LARGEST_NAME], bytes[LARGEST_FILE];
    snprintf(path, sizeof path, ZONEINFO "%.*s", TEXT_ARG(name));
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return ST_OK;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    bool whole = feof(file) && !ferror(file);
    fclose(file);
    return whole ? timezone_decode((Text){bytes, (uint32_t)size}, arena, out) : ST_OK;
}

Status timezone_open(Text name, Arena *arena, const TimeZone **out)
{
    static const Text prefixes[] = {TEXT("UTC"), TEXT("GMT"), TEXT("UT"), TEXT("")};
    *out = NULL;
    if (text_is(name, "Z") || text_is(name, "UTC") || text_is(name, "GMT") || text_is(name, "UT")) {
        *out = &utc_zone;
        return ST_OK;
    }
    for (uint32_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        int32_t offset;
        uint32_t skip = prefixes[i].size;
        if (text_starts_with(name, prefixes[i]) &&
            parse_fixed_offset((Text){name.ptr + skip, name.size - skip}, &offset))
            return make_fixed(offset, arena, out);
    }
    return is_zone_name(name) ? open_file(name, arena, out) : ST_OK;
}

/* --- conversion --- */

static int64_t seconds_of(Micros micros)
{
    return micros_floor_div(micros, MICROS_PER_SECOND);
}

/* How many transitions have happened. */
static uint32_t count_until(const TimeZone *zone, int64_t utc)
{
    uint32_t low = 0, high = zone->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->at[middle] <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int32_t timezone_offset(const TimeZone *zone, Micros utc)
{
    if (zone == NULL)
        return 0;
    int64_t seconds = seconds_of(utc);
    uint32_t happened = count_until(zone, seconds);
    if (happened == zone->count && zone->has_rule)
        return posix_zone_offset(&zone->rule, seconds);
    return zone->offset[happened];
}

/* A transition from offset b to a at t: clocks that show less than t + max(a, b) are read with b.
 * Among them are those of a gap, which b moves forward by its length, and those shown twice, of
 * which b gives the earlier instant. */
static int32_t offset_of_local(const TimeZone *zone, int64_t local)
{
    uint32_t low = 0, high = zone->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int32_t before = zone->offset[middle], after = zone->offset[middle + 1];
        if (zone->at[middle] + (before > after ? before : after) <= local)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->count && zone->has_rule)
        return posix_zone_local_offset(&zone->rule, local);
    return zone->offset[low];
}

/* Instants at the ends of the range (a watermark that is not set, or has ended) stay there. */
static Micros shift(Micros time, int64_t seconds)
{
    Micros shifted;
    if (__builtin_add_overflow(time, seconds * MICROS_PER_SECOND, &shifted))
        return seconds < 0 ? MICROS_MIN : MICROS_MAX;
    return shifted;
}

Micros timezone_to_local(const TimeZone *zone, Micros utc)
{
    return shift(utc, timezone_offset(zone, utc));
}

Micros timezone_to_utc(const TimeZone *zone, Micros local)
{
    return zone == NULL ? local : shift(local, -(int64_t)offset_of_local(zone, seconds_of(local)));
}

/* No two changes of a zone are closer than this, and none moves the clocks by more. */
enum { CHANGES_APART = 86400 };

/* The first instant behind `from` with the offset of `to`; one change lies between them. */
static Micros change_between(const TimeZone *zone, Micros from, Micros to)
{
    int64_t before = seconds_of(from), behind = seconds_of(to);
    int32_t offset = timezone_offset(zone, to);
    while (behind - before > 1) {
        int64_t middle = before + (behind - before) / 2;
        if (timezone_offset(zone, middle * MICROS_PER_SECOND) == offset)
            behind = middle;
        else
            before = middle;
    }
    return behind * MICROS_PER_SECOND;
}

Micros timezone_again(const TimeZone *zone, Micros utc)
{
    Micros local = timezone_to_local(zone, utc);
    Micros late = shift(local, -(int64_t)timezone_offset(zone, shift(utc, CHANGES_APART)));
    return late > utc && timezone_to_local(zone, late) == local ? late : utc;
}

Micros timezone_to_utc_last(const TimeZone *zone, Micros local)
{
    Micros utc = timezone_to_utc(zone, local);
    if (zone == NULL)
        return local;
    Micros shown = timezone_to_local(zone, utc);
    if (shown <= local || utc == MICROS_MIN)
        return timezone_again(zone, utc);
    return change_between(zone, shift(utc, seconds_of(local - shown)), utc);
}

Micros timezone_lowest_ahead(const TimeZone *zone, Micros utc)
{
    if (zone == NULL)
        return utc;
    Micros late = timezone_again(zone, utc);
    return timezone_to_local(zone, late == utc ? utc : change_between(zone, utc, late));
}
