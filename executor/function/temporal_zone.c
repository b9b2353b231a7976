/* Time zones that data names. */
#include "executor/function/time_pattern.h"

typedef struct OldZone {
    const char *name, *zone;
} OldZone;

/* The three-letter names of java.time.ZoneId.SHORT_IDS that zoneinfo does not have. */
static const OldZone old_zones[] = {
    {"ACT", "Australia/Darwin"},
    {"AET", "Australia/Sydney"},
    {"AGT", "America/Argentina/Buenos_Aires"},
    {"ART", "Africa/Cairo"},
    {"AST", "America/Anchorage"},
    {"BET", "America/Sao_Paulo"},
    {"BST", "Asia/Dhaka"},
    {"CAT", "Africa/Harare"},
    {"CNT", "America/St_Johns"},
    {"CST", "America/Chicago"},
    {"CTT", "Asia/Shanghai"},
    {"EAT", "Africa/Addis_Ababa"},
    {"ECT", "Europe/Paris"},
    {"IET", "America/Indiana/Indianapolis"},
    {"IST", "Asia/Kolkata"},
    {"JST", "Asia/Tokyo"},
    {"MIT", "Pacific/Apia"},
    {"NET", "Asia/Yerevan"},
    {"NST", "Pacific/Auckland"},
    {"PLT", "Asia/Karachi"},
    {"PNT", "America/Phoenix"},
    {"PRT", "America/Puerto_Rico"},
    {"PST", "America/Los_Angeles"},
    {"SST", "Pacific/Guadalcanal"},
    {"VST", "Asia/Ho_Chi_Minh"},
};

static Text current_name(Text name)
{
    for (size_t i = 0; i < sizeof old_zones / sizeof *old_zones; i++) {
        if (text_is(name, old_zones[i].name))
            return text_of(old_zones[i].zone);
    }
    return name;
}

Status zone_memo_find(ZoneMemo *memo, Text name, const TimeZone **out)
{
    if (!memo->set || !text_equal(name, memo->name)) {
        memo->set = false;
        TRY(timezone_open(current_name(name), memo->arena, &memo->zone));
        TRY(arena_text(memo->arena, name, &memo->name));
        memo->set = true;
    }
    *out = memo->zone;
    return ST_OK;
}
